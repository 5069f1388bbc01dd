"""A made-up register of any size, for the benchmarks of the record: one hall, 271 windows, a year of cases and ratings.

Rows are written in blocks past the import, with the same triggers and indexes as any others, by one act whose journal row holds no digests.
The draws are seeded; what they look like is an assumption: 60 of 100 cases end on the day, late ones are 1 in 200, open ones 1 in 500.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import ModuleType
from unittest.mock import patch

import numpy as np
from sqlalchemy import text

from supervision import journal
from supervision.db import journal_rows, row_digests
from supervision.db.store import Store, open_store
from supervision.intake import import_file, importing

HALL = "big"
WINDOWS, SERVICES = 271, 800
BLOCK = 50_000
DAY_US = 86_400_000_000
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def build(folder: Path, cases: int, ratings: int, year: int = 2025) -> Store:
    """The store of a folder, with a register of so many cases and ratings in a year; an existing one is opened as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    there = (folder / "openhall.sqlite").exists()
    store = open_store(f"sqlite:///{folder / 'openhall.sqlite'}", folder, clock=lambda: NOW)
    if there:
        return store
    path = folder / "hall.toml"
    path.write_text("\n".join(_hall()), encoding="utf-8")
    import_file(store, "halls", path, HALL, person="setup")
    with store.connect_to_migrate() as connection, connection.begin():
        from sqlalchemy.orm import Session

        head = journal_rows.head(Session(connection))
        sequence = head.count + 1
        raw = connection.connection.driver_connection
        assert raw is not None
        rng = np.random.default_rng(2025)
        days = _working_days(year)
        done = 0
        while done < cases:
            size = min(BLOCK, cases - done)
            _write_cases(raw, rng, days, done, size, cases, sequence)
            done += size
        done = 0
        while done < ratings:
            size = min(BLOCK, ratings - done)
            _write_ratings(raw, rng, done, size, cases, ratings, sequence)
            done += size
        entry = journal.chain(head, HALL, int(NOW.timestamp() * 1e6), "setup", "import", "done", {"kind": "register"})
        raw.execute(
            "INSERT INTO journal (sequence, hall_id, happened_at, person, act, outcome, detail, previous, digest)"
            " VALUES (?,?,?,?,?,?,?,?,?)",
            (entry.sequence, HALL, entry.happened_at, entry.person, entry.act, entry.outcome, entry.detail, entry.previous, entry.digest),
        )
    with store.connect_to_migrate() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()
    return store


def _hall() -> Iterator[str]:
    yield f'schema = 1\n[hall]\nid = "{HALL}"\nname = {{ zh = "大厅", en = "Big hall" }}\nopened_on = 2000-01-01'
    yield "[[hours]]\nfrom = 09:00:00\nto = 17:00:00"
    for number in range(WINDOWS):
        kind = 'kind = "comprehensive"\n' if number % 9 == 0 else ""
        yield f'[[windows]]\nid = "W{number:03d}"\nname = "窗口{number:03d}"\n{kind}'
    for number in range(SERVICES):
        amount = 1 + number % 15
        yield (
            f'[[services]]\nid = "S{number:04d}"\nname = "事项{number:04d}"\nwindows = ["W{number % WINDOWS:03d}"]\n'
            f'promised = {{ amount = {amount}, unit = "working_days" }}'
        )


def _working_days(year: int) -> np.ndarray:
    first = date(year, 1, 1)
    span = [first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days)]
    return np.array([each.toordinal() for each in span if each.weekday() < 5])


