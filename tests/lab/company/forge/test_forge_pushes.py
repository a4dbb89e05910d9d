"""A push goes through real hooks: what the rules forbid is refused in words, what they allow is recorded."""

import contextlib
import sqlite3
import sys
import textwrap

import pytest
from forge_shop import KEPT, NO_FORCE, PULL, checks, reviews, ruleset

from lab import process
from lab.company.forge.forge import Forge
from lab.company.git import ZERO, Git
from lab.errors import LabError
from lab.ledger.store import Ledger

MAIN = "HEAD:refs/heads/main"


def _words(text):
    return textwrap.dedent(text).strip("\n")


def _flat(text):
    return "\n".join(line.strip() for line in _words(text).splitlines())


def test_an_accepted_push_is_recorded_with_who_pushed_what(shop):
    old = shop.forge.head("storefront")
    tom = Git.clone(shop.forge.url("storefront"), shop.root / "tom", actor="tom")
    new = shop.commit({"a.txt": "a"}, git=tom)
    assert shop.push("-o", "nowait", MAIN, "HEAD:refs/tags/v1", git=tom).is_success
    option = {"repo": "storefront", "pusher": "tom", "options": ["nowait"], "new": new}
    assert shop.events("ref.updated")[-2:] == [
        {**option, "ref": "refs/heads/main", "old": old},
        {**option, "ref": "refs/tags/v1", "old": ZERO},
    ]
    assert shop.forge.head("storefront") == new


def test_a_direct_push_is_refused_in_words_and_recorded(shop):
    shop.protect(PULL)
    before = shop.forge.head("storefront")
    shop.commit({"app.py": "two = 2\n"})
    done = shop.push(MAIN)
    assert shop.said(done) == _flat("""
        ✗ GH013: the push to 'main' was refused. Ruleset 'Protect main' in .github/rulesets/main.json:
            - Changes to 'main' must be made through a pull request.
          What to do instead:
            git switch -c my-change            (a branch of your own)
            git push -u origin my-change
            lab pr create                      (then: lab pr merge)
    """)
    assert shop.forge.head("storefront") == before
    reason = "Ruleset 'Protect main' in .github/rulesets/main.json: Changes to 'main' must be made through a pull request."
    assert shop.events("push.refused") == [{"repo": "storefront", "ref": "refs/heads/main", "pusher": "learner", "reason": reason}]


def test_a_force_push_is_refused_and_told_from_an_ordinary_one(shop):
    shop.protect(NO_FORCE)
    shop.commit({"b.txt": "b"})
    assert shop.push(MAIN).is_success
    shop.clone.run("reset", "--hard", "--quiet", "HEAD~1")
    shop.commit({"c.txt": "c"})
    done = shop.push("--force", MAIN)
    assert shop.said(done) == _flat("""
        ✗ GH013: the push to 'main' was refused. Ruleset 'Protect main' in .github/rulesets/main.json:
            - A force-push to 'main' is not allowed: it would remove commits that others build on.
          What to do instead:
            git pull --rebase origin main
            git push                           (without --force)
    """)


def test_every_reason_is_said_and_nothing_of_the_push_goes_in(shop):
    shop.protect(PULL, NO_FORCE, checks("test", "lint"))
    shop.clone.run("reset", "--hard", "--quiet", "HEAD~1")
    sha = shop.commit({"c.txt": "c"})
    shop.forge.set_status("storefront", sha, context="lint", state="success")
    done = shop.push("--force", MAIN, "HEAD:refs/heads/other")
    assert shop.said(done) == _flat(f"""
        ✗ GH013: the push to 'main' was refused. Ruleset 'Protect main' in .github/rulesets/main.json:
            - A force-push to 'main' is not allowed: it would remove commits that others build on.
            - Changes to 'main' must be made through a pull request.
            - The required check 'test' has not succeeded on {sha[:7]}.
          What to do instead:
            git switch -c my-change            (a branch of your own)
            git push -u origin my-change
            lab pr create                      (then: lab pr merge)

        Nothing of this push was accepted (2 refs).
    """)
    assert shop.forge.head("storefront", "other") is None


