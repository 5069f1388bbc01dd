"""The record at the size of a city: a month assessed, a year scored again and proved, a register imported; figures as NAME VALUE UNIT.

A register of 5 million cases and 1 million ratings over 271 windows is made once in a folder and used again. Times are wall-clock seconds
and, beside them, processor seconds of this process, because a machine has other work too; the bare aggregate of the same month by SQL
alone is the yardstick. Memory is the highest resident size of the process.

Run: python -m tests.benchmarks.record FOLDER [CASES RATINGS]
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import text

from supervision.db.store import Store
from supervision.monthly import assess, prove
from tests.benchmarks.register import HALL, build, import_rate

Figure = tuple[str, float, str]
YEAR = 2025


def main() -> None:
    folder = Path(sys.argv[1])
    cases, ratings = (int(each) for each in (*sys.argv[2:4], "5000000", "1000000")[:2])
    for name, value, unit in figures(folder, cases, ratings):
        print(f"{name} {value:.4g} {unit}", flush=True)


def figures(folder: Path, cases: int, ratings: int) -> Iterator[Figure]:
    """Every figure, in the order in which it is measured."""
    with build(folder, cases, ratings, YEAR) as store:
        yield from timed("bare_aggregate_of_a_month", lambda: aggregate(store, 1))
        for month in range(1, 13):
            yield from timed(f"assess_{month:02d}", lambda: assess(store, HALL, f"{YEAR}-{month:02d}", person="bench"))  # noqa: B023
        sheets: list[bool] = []
        yield from timed("prove_12_months", lambda: sheets.extend(each.equal for month in prove(store, HALL) for each in month))
        yield from timed("prove_12_months_by_2_workers", lambda: list(prove(store, HALL, workers=2)))
        yield "sheets_proved_equal", sum(sheets), "sheets"
        yield "sheets_not_equal", len(sheets) - sum(sheets), "sheets"
        yield "memory_of_scoring", peak(), "MiB"
    yield from import_rate(folder / "import", 100_000)
    yield "memory_in_all", peak(), "MiB"


def aggregate(store: Store, month: int) -> None:
    """The least that any count of a month must do: read its cases once, joined with their ends."""
    with store.read() as session:
        session.execute(
            text(
                "SELECT c.window_id, count(*), sum(e.happened_at - c.accepted_at) FROM cases c LEFT JOIN case_events e"
                " ON e.hall_id = c.hall_id AND e.case_number = c.case_number AND e.event = 'ended'"
                " WHERE c.hall_id = :hall AND c.accepted_on LIKE :month GROUP BY c.window_id"
            ),
            {"hall": HALL, "month": f"{YEAR}-{month:02d}-%"},
        ).all()


def timed(name: str, run: Callable[[], object]) -> Iterator[Figure]:
    """Wall-clock and processor seconds of one run."""
    wall, own = time.perf_counter(), time.process_time()
    run()
    yield name, time.perf_counter() - wall, "s"
    yield f"{name}_processor", time.process_time() - own, "s"


def peak() -> float:
    """The highest resident size of this process so far, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
