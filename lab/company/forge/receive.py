"""The two hooks of a push: pre-receive judges it, post-receive records it and shows its runs.

Heavy imports are kept out: the pusher waits for both.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Final

from lab.company.forge.repository import Repository, Update
from lab.company.git import plain
from lab.errors import LabError

_OBJECTS: Final = ("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH")
_CRASH_LOG: Final = "hook-crash.log"
NOWAIT_OPTION: Final = "nowait"


def main(hook: str) -> int:
    """Run the hook 'pre-receive' or 'post-receive' in the current directory, a bare repository; gives its exit code."""
    if hook == "post-receive":
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the following, never the recording
    for stream in (sys.stdin, sys.stdout):
        stream.reconfigure(encoding="utf-8", errors="surrogateescape" if stream is sys.stdin else "replace")  # type: ignore[union-attr]  # both are TextIOWrapper
    try:
        return _pre_receive() if hook == "pre-receive" else _post_receive()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the pusher is gone
        return 0
    except LabError as problem:
        say(f"✗ The forge could not handle this push: {problem}")
    except Exception:  # noqa: BLE001 - whatever happens, the pusher reads a sentence and the traceback is kept
        import traceback  # noqa: PLC0415

        Path(_CRASH_LOG).write_text(traceback.format_exc(), "utf-8")
        say(f"✗ The forge made a mistake of its own; the details are in '{Path(_CRASH_LOG).absolute()}'.")
    return 1 if hook == "pre-receive" else 0


def say(text: str) -> None:
    """Print to the pusher's terminal, at once and without control characters."""
    sys.stdout.write(plain(text) + "\n")
    sys.stdout.flush()


def _pusher() -> str:
    return plain(os.environ.get("LAB_ACTOR", "")).strip()[:64] or "learner"


def _options() -> tuple[str, ...]:
    count = os.environ.get("GIT_PUSH_OPTION_COUNT", "0")
    return tuple(os.environ.get(f"GIT_PUSH_OPTION_{number}", "") for number in range(int(count) if count.isdigit() else 0))


def _updates() -> list[Update]:
    return [Update(*line.rstrip("\n").split(" ", 2)) for line in sys.stdin if line.strip()]


def _pre_receive() -> int:
    from lab.company.forge import gate, refusals  # noqa: PLC0415 - each hook imports what it needs

    env = {name: os.environ[name] for name in _OBJECTS if name in os.environ}
    repository = Repository.open(Path.cwd(), env=env)
    updates = _updates()
    refused, remarks = gate.judge(repository, updates, options=_options())
    for remark in remarks:
        say(f"● {remark}")
    if not refused:
        return 0
    pusher = _pusher()
    sys.stdout.write(refusals.text(refused, pushed=len(updates)))
    sys.stdout.flush()
    rows = [
        ("push.refused", pusher, "forge", {"repo": repository.name, "ref": refusal.ref, "pusher": pusher, "reason": refusal.reason})
        for refusal in refused
    ]
    repository.ledger.append_many(rows)
    return 1


def _post_receive() -> int:
    from lab.company.forge import received  # noqa: PLC0415 - each hook imports what it needs

    repository = Repository.open(Path.cwd())
    options = _options()
    found = received.record(repository, _updates(), pusher=_pusher(), options=options)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for note in found.notes:
        say(f"● {note}")
    if found.runs:
        from lab.company.forge.follower import follow  # noqa: PLC0415 - only when there is something to follow

        wanted = repository.follow and NOWAIT_OPTION not in options and os.environ.get("LAB_FOLLOW", "1") != "0"
        follow(repository.ledger, repository.company, found.runs, say=say, wait=wanted)
    return 0
