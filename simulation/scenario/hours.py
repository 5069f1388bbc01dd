"""Clock times of a file as minutes after midnight, and the half-hours of the openings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time

from simulation.scenario.tables import DAY, Interval, OpeningTable

HALF_HOUR = 30
TICK = 2.0**20
"""ticks a minute: every time is a multiple of one tick, so that sums of times are exact"""
Span = tuple[float, float]


def minutes_of(moment: time) -> float:
    """Minutes after midnight, to the tick."""
    return round((moment.hour * 60 + moment.minute + (moment.second + moment.microsecond / 1e6) / 60) * TICK) / TICK


def span_of(interval: Interval) -> Span:
    """From and to in minutes after midnight; a `to` of 00:00:00 is the end of the day."""
    return minutes_of(interval.start), minutes_of(interval.to) or float(DAY)


def clock(minutes: float) -> str:
    """Minutes after midnight as "08:30"."""
    return f"{int(minutes) // 60:02d}:{int(minutes) % 60:02d}"


def hours_of(openings: Sequence[OpeningTable | None]) -> list[str]:
    """The openings as "08:30–12:00"."""
    return [f"{clock(start)}–{clock(end)}" for start, end in (span_of(each) for each in openings if each)]


def half_hours_of(openings: Sequence[OpeningTable | None]) -> int:
    return sum(int(end - start) // HALF_HOUR for start, end in (span_of(each) for each in openings if each))
