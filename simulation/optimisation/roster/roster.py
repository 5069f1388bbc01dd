"""A roster as plain data: who works which shift, what each works in all, what stays empty, and how far it may be from the best.

Not for making one (`making`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from simulation.optimisation.roster.duties import Duty
from simulation.optimisation.roster.people import Person
from simulation.optimisation.roster.shortage import Alone, Shortage


@dataclass(frozen=True, slots=True)
class Shift:
    """One person's shift."""

    person: Person
    duty: Duty


@dataclass(frozen=True, slots=True)
class Share:
    """What one person works in all."""

    person: Person
    days: int
    worked: Mapping[str, float]
    """burden -> hours, or number of duties"""
    fair: Mapping[str, float]
    """what would fall to them"""
    denied: tuple[date, ...]
    """days off asked for, and worked"""


@dataclass(frozen=True, slots=True)
class Distance:
    """From the fair share, of whoever is furthest off in a burden; hours, or number of duties."""

    value: float
    at_least: float
    """no roster brings it below this"""


@dataclass(frozen=True, slots=True)
class Roster:
    """Who works when."""

    days: tuple[date, ...]
    shifts: tuple[Shift, ...]
    """by day, group, time, person"""
    duties: tuple[Duty, ...]
    shares: tuple[Share, ...]
    """in the order of the people"""
    short: tuple[Shortage, ...]
    """shifts that stay empty"""
    alone: tuple[Alone, ...]
    """A/B posts without anybody"""
    furthest: Mapping[str, Distance]
    """burden, where it falls to anybody -> the distance of whoever is furthest off"""
    gap: float
    """0..1; the part of the score of burdens and wishes by which a better roster might lie below; nan if nothing was found"""
    proven: bool
    """whether no roster fills more shifts"""
    seconds: float

    @property
    def complete(self) -> bool:
        return not self.short and not self.alone

    def spread(self, burden: str) -> tuple[float, float]:
        """The least and the most that anybody works of what falls to them too; 0, 0 if it falls to nobody."""
        worked = [each.worked[burden] for each in self.shares if each.fair[burden] > 0]
        return (min(worked), max(worked)) if worked else (0.0, 0.0)

    def open_windows(self, day: date, group: str, minutes: Sequence[float]) -> tuple[int, ...]:
        """People of a group at work at each of these minutes after midnight."""
        mine = [each.duty for each in self.shifts if each.duty.day == day and each.duty.group == group]
        return tuple(sum(duty.works_at(minute) for duty in mine) for minute in minutes)
