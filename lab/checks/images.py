"""Checks on images: they come of the learner's own command, they hold the commit they say, and the registry has them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from pydantic import Field

from lab.checks.base import Check, Finding, failed, passed
from lab.checks.delivery import served_wrongly, short, verb_trouble
from lab.gameday.imaging import Built, BuiltAgain, ImageTried, Life, Secrets, Shelf, Shelved

if TYPE_CHECKING:
    from lab.gameday.facts import Facts

DOCKERFILE: Final = "the Dockerfile"
PORT: Final = 8000
_NO_IMAGE: Final = re.compile(
    r"pull access denied|manifest (?:for \S+ )?(?:unknown|not found)|not found: manifest|failed to resolve", re.IGNORECASE
)
_NO_PARSE: Final = re.compile(r"dockerfile parse error|unknown instruction|failed to parse dockerfile|no build stage", re.IGNORECASE)
_NO_DISK: Final = re.compile(r"no space left on device", re.IGNORECASE)
MEGABYTE: Final = 1_000_000


def build_trouble(built: Built) -> Finding | None:
    """The finding when no image came of the `build` verb; None when one did."""
    trouble = verb_trouble(built.run)
    if trouble:
        return trouble
    if built.run.exit != 0:
        return failed(
            f"An image of {short(built.sha)} should be built, and `build` ended with {built.run.exit}{_reason(built.run.output)}.",
            look_at=DOCKERFILE,
            evidence=built.run.output,
        )
    if not built.id:
        return failed(
            f"`build` ended with 0, and there is no image '{built.reference}' afterwards.",
            look_at="harborline.yaml: `build` gets the image's whole name as {image}",
            evidence=built.run.output,
        )
    return None


def _reason(output: str) -> str:
    if _NO_PARSE.search(output):
        return ": the Dockerfile can't be read"
    if _NO_IMAGE.search(output):
        return ": it needs an image that is not to be had here ('lab/python:3.11' is)"
    if _NO_DISK.search(output):
        return ": the disk is full"
    return ""


def life_trouble(life: Life) -> Finding | None:
    """The finding when a container did not come to answer at all; None when it did."""
    if life.problem:
        return failed(f"The container could not be started {life.under}: {life.problem}", look_at=DOCKERFILE, evidence=life.log)
    if life.answered is not None:
        return None
    if life.exit is not None:
        return failed(
            f"The container should serve {life.under}, and it ended by itself with {life.exit}.",
            look_at="its last words below",
            evidence=life.log,
        )
    if life.listens:
        return failed(
            f"The container runs {life.under}, and nobody can reach it: it listens on {' and '.join(life.listens)}. Inside a container "
            "127.0.0.1 is the container itself.",
            look_at="the address and the port that the server is started with: 0.0.0.0 and 8000",
            evidence=life.log,
        )
    return failed(
        f"The container runs {life.under}, and nothing in it opens port {PORT}.", look_at="CMD, in the Dockerfile", evidence=life.log
    )


def tried_trouble(tried: ImageTried, *, when: str) -> Finding | None:
    """The finding when an image was not built, does not run, or answers wrongly; None when all is well."""
    trouble = build_trouble(tried.built)
    if trouble:
        return trouble
    life = tried.life
    trouble = life_trouble(life) if life else None
    if trouble or life is None or life.seen is None:
        return trouble
    wrong = served_wrongly(life.seen, when=when)
    return replace(wrong, look_at=_wrong_at(life)) if wrong else None


def _wrong_at(life: Life) -> str:
    if life.seen and life.seen.version != life.seen.expected:
        return "BUILD_SHA, or the file VERSION that `git archive` fills in: what does the image know of its commit?"
    return "which packages are in the image, and which does requirements.txt name?"


class ImageServes(Check):
    """The image that the `build` verb makes of `main` serves that commit, and every answer is the right one."""

    refers: ClassVar[tuple[str, ...]] = ("of",)
    type: Literal["image_serves"]
    of: str

    def look(self, facts: Facts) -> Finding:
        """From the build to the answers."""
        tried = facts.of(self.of, ImageTried)
        trouble = tried_trouble(tried, when="In the container")
        if trouble:
            return trouble
        assert tried.life
        assert tried.life.seen
        return passed(
            f"The image of {short(tried.built.sha)} ({tried.built.size / MEGABYTE:.0f} MB) answered after {tried.life.answered:.1f} s: "
            f"{tried.life.seen.right} answers right."
        )


class ImagesPublished(Check):
    """For each good merge the registry has exactly one image: tagged with the commit, holding it, and in the ledger."""

    refers: ClassVar[tuple[str, ...]] = ("of",)
    type: Literal["images_published"]
    of: str

    def look(self, facts: Facts) -> Finding:
        """Look at each merge in order."""
        shelf = facts.of(self.of, Shelf)
        good = [one for one in shelf.each if one.is_good]
        for one in good:
            trouble = self._missing(one, shelf) or self._not_one(one) or self._other(one)
            if trouble:
                return trouble
        return passed(f"The registry has one image for each of {len(good)} merges: {', '.join(short(one.sha) for one in good)}.")

    def _missing(self, one: Shelved, shelf: Shelf) -> Finding | None:
        if one.digests:
            return None
        there = ", ".join(f"'{tag}'" for tag in shelf.tags[:6]) or "nothing"
        return failed(
            f"{one.what} is on main as {short(one.sha)}, and the registry has no image 'storefront:{short(one.sha)}…'; it has {there}. "
            f"The pipeline of that commit: {one.pipeline}.",
            look_at="the workflow that runs for pushes to main: `lab run list`",
            evidence=one.tail,
        )

    def _not_one(self, one: Shelved) -> Finding | None:
        if len(set(one.digests)) == 1:
            return None
        return failed(
            f"The tag of {short(one.sha)} should name one image for ever, and it named {len(set(one.digests))}: whoever pulled it "
            "yesterday has another one than you.",
            look_at="which runs push this tag?",
            evidence="\n".join(one.digests),
        )

    def _other(self, one: Shelved) -> Finding | None:
        if one.version != one.sha:
            return failed(
                f"The image 'storefront:{short(one.sha)}…' should say that commit at /version, and it says '{short(one.version)}'.",
                look_at="BUILD_SHA, or the file VERSION that `git archive` fills in",
            )
        if not one.recorded:
            return failed(
                f"The image of {short(one.sha)} is in the registry, and the ledger knows nothing of its push.", look_at="`lab log --all`"
            )
        return None


class BadImagesKeptBack(Check):
    """A commit whose image can't serve production has no image in the registry, and its pipeline says so."""

    refers: ClassVar[tuple[str, ...]] = ("of",)
    type: Literal["bad_images_kept_back"]
    of: str

    def look(self, facts: Facts) -> Finding:
        """Look at each bad merge."""
        bad = [one for one in facts.of(self.of, Shelf).each if not one.is_good]
        for one in bad:
            if one.digests:
                return failed(
                    f"The image of {short(one.sha)} can't serve ({one.what}), and it is in the registry, where anybody may take it from.",
                    look_at="what does the pipeline do with the image between building and pushing it?",
                    evidence=one.tail,
                )
            if one.pipeline == "success":
                return failed(
                    f"The image of {short(one.sha)} can't serve ({one.what}); it was not pushed, and its pipeline is green all the same.",
                    look_at="the step that tries the image",
                    evidence=one.tail,
                )
        return passed(f"What can't serve stayed out of the registry: {'; '.join(one.what for one in bad)}.")


