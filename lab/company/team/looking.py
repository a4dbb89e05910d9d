"""What a careful person sees in a change: tests that say less, settings that leave tests out, gates switched off."""

from __future__ import annotations

import ast
import re
from collections import Counter
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any, Final

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TESTS: Final = ("test_*.py", "*_test.py", "*/test_*.py", "*/*_test.py")
_SETTINGS: Final = ("pyproject.toml", "pytest.ini", ".pytest.ini", "tox.ini", "setup.cfg")
_SKIPS: Final = re.compile(r"\bmark\.(?:skip|skipif|xfail)\b|\bpytest\.(?:skip|xfail|exit)\(|\bunittest\.skip|\bimportorskip\(")
_LEAVES_OUT: Final = re.compile(
    r"--deselect|--ignore|(?<![\w-])-k[ =\"']|(?<![\w-])-m[ =\"']+[^\n]*\bnot\b|--co\b|--collect-only"
    r"|^\s*(?:python_files|python_functions|python_classes)\s*=(?!\s*[\"\']?test_\*\.py[\"\']?\s*$)",
    re.MULTILINE,
)
_COLLECTING: Final = re.compile(r"pytest_collection_modifyitems|pytest_ignore_collect|pytest_collect_file|collect_ignore|pytest_pycollect")
_FORGIVES: Final = re.compile(r"\|\|\s*(?:true|:|exit 0)|;\s*(?:true|exit 0)\s*$|set \+e", re.MULTILINE)
_TESTING: Final = re.compile(r"pytest|\btox\b|\bnox\b|unittest|\btests?\b|\bcheck\b|\bverify\b")


def is_test(path: str) -> bool:
    """Whether pytest would take the file for tests."""
    return any(fnmatch(path, pattern) for pattern in _TESTS)


def is_workflow(path: str) -> bool:
    """Whether the file is a pipeline."""
    return fnmatch(path, ".github/workflows/*.y*ml") or fnmatch(path, ".github/actions/*")


class Said:
    """What one version of the test files says: each test's expectations, and the rows of constants at module level."""

    def __init__(self, files: Mapping[str, str | None]) -> None:
        self.tests: dict[str, Counter[str]] = {}
        self.rows: Counter[str] = Counter()
        self.sources: dict[str, str] = {}
        self.empty = 0
        for path, text in files.items():
            if is_test(path) and text is not None:
                self._read(text)

    def _read(self, text: str) -> None:
        try:
            module = ast.parse(text)
        except SyntaxError:
            return
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
                self.tests.setdefault(node.name, Counter()).update(_expected(node))
                self.sources[node.name] = ast.get_source_segment(text, node) or ""
            if isinstance(node, ast.Assert) and isinstance(node.test, ast.Constant) and node.test.value:
                self.empty += 1
        for statement in module.body:
            if isinstance(statement, ast.Assign | ast.AnnAssign) and isinstance(statement.value, ast.List | ast.Tuple | ast.Dict):
                self.rows.update(ast.dump(row) for row in getattr(statement.value, "elts", None) or getattr(statement.value, "values", []))


def _expected(test: ast.AST) -> Iterator[str]:
    for node in ast.walk(test):
        if isinstance(node, ast.Assert) or (isinstance(node, ast.With) and "raises" in ast.dump(node.items[0])):
            inner = node.test if isinstance(node, ast.Assert) else node.items[0]
            constants = sorted(repr(one.value) for one in ast.walk(inner) if isinstance(one, ast.Constant))
            yield " ".join(constants) or "nothing named"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "parametrize":
            yield from (ast.dump(one) for told in node.args[1:2] for one in getattr(told, "elts", []))


def dropped_tests(before: Mapping[str, str | None], after: Mapping[str, str | None]) -> list[tuple[str, str]]:
    """The tests that are gone, each with its old source. A test that moved to another of the files is not gone."""
    old, new = Said(before), Said(after)
    return [(name, old.sources[name]) for name in old.tests if name not in new.tests]


def changed_expectations(before: Mapping[str, str | None], after: Mapping[str, str | None]) -> list[str]:
    """What tests that are still there no longer say, in words."""
    old, new = Said(before), Said(after)
    found = [f"'{name}' expects something else" for name in old.tests if name in new.tests and old.tests[name] - new.tests[name]]
    gone = sum((old.rows - new.rows).values())
    kept = bool(new.tests) and bool(set(old.tests) & set(new.tests))
    return found + ([f"{gone} row{'s' * (gone > 1)} of expected values changed"] if gone and kept else [])


