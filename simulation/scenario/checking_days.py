"""How days differ, against what the scenario knows of days: dates for what names them, and a calendar for the dates."""

from __future__ import annotations

from collections.abc import Iterator

from simulation.dates import FIRST_DATED_YEAR, LAST_DATED_YEAR
from simulation.scenario.findings import Findings, Path
from simulation.scenario.tables import SeasonTable, Tables

FACTORS = ("weekday", "month", "around_holidays")


def check_days(tables: Tables, findings: Findings) -> None:
    if tables.top is None or findings.touches(("demand",)):
        return
    starts = tables.top.demand.starts
    if starts is None:
        for path in _naming_days(tables):
            findings.add("starts_missing", path)
    elif tables.top.horizon:
        findings.add("starts_in_horizon", ("demand", "starts"), starts)
    elif not FIRST_DATED_YEAR <= starts.year <= LAST_DATED_YEAR:
        findings.add("starts_outside", ("demand", "starts"), starts, first=FIRST_DATED_YEAR, last=LAST_DATED_YEAR)


def _naming_days(tables: Tables) -> Iterator[Path]:
    """Where something is said of some days only."""
    assert tables.top is not None
    yield from (("demand", key) for key in _given(tables.top.demand))
    for n, opening in enumerate(tables.openings):
        if opening and opening.weekdays:
            yield ("opening", n, "weekdays")
    for n, service in enumerate(tables.services):
        if service and service.season:
            yield from (("services", n, "season", key) for key in _given(service.season))
    for n, group in enumerate(tables.windows):
        yield from (("windows", n, "shifts", k, "weekdays") for k, shift in enumerate((group and group.shifts) or []) if shift.weekdays)


def _given(season: SeasonTable) -> list[str]:
    return [key for key in FACTORS if getattr(season, key) is not None]
