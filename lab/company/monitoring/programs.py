"""The programs that monitoring is made of, as Debian packages them or as their projects release them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lab.errors import WorldUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "prometheus": ("prometheus",),
    "promtool": ("promtool",),
    "alertmanager": ("prometheus-alertmanager", "alertmanager"),
    "amtool": ("amtool",),
    "blackbox": ("prometheus-blackbox-exporter", "blackbox_exporter"),
    "node": ("prometheus-node-exporter", "node_exporter"),
}
PACKAGES: Final = "prometheus prometheus-alertmanager prometheus-blackbox-exporter prometheus-node-exporter"
_PATH: Final = "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin"


@dataclass(frozen=True)
class Programs:
    """Where each program is."""

    paths: Mapping[str, str]

    @classmethod
    def find(cls, *wanted: str) -> Programs:
        """Find the named programs (all of `NAMES` if none is named).

        Raises:
            WorldUnavailable: one is missing; the remedy says how to get it.
        """
        found = {name: path for name in wanted or tuple(NAMES) if (path := _where(name))}
        missing = [name for name in wanted or tuple(NAMES) if name not in found]
        if missing:
            raise WorldUnavailable(f"This machine lacks {', '.join(missing)}, which this stage's monitoring runs on.", remedy=advice())
        return cls(found)

    def __getitem__(self, name: str) -> str:
        """The path of a program that was asked for."""
        return self.paths[name]


def _where(name: str) -> str | None:
    return next((path for one in NAMES[name] if (path := shutil.which(one) or shutil.which(one, path=_PATH))), None)


def advice() -> str:
    """How this machine gets them."""
    if shutil.which("apt-get"):
        return f"sudo apt-get install {PACKAGES} (and stop the services it starts: sudo systemctl disable --now {PACKAGES})"
    if shutil.which("brew"):
        return "brew install prometheus alertmanager node_exporter; blackbox_exporter from its release page, on the PATH"
    return "Put prometheus, promtool, alertmanager, amtool, blackbox_exporter and node_exporter of their release pages on the PATH."
