"""How severe inspectors are, seen through where they were sent: shown beside checks, never used to correct a score.

Model: the findings of a visit are Poisson with mean = its length in the hall's average visits x the window's faultiness x the inspector's
severity. Both factors have a gamma prior with mean 1 and shape ``PRIOR`` (assumption: it weighs like ``PRIOR`` expected findings), so who
looked little is drawn to 1. Each kind of factor is the mean of its gamma posterior given the other, in turn, until they stand still; the
interval is the gamma posterior of one inspector given the windows, so it leaves out that the windows are estimated too. Not for few
inspectors who each saw windows of their own: then windows and severity cannot be told apart, and a draw that mixes them is the cure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from scipy import stats

PRIOR = 4.0
"""Shape of both priors, in expected findings."""
LEVEL = 0.95
_ROUNDS = 500


@dataclass(frozen=True, slots=True)
class Visit:
    """One look at one window."""

    inspector: str
    window_id: str
    findings: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Severity:
    """How much one inspector finds where an average one finds 1."""

    inspector: str
    visits: int
    findings: int
    expected: float
    """Findings an average inspector would have made on the same visits."""
    factor: float
    low: float
    high: float
    """Ends of the 95 % interval."""

    @property
    def differs(self) -> bool:
        """Whether the interval leaves out 1."""
        return self.low > 1 or self.high < 1


def estimate(visits: Sequence[Visit]) -> tuple[Severity, ...]:
    """Severity of every inspector, by name; empty without visits. A visit of no length counts as one minute."""
    if not visits:
        return ()
    total = sum(max(each.minutes, 1) for each in visits)
    mean = sum(each.findings for each in visits) / len(visits)
    base = [mean * max(each.minutes, 1) * len(visits) / total for each in visits]
    inspectors = {each.inspector: 1.0 for each in visits}
    windows = {each.window_id: 1.0 for each in visits}
    found_by, found_at = defaultdict[str, int](int), defaultdict[str, int](int)
    for each in visits:
        found_by[each.inspector] += each.findings
        found_at[each.window_id] += each.findings
    expected: dict[str, float] = {}
    for _ in range(_ROUNDS):
        at_window = defaultdict[str, float](float)
        for own, each in zip(base, visits, strict=True):
            at_window[each.window_id] += own * inspectors[each.inspector]
        windows = {name: (found_at[name] + PRIOR) / (at_window[name] + PRIOR) for name in windows}
        expected = dict.fromkeys(inspectors, 0.0)
        for own, each in zip(base, visits, strict=True):
            expected[each.inspector] += own * windows[each.window_id]
        fresh = {name: (found_by[name] + PRIOR) / (expected[name] + PRIOR) for name in inspectors}
        moved = max(abs(fresh[name] - inspectors[name]) for name in inspectors)
        inspectors = fresh
        if moved < 1e-9:
            break
    tail = (1 - LEVEL) / 2
    many = {name: sum(each.inspector == name for each in visits) for name in inspectors}
    answers = []
    for name in sorted(inspectors):
        shape, rate = found_by[name] + PRIOR, expected[name] + PRIOR
        low, high = (float(stats.gamma.ppf(level, shape, scale=1 / rate)) for level in (tail, 1 - tail))
        answers.append(Severity(name, many[name], found_by[name], expected[name], inspectors[name], low, high))
    return tuple(answers)
