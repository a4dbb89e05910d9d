// The instructor's view: what proves each stage, how each check went here, and where it got stuck.
import { say, el, rich, fill, badge, span, panel, sorry } from "./dom.js";
import { get } from "./api.js";
import { keep, about } from "./live.js";

export function show(main) {
  let proofs = {};
  const kept = keep(async () => {
    try {
      draw(main, await get("teaching"), proofs);
    } catch (problem) {
      fill(main, sorry(problem, () => kept.look()));
    }
  }, about("check.", "stage.", "hint."), { least: 100 });
  get("proofs").then(({ stages }) => { // asked once: it takes a second, and a proof takes minutes
    proofs = Object.fromEntries(stages.map((one) => [one.stage, one]));
    kept.look();
  }).catch(() => {});
  return kept.stop;
}

function draw(main, told, proofs) {
  fill(main, el("h1", {}, say("teaching.title")), el("p", { class: "lead" }, say("teaching.lead")),
    panel(say("teaching.stuck"), told.stuck.length ? el("ol", {}, told.stuck.map((text) => el("li", {}, rich(text)))) : el("p", { class: "soft" }, say("teaching.stuck_empty"))),
    told.stages.map((one) => stage(one, proofs[one.id])));
}

function stage(one, known) {
  const spent = one.minutes === null ? "" : ` · ${say("teaching.spent", { n: Math.round(one.minutes) })}`;
  const names = el("details", { "data-key": `n-${one.id}` }, el("summary", { "data-key": `ns-${one.id}` }, say("teaching.names")), el("p", {}, one.solutions.join(", ")), el("p", {}, one.traps.join(", ")), known?.open.length ? el("p", {}, `${say("teaching.unproven")}: ${known.open.join(", ")}`) : null);
  const proof = el("p", { class: "soft" }, `${say("teaching.solutions", { n: one.solutions.length })}, ${say("teaching.traps", { n: one.traps.length })}. ${say("teaching.prove")}: `, el("code", {}, one.prove), known ? [" ", badge(known.proven === known.cases ? "passed" : "none", say("teaching.proven", { n: known.proven, all: known.cases }))] : null);
  const head = ["check", "state", "attempts", "failures", "blocked", "hints", "until", "message"];
  const table = one.checks.length ? el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": one.title }, el("table", {}, el("thead", {}, el("tr", {}, head.map((name) => el("th", { scope: "col" }, say(`teaching.${name}`))))), el("tbody", {}, one.checks.map((check) => el("tr", { "data-check": check.id }, el("th", { scope: "row" }, rich(check.title)), el("td", {}, badge(check.verdict)), [check.attempts, check.failures, check.blocked, check.hints].map((n) => el("td", { class: "n" }, n)), el("td", { class: "n" }, check.minutes === null ? "" : span(check.minutes)), el("td", {}, rich(check.message))))))) : el("p", { class: "soft" }, say("teaching.unopened"));
  const began = one.checks.some((check) => check.attempts || check.hints);
  const shown = one.checks.length ? el("details", { open: began, "data-key": `c-${one.id}-${began}` }, el("summary", { "data-key": `cs-${one.id}` }, say("teaching.checks", { n: one.checks.length })), table) : table;
  return panel(null, el("h3", {}, `${one.code ? `${one.code} · ` : ""}${one.title} `, badge(one.state)), el("p", { class: "soft" }, say("teaching.planned", { n: one.planned_minutes }), spent), proof, names, shown);
}
