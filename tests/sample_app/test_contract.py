"""openapi.lock.json, and the files that other parts of the lab rely on."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from .conftest import clean_environment
from .fresh import MONEY, SAMPLE_APP, TREE

REGISTRIES = re.compile("|".join([r"pypi\." + "org", "pythonhosted", "files" + r"\.python", "docker" + r"\.io"]))


def shapes(schema: dict[str, Any]) -> dict[str, Any]:
    """Return what a client relies on: our own models, field by field."""
    models = schema["components"]["schemas"]
    return {
        name: {
            "required": sorted(model.get("required", [])),
            "properties": {field: without_prose(value) for field, value in model["properties"].items()},
        }
        for name, model in models.items()
        if name.endswith(("In", "Out"))
    }


def without_prose(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_prose(inner) for key, inner in value.items() if key not in ("title", "description")}
    return value


def test_the_lock_says_what_is_served(pure: ModuleType) -> None:
    lock = json.loads((TREE / "openapi.lock.json").read_text(encoding="utf-8"))
    served = pure.main.app.openapi()

    assert shapes(lock) == shapes(json.loads(json.dumps(served)))
    assert {path: sorted(methods) for path, methods in lock["paths"].items()} == {
        path: sorted(methods) for path, methods in served["paths"].items()
    }


def test_the_endpoints_are_those_of_the_contract(pure: ModuleType) -> None:
    served = {f"{method.upper()} {path}" for path, methods in pure.main.app.openapi()["paths"].items() for method in methods}
    assert served == {
        "GET /healthz",
        "GET /readyz",
        "GET /version",
        "GET /metrics",
        "GET /products",
        "GET /products/{sku}",
        "POST /quotes",
        "POST /orders",
        "GET /orders/{order_id}",
        "POST /orders/{order_id}/cancel",
        "POST /orders/{order_id}/return",
        "GET /admin/export",
    }


def test_a_sha_is_filled_in_by_git_archive() -> None:
    assert (TREE / "VERSION").read_text(encoding="utf-8") == "$Format:%H$\n"
    assert "VERSION export-subst" in (TREE / ".gitattributes").read_text(encoding="utf-8")


def test_requirements_are_not_pinned_yet() -> None:
    wanted = (TREE / "requirements.in").read_text(encoding="utf-8").split()
    assert wanted == ["fastapi", "harborline-money>=1.4,<2", "prometheus-client", "uvicorn"]
    assert (TREE / "requirements.txt").read_text(encoding="utf-8").split() == wanted


@pytest.mark.parametrize(("version", "name"), [("1.4", "text"), ("2.0", "format_amount")])
def test_each_money_library_has_its_own_word(version: str, name: str) -> None:
    project = tomllib.loads((MONEY / version / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (project["name"], project["version"]) == ("harborline-money", version)

    script = (
        "import harborline_money as m; from decimal import Decimal as D; print(m.__all__,"
        f" [m.{name}(D(x)) for x in ('12.3', '0', '1E+3', '0.005', '1234567.899')])"
    )
    environment = clean_environment({"PYTHONPATH": str(MONEY / version)})
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == f"['{name}'] ['12.30', '0.00', '1000.00', '0.01', '1234567.90']\n"


def test_the_storefront_does_not_start_with_the_wrong_money_library() -> None:
    environment = clean_environment({"PYTHONPATH": str(MONEY / "2.0")})
    command = [sys.executable, "-c", "import app.main"]
    done = subprocess.run(command, cwd=TREE, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode != 0
    assert "ImportError: cannot import name 'text' from 'harborline_money'" in done.stderr


@pytest.mark.parametrize("path", [p for p in SAMPLE_APP.rglob("*") if p.is_file() and "__pycache__" not in p.parts], ids=str)
def test_files_are_short_and_name_no_machine_and_no_registry(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not REGISTRIES.search(text)
    assert not re.search(r"(?<![\w.])/(?:home|root|work|tmp|Users)/", text)
    if path.suffix == ".py":
        assert len(text.splitlines()) <= 350


def test_money_never_meets_a_float() -> None:
    assert "float" not in (TREE / "app" / "pricing.py").read_text(encoding="utf-8")
