"""Charts: pure functions from a frame to an Altair chart. No Streamlit, no reading of data, no sentences of their own.

Field names are fixed and plain; whatever a user typed or imported is a value in the frame and never part of an expression, a title
or a field name. Colours have explicit domains, so that they stay with their meaning in both languages.
"""

from __future__ import annotations

from dashboards.charts.belief import waits_believed
from dashboards.charts.clock import stretches_of_a_clock
from dashboards.charts.cover import windows_open
from dashboards.charts.district import cases_moved, near_by_zone
from dashboards.charts.formulas import formulas_by_half_hour
from dashboards.charts.frontier import cost_against_wait
from dashboards.charts.funnel import rates_in_a_funnel
from dashboards.charts.heat import waits_by_service
from dashboards.charts.layouts import layouts_compared, waits_changed
from dashboards.charts.scores import points_of_lines, totals_of_windows
from dashboards.charts.shifts import shifts_as_bars, windows_needed
from dashboards.charts.sizes import waits_by_windows
from dashboards.charts.sizing import inputs_moved, years_ahead
from dashboards.charts.waits import waits_by_half_hour

__all__ = [
    "cases_moved",
    "cost_against_wait",
    "formulas_by_half_hour",
    "inputs_moved",
    "layouts_compared",
    "near_by_zone",
    "points_of_lines",
    "rates_in_a_funnel",
    "shifts_as_bars",
    "stretches_of_a_clock",
    "totals_of_windows",
    "waits_believed",
    "waits_by_half_hour",
    "waits_by_service",
    "waits_by_windows",
    "waits_changed",
    "windows_needed",
    "windows_open",
    "years_ahead",
]
