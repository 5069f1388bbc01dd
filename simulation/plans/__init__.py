"""What a manager may change: edits of a scenario's raw document that leave it valid and the original untouched.

Every function takes a document that `parse` accepts and gives a new one that it accepts too. A figure that a plan changes no longer rests
on the document it came from: its basis then reads "plan". Windows keep their ids where they can, so that a comparison changes only what
was changed.

Not for search (optimisation) and not for anything that needs a result.
"""

from __future__ import annotations

from simulation.plans.demand import scale_demand
from simulation.plans.lunch import cover_lunch, lunch_covered
from simulation.plans.windows import Group, add_windows, set_windows, turn_comprehensive, window_groups

__all__ = ["Group", "add_windows", "cover_lunch", "lunch_covered", "scale_demand", "set_windows", "turn_comprehensive", "window_groups"]
