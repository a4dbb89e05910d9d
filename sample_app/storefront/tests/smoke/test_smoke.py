"""Is anybody there? `STOREFRONT_URL=… python -m pytest tests/smoke` asks a running storefront."""

import httpx
import pytest


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/version"])
def test_it_answers(storefront: httpx.Client, path: str) -> None:
    assert storefront.get(path).status_code == 200
