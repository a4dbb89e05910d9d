"""Checks on images and containers: what they say for each way of being wrong."""

from __future__ import annotations

from typing import Any

import pytest

from lab.checks.base import looked
from lab.checks.catalogue import CHECKS
from lab.gameday.facts import Facts
from lab.gameday.imaging import Secrets, Shelf
from lab.gameday.outcomes import Unseen
from tests.lab.checks.containers_for_tests import (
    DIGEST,
    MOVED,
    bad,
    built,
    dead,
    life,
    lives,
    loaded,
    readiness,
    rebuilt,
    shelved,
    stopped,
    tried,
    twice,
)
from tests.lab.checks.facts_for_tests import NEW, OLD, facts, observation, verb

OPTIONS: dict[str, dict[str, Any]] = {
    "bad_images_kept_back": {"of": "shelf"},
    "bears_load": {"of": "loaded"},
    "image_serves": {"of": "image"},
    "images_published": {"of": "shelf"},
    "no_secret_inside": {"of": "secrets"},
    "ready_when_ready": {"of": "readiness"},
    "rebuilds_little": {"of": "rebuilt"},
    "same_again": {"of": "twice"},
    "serves_under": {"of": "lives", "not_root": True},
    "stops_cleanly": {"of": "stopped"},
}
ONLY_ITSELF = dead(listens=("127.0.0.1:8000",))
UNREADABLE = "Error response from daemon: dockerfile parse error line 3: unknown instruction: FORM"
UNKNOWN = "pull access denied for nowhere, repository does not exist or may require 'docker login'"


def failing(output: str) -> Facts:
    return facts(image=tried(built=built(run=verb("build", exit=1, output=output), id=""), life=None))


