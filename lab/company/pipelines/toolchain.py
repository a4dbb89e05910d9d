"""What pipelines, servers and teammates run with: act, git, a folder of wheels, and two ready Python environments.

Built once for each machine, then used offline:

    cache/downloads-<digest of the lock>/    the wheels of requirements/company.txt
    cache/company-<digest of all>/wheels     those, and the company's own libraries
                                 /plain      what production runs on (and pip)
                                 /prepared   that, and pytest, httpx, tox, …: what a job or a teammate's hook starts from
                                 /shims      what a job finds on its PATH
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import filelock
import platformdirs

import lab
from lab import process
from lab.company.pipelines import environments, shims
from lab.company.pipelines.downloads import complaint, fetch
from lab.errors import WorldUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

RECIPE: Final = 3  # raise it when the way an environment is built changes
RUNTIME: Final = ("fastapi", "uvicorn", "pydantic", "prometheus-client", "pip")
INTERNAL: Final = "harborline-money==1.4"
_PACKAGES: Final = "The company's packages"
_WARM_PLAIN: Final = "import fastapi, uvicorn.protocols.http.h11_impl, uvicorn.lifespan.on, prometheus_client, sqlite3, logging.config"
_WARM_PREPARED: Final = (
    "import pytest, _pytest.junitxml, fastapi.testclient, httpx, hypothesis, xdist.dsession, xdist.remote, pytest_cov.plugin, "
    "pytest_randomly, coverage, pip._internal.commands.install, pip._internal.req.constructors"
)
_WARM_SUITE: Final = """\
from hypothesis import given, strategies


@given(strategies.lists(strategies.integers()), strategies.decimals(), strategies.text(), strategies.sampled_from("ab"))
def test_it(numbers, money, words, letter):
    assert letter in "ab"
