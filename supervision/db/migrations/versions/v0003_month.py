"""The course of a month: steps, appeals, rulings, roles, drafts of schemes, results of longer periods; all append-only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from supervision.db.appendonly import postgresql_triggers, sqlite_triggers

revision = "0003"
down_revision = "0001"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SMALL = sa.SmallInteger().with_variant(sa.Integer(), "sqlite")
TABLES = ("person_roles", "month_steps", "period_results", "scheme_texts", "appeals", "evidence_rulings", "rulings", "sheets_ruled")


def upgrade() -> None:
    op.create_table(
        "person_roles",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("person", sa.Text(), nullable=False, comment="the name under which the person acts"),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("window_id", sa.Text(), nullable=True, comment="the only window it holds for; NULL: all of the hall"),
        sa.Column("granted", SMALL, nullable=False, comment="1 gives the role, 0 takes it away"),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint(
            "role IN ('staff', 'manager', 'inspector', 'planner', 'scheme_editor', 'administrator')", name=op.f("ck_person_roles_role")
        ),
        sa.CheckConstraint("granted IN (0, 1)", name=op.f("ck_person_roles_granted")),
        sa.CheckConstraint("length(hall_id) > 0 AND length(person) > 0", name=op.f("ck_person_roles_not_blank")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_roles")),
        sa.UniqueConstraint(
            "hall_id", "person", "role", "window_id", "sequence", name=op.f("uq_person_roles_hall_id_person_role_window_id_sequence")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "month_steps",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("month", sa.Text(), nullable=False, comment="YYYY-MM"),
        sa.Column("scheme_id", sa.Text(), nullable=False),
        sa.Column("scheme_version", sa.Text(), nullable=False, comment="the version the month was opened with"),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("as_of_sequence", WHOLE, nullable=False, comment="evidence recorded up to this journal sequence is counted in the month"),
        sa.Column("person", sa.Text(), nullable=False, comment="who took the step"),
        sa.Column("taken_at", WHOLE, nullable=False),
        sa.Column("objections_until", sa.Text(), nullable=True, comment="last local day for objections; of circulated only"),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("(step = 'circulated') = (objections_until IS NOT NULL)", name=op.f("ck_month_steps_objections")),
        sa.CheckConstraint("month LIKE '____-__'", name=op.f("ck_month_steps_month")),
        sa.CheckConstraint("objections_until LIKE '____-__-__'", name=op.f("ck_month_steps_objections_until_is_a_day")),
        sa.CheckConstraint(
            "step IN ('opened', 'collected', 'computed', 'circulated', 'locked', 'published')", name=op.f("ck_month_steps_step")
        ),
        sa.CheckConstraint(
            "length(scheme_id) > 0 AND length(scheme_version) > 0 AND length(person) > 0", name=op.f("ck_month_steps_not_blank")
        ),
        sa.ForeignKeyConstraint(["hall_id"], ["halls.hall_id"], name=op.f("fk_month_steps_hall_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_month_steps")),
        sa.UniqueConstraint(
            "hall_id", "month", "scheme_id", "step", "sequence", name=op.f("uq_month_steps_hall_id_month_scheme_id_step_sequence")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "period_results",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("period", sa.Text(), nullable=False, comment="2022-Q4, 2022-H1 or 2022"),
        sa.Column("scheme_id", sa.Text(), nullable=False),
        sa.Column("revision", WHOLE, nullable=False),
        sa.Column("body", sa.Text(), nullable=False, comment="canonical JSON: the text that the digest is of"),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint(
            "length(period) > 0 AND length(scheme_id) > 0 AND length(body) > 0 AND length(digest) > 0 AND length(person) > 0",
            name=op.f("ck_period_results_not_blank"),
        ),
        sa.CheckConstraint("revision > 0", name=op.f("ck_period_results_revision")),
        sa.ForeignKeyConstraint(["hall_id"], ["halls.hall_id"], name=op.f("fk_period_results_hall_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period_results")),
        sa.UniqueConstraint("hall_id", "period", "scheme_id", "revision", name=op.f("uq_period_results_hall_id_period_scheme_id_revision")),
        sqlite_strict=True,
    )
    op.create_table(
        "scheme_texts",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("scheme_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False, comment="the TOML text"),
        sa.Column("digest", sa.Text(), nullable=False, comment="sha256 of the document"),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("state IN ('draft', 'checked', 'published')", name=op.f("ck_scheme_texts_state")),
        sa.CheckConstraint(
            "length(scheme_id) > 0 AND length(version) > 0 AND length(document) > 0 AND length(digest) > 0 AND length(person) > 0",
            name=op.f("ck_scheme_texts_not_blank"),
        ),
        sa.ForeignKeyConstraint(["hall_id"], ["halls.hall_id"], name=op.f("fk_scheme_texts_hall_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme_texts")),
        sa.UniqueConstraint(
            "hall_id", "scheme_id", "version", "state", "sequence", name=op.f("uq_scheme_texts_hall_id_scheme_id_version_state_sequence")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "appeals",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column(
            "appeal_number", sa.Text(), nullable=False, comment="2022-11/W01/1: month, window, and the count of the window's appeals"
        ),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("scheme_id", sa.Text(), nullable=False),
        sa.Column("window_id", sa.Text(), nullable=False),
        sa.Column("revision", WHOLE, nullable=False, comment="revision of the sheet that is objected to"),
        sa.Column("indicator", sa.Text(), nullable=False, comment="line of the sheet"),
        sa.Column("evidence_id", sa.Text(), nullable=True, comment="record that is contested; NULL: the line as a whole"),
        sa.Column("grounds", sa.Text(), nullable=False, comment="why, identity and telephone numbers masked"),
        sa.Column("person", sa.Text(), nullable=False, comment="who objects"),
        sa.Column("filed_at", WHOLE, nullable=False),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("month LIKE '____-__'", name=op.f("ck_appeals_month")),
        sa.CheckConstraint(
            "length(appeal_number) > 0 AND length(indicator) > 0 AND length(grounds) > 0 AND length(person) > 0",
            name=op.f("ck_appeals_not_blank"),
        ),
        sa.ForeignKeyConstraint(
            ["hall_id", "window_id"], ["windows.hall_id", "windows.window_id"], name=op.f("fk_appeals_hall_id_window_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeals")),
        sa.UniqueConstraint("hall_id", "appeal_number", name=op.f("uq_appeals_hall_id_appeal_number")),
        sqlite_strict=True,
    )
    op.create_index("ix_appeals_month", "appeals", ["hall_id", "month", "scheme_id"], unique=False)
    op.create_table(
        "evidence_rulings",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("evidence_id", sa.Text(), nullable=False, comment="such as case:2022-000123"),
        sa.Column("ruled", sa.Text(), nullable=True, comment="NULL: an earlier ruling is taken back"),
        sa.Column("appeal_number", sa.Text(), nullable=False),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint(
            "ruled IN ('excused', 'mistaken', 'malicious', 'withdrawn', 'admitted')", name=op.f("ck_evidence_rulings_ruled")
        ),
        sa.CheckConstraint("length(evidence_id) > 0", name=op.f("ck_evidence_rulings_not_blank")),
        sa.ForeignKeyConstraint(
            ["hall_id", "appeal_number"],
            ["appeals.hall_id", "appeals.appeal_number"],
            name=op.f("fk_evidence_rulings_hall_id_appeal_number"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_rulings")),
        sa.UniqueConstraint("hall_id", "evidence_id", "sequence", name=op.f("uq_evidence_rulings_hall_id_evidence_id_sequence")),
        sqlite_strict=True,
    )
    op.create_table(
        "rulings",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("appeal_number", sa.Text(), nullable=False),
        sa.Column("instance", WHOLE, nullable=False, comment="1, then 2 where the first ruling was taken further"),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False, comment="who ruled"),
        sa.Column("ruled_at", WHOLE, nullable=False),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("verdict IN ('upheld', 'dismissed')", name=op.f("ck_rulings_verdict")),
        sa.CheckConstraint("instance IN (1, 2)", name=op.f("ck_rulings_instance")),
        sa.CheckConstraint("length(reason) > 0 AND length(person) > 0", name=op.f("ck_rulings_not_blank")),
        sa.ForeignKeyConstraint(
            ["hall_id", "appeal_number"], ["appeals.hall_id", "appeals.appeal_number"], name=op.f("fk_rulings_hall_id_appeal_number")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rulings")),
        sa.UniqueConstraint("hall_id", "appeal_number", "instance", name=op.f("uq_rulings_hall_id_appeal_number_instance")),
        sqlite_strict=True,
    )
    op.create_table(
        "sheets_ruled",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("sheet_id", WHOLE, nullable=False),
        sa.Column("ruled_to", WHOLE, nullable=False, comment="journal sequence of the last ruling that could count"),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheets.id"], name=op.f("fk_sheets_ruled_sheet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheets_ruled")),
        sa.UniqueConstraint("hall_id", "sheet_id", name=op.f("uq_sheets_ruled_hall_id_sheet_id")),
        sqlite_strict=True,
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in sqlite_triggers(TABLES, dict.fromkeys(TABLES, "id")) if sqlite else postgresql_triggers(TABLES):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("the record is append-only and does not go back; restore the backup taken before the upgrade")
