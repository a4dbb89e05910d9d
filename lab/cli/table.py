"""The one table of commands, and the only place where a module is named by a string: each is loaded when it is called.

Every row is imported by a test.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Row(NamedTuple):
    """A command: where it is, and the one line that `lab --help` says of it."""

    module: str
    attribute: str
    help: str
    group: str


_PLAY: Final = "Play"
_COMPANY: Final = "The company"
_WORKSPACE: Final = "The workspace"
_AUTHORS: Final = "For authors and teachers"
GROUPS: Final = (_PLAY, _COMPANY, _WORKSPACE, _AUTHORS)

COMMANDS: Final = {
    "brief": Row("lab.cli.commands.reading", "brief", "Read the job of this stage again.", _PLAY),
    "status": Row("lab.cli.commands.reading", "status", "Show stages, milestones and checks.", _PLAY),
    "check": Row("lab.cli.commands.checking", "check", "See what the team, customers and faults make of your work.", _PLAY),
    "hint": Row("lab.cli.commands.checking", "hint", "Take one step of three towards the next check.", _PLAY),
    "answer": Row("lab.cli.commands.checking", "answer", "Answer a question that a check asks.", _PLAY),
    "next": Row("lab.cli.commands.moving", "next_", "Open the next stage.", _PLAY),
    "score": Row("lab.cli.commands.reading", "score", "Show what you did, and what customers got.", _PLAY),
    "journal": Row("lab.cli.commands.keeping", "journal", "Write three lines after a stage, and read them again.", _PLAY),
    "portfolio": Row("lab.cli.commands.keeping", "portfolio", "Write a page of what you built, to keep.", _PLAY),
    "ssh": Row("lab.cli.commands.company", "ssh", "Log in to a server, or run a command there.", _COMPANY),
    "box": Row("lab.cli.commands.company", "box", "Open a terminal in the stage's box, or run a command there.", _COMPANY),
    "team": Row("lab.cli.commands.company", "team", "See what your colleagues say; 'team next': what they wait for.", _COMPANY),
    "log": Row("lab.cli.commands.runs", "log", "Show pipeline runs and their logs.", _COMPANY),
    "monitoring": Row("lab.cli.commands.company", "monitoring", "Check your monitoring, and show it on the company's clock.", _COMPANY),
    "pr": Row("lab.cli.commands.pulls", "pr", "Create, view, review and merge pull requests.", _COMPANY),
    "run": Row("lab.cli.commands.runs", "run", "List, view, rerun and cancel pipeline runs.", _COMPANY),
    "incident": Row("lab.cli.commands.incidents", "incident", "See and look after incidents: list, ack, note, resolve, review.", _COMPANY),
    "drill": Row("lab.cli.commands.drilling", "drill", "Be on call: one unseen trouble, on a copy of your company.", _COMPANY),
    "secret": Row("lab.cli.commands.secrets", "secret", "Set and list secrets for the pipelines.", _COMPANY),
    "serve": Row("lab.cli.commands.serving", "serve", "Open the dashboard in the browser.", _COMPANY),
    "start": Row("lab.cli.commands.starting", "start", "Open a workspace in a new folder.", _WORKSPACE),
    "reset": Row("lab.cli.commands.moving", "reset", "Put the start of a stage back; your work is kept on a tag.", _WORKSPACE),
    "goto": Row("lab.cli.commands.moving", "goto", "Jump to a stage.", _WORKSPACE),
    "update": Row("lab.cli.commands.moving", "update", "Move this workspace on to the scenario as it is installed now.", _WORKSPACE),
    "down": Row("lab.cli.commands.moving", "down", "End everything that runs; nothing is lost.", _WORKSPACE),
    "list": Row("lab.cli.commands.starting", "list_", "List the scenarios that can be started.", _WORKSPACE),
    "doctor": Row("lab.cli.commands.starting", "doctor", "Look at what this machine has and lacks.", _WORKSPACE),
    "images": Row("lab.cli.commands.images", "images", "Make, list and remove the base images of containers.", _WORKSPACE),
    "completion": Row("lab.cli.commands.starting", "completion", "Print the completion script of a shell.", _WORKSPACE),
    "export": Row("lab.cli.commands.reading", "export", "Write all results, or a bundle to hand in.", _AUTHORS),
    "verify": Row("lab.cli.commands.verifying", "verify", "Read what was handed in, and play it again.", _AUTHORS),
    "author": Row("lab.cli.commands.authoring", "author", "Write scenarios, and prove that their checks are right.", _AUTHORS),
}
