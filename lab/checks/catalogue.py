"""Every check type, one line each. A new type is a class and a line here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lab.checks import commits, delivery, exposing, gate, live, own, paging, pipelines, suites

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
    "few_pages": paging.FewPages,
    "few_series": exposing.FewSeries,
    "hang_stopped": pipelines.HangStopped,
    "kept_off_main": gate.KeptOffMain,
    "kept_quiet": paging.KeptQuiet,
    "log_found": exposing.LogFoundByCall,
    "mutants_noticed": suites.MutantsNoticed,
    "names_failing_test": pipelines.NamesFailingTest,
    "nothing_injected": gate.NothingInjected,
    "on_main": gate.OnMain,
    "one_of_two": delivery.OneOfTwo,
    "orders_kept": delivery.OrdersKept,
    "page_tells": paging.PageTells,
    "paged_in_time": paging.PagedInTime,
    "pipeline_verdict": pipelines.PipelineVerdict,
    "push_refused": gate.PushRefused,
    "pytest": own.Pytest,
    "python": own.Python,
    "release_before": delivery.ReleaseBefore,
    "rules_judge_well": exposing.RulesJudgeWell,
    "script": own.Script,
    "serves": delivery.Serves,
    "short_outages": delivery.ShortOutages,
    "suite_green": suites.SuiteGreen,
    "ticketed": paging.Ticketed,
}
