"""`lab check`, `lab hint` and `lab answer` as text; findings one by one, so that each is shown as it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.report import plain
from lab.report.where import customers, next_step

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lab.report.model import AnswerReport, CheckReport, HintReport
    from lab.report.paper import Paper
    from lab.report.standing import CheckLine, MilestoneLine

_EVIDENCE = 20


def check(report: CheckReport, paper: Paper, *, unfold: bool = False) -> str:
    """The whole report: heading, findings (the first failing one in full, all with `unfold`), and what follows."""
    lines = heading(report.stage, report.milestone, report.sha, report.work, paper)
    in_full = False
    for line in report.lines:
        full = line.verdict == "failed" and (unfold or not in_full)
        in_full = in_full or full
        lines += finding(line, paper, full=full)
    return paper.done([*lines, *ending(report, paper)])


def heading(stage: str, milestone: str, sha: str, work: Iterable[str], paper: Paper) -> list[str]:
    """What is played, on which commit, and first of all what is not graded because it is not on the forge."""
    place = " · ".join(part for part in (stage, milestone) if part)
    graded = f"  main at {plain.short(sha)}" if sha else ""
    lines = [line for text in work for line in paper.fold(text)]
    return [*lines, *([""] if lines else []), paper.paint(plain.line(place), "bold") + paper.paint(graded, "dim")]


def finding(line: CheckLine, paper: Paper, *, full: bool) -> list[str]:
    """One finding: a line; in full also its message, its excerpt and where to look."""
    first = f"{paper.verdict(line.verdict)} {plain.line(line.title)}"
    if full:
        return [first, *_full(line, paper)]
    if line.verdict in {"waiting", "blocked"} or (line.verdict == "passed" and line.message):
        return [first, *paper.fold(plain.line(line.message), indent="          ")]
    return [first]


def _full(line: CheckLine, paper: Paper) -> list[str]:
    lines = paper.fold(line.message, indent="          ")
    shown = plain.clean(line.evidence).rstrip().splitlines()
    if len(shown) > _EVIDENCE:
        shown = [f"({len(shown) - _EVIDENCE} lines before these)", *shown[-_EVIDENCE:]]
    bar = "│" if paper.unicode else "|"
    lines += [f"          {paper.paint(bar, 'dim')} {text}" for text in shown]
    if line.look_at:
        lines += paper.fold(plain.line(line.look_at), indent="          ", first="          Look at: ")
    return lines


def ending(report: CheckReport, paper: Paper) -> list[str]:
    """What the findings led to: the count, milestones reached, grading, the next thing to do."""
    lines = ["", _count(report)]
    if report.customers and report.customers.answers:
        lines += [customers(report.customers, paper)]
    lines += [line for news in report.said for line in paper.fold(news.text, indent="  ", first=f"{plain.line(news.who)}: ")]
    lines += [paper.paint(f"Milestone reached: {plain.line(title)}.", "passed") for title in report.reached]
    if report.later:
        lines += paper.fold(_later(report.later))
    if report.grading:
        lines += paper.fold(report.grading)
    if report.next:
        lines += next_step(report.next, paper)
    if report.debrief:
        from lab.report import prose  # noqa: PLC0415 - only when a stage has passed

        lines += ["", prose.markdown(report.debrief, paper).rstrip()]
    return lines


def _count(report: CheckReport) -> str:
    passed = sum(line.verdict == "passed" for line in report.lines)
    words = f"{passed} of {plain.count(len(report.lines), 'check')} passed"
    if report.cached_since is not None:
        return f"{words}; answered from cache: nothing has changed since {plain.clock(report.cached_since)}."
    return f"{words}, in {report.seconds:.0f} s." if report.seconds >= 1 else f"{words}."


def _later(milestones: Iterable[MilestoneLine]) -> str:
    told = "; ".join(f"{plain.line(item.title)} ({plain.count(len(item.checks), 'check')})" for item in milestones)
    return f"Later: {told}. `lab check --all` plays them too."


def hint(report: HintReport, paper: Paper) -> str:
    """One step of the ladder, after those given before."""
    lines = [paper.paint(plain.line(report.title), "bold")]
    for number, text in enumerate(report.earlier, start=1):
        lines += paper.fold(text, indent="     ", first=f"  {number}. ")
    lines += paper.fold(report.text, indent="     ", first=f"  {report.step}. ")
    rest = report.steps - report.step
    more = f"{plain.count(rest, 'step')} more: `lab hint`." if rest else "That was the last step."
    return paper.done([*lines, paper.paint(f"Hint {report.step} of {report.steps}. {more} Hints never cost a pass.", "dim")])


def answer(report: AnswerReport, paper: Paper) -> str:
    """The question; or the answer and what was found."""
    lines = paper.fold(report.question)
    if not report.answer:
        return paper.done([*lines, f"Answer with: {paper.paint(f'lab answer {report.check} VALUE', 'command')}"])
    lines += paper.fold(f"Your answer: {plain.line(report.answer)}")
    return paper.done([*lines, *(finding(report.line, paper, full=True) if report.line else [])])
