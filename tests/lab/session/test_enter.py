"""What the learner sources works in every POSIX shell, whatever the paths look like."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from lab.session.enter import SSH_PROGRAMS

if TYPE_CHECKING:
    from pathlib import Path

    from lab.session.session import Session

SHELLS = [name for name in ("sh", "dash", "bash", "zsh", "ksh", "busybox") if shutil.which(name)]


def source(session: Session, shell: str, script: str, **env: str) -> list[str]:
    words = [shell, "sh"] if shell == "busybox" else [shell]
    enter = session.workspace.root / "enter"
    full = {"PATH": os.environ["PATH"], "HOME": "/nowhere at all", "ENTER": str(enter)} | env
    done = subprocess.run(
        [*words, "-c", f'. "$ENTER"\n{script}'], cwd="/", env=full, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize("shell", SHELLS)
def test_it_sets_the_path_the_variables_and_the_directory(session: Session, shell: str) -> None:
    root = session.workspace.root
    said = source(session, shell, 'pwd; echo "$LAB_WORKSPACE"; echo "$SPACED"; command -v lab; command -v ssh')
    assert said == [
        "You are in Harborline. Type: lab",
        str(root / "storefront"),
        str(root),
        "a 'b' c",
        str(root / ".lab/bin/lab"),
        str(root / ".lab/bin/ssh"),
    ]


@pytest.mark.parametrize("shell", SHELLS)
def test_sourced_twice_the_path_grows_once(session: Session, shell: str) -> None:
    once, twice = source(session, shell, 'echo "$PATH"\n. "$ENTER"\necho "$PATH"')[1::2]
    assert once == twice


def test_a_strict_shell_takes_it_too(session: Session) -> None:
    assert source(session, "bash", 'set -eu; . "$ENTER"; echo fine')[-1] == "fine"


def test_a_workspace_that_is_gone_is_one_sentence(session: Session) -> None:
    enter = (session.workspace.root / "enter").read_text(encoding="utf-8")
    elsewhere = session.workspace.root.parent / "copy of enter"
    elsewhere.write_text(enter, encoding="utf-8")
    shutil.rmtree(session.workspace.root)
    done = subprocess.run(["sh", "-c", f". '{elsewhere}'"], capture_output=True, text=True, check=False, timeout=60)
    assert done.stderr == (f"The workspace '{session.workspace.root}' is not there any more, or was moved: open one with 'lab start'.\n")


def test_the_lab_on_the_path_runs_from_a_folder_that_shadows_modules(session: Session) -> None:
    clone = session.workspace.clone
    for name in ("http.py", "yaml.py", "click.py", "lab.py"):
        (clone / name).write_text("raise SystemExit('shadowed')\n", encoding="utf-8")
    assert source(session, "sh", "lab status | head -1", LAB_RUNTIME=os.environ["LAB_RUNTIME"])[1].startswith("Harborline")


@pytest.mark.parametrize("name", [*SSH_PROGRAMS, "rsync"])
def test_a_program_that_the_machine_lacks_is_named(session: Session, name: str, tmp_path: Path) -> None:
    wrapper = session.workspace.lab / "bin" / name
    text = wrapper.read_text(encoding="utf-8")
    real = shutil.which(name) or f"/usr/bin/{name}"
    wrapper.write_text(text.replace(real, "/nowhere/at/all"), encoding="utf-8")
    done = subprocess.run([str(wrapper)], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 127
    assert done.stderr.startswith(f"{name} is not installed")


def test_ssh_gets_the_company_s_hosts_and_then_the_learner_s_own(session: Session) -> None:
    config = session.workspace.lab / "ssh" / "config"
    assert config.read_text(encoding="utf-8").splitlines()[1:] == [
        f'Include "{session.workspace.ssh_config}"',
        "Include ~/.ssh/config",
    ]
    session.workspace.ssh_config.write_text("Host web1\n  HostName 127.0.0.1\n  Port 4242\n", encoding="utf-8")
    if not shutil.which("ssh"):
        pytest.skip("no OpenSSH client")
    done = subprocess.run(
        [str(session.workspace.lab / "bin" / "ssh"), "-G", "web1"], capture_output=True, text=True, check=True, timeout=60
    )
    assert "port 4242" in done.stdout
