"""The people of a roster: who can do what, how many hours a week, when they are away, who covers for whom.

    [rules]
    rest_hours = 11                 # between going and coming again
    days_in_a_row = 6

    [[people]]
    id = "017"                      # staff number or name
    name = "张三"                    # may be left out
    skills = ["comprehensive"]      # groups of windows, or services; "*" is everything
    hours_a_week = 40
    part_time = false               # only shifts of at most part_time_hours
    leave = ["2026-12-07..2026-12-11"]
    unavailable = ["sat", "2026-12-03"]
    days_off = ["2026-12-24"]       # asked for; granted where it can be
    partner = "018"                 # A/B post (AB岗): one of the two is there on every day, and each can do what the other can

Or a CSV or xlsx table with these columns (工号, 姓名, 技能, 每周工时, 兼职, 请假, 不可上班, 希望休息, 搭档), lists parted by semicolons;
its rules are the usual ones. Every fault of a file is found at once.

Assumes one contract a person. Not for what they are paid.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from simulation.faults import BadInput, Fault, add_catalogue, fault
from simulation.optimisation.roster.files import NO, YES, days_in, listed, read_bytes, read_rows

add_catalogue(Path(__file__).with_name("faults.toml"))

EVERYTHING = "*"
MOST_PEOPLE = 2000
MOST_HOURS = 84.0
"""a week, of any contract"""
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("工号", "staff_number", "number"),
    "name": ("姓名",),
    "skills": ("技能", "窗口", "事项"),
    "hours_a_week": ("每周工时", "周工时", "hours"),
    "part_time": ("兼职",),
    "leave": ("请假", "休假"),
    "unavailable": ("不可上班", "不能上班"),
    "days_off": ("希望休息", "想休息"),
    "partner": ("搭档", "ab岗搭档"),
}


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for everybody."""

    rest_hours: float = 11.0
    """between going on one day and coming on the next"""
    days_in_a_row: int = 6
    part_time_hours: float = 5.0
    """the longest shift of who works part-time"""


@dataclass(frozen=True, slots=True)
class Person:
    """One of them."""

    id: str
    name: str
    skills: frozenset[str]
    hours_a_week: float = 40.0
    """the most that may be worked from Monday to Sunday"""
    part_time: bool = False
    leave: frozenset[date] = frozenset()
    unavailable: frozenset[date] = frozenset()
    never_on: frozenset[int] = frozenset()
    """weekdays, 0 Monday to 6 Sunday"""
    days_off: frozenset[date] = frozenset()
    """asked for"""
    partner: str | None = None

    def away(self, day: date) -> bool:
        """Whether nothing can be asked of them that day."""
        return day in self.leave or day in self.unavailable or day.weekday() in self.never_on

    def can(self, group: str, services: Iterable[str]) -> bool:
        """Whether they can sit at a window of a group that serves these services."""
        needed = set(services)
        return bool({EVERYTHING, group} & self.skills) or (bool(needed) and needed <= self.skills)


@dataclass(frozen=True, slots=True)
class People:
    """A file of them."""

    people: tuple[Person, ...]
    rules: Rules = field(default_factory=Rules)

    def pairs(self) -> list[tuple[Person, Person]]:
        """A/B posts, each once."""
        by_id = {each.id: each for each in self.people}
        found = {tuple(sorted((each.id, each.partner))) for each in self.people if each.partner is not None}
        return [(by_id[a], by_id[b]) for a, b in sorted(found)]


def read_people(path: str | Path, skills: Iterable[str] | Mapping[str, str] | None = None) -> People:
    """Reads them.

    skills : ids of the groups of windows and services that there are, or word -> id where they may be called by name too; None: whatever
        the file names

    Raises BadInput with every fault of the file.
    """
    where = Path(path)
    faults: list[Fault] = []
    rules, raw = Rules(), list[tuple[str, Mapping[str, Any]]]()
    if where.suffix.lower() in (".csv", ".xlsx"):
        raw = [(f"{where}: row {number}", row) for number, row in read_rows(where, COLUMNS)]
    else:
        rules, raw = _from_toml(where, faults)
    known = None if skills is None else skills if isinstance(skills, Mapping) else {each: each for each in skills}
    people = [_person(row, place, known, faults) for place, row in raw]
    if len(people) > MOST_PEOPLE:
        faults.append(fault("roster_too_long", where, len(people), most=MOST_PEOPLE))
    faults += _of_all(people, [place for place, _ in raw])
    if faults:
        raise BadInput(faults)
    partners = {each.id: each.partner for each in people if each.partner}
    partners |= {partner: identity for identity, partner in partners.items()}
    return People(tuple(_with_partner(each, partners.get(each.id)) for each in people), rules)


def _with_partner(person: Person, partner: str | None) -> Person:
    return replace(person, partner=partner)


