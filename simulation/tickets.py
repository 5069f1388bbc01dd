"""The ticket log: one row a ticket, its columns and outcomes, in and out of CSV and Parquet.

A real hall's queue machine exports such a table, the simulation produces it, calibration reads it, supervision keeps it. Times are
wall-clock minutes since the first opening of the day (negative before it). Loads neither numba nor simpy.

Assumes one scenario a table: services and windows are indices into it, and become ids when written. Not the event log of a case.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation.faults import BadInput, add_catalogue, fault

if TYPE_CHECKING:
    import pandas as pd

    from simulation.scenario import Scenario

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Ints = NDArray[np.int32]
Bytes = NDArray[np.int8]

add_catalogue(Path(__file__).with_name("ticket_faults.toml"))

OUTCOMES = ("served", "reneged", "balked", "turned_away", "sent_home", "no_show", "diverted", "interrupted", "unfinished")
"""what became of a ticket; stored as the index into this tuple"""
SERVED, RENEGED, BALKED, TURNED_AWAY, SENT_HOME, NO_SHOW, DIVERTED, INTERRUPTED, UNFINISHED = range(9)
NEVER_QUEUED = (BALKED, TURNED_AWAY, NO_SHOW, DIVERTED)
"""outcomes of those who never stood in the queue: they have no wait"""
NO_LOGS = (".xlsx", ".xls", ".xlsm", ".ods", ".json")
"""endings of files that are neither CSV nor Parquet"""


@dataclass(frozen=True, slots=True)
class Tickets:
    """A ticket log: (n,) arrays, in order of arrival."""

    citizen: Longs
    """stable number of the citizen within the replication"""
    visit: Ints
    """1 for a first visit, 2 for the visit after being sent home once, ..."""
    task: Ints
    """number of the task within the visit, from 0"""
    stage: Ints
    """stage of the service that the ticket is for, from 0"""
    parent_ticket: Longs
    """row of the ticket this one follows in the same visit, -1 for none"""
    service: Ints
    """index of the service"""
    window: Ints
    """index of the window that called, -1 if none did"""
    klass: Ints
    """index of the citizen's class, 0 for the public"""
    persons: Ints
    """people who wait with the ticket, its holder included"""
    arrival: Floats
    """minutes; when the ticket was taken"""
    doors: Floats
    """minutes, >= arrival; from when on the doors were open to it"""
    called: Floats
    """minutes; nan if never called"""
    ended: Floats
    """minutes; end of service, or when the citizen left"""
    outcome: Bytes
    """index into OUTCOMES"""
    booked: Floats | None = None
    """(n,) minutes; the booked time of who has an appointment, nan for who walks in; None: nobody is known to have one"""
    wrap_up: Floats | None = None
    """(n,) minutes that the window was busy after the ticket; None: they follow from the scenario, where they are always the same"""
    opened: Floats | None = None
    """(k, 3), no column of the log: index of a window and minutes from and to, when each tidal window was open; None: not known"""

    def __len__(self) -> int:
        return len(self.citizen)

    @property
    def wait(self) -> Floats:
        """(n,) minutes from arrival until called or gone; nan for those who never queued."""
        until = np.where(np.isnan(self.called), self.ended, self.called)
        return np.where(np.isin(self.outcome, NEVER_QUEUED), np.nan, until - self.arrival)

    @property
    def first_part(self) -> Longs:
        """(n,) row of the ticket with which the task was begun: its own, unless it is the rest of an interrupted service."""
        row = np.arange(len(self), dtype=np.int64)
        follows = self.parent_ticket >= 0
        is_rest = np.zeros(len(self), np.bool_)
        is_rest[follows] = self.outcome[self.parent_ticket[follows]] == INTERRUPTED
        first = np.where(is_rest, self.parent_ticket, row)
        while is_rest[first].any():
            first = first[first]
        return first


