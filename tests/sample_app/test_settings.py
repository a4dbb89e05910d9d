"""Settings: what the environment may say, and when the storefront refuses to start."""

import dataclasses
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from .conftest import clean_environment
from .fresh import TREE


def test_without_any_variable_the_defaults_hold(pure: ModuleType, tmp_path: Path) -> None:
    settings = pure.config.read_settings({}, root=tmp_path)

    assert dataclasses.asdict(settings) == {
        "env": "dev",
        "database_url": "sqlite:///storefront.db",
        "build_sha": "unknown",
        "build_id": "unknown",
        "log_level": "info",
        "payments_url": "",
        "payments_key": "",
        "data_dir": Path("data"),
    }


def test_settings_are_frozen_and_tell_no_secret(pure: ModuleType) -> None:
    url = "postgresql://shop:hunter2@db/shop"
    settings = pure.config.read_settings({"PAYMENTS_KEY": "canary", "DATABASE_URL": url})

    assert "canary" not in repr(settings)
    assert "hunter2" not in repr(settings)
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.env = "prod"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("STOREFRONT_ENV", "production"),
        ("LOG_LEVEL", "loud"),
        ("DATABASE_URL", "mysql://db/shop"),
        ("DATABASE_URL", "storefront.db"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("PAYMENTS_URL", "file:///etc/hosts"),
    ],
)
def test_a_value_that_makes_no_sense_is_named(pure: ModuleType, variable: str, value: str) -> None:
    with pytest.raises(pure.config.ConfigError, match=variable):
        pure.config.read_settings({variable: value})


def test_all_that_is_wrong_is_said_at_once(pure: ModuleType) -> None:
    with pytest.raises(pure.config.ConfigError, match=r"LOG_LEVEL.*PAYMENTS_KEY"):
        pure.config.read_settings({"STOREFRONT_ENV": "prod", "LOG_LEVEL": "loud"})


@pytest.mark.parametrize("environment", [{"STOREFRONT_ENV": "prod"}, {"STOREFRONT_ENV": "prod", "PAYMENTS_KEY": ""}])
def test_production_does_not_start_without_its_key(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "uvicorn", "app.main:app", "--port", "0"],
        cwd=TREE,
        env=clean_environment(environment),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr == ("storefront refuses to start: PAYMENTS_KEY is missing; STOREFRONT_ENV is 'prod', which takes real payments.\n")


@pytest.mark.parametrize("env", ["dev", "staging"])
def test_elsewhere_no_key_is_needed(pure: ModuleType, env: str) -> None:
    assert pure.config.read_settings({"STOREFRONT_ENV": env}).env == env


def test_with_its_key_production_starts(pure: ModuleType) -> None:
    assert pure.config.read_settings({"STOREFRONT_ENV": "prod", "PAYMENTS_KEY": "k"}).env == "prod"


@pytest.mark.parametrize(
    ("variable", "file", "expected"),
    [
        (None, None, "unknown"),
        (None, "", "unknown"),
        (None, "$Format:%H$\n", "unknown"),
        (None, "4f1c2a9\n", "4f1c2a9"),
        ("", "4f1c2a9", "4f1c2a9"),
        ("abc", "4f1c2a9", "abc"),
        ("abc", None, "abc"),
        ("abc", "$Format:%H$", "abc"),
    ],
)
def test_the_sha_comes_from_the_variable_and_then_the_file(
    pure: ModuleType, tmp_path: Path, variable: str | None, file: str | None, expected: str
) -> None:
    if file is not None:
        (tmp_path / "VERSION").write_text(file)
    environment = {} if variable is None else {"BUILD_SHA": variable}
    assert pure.config.read_settings(environment, root=tmp_path).build_sha == expected


def test_flags_are_off_until_someone_turns_them_on(pure: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pure.flags, "DEFAULTS", {"gift_wrap": False, "news": True})
    assert (pure.flags.is_on("gift_wrap"), pure.flags.is_on("news")) == (False, True)
    monkeypatch.setenv("FLAG_GIFT_WRAP", "on")
    monkeypatch.setenv("FLAG_NEWS", "off")
    assert (pure.flags.is_on("gift_wrap"), pure.flags.is_on("news")) == (True, False)
    monkeypatch.setenv("FLAG_NEWS", "perhaps")
    assert pure.flags.is_on("news")
    with pytest.raises(KeyError):
        pure.flags.is_on("nobody_named_this")


@pytest.mark.parametrize(
    ("name", "text"),
    [("bulk", "{}"), ("bulk", "["), ("coupons", '{"X": {"kind": "gift"}}'), ("products", "[]"), ("tax", '{"rates": 1}')],
)
def test_a_broken_table_is_named(pure: ModuleType, tmp_path: Path, name: str, text: str) -> None:
    for path in (TREE / "data").glob("*.json"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / f"{name}.json").write_text(text)

    with pytest.raises(pure.tables.TableError, match=rf"{name}\.json"):
        pure.tables.load_tables(tmp_path)


def test_numbers_in_the_tables_may_stand_without_quotes(pure: ModuleType, tmp_path: Path) -> None:
    for path in (TREE / "data").glob("*.json"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "bulk.json").write_text('{"limit": 10, "percent": 7.1}')
    assert str(pure.tables.load_tables(tmp_path).bulk.percent) == "7.1"
