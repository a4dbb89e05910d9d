"""Every check type, one line each. A new type is a class and a line here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lab.checks import commits, containers, delivery, exposing, frugal, gate, images, live, own, paging, pipelines, suites

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lab.checks.base import Check

CHECKS: Final[Mapping[str, type[Check]]] = {
    "answered": live.Answered,
    "bad_images_kept_back": images.BadImagesKeptBack,
    "bad_deploy_refused": delivery.BadDeployRefused,
    "bears_load": frugal.BearsLoad,
    "commits_accepted": commits.CommitsAccepted,
    "commits_refused": commits.CommitsRefused,
    "customers_see": live.CustomersSee,
    "drift_reported": delivery.DriftReported,
    "each_deploy_serves": delivery.EachDeployServes,
    "feedback_in_time": pipelines.FeedbackInTime,
    "few_pages": paging.FewPages,
    "few_series": exposing.FewSeries,
    "hang_stopped": pipelines.HangStopped,
    "image_serves": images.ImageServes,
    "images_published": images.ImagesPublished,
    "kept_off_main": gate.KeptOffMain,
    "kept_quiet": paging.KeptQuiet,
    "log_found": exposing.LogFoundByCall,
    "mutants_noticed": suites.MutantsNoticed,
    "names_failing_test": pipelines.NamesFailingTest,
    "no_secret_inside": images.NoSecretInside,
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
    "ready_when_ready": containers.ReadyWhenReady,
    "rebuilds_little": frugal.RebuildsLittle,
    "release_before": delivery.ReleaseBefore,
    "rules_judge_well": exposing.RulesJudgeWell,
    "same_again": images.SameAgain,
    "script": own.Script,
    "serves": delivery.Serves,
    "serves_under": containers.ServesUnder,
    "short_outages": delivery.ShortOutages,
    "stops_cleanly": containers.StopsCleanly,
    "suite_green": suites.SuiteGreen,
    "ticketed": paging.Ticketed,
}
