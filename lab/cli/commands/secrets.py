"""`lab secret`: secrets of the repository, in the verbs of `gh secret`."""
# ruff: noqa: PLC0415 - each command loads only what it needs

from __future__ import annotations

import sys

import click

from lab.cli.desk import Desk, json_option, pass_desk


@click.group()
def secret() -> None:
    """Secrets for the pipelines, with the verbs of 'gh secret'. Values are never shown."""


@secret.command("set")
@click.argument("name")
@click.option("-b", "--body", default=None, help="The value; better is standard input, which no history keeps.")
@pass_desk
def set_(desk: Desk, name: str, body: str | None) -> None:
    """Set a secret; its value is read from standard input, or asked for."""
    from lab.report.prose import done as render
    from lab.session.secrets_kept import set_secret

    session = desk.session
    value = body if body is not None else _asked(name)
    desk.console.write(render(set_secret(session, name, value), desk.console.paper))


@secret.command("list")
@json_option
@pass_desk
def list_(desk: Desk, *, as_json: bool) -> None:
    """List the names of the secrets."""
    from lab.report.tables import secrets as render
    from lab.session.secrets_kept import secrets

    desk.show("secrets", secrets(desk.session), render, as_json=as_json)


@secret.command()
@click.argument("name")
@pass_desk
def delete(desk: Desk, name: str) -> None:
    """Delete a secret."""
    from lab.report.prose import done as render
    from lab.session.secrets_kept import delete_secret

    desk.console.write(render(delete_secret(desk.session, name), desk.console.paper))


def _asked(name: str) -> str:
    """The value from standard input without its last line break, or typed unseen."""
    if sys.stdin is not None and sys.stdin.isatty():
        return str(click.prompt(f"The value of {name} (it is not shown)", hide_input=True, err=True))
    data = sys.stdin.buffer.read() if sys.stdin is not None else b""
    try:
        return data.decode("utf-8").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError as problem:
        from lab.errors import UsageProblem

        raise UsageProblem(
            f"The value of '{name}' is not text in UTF-8.", remedy=f"Encode it first: base64 < FILE | lab secret set {name}"
        ) from problem
