"""The merges that the forge itself is making: announced in the ledger before they are pushed, so that the gate knows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lab.company.forge.repository import Repository, Update

MERGE_OPTION: Final = "lab.merge="


def announced(repository: Repository, update: Update, options: Iterable[str]) -> dict[str, Any] | None:
    """The data of the `pr.merging` event that allows this very update: its nonce is an option, its commit is pushed."""
    nonces = {option.removeprefix(MERGE_OPTION) for option in options if option.startswith(MERGE_OPTION)}
    if not nonces or update.branch != "main":
        return None
    found = (event.data for event in repository.ledger.events("pr.merging"))
    return next((data for data in found if data.get("nonce") in nonces and data.get("sha") == update.new), None)


def made(repository: Repository, update: Update) -> dict[str, Any]:
    """The data of the `pr.merging` event that made the commit which 'main' has now; empty if it is no merge of ours."""
    found = (event.data for event in repository.ledger.events("pr.merging"))
    return next((data for data in found if data.get("sha") == update.new), {})
