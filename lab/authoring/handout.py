"""`lab author handout`: one HTML page for whoever teaches a stage: the plan, the texts, the hints, the traps. No script, no link out."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from lab.report.page import framed, rendered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lab.scenario.model import Scenario, Stage


def page(scenario: Scenario, stages: Sequence[Stage]) -> str:
    """The whole page, ready to print."""
    body = "\n".join(_stage(stage) for stage in stages)
    return framed(f"{scenario.title}: for the instructor", body)


def _stage(stage: Stage) -> str:
    code = f"{stage.code} " if stage.code else ""
    parts = [
        f"<h1>{html.escape(code + stage.title)}</h1>",
        f'<p class="job">{html.escape(stage.job)}</p>',
        f'<p class="quiet">{html.escape(_facts(stage))}</p>',
        "<h2>The plan</h2>",
        _plan(stage),
        _text(stage.instructor) if stage.instructor else "",
        "<h2>What the learner reads</h2>",
        _text(stage.briefing),
        "<h2>Hints, step by step</h2>",
        *(_hint(stage, name, steps) for name, steps in stage.hints.items()),
        "<h2>Wrong ways that sensible people take</h2>",
        _traps(stage),
        "<h2>Two ways that work</h2>",
        "<ul>" + "".join(f"<li>{html.escape(one.mechanism or one.name)}</li>" for one in stage.solutions) + "</ul>",
        "<h2>To close with</h2>",
        _text(stage.debrief),
    ]
    return "\n".join(part for part in parts if part)


def _facts(stage: Stage) -> str:
    docker = "Needs Docker." if stage.needs.docker else "Needs no Docker."
    return f"{stage.minutes} minutes. Skills: {', '.join(stage.skills) or 'none named'}. {docker}"


def _text(text: str) -> str:
    """Without its first heading, since the page has one, and with the others below those of the page."""
    lines = text.strip().splitlines()
    told = lines[1:] if lines and lines[0].startswith("# ") else lines
    return rendered("\n".join(told), below=1)


def _plan(stage: Stage) -> str:
    rows, clock = [], 0
    for milestone in stage.milestones:
        asked = "<br>".join(html.escape(stage.check(name).title) for name in milestone.checks)
        rows.append(f"<tr><td>{clock}–{clock + milestone.minutes} min</td><td>{html.escape(milestone.title)}</td><td>{asked}</td></tr>")
        clock += milestone.minutes
    stretch = [html.escape(check.title) for check in stage.checks if check.level == "stretch"]
    if stretch:
        rows.append(f"<tr><td>for the quick</td><td>Stretch</td><td>{'<br>'.join(stretch)}</td></tr>")
    return "<table><tr><th>When</th><th>Milestone</th><th>What is asked</th></tr>" + "".join(rows) + "</table>"


def _hint(stage: Stage, name: str, steps: Sequence[str]) -> str:
    told = "".join(f"<li>{rendered(step)}</li>" for step in steps)
    return f"<h3>{html.escape(stage.check(name).title)}</h3><ol>{told}</ol>"


def _traps(stage: Stage) -> str:
    rows = "".join(
        f"<tr><td>{html.escape(trap.name.replace('-', ' '))}</td><td>{html.escape(trap.why)}</td>"
        f"<td>{html.escape(', '.join(refusal.check for refusal in trap.refused_by))}</td></tr>"
        for trap in stage.traps
    )
    return f"<table><tr><th>Trap</th><th>Why it is wrong</th><th>Refused by</th></tr>{rows}</table>"
