"""What is right at Harborline: an implementation of the shop's rules that shares no code with the app or the lab.

It is loaded by file path (`lab/company/oracle.py`), so that a scenario brings its own. Everything is a function of a
seed and of the tables; a table set is plain JSON, as the files in `data/` hold it, plus `features`: endpoints that
exist only after the change that brings them.
"""

from __future__ import annotations

from .asking import FOCUSES, questions, steps
from .changes import apply_patch, change
from .judging import judge
from .past import history
from .rendering import data_files, expected_row, files, row_question, team_tests
from .shop import tables
from .words import BEHAVIOURS as behaviours  # noqa: N811 - the contract's name for it

__all__ = [
    "FOCUSES",
    "apply_patch",
    "behaviours",
    "change",
    "data_files",
    "expected_row",
    "files",
    "history",
    "judge",
    "questions",
    "row_question",
    "steps",
    "tables",
    "team_tests",
]
