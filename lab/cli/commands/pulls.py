"""`lab pr`: pull requests, in the verbs and the look of `gh pr`."""
# ruff: noqa: PLC0415 - each command loads only what it needs

from __future__ import annotations

import click

from lab.cli.desk import Desk, json_option, pass_desk
from lab.errors import UsageProblem


@click.group()
def pr() -> None:
    """Pull requests, with the verbs of 'gh pr'."""


@pr.command()
@click.option("-t", "--title", default="", help="Default: the first line of the branch's first commit.")
@click.option("-b", "--body", default="", help="What it does and why.")
@click.option("-H", "--head", "branch", default="", help="The branch; default: the one your clone is on.")
@pass_desk
def create(desk: Desk, title: str, body: str, branch: str) -> None:
    """Open a pull request into 'main' for a pushed branch."""
    from lab.session import colleagues

    made = colleagues.create_pull(desk.session, title=title, body=body, branch=branch).pulls[0]
    desk.console.lines([f"Opened pull request #{made.number}: {made.title}", f"See it: lab pr view {made.number}"])


@pr.command("list")
@click.option("-s", "--state", type=click.Choice(["open", "closed", "merged", "all"]), default="open", show_default=True)
@json_option
@pass_desk
def list_(desk: Desk, state: str, *, as_json: bool) -> None:
    """List pull requests, newest first."""
    from lab.report.runs import pulls as render
    from lab.session import colleagues

    desk.show("pulls", colleagues.pulls(desk.session, state=state), render, as_json=as_json)


@pr.command()
@click.argument("number", type=int)
@json_option
@pass_desk
def view(desk: Desk, number: int, *, as_json: bool) -> None:
    """Show a pull request: its checks, its reviews, and what stands in its way."""
    from lab.report.runs import pulls as render
    from lab.session import colleagues

    desk.show("pulls", colleagues.pull(desk.session, number), render, as_json=as_json)


@pr.command()
@click.argument("number", type=int)
@click.option("-a", "--approve", is_flag=True, help="Approve it.")
@click.option("-r", "--request-changes", "refuse", is_flag=True, help="Ask for changes.")
@click.option("-b", "--body", default="", help="What you say.")
@pass_desk
def review(desk: Desk, number: int, body: str, *, approve: bool, refuse: bool) -> None:
    """Say yes or no to a pull request."""
    from lab.session import colleagues

    if approve == refuse:
        raise UsageProblem("A review says yes or no.", remedy="Give one of `--approve` and `--request-changes`.")
    _done(desk, colleagues.review_pull(desk.session, number, approve=approve, text=body))


@pr.command()
@click.argument("number", type=int)
@click.option("--admin", is_flag=True, help="Past the rulesets whose 'bypass_actors' name the owner; it is recorded.")
@click.option("--auto", is_flag=True, help="As soon as nothing stands in its way: checks have passed, owners have approved.")
@click.option("--disable-auto", "no_auto", is_flag=True, help="No longer by itself.")
@click.option("-m", "--merge", "_merge", is_flag=True, hidden=True)
@pass_desk
def merge(desk: Desk, number: int, *, admin: bool, auto: bool, no_auto: bool, _merge: bool) -> None:
    """Merge a pull request, once nothing stands in its way."""
    from lab.session import colleagues

    if admin + auto + no_auto > 1:
        raise UsageProblem("A pull request is merged now or by itself.", remedy="Give one of `--admin`, `--auto` and `--disable-auto`.")
    if auto or no_auto:
        _done(desk, colleagues.merge_later(desk.session, number, enabled=auto))
        return
    _done(desk, colleagues.merge_pull(desk.session, number, admin=admin))


@pr.command()
@click.argument("number", type=int)
@pass_desk
def close(desk: Desk, number: int) -> None:
    """Close a pull request without merging it."""
    from lab.session import colleagues

    _done(desk, colleagues.close_pull(desk.session, number))


def _done(desk: Desk, report: object) -> None:
    from lab.report.prose import done as render

    desk.console.write(render(report, desk.console.paper))  # type: ignore[arg-type]  # both use cases give a DoneReport
