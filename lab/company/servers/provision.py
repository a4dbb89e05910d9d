"""What a server is before the learner touches it: its programs, and the running version with all it needs."""

from __future__ import annotations

import shlex
import shutil
import sys
import tarfile
from collections.abc import Mapping  # noqa: TC003 - pydantic-like reading of the fields at run time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from lab.errors import WorldUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

FILES: Final = Path(__file__).with_name("files")
PROGRAMS: Final = ("python3", "pip")
VENV: Final = "venv"


class Tools(Protocol):
    """What a server needs of the machine's toolchain."""

    @property
    def wheels(self) -> Path:
        """The folder in which pip finds every package."""

    @property
    def plain(self) -> Path:
        """The virtual environment that production has."""

    def pip_environment(self) -> dict[str, str]:
        """The variables that lead pip to the wheels."""

    def copy_environment(self, target: Path, *, source: Path | None = None) -> Path:
        """Copy a virtual environment by hard links."""


Archive = "Callable[[str, str, Path], object]"
"""`archive(repository, ref, file)` writes a version's tree into a tar file, with the forge's `export-subst` applied."""


@dataclass(frozen=True)
class ServerSetup:
    """The start state of one server, as the stage tells it.

    `runs` is the ref of `repository` that stands in `~/app`; empty means a machine with nothing on it. `settings` are lines
    added to `~/shop.env`; `overlay` is a folder laid over the home. `start` is run once it is set up, and after a power cut
    of a machine that has nothing in `~/boot.d`.
    """

    name: str
    repository: str = "storefront"
    runs: str = "main"
    settings: Mapping[str, str] = field(default_factory=dict)
    overlay: Path | None = None
    start: str = "./restart"

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return vars(self) | {"overlay": str(self.overlay) if self.overlay else None, "settings": dict(self.settings)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ServerSetup:
        """From what `as_json` gave."""
        return cls(**{**data, "overlay": Path(data["overlay"]) if data.get("overlay") else None})


def write_programs(folder: Path, tools: Tools) -> None:
    """Write a server's own `python3`, `python` and `pip` into `folder`: small scripts, so that Python finds its own library."""
    has_pip = any(tools.plain.glob("lib/python*/site-packages/pip"))
    interpreters = {"python3": base_interpreter(), "pip": tools.plain / "bin" / "python" if has_pip else Path(sys.executable)}
    folder.mkdir(parents=True, exist_ok=True)
    for name in PROGRAMS:
        text = (FILES / name).read_text(encoding="utf-8").replace("@python@", shlex.quote(str(interpreters[name])))
        program = folder / name
        program.write_text(text, encoding="utf-8")
        program.chmod(0o755)
    for other, name in (("python", "python3"), ("pip3", "pip")):
        (folder / other).unlink(missing_ok=True)
        (folder / other).symlink_to(name)


def base_interpreter() -> Path:
    """The interpreter that the lab's own environment was made from.

    Raises:
        WorldUnavailable: it is gone.
    """
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    base = getattr(sys, "_base_executable", "") or sys.executable
    for candidate in (Path(sys.base_prefix, "bin", version), Path(sys.base_prefix, "bin", "python3"), Path(base)):
        if candidate.is_file():
            return candidate
    raise WorldUnavailable(f"The Python that the lab was installed with is gone from '{sys.base_prefix}'.", remedy="Install the lab again.")


def lay_out(home: Path, setup: ServerSetup, *, archive: Callable[[str, str, Path], object], tools: Tools) -> None:
    """Make `home` the server's start state: whatever was there is gone.

    Raises:
        OSError: the disk is full, or the toolchain is not there.
        WorldUnavailable: `archive` has no such version.
    """
    shutil.rmtree(home, ignore_errors=True)
    for folder in ("data", "run", "boot.d"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    if setup.runs:
        _put_version(home, setup, archive)
        tools.copy_environment(home / VENV, source=tools.plain)
    if setup.overlay:
        shutil.copytree(setup.overlay, home, dirs_exist_ok=True, symlinks=True)


def _put_version(home: Path, setup: ServerSetup, archive: Callable[[str, str, Path], object]) -> None:
    packed = home / ".app.tar"
    archive(setup.repository, setup.runs, packed)
    with tarfile.open(packed) as tree:
        tree.extraction_filter = getattr(tarfile, "fully_trusted_filter", None)  # Python 3.11.2, that of Debian 12, has no filters
        tree.extractall(home / "app")  # noqa: S202 - our own forge's archive, as git wrote it
    packed.unlink()
    shutil.copy(FILES / "restart", home / "restart")
    (home / "restart").chmod(0o755)
    settings = "".join(f"{name}={shlex.quote(value)}\n" for name, value in setup.settings.items())
    (home / "shop.env").write_text((FILES / "shop.env").read_text(encoding="utf-8") + settings, encoding="utf-8")
