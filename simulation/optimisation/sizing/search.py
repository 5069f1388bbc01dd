"""The fewest windows that keep the target, and the most cases that given windows serve, by simulation under common random numbers.

The target is kept when the hall keeps it surely (the one-sided 95 % bound) and so does each service by its own value: a small service must
not pay for the large ones. It is missed when the hall or a service surely misses it. A service of less than one visit in a hundred is
judged by its better bound alone, as its value is mostly chance.

The fewest windows: from the formula's numbers all groups shrink or grow together, then each loses windows, the idlest group first, until
none can be spared. The most cases: halving between a demand that keeps the target and one that does not.

Each answer has an interval: of the windows, from the fewest that do not surely miss the target to the fewest that surely keep it; of the
cases the other way round. It says what the simulated days cannot tell apart, not how sure the inputs are (`tornado`).

Assumes windows open for all of the hall's hours, with the rests the hall scenario gives them. A local minimum, as in `staffing`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from simulation.experiment import Estimate, Result, Workers, experiment
from simulation.faults import BadInput, fault
from simulation.optimisation.sizing.design import Counts, groups, hall_on
from simulation.optimisation.sizing.inputs import Sizing
from simulation.optimisation.targets import LEVEL

Tell = Callable[[str, int], None]
"""(what is being done, simulations so far); what it raises stops the work"""

CITIZENS = 300_000
"""simulated for one judgement, about"""
FEWEST_DAYS, MOST_DAYS = 40, 400
MOST_CASES = 60_000
"""a day"""
CLOSE = 0.004
"""relative width at which halving the demand stops"""
MOST_STEPS = 60
RARE = 0.01
"""of the visits: what a service judged by its value has at least"""
WORSE, VALUE, BETTER = -1, 0, 1
"""ends of an estimate"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a hall keeps the target on its days."""

    result: Result = field(repr=False)
    measure: Estimate
    """the target's measure of the hall"""
    worst: str
    """the service that is farthest from it"""
    kept: bool
    """surely by the hall, by its value by each service"""
    missed: bool
    """surely, by the hall or by a service"""
    gap: float
    """how far it is from being kept, relative to the target; 0 or below: kept"""


@dataclass(slots=True)
class Judge:
    """Simulates halls of one sheet and judges them."""

    sizing: Sizing
    seed: int = 1
    workers: Workers = 1
    tell: Tell | None = None
    scale: float = 1.0
    """of the number of days"""
    stage: str = "search"
    bare: bool = True
    """whether the halls are simulated without kiosks and companions"""
    simulated: int = 0
    """judgements so far"""
    _known: dict[tuple[float, tuple[tuple[str, int], ...], int], Verdict] = field(default_factory=dict)

    @property
    def measure(self) -> str:
        return "share_within_target" if self.sizing["target.share"] > 0 else "mean_wait"

    def days(self, cases: float) -> int:
        return max(FEWEST_DAYS, min(MOST_DAYS, round(self.scale * CITIZENS / max(cases, 1))))

    def judge(self, cases: float, counts: Counts, kiosks: int) -> Verdict:
        """So many cases at so many windows. Raises BadInput for more cases than can be simulated."""
        if cases > MOST_CASES:
            raise BadInput([fault("sizing_too_much", self.sizing.path or self.sizing.name, f"{cases:,.0f}", most=f"{MOST_CASES:,}")])
        key = (cases, tuple(sorted(counts.items())), kiosks)
        if key not in self._known:
            if self.tell is not None:
                self.tell(self.stage, self.simulated)
            self.simulated += 1
            hall = hall_on(self.sizing, cases, counts, kiosks, self.bare)
            result = experiment(hall, replications=self.days(cases), seed=self.seed, level=LEVEL, workers=self.workers)
            self._known[key] = self._verdict(result)
        return self._known[key]

    def _verdict(self, result: Result) -> Verdict:
        hall = result.measures[self.measure]
        visits = result.measures["served"].value
        gaps, misses = {}, {}
        for id, values in result.by_service.items():
            misses[id] = self._gap(values[self.measure], BETTER)
            rare = not values["served"].value >= RARE * visits
            gaps[id] = misses[id] if rare else self._gap(values[self.measure], VALUE)
        worst = max(gaps, key=lambda id: (gaps[id], id))
        gap = max(self._gap(hall, WORSE), gaps[worst])
        missed = max(self._gap(hall, BETTER), *misses.values()) > 0
        return Verdict(result, hall, worst, gap <= 0, missed, gap)

    def _gap(self, of: Estimate, end: int) -> float:
        """How far one end of the estimate is from the target."""
        if math.isnan(of.value):
            return -1.0  # nobody comes whom it is about
        share, minutes = self.sizing["target.share"], self.sizing["target.wait_min"]
        ends = [of.value if math.isnan(each) else each for each in (of.low, of.value, of.high)]
        return (share - ends[1 + end]) / share if share > 0 else (ends[1 - end] - minutes) / minutes


