"""The days on which plans are judged.

Where days are alike any is as good as another: one day a replication. Where they have dates, days are drawn from all on which the hall
opens within a year of its start, each as its own date has it (openings, shifts, season, how far windows have learnt); every batch draws
anew, so that batches are alike. Else as asked: the days of one date only, or runs of so many days in a row, in which people come again.

A single day has nobody who comes again from a day before. Not for how many days: that is asked of `batches`.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

import numpy as np

from simulation.days import dated
from simulation.faults import BadInput, fault
from simulation.scenario import Scenario
from simulation.streams import uniforms

YEAR = datetime.timedelta(days=365)
MOST_IN_A_ROW = 60


@dataclass(frozen=True, slots=True)
class Occasions:
    """Which days of a scenario's run count."""

    numbers: tuple[int, ...] = ()
    """days of the run that are drawn from, each with its date; empty: days are alike, or in a row"""
    in_a_row: int = 1
    """days of a replication"""
    first: datetime.date | None = None
    last: datetime.date | None = None
    """of the days that count; None where days have no dates"""

    def drawn(self, seed: int, batch: int, count: int) -> list[int]:
        """The days of a batch: as many different ones as there are, again and again."""
        order = np.argsort(uniforms(seed, "occasions", "", len(self.numbers), batch))
        return [self.numbers[order[k % len(order)]] for k in range(count)]


ALIKE = Occasions()


def occasions_of(
    scenario: Scenario,
    on: datetime.date | None = None,
    in_a_row: int | None = None,
    kinds: Collection[int] | None = None,
    until: datetime.date | None = None,
) -> Occasions:
    """The days of a hall that count.

    kinds : of day (`simulation.dates.KINDS`), if not all
    until : the day after the last; None: a year from the first

    Raises
    ------
    BadInput
        if both a date and days in a row are asked for, days have no dates, the hall is closed on that one, or the run is too long.
    """
    faults = []
    if on is not None and in_a_row is not None:
        faults.append(fault("occasions_both", "--days", in_a_row))
    if in_a_row is not None and not 1 <= in_a_row <= MOST_IN_A_ROW:
        faults.append(fault("occasions_days", "--days", in_a_row, most=MOST_IN_A_ROW))
    elif in_a_row is not None and in_a_row > 1 and scenario.horizon is not None:
        faults.append(fault("occasions_horizon", "--days", in_a_row))
    if faults:
        raise BadInput(faults)
    first = dated(scenario, 0)
    if first is None:
        if on is not None:
            raise BadInput([fault("staff_undated", "--on", on)])
        return Occasions(in_a_row=in_a_row or 1)
    if in_a_row is not None:
        last = dated(scenario, in_a_row - 1)
        return Occasions((), in_a_row, first.date, first.date if last is None else last.date)
    if on is not None:
        return Occasions((number_of(scenario, on),), 1, on, on)
    numbers, dates = [], []
    for number in range(366):
        try:
            when = dated(scenario, number)
        except BadInput:  # the last year that has a calendar is over
            break
        if when is None or when.date >= (until or first.date + YEAR):
            break
        if kinds is None or when.kind in kinds:
            numbers.append(number)
            dates.append(when.date)
    return Occasions(tuple(numbers), 1, dates[0], dates[-1])


def number_of(scenario: Scenario, on: datetime.date) -> int:
    """Which day of the run a date is. Raises BadInput if the hall is closed on it, or days have no dates."""
    number, when = 0, dated(scenario, 0)
    if when is None:
        raise BadInput([fault("staff_undated", "--on", on)])
    first = when.date
    while when is not None and when.date < on:
        number += 1
        when = dated(scenario, number)
    assert when is not None  # its first day has a date
    if when.date != on:
        raise BadInput([fault("staff_closed", "--on", on, first=first, next=when.date)])
    return number


def comes_again(scenario: Scenario) -> bool:
    """Whether some people come again on a later day."""
    return any(each.returns or each.incomplete or each.retries for each in scenario.services)


def on_every_kind(scenario: Scenario, change: Callable[[Scenario], Scenario]) -> Scenario:
    """The hall changed in the same way on every kind of day on which it opens."""
    made = {id(each): change(each) for each in scenario.week if each is not None and each is not scenario}
    whole = change(scenario)
    week = tuple(None if each is None else made.get(id(each), whole) for each in scenario.week)
    return replace(whole, week=week) if scenario.week else whole
