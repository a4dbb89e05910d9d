// A log of any length: only the lines that can be seen are elements. Lines come in as [job, step number, text].
import { say, el, fill } from "./dom.js";

const MOST = 80;

export function logView({ source, job, failing }) {
  const inner = el("div", { class: "log-inner" });
  const box = el("div", { class: "log", tabindex: "0", role: "log", "aria-label": say("pipelines.log"), "aria-live": "off" }, inner);
  const count = el("span", { class: "soft" });
  const follow = el("input", { type: "checkbox", checked: true, "data-key": "follow" });
  const lines = [];
  let height = 20, waiting = false, stream = null;

  const paint = () => {
    waiting = false;
    const first = Math.max(0, Math.floor(box.scrollTop / height) - 10);
    const shown = lines.slice(first, first + Math.ceil(box.clientHeight / height) + 20);
    inner.style.height = `${lines.length * height}px`;
    inner.replaceChildren(...shown.map(([kind, text], at) => {
      const one = el("div", { class: `log-line ${kind}` }, el("span", { class: "n", "aria-hidden": "true" }, first + at + 1), text.slice(0, 4000));
      one.style.top = `${(first + at) * height}px`;
      return one;
    }));
    if (!lines.length) inner.replaceChildren(el("p", { class: "log-empty" }, say("pipelines.log_empty")));
    count.textContent = say("pipelines.lines", { n: lines.length.toLocaleString("en") });
  };
  const soon = () => { if (!waiting) { waiting = true; requestAnimationFrame(paint); } };

  let last = "";
  const add = (told) => {
    for (const [name, number, text] of told) {
      if (job && name !== job) continue;
      if (!job && `${name}` !== last) lines.push(["head", `── ${(last = name)}`]);
      lines.push([failing && failing.job === name && failing.number === number ? "bad" : "", text]);
    }
    soon();
    if (follow.checked) requestAnimationFrame(() => { inner.style.height = `${lines.length * height}px`; box.scrollTop = box.scrollHeight; });
  };
  box.addEventListener("scroll", soon, { passive: true });
  box.addEventListener("wheel", () => { follow.checked = box.scrollTop + box.clientHeight >= box.scrollHeight - 2 * height; }, { passive: true });
  stream = new EventSource(source);
  stream.addEventListener("lines", (event) => add(JSON.parse(event.data)));
  requestAnimationFrame(() => { height = parseFloat(getComputedStyle(box).lineHeight) || 20; paint(); });
  const bar = el("div", { class: "log-bar" }, el("h2", {}, say("pipelines.log")), count, el("label", {}, follow, say("pipelines.follow")));
  return { node: el("div", {}, bar, box), stop: () => stream.close() };
}
