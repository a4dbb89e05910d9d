"""The process in which an author's function looks at facts: the order comes on standard input, the finding goes to standard output."""

from __future__ import annotations

import base64
import contextlib
import importlib.util
import json
import pickle
import sys
from dataclasses import asdict
from pathlib import Path

from lab.checks.base import Finding, blocked
from lab.gameday.facts import CannotJudge


def main() -> None:
    """Look once. What the function prints goes to standard error."""
    order = pickle.loads(base64.b64decode(sys.stdin.buffer.read()))  # noqa: S301 - `own.Python` wrote it a moment ago
    with contextlib.redirect_stdout(sys.stderr):
        finding = _look(Path(order["file"]), order["function"], order["facts"])
    sys.stdout.write(json.dumps(asdict(finding)))


def _look(file: Path, function: str, facts: object) -> Finding:
    spec = importlib.util.spec_from_file_location("checks_of_the_stage", file)
    if spec is None or spec.loader is None:
        raise ImportError(f"'{file.name}' is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    try:
        found = getattr(module, function)(facts)
    except CannotJudge as reason:
        return blocked(reason.reason)
    if not isinstance(found, Finding):
        raise TypeError(f"'{function}' gave {type(found).__name__}, and a Finding was wanted")
    return found


if __name__ == "__main__":
    main()