def test_a_protected_branch_is_not_deleted(shop):
    shop.protect(KEPT, include=["refs/heads/release/*"])
    assert shop.push("HEAD:refs/heads/release/1", "HEAD:refs/heads/other").is_success
    assert shop.push("--delete", "refs/heads/other").is_success
    assert "The branch 'release/1' may not be deleted." in shop.said(shop.push("--delete", "refs/heads/release/1"))
    assert "deletion of the current branch prohibited" in shop.push("--delete", "refs/heads/main").output
    assert shop.forge.head("storefront", "release/1")


def test_a_commit_whose_checks_have_succeeded_may_be_pushed_where_only_checks_are_required(shop):
    shop.protect(checks("test"))
    sha = shop.commit({"d.txt": "d"})
    assert not shop.push(MAIN).is_success
    shop.forge.set_status("storefront", sha, context="test", state="success")
    assert shop.push(MAIN).is_success


def test_a_disabled_ruleset_is_silent_and_an_evaluated_one_only_speaks(shop):
    shop.protect(PULL, enforcement="disabled")
    shop.commit({"e.txt": "e"})
    done = shop.push(MAIN)
    assert (done.is_success, shop.said(done)) == (True, "")
    shop.protect(PULL, enforcement="evaluate")
    shop.commit({"f.txt": "f"})
    done = shop.push(MAIN)
    assert done.is_success
    assert shop.said(done) == (
        "● Ruleset 'Protect main' in .github/rulesets/main.json is set to 'evaluate'; active, it would have refused this push: "
        "Changes to 'main' must be made through a pull request."
    )


@pytest.mark.parametrize("branch", ["main", "feature"])
def test_a_wrong_ruleset_is_refused_at_the_push_that_brings_it(shop, branch):
    shop.commit({".github/rulesets/main.json": ruleset({"type": "merge_queue"})})
    done = shop.push(f"HEAD:refs/heads/{branch}")
    assert shop.said(done) == _flat(f"""
        ✗ GH001: the push to '{branch}' was refused. The forge cannot read a ruleset of this push:
            - .github/rulesets/main.json:15: This forge does not enforce rules of type 'merge_queue'. It enforces: deletion, \
non_fast_forward, pull_request, required_status_checks, workflows. Remove the rule.
          What to do instead:
            Correct the lines above, then: git commit --amend && git push
    """)


def test_the_rules_of_main_hold_not_those_that_are_pushed(shop):
    shop.protect(PULL)
    shop.commit({".github/rulesets/main.json": ruleset()})
    assert not shop.push(MAIN).is_success
    shop.clone.run("rm", "--quiet", "-r", ".github")
    shop.commit({})
    assert not shop.push(MAIN).is_success


def test_the_rules_hold_for_teammates_too(shop):
    shop.protect(PULL)
    shop.commit({"x": "x"})
    assert not shop.push(MAIN, env={"LAB_ACTOR": "priya"}).is_success
    assert shop.events("push.refused")[-1]["pusher"] == "priya"


def test_an_invented_merge_option_opens_no_door(shop):
    shop.protect(PULL)
    shop.commit({"x": "x"})
    assert not shop.push("-o", "lab.merge=abc", MAIN).is_success
    shop.ledger.append("pr.merging", number=1, nonce="abc", sha=ZERO, by="tom", admin=False)
    assert not shop.push("-o", "lab.merge=abc", MAIN).is_success


def test_the_forges_own_refs_cannot_be_pushed(shop):
    done = shop.push("HEAD:refs/pull/1/head")
    assert "✗ GH003: the push to 'refs/pull/1/head' was refused. The forge keeps these refs itself:" in shop.said(done)


def test_a_person_cannot_switch_the_hooks_off_by_their_own_configuration(shop, tmp_path):
    shop.protect(PULL)
    shop.commit({"x": "x"})
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text("[core]\n  hooksPath = /dev/null\n[receive]\n  advertisePushOptions = false\n")
    env = process.environment({"HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1"})
    words = ["git", "-c", "core.hooksPath=/dev/null", "push", "-o", "nowait", "origin", MAIN]
    done = process.run(words, cwd=shop.clone.directory, timeout=30, env=env)
    assert "GH013" in done.output
    assert shop.events("push.refused")[-1]["pusher"] == "learner"


def test_a_refused_push_leaves_no_objects_behind(shop):
    shop.protect(PULL)
    sha = shop.commit({"secret.txt": "quarantined\n"})
    assert not shop.push(MAIN).is_success
    assert Git(shop.forge.path("storefront")).run("cat-file", "-e", sha, check=False).returncode != 0


