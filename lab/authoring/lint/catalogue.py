"""Every rule, one line each. A new rule is a class and a line here; its id never changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lab.authoring.lint import hints, judging, shape, texts

if TYPE_CHECKING:
    from lab.authoring.lint.base import Rule

RULES: Final[tuple[type[Rule], ...]] = (
    texts.BriefingLength,
    texts.ContractLength,
    texts.JobSentence,
    texts.FirstCommand,
    texts.SaysDone,
    texts.TextTooLong,
    hints.HintAsks,
    hints.HintEmpty,
    hints.HintGivesAway,
    judging.AssertsNothing,
    judging.Unrefused,
    judging.UnusedLabel,
    judging.UnknownSkill,
    judging.NameReused,
    shape.UnusedFile,
    shape.NoMechanism,
    shape.FirstMilestone,
    shape.TimesDisagree,
    shape.ReadyTooSoon,
    shape.Draft,
    shape.NoInstructorText,
)
