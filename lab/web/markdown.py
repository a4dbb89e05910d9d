"""A scenario's Markdown as safe HTML: no raw HTML is taken over, and what is made passes an allow-list all the same."""

from __future__ import annotations

import functools
from typing import Final

import nh3
from markdown_it import MarkdownIt

_TAGS: Final = frozenset(
    [
        "h1",
        "h2",
        "h3",
        "h4",
        "p",
        "ul",
        "ol",
        "li",
        "pre",
        "code",
        "em",
        "strong",
        "a",
        "blockquote",
        "hr",
        "br",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "del",
    ],
)


@functools.lru_cache(maxsize=64)
def html(text: str) -> str:
    """The HTML of a Markdown text."""
    made = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).render(text)
    return nh3.clean(
        made, tags=set(_TAGS), attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"}, link_rel="noopener noreferrer"
    )
