"""`lab secret`: what pipelines get as `secrets.NAME`. Only names are ever shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.company.pipelines.vault import Vault
from lab.report.facts import SecretLine, SecretsReport
from lab.report.model import DoneReport, NextStep

if TYPE_CHECKING:
    from lab.session.session import Session

SET = "secret.set"


def set_secret(session: Session, name: str, value: str) -> DoneReport:
    """Keep a secret for the pipelines.

    Raises:
        UsageProblem: the name or the value is none that GitHub takes.
        WorldUnavailable: the disk is full or read-only.
    """
    name = Vault(session.workspace.company).set(name, value)
    session.ledger.append(SET, actor="learner", source="learner", name=name)
    use = NextStep("In a workflow, as a variable of the step that needs it:", f"{name}: ${{{{ secrets.{name} }}}}")
    return DoneReport((f"The secret '{name}' is set. Its value is shown nowhere any more.",), use)


def delete_secret(session: Session, name: str) -> DoneReport:
    """Forget a secret.

    Raises:
        UsageProblem: there is none of that name.
    """
    name = Vault(session.workspace.company).delete(name)
    session.ledger.append("secret.deleted", actor="learner", source="learner", name=name)
    return DoneReport((f"The secret '{name}' is gone.",))


def secrets(session: Session) -> SecretsReport:
    """The names, and when each was set."""
    minutes = {event.data["name"]: event.minute for event in session.ledger.events(SET)}
    return SecretsReport(tuple(SecretLine(name, minutes.get(name, 0.0)) for name in sorted(Vault(session.workspace.company).values())))
