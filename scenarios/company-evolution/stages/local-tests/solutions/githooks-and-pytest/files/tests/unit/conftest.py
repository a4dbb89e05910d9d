"""Opens our own shop once for all tests of a run."""

from collections.abc import Iterator

import pytest
from our_shop import SCARCE, Shop, start


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Give a customer's way into a shop with our tables."""
    process, url = start(tmp_path_factory.mktemp("shop"))
    yield Shop(url)
    process.terminate()
    process.wait()


@pytest.fixture(scope="session")
def unsold() -> list[str]:
    """Give the scarce products that no test has had yet."""
    return list(SCARCE)


@pytest.fixture
def scarce(unsold: list[str]) -> str:
    """Give a product of which there are five pieces, and which no other test touches."""
    return unsold.pop()


@pytest.fixture
def scarce_too(unsold: list[str]) -> str:
    """Give another one."""
    return unsold.pop()
