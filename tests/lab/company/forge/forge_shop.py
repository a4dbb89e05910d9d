"""A company's forge in a temporary directory, with real git on both sides of every push."""

import json
from dataclasses import dataclass
from pathlib import Path

from lab.company.forge.forge import Forge
from lab.company.git import Git
from lab.ledger.store import Ledger

PULL = {"type": "pull_request", "parameters": {}}
NO_FORCE = {"type": "non_fast_forward"}
KEPT = {"type": "deletion"}


def checks(*contexts, strict=False):
    parameters = {"required_status_checks": [{"context": name} for name in contexts], "strict_required_status_checks_policy": strict}
    return {"type": "required_status_checks", "parameters": parameters}


def reviews(**parameters):
    return {"type": "pull_request", "parameters": parameters}


def ruleset(*rules, name="Protect main", enforcement="active", include=("~DEFAULT_BRANCH",), bypass=False):
    return {
        "name": name,
        "target": "branch",
        "enforcement": enforcement,
        "conditions": {"ref_name": {"include": list(include), "exclude": []}},
        "rules": list(rules),
        "bypass_actors": [{"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always"}] if bypass else [],
    }


@dataclass
class Shop:
    """The forge with one repository, 'storefront', and the learner's clone of it."""

    root: Path
    ledger: Ledger
    forge: Forge
    clone: Git

    def commit(self, files, message="change", *, git=None):
        git = git or self.clone
        for name, text in files.items():
            path = git.directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text if isinstance(text, str) else json.dumps(text, indent=2))
        git.run("add", "--all")
        git.run("commit", "--quiet", "--allow-empty", "-m", message)
        return git.out("rev-parse", "HEAD")

    def push(self, *words, git=None, env=None):
        return (git or self.clone).run("push", "origin", *words, check=False, join=True, env=env)

    def protect(self, *rules, **settings):
        self.commit({".github/rulesets/main.json": ruleset(*rules, **settings)}, "rules")
        assert self.push("HEAD:refs/heads/main").is_success

    def pull(self, branch="feature", files=None, *, by="learner", title="A change"):
        """Push a branch from the forge's main with a change, and open a pull request."""
        self.clone.run("fetch", "--quiet", "origin")
        self.clone.run("checkout", "--quiet", "--detach", "refs/remotes/origin/main")
        self.commit(files or {f"{branch.replace('/', '-')}.txt": "new\n"}, f"work on {branch}")
        assert self.push(f"HEAD:refs/heads/{branch}").is_success
        return self.forge.open_pull_request("storefront", branch, title=title, by=by)

    def said(self, done):
        """What the forge printed, without git's 'remote: ' and the spaces it pads with."""
        lines = [line.removeprefix("remote:").strip() for line in done.output.splitlines() if line.startswith("remote:")]
        return "\n".join(lines).strip("\n")

    def events(self, kind):
        return [event.data for event in self.ledger.events(kind)]
