"""Checks on containers: how they end, what they may do, when they are ready, and where their settings come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Literal

from pydantic import Field

from lab.checks.base import Check, Finding, failed, passed
from lab.checks.images import DOCKERFILE, build_trouble, life_trouble
from lab.gameday.imaging import Lives, Readiness, Stopped

if TYPE_CHECKING:
    from lab.gameday.facts import Facts

OK: Final = 200
UNAVAILABLE: Final = 503
KILLED: Final = 137
CLEAN: Final = (0, 143)
ROOT: Final = ("", "0", "root")


class StopsCleanly(Check):
    """Told to stop in the middle of a request, the container answers it and ends by itself, within `within` seconds."""

    refers: ClassVar[tuple[str, ...]] = ("of",)
    type: Literal["stops_cleanly"]
    of: str
    within: float = Field(default=10, gt=0, description="Real seconds; then the engine kills it.")

    def look(self, facts: Facts) -> Finding:
        """First the end, then the customer."""
        seen = facts.of(self.of, Stopped)
        trouble = life_trouble(seen.life)
        if trouble:
            return trouble
        if seen.exit == KILLED or seen.exit is None:
            who = f"Its first process is '{seen.first_process}'" if seen.first_process else "Its first process did not pass the signal on"
            return failed(
                f"Told to stop (SIGTERM), the container should end by itself; after {seen.seconds:.0f} s it still ran, and was killed. "
                f"{who}.",
                look_at="CMD, in the Dockerfile: which process is number 1, and who hears the signal?",
                evidence=f"{seen.command}\n{seen.life.log}",
            )
        if seen.answer != OK:
            said = f"got {seen.answer}" if seen.answer else "had its connection cut"
            return failed(
                "The container was told to stop while a customer was being answered. The answer should still come, and the customer "
                f"{said}.",
                look_at="what happens to requests under way when the process hears SIGTERM?",
                evidence=seen.life.log,
            )
        if seen.exit not in CLEAN:
            return failed(
                f"The container ended {seen.seconds:.1f} s after it was told to, with {seen.exit}; 0 (or 143) says that all went well.",
                look_at="its last words below",
                evidence=seen.life.log,
            )
        if seen.seconds > self.within * facts.pace:
            return failed(
                f"The container should end within {self.within:.0f} s of being told, and took {seen.seconds:.0f} s.", look_at=DOCKERFILE
            )
        return passed(f"Told to stop, the container answered the last customer and ended after {seen.seconds:.1f} s with {seen.exit}.")


class ReadyWhenReady(Check):
    """Without its database the service is alive and not ready; once the database is there it is ready, without a restart."""

    refers: ClassVar[tuple[str, ...]] = ("of",)
    type: Literal["ready_when_ready"]
    of: str

    def look(self, facts: Facts) -> Finding:
        """In the order in which it happened."""
        seen = facts.of(self.of, Readiness)
        trouble = life_trouble(seen.life)
        if trouble:
            return trouble
        if seen.health_without != OK:
            return self._wrong("Without a database `/healthz` should say that the process is alive (200)", seen.health_without, seen)
        if seen.ready_without != UNAVAILABLE:
            return self._wrong("Without a database `/readyz` should say that nobody is to be sent here (503)", seen.ready_without, seen)
        if seen.ready_with != OK:
            return self._wrong(
                f"For {seen.waited:.0f} s there has been a database, and `/readyz` should say so (200)", seen.ready_with, seen
            )
        if seen.seen and not seen.seen.is_as_expected:
            wrong = seen.seen.wrong + seen.seen.failed
            return failed(
                f"`/readyz` says 200, and {wrong} of {seen.seen.asked} customers who came then got no right answer.",
                look_at="what has to be done before the first customer comes?",
                evidence="\n".join(seen.seen.examples),
            )
        return passed(f"Alive without a database and not ready; ready {seen.waited:.1f} s after it came, without a restart.")

    def _wrong(self, wanted: str, got: int, seen: Readiness) -> Finding:
        said = f"it says {got}" if got else "there is no answer"
        return failed(f"{wanted}, and {said}.", look_at="app/routes/health.py, app/main.py", evidence=seen.life.log)


class ServesUnder(Check):
    """The image serves under each of several conditions (another user, no capabilities, other settings)."""

    refers: ClassVar[tuple[str, ...]] = ("of",)
    type: Literal["serves_under"]
    of: str
    not_root: bool = Field(default=False, description="Its own user must not be root either.")

    def look(self, facts: Facts) -> Finding:
        """The first condition that it does not bear."""
        seen = facts.of(self.of, Lives)
        trouble = build_trouble(seen.built)
        if trouble:
            return trouble
        if self.not_root and seen.user.split(":")[0] in ROOT:
            return failed(
                "The image should say which user it runs as, and it says none: then it is root, in every container that anybody starts.",
                look_at="USER, in the Dockerfile",
            )
        for life in seen.each:
            trouble = life_trouble(life)
            if trouble:
                return trouble
            if life.seen and not life.seen.is_as_expected:
                return failed(
                    f"Run {life.under}, the container answers, and {life.seen.wrong + life.seen.failed} of {life.seen.asked} answers "
                    "are not right.",
                    look_at="its last words below",
                    evidence="\n".join([*life.seen.examples, life.log]),
                )
        return passed(f"It serves {', '.join(life.under for life in seen.each)}.")
