"""The delivery metrics once more, written from the definitions minute by minute, without a line of the lab's own code.

Slow and plain on purpose: every question is asked of every minute. It takes events as `(seq, minute, type, source, data)`
with whole minutes and no pauses, and gives plain values.
"""

from __future__ import annotations

import math
from typing import Any

Row = tuple[int, float, str, str, dict[str, Any]]


def everything(rows: list[Row], end: int, threshold: float = 0.95) -> dict[str, Any]:
    rows = [row for row in sorted(rows) if row[3] != "learner"]
    changes = _changes(rows)
    known = {row[4]["sha"]: row[4] for row in rows if row[2] == "version.known"}
    deployed = _deployments(rows, known, end)
    seconds = _seconds(rows)
    incidents = _incidents(seconds, end, threshold)
    faults = _faults(rows)
    for incident in incidents:
        _blame(incident, deployed, changes, faults, seconds)
        _mend(incident, deployed, changes)
        _page(incident, rows, deployed)
    rework = _rework(incidents, deployed, changes)
    return _metrics(changes, deployed, incidents, rework, seconds, end)


def _changes(rows: list[Row]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for _, minute, kind, _, data in rows:
        if kind == "change.pushed":
            when = data.get("received", minute)
            old = found.get(data["change_id"], {})
            found[data["change_id"]] = {
                "pushed": min(when, old.get("pushed", when)),
                "good": data["label"] == "good",
                "kind": data["kind"],
                "mends": data.get("mends", ""),
                "breaks": set(data.get("breaks", [])),
                "out": old.get("out"),
                "rejected": None,
            }
        if kind == "change.withdrawn" and data["change_id"] in found:
            found[data["change_id"]]["out"] = minute
        if kind == "change.rejected" and data["change_id"] in found:
            found[data["change_id"]]["rejected"] = minute
    return found


def _pictures(rows: list[Row], end: int) -> list[dict[str, float]]:
    picture: dict[str, float] = {}
    pictures: list[dict[str, float]] = []
    for minute in range(end):
        now = {row[4]["sha"]: row[4]["share"] for row in rows if row[2] == "version.seen" and row[4]["second"] == minute}
        picture = now or picture
        pictures.append({sha: share for sha, share in picture.items() if share > 0})
    return pictures


class _Door:
    """Goes through the minutes with all that is known beforehand."""

    def __init__(self, pictures: list[dict[str, float]], laid: set[str]) -> None:
        self.pictures, self.laid = pictures, laid
        self.found: list[dict[str, Any]] = []
        self.pending: dict[str, dict[str, Any]] = {}
        self.serving: str | None = None
        for minute, picture in enumerate(pictures):
            self.newcomers(minute)
            for sha in picture:
                if self.begins_to_rule(sha, minute):
                    self.rule(sha, minute)

    def begins_to_rule(self, sha: str, minute: int) -> bool:
        ten = self.pictures[minute : minute + 10]
        before = self.pictures[minute - 1].get(sha, 0) if minute else 0
        return before < 0.99 and len(ten) == 10 and all(picture.get(sha, 0) >= 0.99 for picture in ten)

    def newcomers(self, minute: int) -> None:
        picture = self.pictures[minute]
        for sha in sorted(picture, key=lambda sha: -picture[sha]):
            if sha == self.serving or sha in self.pending or (minute and sha in self.pictures[minute - 1]):
                continue
            if self.serving is None and not self.found and sha in self.laid:
                self.serving = sha
            else:
                self.note(sha, minute)

    def note(self, sha: str, minute: int) -> None:
        self.pending[sha] = {"sha": sha, "exposed": minute, "full": None, "ended": None, "state": "open"}
        self.found.append(self.pending[sha])

    def rule(self, sha: str, minute: int) -> None:
        if sha not in self.pending and sha != self.serving:  # a rest of it was there all the while
            self.note(sha, minute)
        if sha in self.pending:
            winner = self.pending.pop(sha)
            for one in self.found[: self.found.index(winner)]:
                if one["state"] == "succeeded" and one["ended"] is None:
                    one["ended"] = minute
            winner.update(full=minute, state="succeeded")
        for loser in [name for name in self.pending if self.pending[name]["exposed"] <= minute]:
            self.pending.pop(loser).update(state="aborted", ended=minute)
        self.serving = sha


def _deployments(rows: list[Row], known: dict[str, Any], end: int) -> list[dict[str, Any]]:
    laid = [sha for sha in known if known[sha].get("laid")]
    found = _Door(_pictures(rows, end), set(laid)).found
    seen = set(laid)
    for place, one in enumerate(found):
        before = [other for other in found[:place] if other["state"] == "succeeded"]
        base = known.get(before[-1]["sha"], {}) if before else known.get(laid[0], {}) if laid else {}
        own = known.get(one["sha"], {})
        one["number"] = place + 1
        one["payload"] = [name for name in own.get("changes", []) if name not in base.get("changes", [])]
        one["dropped"] = [name for name in base.get("changes", []) if name not in own.get("changes", [])]
        one["mended"] = [name for name in own.get("mended", []) if name not in base.get("mended", [])]
        one["holds"] = [name for name in own.get("changes", []) if name not in own.get("mended", [])]
        one["own"] = own.get("own", 0) - base.get("own", 0) > 0
        one["back"] = not one["payload"] and (one["sha"] in seen or bool(one["dropped"]))
        seen.add(one["sha"])
    return found


def _seconds(rows: list[Row]) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for _, _, kind, _, data in rows:
        if kind in {"answers", "violation"}:
            one = found.setdefault(data["second"], {"good": 0, "valid": 0, "violated": False, "silent": True, "focuses": set()})
            one["good"] += data.get("good", 0)
            one["valid"] += data.get("good", 0) + data.get("late", 0) + data.get("wrong", 0) + data.get("failed", 0)
            one["violated"] = one["violated"] or kind == "violation"
            one["silent"] = one["silent"] and not data.get("versions")
            one["focuses"] |= set(data.get("focuses", {}))
    return found


def _incidents(seconds: dict[int, dict[str, Any]], end: int, threshold: float) -> list[dict[str, Any]]:
    def bad(minute: int) -> bool:
        return minute in seconds and (seconds[minute]["good"] < seconds[minute]["valid"] or seconds[minute]["violated"])

    guilty = {minute for minute in seconds if seconds[minute]["violated"]}
    for last in seconds:
        window = [minute for minute in range(last - 14, last + 1) if minute in seconds]
        valid = sum(seconds[minute]["valid"] for minute in window)
        if valid >= 10 and sum(seconds[minute]["good"] for minute in window) / valid < threshold:
            guilty |= {minute for minute in window if bad(minute)}
    last_seen = max(seconds, default=0)

    def well_from(minute: int) -> bool:
        five = [seconds[one] for one in range(minute, minute + 5) if one in seconds]
        valid = sum(one["valid"] for one in five)
        whole = minute in seconds and minute + 5 <= last_seen + 1 and valid > 0 and not any(one["violated"] for one in five)
        return whole and sum(one["good"] for one in five) / valid >= 0.99

    found = []
    left = sorted(guilty)
    while left:
        incident = {"opened": left[0], "restored": None}
        begin = left[0]
        while True:
            incident["restored"] = next((minute for minute in range(begin + 1, end) if well_from(minute)), None)
            if incident["restored"] is None:
                left = []
                break
            left = [minute for minute in left if minute >= incident["restored"]]
            if left and left[0] - incident["restored"] < 5:
                begin = left[0]
                continue
            break
        until = end + 1 if incident["restored"] is None else incident["restored"]
        span = [seconds[minute] for minute in range(incident["opened"], until) if minute in seconds]
        incident["harmed"] = sum(one["valid"] - one["good"] for one in span)
        found.append(incident)
        incident["number"] = len(found)
    return found


def _faults(rows: list[Row]) -> list[tuple[float, float, str]]:
    ends = {row[4]["kind"]: row[1] for row in rows if row[2] == "fault.end"}
    return [(row[1], ends.get(row[4]["kind"], math.inf), row[4]["cause"]) for row in rows if row[2] == "fault.start"]


def _blame(incident: dict[str, Any], deployed: list[Any], changes: dict[str, Any], faults: list[Any], seconds: dict[int, Any]) -> None:
    opened = incident["opened"]
    until = max(seconds) + 1 if incident["restored"] is None else incident["restored"]
    failing = set().union(*(seconds[minute]["focuses"] for minute in range(opened, until) if minute in seconds))
    serving = [one for one in deployed if one["exposed"] <= opened and (one["ended"] is None or one["ended"] > opened)]
    there = {name for one in serving for name in one["holds"]}
    earlier = [one for one in deployed if one["exposed"] <= opened]
    bad = {name for name in there if name in changes and not changes[name]["good"] and changes[name]["breaks"] & failing}
    guilty = [one for one in earlier if bad & set(one["payload"])]
    active = [cause for start, end, cause in faults if start <= opened <= end]
    incident.update(deployment=None, cause=active[-1] if active else "unknown")
    if guilty:
        incident.update(deployment=guilty[-1]["number"], cause="change")
        return
    if active:
        return
    if earlier:
        limit = earlier[-1]["full"] if earlier[-1]["full"] is not None else earlier[-1]["ended"]
        if limit is None or opened <= limit + 60:
            incident.update(deployment=earlier[-1]["number"], cause="change")
            return
    limit = opened + 15 if incident["restored"] is None else min(opened + 15, incident["restored"])
    later = [one for one in deployed if opened < one["exposed"]][:1]
    later = [one for one in later if one["exposed"] <= limit]
    for one in later:
        if any(seconds[minute]["silent"] for minute in range(opened, one["exposed"]) if minute in seconds):
            incident.update(deployment=one["number"], cause="change")


def _kind(one: dict[str, Any], incident: dict[str, Any], deployed: list[Any], changes: dict[str, Any]) -> str:
    guilty = deployed[incident["deployment"] - 1]["payload"] if incident["deployment"] else []
    if set(guilty) & set(one["mended"]):
        return "revert"
    kinds = []
    for name in one["payload"]:
        told = changes.get(name)
        if told and told["kind"] in {"revert", "fix"} and told["pushed"] >= incident["opened"]:
            kinds += [told["kind"]] if told["mends"] in guilty or told["mends"] == f"#{incident['number']}" else []
    if kinds:
        return "revert" if "revert" in kinds else "hotfix"
    if one["payload"]:
        return ""
    inside = incident["restored"] is None or one["exposed"] <= incident["restored"]
    if not inside and not set(guilty) & set(one["dropped"]):
        return ""
    return "hotfix" if one["own"] and not one["back"] else "rollback"


def _mend(incident: dict[str, Any], deployed: list[Any], changes: dict[str, Any]) -> None:
    incident.update(remediation=None, kind="")
    if incident["restored"] is None:
        return
    for one in deployed:
        if incident["opened"] < one["exposed"] <= incident["restored"] and one["number"] != incident["deployment"]:
            kind = _kind(one, incident, deployed, changes)
            if kind:
                incident.update(remediation=one["number"], kind=kind)


def _page(incident: dict[str, Any], rows: list[Row], deployed: list[Any]) -> None:
    start = incident["opened"]
    if incident["deployment"]:
        start = min(start, deployed[incident["deployment"] - 1]["exposed"])
    end = math.inf if incident["restored"] is None else incident["restored"]
    incident["paged"] = min((row[1] for row in rows if row[2] == "page" and start <= row[1] <= end), default=None)


def _rework(incidents: list[Any], deployed: list[Any], changes: dict[str, Any]) -> set[int]:
    found = {incident["remediation"] for incident in incidents if incident["remediation"]}
    for incident in incidents:
        for one in deployed:
            after = incident["restored"] is not None and incident["restored"] < one["exposed"] <= incident["opened"] + 1440
            if after and one["number"] != incident["deployment"] and _kind(one, incident, deployed, changes):
                found.add(one["number"])
    return found


def _middle(values: list[tuple[float, bool]]) -> tuple[float | None, bool]:
    if not values:
        return None, False
    if sum(1 for _, censored in values if censored) > len(values) / 2:
        return max(value for value, _ in values), True
    ordered = sorted(values)
    while len(ordered) > 2:
        ordered = ordered[1:-1]
    return sum(value for value, _ in ordered) / len(ordered), any(censored for _, censored in ordered)


def _metrics(
    changes: dict[str, Any], deployed: list[Any], incidents: list[Any], rework: set[int], seconds: dict[int, Any], end: int
) -> dict[str, Any]:
    def blamed(one: dict[str, Any]) -> list[Any]:
        return [incident for incident in incidents if incident["deployment"] == one["number"]]

    def contained(one: dict[str, Any]) -> bool:
        if one["state"] == "succeeded" or one["ended"] is None or not blamed(one):
            return False
        span = [seconds[minute] for minute in range(one["exposed"], one["ended"]) if minute in seconds]
        return sum(second["valid"] - second["good"] for second in span) <= 0.005 * sum(second["valid"] for second in span)

    counted = [one for one in deployed if one["payload"] or one["number"] in rework]
    failed = [one for one in counted if blamed(one) and not contained(one)]
    lived = [
        one for one in deployed
        if one["state"] == "succeeded"
        and any(name not in changes or changes[name]["good"] or changes[name]["kind"] == "feature" for name in one["payload"])
    ]  # fmt: skip
    leads = []
    for name, change in changes.items():
        if change["good"] and change["out"] is None:
            fulls = [one["full"] for one in deployed if one["state"] == "succeeded" and name in one["payload"]]
            leads.append((max(fulls[0] - change["pushed"], 0), False) if fulls else (end - change["pushed"], True))
    repairs = []
    for one in failed:
        restored = blamed(one)[0]["restored"]
        repairs.append((end - one["exposed"], True) if restored is None else (restored - one["exposed"], False))
    others = [incident for incident in incidents if incident["deployment"] is None]
    bad = [name for name in changes if not changes[name]["good"]]
    good = [name for name in changes if changes[name]["good"]]
    out = {name for one in deployed for name in one["payload"]}
    valid = sum(second["valid"] for second in seconds.values())
    return {
        "deployments": [(one["exposed"], one["full"], one["ended"], one["state"], tuple(one["payload"])) for one in deployed],
        "incidents": [
            tuple(incident[name] for name in ("opened", "restored", "harmed", "deployment", "cause", "remediation", "kind", "paged"))
            for incident in incidents
        ],
        "frequency": len(lived) / (end / 1440) if lived else None,
        "lead_time": _middle(leads),
        "fail_rate": len(failed) / len(counted) if counted else None,
        "recovery": _middle(repairs),
        "rework_rate": len([one for one in counted if one["number"] in rework]) / len(counted) if counted else None,
        "contained": len([one for one in counted if contained(one)]),
        "availability": sum(second["good"] for second in seconds.values()) / valid if valid else None,
        "restore_other": _middle(
            [(end - one["opened"], True) if one["restored"] is None else (one["restored"] - one["opened"], False) for one in others]
        ),
        "escape_rate": len([name for name in bad if name in out]) / len(bad) if bad else None,
        "false_rejects": len([name for name in good if changes[name]["rejected"] is not None]) / len(good) if good else None,
    }
