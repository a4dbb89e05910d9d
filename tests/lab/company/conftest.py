"""Companies that cost nothing, each stopped at the end with no process left."""

from __future__ import annotations

import company_kit
import pytest

from lab.company import leftovers
from lab.company.loop import Loop


@pytest.fixture
def loop():
    """A loop of the test's own."""
    made = Loop("test")
    yield made
    made.stop()


@pytest.fixture(scope="session")
def cheap_parts(tmp_path_factory):
    """The parts of a company that costs nothing."""
    return company_kit.parts(tmp_path_factory.mktemp("cache"))


@pytest.fixture
def make_company(tmp_path, cheap_parts):
    """Found a company in a folder of the test's; it is stopped at the end."""
    made = []

    def make(folder="a company", **charter):
        scenario = company_kit.write_scenario(tmp_path / "scenario")
        company = company_kit.found(tmp_path / folder, scenario, cheap_parts, **charter)
        made.append(company)
        return company

    yield make
    for company in made:
        company.stop()
        assert leftovers.sweep(company.root) == 0


@pytest.fixture
def company(make_company):
    """One founded company, not started."""
    return make_company()
