"""A demand -> the windows and seats it needs: the queueing formula beside a simulated check.

The hall is the plainest one: a single queue of alike windows, two opening periods, everyone inside at closing is served, endless
patience. The shape
of the day is one bump in the morning and a smaller one in the afternoon, raised so that the busiest half-hour is the wanted
multiple of the mean.

Not for several services, skills or shifts: these are a scenario of their own, on the manager's page.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import time
from typing import Any

import streamlit as st

SLOT_MINUTES = 30
SHAPE = (0.10, 0.40, 0.80, 1.00, 0.60, 0.25, 0.10, 0.20, 0.45, 0.40, 0.20, 0.10, 0.00)
"""Where the bump lies: 08:30 to 12:00 and 14:30 to 17:30, by half-hour; an assumption."""
LARGEST_PEAK = 2.5
"""beyond 2.8, one over the mean of SHAPE, the quietest half-hour would have fewer citizens than none"""
REPLICATIONS = 60
SEED = 1
BELOW, ABOVE = 2, 1
"""how many numbers of windows are shown beside the answer and the formula's"""
MOST_SHOWN = 6
"""how far from the answer a number of windows may lie and still be shown"""
MOST_STEPS = 12
"""numbers of windows tried beyond the first, before giving up"""
MOST_AT_ONCE = 2_000
"""cases a day whose windows a page finds while one waits; more are a job"""
MOST_CASES = 10_000
"""a day, that are simulated at all"""
MANY_CASES, FEWER_REPLICATIONS = 2_000, 24
"""from so many a day on, a day says more and takes longer, so fewer days are simulated"""


@dataclass(frozen=True, slots=True)
class Demand:
    """What the planner gives."""

    cases: float
    """a day"""
    service: float
    """mean, minutes a case"""
    cv: float
    """deviation over mean of the service time"""
    peak: float
    """busiest half-hour over the mean of all"""
    target: float
    """minutes: the mean wait in the worst half-hour, at most"""


@dataclass(frozen=True, slots=True)
class Size:
    """One number of windows, judged."""

    windows: int
    formula: float | None
    """minutes: Erlang C at the busiest half-hour's rate for ever; None: no steady state"""
    peak_wait: dict[str, Any]
    """mean wait in the half-hour in which it is longest"""
    day_wait: dict[str, Any]
    in_hall: tuple[float, float]
    """most people in the hall at one time: between which values 5 % and 95 % of the days lie"""
    utilisation: dict[str, Any]

    @property
    def seats(self) -> int:
        """Seats for those who wait, enough on 19 days of 20: the most people in the hall, less those being served."""
        return self._seats(self.in_hall[1])

    @property
    def seats_low(self) -> int:
        """What the quietest day of 20 would need."""
        return self._seats(self.in_hall[0])

    def _seats(self, most: float) -> int:
        # a band is read from a histogram that is good to 0.5 %, so a whole number may come out a trifle above itself
        return max(0, math.ceil(most * 0.995) - self.windows)

    def meets(self, target: float) -> bool:
        """Whether even the upper end of the interval is within the target."""
        wait = self.peak_wait["high"] if self.peak_wait["high"] is not None else self.peak_wait["value"]
        return bool(wait <= target)


@dataclass(frozen=True, slots=True)
class Answer:
    """The sizes tried, in order, and which of them is the answer."""

    sizes: tuple[Size, ...]
    chosen: int | None
    """windows; None: none of those tried meets the target"""
    formula: int
    """windows by the formula"""
    digest: str
    """of the chosen hall's scenario, or of the last one tried"""
    replications: int
    seed: int
    unit: str
    level: float

    def size(self) -> Size:
        """The chosen size, or the last one tried."""
        return next((each for each in self.sizes if each.windows == self.chosen), self.sizes[-1])

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Answer:
        """Out of JSON."""
        tried = tuple(Size(**{**each, "in_hall": tuple(each["in_hall"])}) for each in given["sizes"])
        return cls(**{**given, "sizes": tried})


def rates(demand: Demand) -> list[float]:
    """Expected arrivals an hour in each half-hour of opening; their sum over the day is `demand.cases`."""
    mean = sum(SHAPE) / len(SHAPE)
    relative = [1 + (demand.peak - 1) * (each - mean) / (1 - mean) for each in SHAPE]
    return [max(0.0, demand.cases / len(SHAPE) * each) * 60 / SLOT_MINUTES for each in relative]


def slot_labels() -> list[str]:
    """The half-hours of opening."""
    starts = [*range(8 * 60 + 30, 12 * 60, SLOT_MINUTES), *range(14 * 60 + 30, 17 * 60 + 30, SLOT_MINUTES)]
    return [f"{start // 60:02d}:{start % 60:02d}" for start in starts]


