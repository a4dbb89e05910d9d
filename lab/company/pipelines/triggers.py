"""Whether an event starts a workflow: the `on:` of GitHub, with its filters of branches, tags, paths and types."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from lab.company.pipelines.workflow import Document, WorkflowWrong

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DEFAULT_TYPES: Final = ("opened", "synchronize", "reopened")
EVENTS: Final = frozenset(
    """branch_protection_rule check_run check_suite create delete deployment deployment_status discussion discussion_comment fork
    gollum issue_comment issues label merge_group milestone page_build public pull_request pull_request_review
    pull_request_review_comment pull_request_target push registry_package release repository_dispatch schedule status watch
    workflow_call workflow_dispatch workflow_run""".split()  # noqa: SIM905 - easier to read and to compare with GitHub's list than thirty quoted words
)
_PAIRS: Final = (("branches", "branches-ignore"), ("tags", "tags-ignore"), ("paths", "paths-ignore"))


@dataclass(frozen=True)
class Happening:
    """What happened: `event` push or pull_request.

    `branch` is the pushed branch, or the base of the pull request; empty when a tag was pushed. `changed` is asked for only
    when a filter needs it.
    """

    event: str
    branch: str = ""
    tag: str = ""
    action: str = "synchronize"
    changed: Callable[[], Sequence[str]] = field(default=lambda: ())


def is_started(document: Document, happening: Happening) -> bool:
    """Whether `happening` starts the workflow.

    Raises:
        WorkflowWrong: `on:` is missing, or names an event that GitHub does not know, or filters wrongly.
    """
    events = subscriptions(document)
    if happening.event not in events:
        return False
    filters = events[happening.event]
    if happening.event == "pull_request" and happening.action not in _words(filters.get("types") or DEFAULT_TYPES):
        return False
    return _is_ref_wanted(filters, happening) and _is_path_wanted(filters, happening)


def subscriptions(document: Document) -> dict[str, dict[str, Any]]:
    """The events of `on:` and the filters of each.

    Raises:
        WorkflowWrong: see `is_started`.
    """
    said = document.data.get("on")
    if said is None:
        message = "The workflow has no 'on': say which events start it, as in 'on: [push, pull_request]'."
        raise WorkflowWrong([document.problem((), message)])
    named = said if isinstance(said, dict) else dict.fromkeys(_words(said))
    events: dict[str, dict[str, Any]] = {}
    for event, filters in named.items():
        if event not in EVENTS:
            raise WorkflowWrong([document.problem(("on", event), f"'{event}' is not an event that starts a workflow.")])
        events[event] = filters if isinstance(filters, dict) else {}
        for one, other in _PAIRS:
            if one in events[event] and other in events[event]:
                raise WorkflowWrong([document.problem(("on", event, other), f"'{event}' has both '{one}' and '{other}': keep one.")])
    return events


def _words(value: Any) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, (list, tuple)) else (str(value),)


def _is_ref_wanted(filters: dict[str, Any], happening: Happening) -> bool:
    if happening.event == "pull_request" or happening.branch:
        kind, name, other = "branches", happening.branch, "tags"
    else:
        kind, name, other = "tags", happening.tag, "branches"
    if kind in filters:
        return is_match(name, _words(filters[kind]))
    if f"{kind}-ignore" in filters:
        return not is_match(name, _words(filters[f"{kind}-ignore"]))
    return happening.event != "push" or not (other in filters or f"{other}-ignore" in filters)


def _is_path_wanted(filters: dict[str, Any], happening: Happening) -> bool:
    if happening.event == "push" and not happening.branch:
        return True
    if "paths" in filters:
        wanted = _words(filters["paths"])
        return any(is_match(path, wanted) for path in happening.changed())
    if "paths-ignore" in filters:
        ignored, changed = _words(filters["paths-ignore"]), happening.changed()
        return not changed or not all(is_match(path, ignored) for path in changed)
    return True


def is_match(name: str, patterns: Sequence[str]) -> bool:
    """Whether the last pattern that fits `name` is a wanting one: `!pattern` takes names out again."""
    wanted = False
    for pattern in patterns:
        if pattern.startswith("!"):
            wanted = wanted and not _expression(pattern[1:]).fullmatch(name)
        elif not wanted:
            wanted = bool(_expression(pattern).fullmatch(name))
    return wanted


def _expression(pattern: str) -> re.Pattern[str]:
    """GitHub's filter pattern as a regular expression (its cheat sheet: `*`, `**`, `?` and `+` after a character, `[]`)."""
    out, rest = "", pattern
    while rest:
        if rest.startswith("**/"):
            out, rest = out + "(?:.*/)?", rest[3:]
        elif rest.startswith("**"):
            out, rest = out + ".*", rest[2:]
        elif rest[0] == "*":
            out, rest = out + "[^/]*", rest[1:]
        elif rest[0] in "?+" and out:
            out, rest = out + rest[0], rest[1:]
        elif rest[0] == "[" and "]" in rest:
            end = rest.index("]")
            out, rest = out + rest[: end + 1], rest[end + 1 :]
        elif rest[0] == "\\" and len(rest) > 1:
            out, rest = out + re.escape(rest[1]), rest[2:]
        else:
            out, rest = out + re.escape(rest[0]), rest[1:]
    try:
        return re.compile(out, re.DOTALL)
    except re.error:
        return re.compile(re.escape(pattern))
