"""The truth cases as halls: which scenario a case is, and which measure of an experiment answers it.

Built as documents, as a person would write them, and run through the public functions only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from typing import Any

from simulation.experiment import Result
from tests.theory.truths import TRUTHS

Document = dict[str, Any]
Interval = tuple[float, float, float]
"""value, low, high"""


@dataclass(frozen=True, slots=True)
class Answer:
    """One number of one case, read off an experiment."""

    case: str
    measure: str
    of: str = ""
    """"" for the whole hall, else the id of a service or of a window"""
    position: int = 0
    """in the case's list of expected numbers"""
    read: Callable[[float], float] = float
    """what to do to the measure, where the case asks for another unit or the complement"""

    @property
    def exact(self) -> float:
        return TRUTHS[self.case].values()[self.position]

    @property
    def widest(self) -> float:
        """The half-width above which the interval would not show an error of the case's tolerance."""
        return TRUTHS[self.case].tolerance * self.exact

    def interval(self, result: Result) -> Interval:
        table = result.measures
        if self.of:
            table = result.by_service[self.of] if self.of in result.by_service else result.by_window[self.of]
        found = table[self.measure]
        low, high = sorted((self.read(found.low), self.read(found.high)))
        return self.read(found.value), low, high


@dataclass(frozen=True, slots=True)
class Run:
    """An experiment that answers some cases."""

    document: Document
    replications: int
    answers: tuple[Answer, ...]


def complement(share: float) -> float:
    return 1.0 - share


def service(id: str, rate: float, law: dict[str, Any] | float, **keys: Any) -> Document:
    """A service with so many arrivals a minute; a number as its law is the mean of an exponential one."""
    law = law if isinstance(law, dict) else {"family": "exponential", "mean": law}
    return {"id": id, "service_min": law, "arrivals_per_hour": 60 * rate, **keys}


def windows(id: str, count: int, serves: list[str] | None = None, **keys: Any) -> Document:
    return {"id": id, "count": count, "serves": serves or ["*"], **keys}


def steady(services: list[Document], groups: list[Document], minutes: float, **rules: Any) -> Document:
    """A textbook hall: a horizon of so many minutes after a tenth of it to warm up."""
    horizon = {"minutes": 1.1 * minutes, "warm_up": 0.1 * minutes}
    return {"schema": 1, "name": "truth", "horizon": horizon, "services": services, "windows": groups, "rules": rules}


def one_queue(rate: float, law: dict[str, Any] | float, servers: int, minutes: float, **keys: Any) -> Document:
    return steady([service("s", rate, law, **keys)], [windows("w", servers)], minutes)


def with_places(rate: float, mean: float, servers: int, places: int, minutes: float) -> Document:
    """A hall in which so many may wait; who finds it full is turned away."""
    return steady([service("s", rate, mean)], [windows("w", servers)], minutes, places=places)


def network(external: list[float], routing: list[list[float]], means: list[float], servers: list[int], minutes: float) -> Document:
    """Services with windows of their own, and shares of those served who go on."""
    services = [
        service(f"n{i}", rate, mean, then=[{"service": f"n{j}", "share": share} for j, share in enumerate(routing[i]) if share])
        for i, (rate, mean) in enumerate(zip(external, means, strict=True))
    ]
    return steady(services, [windows(f"w{i}", count, [f"n{i}"]) for i, count in enumerate(servers)], minutes)


def cafe(minutes: float) -> Document:
    given = TRUTHS["F02"].parameters
    return network(given["gamma"], given["P"], [1 / mu for mu in given["mu"]], given["c"], minutes)


def per(rate: float) -> Callable[[float], float]:
    """Little: a mean number inside becomes a mean time."""
    return lambda number: number / rate


CAFE_MINUTES = 25_000


def patience(mean: float) -> Document:
    return {"family": "exponential", "mean": mean}


def constant(minutes: float) -> Document:
    return {"family": "deterministic", "value": minutes}


def two_groups(case: str, minutes: float, pooled: bool) -> Document:
    """Van Dijk and van der Sluis: two services, five windows each, or ten for both."""
    given = TRUTHS[case].parameters
    count = given["s_per_group"]
    means = {"one": given["mean1"], "two": given["mean2"]}
    services = [service(id, given["rho"] * count / mean, mean) for id, mean in means.items()]
    groups = [windows("all", 2 * count)] if pooled else [windows(f"own-{id}", count, [id]) for id in means]
    return steady(services, groups, minutes)


