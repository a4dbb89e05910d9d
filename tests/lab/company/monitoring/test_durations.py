"""Durations of real life on the company's clock: every place of PromQL that holds one, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.company.monitoring.durations import DurationWrong, metric_names, scaled_duration, scaled_expression


@pytest.mark.parametrize(
    ("told", "scaled"),
    [("15s", "500ms"), ("5m", "10s"), ("1h30m", "3m"), ("0s", "0s"), ("10ms", "1ms"), ("1d", "48m"), ("4h", "8m")],
)
def test_a_duration_is_thirty_times_shorter(told, scaled):
    assert scaled_duration(told) == scaled


@pytest.mark.parametrize("told", ["soon", "m5", "", "5 minutes"])
def test_what_is_no_duration_is_named(told):
    with pytest.raises(DurationWrong, match="is no duration as Prometheus writes them"):
        scaled_duration(told)


@pytest.mark.parametrize(
    ("told", "scaled"),
    [
        ("rate(a[5m])", "rate(a[10s])"),
        ("rate(a[10s])", "rate(a[333ms])"),
        ('rate(a{b="c",d=~"e.*"}[5m] offset 1m)', 'rate(a{b="c",d=~"e.*"}[10s] offset 2s)'),
        ("a offset -5m", "a offset -10s"),
        ("max_over_time(rate(x[5m])[1h:1m])", "max_over_time((rate(x[10s]))[2m:2s])"),
        ("max_over_time(rate(x[5m])[1h:])", "max_over_time((rate(x[10s]))[2m:2s])"),
        ("rate(a[5m] @ end())", "rate(a[10s] @ end())"),
        ("a > 300", "a > 300"),
        ("absent(up == 1)", "absent(up == 1)"),
        ('label_replace(a, "b", "5m", "c", "(.*)")', 'label_replace(a, "b", "5m", "c", "(.*)")'),
    ],
)
def test_every_length_of_time_in_an_expression_is_scaled_and_nothing_else(told, scaled):
    found = " ".join(scaled_expression(told).split())
    assert found == scaled


@given(st.integers(1, 5_000), st.sampled_from(["rate", "increase", "avg_over_time", "delta"]))
def test_what_was_scaled_is_promql_again(seconds, function):
    scaled = scaled_expression(f'sum by (route) ({function}(shop_total{{code=~"5.."}}[{seconds}s])) / 3 > 0.1')
    assert metric_names(scaled) == ("shop_total",)


def test_what_is_no_promql_is_refused_with_the_parsers_reason():
    with pytest.raises(DurationWrong, match=r"the expression 'rate\(a\[5m\)' is no PromQL"):
        scaled_expression("rate(a[5m)")


def test_the_series_of_an_expression_are_named_once_in_order():
    assert metric_names('rate(a[5m]) / b + a or {__name__="c"}') == ("a", "b", "c")
