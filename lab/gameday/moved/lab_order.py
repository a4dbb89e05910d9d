"""A pytest plugin of the lab: shuffles a test-suite by LAB_ORDER_SEED. Loaded by `-p lab_order`, never installed."""

import os
import random


def pytest_collection_modifyitems(items: list[object]) -> None:
    """Put the tests into a random order that the seed decides."""
    random.Random(os.environ.get("LAB_ORDER_SEED", "0")).shuffle(items)
