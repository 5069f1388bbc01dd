"""What a manager may change: edits of a scenario's raw document that leave it valid and the original untouched.

Every function takes a document that `parse` accepts and gives a new one that it accepts too. A figure that a plan changes no longer rests
on the document it came from: its basis then reads "plan". Windows keep their ids where they can, so that a comparison changes only what
was changed.

levers    every lever by name: what it is set for, its values, its edit        forms    how values are written
changes   a plan as a list of changes, each one line of text                   keys     any key by its path
the rest  edits of their own: windows, layouts, lunch, hours, appointments, demand, service_time

Not for search (optimisation) and not for anything that needs a result.
"""

from __future__ import annotations

from simulation.plans.appointments import share_booked, take_appointments
from simulation.plans.changes import Change, apply_changes, read_change, read_changes, with_change
from simulation.plans.demand import scale_demand
from simulation.plans.document import Refused, spelled, windows_of
from simulation.plans.hours import set_hours
from simulation.plans.keys import set_key
from simulation.plans.layouts import lay_out
from simulation.plans.levers import LEVERS, TOPICS, Lever, now_of, targets_of
from simulation.plans.lunch import cover_lunch, keep_open, lunch_covered
from simulation.plans.service_time import scale_service
from simulation.plans.windows import Group, add_windows, set_windows, turn_comprehensive, window_groups

__all__ = [
    "LEVERS",
    "TOPICS",
    "Change",
    "Group",
    "Lever",
    "Refused",
    "add_windows",
    "apply_changes",
    "cover_lunch",
    "keep_open",
    "lay_out",
    "lunch_covered",
    "now_of",
    "read_change",
    "read_changes",
    "scale_demand",
    "scale_service",
    "set_hours",
    "set_key",
    "set_windows",
    "share_booked",
    "spelled",
    "take_appointments",
    "targets_of",
    "turn_comprehensive",
    "window_groups",
    "windows_of",
    "with_change",
]
