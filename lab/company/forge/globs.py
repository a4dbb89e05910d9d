"""The two kinds of patterns that GitHub's files use: of refs (rulesets) and of paths (CODEOWNERS)."""

from __future__ import annotations

import functools
import re


@functools.cache
def ref_pattern(pattern: str) -> re.Pattern[str]:
    r"""The pattern of a ruleset's `ref_name`, as GitHub reads it: Ruby's `File.fnmatch` with `FNM_PATHNAME`.

    `*` and `?` stop at a slash, `**/` stands for any folders, `[a-z]` for one character, `\` takes the next one as it is.
    """
    found, at = "", 0
    while at < len(pattern):
        letter, rest = pattern[at], pattern[at:]
        klass = re.match(r"\[([!^]?)([^/\[\]]+)\]", rest)
        if rest.startswith("**/"):
            found, at = found + "(?:[^/]+/)*", at + 3
        elif letter in "*?":
            found, at = found + ("[^/]*" if letter == "*" else "[^/]"), at + 1
        elif klass:
            inside = re.escape(klass[2]).replace(r"\-", "-")
            found, at = found + f"[{'^' if klass[1] else ''}{inside}]", at + klass.end()
        else:
            at += letter == "\\" and len(rest) > 1
            found, at = found + re.escape(pattern[at]), at + 1
    return _compiled(found, pattern)


def _compiled(expression: str, pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(expression, re.DOTALL)
    except re.error:  # a range that runs backwards, as in [z-a]: it matches itself only
        return re.compile(re.escape(pattern))


@functools.cache
def owned_path(pattern: str) -> re.Pattern[str]:
    """The pattern of a CODEOWNERS line: gitignore's rules, but `docs/*` ends in that folder.

    `*.js` and `docs` at any depth, `/docs` and `app/docs` from the root, `docs/` everything below, `**` any folders.
    Source: docs.github.com, "About code owners".
    """
    parts = pattern.split("/")
    if parts[0] == "":
        parts = parts[1:]
    elif (len(parts) == 1 or parts[1:] == [""]) and parts[0] != "**":
        parts = ["**", *parts]
    if parts == [""]:
        return re.compile(r"(?!)")  # "/" alone owns nothing
    if len(parts) > 1 and parts[-1] == "":
        parts[-1] = "**"
    return re.compile(_path_expression(parts), re.DOTALL)


def _path_expression(parts: list[str]) -> str:
    found, needs_slash, last = "", False, len(parts) - 1
    for at, part in enumerate(parts):
        if part == "**":
            found += (".+" if last == 0 else "(?:.+/)?") if at == 0 else "/.*" if at == last else "(?:/.+)?"
            needs_slash = at > 0
            continue
        found += "/" if needs_slash else ""
        found += "[^/]+" if part == "*" else _segment(part) + ("(?:/.*)?" if at == last else "")
        needs_slash = True
    return found


def _segment(part: str) -> str:
    found, letters = "", iter(part)
    for letter in letters:
        taken = next(letters, "") if letter == "\\" else ""
        found += re.escape(taken) if letter == "\\" else {"*": "[^/]*", "?": "[^/]"}.get(letter, re.escape(letter))
    return found
