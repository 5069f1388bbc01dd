"""What a scenario may say and yet hardly means: a hall whose queue grows all day, services that nobody is there for.

Each is a sentence with place, value, rule and cure, like a fault, but refuses nothing: such halls are simulated, and every day of them
ends, since the last closing sends home whom nobody can serve. Not for what cannot be simulated: `parse` refuses that, visits that go
round for ever among it.
"""

from __future__ import annotations

from pathlib import Path

from simulation.expected import tasks_per_day
from simulation.faults import Fault, add_catalogue, fault
from simulation.load import Load
from simulation.scenario import Scenario
from simulation.scenario.hours import clock
from simulation.shifts import on_duty

add_catalogue(Path(__file__).with_name("remarks.toml"))


def remarks_on(scenario: Scenario, load: Load) -> list[Fault]:
    """The remarks on a scenario, whose load is given."""
    place = scenario.path or scenario.name
    found = []
    found += _overload(scenario, load, place)
    tasks = tasks_per_day(scenario)
    rows = list(zip(*(column.tolist() for column in on_duty(scenario)), strict=True))
    able = [{w for w, seat in enumerate(scenario.windows) if service.id in seat.efficiency} for service in scenario.services]
    for s, service in enumerate(scenario.services):
        where = f'{place}: service "{service.id}"'
        if tasks[s] <= 0:
            continue
        if not any(w in able[s] for w, _, _ in rows):
            found.append(fault("remark_nobody", where, service.id))
        elif not scenario.horizon and scenario.openings[-1].at_end == "serve_all":
            closes = scenario.openings[-1].end
            if not any(w in able[s] and start < closes <= end for w, start, end in rows):
                found.append(fault("remark_nobody_stays", where, service.id, closes=_clock(scenario, closes)))
    return found + _idle_shifts(scenario, place)


def _overload(scenario: Scenario, load: Load, place: str) -> list[Fault]:
    if load.utilisation is None:
        return []
    over = [group for group in load.groups if group.utilisation is not None and group.utilisation > 1]
    serves_all = not scenario.horizon and scenario.openings[-1].at_end == "serve_all"
    code = "remark_over_textbook" if scenario.horizon else "remark_over_serve_all" if serves_all else "remark_over"
    found = []
    for group in over:
        late = (group.utilisation - 1) * group.rostered / len(group.windows) if group.utilisation else 0.0
        names = group.windows[0] if len(group.windows) == 1 else f"{group.windows[0]} … {group.windows[-1]}"
        found.append(fault(code, f"{place}: {names}", f"{100 * (group.utilisation or 0):.0f} %", late=f"{late:.0f}"))
    return found


def _idle_shifts(scenario: Scenario, place: str) -> list[Fault]:
    """Shifts that lie wholly where the doors are shut."""
    found = []
    for window in scenario.windows if not scenario.horizon else ():
        for start, end in window.shifts:
            if not any(start < each.end and each.start < end for each in scenario.openings):
                value = f"{_clock(scenario, start)}–{_clock(scenario, end)}"
                hours = ", ".join(f"{_clock(scenario, each.start)}–{_clock(scenario, each.end)}" for each in scenario.openings)
                found.append(fault("remark_shift_outside", f'{place}: window "{window.id}"', value, hours=hours))
    return found


def _clock(scenario: Scenario, minute: float) -> str:
    return clock(scenario.clock_start + minute)
