"""Interactive shells, and files over scp, sftp and rsync, with the programs that people have."""

import os
import pty
import select
import shutil
import subprocess
import time

import company_kit
import pytest


def _commands(server):
    return [event.data["command"] for event in server.ledger.events("server.command")]


def test_a_shell_without_a_terminal_reads_its_commands(server, ssh):
    done = ssh("ssh", "-T", "web1", stdin=b"cd /\npwd\nexit 4\n")
    assert (done.stdout, done.returncode) == (b"/\n", 4)
    assert _commands(server) == ["(shell)"]


def _type(server, *lines, seconds=10):
    """Run ssh on a real terminal and type each line once the text before it has been seen: `(wait for, type)`."""
    master, slave = pty.openpty()
    words = ["ssh", "-F", str(server.root.parent / "ssh_config"), "web1"]
    env = company_kit.environment() | {"TERM": "dumb"}
    child = subprocess.Popen(words, stdin=slave, stdout=slave, stderr=slave, env=env, start_new_session=True)
    os.close(slave)
    seen, waiting, deadline = b"", list(lines), time.monotonic() + seconds
    try:
        while time.monotonic() < deadline:
            if waiting and waiting[0][0] in seen:
                os.write(master, waiting.pop(0)[1])
            if select.select([master], [], [], 0.05)[0]:
                seen += os.read(master, 65536)
    except OSError:  # ssh has ended
        pass
    finally:
        code = child.wait(timeout=5) if time.monotonic() < deadline else child.kill()
        os.close(master)
    return seen.decode(), code


def test_an_interactive_shell_has_a_prompt_a_terminal_and_no_start_up_file(server, ssh):
    assert ssh("ssh", "-V").returncode == 0
    (server.home / ".bashrc").write_text("echo FROM-RC\n")
    (server.home / ".profile").write_text("echo FROM-RC\n")
    seen, code = _type(server, (b"$ ", b"tty && test -t 0 && echo on-a-ter''minal; exit 6\r"))
    assert "deploy@web1:~$ " in seen
    assert "on-a-terminal" in seen
    assert "FROM-RC" not in seen
    assert code == 6


def test_control_c_interrupts_the_command_and_not_the_shell(server, ssh):
    assert ssh("ssh", "-V").returncode == 0
    sleep, after = b"sh -c 'echo be\"\"gun; exec sleep 60'\r", b"echo still-''here; exit 0\r"
    seen, code = _type(server, (b"$ ", sleep), (b"begun", b"\x03"), (b"^C", after))
    assert "still-here" in seen
    assert code == 0


def test_hanging_up_ends_what_ran_on_the_terminal(server, ssh):
    done = ssh("ssh", "-tt", "web1", "echo $$ >shell.pid; sleep 0.1; exit 0")
    assert done.returncode == 0
    master, slave = pty.openpty()
    config = str(server.root.parent / "ssh_config")
    child = subprocess.Popen(
        ["ssh", "-F", config, "-tt", "web1", "echo $$ >shell.pid; sleep 60"],
        stdin=slave, stdout=slave, stderr=slave, env=company_kit.environment(), start_new_session=True,
    )  # fmt: skip
    os.close(slave)
    deadline = time.monotonic() + 10
    (server.home / "shell.pid").unlink()
    while not (server.home / "shell.pid").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.1)
    pid = int((server.home / "shell.pid").read_text())
    child.kill()
    child.wait()
    os.close(master)
    while _lives(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _lives(pid)


def _lives(pid):
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout.strip()
    return bool(state) and not state.startswith("Z")


@pytest.mark.parametrize("legacy", [[], ["-O"]], ids=["sftp", "scp"])
def test_scp_takes_a_relative_path_from_the_home(server, ssh, tmp_path, legacy):
    (server.home / "app").mkdir()
    source = tmp_path / "local file"
    source.write_text("content")
    assert ssh("scp", *legacy, source, "web1:app/remote").returncode == 0
    assert (server.home / "app/remote").read_text() == "content"
    assert ssh("scp", *legacy, "web1:app/remote", tmp_path / "back").returncode == 0
    assert (tmp_path / "back").read_text() == "content"
    deadline = time.monotonic() + 3
    while len(_commands(server)) < 2 and time.monotonic() < deadline:  # the client is not made to wait for the record
        time.sleep(0.02)
    assert len(_commands(server)) == 2


def test_scp_takes_a_folder_and_keeps_the_right_to_run(server, ssh, tmp_path):
    tree = tmp_path / "ops"
    tree.mkdir()
    (tree / "deploy").write_text("#!/bin/sh\necho deployed\n")
    (tree / "deploy").chmod(0o755)
    assert ssh("scp", "-rp", tree, "web1:").returncode == 0
    assert server.execute("ops/deploy").output == "deployed\n"


def test_sftp_begins_at_home_and_reaches_the_whole_machine(server, ssh, tmp_path):
    (server.home / "here").write_text("x")
    done = ssh("sftp", "-b", "-", "web1", stdin=b"pwd\nls\nmkdir made\ncd made\nls /\nln -s ../here link\n")
    assert done.returncode == 0, done.stderr
    assert f"Remote working directory: {server.home}" in done.stdout.decode()
    assert "here" in done.stdout.decode().split()
    assert str((server.home / "made/link").readlink()) == "../here"
    assert _commands(server) == ["sftp"]


def test_rsync_works_over_it(server, ssh, tmp_path):
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/file").write_text("synced")
    config = server.root.parent / "ssh_config"
    shell = f"ssh -F '{config}'"
    assert ssh("ssh", "-V").returncode == 0
    if not shutil.which("rsync"):
        pytest.skip("'rsync' is not installed on this machine")
    subprocess.run(["rsync", "-a", "-e", shell, f"{tmp_path}/tree/", "web1:app/"], check=True, env=company_kit.environment(), timeout=30)
    assert (server.home / "app/file").read_text() == "synced"


def test_a_program_that_talks_both_ways_works_as_rsync_does(server, ssh, tmp_path):
    repository = tmp_path / "repository"
    subprocess.run(["git", "init", "-q", "--bare", str(server.home / "r.git")], check=True)
    subprocess.run(["git", "init", "-q", "-b", "main", str(repository)], check=True)
    who = ["-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run(["git", "-C", str(repository), *who, "commit", "-q", "--allow-empty", "-m", "one"], check=True)
    config = server.root.parent / "ssh_config"
    env = company_kit.environment() | {"GIT_SSH_COMMAND": f"ssh -F '{config}'"}
    done = subprocess.run(["git", "-C", str(repository), "push", "-q", "web1:r.git", "main"], env=env, check=False, timeout=30)
    assert done.returncode == 0
