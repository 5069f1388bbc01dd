"""How days differ, against what the scenario knows of days: dates for what names them, and a calendar for the dates."""

from __future__ import annotations

from collections.abc import Iterator

from simulation.dates import FIRST_DATED_YEAR, LAST_DATED_YEAR
from simulation.scenario.findings import Findings, Path
from simulation.scenario.tables import LayoutTable, SeasonTable, StationTable, Tables, WindowTable

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
    rostered: list[tuple[Path, WindowTable | StationTable | LayoutTable]]
    yield from (("demand", key) for key in _given(tables.top.demand))
    for n, opening in enumerate(tables.openings):
        if opening and opening.weekdays:
            yield ("opening", n, "weekdays")
    for n, service in enumerate(tables.services):
        if service and service.season:
            yield from (("services", n, "season", key) for key in _given(service.season))
    rostered = [(("windows", n), group) for n, group in enumerate(tables.windows) if group]
    rostered += [(("stations", n), station) for n, station in enumerate(tables.stations) if station]
    rostered += [(("layout",), tables.top.layout)] if tables.top.layout else []
    for path, table in rostered:
        yield from ((*path, "shifts", k, "weekdays") for k, shift in enumerate(table.shifts or []) if shift.weekdays)


def _given(season: SeasonTable) -> list[str]:
    return [key for key in FACTORS if getattr(season, key) is not None]
