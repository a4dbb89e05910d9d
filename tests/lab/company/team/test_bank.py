"""The bank as files: read whole, with every mistake."""

import pytest

from lab.company.team import bank as team_bank
from lab.company.team.bank import NoSuchEntry, load
from lab.errors import ScenarioWrong

PEOPLE = "- {id: tom, name: Tom, email: tom@harborline.example}\n"
NEEDED = {"G01", "G02", "G03", "G05", "G06", "G10", "B01", "B02", "B03", "B04", "B10", "B18", "B22", "B23", "B26"}


def write(folder, entries, people=PEOPLE):
    (folder / "bank").mkdir()
    (folder / "personas.yaml").write_text(people)
    (folder / "bank" / "all.yaml").write_text(entries)
    return folder


def test_all_that_the_first_stages_need_is_there(bank):
    assert {entry.ref for entry in bank.entries.values()} >= NEEDED
    assert {entry.author for entry in bank.entries.values()} <= set(bank.personas)
    assert all(len(entry.variants) >= team_bank.FEWEST for entry in bank.entries.values())


def test_every_mistake_is_told_with_its_line(tmp_path):
    folder = write(
        tmp_path,
        "- id: one\n  ref: B1\n  author: tom\n  message: m\n  label: worse\n  variants:\n    - id: a\n      edits: [{rewrit: {}}]\n"
        "- {id: two, ref: B2, author: tom, message: m, label: bad, colour: red, variants: []}\n",
    )
    with pytest.raises(ScenarioWrong) as wrong:
        load(folder)
    told = [str(problem).split(": ", 1) for problem in wrong.value.problems]
    name = f"{folder.name}/bank/all.yaml"
    assert [where for where, _ in told] == [f"{name}:5", f"{name}:8", f"{name}:9", f"{name}:9"]
    assert "there is no edit 'rewrit'" in told[1][1]


def test_an_entry_that_hangs_in_the_air_is_refused(tmp_path):
    variant = "{id: a, edits: [{append: {path: x, text: y}}]}"
    folder = write(tmp_path, f"- {{id: one, ref: B1, author: tim, message: m, label: bad, variants: [{variant}]}}\n")
    with pytest.raises(ScenarioWrong) as wrong:
        load(folder)
    said = str(wrong.value)
    assert "nobody in the team is called 'tim'" in said
    assert "it has 1 variants, and 3 are the least" in said
    assert "a bad entry says what stops it" in said
    assert "variant 'a' does not say what it breaks" in said


def test_aliases_and_doubled_keys_are_refused(tmp_path):
    with pytest.raises(ScenarioWrong, match=r"all.yaml:1: aliases"):
        load(write(tmp_path, "- {id: &a x, ref: *a}\n"))
    (tmp_path / "bank" / "all.yaml").write_text("- id: one\n  ref: a\n  id: two\n")
    with pytest.raises(ScenarioWrong, match=r"all.yaml:3: 'id' stands here twice"):
        load(tmp_path)


def test_an_unknown_entry_is_named_with_the_nearest(bank):
    with pytest.raises(NoSuchEntry, match="'bulk-boundry' \\(did you mean 'bulk-boundary'\\?\\)"):
        bank.entry("bulk-boundry")


def test_stand_ins_are_stopped_by_the_same_gate(bank):
    entry = bank.entry("bulk-boundary")
    assert "simplify-totals" in {one.id for one in bank.stand_ins(entry)}
    assert all((one.label, one.stopped_by) == (entry.label, entry.stopped_by) for one in bank.stand_ins(entry))
