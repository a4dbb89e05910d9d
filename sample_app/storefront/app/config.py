"""The settings of the storefront, read once from the environment when this module is imported."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ("dev", "staging", "prod")
LOG_LEVELS = ("debug", "info", "warning", "error", "critical")
DATABASE_SCHEMES = ("sqlite:///", "postgresql://")
UNKNOWN = "unknown"


class ConfigError(Exception):
    """The environment does not describe a storefront that could run."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything about this process that is decided outside the code."""

    env: str
    database_url: str = field(repr=False)
    build_sha: str
    build_id: str
    log_level: str
    payments_url: str
    payments_key: str = field(repr=False)
    data_dir: Path


def read_settings(environment: Mapping[str, str], *, root: Path = ROOT) -> Settings:
    """Return the settings that the environment describes; an empty variable counts as absent.

    `root` is the folder of the VERSION file. Raises ConfigError, naming everything that is wrong.
    """
    settings = Settings(
        env=environment.get("STOREFRONT_ENV") or "dev",
        database_url=environment.get("DATABASE_URL") or "sqlite:///storefront.db",
        build_sha=environment.get("BUILD_SHA") or sha_in_version_file(root / "VERSION"),
        build_id=environment.get("BUILD_ID") or UNKNOWN,
        log_level=(environment.get("LOG_LEVEL") or "info").lower(),
        payments_url=(environment.get("PAYMENTS_URL") or "").rstrip("/"),
        payments_key=environment.get("PAYMENTS_KEY") or "",
        data_dir=Path(environment.get("DATA_DIR") or "data"),
    )
    problems = problems_with(settings)
    if problems:
        raise ConfigError(" ".join(problems))
    return settings


def sha_in_version_file(path: Path) -> str:
    """Return the sha that `git archive` wrote into the VERSION file, or "unknown"."""
    if not path.is_file():
        return UNKNOWN
    text = path.read_text(encoding="utf-8").strip()
    return UNKNOWN if not text or text.startswith("$Format") else text


def problems_with(settings: Settings) -> list[str]:
    """Return one sentence for each reason not to start; empty when all is well."""
    problems = []
    if settings.env not in ENVIRONMENTS:
        problems.append(f"STOREFRONT_ENV is '{settings.env}'; it must be one of {', '.join(ENVIRONMENTS)}.")
    if settings.log_level not in LOG_LEVELS:
        problems.append(f"LOG_LEVEL is '{settings.log_level}'; it must be one of {', '.join(LOG_LEVELS)}.")
    if not settings.database_url.startswith(DATABASE_SCHEMES):
        problems.append(f"DATABASE_URL must begin with {' or '.join(DATABASE_SCHEMES)}.")
    if ":memory:" in settings.database_url:
        problems.append("DATABASE_URL must name a file: each connection would see its own ':memory:'.")
    if settings.payments_url and not settings.payments_url.startswith(("http://", "https://")):
        problems.append("PAYMENTS_URL must begin with http:// or https://, or be empty.")
    if settings.env == "prod" and not settings.payments_key:
        problems.append("PAYMENTS_KEY is missing; STOREFRONT_ENV is 'prod', which takes real payments.")
    return problems


try:
    settings = read_settings(os.environ)
except ConfigError as error:
    sys.exit(f"storefront refuses to start: {error}")
