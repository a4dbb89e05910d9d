// The score: what `lab score --json` says, stage by stage.
import { say, el, fill, badge, span, panel, empty } from "./dom.js";
import { get } from "./api.js";
import { keep, about } from "./live.js";

const cell = (text) => el("td", { class: "n" }, text);

export function show(main) {
  const kept = keep(async () => {
    try {
      draw(main, await get("score"));
    } catch (problem) {
      fill(main, empty(say("errors.title"), `${problem.message} ${problem.remedy ?? ""}`));
    }
  }, about("check.", "stage.", "hint."), { least: 100 });
  return kept.stop;
}

function draw(main, told) {
  const head = ["stage", "state", "checks", "unaided", "stretch", "hints", "resets", "time", "customers"];
  const rows = told.stages.map((stage) => el("tr", {}, el("th", { scope: "row" }, stage.title), el("td", {}, badge(stage.state)), cell(`${stage.passed}/${stage.checks}`), cell(stage.unaided), cell(`${stage.stretch_passed}/${stage.stretch}`), cell(stage.hints), cell(stage.resets), cell(stage.minutes === null ? say("score.not_yet") : span(stage.minutes)), el("td", {}, customers(stage.customers))));
  fill(main, el("h1", {}, say("score.title")), el("p", { class: "lead" }, say("score.lead")),
    told.stages.length ? el("div", { class: "panel scroll", tabindex: "0", role: "region", "aria-label": say("score.title") }, el("table", {}, el("thead", {}, el("tr", {}, head.map((name) => el("th", { scope: "col" }, say(`score.${name}`))))), el("tbody", {}, rows, el("tr", {}, el("th", { scope: "row" }, say("score.all")), el("td", { colspan: 7 }), el("td", {}, customers(told.customers)))))) : empty(say("score.empty")),
    el("div", { class: "thirds" }, told.stages.map((stage) => panel(`${say("score.milestones")}: ${stage.title}`, el("ul", { class: "plain" }, stage.milestones.map((item) => el("li", {}, badge(item.minutes === null ? "later" : "reached", item.minutes === null ? say("score.not_yet") : span(item.minutes)), item.title)))))));
}

function customers(got) {
  const parts = [`${(got.good + got.late).toLocaleString("en")} ${say("score.right")}`];
  if (got.wrong) parts.push(`${got.wrong} ${say("score.wrong")}`);
  if (got.failed) parts.push(`${got.failed} ${say("score.failed")}`);
  if (got.outage_minutes) parts.push(say("score.out", { n: span(got.outage_minutes) }));
  return parts.join(", ");
}
