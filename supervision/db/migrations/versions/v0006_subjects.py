"""Who else is assessed than a window: appeals may name a person, a department or the hall; lines may name late papers; a limit may be the
day of acceptance itself."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from supervision.db.appendonly import postgresql_triggers, sqlite_triggers

revision = "0006"
down_revision = "0005"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
EVIDENCE_KINDS = "kind IN ('case', 'rating', 'finding', 'complaint', 'attendance', 'review', 'receipt', 'paper', 'service')"
AMOUNT = "amount > 0 OR (amount = 0 AND unit = 'working_days')"
REBUILT = ("line_evidence", "service_limits")
TABLES = ("appeal_subjects",)


def upgrade() -> None:
    op.create_table(
        "appeal_subjects",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("appeal_number", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False, comment="whose sheet it is: staff:, head:, department: or hall:"),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("length(subject_id) > 0", name=op.f("ck_appeal_subjects_not_blank")),
        sa.ForeignKeyConstraint(
            ["hall_id", "appeal_number"],
            ["appeals.hall_id", "appeals.appeal_number"],
            name=op.f("fk_appeal_subjects_hall_id_appeal_number"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal_subjects")),
        sa.UniqueConstraint("hall_id", "appeal_number", name=op.f("uq_appeal_subjects_hall_id_appeal_number")),
        sqlite_strict=True,
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    if sqlite:
        _rebuild_line_evidence()
        _rebuild_service_limits()
    else:
        for table, name, rule in (("line_evidence", "kind", EVIDENCE_KINDS), ("service_limits", "amount", AMOUNT)):
            op.drop_constraint(f"ck_{table}_{name}", table)
            op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, rule)
    for statement in _triggers(sqlite):
        op.execute(statement)


def _rebuild_line_evidence() -> None:
    """SQLite cannot change a CHECK: the rows move, each as it was, to a table with the wider one."""
    op.rename_table("line_evidence", "line_evidence_0005")
    op.create_table(
        "line_evidence",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("line_id", WHOLE, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="what the id begins with"),
        sa.Column("evidence_id", sa.Text(), nullable=False, comment="such as case:2022-000123"),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint(EVIDENCE_KINDS, name=op.f("ck_line_evidence_kind")),
        sa.CheckConstraint("role IN ('moved', 'spared', 'contested')", name=op.f("ck_line_evidence_role")),
        sa.CheckConstraint("length(evidence_id) > 0", name=op.f("ck_line_evidence_not_blank")),
        sa.ForeignKeyConstraint(["line_id"], ["sheet_lines.id"], name=op.f("fk_line_evidence_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_evidence")),
        sa.UniqueConstraint("hall_id", "line_id", "evidence_id", "role", name=op.f("uq_line_evidence_hall_id_line_id_evidence_id_role")),
        sqlite_strict=True,
    )
    _move("line_evidence")


def _rebuild_service_limits() -> None:
    """The same for limits, whose amount may be 0 working days."""
    op.rename_table("service_limits", "service_limits_0005")
    op.create_table(
        "service_limits",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("service_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="promised or legal"),
        sa.Column("amount", WHOLE, nullable=False, comment="whole, positive; 0 working days is the day of acceptance"),
        sa.Column("unit", sa.Text(), nullable=False, comment="a bare 'days' is refused on the way in"),
        sa.Column("valid_from", sa.Text(), nullable=False, comment="cases accepted on this local day or later"),
        sa.Column("article", sa.Text(), nullable=True, comment="document or article that sets the limit"),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("kind IN ('promised', 'legal')", name=op.f("ck_service_limits_kind")),
        sa.CheckConstraint(
            "unit IN ('minutes', 'working_hours', 'working_days', 'calendar_days', 'months')", name=op.f("ck_service_limits_unit")
        ),
        sa.CheckConstraint(AMOUNT, name=op.f("ck_service_limits_amount")),
        sa.CheckConstraint("valid_from LIKE '____-__-__'", name=op.f("ck_service_limits_valid_from_is_a_day")),
        sa.ForeignKeyConstraint(
            ["hall_id", "service_id"], ["services.hall_id", "services.service_id"], name=op.f("fk_service_limits_hall_id_service_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_limits")),
        sa.UniqueConstraint(
            "hall_id", "service_id", "kind", "valid_from", "sequence",
            name=op.f("uq_service_limits_hall_id_service_id_kind_valid_from_sequence"),
        ),
        sqlite_strict=True,
    )  # fmt: skip
    _move("service_limits")


def _move(table: str) -> None:
    op.execute(f"INSERT INTO {table} SELECT * FROM {table}_0005 ORDER BY id")
    op.drop_table(f"{table}_0005")  # its triggers go with it


def _triggers(sqlite: bool) -> Iterator[str]:
    if sqlite:
        tables = (*TABLES, *REBUILT)
        yield from sqlite_triggers(tables, dict.fromkeys(tables, "id"))
    else:
        yield from postgresql_triggers(TABLES)


def downgrade() -> None:
    raise RuntimeError("the record is append-only and does not go back; restore the backup taken before the upgrade")
