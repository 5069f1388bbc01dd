"""The arrangements that have a name: those of `[layout]` and two more.

`cold` pools the services that keep less than half a window busy and leaves the others dedicated; `specialists` gives every busy service
dedicated windows for most of its work and leaves all to the comprehensive rest. Windows are shared out by the work expected in each pool.

Not for the best number of windows in a pool: that takes a simulation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from simulation.optimisation.layout.arrangements import Arrangement, Pool
from simulation.optimisation.layout.frame import Frame

KINDS = ("dedicated", "grouped", "zones", "chain", "overflow", "overflow_two_way", "comprehensive", "cold", "specialists", "mixed")
"""of arrangements; mixed ones have no name and are found by search"""
HELPING = ("overflow", "overflow_two_way")
"""kinds in which windows help with what is not their own"""
COLD = 0.5
"""windows that a service keeps busy at most to be a rare one"""
SPECIAL = 0.8
"""of its work that dedicated windows take from a busy service, where others help"""


def named(frame: Frame, kinds: Sequence[str] = KINDS) -> tuple[list[Arrangement], list[str]]:
    """The arrangements of these kinds that have a name, and the kinds that would take more windows than there are."""
    free, apart = frame.poolable(), sorted(frame.apart)
    found: list[Arrangement] = []
    cannot: list[str] = []

    def add(kind: str, parts: Sequence[Sequence[int]], helps: str = "", groups: int = 0) -> None:
        if kind not in kinds:
            return
        pools = _shared_out(frame, [*parts, *[[n] for n in apart]])
        if pools is None:
            cannot.append(kind)
            return
        main = [pool for pool in pools if not set(pool.units) & frame.apart]
        rest = [pool for pool in pools if set(pool.units) & frame.apart]
        found.append(Arrangement(kind, (*_joined(frame, main, helps), *rest), groups))

    single = [[n] for n in free]
    if len(free) > 1:
        add("comprehensive", [free])
    add("dedicated", single)
    zones = _zones(frame)
    if len(zones) > 1 and len(zones) < len(free):
        add("zones", zones)
    for number in (2, 3):
        if number < len(free):
            add("grouped", _by_length(frame, number), groups=number)
    parts = single if len(free) + len(apart) <= frame.windows else _by_length(frame, max(1, min(len(free), frame.windows - len(apart))))
    if len(parts) > 1:
        for kind in ("chain", "overflow", "overflow_two_way"):
            add(kind, parts, kind)
    rare = [n for n in free if frame.work[n] < COLD]
    busy = [n for n in free if n not in rare]
    if len(rare) > 1 and busy:
        add("cold", [[n] for n in busy] + [rare])
    special = _specialists(frame)
    if special is not None and special.kind in kinds:
        found.append(special)
    unique: dict[tuple[Pool, ...], Arrangement] = {}
    for each in found:
        unique.setdefault(each.key, each)
    return list(unique.values()), cannot


def _shared_out(frame: Frame, parts: Sequence[Sequence[int]]) -> list[Pool] | None:
    """One window a part, and each further one to the part with most work a window; None if there are too few."""
    if len(parts) > frame.windows or not parts:
        return None
    work = [sum(frame.work[n] / min(frame.speed(each, len(part)) for each in frame.units[n]) for n in part) for part in parts]
    count = [1] * len(parts)
    for _ in range(frame.windows - len(parts)):
        busiest = max(range(len(parts)), key=lambda k: work[k] / count[k])
        count[busiest] += 1
    return [Pool(tuple(sorted(part)), (), number) for part, number in zip(parts, count, strict=True)]


def _joined(frame: Frame, pools: list[Pool], helps: str) -> list[Pool]:
    """What the windows of one pool do for the others."""
    if helps == "chain":
        return [
            Pool(tuple(sorted({*pool.units, *after.units})), (), pool.count)
            for pool, after in zip(pools, [*pools[1:], pools[0]], strict=True)
        ]
    if helps:
        busiest = max(pools, key=lambda pool: sum(frame.work[n] for n in pool.units))
        others = pools if helps == "overflow_two_way" else [busiest]
        return [
            Pool(pool.units, tuple(sorted(n for other in others if other is not pool for n in other.units)), pool.count) for pool in pools
        ]
    return pools


def _zones(frame: Frame) -> list[list[int]]:
    """Units by the zone of the first windows that serve them; nothing where some unit has none."""
    zones: dict[str, list[int]] = {}
    for n in frame.poolable():
        zone = next((each.zone for each in frame.base.windows if frame.units[n][0] in each.efficiency), None)
        if zone is None:
            return []
        zones.setdefault(zone, []).append(n)
    return list(zones.values())


def _by_length(frame: Frame, groups: int) -> list[list[int]]:
    """Units of like length together: cut where the mean service time jumps most."""
    order = sorted(frame.poolable(), key=lambda n: (frame.length[n], n))
    jumps = [math.log(max(frame.length[b], 1e-9) / max(frame.length[a], 1e-9)) for a, b in pairwise(order)]
    cuts = sorted(sorted(range(len(jumps)), key=lambda k: (-jumps[k], k))[: groups - 1])
    edges = [0, *(cut + 1 for cut in cuts), len(order)]
    return [order[a:b] for a, b in pairwise(edges)]


def _specialists(frame: Frame) -> Arrangement | None:
    """Dedicated windows for most of the work of busy units, the rest comprehensive."""
    free = frame.poolable()
    special = [Pool((n,), (), number) for n in free if (number := int(SPECIAL * frame.work[n])) >= 1]
    own = [Pool((n,), (), max(1, math.ceil(frame.work[n]))) for n in sorted(frame.apart)]
    left = frame.windows - sum(pool.count for pool in (*special, *own))
    if not special or left < 1 or len(free) < 2:
        return None
    return Arrangement("specialists", (*special, Pool(free, (), left), *own))
