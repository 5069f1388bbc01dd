"""A simulated month as input files, marked as demonstration: halls, tickets, cases, ratings and checks.

The files have our own column names and go through the same intake as real ones; every row carries ``origin =
demonstration``, and the shipped mappings ``demonstration-KIND`` mark the import as such. Tickets are the
simulation's; what the simulation does not know (limits, ends of promised cases, ratings, checks) is made up by
`Assumptions`, from streams named "demonstration", so one seed gives the same bytes.

Not evidence of anything: no score from these files says anything about a real window.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from simulation.tickets import Tickets

from .assumptions import Assumptions, assumptions_of
from .cases import case_rows
from .checks import check_rows
from .floor import HEADERS, Floor, Row, hall_rows, ticket_rows
from .ratings import rating_rows

if TYPE_CHECKING:
    from simulation.scenario import Scenario

__all__ = ["KINDS", "Assumptions", "Demonstration", "assumptions_of", "write_demonstration"]

KINDS = ("halls", "cases", "tickets", "ratings", "checks")
"""In the order in which they are imported."""


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What was written."""

    hall: str
    files: Mapping[str, Path]
    """By kind, in the order of import."""
    mappings: Mapping[str, str]
    """The shipped mapping of each kind."""
    rows: Mapping[str, int]
    """Rows of each file."""
    assumptions: Assumptions = field(default_factory=Assumptions)


def write_demonstration(
    folder: Path,
    scenario: Scenario,
    days: Sequence[tuple[date, Tickets]],
    *,
    seed: int,
    hall: str | None = None,
    assumptions: Assumptions | None = None,
) -> Demonstration:
    """Write the files of a simulated stretch of days.

    Parameters
    ----------
    folder : made if it is not there; files of the same names are replaced
    days : (local date, its ticket log), in order of time; dates the calendar knows
    hall : id of the hall; default: the scenario's name
    assumptions : default: those of the scenario's file in ``demo/`` beside it, if there is one

    Raises ValueError for no days, or days that are not in order.
    """
    if not days or any(later[0] <= earlier[0] for earlier, later in itertools.pairwise(days)):
        raise ValueError("a demonstration needs days in order of time, each once")
    floor = Floor(scenario, tuple(days), seed, hall or scenario.name, assumptions or assumptions_of(scenario))
    cases = case_rows(floor)
    made = {
        "halls": hall_rows(floor),
        "cases": cases.rows,
        "tickets": ticket_rows(floor, cases.of_ticket),
        "ratings": rating_rows(floor, cases.of_ticket),
        "checks": check_rows(floor),
    }
    folder.mkdir(parents=True, exist_ok=True)
    files = {kind: _write(folder / f"{kind}.csv", kind, made[kind]) for kind in KINDS}
    return Demonstration(
        floor.hall, files, {kind: f"demonstration-{kind}" for kind in KINDS}, {kind: len(made[kind]) for kind in KINDS}, floor.assumptions
    )


def _write(path: Path, kind: str, rows: Sequence[Row]) -> Path:
    """UTF-8 with BOM, so that a spreadsheet shows the Chinese; one line end on every system."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, [*HEADERS[kind], "origin"], lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, "origin": "demonstration"} for row in rows)
    return path
