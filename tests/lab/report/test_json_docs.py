"""docs/json.md names every field of every document, and no document has a field that it does not name."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest

from lab.report import delivery, facts, imported, incidents, model, profile, roster, standing

TEXT = (Path(__file__).parents[3] / "docs" / "json.md").read_text(encoding="utf-8")
KINDS: dict[str, tuple[type[Any], ...]] = {
    "status": (standing.StatusReport, standing.StageLine, standing.MilestoneLine, standing.CheckLine),
    "check": (model.CheckReport, model.NextStep, model.News),
    "score": (facts.ScoreReport, facts.StageScore, facts.MilestoneScore, model.CustomersLine, delivery.DeliveryLine),
    "skills": (profile.SkillsReport, profile.SkillLine, profile.Checkpoint),
    "journal": (profile.JournalReport, profile.JournalEntry),
    "import": (imported.ImportReport, imported.ImportedLine),
    "verify": (roster.RosterReport, roster.RosterLine),
    "doctor": (facts.DoctorReport, facts.Ailment),
    "images": (facts.ImagesReport, facts.ImageLine),
    "list": (facts.ListReport, facts.ScenarioLine),
    "log": (facts.LogReport, facts.RunLine, facts.JobLine, facts.StepLine),
    "events": (facts.EventsReport, facts.EventLine),
    "secrets": (facts.SecretsReport, facts.SecretLine),
    "incidents": (incidents.IncidentsReport, incidents.IncidentLine, incidents.NoteLine),
    "pulls": (facts.PullsReport, facts.PullLine),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_a_document_is_documented(kind: str) -> None:
    section = re.split(r"^## ", TEXT, flags=re.MULTILINE)
    (text,) = (part for part in section if part.startswith(f"`{kind}`"))
    named = set(re.findall(r"`([a-z_0-9]+)(?:\[\])?`", text))
    fields = {field.name for report in KINDS[kind] for field in dataclasses.fields(report)}
    assert fields - named == set()
