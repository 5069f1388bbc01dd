"""Faults in the middle of an import: the record is whole before or whole after, never between (P1, L8, cases 70 and 73)."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import event

from simulation.faults import BadInput
from supervision import journal
from supervision.db.store import open_store
from supervision.intake import import_file
from tests.supervision.halls_at_hand import HALL, csv_bytes, new_store

ROOT = Path(__file__).resolve().parents[2]
TABLES = ("cases", "case_events", "case_dues", "imports", "rejects")


def cases(count: int) -> bytes:
    """Cases of which each tenth is refused."""
    return csv_bytes(
        {
            "case_number": f"C{number:06d}",
            "accepted": "2024-03-01 09:00:00",
            "ended": "2024-02-01 09:00:00" if number % 10 == 0 else "2024-03-04 09:00:00",
            "due": "2024-03-10",
            "window": "W1",
        }
        for number in range(count)
    ).replace(b"2024-03-10", b"2024-03-10 17:00")


def counts(home: Path) -> dict[str, int]:
    raw = sqlite3.connect(home / "openhall.sqlite")
    assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    found = {table: raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}
    raw.close()
    return found


def test_an_import_that_fails_at_the_nth_statement_leaves_only_the_journal_of_its_failure(tmp_path):
    """As SQLite tests itself: fail the first, the second, the third step ... until the whole passes."""
    home = tmp_path / "home"
    file = tmp_path / "cases.csv"
    file.write_bytes(cases(40))
    with new_store(home) as store:
        before, head = counts(home), store.head().count
        for step in range(1, 200):
            seen = {"n": 0}

            def breaking(connection, cursor, statement, *_, seen=seen, step=step):
                seen["n"] += 1
                if seen["n"] == step:
                    raise OSError("the disk went away")

            event.listen(store._writer, "before_cursor_execute", breaking)
            try:
                report = import_file(store, "cases", file, HALL, person="t")
                break
            except OSError:
                assert counts(home) == before
                assert list((home / "rejects").glob("*")) == [] if (home / "rejects").exists() else True
                assert store.head().count == head + 1, "one row that says it failed"
                head += 1
            finally:
                event.remove(store._writer, "before_cursor_execute", breaking)
        assert step > 8
        assert (report.read, report.accepted, report.rejected) == (40, 36, 4)
        assert counts(home) == {"cases": 36, "case_events": 36, "case_dues": 36, "imports": before["imports"] + 1, "rejects": 4}
        assert journal.verify(store).ok
        assert [path.name for path in (home / "rejects").iterdir()] == [report.rejects_path.name]


@pytest.mark.parametrize("delay", [0.0, 0.05, 0.2, 0.5])
def test_kill_9_in_an_import_leaves_nothing_or_all(tmp_path, delay):
    """The other process is killed once it has begun to write; the next one starts as if nothing had been, or finds it whole."""
    home = tmp_path / "home"
    new_store(home).close()
    (tmp_path / "cases.csv").write_bytes(cases(20_000))
    program = textwrap.dedent(
        f"""
        import sys
        sys.path.insert(0, {str(ROOT)!r})
        from pathlib import Path
        from datetime import UTC, datetime
        from sqlalchemy import event
        from supervision.db.store import open_store
        from supervision.intake import import_file
        store = open_store(home=Path({str(home)!r}), clock=lambda: datetime(2024, 6, 1, tzinfo=UTC))
        @event.listens_for(store._writer, "before_cursor_execute")
        def tell(connection, cursor, statement, *rest):
            if "INTO cases" in statement:
                print("writing", flush=True)
        import_file(store, "cases", {str(tmp_path / "cases.csv")!r}, "h", person="t")
        print("done", flush=True)
        """
    )
    child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "writing\n"
    time.sleep(delay)
    os.kill(child.pid, signal.SIGKILL)
    rest = child.stdout.read()
    child.wait()
    child.stdout.close()
    found = counts(home)
    assert found["cases"] in ((0, 18_000) if rest == "" else (18_000,))
    assert (found["imports"], found["rejects"]) == ((1, 0) if found["cases"] == 0 else (2, 2000))
    with open_store(home=home) as store:
        assert journal.verify(store).ok
        report = import_file(store, "cases", tmp_path / "cases.csv", HALL, person="t")
        assert report.accepted == 18_000 - found["cases"]
        assert journal.verify(store).ok


def test_two_imports_of_one_file_at_once_bring_it_once(tmp_path):
    home = tmp_path / "home"
    (tmp_path / "cases.csv").write_bytes(cases(2000))
    with new_store(home) as store, open_store(home=home, clock=store.clock) as other:
        reports, failures = [], []

        def run(each):
            try:
                reports.append(import_file(each, "cases", tmp_path / "cases.csv", HALL, person="t"))
            except BadInput as error:
                failures.append(error)

        threads = [threading.Thread(target=run, args=(each,)) for each in (store, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert sorted(report.accepted for report in reports) == [0, 1800]
        assert counts(home)["cases"] == 1800
        assert journal.verify(store).ok


def test_an_import_whose_rejects_cannot_be_written_does_not_happen(tmp_path):
    with new_store(tmp_path / "home") as store:
        (tmp_path / "cases.csv").write_bytes(cases(20))
        (tmp_path / "flat").write_text("a file where a folder is needed")
        with pytest.raises(BadInput) as caught:
            import_file(store, "cases", tmp_path / "cases.csv", HALL, person="t", rejects_path=tmp_path / "flat" / "r.csv")
        assert caught.value.faults[0].code == "rejects_unwritable"
        assert counts(tmp_path / "home")["cases"] == 0


def test_a_large_register_is_written_by_a_few_statements_and_again_as_duplicates(tmp_path):
    """58,000 inserts for 20,000 rows: they go by the thousand, so ten times the rows take fewer than ten times the statements."""
    statements = []
    for rows in (2_000, 20_000):
        home, accepted = tmp_path / str(rows), rows * 9 // 10
        with new_store(home) as store:
            (home / "cases.csv").write_bytes(cases(rows))
            seen = []
            event.listen(store._writer, "before_cursor_execute", lambda *_, seen=seen: seen.append(1))
            assert import_file(store, "cases", home / "cases.csv", HALL, person="t").accepted == accepted
            statements.append(len(seen))
            assert import_file(store, "cases", home / "cases.csv", HALL, person="t").duplicate == accepted
    print(f"import_statements {statements[0]} {statements[1]}")
    assert statements[1] < 10 * statements[0]
    assert statements[1] < 20_000 / 50
