"""A service hall, its windows and the people who come, as one discrete-event model.

    from simulation import load_scenario, draw_demand, serve, measure, experiment, compare

Names are loaded when first asked for, so that `import simulation.tickets` starts neither numba nor simpy.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulation.citizens import demand_from_citizens as demand_from_citizens
    from simulation.demand import draw_demand as draw_demand
    from simulation.experiment import compare as compare
    from simulation.experiment import experiment as experiment
    from simulation.measures import measure as measure
    from simulation.scenario import load_scenario as load_scenario
    from simulation.serve import serve as serve
    from simulation.tickets import read_tickets as read_tickets
    from simulation.tickets import write_tickets as write_tickets

_HOME = {
    "compare": "experiment",
    "demand_from_citizens": "citizens",
    "draw_demand": "demand",
    "experiment": "experiment",
    "load_scenario": "scenario",
    "measure": "measures",
    "read_tickets": "tickets",
    "serve": "serve",
    "write_tickets": "tickets",
}
__all__ = [
    "compare", "demand_from_citizens", "draw_demand", "experiment", "load_scenario", "measure", "read_tickets", "serve", "write_tickets"
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'simulation' has no attribute {name!r}")
    return getattr(import_module(f"simulation.{_HOME[name]}"), name)


class _Package(ModuleType):
    """Where a module is named like the function it holds (serve, experiment), the package's name stays the function's.

    Importing `simulation.serve` anywhere would otherwise make `from simulation import serve` give the module.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _HOME and isinstance(value, ModuleType):
            value = getattr(value, name)
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
