"""What a version holds, for the ledger: teammates' changes by Change-Id, what was taken back, how much is the learner's own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from lab.company.team.truth import TRAILER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lab.company.forge.forge import Forge

_SHA: Final = re.compile(r"[0-9a-f]{40}")
_REVERTS: Final = re.compile(r"This reverts commit ([0-9a-f]{40})")
_FORMAT: Final = f"%H%x1f%(trailers:key={TRAILER},valueonly,separator=%x2C)%x1f%B%x1e"


class Contents:
    """Reads commits of one repository; `laid` are the references that the founding puts on servers."""

    def __init__(self, forge: Forge, repository: str, *, laid: Sequence[str] = ()) -> None:
        self._forge = forge
        self._repository = repository
        self._laid = tuple(ref for ref in laid if ref)

    def of(self, sha: str) -> dict[str, Any]:
        """The fields of a `version.known` event beside the sha; nothing where the forge does not know it.

        `changes` are ids, oldest first; `mended` those whose commit a later `git revert` takes back; `own` counts commits
        without an id; `laid` says that the lab itself put the version on a server.
        """
        if not _SHA.fullmatch(sha):
            return {}
        git = self._forge.repository(self._repository).git
        done = git.run("log", "--reverse", "--topo-order", f"--format={_FORMAT}", sha, "--", check=False)
        if not done.is_success:
            return {}
        commits = [part.strip("\n").split("\x1f") for part in done.output.split("\x1e") if part.strip()]
        ids = {commit: name for commit, name, _ in commits if name}
        reverted = [match for _, _, text in commits for match in _REVERTS.findall(text)]
        mended = [ids[commit] for commit in reverted if commit in ids]
        told = {"changes": list(dict.fromkeys(ids.values())), "mended": mended, "own": sum(not name for _, name, _ in commits)}
        return told | ({"laid": True} if sha in self._laid_shas() else {})

    def _laid_shas(self) -> set[str]:
        git = self._forge.repository(self._repository).git
        return {git.out("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}", check=False) for ref in self._laid}
