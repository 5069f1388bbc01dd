"""The event log of a day: what happened to whom and when, one row an event, out of the ticket log.

A case is a visit. The names of the columns are those of the XES standard (IEEE 1849-2016), so that tools for process mining read all three
formats alike: `case:concept:name` (citizen-visit), `concept:name` (one of EVENTS), `time:timestamp` (with the scenario's time zone),
`lifecycle:transition` (what the event is for the service: scheduled, started, suspended, resumed, completed, withdrawn), `org:resource`
(the window, empty where none is at it), then `service`, `task`, `ticket`, `citizen`, `visit` and `minute` (since the first opening).

Assumes the tickets of one scenario on one date. Times are wall-clock: minute 0 is the first opening on that date, and minutes pass as they
do on a watch, also where the clock is changed that night. A scenario has no date of its own; see FIRST_DATE. Not for what a window does
between citizens: that is nobody's visit.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from simulation.tickets import (
    BALKED,
    DIVERTED,
    INTERRUPTED,
    NEVER_QUEUED,
    NO_SHOW,
    RENEGED,
    SENT_HOME,
    SERVED,
    TURNED_AWAY,
    UNFINISHED,
    Tickets,
)

if TYPE_CHECKING:
    import pandas as pd

    from simulation.scenario import Scenario

FIRST_DATE = date(2024, 1, 8)
"""of day 0 where nobody says another: a Monday, and an assumption"""

TRANSITIONS = {
    "arrived": "unknown",
    "ticket taken": "schedule",
    "called": "start",
    "interrupted": "suspend",
    "resumed": "resume",
    "ended": "complete",
    "left": "withdraw",
    "sent home": "withdraw",
    "balked": "withdraw",
    "turned away": "withdraw",
    "did not come": "withdraw",
    "diverted": "withdraw",
    "unfinished": "unknown",
}
"""event -> what it is in the standard transactional model of XES; in the order in which they can follow one another at one instant"""
EVENTS = tuple(TRANSITIONS)
_END = {
    SERVED: "ended",
    RENEGED: "left",
    BALKED: "balked",
    TURNED_AWAY: "turned away",
    SENT_HOME: "sent home",
    NO_SHOW: "did not come",
    DIVERTED: "diverted",
    INTERRUPTED: "interrupted",
    UNFINISHED: "unfinished",
}
"""outcome -> the last event of the ticket"""
CHUNK = 100_000
"""events that are made into text at a time"""


def events_of(scenario: Scenario, tickets: Tickets, on: date = FIRST_DATE) -> pd.DataFrame:
    """The event log as a frame, in order of time; at one instant by ticket, then in the order of EVENTS.

    Columns: see above; times are timestamps in the scenario's zone to the microsecond, ids and names are categories.
    """
    import pandas as pd

    rest = tickets.first_part != np.arange(len(tickets))
    came = tickets.parent_ticket < 0
    called = ~np.isnan(tickets.called)
    queued = ~np.isin(tickets.outcome, NEVER_QUEUED)
    ends = np.isfinite(tickets.ended)
    parts = [
        ("arrived", came & ~np.isin(tickets.outcome, (NO_SHOW, DIVERTED)), tickets.arrival),
        ("ticket taken", queued & ~rest, tickets.arrival),
        ("called", called & ~rest, tickets.called),
        ("resumed", called & rest, tickets.called),
        *((name, ends & (tickets.outcome == outcome), tickets.ended) for outcome, name in _END.items()),
    ]
    rows = [np.flatnonzero(there) for _, there, _ in parts]
    ticket = np.concatenate(rows)
    minute = np.concatenate([time[row] for row, (_, _, time) in zip(rows, parts, strict=True)])
    event = np.concatenate([np.full(len(row), EVENTS.index(name), np.int8) for row, (name, _, _) in zip(rows, parts, strict=True)])
    order = np.lexsort((event, ticket, minute))
    ticket, minute, event = ticket[order], minute[order], event[order]
    at_window = np.isin(event, [EVENTS.index(name) for name in ("called", "resumed", "ended", "interrupted")])
    window = np.where(at_window, tickets.window[ticket], -1)
    visits, case = _visits(tickets)
    return pd.DataFrame(
        {
            "case:concept:name": _named(case[ticket], visits),
            "concept:name": _named(event, list(EVENTS)),
            "time:timestamp": _instants(scenario, minute, on),
            "lifecycle:transition": pd.Categorical([*TRANSITIONS.values()])[event],
            "org:resource": _named(window, [each.id for each in scenario.windows]),
            "service": _named(tickets.service[ticket], [each.id for each in scenario.services]),
            "task": tickets.task[ticket],
            "ticket": ticket,
            "citizen": tickets.citizen[ticket],
            "visit": tickets.visit[ticket],
            "minute": minute,
        }
    )


def date_of(day: int) -> date:
    """The date of a numbered day where nobody says another: day 0 is FIRST_DATE, and no day is left out."""
    return FIRST_DATE + timedelta(days=day)


def _named(codes: NDArray[np.signedinteger[Any]], names: list[str]) -> pd.Categorical[str]:
    import pandas as pd

    return pd.Categorical.from_codes(codes, pd.Index(names, dtype="str"))


def _visits(tickets: Tickets) -> tuple[list[str], NDArray[np.int64]]:
    """The visits' names in order of their first ticket, and which visit each ticket belongs to."""
    if not len(tickets):
        return [], np.empty(0, np.int64)
    both = np.stack([tickets.citizen, tickets.visit.astype(np.int64)], axis=1)
    _, first, which = np.unique(both, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return [f"{citizen}-{visit}" for citizen, visit in both[first[order]].tolist()], place[which.reshape(-1)]


def _instants(scenario: Scenario, minute: NDArray[np.float64], on: date) -> pd.DatetimeIndex:
    import pandas as pd

    midnight = datetime(on.year, on.month, on.day, tzinfo=ZoneInfo(scenario.timezone))
    opening = np.datetime64(int((midnight + timedelta(minutes=scenario.clock_start)).timestamp() * 1e6), "us")
    passed = np.floor(minute * 60e6 + 0.5).astype("timedelta64[us]")
    return pd.DatetimeIndex(opening + passed, tz="UTC").tz_convert(scenario.timezone)


def chunks_of(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """The frame in parts small enough to be made into text, the timestamps as text of ISO 8601 with their offset from UTC."""
    for start in range(0, len(frame), CHUNK):
        part = frame.iloc[start : start + CHUNK]
        local = part["time:timestamp"].dt.tz_localize(None).to_numpy().astype("datetime64[us]")
        utc = part["time:timestamp"].dt.tz_convert("UTC").dt.tz_localize(None).to_numpy().astype("datetime64[us]")
        offset = (local - utc).astype("timedelta64[m]").astype(np.int64)
        text = np.datetime_as_string(local, unit="us").astype(object)
        for minutes in np.unique(offset):
            sign, away = "-" if minutes < 0 else "+", abs(int(minutes))
            text[offset == minutes] += f"{sign}{away // 60:02d}:{away % 60:02d}"
        yield part.assign(**{"time:timestamp": text})
