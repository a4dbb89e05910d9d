"""The pager: Alertmanager's form and the plain one, groups, resolving, and the dead man's switch."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request

import pytest

from lab.company.loop import Loop
from lab.company.monitoring import pager as module
from lab.company.monitoring.pager import Pager
from lab.company.servers import ports
from lab.ledger.store import Ledger


@pytest.fixture
def pager(tmp_path):
    port, loop = ports.allot(), Loop("test")
    made = Pager(loop, port.number, Ledger.create(tmp_path / "ledger.db"))
    made.start()
    yield made
    made.stop()
    loop.stop()
    port.release()


def post(pager, path, told):
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    request = urllib.request.Request(f"{pager.url}/{path}", data=body)  # noqa: S310 - our own pager
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - as above
            return answer.status
    except urllib.error.HTTPError as problem:
        return problem.code


def group(status="firing", key="{}:{service=shop}", **labels):
    alert = {"status": status, "labels": {"alertname": "A", **labels}, "annotations": {"summary": "it fails", "runbook_url": "r.md"}}
    return {"version": "4", "groupKey": key, "status": status, "alerts": [alert], "commonLabels": {}, "commonAnnotations": {}}


def test_a_group_of_alertmanagers_is_one_page_until_it_is_resolved(pager):
    assert post(pager, "page", group(severity="page")) == 200
    assert post(pager, "page", group(route="/orders", severity="page")) == 200
    (page,) = pager.pages
    assert (page.channel, page.title, page.severity, page.runbook, page.resolved) == ("page", "it fails", "page", "r.md", None)
    assert "route=/orders" in page.text
    post(pager, "page", group("resolved"))
    assert pager.pages[0].resolved is not None
    post(pager, "page", group())
    assert len(pager.pages) == 2


def test_the_plain_form_pages_and_resolves_by_its_key(pager):
    post(pager, "page", {"summary": "no mugs", "key": "k", "severity": "page", "runbook": "docs/x.md"})
    post(pager, "ticket", {"summary": "slowly"})
    post(pager, "page", {"key": "k", "status": "resolved"})
    assert [(page.channel, page.title, page.resolved is None) for page in pager.pages] == [
        ("page", "no mugs", False),
        ("ticket", "slowly", True),
    ]


def test_pages_are_kept_in_the_ledger(pager):
    post(pager, "page", {"summary": "no mugs", "key": "k"})
    post(pager, "page", {"key": "k", "status": "resolved"})
    deadline = time.monotonic() + 5
    while len(pager.ledger.events("page", "page.resolved")) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert {(event.type, event.source, event.data["group"]) for event in pager.ledger.events("page", "page.resolved")} == {
        ("page", "pager", "k"),
        ("page.resolved", "pager", "k"),
    }


def test_what_it_does_not_understand_is_answered_so_and_told(pager):
    assert post(pager, "page", b"no json") == 400
    assert post(pager, "page", {"colour": "red"}) == 400
    assert post(pager, "pages", {"summary": "x"}) == 404
    assert [sentence.split(":")[0] for sentence in pager.strange] == [
        "/page got what is no JSON object",
        "/page got a page without 'summary'",
        "POST /pages",
    ]


def test_an_ill_pager_answers_500_and_keeps_nothing(pager):
    pager.is_ill = True
    assert post(pager, "page", {"summary": "x"}) == 500
    assert pager.pages == []


def test_a_heartbeat_that_falls_silent_is_a_page_and_one_that_never_was_is_none(pager, monkeypatch):
    monkeypatch.setattr(module, "SILENCE", 0.3)
    time.sleep(0.6)
    assert pager.pages == []
    post(pager, "heartbeat", {})
    deadline = time.monotonic() + 5
    while not pager.pages and time.monotonic() < deadline:
        time.sleep(0.02)
    assert [(page.channel, page.title) for page in pager.pages] == [("page", "the heartbeat of your monitoring stopped")]
    post(pager, "heartbeat", {})
    assert pager.pages[0].resolved is not None


def test_a_resolved_watchdog_is_no_heartbeat(pager):
    post(pager, "heartbeat", group("resolved"))
    assert not pager.has_heartbeat