COLUMNS = tuple(f for f in fields(Tickets) if f.name not in ("booked", "wrap_up", "opened"))
"""the columns that every log has; `booked` and `wrap_up` may be left out"""


def to_frame(scenario: Scenario, tickets: Tickets) -> pd.DataFrame:
    """The log as a frame with ids for services and windows, names for outcomes, and the wait."""
    import pandas as pd

    service = np.array([s.id for s in scenario.services], dtype=object)
    window = np.array([w.id for w in scenario.windows] + [""], dtype=object)
    frame = pd.DataFrame({f.name: getattr(tickets, f.name) for f in COLUMNS})
    frame["service"] = service[tickets.service]
    frame["window"] = window[tickets.window]
    frame["outcome"] = np.array(OUTCOMES, dtype=object)[tickets.outcome]
    frame.insert(list(frame.columns).index("ended") + 1, "wait", tickets.wait)
    if tickets.booked is not None:
        frame["booked"] = tickets.booked
    if tickets.wrap_up is not None:
        frame["wrap_up"] = tickets.wrap_up
    return frame.rename(columns={"klass": "class"})


def check_log_name(path: str | Path) -> None:
    """Refuses a name under which nobody would look for a table in CSV or Parquet. Raises BadInput."""
    if str(path) == "-" or Path(path).suffix.lower() in NO_LOGS:
        raise BadInput([fault("tickets_name", str(path))])


def write_tickets(path: str | Path, scenario: Scenario, tickets: Tickets) -> None:
    """Writes the log as CSV, or as Parquet when the name ends in .parquet; every time is written to its last bit."""
    check_log_name(path)
    frame = to_frame(scenario, tickets)
    if Path(path).suffix == ".parquet":
        frame.to_parquet(path, index=False)
    else:
        frame.to_csv(path, index=False, encoding="utf-8-sig" if any(not s.id.isascii() for s in scenario.services) else "utf-8")


def read_tickets(path: str | Path, scenario: Scenario) -> Tickets:
    """Reads a log that `write_tickets` wrote; one without the column `persons` is of people who come alone, without `booked` of people
    of whom no appointment is known, without `wrap_up` of windows that need the scenario's minutes after each.

    Raises
    ------
    simulation.faults.BadInput
        if a column is missing, or a service, window or outcome is not known to the scenario.
    """
    import pandas as pd

    if Path(path).suffix == ".parquet":
        frame = pd.read_parquet(path)
    else:
        text = {"service": str, "window": str, "outcome": str}
        empty = {"called": [""], "ended": [""], "wait": [""], "booked": [""]}
        frame = pd.read_csv(path, encoding="utf-8-sig", dtype=text, keep_default_na=False, na_values=empty)
    if "persons" not in frame:
        frame["persons"] = 1
    names = {f.name: "class" if f.name == "klass" else f.name for f in COLUMNS}
    faults = [fault("tickets_column_missing", str(path), name) for name in names.values() if name not in frame]
    codes = {
        "service": {s.id: i for i, s in enumerate(scenario.services)},
        "window": {w.id: i for i, w in enumerate(scenario.windows)} | {"": -1},
        "outcome": {name: i for i, name in enumerate(OUTCOMES)},
    }
    for column, known in codes.items():
        if column in frame:
            unknown = sorted(set(frame[column]) - set(known))
            faults += [fault("tickets_unknown", f"{path}: column {column}", value) for value in unknown]
            frame[column] = frame[column].map(known)
    if faults:
        raise BadInput(faults)
    types = {f.name: _TYPES[str(f.type)] for f in COLUMNS}
    more = {name: frame[name].to_numpy(dtype=np.float64) for name in ("booked", "wrap_up") if name in frame}
    return Tickets(**{name: frame[column].to_numpy(dtype=types[name]) for name, column in names.items()}, **more)


_TYPES = {"Longs": np.int64, "Ints": np.int32, "Floats": np.float64, "Bytes": np.int8}
