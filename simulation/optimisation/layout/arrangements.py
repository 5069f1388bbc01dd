"""Arrangements of a hall's windows: which of them are alike, what they serve, and what they help with.

A *unit* is what a window serves wholly or not at all: a service, or services that share the reason for a window of their own. Units are
numbered by the `frame`. A *pool* is windows that serve the same.

Not for hours, breaks, tides and people of the windows: a window keeps those wherever it stands (`posts`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Unit = tuple[str, ...]
"""ids of services of the file"""


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


def pooled_windows(arrangement: Arrangement) -> int:
    """Windows that serve, or help with, more than one unit."""
    return sum(pool.count for pool in arrangement.pools if len(pool.units) + len(pool.helps) > 1)
