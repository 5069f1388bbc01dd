"""Which windows should become comprehensive: layouts of the same windows compared, with a stated guarantee.

asked          what is asked, and what is refused           comparison  search, selection, confirmation
arrangements   which windows are alike, and serve what      frame       units, speeds and windows of a hall
posts          what a window keeps whatever it serves       documents   an arrangement as a scenario
kinds, moves   arrangements with a name, and those one step away from one
learning       people who learn to serve more               judged      the answer, and what to do
"""

from __future__ import annotations

from simulation.optimisation.layout.asked import Asked, asked
from simulation.optimisation.layout.comparison import study
from simulation.optimisation.layout.judged import Judged, Layouts, Week
from simulation.optimisation.layout.kinds import KINDS

__all__ = ["KINDS", "Asked", "Judged", "Layouts", "Week", "asked", "study"]
