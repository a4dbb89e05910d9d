"""Calls that change something: each is one use case, and each needs the page's token (lab/web/guard.py)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from lab.report.facts import PullsReport
from lab.report.model import AnswerReport, DoneReport, HintReport
from lab.session import colleagues, hints, logs, moving
from lab.session.check import Heard, Wanted, check
from lab.session.status import status
from lab.web.api.giving import Here, House, give
from lab.web.api.schemas import described
from lab.web.work import Work, WorkReport

routes = APIRouter(prefix="/api")
Text = Annotated[str, Field(max_length=20_000)]


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CheckWish(_Said):
    """Which checks: one by name, all of the stage, or (neither) the current milestone."""

    name: Text = ""
    everything: bool = False
    fresh: bool = False


class HintWish(_Said):
    """Towards which check; empty: the next."""

    name: Text = ""


class Answered(_Said):
    """An answer to a check's question; without `value`, the question is given."""

    name: Text
    value: Text = ""


class StageWish(_Said):
    """Which stage; `catch_up` takes over the reference solutions of those between."""

    stage: Text = ""
    catch_up: bool = False


class NewPull(_Said):
    """A pull request for a pushed branch."""

    title: Text = ""
    body: Text = ""
    branch: Text = ""


class Reviewed(_Said):
    """A yes or a no."""

    approve: bool
    text: Text = ""


class MergeWish(_Said):
    """`admin` goes past the rulesets that let the owner by; it is recorded."""

    admin: bool = False


class MergeLater(_Said):
    """Whether it is to be merged as soon as nothing stands in its way."""

    enabled: bool = True


@routes.post("/check", status_code=202, responses=described("work", WorkReport, code=202))
def check_(house: House, wish: CheckWish) -> Response:
    """Begin `lab check`; the findings come over /api/stream, the document stands in /api/work."""
    wanted = Wanted(wish.name, wish.everything, wish.fresh)
    return give("work", status=202, report=house.work.begin("check", lambda work: check(house.session, wanted, _heard(work))))


@routes.post("/next", status_code=202, responses=described("work", WorkReport, code=202))
def next_(house: House) -> Response:
    """Begin `lab next`."""
    return give("work", status=202, report=house.work.begin("next", lambda work: moving.go_next(house.session, _heard(work))))


@routes.post("/reset", status_code=202, responses=described("work", WorkReport, code=202))
def reset(house: House, wish: StageWish) -> Response:
    """Begin `lab reset`; the page has asked whether that is meant."""
    return give("work", status=202, report=house.work.begin("reset", lambda work: moving.reset(house.session, wish.stage, work.tell)))


@routes.post("/goto", status_code=202, responses=described("work", WorkReport, code=202))
def goto(house: House, wish: StageWish) -> Response:
    """Begin `lab goto`."""
    return give(
        "work",
        status=202,
        report=house.work.begin("goto", lambda work: moving.go_to(house.session, wish.stage, work.tell, catch_up=wish.catch_up)),
    )


@routes.post("/wake")
def wake(session: Here) -> Response:
    """Start the company, if it is asleep."""
    session.parts.wake(session.workspace)
    return give("status", status(session))


@routes.post("/hints", responses=described("hint", HintReport))
def hint(session: Here, wish: HintWish) -> Response:
    """Take one step: `lab hint`."""
    return give("hint", hints.hint(session, wish.name))


@routes.post("/answers", responses=described("answer", AnswerReport))
def answer(session: Here, said: Answered) -> Response:
    """Answer a check's question: `lab answer`."""
    return give("answer", hints.answer(session, said.name, said.value))


@routes.post("/pulls", responses=described("pulls", PullsReport))
def create(session: Here, pull: NewPull) -> Response:
    """Open a pull request: `lab pr create`."""
    return give("pulls", colleagues.create_pull(session, title=pull.title, body=pull.body, branch=pull.branch))


@routes.post("/pulls/{number}/review", responses=described("done", DoneReport))
def review(session: Here, number: int, said: Reviewed) -> Response:
    """Approve it, or ask for changes: `lab pr review`."""
    return give("done", colleagues.review_pull(session, number, approve=said.approve, text=said.text))


@routes.post("/pulls/{number}/merge", responses=described("done", DoneReport))
def merge(session: Here, number: int, wish: MergeWish) -> Response:
    """Merge it: `lab pr merge`."""
    return give("done", colleagues.merge_pull(session, number, admin=wish.admin))


@routes.post("/pulls/{number}/auto", responses=described("done", DoneReport))
def merge_later(session: Here, number: int, wish: MergeLater) -> Response:
    """Merge it by itself once nothing stands in its way, or no longer: `lab pr merge --auto`."""
    return give("done", colleagues.merge_later(session, number, enabled=wish.enabled))


@routes.post("/pulls/{number}/close", responses=described("done", DoneReport))
def close(session: Here, number: int) -> Response:
    """Close it without merging: `lab pr close`."""
    return give("done", colleagues.close_pull(session, number))


@routes.post("/runs/{name}/rerun")
def rerun(session: Here, name: str) -> Response:
    """Run it again on the same commit: `lab run rerun`."""
    return give("queued", {"run": session.parts.rerun(session.workspace, logs.runs(session).get(name).id)})


@routes.post("/runs/{name}/cancel", responses=described("done", DoneReport))
def cancel(session: Here, name: str) -> Response:
    """End it: `lab run cancel`."""
    session.parts.cancel(session.workspace, logs.runs(session).get(name).id)
    return give("done", DoneReport(("It is cancelled.",)))


@routes.post("/code")
def code(house: House) -> Response:
    """A new address that opens the dashboard once: what a second `lab serve` asks the first for."""
    return give("address", {"address": f"http://127.0.0.1:{house.port}/?code={house.keys.code()}"})


def _heard(work: Work) -> Heard:
    return Heard(heading=work.head, finding=work.found, tell=work.tell)
