"""From a ticket log to a scenario: what can be read from it is fitted, each figure with its interval; the rest stays an assumption.

mapping   how the columns of somebody's log are to be read (mappings/ holds those that are shipped)
logs      the log as one frame, and its rejects with their reasons
laws      service times and patience by maximum likelihood, censored and rounded ones too
arrivals  rates by half-hour, factors of weekdays, Poisson's test, dispersion
services  one service of the log: its laws, windows of their own pace, who left
windows   who was open when, and what each window was seen to serve
fit       all of it, and document/, the scenario that follows
given/    days as they were, served again by a fitted hall
"""

from __future__ import annotations

from simulation.calibration.fit import Fit, FittedFigure, fit_log
from simulation.calibration.logs import Log, read_log
from simulation.calibration.mapping import LogMapping, load_mapping, mapping_of, shipped_mappings

__all__ = ["Fit", "FittedFigure", "Log", "LogMapping", "fit_log", "load_mapping", "mapping_of", "read_log", "shipped_mappings"]
