"""Five signals in the ratings of a month, each with its reason and the ratings that rang it. Pure arithmetic on arrays.

A signal asks somebody to look. It moves no points, opens no order and names nobody. Windows are compared with the rest of the hall, so one
window among honest ones stands out and a hall that cheats as a whole does not: that is a matter for checks.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

RULES = Path(__file__).with_name("rules.toml")
SECOND = 1_000_000
"""Microseconds."""
UNKNOWN = np.iinfo(np.int64).min
"""The end of a case that nobody knows."""


@dataclass(frozen=True, slots=True)
class WindowMonth:
    """What citizens said at one window in one month, and what else happened there. Defaults are left out."""

    window_id: str
    numbers: tuple[str, ...]
    """Ids of the ratings, such as rating:R-1; the arrays are in this order."""
    rated_at: NDArray[np.int64]
    """(n,) microseconds since 1970 UTC."""
    ended_at: NDArray[np.int64]
    """(n,) end of the case or of the service at the window, UNKNOWN if there is none."""
    device: tuple[str, ...]
    """(n,) seat of the device; empty for other channels."""
    rater: tuple[str, ...]
    """(n,) keyed hash of the citizen; empty if unknown."""
    case: tuple[str, ...]
    """(n,) case; empty if it names none."""
    level: NDArray[np.int64]
    """(n,) 1 to 5."""
    cases: int
    """Cases that ended in the month."""
    adverse: int
    """Findings that stand, upheld complaints, lapses, late cases."""

    @property
    def rated_cases(self) -> int:
        return len({each for each in self.case if each})


@dataclass(frozen=True, slots=True)
class Signal:
    """A reason to look at a window's ratings."""

    rule: str
    window_id: str
    facts: Mapping[str, str]
    """What the reason fills in."""
    evidence: tuple[str, ...]
    """Ids of the ratings it rests on; empty where it rests on counts."""

    def reason(self, language: str) -> str:
        return str(rules()[self.rule]["reason"][language]).format_map(self.facts)

    def name(self, language: str) -> str:
        return str(rules()[self.rule]["name"][language])


@lru_cache(maxsize=1)
def rules() -> dict[str, dict[str, Any]]:
    """The rules with their thresholds, by id."""
    found: dict[str, dict[str, Any]] = tomllib.loads(RULES.read_text(encoding="utf-8"))["rules"]
    return found


def detect(windows: Sequence[WindowMonth]) -> tuple[Signal, ...]:
    """Every signal of a hall's month, by rule and window."""
    found: list[Signal] = []
    for each in windows:
        found += [*_burst(each), *_early(each), *_one_person(each)]
    for each in windows:
        rest = [other for other in windows if other is not each]
        found += [*_full_marks(each, rest), *_drift(each, rest)]
    order = list(rules())
    return tuple(sorted(found, key=lambda signal: (order.index(signal.rule), signal.window_id)))


def _number(rule: str, name: str) -> float:
    return float(str(rules()[rule][name]))


def _burst(month: WindowMonth) -> Iterator[Signal]:
    """The fullest stretch of so many seconds at each device."""
    seconds, least = int(_number("burst", "seconds")), int(_number("burst", "count"))
    devices = np.array(month.device, dtype=object)
    for device in sorted(set(month.device) - {""}):
        at = np.flatnonzero(devices == device)
        if len(at) < least:
            continue
        at = at[np.argsort(month.rated_at[at], kind="stable")]
        moments = month.rated_at[at]
        many = np.searchsorted(moments, moments + seconds * SECOND, side="right") - np.arange(len(at))
        top = int(np.argmax(many))
        if many[top] >= least:
            inside = at[top : top + int(many[top])]
            facts = {"device": device, "seconds": str(seconds), "count": str(int(many[top]))}
            yield Signal("burst", month.window_id, facts, tuple(month.numbers[each] for each in inside))


def _early(month: WindowMonth) -> Iterator[Signal]:
    seconds = int(_number("early", "seconds"))
    timed = np.flatnonzero(month.ended_at != UNKNOWN)
    early = timed[month.rated_at[timed] < month.ended_at[timed] + seconds * SECOND]
    if len(early) >= _number("early", "count") and len(early) >= _number("early", "share") * len(timed):
        facts = {"count": str(len(early)), "timed": str(len(timed)), "seconds": str(seconds)}
        yield Signal("early", month.window_id, facts, tuple(month.numbers[each] for each in early))


def _one_person(month: WindowMonth) -> Iterator[Signal]:
    rated: dict[str, dict[str, str]] = {}
    for number, rater, case in zip(month.numbers, month.rater, month.case, strict=True):
        if rater:
            rated.setdefault(rater, {}).setdefault(case or number, number)
    for rater in sorted(rated):
        if len(rated[rater]) >= _number("one_person", "count"):
            yield Signal("one_person", month.window_id, {"count": str(len(rated[rater]))}, tuple(sorted(rated[rater].values())))


def _full_marks(month: WindowMonth, rest: Sequence[WindowMonth]) -> Iterator[Signal]:
    """Nearly every case rated, every rating the best, and more of them than the rest of the hall makes likely (binomial tail)."""
    rated, others = month.rated_cases, sum(each.cases for each in rest)
    if rated < _number("full_marks", "least") or others == 0 or month.cases == 0 or bool(np.any(month.level < 5)):
        return
    share = min(sum(each.rated_cases for each in rest) / others, 1.0)
    if rated / month.cases < _number("full_marks", "coverage"):
        return
    if float(stats.binom.sf(min(rated, month.cases) - 1, month.cases, share)) < _number("full_marks", "tail"):
        facts = {"count": str(rated), "cases": str(month.cases), "hall": f"{100 * share:.0f} %"}
        yield Signal("full_marks", month.window_id, facts, ())


def _drift(month: WindowMonth, rest: Sequence[WindowMonth]) -> Iterator[Signal]:
    """Not one bad rating among many, and far more adverse events than the rest of the hall makes likely (negative binomial tail).

    The rest of the hall says how many a case brings and, by its own spread, how much honest windows differ.
    """
    if len(month.numbers) < _number("drift", "least") or bool(np.any(month.level <= 2)) or len(rest) < 3:
        return
    cases = np.array([each.cases for each in rest], dtype=np.float64)
    adverse = np.array([each.adverse for each in rest], dtype=np.float64)
    if cases.sum() == 0 or month.cases == 0:
        return
    rate = (adverse.sum() + 0.5) / cases.sum()
    expected = rate * month.cases
    # spread between windows by moments: var = mean + mean^2 / shape
    excess = float(np.sum((adverse - rate * cases) ** 2 - rate * cases)) / max(float(np.sum((rate * cases) ** 2)), 1e-12)
    shape = 1.0 / max(excess, 0.05)
    if float(stats.nbinom.sf(month.adverse - 1, shape, shape / (shape + expected))) < _number("drift", "tail"):
        yield Signal("drift", month.window_id, {"count": str(month.adverse), "expected": f"{expected:.1f}"}, ())
