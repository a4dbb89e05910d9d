"""A script that says plain `ssh web1` reaches the company's server."""

import subprocess

import company_kit

from lab.company.servers import wrappers


def test_plain_ssh_scp_and_sftp_reach_the_company(server, tmp_path):
    wrappers.write(tmp_path / "my bin", server.root.parent / "ssh_config")
    env = company_kit.environment() | {"PATH": f"{tmp_path / 'my bin'}:{company_kit.environment()['PATH']}"}
    (tmp_path / "f").write_text("x")
    script = f"ssh web1 echo here && scp -q '{tmp_path}/f' web1: && echo 'ls' | sftp -q -b - web1"
    done = subprocess.run(["sh", "-c", script], env=env, capture_output=True, text=True, check=False, timeout=20)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("here\n")
    assert (server.home / "f").read_text() == "x"
