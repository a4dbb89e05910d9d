"""Checks on deploying: what customers get at the door after a verb was run against the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from lab.checks.base import Check, Finding, Verdict, failed, passed
from lab.gameday.outcomes import Deployments, Observation, Orders, Recalled, Release, Tampering, Together, VerbRun

if TYPE_CHECKING:
    from lab.gameday.facts import Facts

SHORT = 7


def short(sha: str | None) -> str:
    """The first seven characters of a commit, or a word for none."""
    return sha[:SHORT] if sha else "nothing"


def verb_trouble(run: VerbRun) -> Finding | None:
    """The finding when a verb could not be run at all or did not end; None when it ran."""
    if run.problem:
        return failed(run.problem, look_at="harborline.yaml")
    if run.exit is None:
        return failed(
            f"The verb '{run.verb}' was still running after {run.seconds:.0f} s and was stopped.",
            look_at=f"'{run.args[0]}'",
            evidence=run.output,
        )
    return None


def served_wrongly(seen: Observation, *, when: str) -> Finding | None:
    """The finding when customers do not get the expected version and right answers; None when they do."""
    if seen.is_as_expected:
        return None
    wanted = short(seen.expected)
    if seen.version is None:
        message = f"{when} customers should get {wanted}, and for {seen.waited:.0f} s nobody answered at the door."
    elif seen.version != seen.expected:
        message = f"{when} `/version` at the door should say {wanted}, and it says '{short(seen.version)}'."
    else:
        message = f"{when} `/version` says {wanted}, but {seen.wrong + seen.failed} of {seen.asked} answers are not those of {wanted}."
    return failed(message, look_at="`lab ssh web1`: which files does the running process serve?", evidence="\n".join(seen.examples))


def _beside(wrong: Finding, run: VerbRun) -> Finding:
    """The finding with how the verb ended and what it printed, beside what customers saw."""
    message = f"{wrong.message} `{run.verb}` ended with {run.exit}." if run.exit else wrong.message
    return Finding(wrong.verdict, message, wrong.look_at, "\n".join(filter(None, [wrong.evidence, run.output[-1200:]])))


class EachDeployServes(Check):
    """After each run of the deploy verb customers get that commit: its `/version` and its answers."""

    refers: ClassVar[tuple[str, ...]] = ("of",)
    type: Literal["each_deploy_serves"]
    of: str

    def look(self, facts: Facts) -> Finding:
        """Look at each deployment in the order in which it was made."""
        each = facts.of(self.of, Deployments).each
        for place, deployment in enumerate(each, 1):
            trouble = verb_trouble(deployment.run)
            if trouble:
                return trouble
            when = f"After deployment {place} of {len(each)} ({short(deployment.release.sha)}, '{deployment.release.message}'),"
            wrong = served_wrongly(deployment.seen, when=when)
            if wrong:
                return _beside(wrong, deployment.run)
            if deployment.run.exit != 0:
                return failed(
                    f"{when} all is well at the door, and yet `deploy` ended with {deployment.run.exit}: whoever ran "
                    "it believes it failed.",
                    look_at=f"'{deployment.run.args[0]}'",
                    evidence=deployment.run.output,
                )
        served = ", ".join(short(deployment.release.sha) for deployment in each)
        return passed(f"Customers got each release when it was deployed: {served}; {sum(d.seen.right for d in each)} answers right.")


class BadDeployRefused(Check):
    """A release that can't serve makes the deploy verb exit non-zero, and customers keep the release before it."""

    refers: ClassVar[tuple[str, ...]] = ("of", "seen", "release", "before")
    type: Literal["bad_deploy_refused"]
    of: str
    seen: str
    release: str
    before: str = Field(default="", description="The deployment of the good release that customers are to keep.")

    def look(self, facts: Facts) -> Finding:
        """First what customers get, then what the person at the keyboard was told."""
        run, seen, release = facts.of(self.of, VerbRun), facts.of(self.seen, Observation), facts.of(self.release, Release)
        before = facts.of(self.before, VerbRun) if self.before else None
        trouble = (before and verb_trouble(before)) or verb_trouble(run)
        if trouble:
            return trouble
        if before and before.exit != 0:
            return failed(
                f"Before the bad release a good one was deployed, and its `deploy` ended with {before.exit}.",
                look_at=f"'{before.args[0]}'",
                evidence=before.output,
            )
        wrong = served_wrongly(
            seen, when=f"{release.by.capitalize()}'s release {short(release.sha)} can't serve ({release.what}). After its deployment"
        )
        if wrong:
            return wrong
        if run.exit == 0:
            return failed(
                f"The release {short(release.sha)} can't serve ({release.what}), and `deploy` ended with 0: whoever "
                "ran it believes it is live.",
                look_at=f"'{run.args[0]}'",
                evidence=run.output,
            )
        return passed(f"`deploy` refused {short(release.sha)} with exit code {run.exit}, and customers kept {short(seen.expected)}.")


class ReleaseBefore(Check):
    """After the rollback verb customers get the release that was live before, with its own dependencies."""

    refers: ClassVar[tuple[str, ...]] = ("of", "seen")
    type: Literal["release_before"]
    of: str
    seen: str

    def look(self, facts: Facts) -> Finding:
        """Look at the rollback and what customers got after it."""
        run, seen = facts.of(self.of, VerbRun), facts.of(self.seen, Observation)
        trouble = verb_trouble(run)
        if trouble:
            return trouble
        wrong = served_wrongly(seen, when="After `rollback`")
        if wrong:
            return _beside(wrong, run)
        if run.exit != 0:
            return failed(f"Customers are back, and yet `rollback` ended with {run.exit}.", look_at=f"'{run.args[0]}'", evidence=run.output)
        return passed(f"`rollback` gave customers {short(seen.expected)} back, in {run.seconds:.0f} s.")