def test_a_large_file_is_refused_by_name(shop):
    big = shop.clone.directory / "data dump.bin"
    with big.open("wb") as file:
        file.truncate(100_000_001)
    shop.commit({})
    done = shop.push(MAIN)
    assert shop.said(done) == _flat("""
        ✗ GH001: the push to 'main' was refused. The forge takes no large files:
            - The file 'data dump.bin' is larger than 100 MB.
          What to do instead:
            Take the file out of the commit: git rm --cached -- FILE && git commit --amend
            and name it in .gitignore.
    """)


@pytest.mark.parametrize("branch", ["feat/$(touch${IFS}pwned)", "--x", "`touch${IFS}pwned`", "a;b", "x'y\"z", "ümläut"])
def test_hostile_branch_names_survive(shop, branch):
    sha = shop.commit({"x y\n$(touch pwned)": "x"}, "message \x1b[2J $(touch pwned)\n\n\x1b]0;title\x07")
    assert shop.push(f"HEAD:refs/heads/{branch}").is_success
    assert shop.forge.head("storefront", branch) == sha
    pull = shop.forge.open_pull_request("storefront", branch, title="\x1b[31mred $(touch pwned)", by="mallory")
    assert shop.forge.blockers(pull.number) == ()
    merged = shop.forge.merge(pull.number, by="mallory")
    assert merged.merge_sha == shop.forge.head("storefront")
    message = Git(shop.forge.path("storefront")).out("log", "-1", "--format=%B", "refs/heads/main")
    assert message == f"Merge pull request #{pull.number} from {branch}\n\nred $(touch pwned)"
    assert list(shop.root.rglob("pwned")) == []


def test_control_characters_are_not_printed(shop):
    shop.protect(PULL, name="\x1b[2Jevil\x07")
    shop.commit({"x": "x"})
    assert "Ruleset 'evil' in" in shop.said(shop.push(MAIN))


def test_a_push_without_a_runner_does_not_wait_for_one(shop):
    shop.commit({".github/workflows/ci.yml": "name: ci\non: push\njobs: {t: {runs-on: ubuntu-latest, steps: [{run: 'true'}]}}\n"})
    done = shop.push(MAIN)
    assert shop.said(done) == "● ci: queued (run 1)\n● the runner starts with the next lab command"
    shop.commit({"x": "x"})
    assert shop.said(shop.push("-o", "nowait", MAIN)) == "● ci: queued (run 2)"
    shop.commit({"x": "y"})
    assert shop.said(shop.push("-o", "ci.skip", MAIN)) == ""
    assert [run["event"] for run in shop.events("run.queued")] == ["push", "push"]


def test_a_broken_ledger_is_said_and_not_the_pushers_fault(shop):
    shop.protect(PULL)
    shop.commit({"x": "x"})
    shop.ledger.path.write_bytes(b"this is no ledger" * 1000)
    done = shop.push(MAIN)
    assert not done.is_success
    assert "✗ The forge could not handle this push: The company's ledger" in shop.said(done)
    assert "Traceback" not in done.output


def test_a_crash_of_ours_is_a_sentence_and_keeps_its_traceback(shop):
    path = shop.forge.path("storefront")
    with contextlib.closing(sqlite3.connect(shop.ledger.path)) as link, link:
        link.execute("UPDATE facts SET value = 'noon' WHERE name = 'opened'")
    shop.commit({"x": "x"})
    done = shop.push(MAIN)
    assert "✗ The forge made a mistake of its own; the details are in" in shop.said(done)
    assert "Traceback" in (path / "hook-crash.log").read_text()


def test_settings_that_are_gone_are_named(shop):
    (shop.forge.path("storefront") / "lab.json").unlink()
    shop.commit({"x": "x"})
    said = shop.said(shop.push(MAIN))
    assert "lab.json' could not be read" in said
    assert "`lab start` writes them again." in said
    shop.forge.create("storefront")
    assert shop.push(MAIN).is_success


