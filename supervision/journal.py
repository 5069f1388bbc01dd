"""The journal: one row an act, each chained to the one before, with a checkpoint kept outside the database.

The digest of a row covers its content and the digest before it, so an edit, a gap and a swap are found from the rows alone. A cut tail,
an emptied table and a chain made anew from some row on are found only against a checkpoint (how many rows, and the digest of the last):
one is written beside the database after each act, others are printed on sheets. Each row also holds a digest of what its act wrote to
each table, so a record or a sheet that was changed, removed or slipped in behind the program's back is found as well. What is not
covered: somebody who rewrites the database and every copy of the checkpoint.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .canonical import canonical_json

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from .db.store import Store

FIRST = "0" * 64
"""The digest before the first row."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One journal row as it is digested."""

    sequence: int
    """1, 2, 3 ... without a gap."""
    hall_id: str
    happened_at: int
    """Microseconds since 1970 UTC, by the machine's clock; the order of acts is the sequence, never the clock."""
    person: str
    act: str
    outcome: str
    """done or failed."""
    detail: str
    """Canonical JSON."""
    previous: str
    digest: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How many rows there are, and the digest of the last."""

    count: int
    head: str

    def text(self) -> str:
        """As printed on sheets and in the file beside the database."""
        return f"{self.count}:{self.head}"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """A checkpoint from its text. ValueError unless it is a count, a colon and 64 hexadecimal digits."""
        count, _, head = text.strip().partition(":")
        if not (count.isascii() and count.isdigit()) or len(head) != 64 or set(head) - set("0123456789abcdef"):
            raise ValueError("a checkpoint is a count, a colon and 64 hexadecimal digits; copy it whole from the sheet")
        return cls(int(count), head)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check of the journal found."""

    ok: bool
    count: int
    """Rows that are there."""
    head: str
    """Digest of the last row."""
    problem: str = ""
    """altered, missing, reordered, cut, rewritten, no_checkpoint, or record; empty if nothing was found."""
    sequence: int | None = None
    """The first row it concerns."""
    table: str = ""
    """The table that no longer holds what the act wrote, for record."""

    def text(self, language: str = "en") -> str:
        """One sentence for people."""
        return _SENTENCES[self.problem][language].format(count=self.count, head=self.head, sequence=self.sequence, table=self.table)


_SENTENCES = {
    "": {
        "en": "the journal is whole: {count} rows, head {head}",
        "zh": "日志完整：共{count}条，链尾摘要{head}",
    },
    "altered": {
        "en": "row {sequence} of the journal was altered after it was written; compare it with the last backup",
        "zh": "日志第{sequence}条在写入后被改动；请与最近的备份比对",
    },
    "missing": {
        "en": "row {sequence} of the journal is missing; compare with the last backup",
        "zh": "日志缺少第{sequence}条；请与最近的备份比对",
    },
    "reordered": {
        "en": "row {sequence} of the journal stands in another's place; compare with the last backup",
        "zh": "日志第{sequence}条的位置被调换；请与最近的备份比对",
    },
    "cut": {
        "en": "the journal was cut: row {sequence} and whatever followed are gone, {count} rows are left; restore the last backup",
        "zh": "日志尾部被截去：第{sequence}条及之后的记录不见了，现存{count}条；请恢复最近的备份",
    },
    "rewritten": {
        "en": "the journal's chain is whole, but row {sequence} is not the one the checkpoint names: it was rewritten; "
        "compare with the last backup",
        "zh": "日志链条自洽，但第{sequence}条与检查点不符，已被重写；请与最近的备份比对",
    },
    "record": {
        "en": "the journal is whole, but the table {table} no longer holds what act {sequence} wrote: rows were changed, removed or "
        "slipped in; compare it with the last backup",
        "zh": "日志完整，但表{table}与第{sequence}条所记写入的内容不符：有记录被改动、删除或混入；请与最近的备份比对",
    },
    "no_checkpoint": {
        "en": "the {count} rows are chained, but the checkpoint beside the database is missing or unreadable, so a cut tail would not "
        "be seen; give one that is printed on a sheet",
        "zh": "{count}条记录的链条自洽，但数据库旁的检查点缺失或不可读，无法发现尾部被截；请提供考核表上印出的检查点",
    },
}


