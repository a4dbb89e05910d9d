"""docs/lint.md, made of the rules: what each asks, why, and its two examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lab.authoring.lint import run
from lab.authoring.lint.catalogue import RULES

if TYPE_CHECKING:
    from lab.authoring.lint.base import Rule

HEAD: Final = """\
# What `lab author lint` asks

Made by `lab author docs` from the rules themselves; a test runs every example. A **mistake** makes the command end with 1, **advice** is
told and changes nothing. The name of a rule never changes. `lab author lint --json` gives one document for tools (docs/json.md).

Examples are changes to the scenario that `lab author new` writes: the file that is named, with this content, or with these keys of it.
"""
_MOST: Final = 16


def document() -> str:
    """The whole page."""
    pages = [HEAD, _plain(run.UNREADABLE, run.WHY_UNREADABLE), _plain(run.UNREACHABLE, run.WHY_UNREACHABLE)]
    return "\n".join([*pages, *(_page(rule) for rule in RULES)])


def _plain(name: str, why: str) -> str:
    return f"## `{name}` (mistake)\n\n{why}\n"


def _page(rule: type[Rule]) -> str:
    example = rule.example
    good = "(no such file)" if example.good is None else example.good
    return (
        f"## `{rule.id}` ({rule.level})\n\n{(rule.__doc__ or '').strip()}\n\n*Why:* {rule.why}\n\n"
        f"Not so, in `{example.file}`:\n\n{_shown(example.bad)}\n\nBut so:\n\n{_shown(good)}\n"
    )


def _shown(text: str) -> str:
    lines = text.rstrip("\n").splitlines() or ["(empty)"]
    if len(lines) > _MOST:
        lines = [*lines[:_MOST], f"… and {len(lines) - _MOST} more lines"]
    return "\n".join(f"    {line}".rstrip() for line in lines)
