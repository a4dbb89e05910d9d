// Builds elements. Text is always text: nothing here ever parses HTML, so a commit message stays a commit message.
export const words = JSON.parse(document.getElementById("words").textContent);
export const base = document.body.dataset.base;

const SVG = new Set(["svg", "g", "path", "line", "rect", "text", "circle", "title", "defs", "pattern", "polyline", "marker", "desc"]);

export function el(tag, options = {}, ...children) {
  const made = SVG.has(tag) ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "style") for (const [key, told] of Object.entries(value)) made.style.setProperty(key, told);
    else made.setAttribute(name, value === true ? "" : value);
  }
  add(made, children);
  return made;
}

function add(parent, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    parent.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

// Puts new children in place of the old ones; whoever had the keyboard keeps it, and scrolled lists stay where they were, and what was folded stays folded.
export function fill(parent, ...children) {
  const held = parent.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const scrolled = [...parent.querySelectorAll("[data-scroll]")].map((one) => [one.dataset.scroll, one.scrollTop]);
  const folded = new Map([...parent.querySelectorAll("details[data-key]")].map((one) => [one.dataset.key, one.open]));
  parent.replaceChildren();
  add(parent, children);
  for (const [key, top] of scrolled) {
    const found = parent.querySelector(`[data-scroll="${CSS.escape(key)}"]`);
    if (found) found.scrollTop = top;
  }
  for (const one of parent.querySelectorAll("details[data-key]")) if (folded.has(one.dataset.key)) one.open = folded.get(one.dataset.key);
  if (held) parent.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus();
}

// People write `commands` and **what matters** in what they say: that much is shown. Each part stays text, so nothing else can come of it.
export function rich(text) {
  const parts = String(text ?? "").split(/`([^`\n]+)`|\*\*([^*\n]+)\*\*/);
  return parts.map((part, at) => (!part ? null : at % 3 === 1 ? el("code", {}, part) : at % 3 === 2 ? el("strong", {}, part) : part));
}

export function say(key, values = {}) {
  const text = key.split(".").reduce((found, part) => found?.[part], words);
  if (text === undefined) return key;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

const SIGNS = {
  passed: "✓", success: "✓", fine: "✓", reached: "✓", merged: "✓", serving: "✓", approved: "✓",
  failed: "✗", failure: "✗", hurts: "✗", error: "⊘", blocked: "⊘", cancelled: "⊘", closed: "⊘",
  waiting: "…", working: "…", running: "…", queued: "…", pending: "…", open: "…", current: "›",
  quiet: "–", skipped: "–", asleep: "–", planned: "+", later: "·", none: "·",
};
const TONES = {
  passed: "fine", success: "fine", fine: "fine", reached: "fine", merged: "fine", serving: "fine", approved: "fine",
  failed: "hurts", failure: "hurts", hurts: "hurts", error: "hurts", blocked: "working", cancelled: "quiet", closed: "quiet",
  waiting: "working", working: "working", running: "working", queued: "working", pending: "working", open: "working", current: "accent",
};

export const tone = (state) => TONES[state] ?? "quiet";

// A state is never told by colour alone: a sign, and a word.
export function badge(state, word) {
  const name = state || "none";
  const shown = word ?? say(`states.${name}`);
  return el("span", { class: `badge ${tone(name)}`, "data-state": name }, el("span", { class: "sign", "aria-hidden": "true" }, SIGNS[name] ?? "·"), shown);
}

export function sign(state) {
  const name = state || "none";
  return el("span", { class: `mark ${tone(name)}`, role: "img", "aria-label": say(`states.${name}`), title: say(`states.${name}`) }, SIGNS[name] ?? "·");
}

export function clock(minute) {
  if (minute === null || minute === undefined) return "";
  const total = 540 + Math.floor(minute), day = Math.floor(total / 1440), rest = ((total % 1440) + 1440) % 1440;
  const time = `${String(Math.floor(rest / 60)).padStart(2, "0")}:${String(rest % 60).padStart(2, "0")}`;
  return day > 0 ? say("time.day", { day, time }) : time;
}

export const span = (minutes) => {
  const whole = Math.round(minutes);
  if (whole >= 48 * 60) return say("time.days", { n: Math.round(whole / 1440) });
  return whole < 60 ? say("time.minutes", { n: whole }) : say("time.hours", { h: Math.floor(whole / 60), m: whole % 60 });
};
export const seconds = (n) => say("time.seconds", { n: n < 10 ? n.toFixed(1) : Math.round(n) });
export const short = (sha) => (sha || "").slice(0, 7);
export const empty = (title, text) => el("div", { class: "empty" }, el("p", { class: "empty-title" }, title), text ? el("p", {}, text) : null);
export const panel = (title, ...children) => el("section", { class: "panel" }, title ? el("h2", {}, title) : null, ...children);
export const button = (label, options, ...more) => el("button", { type: "button", ...options }, label, ...more);

// What could not be read: the lab's own sentence, what to do, and a way to ask once more.
export const sorry = (problem, again) => el("div", { class: "empty trouble", role: "alert" }, el("p", { class: "empty-title" }, say("errors.title")), el("p", {}, rich(`${problem.message} ${problem.remedy ?? ""}`)), again ? button(say("errors.again"), { "data-key": "again", onclick: again }) : null);
