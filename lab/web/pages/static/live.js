// What happens, as it happens. `on` calls back for messages; `keep` shows a document and reads it again when it may have changed.
import { base } from "./dom.js";

const listeners = new Set();

export function on(call) {
  listeners.add(call);
  return () => listeners.delete(call);
}

const tell = (message) => [...listeners].forEach((call) => call(message));

export function connect() {
  if (window.SharedWorker) {
    const worker = new SharedWorker(`${base}/worker.js`, { name: `lab-${base}` });
    worker.port.onmessage = (event) => tell(event.data);
    worker.port.start();
    window.addEventListener("pagehide", () => worker.port.postMessage("bye"));
    return;
  }
  const source = new EventSource("/api/stream");
  source.onopen = () => tell({ kind: "state", data: "live" });
  source.onerror = () => tell({ kind: "state", data: "lost" });
  for (const kind of ["hello", "event", "answers", "work", "anew"])
    source.addEventListener(kind, (event) => tell({ kind, data: JSON.parse(event.data) }));
}

// Reads now and whenever a message matters; never twice at once, and once more at the end if something came meanwhile.
export function keep(read, matters, { least = 0 } = {}) {
  let busy = false, again = false, ended = false, last = 0;
  const look = async () => {
    if (busy) return void (again = true);
    busy = true;
    const wait = last + least - performance.now();
    if (wait > 0) await new Promise((done) => setTimeout(done, wait));
    last = performance.now();
    again = false;
    if (!ended) await read();
    busy = false;
    if (again && !ended) look();
  };
  const stop = on((message) => {
    if (message.kind === "anew" || message.kind === "hello" || matters(message)) look();
  });
  look();
  return { look, stop: () => { ended = true; stop(); } };
}

export const about = (...starts) => (message) => message.kind === "event" && starts.some((start) => message.data.type.startsWith(start));