def digest_of(entry: Entry) -> str:
    """SHA-256 of a row's content and the digest before it; the row's own digest is left out."""
    content = [
        entry.sequence, entry.hall_id, entry.happened_at, entry.person, entry.act, entry.outcome, entry.detail, entry.previous
    ]  # fmt: skip
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def chain(head: Checkpoint, hall_id: str, happened_at: int, person: str, act: str, outcome: str, detail: object) -> Entry:
    """The next row after `head`."""
    bare = Entry(head.count + 1, hall_id, happened_at, person, act, outcome, canonical_json(detail), head.head, "")
    return replace(bare, digest=digest_of(bare))


def check_rows(rows: Iterable[Entry], checkpoint: Checkpoint | None) -> Verdict:
    """Follow the chain through rows in order of their sequence and compare it with a checkpoint.

    The first thing wrong is named. `checkpoint` None means that none is asked for.
    """
    count, head, at_checkpoint, last = 0, FIRST, FIRST, 0
    for row in rows:
        count, last = count + 1, row.sequence
        if row.sequence != count:
            return Verdict(False, _rest(rows, count), row.digest, "missing", count)
        if row.digest != digest_of(row):
            return Verdict(False, _rest(rows, count), row.digest, _kind_of(row), row.sequence)
        if row.previous != head:
            return Verdict(False, _rest(rows, count), row.digest, "reordered", row.sequence)
        head = row.digest
        if checkpoint is not None and row.sequence == checkpoint.count:
            at_checkpoint = head
    if checkpoint is None:
        return Verdict(True, count, head)
    if count < checkpoint.count:
        return Verdict(False, count, head, "cut", last + 1)
    if at_checkpoint != checkpoint.head:
        return Verdict(False, count, head, "rewritten", checkpoint.count)
    return Verdict(True, count, head)


def _kind_of(row: Entry) -> str:
    """Altered, unless the digest is right for another sequence: then the whole row was moved here."""
    for other in range(max(1, row.sequence - 50), row.sequence + 51):
        if other != row.sequence and digest_of(replace(row, sequence=other)) == row.digest:
            return "reordered"
    return "altered"


def _rest(rows: Iterable[Entry], count: int) -> int:
    """All rows there are, once the first `count` were read from an iterator."""
    return count + sum(1 for _ in rows) if isinstance(rows, Iterator) else sum(1 for _ in rows)


def verify(store: Store, checkpoint: Checkpoint | None = None) -> Verdict:
    """Check the whole journal against the checkpoint beside the database, and against a given one (printed on a sheet) if there is one.

    Then checks every table against what the acts wrote to it. Also names a cut when some record was written by an act that the journal no
    longer has.
    """
    from .db.journal_rows import entries, last_recorded_sequence

    kept, readable = store.checkpoint()
    with store.read() as session:
        verdict = check_rows(entries(session), kept)
        if verdict.ok and checkpoint is not None:
            verdict = check_rows(entries(session), checkpoint)
        recorded = last_recorded_sequence(session)
        changed = _changed_record(session) if verdict.ok and recorded <= verdict.count else None
    if verdict.ok and recorded > verdict.count:
        return Verdict(False, verdict.count, verdict.head, "cut", verdict.count + 1)
    if verdict.ok and checkpoint is None and (not readable or (kept is None and verdict.count > 0)):
        return Verdict(False, verdict.count, verdict.head, "no_checkpoint")
    if verdict.ok and changed is not None:
        return Verdict(False, verdict.count, verdict.head, "record", *changed)
    return verdict


def _changed_record(session: Session) -> tuple[int, str] | None:
    """The first act, and the table that does not hold what it wrote; None if all do. Acts that noted no digests are passed over."""
    from .db.journal_rows import entries
    from .db.row_digests import digest_all

    written = {each.sequence: read_detail(each).get("rows") for each in entries(session)}
    noted = {(sequence, name): list(rows[name]) for sequence, rows in written.items() if isinstance(rows, dict) for name in rows}
    found = {
        (sequence, name): rows
        for name, by_act in digest_all(session)
        for sequence, rows in by_act.items()
        if isinstance(written.get(sequence, {}), dict)
    }
    return min((key for key in noted.keys() | found.keys() if noted.get(key) != found.get(key)), default=None)


def read_detail(entry: Entry) -> dict[str, object]:
    """The detail of a row as a table."""
    content: dict[str, object] = json.loads(entry.detail)
    return content
