"""Every check type, one line each. A new type is a class and a line here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lab.checks import commits, delivery, gate, live, own, pipelines, suites

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lab.checks.base import Check

CHECKS: Final[Mapping[str, type[Check]]] = {
    "answered": live.Answered,
    "bad_deploy_refused": delivery.BadDeployRefused,
    "commits_accepted": commits.CommitsAccepted,
    "commits_refused": commits.CommitsRefused,
    "customers_see": live.CustomersSee,
    "drift_reported": delivery.DriftReported,
    "each_deploy_serves": delivery.EachDeployServes,
    "feedback_in_time": pipelines.FeedbackInTime,
    "hang_stopped": pipelines.HangStopped,
    "kept_off_main": gate.KeptOffMain,
    "mutants_noticed": suites.MutantsNoticed,
    "names_failing_test": pipelines.NamesFailingTest,
    "nothing_injected": gate.NothingInjected,
    "on_main": gate.OnMain,
    "one_of_two": delivery.OneOfTwo,
    "orders_kept": delivery.OrdersKept,
    "pipeline_verdict": pipelines.PipelineVerdict,
    "push_refused": gate.PushRefused,
    "pytest": own.Pytest,
    "python": own.Python,
    "release_before": delivery.ReleaseBefore,
    "script": own.Script,
    "serves": delivery.Serves,
    "short_outages": delivery.ShortOutages,
    "suite_green": suites.SuiteGreen,
}
