"""What was seen of each event: frozen data, in the order of the curriculum. A check reads these and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Unseen:
    """The event could not be played or measured; `reason` is a whole sentence. A check on it is blocked."""

    reason: str


@dataclass(frozen=True)
class Release:
    """A teammate's change on `main`: `sha` is its commit, `what` the change in words, `message` its first line."""

    sha: str
    by: str
    entry: str
    message: str
    what: str
    is_good: bool


@dataclass(frozen=True)
class Observation:
    """Known-answer questions asked at the customers' door until the answers were settled, or time was up.

    `version` is what `/version` said (None: no answer). `wrong` and `failed` count among `asked`; `waited` is seconds.
    """

    expected: str
    version: str | None
    asked: int
    right: int
    wrong: int
    failed: int
    waited: float
    examples: tuple[str, ...] = ()

    @property
    def is_as_expected(self) -> bool:
        """Whether the version and every answer are those of the expected commit."""
        return self.version == self.expected and self.asked > 0 and self.right == self.asked


@dataclass(frozen=True)
class VerbRun:
    """A verb of harborline.yaml, run from a fresh clone. `exit` is None when it was stopped at its time limit."""

    verb: str
    args: tuple[str, ...]
    exit: int | None
    output: str
    seconds: float
    problem: str = ""


@dataclass(frozen=True)
class Deployment:
    """One run of a deployment verb and what customers saw afterwards."""

    release: Release
    run: VerbRun
    seen: Observation
    bad_seconds: float = 0.0


@dataclass(frozen=True)
class Deployments:
    """Several deployments, in the order in which they were made."""

    each: tuple[Deployment, ...]


@dataclass(frozen=True)
class Together:
    """Two runs of a verb, started a moment apart, and what stands afterwards; `again` are the same once more."""

    runs: tuple[VerbRun, ...]
    releases: tuple[Release, ...]
    seen: Observation
    again: tuple[Together, ...] = ()


@dataclass(frozen=True)
class Orders:
    """Orders that customers placed: their ids."""

    ids: tuple[str, ...]


@dataclass(frozen=True)
class Recalled:
    """How many of earlier orders can still be read at the door."""

    asked: int
    found: int
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tampering:
    """An edit that somebody made on the server, past the repository: the files, by path from the home."""

    by: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class SuiteRun:
    """The `test` verb under one condition ('as it is', 'on 29 February', a refactor's name)."""

    condition: str
    run: VerbRun

    @property
    def is_green(self) -> bool:
        """Whether the suite passed."""
        return self.run.exit == 0


@dataclass(frozen=True)
class SuiteRuns:
    """The `test` verb under several conditions."""

    each: tuple[SuiteRun, ...]

    @property
    def red(self) -> tuple[SuiteRun, ...]:
        """Those that failed."""
        return tuple(run for run in self.each if not run.is_green)


@dataclass(frozen=True)
class Mutants:
    """Hidden bugs put into copies of the code, one at a time: the sentences of those that the suite noticed, and missed."""

    clean: SuiteRun
    noticed: tuple[str, ...]
    missed: tuple[str, ...]


@dataclass(frozen=True)
class CommitTried:
    """A teammate's `git commit` in a clone that was set up by the `setup` verb.

    `seconds` is the commit alone; `failing` are the names of tests that its output shows as failing.
    """

    by: str
    what: str
    is_good: bool
    accepted: bool
    output: str
    seconds: float
    setup: VerbRun
    failing: tuple[str, ...] = ()
    detected: bool = True
    where: str = "the clone"


@dataclass(frozen=True)
class Pushed:
    """A direct push: whether the forge took it, and what the pusher read."""

    by: str
    to: str
    forced: bool
    accepted: bool
    message: str


@dataclass(frozen=True)
class JobSeen:
    """One job of a pipeline run: GitHub's name of it, its result, and the failing step with its last lines."""

    workflow: str
    name: str
    result: str
    seconds: float
    failing_step: str = ""
    tail: str = ""


@dataclass(frozen=True)
class PullRequest:
    """A teammate's pull request at the end of the scene.

    `verdict` is 'green', 'red' or 'none' (no run, or none that finished with a job); `required` are the contexts the
    rulesets ask for; `feedback` is seconds from push to the last result, `until_main` seconds from push to the merge.
    `detected` says of a bad change with a green pipeline whether the learner's own `test` verb notices it; `is_capped`
    that the runner's own limit ended a run, since the workflow had none.
    """

    number: int
    by: str
    title: str
    what: str
    is_good: bool
    verdict: str
    jobs: tuple[JobSeen, ...]
    required: tuple[str, ...]
    on_main: bool
    feedback: float
    until_main: float | None
    blockers: tuple[str, ...] = ()
    reviews: tuple[str, ...] = ()
    reason: str = ""
    detected: bool | None = None
    is_capped: bool = False

    @property
    def failing(self) -> tuple[JobSeen, ...]:
        """The jobs that failed."""
        return tuple(job for job in self.jobs if job.result == "failure")


@dataclass(frozen=True)
class Injection:
    """Whether text of a branch name, title or commit message was run as a command."""

    texts: tuple[str, ...]
    ran: tuple[str, ...] = ()


@dataclass(frozen=True)
class Traffic:
    """What customers saw over a stretch of time, counted from the ledger."""

    asked: int
    good: int
    wrong: int
    failed: int
    late: int
    bad_seconds: int
    examples: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class ScriptRun:
    """An author's script: its exit code (None: it was ended at `limit` seconds), and what it printed."""

    name: str
    exit: int | None
    output: str
    seconds: float
    limit: float

    @property
    def last_line(self) -> str:
        """The last line with words in it; empty when it printed nothing."""
        return next((line.strip() for line in reversed(self.output.splitlines()) if line.strip()), "")


@dataclass(frozen=True)
class AcceptanceRun:
    """An author's pytest suite: how many tests ran, and (name, why) of those that failed, and of those that broke by themselves."""

    exit: int | None
    ran: int
    failed: tuple[tuple[str, str], ...]
    broken: tuple[tuple[str, str], ...]
    output: str
    seconds: float
    limit: float
