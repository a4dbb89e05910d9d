"""A storefront imported anew: it reads its settings at import, so each test gets an import of its own."""

import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest

SAMPLE_APP = Path(__file__).resolve().parents[2] / "sample_app"
TREE = SAMPLE_APP / "storefront"
MONEY = SAMPLE_APP / "libs" / "harborline-money"
SETTINGS = (
    "STOREFRONT_ENV",
    "DATABASE_URL",
    "BUILD_SHA",
    "BUILD_ID",
    "LOG_LEVEL",
    "PAYMENTS_URL",
    "PAYMENTS_KEY",
    "DATA_DIR",
)


def is_of_the_storefront(name: str) -> bool:
    return name == "app" or name.startswith("app.")


@contextmanager
def imported(environment: Mapping[str, str], *, tree: Path = TREE) -> Iterator[ModuleType]:
    """Give the package `app` of a tree, imported with these settings, its modules as attributes."""
    earlier = {name: module for name, module in sys.modules.items() if is_of_the_storefront(name)}
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    root.handlers[:] = [h for h in handlers if not is_of_the_storefront(type(h).__module__)]
    with pytest.MonkeyPatch.context() as patch:
        for name in SETTINGS:
            patch.delenv(name, raising=False)
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.setattr(sys, "dont_write_bytecode", True)
        patch.setattr(sys, "path", [str(tree), str(MONEY / "1.4"), *sys.path])
        forget()
        try:
            import app.flags  # noqa: PLC0415 - anew, from the tree that now comes first
            import app.main  # noqa: PLC0415

            yield app
        finally:
            forget()
            sys.modules.update(earlier)
            root.handlers[:] = handlers
            root.setLevel(level)


def forget() -> None:
    for name in [name for name in sys.modules if is_of_the_storefront(name)]:
        del sys.modules[name]
