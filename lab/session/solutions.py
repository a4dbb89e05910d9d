"""Lays a reference solution over a work tree; the game day does it the same way."""

from lab.gameday.laying import lay

__all__ = ["lay"]