def _write_cases(raw: object, rng: np.random.Generator, days: np.ndarray, start: int, size: int, cases: int, sequence: int) -> None:
    """Cases in order of acceptance."""
    at = days[(start + np.arange(size)) * len(days) // cases]
    minute = np.sort(rng.integers(60, 480, size))
    service = rng.integers(0, SERVICES, size)
    amount = 1 + service % 15
    took = np.where(rng.random(size) < 0.6, 0, rng.integers(0, amount + 1))
    late = rng.random(size) < 0.005
    took = np.where(late, amount * 7 // 5 + 3 + rng.integers(1, 9, size), took)
    still_open = rng.random(size) < 0.002
    epoch = date(1970, 1, 1).toordinal()
    accepted = (at - epoch) * DAY_US + minute * 60_000_000
    ended = accepted + took * DAY_US + 1_800_000_000
    named = {int(each): date.fromordinal(int(each)).isoformat() for each in np.unique(np.concatenate([at, at + took]))}
    kinds = np.where(took == 0, "instant", "promised")
    numbers = [f"C{start + number:08d}" for number in range(size)]
    raw.executemany(  # type: ignore[attr-defined]
        "INSERT INTO cases (hall_id, case_number, service_id, window_id, kind, accepted_at, accepted_on, sequence)"
        " VALUES (?,?,?,?,?,?,?,?)",
        [
            (HALL, number, f"S{s:04d}", f"W{s % WINDOWS:03d}", kind, a, named[d], sequence)
            for number, s, kind, a, d in zip(numbers, service.tolist(), kinds.tolist(), accepted.tolist(), at.tolist(), strict=True)
        ],
    )
    raw.executemany(  # type: ignore[attr-defined]
        "INSERT INTO case_events (hall_id, case_number, event, happened_at, happened_on, outcome, sequence) VALUES (?,?,?,?,?,?,?)",
        [
            (HALL, number, "ended", e, named[d], "granted", sequence)
            for number, e, d, open_ in zip(numbers, ended.tolist(), (at + took).tolist(), still_open.tolist(), strict=True)
            if not open_
        ],
    )


def _write_ratings(raw: object, rng: np.random.Generator, start: int, size: int, cases: int, ratings: int, sequence: int) -> None:
    """Ratings of every n-th case, on its day, most of them very satisfied."""
    every = cases // ratings
    numbers = [f"C{(start + number) * every:08d}" for number in range(size)]
    found = {
        number: (window, at, on)
        for number, window, at, on in raw.execute(  # type: ignore[attr-defined]
            "SELECT case_number, window_id, accepted_at, accepted_on FROM cases WHERE hall_id = ? AND case_number BETWEEN ? AND ?",
            (HALL, numbers[0], numbers[-1]),
        )
    }
    level = rng.choice([5, 4, 3, 2, 1], size, p=[0.97, 0.015, 0.01, 0.003, 0.002]).tolist()
    default = (rng.random(size) < 0.05).tolist()
    raw.executemany(  # type: ignore[attr-defined]
        "INSERT INTO ratings (hall_id, rating_number, case_number, window_id, level, is_default, is_named, rated_at, rated_on, sequence)"
        " VALUES (?,?,?,?,?,?,0,?,?,?)",
        [
            (HALL, f"R{start + k:08d}", number, window, level[k], int(default[k]), at + 1, on, sequence)
            for k, (number, (window, at, on)) in enumerate((number, found[number]) for number in numbers)
        ],
    )


def import_rate(folder: Path, rows: int) -> Iterator[tuple[str, float, str]]:
    """Rows a second of a register of cases through every check of the import, by wall clock and by processor, and what takes how long.

    The moments of the file repeat: a register whose stamps are all different takes longer to check.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("openhall.sqlite*"):
        old.unlink()
    with open_store(f"sqlite:///{folder / 'openhall.sqlite'}", folder, clock=lambda: NOW) as store:
        (folder / "hall.toml").write_text("\n".join(_hall()), encoding="utf-8")
        import_file(store, "halls", folder / "hall.toml", HALL, person="setup")
        path = folder / "cases.csv"
        with path.open("w", encoding="utf-8") as file:
            file.write("case_number,service,kind,accepted,ended,outcome\n")
            for number in range(rows):
                day = f"2025-{1 + number * 12 // rows:02d}-{1 + number % 28:02d}"
                clock = f"{9 + number % 7:02d}:{number % 60:02d}"
                file.write(f"C{number:08d},S{number % SERVICES:04d},promised,{day} {clock}:00,{day} {clock}:30,granted\n")
        with contextlib.ExitStack() as patched:
            parts = (("read", importing, "read_table"), ("write", importing, "_append"), ("digest", row_digests, "digest_new"))
            spent = {name: patched.enter_context(_spent_in(place, function)) for name, place, function in parts}
            wall, own = time.perf_counter(), time.process_time()
            report = import_file(store, "cases", path, HALL, person="bench")
            wall, own = time.perf_counter() - wall, time.process_time() - own
    yield "import_rows", report.accepted, "rows"
    yield "import_rate", rows / wall, "rows/s"
    yield "import_rate_processor", rows / own, "rows/s"
    for name, seconds in spent.items():
        yield f"import_{name}_processor", sum(seconds), "s"
    yield "import_check_processor", own - sum(sum(seconds) for seconds in spent.values()), "s"


@contextlib.contextmanager
def _spent_in(place: ModuleType, name: str) -> Iterator[list[float]]:
    """Processor seconds of each call of a function while the block runs."""
    function, spent = getattr(place, name), []

    def clocked(*given: object, **named: object) -> object:
        begun = time.process_time()
        try:
            return function(*given, **named)
        finally:
            spent.append(time.process_time() - begun)

    with patch.object(place, name, clocked):
        yield spent


if __name__ == "__main__":
    import sys

    begun = time.perf_counter()
    build(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])).close()
    print(f"{time.perf_counter() - begun:.1f} s")
