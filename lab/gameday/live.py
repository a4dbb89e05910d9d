"""The facts of the live company, now: what its door answers, and what its ledger has seen."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lab import rooms
from lab.company.git import Git
from lab.errors import LabError
from lab.gameday.facts import Facts
from lab.gameday.outcomes import Observation, Unseen
from lab.gameday.stagehand import Stagehand

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lab.company.company import Company
    from lab.gameday.events.base import Happening

QUESTIONS: Final = 30
FOCUSED: Final = 15


def live_facts(company: Company, *, tags: Mapping[str, Iterable[str]], answers: Mapping[str, str]) -> Facts:
    """Ask the door about the commit of each tag (`door:TAG`, `tag:TAG`), and take the ledger as it is.

    `tags` gives for each tag the behaviours that are asked about beside the mixed questions.

    What can't be asked is `Unseen`, with the reason.
    """
    outcomes: dict[str, object] = {}
    git = Git(company.forge.path(company.charter.repository))
    for tag, focuses in tags.items():
        sha = git.out("rev-parse", "--verify", "--quiet", f"refs/tags/{tag}^{{commit}}", check=False)
        if not sha:
            outcomes[f"tag:{tag}"] = outcomes[f"door:{tag}"] = Unseen(f"The forge has no tag '{tag}' (yet).")
            continue
        outcomes[f"tag:{tag}"] = sha
        outcomes[f"door:{tag}"] = _door(company, sha, focuses)
    events = company.ledger.events()
    since = max((event.seq for event in events if event.type == "stage.reset"), default=0)
    return Facts(outcomes, tuple(event for event in events if event.seq > since), dict(answers))


def probed(company: Company, facts: Facts, probes: Mapping[str, Happening]) -> Facts:
    """The facts with what these events showed, each under its label; each is written into the live ledger."""
    if not probes:
        return facts
    outcomes = dict(facts.outcomes)
    with tempfile.TemporaryDirectory(prefix=rooms.prefix("probe")) as room, _hand(company, Path(room)) as hand:
        for label, probe in probes.items():
            try:
                outcomes[label] = probe.play(hand)
            except (LabError, TimeoutError) as problem:
                outcomes[label] = Unseen(f"It could not be looked at: {problem}")
            company.ledger.append("probe", actor="lab", source="check", label=label)
    return replace(facts, outcomes=outcomes)


def _hand(company: Company, room: Path) -> Stagehand:
    return Stagehand(company, seed=company.charter.seed, room=room, tell=lambda _: None)


def _door(company: Company, sha: str, focuses: Iterable[str]) -> Observation | Unseen:
    try:
        seen = [company.customers.observe(QUESTIONS, sha)]
        seen += [company.customers.observe(FOCUSED, sha, focus=focus) for focus in focuses]
    except (LabError, TimeoutError) as problem:
        return Unseen(f"The door could not be asked: {problem}")
    examples = tuple(dict.fromkeys(example for one in seen for example in one.examples))[:6]
    counts = {name: sum(getattr(one, name) for one in seen) for name in ("asked", "right", "wrong", "failed")}
    return Observation(sha, seen[0].version or None, waited=0.0, examples=examples, **counts)
