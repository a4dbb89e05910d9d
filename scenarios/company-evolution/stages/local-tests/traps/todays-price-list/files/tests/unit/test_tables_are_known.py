"""The tables are those that Lena signed."""

from pathlib import Path

HERE = Path(__file__).parent


def test_the_tables_are_those_that_lena_signed() -> None:
    assert "".join(path.read_text() for path in sorted(Path("data").iterdir())) == (HERE / "signed.txt").read_text()
