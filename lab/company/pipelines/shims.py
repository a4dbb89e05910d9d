"""The small programs that stand on a job's PATH for `python`, `pip`, `pytest`, …: they make the job's own Python when it is wanted.

A job that never calls Python pays nothing; the copy is made once for each job (`LAB_ENVIRONMENT`) and stands before the shims
on its PATH from then on.
"""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path
from typing import Final

from lab.company.pipelines import environments

_SHIM: Final = """\
#!/bin/sh
if [ -z "$LAB_ENVIRONMENT" ]; then
  echo "$0: this Python belongs to the jobs of the company's runner; LAB_ENVIRONMENT is not set." >&2
  exit 127
fi
[ -d "$LAB_ENVIRONMENT" ] || {python} -I -S {copier} {prepared} "$LAB_ENVIRONMENT" || exit 1
exec "$LAB_ENVIRONMENT/bin/${{0##*/}}" "$@"
"""
_NODE: Final = """\
#!/bin/sh
case "$1" in
  */hashfiles/index.js) exec {python} -I -S {hasher} ;;
esac
echo "node: the company's runner has Python only." >&2
exit 127
"""


def write(folder: Path, prepared: Path) -> None:
    """Write a shim for every program of the environment `prepared` into `folder`, and one for act's `hashFiles()`."""
    here = Path(__file__).parent
    python = shlex.quote(str(prepared / "bin" / "python"))
    folder.mkdir()
    first = folder / "python"
    copier = shlex.quote(str(_copied(Path(environments.__file__), folder.parent)))
    _program(first, _SHIM.format(python=python, copier=copier, prepared=shlex.quote(str(prepared))))
    for program in (prepared / "bin").iterdir():
        if os.access(program, os.X_OK) and program.name != first.name:
            os.link(first, folder / program.name)
    if not shutil.which("node"):
        hasher = shlex.quote(str(_copied(here / "hashing.py", folder.parent)))
        _program(folder / "node", _NODE.format(python=python, hasher=hasher))


def _copied(program: Path, folder: Path) -> Path:
    """A copy of one of our own programs: the shims outlive this installation of the lab."""
    return Path(shutil.copy(program, folder / program.name))


def _program(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
