"""From the ticket log of a day to its measures: waits, service level, utilisation, who left, people in the hall.

`MEASURES` defines every measure; `measure` gives the plain numbers of one day. Values and intervals over many days are experiment's.
A measure nobody counts for (the mean wait of a day without citizens) is nan here and null in JSON; it is never 0.

Loads numba only when something is measured.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulation.measures.registry import MEASURES, PLACES, UNITS, Measure

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from simulation.demand import Outages
    from simulation.measures.layout import Roster
    from simulation.scenario import Scenario
    from simulation.tickets import Tickets

__all__ = ["MEASURES", "UNITS", "Measure", "Measures", "measure", "quantile_of"]

Values = Mapping[str, float]
"""measure's name -> value, nan where nobody counts"""


@dataclass(frozen=True, slots=True)
class Measures:
    """The measures of one day; units and who is counted are in MEASURES."""

    overall: Values
    by_service: Mapping[str, Values]
    by_window: Mapping[str, Values]
    by_half_hour: Mapping[str, Values]
    """clock time of the half-hour's start -> values; waits by arrival, queue and utilisation as time averages within it"""
    by_class: Mapping[str, Values] = field(default_factory=dict)
    """class of citizens -> values over all its lines; empty where there is the public alone"""
    by_item: Mapping[str, Values] = field(default_factory=dict)
    """service of the file -> values over all its lines; empty where each has one line"""

    def __getitem__(self, name: str) -> float:
        """The hall's value of one measure."""
        return self.overall[name]

    def to_dict(self) -> dict[str, object]:
        """For JSON: nan becomes None."""

        def plain(values: Values) -> dict[str, float | None]:
            return {name: None if math.isnan(value) else value for name, value in values.items()}

        def each(groups: Mapping[str, Values]) -> dict[str, dict[str, float | None]]:
            return {key: plain(values) for key, values in groups.items()}

        return {
            "measures": plain(self.overall),
            "by_service": each(self.by_service),
            "by_window": each(self.by_window),
            "by_half_hour": each(self.by_half_hour),
            **{name: each(groups) for name, groups in (("by_class", self.by_class), ("by_item", self.by_item)) if groups},
        }


def measure(scenario: Scenario, tickets: Tickets, roster: Roster | None = None, outages: Outages | None = None) -> Measures:
    """The measures of one day.

    tickets : a log of this scenario, in order of arrival
    roster : rostered intervals (window index, start, end), if not those of the scenario
    outages : what happened to the windows that day (`Demand.windows`), if that is known

    In a scenario with a horizon only what happens after the warm-up counts: tickets that arrive from then on, and time from then to
    the end.
    """
    import numpy as np

    from simulation.measures.day import day_totals
    from simulation.measures.layout import layout_of

    layout = layout_of(scenario, roster)
    totals, bins, halves = day_totals(layout, tickets, outages)
    counted = bins >= 0
    wait = (tickets.called - tickets.arrival)[tickets.first_part[counted]]
    service, half = tickets.service[counted], halves[counted]

    found: dict[str, dict[str, dict[str, float]]] = {place: {} for place in PLACES}
    for (place, key), column in layout.columns().items():
        values: dict[str, float] = {}
        chosen = wait
        if place in ("by_service", "by_class", "by_item"):
            chosen = wait[np.isin(service, np.array(layout.parts(column)) - 1)]
        elif place == "by_half_hour":
            chosen = wait[half == column - 1 - len(layout.services)]
        chosen = np.sort(chosen)
        for each in MEASURES.values():
            if not each.is_given(place):
                continue
            if each.is_quantile:
                values[each.name] = quantile_of(chosen, each.share)
            else:
                below = float(totals[each.denominator, column])
                values[each.name] = float(totals[each.numerator, column]) / below if below > 0 else math.nan
        found[place][key] = values
    hall = found.pop("overall")[""]
    return Measures(hall, **found)


def quantile_of(ordered: NDArray[np.float64], share: float) -> float:
    """The smallest of the values that at least this share of them does not exceed; nan without values.

    ordered : (n,) non-decreasing. Source: Hyndman & Fan (1996), Sample quantiles in statistical packages, definition 1.
    """
    if len(ordered) == 0:
        return math.nan
    rank = math.ceil(share * len(ordered) * (1 - 1e-12))
    return float(ordered[max(rank, 1) - 1])
