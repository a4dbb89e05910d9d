"""The front door: it forwards what comes, answers 502 at once where nobody is behind it, and never hangs."""

import http.client
import http.server
import json
import socket
import threading
import time

import pytest

from lab.company import site
from lab.company.servers.ports import allot
from lab.company.site import Door
from lab.errors import WorldUnavailable


class Shop(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self._answer(b"hello from " + self.path.encode())

    def do_POST(self):
        self._answer(self.rfile.read(int(self.headers["content-length"])))

    def _answer(self, body):
        if self.path == "/hang-up":
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        if self.path == "/silence":
            time.sleep(2)
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


@pytest.fixture
def shop():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.fixture
def door(loop):
    port = allot()
    door = Door(loop, port.number)
    door.start()
    yield door
    door.stop()
    port.release()


def _ask(door, path="/", body=None):
    connection = http.client.HTTPConnection("127.0.0.1", door.port, timeout=5)
    connection.request("POST" if body is not None else "GET", path, body=body)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, text


def test_it_leads_to_the_shop_behind_it(door, shop):
    door.upstream = shop
    assert _ask(door, "/mugs") == (200, b"hello from /mugs")
    assert _ask(door, "/", b"x" * 500_000) == (200, b"x" * 500_000)


def test_several_questions_come_over_one_connection(door, shop):
    door.upstream = shop
    connection = http.client.HTTPConnection("127.0.0.1", door.port, timeout=5)
    for path in ("/one", "/two"):
        connection.request("GET", path)
        assert connection.getresponse().read() == b"hello from " + path.encode()


@pytest.mark.parametrize("body", [None, b"y" * 300_000], ids=["get", "a large post"])
def test_nobody_behind_it_is_502_with_a_short_json_body_at_once(door, body):
    free = allot()
    for upstream in (None, free.number):
        door.upstream = upstream
        began = time.monotonic()
        status, text = _ask(door, "/", body)
        assert (status, json.loads(text)) == (502, {"detail": site.NOBODY})
        assert time.monotonic() - began < 5
    free.release()


def test_a_shop_that_hangs_up_is_502(door, shop):
    door.upstream = shop
    assert _ask(door, "/hang-up") == (502, json.dumps({"detail": site.HUNG_UP}).encode())


def test_a_silent_shop_is_504_in_the_end(door, shop, monkeypatch):
    monkeypatch.setattr(site, "FIRST_BYTE_SECONDS", 0.3)
    door.upstream = shop
    assert _ask(door, "/silence") == (504, json.dumps({"detail": site.SILENT}).encode())


def test_it_leads_elsewhere_from_the_next_connection_on(door, shop):
    assert _ask(door)[0] == 502
    door.upstream = shop
    assert _ask(door)[0] == 200
    door.upstream = None
    assert _ask(door)[0] == 502


def test_a_customer_who_says_nothing_or_leaves_disturbs_nobody(door, shop):
    door.upstream = shop
    silent = socket.create_connection(("127.0.0.1", door.port))
    left = socket.create_connection(("127.0.0.1", door.port))
    left.sendall(b"GET / HT")
    left.close()
    assert _ask(door)[0] == 200
    silent.close()


def test_stop_cuts_what_is_under_way_and_closes_the_port(loop, shop):
    port = allot()
    door = Door(loop, port.number, shop)
    door.start()
    with socket.create_connection(("127.0.0.1", door.port)) as guest:
        guest.sendall(b"GET /silence HTTP/1.1\r\nhost: x\r\n\r\n")
        time.sleep(0.1)
        began = time.monotonic()
        door.stop()
        assert time.monotonic() - began < 5
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", door.port))
    port.release()


def test_a_taken_port_is_the_worlds_fault_in_one_sentence(loop):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(WorldUnavailable, match="The front door could not listen on port"):
            Door(loop, taken.getsockname()[1]).start()
