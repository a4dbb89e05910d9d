// Pipelines: the runs, one run as a graph of its jobs, its steps with the failing one marked, and the log as it grows.
import { say, el, rich, fill, badge, sign, tone, seconds, short, button, empty, sorry } from "./dom.js";
import { get, post } from "./api.js";
import { keep, about } from "./live.js";
import { logView } from "./log.js";

export function show(main, [wanted]) {
  const list = el("div", { class: "list", "data-scroll": "runs" }), detail = el("div", { class: "detail" });
  const view = { run: wanted ?? null, job: null, log: null, key: "", problem: null };
  fill(main, el("h1", {}, say("pipelines.title")), el("div", { class: "split" }, list, detail));

  const readRuns = async () => {
    try {
      const { runs } = await get("runs?count=60");
      if (!view.run && runs.length) view.run = runs[0].id;
      fill(list, runs.length ? el("ul", { class: "rows" }, runs.map((run) => el("li", {}, el("a", { class: "row", href: `/pipelines/${run.id}`, "data-key": `run-${run.id}`, "aria-current": run.id === view.run || String(run.number) === view.run ? "true" : null },
        sign(run.result || run.state), el("span", { class: "row-title" }, run.workflow), el("span", { class: "row-end" }, run.state === "finished" ? seconds(run.seconds) : say(`states.${run.state}`)), el("span", { class: "row-note" }, `${say("pipelines.run", { n: run.number })} · ${run.branch} · ${short(run.sha)}`))))) : empty(say("pipelines.empty"), say("pipelines.empty_text")));
    } catch (problem) {
      fill(list, sorry(problem, readRuns));
    }
  };
  const readRun = async () => {
    if (!view.run) return fill(detail, empty(say("pipelines.empty"), say("pipelines.empty_text")));
    try {
      const told = await get(`runs/${encodeURIComponent(view.run)}`);
      draw(told.runs[0], told.needs);
    } catch (problem) {
      fill(detail, sorry(problem, readRun));
    }
  };

  function draw(run, needs) {
    const failed = run.jobs.find((job) => job.result === "failure");
    const chosen = run.jobs.find((job) => job.name === view.job) ?? failed ?? run.jobs[0];
    const at = chosen ? chosen.steps.findIndex((step) => step.result === "failure") : -1;
    const act = (call) => async () => { view.problem = await call().then(() => null, (problem) => problem); readRun(); };
    const key = `${run.id} ${chosen?.name} ${at}`;
    if (view.key !== key) {
      view.log?.stop();
      view.log = logView({ source: `/api/runs/${encodeURIComponent(run.id)}/log`, job: chosen?.name, failing: at >= 0 ? { job: chosen.name, number: at + 1 } : null });
      view.key = key;
    }
    fill(detail,
      el("div", { class: "bar" }, el("h2", { class: "run-title" }, `${run.workflow} · ${say("pipelines.run", { n: run.number })}`), badge(run.result || run.state), run.state === "finished" ? el("span", { class: "soft" }, seconds(run.seconds)) : null,
        run.state === "finished" ? button(say("pipelines.rerun"), { class: "small", "data-key": "rerun", onclick: act(() => post(`runs/${run.id}/rerun`)) }) : button(say("pipelines.cancel"), { class: "small", "data-key": "cancel", onclick: act(() => post(`runs/${run.id}/cancel`)) })),
      el("p", { class: "soft" }, say("pipelines.by", { event: run.event, actor: run.actor, branch: run.branch }), ` · ${short(run.sha)}`, run.pr ? el("a", { href: `/forge/${run.pr}` }, ` #${run.pr}`) : null),
      view.problem ? el("p", { class: "note" }, rich(view.problem.message), " ", rich(view.problem.remedy)) : null,
      run.reason ? el("p", { class: "finding" }, rich(run.reason)) : null,
      el("h2", {}, say("pipelines.graph")), run.jobs.length ? graph(run.jobs, needs, chosen) : el("p", { class: "soft" }, say("pipelines.no_jobs")),
      chosen ? [el("h2", {}, say("pipelines.steps", { job: chosen.name })), el("ol", { class: "step-list" }, chosen.steps.map((step, place) => el("li", { class: place === at ? "failing" : "" }, sign(step.result), el("span", {}, step.name), place === at ? badge("failure", say("pipelines.failing")) : el("span", {}), el("span", { class: "row-end" }, seconds(step.seconds)))))] : null,
      view.log.node);
  }

  function graph(jobs, needs, chosen) {
    const depth = {};
    const deep = (name, seen = []) => (depth[name] ??= seen.includes(name) ? 0 : Math.max(0, ...(needs[name] ?? []).map((one) => deep(one, [...seen, name]) + 1)));
    jobs.forEach((job) => deep(job.name));
    const columns = [...new Set(jobs.map((job) => depth[job.name]))].sort();
    return el("div", { class: "graph", role: "group", "aria-label": say("pipelines.graph"), tabindex: "0" }, columns.map((column) => el("div", { class: "graph-column" }, jobs.filter((job) => depth[job.name] === column).map((job) =>
      el("button", { type: "button", class: `job ${tone(job.result || "running")}`, "aria-pressed": String(job === chosen), "data-key": `job-${job.name}`, "data-job": job.name, onclick: () => { view.job = job.name; readRun(); } },
        sign(job.result || "running"), el("span", {}, job.name), el("span", { class: "row-end" }, job.result ? seconds(job.seconds) : say("states.running")), needs[job.name]?.length ? el("span", { class: "job-needs" }, `← ${needs[job.name].join(", ")}`) : null)))));
  }

  const kept = [keep(readRuns, about("run.", "stage."), { least: 100 }), keep(async () => { if (!view.run) await readRuns(); await readRun(); }, about("run.", "job.", "step."))];
  return () => { kept.forEach((one) => one.stop()); view.log?.stop(); };
}
