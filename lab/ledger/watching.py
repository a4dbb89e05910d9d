"""Notices that another connection has appended to a ledger, for the price of reading one number."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab.ledger.store import Ledger


class Watch:
    """One open connection whose `data_version` moves whenever somebody else commits, from whatever process.

    Source: sqlite.org, "PRAGMA data_version". Asked from one thread at a time.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._link: sqlite3.Connection | None = None
        self._version = -1

    def has_changed(self) -> bool:
        """Whether anything was committed since the last question; True the first time and whenever it can't be told."""
        try:
            if self._link is None:
                place = f"{self._ledger.path.absolute().as_uri()}?mode=rw"
                self._link = sqlite3.connect(place, uri=True, timeout=0.05, isolation_level=None, check_same_thread=False)
            version = int(self._link.execute("PRAGMA data_version").fetchone()[0])
        except sqlite3.Error:
            self.close()
            return True
        changed, self._version = version != self._version, version
        return changed

    def close(self) -> None:
        """Give the connection back."""
        if self._link is not None:
            with contextlib.suppress(sqlite3.Error):
                self._link.close()
        self._link, self._version = None, -1
