"""What the environment decides. Each test is a process of its own, since the settings are read when it starts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = ("STOREFRONT_ENV", "DATABASE_URL", "BUILD_SHA", "BUILD_ID", "LOG_LEVEL", "PAYMENTS_URL", "PAYMENTS_KEY", "DATA_DIR")
SHOW = (
    "from app.config import settings as s; print(s.env, s.database_url, s.build_sha, s.build_id, s.log_level, s.data_dir, s.payments_url)"
)


def start_with(**variables: str) -> subprocess.CompletedProcess[str]:
    """Read the settings with these variables and no others of ours."""
    clean = {name: value for name, value in os.environ.items() if name not in OURS}
    return subprocess.run([sys.executable, "-c", SHOW], cwd=ROOT, env={**clean, **variables}, capture_output=True, text=True, check=False)


def test_without_any_variable_it_is_a_shop_on_a_desk() -> None:
    env, database, _, build, level, data, *payments = start_with().stdout.split()

    assert (env, database, build, level, data) == ("dev", "sqlite:///storefront.db", "unknown", "info", "data")
    assert payments == []


def test_what_the_environment_says_counts() -> None:
    said = start_with(
        STOREFRONT_ENV="staging",
        DATABASE_URL="sqlite:///elsewhere.db",
        BUILD_SHA="abc123",
        BUILD_ID="17",
        LOG_LEVEL="ERROR",
        DATA_DIR="tables",
        PAYMENTS_URL="https://pay.example/",
    )

    assert said.stdout.split() == ["staging", "sqlite:///elsewhere.db", "abc123", "17", "error", "tables", "https://pay.example"]


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"STOREFRONT_ENV": "prod"}, "PAYMENTS_KEY"),
        ({"STOREFRONT_ENV": "prod", "PAYMENTS_KEY": ""}, "PAYMENTS_KEY"),
        ({"STOREFRONT_ENV": "production"}, "STOREFRONT_ENV"),
        ({"DATABASE_URL": "mysql://somewhere"}, "DATABASE_URL"),
        ({"DATABASE_URL": "sqlite:///:memory:"}, "DATABASE_URL"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL"),
        ({"PAYMENTS_URL": "ftp://somewhere"}, "PAYMENTS_URL"),
    ],
)
def test_it_refuses_to_start_and_names_what_is_wrong(variables: dict[str, str], named: str) -> None:
    said = start_with(**variables)

    assert said.returncode != 0
    assert named in said.stderr


@pytest.mark.parametrize(("env", "key"), [("prod", "secret"), ("staging", ""), ("dev", "")])
def test_only_production_needs_a_key(env: str, key: str) -> None:
    assert start_with(STOREFRONT_ENV=env, PAYMENTS_KEY=key).stdout.startswith(env)


def test_an_archive_knows_its_commit_and_a_clone_does_not() -> None:
    sha = start_with().stdout.split()[2]

    assert sha == "unknown" or len(sha) == 40
