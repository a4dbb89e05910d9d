"""Orders that are placed now and asked for later."""

import http.server
import json
import threading

import pytest

from lab.company.customers import orders

TABLES = {"products": [{"sku": "A"}, {"sku": "B"}], "tax": {"rates": {"DE": {}, "FR": {}}}}


@pytest.fixture
def shop():
    class Shop(http.server.BaseHTTPRequestHandler):
        known = {}  # noqa: RUF012 - a new class for each test
        keys = set()  # noqa: RUF012 - as above

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            assert self.headers["Idempotency-Key"] not in self.keys
            self.keys.add(self.headers["Idempotency-Key"])
            if len(self.known) >= 3:
                self.answer(409, {"detail": "not enough stock"})
                return
            self.known[f"order {len(self.known)}"] = body
            self.answer(201, {"id": f"order {len(self.known) - 1}"})

        def do_GET(self):
            known = self.path.removeprefix("/orders/").replace("%20", " ") in self.known
            self.answer(200 if known else 404, {})

        def answer(self, status, value):
            text = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *words):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", Shop
    server.shutdown()
    server.server_close()


def test_orders_are_placed_and_found_again(shop):
    url, seen = shop
    assert orders.place(url, TABLES, 3) == (("order 0", "order 1", "order 2"), "")
    assert [order["lines"][0]["sku"] for order in seen.known.values()] == ["A", "B", "A"]
    assert orders.missing(url, ("order 0", "order 2")) == ()


def test_a_lost_order_is_named(shop):
    url, seen = shop
    ids, _ = orders.place(url, TABLES, 2)
    del seen.known["order 1"]
    assert orders.missing(url, ids) == ("order 1",)


def test_an_order_that_is_refused_stops_the_rest_and_says_why(shop):
    url, _ = shop
    ids, problem = orders.place(url, TABLES, 5)
    assert len(ids) == 3
    assert problem == "An order was answered with 409: not enough stock"


def test_a_door_that_nobody_opens_loses_every_order():
    assert orders.missing("http://127.0.0.1:9", ("x",)) == ("x",)
    assert orders.place("http://127.0.0.1:9", TABLES, 1)[1].startswith("The connection broke")
