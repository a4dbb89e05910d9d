"""Pull requests: what blocks one is said whole, and what nothing blocks is merged by a real push."""

import threading

import pytest
from forge_shop import NO_FORCE, PULL, checks, reviews, ruleset

from lab.company.git import Git
from lab.errors import Refused, WrongState


def _pass(shop, pull, context="test", state="success"):
    shop.forge.set_status("storefront", pull.sha, context=context, state=state)


def test_a_free_pull_request_is_merged_with_a_merge_commit(shop):
    base = shop.forge.head("storefront")
    pull = shop.pull(title="Add a thing")
    assert (pull.number, pull.state, pull.author, pull.branch) == (1, "open", "learner", "feature")
    merged = shop.forge.merge(1, by="priya")
    bare = Git(shop.forge.path("storefront"))
    assert (merged.state, merged.merge_sha) == ("merged", shop.forge.head("storefront"))
    assert bare.out("log", "-1", "--format=%an|%P|%B", "refs/heads/main") == (
        f"priya|{base} {pull.sha}|Merge pull request #1 from feature\n\nAdd a thing"
    )
    assert shop.events("pr.merged") == [{"number": 1, "sha": merged.merge_sha, "by": "priya", "admin": False}]
    assert shop.events("ref.updated")[-1]["pusher"] == "priya"


def test_the_forge_keeps_the_head_and_the_merge_of_a_pull_request(shop):
    base = shop.forge.head("storefront")
    pull = shop.pull()
    bare = Git(shop.forge.path("storefront"))
    assert shop.forge.head("storefront", "refs/pull/1/head") == pull.sha
    assert bare.out("log", "-1", "--format=%P", "refs/pull/1/merge") == f"{base} {pull.sha}"
    new = shop.commit({"more.txt": "more"})
    shop.push("HEAD:refs/heads/feature")
    assert shop.forge.pull_request(1).sha == new == shop.forge.head("storefront", "refs/pull/1/head")
    assert bare.out("log", "-1", "--format=%P", "refs/pull/1/merge") == f"{base} {new}"
    assert shop.events("pr.updated") == [{"number": 1, "sha": new, "by": "learner"}]


def test_everything_that_is_missing_is_said(shop):
    shop.commit({".github/CODEOWNERS": "/.github/ @sam @mei\n*.py @priya\n"})
    shop.push("HEAD:refs/heads/main")
    review = reviews(required_approving_review_count=2, require_code_owner_review=True, require_last_push_approval=True)
    shop.protect(review, checks("test", "lint", "types", "build"))
    pull = shop.pull(files={".github/workflows/x.yml": "a", ".github/workflows/y.yml": "b", "app.py": "one = 3\n"})
    _pass(shop, pull, "lint", "failure")
    _pass(shop, pull, "types", "pending")
    _pass(shop, pull, "build", "skipped")
    shop.forge.review(1, by="tom", approve=False, text="no\x1b[2J tests")
    short = pull.sha[:7]
    said = (
        "'tom' asks for changes: no tests",
        "It needs 2 approving reviews and has 0; the author's own never counts.",
        "'.github/workflows/x.yml' and 1 more needs an approving review by its code owner: 'sam' or 'mei'.",
        "'app.py' needs an approving review by its code owner: 'priya'.",
        "Somebody other than 'learner', who pushed last, must approve it.",
        f"The required check 'test' was never reported on {short} (reported so far: 'build' or 'lint' or 'types').",
        f"The required check 'lint' ended with failure on {short}.",
        f"The required check 'types' has not finished on {short}.",
    )
    assert shop.forge.blockers(1) == said
    assert shop.forge.code_owners(1) == ("sam", "mei", "priya")
    with pytest.raises(Refused) as caught:
        shop.forge.merge(1, by="learner")
    assert caught.value.message == "Pull request #1 cannot be merged yet:" + "".join(f"\n  - {line}" for line in said)
    assert shop.forge.pull_request(1).is_open


