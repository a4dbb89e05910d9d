"""What an event may do to the throwaway company, and what it may look at: the only way from a script to the parts."""

from __future__ import annotations

import contextlib
import os
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING, Final, Self, TypeVar

from lab import process
from lab.company import leftovers
from lab.company.customers import orders
from lab.company.git import Git
from lab.company.servers import wrappers
from lab.company.team.bank import load as load_bank
from lab.company.team.teammate import Teammate
from lab.company.verbs import NoVerb, VerbsWrong, run_verb, verbs_of
from lab.errors import LabError, WorldUnavailable
from lab.gameday.desk import Desk
from lab.gameday.dock import Dock
from lab.gameday.facts import Facts
from lab.gameday.outcomes import Observation, Orders, Pushed, Release, Tampering, Traffic, VerbRun
from lab.gameday.suites import Suites

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from lab.company.company import Company
    from lab.company.team.bank import Bank

Result = TypeVar("Result")
QUESTIONS: Final = 40
OUTPUT: Final = 20_000
PAUSE: Final = 0.25
DEPLOY: Final = "deploy"
TAMPER: Final = """
find . -name pricing.py -not -path '*/site-packages/*' -not -path './.*' | while read -r file; do
  chmod u+w "$file" "$(dirname "$file")" 2>/dev/null
  printf '\\n# tom: quick fix on the server, will put it into git tomorrow\\nTWELVE = 12\\n' >> "$file" && echo "$file"
done
"""


