"""The truthful payload of an event, as a workflow finds it in `github.event`: GitHub's names, the company's facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from lab.company.git import ZERO

if TYPE_CHECKING:
    from lab.company.git import Git

OWNER: Final = "harborline"
_SERVER: Final = f"https://github.com/{OWNER}"
_MOST_COMMITS: Final = 20
_FIELDS: Final = "%H%x00%T%x00%an%x00%ae%x00%cn%x00%ce%x00%cI%x00%B"


class PullRequest(Protocol):
    """What a payload tells of a pull request."""

    number: int
    branch: str
    title: str
    body: str
    author: str
    sha: str


def push(git: Git, queued: dict[str, Any]) -> dict[str, Any]:
    """The payload of a push; `queued` is the data of its `run.queued`."""
    before, after = queued.get("before") or ZERO, queued["sha"]
    commits = _commits(git, before, after)
    return {
        "ref": queued["ref"],
        "before": before,
        "after": after,
        "base_ref": None,
        "created": before == ZERO,
        "deleted": False,
        "forced": before != ZERO and not git.run("merge-base", "--is-ancestor", before, after, check=False).is_success,
        "compare": f"{_SERVER}/{queued['repo']}/compare/{before[:12]}...{after[:12]}",
        "commits": commits,
        "head_commit": commits[-1] if commits else None,
        "pusher": {"name": queued["actor"], "email": _address(queued["actor"])},
        "repository": _repository(queued["repo"]),
        "organization": {"login": OWNER},
        "sender": _user(queued["actor"]),
    }


def pull_request(queued: dict[str, Any], request: PullRequest, *, base_sha: str) -> dict[str, Any]:
    """The payload of a pull request; `base_sha` is what its base branch points at."""
    number = request.number
    address = f"{_SERVER}/{queued['repo']}/pull/{number}"
    return {
        "action": queued.get("action") or "synchronize",
        "number": number,
        "pull_request": {
            "number": number,
            "id": number,
            "state": "open",
            "draft": False,
            "merged": False,
            "mergeable": True,
            "title": request.title,
            "body": request.body,
            "html_url": address,
            "url": address,
            "user": _user(request.author),
            "labels": [],
            "head": _side(queued["repo"], request.branch, queued["sha"]),
            "base": _side(queued["repo"], "main", base_sha),
            "merge_commit_sha": queued.get("merge_sha"),
        },
        "repository": _repository(queued["repo"]),
        "organization": {"login": OWNER},
        "sender": _user(queued["actor"]),
    }


def _side(repo: str, branch: str, sha: str) -> dict[str, Any]:
    return {"ref": branch, "label": f"{OWNER}:{branch}", "sha": sha, "user": {"login": OWNER}, "repo": _repository(repo)}


def _repository(repo: str) -> dict[str, Any]:
    owner = {"login": OWNER, "name": OWNER, "type": "Organization"}
    address = f"{_SERVER}/{repo}"
    names = {"name": repo, "full_name": f"{OWNER}/{repo}", "owner": owner, "private": True, "fork": False}
    return names | {"default_branch": "main", "html_url": address, "url": address, "clone_url": f"{address}.git"}


def _user(login: str) -> dict[str, Any]:
    return {"login": login, "type": "Bot" if login.endswith("-bot") or login == "github-actions" else "User"}


def _address(login: str) -> str:
    return f"{login}@harborline.example"


def _commits(git: Git, before: str, after: str) -> list[dict[str, Any]]:
    """The pushed commits, oldest first, as many as GitHub lists in a payload."""
    new = f"{before}..{after}" if before != ZERO else after
    count = _MOST_COMMITS if before != ZERO else 1
    listed = git.run("log", "-z", f"--max-count={count}", f"--format={_FIELDS}", new, check=False).output.split("\0")
    size = _FIELDS.count("%x00") + 1  # a NUL is the one character that no commit can hold
    return [_commit(listed[start : start + size]) for start in range(0, len(listed) - size + 1, size)][::-1]


def _commit(fields: list[str]) -> dict[str, Any]:
    sha, tree, author, author_email, committer, committer_email, date, message = fields
    return {
        "id": sha.strip(),
        "tree_id": tree,
        "distinct": True,
        "message": message.rstrip("\n"),
        "timestamp": date,
        "author": {"name": author, "email": author_email, "username": author_email.partition("@")[0]},
        "committer": {"name": committer, "email": committer_email, "username": committer_email.partition("@")[0]},
    }
