"""When the hall is open, and how days differ: openings, days of the week, what varies beyond chance.

Openings are those of ordinary days, the same on every day of the week.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from simulation.calibration.arrivals import TOLD
from simulation.calibration.document.draft import Draft, Parts
from simulation.calibration.naming import clock, label, plain
from simulation.dates import FIRST_DATED_YEAR, KINDS, LAST_DATED_YEAR, MAKE_UP

WEEK = ("mon", "tue", "wed", "thu", "fri")
MOST_CV = 3.0
"""a scenario's day_cv and half_hour_cv go no further"""


def openings_of(draft: Draft) -> list[dict[str, Any]]:
    parts = draft.parts
    seen = [KINDS[kind] for kind in sorted(set(parts.arrivals.weekdays)) if kind != MAKE_UP]  # these have the openings of Monday
    named = {"weekdays": seen} if _dated(parts) and tuple(seen) != WEEK else {}
    found = []
    for each in parts.periods:
        opening: dict[str, Any] = {"from": clock(each.start), "to": clock(each.end), **named, "at_end": each.at_end}
        if each.early > 0:
            opening["early_min"] = each.early
        found.append(opening)
    if parts.log.mapping.clock == "minutes" and parts.log.mapping.minute_0 == 0:
        draft.assume("opening.from", "minute_0")
    untold = [label(each.end) for each in parts.periods if each.waited == 0]
    if untold:
        draft.assume("opening", "at_end", end=", ".join(untold))
    else:
        draft.said.append("opening")
    if any(each.early > 0 for each in parts.periods):
        draft.said.append("opening.early_min")
    return found


def _dated(parts: Parts) -> bool:
    """Whether the days of the week differ clearly, so that days need dates."""
    return bool(parts.arrivals.weekday) and parts.arrivals.weekday_p < TOLD


def demand_of(draft: Draft) -> dict[str, Any]:
    parts, found = draft.parts, dict[str, Any]()
    days = len(parts.arrivals.days)
    for kind, factor in parts.arrivals.weekday.items():
        draft.tell(
            f"demand.weekday.{KINDS[kind]}", factor, "", parts.arrivals.weekdays.count(kind), "mean of its days over all", _dated(parts)
        )
    if _dated(parts):
        found["starts"] = _starts(draft)
        found["weekday"] = {KINDS[kind]: plain(factor.value) for kind, factor in parts.arrivals.weekday.items()}
        draft.said.append("demand.weekday")
        single = {kind for kind in parts.arrivals.weekdays if parts.arrivals.weekdays.count(kind) == 1}
        for code, kinds in (("weekday_once", single & {*parts.arrivals.weekday}), ("weekday_none", single - {*parts.arrivals.weekday})):
            if kinds:
                once = _of_kinds(parts, kinds)
                draft.assume("demand.weekday", code, n=len(once), days=", ".join(once))
    else:
        if parts.arrivals.weekday:
            draft.assume("demand.weekday", "weekday_alike", p=f"{parts.arrivals.weekday_p:.2g}")
        else:
            draft.assume("demand.weekday", "weekday_few", days=days)
        worked = _of_kinds(parts, {MAKE_UP})
        if worked:
            draft.assume("demand.weekday.make_up", "make_up_alike", n=len(worked), days=", ".join(worked))
    if parts.arrivals.exceptions:
        draft.assume("", "shut_days", n=len(parts.arrivals.exceptions), days=", ".join(parts.arrivals.exceptions))
    spread = parts.arrivals.dispersion
    if spread is None:
        draft.assume("demand.day_cv", "cv_few", days=days)
        return found
    for key, figure in (("day_cv", spread.day_cv), ("half_hour_cv", spread.half_hour_cv)):
        draft.tell(f"demand.{key}", figure, "", days, "moments", figure.value > 0)
        if figure.value > 0:  # whether its interval reaches 0 or not: to leave out what is not certain makes waits too short
            found[key] = plain(min(figure.value, MOST_CV))
            draft.said.append(f"demand.{key}")
        if figure.value == 0:
            draft.assume(f"demand.{key}", "cv_none", key=key, high=f"{figure.high:.2f}")
        elif figure.low == 0:
            draft.assume(f"demand.{key}", "cv_unsure", key=key, value=f"{figure.value:.2f}", high=f"{figure.high:.2f}")
    return found


def _of_kinds(parts: Parts, kinds: set[int]) -> list[str]:
    """The ordinary days of these kinds."""
    return [day for day, kind in zip(parts.arrivals.days, parts.arrivals.weekdays, strict=True) if kind in kinds]


def _starts(draft: Draft) -> date:
    """The first day of the log, or where no calendar knows its year, the first Monday of the same month in a year that one does."""
    first = date.fromisoformat(min(draft.parts.arrivals.days))
    year = min(max(first.year, FIRST_DATED_YEAR), LAST_DATED_YEAR)
    starts = first if year == first.year else date(year, first.month, 1)
    if starts != first:
        starts += timedelta(days=-starts.weekday() % 7)
        draft.assume("demand.starts", "starts_moved", first=first, starts=starts)
    else:
        draft.assume("demand.starts", "starts", starts=starts)
    return starts
