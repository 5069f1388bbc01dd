"""How large must a new hall be: windows, seats, staff, machines and floor for a demand and its growth; and what a given building serves.

inputs    the sheet: every figure with its range and its basis    design    the hall of a sheet on one day, as a scenario
formula   windows, seats and kiosks at once                       search    the same by simulation; the most cases that windows serve
norms     windows -> staff and floor                              answer    all of it, the years to come, what a given size serves
outline   all of it by formula                                    tornado   which input moves it most
span      what a given size serves as inputs move                 report    plain data
"""

from __future__ import annotations

from simulation.optimisation.sizing.answer import Served, Size, Windows, Year, size
from simulation.optimisation.sizing.inputs import FIGURES, Figure, Given, Sizing, load_sizing
from simulation.optimisation.sizing.outline import Outline, outline
from simulation.optimisation.sizing.report import inputs_as_data, outline_as_data, size_as_data, tornado_as_data
from simulation.optimisation.sizing.tornado import OUTCOMES, Bar, BySimulation, Tornado, by_formula, tornado

__all__ = [
    "FIGURES",
    "OUTCOMES",
    "Bar",
    "BySimulation",
    "Figure",
    "Given",
    "Outline",
    "Served",
    "Size",
    "Sizing",
    "Tornado",
    "Windows",
    "Year",
    "by_formula",
    "inputs_as_data",
    "load_sizing",
    "outline",
    "outline_as_data",
    "size",
    "size_as_data",
    "tornado",
    "tornado_as_data",
]
