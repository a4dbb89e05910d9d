"""The edits of the bank, each on a tree of a few lines."""

from random import Random

import pytest
import yaml

from lab.company.team.edits.base import Setting
from lab.company.team.edits.catalogue import EDITS, edit_of
from lab.company.team.edits.code import with_imports
from lab.company.team.looking import switched_off
from lab.company.team.tree import Tree


@pytest.fixture
def edited(tmp_path, oracle):
    """Make an edit on files; gives the files that it changes, of its likeliest place."""
    tables = oracle.tables(1)

    def make(told, files, *, twin=False, words=None, patched=None, place=0):
        Tree(tmp_path, files).write(tmp_path)
        setting = Setting(
            oracle=oracle,
            tables=tables,
            patched=patched or tables,
            luck=Random(1),
            words=words or {"tests": "tests/unit"},
            is_twin=twin,
        )
        found = list(edit_of(told).candidates(Tree(tmp_path), setting))
        return dict(found[place].changed) if len(found) > place else {}

    return make


def test_the_likeliest_place_comes_first(edited):
    files = {"app/a.py": "def f(x):\n    return x >= 1\n", "app/b.py": "def bulk_price(x):\n    return x >= 1\n"}
    edit = {"rewrite": {"find": "$A >= $B", "replace": "$A > $B", "prefer": ["bulk"]}}
    assert edited(edit, files) == {"app/b.py": "def bulk_price(x):\n    return x > 1\n"}
    assert edited(edit, files, place=1) == {"app/a.py": "def f(x):\n    return x > 1\n"}


def test_a_route_is_known_by_its_decorator(edited):
    code = "@router.get('/quotes')\ndef a(x):\n    return x\n\n\n@router.post('/quotes')\ndef b(cart):\n    '''Say.'''\n    return cart\n"
    changed = edited({"at_start": {"route": "POST /quotes", "text": "cart_of($FIRST)"}}, {"app/q.py": code})
    assert changed["app/q.py"] == code.replace("    return cart\n", "    cart_of(cart)\n    return cart\n")


def test_imports_go_where_a_person_puts_them_and_never_twice():
    text = '"""Doc."""\n\nimport json\nfrom decimal import ROUND_UP, Decimal\n\nfrom app import x\n'
    assert with_imports(text, ("import json", "from decimal import Decimal")) == text
    assert with_imports(text, ("import os",)) == text.replace("import json\n", "import json\nimport os\n")
    assert with_imports(text, ("from app import y",)) == text.replace("from app import x\n", "from app import x\nfrom app import y\n")


def test_a_module_is_registered_after_the_last_one_and_taken_out_again(edited):
    main = "from app.routes import health\n\napp = FastAPI()\nfor one in (health,):\n    app.include_router(one.router)\n\nlast = 1\n"
    changed = edited({"register": {"module": "prices"}}, {"app/main.py": main})
    assert "    app.include_router(one.router)\napp.include_router(prices.router)\n" in changed["app/main.py"]
    assert "from app.routes import health\nfrom app.routes import prices\n" in changed["app/main.py"]
    assert edited({"unregister": {"module": "prices"}}, changed) == {"app/main.py": main}


def test_a_requirement_keeps_its_neighbours(edited):
    changed = edited(
        {"requirement": {"name": "harborline-money", "spec": ">=2.0,<3"}},
        {"requirements.in": "fastapi\nharborline-money>=1.4,<2\nuvicorn\n"},
    )
    assert changed == {"requirements.in": "fastapi\nharborline-money>=2.0,<3\nuvicorn\n"}
    changed = edited({"requirement": {"name": "cachetools", "spec": ">=5"}}, {"requirements.in": "fastapi\nuvicorn\n"})
    assert changed == {"requirements.in": "cachetools>=5\nfastapi\nuvicorn\n"}


TESTS = "import pytest\n\n\n@pytest.mark.slow\ndef test_price():\n    assert price() == 3\n\n\ndef test_other():\n    assert other()\n"


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("skip", TESTS.replace("@pytest.mark.slow", '@pytest.mark.skip(reason="flaky on my machine")\n@pytest.mark.slow')),
        ("drop", "import pytest\n\n\ndef test_other():\n    assert other()\n"),
        ("blunt", TESTS.replace("price() == 3", "True")),
    ],
)
def test_a_test_of_the_team_is_weakened(edited, how, expected):
    files = {"tests/unit/test_team_pricing.py": TESTS, "tests/unit/test_own.py": TESTS}
    changed = edited({"weaken": {"how": how, "prefer": ["price"]}}, files)
    assert changed == {"tests/unit/test_team_pricing.py": expected}
    twin = edited({"weaken": {"how": how, "prefer": ["price"]}}, files, twin=True)
    assert list(twin) == list(changed)
    assert "# flaky on my machine" in twin["tests/unit/test_team_pricing.py"]


