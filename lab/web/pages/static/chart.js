// Answers and latency on one axis of company minutes, with incidents as bands and what was done as lines.
import { say, el, clock } from "./dom.js";

const WIDE = 1100, LEFT = 46, TOP = 52, HIGH = 150, GAP = 22, LOW = 90;
const KINDS = ["good", "late", "wrong", "failed"];

export function chart(told) {
  const { seconds, marks, incidents } = told;
  const first = seconds[0].minute, last = Math.max(seconds[seconds.length - 1].minute, first + 30);
  const x = (minute) => LEFT + ((minute - first) / (last - first + 1)) * (WIDE - LEFT - 8);
  const most = Math.max(2, ...seconds.map((one) => one.good + one.late + one.wrong + one.failed));
  const slow = Math.max(100, ...seconds.map((one) => one.worst_ms));
  const bar = Math.max(1, (WIDE - LEFT - 8) / (last - first + 1) - 0.6);
  const y = (n) => TOP + HIGH - (n / most) * HIGH, bottom = TOP + HIGH + GAP + LOW;
  const paths = { good: "", late: "", wrong: "", failed: "" };
  for (const one of seconds) {
    let sum = 0;
    for (const kind of KINDS) {
      if (!one[kind]) continue;
      paths[kind] += `M${x(one.minute).toFixed(1)} ${y(sum).toFixed(1)}h${bar.toFixed(1)}V${y(sum + one[kind]).toFixed(1)}h-${bar.toFixed(1)}z`;
      sum += one[kind];
    }
  }
  // Where nobody asked (the company slept) there is nothing to draw: the line begins anew.
  const latency = seconds.map((one, at) => `${at && one.minute - seconds[at - 1].minute < 4 ? "L" : "M"}${x(one.minute).toFixed(1)} ${(bottom - (one.worst_ms / slow) * LOW).toFixed(1)}`).join("");
  const total = (kind) => seconds.reduce((sum, one) => sum + one[kind], 0);
  const deploys = marks.filter((mark) => mark.kind === "deploy");
  const summary = say("production.summary", { good: total("good") + total("late"), wrong: total("wrong"), failed: total("failed"), since: clock(first), until: clock(last), incidents: incidents.length, deploys: deploys.length });
  const every = Math.max(30, Math.ceil((last - first) / 8 / 30) * 30), ticks = [];
  for (let minute = Math.ceil(first / every) * every; minute <= last; minute += every) ticks.push(minute);
  return el("svg", { class: "chart", viewBox: `0 0 ${WIDE} ${bottom + 24}`, role: "img", "aria-label": summary },
    el("defs", {}, el("pattern", { id: "hatch", width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, el("rect", { width: 5, height: 5, class: "hatch-bg" }), el("line", { x1: 0, y1: 0, x2: 0, y2: 5, class: "hatch-line" }))),
    incidents.map((one) => { const since = x(Math.max(one.since, first)), until = x((one.until ?? last) + 1); return el("g", {}, el("rect", { class: "incident", x: since, y: TOP - 12, width: Math.max(until - since, 2), height: bottom - TOP + 12 }), el("line", { class: "incident-edge", x1: since, x2: until, y1: TOP - 12, y2: TOP - 12 }), until - since > 50 ? el("text", { x: since + 3, y: TOP - 15 }, say("production.incident")) : null); }),
    KINDS.map((kind) => el("path", { class: kind, d: paths[kind] })),
    el("line", { class: "axis", x1: LEFT, x2: WIDE, y1: TOP + HIGH, y2: TOP + HIGH }), el("line", { class: "axis", x1: LEFT, x2: WIDE, y1: bottom, y2: bottom }),
    el("path", { class: "latency", d: latency }), el("text", { class: "unit", x: LEFT, y: TOP - 28 }, say("production.answers")), el("text", { class: "unit", x: LEFT, y: TOP + HIGH + GAP - 6 }, say("production.latency")),
    marks.map((mark) => el("g", {}, el("title", {}, `${clock(mark.minute)} ${mark.text}`), el("line", { class: mark.kind === "deploy" ? "deploy" : "other", x1: x(mark.minute), x2: x(mark.minute), y1: TOP - 12, y2: bottom }))),
    spaced(deploys, x).map((mark) => el("text", { class: "deploy-text", x: x(mark.minute) + 3, y: 11 }, `▼ ${mark.text.split(" ").pop()}`)),
    [0, most].map((n) => el("text", { x: LEFT - 6, y: y(n) + 4, "text-anchor": "end" }, n)), [0, Math.round(slow)].map((n) => el("text", { x: LEFT - 6, y: bottom - (n / slow) * LOW + 4, "text-anchor": "end" }, n)),
    ticks.map((minute) => el("text", { x: x(minute), y: bottom + 17, "text-anchor": "middle" }, clock(minute))));
}

function spaced(marks, x) {
  let end = -Infinity;
  return marks.filter((mark) => x(mark.minute) - end > 74 && (end = x(mark.minute), true));
}
