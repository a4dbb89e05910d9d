"""What a company is founded on, as plain values in `company.json`: whoever opens the company finds the same one."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from lab.company.servers.ports import write_whole
from lab.company.servers.provision import ServerSetup
from lab.errors import WorldUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT: Final = 1
FILE: Final = "company.json"
_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


def new_id() -> str:
    """A name for a company that no other has: its processes are marked with it."""
    return f"harborline-{secrets.token_hex(5)}"


@dataclass(frozen=True)
class Charter:
    """The company's fixed values.

    `scenario` is the scenario's folder, with oracle and team; `seed` is what its tables and people are drawn from, `luck`
    what its customers and its events are (a throwaway copy keeps the seed and gets another luck); `customers` is how many
    come in a second while it is open; `repository` the one whose `main` is production's; `scale` is how many company minutes a real
    second is. With `containers` it has a registry, and jobs and verbs find the Docker engine. `box` is the stage's folder
    of that name, empty without one (lab/company/box.py).
    """

    scenario: Path
    seed: int
    luck: int = 0
    id: str = field(default_factory=new_id)
    servers: tuple[ServerSetup, ...] = ()
    customers: float = 0.0
    repository: str = "storefront"
    scale: float = 1.0
    containers: bool = False
    box: str = ""

    def write(self, root: Path) -> None:
        """Write it into the company's root.

        Raises:
            WorldUnavailable: the disk is full or the directory can't be written.
        """
        plain: dict[str, Any] = vars(self) | {
            "format": FORMAT,
            "scenario": str(self.scenario),
            "servers": [setup.as_json() for setup in self.servers],
        }
        write_whole(root / FILE, json.dumps(plain, indent=1, sort_keys=True) + "\n")

    @classmethod
    def read(cls, root: Path) -> Charter:
        """Read it from the company's root.

        Raises:
            WorldUnavailable: there is no company, or its file is damaged or of a newer lab.
        """
        try:
            data = json.loads((root / FILE).read_text(encoding="utf-8"))
            return cls._from(data)
        except FileNotFoundError as problem:
            raise WorldUnavailable(f"There is no company in '{root}'.", remedy="`lab start` makes one.") from problem
        except (OSError, ValueError, KeyError, TypeError) as problem:
            raise WorldUnavailable(
                f"The company's file '{root / FILE}' can't be understood: {problem}.",
                remedy="`lab start` in another directory makes a new company.",
            ) from problem

    @classmethod
    def _from(cls, data: Mapping[str, Any]) -> Charter:
        if data["format"] != FORMAT:
            raise ValueError(f"its format is {data['format']}, this lab reads {FORMAT}")
        if not _ID.fullmatch(data["id"]):
            raise ValueError("its id is no name")
        values = {key: value for key, value in data.items() if key != "format"}
        setups = tuple(ServerSetup.from_json(setup) for setup in data["servers"])
        return cls(**{**values, "scenario": Path(data["scenario"]), "servers": setups})
