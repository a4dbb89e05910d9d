// One connection for all tabs of a browser: it may open only six to one address, and each tab would take one for good.
const tabs = new Set();
let source = null;
let state = "waiting";

const tell = (message) => tabs.forEach((tab) => tab.postMessage(message));

function connect() {
  source = new EventSource("/api/stream");
  source.onopen = () => tell({ kind: "state", data: (state = "live") });
  source.onerror = () => {
    tell({ kind: "state", data: (state = "lost") });
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 1000);
  };
  for (const kind of ["hello", "event", "answers", "work", "anew"])
    source.addEventListener(kind, (event) => tell({ kind, data: JSON.parse(event.data) }));
}

self.onconnect = (event) => {
  const tab = event.ports[0];
  tabs.add(tab);
  tab.onmessage = (message) => {
    if (message.data === "bye") tabs.delete(tab);
  };
  tab.postMessage({ kind: "state", data: state });
  if (!source) connect();
};
