"""The journal: every way to change it afterwards is found, and the first row concerned is named."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from simulation.faults import BadInput
from supervision import journal
from supervision.canonical import canonical_json, digest
from supervision.db.schema import HallRow, Zone
from supervision.db.store import open_store


@pytest.fixture
def store(tmp_path: Path):
    """Six acts, no record but one hall."""
    with open_store(home=tmp_path) as opened:
        with opened.act("a", "set up", "h") as work:
            work.session.add(HallRow(hall_id="h", name_zh="厅", name_en="hall", sequence=work.sequence))
        for number in range(5):
            with opened.act(f"person {number}", "act", "h") as work:
                work.detail(number=number)
        yield opened


def tamper(folder: Path, *statements: str) -> None:
    """Change the file behind the program's back, triggers dropped, as one with access to it could."""
    raw = sqlite3.connect(folder / "openhall.sqlite")
    triggers = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'journal'").fetchall()
    for name, _ in triggers:
        raw.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        raw.execute(statement)
    for _, sql in triggers:
        raw.execute(sql)
    raw.commit()
    raw.close()


def entries(folder: Path) -> list[journal.Entry]:
    raw = sqlite3.connect(folder / "openhall.sqlite")
    query = "SELECT sequence, hall_id, happened_at, person, act, outcome, detail, previous, digest FROM journal ORDER BY sequence"
    rows = [journal.Entry(*row) for row in raw.execute(query)]
    raw.close()
    return rows


def test_an_untouched_journal_verifies_and_the_checkpoint_is_its_head(store):
    verdict = journal.verify(store)
    assert (verdict.ok, verdict.count, verdict.problem) == (True, 6, "")
    assert store.checkpoint() == (journal.Checkpoint(6, verdict.head), True)
    assert store.head() == journal.Checkpoint(6, verdict.head)


@pytest.mark.parametrize(
    ("statements", "problem", "sequence"),
    [
        (["UPDATE journal SET person = 'somebody else' WHERE sequence = 3"], "altered", 3),
        (["UPDATE journal SET detail = '{\"number\":7}' WHERE sequence = 4"], "altered", 4),
        (["UPDATE journal SET happened_at = happened_at + 1 WHERE sequence = 2"], "altered", 2),
        (["UPDATE journal SET outcome = 'failed' WHERE sequence = 6"], "altered", 6),
        (["UPDATE journal SET hall_id = 'other' WHERE sequence = 1"], "altered", 1),
        (["DELETE FROM journal WHERE sequence = 3"], "missing", 3),
        (["DELETE FROM journal WHERE sequence = 1"], "missing", 1),
        (
            [
                "UPDATE journal SET sequence = 99 WHERE sequence = 3",
                "UPDATE journal SET sequence = 3 WHERE sequence = 4",
                "UPDATE journal SET sequence = 4 WHERE sequence = 99",
            ],
            "reordered",
            3,
        ),
        (["DELETE FROM journal WHERE sequence = 3", "UPDATE journal SET sequence = sequence - 1 WHERE sequence > 3"], "reordered", 3),
        (["DELETE FROM journal WHERE sequence > 4"], "cut", 5),
        (["DELETE FROM journal WHERE sequence = 6"], "cut", 6),
        (["DELETE FROM journal"], "cut", 1),
    ],
)
def test_an_edit_a_gap_a_swap_and_a_cut_are_named_with_the_first_row(store, tmp_path, statements, problem, sequence):
    """L6: a chain alone passes a cut tail and an empty log; the checkpoint outside does not."""
    tamper(tmp_path, *statements)
    verdict = journal.verify(store)
    assert (verdict.ok, verdict.problem, verdict.sequence) == (False, problem, sequence)
    assert str(sequence) in verdict.text("en")
    assert str(sequence) in verdict.text("zh")


