// Calls of the API. An answer is a document; a refusal carries the lab's own sentence and remedy.
import { say } from "./dom.js";

const token = document.querySelector('meta[name="lab-token"]').content;
export const pageToken = () => token;

export class Refused extends Error {
  constructor(told) {
    super(told.message);
    this.remedy = told.remedy || "";
  }
}

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(`/api/${path}`, { credentials: "same-origin", ...options });
  } catch {
    throw new Refused({ message: say("errors.gone"), remedy: say("errors.gone_remedy") });
  }
  const kind = answer.headers.get("content-type") || "";
  const told = kind.includes("json") ? await answer.json() : { message: (await answer.text()).trim() };
  if (!answer.ok) throw new Refused(told.message ? told : { message: say("errors.odd", { status: answer.status }) });
  return told;
}

export const get = (path) => ask(path, {});
export const post = (path, body = {}) =>
  ask(path, { method: "POST", headers: { "Content-Type": "application/json", "X-Lab-Token": token }, body: JSON.stringify(body) });