def test_the_newest_review_of_each_reviewer_counts(shop):
    shop.protect(reviews(required_approving_review_count=1))
    shop.pull(by="tom")
    shop.forge.review(1, by="priya", approve=False, text="wait")
    shop.forge.review(1, by="priya", approve=True, text="now")
    assert shop.forge.blockers(1) == ()
    shop.forge.review(1, by="priya", approve=False)
    assert shop.forge.blockers(1)[0] == "'priya' asks for changes: no reason given"


def test_nobody_approves_their_own(shop):
    shop.pull(by="tom")
    with pytest.raises(Refused, match="'tom' is the author of pull request #1, and nobody approves their own"):
        shop.forge.review(1, by="tom", approve=True)


@pytest.mark.parametrize("dismiss", [False, True])
def test_a_push_makes_reviews_stale_where_the_rules_say_so(shop, dismiss):
    shop.protect(reviews(required_approving_review_count=1, dismiss_stale_reviews_on_push=dismiss))
    shop.pull(by="tom")
    shop.forge.review(1, by="priya", approve=True)
    assert shop.forge.blockers(1) == ()
    shop.commit({"sneaked.txt": "in"})
    shop.push("HEAD:refs/heads/feature")
    stale = "It needs 1 approving review and has 0 (that of 'priya' was given before the last push); the author's own never counts."
    assert shop.forge.blockers(1) == ((stale,) if dismiss else ())


def test_the_owners_of_main_decide_not_those_of_the_branch(shop):
    shop.commit({"CODEOWNERS": "* @sam\n"})
    shop.push("HEAD:refs/heads/main")
    shop.protect(reviews(require_code_owner_review=True))
    shop.pull(files={"CODEOWNERS": "* @learner\n", "x.py": ""})
    shop.forge.review(1, by="priya", approve=True)
    assert shop.forge.blockers(1) == ("'CODEOWNERS' and 1 more needs an approving review by its code owner: 'sam'.",)
    shop.forge.review(1, by="sam", approve=True)
    assert shop.forge.blockers(1) == ()


def test_a_renamed_file_is_owned_under_both_names(shop):
    shop.commit({"CODEOWNERS": "/guarded/ @sam\n", "guarded/a.txt": "long enough to be seen as renamed\n" * 9})
    shop.push("HEAD:refs/heads/main")
    shop.clone.run("mv", "guarded/a.txt", "free.txt")
    shop.commit({})
    shop.push("HEAD:refs/heads/feature")
    shop.forge.open_pull_request("storefront", "feature", title="Move", by="tom")
    assert shop.forge.code_owners(1) == ("sam",)


def test_a_conflict_names_the_files_and_starts_nothing(shop):
    pull = shop.pull(files={"app.py": "one = 'mine'\n", "b c.txt": "mine"})
    shop.clone.run("checkout", "--quiet", "--detach", "origin/main")
    shop.commit({"app.py": "one = 'theirs'\n", "b c.txt": "theirs"})
    shop.push("HEAD:refs/heads/main")
    said = "The branch 'feature' conflicts with 'main' in 'app.py', 'b c.txt': merge 'main' into it, settle the conflict and push."
    assert shop.forge.blockers(1) == (said,)
    assert shop.forge.head("storefront", "refs/pull/1/merge") is None
    with pytest.raises(Refused, match="conflicts with 'main'"):
        shop.forge.merge(1, by="learner", admin=True)
    shop.clone.run("checkout", "--quiet", "--detach", pull.sha)
    shop.clone.run("merge", "--quiet", "-X", "ours", "-m", "settle", "origin/main")
    shop.push("HEAD:refs/heads/feature")
    assert shop.forge.merge(1, by="learner").state == "merged"


