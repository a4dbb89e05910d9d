"""`lab author handout`: one HTML page for whoever teaches a stage: the plan, the texts, the hints, the traps. No script, no link out."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lab.scenario.model import Scenario, Stage

STYLE: Final = """\
body { font: 16px/1.55 Georgia, serif; max-width: 46rem; margin: 3rem auto; padding: 0 1rem; color: #1c2733; background: #fff; }
h1, h2, h3 { font-family: system-ui, sans-serif; line-height: 1.25; color: #12324a; }
h1 { border-bottom: 3px solid #12324a; padding-bottom: .3rem; margin-top: 3rem; }
h2 { margin-top: 2.2rem; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: .35rem .7rem; border-bottom: 1px solid #c9d3dc; }
pre { background: #f2f5f7; padding: .8rem; overflow-x: auto; border-left: 4px solid #12324a; } code { font-size: .9em; }
blockquote { border-left: 4px solid #a35; margin-left: 0; padding-left: 1rem; }
.job { font-size: 1.15rem; } .quiet { color: #51606d; }
@media print { h1 { break-before: page; } h1:first-of-type { break-before: auto; } body { margin: 0; } }
"""


def page(scenario: Scenario, stages: Sequence[Stage]) -> str:
    """The whole page, ready to print."""
    body = "\n".join(_stage(stage) for stage in stages)
    title = html.escape(f"{scenario.title}: for the instructor")
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<style>\n{STYLE}</style>\n</head>\n'
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def rendered(text: str) -> str:
    """Markdown as HTML that holds no script, no style and no link out, whoever wrote it."""
    import nh3  # noqa: PLC0415 - only pages need it
    from markdown_it import MarkdownIt  # noqa: PLC0415 - as above

    made = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    tags = {"p", "h1", "h2", "h3", "h4", "ul", "ol", "li", "pre", "code", "em", "strong", "blockquote", "hr", "br",
            "table", "thead", "tbody", "tr", "th", "td"}  # fmt: skip
    return nh3.clean(made, tags=tags, attributes={})


def _stage(stage: Stage) -> str:
    code = f"{stage.code} " if stage.code else ""
    parts = [
        f"<h1>{html.escape(code + stage.title)}</h1>",
        f'<p class="job">{html.escape(stage.job)}</p>',
        f'<p class="quiet">{html.escape(_facts(stage))}</p>',
        "<h2>The plan</h2>",
        _plan(stage),
        rendered(_lower(stage.instructor)) if stage.instructor else "",
        "<h2>What the learner reads</h2>",
        rendered(_lower(stage.briefing)),
        "<h2>Hints, step by step</h2>",
        *(_hint(stage, name, steps) for name, steps in stage.hints.items()),
        "<h2>Wrong ways that sensible people take</h2>",
        _traps(stage),
        "<h2>Two ways that work</h2>",
        "<ul>" + "".join(f"<li>{html.escape(one.mechanism or one.name)}</li>" for one in stage.solutions) + "</ul>",
        "<h2>To close with</h2>",
        rendered(_lower(stage.debrief)),
    ]
    return "\n".join(part for part in parts if part)


def _facts(stage: Stage) -> str:
    docker = "Needs Docker." if stage.needs.docker else "Needs no Docker."
    return f"{stage.minutes} minutes. Skills: {', '.join(stage.skills) or 'none named'}. {docker}"


def _lower(text: str) -> str:
    """Its headings below those of the page, and its first heading gone: the page has one."""
    lines = text.strip().splitlines()
    if lines and lines[0].startswith("# "):
        lines = lines[1:]
    return "\n".join(f"##{line}" if line.startswith("#") and " " in line[:4] else line for line in lines)


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
