"""A PostgreSQL server of our own: on the loopback, with a password, in a folder that goes with it."""

import glob
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

FOLDERS = ("/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin", "/usr/pgsql-*/bin")
START_SECONDS = 30
TRIES = 3
USER = "storefront"
# The guard ends the server and removes its folder when its input closes, which it does however the tests end.
GUARD = '"$@" >"$FOLDER/log" 2>&1 & server=$!; read -r _; kill -INT $server; wait $server; cd / && rm -rf "$FOLDER"'
# No test pulls the plug of the database itself: nothing waits for the disk.
QUICK = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "shared_buffers=16MB")


@contextmanager
def private_cluster() -> Iterator[str]:
    """Start a server and give its URL; skip where its programs are missing."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL's server programs are missing: `sh setup/services.sh` gets them or says how")
    for _ in range(TRIES):
        with _one_try(programs) as url:
            if url:
                yield url
                return
    pytest.fail(f"PostgreSQL did not start in {TRIES} tries of {START_SECONDS} s")


@contextmanager
def _one_try(programs: Path) -> Iterator[str | None]:
    """Make a cluster in a folder of its own and start it; gives None where somebody took the port meanwhile."""
    folder = Path(tempfile.mkdtemp(prefix="lab-pg-"))
    account = _account()
    password = secrets.token_hex(16)
    try:
        (folder / "password").write_text(password, encoding="utf-8")
        if account:
            os.chown(folder, account["user"], account["group"])
            os.chown(folder / "password", account["user"], account["group"])
        _initialise(programs, folder, account)
        port = _free_port()
        guard = _start(programs, folder, account, port)
        try:
            yield f"postgresql://{USER}:{password}@127.0.0.1:{port}/postgres" if _answers(folder, port, password) else None
        finally:
            guard.communicate(timeout=START_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path | None:
    """The folder of `initdb` and `postgres`, the newest where there are several."""
    on_the_path = shutil.which("initdb")
    found = [Path(on_the_path).resolve().parent] if on_the_path else []
    found += [Path(name) for pattern in FOLDERS for name in sorted(glob.glob(pattern), reverse=True)]  # noqa: PTH207 - from the root
    return next((path for path in found if (path / "initdb").exists() and (path / "postgres").exists()), None)


def _account() -> dict[str, Any]:
    """Whom the server runs as where we are root, as arguments of `Popen`: PostgreSQL refuses to be root."""
    if os.geteuid():
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _initialise(programs: Path, folder: Path, account: dict[str, Any]) -> None:
    command = [programs / "initdb", "-D", folder / "data", "-U", USER, "--pwfile", folder / "password", "--auth=scram-sha-256"]
    done = subprocess.run(
        [*command, "--no-sync", "--encoding=UTF8", "--locale=C"], cwd=folder, capture_output=True, text=True, check=False, **account
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _start(programs: Path, folder: Path, account: dict[str, Any], port: int) -> subprocess.Popen[str]:
    """Start the server under its guard."""
    settings = [word for setting in QUICK for word in ("-c", setting)]
    server = [programs / "postgres", "-D", folder / "data", "-h", "127.0.0.1", "-p", str(port), "-k", folder, *settings]
    return subprocess.Popen(
        ["sh", "-c", GUARD, "guard", *server],
        cwd=folder,
        env={**os.environ, "FOLDER": str(folder)},
        stdin=subprocess.PIPE,
        text=True,
        start_new_session=True,  # a Ctrl-C is for the tests; the guard hears of their end
        **account,
    )


def _answers(folder: Path, port: int, password: str) -> bool:
    import psycopg  # noqa: PLC0415 - only where a server is wanted

    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        log = folder / "log"
        if log.exists() and "could not" in log.read_text(errors="replace"):
            return False
        try:
            psycopg.connect(host="127.0.0.1", port=port, user=USER, password=password, dbname="postgres", connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return True
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
