"""Every event, one line each. A new event is a class and a line here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lab.gameday.events import commits, images, own, releases, requests, talk, watching

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lab.gameday.events.base import Happening

EVENTS: Final[Mapping[str, type[Happening]]] = {
    "build_twice": images.BuildTwice,
    "commit": commits.CommitEvent,
    "complaint": talk.Complaint,
    "deploy_each": releases.DeployEach,
    "find_log": watching.FindLog,
    "flood": watching.Flood,
    "image": images.ImageEvent,
    "injection": requests.InjectionEvent,
    "load": images.LoadEvent,
    "look_for_secrets": images.LookForSecrets,
    "mutants": commits.MutantsEvent,
    "observe": releases.Observe,
    "order": releases.Order,
    "publish_tag": talk.PublishTag,
    "pull_request": requests.PullRequestEvent,
    "push": requests.PushEvent,
    "pytest": own.PytestEvent,
    "reboot": releases.Reboot,
    "rebuild": images.RebuildEvent,
    "recall": releases.Recall,
    "refactors": commits.Refactors,
    "release": releases.ReleaseEvent,
    "revert": requests.Revert,
    "rule_tests": watching.RuleTests,
    "run_under": images.RunUnder,
    "say": talk.Say,
    "script": own.ScriptEvent,
    "shelf": images.ShelfEvent,
    "stop": images.StopEvent,
    "suite": commits.Suite,
    "tamper": releases.Tamper,
    "verb": releases.VerbEvent,
    "verbs_together": releases.VerbsTogether,
    "watch": watching.WatchEvent,
    "without_database": images.WithoutDatabase,
}
