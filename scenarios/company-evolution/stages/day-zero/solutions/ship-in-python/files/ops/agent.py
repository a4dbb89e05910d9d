"""Lives on the server as ~/ship/agent.py: deploy SHA (zip on stdin) | rollback | restart | run.

    ship/state.json            {"live": [oldest, ..., the release that is live]}: the one truth on what runs
    ship/zips/SHA.zip          each commit as git packed it
    ship/trees/SHA-NUMBER/     one of them unpacked; a new folder for every deployment
    ship/environments/DIGEST/  the packages for one requirements.txt; never changed once it is whole

The machine's own: ~/shop.env (settings), ~/data (the database), ~/run (emptied at boot).
"""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

HOME = Path.home()
SHIP = HOME / "ship"
STATE = SHIP / "state.json"
PID = HOME / "run" / "shop.pid"
PORT = int(os.environ["PORT"])
KEPT = 5
START_SECONDS = 30
STOP_SECONDS = 3
# sh reads the settings, because shop.env is written for it; what follows them wins
RUN = 'set -a; . "$HOME/shop.env"; set +a; exec env "$@"'


class Refused(Exception):
    """Why customers keep what they have."""


def deploy(sha: str) -> None:
    """Make the zip on standard input the live release, or leave everything as it was."""
    parcel = sys.stdin.buffer.read()
    with one_at_a_time():
        history = read_history()
        report_edits(history)
        release = unpack(sha, parcel)
        rehearse(release)
        go_live([*history, release], instead_of=history)
    print(f"agent: {sha} is live")


def rollback() -> None:
    """Make the release live again that was live before this one, unpacked anew from its zip."""
    with one_at_a_time():
        history = read_history()
        if len(history) < 2:
            raise Refused("there is no release before this one")
        report_edits(history)
        sha = history[-2]["sha"]
        release = unpack(sha, zip_of(sha).read_bytes())
        go_live([*history[:-2], release], instead_of=history)
    print(f"agent: {sha} is live again")


