"""The API gives the documents of `--json`, runs the use cases, and says no in sentences."""

from __future__ import annotations

import asyncio
import json
import time

import jsonschema
import pytest
from fastapi.testclient import TestClient

from lab.ledger.store import Ledger
from lab.session.session import Session
from lab.web.feed import Feed
from lab.web.markdown import html
from lab.web.tails import Tails, read
from tests.lab.cli.test_main import Lab
from tests.lab.session.fake_house import FakeHouse, refused
from tests.lab.web.conftest import Browser

READS = (
    "here",
    "status",
    "brief",
    "hints",
    "questions",
    "map",
    "score",
    "runs",
    "events",
    "commits",
    "pulls",
    "team",
    "production",
    "teaching",
    "proofs",
    "work",
    "servers",
)


def test_every_question_has_an_answer_of_one_kind(browser: Browser):
    for path in READS:
        answer = browser.get(f"/api/{path}")

        assert answer.status_code == 200, answer.text
        assert answer.json()["format"] == 1
        assert answer.json()["kind"]


@pytest.mark.parametrize(("path", "words"), [("status", "status"), ("score", "score"), ("runs", "log"), ("events", "log --all")])
def test_a_document_is_that_of_the_command_line(browser: Browser, house: FakeHouse, session: Session, capsys, path: str, words: str):
    lab = Lab(house, session.workspace.clone, capsys)
    _, out, _ = lab(*words.split(), "--json")

    def still(told: dict) -> dict:
        return {name: value for name, value in told.items() if name != "minute"}

    assert still(browser.get(f"/api/{path}").json()) == still(json.loads(out))


def test_asking_changes_and_wakes_nothing(browser: Browser, house: FakeHouse, session: Session):
    before = session.ledger.seq(), house.woken
    for path in READS:
        browser.get(f"/api/{path}")

    assert (session.ledger.seq(), house.woken) == before


