"""What an experiment answers: every measure as a value with its interval, and a comparison as differences with theirs.

An interval never leaves what the measure can be: it stays above 0, and a share's below 1.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from simulation.estimators import (
    Interval,
    about,
    quantile,
    quantile_differences,
    quantile_intervals,
    ratio,
    ratio_difference,
    ratio_difference_in_strata,
    ratio_in_strata,
)
from simulation.experiment.strata import Split
from simulation.experiment.sums import BANDED, PAIRS, ROW_OF, Pairing, Record, Sums
from simulation.measures import MEASURES, Measure
from simulation.measures.registry import PLACES, QUANTILES

ROLLED = ("by_class", "by_item")
"""results that only halls with more lines than services have"""
Verdict = Literal["lower", "higher", "no clear difference"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value that does not travel alone."""

    value: float
    """nan where nobody counts"""
    low: float
    """nan below two units"""
    high: float
    level: float
    n: int
    """units"""
    unit: str
    """of the value: a key of measures.UNITS"""
    method: str

    def to_dict(self) -> dict[str, Any]:
        """For JSON: nan becomes None."""
        return {
            "value": _plain(self.value),
            "low": _plain(self.low),
            "high": _plain(self.high),
            "level": self.level,
            "n": self.n,
            "unit": self.unit,
            "method": self.method,
        }


@dataclass(frozen=True, slots=True)
class Difference(Estimate):
    """Plan minus base on the same days."""

    verdict: Verdict
    """what the interval says; without an interval there is no clear difference"""
    better: bool | None
    """whether the plan is better; None where there is no clear difference, or no better direction"""

    def to_dict(self) -> dict[str, Any]:
        better = None if self.better is None else "better" if self.better else "worse"
        return {**Estimate.to_dict(self), "verdict": self.verdict, "better": better}


Estimates = Mapping[str, Estimate]
Differences = Mapping[str, Difference]


@dataclass(frozen=True, slots=True)
class Result:
    """The answer of an experiment."""

    scenario: str
    engine: str
    replications: int
    days: int
    """days in one replication"""
    unit: str
    """what is independent and counted by n: "day", "day_in_stratum" or "replication" """
    seed: int
    digest: str
    """of the scenario"""
    version: str
    """of this program"""
    level: float
    measures: Estimates
    by_service: Mapping[str, Estimates]
    by_window: Mapping[str, Estimates]
    by_half_hour: Mapping[str, Estimates]
    precision: float | None
    """the relative half-width of mean_wait that was asked for"""
    reached: bool | None
    """whether it was reached before the most replications allowed; None if none was asked for"""
    stopped: bool
    """whether it was stopped before its end"""
    _bands: NDArray[np.int32] = field(repr=False, compare=False)
    by_class: Mapping[str, Estimates] = field(default_factory=dict)
    """class of citizens -> measures over all its lines; empty where there is the public alone"""
    by_item: Mapping[str, Estimates] = field(default_factory=dict)
    """service of the file -> measures over all its lines; empty where each has one line"""
    strata: Mapping[str, Any] | None = None
    """where the unit is the day within its stratum: by what, how many, and how many were joined with another; see `experiment.strata`"""

    def band(
        self, name: str = "mean_wait", half_hour: str | None = None, shares: tuple[float, float] = (0.05, 0.95)
    ) -> tuple[float, float] | None:
        """Between which values the days lie: the quantiles of single days' values, within 0.5 %; None if no day has one.

        Not the interval of the mean: a band does not shrink with more replications.

        Raises KeyError if no band is kept for the measure (see experiment.BANDED) or the half-hour is not known.
        """
        if name not in BANDED:
            raise KeyError(f"no band is kept for {name!r}; there is one for {', '.join(BANDED)}")
        column = 0 if half_hour is None else 1 + list(self.by_half_hour).index(half_hour) if half_hour in self.by_half_hour else -1
        if column < 0:
            raise KeyError(f"there is no half-hour {half_hour!r}")
        counts = self._bands[BANDED.index(name), column]
        return (quantile(counts, shares[0]), quantile(counts, shares[1])) if counts.any() else None

    def to_dict(self) -> dict[str, Any]:
        """The JSON of `openhall simulate --json`."""
        head = ("scenario", "engine", "replications", "days", "unit", "seed", "digest", "version")
        strata = {} if self.strata is None else {"strata": dict(self.strata)}
        return {**{name: getattr(self, name) for name in head}, **strata, **_tables(self)}


