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
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.calibration.arrivals import HALF_HOUR
from simulation.calibration.given import GivenDay, Model, fit_model, given_days, replay, without
from simulation.calibration.logs import Log
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
BAND = (0.05, 0.95)
FEWER = 10
"""replications for what only explains a miss"""


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

    @property
    def believed(self) -> bool:
        return all(check.kept is not False for check in self.checks)

    @property
    def missed(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.kept is False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Observed and simulated waits of the people of the held days."""

    day: NDArray[np.int64]
    arrived: Floats
    service: NDArray[np.object_]
    wait: Floats
    """(n,) minutes, observed"""
    left: Flags
    simulated: Floats
    """(replications, n) minutes"""
    gone: Flags
    """(replications, n)"""


def bars_of(given: Mapping[str, float]) -> dict[str, Bar]:
    """The bars with some of them set anew. Raises BadInput for one that is not known or no number from 0 on."""
    wrong = [fault("believe_bar", f"--bar {name}", name, known=", ".join(BARS)) for name in given if name not in BARS]
    wrong += [fault("believe_bar_value", f"--bar {name}", value) for name, value in given.items() if not 0 <= value < math.inf]
    if wrong:
        raise BadInput(wrong)
    return {name: replace(bar, value=given[name], basis="input") if name in given else bar for name, bar in BARS.items()}


def split(log: Log, since: str | None = None) -> tuple[Log, Log]:
    """The days of a log for the fit and those held back: from a day on, or the last third. Raises BadInput if one of both has no day."""
    days = log.days
    last = since if since is not None else days[len(days) - max(1, round(HELD_SHARE * len(days)))]
    before, after = (keep_days(log, [day for day in days if (day >= last) == held]) for held in (False, True))
    if before.frame.empty or after.frame.empty:
        raise BadInput([fault("believe_days", "--since" if since else "log", since or str(len(days)), first=days[0], last=days[-1])])
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
) -> Belief:
    """Fits on the one log, serves the days of the other, and judges.

    Raises
    ------
    simulation.faults.BadInput
        if the training days tell no law of any service, or no held day has anybody whom the model knows.
    """
    model = fit_model(training)
    progress(0.2)
    held = keep_days(held, [day for day in held.days if day not in training.days])
    days = given_days(held, model) if model.services else []
    if not days:
        raise BadInput([fault("believe_nothing", "log", len(held.frame), services=len(model.services))])
    outcome = serve_days(model, days, replications, seed, engine, progress=lambda share: progress(0.2 + 0.7 * share))
    checks = check_all(outcome, bars)
    causes = explain(model, training, held, days, outcome, seed) if any(check.kept is False for check in checks) else {}
    progress(1.0)
    dirty = dict(training.reasons)
    if held.rejects is not training.rejects:
        for reason, count in held.reasons.items():
            dirty[reason] = dirty.get(reason, 0) + count
    return Belief(
        training.days, tuple(day.day for day in days), len(outcome.wait), checks, by_half_hour(outcome), by_day(outcome, days),
        by_service(outcome), causes, dirty, model,
    )  # fmt: skip


def serve_days(
    model: Model,
    days: list[GivenDay],
    replications: int,
    seed: int,
    engine: str = "kernel",
    as_served: bool = False,
    progress: Callable[[float], None] = lambda share: None,
) -> Outcome:
    """All the days, so many times."""
    waits, left = [], []
    for n, day in enumerate(days):
        done = replay(model, day, replications, seed, engine, as_served)
        waits.append(done.wait)
        left.append(done.left)
        progress((n + 1) / len(days))
    rows = pd.concat([day.rows for day in days], ignore_index=True)
    observed = (rows["called"].fillna(rows["ended"]) - rows["arrived"]).to_numpy(np.float64)
    return Outcome(
        np.repeat(np.arange(len(days)), [len(day.rows) for day in days]), rows["arrived"].to_numpy(np.float64),
        rows["service"].to_numpy(object), observed, (rows["outcome"] == "reneged").to_numpy(), np.concatenate(waits, axis=1),
        np.concatenate(left, axis=1),
    )  # fmt: skip


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
            "p90": abs(_ratio(float(np.quantile(model, 0.9)), float(np.quantile(truth, 0.9))) - 1),
            "days": _correlation(_means(truth, outcome.day), _means(middle, outcome.day)),
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


def _ratio(a: float, b: float) -> float:
    return a / b if b > 0 else (1.0 if a == 0 else math.nan)


def _means(values: Floats, code: NDArray[np.int64]) -> Floats:
    return np.asarray(np.bincount(code, values) / np.maximum(np.bincount(code), 1))


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


# ---- tables ----------------------------------------------------------------------------------------------------------------------------


def by_half_hour(outcome: Outcome) -> pd.DataFrame:
    """Mean waits by half-hour of arrival, all days together, with the band of the replications."""
    slots, code, count = np.unique(outcome.arrived // HALF_HOUR, return_inverse=True, return_counts=True)
    each = np.array([np.bincount(code, run) / count for run in outcome.simulated])
    low, high = np.quantile(each, BAND, axis=0)
    return pd.DataFrame({
        "slot": slots * HALF_HOUR, "people": count, "observed": np.bincount(code, outcome.wait) / count, "simulated": each.mean(axis=0),
        "low": low, "high": high,
    })  # fmt: skip


def by_day(outcome: Outcome, days: list[GivenDay]) -> pd.DataFrame:
    """Mean waits by day."""
    each = np.array([_means(run, outcome.day) for run in outcome.simulated])
    low, high = np.quantile(each, BAND, axis=0)
    return pd.DataFrame({
        "day": [day.day for day in days], "people": np.bincount(outcome.day), "observed": _means(outcome.wait, outcome.day),
        "simulated": each.mean(axis=0), "low": low, "high": high,
    })  # fmt: skip


def by_service(outcome: Outcome) -> pd.DataFrame:
    """Mean waits by service, the most asked for first."""
    frame = pd.DataFrame({"service": outcome.service, "observed": outcome.wait, "simulated": outcome.simulated.mean(axis=0)})
    told = frame.groupby("service").agg(people=("observed", "size"), observed=("observed", "mean"), simulated=("simulated", "mean"))
    return told.reset_index().sort_values("people", ascending=False, ignore_index=True)


# ---- why a miss ------------------------------------------------------------------------------------------------------------------------


def explain(model: Model, training: Log, held: Log, days: list[GivenDay], outcome: Outcome, seed: int) -> dict[str, float]:
    """What a miss comes from: the mean wait (minutes) without one part of the model, and with the held days' own service times.

    Nothing of it goes back into the model. Keys: `without_` gaps, idle, turns, pace: simulated mean wait without the part; `as_served`:
    with every service as long as it was; `services_held`: service times of the held days over those of the training days, by service;
    `hurry_1`, `hurry_5`: on the training days the share of windows not ready within a minute after a service, where one person waits and
    where five or more do; `worst_day`: of all days the one that is missed most, its share of the whole error.
    """
    told: dict[str, float] = {}
    parts = ["pace"]
    if model.gaps is not None:
        parts += ["gaps", "idle"]
        for key, name in (("1", "hurry_1"), ("≥5", "hurry_5")):
            if key in model.gaps.by_queue:
                told[name] = model.gaps.by_queue[key][0]
    if model.turns.ahead:
        parts.append("turns")
    for part in parts:
        told[f"without_{part}"] = float(serve_days(without(model, part), days, FEWER, seed).simulated.mean())
    told["as_served"] = float(serve_days(model, days, FEWER, seed, as_served=True).simulated.mean())
    told["services_held"] = _service_ratio(training, held)
    error = np.abs(np.bincount(outcome.day, outcome.simulated.mean(axis=0) - outcome.wait))
    told["worst_day"] = float(error.max() / error.sum()) if error.sum() > 0 else 0.0
    return told


def _service_ratio(training: Log, held: Log) -> float:
    """Total minutes of service on the held days over those expected from the training days' means."""

    def served(log: Log) -> pd.DataFrame:
        rows = log.frame[(log.frame["outcome"] == "served") & ~log.frame["part"]]
        return rows.assign(minutes=rows["ended"] - rows["called"])

    mean = served(training).groupby("service")["minutes"].mean()
    rows = served(held)
    expected = rows["service"].map(mean)
    known = expected.notna()
    return _ratio(float(rows["minutes"][known].sum()), float(expected[known].sum()))
