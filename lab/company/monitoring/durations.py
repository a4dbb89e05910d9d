"""Durations of real life, scaled to the company's clock: in PromQL by its syntax tree, never by a regular expression."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, Final

from lab.errors import WorldUnavailable

FACTOR: Final = 30.0
"""How many times faster than real life monitoring runs: a company minute lasts `MINUTE` real seconds."""
MINUTE: Final = 60.0 / FACTOR
_OPERATORS: Final = {"MatchOp.Equal": "=", "MatchOp.NotEqual": "!=", "MatchOp.Re": "=~", "MatchOp.NotRe": "!~"}
_STEP: Final = timedelta(minutes=1)
_SHORTEST: Final = timedelta(milliseconds=1)


class DurationWrong(ValueError):
    """A text is no duration, or no PromQL; its message says which and why."""


def _promql() -> Any:
    try:
        import promql_parser  # noqa: PLC0415 - an extra, which only monitoring needs
    except ImportError as problem:
        raise WorldUnavailable(
            "The package 'promql-parser', which scales alert rules to the company's clock, is not installed.",
            remedy="pip install 'harborline[monitoring]'",
        ) from problem
    return promql_parser


def scaled_duration(text: str, factor: float = FACTOR) -> str:
    """A duration as Prometheus writes it (`5m`, `1h30m`), `factor` times shorter, at least a millisecond; `0s` stays.

    Raises:
        DurationWrong: it is no such duration.
    """
    promql = _promql()
    if str(text) in {"0", "0s"}:
        return "0s"
    try:
        return str(promql.display_duration(_shorter(promql.parse_duration(str(text)), factor)))
    except (ValueError, TypeError) as problem:
        raise DurationWrong(f"'{text}' is no duration as Prometheus writes them ('30s', '5m', '1h30m')") from problem


def _shorter(length: timedelta, factor: float) -> timedelta:
    return max(timedelta(milliseconds=round(length.total_seconds() * 1000 / factor)), _SHORTEST)


def scaled_expression(text: str, factor: float = FACTOR) -> str:
    """A PromQL expression whose ranges, subquery steps and offsets are `factor` times shorter. Numbers stay as they are.

    Raises:
        DurationWrong: the parser does not understand it; its reason is quoted.
    """
    promql = _promql()
    try:
        tree = promql.parse(text)
        return str(promql.transform(tree, post_visit=lambda node: _scaled_node(promql, node, factor)).prettify())  # `str` rounds to seconds
    except ValueError as problem:
        raise DurationWrong(f"the expression '{text.strip()}' is no PromQL: {problem}") from problem


def _scaled_node(promql: Any, node: Any, factor: float) -> Any:
    """The node to put in place of `node`; None keeps it."""
    if isinstance(node, promql.MatrixSelector):  # its selector was visited before it: the offset is scaled already
        vector = node.vector_selector
        length = promql.display_duration(_shorter(node.range, factor))
        return promql.parse(f"{_selector(vector)}[{length}]{_moved(promql, vector)}")
    if isinstance(node, promql.SubqueryExpr):
        length = promql.display_duration(_shorter(node.range, factor))
        step = promql.display_duration(_shorter(node.step or _STEP, factor))
        return promql.parse(f"({node.expr.prettify()})[{length}:{step}]{_moved(promql, node, factor)}")
    if isinstance(node, promql.VectorSelector) and node.offset:
        return promql.parse(f"{_selector(node)}{_moved(promql, node, factor)}")
    return None


def _selector(vector: Any) -> str:
    """A selector without its offset, as text."""
    found = [f"{one.name}{_OPERATORS[str(one.op)]}{json.dumps(one.value, ensure_ascii=False)}" for one in vector.matchers.matchers]
    return f"{vector.name or ''}{{{','.join(found)}}}" if found else str(vector.name)


def _moved(promql: Any, node: Any, factor: float = 1.0) -> str:
    """The `@` and `offset` of a selector or subquery, as text; the offset `factor` times shorter."""
    at = f" @ {node.at}".replace("@ @", "@") if node.at else ""
    if not node.offset:
        return at
    sign = "-" if node.offset < timedelta(0) else ""
    return f"{at} offset {sign}{promql.display_duration(_shorter(abs(node.offset), factor))}"


def metric_names(text: str) -> tuple[str, ...]:
    """The names of the series that an expression asks for, each once, in order.

    Raises:
        DurationWrong: the parser does not understand it.
    """
    promql = _promql()
    found: dict[str, None] = {}

    def note(node: Any) -> bool:
        vector = node.vector_selector if isinstance(node, promql.MatrixSelector) else node
        if isinstance(vector, promql.VectorSelector):
            named = vector.name or next((one.value for one in vector.matchers.matchers if one.name == "__name__"), "")
            found.update({named: None} if named else {})
        return True

    try:
        promql.walk(promql.parse(text), note)
    except ValueError as problem:
        raise DurationWrong(f"the expression '{text.strip()}' is no PromQL: {problem}") from problem
    return tuple(found)