@dataclass(frozen=True, slots=True)
class Comparison:
    """A plan against its base under common random numbers."""

    base: Result
    plan: Result
    measures: Differences
    by_service: Mapping[str, Differences]
    """services of both"""
    by_window: Mapping[str, Differences]
    """windows of both"""
    by_half_hour: Mapping[str, Differences]
    """half-hours of both"""
    by_class: Mapping[str, Differences] = field(default_factory=dict)
    by_item: Mapping[str, Differences] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The JSON of `openhall compare --json`; the difference is plan minus base."""
        base, plan = self.base.to_dict(), self.plan.to_dict()
        head = {name: value for name, value in plan.items() if not isinstance(value, dict)}
        head["scenario"] = f"{self.plan.scenario} - {self.base.scenario}"
        head["digest"] = hashlib.sha256(f"{self.base.digest} {self.plan.digest}".encode()).hexdigest()
        return {"base": base, "plan": plan, "difference": {**head, **_tables(self)}}


def _tables(of: Result | Comparison) -> dict[str, Any]:
    def plain(values: Mapping[str, Estimate]) -> dict[str, Any]:
        return {name: each.to_dict() for name, each in values.items()}

    return {
        "measures": plain(of.measures),
        "by_service": {key: plain(values) for key, values in of.by_service.items()},
        "by_window": {key: plain(values) for key, values in of.by_window.items()},
        "by_half_hour": {key: plain(values) for key, values in of.by_half_hour.items()},
        **{name: {key: plain(values) for key, values in getattr(of, name).items()} for name in ROLLED if getattr(of, name)},
    }


def _plain(value: float) -> float | None:
    return value if math.isfinite(value) else None


Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
EVERY: Longs = np.arange(len(PAIRS))
"""all ratios"""

Table = dict[str, dict[str, dict[str, Any]]]
"""place -> id -> measure's name -> estimate"""


FiveSums = tuple[Floats, Floats, Floats, Floats, Floats]
"""Σn, Σd, Σn², Σnd, Σd² of some ratios and groups, (ratios, groups); of strata (strata, ratios, groups)"""


def _sums_of(sums: Sums, ratios: Longs, columns: Longs) -> FiveSums:
    rows = ratios[:, None]
    n, d = PAIRS[rows, 0], PAIRS[rows, 1]
    first, second = sums.first, sums.second
    return (
        first[..., n, columns],
        first[..., d, columns],
        second[..., n, columns],
        sums.products[..., rows, columns],
        second[..., d, columns],
    )


def _folded(sums: Sums, ratios: Longs, columns: Longs, split: Split) -> FiveSums:
    n, d, nn, nd, dd = map(split.fold, _sums_of(sums, ratios, columns))
    return n, d, nn, nd, dd


def half_widths(record: Record, ratios: Longs, columns: Longs, units: int, level: float, split: Split | None) -> tuple[Floats, Floats]:
    """(ratios, columns) totals over totals, and the half-widths of their intervals.

    ratios : rows of PAIRS
    """
    n, d, nn, nd, dd = _sums_of(record.sums, ratios, columns)
    value, half = ratio(n, d, nn, nd, dd, units, level)
    if split is not None and record.strata is not None:
        half = ratio_in_strata(value, d, _folded(record.strata, ratios, columns, split), split.units, level)
    return value, half


