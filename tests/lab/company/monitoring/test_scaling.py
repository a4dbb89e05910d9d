"""A learner's `monitoring/` folder: scaled whole, led through the company's network, or refused with file and reason."""

from __future__ import annotations

import pytest
import yaml

from lab.company.monitoring.scaling import MonitoringWrong, make_ready

PROMETHEUS = """
global: {scrape_interval: 15s}
rule_files: [rules/*.yml]
alerting: {alertmanagers: [{static_configs: [{targets: ["alertmanager:9093"]}]}]}
scrape_configs:
  - job_name: shop
    scrape_timeout: 10s
    http_sd_configs: [{url: "http://discovery/shop"}]
"""
RULES = """
groups:
  - name: g
    interval: 30s
    rules:
      - {record: r, expr: "sum(rate(a[5m]))"}
      - {alert: A, expr: "r > 0.5", for: 2m, annotations: {summary: "5m is a word here"}}
"""
ALERTMANAGER = """
route: {receiver: page, routes: [{receiver: page, group_wait: 0s}]}
receivers: [{name: page, webhook_configs: [{url: "http://pager/page"}]}]
"""


@pytest.fixture
def tree(tmp_path):
    folder = tmp_path / "tree" / "monitoring"
    (folder / "rules").mkdir(parents=True)
    (folder / "prometheus.yml").write_text(PROMETHEUS)
    (folder / "alertmanager.yml").write_text(ALERTMANAGER)
    (folder / "rules" / "shop.yml").write_text(RULES)
    return tmp_path / "tree"


def made(tree, name):
    ready = make_ready(tree, tree / "out", proxy="http://net")
    return yaml.safe_load((ready.folder / name).read_text())


def test_rules_are_scaled_and_their_words_are_left_alone(tree):
    group = made(tree, "rules/shop.yml")["groups"][0]
    assert group["interval"] == "1s"
    assert group["rules"][0]["expr"] == "sum(rate(a[10s]))"
    assert (group["rules"][1]["for"], group["rules"][1]["expr"].split()) == ("4s", ["r", ">", "0.5"])
    assert group["rules"][1]["annotations"]["summary"] == "5m is a word here"


def test_what_prometheus_takes_by_default_is_scaled_too(tree):
    told = made(tree, "prometheus.yml")
    assert told["global"] == {"scrape_interval": "500ms", "evaluation_interval": "2s"}
    assert told["scrape_configs"][0]["http_sd_configs"][0]["refresh_interval"] == "2s"
    assert "scrape_timeout" not in told["scrape_configs"][0]


def test_what_alertmanager_takes_by_default_is_scaled_too(tree):
    told = made(tree, "alertmanager.yml")
    assert told["global"]["resolve_timeout"] == "10s"
    assert {key: told["route"][key] for key in ("group_wait", "group_interval", "repeat_interval")} == {
        "group_wait": "1s",
        "group_interval": "10s",
        "repeat_interval": "8m",
    }
    assert told["route"]["routes"][0]["group_wait"] == "0s"


def test_every_request_goes_through_the_companys_network(tree):
    told = made(tree, "prometheus.yml")
    assert told["scrape_configs"][0]["proxy_url"] == told["scrape_configs"][0]["http_sd_configs"][0]["proxy_url"] == "http://net"
    assert told["alerting"]["alertmanagers"][0]["proxy_url"] == "http://net"
    assert made(tree, "alertmanager.yml")["receivers"][0]["webhook_configs"][0]["http_config"] == {"proxy_url": "http://net"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("groups: [", "'monitoring/rules/shop.yml' can't be read"),
        (RULES.replace("5m]", "5m"), "In 'monitoring/rules/shop.yml' at 'r': the expression"),
        (RULES.replace("for: 2m", "for: soon"), "at 'A': 'soon' is no duration"),
    ],
)
def test_a_wrong_file_is_named_with_the_place_in_it(tree, text, said):
    (tree / "monitoring/rules/shop.yml").write_text(text)
    with pytest.raises(MonitoringWrong) as told:
        make_ready(tree, tree / "out", proxy="http://net")
    assert said in told.value.message


def test_a_link_is_not_followed(tree):
    (tree / "secret").write_text("groups: []")
    (tree / "monitoring/rules/link.yml").symlink_to(tree / "secret")
    with pytest.raises(MonitoringWrong, match="'monitoring/rules/link.yml' is a link"):
        make_ready(tree, tree / "out", proxy="http://net")