def fewest(judge: Judge, cases: float, kiosks: int, start: Counts, enough: Callable[[Verdict], bool], trim: bool = True) -> dict[str, int]:
    """The fewest windows for so many cases, near `start` times a common factor; `trim`: also one group at a time."""

    def tried(counts: Counts) -> Verdict:
        return judge.judge(cases, counts, kiosks)

    counts = _scaled_until(start, lambda counts: enough(tried(counts)))
    for _ in range(MOST_STEPS):
        verdict = tried(counts)
        if enough(verdict):
            break
        counts = _with(counts, _group_for(verdict, judge, counts), 1)
    return _trimmed(counts, lambda counts: enough(tried(counts)), lambda counts: use_of(tried(counts), counts)) if trim else counts


def most_cases(judge: Judge, counts: Counts, kiosks: Callable[[float], int], near: float, enough: Callable[[Verdict], bool]) -> float:
    """The most cases a day that so many windows serve; 0 if not even a few."""

    def serves(cases: float) -> bool:
        return enough(judge.judge(cases, counts, kiosks(cases)))

    low = high = near
    while serves(high):
        low, high = high, 1.25 * high
        if high > MOST_CASES:
            return low
    while low == high or not serves(low):
        low, high = low / 1.25, low
        if low < 1:
            return 0.0
    while (high - low) / high > CLOSE:
        middle = math.sqrt(low * high)
        low, high = (middle, high) if serves(middle) else (low, middle)
    return low


def split(total: int, shares: Mapping[str, float]) -> dict[str, int]:
    """So many windows among groups in proportion, by largest remainder, each at least one where there are enough."""
    whole = sum(shares.values())
    exact = {name: total * share / whole for name, share in shares.items()}
    counts = {name: max(1, math.floor(each)) for name, each in exact.items()}
    while sum(counts.values()) > total and max(counts.values()) > 1:
        name = max((each for each in counts if counts[each] > 1), key=lambda each: counts[each] - exact[each])
        counts[name] -= 1
    while sum(counts.values()) < total:
        name = max(counts, key=lambda each: exact[each] - counts[each])
        counts[name] += 1
    return counts


def _scaled_until(start: Counts, enough: Callable[[Counts], bool]) -> dict[str, int]:
    """All groups times the smallest common factor that is enough, to a few per cent; `start` if none of a few times as many is."""

    def times(factor: float) -> dict[str, int]:
        return {name: max(1, math.ceil(count * factor - 1e-9)) for name, count in start.items()}

    low, high = 1.0, 1.0
    if enough(times(1.0)):
        while low > 0.05 and enough(times(low)):
            low, high = low * 0.75, low
    else:
        while high < 8 and not enough(times(high)):
            low, high = high, high * 1.3
    close = max(0.03, 1 / max(sum(start.values()), 1))
    while high - low > close * high:
        middle = (low + high) / 2
        if times(middle) == times(high):
            break
        low, high = (low, middle) if enough(times(middle)) else (middle, high)
    return times(high)


def _trimmed(counts: dict[str, int], enough: Callable[[Counts], bool], use: Callable[[Counts], dict[str, float]]) -> dict[str, int]:
    """Takes windows away, from the idlest group first, as long as it is enough."""
    step = {name: max(1, count // 10) for name, count in counts.items()}
    while open_ := [name for name in counts if step[name] > 0 and counts[name] > 1]:
        busy = use(counts)
        name = min(open_, key=lambda each: (busy.get(each, 0.0), each))
        less = min(step[name], counts[name] - 1)
        fewer = _with(counts, name, -less)
        if enough(fewer):
            counts = fewer
        else:
            step[name] = less // 2
    return counts


def _group_for(verdict: Verdict, judge: Judge, counts: Counts) -> str:
    """The group that gets a window: of those that serve the service farthest from the target the busiest."""
    busy = use_of(verdict, counts)
    able: list[str] = [
        each["id"]
        for each in groups(judge.sizing)
        if each["id"] in counts and ("*" in each["serves"] or verdict.worst.partition("@")[0] in each["serves"])
    ]
    return max(able or list(counts), key=lambda each: (busy.get(each, 0.0), each))


def use_of(verdict: Verdict, counts: Counts) -> dict[str, float]:
    """Utilisation of each group: the mean of its windows'."""
    found: dict[str, list[float]] = {}
    for id, values in verdict.result.by_window.items():
        name = id if id in counts else id.rpartition("-")[0]
        if name in counts and not math.isnan(values["utilisation"].value):
            found.setdefault(name, []).append(values["utilisation"].value)
    return {name: sum(each) / len(each) for name, each in found.items()}


def _with(counts: Counts, group: str, more: int) -> dict[str, int]:
    return {name: count + (more if name == group else 0) for name, count in counts.items()}
