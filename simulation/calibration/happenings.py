"""An event log (one row an event: arrives, takes a ticket, is called, transferred, served, leaves, does not come) as rows of tickets.

Events of one ticket make one row: taken (or come), called (or resumed), ended. Where the log names no ticket, a ticket goes from one call
to the end that follows it, within the case and its service. The tickets of a case follow one another: the first is the arrival, the others
are further transactions of the visit, which wait from the end of the one before where no ticket is seen to be taken.

Assumes that a case is one visit. Not for what happens at a window between citizens.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulation.calibration.mapping import EVENTS, LogMapping

OUTCOME = {
    "ended": "served", "transferred": "served", "interrupted": "interrupted", "left": "reneged", "sent home": "sent_home",
    "balked": "balked", "turned away": "turned_away", "did not come": "no_show", "diverted": "diverted", "unfinished": "unfinished",
}  # fmt: skip
"""event that ends a ticket -> outcome"""
ROWS = ("visit", "arrived", "called", "ended", "service", "window", "class", "outcome", "task")
"""columns of the rows of tickets; the visit is the case"""


def tickets_of(raw: pd.DataFrame, mapping: LogMapping) -> tuple[pd.DataFrame, int]:
    """Rows of tickets, as text, in order of the case; and how many events are none of ours.

    raw : every column as text, as the file has it, in the order of the file
    """

    def column(kind: str) -> pd.Series:
        for name in mapping.columns.get(kind, ()):
            if name in raw:
                return raw[name].str.strip()
        return pd.Series("", index=raw.index)

    events = pd.DataFrame({kind: column(kind) for kind in ("case", "event", "time", "service", "window", "ticket", "class")})
    events["event"] = events["event"].map(lambda word: mapping.events.get(word, word))
    known = events["event"].isin(EVENTS)
    events = events[known & (events["case"] != "")]
    events["ticket"] = events["ticket"].where(events["ticket"] != "", _counted(events))
    taken = events[events["event"] == "arrived"].drop_duplicates("case").set_index("case")["time"]
    rows, before = [], dict[str, str]()
    for _, each in events[events["event"] != "arrived"].groupby(["case", "ticket"], sort=False):
        case = str(each["case"].iloc[0])
        named = dict(zip(each["event"], each["time"], strict=True))
        last = next((event for event in reversed(list(named)) if event in OUTCOME), "unfinished")
        called = named.get("called", named.get("resumed", ""))
        begun = before.get(case) or taken.get(case) or called or named.get(last, "")
        begun = called if "resumed" in named else named.get("ticket taken", begun)
        before[case] = named.get(last, "")
        at_window = each["window"][each["window"] != ""]
        rows.append((case, begun, called, named.get(last, ""), each["service"].iloc[0], at_window.iloc[0] if len(at_window) else "",
                     each["class"].iloc[0], OUTCOME[last]))  # fmt: skip
    table = pd.DataFrame(rows, columns=list(ROWS[:-1]), dtype=object)
    table["task"] = table.groupby("visit", sort=False).cumcount().astype(str) if len(table) else []
    return table, int(np.count_nonzero(~known))


def _counted(events: pd.DataFrame) -> pd.Series:
    """A number of each event's ticket where the log has none: a ticket of a case ends with the event that ends it."""
    over = events["event"].isin(list(OUTCOME))
    return over.groupby(events["case"]).cumsum().sub(over.astype(int)).astype(str)
