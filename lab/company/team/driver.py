"""Asks trees of the storefront: a script of its own, run by the Python that production has, never imported by the lab.

`driver.py ORACLE SOCKET` loads the libraries and the oracle once and waits at a Unix socket. A caller sends one line,
`{"jobs": [{"tree", "paths", "env", "questions", "home"}]}`; each tree is looked at in a fork, and one line comes back for it:
`{"boots", "error", "settings", "answers": [[[status, body], …one for each step], …]}`. It ends with the process that started it.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import gc
import importlib.util
import json
import os
import signal
import socket
import sys
import traceback
from datetime import timedelta
from pathlib import Path
from typing import Any

LONGEST_REQUEST = 20.0  # seconds
LONGEST_JOB = 40  # seconds
IDLE = 60.0  # seconds
LIBRARIES = (
    "fastapi", "fastapi.responses", "fastapi.exceptions", "starlette.middleware.errors", "anyio._backends._asyncio", "prometheus_client",
    "pydantic", "sqlite3", "urllib.request", "http.client", "decimal", "uuid", "hashlib", "csv", "logging.config",
)  # fmt: skip


def load_oracle(path: str) -> Any:
    """Load the scenario's oracle again, for what follows an answer."""
    folders = [str(Path(path).parent)] if path.endswith("__init__.py") else None
    spec = importlib.util.spec_from_file_location("oracle", path, submodule_search_locations=folders)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["oracle"] = module
    spec.loader.exec_module(module)
    return module


class Shop:
    """One running application, spoken to in ASGI: no port, no server."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.lines: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        self.said: asyncio.Queue[dict[str, str]] = asyncio.Queue()

    async def open(self) -> None:
        """Run the application's start."""
        self.life = asyncio.create_task(
            self.app({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, self.lines.get, self.said.put)
        )
        await self.lines.put({"type": "lifespan.startup"})
        hears = asyncio.create_task(self.said.get())
        await asyncio.wait({hears, self.life}, return_when=asyncio.FIRST_COMPLETED)
        if not hears.done() or hears.result()["type"] != "lifespan.startup.complete":
            raise RuntimeError(hears.result().get("message", "") if hears.done() else f"the start ended: {self.life.exception()!r}")

    async def close(self) -> None:
        """Run the application's end."""
        await self.lines.put({"type": "lifespan.shutdown"})
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self.life, 2)

    async def ask(self, question: dict[str, Any]) -> list[Any]:
        """One request; an application that raises has answered 500."""
        body = b"" if question["json"] is None else json.dumps(question["json"]).encode()
        path, _, query = question["path"].partition("?")
        length = (b"content-length", str(len(body)).encode())
        headers = [(name.lower().encode(), value.encode()) for name, value in question["headers"].items()]
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": question["method"], "scheme": "http", "path": path,
            "raw_path": path.encode(), "query_string": query.encode(), "root_path": "", "server": ("probe", 80), "client": ("probe", 1),
            "headers": [(b"host", b"probe"), (b"content-type", b"application/json"), length, *headers],
        }  # fmt: skip
        came: dict[str, Any] = {"status": 500, "body": b""}

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            came["status"] = message.get("status", came["status"])
            came["body"] += message.get("body", b"")

        try:
            await asyncio.wait_for(self.app(scope, receive, send), LONGEST_REQUEST)
        except Exception:  # noqa: BLE001 - whatever the tree raises is its answer
            came = {"status": 500, "body": b""}
        try:
            return [came["status"], json.loads(came["body"])]
        except ValueError:
            return [came["status"], came["body"].decode("utf-8", "replace")]


@contextlib.contextmanager
def moved_clock(days: float) -> Any:
    """The shop's clock, `days` ahead."""
    clock = sys.modules.get("app.clock")
    if not days or clock is None:
        yield
        return
    real = clock.now
    clock.now = lambda: real() + timedelta(days=days)  # type: ignore[attr-defined]
    try:
        yield
    finally:
        clock.now = real  # type: ignore[attr-defined]


async def ask_all(app: Any, questions: list[dict[str, Any]], oracle: Any) -> list[Any]:
    """Every question and what follows it."""
    shop = Shop(app)
    await shop.open()
    answers = []
    for question in questions:
        came = [await shop.ask(question)]
        for step in oracle.steps(question, came[0][1]):
            with moved_clock(step["days"]):
                came.append(await shop.ask(step))
        answers.append(came)
    await shop.close()
    return answers


def look(job: dict[str, Any], oracle: Any) -> dict[str, Any]:
    """Open one tree and ask it; what it raises on the way is the answer."""
    gc.disable()  # it ends in a moment: looking for what could be freed would cost a fifth of it
    os.chdir(job["home"])
    os.environ.update(job["env"])
    sys.dont_write_bytecode = True
    sys.pycache_prefix = job["home"] + "/pycache"  # never a stale .pyc that lies in the tree
    sys.path[:0] = [job["tree"], *job["paths"]]
    seen: dict[str, Any] = {"boots": False, "error": "", "settings": {}, "answers": []}
    try:
        config = importlib.import_module("app.config")
        if dataclasses.is_dataclass(settings := getattr(config, "settings", None)):
            seen["settings"] = {field.name: str(getattr(settings, field.name)) for field in dataclasses.fields(settings)}
        if not job.get("settings_only"):
            app = importlib.import_module("app.main").app
            seen["answers"] = asyncio.run(ask_all(app, job["questions"], oracle))
        seen["boots"] = True
    except BaseException as problem:  # noqa: BLE001 - SystemExit of a refused configuration too
        seen["error"] = "".join(traceback.format_exception_only(problem)).strip()
    return seen


def answer(job: dict[str, Any], oracle: Any) -> bytes:
    """Look at one tree in a process of its own; one that hangs or dies is an answer too."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(LONGEST_JOB)
        with os.fdopen(writer, "wb") as pipe:
            pipe.write(json.dumps(look(job, oracle), default=str).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    failed = {"boots": False, "error": f"it was ended with status {status}", "settings": {}, "answers": []}
    return (json.dumps(failed).encode() if status else said) + b"\n"


def serve(link: socket.socket, oracle: Any) -> None:
    """Answer one caller: a line with the jobs comes, one line for each goes back."""
    with link, link.makefile("rwb") as line:
        for job in json.loads(line.readline())["jobs"]:
            line.write(answer(job, oracle))
            line.flush()


def main(oracle_path: str, address: str) -> None:
    """Wait for callers at a socket, each served by a fork; end with the parent, or after a while without callers."""
    parent = os.getppid()
    for name in LIBRARIES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    oracle = load_oracle(oracle_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen(16)
        listener.settimeout(0.5)
        waited = 0.0
        while os.getppid() == parent and waited < IDLE:
            with contextlib.suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    waited = 0.0
            try:
                link, _ = listener.accept()
            except TimeoutError:
                waited += 0.5
                continue
            waited = 0.0
            if os.fork() == 0:
                listener.close()
                link.settimeout(None)
                serve(link, oracle)
                os._exit(0)
            link.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
