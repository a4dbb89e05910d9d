// Production: what customers get over time, with deploys and incidents on the same axis; servers and versions.
import { say, el, fill, badge, clock, short, span, panel, empty, sorry } from "./dom.js";
import { get } from "./api.js";
import { keep, on, about } from "./live.js";
import { chart } from "./chart.js";

const KINDS = { good: "fine", late: "working", wrong: "hurts", failed: "hurts" };

export function show(main) {
  const picture = el("div", {}), rest = el("div", {});
  fill(main, el("h1", {}, say("production.title")), picture, rest);
  let told = null, waiting = false;
  const paint = () => {
    waiting = false;
    if (!told.seconds.length) return fill(picture, empty(say("production.empty"), say("production.empty_text")));
    fill(picture, panel(say("production.chart"), el("ul", { class: "legend" }, ["good", "late", "wrong", "failed"].map((kind) => el("li", {}, el("svg", { class: "chart", viewBox: "0 0 10 10", "aria-hidden": "true" }, el("rect", { class: kind, width: 10, height: 10 })), say(`production.${kind}`))), el("li", {}, `▼ ${say("production.kinds.deploy")}`), el("li", {}, `▔ ${say("production.incident")}`), el("li", {}, `╱ ${say("production.latency")}`)), chart(told)));
  };
  const kept = keep(async () => {
    try {
      told = await get("production");
      paint();
      fill(rest, below(told));
    } catch (problem) {
      fill(rest, sorry(problem, () => kept.look()));
    }
  }, about("version.", "server.", "verb.", "stage.", "clock."));
  const stop = on((message) => {
    if (message.kind !== "answers" || !told) return;
    told.seconds = [...told.seconds, message.data].slice(-480);
    const bad = message.data.wrong + message.data.failed, last = told.incidents[told.incidents.length - 1];
    if (bad && !(last && last.until === null)) return void kept.look(); // an incident begins: the other side knows its extent
    if (!bad && last && last.until === null && message.data.minute - last.since > 5) kept.look();
    if (!waiting) { waiting = true; requestAnimationFrame(paint); }
  });
  return () => { kept.stop(); stop(); };
}

function below(told) {
  const got = told.customers;
  return [
    el("p", {}, say("production.totals", { good: got.good + got.late, wrong: got.wrong, failed: got.failed, out: span(got.outage_minutes) })),
    el("div", { class: "thirds" },
      panel(say("production.servers"), el("div", { class: "scroll" }, el("table", {}, el("thead", {}, el("tr", {}, ["server", "state", "version", "last"].map((name) => el("th", { scope: "col" }, say(`production.${name}`))))), el("tbody", {}, told.servers.map((one) => el("tr", {}, el("th", { scope: "row" }, one.name), el("td", {}, badge(one.state)), el("td", {}, el("code", {}, short(one.version))), el("td", {}, one.last))))))),
      panel(say("production.versions"), Object.keys(told.versions).length ? el("ul", { class: "plain" }, Object.entries(told.versions).map(([sha, share]) => el("li", {}, say("production.share", { sha: short(sha), share: Math.round(share * 100) })))) : el("p", { class: "soft" }, say("production.versions_empty"))),
      panel(say("production.incidents"), told.incidents.length ? el("ul", { class: "plain" }, told.incidents.slice(-8).reverse().map((one) => el("li", {}, badge(one.until === null ? "hurts" : "quiet", say("production.incident")), say("production.incident_line", { since: clock(one.since), until: one.until === null ? say("time.now") : clock(one.until), bad: one.bad })))) : el("p", { class: "soft" }, say("production.incidents_empty"))),
      panel(say("production.marks"), told.marks.length ? el("ul", { class: "plain" }, told.marks.slice(-10).reverse().map((mark) => el("li", {}, badge("quiet", say(`production.kinds.${mark.kind}`)), `${clock(mark.minute)} ${mark.text}`))) : el("p", { class: "soft" }, say("production.marks_empty")))),
  ];
}
