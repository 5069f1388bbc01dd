"""The benchmarks: one figure a line, NAME VALUE UNIT.

Ratios come from interleaved pairs in this one run, each the median of its pairs; times are processor seconds of this process, so that a
busy machine disturbs less.  W1 and W2 and the yardstick (hand-written C++ loops for these two) are part of the reference data beside the
project; where that or g++ is absent, their lines and only they are left out, and a line that begins with # says so.

Run: python -m tests.benchmarks.bench
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from simulation import draw_demand, experiment, load_scenario, measure, serve
from simulation.scenario import Scenario
from tests.benchmarks import study
from tests.benchmarks.split import nanoseconds
from tests.benchmarks.yardstick import Yardstick, prepare, waits

ROOT = Path(__file__).resolve().parents[2]
BENCH = ROOT.parent / "shared" / "bench"
HALL = ROOT / "scenarios" / "potou-2022.toml"
PAIRS = 7
DAYS = 100
YEARS = 1_000
WORKERS = 2
SIMPY_CITIZENS, SIMPY_DAYS = 20_000, 8
"""the part of W1 and W2 that the slow engine is timed on"""

Figure = tuple[str, float, str]


def main() -> None:
    hall = load_scenario(HALL)
    for figures in (against_the_yardstick(), a_hundred_days(hall), the_split(hall), a_thousand_years(), study.figures(), from_nothing()):
        for name, value, unit in figures:
            print(f"{name} {value:.4g} {unit}", flush=True)


def against_the_yardstick() -> Iterator[Figure]:
    """Both engines on W1 and W2, beside the yardstick."""
    missing = "the reference data (../shared/bench)" if not BENCH.is_dir() else "g++" if shutil.which("g++") is None else None
    if missing:
        print(f"# the yardstick is absent: {missing} is not here, so the lines w1_ and w2_ are left out", flush=True)
        return
    with tempfile.TemporaryDirectory(prefix="openhall-bench-") as folder:
        yard = prepare(BENCH.parent, Path(folder))
        yield from rates("w1", yard, len(yard.w1))
        yield from rates("w2", yard, len(yard.w2))


def rates(name: str, yard: Yardstick, tickets: int) -> Iterator[Figure]:
    """Tickets a second and ratios on one workload."""
    whole, run = (yard.w1, yard.run_w1) if name == "w1" else (yard.w2, yard.run_w2)
    part = yard.w1.citizens(SIMPY_CITIZENS) if name == "w1" else yard.w2.days(SIMPY_DAYS)
    kernel, yardstick = pairs(lambda: waits("kernel", whole), run)
    simpy, kernel_on_part = pairs(lambda: waits("simpy", part), lambda: waits("kernel", part))
    yield f"{name}_kernel_over_yardstick", statistics.median(b / a for a, b in zip(kernel, yardstick, strict=True)), "ratio"
    yield f"{name}_kernel_over_simpy", statistics.median(a / b for a, b in zip(simpy, kernel_on_part, strict=True)), "ratio"
    yield f"{name}_yardstick_rate", tickets / statistics.median(yardstick), "tickets/s"
    yield f"{name}_kernel_rate", tickets / statistics.median(kernel), "tickets/s"
    yield f"{name}_simpy_rate", len(part) / statistics.median(simpy), "tickets/s"


def a_hundred_days(scenario: Scenario) -> Iterator[Figure]:
    """A whole experiment of 100 days of the main hall, and where its time goes."""
    experiment(scenario, replications=2, seed=1)
    whole = [seconds(lambda: experiment(scenario, replications=DAYS, seed=1)) for _ in range(PAIRS)]
    yield "day_x100_seconds", statistics.median(whole), "s"

    demands = [draw_demand(scenario, seed=1, replication=r) for r in range(DAYS)]
    logs = [serve(scenario, demand)[0] for demand in demands]
    draw = [seconds(lambda: [draw_demand(scenario, seed=1, replication=r) for r in range(DAYS)]) for _ in range(PAIRS)]
    by_kernel = [seconds(lambda: [serve(scenario, demand) for demand in demands]) for _ in range(PAIRS)]
    by_simpy = [seconds(lambda: [serve(scenario, demand, engine="simpy") for demand in demands[:5]]) for _ in range(PAIRS)]
    count = [seconds(lambda: [measure(scenario, log) for log in logs]) for _ in range(PAIRS)]
    yield "day_x100_draw_seconds", statistics.median(draw), "s"
    yield "day_x100_serve_seconds", statistics.median(by_kernel), "s"
    yield "day_x100_measure_seconds", statistics.median(count), "s"
    yield "day_tickets", sum(map(len, logs)) / DAYS, "tickets"
    yield "day_kernel_rate", sum(map(len, logs)) / statistics.median(by_kernel), "tickets/s"
    yield "day_simpy_rate", sum(map(len, logs[:5])) / statistics.median(by_simpy), "tickets/s"


def the_split(scenario: Scenario) -> Iterator[Figure]:
    """Where the time of a ticket goes within the compiled block of days."""
    for part, value in nanoseconds(scenario, DAYS).items():
        yield f"ticket_{part}_ns", value, "ns"


def a_thousand_years() -> Iterator[Figure]:
    """The main hall's year, a thousand times: drawn, served and measured, by a process of its own, whose memory is then its own as well."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.year", str(HALL), str(YEARS), str(WORKERS)], check=True, capture_output=True, cwd=ROOT
    )
    found = json.loads(done.stdout)
    yield "potou_year_x1000_seconds", found["seconds"] * 1000 / YEARS, "s"
    yield "potou_year_x1000_processor_seconds", found["processor"] * 1000 / YEARS, "s"
    yield "potou_year_x1000_tickets", found["tickets"] * 1000 / YEARS, "tickets"
    yield "potou_year_x1000_peak_memory", found["memory"] / 2**20, "MiB"


def from_nothing() -> Iterator[Figure]:
    """A first command: with nothing compiled yet, and as a fresh process that finds all compiled; processor seconds."""
    with tempfile.TemporaryDirectory(prefix="openhall-compiled-") as folder:
        program = [sys.executable, "-c", "from dashboards.cli import main; main()"]
        command = [*program, "simulate", str(HALL), "--replications", "100", "--json", "-"]
        for name in ("first_compilation_seconds", "fresh_process_seconds"):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(command, check=True, capture_output=True, cwd=ROOT, env={**os.environ, "NUMBA_CACHE_DIR": folder})
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            yield name, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, "s"


def pairs(first: Callable[[], object], second: Callable[[], object]) -> tuple[list[float], list[float]]:
    """Seconds of both, one after the other, PAIRS times, after one run of each that is not counted."""
    first(), second()
    timed = [(seconds(first), seconds(second)) for _ in range(PAIRS)]
    return [a for a, _ in timed], [b for _, b in timed]


def seconds(run: Callable[[], object]) -> float:
    """Processor seconds of one run."""
    begin = time.process_time()
    run()
    return time.process_time() - begin


if __name__ == "__main__":
    main()
