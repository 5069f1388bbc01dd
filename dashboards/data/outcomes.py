"""What months come to: periods with their titles, rating figures, how limits of orders were kept, call-ins, reports; and filing a period.

Readings are kept under the journal's head, save how limits were kept, which changes with the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dashboards.data.kept import Kept
from dashboards.data.record import store
from simulation.faults import BadInput as BadInput
from supervision import monthly, reports, results
from supervision.authenticity.desk import RatingFigures as RatingFigures
from supervision.authenticity.desk import read_figures
from supervision.month import parse_month
from supervision.orders import desk as orders
from supervision.orders.call_in import Standing as Standing
from supervision.orders.clock import Kept as LimitKept
from supervision.orders.clock import rule_sets
from supervision.orders.workflow import workflows
from supervision.periods import REASONS as KEPT_OUT
from supervision.periods import Awarded as Awarded
from supervision.periods import parse_period
from supervision.ratings import Rate as Rate
from supervision.results import PeriodView as PeriodView
from supervision.scheme.parts import Title as Title

CALL_IN_MONTHS, CALL_IN_LEAST = 2, 30
"""Months in a row at the bottom (W16), and ratings a month to be ranked at all (assumption)."""
ENDINGS = (".xlsx", ".docx", ".pdf")
WHY = KEPT_OUT
_kept: Kept[Any] = Kept(16)


def periods(assessed: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """(period, scheme) that hold an assessed month: quarters, half-years and years, the newest and shortest first."""
    found = set()
    for month, scheme in assessed:
        wanted = parse_month(month)
        quarter, half = (wanted.number - 1) // 3 + 1, (wanted.number - 1) // 6 + 1
        found |= {(f"{wanted.year}-Q{quarter}", scheme), (f"{wanted.year}-H{half}", scheme), (str(wanted.year), scheme)}

    def order(each: tuple[str, str]) -> tuple[str, int, str]:
        last = parse_period(each[0]).months[-1]
        return str(last), -len(parse_period(each[0]).months), each[1]

    return sorted(found, key=order, reverse=True)


def period(hall: str, name: str, scheme: str) -> PeriodView:
    """A quarter, half-year or year from its filed sheets."""
    opened = store()
    return _kept.get_or_make(  # type: ignore[no-any-return]
        (str(opened.url), opened.head().head, hall, name, scheme, "period"), lambda: results.read_period(opened, hall, name, scheme)
    )


def file_period(hall: str, name: str, scheme: str, person: str) -> int:
    """File a period; its revision."""
    return results.file_period(store(), hall, name, scheme, person=person)


def figures(hall: str, month: str, scheme: str) -> tuple[RatingFigures, ...]:
    """Raw, valid and adjusted rates with coverage, the hall first."""
    opened = store()
    levels = monthly.scheme_of(opened, hall, scheme, month=parse_month(month)).good_levels()
    return _kept.get_or_make(  # type: ignore[no-any-return]
        (str(opened.url), opened.head().head, hall, month, levels, "figures"), lambda: read_figures(opened, hall, month, levels)
    )


def kept_limits(hall: str, month: str) -> dict[str, dict[str, tuple[LimitKept, ...]]]:
    """Workflow -> window (``""``: the hall) -> how often each limit was kept by orders about the month's records."""
    found = {id: orders.count_kept(store(), hall, month, id) for id in workflows()}
    return {id: rows for id, rows in found.items() if rows.get("")}


def name_of_limit(id: str, workflow: str) -> Mapping[str, str] | None:
    """The name of a limit by language; None for a day that somebody promised."""
    return next((limit.name for each in rule_sets() for limit in each.limits.get(workflow, ()) if limit.id == id), None)


def call_ins(hall: str, month: str, scheme: str) -> tuple[Standing, ...]:
    """Windows at the bottom of the rating ranking in the month and the one before."""
    opened = store()
    levels = monthly.scheme_of(opened, hall, scheme, month=parse_month(month)).good_levels()
    return _kept.get_or_make(  # type: ignore[no-any-return]
        (str(opened.url), opened.head().head, hall, month, levels, "call_ins"),
        lambda: orders.find_call_ins(opened, hall, month, levels, months=CALL_IN_MONTHS, least=CALL_IN_LEAST),
    )


def report(hall: str, kind: str, period: str, ending: str, scheme: str, window: str | None, language: str) -> bytes:
    """A report as the bytes of a file."""
    return reports.write(store(), hall, kind, period, ending, scheme, window=window, language=language)
