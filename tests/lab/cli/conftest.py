"""The same machine of nobody's as for the use cases."""

from __future__ import annotations

from tests.lab.session.conftest import folder, house, own_machine, session

__all__ = ["folder", "house", "own_machine", "session"]
