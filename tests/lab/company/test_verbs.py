"""`harborline.yaml`: read with its mistakes named, and run without a shell."""

import pytest

from lab import process
from lab.company.verbs import NoVerb, VerbsWrong, read_verbs, run_verb, verbs_of


def test_verbs_are_lists_of_words():
    text = 'deploy: [ops/deploy, "{sha}"]\ntest: [python, -m, pytest, -x]\nrun: [serve, 8000]\n'
    assert read_verbs(text) == {"deploy": ("ops/deploy", "{sha}"), "test": ("python", "-m", "pytest", "-x"), "run": ("serve", "8000")}
    assert read_verbs("") == {}


def test_every_mistake_is_named_with_its_line():
    with pytest.raises(VerbsWrong) as wrong:
        read_verbs("deploy: ops/deploy now\nsetup: []\n'Test it': [make]\nrun: [{a: 1}]\n")
    assert str(wrong.value) == (
        "The file 'harborline.yaml' can't be used. "
        "harborline.yaml:1: 'deploy' is one text; write it as a list of words, since no shell reads it. "
        "harborline.yaml:2: 'setup' must be a list of at least one word. "
        "harborline.yaml:3: 'Test it' is no name for a verb. "
        "harborline.yaml:4: 'run' must be a list of plain words. "
        "A verb is a list of words: 'test: [python, -m, pytest]'."
    )


@pytest.mark.parametrize("text", ["deploy: [", "- a\n- b\n", "a: &x [b]\nc: *x\n", "a: [b]\na: [c]\n"])
def test_what_is_no_such_file_is_said_to_be_none(text):
    with pytest.raises(VerbsWrong, match=r"harborline\.yaml:\d"):
        read_verbs(text)


@pytest.fixture
def tree(tmp_path):
    (tmp_path / "ops").mkdir()
    script = tmp_path / "ops" / "deploy"
    script.write_text('#!/bin/sh\necho "$1|$2|$COLOUR"\nexit 3\n')
    script.chmod(0o755)
    (tmp_path / "harborline.yaml").write_text(
        'deploy: [ops/deploy, "{sha}", "$(id)"]\nodd: [ops/deploy, "{colour}"]\ngone: [ops/nothing]\n'
    )
    return tmp_path


def test_a_verb_is_run_in_the_tree_with_its_blanks_filled_in(tree):
    env = process.environment({"COLOUR": "blue"})
    done = run_verb(tree, "deploy", substitutions={"sha": "4f1c2a9"}, env=env, timeout=10, mark="test-verbs")
    assert (done.returncode, done.output) == (3, "4f1c2a9|$(id)|blue\n")


def test_a_verb_that_is_not_there_is_asked_for(tree):
    with pytest.raises(NoVerb) as problem:
        run_verb(tree, "test", timeout=10, mark="test-verbs")
    assert str(problem.value) == (
        "'harborline.yaml' does not say how to 'test'; it names deploy, gone, odd. Add a line such as 'test: [ops/test]' and commit it."
    )


def test_a_blank_that_nobody_fills_is_named(tree):
    with pytest.raises(VerbsWrong, match=r"the verb 'odd' asks for '\{colour\}'; it has \{sha\}"):
        run_verb(tree, "odd", substitutions={"sha": "1"}, timeout=10, mark="test-verbs")


def test_a_tree_without_the_file_has_no_verbs(tmp_path):
    assert verbs_of(tmp_path) == {}
