"""Reports as one JSON document: `{"format": 1, "kind": …}` and the report's own fields (docs/json.md)."""

from __future__ import annotations

import json
from dataclasses import asdict, is_dataclass
from typing import Any, Final

FORMAT: Final = 1


def document(kind: str, report: Any, **more: Any) -> str:
    """The document, ending with a newline. `more` are fields computed beside the report, such as its `outcome`.

    Lone surrogates and control characters are escaped, so that the text is ASCII and any reader takes it.
    """
    told = asdict(report) if is_dataclass(report) and not isinstance(report, type) else report
    return json.dumps({"format": FORMAT, "kind": kind, **told, **more}, indent=2, default=str) + "\n"


def problem(message: str, remedy: str, exit_code: int) -> str:
    """The document that stands on standard output when a command with `--json` could not do its work."""
    return document("error", {"message": message, "remedy": remedy, "exit_code": exit_code})
