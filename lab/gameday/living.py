"""The program of a live company's resident process: its parts, and what the team does meanwhile.

It stands above `company`, because teammates play events; `lab.company.resident` starts it by name.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from lab.company import resident
from lab.company.team.attending import Attendant
from lab.errors import LabError
from lab.gameday.planned import Planned

if TYPE_CHECKING:
    from lab.company.company import Company


def errands(company: Company) -> tuple[resident.Errand, ...]:
    """What is looked at twice a second."""
    return Attendant(company).look, Planned(company).look


def main(words: list[str]) -> int:
    """`python -P -m lab.gameday.living ROOT`; gives the exit code."""
    try:
        resident.live(Path(words[0]), errands=errands)
    except LabError as problem:
        sys.stderr.write(f"{problem}\n")
        return problem.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
