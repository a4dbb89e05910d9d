"""A click group that loads a command when it is called: help and completion read the table alone."""
# ruff: noqa: PLC0415 - each command loads only what it needs

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import click

from lab.cli.table import COMMANDS, GROUPS

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class LazyGroup(click.Group):
    """The commands of `lab.cli.table`."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's interface
        """Every name, in the table's order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's interface
        """Load one; None if there is none of that name."""
        row = COMMANDS.get(cmd_name)
        if row is None:
            return None
        found: click.Command = getattr(importlib.import_module(row.module), row.attribute)
        return found

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a guess at what was meant."""
        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in COMMANDS:
            import difflib

            near = difflib.get_close_matches(name, COMMANDS, n=1)
            ctx.fail(f"There is no command '{name}'." + (f" Did you mean '{near[0]}'?" if near else ""))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's interface
        """Write the table, by groups, without loading a command."""
        for group in GROUPS:
            rows = [(name, row.help) for name, row in COMMANDS.items() if row.group == group]
            with formatter.section(group):
                formatter.write_dl(rows)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete a command's name from the table."""
        from click.shell_completion import CompletionItem

        found: list[CompletionItem] = [CompletionItem(name, help=row.help) for name, row in COMMANDS.items() if name.startswith(incomplete)]
        return found + _options(self, ctx, incomplete)


def _options(group: click.Group, ctx: click.Context, incomplete: str) -> list[Any]:
    """What click completes by itself: the group's options, where a dash was typed."""
    return click.Command.shell_complete(group, ctx, incomplete) if incomplete.startswith("-") else []
