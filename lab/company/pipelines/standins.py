"""The well-known actions that work here offline, each a composite action in `actions/`; and why others do not."""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path
from typing import Final

ACTIONS: Final = Path(__file__).parent / "actions"
AVAILABLE: Final = {
    "actions/cache": ACTIONS / "cache",
    "actions/checkout": ACTIONS / "checkout",
    "actions/download-artifact": ACTIONS / "download-artifact",
    "actions/setup-python": ACTIONS / "setup-python",
    "actions/upload-artifact": ACTIONS / "upload-artifact",
    "pre-commit/action": ACTIONS / "pre-commit",
}
_PIP: Final = "the runner's Python has pip: 'run: python -m pip install -r requirements-dev.txt'"
REFUSED: Final = {
    "actions/github-script": "it needs Node and GitHub's API; write the step as a 'run:' with git or Python",
    "actions/setup-go": "the runner has Python only",
    "actions/setup-java": "the runner has Python only",
    "actions/setup-node": "the runner has Python only, and this shop's service needs no Node",
    "astral-sh/setup-uv": _PIP,
    "docker/build-push-action": "images need the runner in Docker, which comes with a later stage",
    "docker/login-action": "images need the runner in Docker, which comes with a later stage",
    "docker/setup-buildx-action": "images need the runner in Docker, which comes with a later stage",
    "snok/install-poetry": _PIP,
}
_REMOTE: Final = re.compile(r"(?P<repository>[\w.-]+/[\w.-]+)(?P<folder>/[\w./-]+)?@(?P<ref>[^\s@]+)")


def is_local(uses: str) -> bool:
    """Whether `uses` names an action or a workflow of the repository itself."""
    return uses.startswith("./")


def pinned(uses: str) -> tuple[str, str] | None:
    """`(repository, ref)` of an action on GitHub, or None where `uses` names none."""
    found = _REMOTE.fullmatch(uses)
    return (found["repository"], found["ref"]) if found else None


def objection(uses: str) -> str | None:
    """Why this action can't run here, as a whole sentence with what to use instead; None if it can."""
    if uses.startswith("docker://"):
        return f"'{uses}' needs the runner in Docker, which comes with a later stage; call the program in a 'run:' step."
    found = _REMOTE.fullmatch(uses)
    if not found:
        return f"'{uses}' is no action: write 'owner/name@version', as 'actions/checkout@v4', or './folder' of this repository."
    repository = found["repository"]
    if repository in AVAILABLE:
        folder = AVAILABLE[repository] / (found["folder"] or "").strip("/")
        return None if (folder / "action.yml").is_file() else f"The action '{repository}' has no '{found['folder']}'."
    if repository in REFUSED:
        return f"The action '{repository}' is not available on this company's runner: {REFUSED[repository]}."
    near = get_close_matches(repository, AVAILABLE, n=1)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    return (
        f"The action '{repository}' is not available on this company's runner, which works without the internet.{hint} "
        f"Available: {', '.join(sorted(AVAILABLE))}; anything else can be a 'run:' step or an action of your own ('./.github/actions/…')."
    )
