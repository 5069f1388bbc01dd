"""Ratings (好差评) of a demonstration. Ratings are not cases: few cases are rated, and those sent home without a case may rate too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from simulation.tickets import SENT_HOME, SERVED

from .assumptions import LEVEL_COUNTS
from .floor import Floor, Row, pick, written

REASONS = ("无理由超过法定办理时间", "在办事指南之外增加新的审批条件", "需提供办事指南之外的申报材料", "未在承诺时间内办结")
"""Tags seen on bad ratings (RULES 1.8)."""
CHANNELS = {"评价器": 9, "二维码": 1}
"""Counter device and code at the window; the split is an assumption."""


@dataclass(frozen=True, slots=True)
class _Rated:
    """A ticket whose citizen rated, and the draws of the rating."""

    day: int
    ticket: int
    level: float
    tag: float
    order: float
    """Its place in the queue for the states that must be shown."""


def rating_rows(floor: Floor, cases: list[list[str]]) -> list[Row]:
    """The ratings, in order of time of their tickets; ``cases`` are the case numbers by day and ticket."""
    rated = _rated(floor)
    shown = _states_to_show(floor, rated)
    seats = [each.id for each in floor.scenario.windows]
    services = [each.id for each in floor.scenario.services]
    windows = [floor.window_of_tickets(day) for day in range(len(floor.days))]
    numbers = [floor.ticket_numbers(day) for day in range(len(floor.days))]
    rows: list[Row] = []
    for position, each in enumerate(rated):
        day, tickets = floor.days[each.day]
        seat = seats[int(tickets.window[each.ticket])]
        when = floor.at(day, float(tickets.ended[each.ticket])) + timedelta(seconds=15 + int(each.tag * 90))
        status = shown.get(position, "mistaken" if each.order > 1 - floor.assumptions.mistaken_share else "")
        level = ("1" if each.level < 0.5 else "2") if status else pick(each.level, LEVEL_COUNTS)
        row = {
            "rating_number": f"DR{day:%Y%m%d}-{len(rows) + 1:06d}",
            "rated": written(when),
            "level": level,
            "case_number": cases[each.day][each.ticket],
            "ticket": numbers[each.day][each.ticket],
            "service": services[int(tickets.service[each.ticket])],
            "window": windows[each.day][each.ticket],
            "seat": seat,
            "handler": floor.clerk(seat),
            "channel": pick(each.tag, CHANNELS),
            "is_named": "1",
        }
        if level in ("1", "2"):
            row["reasons"] = REASONS[int(each.tag * len(REASONS))]
        rows.append(row | _standing(floor, status, when))
    return rows


def _rated(floor: Floor) -> list[_Rated]:
    found = []
    for day, (_, tickets) in enumerate(floor.days):
        draws = {name: floor.draws(f"rating {name}", len(tickets), day) for name in ("given", "level", "tag", "order")}
        asked = np.isin(tickets.outcome, (SERVED, SENT_HOME)) & (tickets.window >= 0) & (draws["given"] < floor.assumptions.coverage)
        found += [
            _Rated(day, ticket, *(float(draws[name][ticket]) for name in ("level", "tag", "order")))
            for ticket in np.flatnonzero(asked).tolist()
        ]
    return found


def _states_to_show(floor: Floor, rated: list[_Rated]) -> dict[int, str]:
    """Which ratings (by position) are made mistaken, contested or bad so each state is there: the first by their draws."""
    assumed = floor.assumptions
    states = ["mistaken"] * assumed.least_mistaken + ["contested"] * assumed.least_contested + ["valid"] * assumed.least_bad
    queue = sorted(range(len(rated)), key=lambda position: rated[position].order)
    return dict(zip(queue, states, strict=False))


def _standing(floor: Floor, status: str, rated: datetime) -> dict[str, str]:
    """The ruling on a bad rating, within a working day, and not after the export."""
    if status not in ("mistaken", "contested"):
        return {}
    decided = min(floor.in_opening(floor.calendar.add_working_days(rated.date(), 1), 0.5), floor.exported - timedelta(minutes=1))
    reason = "回访核实：群众误按" if status == "mistaken" else "窗口申诉，待核实"
    return {"status": status, "status_from": written(max(decided, rated)), "status_reason": reason}
