"""What a window keeps whatever it serves: its post.

A window keeps its hours, breaks and A/B turns, its tide, start-up, wrap-up, absences and breakdowns, the classes it is for, whom it covers
for, its own service times of what it still serves, whether its clerk still learns, and how fast the clerk is beside the others of today.
When the hall is laid out anew these posts are dealt out: one whose services stay together stays with them; the others are spread so that
each pool gets a window that is open all day before it gets a tidal one or one of few hours.

Not kept: where it stands (`zone`), since windows of one pool may come from anywhere; nothing simulated depends on it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from typing import Any

from simulation.optimisation.layout.arrangements import Pool, Unit
from simulation.plans.document import Document
from simulation.plans.layouts import classes_of
from simulation.scenario import Scenario, Window
from simulation.scenario.hours import span_of
from simulation.scenario.tables import Interval, WindowTable, seats_of

ROSTER = ("shifts", "breaks", "ab_break", "lunch", "break_lasts", "at_break", "at_shift_end")
WORK = ("tidal", "wrap_up_min", "start_up_min", "absence", "breakdown", "away_when_idle", "learning", "classes", "covers", "service_min")
CHANGED = ("id", "name", "count", "serves", "efficiency", "kind", "departments", "overflow", "zone", "note")
"""keys that follow from the arrangement; of `efficiency` the clerk's own pace stays"""
ALL_DAY = 0.9
"""of the longest hours that a window has: one open so long is there all day"""
SLOWEST, FASTEST = 0.01, 100.0
"""efficiencies that a scenario may have"""


@dataclass(frozen=True, slots=True)
class Post:
    """One window of today without what it serves."""

    kept: Document = field(repr=False)
    """ROSTER and WORK keys of its table, but for those below"""
    half: Document = field(repr=False)
    """its own turn of an A/B break, for where it stands alone; empty without one"""
    first_half: bool
    """whether that is the first"""
    laws: Document = field(repr=False)
    """service (or a line of one) -> service times of its own"""
    covers: Mapping[str, float]
    """service (or a line of one) that it covers for -> its speed there"""
    pace: Mapping[str, float]
    """service -> its speed over that of the windows of today that serve as many units; of what it does not serve, its mean pace"""
    units: frozenset[int]
    """that it serves today"""
    steady: bool
    """whether it is there all day and never closes"""
    kind: str
    """equal for posts that can stand for one another"""

    def speed(self, service: str, usual: float) -> float:
        """Of a service, where windows do it at the usual speed."""
        return min(FASTEST, max(SLOWEST, round(usual * self.pace.get(service, 1.0), 6)))


def posts_of(base: Scenario, entries: Sequence[Document], units: Sequence[Unit], usual: Mapping[tuple[str, int], float]) -> list[Post]:
    """The posts of some groups of windows: those that are there all day first, among these the most common kind.

    usual : (service, units that a window serves) -> mean speed of such windows today
    """
    found: list[Post] = []
    longest = max((_hours(base.window(name)) for each in entries for name in _seats(each)), default=0.0)
    for each in entries:
        for n, name in enumerate(_seats(each), start=1):
            found.append(_post(base, each, n, base.window(name), units, usual, longest))
    common = Counter(each.kind for each in found)
    return sorted(found, key=lambda each: (not each.steady, -common[each.kind]))


def _post(
    base: Scenario,
    entry: Document,
    position: int,
    seat: Window,
    units: Sequence[Unit],
    usual: Mapping[tuple[str, int], float],
    longest: float,
) -> Post:
    kept = {key: entry[key] for key in (*ROSTER, *WORK) if entry.get(key) is not None and key not in ("covers", "service_min", "learning")}
    if seat.learning is not None:  # of a group in which a share learns, some do and some do not
        kept["learning"] = {"start": seat.learning[0], "weeks": seat.learning[1]}
    if all(":" in name for name in entry["serves"]):
        kept["classes"] = sorted(classes_of(entry))
    own = own_services(base, seat)
    mine = frozenset(n for n, unit in enumerate(units) if own & set(unit))
    paces = {each: seat.efficiency[each] / usual[each, len(mine)] for each in own if each in seat.efficiency}
    mean = sum(paces.values()) / len(paces) if paces else 1.0
    pace = {service: round(paces.get(service, mean), 6) for unit in units for service in unit}
    covers = {name: _speed_at(seat, base, name) for name in entry.get("covers") or []}
    laws = dict(entry.get("service_min") or {})
    half = {} if entry.get("ab_break") is None or entry.get("count") is None else _half(entry, position)
    told = [kept, laws, covers, {service: each for service, each in pace.items() if each != 1}]
    steady = "tidal" not in kept and _hours(seat) >= ALL_DAY * longest
    return Post(kept, half, position % 2 == 1, laws, covers, pace, mine, steady, json.dumps(told, sort_keys=True, default=str))