def test_a_company_may_be_moved(shop, tmp_path):
    target = tmp_path / "moved"
    shop.root.rename(target)
    forge = Forge(target / "forge", Ledger(target / "ledger.db"))
    clone = Git(target / "clone")
    clone.run("remote", "set-url", "origin", forge.url("storefront"))
    sha = shop.commit({"x": "x"}, git=clone)
    assert shop.push(MAIN, git=clone).is_success
    assert forge.ledger.last("ref.updated").data["new"] == sha


def test_a_copy_begins_with_main_and_tags_and_an_empty_ledger(shop, tmp_path):
    shop.protect(PULL)
    shop.push("HEAD:refs/tags/v1", "HEAD:refs/heads/feature")
    copy = Forge(tmp_path / "copy" / "forge", Ledger.create(tmp_path / "copy" / "ledger.db"), follow=False)
    copy.create("storefront", like=shop.forge.path("storefront"))
    assert copy.head("storefront") == shop.forge.head("storefront")
    assert (copy.head("storefront", "feature"), copy.pull_requests(), copy.reconcile()) == (None, (), ())
    assert copy.head("storefront", "refs/tags/v1")
    assert [ruleset.name for ruleset in copy.rulesets("storefront")] == ["Protect main"]


def test_refs_that_the_ledger_missed_are_recorded_once(shop):
    sha = shop.commit({"x": "x"})
    hook = shop.forge.path("storefront") / "hooks" / "post-receive"
    hook.rename(hook.with_name("away"))
    assert shop.push(MAIN).is_success
    hook.with_name("away").rename(hook)
    assert shop.forge.ledger.last("ref.updated").data["new"] != sha
    assert [(update.ref, update.new) for update in shop.forge.reconcile()] == [("refs/heads/main", sha)]
    assert shop.events("ref.updated")[-1]["options"] == ["reconciled"]
    assert shop.forge.reconcile() == ()


def test_a_hook_that_comes_after_the_reconciling_records_nothing_twice(shop):
    old, new = shop.forge.head("storefront"), shop.commit({"x": "x"})
    hook = shop.forge.path("storefront") / "hooks" / "post-receive"
    hook.rename(hook.with_name("away"))
    shop.push(MAIN)
    hook.with_name("away").rename(hook)
    shop.forge.reconcile()
    count = len(shop.events("ref.updated"))
    done = process.run([hook], cwd=hook.parents[1], timeout=30, stdin=f"{old} {new} refs/heads/main\n".encode())
    assert (done.is_success, len(shop.events("ref.updated"))) == (True, count)


def test_creating_again_keeps_everything(shop):
    before = shop.forge.head("storefront")
    shop.forge.create("storefront")
    assert shop.forge.head("storefront") == before
    assert shop.forge.repositories() == ("storefront",)


def test_questions_of_a_repository_are_answered(shop):
    sha = shop.commit({"docs/a b.md": "hello\n"})
    (shop.clone.directory / "leak").symlink_to("/etc/passwd")
    shop.push(MAIN)
    assert set(shop.forge.files_at("storefront", sha)) == {"app.py", "docs/a b.md"}
    assert shop.forge.read("storefront", sha, "docs/a b.md") == "hello\n"
    assert shop.forge.read("storefront", sha, "gone") is None
    with pytest.raises(ValueError, match="neither a commit's full hash"):
        shop.forge.read("storefront", "--upload-pack=x", "gone")


@pytest.mark.parametrize("name", ["../x", "a/b", "", "-x", "A", "x.git"])
def test_a_repository_cannot_be_called_anything(shop, name):
    with pytest.raises(LabError, match="cannot be a repository's name"):
        shop.forge.create(name)


def test_the_hooks_import_nothing_heavy():
    modules = "import lab.company.forge.receive, lab.company.forge.received, lab.company.forge.gate"
    said = process.run([sys.executable, "-I", "-X", "importtime", "-c", modules], cwd="/", timeout=30).output
    heavy = ("pydantic", "httpx", "click", "rich", "yaml", "filelock", "asyncio", "tempfile", "lab.company.forge.merging")
    assert "lab.company.forge.gate" in said
    assert [name for name in heavy if f" {name}\n" in said] == []


def test_a_ruleset_that_covers_nothing_of_the_push_is_not_asked(shop):
    shop.protect(reviews(required_approving_review_count=2))
    assert shop.push("HEAD:refs/heads/feature", "HEAD:refs/tags/v1").is_success