def zones(store, *ids: str) -> None:
    """One act that records zones."""
    with store.act("a", "add zones", "h") as work:
        work.session.add_all(Zone(hall_id="h", zone_id=each, name_zh="区", name_en="zone", sequence=work.sequence) for each in ids)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE zones SET name_en = 'other' WHERE zone_id = 'z2'",
        "DELETE FROM zones WHERE zone_id = 'z3'",
        "DELETE FROM zones",
        "UPDATE zones SET sequence = 8 WHERE zone_id = 'z1'",
        "INSERT INTO zones (hall_id, zone_id, name_zh, name_en, sequence) VALUES ('h', 'z9', 'x', 'x', 7)",
        "INSERT INTO zones (hall_id, zone_id, name_zh, name_en, sequence) VALUES ('h', 'z9', 'x', 'x', 3)",
    ],
)
def test_a_record_changed_behind_the_programs_back_is_named_with_its_act_and_table(store, tmp_path, statement):
    """The chain is whole then, and so is the checkpoint: only what each act noted of its rows can tell."""
    zones(store, "z1", "z2", "z3")
    zones(store, "z4")
    assert journal.verify(store).ok
    raw = sqlite3.connect(tmp_path / "openhall.sqlite")
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'zones'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    raw.execute(statement)
    raw.commit()
    raw.close()
    verdict = journal.verify(store)
    assert (verdict.ok, verdict.problem, verdict.table) == (False, "record", "zones")
    assert verdict.sequence == (3 if ", 3)" in statement else 7)
    assert "zones" in verdict.text("en")
    assert "zones" in verdict.text("zh")


def test_acts_of_before_rows_were_digested_are_passed_over(store, tmp_path):
    zones(store, "z1")
    rows = entries(tmp_path)
    head, statements = journal.Checkpoint(0, journal.FIRST), ["DELETE FROM journal"]
    for row in rows:
        made = journal.chain(head, row.hall_id, row.happened_at, row.person, row.act, row.outcome, {})
        names = journal.Entry.__slots__
        statements.append(f"INSERT INTO journal ({', '.join(names)}) VALUES {tuple(getattr(made, name) for name in names)!r}")
        head = journal.Checkpoint(made.sequence, made.digest)
    tamper(tmp_path, *statements)
    (tmp_path / "openhall.sqlite.checkpoint").write_text(head.text())
    assert journal.verify(store).ok


def test_a_chain_made_anew_from_some_row_on_is_found_by_the_checkpoint(store, tmp_path):
    rows = entries(tmp_path)
    head = journal.Checkpoint(3, rows[2].digest)
    forged = []
    for row in rows[3:]:
        made = journal.chain(head, row.hall_id, row.happened_at, "forger", row.act, row.outcome, {})
        forged.append(made)
        head = journal.Checkpoint(made.sequence, made.digest)
    statements = ["DELETE FROM journal WHERE sequence > 3"]
    names = journal.Entry.__slots__
    statements += [f"INSERT INTO journal ({', '.join(names)}) VALUES {tuple(getattr(row, name) for name in names)!r}" for row in forged]
    tamper(tmp_path, *statements)
    assert journal.check_rows(entries(tmp_path), None).ok, "the forged chain is whole in itself"
    verdict = journal.verify(store)
    assert (verdict.ok, verdict.problem, verdict.sequence) == (False, "rewritten", 6)


def test_cutting_journal_and_checkpoint_together_is_found_by_a_printed_one(store, tmp_path):
    printed = store.head()
    tamper(tmp_path, "DELETE FROM journal WHERE sequence > 4")
    left = entries(tmp_path)[-1]
    (tmp_path / "openhall.sqlite.checkpoint").write_text(journal.Checkpoint(4, left.digest).text())
    assert journal.verify(store).ok, "nothing beside the database can tell"
    verdict = journal.verify(store, printed)
    assert (verdict.ok, verdict.problem, verdict.sequence) == (False, "cut", 5)