def own_services(base: Scenario, seat: Window) -> set[str]:
    """Services that a window has among its own: neither helped with nor covered for."""
    others = {line for line, _ in seat.overflow} | set(seat.covers)
    return {base.service(line).of for line in seat.efficiency if line not in others}


def deal(posts: Sequence[Post], pools: Sequence[Pool]) -> list[list[Post]]:
    """Of each pool its posts, in the order of the posts; as many as it counts.

    posts : as many as all pools count, or more: then the last are left over
    """
    posts = posts[: sum(pool.count for pool in pools)]
    dealt: list[list[int]] = [[] for _ in pools]
    if len({each.kind for each in posts}) == 1:  # any is as good as any other
        rows = iter(posts)
        return [[next(rows) for _ in range(pool.count)] for pool in pools]

    def room(k: int) -> int:
        return pools[k].count - len(dealt[k])

    left = list(range(len(posts)))
    for n in list(left):  # who serves these today stays
        k = next((k for k, pool in enumerate(pools) if frozenset(pool.units) == posts[n].units and room(k)), None)
        if k is not None:
            dealt[k].append(n)
            left.remove(n)
    for n in reversed(left):  # the odd ones first, so that none of them is the only one of its pool
        post = posts[n]

        def fits(k: int, post: Post = post) -> tuple[bool, float, float, int]:
            units = frozenset(pools[k].units)
            safe = post.steady or room(k) > 1 or any(posts[m].steady for m in dealt[k])
            return safe, len(units & post.units) / len(units | post.units), room(k) / pools[k].count, -k

        dealt[max((k for k in range(len(pools)) if room(k)), key=fits)].append(n)
    return [[posts[n] for n in sorted(row)] for row in dealt]


def more_posts(posts: Sequence[Post], number: int) -> tuple[Post, ...]:
    """As many posts as asked for: the first of them, or with further ones of the most common kind."""
    return tuple(posts[:number]) if number <= len(posts) else (*posts, *[_unknown(posts[0])] * (number - len(posts)))


def not_kept(entries: Sequence[Document]) -> list[str]:
    """Keys of today's windows that no post can keep whole: what they say for one class of citizens, and not for a service."""
    found = []
    for key in ("serves", "efficiency"):
        names = [name for each in entries if isinstance(each.get(key), (list, dict)) for name in each[key]]
        mixed = any(":" in name for name in names)
        if mixed and (key == "efficiency" or not all(_whole(each) for each in entries)):
            found.append(key)
    return found


def _whole(entry: Document) -> bool:
    """Whether its services and its classes say all that it serves."""
    pairs = {tuple(name.split(":", 1)) for name in entry["serves"] if ":" in name}
    if not pairs:
        return True
    services, classes = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
    return len(pairs) == len(entry["serves"]) == len(services) * len(classes)


def _unknown(post: Post) -> Post:
    """A window more of the same kind, without anybody at it yet."""
    return Post(post.kept, post.half, post.first_half, post.laws, post.covers, post.pace, frozenset(), post.steady, post.kind)


def _seats(entry: Mapping[str, Any]) -> list[str]:
    return seats_of(WindowTable.model_construct(**{"count": None, **entry}))


def _hours(seat: Window) -> float:
    return sum(end - start for start, end in seat.shifts)


def _speed_at(seat: Window, base: Scenario, name: str) -> float:
    """Of a window at what it covers for."""
    line = next((line for line in seat.covers if name in (line, base.service(line).of)), None)
    return 1.0 if line is None else seat.efficiency[line]


def _half(entry: Document, position: int) -> Document:
    """The breaks of one seat of a group that rests in two halves."""
    rest = Interval.model_validate(entry["ab_break"])
    start, end = span_of(rest)
    middle = _clock((start + end) / 2)
    mine = {"from": entry["ab_break"]["from"], "to": middle} if position % 2 else {"from": middle, "to": entry["ab_break"]["to"]}
    return {"breaks": [*(entry.get("breaks") or []), mine]}


def _clock(minutes: float) -> time:
    seconds = round(minutes * 60)
    return time(seconds // 3600 % 24, seconds // 60 % 60, seconds % 60)