def estimates_of(record: Record, units: int, level: float, split: Split | None = None) -> Table:
    """Every measure of every group."""
    value, half = half_widths(record, EVERY, np.arange(record.layout.groups), units, level, split)
    method = "linearised ratio" if split is None else "stratified linearised ratio"
    shares = [each.share for each in QUANTILES]

    def of_column(column: int) -> Callable[[Measure], Interval]:
        parts = record.layout.parts(column)
        intervals = quantile_intervals(_groups(record, parts, split), shares, units, level) if parts else []

        def of(measure: Measure) -> Interval:
            if measure.is_quantile:
                return intervals[QUANTILES.index(measure)]
            middle, width = float(value[ROW_OF[measure.name], column]), float(half[ROW_OF[measure.name], column])
            return about(middle, width, share=measure.unit == "share")

        return of

    def estimate(measure: Measure, interval: Interval) -> Estimate:
        return Estimate(*interval, level, units, measure.unit, "Woodruff" if measure.is_quantile else method)

    return _table(record.layout.columns(), of_column, estimate)


def _groups(record: Record, parts: Sequence[int], split: Split | None) -> NDArray[np.int32]:
    """(groups of units, bins) waits of some columns; without the groups that no unit of the strata belongs to."""
    waits = record.waits_of(parts)
    return waits if split is None else np.asarray(waits[split.groups])


def differences_of(base: Record, plan: Record, pairing: Pairing, units: int, level: float, split: Split | None = None) -> Table:
    """Every measure of every group that both plans have, plan minus base."""
    one, two = pairing.columns[:, 0], pairing.columns[:, 1]
    (n1, d1, nn1, nd1, dd1), (n2, d2, nn2, nd2, dd2) = _sums_of(base.sums, EVERY, one), _sums_of(plan.sums, EVERY, two)
    cross = (pairing.sums[0], pairing.sums[1], pairing.sums[2], pairing.sums[3])
    value, half = ratio_difference((n1, n2), (d1, d2), (nn1, nn2), (nd1, nd2), (dd1, dd2), cross, units, level)
    if split is not None and base.strata is not None and plan.strata is not None and pairing.strata is not None:
        values = (ratio(n1, d1, nn1, nd1, dd1, units, level)[0], ratio(n2, d2, nn2, nd2, dd2, units, level)[0])
        folded = split.fold(pairing.strata)
        cross = (folded[:, 0], folded[:, 1], folded[:, 2], folded[:, 3])
        sides = _folded(base.strata, EVERY, one, split), _folded(plan.strata, EVERY, two, split)
        half = ratio_difference_in_strata(values, (d1, d2), *sides, cross, split.units, level)
    linearised = "paired linearised ratio" if split is None else "paired stratified linearised ratio"
    shares = [each.share for each in QUANTILES]
    keys = list(base.layout.columns())
    common = {keys[column]: row for row, column in enumerate(one)}

    def of_row(row: int) -> Callable[[Measure], Interval]:
        i, j = int(one[row]), int(two[row])
        mine, theirs = base.layout.parts(i), plan.layout.parts(j)
        intervals = quantile_differences(_groups(base, mine, split), _groups(plan, theirs, split), shares, units, level) if mine else []

        def of(measure: Measure) -> Interval:
            if measure.is_quantile:
                return intervals[QUANTILES.index(measure)]
            middle, width = float(value[ROW_OF[measure.name], row]), float(half[ROW_OF[measure.name], row])
            return middle, middle - width, middle + width

        return of

    def difference(measure: Measure, interval: Interval) -> Difference:
        _, low, high = interval
        verdict: Verdict = "higher" if low > 0 else "lower" if high < 0 else "no clear difference"
        better = None if verdict == "no clear difference" or measure.better is None else verdict == measure.better
        method = "paired jackknife" if measure.is_quantile else linearised
        return Difference(*interval, level, units, measure.unit, method, verdict, better)

    return _table(common, of_row, difference)


def _table(
    columns: Mapping[tuple[str, str], int],
    intervals_of: Callable[[int], Callable[[Measure], Interval]],
    word: Callable[[Measure, Interval], Estimate],
) -> Table:
    table: Table = {place: {} for place in PLACES}
    for (place, key), column in columns.items():
        of = intervals_of(column)
        table[place][key] = {each.name: word(each, of(each)) for each in MEASURES.values() if each.is_given(place)}
    return table
