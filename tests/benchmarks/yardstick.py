"""The workloads W1 and W2 of the reference data as halls of this program, and the yardstick's own loops and waits.

The drawing program and the C++ loops are read from the reference data (../shared/bench) and built in a folder of their own; nothing of
them is kept here.  Their times are fed to the engines as they are, not rounded, so that waits can be compared ticket by ticket.
"""

from __future__ import annotations

import ctypes
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.ctypeslib import ndpointer
from numpy.typing import NDArray

from simulation import hall as simpy_engine
from simulation import kernel as kernel_engine
from simulation.engines import Visits
from simulation.numbers import Hall, numbers_of
from simulation.scenario import parse
from simulation.tickets import RENEGED

Floats = NDArray[np.float64]
Engine = Callable[..., Any]

ENGINES: dict[str, Engine] = {"kernel": kernel_engine.run_day, "simpy": simpy_engine.run_day}
W1_MINUTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Workload:
    """Some days of citizens for one hall."""

    hall: Hall
    first: NDArray[np.int64]
    """(days + 1,) where each day begins"""
    arrival: Floats
    """minutes"""
    service: NDArray[np.int32]
    work: Floats
    """(n, 1) minutes"""
    patience: Floats
    """minutes"""

    def __len__(self) -> int:
        return len(self.arrival)

    def days(self, count: int) -> Workload:
        """Its first days."""
        end = self.first[count]
        cut = (self.arrival[:end], self.service[:end], self.work[:end], self.patience[:end])
        return Workload(self.hall, self.first[: count + 1], *cut)

    def citizens(self, count: int) -> Workload:
        """The first citizens of its only day."""
        assert len(self.first) == 2
        cut = (self.arrival[:count], self.service[:count], self.work[:count], self.patience[:count])
        return Workload(self.hall, np.array([0, count]), *cut)


@dataclass(frozen=True, slots=True)
class Yardstick:
    """Both workloads, the yardstick's waits (minutes, -1 for those who reneged) and its loops."""

    w1: Workload
    w2: Workload
    w1_wait: Floats
    w2_wait: Floats
    run_w1: Callable[[], None]
    run_w2: Callable[[], None]


def waits(engine: str, workload: Workload) -> Floats:
    """The waits of every ticket, in the yardstick's way of writing them: -1 for those who reneged; (n,) minutes."""
    wait = np.empty(len(workload))
    run_day = ENGINES[engine]
    most = int(np.max(np.diff(workload.first)))
    row, none, never = np.arange(most, dtype=np.int32), np.zeros(most, np.int32), np.zeros(most, np.bool_)
    half, nowhen = np.full(most, 0.5), np.full(most, np.nan)
    for begin, end in zip(workload.first[:-1], workload.first[1:], strict=True):
        n = end - begin
        visits = Visits(
            arrival=workload.arrival[begin:end],
            first=row[:n],
            shows=~never[:n],
            service=workload.service[begin:end],
            lane=none[:n],
            since=nowhen[:n],
            work=workload.work[begin:end],
            patience=workload.patience[begin:end],
            balking=half[:n],
            follows=none[:n] - np.int32(1),
            stays=never[:n],
            persons=none[:n] + np.int32(1),
            wrap_up=np.empty((n, 0)),
        )
        log = run_day(workload.hall, visits)
        wait[begin:end] = np.where(log.outcome == RENEGED, -1.0, log.called - workload.arrival[begin:end])
    return wait


def prepare(shared: Path, folder: Path) -> Yardstick:
    """Draws the workloads, builds the yardstick and lets it run once, in `folder`."""
    bench = shared / "bench"
    for program in ("workloads.py", "yardstick.py"):
        subprocess.run([sys.executable, "-B", str(bench / program), str(folder)], check=True, capture_output=True)
    loops = ctypes.CDLL(str((folder / "yardstick.so").resolve()))
    f8, i4, i8 = (ndpointer(kind, flags="C") for kind in (np.float64, np.int32, np.int64))
    loops.w1.argtypes = [f8, f8, ctypes.c_int64, ctypes.c_int, f8]
    loops.w2.argtypes = [i8, f8, i4, f8, f8, ctypes.c_int, f8]

    def column(name: str) -> Any:
        return np.load(folder / f"{name}.npy")

    arrival, work = column("w1_arrival"), column("w1_work")
    n = len(arrival)
    w1 = Workload(hall_w1(), np.array([0, n]), arrival, np.zeros(n, np.int32), work[:, None], np.full(n, np.inf))
    day, came, service, job, patience = (column(f"w2_{name}") for name in ("day", "arrival", "service", "work", "patience"))
    w2 = Workload(hall_w2(), day, came, service, job[:, None], patience)
    room_1, room_2 = np.empty(len(w1)), np.empty(len(w2))
    return Yardstick(
        w1,
        w2,
        column("w1_wait"),
        column("w2_wait"),
        lambda: loops.w1(arrival, work, n, 20, room_1),
        lambda: loops.w2(day, came, service, job, patience, len(day) - 1, room_2),
    )


@cache
def hall_w1() -> Hall:
    """One queue, twenty windows, one unbroken run."""
    document = {
        "schema": 1,
        "name": "w1",
        "horizon": {"minutes": W1_MINUTES},
        "services": [{"id": "s", "service_min": {"family": "exponential", "mean": 10.0}, "arrivals_per_hour": 108}],
        "windows": [{"id": "w", "count": 20, "serves": ["*"]}],
    }
    return numbers_of(parse(document, "w1"))[0]


@cache
def hall_w2() -> Hall:
    """Ten dedicated and twenty comprehensive windows; four come an hour late; even ones rest 150-210, odd ones 210-270."""
    start = 8 * 60

    def between(a: int, b: int) -> dict[str, time]:
        return {"from": clock(start + a), "to": clock(start + b)}

    windows = [
        {
            "id": f"w{number:02}",
            "serves": [f"s{number:02}"] if number < 10 else ["*"],
            "shifts": [between(60 if number >= 26 else 0, 480)],
            "breaks": [between(210, 270) if number % 2 else between(150, 210)],
        }
        for number in range(30)
    ]
    services = [
        {"id": f"s{number:02}", "service_min": {"family": "exponential", "mean": 4.0}, "arrivals_per_hour": [30] * 16}
        for number in range(12)
    ]
    opening = [{**between(0, 480), "at_end": "serve_all"}]
    return numbers_of(parse({"schema": 1, "name": "w2", "opening": opening, "services": services, "windows": windows}, "w2"))[0]


def clock(minutes: int) -> time:
    """Minutes after midnight as TOML's local time."""
    return time(minutes // 60, minutes % 60)