def document(demand: Demand, windows: int) -> dict[str, Any]:
    """The hall as a raw scenario, every figure of it an assumption or the planner's own."""
    law = (
        {"family": "deterministic", "value": demand.service}
        if demand.cv == 0
        else {"family": "gamma", "mean": demand.service, "cv": demand.cv}
    )
    return {
        "schema": 1,
        "name": "planner",
        "title": {"zh": "planner", "en": "planner"},
        "opening": [
            {"from": time(8, 30), "to": time(12, 0), "at_end": "serve_all"},
            {"from": time(14, 30), "to": time(17, 30), "at_end": "serve_all"},
        ],
        "services": [
            {
                "id": "case",
                "name": {"zh": "case", "en": "case"},
                "service_min": law,
                "arrivals_per_hour": rates(demand),
                "target": {"wait_min": demand.target, "share": 0.9},
            }
        ],
        "windows": [{"id": "window", "name": {"zh": "window", "en": "window"}, "count": windows, "serves": ["*"]}],
    }


def formula_wait(demand: Demand, windows: int) -> float | None:
    """Mean wait by Erlang C with the busiest half-hour's rate for ever, minutes; None if the load is too high for a steady state."""
    from simulation.theory.erlang import mean_wait

    rate = max(rates(demand)) / 60
    if rate * demand.service >= windows:
        return None
    return float(mean_wait(arrival_rate=rate, mean_service_time=demand.service, servers=windows))


def formula_windows(demand: Demand) -> int:
    """The fewest windows by the formula."""
    from simulation.theory.staffing import fewest_servers

    def promise(servers: int) -> bool:
        wait = formula_wait(demand, servers)
        return wait is not None and wait <= demand.target

    return fewest_servers(promise, arrival_rate=max(rates(demand)) / 60, mean_service_time=demand.service)


@st.cache_resource(max_entries=64, show_spinner=False)
def answer(demand: Demand) -> Answer:
    """What `find` finds, kept."""
    return find(demand)


def find(demand: Demand, seed: int = SEED, tell: Callable[[], None] | None = None) -> Answer:
    """Try numbers of windows until the target is met, and a few around it.

    `tell` is called before each try; what it raises ends the search. Raises BadInput if the demand cannot be a hall.
    """
    from simulation.experiment import experiment
    from simulation.scenario import parse

    replications = replications_for(demand)
    tried: dict[int, Size] = {}
    digests: dict[int, str] = {}
    seen: dict[str, Any] = {}

    def attempt(windows: int) -> Size:
        if windows not in tried:
            if tell is not None:
                tell()
            scenario = parse(document(demand, windows), "planner")
            run = experiment(scenario, replications=replications, seed=seed)
            result = run.to_dict()
            tried[windows] = Size(
                windows,
                formula_wait(demand, windows),
                _worst(result["by_half_hour"]),
                result["measures"]["mean_wait"],
                run.band("peak_in_hall") or (0.0, 0.0),
                result["measures"]["utilisation"],
            )
            digests[windows] = result["digest"]
            seen.update(result)
        return tried[windows]

    formula = formula_windows(demand)
    fewest = max(1, math.floor(sum(rates(demand)) / len(SHAPE) / 60 * demand.service))
    chosen: int | None = None
    windows = min(max(fewest, formula - 3), formula)
    if attempt(windows).meets(demand.target):
        while windows > 1 and windows >= fewest and attempt(windows - 1).meets(demand.target):
            windows -= 1
        chosen = windows
    else:
        for _ in range(MOST_STEPS):
            windows += 1
            if attempt(windows).meets(demand.target):
                chosen = windows
                break
    centre = chosen if chosen is not None else windows
    low, high = max(1, fewest, min(centre, formula) - BELOW), max(centre, formula) + ABOVE
    for around in range(max(low, centre - MOST_SHOWN), min(high, centre + MOST_SHOWN) + 1):
        attempt(around)
    last = chosen if chosen is not None else max(tried)
    level = float(seen["measures"]["mean_wait"]["level"])
    return Answer(
        tuple(tried[each] for each in sorted(tried)),
        chosen,
        formula,
        digests[last],
        replications,
        seed,
        str(seen["unit"]),
        level,
    )


def _worst(half_hours: dict[str, Any]) -> dict[str, Any]:
    waits: list[dict[str, Any]] = [each["mean_wait"] for each in half_hours.values() if each["mean_wait"]["value"] is not None]
    return max(waits, key=lambda each: float(each["value"]))


def replications_for(demand: Demand) -> int:
    """How many days are simulated for each number of windows."""
    return REPLICATIONS if demand.cases <= MANY_CASES else FEWER_REPLICATIONS


def is_long(demand: Demand) -> bool:
    """Whether the search takes so long that it is a job."""
    return demand.cases > MOST_AT_ONCE


def too_much(demand: Demand) -> bool:
    """Whether the demand is more than is simulated."""
    return demand.cases > MOST_CASES