class OrdersKept(Check):
    """Orders that were placed before are still there."""

    refers: ClassVar[tuple[str, ...]] = ("of", "placed")
    type: Literal["orders_kept"]
    of: str
    placed: str

    def look(self, facts: Facts) -> Finding:
        """Compare what was placed with what can be read."""
        placed, recalled = facts.of(self.placed, Orders), facts.of(self.of, Recalled)
        if recalled.found < recalled.asked:
            return failed(
                f"{recalled.asked} orders were placed before the deployments, and {recalled.asked - recalled.found} of them are gone.",
                look_at="DATABASE_URL, on the server: where does the file lie, and who else owns that folder?",
                evidence="\n".join(f"GET /orders/{name} -> not found" for name in recalled.missing),
            )
        return passed(f"All {len(placed.ids)} orders that were placed before are still there.")


class OneOfTwo(Check):
    """Two deployments started together leave one of the two releases, whole, and say truly which one won."""

    refers: ClassVar[tuple[str, ...]] = ("of",)
    type: Literal["one_of_two"]
    of: str

    def look(self, facts: Facts) -> Finding:
        """Whole means: every answer is that of the version that is named. Of several races each is looked at."""
        first = facts.of(self.of, Together)
        findings = [self._judged(both) for both in (first, *first.again)]
        return next((finding for finding in findings if finding.verdict is not Verdict.PASSED), findings[-1])

    def _judged(self, both: Together) -> Finding:
        for run in both.runs:
            trouble = verb_trouble(run)
            if trouble:
                return trouble
        names = " or ".join(short(release.sha) for release in both.releases)
        if both.seen.version not in {release.sha for release in both.releases}:
            return failed(
                f"Two deployments ran at once; customers should get {names}, and `/version` says '{short(both.seen.version)}'.",
                look_at="`lab log`",
                evidence=both.runs[-1].output,
            )
        if both.seen.right < both.seen.asked:
            return failed(
                f"Two deployments ran at once, and what is served is a mixture: {both.seen.wrong + both.seen.failed} "
                f"of {both.seen.asked} answers are not "
                f"those of {short(both.seen.version)}.",
                look_at="what stops a second deployment while the first one runs?",
                evidence="\n".join(both.seen.examples),
            )
        winner = next(run for run, release in zip(both.runs, both.releases, strict=True) if release.sha == both.seen.version)
        if winner.exit != 0:
            return failed(
                f"{short(both.seen.version)} is live, and its deployment ended with {winner.exit}: the loser believes it won.",
                look_at=f"'{winner.args[0]}'",
                evidence=winner.output,
            )
        return passed(f"Of two deployments at once, {short(both.seen.version)} is live, whole.")


class Serves(Check):
    """Customers get the expected commit at the door, with right answers (after a reboot, say)."""

    refers: ClassVar[tuple[str, ...]] = ("seen",)
    type: Literal["serves"]
    seen: str
    when: str = Field(description="How the sentence begins: 'After the reboot'.")

    def look(self, facts: Facts) -> Finding:
        """Look at one observation."""
        seen = facts.of(self.seen, Observation)
        wrong = served_wrongly(seen, when=self.when)
        return wrong or passed(f"{self.when} customers get {short(seen.expected)}, {seen.right} answers right.")


class ShortOutages(Check):
    """Each of several good deployments costs customers at most `at_most` seconds of bad answers."""

    refers: ClassVar[tuple[str, ...]] = ("of",)
    by_the_clock: ClassVar[bool] = True
    type: Literal["short_outages"]
    of: str
    at_most: float = Field(gt=0, description="Real seconds for each deployment.")

    def look(self, facts: Facts) -> Finding:
        """Name the worst deployment."""
        each = facts.of(self.of, Deployments).each
        for deployment in each:
            trouble = verb_trouble(deployment.run) or served_wrongly(
                deployment.seen, when=f"After the deployment of {short(deployment.release.sha)}"
            )
            if trouble:
                return trouble
        worst = max(each, key=lambda deployment: deployment.bad_seconds)
        allowed = self.at_most * facts.pace
        if worst.bad_seconds > allowed:
            return failed(
                f"Customers should miss the shop for at most {allowed:.0f} s of each deployment, and that of "
                f"{short(worst.release.sha)} cost them "
                f"{worst.bad_seconds:.0f} s.",
                look_at="what happens between stopping the old process and starting the new one?",
                evidence=worst.run.output,
            )
        return passed(f"{len(each)} deployments cost customers at most {worst.bad_seconds:.0f} s each.")


class DriftReported(Check):
    """An edit made on the server is gone after the next deployment, and the deployment said that it was there."""

    refers: ClassVar[tuple[str, ...]] = ("of", "seen", "edit")
    type: Literal["drift_reported"]
    of: str
    seen: str
    edit: str

    def look(self, facts: Facts) -> Finding:
        """First that the edit is gone, then that somebody was told."""
        run, seen, edit = facts.of(self.of, VerbRun), facts.of(self.seen, Observation), facts.of(self.edit, Tampering)
        trouble = verb_trouble(run) or served_wrongly(
            seen, when=f"{edit.by.capitalize()} edited files on the server. After the next deployment"
        )
        if trouble:
            return trouble
        names = {path.rsplit("/", 1)[-1] for path in edit.files}
        if not any(name in run.output for name in names):
            return failed(
                f"{edit.by.capitalize()} had edited {', '.join(sorted(names))} on the server; the deployment removed "
                "the edit and told nobody. "
                "Its output should name the file.",
                look_at=f"'{run.args[0]}'",
                evidence=run.output,
            )
        return passed(f"{edit.by.capitalize()}'s edit on the server is gone, and the deployment named {', '.join(sorted(names))}.")
