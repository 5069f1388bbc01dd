"""Shifts that cover what is needed by half-hour, at the least paid time: an integer programme (set covering).

A pattern is when one person works: from a half-hour to another, perhaps with a break in between. Every half-hour needs so many people of a
group; the programme chooses how many work each pattern. AB cover over lunch follows from patterns that differ in when they break.

Assumes people of one group are alike and shifts begin and end on half-hours. Not for named people (who, on which days).

Source: Dantzig, A comment on Edie's "Traffic delays at toll booths", Operations Research 2 (1954); solved by HiGHS through scipy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from simulation.faults import BadInput, fault

HALF_HOURS = 2
"""in an hour"""


@dataclass(frozen=True, slots=True)
class Pattern:
    """When one person works."""

    works: tuple[int, ...]
    """positions of the half-hours worked, ascending"""
    break_at: int | None = None
    """position of the first half-hour of the break; None: without one"""


@dataclass(frozen=True, slots=True)
class Shifts:
    """Who works when."""

    chosen: Mapping[str, tuple[tuple[Pattern, int], ...]]
    """group -> (pattern, people)"""
    people: int
    half_hours: int
    """worked, by all together"""
    needed: int
    """of them needed"""

    def covered(self, group: str, slots: int) -> tuple[int, ...]:
        """People of a group at work in each half-hour."""
        row = [0] * slots
        for pattern, count in self.chosen[group]:
            for slot in pattern.works:
                row[slot] += count
        return tuple(row)


def patterns_of(
    starts: Sequence[float], *, lengths: Sequence[float] = (8.0,), break_hours: float = 0.0, part_time: Sequence[float] = ()
) -> list[Pattern]:
    """Every shift that fits into the day.

    Parameters
    ----------
    starts : (slots,) minutes at which each half-hour begins; a gap (lunch closed) may lie inside a shift and is not worked
    lengths : hours from coming to going of a full shift, gaps and break included
    break_hours : hours of break in a full shift, taken on whole half-hours around its middle, where the hall does not close by itself
    part_time : hours worked in short shifts, without a break
    """
    found: set[tuple[tuple[int, ...], int | None]] = set()
    at = np.asarray(starts)
    for first, begin in enumerate(at):
        for hours in lengths:
            if begin + 60 * hours > at[-1] + 30 and first > 0:
                continue  # it would run past the end of the day
            inside = [n for n in range(first, len(at)) if at[n] < begin + 60 * hours]
            has_gap = any(at[b] - at[a] > 30 for a, b in pairwise(inside))
            rest = round(break_hours * HALF_HOURS)
            if has_gap or not rest or len(inside) <= rest:
                found.add((tuple(inside), None))
                continue
            middle = len(inside) // 2
            for shift in (-2, -1, 0, 1, 2):
                start = middle - rest // 2 + shift
                if start > 0 and start + rest < len(inside):
                    found.add((tuple(inside[:start] + inside[start + rest :]), inside[start]))
        for hours in part_time:
            inside = [n for n in range(first, len(at)) if at[n] < begin + 60 * hours]
            if len(inside) == round(hours * HALF_HOURS) and at[inside[-1]] - begin == 30 * (len(inside) - 1):
                found.add((tuple(inside), None))
    return [Pattern(works, rest) for works, rest in sorted(found, key=lambda each: (each[0], -1 if each[1] is None else each[1]))]


def cover_by_shifts(needed: Mapping[str, Sequence[int]], patterns: Sequence[Pattern], person_cost: float = 0.5) -> Shifts:
    """The cheapest shifts that cover what is needed.

    Parameters
    ----------
    needed : group -> people needed in each half-hour
    person_cost : what one more person costs, in half-hours of work (coming in, changing over)

    Raises
    ------
    BadInput
        if some half-hour is in no pattern: it names the half-hour.
    """
    chosen: dict[str, tuple[tuple[Pattern, int], ...]] = {}
    slots = len(next(iter(needed.values()), ()))
    works = np.array([[slot in each.works for each in patterns] for slot in range(slots)], dtype=float).reshape(slots, len(patterns))
    cost = works.sum(axis=0) + person_cost
    for group, row in needed.items():
        uncovered = [slot for slot in range(slots) if row[slot] > 0 and not works[slot].any()]
        if uncovered:
            raise BadInput([fault("shifts_uncovered", group, slot + 1) for slot in uncovered])
        if not any(row):
            chosen[group] = ()
            continue
        enough = LinearConstraint(works, lb=np.asarray(row, dtype=float))
        found = milp(cost, constraints=enough, integrality=np.ones(len(patterns), dtype=np.int64), bounds=Bounds(0, max(row)))
        assert found.x is not None, "every half-hour lies in a pattern, so that enough people cover it"
        counts = np.round(found.x).astype(int)
        chosen[group] = tuple((pattern, int(count)) for pattern, count in zip(patterns, counts, strict=True) if count)
    people = sum(count for rows in chosen.values() for _, count in rows)
    worked = sum(count * len(pattern.works) for rows in chosen.values() for pattern, count in rows)
    return Shifts(chosen, people, worked, sum(map(sum, needed.values())))
