"""Arrangements of the same windows: which services each of them serves, and the document that follows.

A *unit* is what a window serves wholly or not at all: a service, or services that share the reason for a window of their own. A unit that
stands apart (`own_window`, or as asked) is never served together with another. A *pool* is windows that are alike.

Assumes that a window for one unit works at the speed that such windows have now (1 where there is none), any other at the speed asked for.
Windows that are not for the public stay as they are. Not kept, and told by the study: tidal windows, cover, laws of single windows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from simulation.load import load_of
from simulation.plans.document import Document, copied, settled
from simulation.plans.layouts import GENERALIST, classes_of, departments_of, hours_of_most
from simulation.plans.windows import free_id
from simulation.scenario import Scenario, parse
from simulation.scenario.expanding import PUBLIC

Unit = tuple[str, ...]
"""ids of services of the file"""
KEPT = ("wrap_up_min", "start_up_min", "absence", "at_shift_end", "at_break", "break_lasts", "lunch")
"""keys of a window beside its hours that most windows give to all of an arrangement"""
LOST = ("tidal", "covers", "service_min", "breakdown", "learning")
"""keys that an arrangement does not keep"""


@dataclass(frozen=True, slots=True, order=True)
class Pool:
    """Windows that are alike."""

    units: tuple[int, ...]
    """positions of the units they serve, ascending"""
    helps: tuple[int, ...]
    """of the units they help with, once so many wait"""
    count: int


@dataclass(frozen=True, slots=True)
class Arrangement:
    """All windows."""

    kind: str
    """now, or one of kinds.KINDS"""
    pools: tuple[Pool, ...]
    groups: int = 0
    """of a grouped one"""

    @property
    def key(self) -> tuple[Pool, ...]:
        """Equal for arrangements that are the same."""
        return tidied(self.pools)

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.groups}" if self.groups else self.kind


def tidied(pools: Iterable[Pool]) -> tuple[Pool, ...]:
    """Pools that are alike put together, empty ones left out, in order."""
    counts: dict[tuple[tuple[int, ...], tuple[int, ...]], int] = {}
    for pool in pools:
        if pool.count > 0:
            counts[pool.units, pool.helps] = counts.get((pool.units, pool.helps), 0) + pool.count
    return tuple(sorted(Pool(units, helps, count) for (units, helps), count in counts.items()))


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
    queue: int
    growing: bool
    """whether the loss grows with the number of further units, up to that of a window for all; else it is there at once"""
    work: tuple[float, ...]
    """windows that each unit keeps busy, at efficiency 1"""
    length: tuple[float, ...]
    """mean minutes of each unit's services"""
    fixed: tuple[Document, ...] = field(repr=False)
    """windows that stay as they are"""
    pattern: Document = field(repr=False)
    """keys that every arranged window has"""

    def poolable(self) -> tuple[int, ...]:
        return tuple(n for n in range(len(self.units)) if n not in self.apart)

    def speed(self, service: str, units: int) -> float:
        """Of a service at a window for so many units, those it helps with included."""
        if units <= 1:
            return self.own[service]
        most = len(self.poolable()) - 1
        loss = self.own[service] - self.efficiency[service]
        return self.own[service] - loss * (min(1.0, (units - 1) / most) if self.growing and most > 0 else 1.0)