def silenced(before: Mapping[str, str | None], after: Mapping[str, str | None]) -> list[str]:
    """What makes tests count for nothing: skip marks, empty asserts, settings that leave some out."""
    found = []
    for path, text in after.items():
        old, new = before.get(path) or "", text or ""
        if path.endswith(".py") and len(_SKIPS.findall(new)) > len(_SKIPS.findall(old)):
            found.append(f"'{path}' skips a test")
        if path.endswith(".py") and len(_COLLECTING.findall(new)) > len(_COLLECTING.findall(old)):
            found.append(f"'{path}' decides which tests are collected")
        if path in _SETTINGS and len(_LEAVES_OUT.findall(new)) > len(_LEAVES_OUT.findall(old)):
            found.append(f"'{path}' leaves tests out")
        if path in _SETTINGS and _setting(old, "testpaths") != _setting(new, "testpaths"):
            found.append(f"'{path}' looks for tests elsewhere")
    if Said(after).empty > Said(before).empty:
        found.append("a test asserts a constant")
    return found


def _setting(text: str, name: str) -> str:
    found = re.search(rf"^{name}\s*=\s*(.+)$", text, re.MULTILINE)
    return found[1] if found else ""


def switched_off(before: Mapping[str, str | None], after: Mapping[str, str | None]) -> list[str]:
    """How a change of the pipelines keeps tests from deciding: a step gone, skipped, or forgiven."""
    found = []
    for path, text in after.items():
        if not is_workflow(path) or before.get(path) is None:
            continue
        if text is None:
            found.append(f"'{path}' is deleted")
            continue
        old, new = _gate(before[path] or ""), _gate(text)
        if new is None or old is None:
            found += [f"'{path}' is no workflow any more"] if new is None and old is not None else []
            continue
        found += [f"'{path}' {_WAYS[way]}" for way in _WAYS if new[way] > old[way]]
        if new["tests"] < old["tests"]:
            found.append(f"'{path}' no longer runs a step that tests")
        if new["triggers"] < old["triggers"]:
            found.append(f"'{path}' no longer runs on every event that it ran on")
    return found


_WAYS: Final = {
    "conditions": "skips what it used to run ('if:')",
    "forgiving": "lets a failure pass ('continue-on-error')",
    "shell": "hides a failing command ('|| true')",
}


def _gate(text: str) -> dict[str, int] | None:
    try:
        told = yaml.safe_load(text)
    except yaml.YAMLError:
        return None
    if not isinstance(told, dict):
        return None
    jobs = told.get("jobs") or {"runs": told.get("runs") or {}}
    holders = [one for one in jobs.values() if isinstance(one, dict)] if isinstance(jobs, dict) else []
    steps: list[Any] = [step for job in holders for step in job.get("steps") or [] if isinstance(step, dict)]
    runs = [f"{step.get('run', '')} {step.get('uses', '') if str(step.get('uses', '')).startswith('./') else ''}" for step in steps]
    triggers = told.get("on", told.get(True)) or {}
    return {
        "conditions": sum("if" in one and "always()" not in str(one["if"]) for one in (*holders, *steps)),
        "forgiving": sum(str(one.get("continue-on-error", False)).lower() != "false" for one in (*holders, *steps)),
        "shell": sum(len(_FORGIVES.findall(run)) for run in runs),
        "tests": sum(bool(_TESTING.search(run)) for run in runs),
        "triggers": len([triggers] if isinstance(triggers, str) else triggers),
    }


def gone_routes(before: Mapping[str, str | None], after: Mapping[str, str | None]) -> set[str]:
    """The paths of endpoints that the change removes, as their decorators name them."""
    return _routes(before) - _routes(after)


def _routes(files: Mapping[str, str | None]) -> set[str]:
    pattern = re.compile(r"@\w+\.(?:get|post|put|patch|delete)\(\s*['\"]([^'\"]+)['\"]")
    return {route for path, text in files.items() if path.endswith(".py") and not is_test(path) for route in pattern.findall(text or "")}
