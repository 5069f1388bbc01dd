"""The whole answer: windows by kind, seats, staff, kiosks, floor; the year in which they are too few; what a given building serves.

Formula first (`formula`), confirmed by simulation (`search`), and simulated once more on citizens that the search has not seen. Staff and
floor follow by norms (`norms`). Not for what an input is worth: `tornado`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from simulation.experiment import Estimate, Workers
from simulation.optimisation.sizing.design import Counts, groups, hall_on
from simulation.optimisation.sizing.formula import Quick, kiosks_for, quick_size
from simulation.optimisation.sizing.inputs import Given, Sizing
from simulation.optimisation.sizing.norms import Area, Staff, area_for, most_windows, staff_for
from simulation.optimisation.sizing.search import Judge, Tell, Verdict, fewest, most_cases, split, use_of
from simulation.optimisation.sizing.span import Span, span_of
from simulation.scenario import Scenario

OTHER_DAYS = 7919
"""added to the seed for what confirms"""
ROUNDS = 6
"""of search and confirmation"""
ATTEMPTS = 5
"""to fit windows with their seats into a given floor"""
SEATS = "seats_needed_p99"
MOST_SEAT = "seats_needed"


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows of one group."""

    id: str
    name: Mapping[str, str]
    kind: str
    formula: int
    windows: int
    utilisation: float


@dataclass(frozen=True, slots=True)
class Year:
    """A year after the opening."""

    year: int
    cases_per_year: float
    busy_day: float
    measure: Estimate
    state: str
    """"kept", "unsure" or "missed" """


@dataclass(frozen=True, slots=True)
class Served:
    """What a given size serves."""

    given: Given
    windows: int
    counts: Mapping[str, int]
    busy_day: tuple[float, float]
    """cases on the busy day: surely, and not surely missed"""
    cases_per_year: tuple[float, float]
    seats: int
    staff: int
    area_m2: float
    """that so many windows and their seats need by the norms"""
    first_missed: tuple[int | None, int | None]
    """years after the opening: the first that is not surely kept, and the first surely missed; None: beyond the horizon"""
    span: Span
    """what each input at its ends makes of it"""


@dataclass(frozen=True, slots=True)
class Size:
    """The answer."""

    sizing: Sizing = field(repr=False)
    quick: Quick
    windows: tuple[Windows, ...]
    fewest: int
    """windows of the smallest hall that does not surely miss the target"""
    kept: bool
    measure: str
    confirmed: Verdict = field(repr=False)
    """on other citizens than those of the search"""
    seats_p99: Estimate
    seats_peak: Estimate
    kiosks: int
    staff: Staff
    area: Area
    capacity: tuple[float, float]
    """cases on the busy day that these windows serve: surely, and not surely missed"""
    years: tuple[Year, ...]
    too_small: tuple[int | None, int | None]
    """years after the opening: the first that is not surely kept, and the first surely missed; None: beyond the horizon"""
    served: tuple[Served, ...]
    simulated: int
    seconds: float
    seed: int
    hall: Scenario = field(repr=False)

    @property
    def total(self) -> int:
        return sum(each.windows for each in self.windows)

    @property
    def seats(self) -> int:
        """Waiting seats: the p99 of people and companions, by the upper end of its interval."""
        return seats_of(self.seats_p99)

    @property
    def counts(self) -> dict[str, int]:
        return {each.id: each.windows for each in self.windows}


def size(
    sizing: Sizing, *, seed: int = 1, workers: Workers = 1, tell: Tell | None = None, ahead: bool = True, inverse: bool = True
) -> Size:
    """Sizes the hall of a sheet.

    Parameters
    ----------
    ahead : whether the years to come are simulated too
    inverse : whether the given sizes are asked what they serve
    tell : called before each simulation; what it raises stops the work

    Raises
    ------
    BadInput
        if the design day has more cases than can be simulated.
    """
    begun = time.monotonic()
    judge = Judge(sizing, seed, workers, tell)
    day, quick = sizing.design_day, quick_size(sizing)
    counts = fewest(judge, day, quick.kiosks, quick.counts, enough=_kept)
    other = Judge(sizing, seed + OTHER_DAYS, workers, tell, scale=2.0, stage="confirm", bare=False)
    verdict = other.judge(day, counts, quick.kiosks)
    for _ in range(ROUNDS):
        if verdict.kept:
            break
        counts = fewest(other, day, quick.kiosks, counts, enough=_kept, trim=False)
        verdict = other.judge(day, counts, quick.kiosks)
    judge.stage = "interval"
    least = fewest(judge, day, quick.kiosks, counts, enough=_not_missed)
    seats = verdict.result.measures[SEATS]
    capacity = (0.0, 0.0)
    years: tuple[Year, ...] = ()
    too_small: tuple[int | None, int | None] = (None, None)
    if ahead:
        judge.stage = "years"
        capacity = _capacity(judge, counts, day)
        too_small = (_first_above(sizing, capacity[0]), _first_above(sizing, capacity[1]))
        years = tuple(_years(judge, counts, too_small[1]))
    per_seat = seats_of(seats) / max(sum(counts.values()), 1)
    served: tuple[Served, ...] = ()
    if inverse:
        judge.stage = "given"
        served = tuple(_served(judge, other, each, counts, per_seat) for each in sizing.given)
    return Size(
        sizing=sizing,
        quick=quick,
        windows=tuple(_windows(sizing, quick, counts, verdict)),
        fewest=min(sum(least.values()), sum(counts.values())),
        kept=verdict.kept,
        measure=judge.measure,
        confirmed=verdict,
        seats_p99=seats,
        seats_peak=verdict.result.measures[MOST_SEAT],
        kiosks=quick.kiosks,
        staff=staff_for(sizing, sum(counts.values())),
        area=area_for(sizing, sum(counts.values()), seats_of(seats), quick.kiosks),
        capacity=capacity,
        years=years,
        too_small=too_small,
        served=served,
        simulated=judge.simulated + other.simulated,
        seconds=time.monotonic() - begun,
        seed=seed,
        hall=hall_on(sizing, day, counts, quick.kiosks),
    )


