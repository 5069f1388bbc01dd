"""A hall, its services and the demand: read from TOML, checked, and turned into minutes.

This is the one place where units are converted and input is refused. Outside, a scenario is a TOML document with the unit in each key's
name; inside, it is the frozen `Scenario`. Not for results, and not for anything random.

reading   the file: bytes, encoding, TOML, line numbers
tables    what the keys of each table may hold (pydantic, at the border)
checking  a document -> its tables or its faults: what no single table can know (windows: checking_windows; laws: law_tables)
findings  the faults while they are gathered
hours     clock times as minutes
expanding classes, stations, bundles, layouts -> the plain lines and windows that the engines know
building  tables -> parts: clock times to minutes, hours to rates, groups of windows to seats
basis     where each figure comes from
writing   the document as TOML again, its canonical form and digest
"""

from __future__ import annotations

from simulation.scenario.building import parse
from simulation.scenario.parts import (
    AtEnd,
    Booking,
    Class,
    Costs,
    Department,
    Horizon,
    Name,
    Opening,
    Rules,
    Scenario,
    Service,
    Slot,
    Window,
)
from simulation.scenario.reading import load_scenario

__all__ = [
    "AtEnd",
    "Booking",
    "Class",
    "Costs",
    "Department",
    "Horizon",
    "Name",
    "Opening",
    "Rules",
    "Scenario",
    "Service",
    "Slot",
    "Window",
    "load_scenario",
    "parse",
]
