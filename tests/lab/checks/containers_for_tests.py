"""Facts of images and containers, in one line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lab.gameday.imaging import Built, BuiltAgain, ImageTried, Life, Lives, Loaded, Readiness, Rebuilt, Secrets, Shelf, Shelved, Stopped
from tests.lab.checks.facts_for_tests import NEW, OLD, facts, observation, verb

DIGEST = "sha256:" + "1" * 64
MOVED = "sha256:" + "2" * 64


def built(**changes: Any) -> Built:
    return replace(Built(NEW, f"127.0.0.1:5000/storefront:{NEW}", verb("build"), "sha256:9", 212_000_000), **changes)


def life(**changes: Any) -> Life:
    return replace(Life("with production's settings", answered=1.5, log="Uvicorn running", seen=observation()), **changes)


def dead(**changes: Any) -> Life:
    return life(**{"answered": None, "seen": None, **changes})


def tried(**changes: Any) -> ImageTried:
    return replace(ImageTried(built(), life()), **changes)


def shelved(**changes: Any) -> Shelved:
    return replace(Shelved("one", NEW, "'New prices'", True, (DIGEST,), NEW, True, "success", "Pushed"), **changes)


def bad(**changes: Any) -> Shelved:
    told: dict[str, Any] = {"is_good": False, "digests": (), "version": None, "pipeline": "failure", "what": "it does not start"}
    return shelved(**(told | changes))


def twice(**changes: Any) -> BuiltAgain:
    return replace(BuiltAgain("idna 3.21", (tried(), tried()), ("idna==3.20",), ("idna==3.20",)), **changes)


def stopped(**changes: Any) -> Stopped:
    return replace(Stopped(life(), 200, 3.2, 0, "CMD python -m uvicorn", "python -m uvicorn"), **changes)


def readiness(**changes: Any) -> Readiness:
    return replace(Readiness(life(), 200, 503, 200, 0.4, observation()), **changes)


def lives(**changes: Any) -> Lives:
    return replace(Lives(built(), (life(),), "10001"), **changes)


def rebuilt(**changes: Any) -> Rebuilt:
    return replace(Rebuilt(built(), built(id="sha256:8"), "app/pricing.py", weight=200_000), **changes)


def loaded(**changes: Any) -> Loaded:
    return replace(Loaded(built(), life(), 256_000_000, 15.0, asked=900, peak=90_000_000), **changes)


ALL_IS_WELL = {
    "bad_images_kept_back": facts(shelf=Shelf((shelved(), bad()), (NEW,))),
    "bears_load": facts(loaded=loaded()),
    "image_serves": facts(image=tried()),
    "images_published": facts(shelf=Shelf((shelved(), bad(sha=OLD)), (NEW,))),
    "no_secret_inside": facts(secrets=Secrets(built(), 5)),
    "ready_when_ready": facts(readiness=readiness()),
    "rebuilds_little": facts(rebuilt=rebuilt()),
    "same_again": facts(twice=twice()),
    "serves_under": facts(lives=lives()),
    "stops_cleanly": facts(stopped=stopped()),
}
