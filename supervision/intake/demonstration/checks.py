"""Checks (明察暗访) of a demonstration: every department window is looked at some times, most of them without a finding."""

from __future__ import annotations

from datetime import datetime, timedelta

from ...inspection import NOTHING_FOUND, checklist
from .assumptions import FINDINGS
from .floor import Floor, Row, written

PURPOSES = ("day", "time", "seat", "found", "code", "source", "dispute", "length", "person")


def check_rows(floor: Floor) -> list[Row]:
    """The checks, in order of time; a check without a finding has the code for nothing found."""
    assumed = floor.assumptions
    unknown = set(FINDINGS) - set(checklist())
    if unknown:
        raise ValueError(f"the checklist has no code {', '.join(sorted(unknown))}")
    plan = [(department, seats) for department, _, _, seats in floor.departments() for _ in range(assumed.checks_per_window)]
    draws = {name: floor.draws(f"check {name}", len(plan)).tolist() for name in PURPOSES}
    order = sorted(range(len(plan)), key=lambda number: draws["found"][number])
    found = order[: max(sum(draw < assumed.finding_share for draw in draws["found"]), assumed.least_findings)]
    status = _statuses(floor, found, draws["dispute"])
    rows: list[tuple[datetime, Row]] = []
    for number, (department, seats) in enumerate(plan):
        own = {name: values[number] for name, values in draws.items()}
        day = int(own["day"] * len(floor.days))
        moment = floor.in_opening(floor.days[day][0], own["time"]).replace(second=0)
        third = own["source"] < assumed.third_party_share
        row = {
            "observed": written(moment),
            "window": department,
            "people_waiting": str(floor.waiting(day, moment)),
            "source": "third_party" if third else "in_house",
            "code": NOTHING_FOUND,
        }
        if number in found:
            seat = seats[int(own["seat"] * len(seats))] if seats else ""
            row |= {
                "code": FINDINGS[int(own["code"] * len(FINDINGS))],
                "seat": seat,
                "person": floor.clerk(seat) if seat and own["person"] < 0.7 else "",
                "observed_minutes": str(3 + int(own["length"] * 18)),
                "note": "演示数据：照片存档",
            }
            if number in status:
                decided = floor.in_opening(floor.calendar.add_working_days(moment.date(), 2), own["length"])
                decided = max(min(decided, floor.exported - timedelta(minutes=1)), moment)
                reason = "窗口称当事人正在后台办件" if status[number] == "disputed" else "经复核，当事人系公务外出"
                row |= {"status": status[number], "status_from": written(decided), "status_reason": reason}
        rows.append((moment, row))
    rows.sort(key=lambda each: (each[0], each[1]["window"]))
    return [{"finding_number": f"DF{moment:%Y%m%d}-{number:04d}", **row} for number, (moment, row) in enumerate(rows, start=1)]


def _statuses(floor: Floor, found: list[int], draws: list[float]) -> dict[int, str]:
    """Which findings are disputed and which were withdrawn: the first in the order of their draws, at least one of each."""
    assumed = floor.assumptions
    queue = sorted(found, key=lambda number: draws[number])
    disputed = max(1, round(assumed.disputed_share * len(found)))
    withdrawn = max(1, round(assumed.withdrawn_share * len(found)))
    return dict(zip(queue, ["disputed"] * disputed + ["withdrawn"] * withdrawn, strict=False))