def frame_of(
    base: Scenario,
    *,
    windows: int | None = None,
    efficiency: float | None = None,
    apart: Iterable[str] = (),
    queue: int = 1,
    growing: bool = False,
) -> Frame:
    """What can be arranged in a hall.

    windows : in all, those that stay as they are left out; None: as many as now
    efficiency : of a window for more than one service; None: as at such windows now, GENERALIST where there is none
    apart : services that have windows of their own and may not be pooled
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
    wide, narrow = {}, {}
    for unit in units:
        for service in unit:
            speeds = [(seat.efficiency[service], _units_at(base, seat, units)) for seat in seats if service in seat.efficiency]
            pooled, single = [s for s, n in speeds if n > 1], [s for s, n in speeds if n == 1]
            narrow[service] = sum(single) / len(single) if single else 1.0
            wide[service] = efficiency if efficiency is not None else sum(pooled) / len(pooled) if pooled else GENERALIST
    pattern = {**hours_of_most(public), **_of_most(public, KEPT)}
    classes = sorted({name for each in public for name in classes_of(each)})
    if classes != [PUBLIC] or any("classes" in each for each in public):
        pattern["classes"] = classes
    mean = {each.id: each.law.mean for each in base.services}
    return Frame(
        base=base,
        windows=sum(each.get("count") or 1 for each in public) if windows is None else windows,
        units=tuple(units),
        apart=alone,
        efficiency=wide,
        own=narrow,
        queue=queue,
        growing=growing,
        work=tuple(sum(offered.get(service, 0.0) for service in unit) for unit in units),
        length=tuple(sum(mean.get(service, 0.0) for service in unit) / len(unit) for unit in units),
        fixed=tuple(fixed),
        pattern=pattern,
    )


def now_of(frame: Frame) -> Arrangement:
    """The windows as they stand."""
    counts: dict[tuple[tuple[int, ...], tuple[int, ...]], int] = {}
    fixed = {name for each in frame.fixed for name in _seats(each)}
    for seat in frame.base.windows:
        if seat.station is not None or seat.id in fixed:
            continue
        helped = {frame.base.service(line).of for line, _ in seat.overflow} | {frame.base.service(line).of for line in seat.covers}
        served = {frame.base.service(line).of for line in seat.efficiency} - helped
        key = tuple(tuple(n for n, unit in enumerate(frame.units) if chosen & set(unit)) for chosen in (served, helped))
        counts[key[0], key[1]] = counts.get((key[0], key[1]), 0) + 1
    return Arrangement("now", tuple(Pool(units, helps, count) for (units, helps), count in counts.items()))


# ---- the document -----------------------------------------------------------------------------------------------------------------


def document_of(frame: Frame, arrangement: Arrangement, whole: bool = True) -> Document:
    """The scenario's document with these windows.

    whole : with departments and basis; without them it is read in less time, and simulated the same
    """
    plan = copied(frame.base.document)
    behind = departments_of(frame.base) if whole else {}
    plan["windows"] = [dict(each) for each in frame.fixed]
    if not whole:
        plan.pop("departments", None)
        plan.pop("basis", None)
    names = {each["id"]: each.get("name") or each["id"] for each in plan["services"]}
    changed: list[str] = []
    everything = frame.poolable()
    for pool in arrangement.pools:
        units = len(pool.units) + len(pool.helps)
        own = [service for n in pool.units for service in frame.units[n]]
        helped = [service for n in pool.helps for service in frame.units[n]]
        alone = len(pool.units) == 1
        speed = {each: frame.speed(each, 1 if alone else len(pool.units)) for each in own}
        speed |= {each: frame.speed(each, units) for each in helped}
        whole_pool = not alone and pool.units == everything
        window: Document = {
            "id": free_id(plan, own[0] if len(own) == 1 else "comprehensive" if whole_pool else "group"),
            "name": _name([names[each] for each in own], whole_pool),
            "count": pool.count,
            "kind": "comprehensive" if whole_pool else "dedicated" if alone else "grouped",
            "serves": own,
            "efficiency": {each: round(value, 6) for each, value in speed.items()},
            **frame.pattern,
        }
        if helped:
            window["overflow"] = [{"service": each, "queue": frame.queue} for each in helped]
        found = [each["id"] for each in plan.get("departments", []) if set(own) & behind.get(each["id"], set())]
        if found:
            window["departments"] = found
        plan["windows"].append(window)
        changed += [f"windows.{window['id']}.{key}" for key in ("count", "efficiency", "overflow") if key in window]
    for department in plan.get("departments", []):
        if "windows" in department:
            department["windows"] = [each for each in department["windows"] if any(each == one["id"] for one in frame.fixed)]
    return settled(plan, changed)


def plan_of(frame: Frame, arrangement: Arrangement, whole: bool = True) -> Scenario:
    """The arrangement as a scenario. Raises BadInput if the hall cannot have it (a bundle at once that no window serves)."""
    return frame.base if arrangement.kind == "now" else parse(document_of(frame, arrangement, whole), frame.base.path or frame.base.name)


def lost_of(frame: Frame) -> list[str]:
    """Keys of today's windows that an arrangement leaves out."""
    there = {key for each in copied(frame.base.document)["windows"] for key in LOST if each.get(key)}
    return [key for key in LOST if key in there]


def pooled_windows(arrangement: Arrangement) -> int:
    """Windows that serve, or help with, more than one unit."""
    return sum(pool.count for pool in arrangement.pools if len(pool.units) + len(pool.helps) > 1)


def _name(names: Sequence[Any], comprehensive: bool) -> dict[str, str]:
    if comprehensive:
        return {"zh": "综合窗口", "en": "Comprehensive window"}
    zh, en = ([each if isinstance(each, str) else each.get(word) or next(iter(each.values())) for each in names] for word in ("zh", "en"))
    if len(names) == 1:
        return {"zh": f"{zh[0]}窗口", "en": f"{en[0]} window"}
    if len(names) == 2:
        return {"zh": f"{'、'.join(zh)}窗口", "en": f"{' and '.join(en)} window"}
    return {"zh": f"{zh[0]}等{len(names)}项窗口", "en": f"{en[0]} and {len(names) - 1} more window"}


def _seats(window: Mapping[str, Any]) -> list[str]:
    count = window.get("count")
    return [window["id"]] if count is None else [f"{window['id']}-{n}" for n in range(1, count + 1)]


def _serves(base: Scenario, seat: Any, service: str) -> bool:
    return any(base.service(line).of == service for line in seat.efficiency)


def _units_at(base: Scenario, seat: Any, units: Sequence[Unit]) -> int:
    services = {base.service(line).of for line in seat.efficiency}
    return sum(bool(services & set(unit)) for unit in units)


def _of_most(windows: Sequence[Document], keys: Sequence[str]) -> Document:
    """Of each key the value that most windows have, where they have one."""
    found: Document = {}
    for key in keys:
        votes: dict[str, tuple[int, Any]] = {}
        for each in windows:
            number, _ = votes.get(str(each.get(key)), (0, None))
            votes[str(each.get(key))] = (number + (each.get("count") or 1), each.get(key))
        value = max(votes.values(), key=lambda vote: vote[0])[1] if votes else None
        if value is not None:
            found[key] = value
    return found
