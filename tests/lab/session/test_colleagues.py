"""Pull requests as the learner sees them: who is waited for, in which order, and what merges by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lab.company.git import Git
from lab.errors import Refused, WrongState
from lab.report.paper import Paper
from lab.report.runs import pulls as render
from lab.session import colleagues

if TYPE_CHECKING:
    from lab.company.forge.forge import Forge
    from lab.session.session import Session

PLAIN = Paper(width=120, colour=False, unicode=True)


@pytest.fixture
def forge(session: Session) -> Forge:
    """The forge, with two open pull requests of the learner's."""
    git = Git(session.workspace.clone, actor="learner")
    for name in ("one", "two"):
        git.run("switch", "--quiet", "--create", name, "main")
        (session.workspace.clone / f"{name}.txt").write_text(name)
        git.run("add", "--all")
        git.run("commit", "--quiet", "-m", f"Add {name}")
        git.run("push", "--quiet", "origin", name)
        colleagues.create_pull(session, title="", body="", branch="")
    return session.parts.forge(session.workspace)


def test_the_list_says_who_reads_what_and_in_which_order(session: Session, forge: Forge) -> None:
    forge.request_review(2, of="sam")
    forge.request_review(1, of="sam")
    forge.merge_by_itself(1, by="learner")
    assert render(colleagues.pulls(session), PLAIN).splitlines() == [
        "#2  Add two  two  learner  open, sam reads it now",
        "#1  Add one  one  learner  open, merges by itself, sam reads #2 first",
    ]


def test_one_pull_request_says_whom_it_waits_for(session: Session, forge: Forge) -> None:
    forge.request_review(1, of="sam")
    shown = render(colleagues.pull(session, 1), PLAIN)
    assert "  Waits: sam reads it now.\n" in shown
    forge.review(1, by="sam", approve=True, text="Looks good to me.")
    shown = render(colleagues.pull(session, 1), PLAIN)
    assert "Waits" not in shown
    assert "  sam approves: Looks good to me.\n" in shown


def test_auto_merge_is_set_and_taken_back(session: Session, forge: Forge) -> None:
    said = colleagues.merge_later(session, 1, enabled=True)
    assert said.sentences == ("Pull request #1 will be merged by itself at once.",)
    assert "It merges by itself, for learner" in render(colleagues.pull(session, 1), PLAIN)
    assert colleagues.merge_later(session, 1, enabled=False).sentences == ("Pull request #1 will not be merged by itself.",)
    assert forge.pull_request(1).merges_by == ""


def test_what_is_closed_merges_no_more(session: Session, forge: Forge) -> None:
    forge.close(1)
    with pytest.raises(Refused, match="#1 is closed already"):
        colleagues.merge_later(session, 1, enabled=True)
    with pytest.raises(WrongState, match="There is no pull request #9"):
        colleagues.merge_later(session, 9, enabled=True)