@contextlib.contextmanager
def one_at_a_time():
    """Wait until nobody else deploys. The kernel gives the lock back when its holder dies, however it dies."""
    with (SHIP / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# -- what there is -----------------------------------------------------------------------------------------------------


def read_history() -> list[dict]:
    """The releases that were live, oldest first; empty before the first deployment."""
    return json.loads(STATE.read_text())["live"] if STATE.exists() else []


def write_history(history: list[dict]) -> None:
    """Replace the state in one step: whoever reads sees the old one or the new one."""
    draft = STATE.with_suffix(".new")
    draft.write_text(json.dumps({"live": history[-KEPT:]}, indent=1))
    draft.replace(STATE)


def zip_of(sha: str) -> Path:
    """Where a commit is kept."""
    return SHIP / "zips" / f"{sha}.zip"


def unpack(sha: str, parcel: bytes) -> dict:
    """Keep a parcel and unpack it into a folder of its own, with an environment for what it requires."""
    tree = SHIP / "trees" / f"{sha}-{time.time_ns()}"
    zip_of(sha).parent.mkdir(exist_ok=True)
    zip_of(sha).write_bytes(parcel)
    with zipfile.ZipFile(zip_of(sha)) as packed:
        packed.extractall(tree)
    return {"sha": sha, "tree": str(tree), "environment": str(environment_for(tree / "requirements.txt"))}


def environment_for(requirements: Path) -> Path:
    """The environment for these requirements; built once, under a name that follows from them."""
    place = SHIP / "environments" / hashlib.sha256(requirements.read_bytes()).hexdigest()[:16]
    whole = place / "complete"
    if not whole.exists():
        shutil.rmtree(place, ignore_errors=True)
        subprocess.run(["python3", "-m", "venv", "--without-pip", place], check=True)
        subprocess.run(["pip", "--python", place / "bin/python", "install", "--quiet", "-r", requirements], check=True)
        whole.touch()
    return place


def report_edits(history: list[dict]) -> None:
    """Name each file of the live release that is not as git packed it."""
    for release in history[-1:]:
        tree = Path(release["tree"])
        with zipfile.ZipFile(zip_of(release["sha"])) as packed:
            ours = {name: packed.read(name) for name in packed.namelist() if not name.endswith("/")}
        there = {path.relative_to(tree).as_posix(): path for path in tree.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
        for name in sorted(ours.keys() | there.keys()):
            if name not in there or name not in ours or there[name].read_bytes() != ours[name]:
                print(f"agent: '{name}' was changed on the server and not in git; the change ends here")


# -- what runs ---------------------------------------------------------------------------------------------------------


def command(release: dict, port: int, **settings: str) -> list[str]:
    """The argument list that runs a release."""
    python = f"{release['environment']}/bin/python"
    own = [f"{name}={value}" for name, value in {"BUILD_SHA": release["sha"], **settings}.items()]
    return ["sh", "-c", RUN, "sh", *own, python, "-m", "uvicorn", "app.main:app", "--host", "127.0.0.1", "--port", str(port)]


def run() -> None:
    """Become the live release. The machine does this when it boots."""
    release = read_history()[-1]
    PID.parent.mkdir(exist_ok=True)
    PID.write_text(str(os.getpid()))
    os.chdir(release["tree"])
    os.execvp("sh", command(release, PORT))


def rehearse(release: dict) -> None:
    """Run a release on a free port and a copy of the data, and ask it what customers ask."""
    port = free_port()
    with tempfile.TemporaryDirectory() as room:
        url = subprocess.run(["sh", "-c", '. "$HOME/shop.env"; echo "$DATABASE_URL"'], check=True, stdout=subprocess.PIPE, text=True).stdout
        sqlite3.connect(url.strip().removeprefix("sqlite:///")).backup(sqlite3.connect(f"{room}/shop.db"))
        words = command(release, port, DATABASE_URL=f"sqlite:///{room}/shop.db", PAYMENTS_URL="")
        with open(f"{room}/log", "w+b") as log:
            candidate = subprocess.Popen(words, cwd=release["tree"], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            try:
                answers_well(port, release["sha"], is_over=lambda: candidate.poll() is not None)
            except Refused:
                log.seek(0)
                sys.stderr.writelines(line.decode(errors="replace")[:400] for line in log.readlines()[-12:])
                raise
            finally:
                candidate.kill()
                candidate.wait()


def go_live(history: list[dict], *, instead_of: list[dict]) -> None:
    """Let customers have the last release of `history`; should it fail them, give them back what they had."""
    write_history(history)
    restart()
    try:
        answers_well(PORT, history[-1]["sha"])
    except Refused:
        if instead_of:
            write_history(instead_of)
            restart()
        else:
            STATE.unlink()
            subprocess.run([HOME / "restart"])  # the machine's own, from before there was a state
        raise
    install()
    forget_others(history[-KEPT:])


def install() -> None:
    """Have the machine start the live release when it boots, and when somebody types ./restart."""
    for place, word in {"boot.d/storefront": "run", "restart": "restart"}.items():
        script = HOME / place
        script.parent.mkdir(exist_ok=True)
        script.write_text(f'#!/bin/sh\nexec python3 "$HOME/ship/agent.py" {word} >>"$HOME/shop.log" 2>&1\n')
        script.chmod(0o755)


def restart() -> None:
    """Stop what runs, wait until the port is free, start what the state names."""
    deadline = time.monotonic() + STOP_SECONDS
    with contextlib.suppress(OSError, ValueError):
        pid = int(PID.read_text())
        os.kill(pid, signal.SIGTERM)
        while is_open(PORT):
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)
    with (HOME / "shop.log").open("ab") as log:
        subprocess.Popen(["python3", __file__, "run"], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)


def free_port() -> int:
    """A port that nobody listens on at present."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def is_open(port: int) -> bool:
    """Whether anybody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def forget_others(kept: list[dict]) -> None:
    """Remove what no kept release needs. A process that is about to end may still write there: the next deployment removes the rest."""
    for folder, names in {"trees": "tree", "environments": "environment"}.items():
        wanted = {release[names] for release in kept}
        for place in (SHIP / folder).iterdir():
            if str(place) not in wanted:
                shutil.rmtree(place, ignore_errors=True)
    for place in (SHIP / "zips").iterdir():
        if place.stem not in {release["sha"] for release in kept}:
            place.unlink()


# -- what customers ask ------------------------------------------------------------------------------------------------


def answers_well(port: int, sha: str, *, is_over=lambda: False) -> None:
    """Wait for the first answer, then look at pages and prices. Raises Refused at the first answer that is wrong."""
    deadline = time.monotonic() + START_SECONDS
    while not is_open(port):
        if is_over() or time.monotonic() > deadline:
            raise Refused(f"{sha} does not start")
        time.sleep(0.05)
    if json.loads(answer(port, "/version"))["sha"] != sha:
        raise Refused(f"what answers is not {sha}")
    for path, methods in json.loads(answer(port, "/openapi.json"))["paths"].items():
        if "get" in methods and "{" not in path:
            answer(port, path)
    skus = [product["sku"] for product in json.loads(answer(port, "/products"))["products"]]
    for country in ("DE", "FR", "NL"):
        answer(port, "/quotes", {"country": country, "lines": [{"sku": sku, "quantity": 2} for sku in skus]})


def answer(port: int, path: str, body: dict | None = None) -> bytes:
    """What a path answers with. A bad question of ours (4xx to a page) tells nothing; an error of the shop is refused."""
    data = json.dumps(body).encode() if body else None
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=5) as reply:
            return reply.read()
    except urllib.error.HTTPError as problem:
        if body or problem.code >= 500:
            raise Refused(f"{path} answers {problem.code}") from problem
        return b""
    except OSError as problem:
        raise Refused(f"{path}: {problem}") from problem


if __name__ == "__main__":
    try:
        {"deploy": deploy, "rollback": rollback, "restart": restart, "run": run}[sys.argv[1]](*sys.argv[2:])
    except Refused as reason:
        sys.exit(f"agent: refused, customers keep what they have: {reason}")
    except subprocess.CalledProcessError as failure:
        sys.exit(f"agent: refused, customers keep what they have: '{failure.cmd[0]}' ended with {failure.returncode}")
