"""Can the model be believed? Fitted on some days of a log, it serves other days, given who came and who was on post; then its waits stand
beside those that were.

Every measure has a bar, which is an input (`BARS` are the defaults, with their basis). Beside each value stands what the model would reach
if it were exactly right: each of its own replications of the held days, judged by the others. A bar that a perfect model misses as often as
not says little about this one.

Assumes that the held days are not among those of the fit. Not for plans: it says how far a model can be trusted, not what to do.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.calibration.arrivals import HALF_HOUR
from simulation.calibration.causes import explain
from simulation.calibration.given import LAST_MINUTE, QUEUED, GivenDay, Model, fit_model, given_days
from simulation.calibration.logs import Log, order_of
from simulation.calibration.replays import BAND, Outcome, by_day, by_half_hour, by_service, means, ratio, serve_days
from simulation.experiment.workers import Workers
from simulation.faults import BadInput, fault

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

REPLICATIONS = 40
HELD_SHARE = 1 / 3
"""share of the days, the last ones, that are held back where nobody says which"""
AT_ONCE = 1 / 60
"""minutes; a shorter wait is none"""
ENOUGH = 5
"""people of a half-hour of a day, below which it is in no band"""


@dataclass(frozen=True, slots=True)
class Bar:
    """How well a model must do."""

    value: float
    basis: str
    """a document's words, or "assumption" """
    least: bool = False
    """the value is at least the bar, not at most"""


FINDINGS = "what simple models of the bank's calls reach, and what a better one must"
BARS: dict[str, Bar] = {
    "mean": Bar(0.15, FINDINGS),
    "p90": Bar(0.15, FINDINGS),
    "days": Bar(0.85, FINDINGS, least=True),
    "hours": Bar(0.25, FINDINGS),
    "coverage": Bar(0.80, "assumption", least=True),
    "waiting": Bar(0.10, "assumption"),
    "left": Bar(0.05, "assumption"),
    "factor": Bar(1.35, "the noise floor of odd and even days of Warsaw's offices, with some room"),
}
"""mean and p90: |simulated / observed - 1|; days: correlation of the days' mean waits; hours: error of the mean wait by hour of arrival,
weighted by people, over the mean; coverage: share of half-hours of days inside the band; waiting and left: difference of the shares;
factor: of logs of snapshots"""


@dataclass(frozen=True, slots=True)
class Check:
    """One measure against its bar."""

    name: str
    observed: float
    """nan where the measure compares by itself"""
    simulated: float
    value: float
    """what is held against the bar; nan: cannot be told"""
    bar: Bar
    ideal: tuple[float, float, float]
    """the value that a perfect model would have: its middle, and nine of ten cases; nan if not known"""

    @property
    def kept(self) -> bool | None:
        """None: cannot be told."""
        if math.isnan(self.value):
            return None
        return self.value >= self.bar.value if self.bar.least else self.value <= self.bar.value


@dataclass(frozen=True, slots=True)
class Belief:
    """The verdict."""

    training: tuple[str, ...]
    held: tuple[str, ...]
    people: int
    """on the held days"""
    checks: tuple[Check, ...]
    half_hours: pd.DataFrame
    """slot (minutes of the day), people, observed, simulated, low, high (minutes): mean wait of all held days, and the band of 90 % of the
    replications"""
    days: pd.DataFrame
    """day, people, observed, simulated, low, high"""
    services: pd.DataFrame
    """service, people, observed, simulated"""
    causes: dict[str, float]
    """what the miss comes from, see `explain`"""
    dirty: dict[str, int]
    """why rows were not believed -> how many"""
    model: Model | None = None
    left_out: dict[str, int] = field(default_factory=dict)
    """what of the held days was not served again: `days_of_fit` and `days_unserved` (days), `new_services`, `new_queues` and `stuck_days`
    (tickets, of services, queues and days that the training days tell nothing of), `after_midnight` (tickets); and `new_windows`: windows
    never seen before, taken for usual ones"""
    assumed: dict[str, float] = field(default_factory=dict)
    """what the model takes for granted: `cv` of the work in snapshots, `alone` (1: windows go away whatever waits)"""

    @property
    def believed(self) -> bool:
        return all(check.kept is not False for check in self.checks)

    @property
    def missed(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.kept is False)


