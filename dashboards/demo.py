"""The demonstration month: the Potou hall of November 2022, simulated day by day, written as files, taken in like real ones, and scored.

The same seed gives the same files, so doing it again finds every row there already and changes nothing. Everything it makes is marked as
demonstration; no score says anything about a real window.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dashboards.shipped import find_scenario

if TYPE_CHECKING:
    from simulation.scenario import Scenario
    from simulation.tickets import Tickets
    from supervision.db.store import Store

SCENARIO = "potou-2022"
MONTH = "2022-11"
SCHEME = "k12"
PERSON = "demonstration"
SEED = 1


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done: the key of its sentence, and what the sentence names."""

    key: str
    facts: dict[str, Any]


def build(store: Store, folder: Path, advance: Callable[[int, int | None, float | None], None]) -> Iterator[Step]:
    """Make the demonstration month, one step after another.

    Parameters
    ----------
    folder : where the files are written
    advance : told after each simulated day: (done, in all, None)
    """
    from simulation.scenario import load_scenario
    from supervision.intake import import_file
    from supervision.intake.demonstration import write_demonstration

    scenario = load_scenario(find_scenario(SCENARIO))
    days = list(simulate_month(scenario, MONTH, advance))
    yield Step("cli_demo_simulated", {"days": len(days), "tickets": f"{sum(len(log) for _, log in days):,}", "scenario": scenario.name})
    written = write_demonstration(folder, scenario, days, seed=SEED)
    yield Step("cli_demo_written", {"rows": f"{sum(written.rows.values()):,}", "folder": folder})
    for kind, path in written.files.items():
        report = import_file(store, kind, path, written.hall, written.mappings[kind], person=PERSON)
        counts = {name: f"{getattr(report, name):,}" for name in ("read", "accepted", "rejected", "duplicate")}
        yield Step("cli_demo_imported", {"file": report.file, **counts})
    yield from score_month(store, written.hall)


def simulate_month(
    scenario: Scenario, month: str, advance: Callable[[int, int | None, float | None], None]
) -> Iterator[tuple[date, Tickets]]:
    """The working days of a month with their ticket logs; who is sent home comes again on a later day."""
    from simulation.calendar import seed_calendar
    from simulation.demand import draw_demand
    from simulation.serve import serve

    year, number = map(int, month.split("-"))
    days = seed_calendar().working_days_of_month(year, number)
    carried = None
    for done, day in enumerate(days):
        log, carried = serve(scenario, draw_demand(scenario, SEED, 0, done), carried)
        advance(done + 1, len(days), None)
        yield day, log


def score_month(store: Store, hall: str) -> Iterator[Step]:
    """The month's sheets; nothing is written where nothing has changed."""
    from supervision.evidence import UNASSIGNED
    from supervision.monthly import assess

    sheets = assess(store, hall, MONTH, SCHEME, person=PERSON)
    windows = [sheet for sheet in sheets if sheet.window_id != UNASSIGNED]
    scored = sum(sheet.total is not None for sheet in windows)
    yield Step("cli_demo_assessed", {"month": MONTH, "scheme": SCHEME, "windows": len(windows), "scored": scored})
