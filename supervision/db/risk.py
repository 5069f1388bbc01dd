"""How much a window was found at fault in a month: the weight it has in a draw. Everybody can be drawn, so nobody weighs nothing."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..inspection import NOTHING_FOUND
from ..month import Month
from .facts import count_ratings
from .links import read_owners, read_windows
from .report_facts import charged, read_reported
from .schema import Finding


def weights_of(session: Session, hall_id: str, month: Month, as_of: int) -> dict[str, int]:
    """Window -> 1 + findings + upheld complaints and lapses + bad ratings of the month (assumption: each counts alike)."""
    weights = {each.window_id: 1 for each in read_windows(session, hall_id, as_of)}
    found = count_findings(session, hall_id, month, as_of)
    for report in charged(read_reported(session, hall_id, month, as_of, read_owners(session, hall_id, as_of))):
        found[report.window_id] += 1
    for fact in count_ratings(session, hall_id, month, as_of):
        if fact.status in ("valid", "contested") and fact.code in ("1", "2"):
            found[fact.window_id] += fact.count
    return {window: weight + found[window] for window, weight in weights.items()}


def count_findings(session: Session, hall_id: str, month: Month, as_of: int) -> Counter[str]:
    """Window -> findings of checks observed in the month, whatever became of them."""
    owners = read_owners(session, hall_id, as_of)
    query = select(Finding.window_id, Finding.seat_id, Finding.observed_on).where(
        Finding.hall_id == hall_id, Finding.sequence <= as_of, Finding.code != NOTHING_FOUND,
        Finding.observed_on.between(month.first_day, month.last_day),
    )  # fmt: skip
    return Counter(owners.window(named, on, None, seat) for named, seat, on in session.execute(query))
