"""The runner with the real act: what a learner's workflow does here is what it does on GitHub."""

from __future__ import annotations

import json

import pytest
from pipeline_shop import CHECKOUT, REPO, Shop, log_of, make_shop, one_job, until

from lab.company.git import Git
from lab.company.pipelines.queue import queue_runs

CI = ".github/workflows/ci.yml"


def test_a_green_job_is_green_in_ledger_log_and_status(shop: Shop):
    run = shop.play([*CHECKOUT, {"name": "Say", "run": "cat greeting.txt"}], {"greeting.txt": "hello\n"})
    assert (run.state, run.result, run.reason, run.number) == ("finished", "success", "", 1)
    assert [(job.name, job.result) for job in run.jobs] == [("test", "success")]
    assert [(step.number, step.name, step.result) for step in run.jobs[0].steps] == [
        (1, "Run actions/checkout@v4", "success"),
        (2, "Say", "success"),
    ]
    assert run.jobs[0].steps[1].log == ("hello",)
    assert shop.forge.told == [("test", "pending"), ("test", "pending"), ("test", "success")]
    assert list(run.jobs[0].steps[1].log) == [
        line["text"] for line in map(json.loads, shop.runner.runs.log_file(run.id).read_text().splitlines()) if line["number"] == 2
    ]
    until(lambda: [path.name for path in (shop.runner.root / run.id).iterdir()] == ["log.jsonl"])


def test_a_red_step_names_itself_and_shows_its_last_lines(shop: Shop):
    run = shop.play([{"run": "true"}, {"run": "exit 4", "continue-on-error": True}, {"run": "echo so; exit 3"}, {"run": "echo not run"}])
    assert (run.result, run.reason) == ("failure", "The step 'Run echo so; exit 3' of the job 'test' failed.")
    failing = run.failing_step()
    assert failing is not None
    assert (failing.number, failing.name) == (3, "Run echo so; exit 3")
    assert run.tail(2) == ("so", "Error: Process completed with exit code 3.")
    assert run.jobs[0].steps[1].may_fail
    assert shop.forge.statuses == {"test": "failure"}


def test_a_pull_request_runs_its_merge_with_a_truthful_payload(shop: Shop):
    shop.push({"base.txt": "base\n"})
    steps = [
        {"uses": "actions/checkout@v4", "with": {"fetch-depth": 0}},
        {"run": "cat base.txt new.txt; git log -1 --format=%s origin/main; git log -1 --format=%s"},
        {"run": "echo $GITHUB_REF $GITHUB_HEAD_REF $GITHUB_BASE_REF $GITHUB_REPOSITORY $GITHUB_ACTOR; git rev-parse @; echo $GITHUB_SHA"},
        {"run": "echo '${{ toJSON(github.event) }}' > e.json; python -c \"import json; print(json.dumps(json.load(open('e.json'))))\""},
    ]
    (run_id,) = shop.pull({CI: one_job(steps), "new.txt": "new\n"})
    run = shop.wait(run_id)
    assert run.result == "success", log_of(run)
    assert run.jobs[0].steps[1].log == ("base", "new", "a change", "merge")
    names, head, sha = run.jobs[0].steps[2].log
    assert names == "refs/pull/1/merge feat/x main harborline/storefront tom"
    assert head == sha == Git(shop.forge.path(REPO)).out("rev-parse", "refs/pull/1/merge")
    event = json.loads(run.jobs[0].steps[3].log[0])
    request = event["pull_request"]
    assert (event["action"], event["number"], request["title"], request["user"]["login"]) == ("opened", 1, "Add x", "tom")
    assert (request["head"]["ref"], request["head"]["sha"], request["base"]["ref"]) == ("feat/x", run.sha, "main")
    assert request["base"]["sha"] == Git(shop.forge.path(REPO)).out("rev-parse", "main")


