"""A study of many halls: comparisons a second on one core, against the same in SimPy, on a Dask cluster of two workers, and with one lost.

Halls are copies of the main hall with another busiest half-hour each, so that none is found finished. Figures of one core are processor
seconds of this process; those of the cluster are wall-clock seconds and belong to the machine of the day.

Run: python -m tests.benchmarks.study
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from simulation.experiment import compare
from simulation.experiment.cluster import Cluster, join
from simulation.scenario import load_scenario
from simulation.scenario.writing import to_toml
from simulation.study import Study, items_of, read_study, run_study

ROOT = Path(__file__).resolve().parents[2]
HALL = ROOT / "scenarios" / "potou-2022.toml"
REPLICATIONS = 100
HALLS = 40
TASKS = 400
PAIRS = 3

Figure = tuple[str, float, str]


def main() -> None:
    for name, value, unit in figures():
        print(f"{name} {value:.4g} {unit}", flush=True)


def figures() -> Iterator[Figure]:
    """Each with its name and unit."""
    with tempfile.TemporaryDirectory(prefix="openhall-study-") as place:
        folder = Path(place)
        study = write(folder)
        run_study(study, folder / "warm")
        reading = processor(lambda: read_study(folder / "study.toml", Path))
        doing = statistics.median(processor(lambda n=n: run_study(study, folder / f"one-{n}")) for n in range(PAIRS))
        days = 2 * HALLS * REPLICATIONS
        yield "study_reading_halls", HALLS / reading, "halls/s"
        yield "study_comparisons_per_core", HALLS / doing, "comparisons/s"
        yield "study_days_per_core", days / doing, "days/s"
        yield "study_answer_bytes", statistics.mean(each.stat().st_size for each in (folder / "one-0").iterdir()), "bytes"
        yield "study_kernel_over_simpy", against_simpy(), "ratio"
        yield from on_a_cluster(study, folder)


def against_simpy() -> float:
    """How many times as many comparisons a second the compiled engine does as the same comparison in SimPy."""
    base = load_scenario(HALL)
    compare(base, base, replications=8)
    ratios = []
    for _ in range(PAIRS):
        kernel = processor(lambda: compare(base, base, replications=REPLICATIONS))
        simpy = processor(lambda: compare(base, base, replications=REPLICATIONS // 20, engine="simpy")) * 20
        ratios.append(simpy / kernel)
    return statistics.median(ratios)


def on_a_cluster(study: Study, folder: Path) -> Iterator[Figure]:
    """Two workers, then two of which one is lost in the middle; the same bytes are a matter of the tests, and looked at here again."""
    with cluster(folder) as (joined, workers):
        hands = [joined.submit(len, "x") for _ in range(50)]
        for each in hands:
            joined.take(each)
        begun = time.perf_counter()
        hands = [joined.submit(len, "x") for _ in range(TASKS)]
        for each in hands:
            joined.take(each)
        yield "dask_tasks_per_second", TASKS / (time.perf_counter() - begun), "tasks/s"
        run_study(study, folder / "there-warm", joined)
        threads = wall(lambda: run_study(study, folder / "threads", 2))
        two = wall(lambda: run_study(study, folder / "there", joined))
        yield "study_two_workers_over_two_threads", threads / two, "ratio"

        def lose(done: int, total: int) -> None:
            if done == total // 2 and workers[-1].poll() is None:
                workers[-1].kill()
                workers[-1].wait()

        lost = wall(lambda: run_study(study, folder / "lost", joined, lose))
        yield "study_seconds_two_workers", two, "s"
        yield "study_seconds_one_lost_halfway", lost, "s"
        digests = [each.digest for each in items_of(study)]
        alike = sum(read(folder / "one-0", each) == read(folder / "lost", each) != b"" for each in digests)
        yield "study_answers_lost_with_a_worker", HALLS - alike, "answers"


def read(folder: Path, digest: str) -> bytes:
    file = folder / f"{digest}.json.gz"
    return file.read_bytes() if file.exists() else b""


def write(folder: Path) -> Study:
    """A study of many halls and one plan."""
    halls = folder / "halls"
    halls.mkdir()
    base = load_scenario(HALL).document
    for number in range(HALLS):
        document = {**base, "name": f"hall-{number:04d}"}
        (halls / f"{number:04d}.toml").write_text(to_toml(document), encoding="utf-8")
    lines = ["schema = 1", 'name = "province"', 'halls = ["halls/*.toml"]', f"replications = {REPLICATIONS}", "[[plans]]"]
    lines += ['name = "one more"', 'changes = ["windows.comprehensive=+1@10:00-12:00"]']
    (folder / "study.toml").write_text("\n".join(lines), encoding="utf-8")
    return read_study(folder / "study.toml", Path)


@contextmanager
def cluster(folder: Path) -> Iterator[tuple[Cluster, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers of one thread, each a process without a nanny."""
    file = folder / "scheduler.json"

    def run(program: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{program}", "--scheduler-file", str(file), "--no-dashboard", *options]
        return subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.DEVNULL)

    started = [run("dask_scheduler", "--port", "0", "--host", "127.0.0.1")]
    try:
        while not (file.exists() and file.read_text(encoding="utf-8")):
            time.sleep(0.05)
        workers = [run("dask_worker", "--no-nanny", "--nthreads", "1", "--local-directory", str(folder)) for _ in range(2)]
        started += workers
        with join(json.loads(file.read_text(encoding="utf-8"))["address"]) as joined:
            joined.client.wait_for_workers(2, timeout=60)
            yield joined, workers
    finally:
        for each in reversed(started):
            each.kill()
            each.wait()


def processor(run: Callable[[], object]) -> float:
    """Processor seconds of this process."""
    begun = time.process_time()
    run()
    return time.process_time() - begun


def wall(run: Callable[[], object]) -> float:
    """Seconds by the clock."""
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
