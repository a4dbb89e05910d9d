"""Where each value of a JSON text stands, since Python's reader forgets it and a refusal should name the line."""

from __future__ import annotations

import json
import re
from typing import Final

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')

Place = tuple[str | int, ...]


def lines(text: str) -> dict[Place, int]:
    """The line (from 1) of every value of a valid JSON text, by its path; of an object's member, the line of its key."""
    places: dict[Place, int] = {}
    path: list[str | int] = []
    is_object: list[bool] = []
    wants_key = False
    line, seen = 1, 0
    for token in _TOKEN.finditer(text):
        line += text.count("\n", seen, token.start())
        seen = token.start()
        word = token.group()
        if word in "}]":
            is_object.pop()
            path.pop()
            wants_key = False
        elif word == ",":
            if is_object[-1]:
                wants_key = True
            else:
                path[-1] = int(path[-1]) + 1
        elif word == ":":
            wants_key = False
        elif wants_key:
            path[-1] = json.loads(word)
            places[tuple(path)] = line
        else:
            places.setdefault(tuple(path), line)
            if word in "{[":
                is_object.append(word == "{")
                wants_key = word == "{"
                path.append("" if wants_key else 0)
    return places
