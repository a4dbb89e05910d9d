"""The company's socket: what a build, a push and a run need gets through, labelled; what reaches out of the company does not."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import pytest

from lab.company.docker import permitted
from lab.company.docker.asked import Asked, NotLetThrough
from lab.company.docker.gatekeeper import Gatekeeper
from lab.company.docker.permitted import Bounds
from lab.company.docker.policy import Policy
from lab.company.docker.values import Owner

OURS = Owner("c-ours", "c-ours")
REGISTRY = "127.0.0.1:5999"


def container(folder, **host):
    return permitted.container({"Image": "x", "HostConfig": host}, Bounds(OURS.labels, (folder,)))


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ({"Privileged": True}, "privileged"),
        ({"NetworkMode": "host"}, "'--network host'"),
        ({"PidMode": "host"}, "process space 'host'"),
        ({"PidMode": "container:other"}, "process space"),
        ({"IpcMode": "host"}, "shared memory"),
        ({"UsernsMode": "host"}, "user space"),
        ({"CgroupnsMode": "host"}, "control groups"),
        ({"CapAdd": ["SYS_ADMIN"]}, "'SYS_ADMIN'"),
        ({"CapAdd": ["all"]}, "'ALL'"),
        ({"SecurityOpt": ["seccomp=unconfined"]}, "seccomp"),
        ({"MaskedPaths": []}, "kernel's own files"),
        ({"Devices": [{"PathOnHost": "/dev/kmsg"}]}, "'Devices'"),
        ({"CgroupParent": "/"}, "'CgroupParent'"),
        ({"Sysctls": {"net.ipv4.ip_forward": "1"}}, "'Sysctls'"),
        ({"Links": ["other:db"]}, "'Links'"),
        ({"Binds": ["/:/host"]}, "folder '/'"),
        ({"Binds": ["/var/run/docker.sock:/s"]}, "docker.sock"),
        ({"Mounts": [{"Type": "bind", "Source": "/etc", "Target": "/e"}]}, "folder '/etc'"),
        ({"Mounts": [{"Type": "volume", "Source": "v", "VolumeOptions": {"DriverConfig": {"Options": {"device": "/"}}}}]}, "plain volume"),
        ({"PublishAllPorts": True}, "'-P'"),
        ({"LogConfig": {"Type": "syslog"}}, "engine's own logs"),
        ({"privileged": True}, "'privileged'"),  # the engine reads names whatever their case
    ],
)
def test_a_container_that_reaches_out_of_itself_is_refused(tmp_path, host, said):
    with pytest.raises(NotLetThrough, match=said.replace("-", r"\-")):
        container(tmp_path, **host)


def test_a_setting_written_in_another_case_is_refused_beside_the_right_one(tmp_path):
    with pytest.raises(NotLetThrough, match="'hostconfig'"):
        permitted.container({"HostConfig": {}, "hostconfig": {"Privileged": True}}, Bounds(OURS.labels, ()))


def test_a_link_out_of_the_jobs_folder_is_followed_before_it_is_judged(tmp_path):
    (tmp_path / "out").symlink_to("/etc")
    with pytest.raises(NotLetThrough, match="only be shown"):
        container(tmp_path, Binds=[f"{tmp_path}/out:/x"])


def test_a_container_gets_labels_limits_and_ports_of_the_loopback(tmp_path):
    made = container(tmp_path, Binds=[f"{tmp_path}:/w:ro"], PortBindings={"80/tcp": [{"HostIp": "", "HostPort": "8080"}]}, PidsLimit=-1)

    assert made.body["Labels"] == OURS.labels
    host = made.body["HostConfig"]
    assert host["Binds"] == [f"{os.path.realpath(tmp_path)}:/w:ro"]
    assert host["PortBindings"] == {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8080"}]}
    assert (host["Memory"], host["PidsLimit"]) == (permitted.MEMORY, permitted.PROCESSES)


def test_what_a_container_leans_on_must_be_the_companys_own(tmp_path):
    made = container(tmp_path, NetworkMode="container:a", VolumesFrom=["b:ro"], Binds=["data:/d"])

    assert (made.containers, made.volumes) == (("b", "a"), ("data",))
    assert container(tmp_path, NetworkMode="theirs").networks == ("theirs",)


def judged(method, path, *query, body=None, there=None):
    async def look(at):
        return (200, there[at]) if there and at in there else (404, {})

    return asyncio.run(Policy(Bounds(OURS.labels, ()), REGISTRY, look).judge(Asked(method, path, query, body)))


THEIRS = {"Id": "1" * 64, "Config": {"Labels": {"lab.company": "c-other"}}}
OWN = {"Id": "2" * 64, "Config": {"Labels": OURS.labels}}


@pytest.mark.parametrize("path", ["/containers/x/start", "/containers/x/exec", "/containers/x/kill", "/containers/x/attach"])
def test_another_companys_container_is_not_there(path):
    with pytest.raises(NotLetThrough, match="No such container: x"):
        judged("POST", path, body={} if path.endswith("exec") else None, there={"/containers/x/json": THEIRS})


def test_a_container_is_passed_on_by_its_id_and_removed_with_its_unnamed_volumes():
    there = {"/containers/x/json": OWN}
    assert judged("POST", "/containers/x/start", there=there).path == f"/containers/{'2' * 64}/start"
    assert judged("DELETE", "/containers/x", ("v", "0"), there=there).query == (("v", "1"),)


@pytest.mark.parametrize(
    ("method", "path", "query", "said"),
    [
        ("POST", "/build", (("networkmode", "host"),), "network 'host'"),
        ("POST", "/build", (("version", "2"),), "BuildKit"),
        ("POST", "/build", (("remote", "http://169.254.169.254/"),), "'remote'"),
        ("POST", "/build", (("t", "x:1"), ("t", "lab/python:3.11")), "everybody's base image"),
        ("POST", "/build", (("t", "127.0.0.1:5000/storefront:1"),), "this company's registry"),
        ("POST", "/images/lab/python/tag", (("repo", "docker.io/lab/python"),), "everybody's base image"),
        ("POST", "/images/evil.example/x/push", (), "this company's registry"),
        ("DELETE", "/images/lab/python:3.11", (), "not this company's"),
        ("POST", "/images/load", (), "not let through"),
        ("POST", "/commit", (), "not let through"),
        ("GET", "/events", (), "not let through"),
        ("POST", "/session", (), "not let through"),
        ("POST", "/swarm/init", (), "not let through"),
        ("POST", "/plugins/pull", (), "not let through"),
        ("PUT", "/containers/x/archive", (), "not let through"),
        ("POST", "/containers/x/update", (), "not let through"),
        ("POST", "/build/prune", (), "not let through"),
    ],
)
def test_a_request_beyond_builds_pushes_and_runs_is_refused(method, path, query, said):
    there = {"/images/lab/python:3.11/json": {"Config": {"Labels": {"lab.company": ""}}}}
    with pytest.raises(NotLetThrough, match=said):
        judged(method, path, *query, there=there)


def test_a_build_is_labelled_and_leaves_no_container_behind():
    told = dict(judged("POST", "/build", ("t", f"{REGISTRY}/storefront:1"), ("labels", '{"mine":"yes"}'), ("remote", "")).query)

    assert json.loads(told["labels"]) == {"mine": "yes", "lab.company": "c-ours"}
    assert (told["forcerm"], told["t"]) == ("1", f"{REGISTRY}/storefront:1")
    assert "remote" not in told


def test_lists_and_clean_ups_are_of_the_company_alone():
    told = dict(judged("POST", "/images/prune", ("filters", '{"dangling":["true"],"label":{"a":true}}')).query)

    assert json.loads(told["filters"]) == {"dangling": {"true": True}, "label": {"a": True, "lab.company=c-ours": True}}


# --- on the wire


class FakeEngine:
    """Answers every request with `answer` and hangs up; keeps what it was sent."""

    def __init__(self, loop, path, answer):
        self.loop, self.path, self.answer, self.heard = loop, str(path), answer, []

    def __enter__(self):
        async def guest(reader, writer):
            self.heard.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(self.answer)
            writer.close()

        self.server = self.loop.call(asyncio.start_unix_server(guest, self.path))
        return self

    def __exit__(self, *_):
        self.loop.call(self.close())

    async def close(self):
        self.server.close()


def sent(gatekeeper, loop, request):
    place = gatekeeper.start().removeprefix("unix://")

    async def ask():
        reader, writer = await asyncio.open_unix_connection(place)
        writer.write(request)
        answer = await reader.read()
        writer.close()
        return answer

    return loop.call(ask(), timeout=10)


@pytest.fixture
def gatekeeper(loop, tmp_path):
    made = Gatekeeper(loop, str(tmp_path / "engine"), OURS, REGISTRY)
    yield made
    made.stop()


ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


def test_one_connection_is_one_request_and_nothing_is_smuggled_behind_it(gatekeeper, loop, tmp_path):
    with FakeEngine(loop, tmp_path / "engine", ANSWER) as engine:
        answer = sent(gatekeeper, loop, b"GET /v1.41/info HTTP/1.1\r\nHost: x\r\n\r\nPOST /swarm/init HTTP/1.1\r\nHost: x\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 200")
    assert len(engine.heard) == 1
    assert b"swarm" not in engine.heard[0]
    assert b"Connection: close" in engine.heard[0]


@pytest.mark.parametrize(
    "request_",
    [
        b"POST /build?t=x HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 6\r\n\r\nremote",
        b"GET /containers/x%2F..%2F..%2Finfo/json HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /v1.41/../swarm HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
def test_what_the_engine_might_read_otherwise_than_we_do_is_refused(gatekeeper, loop, tmp_path, request_):
    with FakeEngine(loop, tmp_path / "engine", ANSWER) as engine:
        answer = sent(gatekeeper, loop, request_)

    assert answer.startswith(b"HTTP/1.1 403")
    assert engine.heard == []


def test_an_engine_that_is_gone_or_breaks_off_is_counted(gatekeeper, loop, tmp_path):
    answer = sent(gatekeeper, loop, b"GET /info HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 503")
    assert b"does not answer" in answer
    with FakeEngine(loop, tmp_path / "engine", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"):
        sent(gatekeeper, loop, b"GET /info HTTP/1.1\r\nHost: x\r\n\r\n")
    assert gatekeeper.losses == 2


def test_its_socket_is_nobody_elses_and_gone_at_the_end(gatekeeper):
    place = Path(gatekeeper.start().removeprefix("unix://"))
    assert place.stat().st_mode & 0o077 == 0
    assert place.parent.stat().st_mode & 0o077 == 0
    gatekeeper.stop()
    assert not place.parent.exists()
