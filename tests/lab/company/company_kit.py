"""A company that costs nothing: a shop of ten lines, an oracle of one question, and a Python that serves it in no time."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.company import oracle
from lab.company.charter import Charter
from lab.company.company import Company
from lab.company.git import Git
from lab.company.parts import Parts
from lab.company.pipelines.environments import copy_environment
from lab.company.servers.provision import ServerSetup

TRUE = "true-name"

APP = """
import json
from pathlib import Path

TREE = Path(__file__).parent.parent
VERSION = (TREE / "VERSION").read_text().strip()
NAME = json.loads((TREE / "data/tables.json").read_text())["name"]


def app(method, path, body):
    if path == "/healthz":
        return 200, VERSION, {"status": "ok"}
    if path == "/name":
        return 200, VERSION, {"name": NAME}
    return 404, VERSION, {"detail": "there is no such page"}
"""

UVICORN = """
import argparse, importlib, json, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

words = argparse.ArgumentParser()
words.add_argument("app"); words.add_argument("--host"); words.add_argument("--port", type=int)
told = words.parse_args()
sys.path.insert(0, "")
module, _, name = told.app.partition(":")
app = getattr(importlib.import_module(module), name)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        status, version, value = app(self.command, self.path, body)
        text = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(text)))
        self.send_header("x-version", version)
        self.end_headers()
        self.wfile.write(text)

    do_POST = do_GET

    def log_message(self, *words):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = True

    def server_bind(self):
        import socketserver
        socketserver.TCPServer.server_bind(self)


Server((told.host, told.port), Handler).serve_forever()
"""

ORACLE = """
behaviours = {"name": "the shop says its name"}
FOCUSES = ("name",)


def tables(seed):
    return {"name": f"shop-{seed}"}


def files(tables):
    return {}


def questions(seed, tables, n, *, focus=None):
    return [{"method": "GET", "path": "/name", "headers": {}, "json": None, "focus": "name"}] * n


def steps(question, body):
    return []


def judge(question, status, body, tables):
    said = body.get("name") if isinstance(body, dict) else body
    return None if (status, said) == (200, tables["name"]) else f"the name was '{said}', should be '{tables['name']}'"


def history(seed, tables):
    return []


def change(name, tables, seed):
    return {"patch": {}, "words": {}}


def apply_patch(tables, patch):
    return {**tables, **patch}
"""


@dataclass(frozen=True)
class FakeToolchain:
    """What servers ask of a toolchain, without one: a bare environment whose `uvicorn` is a page of text."""

    cache: Path

    @property
    def wheels(self) -> Path:
        return self.cache / "wheels"

    @property
    def plain(self) -> Path:
        target = self.cache / "plain"
        if not target.exists():
            subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(target)], check=True)
            packages = next(target.glob("lib/python*/site-packages"))
            (packages / "uvicorn").mkdir()
            (packages / "uvicorn/__init__.py").touch()
            (packages / "uvicorn/__main__.py").write_text(UVICORN)
        return target

    def pip_environment(self) -> dict[str, str]:
        return {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": self.wheels.as_uri()}

    def copy_environment(self, target: Path, *, source: Path | None = None) -> Path:
        return copy_environment(source or self.plain, target)


@dataclass
class FakeTruth:
    """The tables that stand in the tree of a version."""

    company: Company

    def tables_at(self, sha: str) -> dict[str, Any] | None:
        git = Git(self.company.forge.path("storefront"))
        text = git.out("cat-file", "blob", f"{sha}:data/tables.json", check=False)
        return json.loads(text) if text else None

    def tables_now(self) -> dict[str, Any]:
        return self.tables_at("refs/heads/main") or {}


class FakeRunner:
    """A runner with nothing to do."""

    def start(self) -> None:
        pass

    def stop(self) -> None:
        pass

    def is_idle(self) -> bool:
        return True


def parts(cache: Path) -> Parts:
    """The parts of a company that costs nothing; `cache` may be shared."""
    return Parts(
        toolchain=FakeToolchain(cache),
        oracle=lambda charter: oracle.load(charter.scenario),
        truth=FakeTruth,
        runner=lambda _: FakeRunner(),
    )


def write_scenario(folder: Path) -> Path:
    """A scenario that is an oracle and nothing else."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "oracle.py").write_text(ORACLE)
    return folder


def found(root: Path, scenario: Path, made: Parts, *, name: str = "first", **charter: Any) -> Company:
    """A company with one server and one commit on `main`, tagged `v1`."""
    values = {"scenario": scenario, "seed": 1, "servers": (ServerSetup("web1"),), **charter}
    company = Company.create(root, Charter(**values), parts=made)
    company.forge.create("storefront")
    commit(company, name, tag="v1")
    return company


def commit(company: Company, name: str, *, tag: str = "", files: dict[str, str] | None = None) -> str:
    """A commit on `main` whose shop says `name`; gives its sha."""
    base = {
        "app/__init__.py": "",
        "app/main.py": APP,
        "data/tables.json": json.dumps({"name": name}),
        "VERSION": "$Format:%H$",
        ".gitattributes": "VERSION export-subst\n",
    }
    stream = b"commit refs/heads/main\ncommitter Tom <tom@harborline.example> 1700000000 +0000\ndata 4\nname\n"
    if company.forge.head("storefront"):
        stream += b"from refs/heads/main^0\n"
    for path, text in {**base, **(files or {})}.items():
        stream += f"M 100644 inline {path}\ndata {len(text.encode())}\n{text}\n".encode()
    git = Git(company.forge.path("storefront"))
    git.run("fast-import", "--quiet", "--force", stdin=stream)
    sha = git.out("rev-parse", "refs/heads/main")
    if tag:
        git.run("update-ref", f"refs/tags/{tag}", sha)
    company.forge.reconcile()
    return sha


@functools.cache
def environment() -> dict[str, str]:
    """What a program of the test needs of this machine, and nothing of the person's own."""
    return {"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": "/nonexistent"}
