"""Signals and rating figures of a month from the record: reading only. No sheet and no order comes of it by itself."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..db.dues import zone_of_hall
from ..db.facts import count_ratings
from ..db.journal_rows import head
from ..db.links import read_owners, read_windows
from ..db.report_facts import charged, read_reported
from ..db.risk import count_findings
from ..db.schema import microseconds
from ..db.voice_rows import RatingRow, count_ended, read_ratings
from ..evidence import UNASSIGNED
from ..month import Month, month_of
from ..ratings import GoodRates, Rate, good_rates, rate
from .signals import UNKNOWN, Signal, WindowMonth, detect

if TYPE_CHECKING:
    from ..db.store import Store

__all__ = ["RatingFigures", "read_figures", "read_signals"]


@dataclass(frozen=True, slots=True)
class RatingFigures:
    """The ratings of one window, or of the hall (``""``), in one month."""

    window_id: str
    rates: GoodRates
    coverage: Rate
    """Cases with a rating somebody gave, of the cases that ended."""
    channels: Mapping[str, int]
    named: int
    """Ratings given under the citizen's name."""


def read_figures(store: Store, hall: str, month: str | Month, good_levels: frozenset[str]) -> tuple[RatingFigures, ...]:
    """Rates, coverage and channels of every window, the hall first."""
    wanted = month_of(month)
    with store.read() as session:
        as_of = head(session).count
        rows = read_ratings(session, hall, wanted, as_of)
        ended = count_ended(session, hall, wanted, as_of)
        facts = count_ratings(session, hall, wanted, as_of)
        names = [each.window_id for each in read_windows(session, hall, as_of)]
    figures = []
    for window in ["", *names, UNASSIGNED]:
        own = [row for row in rows if window in ("", row.window_id)]
        many = sum(ended.values()) if window == "" else ended[window]
        rated = min(len({row.case_number for row in own if row.case_number}), many)
        found = good_rates((fact for fact in facts if window in ("", fact.window_id)), good_levels)
        channels = Counter(row.channel or "-" for row in own)
        figures.append(RatingFigures(window, found, rate(rated, many), dict(sorted(channels.items())), sum(row.is_named for row in own)))
    return tuple(each for each in figures if each.window_id != UNASSIGNED or each.rates.raw.n)


def read_signals(store: Store, hall: str, month: str | Month) -> tuple[Signal, ...]:
    """The authenticity signals of a month, by rule and window. Raises BadInput for an unknown hall."""
    wanted = month_of(month)
    with store.read() as session:
        zone_of_hall(session, hall)
        as_of = head(session).count
        ended = count_ended(session, hall, wanted, as_of)
        adverse = Counter(count_findings(session, hall, wanted, as_of))
        for report in charged(read_reported(session, hall, wanted, as_of, read_owners(session, hall, as_of))):
            adverse[report.window_id] += report.status == "confirmed"
        rows: dict[str, list[RatingRow]] = defaultdict(list)
        for row in read_ratings(session, hall, wanted, as_of):
            rows[row.window_id].append(row)
        names = [each.window_id for each in read_windows(session, hall, as_of)]
    return detect([_month(window, rows[window], ended[window], adverse[window]) for window in names])


def _month(window: str, rows: list[RatingRow], cases: int, adverse: int) -> WindowMonth:
    return WindowMonth(
        window,
        tuple(f"rating:{row.rating_number}" for row in rows),
        np.array([microseconds(row.rated_at) for row in rows], dtype=np.int64),
        np.array([UNKNOWN if row.ended_at is None else microseconds(row.ended_at) for row in rows], dtype=np.int64),
        tuple(row.seat_id for row in rows),
        tuple(row.rater_ref for row in rows),
        tuple(row.case_number for row in rows),
        np.array([row.level for row in rows], dtype=np.int64),
        cases,
        adverse,
    )
