"""Rosters of named people (排班表): who works which shift on which day.

people     who they are: skills, contract hours, leave, partners; read from TOML, CSV or xlsx
duties     the shifts to cover on each day: from staffing answers by the calendar, or from a table
question   both as tables: who may work what, what falls to whom, and the score
programme  the rules as an integer programme
floor      what no roster can beat
sharing    a roster made fairer, one shift at a time
making     the order of it all: coverage first, then wishes and fairness
roster     the answer
shortage   why a shift stays empty, and what would fill it
verdict    the roster simulated: whether the days it makes keep the targets

Assumes that a person works at most one shift a day and that shifts stand on half-hours. Not for how many shifts there must be
(`simulation.optimisation.staffing` and `.shifts`).
"""

from __future__ import annotations

from simulation.optimisation.roster.duties import Duty, duties_by_calendar, kinds_of, open_dates, read_duties
from simulation.optimisation.roster.making import make_roster
from simulation.optimisation.roster.people import People, Person, Rules, read_people
from simulation.optimisation.roster.roster import Distance, Roster, Share, Shift
from simulation.optimisation.roster.shortage import Alone, Shortage
from simulation.optimisation.roster.verdict import DayVerdict, judge_roster

__all__ = [
    "Alone", "DayVerdict", "Distance", "Duty", "People", "Person", "Roster", "Rules", "Share", "Shift", "Shortage", "duties_by_calendar",
    "judge_roster", "kinds_of", "make_roster", "open_dates", "read_duties", "read_people",
]  # fmt: skip
