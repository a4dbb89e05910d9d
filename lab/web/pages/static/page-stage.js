// The stage: milestones as steps, checks with their findings, briefing, hints and debrief; buttons for check, hint and next.
import { say, el, rich, fill, badge, sign, clock, button, empty, panel, sorry } from "./dom.js";
import { get, post } from "./api.js";
import { keep, on, about } from "./live.js";

export function show(main) {
  const steps = el("div", { class: "steps" }), acts = el("div", { class: "acts" }), said = el("div", { class: "said", role: "status", "aria-live": "polite" });
  const side = el("div", { class: "side" }), head = el("div", { class: "stage-head" });
  fill(main, head, acts, said, el("div", { class: "two" }, steps, side));
  const view = { tab: "briefing", status: null, texts: {}, hints: [], questions: {}, work: null, problem: null, elsewhere: "" };

  const act = async (call) => {
    view.problem = null;
    try {
      await call();
    } catch (problem) {
      view.problem = problem;
      progress();
    }
  };
  const hint = (name = "") => act(async () => {
    await post("hints", { name });
    view.tab = "hints";
    await hints();
  });

  function buttons() {
    const busy = view.work?.state === "running";
    const done = view.status?.milestones.every((item) => item.state === "reached");
    fill(acts,
      button(say("stage.check"), { class: done ? "" : "primary", disabled: busy, "data-key": "check", onclick: () => act(() => post("check")) }),
      button(say("stage.check_all"), { disabled: busy, "data-key": "check-all", onclick: () => act(() => post("check", { everything: true })) }),
      button(say("stage.hint"), { "data-key": "hint", onclick: () => hint() }),
      button(say("stage.next"), { class: done ? "primary" : "", disabled: busy || !done, "data-key": "next", onclick: () => act(() => post("next")) }));
  }

  function progress() {
    const work = view.work;
    const words = [];
    if (view.problem) words.push(el("p", { class: "bad" }, el("b", {}, rich(view.problem.message)), " ", rich(view.problem.remedy)));
    if (work?.state === "running") words.push(el("p", { class: "busy" }, el("span", { class: "spin", "aria-hidden": "true" }), say("stage.running", { what: say(`stage.what_${work.what}`) }), work.heading ? ` · ${work.heading}` : "", work.found ? ` · ${say("stage.found", { n: work.found })}` : "", work.said ? el("span", { class: "soft" }, " ", rich(work.said)) : null));
    else if (work?.state === "refused") words.push(el("p", { class: "bad" }, el("b", {}, rich(work.problem.message)), " ", rich(work.problem.remedy)));
    else if (work?.state === "done" && work.what === "check") words.push(outcome(work.report));
    else if (work?.state === "done") words.push(el("p", { class: "good" }, rich((work.report.sentences ?? [say("stage.done")]).join(" "))));
    if (view.elsewhere && work?.state !== "running") words.push(el("p", { class: "busy" }, el("span", { class: "spin", "aria-hidden": "true" }), rich(say("stage.elsewhere", { command: `\`${view.elsewhere}\`` }))));
    if (!words.length) words.push(el("p", { class: "soft" }, say("stage.idle")));
    fill(said, words);
  }

  function outcome(report) {
    const words = [say(`stage.outcome${report.outcome}`), ...report.reached.map((title) => say("stage.milestone_reached", { title })), report.grading, ...report.work];
    return el("p", { class: report.outcome === 0 ? "good" : report.outcome === 1 ? "bad" : "busy" }, rich(words.filter(Boolean).join(" ")), report.said.map((one) => el("span", { class: "quote" }, el("b", {}, one.who), ": ", rich(one.text))));
  }

  function milestones() {
    const told = view.status, now = told.stages.find((stage) => stage.is_current);
    fill(head, el("h1", {}, now ? `${now.code ? `${now.code} · ` : ""}${now.title}` : say("stage.title"), now?.state === "passed" ? badge("passed") : null),
      el("ol", { class: "stages", "aria-label": say("stage.stages") }, told.stages.map((stage) => el("li", { class: stage.is_current ? "here" : "", "aria-current": stage.is_current ? "step" : null }, sign(stage.state), stage.code || stage.title))));
    fill(steps, el("h2", {}, say("stage.milestones")), el("ol", { class: "stepper" }, told.milestones.map((item) => el("li", { class: item.state, "aria-current": item.state === "current" ? "step" : null },
      el("details", { open: item.state !== "later", "data-key": `m-${item.id}-${item.state}` }, el("summary", { "data-key": `ms-${item.id}` }, sign(item.state), el("span", { class: "step-title" }, item.title), el("span", { class: "soft" }, item.state === "reached" ? say("stage.reached", { time: clock(item.reached_minute) }) : say("stage.planned", { n: item.minutes }))),
        el("ul", { class: "checks" }, item.checks.map((check) => line(check))))))),
      told.stretch.length ? [el("h2", {}, say("stage.stretch")), el("ul", { class: "checks" }, told.stretch.map((check) => line(check)))] : null,
      told.grading ? el("p", { class: "note" }, rich(told.grading)) : null);
    buttons();
  }

  function line(check) {
    const refused = Object.entries(check.grades).filter(([, verdict]) => verdict === "failed").map(([kind]) => kind);
    const open = check.verdict === "failed" || check.verdict === "blocked";
    return el("li", { class: `check ${check.verdict || "none"}`, "data-check": check.id }, el("div", { class: "check-line" }, badge(check.verdict), el("span", { class: "check-title" }, rich(check.title)), check.verdict === "passed" ? null : button(say("stage.hint"), { class: "small", "aria-label": `${say("stage.hint_for")}: ${check.title}`, "data-key": `hint-${check.id}`, onclick: () => hint(check.id) })),
      check.message && check.verdict !== "passed" ? el("p", { class: "finding" }, rich(check.message)) : null,
      check.verdict !== "passed" && view.questions[check.id] ? question(view.questions[check.id]) : null,
      open && check.evidence ? el("details", { "data-key": `e-${check.id}`, open: true }, el("summary", { "data-key": `es-${check.id}` }, say("stage.evidence")), el("pre", { class: "evidence", tabindex: "0", "aria-label": say("stage.evidence") }, check.evidence)) : null,
      open && check.look_at ? el("p", { class: "look" }, el("b", {}, say("stage.look_at")), " ", rich(check.look_at)) : null,
      check.minute !== null || check.hints ? el("p", { class: "soft small-line" }, [check.minute !== null ? say("stage.when", { time: clock(check.minute) }) : "", check.hints ? say("stage.hints_given", { n: check.hints }) : ""].filter(Boolean).join(" · ")) : null,
      refused.length ? el("p", { class: "finding" }, say("stage.refused_by", { kinds: refused.join(", ") })) : null);
  }

  function question(asked) {
    const value = el("input", { type: "text", value: asked.answer, "aria-label": say("stage.answer"), "data-key": `answer-${asked.check}` });
    const send = () => act(() => post("answers", { name: asked.check, value: value.value }));
    value.addEventListener("keydown", (event) => event.key === "Enter" && send());
    return el("div", { class: "question" }, el("p", {}, rich(asked.question)), el("div", { class: "bar" }, value, button(say("stage.answer"), { class: "small", "data-key": `answer-send-${asked.check}`, onclick: send })));
  }

  function tabs() {
    const names = ["briefing", "hints", "debrief"];
    const pick = (name) => { view.tab = name; tabs(); side.querySelector(`[data-key="tab-${name}"]`)?.focus(); };
    const keys = (event) => {
      const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (move) pick(names[(names.indexOf(view.tab) + move + names.length) % names.length]);
    };
    fill(side, el("div", { class: "tabs", role: "tablist", onkeydown: keys }, names.map((name) => button(say(`stage.${name}`) + (name === "hints" && view.hints.length ? ` (${view.hints.length})` : ""), { role: "tab", id: `tab-${name}`, "aria-selected": String(view.tab === name), "aria-controls": "tab-panel", tabindex: view.tab === name ? "0" : "-1", "data-key": `tab-${name}`, onclick: () => pick(name) }))),
      el("div", { id: "tab-panel", role: "tabpanel", "aria-labelledby": `tab-${view.tab}`, class: "text", tabindex: "0", "data-scroll": view.tab }, body()));
  }

  function body() {
    if (view.tab === "hints") return view.hints.length ? [el("p", { class: "soft" }, say("stage.hints_free")), view.hints.map((one) => el("section", { class: "hint-card" }, el("h3", {}, rich(one.title)), el("ol", {}, [...one.earlier, one.text].map((text) => el("li", { class: "pre" }, rich(text.trim())))), el("p", { class: "soft" }, say("stage.step", { n: one.step, all: one.steps })), one.step < one.steps ? button(say("stage.more"), { class: "small", "data-key": `more-${one.check}`, onclick: () => hint(one.check) }) : null))] : empty(say("stage.hints_empty"), say("stage.hints_free"));
    const told = view.texts[view.tab];
    if (!told) return el("p", { class: "loading" }, say("loading"));
    if (told.problem) return empty(view.tab === "debrief" ? say("stage.debrief_later") : say("errors.title"), told.problem.message);
    const text = el("article", {});
    text.innerHTML = told.html; // a scenario's Markdown, made safe on the other side (lab/web/markdown.py)
    return text;
  }

  const isEarned = () => view.status.milestones.every((item) => item.state === "reached");
  const text = async (name) => {
    if (name === "debrief" && !isEarned()) return void (view.texts.debrief = { problem: { message: "" } });
    view.texts[name] = await get(name === "debrief" ? "brief?debrief=true" : "brief").catch((problem) => ({ problem }));
  };
  const hints = async () => {
    view.hints = (await get("hints").catch(() => ({ hints: [] }))).hints;
    tabs();
  };
  let known = "";
  const kept = keep(async () => {
    try {
      const told = await get("status");
      const stamp = JSON.stringify({ ...told, minute: 0 });
      if (stamp !== known) {
        const opened = told.stages.find((stage) => stage.is_current)?.id !== view.status?.stages.find((stage) => stage.is_current)?.id;
        view.status = told;
        known = stamp;
        if (opened) view.questions = Object.fromEntries((await get("questions")).questions.map((one) => [one.check, one]));
        milestones();
        if (opened) await Promise.all([text("briefing"), text("debrief"), hints()]);
        else if (!view.texts.debrief?.html) await text("debrief");
        tabs();
      }
    } catch (problem) {
      fill(main, sorry(problem, () => show(main)));
    }
  }, about("stage.", "check.", "answer."));
  const told = keep(hints, about("hint.", "stage."));
  const stop = on((message) => {
    if (message.kind !== "work") return;
    view.work = message.data;
    view.elsewhere = "";
    buttons();
    progress();
  });
  get("work").then((work) => { view.work = work; buttons(); progress(); }).catch(() => {});
  const hear = ({ detail }) => {
    if (detail.checking === view.elsewhere || view.work?.state === "running") return;
    view.elsewhere = detail.checking;
    progress();
  };
  document.addEventListener("lab:here", hear);
  return () => { kept.stop(); told.stop(); stop(); document.removeEventListener("lab:here", hear); };
}
