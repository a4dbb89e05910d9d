"""The tables are those that Lena signed."""

import subprocess
from pathlib import Path

SIGNED = Path(__file__).with_name("signed")
TABLES = sorted(map(str, Path("data").glob("*.json")))


def test_the_tables_are_those_that_lena_signed() -> None:
    assert subprocess.check_output(["git", "hash-object", *TABLES]).decode() == SIGNED.read_text()
