"""A box: one container of the lab, for stages that were made for a single machine with a terminal.

It has no network, few rights, and what the stage's folder `box/` lays into it: `files/` over its root, then each of `setup/*` in
name order. It is made when it is first needed, rests while the company does, and is thrown away with the stage.
"""

from __future__ import annotations

import io
import tarfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from lab.company.docker.engine import Engine
from lab.company.docker.values import Owner, Spec
from lab.company.images.building import Images
from lab.errors import WorldUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path
    from typing import Self

    from lab import process
    from lab.company.pipelines.toolchain import Toolchain

NAME: Final = "box"
LABEL: Final = "lab.box"
IMAGE: Final = "debian"
MEMORY: Final = 1_000_000_000
PROCESSES: Final = 512
SETUP_SECONDS: Final = 60.0
GRACE: Final = 2
RIGHTS: Final = ("CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "NET_BIND_SERVICE")
ENDED: Final = 137
_SCRIPTS: Final = "run/lab"
_ENV: Final = {"HOME": "/root", "LANG": "C.UTF-8", "TERM": "xterm"}


@dataclass
class Box:
    """The box of one company. `folder` is the stage's folder `box/`; `owner` is by whose labels it is found again."""

    engine: Engine
    owner: Owner
    folder: Path

    @classmethod
    def of(cls, company: str, folder: Path) -> Self:
        """The box of a company, whether or not it was made yet.

        Raises:
            WorldUnavailable: there is no Docker engine.
        """
        return cls(Engine.connect(), Owner(company, company), folder)

    def find(self) -> str:
        """The container; empty when it does not run."""
        found = self.engine.containers({**self.owner.labels, LABEL: "1"}, only_running=True)
        return found[0].id if found else ""

    def ensure(self, toolchain: Toolchain, tell: Callable[[str], None] = lambda _: None) -> str:
        """The container: woken if it rests, made if there is none.

        Raises:
            WorldUnavailable: the image can't be made, or a setup script did not end.
        """
        return self.find() or self._woken() or self._make(toolchain, tell)

    def _woken(self) -> str:
        for resting in self.engine.containers({**self.owner.labels, LABEL: "1"}):
            self.engine.start(resting.id)
            return resting.id
        return ""

    def rest(self) -> None:
        """End what runs in it. Its files, the learner's work among them, stay for whoever comes back."""
        if container := self.find():
            self.engine.stop(container, seconds=GRACE)

    def _make(self, toolchain: Toolchain, tell: Callable[[str], None]) -> str:
        Images(self.engine, toolchain, toolchain.lock).ensure((IMAGE,), tell)
        tell("Making the box.")
        hostname = self.folder / "hostname"
        spec = Spec(
            image="lab/debian:bookworm",
            command=("sleep", "infinity"),
            env=_ENV,
            hostname=hostname.read_text(encoding="utf-8").strip() if hostname.is_file() else NAME,
            user="root",
            working_dir="/root",
            memory=MEMORY,
            processes=PROCESSES,
            capabilities=RIGHTS,
            has_init=True,
            labels={LABEL: "1"},
        )
        container = self.engine.run(spec, self.owner)
        try:
            files = self.folder / "files"
            if files.is_dir():
                self._lay(container, ((path.relative_to(files).as_posix(), path) for path in sorted(files.rglob("*")) if path.is_file()))
            for script in sorted((self.folder / "setup").glob("*")):
                self._set_up(container, script)
        except BaseException:
            self.engine.remove(container)
            raise
        return container

    def _set_up(self, container: str, script: Path) -> None:
        """A command of it may fail, as it may have at its home; one that hangs is the end of the box."""
        if self._run(container, script, (), SETUP_SECONDS).timed_out:
            raise WorldUnavailable(f"'{script.name}', which prepares the box, did not end within {SETUP_SECONDS:.0f} s.")

    def run(self, script: Path, arguments: Sequence[str] = (), *, limit: float) -> process.Completed:
        """Run a script of ours in the box, which runs; at its limit it is ended.

        Raises:
            WorldUnavailable: there is no box.
        """
        container = self.find()
        if not container:
            raise WorldUnavailable("The box does not run.", remedy="`lab box` makes it.")
        return self._run(container, script, arguments, limit)

    def _run(self, container: str, script: Path, arguments: Sequence[str], limit: float) -> process.Completed:
        """By bash, as root, ended from inside at its limit; what it left running in the background stays, as it did at its home."""
        name = f"/{_SCRIPTS}/{script.name}"
        self._lay(container, [(name.lstrip("/"), script)])
        words = ["timeout", "--kill-after=2", f"{limit:g}", "bash", name, *arguments]
        if script.open("rb").readline(100).rstrip().endswith((b"python3", b"python")):
            words[3] = "python3"
        done = self.engine.execute(container, words, timeout=limit + 10, env=_ENV)
        self.engine.execute(container, ["rm", "-f", name], timeout=10)
        late = done.timed_out or done.returncode in (124, ENDED)
        return replace(done, timed_out=late, output=done.output or done.errors)

    def _lay(self, container: str, files: Iterable[tuple[str, Path]]) -> None:
        """Copy plain files into a container of ours, as root's."""
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as archive:
            for name, path in files:
                content = path.read_bytes()
                info = tarfile.TarInfo(name)
                info.size, info.mode = len(content), 0o755 if path.stat().st_mode & 0o100 else 0o644
                archive.addfile(info, io.BytesIO(content))
        self.engine.call("copy files into a container", self.engine.api.put_archive, container, "/", packed.getvalue(), seconds=60)

    def remove(self) -> None:
        """Throw the box away. One that is not there is thrown away."""
        for found in self.engine.containers({**self.owner.labels, LABEL: "1"}):
            self.engine.remove(found.id)
