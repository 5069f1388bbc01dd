"""Rosters for the staffing page: the days, a template of people, the table of who works when. Not for making one (a job does)."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from simulation.optimisation.roster import open_dates
from simulation.optimisation.roster.people import COLUMNS
from simulation.scenario import Scenario

BURDENS = ("hours", "late", "lunch", "weekend")


def days(scenario: Scenario, first: date, last: date) -> list[str]:
    """Days on which the hall opens, such as 2026-12-01. Raises BadInput if there are none, or too many."""
    return [each.isoformat() for each in open_dates(scenario, first, last)]


def template(language: str, groups: Sequence[str], shifts: Sequence[Mapping[str, Any]]) -> bytes:
    """A CSV with the columns of a file of people, and one line for each shift of a day."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([words[0] if language == "zh" and words else name for name, words in COLUMNS.items()])
    number = 0
    for group in groups:
        for _ in range(sum(each["people"] for each in shifts if each["group"] == group)):
            number += 1
            writer.writerow([f"{number:03d}", "", group, 40, "", "", "", "", ""])
    return text.getvalue().encode("utf-8-sig")


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