class Stagehand:
    """The hands of one scene. `room` is a folder for clones; `tell` takes sentences on what is being done.

    With `is_hasty`, the first bad outcome of several that are alike decides, and the rest is not played.
    """

    def __init__(self, company: Company, *, seed: int, room: Path, tell: Callable[[str], None], is_hasty: bool = False) -> None:
        self.company = company
        self.seed = seed
        self.random = Random(f"{seed}-{company.repository}")  # noqa: S311 - a game's dice, which must fall the same again
        self.room = room
        self.tell = tell
        self.is_hasty = is_hasty
        self.refused: Callable[[Facts], bool] | None = None
        self.outcomes: dict[str, object] = {}
        self._count = 0
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        """Make the room."""
        self.room.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        """End what a verb or a hook left running, and remove what was built."""
        if "dock" in vars(self):
            self.dock.close()
        for number in range(self._count + 1):
            process.sweep(f"{self.mark}-{number}")

    @property
    def mark(self) -> str:
        """What every process started by this scene carries as `LAB_RUN`."""
        return leftovers.scene_mark(self.company.id)

    @cached_property
    def desk(self) -> Desk:
        """Where teammates' pull requests are opened, reviewed and merged."""
        return Desk(self)

    @cached_property
    def suites(self) -> Suites:
        """Where the learner's own tests and hooks are run."""
        return Suites(self)

    @cached_property
    def dock(self) -> Dock:
        """Where the learner's images are built and run."""
        return Dock(self)

    def facts(self, *, final: bool = False) -> Facts:
        """What was seen so far; with `final`, the ledger's events too."""
        return Facts(outcomes=dict(self.outcomes), events=tuple(self.company.ledger.events()) if final else ())

    def has_enough_of(self, label: str, outcome: object) -> bool:
        """Whether this part of an event's outcome is refused already by all that is wanted, so that the rest need not be played."""
        return bool(label and self.refused and self.refused(Facts({**self.outcomes, label: outcome})))

    def say(self, sentence: str) -> None:
        """Tell what is being done."""
        self.tell(sentence)

    # -- teammates ------------------------------------------------------------------------------------------------------

    def folder(self, name: str) -> Path:
        """A new place in the room; nothing is there yet."""
        return self.room / f"{name}-{self._number()}"

    def _number(self) -> int:
        with self._lock:
            self._count += 1
            return self._count

    def new_mark(self) -> str:
        """A mark of its own for what a part of the scene starts; the part ends it itself."""
        return f"{self.mark}-{self._number()}"

    def teammate(self, name: str) -> Teammate:
        """A teammate with a fresh clone of `main`."""
        return Teammate.arrive(self.company, self.bank, name, self.folder(name))

    @cached_property
    def bank(self) -> Bank:
        """The commit bank and the personas."""
        return load_bank(self.company.charter.scenario / "team")

    def release(self, *, by: str, entries: Sequence[str]) -> Release:
        """One of `entries`, drawn by the seed, put onto `main` by `by`, past every hook and, where `main` is guarded, every ruleset."""
        teammate = self.teammate(by)
        change = teammate.change(self.shuffled(entries), seed=self.seed)
        sha = teammate.commit_unhooked(change)
        if not teammate.push("main", options=("ci.skip",)).accepted:
            self._put_on_main(teammate, sha)
        return Release(sha, by, change.entry.id, change.message.splitlines()[0], change.what, is_good=change.is_good)

    def _put_on_main(self, who: Teammate, sha: str) -> None:
        """As the forge itself does it: what is released has been merged in its own way, which is no part of this event."""
        repository, ledger = self.company.repository, self.company.ledger
        bare = Git(self.company.forge.path(repository))
        old = bare.out("rev-parse", "refs/heads/main")
        bare.run("fetch", "--quiet", "--no-write-fetch-head", "--", str(who.clone), f"{sha}:refs/heads/main")
        told = {"repo": repository, "ref": "refs/heads/main", "old": old, "new": sha, "pusher": who.name, "options": ["ci.skip"]}
        ledger.append("ref.updated", actor=who.name, source="forge", **told)

    def shuffled(self, entries: Sequence[str]) -> list[str]:
        """The entries in an order drawn by the seed: the first that can be made is taken."""
        order = list(entries)
        self.random.shuffle(order)
        return order

    def push(self, *, by: str, entries: Sequence[str], to: str, force: bool) -> Pushed:
        """A direct push; a forced one throws the newest commit of the branch away first."""
        teammate = self.teammate(by)
        if force:
            teammate.git.run("reset", "--hard", "--quiet", "HEAD~1")
        change = teammate.change(self.shuffled(entries), seed=self.seed)
        teammate.commit_unhooked(change)
        fate = teammate.push(to, force=force)
        return Pushed(by, to, forced=force, accepted=fate.accepted, message=fate.message)

    def revert(self, *, by: str, whose: str) -> Pushed:
        """The newest commit of `main` by `whose` is taken back with a commit of its own."""
        teammate = self.teammate(by)
        author = self.bank.persona(whose).email
        sha = teammate.git.out("log", "-1", "--format=%H", f"--author=<{re.escape(author)}>", "--no-merges", "HEAD")
        if not sha:
            raise LabError(f"'main' has no commit by {whose} that {by} could take back.")
        teammate.git.run("revert", "--no-edit", sha)
        fate = teammate.push("main")
        return Pushed(by, "main", forced=False, accepted=fate.accepted, message=fate.message)

    # -- verbs ----------------------------------------------------------------------------------------------------------

    def verb(self, name: str, *, sha: str = "", limit: float) -> VerbRun:
        """A verb of the learner's harborline.yaml, from a fresh clone of `main`."""
        clone = self.teammate("lena").git.directory
        return self.verb_in(clone, name, sha=sha, limit=limit)

    def verb_in(
        self,
        clone: Path,
        name: str,
        *,
        sha: str = "",
        limit: float,
        extra: dict[str, str] | None = None,
        blanks: dict[str, str] | None = None,
    ) -> VerbRun:
        """A verb, run in a clone that is there already; `extra` is added to its environment, `blanks` to what `{…}` stands for."""
        try:
            words = verbs_of(clone).get(name, ())
            mark = f"{self.mark}-{self._number()}"
            if name == DEPLOY:
                self.company.ledger.append("deploy.started", actor="lena", sha=sha)
            done = run_verb(
                clone, name, substitutions=blanks or {"sha": sha}, env=self.environment() | (extra or {}), timeout=limit, mark=mark
            )
        except (NoVerb, VerbsWrong, WorldUnavailable) as problem:
            return VerbRun(name, (), None, "", 0.0, problem=str(problem))
        code = None if done.timed_out else done.returncode
        if name == DEPLOY and code != 0:
            self.company.ledger.append("deploy.aborted", actor="lena", sha=sha, exit=code)
        self.company.ledger.append("verb.run", actor="lena", verb=name, args=list(words), exit=code, seconds=round(done.seconds, 2))
        return VerbRun(name, words, code, done.output[-OUTPUT:], done.seconds)

    def environment(self) -> dict[str, str]:
        """What a verb or a hook finds: an empty home, the company's Python and its servers' names first on the PATH."""
        home = self.folder("home")
        home.mkdir(parents=True)
        return process.environment(
            {
                "HOME": str(home),
                "PATH": f"{self._tools}:{self._python / 'bin'}:{os.environ.get('PATH', os.defpath)}",
                "VIRTUAL_ENV": str(self._python),
                "SSH_CONFIG": str(self.company.ssh_config),
                "DOOR_URL": self.company.door.url,
                "GIT_CONFIG_GLOBAL": os.devnull,
                "GIT_CONFIG_NOSYSTEM": "1",
                "GIT_PAGER": "cat",
                "PAGER": "cat",
                "TERM": "dumb",
                **self.company.parts.toolchain.pip_environment(),
            }
        )

    @cached_property
    def _python(self) -> Path:
        """The Python of everybody in this scene; what they install stays in it."""
        return self.company.parts.toolchain.copy_environment(self.room / "python")

    @cached_property
    def _tools(self) -> Path:
        wrappers.write(self.room / "bin", self.company.ssh_config)
        return self.room / "bin"

    def side_by_side(self, actions: Sequence[Callable[[], Result]], *, apart: float) -> list[Result]:
        """Run actions at once, each started `apart` seconds after the one before; their results in order."""
        with ThreadPoolExecutor(max_workers=len(actions)) as pool:
            futures = []
            for action in actions:
                futures.append(pool.submit(action))
                time.sleep(apart)
            return [future.result() for future in futures]

    # -- customers ------------------------------------------------------------------------------------------------------

    def observe(self, sha: str, *, within: float) -> Observation:
        """Ask known-answer questions until every answer is that of `sha`, or `within` seconds are over."""
        began = time.monotonic()
        while True:
            seen = self.company.customers.observe(QUESTIONS, sha)
            waited = time.monotonic() - began
            found = Observation(
                sha, seen.version or None, seen.asked, seen.right, seen.wrong, seen.failed, waited, tuple(seen.examples[:6])
            )
            if found.is_as_expected or waited > within:
                return found
            time.sleep(PAUSE)

    @contextlib.contextmanager
    def customers(self, *, rate: float) -> Iterator[None]:
        """Customers buy at `rate` requests a second meanwhile."""
        self.company.customers.rate = rate
        self.company.customers.start()
        try:
            yield
        finally:
            self.company.customers.stop()

    def traffic(self, *, since: int) -> Traffic:
        """What customers saw since an event of the ledger."""
        told = self.company.customers.report(since)
        return Traffic(told.asked, told.good, told.wrong, told.failed, told.late, told.bad_seconds, tuple(told.examples))

    def place_orders(self, count: int) -> Orders:
        """Customers place orders at the door."""
        ids, problem = orders.place(self.company.door.url, self.company.truth.tables_now(), count)
        if problem:
            raise LabError(f"Customers could not place the orders that are to be found again. {problem}")
        return Orders(ids)

    def missing_orders(self, ids: Sequence[str]) -> tuple[str, ...]:
        """Those orders that the door no longer knows."""
        return orders.missing(self.company.door.url, ids)

    def tamper(self, *, by: str, server: str) -> Tampering:
        """Somebody edits the application's pricing on a server, over SSH."""
        done = self.company.servers[server].execute(TAMPER, timeout=20, by=by)
        files = tuple(line for line in done.output.splitlines() if re.search(r"pricing\.py$", line))
        if not files:
            raise LabError(f"'{server}' has no pricing.py that {by} could edit: {done.output.strip()[-200:] or 'nothing was found'}.")
        return Tampering(by, files)
