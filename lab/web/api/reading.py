"""Questions: every answer is a document of docs/json.md, and nothing is changed or woken by asking."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from lab.company.pipelines.toolchain import Toolchain
from lab.report import facts, model, sights, standing
from lab.session import (
    briefing,
    colleagues,
    company_map,
    feed,
    hints,
    history,
    logs,
    production,
    scoring,
    status,
    teaching,
)
from lab.session import here as standing_here
from lab.session.job_graph import needs
from lab.web.api.giving import Here, House, give
from lab.web.api.schemas import described
from lab.web.markdown import html
from lab.web.work import WorkReport

routes = APIRouter(prefix="/api")
Count = Annotated[int, Query(ge=1, le=500)]
_STREAM: dict[str, Any] = {"content": {"text/event-stream": {"schema": {"type": "string"}}}}


@routes.get("/here", responses=described("here", sights.HereReport))
def here(session: Here) -> Response:
    """Where the learner is, and the one next thing to do."""
    return give("here", standing_here.here(session))


@routes.get("/status", responses=described("status", standing.StatusReport))
def status_(session: Here) -> Response:
    """Stages, milestones and checks: `lab status --json`."""
    return give("status", status.status(session))


@routes.get("/brief", responses=described("text", model.TextReport))
def brief(session: Here, *, stage: str = "", debrief: bool = False) -> Response:
    """The briefing of a stage, or its debrief: Markdown in `text`, safe HTML in `html`."""
    report = briefing.brief(session, stage=stage, debrief=debrief)
    return give("text", report, html=html(report.text))


@routes.get("/hints", responses=described("hints", sights.HintsReport))
def hints_(session: Here) -> Response:
    """The hints of the current stage that were given."""
    return give("hints", hints.given(session))


@routes.get("/questions", responses=described("questions", sights.QuestionsReport))
def questions_(session: Here) -> Response:
    """What checks of the current stage ask, and what was answered."""
    return give("questions", hints.questions(session))


@routes.get("/map", responses=described("map", sights.MapReport))
def map_(session: Here) -> Response:
    """The company as it is drawn now."""
    return give("map", company_map.company_map(session))


@routes.get("/score", responses=described("score", facts.ScoreReport))
def score(session: Here) -> Response:
    """What was done, and what customers got: `lab score --json`."""
    return give("score", scoring.score(session))


@routes.get("/runs", responses=described("log", facts.LogReport))
def runs(session: Here, count: Count = 30, state: str = "") -> Response:
    """The last runs, newest first: `lab run list --json`."""
    return give("log", logs.recent(session, count=count, state=state))


@routes.get("/runs/{name}", responses=described("log", facts.LogReport))
def run(session: Here, name: str) -> Response:
    """One run whole: `lab run view --json`. Also when a job needs another: `needs` maps a job to those before it."""
    return give("log", logs.one(session, name), needs=needs(session, logs.runs(session).get(name)))


@routes.get("/runs/{name}/log", responses={200: _STREAM})
async def log(house: House, request: Request, name: str, offset: Annotated[int, Query(ge=0)] = 0) -> Response:
    """The log of a run as server-sent events: `[job, step number, line]`, from a byte offset on, without end."""
    import asyncio  # noqa: PLC0415 - beside its one use

    found = await asyncio.to_thread(lambda: logs.runs(house.session).get(name))
    path = logs.runs(house.session).log_file(found.id)
    begin = request.headers.get("last-event-id", "")
    return _stream(house.tails.listen(path, int(begin) if begin.isdecimal() else offset))


@routes.get("/events", responses=described("events", facts.EventsReport))
def events(session: Here, after: Annotated[int, Query(ge=0)] = 0) -> Response:
    """The ledger in words: `lab log --all --json`."""
    return give("events", logs.everything(session, after=after))


@routes.get("/commits", responses=described("commits", sights.CommitsReport))
def commits(session: Here) -> Response:
    """The last commits of `main`."""
    return give("commits", history.commits(session))


@routes.get("/commits/{sha}/diff", responses=described("diff", sights.DiffReport))
def commit_diff(session: Here, sha: str) -> Response:
    """What a commit changed."""
    return give("diff", history.commit_diff(session, sha))


@routes.get("/pulls", responses=described("pulls", facts.PullsReport))
def pulls(session: Here, state: str = "all") -> Response:
    """Pull requests, newest first: `lab pr list --json`."""
    return give("pulls", colleagues.pulls(session, state=state))


@routes.get("/pulls/{number}", responses=described("pulls", facts.PullsReport))
def pull(session: Here, number: int) -> Response:
    """One pull request: `lab pr view --json`."""
    return give("pulls", colleagues.pull(session, number))


@routes.get("/pulls/{number}/diff", responses=described("diff", sights.DiffReport))
def pull_diff(session: Here, number: int) -> Response:
    """What a pull request changes."""
    return give("diff", history.pull_diff(session, number))


@routes.get("/team", responses=described("team", sights.FeedReport))
def team(session: Here) -> Response:
    """Who works here, what they say and do, and what they wait for."""
    return give("team", feed.feed(session))


@routes.get("/production", responses=described("production", sights.ProductionReport))
def production_(session: Here, window: Annotated[int, Query(ge=10, le=2000)] = production.WINDOW) -> Response:
    """What customers got each second, and what was done to production meanwhile."""
    return give("production", production.production(session, window=window))


@routes.get("/teaching", responses=described("teaching", sights.TeachingReport))
def teaching_(session: Here) -> Response:
    """The instructor's view: proofs, attempts, where the learner got stuck."""
    return give("teaching", teaching.teaching(session))


@routes.get("/proofs", responses=described("proofs", sights.ProofsReport))
def proofs_(session: Here) -> Response:
    """What `lab author prove` remembers of this scenario on this machine; it takes a second, and nothing is played."""
    from lab.authoring.proven import proven  # noqa: PLC0415 - what proves is loaded for whoever asks

    return give("proofs", proven(session.scenario, Toolchain.find()))


@routes.get("/servers")
def servers(session: Here) -> Response:
    """The names of the company's servers."""
    return give("servers", {"servers": session.parts.servers(session.workspace)})


@routes.get("/work", responses=described("work", WorkReport))
def work(house: House) -> Response:
    """What was begun from a page last, and how far it is."""
    return give("work", house.work.now)


@routes.get("/stream", responses={200: _STREAM})
async def stream(house: House, request: Request, after: Annotated[int | None, Query(ge=0)] = None) -> Response:
    """What happens, as server-sent events: `event`, `answers`, `work`, `hello`; `anew` says: read the documents again."""
    seen = request.headers.get("last-event-id", "")
    return _stream(house.feed.listen(int(seen) if seen.isdecimal() else after))


def _stream(messages: Any) -> StreamingResponse:
    return StreamingResponse(messages, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})
