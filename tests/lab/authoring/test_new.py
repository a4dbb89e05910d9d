"""What `lab author new` writes can be read, is valid by its schemas, and one of its traps is refused: the rest is proven in CI."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from lab.authoring.new import new
from lab.authoring.prove import Wish, prove
from lab.company.pipelines.toolchain import Toolchain
from lab.errors import UsageProblem, WrongState
from lab.scenario import library
from lab.scenario.marked import read_marked
from lab.session.wiring import kinds, read_scenario


def test_it_is_read_and_valid_by_the_schemas_beside_it(fresh: Path) -> None:
    told = read_scenario(library.find(fresh))
    assert [stage.id for stage in told.stages] == ["first"]
    for path in fresh.rglob("*.yaml"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        schema = json.loads((path.parent / first.partition("$schema=")[2]).read_text(encoding="utf-8"))
        assert list(Draft202012Validator(schema).iter_errors(read_marked(path, name="it").value)) == []


def test_a_copy_of_a_shipped_stage_is_caught_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.scenario.overlay._cache", lambda: tmp_path / "cache")
    made = new(tmp_path / "mine", kinds(), stage="the-gate")
    (stage,) = read_scenario(library.find(made)).stages
    assert [one.id for one in stage.skipped] == ["day-zero", "local-tests"]
    assert stage.traps


def test_a_name_that_can_be_none_and_a_folder_that_is_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="can't be the name"):
        new(tmp_path / "My Workshop", kinds())
    with pytest.raises(UsageProblem, match="There is no stage 'no'"):
        new(tmp_path / "mine", kinds(), stage="no")
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "file").write_text("")
    with pytest.raises(WrongState, match="is there already"):
        new(tmp_path / "there", kinds())


@pytest.mark.slow
@pytest.mark.parametrize("only", ["in-python", "greets-nobody"])
def test_it_proves_at_once(fresh: Path, only: str) -> None:
    toolchain = Toolchain.find()
    toolchain.prepare(lambda _: None)
    report = prove(
        read_scenario(library.find(fresh)), toolchain, Wish(only=(only,), seeds=1, fresh=True), tell=lambda _: None, on_row=lambda _: None
    )
    assert [row.holes for row in report.rows] == [()]
