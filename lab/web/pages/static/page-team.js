// The team: what colleagues say and do, newest first.
import { say, el, rich, fill, clock, panel, empty, sorry } from "./dom.js";
import { get } from "./api.js";
import { keep, about } from "./live.js";

const face = (name) => el("span", { class: "face", "aria-hidden": "true" }, [...name][0]?.toUpperCase() ?? "?");

export function show(main) {
  const kept = keep(async () => {
    try {
      const told = await get("team");
      const names = Object.fromEntries(told.members.map((one) => [one.id, one.name]));
      fill(main, el("h1", {}, say("team.title")), el("div", { class: "feed-two" },
        panel(say("team.feed"), told.said.length ? el("ul", { class: "feed" }, told.said.slice().reverse().map((one) => el("li", {}, face(names[one.who] ?? one.who), el("div", {}, el("span", { class: "who" }, names[one.who] ?? one.who), " ", el("span", { class: "soft" }, clock(one.minute)), el("div", { class: "pre" }, rich(one.text)))))) : empty(say("team.empty"), say("team.empty_text"))),
        el("div", {}, panel(say("team.next"), told.happened.map((text) => el("p", {}, rich(text)))), panel(say("team.members"), el("ul", { class: "members" }, told.members.map((one) => el("li", {}, face(one.name), el("span", {}, one.name, el("br"), el("span", { class: "soft" }, one.role)))))))));
    } catch (problem) {
      fill(main, sorry(problem, () => kept.look()));
    }
  }, about("say", "pr.", "ref.", "run.finished", "push.", "stage.", "check."), { least: 100 });
  return kept.stop;
}
