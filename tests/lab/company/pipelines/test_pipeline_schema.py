from __future__ import annotations

import pytest

from lab.company.pipelines import schema, workflow

HEAD = "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n"


def problems(text: str) -> list[str]:
    return [str(problem) for problem in schema.problems(workflow.read(text, "ci.yml"))]


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("on: push\n", 1, "The workflow has no job"),
        ("on: push\njobs: {}\n", 2, "The workflow has no job"),
        ("on: push\njobs:\n  test:\n    steps: [{run: x}]\n", 3, "does not say where it runs"),
        (HEAD, 3, "There are no steps"),
        (HEAD + "    stepss: [{run: x}]\n", 5, "Did you mean 'steps'?"),
        (HEAD + "    container:\n      image: x\n      options: --privileged\n    steps: [{run: x}]\n", 5, "needs 'runner: docker'"),
        (HEAD + "    services: {db: {image: x, volumes: ['/:/host']}}\n    steps: [{run: x}]\n", 5, "needs 'runner: docker'"),
        (HEAD + "    needs: [lint]\n    steps: [{run: x}]\n", 5, "needs 'lint', and there is no such job"),
        (HEAD + "    steps:\n      - name: nothing\n", 6, "this one has neither"),
        (HEAD + "    steps:\n      - run: x\n        uses: actions/checkout@v4\n", 6, "this one has both"),
        (HEAD + "    steps:\n      - uses: actions/chekout@v4\n", 6, "Did you mean 'actions/checkout'?"),
        (HEAD + "    steps:\n      - uses: someone/thing@v1\n", 6, "Available: actions/cache, actions/checkout"),
        (HEAD + "    steps:\n      - uses: actions/setup-node@v4\n", 6, "the runner has Python only"),
        (HEAD + "    steps:\n      - uses: docker://alpine\n", 6, "needs the runner in Docker"),
        (HEAD + "    steps:\n      - uses: checkout\n", 6, "is no action"),
        (HEAD + "    steps:\n      - run: x\n        shell: pwsh-of-nobody\n", 7, "is not on the company's runner"),
        (HEAD + "    timeout-minutes: soon\n    steps: [{run: x}]\n", 5, "is no number of minutes"),
        ("on: push\njobs:\n  t:\n    runs-on: windows-latest\n    steps: [{run: x}]\n", 4, "'runs-on: windows-latest'"),
        ("on: push\njobs:\n  t:\n    runs-on: [self-hosted, linux]\n    steps: [{run: x}]\n", 4, "'runs-on: self-hosted'"),
        (
            "on: push\njobs:\n  t:\n    strategy: {matrix: {os: [macos-14]}}\n    runs-on: ${{ matrix.os }}\n    steps: [{run: x}]\n",
            5,
            "'runs-on: macos-14'",
        ),
        ("on: push\njobs:\n  t:\n    uses: other/repo/.github/workflows/x.yml@v1\n", 4, "only './.github/workflows/NAME.yml'"),
    ],
)
def test_what_would_not_run_here_is_refused_with_its_line(text: str, line: int, part: str):
    found = problems(text)
    assert found
    assert found[0].startswith(f"ci.yml:{line}: ")
    assert part in found[0]


def test_what_act_ignores_is_allowed():
    text = (
        "name: CI\non:\n  push:\npermissions: {contents: read}\nconcurrency: {group: x, cancel-in-progress: true}\njobs:\n"
        "  test:\n    runs-on: ubuntu-24.04\n    environment: production\n    continue-on-error: true\n    permissions: write-all\n"
        "    timeout-minutes: 5\n    steps:\n      - uses: actions/checkout@v4\n      - run: x\n        timeout-minutes: ${{ 1 }}\n"
    )
    assert problems(text) == []


def test_every_problem_is_told_at_once():
    text = HEAD + "    container: x\n    steps:\n      - uses: a/b@v1\n      - rum: x\n"
    assert len(problems(text)) == 4
