"""What every arrangement of a hall shares: its units, their speeds, the windows to be arranged and those that stay as they are.

Assumes that a window works at the mean speed of today's windows for as many units; where there is none, at that of those for one unit
(else 1) or for several (else GENERALIST); each times the pace of its clerk (`posts`). Windows that are not for the public stay as they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from simulation.load import load_of
from simulation.optimisation.layout.arrangements import Arrangement, Pool, Unit
from simulation.optimisation.layout.posts import Post, more_posts, not_kept, own_services, posts_of
from simulation.plans.document import Document, copied, names_of
from simulation.plans.layouts import GENERALIST, classes_of
from simulation.scenario import Scenario, Window
from simulation.scenario.expanding import PUBLIC


@dataclass(frozen=True, slots=True)
class Frame:
    """What every arrangement of a hall shares."""

    base: Scenario
    windows: int
    """to be arranged"""
    units: tuple[Unit, ...]
    apart: frozenset[int]
    """units that are never served with others"""
    efficiency: Mapping[str, float]
    """service -> speed at a window that serves more than one unit"""
    own: Mapping[str, float]
    """service -> speed at a window for its unit alone"""
    known: Mapping[tuple[str, int], float]
    """(service, units a window serves) -> mean speed of such windows today; empty where the loss of speed is given"""
    queue: int
    growing: bool
    """whether the loss grows with the number of further units, up to that of a window for all; else it is there at once"""
    work: tuple[float, ...]
    """windows that each unit keeps busy, at efficiency 1"""
    length: tuple[float, ...]
    """mean minutes of each unit's services"""
    fixed: tuple[Document, ...] = field(repr=False)
    """windows that stay as they are"""
    posts: tuple[Post, ...] = field(repr=False)
    """of the windows to be arranged, those that are there all day first"""
    lost: tuple[str, ...] = ()
    """keys of today's windows that no arrangement keeps whole"""

    def poolable(self) -> tuple[int, ...]:
        return tuple(n for n in range(len(self.units)) if n not in self.apart)

    def speed(self, service: str, units: int) -> float:
        """Of a service at a window for so many units, those it helps with included."""
        if units <= 1:
            return self.own[service]
        if (service, units) in self.known:
            return self.known[service, units]
        most = len(self.poolable()) - 1
        loss = self.own[service] - self.efficiency[service]
        return self.own[service] - loss * (min(1.0, (units - 1) / most) if self.growing and most > 0 else 1.0)


def frame_of(
    base: Scenario,
    *,
    windows: int | None = None,
    efficiency: float | None = None,
    apart: Iterable[str] = (),
    queue: int | None = None,
    growing: bool = False,
) -> Frame:
    """What can be arranged in a hall.

    windows : in all, those that stay as they are left out; None: as many as now
    efficiency : of a window for more than one service; None: as at such windows now, GENERALIST where there is none
    apart : services that have windows of their own and may not be pooled
    queue : how many wait before a window helps; None: as most windows help today, 1 where none does
    """
    document = copied(base.document)
    public = [each for each in document["windows"] if PUBLIC in classes_of(each)]
    fixed = [each for each in document["windows"] if PUBLIC not in classes_of(each)]
    names = {name for each in public for name in _seats(each)}
    seats = [each for each in base.windows if each.id in names]
    served = [service["id"] for service in document["services"] if any(_serves(base, seat, service["id"]) for seat in seats)]
    words = {each["id"]: each["own_window"] for each in document["services"] if each.get("own_window")}
    asked = set(apart)
    units: list[Unit] = []
    for service in served:
        shared = [each for each in served if service in words and words.get(each) == words[service] and service not in asked]
        unit = tuple(shared) or (service,)
        if unit not in units:
            units.append(unit)
    alone = frozenset(n for n, unit in enumerate(units) if any(each in words or each in asked for each in unit))
    load = load_of(base)
    offered: dict[str, float] = {}
    for each in load.services:
        of = base.service(each.id).of
        offered[of] = offered.get(of, 0.0) + each.offered_load
    usual = _usual_speeds(base, seats, units)
    wide = {service: sum(found) / len(found) for service in served if (found := _at_wide_windows(base, seats, units, service))}
    mean = {each.id: each.law.mean for each in base.services}
    posts = posts_of(base, public, units, usual)
    helping = Counter(people for seat in seats for _, people in seat.overflow)
    return Frame(
        base=base,
        windows=len(posts) if windows is None else windows,
        units=tuple(units),
        apart=alone,
        efficiency={each: wide.get(each, GENERALIST) if efficiency is None else efficiency for each in served},
        own={each: usual.get((each, 1), 1.0) for each in served},
        known=usual if efficiency is None and not growing else {},
        queue=queue if queue is not None else helping.most_common(1)[0][0] if helping else 1,
        growing=growing,
        work=tuple(sum(offered.get(service, 0.0) for service in unit) for unit in units),
        length=tuple(sum(mean.get(service, 0.0) for service in unit) / len(unit) for unit in units),
        fixed=tuple(fixed),
        posts=more_posts(posts, len(posts) if windows is None else windows),
        lost=tuple(not_kept(public)),
    )


def now_of(frame: Frame) -> Arrangement:
    """The windows as they stand. What they cover for is no help: it is theirs in every arrangement."""
    counts: dict[tuple[tuple[int, ...], tuple[int, ...]], int] = {}
    fixed = {name for each in frame.fixed for name in _seats(each)}
    for seat in frame.base.windows:
        if seat.station is not None or seat.id in fixed:
            continue
        served = own_services(frame.base, seat)
        helped = {frame.base.service(line).of for line, _ in seat.overflow} - served
        key = tuple(tuple(n for n, unit in enumerate(frame.units) if chosen & set(unit)) for chosen in (served, helped))
        counts[key[0], key[1]] = counts.get((key[0], key[1]), 0) + 1
    return Arrangement("now", tuple(Pool(units, helps, count) for (units, helps), count in counts.items()))


def _usual_speeds(base: Scenario, seats: Iterable[Window], units: Sequence[Unit]) -> dict[tuple[str, int], float]:
    """(service, units that a window serves) -> mean speed of what is their own at such windows today."""
    speeds: dict[tuple[str, int], list[float]] = {}
    for seat in seats:
        own = own_services(base, seat)
        for service in own & seat.efficiency.keys():
            speeds.setdefault((service, _units_of(own, units)), []).append(seat.efficiency[service])
    return {key: sum(found) / len(found) for key, found in speeds.items()}


def _at_wide_windows(base: Scenario, seats: Iterable[Window], units: Sequence[Unit], service: str) -> list[float]:
    """The speeds of a service at today's windows that serve several units, or help with it."""
    found = []
    for seat in seats:
        own = own_services(base, seat)
        helped = {base.service(line).of for line, _ in seat.overflow}
        if service in seat.efficiency and ((service in own and _units_of(own, units) > 1) or service in helped - own):
            found.append(seat.efficiency[service])
    return found


def _units_of(services: set[str], units: Iterable[Unit]) -> int:
    return sum(bool(services & set(unit)) for unit in units)


def _seats(window: Document) -> list[str]:
    return [window["id"]] if window.get("count") is None else names_of(window)[1:]


def _serves(base: Scenario, seat: Window, service: str) -> bool:
    return any(base.service(line).of == service for line in seat.efficiency)