def test_a_push_has_a_truthful_payload(shop: Shop):
    shop.push({"a.txt": "a"}, message="first")
    shown = {
        "run": "printf '%s\\n' '${{ github.event.before }}' '${{ github.event.after }}' '${{ github.event.pusher.name }}' "
        "'${{ github.event.head_commit.message }}' '${{ github.event.head_commit.author.name }}' '${{ github.event.commits[0].message }}' "
        "'${{ github.event.repository.full_name }}' '${{ github.ref_name }}' '${{ github.event.forced }}'"
    }
    before = Git(shop.forge.path(REPO)).out("rev-parse", "main")
    run = shop.play([shown])
    assert list(run.jobs[0].steps[0].log) == [
        *(before, run.sha, "priya", "a change", "priya", "a change", "harborline/storefront", "main", "false")
    ]


def test_a_pull_request_that_starts_nothing_queues_nothing(shop: Shop):
    shop.push({"a.txt": "a"})
    assert shop.pull({"b.txt": "b"}) == []
    assert shop.push({CI: one_job([{"run": "true"}])}, message="not now [skip ci]") == []
    bare, zero = shop.forge.path(REPO), "0" * 40
    gone = {"event": "push", "sha": zero, "ref": "refs/heads/x", "branch": "x", "pr": None, "actor": "tom"}
    assert queue_runs(shop.ledger, bare, REPO, **gone) == []


def test_one_file_that_is_no_workflow_fails_alone_and_says_where(shop: Shop):
    files = {CI: one_job([{"run": "true"}]), ".github/workflows/bad.yml": "on: push\njobs: [\n"}
    runs = [shop.wait(run) for run in shop.push(files)]
    assert {run.file: (run.result, bool(run.jobs)) for run in runs} == {
        CI: ("success", True),
        ".github/workflows/bad.yml": ("failure", False),
    }
    assert next(run for run in runs if not run.jobs).reason.startswith(".github/workflows/bad.yml:3: This is not YAML")


def test_what_the_schema_refuses_never_reaches_act(shop: Shop):
    run = shop.play(one_job([{"uses": "evil/thing@v1"}], container={"image": "x", "options": "-v /:/host"}))
    assert run.result == "failure"
    assert run.reason.splitlines()[0].startswith(".github/workflows/ci.yml:1: ")
    assert "'evil/thing'" in run.reason
    assert "needs 'runner: docker'" in run.reason
    assert run.jobs == ()


def test_an_unknown_action_inside_an_own_action_is_named_before_anything_runs(shop: Shop):
    own = "name: x\nruns:\n  using: composite\n  steps:\n    - uses: evil/thing@v1\n"
    run = shop.play([*CHECKOUT, {"uses": "./.github/actions/x"}], {".github/actions/x/action.yml": own})
    assert run.reason.startswith(".github/actions/x/action.yml:5: The action 'evil/thing' is not available")


def test_matrix_artifacts_own_actions_and_called_workflows_work(shop: Shop):
    workflow = """
on: [push]
jobs:
  one:
    name: Unit
    runs-on: ${{ matrix.os }}
    strategy: {matrix: {os: [ubuntu-latest], python: ["3.11", "3.9"]}}
    steps:
      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8
      - {uses: ./.github/actions/hello, with: {who: "${{ matrix.python }}"}}
      - {uses: actions/upload-artifact@v4, with: {name: "r-${{ matrix.python }}", path: out}}
  two:
    needs: one
    runs-on: ubuntu-22.04
    steps:
      - {uses: actions/download-artifact@v4}
      - run: cat r-*/who.txt
  never: {if: false, runs-on: ubuntu-latest, steps: [{run: "true"}]}
  call: {uses: ./.github/workflows/called.yml, with: {who: bob}}
"""
    files = {
        ".github/actions/hello/action.yml": "inputs: {who: {default: x}}\nruns:\n  using: composite\n  steps:\n"
        "    - {run: 'mkdir -p out; echo ${{ inputs.who }} > out/who.txt', shell: bash}\n",
        ".github/workflows/called.yml": "on: {workflow_call: {inputs: {who: {type: string}}}}\njobs:\n  inner:\n"
        "    runs-on: ubuntu-latest\n    steps: [{run: 'echo for ${{ inputs.who }}'}]\n",
    }
    run = shop.play(workflow, files)
    assert run.result == "success", log_of(run)
    names = ("Unit (ubuntu-latest, 3.11)", "Unit (ubuntu-latest, 3.9)", "two", "call / inner")
    assert shop.forge.statuses == dict.fromkeys(names, "success") | {"never": "skipped"}
    jobs = {job.name: job for job in run.jobs}
    assert jobs["two"].steps[1].log == ("3.11", "3.9")
    assert jobs["call / inner"].steps[0].log == ("for bob",)


