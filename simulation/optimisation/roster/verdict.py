"""The roster simulated: each day with the people it has, on citizens that no search has seen. Not for staffing itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from simulation.experiment import Result, Workers
from simulation.optimisation.roster.roster import Roster
from simulation.optimisation.staffing import Staffing


@dataclass(frozen=True, slots=True)
class DayVerdict:
    """Days that are alike and have the same windows open."""

    days: tuple[date, ...]
    open_windows: Mapping[str, tuple[int, ...]]
    """group -> people at work in each half-hour"""
    result: Result
    kept: bool
    """whether the long run of such days keeps every target, with 95 % confidence"""


def judge_roster(
    roster: Roster, answers: Mapping[date, Staffing], workers: Workers = 1, progress: Callable[[int, int], None] | None = None
) -> list[DayVerdict]:
    """One verdict for each kind of day that the roster makes.

    answers : the staffing answer of each day
    progress : called with kinds done and of how many
    """
    kinds: dict[tuple[int, tuple[tuple[str, tuple[int, ...]], ...]], list[date]] = {}
    for day in roster.days:
        hall = answers[day].day.hall
        middles = [hall.clock_start + (slot.start + slot.end) / 2 for slot in hall.slots if slot.kind == "open"]
        table = tuple((group.id, roster.open_windows(day, group.id, middles)) for group in answers[day].day.groups)
        kinds.setdefault((id(answers[day]), table), []).append(day)
    found = []
    for (_, table), days in kinds.items():
        answer = answers[days[0]]
        result = answer.simulated_with(dict(table), workers)
        found.append(DayVerdict(tuple(days), dict(table), result, all(each.kept_surely(result) for each in answer.targets)))
        if progress is not None:
            progress(len(found), len(kinds))
    return found
