"""The fewest window-hours, half-hour by half-hour, with which a hall keeps its targets.

A plan says how many windows of each group are open in each half-hour of the opening hours. The search begins at the modified offered load,
opens windows where citizens wait until the targets are kept, then takes away one window-half-hour after the other as long as they still
are: at the end no single one can be spared. Every plan is simulated on the same citizens (common random numbers). What selects is not what
confirms: the answer is simulated again with citizens that the search has not seen, and if it fails there the search goes on with a margin.

A target is kept when the one-sided 95 % bound of its long-run measure keeps it. The share of days that keep it is told beside it, and can
be asked for (`chance`).

Before the search begins, a plan with every window that there may be is tried: where even that misses a target, no search is needed to say
so, and the answer is the cheapest plan that comes as near.

In every half-hour each service has a window that serves it (`attendance`): nobody comes to an empty hall because few do.

Where days have dates and none is asked for, one plan is found for all days of a year that open alike: every plan is simulated on all of
them, and confirmed on the same dates with other citizens. Days that open otherwise (a late Wednesday, half a Saturday) get a plan of their
own; with `by_weekday` each weekday does. So each plan is one that a hall can hang on its door, and holds over the year.

Assumes that windows of one group are alike and may be opened or closed at any half-hour; breaks and tides are part of the answer, not kept.
Of a year's days each is by itself: nobody comes again. It is a local minimum:
another plan with as few window-hours may exist, and one with fewer may. Windows outside `[[windows]]` (kiosks, desks) stay as they are.
Not for who sits there: `simulation.optimisation.shifts` cuts the answer into shifts.

Sources: Jennings, Mandelbaum, Massey and Whitt, Server staffing to meet time-varying demand, Management Science 42 (1996);
Atlason, Epelman and Henderson, Optimizing call center staffing using simulation and analytic center cutting-plane methods, Management
Science 54 (2008), on why a plan is found with one set of days and judged with another.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from simulation.days import dated
from simulation.expected import tasks_per_day
from simulation.experiment import Result, Workers
from simulation.faults import BadInput, Fault, add_catalogue, fault
from simulation.optimisation.attendance import AT_LEAST, MOST_AT_LEAST, Attendance
from simulation.optimisation.days import Chance
from simulation.optimisation.occasions import comes_again
from simulation.optimisation.search import CHANCE_DAYS, Progress, Search, most_of, simulate
from simulation.optimisation.table import Day, Group, Open, day_of, days_alike, document_of_days, groups_of, open_now
from simulation.optimisation.targets import Target
from simulation.scenario import Scenario, parse
from simulation.scenario.week import factor_of

add_catalogue(Path(__file__).with_name("faults.toml"))

CONFIRM_DAYS = 1000
ROUNDS = 8
"""of search and confirmation before the search gives up"""
A_LITTLE, CHANCE_STEP = 0.002, 0.02
"""by which the search aims beyond the targets, relative to them, after a confirmation has failed"""
MOST_CHANCE = 0.99
"""that CHANCE_DAYS days can confirm: with all of them kept, the lower end of the interval is 0.9905"""
MOST_LEAVING = 0.5
"""of those who come in a half-hour: where more of them leave without service, the answer says so"""
NEAR = 0.02, 0.2
"""how near to the best that is possible an answer comes that misses a target: relative to the target, and to the miss; the larger"""
SLACK, FINER_ROUNDS = 0.005, 2
"""an answer that keeps the targets by more than this, relative to them, is looked at again with as many days as confirm it, so often"""


@dataclass(frozen=True, slots=True)
class Staffing:
    """The answer."""

    targets: tuple[Target, ...]
    half_hours: tuple[str, ...]
    """labels, such as "08:30" """
    hours_each: tuple[float, ...]
    """length of each half-hour in hours"""
    needed: Mapping[str, tuple[int, ...]]
    """group -> windows open in each half-hour"""
    before: Mapping[str, tuple[int, ...]]
    """the same for the scenario as it is"""
    kept: bool
    """whether the confirmation kept every target"""
    confirmed: Result
    """on citizens the search has not seen"""
    chance: Chance
    """the share of single days that keep every target"""
    worst_half_hour: str
    """where citizens wait longest"""
    short_of: str | None
    """the group that has no seat left where one is needed; None if the answer is kept, or where no number of windows keeps it"""
    within_reach: bool
    """whether every window that there may be, open all day, keeps the targets"""
    simulated: int
    """days the search and its confirmations simulated"""
    seconds: float
    plan: Scenario = field(repr=False)
    day: Day = field(repr=False)
    """what was staffed"""
    date: datetime.date | None = None
    """which day that was; None where days have no dates"""
    trimmed: bool = False
    """whether every window-half-hour has been tried without, and none could be spared on the days of the search"""
    remarks: tuple[Fault, ...] = ()
    """what of the hall the answer does without"""
    busiest: datetime.date | None = None
    """where it is for days of a year: the one on which most is expected"""
    others: tuple[Staffing, ...] = ()
    """where it is for days of a year: the answers for those that open otherwise, or are staffed apart; `plan` has them all"""
    at_least: int = AT_LEAST
    """windows that serve each service in every half-hour"""

    def window_hours(self, of: Mapping[str, tuple[int, ...]] | None = None) -> float:
        """Window-hours of the answer, or of another table of open windows."""
        table = self.needed if of is None else of
        return sum(count * hours for row in table.values() for count, hours in zip(row, self.hours_each, strict=True))

    def most_open(self) -> int:
        """Windows open at the busiest half-hour."""
        return max(map(sum, zip(*self.needed.values(), strict=True)))

    def simulated_with(self, open_windows: Mapping[str, tuple[int, ...]], workers: Workers = 1) -> Result:
        """The day with other windows open (such as those of shifts that cover the answer), on the citizens that confirmed the answer."""
        return simulate(self.day, self.day.with_windows(open_windows), CONFIRM_DAYS, self.confirmed.seed, workers)

    @property
    def all_kept(self) -> bool:
        """Whether this answer and the others were confirmed."""
        return self.kept and all(each.kept for each in self.others)


def staff(
    scenario: Scenario,
    targets: Sequence[Target],
    *,
    chance: float | None = None,
    seats: Mapping[str, int] | None = None,
    on: datetime.date | None = None,
    at_least: int = AT_LEAST,
    by_weekday: bool = False,
    seed: int = 1,
    workers: Workers = 1,
    progress: Progress | None = None,
) -> Staffing:
    """Searches.

    Parameters
    ----------
    targets : at least one; all must be kept
    chance : 0..1; the share of days that must keep every target, with 95 % confidence; None: not asked for
    seats : group -> most windows it may have; groups not named may have MOST_SEATS times what they have
    on : the day to staff, where days have dates; None: all days of a year from the first
    at_least : windows that serve each service in every half-hour; 0: none need be
    by_weekday : a plan for each weekday, where days have dates and none is asked for
    seed : of the search; the confirmation uses others
    progress : what it raises stops the search

    Raises
    ------
    BadInput
        if the scenario has a horizon instead of opening hours, no windows of `[[windows]]`, a group named in `seats` is not there, the
        hall is closed `on` that day, or there are too few windows for `at_least`.
    """
    days = check_staffing(scenario, seats or {}, chance, on=on, at_least=at_least, by_weekday=by_weekday)
    found = [_staffed(scenario, Search(day, tuple(targets), dict(seats or {}), at_least, seed, workers, progress), chance) for day in days]
    plan = document_of_days(scenario, found[0].day.groups, [(each.day, each.needed) for each in found])
    return replace(found[0], plan=parse(plan, scenario.name), others=tuple(found[1:]))


def _staffed(scenario: Scenario, search: Search, chance: float | None) -> Staffing:
    """The answer for one day, or for days that open alike; its plan is the scenario as it is."""
    begun, seats = time.monotonic(), search.asked_seats
    missed = search.missed_by_all_windows(chance)
    if missed is not None:
        search.margin = -(missed + max(NEAR[0], NEAR[1] * missed)) if missed > 0 else NEAR[0]
    plan = search.begin()
    for attempt in range(1, ROUNDS + 1):
        plan, short_of = search.open_until_kept(plan)
        if short_of is None:
            plan = search.close_what_can_be_spared(plan)
        confirmed, met = _confirm(search, plan, attempt)
        gap = search.gap(confirmed)
        sure = chance is None or met.interval()[0] >= chance
        if short_of is not None or missed is not None or (gap <= 0 and sure):
            break
        search.margin += max(gap, 0.0) + (A_LITTLE if sure else attempt * CHANCE_STEP)
    kept = gap <= 0 and sure
    trimmed = kept and chance is None
    if kept and chance is None and -gap > SLACK:
        plan, confirmed, met, trimmed = _finer(search, plan, confirmed, met)
    if missed is not None and seats:
        short_of = search.blamed(plan, confirmed)
    slots, hall = search.slots, search.day.hall
    return Staffing(
        targets=search.targets,
        half_hours=tuple(slot.label for slot in slots),
        hours_each=tuple((slot.end - slot.start) / 60 for slot in slots),
        needed=plan,
        before=open_now(hall, search.groups),
        kept=kept,
        confirmed=confirmed,
        chance=met,
        worst_half_hour=search.waits(confirmed)[0][0],
        short_of=None if kept else short_of,
        within_reach=missed is None,
        simulated=search.days,
        seconds=time.monotonic() - begun,
        plan=scenario,
        day=search.day,
        date=None if search.when is None or search.day.kinds else search.when.date,
        trimmed=trimmed,
        remarks=(*remarks_of(scenario, search.groups), *not_served(scenario, confirmed)),
        busiest=_busiest(search.day) if search.day.kinds else None,
        at_least=search.attendance.at_least,
    )


def remarks_of(scenario: Scenario, groups: Sequence[Group]) -> list[Fault]:
    """What of a hall the half-hours of a plan do without."""
    place = scenario.path or scenario.name
    seats = [seat for group in groups for seat in group.seats]
    tidal = [group.id for group in groups if any(seat.tidal for seat in group.seats)]
    found = [fault("remark_staff_tidal", place, ", ".join(tidal))] if tidal else []
    if any(seat.breaks for seat in seats):
        found.append(fault("remark_staff_breaks", place, scenario.name))
    if any(seat.learning for seat in seats) and dated(scenario, 0) is None:
        found.append(fault("remark_first_week", place, scenario.name))
    if comes_again(scenario):
        found.append(fault("remark_staff_alone", place, scenario.name))
    return found


def not_served(scenario: Scenario, confirmed: Result) -> list[Fault]:
    """Half-hours in which the doors are open but most of those who come leave without service: a short wait can be had that way too."""
    shares = {label: each["left_share"].value for label, each in confirmed.by_half_hour.items() if each["arrivals"].value > 0}
    turned = [f"{label} ({100 * share:.0f} %)" for label, share in shares.items() if share > MOST_LEAVING]
    left = confirmed.measures["left_share"].value
    facts = {"left": f"{100 * left:.1f} %", "bound": f"{50 * left:.2g}%"}  # half of it: a bound that this plan does not keep
    return [fault("remark_staff_unserved", scenario.path or scenario.name, ", ".join(turned), **facts)] if turned else []


def _busiest(day: Day) -> datetime.date:
    """The date on which most tasks are expected; the first of several."""
    hall, tasks = day.whole, tasks_per_day(day.whole).tolist()
    dates = [when for when in (dated(hall, number) for number in day.occasions.numbers) if when is not None]
    expected = [
        sum(each * factor_of(service.season or hall.days.season, when) for service, each in zip(hall.services, tasks, strict=True))
        for when in dates
    ]
    return dates[int(np.argmax(expected))].date


def _confirm(search: Search, plan: Open, attempt: int) -> tuple[Result, Chance]:
    """The plan on citizens that no search and no other attempt has seen."""
    seed = search.seed + 7919 * attempt
    confirmed = search.simulate(search.day.with_windows(plan), CONFIRM_DAYS, seed, "confirm")
    return confirmed, search.chance_of(plan, CHANCE_DAYS, seed + 1)


def _finer(search: Search, plan: Open, confirmed: Result, met: Chance) -> tuple[Open, Result, Chance, bool]:
    """What can still be spared when the days of the search are so many that its bounds are as near as those that confirm.

    And whether it came to an end: false where every leaner plan that these days allowed failed on others.
    """
    search.days_of_a_try, search.margin = CONFIRM_DAYS, 0.0
    for attempt in range(ROUNDS + 1, ROUNDS + 1 + FINER_ROUNDS):
        fewer = search.close_what_can_be_spared(plan)
        if fewer == plan:
            return plan, confirmed, met, True
        result, days = _confirm(search, fewer, attempt)
        if search.gap(result) <= 0:
            return fewer, result, days, True
        search.margin += search.gap(result) + A_LITTLE
    return plan, confirmed, met, False


def check_staffing(
    scenario: Scenario,
    seats: Mapping[str, int],
    chance: float | None,
    *,
    on: datetime.date | None = None,
    at_least: int = AT_LEAST,
    by_weekday: bool = False,
) -> list[Day]:
    """What is staffed: one day, or days of a year by how they open.

    Raises BadInput for what cannot be: a horizon, no windows, unknown groups, a chance that is none, a day on which the hall is closed, or
    fewer windows than each service must have.
    """
    faults, groups = [], groups_of(scenario)
    if scenario.horizon is not None:
        faults.append(fault("staff_horizon", scenario.path or scenario.name))
    elif not groups:
        faults.append(fault("staff_no_groups", scenario.path or scenario.name))
    known = [group.id for group in groups]
    faults += [fault("staff_group", "--seats", name, known=", ".join(known)) for name in seats if name not in known]
    faults += [fault("staff_seats", "--seats", f"{name}={count}") for name, count in seats.items() if count < 0]
    left_alone = _left_alone(scenario, groups, seats)
    faults += [fault("staff_seats_unserved", "--seats", name, services=", ".join(left)) for name, left in left_alone]
    if chance is not None and not 0 < chance <= MOST_CHANCE:
        faults.append(fault("staff_chance", "--chance", f"{chance:g}", most=f"{MOST_CHANCE:g}"))
    if not 0 <= at_least <= MOST_AT_LEAST:
        faults.append(fault("staff_at_least", "--at-least", at_least, most=MOST_AT_LEAST))
    if by_weekday and dated(scenario, 0) is None:
        faults.append(fault("staff_undated_week", "--by-weekday"))
    elif by_weekday and on is not None:
        faults.append(fault("staff_by_weekday", "--by-weekday", on))
    days: list[Day] = []
    if scenario.horizon is None and groups:
        try:
            days = ([] if on is not None else days_alike(scenario, by_weekday)) or [day_of(scenario, on)]
        except BadInput as closed:
            faults += closed.faults
    if not faults:
        most = most_of(groups, seats)
        told = {each.text(): each for day in days for each in Attendance(day, at_least).faults(most)}
        faults += told.values()
    if faults:
        raise BadInput(faults)
    return days


def _left_alone(scenario: Scenario, groups: Sequence[Group], seats: Mapping[str, int]) -> list[tuple[str, list[str]]]:
    """Groups that may have no window, with the services that nobody else serves then."""
    closed = [group for group in groups if seats.get(group.id) == 0]
    gone = {seat.id for group in closed for seat in group.seats}
    open_to = {service for window in scenario.windows if window.id not in gone for service in window.efficiency}
    found = [(group.id, [service for service in group.seats[0].efficiency if service not in open_to]) for group in closed]
    return [(name, left) for name, left in found if left]
