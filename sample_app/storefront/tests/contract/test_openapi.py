"""What Ana's mobile app builds on: openapi.lock.json, against what is served."""

import json
from pathlib import Path

import httpx

LOCK = Path(__file__).resolve().parents[2] / "openapi.lock.json"


def test_every_promised_endpoint_is_there(storefront: httpx.Client) -> None:
    promised = json.loads(LOCK.read_text(encoding="utf-8"))["paths"]
    served = storefront.get("/openapi.json").json()["paths"]

    for path, methods in promised.items():
        assert methods.keys() <= served[path].keys(), path
