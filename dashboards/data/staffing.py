"""The answer "how many windows, when" for the staffing page: its target as a line, its frames, its shifts, and the plan as changes.

The answer itself is the JSON of `openhall staff`, found by a job. Not for finding it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from dashboards.data import halls
from dashboards.data.kept import Kept
from simulation.dates import KINDS
from simulation.faults import BadInput
from simulation.optimisation import Lunch, Shifts, cover_by_shifts, patterns_of, read_targets
from simulation.optimisation.attendance import MOST_AT_LEAST as MOST_AT_LEAST
from simulation.optimisation.search import judged_by, simulate
from simulation.optimisation.staffing import check_staffing
from simulation.optimisation.table import day_of, days_alike, groups_of, open_now
from simulation.plans import Change
from simulation.scenario import Scenario

GOALS = ("share_within", "p90_wait", "mean_wait")
LENGTHS = (6.0, 7.0, 8.0, 8.5, 9.0, 9.5, 10.0)
PART_TIME = (2.5, 3.0, 3.5, 4.0)
DAYS = 400
"""days on which shifts are tried"""
SEED = 77_003
"""of these days; the search and its confirmation use others"""

Answer = Mapping[str, Any]
"""the JSON of `openhall staff`"""

_tried: Kept[dict[str, Any]] = Kept(32)


@dataclass(frozen=True, slots=True)
class Cut:
    """How people's shifts may be."""

    lengths: tuple[float, ...]
    """hours from coming to going"""
    part_time: tuple[float, ...]
    lunch: bool
    """whether breaks are taken in turns where the hall stays open"""
    ab: bool
    """A/B cover: no more rest than work"""


def can_be_staffed(scenario: Scenario) -> bool:
    """Whether it has opening hours and windows to open."""
    return scenario.horizon is None and bool(groups_of(scenario))


def check_asked(scenario: Scenario, on: date | None, at_least: int) -> None:
    """Raises BadInput if the hall is closed on that day, or cannot have so many windows for each service."""
    check_staffing(scenario, {}, None, on=on, at_least=at_least)


def target_line(goal: str, minutes: int, share: int, service: str = "") -> str:
    """A target as `openhall staff` reads it."""
    of = f" of {service}" if service else ""
    return f"share_within({minutes}){of} >= {share}%" if goal == "share_within" else f"{goal}{of} <= {minutes}"


def parts(answer: Answer) -> list[Answer]:
    """The answers for days that open alike; one where there is but one."""
    return [answer, *answer.get("others", ())]


def cover(answer: Answer) -> pd.DataFrame:
    """Columns slot, open (now), needed, gap (missing now), by half-hour."""
    now = [sum(row) for row in zip(*answer["before"].values(), strict=True)]
    needed = [sum(row) for row in zip(*answer["needed"].values(), strict=True)]
    gaps = [sum(max(wanted[n] - answer["before"][group][n], 0) for group, wanted in answer["needed"].items()) for n in range(len(needed))]
    return pd.DataFrame({"slot": answer["half_hours"], "open": now, "needed": needed, "gap": gaps})


def by_group(answer: Answer) -> pd.DataFrame:
    """Column slot, and of each group its windows needed (GROUP) and open now (GROUP_now)."""
    columns: dict[str, Any] = {"slot": answer["half_hours"]}
    for group, row in answer["needed"].items():
        columns |= {group: row, f"{group}_now": answer["before"][group]}
    return pd.DataFrame(columns)


def first_step(answer: Answer) -> tuple[str, str, str, int] | None:
    """The largest gap: group, from, to (clock times), windows more at its widest; None if nothing is missing."""
    best: tuple[int, tuple[str, str, str, int]] | None = None
    for group, row in answer["needed"].items():
        missing = [max(wanted - now, 0) for wanted, now in zip(row, answer["before"][group], strict=True)]
        for first, last in _runs(missing, answer["half_hours"]):
            size = sum(missing[first : last + 1])
            if best is None or size > best[0]:
                told = group, answer["half_hours"][first], _later(answer["half_hours"][last]), max(missing[first : last + 1])
                best = size, told
    return None if best is None else best[1]


def _runs(row: Sequence[int], labels: Sequence[str]) -> list[tuple[int, int]]:
    """First and last position of each stretch without a gap in which the row is above 0."""
    found: list[tuple[int, int]] = []
    for n, count in enumerate(row):
        if not count:
            continue
        follows = found and found[-1][1] == n - 1 and _later(labels[n - 1]) == labels[n]
        found[-1:] = [(found[-1][0], n)] if follows else [*found[-1:], (n, n)]
    return found


def _later(label: str) -> str:
    minute = int(label[:2]) * 60 + int(label[3:]) + 30
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _minutes(label: str) -> float:
    return float(int(label[:2]) * 60 + int(label[3:]))


# ---- shifts ----------------------------------------------------------------------------------------------------------------------------