def test_strict_rules_want_the_newest_main(shop):
    shop.protect(checks("test", strict=True))
    first, second = shop.pull("one"), shop.pull("two")
    _pass(shop, first)
    _pass(shop, second)
    assert shop.forge.blockers(2) == ()
    shop.forge.merge(1, by="learner")
    said = "The branch 'two' lacks the newest commits of 'main', and the rules are strict: merge 'main' into it and push."
    assert shop.forge.blockers(2) == (said,)


def test_two_merges_at_once_both_get_in(shop):
    shop.pull("one")
    shop.pull("two")
    problems = []

    def merge(number):
        try:
            shop.forge.merge(number, by="priya")
        except Refused as problem:
            problems.append(problem)

    threads = [threading.Thread(target=merge, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert [pull.state for pull in shop.forge.pull_requests()] == ["merged", "merged"]
    files = shop.forge.files_at("storefront", shop.forge.head("storefront"))
    assert {"one.txt", "two.txt"} <= set(files)


def test_two_pull_requests_at_once_get_two_numbers(shop):
    for branch in ("one", "two", "three"):
        shop.commit({branch: branch})
        shop.push(f"HEAD:refs/heads/{branch}")
    open_one = shop.forge.open_pull_request
    threads = [
        threading.Thread(target=open_one, args=("storefront", name), kwargs={"title": name, "by": "tom"})
        for name in ("one", "two", "three")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(pull.number for pull in shop.forge.pull_requests()) == [1, 2, 3]


def test_the_owner_may_pass_over_rules_that_name_the_role_and_it_is_recorded(shop):
    shop.protect(PULL, checks("test"), NO_FORCE, bypass=True)
    shop.pull()
    with pytest.raises(Refused, match="Only the owner may pass over a ruleset"):
        shop.forge.merge(1, by="tom", admin=True)
    with pytest.raises(Refused, match="never reported"):
        shop.forge.merge(1, by="learner")
    shop.forge.merge(1, by="learner", admin=True)
    assert shop.events("pr.merged")[-1]["admin"] is True


def test_without_a_bypass_the_owner_waits_like_everybody(shop):
    shop.protect(checks("test"))
    shop.pull()
    with pytest.raises(Refused, match="whose 'bypass_actors' names the role 'RepositoryRole'") as caught:
        shop.forge.merge(1, by="learner", admin=True)
    assert "never reported" in caught.value.message


def test_a_merge_may_not_bring_a_wrong_ruleset(shop):
    """Two right files whose merge is wrong: a key stands twice, and each side removes another one."""
    key = '"enforcement": "active",\n'
    rest = '"name": "a",\n"target": "branch",\n"id": 1,\n"conditions": {"ref_name": {"include": ["~ALL"]}},\n'
    text = "{\n" + key + rest + key + '"rules": []\n}\n'
    file = ".github/rulesets/a.json"
    shop.commit({file: text})
    shop.push("HEAD:refs/heads/main")
    shop.pull(files={file: "{\n" + rest + key + '"rules": []\n}\n'})
    shop.clone.run("checkout", "--quiet", "--detach", "origin/main")
    shop.commit({file: "{\n" + key + rest + '"rules": []\n}\n'})
    assert shop.push("HEAD:refs/heads/main").is_success
    before = shop.forge.head("storefront")
    with pytest.raises(Refused) as caught:
        shop.forge.merge(1, by="learner")
    assert caught.value.message == (
        "The merge of pull request #1 was refused:\n"
        "✗ GH001: the push to 'main' was refused. The forge cannot read a ruleset of this push:\n"
        f"- {file}:1: The key 'enforcement' is missing here: a text is expected.\n"
        "What to do instead:\n"
        "Correct the lines above, then: git commit --amend && git push"
    )
    assert (shop.forge.head("storefront"), shop.forge.pull_request(1).state) == (before, "open")


def test_a_pull_request_needs_a_branch_with_something_new(shop):
    def refusal(branch):
        with pytest.raises(Refused) as caught:
            shop.forge.open_pull_request("storefront", branch, title="x", by="tom")
        return str(caught.value)

    assert refusal("main") == "A pull request goes from a branch of its own into 'main'. Commit on a new branch: git switch -c my-change."
    assert refusal("gone") == "The forge has no branch 'gone' in 'storefront'. Push it first: git push -u origin 'gone'."
    shop.push("HEAD:refs/heads/same")
    assert refusal("same") == "The branch 'same' has no commit that 'main' lacks. Commit something on it and push."
    shop.pull("feature")
    assert refusal("feature") == "The branch 'feature' has the open pull request #1 already. Push to it, or see `lab pr view 1`."


def test_closing_deleting_and_merging_by_hand_end_a_pull_request(shop):
    for branch in ("closed", "deleted", "pushed"):
        shop.pull(branch)
    shop.forge.close(1, by="tom")
    shop.push("--delete", "refs/heads/deleted")
    assert shop.push("refs/remotes/origin/pushed:refs/heads/main").is_success
    assert [pull.state for pull in shop.forge.pull_requests()] == ["closed", "closed", "merged"]
    assert shop.forge.blockers(3) == ("Pull request #3 is merged already.",)
    with pytest.raises(Refused, match="#1 cannot be merged yet:\n  - Pull request #1 is closed already"):
        shop.forge.merge(1, by="learner")
    with pytest.raises(Refused, match="Pull request #2 is closed already"):
        shop.forge.review(2, by="priya", approve=True)
    with pytest.raises(WrongState, match="There is no pull request #9"):
        shop.forge.pull_request(9)


def test_a_reset_closes_what_is_open_and_numbers_go_on(shop):
    shop.pull("one")
    shop.ledger.append("stage.reset", stage="the-gate")
    assert shop.forge.pull_requests(state="open") == ()
    assert shop.pull("two").number == 2


def test_a_merge_that_was_cut_before_its_hook_is_found_again(shop):
    shop.pull()
    hook = shop.forge.path("storefront") / "hooks" / "post-receive"
    hook.rename(hook.with_name("away"))
    shop.forge.merge(1, by="priya")
    hook.with_name("away").rename(hook)
    assert shop.forge.pull_request(1).is_open
    shop.forge.reconcile()
    assert shop.events("pr.merged") == [{"number": 1, "sha": shop.forge.head("storefront"), "by": "priya", "admin": False}]


def test_rules_that_are_switched_off_block_nothing(shop):
    shop.commit({f".github/rulesets/{word}.json": ruleset(checks("test"), enforcement=word) for word in ("evaluate", "disabled")})
    shop.push("HEAD:refs/heads/main")
    shop.pull()
    assert shop.forge.blockers(1) == ()


def test_histories_with_nothing_in_common_are_said_to_be(shop):
    shop.commit({"CODEOWNERS": "* @sam\n"})
    shop.push("HEAD:refs/heads/main")
    shop.protect(reviews(require_code_owner_review=True))
    shop.clone.run("checkout", "--quiet", "--orphan", "island")
    shop.commit({"other.txt": "x"})
    shop.push("HEAD:refs/heads/island")
    shop.forge.open_pull_request("storefront", "island", title="x", by="tom")
    said = "The branch 'island' has no history in common with 'main': merge 'main' into it, settle the conflict and push."
    assert shop.forge.blockers(1) == (said,)


def test_many_may_ask_at_once(shop):
    pull = shop.pull()
    found, problems = [], []

    def ask():
        try:
            found.append(shop.forge.blockers(pull.number))
        except Exception as problem:  # noqa: BLE001 - what is raised in a thread would be lost
            problems.append(problem)

    shop.clone.run("checkout", "--quiet", "--detach", "origin/main")
    shop.commit({"z": "z"})
    shop.push("HEAD:refs/heads/main")
    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (found, problems) == ([()] * 6, [])
