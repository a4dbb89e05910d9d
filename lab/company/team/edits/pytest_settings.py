"""Where a repository keeps pytest's settings, and how to change one without disturbing its neighbours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from lab.company.team.tree import Tree

# pytest's own order: the first that is there decides (docs.pytest.org, "Configuration file formats")
PLACES: Final = (
    ("pytest.ini", "[pytest]"),
    (".pytest.ini", "[pytest]"),
    ("pyproject.toml", "[tool.pytest.ini_options]"),
    ("tox.ini", "[pytest]"),
    ("setup.cfg", "[tool:pytest]"),
)


def place(tree: Tree) -> tuple[str, str]:
    """The file and the section that pytest reads in this tree; `pytest.ini` where there is none."""
    for path, section in PLACES:
        text = tree.read(path)
        if text is not None and (section in text or path.endswith("pytest.ini")):
            return path, section
    return PLACES[0]


def changed(tree: Tree, name: str, value: str, *, is_added: bool) -> dict[str, str | None]:
    """The file in which the setting `name` is `value`, or ends with it."""
    path, section = place(tree)
    text = tree.read(path) or ""
    if section not in text:
        text = f"{text.rstrip()}\n\n{section}\n".lstrip()
    head, _, rest = text.partition(section)
    own, gap, after = _split(rest)
    is_toml = path.endswith(".toml")
    old = re.search(rf"^{name}[ \t]*=[ \t]*(.*(?:\n[ \t]+.*|\n\])*)", own, re.MULTILINE)
    if old is None:
        line = f'{name} = "{value}"' if is_toml else f"{name} = {value}"
        own = f"{own.rstrip()}\n{line}\n"
    else:
        own = own[: old.start(1)] + _value(old[1], value, is_toml=is_toml, is_added=is_added) + own[old.end(1) :]
    return {path: head + section + own + gap + after}


def _split(rest: str) -> tuple[str, str, str]:
    following = re.search(r"\n+(?=\[)", rest)
    if not following:
        return rest, "", ""
    return rest[: following.start()] + "\n", rest[following.start() + 1 : following.end()], rest[following.end() :]


def _value(old: str, new: str, *, is_toml: bool, is_added: bool) -> str:
    if not is_added:
        return f'"{new}"' if is_toml else new
    quoted = re.fullmatch(r"(['\"])(.*)\1\s*", old, re.DOTALL)
    if is_toml and quoted:
        return f"{quoted[1]}{f'{quoted[2]} {new}'.strip()}{quoted[1]}"
    if is_toml and old.rstrip().endswith("]"):
        words = "".join(f', "{word}"' for word in new.split(" "))
        inner = old.rstrip()[:-1].rstrip().rstrip(",")
        return f"{inner}{words}]" if inner.strip() != "[" else f"[{words[2:]}]"
    return f"{old.rstrip()} {new}"
