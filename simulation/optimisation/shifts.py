"""Shifts that cover what is needed by half-hour, at the least paid time: an integer programme (set covering).

A pattern is when one person works: from a half-hour to another, perhaps with a break in between. Every half-hour needs so many people of a
group; the programme chooses how many work each pattern. With A/B cover (AB岗) no more of a group rest at once than work: each who rests has
somebody at work in their place.

Assumes people of one group are alike and shifts begin and end on half-hours. Not for named people (who, on which days).

Source: Dantzig, A comment on Edie's "Traffic delays at toll booths", Operations Research 2 (1954); solved by HiGHS through scipy.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from simulation.faults import BadInput, Fault, fault

HALF_HOURS = 2
"""in an hour"""
LONGEST = 24.0
"""hours of a shift"""
SHORTEST_WITH_LUNCH = 5.0
"""hours from coming to going; a shorter shift has no break"""


@dataclass(frozen=True, slots=True)
class Lunch:
    """When a break may be taken where the hall stays open, and how long it is."""

    start: float
    """minutes, as the half-hours count them"""
    end: float
    minutes: float
    """whole half-hours"""


@dataclass(frozen=True, slots=True)
class Pattern:
    """When one person works."""

    works: tuple[int, ...]
    """positions of the half-hours worked, ascending"""
    rests: tuple[int, ...] = ()
    """positions of the half-hours of the break"""
    part_time: bool = False


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
    starts: Sequence[float],
    *,
    lengths: Sequence[float] = (8.0,),
    break_hours: float = 0.0,
    part_time: Sequence[float] = (),
    lunch: Lunch | None = None,
) -> list[Pattern]:
    """Every shift that fits into the day.

    Parameters
    ----------
    starts : (slots,) minutes at which each half-hour begins; a gap (lunch closed) may lie inside a shift and is not worked
    lengths : hours from coming to going of a full shift, gaps and break included
    break_hours : hours of break in a full shift, taken on whole half-hours around its middle, where the hall does not close by itself
    part_time : hours worked in short shifts, without a break
    lunch : when the break of a shift that spans it is taken; then `break_hours` is not looked at

    Raises
    ------
    BadInput
        if a length is no whole number of half-hours from one to a day.
    """
    check_lengths(lengths, part_time)
    found: set[tuple[tuple[int, ...], tuple[int, ...], bool]] = set()
    at = np.asarray(starts)
    for first, begin in enumerate(at):
        for hours in lengths:
            if begin + 60 * hours > at[-1] + 30 and first > 0:
                continue  # it would run past the end of the day
            inside = [n for n in range(first, len(at)) if at[n] < begin + 60 * hours]
            opens = first == 0 or begin - at[first - 1] > 30
            if not opens and inside[-1] + 1 < len(at) and at[inside[-1]] + 30 < begin + 60 * hours:
                continue  # its end would lie in the closed lunch: a shorter shift than was asked for
            closes = any(at[b] - at[a] > 30 for a, b in pairwise(inside))
            breaks = [] if closes or hours < SHORTEST_WITH_LUNCH else _breaks(at, inside, break_hours, lunch)
            for rests in breaks or [()]:
                found.add((tuple(n for n in inside if n not in rests), rests, False))
        for hours in part_time:
            inside = [n for n in range(first, len(at)) if at[n] < begin + 60 * hours]
            if len(inside) == round(hours * HALF_HOURS) and at[inside[-1]] - begin == 30 * (len(inside) - 1):
                found.add((tuple(inside), (), True))
    return [Pattern(*each) for each in sorted(found)]


def check_lengths(lengths: Sequence[float], part_time: Sequence[float]) -> None:
    """Refuses shifts that do not end on a half-hour, which would be lengthened in silence. Raises BadInput."""
    given = [("--shift", each) for each in lengths] + [("--part-time", each) for each in part_time]
    faults = [
        fault("shift_length", option, f"{each:g}", near=f"{_nearest(each):g}")
        for option, each in given
        if not (0.5 <= each <= LONGEST and float(each * HALF_HOURS).is_integer())
    ]
    if faults:
        raise BadInput(faults)


def _nearest(hours: float) -> float:
    """The length a person may have meant."""
    return min(LONGEST, max(0.5, round(hours * HALF_HOURS) / HALF_HOURS)) if math.isfinite(hours) else 8.0


def _breaks(at: np.ndarray, inside: Sequence[int], break_hours: float, lunch: Lunch | None) -> list[tuple[int, ...]]:
    """The half-hours of each break that a shift may have; none: it has no break."""
    if lunch is not None:
        rest = round(lunch.minutes / 30)
        fits = [n for n in inside if lunch.start <= at[n] and at[n] + 30 <= lunch.end]
        spans = at[inside[0]] < lunch.start and at[inside[-1]] + 30 > lunch.end
        runs = [tuple(fits[n : n + rest]) for n in range(len(fits) - rest + 1)] if rest and spans else []
        return runs[::rest] if rest and len(fits) % rest == 0 else runs  # in turns, one after the other, where they fill the lunch
    rest = round(break_hours * HALF_HOURS)
    if not rest or len(inside) <= rest:
        return []
    begins = (len(inside) // 2 - rest // 2 + shift for shift in (-2, -1, 0, 1, 2))
    return [tuple(inside[begin : begin + rest]) for begin in begins if begin > 0 and begin + rest < len(inside)]


def cover_by_shifts(
    needed: Mapping[str, Sequence[int]],
    patterns: Sequence[Pattern],
    person_cost: float = 2.0,
    *,
    ab_cover: bool = False,
    most_part_time: float = 1.0,
    labels: Sequence[str] = (),
) -> Shifts:
    """The cheapest shifts that cover what is needed.

    Parameters
    ----------
    needed : group -> people needed in each half-hour
    person_cost : what one more person costs, in half-hours of work (coming in, changing over; an hour is an assumption)
    ab_cover : whether in each half-hour no more people of a group rest than work
    most_part_time : 0..1; the share of a group's people who may work part-time
    labels : names of the half-hours, for the faults

    Raises
    ------
    BadInput
        if some half-hour is in no pattern, or the share of part-time is too small to cover it: it names the half-hour.
    """
    chosen: dict[str, tuple[tuple[Pattern, int], ...]] = {}
    slots = len(next(iter(needed.values()), ()))
    works = _table([each.works for each in patterns], slots)
    rests = _table([each.rests for each in patterns], slots)
    short = np.array([each.part_time for each in patterns], dtype=float)
    cost = works.sum(axis=0) + person_cost
    named = list(labels) or [str(slot + 1) for slot in range(slots)]
    for group, row in needed.items():
        uncovered = [slot for slot in range(slots) if row[slot] > 0 and not works[slot].any()]
        if uncovered:
            raise BadInput([fault("shifts_uncovered", group, ", ".join(named[slot] for slot in uncovered))])
        if not any(row):
            chosen[group] = ()
            continue
        rules = [LinearConstraint(works, lb=np.asarray(row, dtype=float))]
        if ab_cover:
            rules.append(LinearConstraint(works - rests, lb=np.zeros(slots)))
        if most_part_time < 1:
            rules.append(LinearConstraint((short - most_part_time)[None, :], ub=[0.0]))
        found = milp(cost, constraints=rules, integrality=np.ones(len(patterns), dtype=np.int64), bounds=Bounds(0, 4 * sum(row)))
        if found.x is None:
            raise BadInput([_why_not(group, row, works, rests, short, most_part_time, ab_cover, named)])
        counts = np.round(found.x).astype(int)
        chosen[group] = tuple((pattern, int(count)) for pattern, count in zip(patterns, counts, strict=True) if count)
    people = sum(count for rows in chosen.values() for _, count in rows)
    worked = sum(count * len(pattern.works) for rows in chosen.values() for pattern, count in rows)
    return Shifts(chosen, people, worked, sum(map(sum, needed.values())))


def _why_not(
    group: str,
    row: Sequence[int],
    works: np.ndarray,
    rests: np.ndarray,
    short: np.ndarray,
    most: float,
    ab_cover: bool,
    named: Sequence[str],
) -> Fault:
    """What cannot be covered, though each half-hour lies in a shift: all rest at once, or too many would work part-time."""
    together = [n for n in range(len(row)) if rests[n].any() and not (works[n] > 0).any()] if ab_cover else []
    if together or (ab_cover and most >= 1):
        blamed = together[0] if together else int(np.argmax(rests.sum(axis=1)))
        return fault("shifts_ab", group, named[blamed])
    full = works[:, short == 0].sum(axis=1)
    blamed = next((slot for slot in range(len(row)) if row[slot] and not full[slot]), int(np.argmax(row)))
    return fault("shifts_part_time", group, named[blamed], share=f"{100 * most:g}%")


def _table(listed: Sequence[tuple[int, ...]], slots: int) -> np.ndarray:
    return np.array([[slot in each for each in listed] for slot in range(slots)], dtype=float).reshape(slots, len(listed))
