"""The hall as it is now, as a start: the rest of today, and what one more window, a longer day or no more tickets would change.

snapshot   who waits and who is being served, read from a file and checked against the scenario
standing   the snapshot as an engine can run it: people, and the timetable from now on
seen       a snapshot of a simulated day, to begin with
answer     the rest of the day many times over, in numbers with intervals, beside plans

Assumes that what is not said is as in the scenario: who is rostered sits there, and nothing is broken. Not for a day that has not begun.
"""

from __future__ import annotations

from simulation.now.answer import Answer, Future, extend_today, outlook, usual_plans
from simulation.now.snapshot import Serving, Snapshot, Waiting, read_snapshot, snapshot_of

__all__ = [
    "Answer", "Future", "Serving", "Snapshot", "Waiting", "extend_today", "outlook", "read_snapshot", "snapshot_of", "usual_plans"
]  # fmt: skip
