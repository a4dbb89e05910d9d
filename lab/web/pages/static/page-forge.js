// The forge: pull requests with diff, checks, reviews and merge; the commits of main.
import { say, el, rich, fill, badge, sign, short, button, empty, sorry } from "./dom.js";
import { get, post } from "./api.js";
import { keep, about } from "./live.js";
import { diffView } from "./diff.js";

export function show(main, [wanted]) {
  const list = el("div", { class: "list", "data-scroll": "forge" }), detail = el("div", { class: "detail" }), tabs = el("div", { class: "tabs" });
  const view = { tab: /^[0-9a-f]{40}$/.test(wanted ?? "") ? "commits" : "pulls", at: wanted ?? null, problem: null, done: "", branches: {}, key: "" };
  fill(main, el("h1", {}, say("forge.title")), el("div", { class: "split" }, el("div", {}, tabs, list), detail));

  const drawTabs = () => fill(tabs, ["pulls", "commits"].map((name) => button(say(`forge.${name}`), { "aria-pressed": String(view.tab === name), "data-key": `tab-${name}`, onclick: () => { view.tab = name; view.at = null; view.key = ""; drawTabs(); look(); lookDetail(); } })));
  const row = (href, key, isHere, ...more) => el("li", {}, el("a", { class: "row", href, "data-key": key, "aria-current": isHere ? "true" : null }, ...more));

  async function look() {
    try {
      const told = await get(view.tab === "pulls" ? "pulls?state=all" : "commits");
      if (view.tab === "pulls") {
        if (!view.at && told.pulls.length) view.at = String(told.pulls[0].number);
        fill(list, told.pulls.length ? el("ul", { class: "rows" }, told.pulls.map((pull) => row(`/forge/${pull.number}`, `pull-${pull.number}`, String(pull.number) === view.at, sign(pull.state), el("span", { class: "row-title" }, pull.title), el("span", { class: "row-end" }, `#${pull.number}`), el("span", { class: "row-note" }, say("forge.by", pull))))) : empty(say("forge.pulls_empty"), say("forge.pulls_empty_text")));
        list.append(button(say("forge.new"), { class: "below", "data-key": "new", onclick: () => { view.at = "new"; view.key = ""; lookDetail(); } }));
      } else {
        if (!view.at && told.commits.length) view.at = told.commits[0].sha;
        fill(list, told.commits.length ? el("ul", { class: "rows" }, told.commits.map((commit) => row(`/forge/${commit.sha}`, `commit-${commit.sha}`, commit.sha === view.at, sign(commit.result), el("span", { class: "row-title" }, commit.subject), el("span", { class: "row-end" }, short(commit.sha)), el("span", { class: "row-note" }, [commit.author, ...commit.tags].join(" · "))))) : empty(say("forge.commits_empty")));
      }
    } catch (problem) {
      fill(list, sorry(problem, look));
    }
  }

  async function lookDetail() {
    const at = view.at;
    try {
      if (at === "new") return await form();
      if (!at) return fill(detail, empty(say("forge.pick")));
      if (view.tab === "commits") {
        if (view.key === at) return;
        const told = await get(`commits/${at}/diff`);
        view.key = at;
        return fill(detail, el("h2", {}, told.name), diffView(told));
      }
      const [told, diff] = await Promise.all([get(`pulls/${at}`), get(`pulls/${at}/diff`)]);
      if (view.at === at) pull(told.pulls[0], diff);
    } catch (problem) {
      fill(detail, sorry(problem, lookDetail));
    }
  }

  const act = (call) => async () => {
    view.problem = null;
    view.done = "";
    try {
      const told = await call();
      view.done = [...(told.sentences ?? []), told.next ? `${told.next.sentence} ${told.next.command}` : ""].join(" ").trim();
    } catch (problem) {
      view.problem = problem;
    }
    await look();
    await lookDetail();
  };

  function pull(one, diff) {
    const said = el("input", { type: "text", "aria-label": say("forge.say"), placeholder: say("forge.say"), "data-key": "say", value: detail.querySelector('[data-key="say"]')?.value });
    const review = (approve) => act(() => post(`pulls/${one.number}/review`, { approve, text: said.value }));
    const open = one.state === "open";
    fill(detail,
      el("div", { class: "bar" }, el("h2", { class: "pull-title" }, `#${one.number} ${one.title}`), badge(one.state)), el("p", { class: "soft" }, say("forge.by", one), ` · ${short(one.sha)}`),
      one.body && one.body.trim() !== one.title.trim() ? el("p", { class: "pre" }, rich(one.body)) : null,
      view.problem ? el("p", { class: "said" }, el("span", { class: "finding" }, rich(view.problem.message), " ", rich(view.problem.remedy))) : null, view.done ? el("p", { class: "note" }, rich(view.done)) : null,
      el("div", { class: "thirds" },
        el("div", {}, el("h2", {}, say("forge.checks")), Object.keys(one.checks).length ? el("ul", { class: "plain" }, Object.entries(one.checks).map(([name, state]) => el("li", {}, badge(state), name))) : el("p", { class: "soft" }, say("forge.checks_empty"))),
        el("div", {}, el("h2", {}, say("forge.reviews")), one.waits_for.length ? el("ul", { class: "plain" }, one.waits_for.map((text) => el("li", {}, badge("waiting"), text))) : null, one.reviews.length ? el("ul", { class: "plain" }, one.reviews.map((text) => el("li", {}, el("span", {}, rich(text))))) : one.waits_for.length ? null : el("p", { class: "soft" }, say("forge.reviews_empty"))),
        one.blockers.length ? el("div", {}, el("h2", {}, say("forge.blockers")), el("ul", { class: "plain" }, one.blockers.map((text) => el("li", {}, sign("blocked"), el("span", {}, rich(text)))))) : null),
      open ? acts(one, said, review) : null,
      el("h2", {}, say("forge.diff")), diffView(diff));
  }

  // Who merges: now, by itself later, or (the owner alone, and recorded) past the rules.
  function acts(one, said, review) {
    const stuck = one.blockers.length > 0, later = !one.merges_by;
    const verb = (key, label, path, body, kind = "") => button(say(`forge.${label}`), { class: kind, "data-key": key, onclick: act(() => post(`pulls/${one.number}/${path}`, body)) });
    return [
      el("div", { class: "bar" }, said, button(say("forge.approve"), { "data-key": "approve", onclick: review(true) }), button(say("forge.request"), { "data-key": "request", onclick: review(false) })),
      one.merges_by ? el("p", { class: "note" }, say("forge.by_itself", { who: one.merges_by })) : null,
      el("div", { class: "bar" }, verb("merge", "merge", "merge", {}, stuck ? "" : "primary"), stuck || !later ? verb("auto", later ? "later" : "not_later", "auto", { enabled: later }) : null, stuck ? verb("admin", "admin", "merge", { admin: true }) : null, verb("close", "close", "close", {})),
    ];
  }

  async function form() {
    if (view.key === "new") return;
    view.key = "new";
    const { branches } = await get("commits");
    const names = Object.keys(branches);
    if (!names.length) return fill(detail, el("h2", {}, say("forge.new")), empty(say("forge.no_branches"), say("forge.pulls_empty_text")));
    const branch = el("select", {}, names.map((name) => el("option", { value: name }, name))), title = el("input", { type: "text" }), body = el("textarea", { rows: 5 });
    fill(detail, el("h2", {}, say("forge.new")), view.problem ? el("p", { class: "finding" }, rich(view.problem.message)) : null, el("label", {}, say("forge.branch"), " ", branch), el("label", {}, say("forge.name"), title), el("label", {}, say("forge.body"), body),
      button(say("forge.create"), { class: "primary", onclick: act(async () => { view.key = ""; const told = await post("pulls", { branch: branch.value, title: title.value, body: body.value }); view.at = String(told.pulls[0].number); return {}; }) }));
  }

  drawTabs();
  const kept = [keep(look, about("pr.", "ref.", "status.", "run.finished", "stage.", "push.")), keep(async () => { if (!view.at) await look(); await lookDetail(); }, about("pr.", "status.", "run.finished", "ref.", "stage."))];
  return () => kept.forEach((one) => one.stop());
}
