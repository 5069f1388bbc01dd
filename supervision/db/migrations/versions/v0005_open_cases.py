"""What a counted month left open, so that the next one need not look through every case there ever was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from supervision.db.appendonly import postgresql_triggers, sqlite_triggers

revision = "0005"
down_revision = "0004"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("month_opens",)


def upgrade() -> None:
    op.create_table(
        "month_opens",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("month", sa.Text(), nullable=False, comment="YYYY-MM"),
        sa.Column("as_of_sequence", WHOLE, nullable=False, comment="counted from what was recorded up to this journal sequence"),
        sa.Column("last_case_id", WHOLE, nullable=False, comment="row id of the newest case then"),
        sa.Column("case_ids", sa.Text(), nullable=False, comment="row ids of the open cases, growing, parted by spaces"),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("month LIKE '____-__'", name=op.f("ck_month_opens_month")),
        sa.ForeignKeyConstraint(["hall_id"], ["halls.hall_id"], name=op.f("fk_month_opens_hall_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_month_opens")),
        sa.UniqueConstraint("hall_id", "month", "as_of_sequence", name=op.f("uq_month_opens_hall_id_month_as_of_sequence")),
        sqlite_strict=True,
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in sqlite_triggers(TABLES, dict.fromkeys(TABLES, "id")) if sqlite else postgresql_triggers(TABLES):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("the record is append-only and does not go back; restore the backup taken before the upgrade")
