// The frame around every page: navigation, the company's clock and customers, the connection, the colours.
import { say, el, rich, fill, clock, base, badge, button, empty } from "./dom.js";
import { get, post } from "./api.js";
import { connect, on, keep, about } from "./live.js";

const PAGES = ["map", "stage", "pipelines", "forge", "production", "team", "score", "terminal", "teaching"];
const path = (name) => (name === "map" ? "/" : `/${name}`);
const company = { name: "Harborline" };
let leave = () => {};

const main = el("main", { id: "main", tabindex: "0" });
const nav = el("nav", { "aria-label": say("nav.label") });
const where = el("div", { class: "where" });
const purse = el("div", { class: "purse" });
const time = el("span", { class: "time", title: say("time.company") });
const pulse = el("span", { class: "pulse waiting", role: "status" }, say("live.waiting"));

function frame() {
  document.body.append(
    el("a", { class: "skip", href: "#main" }, say("skip")),
    el("header", { class: "top" }, el("a", { class: "brand", href: "/" }, el("img", { src: `${base}/icon.svg`, alt: "", width: 26, height: 26 }), el("span", {}, company.name)), time, where, purse, pulse, theme()),
    nav,
    main,
  );
  document.addEventListener("click", follow);
  window.addEventListener("popstate", route);
}

function theme() {
  const apply = (name) => (name === "system" ? delete document.documentElement.dataset.theme : (document.documentElement.dataset.theme = name));
  const chosen = localStorage.getItem("lab-theme") || "system";
  apply(chosen);
  const pick = el("select", { class: "theme", "aria-label": say("theme.label") }, ["system", "light", "dark"].map((name) => el("option", { value: name, selected: name === chosen }, say(`theme.${name}`))));
  pick.addEventListener("change", () => {
    localStorage.setItem("lab-theme", pick.value);
    apply(pick.value);
  });
  return pick;
}

// Links inside the dashboard change the page without loading it; the terminal has a policy of its own and is loaded.
function follow(event) {
  const link = event.target.closest?.("a[href^='/']");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const target = link.getAttribute("href");
  if (target === "/terminal" || location.pathname === "/terminal") return;
  event.preventDefault();
  go(target);
}

export function go(target) {
  if (target !== location.pathname) history.pushState({}, "", target);
  route();
}

async function route() {
  const [first, ...rest] = location.pathname.split("/").filter(Boolean);
  const name = first || "map";
  leave();
  leave = () => {};
  fill(nav, el("ul", {}, PAGES.map((one) => el("li", {}, el("a", { href: path(one), "aria-current": one === name ? "page" : null, "data-key": `nav-${one}` }, say(`nav.${one}`))))));
  document.title = say("title", { page: say(`nav.${name}`), company: company.name });
  // A page gets a room of its own: what one that was left still waits for is drawn where nobody sees it.
  const room = el("div", { class: "room" }, el("p", { class: "loading" }, say("loading")));
  fill(main, room);
  main.className = `page-${name}`;
  if (!PAGES.includes(name)) return fill(room, empty(say("errors.none")));
  const page = await import(`./page-${name}.js`);
  if (room.isConnected) leave = page.show(room, rest) || (() => {});
}

function trouble(problem) {
  fill(where, el("span", { class: "next" }, el("b", {}, rich(problem.message)), " ", rich(problem.remedy)));
}

async function here() {
  try {
    const told = await get("here");
    company.name = told.company;
    time.textContent = clock(told.minute);
    began = { minute: told.minute, at: performance.now() };
    fill(where, told.is_awake ? null : el("span", { class: "asleep" }, say("top.asleep"), " ", button(say("top.wake"), { class: "small", onclick: wake, "data-key": "wake" })), el("span", { class: "next" }, el("b", {}, say("top.next")), " ", rich(told.next.sentence), told.next.command ? el("code", {}, told.next.command) : null));
    if (told.checking) setTimeout(() => kept.look(), 2000); // its end is no event
    document.dispatchEvent(new CustomEvent("lab:here", { detail: told }));
    recent = told.customers.recent;
    buying();
  } catch (problem) {
    trouble(problem);
  }
}

async function wake(event) {
  event.target.disabled = true;
  await post("wake").catch(trouble);
  here();
}

let recent = "";
let began = null;
function buying() {
  const letters = { g: ["✓", "fine", "good"], w: ["✗", "hurts", "wrong"], f: ["✗", "hurts", "failed"] };
  const bad = [...recent].filter((letter) => letter !== "g").length;
  const label = recent ? say("top.last", { n: recent.length, bad }) : say("top.customers_none");
  fill(purse, el("span", { class: "purse-label" }, say("top.customers")), el("span", { class: "strip", role: "img", "aria-label": label, title: label }, [...recent].map((letter) => el("span", { class: letters[letter][1] }, letters[letter][0])), recent ? null : label));
}

on((message) => {
  if (message.kind === "state") {
    pulse.className = `pulse ${message.data}`;
    pulse.textContent = say(`live.${message.data}`);
  }
  if (message.kind === "answers") {
    const { failed, wrong, minute } = message.data;
    recent = (recent + (failed ? "f" : wrong ? "w" : "g")).slice(-20);
    began = { minute, at: performance.now() };
    soon();
  }
});

// Hundreds of answers may come at once, after a leap of the clock: they are drawn once a frame.
let waiting = false;
function soon() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    time.textContent = clock(began.minute);
    buying();
  });
}

// One real second is one company minute; between two messages the clock goes on by itself.
setInterval(() => {
  if (began && !document.hidden && document.querySelector(".pulse.live")) time.textContent = clock(began.minute + (performance.now() - began.at) / 1000);
}, 1000);

frame();
connect();
const kept = keep(here, about("stage.", "check.", "ref.", "hint.", "run.finished", "pr."), { least: 500 });
route();
