"""What the front door showed, and the deployments in it: they are observed, never reported."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from lab.ledger.delivery.model import ABORTED, SUCCEEDED, Deployment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from lab.ledger.store import Event

TYPES: Final = ("version.seen", "version.known", "stage.opened", "stage.reset")
FULL: Final = 0.99
FULL_FOR: Final = 10.0
Key = tuple[str, str]


@dataclass(frozen=True)
class Contents:
    """What a version holds: changes by id, oldest first; those of them that it takes back; how many commits are the learner's.

    `is_laid` says that it was put on the server by the company's founding, not by a deployment.
    """

    changes: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()
    own: int = 0
    is_laid: bool = False


@dataclass(frozen=True)
class Shown:
    """What customers were shown from `start` to `end`: each version's share of the answers that named one."""

    start: float
    end: float
    shares: Mapping[Key, float]

    @property
    def ruling(self) -> Key | None:
        """The version that gives (nearly) all answers."""
        return next((key for key, share in self.shares.items() if share >= FULL), None)


def contents_of(events: Iterable[Event]) -> dict[Key, Contents]:
    """What each version that was ever seen holds."""
    found: dict[Key, Contents] = {}
    for event in events:
        if event.type == "version.known":
            data = event.data
            told = Contents(tuple(data.get("changes", ())), tuple(data.get("mended", ())), int(data.get("own", 0)), bool(data.get("laid")))
            found[str(data["sha"]), str(data.get("digest", ""))] = told
    return found


def spans(events: Iterable[Event], at: Callable[[float], float], *, now: float) -> list[Shown]:
    """What was shown when. The rows of one second are one picture, and it stands until the next."""
    pictures: dict[float, dict[Key, float]] = {}
    for event in events:
        if event.type == "version.seen":
            when = at(float(event.data.get("second", event.minute)))
            pictures.setdefault(when, {})[str(event.data["sha"]), str(event.data.get("digest", ""))] = float(event.data["share"])
    times = sorted(pictures)
    ends = [*times[1:], max(now, times[-1])] if times else []
    return [
        Shown(start, end, {key: share for key, share in pictures[start].items() if share > 0})
        for start, end in zip(times, ends, strict=True)
    ]


def starts_over(events: Iterable[Event], at: Callable[[float], float]) -> tuple[float, ...]:
    """When the lab itself put servers back: what is seen next was laid, not deployed."""
    return tuple(at(event.minute) for event in events if event.type in {"stage.opened", "stage.reset"})


@dataclass
class _Watcher:
    """Looks at the door's pictures in order, and notes deployments."""

    known: Mapping[Key, Contents]
    overs: tuple[float, ...]
    found: list[Deployment] = field(default_factory=list)
    serving: Key | None = None
    seen: set[Key] = field(default_factory=set)
    _under_way: dict[Key, int] = field(default_factory=dict)
    _shown: frozenset[Key] = frozenset()
    _newest: float = float("-inf")

    def look(self, shown: Shown, ruler: Key | None) -> None:
        """Take one picture: new versions first; then `ruler`, with whom ten minutes alone begin here."""
        for key in sorted(shown.shares, key=lambda key: -shown.shares[key]):
            if key != self.serving and key not in self._under_way and key not in self._shown:
                self._appeared(key, shown.start)
        self._shown = frozenset(shown.shares)
        if ruler is not None:
            self._took_over(ruler, shown.start)

    def _appeared(self, key: Key, when: float) -> None:
        """A version that does not serve yet: laid by the lab when it is the first after a new start, else deployed."""
        is_first = not self.seen or any(self._newest < over <= when for over in self.overs)
        if is_first and self.known.get(key, Contents()).is_laid:
            self.serving = key
            self._under_way.clear()
        else:
            self._under_way[key] = len(self.found)
            self.found.append(Deployment(len(self.found) + 1, key[0], when, digest=key[1]))
        self.seen.add(key)
        self._newest = when

    def _took_over(self, key: Key, since: float) -> None:
        """`key` serves from `since` on; what was under way beside it and came before is over."""
        if key != self.serving and key not in self._under_way:  # it was never quite gone
            self._appeared(key, since)
        place = self._under_way.pop(key, None)
        if place is not None:
            self.found[place] = replace(self.found[place], full=since, state=SUCCEEDED)
            for number, one in enumerate(self.found[:place]):
                if one.ended is None and one.state == SUCCEEDED:
                    self.found[number] = replace(one, ended=since)
        for other, number in list(self._under_way.items()):
            if self.found[number].exposed <= since:
                self.found[number] = replace(self.found[number], state=ABORTED, ended=since)
                del self._under_way[other]
        self.serving = key


def _reigns(shown: Sequence[Shown]) -> Iterator[tuple[Shown, Key | None]]:
    """Each picture, with the version for which a stretch of at least ten minutes as the only one begins with it."""
    for place, picture in enumerate(shown):
        ruler, end = picture.ruling, picture.end
        if ruler is None or (place and shown[place - 1].ruling == ruler):
            yield picture, None
            continue
        for later in shown[place + 1 :]:
            if end - picture.start >= FULL_FOR or later.ruling != ruler:
                break
            end = later.end
        yield picture, ruler if end - picture.start >= FULL_FOR else None


def deployments(shown: Sequence[Shown], known: Mapping[Key, Contents], overs: tuple[float, ...] = ()) -> tuple[Deployment, ...]:
    """The deployments, by first exposure, each with its payload: what the last successful one before it did not hold."""
    watcher = _Watcher(known, overs)
    for picture, ruler in _reigns(shown):
        watcher.look(picture, ruler)
    return tuple(_loaded(watcher.found, known))


def _loaded(found: list[Deployment], known: Mapping[Key, Contents]) -> Iterator[Deployment]:
    base = next((told for told in known.values() if told.is_laid), Contents())
    were_there = {key for key, told in known.items() if told.is_laid}
    for place, one in enumerate(found):
        key = (one.sha, one.digest)
        before = [earlier for earlier in found[:place] if earlier.state == SUCCEEDED and earlier.full is not None]
        last = known.get((before[-1].sha, before[-1].digest), Contents()) if before else base
        own = known.get(key, Contents())
        payload = tuple(change for change in own.changes if change not in set(last.changes))
        mended = tuple(change for change in own.mended if change not in set(last.mended))
        dropped = tuple(change for change in last.changes if change not in set(own.changes))
        is_back = not payload and (key in were_there or bool(dropped))
        were_there.add(key)
        new = max(own.own - last.own, 0)
        contents = tuple(change for change in own.changes if change not in set(own.mended))
        yield replace(one, payload=payload, contents=contents, mended=mended, dropped=dropped, is_back=is_back, own=new)