def shifts(answer: Answer, cut: Cut) -> Shifts:
    """The shifts that cover the answer. Raises BadInput where they cannot."""
    labels: list[str] = list(answer["half_hours"])
    lunch = Lunch(11.5 * 60, 13.5 * 60, 60) if cut.lunch else None
    patterns = patterns_of([_minutes(each) for each in labels], lengths=cut.lengths, part_time=cut.part_time, lunch=lunch)
    return cover_by_shifts(answer["needed"], patterns, ab_cover=cut.ab, labels=labels)


def bars(answer: Answer, found: Shifts) -> pd.DataFrame:
    """One row a stretch of work: person (number in the group), group, start, end (minutes after midnight), from, to (clock times)."""
    labels, rows = answer["half_hours"], []
    for group, chosen in found.chosen.items():
        person = 0
        for pattern, people in sorted(chosen, key=lambda each: each[0].works):
            for _ in range(people):
                person += 1
                marks = [int(n in pattern.works) for n in range(len(labels))]
                for first, last in _runs(marks, labels):
                    end = _later(labels[last])
                    rows.append((person, group, _minutes(labels[first]), _minutes(end), labels[first], end))
    return pd.DataFrame(rows, columns=["person", "group", "start", "end", "from", "to"])


def as_rows(answer: Answer, found: Shifts) -> list[dict[str, Any]]:
    """The shifts as plain data: group, half_hours (labels), people."""
    return [
        {"group": group, "half_hours": [answer["half_hours"][n] for n in pattern.works], "people": people}
        for group, chosen in found.chosen.items()
        for pattern, people in chosen
    ]


def tried(plan: Scenario, answer: Answer, found: Shifts) -> dict[str, Any]:
    """The targets simulated with these shifts: target -> {"kept", "value", "low", "high"}."""
    open_windows = {group: found.covered(group, len(answer["half_hours"])) for group in answer["needed"]}
    days = tuple((answer.get("days") or {}).get("kinds", ()))
    key = plan.digest, tuple(answer["targets"]), tuple(open_windows.items()), answer.get("day"), days
    return _tried.get_or_make(key, lambda: _try(plan, answer["targets"], open_windows, answer.get("day"), days))


def _try(
    plan: Scenario, lines: Sequence[str], open_windows: Mapping[str, tuple[int, ...]], on: str | None, kinds: Sequence[str]
) -> dict[str, Any]:
    """On one day, or where these kinds of day are named on those of a year."""
    targets = read_targets(lines, plan)
    day = day_of(plan, date.fromisoformat(on) if on else None)
    if kinds:
        wanted = tuple(KINDS.index(each) for each in kinds)
        day = next(each for alone in (False, True) for each in days_alike(plan, alone) if each.kinds == wanted)
    day = judged_by(day, targets)
    result = simulate(day, day.with_windows(open_windows), DAYS, SEED, 1)
    told = {}
    for each in targets:
        estimate = each.estimate(result)
        told[each.text] = {
            "kept": each.kept_surely(result),
            "value": estimate.value,
            "low": estimate.low,
            "high": estimate.high,
            "unit": estimate.unit,
        }
    return told


# ---- as a plan -------------------------------------------------------------------------------------------------------------------------


def as_changes(plan: Scenario, made: Sequence[Change], answer: Answer) -> list[Change] | None:
    """The answer as changes of the base beside those made already; None where changes cannot say it."""
    lines = [line for group, row in answer["needed"].items() for line in _lines(plan, group, row, answer["half_hours"])]
    try:
        found = list(made)
        for line in lines:
            found = [*found, halls.with_line((), line)[0]]
        changed = halls.planned(plan, found[len(made) :])
    except BadInput:
        return None
    kept = {group.id: group for group in groups_of(changed)}
    opened = open_now(changed, list(kept.values()))
    for group, row in answer["needed"].items():
        mine = [opened[name] for name in opened if name == group or name.startswith(f"{group}-extra")]
        if [sum(each) for each in zip(*mine, strict=True)] != list(row) if mine else any(row):
            return None
    return found


def _lines(plan: Scenario, group: str, row: Sequence[int], labels: Sequence[str]) -> list[str]:
    """One line for the windows that are open all day, and one for each stretch in which more are."""
    seats = next(each for each in groups_of(plan) if each.id == group).seats
    whole = tuple((slot.start, slot.end) for slot in plan.openings)
    all_day = all(seat.shifts == whole and not seat.breaks for seat in seats)
    base = min(row) if all_day else 0
    lines: dict[str, int] = {}
    for level in range(base, max(row)):
        for first, last in _runs([int(count > level) for count in row], labels):
            stretch = f"{labels[first]}-{_later(labels[last])}"
            lines[stretch] = lines.get(stretch, 0) + 1
    extras = [f"windows.{group}=+{count}@{stretch}" for stretch, count in lines.items()]
    return extras if base == len(seats) else [*extras, f"windows.{group}={base}"]
