"""`harborline.yaml`: what the lab needs to know of a learner's repository, as verbs that are argument lists, no shell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from lab import process
from lab.company.team.reading import line_of, parse
from lab.errors import Problem, ScenarioWrong, WrongState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE: Final = "harborline.yaml"
KNOWN: Final = ("setup", "test", "deploy", "rollback", "build", "run", "monitoring-up", "find-log")
_NAME: Final = re.compile(r"[a-z][a-z0-9-]*")
_BLANK: Final = re.compile(r"\{([a-z_]+)\}")
Verbs = dict[str, tuple[str, ...]]


class VerbsWrong(WrongState):
    """`harborline.yaml` can't be used; every mistake is named with its line."""


class NoVerb(WrongState):
    """The repository does not say how to do this."""


def read_verbs(text: str) -> Verbs:
    """The verbs of a `harborline.yaml`: each a list of at least one word.

    Raises:
        VerbsWrong: naming each mistake's line.
    """
    try:
        value, lines = parse(text, name=FILE)
    except ScenarioWrong as wrong:
        raise _wrong(list(wrong.problems)) from wrong
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _wrong([Problem(FILE, 1, "it must hold verbs, as 'test: [python, -m, pytest]'")])
    problems = [Problem(FILE, line_of(lines, (str(verb),)), said) for verb, words in value.items() if (said := _mistake(verb, words))]
    if problems:
        raise _wrong(problems)
    return {verb: tuple(str(word) for word in words) for verb, words in value.items()}


def _wrong(problems: list[Problem]) -> VerbsWrong:
    told = " ".join(f"{problem}." for problem in sorted(problems))
    return VerbsWrong(f"The file '{FILE}' can't be used. {told}", remedy="A verb is a list of words: 'test: [python, -m, pytest]'.")


def _mistake(verb: Any, words: Any) -> str:
    if not isinstance(verb, str) or not _NAME.fullmatch(verb):
        return f"'{verb}' is no name for a verb"
    if isinstance(words, str):
        return f"'{verb}' is one text; write it as a list of words, since no shell reads it"
    if not isinstance(words, list) or not words:
        return f"'{verb}' must be a list of at least one word"
    if any(isinstance(word, list | dict) or word is None for word in words):
        return f"'{verb}' must be a list of plain words"
    return f"'{verb}' has a word with a NUL in it" if any("\0" in str(word) for word in words) else ""


def verbs_of(tree: Path) -> Verbs:
    """The verbs of a work tree; none if it has no `harborline.yaml`.

    Raises:
        VerbsWrong: the file is there and can't be used.
    """
    path = tree / FILE
    if path.is_symlink() or not path.is_file():
        return {}
    try:
        return read_verbs(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        raise _wrong([Problem(FILE, 0, f"it can't be read: {problem}")]) from problem


def run_verb(
    tree: Path,
    verb: str,
    *,
    substitutions: Mapping[str, str] | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float,
    mark: str,
) -> process.Completed:
    """Run a verb in the work tree `tree`: `{sha}` in its words becomes `substitutions["sha"]`, and so on. `timeout` is in seconds.

    `env` is the whole environment; None means a cleared one. A word that names a file of the tree is that file.

    Raises:
        NoVerb: the repository does not name the verb.
        VerbsWrong: its `harborline.yaml` can't be used, or asks for a substitution that this verb does not have.
        WorldUnavailable: the verb's program is not there or may not be run.
    """
    verbs = verbs_of(tree)
    if verb not in verbs:
        there = f"it names {', '.join(sorted(verbs))}" if verbs else "it names no verb yet"
        raise NoVerb(f"'{FILE}' does not say how to '{verb}'; {there}.", remedy=f"Add a line such as '{verb}: [ops/{verb}]' and commit it.")
    words = _filled(verb, verbs[verb], dict(substitutions or {}))
    program = tree / words[0]
    if "/" in words[0] and not words[0].startswith("/") and program.exists():
        words = (str(program), *words[1:])
    return process.run(words, cwd=tree, timeout=timeout, env=env, mark=mark)


def _filled(verb: str, words: tuple[str, ...], given: Mapping[str, str]) -> tuple[str, ...]:
    unknown = {name for word in words for name in _BLANK.findall(word) if name not in given}
    if unknown:
        known = f"it has {', '.join(f'{{{name}}}' for name in sorted(given))}" if given else "it has none"
        raise VerbsWrong(f"In '{FILE}' the verb '{verb}' asks for '{{{min(unknown)}}}'; {known}.")
    return tuple(_BLANK.sub(lambda blank: given[blank[1]], word) for word in words)
