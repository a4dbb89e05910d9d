"""What the learner sources, and the small programs it puts on the PATH: plain POSIX sh, whatever is in the paths."""

from __future__ import annotations

import shlex
import shutil
import sys
from typing import TYPE_CHECKING, Final

from lab.session import durable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lab.session.workspace import Workspace

SSH_PROGRAMS: Final = ("ssh", "scp", "sftp")
EXECUTABLE: Final = 0o755


def write(workspace: Workspace, *, variables: Mapping[str, str]) -> None:
    """Write `enter`, and `.lab/bin/` with `lab`, `ssh`, `scp`, `sftp` and `rsync`; `variables` are exported by `enter`.

    Raises:
        WorldUnavailable: the disk is full or read-only.
    """
    durable.write(workspace.root / "enter", _enter(workspace, variables))
    for name, text in _programs(workspace).items():
        durable.write(workspace.lab / "bin" / name, text, mode=EXECUTABLE)
    durable.write(_wide_config(workspace), _CONFIG.format(config=_config_word(workspace.ssh_config)))


def command_line(workspace: Workspace, *, here: Path) -> str:
    """The one line to paste, as short as it can be from the directory `here`."""
    enter = workspace.root / "enter"
    shown = str(enter.relative_to(here)) if enter.is_relative_to(here) else str(enter)
    return f". {shlex.quote(shown if '/' in shown else f'./{shown}')}"


def _enter(workspace: Workspace, variables: Mapping[str, str]) -> str:
    exported = "".join(f"{name}={shlex.quote(value)}; export {name}\n" for name, value in variables.items())
    return _ENTER.format(
        root=shlex.quote(str(workspace.root)),
        repository=shlex.quote(workspace.repository),
        exported=exported,
    )


def _programs(workspace: Workspace) -> dict[str, str]:
    python = shlex.quote(sys.executable)
    programs = {"lab": f'#!/bin/sh\nexec {python} -I -c {shlex.quote(_LAB)} "$@"\n'}
    folder = shlex.quote(str(workspace.lab / "bin"))
    config = shlex.quote(str(_wide_config(workspace)))
    for name in SSH_PROGRAMS:
        programs[name] = _SSH.format(real=shlex.quote(_real(name, workspace)), config=config, name=name)
    programs["rsync"] = _RSYNC.format(real=shlex.quote(_real("rsync", workspace)), folder=folder)
    return programs


def _real(name: str, workspace: Workspace) -> str:
    """Where the machine's own program is; its bare name when it is not installed now."""
    own = workspace.lab / "bin" / name
    found = shutil.which(name)
    return found if found and found != str(own) else f"/usr/bin/{name}"


def _wide_config(workspace: Workspace) -> Path:
    """The company's hosts and then the learner's own: other hosts keep their names in an entered shell."""
    return workspace.lab / "ssh" / "config"


def _config_word(path: Path) -> str:
    return '"' + str(path).replace("%", "%%") + '"'


_LAB: Final = "from lab.cli.main import main; main()"
_CONFIG: Final = """\
# The company's servers, then your own configuration. Written by `lab start`.
Include {config}
Include ~/.ssh/config
"""
_SSH: Final = """\
#!/bin/sh
[ -x {real} ] || {{ echo "{name} is not installed: 'lab doctor' says how to get it." >&2; exit 127; }}
exec {real} -F {config} "$@"
"""
_RSYNC: Final = """\
#!/bin/sh
[ -x {real} ] || {{ echo "rsync is not installed: scp does the same for one folder." >&2; exit 127; }}
PATH={folder}:$PATH exec {real} "$@"
"""
_ENTER: Final = """\
# Source this file, do not run it:  . harborline/enter
LAB_WORKSPACE={root}; export LAB_WORKSPACE
{exported}case ":$PATH:" in
  *":$LAB_WORKSPACE/.lab/bin:"*) ;;
  *) PATH="$LAB_WORKSPACE/.lab/bin:$LAB_WORKSPACE/.lab/python/bin:$PATH"; export PATH ;;
esac
hash -r 2>/dev/null || :
if [ -d "$LAB_WORKSPACE"/{repository} ]; then
  cd "$LAB_WORKSPACE"/{repository} && echo "You are in Harborline. Type: lab"
else
  echo "The workspace '$LAB_WORKSPACE' is not there any more, or was moved: open one with 'lab start'." >&2
fi
"""
