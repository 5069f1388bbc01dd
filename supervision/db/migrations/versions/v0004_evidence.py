"""Evidence of every source: work orders, complaints, attendance and file reviews, indices, papers taken before acceptance and papers that
come later, steps, extensions, projects, checks as visits, evidence files, draws; lines may name the new kinds."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from supervision.db.appendonly import postgresql_triggers, sqlite_triggers

revision = "0004"
down_revision = "0003"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SMALL = sa.SmallInteger().with_variant(sa.Integer(), "sqlite")
EVIDENCE_KINDS = "kind IN ('case', 'rating', 'finding', 'complaint', 'attendance', 'review', 'receipt')"
TABLES = (
    "draws",
    "evidence_files",
    "checks",
    "draw_reveals",
    "indices",
    "orders",
    "project_stages",
    "receipts",
    "service_steps",
    "case_extensions",
    "case_steps",
    "case_stops",
    "late_papers",
    "order_steps",
    "receipt_events",
    "reports",
    "check_findings",
    "late_paper_events",
    "report_statuses",
)


def upgrade() -> None:
    op.create_table(
        "draws",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("draw_number", sa.Text(), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False, comment="sha256 of the secret seed"),
        sa.Column("plan", sa.Text(), nullable=False, comment="canonical JSON of inspectors, windows, strata, weights, conflicts"),
        sa.Column("plan_digest", sa.Text(), nullable=False),
        sa.Column("committed_at", WHOLE, nullable=False),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("length(commitment) = 64 AND length(plan_digest) = 64", name=op.f("ck_draws_digest")),
        sa.CheckConstraint("length(draw_number) > 0 AND length(plan) > 0", name=op.f("ck_draws_not_blank")),
        sa.ForeignKeyConstraint(["hall_id"], ["halls.hall_id"], name=op.f("fk_draws_hall_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draws")),
        sa.UniqueConstraint("hall_id", "draw_number", name=op.f("uq_draws_hall_id_draw_number")),
        sqlite_strict=True,
    )
    op.create_table(
        "evidence_files",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("evidence_id", sa.Text(), nullable=False, comment="record it shows, such as finding:F-1"),
        sa.Column("digest", sa.Text(), nullable=False, comment="sha256 of the bytes kept"),
        sa.Column("given_digest", sa.Text(), nullable=False, comment="sha256 of the bytes as given"),
        sa.Column("file_name", sa.Text(), nullable=False, comment="the given name, personal numbers masked; never used as a path"),
        sa.Column("media_type", sa.Text(), nullable=False, comment="from the first bytes, never from the name"),
        sa.Column("bytes_kept", WHOLE, nullable=False),
        sa.Column("stripped", SMALL, nullable=False, comment="1 if place, device or name written by the camera were taken out"),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("bytes_kept > 0", name=op.f("ck_evidence_files_size")),
        sa.CheckConstraint("length(digest) = 64 AND length(given_digest) = 64", name=op.f("ck_evidence_files_digest")),
        sa.CheckConstraint(
            "length(evidence_id) > 0 AND length(file_name) > 0 AND length(media_type) > 0", name=op.f("ck_evidence_files_not_blank")
        ),
        sa.CheckConstraint("stripped IN (0, 1)", name=op.f("ck_evidence_files_stripped")),
        sa.ForeignKeyConstraint(["hall_id"], ["halls.hall_id"], name=op.f("fk_evidence_files_hall_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_files")),
        sa.UniqueConstraint("hall_id", "evidence_id", "digest", name=op.f("uq_evidence_files_hall_id_evidence_id_digest")),
        sqlite_strict=True,
    )
    op.create_table(
        "checks",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("check_number", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="暗访, 视频巡查, 领导带班, 模拟办件, 六个查, 第三方"),
        sa.Column("checklist", sa.Text(), nullable=False, comment="id and version, such as open-hall/1"),
        sa.Column("window_id", sa.Text(), nullable=False),
        sa.Column("inspector", sa.Text(), nullable=False, comment="who looked"),
        sa.Column("draw_number", sa.Text(), nullable=True, comment="the draw that sent them, if one did"),
        sa.Column("began_at", WHOLE, nullable=False, comment="to the minute"),
        sa.Column("began_on", sa.Text(), nullable=False),
        sa.Column("minutes", WHOLE, nullable=False, comment="how long it was watched, whole minutes"),
        sa.Column("people_waiting", WHOLE, nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("import_id", WHOLE, nullable=True),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("began_on LIKE '____-__-__'", name=op.f("ck_checks_began_on_is_a_day")),
        sa.CheckConstraint(
            "kind IN ('covert_visit', 'video_round', 'leader_on_duty', 'simulated_case', 'self_check', 'enterprise_check', "
            "'public_check', 'media_check', 'key_check', 'third_party')",
            name=op.f("ck_checks_kind"),
        ),
        sa.CheckConstraint(
            "length(check_number) > 0 AND length(checklist) > 0 AND length(inspector) > 0", name=op.f("ck_checks_not_blank")
        ),
        sa.CheckConstraint("minutes >= 0", name=op.f("ck_checks_minutes")),
        sa.CheckConstraint("people_waiting IS NULL OR people_waiting >= 0", name=op.f("ck_checks_people_waiting")),
        sa.ForeignKeyConstraint(
            ["hall_id", "window_id"], ["windows.hall_id", "windows.window_id"], name=op.f("fk_checks_hall_id_window_id")
        ),
        sa.ForeignKeyConstraint(["hall_id"], ["halls.hall_id"], name=op.f("fk_checks_hall_id")),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_checks_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checks")),
        sa.UniqueConstraint("hall_id", "check_number", name=op.f("uq_checks_hall_id_check_number")),
        sqlite_strict=True,
    )
    op.create_index("ix_checks_began_on", "checks", ["hall_id", "began_on"], unique=False)
    op.create_table(
        "draw_reveals",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("draw_number", sa.Text(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False, comment="canonical JSON of who visits what"),
        sa.Column("revealed_at", WHOLE, nullable=False),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("length(seed) > 0 AND length(result) > 0", name=op.f("ck_draw_reveals_not_blank")),
        sa.ForeignKeyConstraint(
            ["hall_id", "draw_number"], ["draws.hall_id", "draws.draw_number"], name=op.f("fk_draw_reveals_hall_id_draw_number")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_reveals")),
        sa.UniqueConstraint("hall_id", "draw_number", name=op.f("uq_draw_reveals_hall_id_draw_number")),
        sqlite_strict=True,
    )
    op.create_table(
        "indices",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("index_number", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False, comment="who measured: never the hall itself"),
        sa.Column("name", sa.Text(), nullable=False, comment="what was measured: 政务环境指数, 满意度, 实现率 ..."),
        sa.Column("window_id", sa.Text(), nullable=True, comment="NULL: the hall as a whole"),
        sa.Column("first_day", sa.Text(), nullable=False),
        sa.Column("last_day", sa.Text(), nullable=False),
        sa.Column("index_value", sa.Text(), nullable=False),
        sa.Column("scale", sa.Text(), nullable=False, comment="the highest value there is"),
        sa.Column("asked", WHOLE, nullable=True, comment="how many people it rests on, if the body says so"),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("import_id", WHOLE, nullable=True),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("first_day LIKE '____-__-__'", name=op.f("ck_indices_first_day_is_a_day")),
        sa.CheckConstraint("last_day LIKE '____-__-__'", name=op.f("ck_indices_last_day_is_a_day")),
        sa.CheckConstraint("asked IS NULL OR asked > 0", name=op.f("ck_indices_asked")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_indices_period")),
        sa.CheckConstraint("length(index_number) > 0 AND length(body) > 0 AND length(name) > 0", name=op.f("ck_indices_not_blank")),
        sa.ForeignKeyConstraint(
            ["hall_id", "window_id"], ["windows.hall_id", "windows.window_id"], name=op.f("fk_indices_hall_id_window_id")
        ),
        sa.ForeignKeyConstraint(["hall_id"], ["halls.hall_id"], name=op.f("fk_indices_hall_id")),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_indices_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indices")),
        sa.UniqueConstraint("hall_id", "index_number", name=op.f("uq_indices_hall_id_index_number")),
        sqlite_strict=True,
    )
    op.create_table(
        "orders",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("workflow", sa.Text(), nullable=False, comment="bad_rating, finding, complaint, lapse, index or call_in"),
        sa.Column("subject", sa.Text(), nullable=False, comment="evidence id it is about, such as rating:R-1"),
        sa.Column("rule_set", sa.Text(), nullable=False, comment="whose limits hold for it"),
        sa.Column("window_id", sa.Text(), nullable=True, comment="department window it is handed to; NULL while none is known"),
        sa.Column("begins_at", WHOLE, nullable=False, comment="when its limits begin: the moment of its subject"),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint(
            "length(order_number) > 0 AND length(workflow) > 0 AND length(subject) > 0 AND length(rule_set) > 0",
            name=op.f("ck_orders_not_blank"),
        ),
        sa.ForeignKeyConstraint(
            ["hall_id", "window_id"], ["windows.hall_id", "windows.window_id"], name=op.f("fk_orders_hall_id_window_id")
        ),
        sa.ForeignKeyConstraint(["hall_id"], ["halls.hall_id"], name=op.f("fk_orders_hall_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("hall_id", "order_number", name=op.f("uq_orders_hall_id_order_number")),
        sa.UniqueConstraint("hall_id", "workflow", "subject", name=op.f("uq_orders_hall_id_workflow_subject")),
        sqlite_strict=True,
    )
    op.create_table(
        "project_stages",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("project_number", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="decides the limit of the whole project"),
        sa.Column("stage", sa.Text(), nullable=False, comment="id of deadlines/projects.toml"),
        sa.Column("lead", sa.Text(), nullable=True, comment="the lead department 牵头部门; NULL is shown as a stage nobody leads"),
        sa.Column("began_on", sa.Text(), nullable=True),
        sa.Column("ended_on", sa.Text(), nullable=True),
        sa.Column("intermediary_days", WHOLE, nullable=True, comment="days of intermediary services 中介服务, not counted"),
        sa.Column("import_id", WHOLE, nullable=True),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint(
            "kind IN ('ordinary', 'government', 'urban_village', 'real_estate', 'industry')", name=op.f("ck_project_stages_kind")
        ),
        sa.CheckConstraint("ended_on IS NULL OR (began_on IS NOT NULL AND ended_on >= began_on)", name=op.f("ck_project_stages_order")),
        sa.CheckConstraint("intermediary_days IS NULL OR intermediary_days >= 0", name=op.f("ck_project_stages_intermediary_days")),
        sa.CheckConstraint("length(project_number) > 0 AND length(stage) > 0", name=op.f("ck_project_stages_not_blank")),
        sa.ForeignKeyConstraint(["hall_id"], ["halls.hall_id"], name=op.f("fk_project_stages_hall_id")),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_project_stages_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_stages")),
        sa.UniqueConstraint(
            "hall_id", "project_number", "stage", "sequence", name=op.f("uq_project_stages_hall_id_project_number_stage_sequence")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "receipts",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("service_id", sa.Text(), nullable=True),
        sa.Column("window_id", sa.Text(), nullable=True),
        sa.Column("handler_ref", sa.Text(), nullable=True, comment="who took the papers: the first handler 首办"),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("received_at", WHOLE, nullable=False),
        sa.Column("received_on", sa.Text(), nullable=False),
        sa.Column("import_id", WHOLE, nullable=True),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("received_on LIKE '____-__-__'", name=op.f("ck_receipts_received_on_is_a_day")),
        sa.CheckConstraint("length(case_number) > 0", name=op.f("ck_receipts_not_blank")),
        sa.ForeignKeyConstraint(
            ["hall_id", "service_id"], ["services.hall_id", "services.service_id"], name=op.f("fk_receipts_hall_id_service_id")
        ),
        sa.ForeignKeyConstraint(
            ["hall_id", "window_id"], ["windows.hall_id", "windows.window_id"], name=op.f("fk_receipts_hall_id_window_id")
        ),
        sa.ForeignKeyConstraint(["hall_id"], ["halls.hall_id"], name=op.f("fk_receipts_hall_id")),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_receipts_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("hall_id", "case_number", name=op.f("uq_receipts_hall_id_case_number")),
        sqlite_strict=True,
    )
    op.create_index("ix_receipts_received_on", "receipts", ["hall_id", "received_on"], unique=False)
    op.create_table(
        "service_steps",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("service_id", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Text(), nullable=False, comment="cases accepted on this local day or later"),
        sa.Column("position", SMALL, nullable=False, comment="1, 2, 3 ..."),
        sa.Column("step_id", sa.Text(), nullable=False, comment="受理, 审查, 决定, 制证, 送达 ..."),
        sa.Column("amount", WHOLE, nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint(
            "unit IN ('minutes', 'working_hours', 'working_days', 'calendar_days', 'months')", name=op.f("ck_service_steps_unit")
        ),
        sa.CheckConstraint("valid_from LIKE '____-__-__'", name=op.f("ck_service_steps_valid_from_is_a_day")),
        sa.CheckConstraint("amount > 0 AND position > 0", name=op.f("ck_service_steps_amount")),
        sa.CheckConstraint("length(step_id) > 0", name=op.f("ck_service_steps_not_blank")),
        sa.ForeignKeyConstraint(
            ["hall_id", "service_id"], ["services.hall_id", "services.service_id"], name=op.f("fk_service_steps_hall_id_service_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_steps")),
        sa.UniqueConstraint(
            "hall_id",
            "service_id",
            "valid_from",
            "position",
            "sequence",
            name=op.f("uq_service_steps_hall_id_service_id_valid_from_position_sequence"),
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "case_extensions",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("asked_at", WHOLE, nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("granted_at", WHOLE, nullable=False),
        sa.Column("granted_by", sa.Text(), nullable=False),
        sa.Column("amount", WHOLE, nullable=False, comment="whole, positive, on top of the limit"),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint(
            "unit IN ('minutes', 'working_hours', 'working_days', 'calendar_days', 'months')", name=op.f("ck_case_extensions_unit")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_case_extensions_amount")),
        sa.CheckConstraint("asked_by <> granted_by", name=op.f("ck_case_extensions_two_people")),
        sa.CheckConstraint("granted_at >= asked_at", name=op.f("ck_case_extensions_order")),
        sa.CheckConstraint(
            "length(asked_by) > 0 AND length(granted_by) > 0 AND length(reason) > 0", name=op.f("ck_case_extensions_not_blank")
        ),
        sa.ForeignKeyConstraint(
            ["hall_id", "case_number"], ["cases.hall_id", "cases.case_number"], name=op.f("fk_case_extensions_hall_id_case_number")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_extensions")),
        sa.UniqueConstraint("hall_id", "case_number", "sequence", name=op.f("uq_case_extensions_hall_id_case_number_sequence")),
        sqlite_strict=True,
    )
    op.create_table(
        "case_steps",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("step_id", sa.Text(), nullable=False),
        sa.Column("ended_at", WHOLE, nullable=False),
        sa.Column("ended_on", sa.Text(), nullable=False),
        sa.Column("person_ref", sa.Text(), nullable=True),
        sa.Column("import_id", WHOLE, nullable=True),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("ended_on LIKE '____-__-__'", name=op.f("ck_case_steps_ended_on_is_a_day")),
        sa.CheckConstraint("length(step_id) > 0", name=op.f("ck_case_steps_not_blank")),
        sa.ForeignKeyConstraint(
            ["hall_id", "case_number"], ["cases.hall_id", "cases.case_number"], name=op.f("fk_case_steps_hall_id_case_number")
        ),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_case_steps_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_steps")),
        sa.UniqueConstraint("hall_id", "case_number", "step_id", name=op.f("uq_case_steps_hall_id_case_number_step_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "case_stops",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("stopped_at", WHOLE, nullable=False, comment="moment of the case's `stopped` event"),
        sa.Column("kind", sa.Text(), nullable=False, comment="补正, 特别程序, 中止, 中介服务"),
        sa.Column("document", sa.Text(), nullable=True, comment="number of the written notice to the applicant"),
        sa.Column("import_id", WHOLE, nullable=True),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("kind IN ('supplement', 'special_procedure', 'suspension', 'intermediary')", name=op.f("ck_case_stops_kind")),
        sa.ForeignKeyConstraint(
            ["hall_id", "case_number"], ["cases.hall_id", "cases.case_number"], name=op.f("fk_case_stops_hall_id_case_number")
        ),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_case_stops_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_stops")),
        sa.UniqueConstraint("hall_id", "case_number", "stopped_at", name=op.f("uq_case_stops_hall_id_case_number_stopped_at")),
        sqlite_strict=True,
    )
    op.create_table(
        "late_papers",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("paper", sa.Text(), nullable=False, comment="what is missing"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Text(), nullable=False, comment="last day to bring it"),
        sa.Column("import_id", WHOLE, nullable=True),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("due_on LIKE '____-__-__'", name=op.f("ck_late_papers_due_on_is_a_day")),
        sa.CheckConstraint("kind IN ('promise_and_record', 'accept_with_missing', 'build_first')", name=op.f("ck_late_papers_kind")),
        sa.CheckConstraint("length(paper) > 0", name=op.f("ck_late_papers_not_blank")),
        sa.ForeignKeyConstraint(
            ["hall_id", "case_number"], ["cases.hall_id", "cases.case_number"], name=op.f("fk_late_papers_hall_id_case_number")
        ),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_late_papers_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_papers")),
        sa.UniqueConstraint("hall_id", "case_number", "paper", name=op.f("uq_late_papers_hall_id_case_number_paper")),
        sqlite_strict=True,
    )
    op.create_index("ix_late_papers_due_on", "late_papers", ["hall_id", "due_on"], unique=False)
    op.create_table(
        "order_steps",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("step", SMALL, nullable=False, comment="1, 2, 3 ... within the order"),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="where the order stands after it"),
        sa.Column("happened_at", WHOLE, nullable=False),
        sa.Column("happened_on", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False, comment="who took it"),
        sa.Column("promised_on", sa.Text(), nullable=True, comment="day by which somebody promised the next step"),
        sa.Column("note", sa.Text(), nullable=True, comment="what was said or done, identity and telephone numbers masked"),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("happened_on LIKE '____-__-__'", name=op.f("ck_order_steps_happened_on_is_a_day")),
        sa.CheckConstraint("length(action) > 0 AND length(state) > 0 AND length(person) > 0", name=op.f("ck_order_steps_not_blank")),
        sa.CheckConstraint("step > 0", name=op.f("ck_order_steps_step")),
        sa.ForeignKeyConstraint(
            ["hall_id", "order_number"], ["orders.hall_id", "orders.order_number"], name=op.f("fk_order_steps_hall_id_order_number")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_steps")),
        sa.UniqueConstraint("hall_id", "order_number", "step", name=op.f("uq_order_steps_hall_id_order_number_step")),
        sqlite_strict=True,
    )
    op.create_index("ix_order_steps_happened_on", "order_steps", ["hall_id", "happened_on"], unique=False)
    op.create_table(
        "receipt_events",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("happened_at", WHOLE, nullable=False),
        sa.Column("happened_on", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("import_id", WHOLE, nullable=True),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint(
            "event IN ('supplement_asked', 'supplement_arrived', 'not_accepted', 'withdrawn')", name=op.f("ck_receipt_events_event")
        ),
        sa.CheckConstraint("happened_on LIKE '____-__-__'", name=op.f("ck_receipt_events_happened_on_is_a_day")),
        sa.ForeignKeyConstraint(
            ["hall_id", "case_number"], ["receipts.hall_id", "receipts.case_number"], name=op.f("fk_receipt_events_hall_id_case_number")
        ),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_receipt_events_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_events")),
        sa.UniqueConstraint(
            "hall_id", "case_number", "event", "happened_at", name=op.f("uq_receipt_events_hall_id_case_number_event_happened_at")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "reports",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("report_number", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False, comment="code of the checklist that it is a case of"),
        sa.Column("channel", sa.Text(), nullable=True, comment="12345, desk, letter ...; sign-in machine, camera, round"),
        sa.Column("window_id", sa.Text(), nullable=True, comment="department window; NULL: found by seat, case or service"),
        sa.Column("seat_id", sa.Text(), nullable=True),
        sa.Column("service_id", sa.Text(), nullable=True),
        sa.Column("case_number", sa.Text(), nullable=True, comment="case it speaks of; not checked against cases"),
        sa.Column("person_ref", sa.Text(), nullable=True, comment="first handler 首办, or the clerk concerned; NULL when unknown"),
        sa.Column("citizen_ref", sa.Text(), nullable=True, comment="keyed hash of who complained"),
        sa.Column("citizen_mask", sa.Text(), nullable=True),
        sa.Column("is_named", SMALL, nullable=False, comment="given under the citizen's name"),
        sa.Column("minutes", WHOLE, nullable=True, comment="how late, or how long away, whole minutes"),
        sa.Column("happened_at", WHOLE, nullable=False),
        sa.Column("happened_on", sa.Text(), nullable=False, comment="month of a lapse; a complaint counts when it is upheld"),
        sa.Column("note", sa.Text(), nullable=True, comment="what was said, identity and telephone numbers masked"),
        sa.Column("import_id", WHOLE, nullable=True),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("happened_on LIKE '____-__-__'", name=op.f("ck_reports_happened_on_is_a_day")),
        sa.CheckConstraint("kind IN ('complaint', 'attendance', 'review')", name=op.f("ck_reports_kind")),
        sa.CheckConstraint("is_named IN (0, 1)", name=op.f("ck_reports_is_named")),
        sa.CheckConstraint("length(report_number) > 0 AND length(code) > 0", name=op.f("ck_reports_not_blank")),
        sa.CheckConstraint("minutes IS NULL OR minutes >= 0", name=op.f("ck_reports_minutes")),
        sa.ForeignKeyConstraint(["hall_id", "seat_id"], ["seats.hall_id", "seats.seat_id"], name=op.f("fk_reports_hall_id_seat_id")),
        sa.ForeignKeyConstraint(
            ["hall_id", "service_id"], ["services.hall_id", "services.service_id"], name=op.f("fk_reports_hall_id_service_id")
        ),
        sa.ForeignKeyConstraint(
            ["hall_id", "window_id"], ["windows.hall_id", "windows.window_id"], name=op.f("fk_reports_hall_id_window_id")
        ),
        sa.ForeignKeyConstraint(["hall_id"], ["halls.hall_id"], name=op.f("fk_reports_hall_id")),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_reports_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("hall_id", "kind", "report_number", name=op.f("uq_reports_hall_id_kind_report_number")),
        sqlite_strict=True,
    )
    op.create_index("ix_reports_happened_on", "reports", ["hall_id", "happened_on"], unique=False)
    op.create_table(
        "check_findings",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("check_number", sa.Text(), nullable=False),
        sa.Column("finding_number", sa.Text(), nullable=False),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.ForeignKeyConstraint(
            ["hall_id", "check_number"], ["checks.hall_id", "checks.check_number"], name=op.f("fk_check_findings_hall_id_check_number")
        ),
        sa.ForeignKeyConstraint(
            ["hall_id", "finding_number"],
            ["findings.hall_id", "findings.finding_number"],
            name=op.f("fk_check_findings_hall_id_finding_number"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_findings")),
        sa.UniqueConstraint("hall_id", "finding_number", name=op.f("uq_check_findings_hall_id_finding_number")),
        sqlite_strict=True,
    )
    op.create_index("ix_check_findings_check", "check_findings", ["hall_id", "check_number"], unique=False)
    op.create_table(
        "late_paper_events",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("paper", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Text(), nullable=True, comment="of a paper put off: the new last day"),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("import_id", WHOLE, nullable=True),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("(event = 'put_off') = (due_on IS NOT NULL)", name=op.f("ck_late_paper_events_put_off")),
        sa.CheckConstraint("event IN ('delivered', 'waived', 'put_off')", name=op.f("ck_late_paper_events_event")),
        sa.CheckConstraint("happened_on LIKE '____-__-__'", name=op.f("ck_late_paper_events_happened_on_is_a_day")),
        sa.ForeignKeyConstraint(
            ["hall_id", "case_number", "paper"],
            ["late_papers.hall_id", "late_papers.case_number", "late_papers.paper"],
            name=op.f("fk_late_paper_events_hall_id_case_number_paper"),
        ),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_late_paper_events_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_paper_events")),
        sa.UniqueConstraint(
            "hall_id",
            "case_number",
            "paper",
            "event",
            "happened_on",
            name=op.f("uq_late_paper_events_hall_id_case_number_paper_event_happened_on"),
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "report_statuses",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("report_number", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("valid_from", WHOLE, nullable=False),
        sa.Column("valid_on", sa.Text(), nullable=False, comment="its day: the month in which an upheld complaint counts"),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("status IN ('received', 'confirmed', 'disputed', 'withdrawn')", name=op.f("ck_report_statuses_status")),
        sa.CheckConstraint("valid_on LIKE '____-__-__'", name=op.f("ck_report_statuses_valid_on_is_a_day")),
        sa.ForeignKeyConstraint(
            ["hall_id", "kind", "report_number"],
            ["reports.hall_id", "reports.kind", "reports.report_number"],
            name=op.f("fk_report_statuses_hall_id_kind_report_number"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_statuses")),
        sa.UniqueConstraint(
            "hall_id",
            "kind",
            "report_number",
            "valid_from",
            "sequence",
            name=op.f("uq_report_statuses_hall_id_kind_report_number_valid_from_sequence"),
        ),
        sqlite_strict=True,
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    if sqlite:
        _rebuild_line_evidence()
    else:
        op.drop_constraint("ck_line_evidence_kind", "line_evidence")
        op.create_check_constraint(op.f("ck_line_evidence_kind"), "line_evidence", EVIDENCE_KINDS)
    for statement in _triggers(sqlite):
        op.execute(statement)


def _rebuild_line_evidence() -> None:
    """SQLite cannot change a CHECK: the rows move, each as it was, to a table with the wider one."""
    op.rename_table("line_evidence", "line_evidence_0003")
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
    op.execute("INSERT INTO line_evidence SELECT * FROM line_evidence_0003 ORDER BY id")
    op.drop_table("line_evidence_0003")  # its triggers go with it


def _triggers(sqlite: bool) -> Iterator[str]:
    if sqlite:
        tables = (*TABLES, "line_evidence")
        yield from sqlite_triggers(tables, dict.fromkeys(tables, "id"))
    else:
        yield from postgresql_triggers(TABLES)


def downgrade() -> None:
    raise RuntimeError("the record is append-only and does not go back; restore the backup taken before the upgrade")
