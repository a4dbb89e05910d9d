"""Settings from the environment."""

from app.config import read_settings


def test_without_any_variable_we_are_in_development() -> None:
    assert read_settings({}).env == "dev"