def test_a_run_in_which_no_job_ran_is_not_green(shop: Shop):
    run = shop.play(one_job([{"run": "true"}], **{"if": "${{ false }}"}))
    assert (run.result, run.reason) == ("skipped", "No job ran: its 'if:' said no.")
    assert shop.forge.statuses == {"test": "skipped"}


def test_paths_with_spaces_are_no_trouble(tmp_path, toolchain):
    with make_shop(tmp_path / "a place of one's own", toolchain) as shop:
        run = shop.play([*CHECKOUT, {"uses": "actions/setup-python@v5"}, {"run": "pytest --version; pwd"}])
        assert run.result == "success", log_of(run)


def test_what_one_job_installs_never_reaches_another(shop: Shop):
    workflow = json.dumps(
        {
            "on": "push",
            "jobs": {
                "one": {
                    "runs-on": "ubuntu-latest",
                    "steps": [
                        {"run": "pip install harborline-money==2.0 && python -c 'import harborline_money as m; m.format_amount'"},
                        {"run": "echo PATH=$HOME; git config --global user.name x; pip uninstall -y pytest"},
                    ],
                },
                "two": {
                    "needs": "one",
                    "runs-on": "ubuntu-latest",
                    "steps": [
                        {"uses": "actions/setup-python@v5", "with": {"python-version": "3.8"}},
                        {"run": "python -c 'import harborline_money as m; m.text' && pytest --version; ls -A $HOME"},
                    ],
                },
            },
        }
    )
    run = shop.play(workflow)
    assert run.result == "success", log_of(run)
    two = next(job for job in run.jobs if job.name == "two")
    assert two.steps[0].log[0].startswith("Notice: Python 3.8 is not on the company's runner; this job runs on Python 3.")
    assert two.steps[1].log[0].startswith("pytest ")
    assert len(two.steps[1].log) == 1


APP = {
    "requirements.txt": "fastapi\nharborline-money>=1.4,<2\n",
    "requirements-dev.txt": "-r requirements.txt\npytest\nhttpx\n",
    "test_x.py": "def test_a():\n    import harborline_money\n",
    "Makefile": "test:\n\tpython -m pytest -q --cov=. test_x.py\n",
    "tox.ini": "[tox]\nskipsdist = true\n[testenv]\ndeps = pytest\n  harborline-money<2\ncommands = pytest -q test_x.py\n",
}


def test_requirements_install_offline_and_a_makefile_runs(shop: Shop):
    run = shop.play([*CHECKOUT, {"run": "pip install -q -r requirements.txt -r requirements-dev.txt"}, {"run": "make test"}], APP)
    assert run.result == "success", log_of(run)
    assert run.jobs[0].steps[1].seconds < 10
    assert "1 passed" in log_of(run)


@pytest.mark.slow
def test_tox_xdist_random_order_and_a_venv_of_ones_own_work(shop: Shop):
    steps = [
        *CHECKOUT,
        {"run": "python -m pytest -q -n 2 -p randomly test_x.py"},
        {"run": "tox -q"},
        {"run": "python -m venv --without-pip v && pip --python v install -q pytest && v/bin/pytest --version"},
    ]
    run = shop.play(steps, APP, timeout=180)
    assert run.result == "success", log_of(run)