class SameAgain(Check):
    """One commit, built twice, has the same packages and the same answers, although the index gained a release in between."""

    refers: ClassVar[tuple[str, ...]] = ("of",)
    type: Literal["same_again"]
    of: str

    def look(self, facts: Facts) -> Finding:
        """First the packages, then what customers get."""
        twice = facts.of(self.of, BuiltAgain)
        first, second = twice.tried
        trouble = tried_trouble(first, when="In the first container")
        if trouble:
            return trouble
        if build_trouble(second.built) is None and twice.first != twice.second:
            gone, come = sorted({*twice.first} - {*twice.second}), sorted({*twice.second} - {*twice.first})
            return failed(
                f"{short(first.built.sha)} was built twice and should be the same both times. In between, '{twice.package}' came out, and "
                f"the second image has other packages.",
                look_at="what does the Dockerfile install, and where do its versions stand?",
                evidence="\n".join([*(f"- {line}" for line in gone), *(f"+ {line}" for line in come)]),
            )
        trouble = tried_trouble(second, when=f"In the second container, built after '{twice.package}' came out,")
        return trouble or passed(
            f"{short(first.built.sha)}, built before and after '{twice.package}' came out, has the same {len(twice.first)} packages."
        )


class NoSecretInside(Check):
    """What lay about on the builder's desk (settings, the repository's past) is in no layer of the image, nor in its history."""

    refers: ClassVar[tuple[str, ...]] = ("of",)
    type: Literal["no_secret_inside"]
    of: str
    at_most: int = Field(default=0, ge=0)

    def look(self, facts: Facts) -> Finding:
        """Name what was found, and where."""
        seen = facts.of(self.of, Secrets)
        trouble = build_trouble(seen.built)
        if trouble:
            return trouble
        if len(seen.found) > self.at_most:
            return failed(
                f"Whoever pulls the image should find no secret in it. {seen.found[0]}",
                look_at=".dockerignore, and which values `build` hands over",
                evidence="\n".join(seen.found),
            )
        return passed(f"No secret is in the image: {seen.layers} layers and its history were looked through.")
