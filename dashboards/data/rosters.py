"""Rosters for the staffing page: the days, a template of people, the table of who works when. Not for making one (a job does)."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import xlsxwriter

from dashboards.data import halls, staffing
from simulation.days import dated
from simulation.faults import BadInput
from simulation.optimisation.roster import People, kinds_of, open_dates, read_people
from simulation.optimisation.roster.people import COLUMNS
from simulation.optimisation.roster.question import BURDENS
from simulation.scenario import Scenario

Names = Mapping[str, Mapping[str, str]]
"""id of a group of windows or a service -> language -> what it is called there"""


def first_day(scenario: Scenario) -> date | None:
    """The first day of a hall whose days have dates; None where they have none."""
    first = dated(scenario, 0)
    return None if first is None else first.date


def first_days(scenario: Scenario, today: date) -> tuple[date, date]:
    """A week to begin with: the next one, or the first of a hall whose days have dates."""
    start = first_day(scenario) or today + timedelta(days=7 - today.weekday())
    return start, start + timedelta(days=4 if scenario.days.starts is None else 6)


def days(scenario: Scenario, first: date, last: date) -> list[str]:
    """Days on which the hall opens, such as 2026-12-01. Raises BadInput if there are none, or too many."""
    return [each.isoformat() for each in open_dates(scenario, first, last)]


def plans(scenario: Scenario, days: Sequence[str], parts: Sequence[staffing.Answer], cut: staffing.Cut) -> list[dict[str, Any]]:
    """Of each answer the days it is for (days), its shifts (rows of `as_rows`), and what the windows of a group serve (serves).

    An answer for one date is for that date alone; one for days of a year, for all days of these kinds; where days have no dates, for all.

    Raises BadInput where shifts cannot cover an answer.
    """
    kinds = kinds_of(scenario, map(date.fromisoformat, days))
    found = []
    for each in parts:
        told = each.get("days")
        only = None if told is None else told["kinds"]
        mine = [day for day in days if each.get("day") in (None, day) and (only is None or kinds[date.fromisoformat(day)] in only)]
        if mine:
            found.append({"days": mine, "shifts": staffing.as_rows(each, staffing.shifts(each, cut)), "serves": each["serves"]})
    return found


def names(scenario: Scenario) -> Names:
    """What the groups of windows and the services are called."""
    listed = [*halls.services(scenario), *halls.groups(scenario)]
    return {each.id: dict(each.name) if isinstance(each.name, Mapping) else {"zh": str(each.name), "en": str(each.name)} for each in listed}


def people(name: str, content: bytes, called: Names) -> People:
    """The people of a file that somebody gives; windows and services may be written by id or by name.

    Raises BadInput with every fault, by the file's own name.
    """
    word_of = {word: each for each, told in called.items() for word in told.values()} | {each: each for each in called}
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"people{Path(name).suffix}"
        path.write_bytes(content)
        try:
            return read_people(path, word_of)
        except BadInput as refused:
            raise BadInput([replace(each, place=each.place.replace(str(path), name)) for each in refused.faults]) from None


def template(
    language: str, called: Mapping[str, Mapping[str, str]], shifts: Sequence[Mapping[str, Any]], words: Mapping[str, str]
) -> bytes:
    """A workbook with the columns of a file of people, a line for each shift of a day, and lists to choose from.

    words : the texts ``sheet, skills, yes, no``
    """
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(memory, {"in_memory": True})
    head, text = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "@"})
    page = book.add_worksheet(words["sheet"])
    page.freeze_panes(1, 0)
    header = [other[0] if language == "zh" and other else name for name, other in COLUMNS.items()]
    page.write_row(0, 0, header, head)
    page.set_column(0, len(header) - 1, 16, text)
    of = {name: at for at, name in enumerate(COLUMNS)}
    lines = [each["group"] for each in shifts for _ in range(each["people"])]
    for row, group in enumerate(lines, start=1):
        page.write_string(row, of["id"], f"{row:03d}", text)
        page.write_string(row, of["skills"], called.get(group, {}).get(language, group))
        page.write_number(row, of["hours_a_week"], 40)
        page.write_string(row, of["part_time"], words["no"])
    last = max(len(lines), 1) + 200
    choices = [told.get(language, each) for each, told in called.items()]
    kinds = book.add_worksheet(words["skills"])
    kinds.write_column(0, 0, choices)
    kinds.set_column(0, 0, 32)
    source = f"='{words['skills']}'!$A$1:$A${len(choices)}"
    page.data_validation(1, of["skills"], last, of["skills"], {"validate": "list", "source": source, "error_type": "information"})
    page.data_validation(1, of["part_time"], last, of["part_time"], {"validate": "list", "source": [words["yes"], words["no"]]})
    page.data_validation(
        1, of["hours_a_week"], last, of["hours_a_week"], {"validate": "decimal", "criteria": "between", "minimum": 0.5, "maximum": 84}
    )
    book.close()
    return memory.getvalue()


def table(answer: Mapping[str, Any], names: Mapping[str, str], leave: str) -> pd.DataFrame:
    """A row a person: name, id, days, the burdens, and of each day (2026-12-01) the windows and hours of the shift.

    names : group -> what it is called; leave : the word for a day of leave
    """
    worked = {(each["person"], each["day"]): f"{names.get(each['window'], each['window'])} {each['shift']}" for each in answer["shifts"]}
    rows = []
    for each in answer["people"]:
        row: dict[str, Any] = {name: each[name] for name in ("name", "id", "days", *BURDENS)}
        away = set(answer["leave"].get(each["id"], ()))
        row |= {day: worked.get((each["id"], day), leave if day in away else "") for day in answer["days"]}
        rows.append(row)
    return pd.DataFrame(rows)
