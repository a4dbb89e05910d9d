"""Bare `lab` and `lab status` as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lab.report import plain

if TYPE_CHECKING:
    from lab.report.model import CustomersLine, News, NextStep, WhereReport
    from lab.report.paper import Paper
    from lab.report.standing import CheckLine, MilestoneLine, StageLine, StatusReport

_LIMIT: Final = 15
_STATES: Final = {"passed": "passed", "open": "waiting", "skipped": "", "later": ""}
_WORDS: Final = {"passed": "passed", "open": "open", "skipped": "skipped", "later": "later"}


def where(report: WhereReport, paper: Paper) -> str:
    """At most fifteen lines: the place, what changed, the customers, and the one next thing."""
    head = [_heading(report, paper)]
    foot = [*_customers(report, paper), *(line for text in report.work for line in paper.fold(text)), *next_step(report.next, paper)]
    room = _LIMIT - len(head) - len(foot)
    return paper.done([*head, *_news(report, paper, room), *foot])


def _heading(report: WhereReport, paper: Paper) -> str:
    parts = [part for part in (report.stage, report.milestone) if part]
    return paper.paint(plain.line(" · ".join(parts)), "bold") + paper.paint(f"  {plain.clock(report.minute)}", "dim")


def _news(report: WhereReport, paper: Paper, room: int) -> list[str]:
    if not report.news:
        return []
    blocks = [_item(news, paper) for news in report.news]
    hidden = report.more_news
    while len(blocks) > 1 and sum(map(len, blocks)) + 1 + bool(hidden) > room:
        blocks.pop(0)
        hidden += 1
    lines = [line for block in blocks for line in block]
    told = [f"Since you left ({plain.count(hidden, 'thing')} more before these: `lab log --all`):"] if hidden else ["Since you left:"]
    return told + lines[: max(room - 1, 1)]


def _item(news: News, paper: Paper) -> list[str]:
    lead = f"  {plain.clock(news.minute)} {plain.line(news.who)}: "
    return paper.fold(plain.line(news.text), indent="        ", first=lead)


def _customers(report: WhereReport, paper: Paper) -> list[str]:
    got = report.customers
    return [customers(got, paper)] if got and got.answers else []


def customers(line: CustomersLine, paper: Paper) -> str:
    """One line: the last seconds as signs, then the totals."""
    marks = "".join({"g": "✓", "w": "✗", "f": "✗"}[letter] for letter in line.recent) if paper.unicode else ""
    totals = [f"{line.good + line.late:,} right"]
    totals += [plain.count(line.wrong, "wrong total")] if line.wrong else []
    totals += [f"{line.failed:,} turned away"] if line.failed else []
    totals += [f"out for {plain.span(line.outage_minutes)}"] if line.outage_minutes else []
    return f"Customers {marks}{' ' if marks else ''}{', '.join(totals)}."


def next_step(step: NextStep, paper: Paper) -> list[str]:
    """`Next: …`, and the command on the same line where there is one."""
    command = f"  {paper.paint(plain.line(step.command), 'command')}" if step.command else ""
    lines = paper.fold(plain.line(step.sentence), indent="      ", first="Next: ")
    return [*lines, f"    {command}"] if command else lines


def status(report: StatusReport, paper: Paper) -> str:
    """The stages, the milestones of the one that is played, and its checks."""
    lines = [paper.paint(plain.line(report.scenario), "bold") + paper.paint(f"  {plain.clock(report.minute)}", "dim"), ""]
    lines += [_stage(stage, paper) for stage in report.stages]
    for milestone in report.milestones:
        lines += ["", *_milestone(milestone, paper)]
    if report.stretch:
        lines += ["", "Stretch (scored, never in the way)", *(check_line(check, paper) for check in report.stretch)]
    if report.grading:
        lines += ["", *paper.fold(report.grading)]
    return paper.done(lines)


def _stage(stage: StageLine, paper: Paper) -> str:
    here = ">" if stage.is_current else " "
    code = f"{stage.code:<4}" if stage.code else ""
    return f"{here} {paper.paint(f'{_WORDS[stage.state]:<8}', _STATES[stage.state])}{code}{plain.line(stage.title)}"


def _milestone(milestone: MilestoneLine, paper: Paper) -> list[str]:
    when = f"reached {plain.clock(milestone.reached_minute)}" if milestone.state == "reached" else f"{milestone.minutes} min"
    head = paper.paint(f"{plain.line(milestone.title)} ({when})", "bold" if milestone.state == "current" else "")
    if milestone.state == "later":
        return [paper.paint(f"{plain.line(milestone.title)} ({when}, {plain.count(len(milestone.checks), 'check')})", "dim")]
    return [head, *(check_line(check, paper) for check in milestone.checks)]


def check_line(check: CheckLine, paper: Paper) -> str:
    """A check on one line: sign, word, title, and when."""
    when = f"  {plain.clock(check.minute)}" if check.minute is not None else ""
    refused = [kind for kind, verdict in check.grades.items() if verdict == "failed"]
    graded = f"  (refused by {', '.join(refused)})" if refused else ""
    return f"  {paper.verdict(check.verdict)} {plain.line(check.title)}{paper.paint(when, 'dim')}{graded}"
