"""A mark, and `process.run`, of the test's own."""

from uuid import uuid4

import pytest

from lab import process


@pytest.fixture
def mark():
    """A mark of this test's own; nothing that carries it is left."""
    made = f"test-{uuid4().hex}"
    yield made
    process.sweep(made)


@pytest.fixture
def run(tmp_path):
    """`process.run` in a folder of the test's, with ten seconds unless told."""

    def call(args, *, timeout=10.0, **options):
        return process.run(args, cwd=tmp_path, timeout=timeout, **options)

    return call