def bars_of(given: Mapping[str, float]) -> dict[str, Bar]:
    """The bars with some of them set anew. Raises BadInput for one that is not known or no number from 0 on."""
    wrong = [fault("believe_bar", f"--bar {name}", name, known=", ".join(BARS)) for name in given if name not in BARS]
    wrong += [fault("believe_bar_value", f"--bar {name}", value) for name, value in given.items() if not 0 <= value < math.inf]
    if wrong:
        raise BadInput(wrong)
    return {name: replace(bar, value=given[name], basis="input") if name in given else bar for name, bar in BARS.items()}


def split(log: Log, since: str | None = None) -> tuple[Log, Log]:
    """The days of a log for the fit and those held back: from a day on, or the last third. Raises BadInput if one of both has no day."""
    before, after = parted(log.days, since)
    return keep_days(log, before), keep_days(log, after)


def parted(days: Sequence[str], since: str | None) -> tuple[list[str], list[str]]:
    """Days in order of time: those before a day (or the last third), and those from it on. Raises BadInput if one of both is empty."""
    if since is None and len(days) < 2:
        raise BadInput([fault("believe_one_day", "log", days[0])])
    first = since if since is not None else days[len(days) - max(1, round(HELD_SHARE * len(days)))]
    before, after = ([day for day in days if (order_of(day) >= order_of(first)) == held] for held in (False, True))
    if not before or not after:
        raise BadInput([fault("believe_days", "--since", since, first=days[0], last=days[-1])])
    return before, after


def keep_days(log: Log, days: Sequence[str]) -> Log:
    """The log of these days only."""
    return replace(log, frame=log.frame[log.frame["day"].isin(list(days))].reset_index(drop=True))


def believe(
    training: Log,
    held: Log,
    replications: int = REPLICATIONS,
    seed: int = 1,
    bars: Mapping[str, Bar] = BARS,
    engine: str = "kernel",
    progress: Callable[[float], None] = lambda share: None,
    workers: Workers = 1,
) -> Belief:
    """Fits on the one log, serves the days of the other, and judges.

    workers : threads, or a cluster, that share the replications; the verdict does not depend on them

    Raises
    ------
    simulation.faults.BadInput
        if the training days tell no law of any service, or no held day has anybody whom the model knows.
    """
    model = fit_model(training)
    progress(0.2)
    whole, held = held, keep_days(held, [day for day in held.days if day not in training.days])
    days = given_days(held, model) if model.services else []
    if not days:
        raise BadInput([fault("believe_nothing", "log", len(held.frame), services=len(model.services))])
    outcome = serve_days(model, days, replications, seed, engine, progress=lambda share: progress(0.2 + 0.7 * share), workers=workers)
    checks = check_all(outcome, bars)
    causes = explain(model, training, held, days, outcome, seed, workers) if any(check.kept is False for check in checks) else {}
    progress(1.0)
    dirty = dict(training.reasons)
    if held.rejects is not training.rejects:
        for reason, count in held.reasons.items():
            dirty[reason] = dirty.get(reason, 0) + count
    assumed = {"alone": 1.0} if model.gaps is not None else {}
    return Belief(
        training.days, tuple(day.day for day in days), len(outcome.wait), checks, by_half_hour(outcome), by_day(outcome, days),
        by_service(outcome), causes, dirty, model, left_out(whole, held, model, days), assumed,
    )  # fmt: skip


def left_out(whole: Log, held: Log, model: Model, days: Sequence[GivenDay]) -> dict[str, int]:
    """What of a held log is not served again, see `Belief.left_out`; nothing that did not happen.

    whole, held : with the days of the fit, and without them
    """
    rows = held.frame[held.frame["outcome"].isin(QUEUED) & ~held.frame["part"]]
    unserved = set(held.days) - {day.day for day in days}
    rows = rows[~rows["day"].isin(unserved)]
    known = rows["service"].isin(list(model.services))
    windows = {str(window) for day in days for window in day.posts["window"] if not str(window).startswith("~")}
    told = {
        "days_of_fit": len(whole.days) - len(held.days),
        "days_unserved": len(unserved),
        "new_services": int((~known).sum()),
        "after_midnight": int((known & (rows["arrived"] >= LAST_MINUTE)).sum()),
        "new_windows": len(windows - set(model.seen)),
    }
    return {name: count for name, count in told.items() if count}


