"""The pages: one shell, plain modules of ours, and xterm.js out of the wheel that carries it. No page holds logic.

Whatever a page shows is a document of the API; whatever a button does is a call of it. The scripts build elements and set
their text, never HTML, but for a scenario's Markdown, which `lab.web.markdown` has made safe.
"""

from __future__ import annotations

import functools
import hashlib
import html
import importlib.util
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse

routes = APIRouter(include_in_schema=False)
STATIC: Final = Path(__file__).with_name("static")
WORDS: Final = STATIC / "words.json"
PAGES: Final = ("", "stage", "pipelines", "forge", "production", "team", "score", "terminal", "teaching")
_FIRST: Final = ("dom.js", "api.js", "live.js")
_TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".svg": "image/svg+xml"}
_FOREVER: Final = "private, max-age=31536000, immutable"  # an address holds the digest of all files


@functools.cache
def digest() -> str:
    """A name for the static files as they are."""
    total = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        total.update(path.name.encode() + b"\0" + path.read_bytes())
    return total.hexdigest()[:16]


def shell(page_token: str, page: str = "") -> str:
    """The document of a page: its token, its words, its script; what the script will ask for next is begun at once."""
    words = WORDS.read_text(encoding="utf-8").replace("<", "\\u003c")
    base = f"/static/{digest()}"
    first = (*_FIRST, f"page-{page or 'map'}.js")
    preloads = "\n".join(f'<link rel="modulepreload" href="{base}/{name}">' for name in first)
    return _SHELL.format(base=base, token=html.escape(page_token, quote=True), words=words, preloads=preloads)


def _page(request: Request) -> Response:
    page = request.url.path.strip("/").partition("/")[0]
    return HTMLResponse(shell(request.scope["lab.page_token"], page))


for _name in PAGES:
    routes.add_api_route(f"/{_name}", _page, methods=["GET"], response_model=None)
for _name in ("pipelines", "forge"):
    routes.add_api_route(f"/{_name}/{{rest:path}}", _page, methods=["GET"], response_model=None)


@routes.get("/static/{version}/{name}")
def static(version: str, name: str) -> Response:
    """A file of ours, by its bare name; of an older version nothing is left."""
    path = _xterm().get(name) or STATIC / Path(name).name
    if version != digest() or path.suffix not in _TYPES or not path.is_file():
        return Response("There is no such file.\n", status_code=404, media_type="text/plain")
    return FileResponse(path, media_type=_TYPES[path.suffix], headers={"Cache-Control": _FOREVER})


@functools.cache
def _xterm() -> dict[str, Path]:
    """xterm.js as NiceGUI's wheel brings it; the package itself is never imported."""
    found = importlib.util.find_spec("nicegui")
    places = list(found.submodule_search_locations or ()) if found else []
    folder = Path(places[0]) / "elements" / "xterm" / "dist" if places else STATIC
    return {"xterm.js": folder / "index.js", "xterm.css": folder / "xterm.css"}


_SHELL: Final = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="lab-token" content="{token}">
<meta name="color-scheme" content="light dark">
<title>lab</title>
<link rel="icon" href="{base}/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="{base}/style.css">
{preloads}
<script type="application/json" id="words">{words}</script>
<script type="module" src="{base}/app.js"></script>
</head>
<body data-base="{base}">
<noscript>The dashboard is drawn by JavaScript, which is off here. `lab` in a terminal says the same.</noscript>
</body>
</html>
"""
