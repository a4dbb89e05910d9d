"""Watches the shop by what the door logs and what a probe sees, and calls the pager. Python's standard library, nothing else."""

import json
import os
import time
import urllib.request
from collections import defaultdict, deque
from pathlib import Path

MINUTE = float(os.environ.get("MINUTE", "60"))
LOG = Path(os.environ["LOGS"]) / "door.log"
PAGER = os.environ["PAGER_URL"]
RUNBOOK = "docs/on-call.md"
company = urllib.request.build_opener(urllib.request.ProxyHandler({"http": os.environ["NETWORK_PROXY"]}))
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))

seen = deque()  # (when, route, bad, slow), an hour of it
state = {}  # alarm -> since when it is true (positive), or since when it is not (negative)
called = {}  # alarm -> the channel it was sent to


def post(channel, **fields):
    body = json.dumps(fields).encode()
    request = urllib.request.Request(f"{PAGER}/{channel}", data=body, headers={"Content-Type": "application/json"})
    try:
        direct.open(request, timeout=2).close()
    except OSError as problem:
        print(f"the pager did not take it: {problem}", flush=True)


def route_of(path):
    first = path.split("?")[0].strip("/").split("/")
    return "/products/{sku}" if first[0] == "products" and len(first) > 1 else f"/{first[0]}"


def read_on(file):
    while line := file.readline():
        told = json.loads(line)
        bad = told["status"] == "reset" or told["status"].startswith("5")
        seen.append((told["at"], route_of(told["path"]), bad, told["seconds"] > 0.5))
    while seen and seen[0][0] < time.time() - 60 * MINUTE:
        seen.popleft()


def share(minutes, which, route=None):
    """How many of the requests of the last minutes were so, and which share that is."""
    begin, hits, total = time.time() - minutes * MINUTE, 0, 0
    for entry in reversed(seen):
        if entry[0] < begin:
            break
        if route in (None, entry[1]):
            total += 1
            hits += entry[which]
    return hits, hits / total if total else 0.0


def hurt_routes():
    routes = defaultdict(list)
    for route in {entry[1] for entry in seen}:
        for which, word in ((2, "fails"), (3, "is slow")):
            hits, part = share(2, which, route)
            if hits > 2 and part > 0.3:
                routes[word].append(route)
    return routes


def instances_seen():
    try:
        with company.open("http://discovery/storefront", timeout=1) as answer:
            targets = [target for group in json.load(answer) for target in group["targets"]]
    except (OSError, ValueError):
        return 0
    found = 0
    for target in targets:
        try:
            company.open(f"http://{target}/healthz", timeout=1).close()
            found += 1
        except OSError:
            continue
    return found


def alarm(name, is_so, summary, *, channel="page", wait=0.0, calm=1.0):
    """Call once when it has been so for `wait` minutes, and take it back when it has not been so for `calm`."""
    now = time.time()
    if is_so:
        state.setdefault(name, now)
        if name not in called and now - state[name] >= wait * MINUTE:
            called[name] = channel
            post(channel, key=name, summary=summary, severity=channel, runbook=RUNBOOK, status="firing")
        state.pop(f"{name} calm", None)
        return
    state.pop(name, None)
    if name in called:
        since = state.setdefault(f"{name} calm", now)
        if now - since >= calm * MINUTE:
            post(called.pop(name), key=name, summary=summary, status="resolved")


def look():
    routes = hurt_routes()
    words = "; ".join(f"{', '.join(sorted(found))} {word}" for word, found in routes.items())
    hits, two = share(2, 2)
    five = share(5, 2)[1]
    hurting = (hits > 4 and two > 0.1 and five > 0.05) or (share(5, 2)[0] > 20 and five > 0.5) or bool(routes)
    alarm("customers are hurt", hurting, f"{two:.0%} of the requests fail; {words}")
    alarm("the shop is invisible", instances_seen() == 0, "no instance of the shop answers a probe", wait=1.5)
    slow_burn = share(60, 2)[1] > 0.01 and share(30, 2)[1] > 0.01
    alarm("the error budget burns", slow_burn, "over an hour more than 1 % fail", channel="ticket", wait=2, calm=5)


def main():
    LOG.touch()
    with LOG.open() as file:
        while True:
            read_on(file)
            look()
            post("heartbeat")
            time.sleep(0.2 * MINUTE)


if __name__ == "__main__":
    main()