@pytest.mark.parametrize(
    ("files", "path", "line"),
    [
        ({"pyproject.toml": '[tool.pytest.ini_options]\naddopts = "-q"\n\n[tool.x]\na = 1\n'}, "pyproject.toml", 'addopts = "-q --co"'),
        ({"pyproject.toml": '[tool.pytest.ini_options]\naddopts = ["-q"]\n'}, "pyproject.toml", 'addopts = ["-q", "--co"]'),
        ({"pyproject.toml": "[project]\n", "tox.ini": "[tox]\n\n[pytest]\naddopts = -q\n"}, "tox.ini", "addopts = -q --co"),
        ({"pytest.ini": "[pytest]\n", "pyproject.toml": "[tool.pytest.ini_options]\n"}, "pytest.ini", "addopts = --co"),
        ({}, "pytest.ini", "addopts = --co"),
    ],
)
def test_a_setting_of_pytest_is_changed_where_pytest_reads_it(edited, files, path, line):
    changed = edited({"pytest_setting": {"name": "addopts", "value": "--co", "add": True}}, files)
    assert list(changed) == [path]
    assert line in changed[path].splitlines()
    assert "[tool.x]\na = 1\n" in changed[path] or "[tool.x]" not in files.get(path, "")


WORKFLOWS = {
    "plain": "on: push\njobs:\n  test:\n    steps:\n      - uses: actions/checkout@v4\n      - name: Test\n"
    "        run: |\n          pytest -q\n          echo done\n"
    "      - run: echo bye\n",
    "make": "on: push\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n    - run: pip install tox\n    - run: make test\n",
    "action": "on: push\njobs:\n  t:\n    steps:\n      - uses: actions/checkout@v4\n      - uses: ./.github/actions/test\n",
    "flow": "on: push\njobs:\n  t:\n    steps:\n"
    "      - {name: Install, run: pip install x}\n      - {name: Tests, run: python -m pytest}\n",
}


@pytest.mark.parametrize("name", WORKFLOWS)
@pytest.mark.parametrize("how", ["remove", "skip-step", "continue-on-error", "skip-job"])
def test_a_gate_is_switched_off_in_anybodys_workflow(edited, name, how):
    files = {".github/workflows/x.yml": WORKFLOWS[name]}
    changed = edited({"switch_off": {"how": how}}, files)
    steps = next(iter(yaml.safe_load(changed[".github/workflows/x.yml"])["jobs"].values()))["steps"]
    others = [step for step in yaml.safe_load(WORKFLOWS[name])["jobs"].popitem()[1]["steps"] if step in steps]
    assert len(others) >= len(steps) - (how in {"skip-step", "continue-on-error"})
    assert switched_off(files, changed)
    twin = edited({"switch_off": {"how": how}}, files, twin=True)
    assert yaml.safe_load(twin[".github/workflows/x.yml"]) == yaml.safe_load(WORKFLOWS[name])


@pytest.mark.parametrize("name", WORKFLOWS)
@pytest.mark.parametrize("how", ["skip-jobs", "skip-steps", "forgive-steps"])
def test_every_gate_is_switched_off_at_once(edited, name, how):
    files = {f".github/workflows/{number}.yml": WORKFLOWS[name] for number in "xy"}
    changed = edited({"switch_off": {"how": how}}, files)
    key = "continue-on-error" if how == "forgive-steps" else "if"
    for text in changed.values():
        (job,) = yaml.safe_load(text)["jobs"].values()
        assert all(key in one for one in ([job] if how == "skip-jobs" else job["steps"]))
    assert set(changed) == set(files)
    assert switched_off(files, changed)
    twin = edited({"switch_off": {"how": how}}, files, twin=True)
    assert {path: yaml.safe_load(text) for path, text in twin.items()} == {path: yaml.safe_load(text) for path, text in files.items()}
    assert set(twin) == set(changed)


def test_tables_and_the_teams_numbers_move_together(edited, oracle):
    tables = oracle.tables(1)
    patch, _ = oracle.change("tax-rate", tables, 3)
    patched = oracle.apply_patch(tables, patch)
    changed = edited({"tables": {}}, oracle.files(tables), patched=patched)
    assert set(changed) == {"data/tax.json", "tests/unit/test_team_pricing.py"}
    old, new = (files["tests/unit/test_team_pricing.py"].splitlines() for files in (oracle.files(tables), changed))
    assert len(old) == len(new)
    assert 0 < sum(one != other for one, other in zip(old, new, strict=True)) < len(old)


def test_every_edit_of_the_catalogue_has_words_for_what_it_is():
    assert all(kind.__doc__ for kind in EDITS.values())


def test_an_unknown_edit_is_named_with_those_there_are():
    with pytest.raises(ValueError, match="there is no edit 'rewrit'; there are add_file"):
        edit_of({"rewrit": {}})