def day_of_i16() -> Document:
    given = TRUTHS["I16"].parameters
    half_hours = [rate for rate in given["hourly_arrivals"] for _ in range(2)]
    citizens = {**service("s", 0, given["mean_service_min"]), "arrivals_per_hour": half_hours, "target": {"wait_min": 20}}
    opening = {"from": time(8), "to": time(8 + given["open_min"] // 60), "at_end": "serve_all"}
    return {"schema": 1, "name": "truth", "opening": [opening], "services": [citizens], "windows": [windows("w", given["windows"])]}


def within(minutes: float) -> Document:
    return {"wait_min": minutes}


N_DESIGN = [service("one", 0.35, 8.0, priority=1), service("two", 0.12, 8.0, priority=0)]
"""class 2 is called first where both are served"""

RUNS: dict[str, Run] = {
    "bank with three windows": Run(
        one_queue(0.2, 10.0, 3, 150_000),
        64,
        (Answer("A01", "mean_wait"), Answer("A02", "delayed_share"), Answer("A03", "utilisation")),
    ),
    "bank with four windows": Run(one_queue(0.2, 10.0, 4, 150_000), 64, (Answer("A04", "mean_wait"),)),
    "three servers in units of a service": Run(one_queue(2.0, 1.0, 3, 30_000), 64, (Answer("A05", "mean_wait"),)),
    "call centre": Run(
        one_queue(100 / 30, 3.0, 14, 25_000, target=within(20 / 60)),
        64,
        (Answer("A06", "share_within_target"), Answer("A07", "delayed_share")),
    ),
    "hall at 90 percent": Run(
        one_queue(0.9, 8.0, 8, 150_000, target=within(20)),
        96,
        (
            Answer("A10", "mean_wait"),
            Answer("A11", "share_within_target", read=complement),
            Answer("A12", "p95_wait"),
            Answer("A13", "mean_queue"),
        ),
    ),
    "ten windows with their own services": Run(
        steady([service(f"s{k}", 0.1, 8.0) for k in range(10)], [windows(f"w{k}", 1, [f"s{k}"]) for k in range(10)], 25_000),
        64,
        (Answer("A20", "mean_wait"),),
    ),
    "two servers and one chair": Run(
        one_queue(3.0, 0.25, 2, 10_000, balking=[{"queue": 1, "share": 1.0}]),
        64,
        (Answer("B01", "mean_in_hall"), Answer("B02", "balked_share")),
    ),
    "two servers and one place to wait": Run(
        with_places(3.0, 0.25, 2, 1, 10_000), 64, (Answer("B01", "mean_in_hall"), Answer("B02", "turned_away_share"))
    ),
    "one server and four places to wait": Run(with_places(1.0, 0.8, 1, 4, 20_000), 64, (Answer("B03", "turned_away_share"),)),
    "ten servers and no place to wait": Run(with_places(1.0, 8.0, 10, 0, 20_000), 64, (Answer("B04", "turned_away_share"),)),
    "one server and four chairs": Run(
        one_queue(1.0, 0.8, 1, 20_000, balking=[{"queue": 4, "share": 1.0}]), 64, (Answer("B03", "balked_share"),)
    ),
    "ten servers and no chair": Run(
        one_queue(1.0, 8.0, 10, 20_000, balking=[{"queue": 0, "share": 1.0}]), 64, (Answer("B04", "balked_share"),)
    ),
    "lognormal service": Run(
        one_queue(0.1, {"family": "lognormal", "mean": 8.0, "cv": 1.2}, 1, 400_000), 128, (Answer("C01", "mean_wait"),)
    ),
    "constant service": Run(one_queue(0.1, constant(8.0), 1, 400_000), 64, (Answer("C02", "mean_wait"),)),
    "gamma service": Run(one_queue(1.0, {"family": "gamma", "shape": 4.0, "scale": 0.2}, 1, 20_000), 64, (Answer("C03", "mean_queue"),)),
    "constant service in units": Run(one_queue(1.0, constant(0.8), 1, 20_000), 64, (Answer("C04", "mean_queue"),)),
    "Erlang service": Run(one_queue(0.1, {"family": "erlang", "k": 3, "mean": 8.0}, 1, 300_000), 64, (Answer("C05", "mean_wait"),)),
    "ten constant servers": Run(one_queue(8.0, constant(1.0), 10, 5_000), 64, (Answer("C10", "mean_wait"),)),
    "eight constant windows": Run(one_queue(0.9, constant(8.0), 8, 100_000), 64, (Answer("C11", "mean_wait"),)),
    "three constant servers": Run(one_queue(2.7, constant(1.0), 3, 20_000), 64, (Answer("C12", "mean_wait"),)),
    "fifty agents and impatient callers": Run(
        one_queue(48.0, 1.0, 50, 1_600, patience_min=patience(2.0)),
        64,
        (Answer("D01", "reneged_share"), Answer("D02", "mean_wait", read=lambda minutes: 60 * minutes)),
    ),
    "hall with impatient citizens": Run(
        one_queue(1.2, 8.0, 10, 60_000, patience_min=patience(20.0), target=within(5)),
        64,
        (Answer("D03", "reneged_share"), Answer("D04", "mean_wait"), Answer("D05", "share_within_target")),
    ),
    "two priority classes at eight windows": Run(
        steady([service("first", 0.25, 8.0, priority=0), service("second", 0.65, 8.0, priority=1)], [windows("w", 8)], 100_000),
        96,
        (Answer("E01", "mean_wait", "first"), Answer("E01", "mean_wait", "second", 1)),
    ),
    "two priority classes with two laws": Run(
        steady([service("first", 0.08, 4.0, priority=0), service("second", 0.05, 10.0, priority=1)], [windows("w", 1)], 400_000),
        96,
        (Answer("E03", "mean_wait", "first"), Answer("E03", "mean_wait", "second", 1)),
    ),
    "a more urgent class that interrupts": Run(
        steady(
            [service("first", 0.05, 8.0, priority=0), service("second", 0.05, 8.0, priority=1)],
            [windows("w", 1)],
            400_000,
            urgent_interrupt=True,
        ),
        96,
        (
            Answer("E04", "mean_in_hall", "first", read=per(0.05)),
            Answer("E04", "mean_in_hall", "second", 1, read=per(0.05)),
        ),
    ),
    "three stages of a cafe": Run(
        cafe(CAFE_MINUTES),
        64,
        (
            *(Answer("F01", "arrivals", f"n{i}", i, read=per(CAFE_MINUTES)) for i in range(3)),
            Answer("F02", "mean_in_hall", read=per(0.5)),
        ),
    ),
    "two stages one after the other": Run(
        network([1.0, 0.0], [[0.0, 1.0], [0.0, 0.0]], [1 / 1.5, 1 / 1.25], [1, 1], 40_000),
        64,
        (Answer("F20", "mean_in_hall", read=per(1.0)),),
    ),
    "two equal groups apart": Run(
        two_groups("G01", 110_000, pooled=False),
        96,
        (Answer("G01", "mean_wait", "one"), Answer("G01", "mean_wait", "two", 1), Answer("G01", "mean_wait", "", 2)),
    ),
    "two equal groups pooled": Run(two_groups("G01", 60_000, pooled=True), 96, (Answer("G01", "mean_wait", "", 3),)),
    "two unequal groups apart": Run(
        two_groups("G03", 280_000, pooled=False),
        96,
        (Answer("G03", "mean_wait", "one"), Answer("G03", "mean_wait", "two", 1), Answer("G03", "mean_wait", "", 2)),
    ),
    "two unequal groups pooled": Run(two_groups("G03", 150_000, pooled=True), 96, (Answer("G03", "mean_wait", "", 3),)),
    "short and long services apart": Run(
        steady(
            [service("short", 50 / 60, constant(1.0)), service("long", 5 / 60, constant(10.0))],
            [windows("a", 1, ["short"]), windows("b", 1, ["long"])],
            300_000,
        ),
        96,
        (Answer("G10", "mean_wait", "short"), Answer("G10", "mean_wait", "long", 1), Answer("G10", "mean_wait", "", 2)),
    ),
    "two dedicated and two comprehensive windows": Run(
        steady(N_DESIGN, [windows("dedicated", 2, ["one"]), windows("comprehensive", 2)], 250_000),
        128,
        (Answer("H01", "mean_wait", "one"), Answer("H01", "mean_wait", "two", 1)),
    ),
    "four comprehensive windows": Run(one_queue(0.47, 8.0, 4, 150_000), 128, (Answer("H04", "mean_wait"),)),
    "a fast and a slow window": Run(
        steady([service("s", 0.25, 5.0)], [windows("fast", 1), windows("slow", 1, efficiency=0.5)], 200_000),
        96,
        (Answer("H10", "mean_wait"), Answer("H10", "utilisation", "fast-1", 1), Answer("H10", "utilisation", "slow-1", 2)),
    ),
    "one ticket queue for two windows": Run(one_queue(0.2, 8.0, 2, 200_000), 64, (Answer("H12", "mean_wait"),)),
    "two windows with lines of their own": Run(
        steady([service("s", 0.2, 8.0)], [windows("w", 2)], 200_000, lines="per_window"), 64, (Answer("H11", "mean_wait"),)
    ),
    "a day with peaks": Run(
        day_of_i16(),
        20_000,
        (
            Answer("I16", "mean_wait"),
            Answer("I16", "share_within_target", position=1, read=complement),
            Answer("I16", "overtime", position=2),
        ),
    ),
}
"""name of a hall -> its experiment"""
