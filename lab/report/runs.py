"""Pipeline runs, pull requests and the ledger's events as text, in the look of `gh`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lab.report import plain
from lab.report.tables import columns

if TYPE_CHECKING:
    from lab.report.facts import EventsReport, JobLine, LogReport, PullLine, PullsReport, RunLine
    from lab.report.paper import Paper

_VERDICTS: Final = {"success": "passed", "failure": "failed", "error": "blocked", "cancelled": "blocked"}
_SIGNS: Final = {"passed": "✓", "failed": "✗", "waiting": "…", "blocked": "⊘"}


def _mark(result: str, paper: Paper, *, word: bool = False) -> str:
    verdict = _VERDICTS.get(result, "waiting")
    shown = result or "running"
    if not paper.unicode:
        return shown
    return paper.paint(f"{_SIGNS[verdict]} {shown}" if word else _SIGNS[verdict], verdict)


def log(report: LogReport, paper: Paper) -> str:
    """The last runs, or one of them with its jobs, its steps and the failing step's last lines."""
    if not report.runs:
        return paper.done(["No pipeline has run yet. A push runs every workflow in .github/workflows/ that listens to it."])
    if not report.is_one:
        return paper.done([*columns([_row(run) for run in report.runs]), "", "`lab log RUN` shows one."])
    run = report.runs[0]
    lines = [paper.paint(_title(run), "bold"), *_jobs(run.jobs, paper)]
    if run.reason:
        lines += paper.fold(run.reason)
    if report.tail:
        bar = "│" if paper.unicode else "|"
        lines += ["", f"The last lines of '{plain.line(report.failing)}':"]
        lines += [f"  {paper.paint(bar, 'dim')} {text}" for text in plain.clean(report.tail).rstrip().splitlines()]
    return paper.done(lines)


def _row(run: RunLine) -> tuple[str, ...]:
    where = f"#{run.pr}" if run.pr else run.branch
    state = run.result or run.state
    took = f"{run.seconds:.1f} s" if run.state == "finished" else ""
    return (str(run.number or run.id), state, run.workflow, run.event, where, plain.short(run.sha), run.actor, took)


def _title(run: RunLine) -> str:
    where = f"pull request #{run.pr}" if run.pr else run.branch
    took = f", {run.seconds:.1f} s" if run.state == "finished" else ""
    return plain.line(f"Run {run.number or run.id}: {run.workflow} on {where} at {plain.short(run.sha)} · {run.result or run.state}{took}")


def _jobs(jobs: tuple[JobLine, ...], paper: Paper) -> list[str]:
    lines: list[str] = []
    for job in jobs:
        lines += [f"{_mark(job.result, paper)} {plain.line(job.name)} {job.seconds:.1f}s"]
        lines += [f"    {_mark(step.result, paper)} {plain.line(step.name)} {step.seconds:.1f}s" for step in job.steps]
    return lines


def step_line(name: str, result: str, seconds: float, paper: Paper, *, job: str = "") -> str:
    """One finished job or step, as `lab log -f` shows it."""
    where = f"{plain.line(job)} / " if job else ""
    return f"{_mark(result, paper)} {where}{plain.line(name)} {seconds:.1f}s"


def events(report: EventsReport, paper: Paper) -> str:
    """The ledger in words: number, time, kind, what."""
    rows = [(str(item.seq), plain.clock(item.minute), item.type, item.actor, item.text) for item in report.events]
    return paper.done(columns(rows) or ["Nothing has happened yet."])


def pulls(report: PullsReport, paper: Paper) -> str:
    """The list of pull requests, or one whole."""
    if report.is_one:
        return _pull(report.pulls[0], paper)
    if not report.pulls:
        return paper.done(["There is no such pull request."])
    return paper.done(columns([(f"#{item.number}", item.title, item.branch, item.author, _standing(item)) for item in report.pulls]))


def _standing(item: PullLine) -> str:
    """`open`, and whom it waits for."""
    return ", ".join([item.state, *(["merges by itself"] if item.merges_by and item.state == "open" else []), *item.waits_for])


def _pull(item: PullLine, paper: Paper) -> str:
    lines = [paper.paint(plain.line(f"{item.title} #{item.number}"), "bold")]
    lines += [plain.line(f"{item.state} · {item.author} wants to merge '{item.branch}' at {plain.short(item.sha)} into 'main'")]
    lines += [f"  {_mark(state, paper, word=True)}  {plain.line(context)}" for context, state in item.checks.items()]
    lines += [line for text in item.reviews for line in paper.fold(text, first="  ", indent="  ")]
    lines += ["", *paper.fold(item.body)] if item.body.strip() else []
    lines += [line for text in item.waits_for for line in paper.fold(f"Waits: {text}.", first="  ", indent="  ")]
    if item.merges_by and item.state == "open":
        lines += paper.fold(f"It merges by itself, for {item.merges_by}, once nothing stands in its way.", first="  ", indent="  ")
    if item.blockers:
        lines += ["", "It can't merge yet:", *(line for text in item.blockers for line in paper.fold(text, first="  - ", indent="    "))]
    return paper.done(lines)
