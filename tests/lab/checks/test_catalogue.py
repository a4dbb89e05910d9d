"""Every check type: what it says when all is well, and what it says for each way of being wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.checks.base import Check, Finding
from lab.checks.catalogue import CHECKS
from lab.gameday.facts import Facts
from lab.gameday.outcomes import (
    AcceptanceRun,
    Deployments,
    Injection,
    Mutants,
    Orders,
    Pushed,
    Recalled,
    ScriptRun,
    SuiteRuns,
    Tampering,
    Together,
)
from lab.gameday.watched import Exposed, LogFound, RulesJudged, StoryJudged
from lab.ledger.store import Event
from tests.lab.checks.containers_for_tests import ALL_IS_WELL
from tests.lab.checks.facts_for_tests import (
    OLD,
    deployment,
    facts,
    incident,
    observation,
    paged,
    pull,
    red,
    release,
    suite,
    tried,
    verb,
    watch,
)  # fmt: skip

EXAMPLES = """
answered: {question: "Which event?", event_type: ref.updated, where: {pusher: tom}}
bad_deploy_refused: {of: run, seen: seen, release: bad}
bad_images_kept_back: {of: shelf}
bears_load: {of: loaded}
commits_accepted: {of: [one], within: 15}
commits_refused: {of: [one]}
customers_see: {tag: friday, once_seen: toms-fix}
drift_reported: {of: run, seen: seen, edit: edit}
each_deploy_serves: {of: each}
few_pages: {of: [one]}
few_series: {of: one}
feedback_in_time: {alone: one, burst: [two], alone_within: 60}
hang_stopped: {of: one}
image_serves: {of: image}
images_published: {of: shelf}
kept_off_main: {of: [one]}
kept_quiet: {of: [one]}
log_found: {of: one}
mutants_noticed: {of: bugs, at_least: 2}
names_failing_test: {of: [one]}
no_secret_inside: {of: secrets}
nothing_injected: {of: strangers}
on_main: {of: [one], within: 60}
one_of_two: {of: both}
orders_kept: {of: recalled, placed: placed}
page_tells: {of: [one]}
paged_in_time: {of: [one]}
pipeline_verdict: {of: [one], verdict: failure, twins: [two]}
push_refused: {of: [one]}
pytest: {of: suite}
python: {function: greets, of: [one]}
ready_when_ready: {of: readiness}
rebuilds_little: {of: rebuilt}
release_before: {of: run, seen: seen}
rules_judge_well: {of: one}
same_again: {of: twice}
script: {of: ran}
serves: {seen: seen, when: After the reboot}
serves_under: {of: lives}
short_outages: {of: each, at_most: 3}
stops_cleanly: {of: stopped}
suite_green: {of: runs, because: nothing has changed}
ticketed: {of: one}
"""
TOLD: dict[str, dict[str, Any]] = yaml.safe_load(EXAMPLES)


def check(kind: str, **changes: Any) -> Check:
    return CHECKS[kind].model_validate({"id": "it", "type": kind, "title": "It", **TOLD[kind], **changes})


def look(kind: str, given: Facts, **changes: Any) -> Finding:
    return check(kind, **changes).look(given)


def test_every_type_has_an_example_and_documents_itself() -> None:
    assert sorted(TOLD) == sorted(CHECKS)
    assert all(kind.__doc__ and "noqa" not in kind.__doc__ for kind in CHECKS.values())


def test_every_type_can_pass(tmp_path: Path) -> None:
    (tmp_path / "checks.py").write_text("from lab.checks.base import passed\n\ndef greets(facts):\n    return passed('Yes.')\n")
    both = Together((verb(), verb(exit=1)), (release(), release(OLD)), observation())
    push = Pushed("tom", "main", forced=False, accepted=False, message="remote: error: main is protected by main.json")
    seen = Event(1, 0, 0, "answers", "lab", "door", {"versions": {OLD: 3}})
    pushed = Event(7, 0, 0, "ref.updated", "tom", "forge", {"pusher": "tom"})
    good = {
        **ALL_IS_WELL,
        "answered": Facts({}, (pushed,), {"it": "7"}),
        "bad_deploy_refused": facts(run=verb(exit=1), seen=observation(), bad=release(OLD)),
        "commits_accepted": facts(one=tried(accepted=True, is_good=True)),
        "commits_refused": facts(one=tried()),
        "customers_see": Facts({"door:friday": observation(), "tag:toms-fix": OLD}, (seen,)),
        "drift_reported": facts(
            run=verb(output="pricing.py was edited here"), seen=observation(), edit=Tampering("tom", ("app/pricing.py",))
        ),
        "each_deploy_serves": facts(each=Deployments((deployment(),))),
        "feedback_in_time": facts(one=pull(), two=pull()),
        "few_pages": facts(one=watch(incident())),
        "few_series": facts(one=Exposed(10_000, 300)),
        "hang_stopped": facts(one=red()),
        "kept_off_main": facts(one=red()),
        "kept_quiet": facts(one=watch(incident(kind="one-dead", wanted="quiet", pages=()))),
        "log_found": facts(one=LogFound("id", ("door",), ("door",), (), 0, "…")),
        "page_tells": facts(one=watch(incident())),
        "paged_in_time": facts(one=watch(incident())),
        "ticketed": facts(one=watch(incident(kind="slow-burn", wanted="ticket", pages=(paged(channel="ticket"),)))),
        "mutants_noticed": facts(bugs=Mutants(suite(), ("a", "b"), ("c",))),
        "names_failing_test": facts(one=red()),
        "nothing_injected": facts(strangers=Injection(("x",))),
        "on_main": facts(one=pull()),
        "one_of_two": facts(both=both),
        "orders_kept": facts(recalled=Recalled(2, 2), placed=Orders(("1", "2"))),
        "pipeline_verdict": facts(one=red(), two=pull()),
        "push_refused": facts(one=push),
        "pytest": facts(suite=AcceptanceRun(0, 2, (), (), "", 1.0, 60)),
        "python": facts(one=1),
        "release_before": facts(run=verb("rollback"), seen=observation()),
        "script": facts(ran=ScriptRun("greets.sh", 0, "Greeted.", 1.0, 60)),
        "rules_judge_well": facts(one=RulesJudged((StoryJudged("all fails", True, ("A",)),))),
        "serves": facts(seen=observation()),
        "short_outages": facts(each=Deployments((deployment(bad_seconds=2),))),
        "suite_green": facts(runs=SuiteRuns((suite(),))),
    }
    folder = {"python": {"folder": tmp_path}}
    assert {kind: look(kind, given, **folder.get(kind, {})).verdict for kind, given in good.items()} == dict.fromkeys(CHECKS, "passed")


@pytest.mark.parametrize(
    ("kind", "given", "message"),
    [
        ("each_deploy_serves", facts(each=Deployments((deployment(seen=observation(version=None)),))), "nobody answered at the door"),
        ("each_deploy_serves", facts(each=Deployments((deployment(seen=observation(version=OLD)),))), "and it says 'aaaaaaa'"),
        (
            "each_deploy_serves",
            facts(each=Deployments((deployment(seen=observation(right=17, wrong=3)),))),
            "3 of 20 answers are not those of bbbbbbb",
        ),
        ("each_deploy_serves", facts(each=Deployments((deployment(run=verb(exit=2)),))), "and yet `deploy` ended with 2"),
        ("each_deploy_serves", facts(each=Deployments((deployment(run=verb(exit=None, seconds=120)),))), "still running after 120 s"),
        ("each_deploy_serves", facts(each=Deployments((deployment(run=verb(problem="There is no 'deploy'.")),))), "There is no 'deploy'."),
        (
            "bad_deploy_refused",
            facts(run=verb(exit=0), seen=observation(), bad=release(OLD)),
            "`deploy` ended with 0: whoever ran it believes it is live",
        ),
        ("bad_deploy_refused", facts(run=verb(exit=1), seen=observation(version=OLD), bad=release(OLD)), "After its deployment"),
        (
            "release_before",
            facts(run=verb("rollback"), seen=observation(version=OLD)),
            "After `rollback` `/version` at the door should say",
        ),
        ("release_before", facts(run=verb("rollback", exit=3), seen=observation()), "`rollback` ended with 3"),
        ("orders_kept", facts(recalled=Recalled(4, 1, ("2", "3", "4")), placed=Orders(("1", "2", "3", "4"))), "3 of them are gone"),
        ("serves", facts(seen=observation(version=None)), "After the reboot customers should get bbbbbbb, and for 0 s nobody answered"),
        ("short_outages", facts(each=Deployments((deployment(bad_seconds=9),))), "cost them 9 s"),
        ("drift_reported", facts(run=verb(output="done"), seen=observation(), edit=Tampering("tom", ("app/pricing.py",))), "told nobody"),
        ("mutants_noticed", facts(bugs=Mutants(suite(), (), ("Nobody noticed A.",))), "Nobody noticed A. Your tests noticed 0 of 1 bugs"),
        ("mutants_noticed", facts(bugs=Mutants(suite(1), (), ())), "should pass on your own `main`, and it ended with 1"),
        ("suite_green", facts(runs=SuiteRuns((suite(1, "in Auckland"), suite()))), "should pass in Auckland, because nothing has changed"),
        ("suite_green", facts(runs=SuiteRuns((suite(None, "in Auckland"),))), "did not end"),
        ("commits_refused", facts(one=tried(accepted=True)), "should have been refused in the clone"),
        ("commits_refused", facts(one=tried(accepted=True, detected=False)), "Your tests don't notice it"),
        ("commits_refused", facts(one=tried(failing=())), "nothing in the output names the failing test"),
        ("commits_refused", facts(one=tried(setup=verb("setup", exit=2))), "the `setup` verb should succeed, and it ended with 2"),
        ("commits_accepted", facts(one=tried(is_good=True)), "and it was refused"),
        ("commits_accepted", facts(one=tried(is_good=True, accepted=True, seconds=31)), "took 31.0 s"),
        ("pipeline_verdict", facts(one=pull(), two=pull()), "the pipeline says green"),
        ("pipeline_verdict", facts(one=pull(detected=False), two=pull()), "Nobody tests this"),
        ("pipeline_verdict", facts(one=red(), two=red()), "red for everything tells nobody anything"),
        ("pipeline_verdict", facts(one=pull(verdict="none", jobs=()), two=pull()), "got none: no job ran for it"),
        ("hang_stopped", facts(one=red(is_capped=True)), "Your workflow sets no time limit"),
        ("hang_stopped", facts(one=pull()), "has a test that never ends, and the pipeline says green"),
        ("names_failing_test", facts(one=red(jobs=(pull().jobs[0],))), "name no test: its author has to guess"),
        ("names_failing_test", facts(one=pull()), "should be red"),
        ("feedback_in_time", facts(one=pull(feedback=99), two=pull()), "and waited 99 s"),
        ("feedback_in_time", facts(one=pull(), two=pull(feedback=999)), "and waited 999 s"),
        (
            "on_main",
            facts(one=pull(on_main=False, blockers=("The check 'test' is missing.",))),
            "What keeps it out: The check 'test' is missing.",
        ),
        ("on_main", facts(one=pull(until_main=99)), "on main after 99 s, and 60 s are allowed"),
        ("kept_off_main", facts(one=red(on_main=True)), "must not get onto main (the bulk discount starts late), and it did"),
        (
            "push_refused",
            facts(one=Pushed("tom", "main", forced=True, accepted=True, message="")),
            "force-push to 'main' should be refused",
        ),
        ("push_refused", facts(one=Pushed("tom", "main", forced=False, accepted=False, message="no")), "refused without a word"),
        ("nothing_injected", facts(strangers=Injection(("x",), ("the name of a branch",))), "somebody wrote into the name of a branch"),
        (
            "one_of_two",
            facts(both=Together((verb(), verb()), (release(), release(OLD)), observation(version="c" * 40))),
            "`/version` says 'ccccccc'",
        ),
        (
            "one_of_two",
            facts(both=Together((verb(), verb()), (release(), release(OLD)), observation(right=1, wrong=19))),
            "what is served is a mixture",
        ),
        (
            "one_of_two",
            facts(
                both=Together(
                    (verb(), verb()),
                    (release(), release(OLD)),
                    observation(),
                    again=(Together((verb(), verb()), (release(OLD), release()), observation(right=1, wrong=19)),),
                )
            ),
            "what is served is a mixture",
        ),
        ("one_of_two", facts(both=Together((verb(exit=1), verb()), (release(), release(OLD)), observation())), "the loser believes it won"),
        ("customers_see", Facts({"door:friday": observation(), "tag:toms-fix": OLD}), "they never had it"),
        ("answered", Facts({}, (), {}), "Which event? Answer with `lab answer it NUMBER`."),
        ("answered", Facts({}, (), {"it": "3"}), "The answer 3 is not it."),
    ],
)
def test_each_way_of_being_wrong_is_told(kind: str, given: Facts, message: str) -> None:
    found = look(kind, given)
    assert found.verdict == "failed"
    assert message in found.message
    assert found.look_at
    assert found.message[-1] in ".?)"


def test_evidence_is_an_excerpt_and_not_everything() -> None:
    found = look("suite_green", facts(runs=SuiteRuns((suite(1, output="\n".join(map(str, range(500)))),))))
    assert found.evidence.splitlines()[-1] == "499"
    assert len(found.evidence.splitlines()) < 20