def _from_toml(path: Path, faults: list[Fault]) -> tuple[Rules, list[tuple[str, Mapping[str, Any]]]]:
    try:
        document = tomllib.loads(read_bytes(path).decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as refused:
        raise BadInput([fault("roster_unreadable", path, reason=str(refused))]) from None
    faults += [fault("roster_column", path, key, known="people, rules") for key in document if key not in ("people", "rules")]
    given = document.get("rules", {})
    limits = {"rest_hours": (0, 24), "days_in_a_row": (1, 31), "part_time_hours": (0.5, 24)}
    taken: dict[str, float] = {}
    for key, value in given.items() if isinstance(given, dict) else ():
        if key not in limits:
            faults.append(fault("roster_column", f"{path}: rules", key, known=", ".join(limits)))
        elif isinstance(value, bool) or not isinstance(value, int | float) or not limits[key][0] <= value <= limits[key][1]:
            low, high = limits[key]
            faults.append(fault("roster_number", f"{path}: rules.{key}", value, low=low, high=high))
        else:
            taken[key] = float(value)
    listed_people = document.get("people")
    if not isinstance(listed_people, list) or not listed_people or not all(isinstance(each, dict) for each in listed_people):
        raise BadInput([*faults, fault("roster_empty", path)])
    usual = Rules()
    rules = Rules(
        taken.get("rest_hours", usual.rest_hours),
        int(taken.get("days_in_a_row", usual.days_in_a_row)),
        taken.get("part_time_hours", usual.part_time_hours),
    )
    return rules, [(f"{path}: people {n}", each) for n, each in enumerate(listed_people, start=1)]


def _person(row: Mapping[str, Any], place: str, known: Mapping[str, str] | None, faults: list[Fault]) -> Person:
    for key in row:
        if key not in COLUMNS:
            faults.append(fault("roster_column", place, key, known=", ".join(COLUMNS)))
    identity = str(row.get("id", row.get("name", ""))).strip()
    if not identity:
        faults.append(fault("roster_no_id", place))
    skills = frozenset(_several(row, "skills"))
    if not skills:
        faults.append(fault("roster_no_skills", place, identity))
    for each in sorted(skills):
        if known is not None and each != EVERYTHING and each not in known:
            faults.append(fault("roster_skill", place, each, known=", ".join(sorted(set(known.values())))))
    leave, weekly_leave = days_in(_several(row, "leave"), f"{place}: leave", faults)
    unavailable, never_on = days_in(_several(row, "unavailable"), f"{place}: unavailable", faults)
    days_off, weekly_off = days_in(_several(row, "days_off"), f"{place}: days_off", faults)
    for weekly, key in ((weekly_leave, "leave"), (weekly_off, "days_off")):
        if weekly:
            faults.append(fault("roster_weekday", f"{place}: {key}"))
    partner = str(row.get("partner", "")).strip() or None
    return Person(
        id=identity,
        name=str(row.get("name", identity)).strip() or identity,
        skills=skills if known is None else frozenset(known.get(each, each) for each in skills),
        hours_a_week=_hours(row.get("hours_a_week", 40.0), place, faults),
        part_time=_flag(row.get("part_time", False), place, faults),
        leave=leave,
        unavailable=unavailable,
        never_on=never_on,
        days_off=days_off,
        partner=partner,
    )


def _several(row: Mapping[str, Any], key: str) -> list[str]:
    given = row.get(key, "")
    return [str(each).strip() for each in given] if isinstance(given, list) else listed(str(given))


def _hours(given: Any, place: str, faults: list[Fault]) -> float:
    try:
        hours = float("nan") if isinstance(given, bool) else float(given)
    except (TypeError, ValueError):
        hours = float("nan")
    if not 0 < hours <= MOST_HOURS:
        faults.append(fault("roster_number", f"{place}: hours_a_week", given, low="0.5", high=f"{MOST_HOURS:g}"))
    return hours


def _flag(given: Any, place: str, faults: list[Fault]) -> bool:
    text = str(given).strip().lower()
    if text not in (*YES, *NO):
        faults.append(fault("roster_flag", f"{place}: part_time", given))
    return text in YES


def _of_all(people: list[Person], places: list[str]) -> list[Fault]:
    """Faults that only show beside the others: the same id twice, partners that are not there or somebody else's."""
    faults = []
    by_id = {each.id: each for each in people}
    seen: set[str] = set()
    claimed: dict[str, str] = {}
    for person, place in zip(people, places, strict=True):
        if person.id and person.id in seen:
            faults.append(fault("roster_id_twice", place, person.id))
        seen.add(person.id)
        if person.partner is None:
            continue
        other = by_id.get(person.partner)
        if other is None or other is person:
            faults.append(fault("roster_partner", place, person.partner))
            continue
        if (other.partner or person.id) != person.id or claimed.setdefault(other.id, person.id) != person.id:
            faults.append(fault("roster_partner_taken", place, person.partner))
    return faults
