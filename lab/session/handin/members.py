"""The bundle on paper: which members it has, how large each may be, and what its manifest says.

A bundle is a ZIP file with these members and no other, so that no name in it ever becomes a path:

    manifest.json   what it is of, and the SHA-256 of each other member
    ledger.jsonl    every event of the company, one a line
    tree.bundle     the forge, as a git bundle
    logs.json       the last lines of each log
    signature       by `ssh-keygen -Y sign` over manifest.json, where a key was given
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Self

from lab.errors import Refused

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
LEDGER: Final = "ledger.jsonl"
TREE: Final = "tree.bundle"
LOGS: Final = "logs.json"
SIGNATURE: Final = "signature"
LARGEST: Final = {MANIFEST: 1 << 20, LEDGER: 256 << 20, TREE: 256 << 20, LOGS: 4 << 20, SIGNATURE: 1 << 16}
REQUIRED: Final = (MANIFEST, LEDGER, TREE, LOGS)
_SHA: Final = re.compile(r"[0-9a-f]{40}")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


@dataclass(frozen=True)
class Manifest:
    """What a bundle is of. `digest` is the scenario's, `version` the lab's, `made_at` seconds since the epoch.

    `main` is the forge's `main`, `tree` the hash of its tree, `start` what `main` was when the first stage opened; `sums` has
    the SHA-256 of each other member. `who` is as `lab start --as` was told, and empty without.
    """

    workspace: str
    who: str
    scenario: str
    digest: str
    version: str
    seed: int
    repository: str
    main: str
    tree: str
    start: str
    made_at: float
    sums: dict[str, str]

    def plain(self) -> dict[str, Any]:
        """As JSON tells it."""
        return {"format": FORMAT, **asdict(self)}

    @classmethod
    def read(cls, told: object) -> Self:
        """What a manifest says.

        Raises:
            Refused: it is none, it is of another format, or a value is of the wrong kind.
        """
        if not isinstance(told, dict):
            raise Refused("Its manifest is not a JSON object.")
        if told.get("format") != FORMAT:
            raise Refused(f"Its format is {str(told.get('format'))[:20]!r}, and this lab reads format {FORMAT}.")
        kinds: dict[str, Any] = {"seed": int, "made_at": (int, float), "sums": dict}
        for field in fields(cls):
            value = told.get(field.name)
            if not isinstance(value, kinds.get(field.name, str)) or isinstance(value, bool):
                raise Refused(f"Its manifest lacks '{field.name}', or has it in another kind.")
        made = cls(**{field.name: told[field.name] for field in fields(cls)})
        for name in (made.main, made.tree, made.start):
            if not _SHA.fullmatch(name):
                raise Refused("Its manifest names a commit that is none.")
        if not _NAME.fullmatch(made.scenario) or not _NAME.fullmatch(made.repository):
            raise Refused("Its manifest names a scenario or a repository that can't be one.")
        return made


def sum_of(content: bytes) -> str:
    """The SHA-256 of a member."""
    return hashlib.sha256(content).hexdigest()
