"""Hidden series for a learner's rules: three quarters of an hour of a shop's numbers, each with what a good rule makes of it.

All numbers are of real life, a sample each fifteen seconds. They are drawn by a seed: how much traffic, which route, how bad.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

STEP: Final = 15
LONG: Final = 192
"""Samples: forty-eight minutes."""
BEGIN: Final = 120
"""The sample at which whatever happens begins: after half an hour."""
BEGIN_MINUTE: Final = BEGIN * STEP // 60
INSTANCES: Final = ("web1:8000", "web2:8000")
ROUTES: Final = {"/products/{sku}": ("GET", 0.6), "/quotes": ("POST", 0.3), "/orders": ("POST", 0.1)}
SLOW: Final = 1.6
QUICK: Final = 0.02
"""Seconds of a slow answer, and of any other."""
BUCKETS: Final = ("0.05", "0.1", "0.25", "0.5", "1.0", "2.5", "5.0", "10.0", "+Inf")


@dataclass(frozen=True)
class Story:
    """One case: what happens, at which minutes after it began the rules are asked (`at`), and whether somebody should be woken by then.

    `errors`, `slow`: shares by route ("*": all); `resets`, `lost` (4xx): shares of all; `rate` visits a second before and `then`
    during. `blip`: it lasts so many samples (0: to the end). `gone`: the shop's series end; `down`: so many instances are.
    """

    says: str
    pages: bool
    at: tuple[int, ...] = (5,)
    errors: tuple[tuple[str, float], ...] = ()
    slow: tuple[tuple[str, float], ...] = ()
    resets: float = 0.0
    lost: float = 0.0
    rate: float = 20.0
    then: float | None = None
    blip: int = 0
    gone: bool = False
    down: int = 0
    restart: bool = False


def stories(seed: int) -> tuple[Story, ...]:
    """The twenty cases of a seed."""
    luck = Random(f"series {seed}")  # noqa: S311 - a simulation, drawn from a seed
    rate, route = luck.uniform(12, 60), luck.choice(tuple(ROUTES))
    return (
        Story("nothing happens", pages=False, rate=rate, at=(-20, 5, 15)),
        Story("every request fails", pages=True, errors=_all(1.0), rate=rate),
        Story("every instance is dead", pages=True, errors=_all(1.0), down=2, gone=True, rate=rate),
        Story(f"{luck.randint(16, 25)} % of all requests fail", pages=True, errors=_all(luck.uniform(0.17, 0.25)), rate=rate),
        Story("most of one route fails", pages=True, errors=((route, 0.8),), rate=rate),
        Story("a third of the connections are reset", pages=True, resets=0.33, rate=rate),
        Story("one route takes seconds", pages=True, slow=((route, 0.9),), rate=rate),
        Story("checkout takes seconds", pages=True, slow=(("/orders", 0.9),), rate=rate),
        Story("the shop is no longer seen", pages=True, gone=True, rate=rate, at=(6,)),
        Story("a broken client asks for what is not there", pages=False, lost=0.8, rate=rate),
        Story("eight times as many customers come", pages=False, then=rate * 8, rate=rate),
        Story("one instance is dead", pages=False, down=1, rate=rate, at=(5, 15)),
        Story("the instances were restarted, and count from 0 again", pages=False, restart=True, rate=rate),
        Story("2 % fail for long", pages=False, errors=_all(0.02), rate=rate, at=(5, 15)),
        Story("a few requests fail for fifteen seconds", pages=False, errors=_all(0.1), blip=1, rate=rate, at=(1, 4)),
        Story("an outage of five minutes is over since ten", pages=False, errors=_all(1.0), blip=20, rate=rate, at=(16,)),
        Story("an outage of five minutes is on", pages=True, errors=_all(1.0), blip=20, rate=rate, at=(4,)),
        Story("nobody comes at all", pages=False, rate=rate, then=0.0, at=(5, 15)),
        Story("nobody fails at night", pages=False, rate=0.05, at=(-5, 5)),
        Story("all fail at night", pages=True, errors=_all(1.0), rate=0.1, at=(6,)),
    )


def _all(share: float) -> tuple[tuple[str, float], ...]:
    return (("*", share),)


def input_series(story: Story, *, job: str, door: str) -> list[dict[str, str]]:
    """The story as promtool's `input_series`; `job` and `door` are the names of the learner's scrape jobs."""
    found: dict[str, list[float]] = {}
    for route, (method, part) in ROUTES.items():
        for instance in INSTANCES:
            labels = f'instance="{instance}",job="{job}",method="{method}",route="{route}"'
            _shop(found, story, labels, route, part / len(INSTANCES))
    _door(found, story, f'instance="door:9101",job="{door}"')
    for number, instance in enumerate(INSTANCES):
        is_down = [float(not _is_on(story, at) or number >= story.down) for at in range(LONG)]
        found[f'up{{instance="{instance}",job="{job}"}}'] = is_down
        found[f'door_backend_up{{backend="{instance.split(":")[0]}",instance="door:9101",job="{door}"}}'] = is_down
    found[f'up{{instance="door:9101",job="{door}"}}'] = [1.0] * LONG
    return [{"series": name, "values": _written(values, gone=story.gone and f'job="{job}"' in name)} for name, values in found.items()]


def _is_on(story: Story, at: int) -> bool:
    return at >= BEGIN and (not story.blip or at < BEGIN + story.blip)


def _visits(story: Story, at: int) -> float:
    return STEP * (story.then if story.then is not None and _is_on(story, at) else story.rate)


def _share(told: tuple[tuple[str, float], ...], route: str) -> float:
    return max((share for name, share in told if name in (route, "*")), default=0.0)


def _shop(found: dict[str, list[float]], story: Story, labels: str, route: str, part: float) -> None:
    """The counters of one route on one instance, born at 0 with every status class."""
    counts = dict.fromkeys(("2xx", "4xx", "5xx"), 0.0)
    slow, seconds = 0.0, 0.0
    lines: dict[str, list[float]] = {status: [] for status in counts}
    slows: list[float] = []
    sums: list[float] = []
    for at in range(LONG):
        if story.restart and at == BEGIN:
            counts, slow, seconds = dict.fromkeys(counts, 0.0), 0.0, 0.0
        visits, is_on = _visits(story, at) * part, _is_on(story, at)
        bad, lost = (_share(story.errors, route) if is_on else 0.0), (story.lost if is_on else 0.0)
        counts["5xx"] += visits * bad
        counts["4xx"] += visits * (1 - bad) * lost
        counts["2xx"] += visits * (1 - bad) * (1 - lost)
        well = visits * (1 - bad) * (1 - lost)
        late = well * (_share(story.slow, route) if is_on else 0.0)
        slow += late
        seconds += late * SLOW + (well - late) * QUICK
        for status, number in counts.items():
            lines[status].append(number)
        slows.append(slow)
        sums.append(seconds)
    for status, values in lines.items():
        named = f'{labels},status="{status}"'
        found[f"storefront_requests_total{{{named}}}"] = values
        found[f"storefront_request_seconds_count{{{named}}}"] = values
        found[f"storefront_request_seconds_sum{{{named}}}"] = sums if status == "2xx" else [number * QUICK for number in values]
        for bucket in BUCKETS:
            is_quick = float(bucket.replace("+Inf", "inf")) < 2.5  # noqa: PLR2004 - what is slow takes a second and a half
            less = slows if status == "2xx" and is_quick else [0.0] * LONG
            found[f'storefront_request_seconds_bucket{{{named},le="{bucket}"}}'] = [
                all_ - off for all_, off in zip(values, less, strict=True)
            ]


def _door(found: dict[str, list[float]], story: Story, labels: str) -> None:
    """The door's counters, by class of the answer."""
    counts = dict.fromkeys(("1xx", "2xx", "3xx", "4xx", "5xx", "reset"), 0.0)
    lines: dict[str, list[float]] = {code: [] for code in counts}
    for at in range(LONG):
        visits, is_on = _visits(story, at), _is_on(story, at)
        bad = sum(part * _share(story.errors, route) for route, (_, part) in ROUTES.items()) if is_on else 0.0
        reset, lost = (story.resets, story.lost) if is_on else (0.0, 0.0)
        counts["reset"] += visits * reset
        counts["5xx"] += visits * (1 - reset) * bad
        counts["4xx"] += visits * (1 - reset) * (1 - bad) * lost
        counts["2xx"] += visits * (1 - reset) * (1 - bad) * (1 - lost)
        for code, number in counts.items():
            lines[code].append(number)
    for code, values in lines.items():
        found[f'door_requests_total{{code="{code}",{labels}}}'] = values


def _written(values: list[float], *, gone: bool) -> str:
    """The values in promtool's short form; a series that is gone is stale from then on."""
    kept = values[:BEGIN] if gone else values
    words, at = [], 0
    while at < len(kept):
        step = round(kept[at + 1] - kept[at], 3) if at + 1 < len(kept) else 0.0
        end = at + 1
        while end < len(kept) and abs(kept[at] + step * (end - at) - kept[end]) < 0.01:  # noqa: PLR2004 - of one request
            end += 1
        words.append(f"{kept[at]:.3f}+{step:.3f}x{end - at - 1}" if end - at > 1 else f"{kept[at]:.3f}")
        at = end
    return " ".join([*words, "stale", f"_x{LONG - BEGIN - 2}"] if gone else words)
