"""A ruleset in GitHub's export format is understood, and every mistake in one is named with its line."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.company.forge.jsonlines import lines
from lab.company.forge.ruleset_files import read, read_all
from lab.company.forge.rulesets import ChecksRule, PullRequestRule

FILE = ".github/rulesets/main.json"
EXPORT = """{
  "id": 1234, "name": "main", "target": "branch", "source_type": "Repository", "source": "harborline/storefront",
  "enforcement": "active",
  "conditions": {"ref_name": {"exclude": ["refs/heads/release/old"], "include": ["~DEFAULT_BRANCH", "refs/heads/release/*"]}},
  "rules": [
    {"type": "deletion"},
    {"type": "non_fast_forward"},
    {"type": "pull_request", "parameters": {
      "required_approving_review_count": 1, "dismiss_stale_reviews_on_push": true, "required_reviewers": [],
      "require_code_owner_review": true, "require_last_push_approval": false, "required_review_thread_resolution": false,
      "automatic_copilot_code_review_enabled": false, "allowed_merge_methods": ["merge", "squash", "rebase"]}},
    {"type": "required_status_checks", "parameters": {
      "strict_required_status_checks_policy": true, "do_not_enforce_on_create": false,
      "required_status_checks": [{"context": "test (3.11)", "integration_id": 15368}, {"context": "lint"}]}},
    {"type": "workflows", "parameters": {"do_not_enforce_on_create": false,
      "workflows": [{"path": ".github/workflows/ci.yml", "ref": "refs/heads/main", "repository_id": 1}]}}
  ],
  "bypass_actors": [{"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always"}]
}"""
SMALL = {"name": "main", "enforcement": "active", "conditions": {"ref_name": {"include": ["~ALL"], "exclude": []}}, "rules": []}


def _wrong(data):
    found, problems = read(FILE, data if isinstance(data, str) else json.dumps(data, indent=1))
    assert found is None
    return [str(problem).removeprefix(FILE) for problem in problems]


def test_what_github_exports_is_understood():
    found, problems = read(FILE, EXPORT)
    assert problems == []
    assert (found.name, found.file, found.is_active, found.owner_may_bypass) == ("main", FILE, True, True)
    assert found.pull_request == PullRequestRule(approvals=1, code_owner_review=True, dismiss_stale_reviews=True)
    assert found.checks == ChecksRule(("test (3.11)", "lint"), strict=True)
    assert (found.workflows, found.deletion, found.non_fast_forward) == ((".github/workflows/ci.yml",), True, True)
    covered = {ref: found.covers(f"refs/heads/{ref}") for ref in ("main", "release/1", "release/old", "feature")}
    assert covered == {"main": True, "release/1": True, "release/old": False, "feature": False}


def test_the_smallest_ruleset_demands_nothing():
    found, _ = read(FILE, json.dumps(SMALL))
    assert (found.pull_request, found.checks, found.deletion, found.owner_may_bypass) == (None, None, False, False)
    assert (found.covers("refs/heads/x"), found.covers("refs/tags/v1")) == (True, False)


def test_a_file_that_is_not_json_is_named_with_its_line():
    assert _wrong('{\n "name": "main"\n "target": 1}') == [":3: This is not JSON: Expecting ',' delimiter (column 2). Correct the line."]


@pytest.mark.parametrize("text", ["[]", "3", "null", '"x"'])
def test_a_value_that_is_no_object_is_refused(text):
    assert _wrong(text) == [':1: A ruleset is an object: {"name": …, "target": "branch", …}.']


def test_an_unknown_rule_type_is_named_with_what_was_meant():
    assert _wrong({**SMALL, "rules": [{"type": "deletion"}, {"type": "pull_requests"}]}) == [
        (
            ":17: This forge does not enforce rules of type 'pull_requests'. Did you mean 'pull_request'? It enforces: "
            "deletion, non_fast_forward, pull_request, required_status_checks, workflows. Remove the rule."
        )
    ]


def test_every_mistake_is_said_at_once():
    rules = [{"type": "pull_request", "parameters": {"required_approving_review_count": "1", "required_review_thread_resolution": True}}]
    wrong = {"name": "main", "enforcment": "active", "target": "tag", "conditions": {"ref_name": {"include": ["main"]}}, "rules": rules}
    assert _wrong(wrong) == [
        ":1: The key 'enforcement' is missing here: a text is expected.",
        ":3: The key 'enforcment' is unknown here. Did you mean 'enforcement'? Remove it.",
        ":4: The target is 'tag'. Write one of: branch.",
        ":8: 'main' matches no branch. Write '~DEFAULT_BRANCH', '~ALL' or 'refs/heads/main'.",
        ":16: 'required_approving_review_count' is \"1\", and a whole number is expected.",
        ":17: This forge does not enforce 'required_review_thread_resolution'. Set it to false, or remove it.",
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rules": [{"type": "required_status_checks"}]}, "The key 'required_status_checks' is missing here: a list is expected."),
        ({"rules": ["deletion"]}, 'Here stands "deletion", and an object is expected.'),
        ({"rules": {}}, "'rules' is {}, and a list is expected."),
        ({"enforcement": "on"}, "The enforcement is 'on'. Write one of: active, disabled, evaluate."),
        ({"bypass_actors": [{"actor_type": "Owner"}]}, ("The actor_type is 'Owner'. Write one of: OrganizationAdmin, RepositoryRole, Team, "
          "Integration, DeployKey, EnterpriseOwner, User.")),
        ({"rules": [{"type": "deletion", "parameters": {"x": 1}}]}, "The key 'x' is unknown here. Remove it."),
        ({"rules": [{"type": "pull_request", "parameters": {"required_approving_review_count": 11}}]},
         "'required_approving_review_count' is 11: write a number from 0 to 10."),
        ({"rules": [{"type": "pull_request", "parameters": {"allowed_merge_methods": ["squash"]}}]},
         "This forge merges with a merge commit only. Add 'merge' to 'allowed_merge_methods'."),
        ({"rules": [{"type": "required_status_checks", "parameters": {"required_status_checks": ["test"]}}]},
         'Here stands "test", and an object is expected.'),
    ],
)  # fmt: skip
def test_a_wrong_shape_is_refused(change, message):
    assert [line.split(": ", 1)[1] for line in _wrong({**SMALL, **change})] == [message]


def test_only_json_files_are_rulesets_and_a_wrong_one_hides_no_right_one():
    found, problems = read_all({"a/README.md": "{", "a/b.json": "{", "a/c.json": json.dumps(SMALL)})
    assert ([ruleset.file for ruleset in found], [problem.file for problem in problems]) == (["a/c.json"], ["a/b.json"])


def test_deep_and_huge_files_are_refused_in_a_sentence():
    assert _wrong("[" * 100_000) == [": The values are nested too deeply. Export the ruleset again."]
    assert _wrong(" " * 300_000) == [": The file is larger than 256 kB. A ruleset takes one or two."]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def _paths(data, at=()):
    yield at
    members = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in members:
        yield from _paths(value, (*at, key))


@given(JSON)
def test_every_value_has_a_line(data):
    text = json.dumps(data, indent=1)
    found = lines(text)
    assert set(found) == set(_paths(data))
    assert all(1 <= line <= text.count("\n") + 1 for line in found.values())


@given(JSON)
def test_any_json_is_read_or_refused_with_a_sentence(data):
    found, problems = read(FILE, json.dumps(data))
    assert (found is None) == bool(problems)
