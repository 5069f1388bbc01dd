"""Why a shift stays empty, and what would fill it; and A/B posts of which neither is there.

Each is told as a fault: the day and the windows, the half-hours, the rule and the cure. Not for finding the roster.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from simulation.faults import Fault, fault
from simulation.optimisation.roster.duties import Duty
from simulation.optimisation.roster.people import People, Person

MOST_NAMES = 6


@dataclass(frozen=True, slots=True)
class Shortage:
    """A shift for which people are missing."""

    duty: Duty
    people: int
    """missing"""
    cause: str
    """what keeps enough people from it: leave, hours, part_time or rules; people: there are too few; nobody can do it"""
    fault: Fault


@dataclass(frozen=True, slots=True)
class Alone:
    """An A/B post (AB岗) without anybody on a day."""

    day: date
    pair: tuple[Person, Person]
    fault: Fault


def shortage_of(people: People, duty: Duty, missing: int, worked: Mapping[tuple[str, date], Duty]) -> Shortage:
    """What keeps the others from it.

    worked : (person's id, day) -> the duty they have
    """
    skilled = tuple(each for each in people.people if each.can(duty.group, duty.services))
    away = [each for each in skilled if each.away(duty.day)]
    idle = [each for each in skilled if each not in away and (each.id, duty.day) not in worked]
    part_time = [each for each in idle if each.part_time and duty.hours > people.rules.part_time_hours]
    spent = [each for each in idle if each not in part_time and _hours(each, duty.day, worked) + duty.hours > each.hours_a_week]
    tired = [each for each in idle if each not in part_time and each not in spent]
    causes = {"leave": away, "hours": spent, "part_time": part_time, "rules": tired}
    cause = "people" if skilled else "nobody"
    cause = next((name for name, held in causes.items() if len(held) >= missing), cause)
    named = causes.get(cause, [])
    names = ", ".join(each.name for each in named[:MOST_NAMES]) + (" …" if len(named) > MOST_NAMES else "")
    place = f"{duty.day} {duty.group}"
    told = fault(f"short_{cause}", place, duty.text, short=missing, skilled=len(skilled), names=names)
    return Shortage(duty, missing, cause, told)


def _hours(person: Person, day: date, worked: Mapping[tuple[str, date], Duty]) -> float:
    """Worked by a person in the week of a day."""
    monday = day - timedelta(days=day.weekday())
    week = [monday + timedelta(days=n) for n in range(7)]
    return sum(worked[person.id, each].hours for each in week if (person.id, each) in worked)


def alone_on(people: People, together: Sequence[tuple[Person, Person, date]], working: set[tuple[str, date]]) -> tuple[Alone, ...]:
    """A/B posts of which neither works on a day on which either could be needed."""
    found = []
    for a, b, day in together:
        if (a.id, day) not in working and (b.id, day) not in working:
            code = "alone_leave" if a.away(day) and b.away(day) else "alone_other"
            found.append(Alone(day, (a, b), fault(code, str(day), f"{a.id}, {b.id}", a=a.name, b=b.name)))
    return tuple(found)
