"""The parts of a company that come from elsewhere: the machine's tools, the scenario's oracle, and what rests on both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lab.company import oracle
from lab.company.pipelines.runner import Runner
from lab.company.pipelines.toolchain import Toolchain
from lab.company.team.truth import LedgerTruth

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.company.charter import Charter
    from lab.company.company import Company
    from lab.company.customers.judging import Truth
    from lab.company.oracle import Oracle


@dataclass(frozen=True)
class Parts:
    """The parts that come from elsewhere, so that a test can bring its own."""

    toolchain: Toolchain
    oracle: Callable[[Charter], Oracle]
    truth: Callable[[Company], Truth]
    runner: Callable[[Company], Runner]


def real_parts() -> Parts:
    """The parts that a real company is made of."""
    return Parts(toolchain=Toolchain.find(), oracle=lambda charter: oracle.load(charter.scenario), truth=_truth, runner=_runner)


def _runner(company: Company) -> Runner:
    forge: Any = company.forge  # the runner's protocol asks for fields that can be set, and a pull request is frozen
    made = Runner(company.root / "runs", forge, company.ledger, company.parts.toolchain)
    if company.charter.containers:
        made.quay = company.harbour
    return made


def _truth(company: Company) -> Truth:
    return LedgerTruth(company.forge, company.repository, company.oracle, seed=company.charter.seed)
