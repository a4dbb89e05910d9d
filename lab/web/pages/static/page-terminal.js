// A terminal: the learner's shell in the clone, or one on a server. It ends when the page is left.
import { say, el, fill, base, button } from "./dom.js";
import { get, pageToken } from "./api.js";

export function show(main) {
  const place = el("select", { "aria-label": say("terminal.where"), "data-key": "place" }, el("option", { value: "clone" }, say("terminal.clone")));
  const state = el("span", { class: "soft", role: "status" }), box = el("div", { class: "term", role: "region", "aria-label": say("terminal.label") });
  fill(main, el("h1", {}, say("terminal.title")), el("div", { class: "bar" }, el("label", {}, say("terminal.where"), place), button(say("terminal.open"), { onclick: () => open(), "data-key": "open" }), el("span", { class: "soft" }, say("terminal.lead")), state), box);
  document.head.append(el("link", { rel: "stylesheet", href: `${base}/xterm.css` }));
  get("servers").then(({ servers }) => place.append(...servers.map((name) => el("option", { value: name }, say("terminal.server", { name }))))).catch(() => {});
  let socket = null, term = null, watch = null;

  async function open() {
    close();
    state.textContent = say("terminal.connecting");
    const { Terminal, FitAddon } = await import(`${base}/xterm.js`);
    term = new Terminal({ fontSize: 14, fontFamily: getComputedStyle(document.body).getPropertyValue("--mono"), scrollback: 5000, cursorBlink: true, screenReaderMode: true, theme: { background: "#12181d", foreground: "#dfe5e8", cursor: "#86cbe2" } });
    const fit = new FitAddon();
    term.loadAddon(fit);
    term.attachCustomKeyEventHandler((event) => { // Tab belongs to the shell, so another key leads out
      if (event.key !== "F6") return true;
      if (event.type === "keydown") document.querySelector('[data-key="nav-terminal"]').focus();
      return false;
    });
    term.open(box);
    fit.fit();
    const mine = (socket = new WebSocket(`ws://${location.host}/api/terminal`));
    mine.binaryType = "arraybuffer";
    const type = new TextEncoder();
    mine.onopen = () => { mine.send(JSON.stringify({ token: pageToken(), place: place.value, size: [term.cols, term.rows] })); state.textContent = ""; term.focus(); };
    mine.onmessage = ({ data }) => (typeof data === "string" ? (state.textContent = JSON.parse(data).problem ?? "") : term.write(new Uint8Array(data)));
    mine.onclose = () => { if (socket === mine) state.textContent ||= say("terminal.ended"); };
    term.onData((text) => mine.readyState === 1 && mine.send(type.encode(text)));
    term.onResize(({ cols, rows }) => mine.readyState === 1 && mine.send(JSON.stringify({ resize: [cols, rows] })));
    watch = new ResizeObserver(() => fit.fit());
    watch.observe(box);
  }
  function close() {
    watch?.disconnect();
    const old = socket;
    socket = null;
    old?.close();
    term?.dispose();
    box.replaceChildren();
  }
  place.addEventListener("change", open);
  open();
  return close;
}
