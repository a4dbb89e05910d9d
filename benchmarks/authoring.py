"""What authors wait for: lint, an import of a hundred labs, and a proof with one worker and with two."""

# ruff: noqa: PLC0415 - the other rows need none of these

from __future__ import annotations

import json
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measuring import Row, medians, run
from benchmarks.places import LAB, environment

if TYPE_CHECKING:
    from collections.abc import Callable

LINT_GOAL = 1.0
IMPORT_GOAL = 10.0
PROVE_GOAL = 0.7
LABS = 100
PROOFS = 2


def measure(*, rounds: int, tell: Callable[[str], None]) -> list[Row]:
    """Each in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        room = Path(folder)
        source, target = labs(room / "labs"), room / "mine"
        env = environment()

        def bring() -> None:
            shutil.rmtree(target, ignore_errors=True)
            run([LAB, "author", "import", source, target], cwd=room, env=env)

        lint = [LAB, "author", "lint", "company-evolution"]
        took = medians({"lint": lambda: run(lint, cwd=room, env=env), "import": bring}, rounds=rounds, tell=tell)
        one, two = proofs(room, tell)
    return [
        Row("lint of all shipped stages", " ".join(map(str, lint[1:])), "", took["lint"], None, took["lint"], LINT_GOAL, "s", rounds),
        Row(f"import of {LABS} labs", "author import", "", took["import"], None, took["import"], IMPORT_GOAL, "s", rounds),
        Row("a proof with two workers", "author prove", "with one worker", two, one, two / one, PROVE_GOAL, "times", PROOFS),
    ]


def labs(root: Path) -> Path:
    """A hundred small labs of five steps, each step checked."""
    for number in range(LABS):
        folder = root / f"lab-{number}"
        folder.mkdir(parents=True)
        steps = []
        for step in range(5):
            (folder / f"step{step}.md").write_text(f"Make it: `touch /tmp/{step}`{{{{exec}}}}\n" * 20, encoding="utf-8")
            (folder / f"verify{step}.sh").write_text(f"[ -f /tmp/{step} ] || {{ echo 'It is not there.'; exit 1; }}\n", encoding="utf-8")
            steps.append({"title": f"Step {step}", "text": f"step{step}.md", "verify": f"verify{step}.sh"})
        told = {"title": f"Lab {number}", "details": {"steps": steps}, "backend": {"imageid": "ubuntu"}}
        (folder / "index.json").write_text(json.dumps(told), encoding="utf-8")
    return root


def proofs(room: Path, tell: Callable[[str], None]) -> tuple[float, float]:
    """The median seconds of a small scenario's proof with one worker and with two; nothing is remembered."""
    from lab.authoring.prove import Prover
    from lab.company.pipelines.toolchain import Toolchain
    from lab.scenario import library
    from lab.session.wiring import read_scenario

    run([LAB, "author", "new", "small"], cwd=room, env=environment())
    scenario = read_scenario(library.find(str(room / "small")))
    toolchain = Toolchain.find()
    toolchain.prepare(tell)

    def prove(workers: int) -> float:
        began = time.monotonic()
        report = Prover(scenario, toolchain, workers=workers).prove(scenario.stages)
        if not report.is_proven:
            raise SystemExit(f"The scenario of `lab author new` is not proven: {report}")
        return time.monotonic() - began

    took = medians({"one": lambda: prove(1), "two": lambda: prove(2)}, rounds=PROOFS, tell=tell)
    return took["one"], took["two"]
