"""The one call of act: hardened as robustness.md says (S13 to S20), its output handed on line by line."""

from __future__ import annotations

import os
import re
import signal
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lab import process

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lab.company.pipelines.staging import Staged
    from lab.company.pipelines.toolchain import Toolchain

LINE_LIMIT: Final = 2_000_000
_SIMPLE: Final = re.compile(r"[\w./+:@%=-]+")
_SLACK: Final = 30.0  # the watch ends a run; this is for the case that it can't
_LACKS: Final = ("cannot allocate memory", "resource temporarily unavailable", "no space left on device", "too many open files")
_AGAIN: Final = "This machine is short of memory, disk or processes, or somebody ended it. `lab run rerun` plays it again."
_NOTHING: Final = ("--env-file", "--var-file", "--input-file")  # act would read the learner's own otherwise


@dataclass(frozen=True)
class Call:
    """One run of act. `work` is the run's own directory, made by the caller; `origin` the bare repository.

    `secrets` is a file that act reads when it begins; it is removed with the first line that act prints.
    `more` are variables that jobs find beside the usual ones.
    """

    run: str
    number: int
    event: str
    repository: str
    actor: str
    staged: Staged
    work: Path
    origin: Path
    secrets: Path = Path(os.devnull)
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> Path:
        """The path by which jobs know `work`: act breaks a step's command at a space or a quote in it, so then it is a link."""
        if _SIMPLE.fullmatch(str(self.work)):
            return self.work
        link = _link(self.run)
        if not link.is_symlink():
            link.symlink_to(self.work, target_is_directory=True)
        return link

    def command(self, toolchain: Toolchain) -> list[str | Path]:
        """The words of the command line."""
        words: list[str | Path] = [toolchain.act, self.event, "--json", "-C", self.staged.directory, "-W", self.staged.file]
        words += ["--eventpath", self.work / "event.json", "--actor", self.actor, "--defaultbranch", "main"]
        words += ["--rm", "--pull=false", "--container-daemon-socket", "-", "--no-cache-server", "--no-skip-checkout"]
        words += ["--action-offline-mode", "--action-cache-path", self.place / "act"]
        for flag in _NOTHING:
            words += [flag, os.devnull]
        words += ["--secret-file", self.secrets]
        for label in sorted(self.staged.labels):
            words += ["-P", f"{label}=-self-hosted"]
        for (repository, ref), folder in self.staged.repositories.items():
            words += ["--local-repository", f"{repository}@{ref}={folder}"]
        for name, value in self.variables().items():
            words += ["--env", f"{name}={value}"]
        return words

    def variables(self) -> dict[str, str]:
        """What act would otherwise get wrong: a step's output is a terminal, so nothing may page; the names of this run."""
        quiet = {"PAGER": "cat", "GIT_PAGER": "cat", "TERM": "dumb"}
        number = str(self.number)
        return quiet | {"GITHUB_REPOSITORY": self.repository, "GITHUB_RUN_ID": number, "GITHUB_RUN_NUMBER": number}

    def environment(self, toolchain: Toolchain) -> dict[str, str]:
        """The whole environment of act and of its jobs."""
        return {
            "PATH": os.pathsep.join([str(toolchain.shims), *_machine_path()]),
            "HOME": str(self.place / "nobody"),
            "TMPDIR": str(self.place / "tmp"),
            "LANG": "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8",
            "TZ": "UTC",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "LAB_ACTOR": "github-actions",
            "LAB_ORIGIN": str(self.origin),
            "LAB_PYTHON": str(toolchain.python),
            "LAB_WORK": str(self.place),
            **toolchain.pip_environment(),
            **self.more,
        }

    def run_act(self, toolchain: Toolchain, *, timeout: float, on_line: Callable[[str], None]) -> process.Completed:
        """Run act to its end; `timeout` is in seconds.

        Raises:
            WorldUnavailable: act is not installed.
        """
        neutral = self.work / "empty"
        heard = self._forgetting(on_line)
        for folder in (neutral, self.work / "nobody", self.work / "tmp", self.work / "home", self.work / "python"):
            folder.mkdir(parents=True, exist_ok=True)
        return process.run(
            self.command(toolchain),
            cwd=neutral,
            env=self.environment(toolchain),
            timeout=timeout + _SLACK,
            join=False,
            mark=self.run,
            limit=LINE_LIMIT,
            on_line=heard,
        )

    def _forgetting(self, on_line: Callable[[str], None]) -> Callable[[str], None]:
        """Before anything that act says is passed on, the file of secrets is gone: no job has begun yet."""

        def heard(line: str) -> None:
            if self.secrets.is_file():
                self.secrets.unlink(missing_ok=True)
            on_line(line)

        return heard


def _link(run: str) -> Path:
    return Path(tempfile.gettempdir(), f"lab-{run}")


def unlink_place(run: str) -> None:
    """Remove the link that `Call.place` may have made for a run."""
    _link(run).unlink(missing_ok=True)


def complaint(done: process.Completed) -> str:
    """What act said on its standard error when it did not even begin; empty if nothing of interest."""
    said = [line.removeprefix("Error: ").strip() for line in done.errors.splitlines() if line.startswith("Error: ")]
    return said[-1] if said else ""


def death(done: process.Completed, *, has_begun: bool) -> str:
    """Why it is this machine's fault how act ended, as a sentence; empty where it is not.

    `has_begun` says that it began a job. A signal, a lack of memory or of processes, or an end without a word are nothing
    that a workflow can bring about.
    """
    if done.returncode < 0:
        return f"act was ended by {_signal_name(-done.returncode)} in the middle of the run. {_AGAIN}"
    if has_begun or not (done.returncode or done.timed_out):
        return ""
    said = complaint(done)
    if done.timed_out or not said or any(word in said for word in _LACKS):
        return f"act ended before any job began, {f'saying: {said}.' if said else 'and did not say why.'} {_AGAIN}"
    return ""


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _machine_path() -> list[str]:
    """The machine's PATH without the lab's own environment: a job must not find our tools by chance."""
    own = {Path(sys.prefix) / "bin", Path(sys.executable).parent}
    kept = [folder for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if folder and Path(folder) not in own]
    return kept or os.defpath.split(os.pathsep)
