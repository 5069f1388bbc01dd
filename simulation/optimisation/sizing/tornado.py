"""Which input moves the answer most: each alone at its low and its high end, all others as they are, under common random numbers.

By formula (`by_formula`, at once) or by simulation (`BySimulation`: the search of `search`, with fewer days than the answer, so that its
base may differ from the answer by a window). Not for inputs that move together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from simulation.experiment import Workers
from simulation.optimisation.sizing.answer import SEATS, seats_of
from simulation.optimisation.sizing.formula import kiosks_for, quick_size
from simulation.optimisation.sizing.inputs import Sizing
from simulation.optimisation.sizing.norms import area_for, staff_for
from simulation.optimisation.sizing.search import Judge, Tell, fewest

OUTCOMES = ("area_m2", "windows", "seats", "staff")
FEWER_DAYS, FEW_DAYS = 0.4, 0.2
"""of those of the answer: for the windows, for the seats"""
SEARCHED = ("target.wait_min", "target.share", "demand.service_factor", "kiosks.share")
"""beside the design day's cases: what windows depend on (machines only serve whoever comes to them)"""


@dataclass(frozen=True, slots=True)
class Bar:
    """One input moved."""

    figure: str
    low: float
    high: float
    """the input's own ends"""
    at_low: Mapping[str, float]
    at_high: Mapping[str, float]
    """one of OUTCOMES -> what comes out"""

    def swing(self, outcome: str) -> float:
        return abs(self.at_high[outcome] - self.at_low[outcome])


@dataclass(frozen=True, slots=True)
class Tornado:
    """All inputs."""

    base: Mapping[str, float]
    bars: tuple[Bar, ...]
    """those that move the floor most first"""
    method: str
    """"formula" or "simulation" """

    def by(self, outcome: str) -> list[Bar]:
        """The inputs that move an outcome, the most first."""
        return sorted((each for each in self.bars if each.swing(outcome) > 1e-9), key=lambda each: -each.swing(outcome))


def tornado(sizing: Sizing, outcome: Callable[[Sizing], dict[str, float]], method: str) -> Tornado:
    """Moves every figure that has a range."""
    base = outcome(sizing)
    bars = []
    for name, figure in sizing.figures.items():
        if not figure.certain:
            low, high = (outcome(sizing.having({name: end})) for end in (figure.low, figure.high))
            bars.append(Bar(name, figure.low, figure.high, low, high))
    return Tornado(base, tuple(sorted(bars, key=lambda each: -each.swing(OUTCOMES[0]))), method)


def by_formula(sizing: Sizing) -> dict[str, float]:
    """The outcome by formula."""
    quick = quick_size(sizing)
    return _outcome(sizing, quick.windows, quick.seats, quick.kiosks)


class BySimulation:
    """The outcome by simulation; what only norms change is not simulated again."""

    def __init__(self, seed: int = 1, workers: Workers = 1, tell: Tell | None = None) -> None:
        self.seed, self.workers, self.tell = seed, workers, tell
        self.simulated = 0
        self._windows: dict[tuple[float, ...], dict[str, int]] = {}
        self._seats: dict[tuple[float, ...], int] = {}

    def __call__(self, sizing: Sizing) -> dict[str, float]:
        day, kiosks = sizing.design_day, kiosks_for(sizing, sizing.design_day)
        key = (day, *(sizing[name] for name in SEARCHED))
        if key not in self._windows:
            judge = Judge(sizing, self.seed, self.workers, self._told, scale=FEWER_DAYS, stage="tornado")
            self._windows[key] = fewest(judge, day, kiosks, quick_size(sizing).counts, enough=lambda verdict: verdict.kept)
        counts = self._windows[key]
        key = (*key, sizing["demand.companions"])
        if key not in self._seats:
            judge = Judge(sizing, self.seed, self.workers, self._told, scale=FEW_DAYS, stage="tornado", bare=False)
            self._seats[key] = seats_of(judge.judge(day, counts, kiosks).result.measures[SEATS])
        return _outcome(sizing, sum(counts.values()), self._seats[key], kiosks)

    def _told(self, stage: str, _: int) -> None:
        self.simulated += 1
        if self.tell is not None:
            self.tell(stage, self.simulated)


def _outcome(sizing: Sizing, windows: int, seats: int, kiosks: int) -> dict[str, float]:
    area = area_for(sizing, windows, seats, kiosks).needed
    return {"area_m2": area, "windows": float(windows), "seats": float(seats), "staff": float(staff_for(sizing, windows).people)}