def seats_of(estimate: Estimate) -> int:
    """Whole seats, by the upper end of the interval."""
    high = estimate.value if math.isnan(estimate.high) else estimate.high
    return 0 if math.isnan(high) else math.ceil(high - 1e-9)


def _kept(verdict: Verdict) -> bool:
    return verdict.kept


def _not_missed(verdict: Verdict) -> bool:
    return not verdict.missed


def _windows(sizing: Sizing, quick: Quick, counts: Counts, verdict: Verdict) -> list[Windows]:
    busy = use_of(verdict, counts)
    kinds = {each.id: each.kind for each in quick.groups}
    found = []
    for entry in groups(sizing):
        id = str(entry["id"])
        found.append(Windows(id, name_of(entry), kinds[id], quick.counts[id], counts[id], busy.get(id, math.nan)))
    return found


def name_of(entry: Mapping[str, object]) -> dict[str, str]:
    """The name of a group in both languages."""
    given = entry.get("name") or entry["id"]
    if not isinstance(given, Mapping):
        return {"zh": str(given), "en": str(given)}
    one = next(str(each) for each in given.values() if each)
    return {word: str(given.get(word) or one) for word in ("zh", "en")}


def _capacity(judge: Judge, counts: Counts, near: float) -> tuple[float, float]:
    """Cases on the busy day that so many windows serve: surely, and not surely missed."""
    kiosks: Callable[[float], int] = partial(kiosks_for, judge.sizing)
    low = most_cases(judge, counts, kiosks, near, _kept)
    high = most_cases(judge, counts, kiosks, max(low, 1.0), _not_missed)
    return low, max(low, high)


def _first_above(sizing: Sizing, cases: float) -> int | None:
    """The first year whose busy day has more cases; None within the horizon."""
    return next((year for year in range(sizing.years + 1) if sizing.on_busy_day(year) > cases), None)


def _years(judge: Judge, counts: Counts, missed: int | None) -> list[Year]:
    """Year by year until a year after the first that is surely missed."""
    sizing = judge.sizing
    last = sizing.years if missed is None else min(sizing.years, missed + 1)
    growth = sizing["demand.growth"]
    found = []
    for year in range(last + 1):
        day = sizing.on_busy_day(year)
        verdict = judge.judge(day, counts, kiosks_for(sizing, day))
        state = "kept" if verdict.kept else "missed" if verdict.missed else "unsure"
        found.append(Year(year, sizing["demand.cases_per_year"] * (1 + growth) ** year, day, verdict.measure, state))
        if growth == 0:
            break
    return found


def _served(judge: Judge, other: Judge, given: Given, shape: Counts, per_seat: float) -> Served:
    """The demand that a given size serves, its windows divided among the groups as in the answer."""
    sizing, near, now = judge.sizing, judge.sizing.design_day, sum(shape.values())
    windows = max(len(shape), _windows_in(sizing, given, per_seat, near / now))
    for attempt in range(ATTEMPTS):  # the seats of so many windows are known only when they have been simulated
        counts = split(windows, shape)
        busy = _capacity(judge, counts, near * windows / now)
        kiosks = kiosks_for(sizing, busy[0]) if busy[0] > 0 else 0
        seats = seats_of(other.judge(busy[0], counts, kiosks).result.measures[SEATS]) if busy[0] > 0 else 0
        area = area_for(sizing, windows, seats, kiosks)
        if given.what != "area_m2" or attempt == ATTEMPTS - 1:
            break
        better = max(len(shape), _windows_in(sizing, given, seats / windows, busy[0] / windows))
        if area.needed <= given.amount and better - windows <= 1:
            break
        windows = min(better, windows - 1) if area.needed > given.amount else better
    a_year = sizing["demand.days_per_year"] / sizing["demand.peak_day"]
    return Served(
        given, windows, counts, busy, (busy[0] * a_year, busy[1] * a_year), seats, staff_for(sizing, windows).people,
        area.needed, (_first_above(sizing, busy[0]), _first_above(sizing, busy[1])), span_of(sizing, given),
    )  # fmt: skip


def _windows_in(sizing: Sizing, given: Given, seats_each: float, cases_each: float) -> int:
    """The most windows that a given size has room, or people, for."""
    if given.what == "windows":
        return int(given.amount)
    if given.what == "staff":
        return most_windows(lambda windows: staff_for(sizing, windows).people <= given.amount)

    def fits(windows: int) -> bool:
        kiosks = kiosks_for(sizing, windows * cases_each)
        return area_for(sizing, windows, math.ceil(windows * seats_each), kiosks).needed <= given.amount

    return most_windows(fits)
