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
from sqlalchemy.orm import Session

from supervision import journal
from supervision.db import journal_rows, records, row_digests
from supervision.db.store import Store, open_store
from supervision.intake import import_file, importing

HALL = "big"
WINDOWS, SERVICES = 271, 800
BLOCK = 50_000
DAY_US = 86_400_000_000
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def build(folder: Path, cases: int, ratings: int, year: int = 2025, url: str = "") -> Store:
    """The store of a folder or an address, with a register of so many cases and ratings in a year; one that is there is left as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    store = open_store(url or f"sqlite:///{folder / 'openhall.sqlite'}", folder, clock=lambda: NOW)
    if store.head().count:
        return store
    path = folder / "hall.toml"
    path.write_text("\n".join(_hall()), encoding="utf-8")
    import_file(store, "halls", path, HALL, person="setup")
    with store.connect_to_migrate() as connection, connection.begin():
        session = Session(connection)
        head = journal_rows.head(session)
        own = {"hall_id": HALL, "sequence": head.count + 1}
        rng = np.random.default_rng(2025)
        days = _working_days(year)
        for done in range(0, cases, BLOCK):
            _write_cases(session, own, rng, days, done, min(BLOCK, cases - done), cases)
        for done in range(0, ratings, BLOCK):
            _write_ratings(session, own, rng, done, min(BLOCK, ratings - done), cases, ratings)
        at = int(NOW.timestamp() * 1e6)
        journal_rows.append(session, journal.chain(head, HALL, at, "setup", "import", "done", {"kind": "register"}))
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


def _write_cases(
    session: Session, own: dict[str, object], rng: np.random.Generator, days: np.ndarray, start: int, size: int, cases: int
) -> None:
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
    columns = zip(numbers, service.tolist(), kinds.tolist(), accepted.tolist(), at.tolist(), strict=True)
    records.add(
        session, "cases",
        [{"case_number": number, "service_id": f"S{s:04d}", "window_id": f"W{s % WINDOWS:03d}", "kind": kind, "accepted_at": a,
          "accepted_on": named[d]} for number, s, kind, a, d in columns],
        own,
    )  # fmt: skip
    ends = zip(numbers, ended.tolist(), (at + took).tolist(), still_open.tolist(), strict=True)
    records.add(
        session, "case_events",
        [{"case_number": number, "event": "ended", "happened_at": e, "happened_on": named[d], "outcome": "granted"}
         for number, e, d, open_ in ends if not open_],
        own,
    )  # fmt: skip


def _write_ratings(
    session: Session, own: dict[str, object], rng: np.random.Generator, start: int, size: int, cases: int, ratings: int
) -> None:
    """Ratings of every n-th case, on its day, most of them very satisfied."""
    every = cases // ratings
    numbers = [f"C{(start + number) * every:08d}" for number in range(size)]
    found = {
        number: (window, at, on)
        for number, window, at, on in session.execute(
            text(
                "SELECT case_number, window_id, accepted_at, accepted_on FROM cases"
                " WHERE hall_id = :hall AND case_number BETWEEN :first AND :last"
            ),
            {"hall": HALL, "first": numbers[0], "last": numbers[-1]},
        )
    }
    level = rng.choice([5, 4, 3, 2, 1], size, p=[0.97, 0.015, 0.01, 0.003, 0.002]).tolist()
    default = (rng.random(size) < 0.05).tolist()
    rows = []
    for k, number in enumerate(numbers):
        window, at, on = found[number]
        rows.append({"rating_number": f"R{start + k:08d}", "case_number": number, "window_id": window, "level": level[k],
                     "is_default": int(default[k]), "is_named": 0, "rated_at": at + 1, "rated_on": on})  # fmt: skip
    records.add(session, "ratings", rows, own)


def import_rate(folder: Path, rows: int, url: str = "") -> Iterator[tuple[str, float, str]]:
    """Rows a second of a register of cases through every check of the import, by wall clock and by processor, and what takes how long.

    The moments of the file repeat: a register whose stamps are all different takes longer to check.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("openhall.sqlite*"):
        old.unlink()
    with open_store(url or f"sqlite:///{folder / 'openhall.sqlite'}", folder, clock=lambda: NOW) as store:
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
