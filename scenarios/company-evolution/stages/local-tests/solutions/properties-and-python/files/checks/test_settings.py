"""What the shop makes of its environment: all processes are started at once, then looked at one by one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("STOREFRONT_ENV", "DATABASE_URL", "DATA_DIR", "BUILD_SHA", "BUILD_ID", "LOG_LEVEL", "PAYMENTS_URL", "PAYMENTS_KEY")
ASK = "import json, app.config; print(json.dumps({name: str(value) for name, value in vars(app.config.settings).items()}))"
CASES: dict[str, tuple[dict[str, str], str]] = {
    # case: the environment, and what stands in the settings or in the refusal
    "nothing set": ({}, '"env": "dev"'),
    "no database set": ({}, '"database_url": "sqlite:///storefront.db"'),
    "no build set": ({}, '"build_id": "unknown"'),
    "a clone, which no archive filled in": ({}, '"build_sha": "unknown"'),
    "no level set": ({}, '"log_level": "info"'),
    "no folder set": ({}, '"data_dir": "data"'),
    "staging": ({"STOREFRONT_ENV": "staging", "LOG_LEVEL": "WARNING"}, '"env": "staging"'),
    "a level in capitals": ({"STOREFRONT_ENV": "staging", "LOG_LEVEL": "WARNING"}, '"log_level": "warning"'),
    "payments": ({"PAYMENTS_URL": "https://pay.example/"}, '"payments_url": "https://pay.example"'),
    "production": ({"STOREFRONT_ENV": "prod", "PAYMENTS_KEY": "k", "BUILD_SHA": "5ha"}, '"build_sha": "5ha"'),
    "production without a key": ({"STOREFRONT_ENV": "prod"}, "refuses to start: PAYMENTS_KEY"),
    "an environment that nobody knows": ({"STOREFRONT_ENV": "production"}, "refuses to start: STOREFRONT_ENV"),
    "a database that nobody speaks": ({"DATABASE_URL": "mysql://db"}, "refuses to start: DATABASE_URL"),
    "a level that does not exist": ({"LOG_LEVEL": "loud"}, "refuses to start: LOG_LEVEL"),
}


@pytest.fixture(scope="module")
def said() -> dict[str, str]:
    """Give what each process said."""
    clean = {name: value for name, value in os.environ.items() if name not in NAMES}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    running: dict[str, subprocess.Popen[str]] = {}
    for variables, _ in CASES.values():
        if repr(variables) not in running:
            running[repr(variables)] = subprocess.Popen([sys.executable, "-c", ASK], cwd=ROOT, env={**clean, **variables}, **pipes)
    return {variables: process.communicate()[0] for variables, process in running.items()}


@pytest.mark.parametrize("case", CASES)
def test_what_the_environment_makes_of_it(said: dict[str, str], case: str) -> None:
    variables, wanted = CASES[case]

    assert wanted in said[repr(variables)]
