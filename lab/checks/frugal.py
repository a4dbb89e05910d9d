"""Checks on what an image costs: its size, its memory under load, and what a small change of the code builds anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from lab.checks.base import Check, Finding, failed, passed
from lab.checks.images import DOCKERFILE, MEGABYTE, build_trouble, life_trouble
from lab.gameday.imaging import Loaded, Rebuilt

if TYPE_CHECKING:
    from lab.gameday.facts import Facts


class RebuildsLittle(Check):
    """After a change of one line of the code, no package is installed anew, and the new layers are at most `at_most` megabytes."""

    refers: ClassVar[tuple[str, ...]] = ("of",)
    type: Literal["rebuilds_little"]
    of: str
    at_most: int = Field(default=10, gt=0, description="Megabytes that a change of one line may add.")

    def look(self, facts: Facts) -> Finding:
        """Two builds, then what is new."""
        seen = facts.of(self.of, Rebuilt)
        trouble = build_trouble(seen.first) or build_trouble(seen.second)
        if trouble:
            return trouble
        if seen.again:
            return failed(
                f"One line of '{seen.changed}' was changed, and {len(seen.again)} packages were installed again "
                f"({', '.join(seen.again[:3])}, …): every server fetches {seen.weight / MEGABYTE:.0f} MB for it.",
                look_at="the order of the Dockerfile: a layer is kept while all that stands above it is unchanged",
                evidence=seen.second.run.output,
            )
        if seen.weight > self.at_most * MEGABYTE:
            return failed(
                f"One line of '{seen.changed}' was changed, and {seen.weight / MEGABYTE:.0f} MB of the image are new; "
                f"{self.at_most} MB are enough.",
                look_at=DOCKERFILE,
                evidence=seen.second.run.output,
            )
        return passed(
            f"After a change of one line of '{seen.changed}', {seen.weight / MEGABYTE:.1f} MB of the image are new, and no package."
        )


class BearsLoad(Check):
    """The image is at most `at_most` megabytes, and serves under load in the memory that it was given."""

    refers: ClassVar[tuple[str, ...]] = ("of",)
    type: Literal["bears_load"]
    of: str
    at_most: int = Field(default=400, gt=0, description="Megabytes of the image, all layers together.")

    def look(self, facts: Facts) -> Finding:
        """First the size, then its start, then the load."""
        seen = facts.of(self.of, Loaded)
        trouble = build_trouble(seen.built)
        if trouble:
            return trouble
        if seen.built.size > self.at_most * MEGABYTE:
            return failed(
                f"The image should be {self.at_most} MB at most, and is {seen.built.size / MEGABYTE:.0f} MB.",
                look_at="what of it does a running shop use? `docker history` weighs each layer",
            )
        memory = f"{seen.memory / MEGABYTE:.0f} MB"
        if seen.killed or (seen.asked and seen.life.exit is not None):
            return failed(
                f"With {memory} of memory the container should serve, and its kernel had to end {_processes(seen.killed)}: it needs more.",
                look_at="how many processes does it start, and what does each of them need?",
                evidence=f"{seen.example}\n{seen.life.log}".strip(),
            )
        trouble = life_trouble(seen.life) if seen.life.answered is None else None
        if trouble:
            return trouble
        if seen.failed:
            return failed(
                f"For {seen.seconds:.0f} s eight customers at once asked the container {seen.life.under}, and "
                f"{seen.failed} of {seen.asked} got no answer. {seen.example}",
                look_at="its last words below",
                evidence=seen.life.log,
            )
        used = f", {seen.peak / MEGABYTE:.0f} MB at most in use" if seen.peak else ""
        return passed(f"{seen.built.size / MEGABYTE:.0f} MB of image; {seen.asked} answers in {seen.seconds:.0f} s with {memory}{used}.")


def _processes(killed: int) -> str:
    return f"{killed} of its processes" if killed > 1 else "a process of it"
