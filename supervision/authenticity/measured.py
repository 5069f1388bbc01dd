"""How often each rule rings at honest windows: the false-alarm rate beside every signal, measured and not claimed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ..ratings import rate
from .honest import Honest, simulate_month
from .signals import detect, rules


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """One rule among honest windows."""

    rule: str
    rang: int
    """Window-months at which it rang."""
    n: int
    """Window-months."""
    share: Decimal
    low: Decimal
    high: Decimal
    """Ends of the 95 % interval."""
    at_most: Decimal
    """What the rule allows itself."""


def measure_false_alarms(months: int, seed: int, assumed: Honest | None = None) -> tuple[FalseAlarms, ...]:
    """The share of honest window-months at which each rule rings, by simulation. ``months`` is at least 1."""
    given = assumed or Honest()
    rang = dict.fromkeys(rules(), 0)
    for month in range(months):
        for rule, _ in {(signal.rule, signal.window_id) for signal in detect(simulate_month(given, seed, month))}:
            rang[rule] += 1
    many = months * given.windows
    answers = []
    for rule, count in rang.items():
        found = rate(count, many)
        assert found.value is not None
        assert found.low is not None
        assert found.high is not None
        answers.append(FalseAlarms(rule, count, many, found.value, found.low, found.high, Decimal(str(rules()[rule]["at_most"]))))
    return tuple(answers)
