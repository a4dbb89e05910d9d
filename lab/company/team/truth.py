"""Which tables are true for a version: those the company opened with, and the patch of every good change that it holds."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from lab.company.forge.forge import Forge
    from lab.company.oracle import Oracle, Tables

TRAILER: Final = "Change-Id"


class LedgerTruth:
    """The truth about one repository, from its history and the ledger's `change.pushed`. Safe in several threads.

    A bad change's patch is never applied: what it does to the tables is what is wrong with it. A change is known by its
    Change-Id, so it is the same one after a merge, a squash or a cherry-pick.
    """

    def __init__(self, forge: Forge, repository: str, oracle: Oracle, *, seed: int) -> None:
        self._forge = forge
        self._repository = repository
        self._oracle = oracle
        self._seed = seed
        self._known: dict[str, Tables] = {}
        self._lock = threading.Lock()

    def tables_at(self, sha: str) -> Tables | None:
        """The tables that hold at a commit; None if the forge does not know it."""
        with self._lock:
            if sha not in self._known:
                found = self._computed(sha)
                if found is None:
                    return None
                self._known[sha] = found
            return self._known[sha]

    def tables_now(self) -> Tables:
        """The tables that hold at the forge's `main`; those of the opening while there is none."""
        head = self._forge.head(self._repository)
        return (self.tables_at(head) if head else None) or self._oracle.tables(self._seed)

    def _computed(self, sha: str) -> Tables | None:
        if len(sha) != 40 or not set(sha) <= set("0123456789abcdef"):  # noqa: PLR2004 - a commit's full name
            return None
        git = self._forge.repository(self._repository).git
        done = git.run("log", "--reverse", "--topo-order", f"--format=%(trailers:key={TRAILER},valueonly)", sha, "--", check=False)
        if not done.is_success:
            return None
        patches = self._patches()
        tables = self._oracle.tables(self._seed)
        for change in done.output.split():
            if change in patches:
                tables = self._oracle.apply_patch(tables, patches[change])
        return tables

    def _patches(self) -> dict[str, Any]:
        events = self._forge.ledger.events("change.pushed")
        return {event.data["change_id"]: event.data.get("tables") or {} for event in events if event.data.get("label") == "good"}
