"""How often people come, and when: a year's volume as rates, appointments as booked times, and who comes again."""

from __future__ import annotations

from simulation.scenario.hours import HALF_HOUR, TICK, half_hours_of, minutes_of, span_of
from simulation.scenario.parts import Booking, Channel, Retry, Slot
from simulation.scenario.tables import BookingTable, RetryTable, ServiceTable, Tables
from simulation.scenario.week import ORDINARY, factor_of, open_days, openings_on, season_of


def rates_of_volume(table: ServiceTable, tables: Tables, slots: tuple[Slot, ...], places: tuple[int, ...]) -> tuple[float, ...]:
    """Citizens per minute in every slot, so that the year's number comes out.

    With dates the year is the calendar year of the first day: every day on which the hall opens brings its half-hours' weights times its
    factors of the season. Without them it is days_per_year days alike. Early arrivals are weights beside those of the profile.
    """
    top, volume = tables.top, table.volume
    assert top is not None
    assert volume is not None
    weights = volume.profile or [1.0] * half_hours_of(tables.openings)
    early = table.early_arrivals or 0.0
    before = early if isinstance(early, list) else [early] * sum(each.early_min > 0 for each in tables.openings if each)
    if top.demand.starts is None:
        year = (top.days_per_year or 1.0) * (sum(weights) + sum(before))
    else:
        season = season_of(table.season, season_of(top.demand)) if table.season else season_of(top.demand)
        of_kind = {kind: _weight_of(tables, openings_on(tables.openings, kind), weights, before) for kind in ORDINARY}
        kinds = frozenset(kind for kind in ORDINARY if openings_on(tables.openings, kind))
        first = top.demand.starts.replace(month=1, day=1)
        year = sum(factor_of(season, day) * of_kind[day.kind] for day in open_days(first, kinds, first.year))
    one = volume.per_year / year if year > 0 else 0.0
    given = zip(slots, places, strict=True)
    return tuple(one * (before if slot.kind == "early" else weights)[place] / (slot.end - slot.start) for slot, place in given)


def _weight_of(tables: Tables, chosen: list[int], weights: list[float], before: list[float]) -> float:
    """The weights of the half-hours, and of the time before the doors, of some openings."""
    total, at, came = 0.0, 0, 0
    for position, opening in enumerate(tables.openings):
        if opening is None:
            continue
        start, end = span_of(opening)
        steps = int(end - start) // HALF_HOUR
        if position in chosen:
            total += sum(weights[at : at + steps]) + (before[came] if opening.early_min > 0 else 0.0)
        at, came = at + steps, came + (opening.early_min > 0)
    return total


def booking_of(table: BookingTable, slots: tuple[Slot, ...], places: tuple[int, ...], first: float) -> Booking:
    """first : minutes after midnight at minute 0"""
    late, spread = (_ticks(each) for each in (table.late_min, table.spread_min))
    times = [(minutes_of(each.at) - first, each.places) for each in table.times]
    step = _ticks(table.step_min or 0.0)
    if isinstance(table.places, list) and step > 0:
        times += _times_of_half_hours(table.places, step, slots, places)
        step = 0.0
    channels = tuple(
        Channel(
            each.name,
            each.share,
            table.no_show if each.no_show is None else each.no_show,
            late if each.late_min is None else _ticks(each.late_min),
            spread if each.spread_min is None else _ticks(each.spread_min),
        )
        for each in table.channels
    )
    same = table.places if isinstance(table.places, int) else 0
    return Booking(step, same, table.booked, table.no_show, late, spread, tuple(sorted(times)), channels)


def _times_of_half_hours(listed: list[int], step: float, slots: tuple[Slot, ...], places: tuple[int, ...]) -> list[tuple[float, int]]:
    """The steps that fall into each half-hour of the day, counted from the beginning of its opening, with its places."""
    times, at, before = [], 0.0, None
    for slot, place in zip(slots, places, strict=True):
        if slot.kind == "early":
            continue
        if before is None or slot.start != before:
            at = slot.start
        before = slot.end
        while at < slot.end:
            times.append((at, listed[place]))
            at += step
    return [(minute, number) for minute, number in times if number > 0]


def retry_of(table: RetryTable) -> Retry:
    delays = tuple((each.days, each.share) for each in table.delays) or ((table.after_days or 1, 1.0),)
    return Retry(tuple(table.after), table.share, delays, table.at == "profile", table.most)


def _ticks(minutes: float) -> float:
    return round(minutes * TICK) / TICK
