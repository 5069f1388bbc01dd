"""Arrangements that differ from one by a single step: what a local search tries.

A step gives a window to another pool, lets a pool serve one unit more or one less, gives a window to one unit alone or to all units, puts
two pools together, or lets a pool help everybody or nobody. Units that stand apart keep their pools to themselves.

Not for judging them: that takes a simulation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from simulation.optimisation.layout.arrangements import Arrangement, Pool, tidied
from simulation.optimisation.layout.frame import Frame

KIND = "mixed"


def neighbours(frame: Frame, arrangement: Arrangement, helping: bool = True) -> list[Arrangement]:
    """All arrangements one step away, each once, in a fixed order; with windows that help others only if asked for."""
    found: dict[tuple[Pool, ...], Arrangement] = {}
    start = arrangement.key
    for pools in _steps(frame, start):
        key = tidied(pools)
        if key != start and _everything_served(frame, key) and (helping or not any(pool.helps for pool in key)):
            found.setdefault(key, Arrangement(KIND, key))
    return [found[key] for key in sorted(found)]


def _steps(frame: Frame, pools: tuple[Pool, ...]) -> Iterator[Sequence[Pool]]:
    everything = frame.poolable()
    for i, pool in enumerate(pools):
        rest = [*pools[:i], *pools[i + 1 :]]
        fewer = [*rest, Pool(pool.units, pool.helps, pool.count - 1)]
        for j, other in enumerate(rest):
            yield [*fewer[:j], Pool(other.units, other.helps, other.count + 1), *fewer[j + 1 :]]
        if set(pool.units) & frame.apart:
            continue
        for n in everything:
            if n not in pool.units:
                yield [*rest, Pool(tuple(sorted((*pool.units, n))), tuple(k for k in pool.helps if k != n), pool.count)]
            elif len(pool.units) > 1:
                yield [*rest, Pool(tuple(k for k in pool.units if k != n), pool.helps, pool.count)]
                yield [*fewer, Pool((n,), (), 1)]
        yield [*fewer, Pool(everything, (), 1)]
        if pool.helps:
            yield [*rest, Pool(pool.units, (), pool.count)]
        elif pool.units != everything:
            yield [*rest, Pool(pool.units, tuple(n for n in everything if n not in pool.units), pool.count)]
        for j in range(i):
            other = pools[j]
            if not set(other.units) & frame.apart:
                together = tuple(sorted({*pool.units, *other.units}))
                helps = tuple(sorted({*pool.helps, *other.helps} - set(together)))
                others = [each for k, each in enumerate(pools) if k not in (i, j)]
                yield [*others, Pool(together, helps, pool.count + other.count)]


def _everything_served(frame: Frame, pools: Sequence[Pool]) -> bool:
    """Whether some window has each unit among its own."""
    return {n for pool in pools for n in pool.units} == set(range(len(frame.units)))
