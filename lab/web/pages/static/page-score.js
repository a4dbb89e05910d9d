// The score: what `lab score --json` says, stage by stage.
import { say, el, fill, badge, span, panel, empty, sorry } from "./dom.js";
import { get } from "./api.js";
import { keep, about } from "./live.js";

const cell = (text) => el("td", { class: "n" }, text);

export function show(main) {
  const kept = keep(async () => {
    try {
      draw(main, await get("score"));
    } catch (problem) {
      fill(main, sorry(problem, () => kept.look()));
    }
  }, about("check.", "stage.", "hint."), { least: 100 });
  return kept.stop;
}

function draw(main, told) {
  const head = ["stage", "state", "checks", "unaided", "stretch", "hints", "resets", "time", "customers"];
  const rows = told.stages.map((stage) => el("tr", {}, el("th", { scope: "row" }, stage.title), el("td", {}, badge(stage.state)), cell(`${stage.passed}/${stage.checks}`), cell(stage.unaided), cell(`${stage.stretch_passed}/${stage.stretch}`), cell(stage.hints), cell(stage.resets), cell(stage.minutes === null ? say("score.not_yet") : span(stage.minutes)), el("td", {}, customers(stage.customers))));
  fill(main, el("h1", {}, say("score.title")), el("p", { class: "lead" }, say("score.lead")),
    told.stages.length ? el("div", { class: "panel scroll", tabindex: "0", role: "region", "aria-label": say("score.title") }, el("table", {}, el("thead", {}, el("tr", {}, head.map((name) => el("th", { scope: "col" }, say(`score.${name}`))))), el("tbody", {}, rows, el("tr", {}, el("th", { scope: "row" }, say("score.all")), el("td", { colspan: 7 }), el("td", {}, customers(told.customers)))))) : empty(say("score.empty")),
    told.stages.length ? metrics(told.stages) : null,
    el("div", { class: "thirds" }, told.stages.map((stage) => panel(`${say("score.milestones")}: ${stage.title}`, el("ul", { class: "plain" }, stage.milestones.map((item) => el("li", {}, badge(item.minutes === null ? "later" : "reached", item.minutes === null ? say("score.not_yet") : span(item.minutes)), item.title)))))));
}

const RATE = (value) => `${Math.round(value * 100)} %`;
const METRICS = [["frequency", (value) => value.toFixed(1), "frequency_n"], ["lead_time", span, "lead_time_n"], ["fail_rate", RATE, "fail_rate_n"], ["recovery", span, "recovery_n"], ["rework_rate", RATE, null]];

// The five delivery metrics, a column for each stage: the number, of how many, and the lab's band in words.
function metrics(stages) {
  const row = ([name, shown, count]) => el("tr", {}, el("th", { scope: "row" }, say(`score.${name}`)), stages.map((stage) => metric(stage.delivery, name, shown, count)));
  return el("section", { class: "panel scroll", tabindex: "0", "aria-label": say("score.metrics") }, el("h2", {}, say("score.metrics")),
    el("table", {}, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, say("score.metric")), stages.map((stage) => el("th", { scope: "col" }, stage.title)))), el("tbody", {}, METRICS.map(row))),
    stages.map((stage) => (stage.delivery?.moved ? el("p", { class: "lead" }, `${stage.title}: ${stage.delivery.moved}`) : null)));
}

function metric(found, name, shown, count) {
  if (!found || found[name] === null || found[name] === undefined) return el("td", {}, say("score.no_data"));
  const least = found[`${name}_at_least`] ? "> " : "";
  const band = found.bands?.[name] ? ` · ${say("score.band", { name: found.bands[name] })}` : "";
  return el("td", {}, `${least}${shown(found[name])}`, el("span", { class: "soft" }, `${count ? ` ${say("score.of", { n: found[count] })}` : ""}${band}`));
}

function customers(got) {
  const parts = [`${(got.good + got.late).toLocaleString("en")} ${say("score.right")}`];
  if (got.wrong) parts.push(`${got.wrong} ${say("score.wrong")}`);
  if (got.failed) parts.push(`${got.failed} ${say("score.failed")}`);
  if (got.outage_minutes) parts.push(say("score.out", { n: span(got.outage_minutes) }));
  return parts.join(", ");
}
