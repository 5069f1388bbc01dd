"""The use cases of results: a month's standing, a period's results and titles, trends; filing a period.

A period is made from the latest sheets that are filed; it says which of its months are not locked. Filing asks for locked months, and a
period that comes out otherwise is filed as the next revision beside the last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from . import monthly
from .canonical import canonical_json, digest_text
from .db import months, results
from .db.journal_rows import head
from .db.links import WindowName
from .db.records import hall_row
from .db.sheets import read_filed
from .db.subjects import BY_PERSON, read_subjects
from .faults import BadInput, fault
from .month import Month, month_of
from .periods import Awarded, Period, Result, award, mean_of, parse_period, roll_up
from .scheme import Scheme
from .sheet import Sheet
from .standing import FunnelPoint, Place, funnel, stand

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from .db.store import Store


@dataclass(frozen=True, slots=True)
class Standing:
    """A month's windows against one another."""

    month: str
    scheme: Scheme
    places: tuple[Place, ...]
    bad_ratings: tuple[FunnelPoint, ...]
    """Of the ratings that the satisfaction line rests on, those charged."""
    overdue: tuple[FunnelPoint, ...]
    subjects: tuple[WindowName, ...]
    """Who is assessed, by name."""


@dataclass(frozen=True, slots=True)
class PeriodView:
    """A period of a hall."""

    hall_id: str
    period: Period
    scheme: Scheme
    results: tuple[Result, ...]
    titles: tuple[Awarded, ...]
    departments: Mapping[str, Decimal | None]
    hall: Decimal | None
    """The mean of all windows."""
    unlocked: tuple[str, ...]
    """Months that are not locked: the period may still change."""
    missing: tuple[str, ...]
    """Those of them that were never scored: there is no record to lock."""
    subjects: tuple[WindowName, ...] = ()
    """Who is assessed, by name."""
    windows: Mapping[str, Decimal | None] = field(default_factory=dict)
    """Where persons are assessed: the mean of the persons of each window (K7: a window is the mean of its staff)."""


def read_standing(store: Store, hall: str, month: str | Month, scheme: str = monthly.DEFAULT_SCHEME) -> Standing:
    """Who stands where in a month, and how sure that is. Raises BadInput if the month was not assessed."""
    wanted = month_of(month)
    with store.read() as session:
        sheets = _sheets(session, hall, str(wanted), scheme)
        if not sheets:
            raise BadInput([fault("sheet_unknown", f'hall "{hall}"', f"{wanted} {scheme}")])
    chosen = monthly.scheme_of(store, hall, scheme, sheets[0].scheme_version)
    subjects = monthly.list_subjects(store, hall, wanted, chosen)
    places = stand(sheets, {each.window_id: each.kind for each in subjects}, chosen.apart, chosen.highest, chosen.conversion)
    return Standing(str(wanted), chosen, places, funnel(_rates(sheets, "ratings")), funnel(_rates(sheets, "cases_with_limit")), subjects)


def read_period(store: Store, hall: str, period: str, scheme: str = monthly.DEFAULT_SCHEME) -> PeriodView:
    """A quarter, half-year or year of a hall from its filed sheets. Raises BadInput if none of its months was assessed."""
    with store.read() as session:
        if hall_row(session, hall) is None:
            raise BadInput([fault("hall_unknown", "hall", hall)])
        return _view(store, session, hall, parse_period(period), scheme)


def file_period(store: Store, hall: str, period: str, scheme: str = monthly.DEFAULT_SCHEME, *, person: str) -> int:
    """File a period's results and titles; its revision. The same results again write nothing.

    Raises BadInput while one of its months is not locked.
    """
    wanted = parse_period(period)
    with store.read() as session:
        body = _body(_view(store, session, hall, wanted, scheme))
        last = results.read_last(session, hall, wanted.name, scheme)
        if last is not None and last.body == body:
            return last.revision
    with store.act(person, "file period", hall) as work:
        view = _view(store, work.session, hall, wanted, scheme)
        if view.unlocked:
            place, scored = f'hall "{hall}"', [month for month in view.unlocked if month not in view.missing]
            faults = [fault("period_unlocked", place, wanted.name, months=", ".join(scored))] if scored else []
            faults += [fault("period_missing", place, wanted.name, months=", ".join(view.missing))] if view.missing else []
            raise BadInput(faults)
        body = _body(view)
        last = results.read_last(work.session, hall, wanted.name, scheme)
        revision = 1 if last is None else last.revision + 1
        results.append(work, wanted.name, scheme, revision, body)
        work.detail(period=wanted.name, scheme=scheme, revision=revision, digest=digest_text(body))
    return revision