@pytest.mark.parametrize(
    ("kind", "given", "message"),
    [
        ("image_serves", facts(image=tried(built=built(run=verb("build", problem="It does not say how to 'build'."), id=""))), "'build'"),
        ("rebuilds_little", facts(rebuilt=rebuilt(again=("fastapi", "uvicorn"), weight=31_000_000)), "2 packages were installed again"),
        ("rebuilds_little", facts(rebuilt=rebuilt(weight=31_000_000)), "31 MB of the image are new"),
        ("rebuilds_little", facts(rebuilt=rebuilt(second=built(run=verb("build", exit=1), id=""))), "`build` ended with 1"),
        ("bears_load", facts(loaded=loaded(built=built(size=512_000_000))), "and is 512 MB"),
        ("bears_load", facts(loaded=loaded(killed=3)), "had to end 3 of its processes"),
        ("bears_load", facts(loaded=loaded(life=life(exit=137))), "had to end a process of it"),
        ("bears_load", facts(loaded=loaded(life=dead(), asked=0)), "nothing in it opens port 8000"),
        ("bears_load", facts(loaded=loaded(failed=7, example="The connection broke.")), "7 of 900 got no answer. The connection broke."),
        ("image_serves", failing("exit code 2"), "`build` ended with 1."),
        ("image_serves", failing(UNREADABLE), "`build` ended with 1: the Dockerfile can't be read."),
        ("image_serves", failing(UNKNOWN), "it needs an image that is not to be had here"),
        ("image_serves", failing("write /x: no space left on device"), "the disk is full"),
        ("image_serves", facts(image=tried(built=built(run=verb("build", exit=None, seconds=300), id=""))), "still running after 300 s"),
        ("image_serves", facts(image=tried(built=built(id=""))), "`build` ended with 0, and there is no image"),
        ("image_serves", facts(image=tried(life=dead(problem="Docker could not start it."))), "could not be started"),
        ("image_serves", facts(image=tried(life=dead(exit=3))), "it ended by itself with 3"),
        ("image_serves", facts(image=tried(life=ONLY_ITSELF)), "it listens on 127.0.0.1:8000. Inside a container 127.0.0.1 is the"),
        ("image_serves", facts(image=tried(life=dead())), "nothing in it opens port 8000"),
        ("image_serves", facts(image=tried(life=life(seen=observation(version="unknown", right=0)))), "and it says 'unknown'"),
        ("image_serves", facts(image=tried(life=life(seen=observation(right=17, wrong=3)))), "3 of 20 answers are not those of bbbbbbb"),
        ("images_published", facts(shelf=Shelf((shelved(digests=(), pipeline="none"),), ("latest",))), "it has 'latest'"),
        ("images_published", facts(shelf=Shelf((shelved(digests=()),))), "it has nothing. The pipeline of that commit: success"),
        ("images_published", facts(shelf=Shelf((shelved(digests=(DIGEST, MOVED)),))), "should name one image for ever, and it named 2"),
        ("images_published", facts(shelf=Shelf((shelved(version=OLD),))), "and it says 'aaaaaaa'"),
        ("images_published", facts(shelf=Shelf((shelved(recorded=False),))), "the ledger knows nothing of its push"),
        ("bad_images_kept_back", facts(shelf=Shelf((bad(digests=(DIGEST,)),))), "and it is in the registry"),
        ("bad_images_kept_back", facts(shelf=Shelf((bad(pipeline="success"),))), "its pipeline is green all the same"),
        (
            "same_again",
            facts(twice=twice(second=("idna==3.21",))),
            "'idna 3.21' came out, and the second image has other packages",
        ),
        ("same_again", facts(twice=twice(tried=(tried(), tried(built=built(run=verb("build", exit=1), id=""))))), "`build` ended with 1"),
        ("same_again", facts(twice=twice(tried=(tried(), tried(life=life(seen=observation(right=1, wrong=19)))))), "19 of 20 answers"),
        ("no_secret_inside", facts(secrets=Secrets(built(), 5, ("The secret is in a layer.",))), "The secret is in a layer."),
        ("stops_cleanly", facts(stopped=stopped(exit=137, seconds=10, first_process="/bin/sh -c uvicorn")), "is '/bin/sh -c uvicorn'"),
        ("stops_cleanly", facts(stopped=stopped(exit=None, first_process="")), "did not pass the signal on"),
        ("stops_cleanly", facts(stopped=stopped(answer=0)), "the customer had its connection cut"),
        ("stops_cleanly", facts(stopped=stopped(answer=503)), "the customer got 503"),
        ("stops_cleanly", facts(stopped=stopped(exit=1)), "with 1; 0 (or 143) says that all went well"),
        ("stops_cleanly", facts(stopped=stopped(seconds=11)), "should end within 10 s of being told, and took 11 s"),
        ("stops_cleanly", facts(stopped=stopped(life=dead(exit=1))), "it ended by itself with 1"),
        ("ready_when_ready", facts(readiness=readiness(life=dead(under="without its database", exit=3))), "serve without its database"),
        ("ready_when_ready", facts(readiness=readiness(health_without=503)), "the process is alive (200), and it says 503"),
        ("ready_when_ready", facts(readiness=readiness(ready_without=200)), "nobody is to be sent here (503), and it says 200"),
        ("ready_when_ready", facts(readiness=readiness(ready_with=503, waited=15)), "For 15 s there has been a database"),
        ("ready_when_ready", facts(readiness=readiness(seen=observation(right=19, failed=1))), "1 of 20 customers who came then"),
        ("serves_under", facts(lives=lives(user="")), "then it is root"),
        ("serves_under", facts(lives=lives(user="0:0")), "then it is root"),
        ("serves_under", facts(lives=lives(each=(dead(under="as the user 4", exit=1),))), "should serve as the user 4"),
        ("serves_under", facts(lives=lives(each=(life(seen=observation(right=19, wrong=1)),))), "1 of 20 answers are not right"),
    ],
)
def test_each_way_of_being_wrong_is_told(kind: str, given: Facts, message: str) -> None:
    found = CHECKS[kind].model_validate({"id": "it", "type": kind, "title": "It", **OPTIONS[kind]}).look(given)

    assert found.verdict == "failed"
    assert message in found.message
    assert found.look_at
    assert found.message[-1] in ".?"


@pytest.mark.parametrize("kind", OPTIONS)
def test_an_engine_that_went_away_is_nobodys_failure(kind: str) -> None:
    check = CHECKS[kind].model_validate({"id": "it", "type": kind, "title": "It", **OPTIONS[kind]})
    gone = Unseen("No Docker engine answers at '/var/run/docker.sock'. Start it (sudo systemctl start docker).")

    found = looked(check, Facts({check.of: gone}))  # type: ignore[attr-defined]

    assert (found.verdict, found.message) == ("blocked", gone.reason)


def test_one_image_each_says_which() -> None:
    found = CHECKS["images_published"].model_validate({"id": "it", "type": "images_published", "title": "It", "of": "shelf"})

    assert found.look(facts(shelf=Shelf((shelved(),), (NEW,)))).message == "The registry has one image for each of 1 merges: bbbbbbb."
