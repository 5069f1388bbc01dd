"""Answers to "how many, when, which": searches over plans, each judged by simulation.

targets    what a plan must keep                staffing   fewest window-hours by half-hour that keep it
table      windows open in each half-hour       search     how they are found
attendance a window for every service
shifts     shifts that cover what is needed     days       the share of single days that keep it

roster/    named people on those shifts          sizing/    how large a new hall must be

layout/    which windows become comprehensive    frontier   window-hours against waiting: the plans that none beats
objective  what is to be as good as possible     costs      what a day costs
selection  the best of several, with a guarantee
batches    plans observed on the same days       occasions  which days those are
"""

from __future__ import annotations

from simulation.optimisation.frontier import Frontier, find_frontier
from simulation.optimisation.layout import Layouts, study
from simulation.optimisation.shifts import Lunch, Pattern, Shifts, cover_by_shifts, patterns_of
from simulation.optimisation.staffing import Staffing, staff
from simulation.optimisation.targets import Target, read_target, read_targets

__all__ = [
    "Frontier", "Layouts", "Lunch", "Pattern", "Shifts", "Staffing", "Target", "cover_by_shifts", "find_frontier", "patterns_of",
    "read_target", "read_targets", "staff", "study",
]  # fmt: skip
