"""How long a case took against its limit: working days counted, days on which it stood still left out, and when it was due.

A day limit counts the working days after the day of acceptance; a day that a stop touches in any part is not counted; the limit ends with
its last day, and what is done on that day is on time. A limit of hours counts the hall's open minutes from the moment of acceptance and
leaves out exactly the stopped ones. These are the rules of supervision's deadlines; a test holds the two against each other.

Source: RULES 3.2 and 3.3 of the field notes (excluded time: administrative licensing law, art. 45; from the day after acceptance: E12; a
part of a day that stands still: assumption, in favour of the office).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulation.backoffice.cases import Cases, Tasks
from simulation.backoffice.clocks import worked
from simulation.backoffice.office import DAY, Office
from simulation.compiled import compiled

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Flags = NDArray[np.bool_]


def judge(office: Office, cases: Cases, tasks: Tasks, joined: Floats, done: Floats, decided: Floats) -> tuple[Longs, Longs, Flags]:
    """What each case took, with and without the days that do not count, and whether it is overdue.

    joined, done : (m,) moments of the tasks
    decided : (n,) moments, inf if it is not

    Returns
    -------
    counted : (n,) working days of the limit used
    elapsed : (n,) working days after the day of acceptance until the decision
    overdue : (n,) always False for an instant case
    """
    promises = [plan.case if plan else None for plan in office.plans]
    days = np.array([(case.promised_days or 0) if case else 0 for case in promises], np.int64)[cases.service]
    minutes = np.array([(case.promised_minutes or 0.0) if case else 0.0 for case in promises])[cases.service]
    stops = np.flatnonzero(tasks.stops & (joined < done))
    first = np.searchsorted(tasks.case[stops], np.arange(len(cases.citizen) + 1))
    counted, elapsed, late = _count(
        (cases.accepted // DAY).astype(np.int64), decided, days, first, joined[stops], done[stops], office.working
    )
    for n in np.flatnonzero(minutes > 0).tolist():
        clock = _stretches(cases.accepted[n], decided[n], joined[stops[first[n] : first[n + 1]]], done[stops[first[n] : first[n + 1]]])
        used = sum(worked(office.pools.clocks, 0, b) - worked(office.pools.clocks, 0, a) for a, b in clock)
        late[n] = used > minutes[n]
    return counted, elapsed, late


def _stretches(accepted: float, decided: float, start: Floats, end: Floats) -> list[tuple[float, float]]:
    """The time from acceptance to decision without the stops, which may overlap."""
    found, at = [], accepted
    for a, b in sorted(zip(start.tolist(), end.tolist(), strict=True)):
        if at < min(a, decided):
            found.append((at, min(a, decided)))
        at = max(at, b)
    return [*found, (at, decided)] if at < decided else found


@compiled
def _count(
    accepted: Longs, decided: Floats, promised: Longs, first: Longs, start: Floats, end: Floats, working: Flags
) -> tuple[Longs, Longs, Flags]:
    n = len(accepted)
    counted, elapsed, late = np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n, np.bool_)
    for c in range(n):
        last = int(min(decided[c] // DAY, len(working) - 1.0))
        due, left = -1, promised[c]
        day = accepted[c]
        while day + 1 < len(working) and (day < last or (promised[c] > 0 and due < 0)):
            day += 1
            if not working[day]:
                continue
            stands = False
            for k in range(first[c], first[c + 1]):
                if start[k] < (day + 1) * DAY and end[k] > day * DAY:
                    stands = True
            if day <= last:
                elapsed[c] += 1
                if not stands:
                    counted[c] += 1
            if not stands and due < 0:
                left -= 1
                if left == 0:
                    due = day
        late[c] = due >= 0 and last > due
    return counted, elapsed, late
