"""One HTML file that a person keeps, prints or mails: its frame, and Markdown in it. No script, no link out, nothing is fetched."""

from __future__ import annotations

import html
from typing import Final

STYLE: Final = """\
body { font: 16px/1.55 Georgia, serif; max-width: 46rem; margin: 3rem auto; padding: 0 1rem; color: #1c2733; background: #fff; }
h1, h2, h3 { font-family: system-ui, sans-serif; line-height: 1.25; color: #12324a; }
h1 { border-bottom: 3px solid #12324a; padding-bottom: .3rem; margin-top: 3rem; }
h2 { margin-top: 2.2rem; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: .35rem .7rem; border-bottom: 1px solid #c9d3dc; }
pre { background: #f2f5f7; padding: .8rem; overflow-x: auto; border-left: 4px solid #12324a; } code { font-size: .9em; }
blockquote { border-left: 4px solid #a35; margin-left: 0; padding-left: 1rem; }
.job { font-size: 1.15rem; } .quiet { color: #51606d; }
@media print { h1 { break-before: page; } h1:first-of-type { break-before: auto; } body { margin: 0; } }
"""
_TAGS: Final = frozenset(
    "p h1 h2 h3 h4 h5 h6 ul ol li pre code em strong blockquote hr br table thead tbody tr th td".split()  # noqa: SIM905 - read in one glance
)
_LOWEST: Final = 6


def framed(title: str, body: str) -> str:
    """The whole file; `body` is HTML that was made safe already, `title` any text."""
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{html.escape(title)}</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<style>\n{STYLE}</style>\n</head>\n'
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def rendered(text: str, *, below: int = 0) -> str:
    """Markdown as HTML that holds no script, no style and no link, whoever wrote it; headings stand `below` levels deeper.

    Headings are found in the parsed text: a '# comment' of a shell example is none.
    """
    import nh3  # noqa: PLC0415 - only pages need it
    from markdown_it import MarkdownIt  # noqa: PLC0415 - as above

    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1:]) + below, _LOWEST)}"
    return nh3.clean(reader.renderer.render(tokens, reader.options, {}), tags=set(_TAGS), attributes={})
