"""SQLite and PostgreSQL side by side in one run: months assessed, months proved, a register imported; figures as NAME VALUE UNIT.

Processor seconds of the program and, on PostgreSQL, of the server besides, because a machine has other work too; the server is the tests'
own, without fsync, so nothing here is said of disks. A ratio above 1 says that PostgreSQL takes longer.

Run: python -m tests.benchmarks.databases FOLDER [CASES RATINGS]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from supervision.monthly import assess, prove
from tests.benchmarks.register import HALL, build, import_rate
from tests.postgres import Server, find_programs, start_server

YEAR, MONTHS, IMPORTED = 2025, (1, 2, 3), 50_000


def main() -> None:
    folder = Path(sys.argv[1])
    cases, ratings = (int(each) for each in (*sys.argv[2:4], "60000", "12000")[:2])
    programs = find_programs()
    if programs is None:
        raise SystemExit("no PostgreSQL here")
    with start_server(programs) as server:
        found = {}
        for name in ("sqlite", "postgresql"):
            for figure, seconds in figures(folder / name, cases, ratings, server if name == "postgresql" else None):
                found[name, figure] = seconds
                print(f"{name}_{figure} {seconds:.3g} s", flush=True)
    for figure in dict.fromkeys(each for _, each in found):
        print(f"ratio_{figure} {found['postgresql', figure] / found['sqlite', figure]:.2f}")


def figures(folder: Path, cases: int, ratings: int, server: Server | None) -> Iterator[tuple[str, float]]:
    """Processor seconds of each task; the server's are counted in."""
    address = [server.address(server.new_database()) if server else "" for _ in range(2)]
    with build(folder, cases, ratings, YEAR, address[0]) as store:
        yield "assess_3_months", spent(lambda: [assess(store, HALL, f"{YEAR}-{month:02d}", person="bench") for month in MONTHS], server)
        yield "prove_3_months", spent(lambda: list(prove(store, HALL)), server)
    yield "import_50000_cases", spent(lambda: list(import_rate(folder / "import", IMPORTED, address[1])), server)


def spent(run: Callable[[], object], server: Server | None) -> float:
    """Processor seconds of this process and of the server while something runs."""
    begun, there = time.process_time(), server_seconds(server)
    run()
    return time.process_time() - begun + server_seconds(server) - there


def server_seconds(server: Server | None) -> float:
    """Processor seconds of a server so far, of all its processes, those that ended included."""
    if server is None:
        return 0.0
    first = psutil.Process(int((server.folder / "data" / "postmaster.pid").read_text().split()[0]))
    times = [each.cpu_times() for each in (first, *first.children(recursive=True))]
    return sum(each.user + each.system + each.children_user + each.children_system for each in times)


if __name__ == "__main__":
    main()