# ---- measures --------------------------------------------------------------------------------------------------------------------------


def check_all(outcome: Outcome, bars: Mapping[str, Bar]) -> tuple[Check, ...]:
    """Every measure that waits of single people have."""
    wait, left, simulated, gone = outcome.wait, outcome.left, outcome.simulated, outcome.gone
    hour = (outcome.arrived // 60).astype(np.int64)
    leaving = bool(left.any() or gone.any())

    def errors(truth: Floats, truth_left: Flags, model: Floats, model_left: Flags) -> dict[str, float]:
        """What of one truth and a model of some replications is held against the bars."""
        middle = model.mean(axis=0)
        mean = float(truth.mean())
        found = {
            "mean": abs(float(middle.mean()) / mean - 1) if mean > 0 else math.nan,
            "p90": abs(ratio(float(np.quantile(model, 0.9)), float(np.quantile(truth, 0.9))) - 1),
            "days": _correlation(means(truth, outcome.day), means(middle, outcome.day)),
            "hours": float(np.abs(np.bincount(hour, middle - truth)).sum() / truth.sum()) if mean > 0 else math.nan,
            "waiting": abs(float((model > AT_ONCE).mean() - (truth > AT_ONCE).mean())),
        }
        if leaving:
            found["left"] = abs(float(model_left.mean() - truth_left.mean()))
        return found

    mine = errors(wait, left, simulated, gone)
    runs = len(simulated)
    others = [np.arange(runs) != r for r in range(runs)]
    perfect = [errors(simulated[r], gone[r], simulated[other], gone[other]) for r, other in enumerate(others)] if runs > 1 else []
    pairs = {
        "mean": (float(wait.mean()), float(simulated.mean())),
        "p90": (float(np.quantile(wait, 0.9)), float(np.quantile(simulated, 0.9))),
        "waiting": (float((wait > AT_ONCE).mean()), float((simulated > AT_ONCE).mean())),
        "left": (float(left.mean()), float(gone.mean())),
    }
    nothing = (math.nan, math.nan)
    checks = [
        Check(name, *pairs.get(name, nothing), value, bars[name], _ideal([each[name] for each in perfect])) for name, value in mine.items()
    ]
    inside, ideal = _coverage(outcome)
    checks.append(Check("coverage", *nothing, inside, bars["coverage"], ideal))
    order = list(BARS)
    return tuple(sorted(checks, key=lambda each: order.index(each.name)))


def _correlation(a: Floats, b: Floats) -> float:
    """nan below four days, or where one of both does not vary."""
    if len(a) < 4 or a.std() == 0 or b.std() == 0:
        return math.nan
    return float(np.corrcoef(a, b)[0, 1])


def _ideal(values: list[float]) -> tuple[float, float, float]:
    known = [each for each in values if math.isfinite(each)]
    if not known:
        return (math.nan, math.nan, math.nan)
    middle, low, high = (float(each) for each in np.quantile(known, (0.5, *BAND)))
    return (middle, low, high)


def _coverage(outcome: Outcome) -> tuple[float, tuple[float, float, float]]:
    """Share of half-hours of days whose mean wait lies between the 5th and the 95th of the replications' hundred."""
    cell = outcome.day * 100 + (outcome.arrived // HALF_HOUR).astype(np.int64)
    _, code, count = np.unique(cell, return_inverse=True, return_counts=True)
    enough = count >= ENOUGH
    if not enough.any():
        return math.nan, (math.nan, math.nan, math.nan)
    observed = np.bincount(code, outcome.wait)[enough] / count[enough]
    each = np.array([np.bincount(code, run)[enough] / count[enough] for run in outcome.simulated])
    low, high = np.quantile(each, BAND, axis=0)
    inside = float(np.mean((observed >= low - 1e-9) & (observed <= high + 1e-9)))
    perfect = [float(np.mean((run >= low - 1e-9) & (run <= high + 1e-9))) for run in each]
    return inside, _ideal(perfect)
