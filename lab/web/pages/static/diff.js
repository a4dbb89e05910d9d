// A diff as git prints it, each line an element of its own; nothing of it is ever HTML.
import { say, el } from "./dom.js";

const MOST = 6000;

export function diffView(told) {
  if (!told.text.trim()) return el("p", { class: "soft" }, say("forge.diff_empty"));
  const lines = told.text.split("\n");
  const shown = lines.slice(0, MOST);
  let inHead = true;
  const made = shown.map((line) => {
    if (line.startsWith("diff --git")) { inHead = true; return el("div", { class: "diff-file" }, line.slice(11).replace(/^a\/(.*) b\/\1$/, "$1")); }
    if (line.startsWith("@@")) { inHead = false; return el("div", { class: "diff-line at" }, line); }
    const kind = inHead ? "" : line.startsWith("+") ? "add" : line.startsWith("-") ? "cut" : "";
    return el("div", { class: `diff-line ${kind}` }, line || " ");
  });
  return el("div", { class: "diff", "data-scroll": "diff", tabindex: "0", role: "region", "aria-label": say("forge.diff") }, made, told.is_cut || lines.length > MOST ? el("div", { class: "diff-file" }, say("forge.cut")) : null);
}
