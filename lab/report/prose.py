"""Briefings, debriefs and stories: Markdown, laid out on a screen and left as it is in a pipe."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from lab.report import plain
from lab.report.where import next_step

if TYPE_CHECKING:
    from lab.report.model import DoneReport, OpenedReport, StartReport, TextReport
    from lab.report.paper import Paper


def markdown(text: str, paper: Paper) -> str:
    """The text laid out for a screen by rich; as it is where lines are not broken. No live links, no markup."""
    safe = plain.clean(text).strip()
    if not paper.width:
        return safe + "\n"
    from rich.console import Console  # noqa: PLC0415 - heavy, and only a screen needs it
    from rich.markdown import Markdown  # noqa: PLC0415 - as above

    out = io.StringIO()
    console = Console(
        file=out,
        width=paper.width,
        force_terminal=paper.colour,
        no_color=not paper.colour,
        color_system="standard" if paper.colour else None,
        legacy_windows=False,
        emoji=False,
        markup=False,
    )
    console.print(Markdown(safe, hyperlinks=False))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()).strip("\n") + "\n"


def story(text: str, paper: Paper) -> str:
    """The story, told while the work is done."""
    return paper.done([markdown(text, paper).rstrip(), ""])


def start(report: StartReport, paper: Paper) -> str:
    """The trust sentence, where it is open, and the one line to paste; the story was told before."""
    if not report.is_new:
        lines = [*paper.fold(f"{report.title} is open in '{report.workspace}'. {report.place}"), "", "Paste:"]
        return paper.done([*lines, f"  {paper.paint(report.enter, 'command')}"])
    door = f" at {report.door}; customers are buying" if report.door else ""
    lines = paper.fold(report.trust)
    lines += ["", *paper.fold(f"{report.title} is open{door}. It is all in '{report.workspace}'.")]
    lines += ["Paste this line, and `lab` tells you the rest:", "", f"  {paper.paint(report.enter, 'command')}"]
    return paper.done(lines)


def brief(report: TextReport, paper: Paper) -> str:
    """A briefing or a debrief."""
    return paper.done([markdown(report.text, paper).rstrip()])


def opened(report: OpenedReport, paper: Paper) -> str:
    """A stage was opened: what was done for it, then its briefing."""
    lines = [line for text in report.sentences for line in paper.fold(text)]
    lines += [""] if lines else []
    return paper.done([*lines, markdown(report.briefing, paper).rstrip()])


def done(report: DoneReport, paper: Paper) -> str:
    """Sentences, and the next thing to do."""
    lines = [line for text in report.sentences for line in paper.fold(text)]
    return paper.done([*lines, *(next_step(report.next, paper) if report.next else [])])
