// The map: every piece of the company where it stands, with its live state as a colour, a sign and a sentence.
import { say, el, rich, fill, badge, empty, sorry } from "./dom.js";
import { get } from "./api.js";
import { keep } from "./live.js";

export function show(main) {
  const kept = keep(async () => {
    try {
      draw(main, await get("map"));
    } catch (problem) {
      fill(main, sorry(problem, () => kept.look()));
    }
  }, matters, { least: 100 });
  return kept.stop;
}

// Customers are answered every second: that is worth a look when it gets better or worse, and else now and then.
const CALM = 15_000; // ms
const last = { bad: false, at: 0 };
function matters({ kind, data }) {
  if (kind !== "answers") return kind === "event";
  const bad = data.wrong + data.failed > 0;
  if (bad === last.bad && performance.now() - last.at < CALM) return false;
  Object.assign(last, { bad, at: performance.now() });
  return true;
}

function draw(main, told) {
  if (!told.pieces.length) return fill(main, el("h1", {}, say("map.title")), empty(say("map.empty")), hands(told));
  const columns = Math.max(...told.pieces.map((piece) => piece.at[0])) + 1;
  const rows = Math.max(...told.pieces.map((piece) => piece.at[1])) + 1;
  const place = (piece) => ({ x: (piece.at[0] + 0.5) / columns, y: (piece.at[1] + 0.5) / rows });
  const spots = Object.fromEntries(told.pieces.map((piece) => [piece.id, place(piece)]));
  const board = el("div", { class: "board", style: { "--rows": rows, "--columns": columns } }, lines(told, spots, rows), told.pieces.map((piece) => card(piece, spots[piece.id])));
  const titles = Object.fromEntries(told.pieces.map((piece) => [piece.id, piece.title]));
  const list = el("details", { class: "quiet-details", "data-key": "links" }, el("summary", { "data-key": "links-summary" }, say("map.links")), el("ul", {}, told.links.map(([from, to, what]) => el("li", {}, say("map.link", { from: titles[from], to: titles[to], what })))));
  fill(main, el("h1", {}, say("map.title")), el("p", { class: "lead" }, say("map.lead")), hands(told), board, list);
}

function card(piece, spot) {
  const href = piece.page === "map" ? "/" : `/${piece.page}`;
  return el("a", { class: `piece ${piece.state}${piece.is_own ? " own" : ""}`, href, "data-key": `piece-${piece.id}`, style: { left: `${spot.x * 100}%`, top: `${spot.y * 100}%` } },
    el("span", { class: "piece-title" }, piece.title, piece.is_own ? el("span", { class: "own-tag" }, say("map.own")) : null), badge(piece.state), el("span", { class: "piece-told", title: piece.told }, rich(piece.told)));
}

const WIDE = 1000, HIGH = 128;
function lines(told, spots, rows) {
  const state = Object.fromEntries(told.pieces.map((piece) => [piece.id, piece.state]));
  const height = rows * HIGH;
  return el("svg", { viewBox: `0 0 ${WIDE} ${height}`, preserveAspectRatio: "none", "aria-hidden": "true", class: "links" },
    told.links.map(([from, to]) => {
      const a = { x: spots[from].x * WIDE, y: spots[from].y * height }, b = { x: spots[to].x * WIDE, y: spots[to].y * height };
      const bend = Math.abs(a.x - b.x) > Math.abs(a.y - b.y) ? `${(a.x + b.x) / 2} ${a.y} ${(a.x + b.x) / 2} ${b.y}` : `${a.x} ${(a.y + b.y) / 2} ${b.x} ${(a.y + b.y) / 2}`;
      const pale = state[from] === "planned" || state[to] === "planned";
      return el("path", { d: `M${a.x} ${a.y} C${bend} ${b.x} ${b.y}`, class: pale ? "pale" : "" });
    }));
}

function hands(told) {
  if (!told.handwork.length) return null;
  return el("section", { "aria-label": say("map.hand") }, el("ul", { class: "hands" }, told.handwork.map((item) => el("li", { class: item.is_by_hand ? "hand" : "gone" },
    el("span", { class: "hand-title" }, item.title), el("span", { class: `badge ${item.is_by_hand ? "working" : "fine"}` }, el("span", { class: "sign", "aria-hidden": "true" }, item.is_by_hand ? "○" : "✓"), say(item.is_by_hand ? "map.by_hand" : "map.done")), el("span", { class: "hand-told" }, rich(item.told))))));
}
