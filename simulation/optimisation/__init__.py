"""Answers to "how many, when, which": searches over plans, each judged by simulation.

targets    what a plan must keep                staffing   fewest window-hours by half-hour that keep it
table      windows open in each half-hour       search     how they are found
shifts     shifts that cover what is needed     days       the share of single days that keep it
"""

from __future__ import annotations

from simulation.optimisation.shifts import Lunch, Pattern, Shifts, cover_by_shifts, patterns_of
from simulation.optimisation.staffing import Staffing, staff
from simulation.optimisation.targets import Target, read_target, read_targets

__all__ = [
    "Lunch", "Pattern", "Shifts", "Staffing", "Target", "cover_by_shifts", "patterns_of", "read_target", "read_targets", "staff"
]  # fmt: skip
