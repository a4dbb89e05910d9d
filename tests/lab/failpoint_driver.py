"""`lab` on the fake house as a process of its own, which a failpoint may kill.

python failpoint_driver.py SCENARIOS DIRECTORY WORD…
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from lab.cli.desk import Desk
from lab.cli.main import run
from lab.session import grading
from tests.lab.session.fake_house import FakeHouse

if __name__ == "__main__":
    grading.begin = lambda _: None  # the fake house is not there in another process
    house = FakeHouse(Path(sys.argv[1]))
    sys.exit(run(sys.argv[3:], Desk(directory=Path(sys.argv[2]), make_parts=lambda: house)))
