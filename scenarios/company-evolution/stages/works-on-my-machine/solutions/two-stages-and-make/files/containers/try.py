"""Asks a shop on port 8000 what customers ask. Runs inside the container that it judges, which has no network at all."""

import json
import sys
import time
import urllib.error
import urllib.request

SHOP = "http://127.0.0.1:8000"
SECONDS = 20


def ask(path: str, body: dict | None = None) -> dict:
    """What the shop answers; an error of any kind ends the try."""
    data = json.dumps(body).encode() if body else None
    request = urllib.request.Request(SHOP + path, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.load(answer)


def main(sha: str) -> None:
    """Wait until it is ready, then see that it is the right commit and can price everything it sells."""
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            ask("/readyz")
            break
        except (OSError, urllib.error.HTTPError) as problem:
            if time.monotonic() > deadline:
                sys.exit(f"::error::{sha} is not ready after {SECONDS} s: {problem}")
            time.sleep(0.2)
    if ask("/version")["sha"] != sha:
        sys.exit(f"::error::what runs says it is {ask('/version')['sha']}, not {sha}")
    for path, methods in ask("/openapi.json")["paths"].items():
        if "get" in methods and "{" not in path and path != "/metrics":
            urllib.request.urlopen(SHOP + path, timeout=5).read()
    for product in ask("/products")["products"]:
        ask("/quotes", {"country": "FR", "lines": [{"sku": product["sku"], "quantity": 3}]})
    print(f"{sha} serves.")


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except OSError as problem:
        sys.exit(f"::error::{problem}")