def plain(view: PeriodView, parts: bool = True) -> dict[str, object]:
    """A period for JSON, and without its ``parts`` the text its digest is of: points as decimal text."""
    return {
        "period": view.period.name,
        "scheme": {"id": view.scheme.id, "version": view.scheme.version, "digest": view.scheme.digest},
        "windows": [
            {
                "window": each.window_id, "mean": _text(each.mean), "counted": each.counted, "award": each.award,
                "lowest_band": each.lowest_band, "trend": _text(each.trend), "cases": each.cases, "rated": each.rated, "good": each.good,
                "charged": _text(each.charged), "months": [[month, _text(total)] for month, total in each.months],
                **({"parts": [[part.id, _text(part.mean), part.counted] for part in each.parts]} if parts else {}),
            }
            for each in view.results
        ],
        "titles": [
            {
                "title": each.title, "winners": [[row.window_id, row.place, _text(row.mean)] for row in each.winners],
                "kept_out": [list(row) for row in each.kept_out],
            }
            for each in view.titles
        ],
        "departments": {name: _text(mean) for name, mean in view.departments.items()},
        "hall": _text(view.hall),
        **({"means_of_windows": {name: _text(mean) for name, mean in view.windows.items()}} if parts and view.windows else {}),
    }  # fmt: skip


def _view(store: Store, session: Session, hall: str, period: Period, scheme: str) -> PeriodView:
    sheets = {str(month): _sheets(session, hall, str(month), scheme) for month in period.months}
    found = [sheet for of_month in sheets.values() for sheet in of_month]
    if not found:
        raise BadInput([fault("sheet_unknown", f'hall "{hall}"', f"{period.name} {scheme}")])
    chosen = monthly.scheme_of(store, hall, scheme, found[-1].scheme_version)
    subjects, belongs = _subjects(session, hall, chosen, period)
    made = roll_up(chosen, period, sheets)
    unlocked = tuple(
        month
        for month in sheets
        if not any(each.step == "locked" for each in months.read_steps(session, hall, month, scheme).get(scheme, ()))
    )
    return PeriodView(
        hall, period, chosen, made, award(chosen, period, made, {each.window_id: each.kind for each in subjects}),
        mean_of(chosen, made, {each.window_id: each.department for each in subjects}), mean_of(chosen, made, {}).get(""), unlocked,
        tuple(month for month in unlocked if not sheets[month]), subjects,
        mean_of(chosen, made, belongs) if chosen.subject in BY_PERSON else {},
    )  # fmt: skip


def _subjects(session: Session, hall: str, scheme: Scheme, period: Period) -> tuple[tuple[WindowName, ...], dict[str, str]]:
    """Who was assessed in any month of a period, named as in the last, and the window each belonged to then."""
    named: dict[str, WindowName] = {}
    belongs: dict[str, str] = {}
    for month in period.months:
        found = read_subjects(session, hall, month, head(session).count, scheme.subject)
        named |= {each.window_id: each for each in found.names}
        belongs |= {id: windows[0] for id, windows in found.windows.items() if windows}
    return tuple(named[id] for id in sorted(named)), belongs


def _sheets(session: Session, hall: str, month: str, scheme: str) -> list[Sheet]:
    return [each.sheet for each in read_filed(session, hall, month, scheme)]


def _rates(sheets: list[Sheet], population: str) -> dict[str, tuple[int, int]]:
    """Window -> (events charged, of how many), from the line that rests on a population."""
    found: dict[str, tuple[int, int]] = {}
    for sheet in sheets:
        for line in sheet.lines:
            if line.population.startswith(f"{population}/") and line.denominator:
                kind = "rating" if population == "ratings" else "case"
                events = {each.id for each in line.evidence if each.role == "moved" and each.id.startswith(f"{kind}:")}
                known = found.get(sheet.window_id, (0, 0))
                found[sheet.window_id] = (max(known[0], min(len(events), line.denominator)), max(known[1], line.denominator))
    return found


def _body(view: PeriodView) -> str:
    return canonical_json(plain(view, parts=False))


def _text(number: Decimal | None) -> str | None:
    return None if number is None else format(number, "f")