def test_records_of_acts_that_the_journal_lost_are_a_cut_without_any_checkpoint(store, tmp_path):
    tamper(tmp_path, "DELETE FROM journal")
    (tmp_path / "openhall.sqlite.checkpoint").unlink()
    verdict = journal.verify(store)
    assert (verdict.ok, verdict.problem, verdict.sequence) == (False, "cut", 1)


@pytest.mark.parametrize("damage", ["missing", "scribbled"])
def test_without_a_readable_checkpoint_the_answer_is_no(store, tmp_path, damage):
    file = tmp_path / "openhall.sqlite.checkpoint"
    if damage == "missing":
        file.unlink()
    else:
        file.write_text("6:xyz")
    verdict = journal.verify(store)
    assert (verdict.ok, verdict.problem) == (False, "no_checkpoint")
    assert journal.verify(store, store.head()).ok, "a printed one stands in"


def test_the_next_act_continues_where_a_crash_left_the_checkpoint_one_behind(store, tmp_path):
    """Power fails between commit and checkpoint: true, only one act old."""
    rows = entries(tmp_path)
    (tmp_path / "openhall.sqlite.checkpoint").write_text(journal.Checkpoint(5, rows[4].digest).text())
    assert journal.verify(store).ok
    with store.act("a", "x", "h"):
        pass
    assert store.checkpoint()[0] == store.head()


def test_an_act_is_not_done_if_its_checkpoint_cannot_be_written(store, tmp_path, monkeypatch):
    """Case 86, fail closed."""
    before = store.head()
    real = Path.open

    def refusing(self, *args, **kwargs):
        if ".checkpoint." in self.name:
            raise PermissionError(13, "Permission denied")
        return real(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", refusing)
    with pytest.raises(BadInput) as caught, store.act("a", "x", "h") as work:
        work.session.add(HallRow(hall_id="k", name_zh="k", name_en="k", sequence=work.sequence))
    assert caught.value.faults[0].code == "checkpoint_unwritable"
    monkeypatch.undo()
    assert store.head() == before
    assert journal.verify(store).ok
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".openhall")] == []


def test_the_clock_may_go_back_the_order_is_the_sequence(tmp_path):
    """Case 76."""
    from datetime import UTC, datetime

    times = iter([datetime(2024, 1, 2, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)])
    with open_store(home=tmp_path, clock=lambda: next(times)) as opened:
        for _ in range(3):
            with opened.act("a", "x"):
                pass
        assert journal.verify(opened).ok
        assert [row.sequence for row in entries(tmp_path)] == [1, 2, 3]


def test_every_part_of_a_row_is_under_its_digest():
    row = journal.chain(journal.Checkpoint(0, journal.FIRST), "h", 5, "p", "a", "done", {"x": "1"})
    assert journal.digest_of(row) == row.digest
    for name, value in {
        "sequence": 2, "hall_id": "k", "happened_at": 6, "person": "q", "act": "b", "outcome": "failed", "detail": "{}",
        "previous": "1" * 64,
    }.items():  # fmt: skip
        assert journal.digest_of(replace(row, **{name: value})) != row.digest


def test_canonical_json_has_one_text_for_one_content():
    assert canonical_json({"b": [1, True, None], "a": "厅\n"}) == '{"a":"厅\\n","b":[1,true,null]}'
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    for refused in (0.5, {"a": 0.5}, [1, [2, float("nan")]], {1: "x"}, b"bytes", {1, 2}):
        with pytest.raises(TypeError):
            canonical_json(refused)


@pytest.mark.parametrize("text", ["", "5", "5:", "5:" + "g" * 64, "-5:" + "a" * 64, "５:" + "a" * 64, "5:" + "A" * 64])
def test_a_checkpoint_is_read_exactly_or_not_at_all(text):
    with pytest.raises(ValueError, match="copy it whole"):
        journal.Checkpoint.parse(text)
