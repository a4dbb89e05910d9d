"""What the code owner lets through and what not."""

import pytest

from lab.company.team.reviewer import review

TEST = """import pytest

ROWS = [
    ("DE", 3, "10.00"),
    ("FR", 1, "4.00"),
]


@pytest.mark.parametrize(("country", "n", "total"), ROWS)
def test_total(country, n, total):
    assert price(country, n) == total


def test_prices_page():
    assert get("/prices/x") == 404
"""
PATH = "tests/unit/test_team_pricing.py"
DATA = {"data/tax.json": "{}\n"}, {"data/tax.json": '{"a": 1}\n'}
WORKFLOW = "on: [push, pull_request]\njobs:\n  test:\n    steps:\n      - run: make setup\n      - run: pytest\n"
CI = ".github/workflows/ci.yml"


def changed(old, new):
    assert TEST.replace(old, new) != TEST
    return {PATH: TEST}, {PATH: TEST.replace(old, new)}


def test_a_changed_expectation_needs_its_table():
    before, after = changed("10.00", "10.01")
    said = review(before, after)
    assert not said.approve
    assert said.text == (
        "I can't approve this: 1 row of expected values changed. "
        "If the numbers are meant to change, change their table in data/ in the same pull request."
    )
    assert review(before | DATA[0], after | DATA[1]).approve


def test_a_test_may_go_with_its_endpoint_and_not_without():
    start = TEST.index("def test_prices_page")
    before, after = {PATH: TEST}, {PATH: TEST[:start]}
    said = review(before, after)
    assert not said.approve
    assert "the test 'test_prices_page' is gone" in said.text
    route = '@router.get("/prices/{sku}")\ndef prices(sku): ...\n'
    assert review(before | {"app/routes/prices.py": route}, after | {"app/routes/prices.py": None}).approve
    assert not review(before | {"app/routes/stock.py": route.replace("prices", "stock")}, after | {"app/routes/stock.py": None}).approve


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("def test_prices_page", '@pytest.mark.skip(reason="later")\ndef test_prices_page'),
        ("def test_prices_page", "@pytest.mark.xfail\ndef test_prices_page"),
        ('    assert get("/prices/x") == 404', "    pytest.skip('later')"),
        ("price(country, n) == total", "True"),
        ('get("/prices/x") == 404', 'get("/prices/x")'),
        ('("FR", 1, "4.00"),', ""),
    ],
)
def test_a_test_that_says_less_is_refused(old, new):
    assert not review(*changed(old, new)).approve


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('("FR", 1, "4.00"),', '("FR", 1, "4.00"),\n    ("NL", 2, "7.00"),'),
        ("def test_total", "# the sum of it all\ndef test_total"),
        ("ROWS = [", "ROWS: list = ["),
        ("price(country, n) == total", "total == price(country, n)"),
        ("(country, n, total):", "(country, n, total):\n    '''What it costs.'''"),
    ],
)
def test_a_test_that_says_as_much_or_more_is_approved(old, new):
    assert review(*changed(old, new)).approve


def test_a_test_file_may_move():
    assert review({PATH: TEST, "tests/test_new.py": None}, {PATH: None, "tests/test_new.py": TEST}).approve


@pytest.mark.parametrize(
    "new",
    [
        WORKFLOW.replace("      - run: pytest\n", ""),
        WORKFLOW.replace("run: pytest", "run: pytest || true"),
        WORKFLOW.replace("- run: pytest", "- if: false\n        run: pytest"),
        WORKFLOW.replace("    steps:", "    continue-on-error: true\n    steps:"),
        WORKFLOW.replace("[push, pull_request]", "[push]"),
        None,
        "jobs: [",
    ],
)
def test_a_gate_that_is_switched_off_is_refused(new):
    assert not review({CI: WORKFLOW}, {CI: new}).approve


@pytest.mark.parametrize("new", [f"# for now\n{WORKFLOW}", WORKFLOW.replace("pytest", "pytest -x"), WORKFLOW + "      - run: ruff check\n"])
def test_a_gate_that_stays_is_approved(new):
    assert review({CI: WORKFLOW}, {CI: new}).approve


def test_review_replaces_no_test():
    said = review({"app/pricing.py": "if q >= limit: pass\n"}, {"app/pricing.py": "if q > limit: pass\n"})
    assert (said.approve, said.text) == (True, "Looks good to me.")


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("pyproject.toml", "[tool.pytest.ini_options]\n", '[tool.pytest.ini_options]\naddopts = "--deselect tests/x.py"\n'),
        ("pyproject.toml", "[tool.pytest.ini_options]\n", "[tool.pytest.ini_options]\naddopts = \"-m 'not slow'\"\n"),
        ("pytest.ini", "[pytest]\n", "[pytest]\npython_files = check_*.py\n"),
        ("conftest.py", "", "def pytest_collection_modifyitems(items):\n    items[:] = []\n"),
    ],
)
def test_settings_that_leave_tests_out_are_refused(path, old, new):
    assert not review({path: old}, {path: new}).approve


def test_other_settings_are_nobodys_business():
    old = '[tool.pytest.ini_options]\naddopts = "-q"\n'
    assert review({"pyproject.toml": old}, {"pyproject.toml": old + '\n[project]\nname = "x"\n'}).approve
