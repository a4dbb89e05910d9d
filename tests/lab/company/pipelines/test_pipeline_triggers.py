from __future__ import annotations

import pytest

from lab.company.pipelines import triggers, workflow
from lab.company.pipelines.triggers import Happening


def starts(on: str, happening: Happening) -> bool:
    return triggers.is_started(workflow.read(f"on: {on}\njobs: {{}}\n", "ci.yml"), happening)


PUSH = Happening("push", "main")


@pytest.mark.parametrize(
    ("on", "happening", "wanted"),
    [
        ("push", PUSH, True),
        ("[push, pull_request]", Happening("pull_request", "main"), True),
        ("workflow_dispatch", PUSH, False),
        ("{push: {branches: [main]}}", PUSH, True),
        ("{push: {branches: [main]}}", Happening("push", "feat/x"), False),
        ("{push: {branches: ['feat/*']}}", Happening("push", "feat/x"), True),
        ("{push: {branches: ['feat/*']}}", Happening("push", "feat/x/y"), False),
        ("{push: {branches: ['feat/**']}}", Happening("push", "feat/x/y"), True),
        ("{push: {branches: ['**', '!main']}}", PUSH, False),
        ("{push: {branches-ignore: [main]}}", PUSH, False),
        ("{push: {branches-ignore: [main]}}", Happening("push", "x"), True),
        ("{push: {tags: ['v*']}}", PUSH, False),
        ("{push: {tags: ['v*']}}", Happening("push", tag="v1.2"), True),
        ("{push: {branches: [main]}}", Happening("push", tag="v1.2"), False),
        ("{push: {tags: ['v[12].[0-9]+.[0-9]+']}}", Happening("push", tag="v1.10.0"), True),
        ("{push: {paths: ['**.py']}}", Happening("push", "main", changed=lambda: ["a/b.py", "c.md"]), True),
        ("{push: {paths: ['app/**', '!app/docs/**']}}", Happening("push", "main", changed=lambda: ["app/docs/x.py"]), False),
        ("{push: {paths-ignore: ['docs/**', '*.md']}}", Happening("push", "main", changed=lambda: ["docs/x", "y.md"]), False),
        ("{push: {paths-ignore: ['docs/**']}}", Happening("push", "main", changed=lambda: ["docs/x", "app/y.py"]), True),
        ("{pull_request: {branches: [release]}}", Happening("pull_request", "main"), False),
        ("{pull_request: {types: [opened]}}", Happening("pull_request", "main", action="synchronize"), False),
        ("{pull_request: {types: [opened]}}", Happening("pull_request", "main", action="opened"), True),
        ("{pull_request: }", Happening("pull_request", "main", action="reopened"), True),
    ],
)
def test_an_event_starts_a_workflow_as_on_github(on: str, happening: Happening, *, wanted: bool):
    assert starts(on, happening) is wanted


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: x\n", "ci.yml:1: The workflow has no 'on': say which events start it, as in 'on: [push, pull_request]'."),
        ("name: x\non: psh\n", "ci.yml:2: 'psh' is not an event that starts a workflow."),
        (
            "on:\n  push:\n    branches: [a]\n    branches-ignore: [b]\n",
            "ci.yml:4: 'push' has both 'branches' and 'branches-ignore': keep one.",
        ),
    ],
)
def test_a_wrong_on_is_named_with_its_line(text: str, message: str):
    with pytest.raises(workflow.WorkflowWrong) as wrong:
        triggers.is_started(workflow.read(text, "ci.yml"), PUSH)
    assert str(wrong.value) == message


def test_words_that_yaml_takes_for_truths_dates_and_times_stay_words():
    text = "on: push\nyes: no\nday: 2020-01-01\ntime: 12:30:45\nversion: 3.10\nquoted: '3.10'\nnumber: 010\nhex: 0x10\nempty:\nreal: true\n"
    assert workflow.read(text, "f").data == {
        "on": "push",
        "yes": "no",
        "day": "2020-01-01",
        "time": "12:30:45",
        "version": 3.1,
        "quoted": "3.10",
        "number": 10,
        "hex": 16,
        "empty": None,
        "real": True,
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("on: push\n jobs: {\n", "f:2: This is not YAML: mapping values are not allowed in this context."),
        ("- a\n", "f:1: The file holds no workflow: it needs the keys 'on' and 'jobs'."),
        ("", "f:1: The file holds no workflow: it needs the keys 'on' and 'jobs'."),
        ("a: 1\na: 2\n", "f:2: The key 'a' stands here for the second time."),
        ("a: &a [x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\n", ""),
    ],
)
def test_a_file_that_is_no_workflow_is_named_with_its_line(text: str, message: str):
    if not message:
        assert workflow.read(text, "f").data["a"] == ["x", "x"]
        return
    with pytest.raises(workflow.WorkflowWrong) as wrong:
        workflow.read(text, "f")
    assert message.rstrip(".") in str(wrong.value)


def test_a_small_file_that_unfolds_without_end_is_refused():
    layers = [f"k{n}: &k{n} [{', '.join([f'*k{n - 1}'] * 9)}]" for n in range(1, 9)]
    with pytest.raises(workflow.WorkflowWrong, match="too large or too deep"):
        workflow.read("k0: &k0 [x]\n" + "\n".join(layers), "f")
    with pytest.raises(workflow.WorkflowWrong):
        workflow.read("a: " + "[" * 20_000, "f")
