"""One owner, one desk: who asked first is read first, and nobody is read twice as they are."""

import shutil
from types import SimpleNamespace

import pytest

from lab.company.forge.forge import Forge
from lab.company.git import Git
from lab.company.team.attending import Attendant
from lab.company.team.reviews import Reviews
from lab.ledger import pulls
from lab.ledger.store import Ledger
from tests.lab.company.forge.forge_shop import Shop, checks, reviews, ruleset

OWNERS = {".github/CODEOWNERS": "/.github/ @sam\n/tests/ @sam\n"}


@pytest.fixture
def shop(tmp_path):
    """A forge whose `main` asks `sam` for `.github/` and `tests/`, and wants the check 'test'."""
    ledger = Ledger.create(tmp_path / "ledger.db")
    forge = Forge(tmp_path / "forge", ledger)
    forge.create("storefront")
    clone = Git.clone(forge.url("storefront"), tmp_path / "clone", actor="learner")
    found = Shop(tmp_path, ledger, forge, clone)
    rules = ruleset(reviews(require_code_owner_review=True), checks("test"))
    found.commit({"app.py": "one = 1\n", **OWNERS, ".github/rulesets/main.json": rules})
    assert found.push("HEAD:refs/heads/main").is_success
    return found


def desk(shop, seconds=0.0):
    return Reviews(shop.forge, lambda: {"sam", "priya"}, seconds=seconds)


def attendant(shop):
    bank = SimpleNamespace(personas={"sam": None})
    return Attendant(SimpleNamespace(forge=shop.forge, ledger=shop.ledger, bank=bank), seconds=0.0)


def green(shop, pull):
    shop.forge.set_status("storefront", pull.sha, context="test", state="success")


def said(shop, number):
    return [(done.by, done.approve) for done in shop.forge.pull_request(number).reviews]


def test_one_at_a_time_in_the_order_of_asking(shop):
    for name in ("b", "a"):
        shop.pull(name, files={f"tests/test_{name}.py": "def test(): assert 1 + 1 == 2\n"})
    found = desk(shop)
    assert [found.ask(2), found.ask(1)] == [True, True]
    found.step()
    assert (said(shop, 1), said(shop, 2)) == ([], []), "it is being read"
    found.step()
    assert (said(shop, 1), said(shop, 2)) == ([], [("sam", True)])
    assert [request.number for request in pulls.review_queue(pulls.pull_requests(shop.ledger))] == [1]
    found.step()
    found.step()
    assert said(shop, 1) == [("sam", True)]


def test_a_review_takes_its_minutes(shop):
    shop.pull(files={"tests/test_a.py": "def test(): assert 1 + 1 == 2\n"})
    found = desk(shop, seconds=60.0)
    assert found.ask(1)
    found.step()
    found.step()
    assert found.is_waiting(1)
    assert said(shop, 1) == []


def test_nobody_is_asked_twice_for_the_same_commit_and_again_for_a_new_one(shop):
    shop.pull(files={"tests/test_a.py": "def test(): pass\n"})
    found = desk(shop)
    assert found.ask(1)
    assert not found.ask(1), "there is nobody else"
    found.step()
    found.step()
    assert not found.is_waiting(1)
    assert not found.ask(1)
    shop.commit({"tests/test_a.py": "def test(): assert 1 + 1 == 2\n"})
    shop.push("HEAD:refs/heads/feature")
    assert found.ask(1)


def test_a_file_without_an_owner_who_reviews_asks_nobody(shop):
    shop.pull()
    assert not desk(shop).ask(1)
    shop.pull("mine", files={"tests/test_b.py": "\n"}, by="sam")
    assert not desk(shop).ask(2), "sam's own"


def test_a_push_while_it_is_read_begins_anew(shop):
    shop.pull(files={"tests/test_a.py": "def test(): pass\n"})
    found = desk(shop)
    found.ask(1)
    found.step()
    shop.commit({"tests/test_a.py": "def test(): assert 2\n"})
    shop.push("HEAD:refs/heads/feature")
    found.step()
    assert said(shop, 1) == []
    assert not found.is_waiting(1)


def test_another_process_goes_on_where_a_killed_one_was(shop):
    shop.pull(files={"tests/test_a.py": "def test(): assert 1 + 1 == 2\n"})
    desk(shop).ask(1)
    after = desk(shop)
    after.step()
    after.step()
    assert said(shop, 1) == [("sam", True)]


def test_on_the_live_company_the_owner_is_asked_and_the_pull_request_merges_by_itself(shop):
    pull = shop.pull(files={"tests/test_a.py": "def test(): assert 1 + 1 == 2\n"})
    shop.forge.merge_by_itself(1, by="learner")
    team = attendant(shop)
    team.look()
    assert [request.by for request in shop.forge.pull_request(1).waits_for()] == ["sam"]
    team.look()
    team.look()
    assert said(shop, 1) == [("sam", True)]
    assert shop.forge.pull_request(1).is_open, "the required check is missing"
    green(shop, pull)
    team.look()
    merged = shop.forge.pull_request(1)
    assert merged.state == "merged"
    assert shop.events("pr.merged")[-1]["by"] == "learner"


def test_what_does_not_merge_by_itself_waits_and_what_no_longer_should_too(shop):
    for name in ("one", "two"):
        green(shop, shop.pull(name))
    shop.forge.merge_by_itself(2, by="learner")
    shop.forge.merge_by_itself(2, by="learner", enabled=False)
    attendant(shop).look()
    assert {pull.state for pull in shop.forge.pull_requests()} == {"open"}


def test_nobody_is_asked_while_a_pipeline_runs_or_when_nothing_stands_in_the_way(shop):
    pull = shop.pull(files={"tests/test_a.py": "def test(): assert 1 + 1 == 2\n"})
    data = {"run": "run-1", "repo": "storefront", "sha": pull.sha, "pr": 1, "event": "pull_request", "file": "ci.yml"}
    shop.ledger.append("run.queued", **data)
    team = attendant(shop)
    team.look()
    assert shop.events("pr.review_requested") == []
    shop.ledger.append("run.finished", run="run-1", result="failure")
    team.look()
    assert shop.events("pr.review_requested") == [{"number": 1, "of": "sam"}]


def test_what_nothing_changed_is_not_looked_at_again(shop, monkeypatch):
    shop.pull()
    team = attendant(shop)
    team.look()
    monkeypatch.setattr(Forge, "blockers", lambda *_: pytest.fail("looked again"))
    team.look()
    shutil.rmtree(shop.forge.path("storefront"))
    team.look()
