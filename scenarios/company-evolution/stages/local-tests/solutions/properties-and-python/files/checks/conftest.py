"""The storefront in this process, with the tables of model.py, and the rules of how random it may get."""

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from model import TABLES

ROOM = tempfile.TemporaryDirectory()
os.environ |= {"DATA_DIR": ROOM.name, "DATABASE_URL": f"sqlite:///{ROOM.name}/shop.db", "STOREFRONT_ENV": "dev", "LOG_LEVEL": "error"}
for name, table in TABLES.items():
    Path(ROOM.name, f"{name}.json").write_text(json.dumps(table), encoding="utf-8")

# The same carts every time: a check that is red for Priya is red for Tom.
settings.register_profile("same", derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
settings.load_profile("same")


@pytest.fixture(scope="session")
def client() -> Iterator[object]:
    """Give a customer's way in. Imported here, after the settings are in place."""
    from fastapi.testclient import TestClient

    from app.main import app

    with TestClient(app) as opened:
        yield opened
