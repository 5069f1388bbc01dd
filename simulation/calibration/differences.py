"""Whether a figure of a scenario agrees with that of its log, what the figures say together, and what may be why they differ.

The bars are those of the verdict (`believing`). The order of the causes is ours and not measured.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from simulation.calibration.believing import BARS
from simulation.calibration.crowds import Crowd
from simulation.calibration.laws import Figure
from simulation.calibration.unknown import Unknown

SAME_MIN = 0.1
"""minutes; waits that differ by less are alike"""
SAME_PEOPLE = 0.5
"""people waiting; numbers that differ by less are alike"""
BLURRED = 0.5
"""half-width over the observed value, from which days that hide a difference are no agreement"""
MOST_CAUSES = 3
MOST_HOURS = 0.5
"""share of the half-hours whose people waiting must agree"""
COURSE = ("office_pace", "crew_days", "office_windows")
"""what makes the people waiting differ in their course over the day, the likeliest first"""
SHORTENS = (
    "groups",
    "crew_days",
    "cv_none",
    "crew_named",
    "crew",
    "office_shared",
    "office_windows",
    "wrap_up_few",
    "wrap_up_unseen",
    "away_few",
    "away_unseen",
    "cv_few",
    "absence_few",
)
LENGTHENS = (
    "patience_unseen",
    "patience_few",
    "window_out",
    "crew",
    "turned",
    "crew_days",
    "office_stuck",
    "office_shared",
    "office_windows",
    "office_patience",
    "at_end",
    "wrap_up_alike",
)
"""what a fit does not carry over or has to assume, that makes simulated waits too short, or too long; the likeliest first"""


@dataclass(frozen=True, slots=True)
class Pair:
    """One measure of the log and of the scenario."""

    name: str
    """mean and p90 (minutes), waiting and left (shares)"""
    observed: Figure
    """nan interval from a single day"""
    simulated: Figure
    verdict: str
    """agrees, low (the scenario's is less), high, untold (the days of the log differ too much to tell)"""


def compare(name: str, observed: Figure, simulated: Figure) -> str:
    """Agrees where the difference is within the bar of `openhall believe`, or within what days differ if that is not too wide."""
    away = simulated.value - observed.value
    if not math.isfinite(away):
        return "untold"
    share, same = name in ("waiting", "left"), SAME_PEOPLE if name == "crowd" else SAME_MIN
    asked = BARS["mean" if name == "crowd" else name].value
    bar = asked if share else max(asked * observed.value, same)
    if abs(away) <= bar:
        return "agrees"
    half = math.hypot(*(0.0 if math.isnan(each.high) else (each.high - each.low) / 2 for each in (observed, simulated)))
    if abs(away) <= half:
        return "agrees" if half <= (2 * bar if share else max(BLURRED * observed.value, same)) else "untold"
    return "low" if away < 0 else "high"


def course(crowds: tuple[Crowd, ...]) -> bool:
    """Whether the people waiting agree in most of the half-hours in which it can be told."""
    told = [each.verdict for each in crowds if each.verdict != "untold"]
    return told.count("agrees") >= MOST_HOURS * len(told)


def overall(pairs: tuple[Pair, ...], crowds: tuple[Crowd, ...]) -> str:
    first = pairs[0].verdict
    if first == "agrees":
        return "partly" if any(each.verdict in ("low", "high") for each in pairs) or not course(crowds) else "agrees"
    return {"low": "optimistic", "high": "pessimistic"}.get(first, first)


def causes_of(unknowns: tuple[Unknown, ...], pairs: tuple[Pair, ...], verdict: str) -> tuple[Unknown, ...]:
    """What the fit had to leave out that may be why, the likeliest first; none where it agrees."""
    if verdict in ("agrees", "untold"):
        return ()
    way = next((each.verdict for each in pairs if each.verdict in ("low", "high")), "course")
    codes = {"low": SHORTENS, "high": LENGTHENS, "course": COURSE}[way]
    told = {each.code: each for each in unknowns}
    return tuple(told[code] for code in codes if code in told)[:MOST_CAUSES]