"""


@dataclass(frozen=True)
class Toolchain:
    """The tools of one machine. `cache` is a directory of ours, shared by all workspaces."""

    cache: Path

    @classmethod
    def find(cls) -> Toolchain:
        """The machine's own: in `LAB_CACHE` where that is set, else in the user's cache directory."""
        chosen = os.environ.get("LAB_CACHE")
        return cls(Path(chosen).absolute() if chosen else platformdirs.user_cache_path("harborline"))

    @property
    def home(self) -> Path:
        """Where the environments of this lock, these libraries and this interpreter stand."""
        return self.cache / f"company-{_digest(_lock(), *_library_files(), _interpreter(), str(RECIPE))}"

    @property
    def wheels(self) -> Path:
        """The folder in which pip finds every package offline (`PIP_FIND_LINKS`)."""
        return self.home / "wheels"

    @property
    def plain(self) -> Path:
        """The virtual environment that production has: runtime requirements and pip."""
        return self.home / "plain"

    @property
    def prepared(self) -> Path:
        """The virtual environment that a job starts from. Never install into it: `copy_environment` first."""
        return self.home / "prepared"

    @property
    def lock(self) -> Path:
        """The company's locked requirements."""
        return _lock()

    @property
    def shims(self) -> Path:
        """A folder for a job's PATH: `python`, `pip`, … that make the job's own copy of `prepared` when first called."""
        return self.home / "shims"

    @property
    def python(self) -> Path:
        """The interpreter of `prepared`."""
        return self.prepared / "bin" / "python"

    @property
    def act(self) -> Path:
        """The act program.

        Raises:
            WorldUnavailable: it is not installed.
        """
        return _program("act", sysconfig.get_path("scripts"))

    @property
    def git(self) -> Path:
        """The git program.

        Raises:
            WorldUnavailable: it is not installed.
        """
        return _program("git")

    def key(self) -> str:
        """The versions of all that takes part, as one text: part of a cache key."""
        return f"{self.home.name} python-{platform.python_version()} {self._version(self.git)} {self._version(self.act)}"

    def _version(self, program: Path) -> str:
        return process.run([program, "--version"], cwd="/", env=process.environment({"HOME": "/"}), timeout=20).output.strip()

    def pip_environment(self) -> dict[str, str]:
        """The variables with which any pip finds the company's wheels, and nothing else, offline."""
        return {
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": self.wheels.as_uri(),  # a path with a space would be two
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_ROOT_USER_ACTION": "ignore",
            "PIP_NO_COMPILE": "no",  # which means: do not compile (pip's manual says so); what is imported is compiled then
        }

    def copy_environment(self, target: Path, *, source: Path | None = None) -> Path:
        """Copy `source` (default: `prepared`) to `target` by hard links; gives `target`. About 0.1 s.

        Raises:
            OSError: the disk is full, or `target` is there already.
        """
        return environments.copy_environment(source or self.prepared, target)

    def is_ready(self) -> bool:
        """Whether `prepare` has nothing to do."""
        return (self.home / "complete").is_file() and self.python.exists() and (self.plain / "bin" / "python").exists()

    def prepare(self, progress: Callable[[str], None] = lambda _: None) -> None:
        """Build what is missing; `progress` gets a sentence now and then. Two at once wait for each other.

        Raises:
            WorldUnavailable: no network, no disk, no pip; nothing half-built is ever used.
        """
        if self.is_ready():
            return
        try:
            self.cache.mkdir(parents=True, exist_ok=True)
            with filelock.FileLock(self.cache / "prepare.lock"):
                if not self.is_ready():
                    self._build(progress)
        except OSError as problem:
            raise WorldUnavailable(
                f"The company's tools could not be put into '{self.cache}': {problem.strerror or problem}.",
                remedy="Free some disk space or make the directory writable, or name another one in LAB_CACHE.",
            ) from problem

    def _build(self, progress: Callable[[str], None]) -> None:
        shutil.rmtree(self.home, ignore_errors=True)
        downloads = self._download(progress)
        self.wheels.mkdir(parents=True)
        for wheel in downloads.glob("*.whl"):
            os.link(wheel, self.wheels / wheel.name)
        progress("Building the company's own libraries.")
        self._build_libraries()
        progress("Setting up the Python that production runs on.")
        self._run([sys.executable, "-m", "venv", "--without-pip", self.plain])
        self._install(self.plain, *RUNTIME, INTERNAL)
        self._run([self.plain / "bin" / "python", "-c", _WARM_PLAIN])
        progress("Setting up the Python that pipelines run on.")
        environments.copy_environment(self.plain, self.prepared)
        self._install(self.prepared, "-r", _lock(), INTERNAL)
        self._run([self.python, "-W", "ignore", "-c", _WARM_PREPARED])
        self._warm_pytest()
        for environment in (self.plain, self.prepared):
            environments.protect(environment)
        shims.write(self.shims, self.prepared)
        (self.home / "complete").write_text(self.key() + "\n", encoding="utf-8")

    def _warm_pytest(self) -> None:
        """Run pytest once: it compiles its plugins, Hypothesis with them, in a way of its own, and each job would do so again."""
        suite = self.home / "warm"
        suite.mkdir()
        (suite / "test_it.py").write_text(_WARM_SUITE, encoding="utf-8")
        words: list[str | Path] = [self.python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", suite, suite]
        self._run(words, env={"HYPOTHESIS_STORAGE_DIRECTORY": str(suite / "kept")})
        shutil.rmtree(suite)

    def _download(self, progress: Callable[[str], None]) -> Path:
        """The wheels of the lock; each is looked for once on a machine."""
        target = self.cache / f"downloads-{_digest(_lock(), _interpreter())}"
        if (target / "complete").is_file():
            return target
        target.mkdir(exist_ok=True)
        lock = _lock().read_text(encoding="utf-8")
        total, seen = len(re.findall(r"^[a-z]", lock, re.MULTILINE)), 0

        def count(line: str) -> None:
            nonlocal seen
            if line.startswith(("Collecting ", "Processing ")):
                seen += 1
                progress(f"Downloading the company's packages, once for this machine: {seen} of {total}.")

        pip: list[str | Path] = [sys.executable, "-m", "pip"]
        own = re.search(r"^pip==\S+ .*?(?=^[a-z])", lock, re.MULTILINE | re.DOTALL)
        if own:  # the newer pip of the lock is twice as fast at looking through an index
            first = target / "pip.txt"
            first.write_text(own.group(), encoding="utf-8")
            fetch(pip, first, target, what=_PACKAGES, on_line=count)
            pip = [sys.executable, next(target.glob("pip-*.whl")) / "pip"]
        fetch(pip, _lock(), target, what=_PACKAGES, on_line=count)
        (target / "complete").touch()
        return target

    def _build_libraries(self) -> None:
        flit = next(self.wheels.glob("flit_core-*.whl"))
        for project in sorted(_libraries().glob("*/*/pyproject.toml")):
            self._run(
                [sys.executable, "-m", "flit_core.wheel", "--outdir", self.wheels, project.parent],
                {"PYTHONPATH": str(flit), "SOURCE_DATE_EPOCH": "1700000000"},
            )

    def _install(self, environment: Path, *what: str | Path) -> None:
        pip = next(self.wheels.glob("pip-*.whl")) / "pip"
        chosen = ["--no-deps"] if "-r" in what else []
        words: list[str | Path] = [sys.executable, pip, "--isolated", "--python", environment, "install", "--quiet", "--no-compile"]
        self._run([*words, "--no-index", *chosen, "--find-links", self.wheels.as_uri(), *self._named(what)])

    def _named(self, what: tuple[str | Path, ...]) -> list[str | Path]:
        """The lock without its hashes (the downloads were held against them), as plain requirements."""
        names: list[str | Path] = [word for word in what if not isinstance(word, Path) and word != "-r"]
        if "-r" in what:
            names += re.findall(r"^[a-z0-9-]+==[^\s\\]+(?: ;[^\\\n]*)?", _lock().read_text(encoding="utf-8"), re.MULTILINE)
        return names

    def _run(self, words: list[str | Path], env: Mapping[str, str] | None = None) -> None:
        done = process.run(words, cwd=self.home, env=process.environment(env), timeout=300)
        if not done.is_success:
            raise WorldUnavailable(
                f"The company's Python could not be set up: {complaint(done)}",
                remedy="`lab doctor` says what this machine lacks; what was half-built is built again by the next command.",
            )


def _program(name: str, folder: str | None = None) -> Path:
    found = (folder and shutil.which(name, path=folder)) or shutil.which(name)
    if not found:
        raise WorldUnavailable(f"The program '{name}' is not installed.", remedy="`lab doctor` says how to get it.")
    return Path(found)


def _data(name: str) -> Path:
    """A file or folder that ships with the lab, from a checkout or from an installed wheel."""
    above = Path(lab.__file__).parent.parent
    return above / name if (above / name).exists() else above / "lab_data" / name


def _lock() -> Path:
    return _data("requirements/company.txt")


def _libraries() -> Path:
    return _data("sample_app/libs")


def _library_files() -> list[Path]:
    return sorted(path for path in _libraries().rglob("*") if path.is_file() and path.suffix in (".py", ".toml", ".md"))


def _interpreter() -> str:
    return f"{sys.version} {sys.base_prefix} {sysconfig.get_platform()}"


def _digest(*parts: Path | str) -> str:
    total = hashlib.sha256()
    for part in parts:
        total.update(part.read_bytes() if isinstance(part, Path) else part.encode())
        total.update(b"\0")
    return total.hexdigest()[:16]
