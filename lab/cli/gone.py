"""The one thing that can happen to an output while we write it and that nobody must be told."""


class ReaderGoneError(Exception):
    """Nobody reads the output any more: `lab … | head`."""