def test_the_description_names_every_call_with_its_documents(browser: Browser):
    told = browser.get("/api/openapi.json").json()

    schema = told["paths"]["/api/status"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema["properties"]["kind"] == {"const": "status"}
    assert schema["properties"]["milestones"]["items"]["properties"]["checks"]["items"]["properties"]["verdict"] == {"type": "string"}
    assert all(way.get("summary") and way["description"] for path in told["paths"].values() for way in path.values())


def test_answers_are_what_the_description_says(browser: Browser):
    paths = browser.get("/api/openapi.json").json()["paths"]
    for path in READS:
        described = paths[f"/api/{path}"]["get"]["responses"]["200"].get("content", {}).get("application/json", {}).get("schema")
        if described:
            jsonschema.validate(browser.get(f"/api/{path}").json(), described)


def finished(browser: Browser) -> dict:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        told = browser.get("/api/work").json()
        if told["state"] != "running":
            return told
        time.sleep(0.02)
    raise AssertionError("it runs and runs")


def test_a_check_runs_on_and_its_document_stands(browser: Browser, house: FakeHouse, session: Session):
    house.say["first"] = refused("The first thing is missing.")
    begun = browser.post("/api/check")

    assert begun.status_code == 202
    told = finished(browser)
    assert (told["what"], told["state"], told["report"]["outcome"]) == ("check", "done", 1)
    assert told["report"]["lines"][0]["message"] == "The first thing is missing."
    assert session.current().check("first").verdict == "failed"


def test_two_things_at_once_are_refused_with_a_sentence(browser: Browser, house: FakeHouse):
    house.before_scene = lambda _: time.sleep(0.5)
    browser.post("/api/check")
    second = browser.post("/api/next")

    assert second.status_code == 409
    assert second.json()["message"] == "'check' is still running here."
    finished(browser)


def test_hints_are_given_step_by_step(browser: Browser):
    first, second = browser.post("/api/hints").json(), browser.post("/api/hints").json()

    assert (first["step"], second["step"]) == (1, 2)
    assert browser.get("/api/hints").json()["hints"][0]["earlier"] == [first["text"]]


def test_a_use_case_that_says_no_is_an_error_document(browser: Browser):
    answer = browser.post("/api/pulls/7/merge")

    assert answer.status_code == 409
    told = answer.json()
    assert (told["kind"], told["exit_code"]) == ("error", 5)
    assert told["message"].endswith(".")


@pytest.mark.parametrize("sha", ["main", "HEAD", "--output=x", "0" * 40, "../../etc"])
def test_a_commit_that_is_not_there_is_a_sentence(browser: Browser, sha: str):
    assert browser.get(f"/api/commits/{sha}/diff").status_code in (400, 404)


def test_the_next_stage_waits_for_the_checks(browser: Browser):
    browser.post("/api/next")
    told = finished(browser)

    assert told["state"] == "refused"
    assert "is not done" in told["problem"]["message"]


def messages(chunk: bytes) -> list[dict]:
    return [json.loads(line[6:]) for line in chunk.decode().splitlines() if line.startswith("data: ")]


async def until(listener, kind: str) -> dict:
    async with asyncio.timeout(5):
        async for chunk in listener:
            for told in messages(chunk):
                if told["kind"] == kind:
                    return told
    raise AssertionError(kind)


def test_what_another_connection_appends_is_told_within_a_blink(session: Session):
    async def scene() -> float:
        feed = Feed(session.ledger)
        listener = feed.listen()
        await until(listener, "hello")
        began = time.monotonic()
        await asyncio.to_thread(Ledger(session.workspace.ledger).append, "say", actor="tom", by="tom", text="<b>Hello</b>")
        told = await until(listener, "event")
        assert (told["type"], told["actor"]) == ("say", "tom")
        await listener.aclose()
        return time.monotonic() - began

    assert asyncio.run(scene()) < 1.0


def test_fifty_browsers_cost_one_reader(session: Session):
    async def scene() -> int:
        feed = Feed(session.ledger)
        listeners = [feed.listen() for _ in range(50)]
        for listener in listeners:
            await until(listener, "hello")
        await asyncio.sleep(0.2)
        before = feed.reads
        await asyncio.to_thread(session.ledger.append, "say", actor="tom", by="tom", text="Hi")
        for listener in listeners:
            await until(listener, "event")
        reads = feed.reads - before
        for listener in listeners:
            await listener.aclose()
        assert feed._task is None, "nobody listens, so nobody reads"
        return reads

    assert asyncio.run(scene()) <= 2


def test_a_browser_that_comes_back_hears_what_it_missed(session: Session):
    async def scene() -> tuple[str, str]:
        seen = session.ledger.seq()
        session.ledger.append("say", actor="tom", by="tom", text="Missed")
        feed = Feed(session.ledger)
        told = await until(feed.listen(seen), "event")
        session.ledger.append_many([("say", "tom", "engine", {"by": "tom", "text": str(n)}) for n in range(600)])
        return told["text"], (await until(Feed(session.ledger).listen(seen), "anew"))["kind"]

    text, kind = asyncio.run(scene())
    assert "Missed" in text
    assert kind == "anew"


def test_the_stream_gives_no_answers_away(session: Session):
    session.ledger.append("change.pushed", actor="tom", entry="discount-off-by-one", label="broken", kind="bad")

    async def scene() -> dict:
        return await until(Feed(session.ledger).listen(session.ledger.seq() - 1), "event")

    told = asyncio.run(scene())
    assert "discount" not in told["text"]
    assert "bad" not in told["text"]


def test_a_log_goes_on_from_where_a_browser_was(tmp_path):
    path = tmp_path / "log.jsonl"
    rows = [json.dumps({"job": "test", "number": 1, "step": "Run", "text": f"line {n}"}) + "\n" for n in range(3)]
    path.write_text("".join(rows) + '{"job": "half')

    lines, offset = read(path, 0)
    assert [line[2] for line in lines] == ["line 0", "line 1", "line 2"]
    assert read(path, offset) == ([], offset)

    async def scene() -> list:
        tails = Tails()
        listener = tails.listen(path, offset)
        await anext(listener)
        with path.open("a") as file:
            file.write('", "number": 1, "step": "Run", "text": "the rest"}\n')
        chunk = await asyncio.wait_for(anext(listener), 5)
        await listener.aclose()
        assert not tails._tasks
        return messages_of_log(chunk)

    assert asyncio.run(scene()) == [["half", 1, "the rest"]]


def messages_of_log(chunk: bytes) -> list:
    return json.loads(next(line for line in chunk.decode().splitlines() if line.startswith("data: "))[6:])


def test_markdown_of_a_scenario_is_harmless():
    made = html("# Hi\n\n<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>\n\n`<b>`")

    assert "<script" not in made
    assert "<img" not in made
    assert 'href="javascript' not in made
    assert "<code>&lt;b&gt;</code>" in made


def test_a_page_holds_its_words_without_ending_its_own_script(browser: Browser):
    page = browser.get("/").text

    assert page.count("</script>") == 2
    assert "innerHTML" not in page
    assert isinstance(browser.client, TestClient)
