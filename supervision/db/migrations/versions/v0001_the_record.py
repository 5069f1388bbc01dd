"""The record, as of version 0.1: every table of hall, law, cases, voices, sheets and bookkeeping, append-only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from supervision.db.appendonly import postgresql_triggers, sqlite_triggers

revision = "0001"
down_revision = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SMALL = sa.SmallInteger().with_variant(sa.Integer(), "sqlite")
TABLES = (
    "halls",
    "journal",
    "calendars",
    "imports",
    "opening_hours",
    "people",
    "plans",
    "schemes",
    "services",
    "windows",
    "zones",
    "calendar_days",
    "cases",
    "person_links",
    "rejects",
    "seats",
    "service_limits",
    "service_links",
    "sheets",
    "case_dues",
    "case_events",
    "findings",
    "ratings",
    "seat_links",
    "sheet_lines",
    "tickets",
    "finding_statuses",
    "line_evidence",
    "rating_statuses",
)


def upgrade() -> None:
    op.create_table(
        "halls",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall's own short id"),
        sa.Column("name_zh", sa.Text(), nullable=False, comment="name in Chinese"),
        sa.Column("name_en", sa.Text(), nullable=False, comment="name in English, or the Chinese one again"),
        sa.Column("time_zone", sa.Text(), nullable=False, comment="IANA zone that local days are taken in"),
        sa.Column("calendar_id", sa.Text(), nullable=False, comment="which working-day calendar of the hall counts its limits"),
        sa.Column("opened_on", sa.Text(), nullable=True, comment="first day of the hall; nothing can be closed before it"),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("length(hall_id) > 0 AND length(time_zone) > 0", name=op.f("ck_halls_not_blank")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_halls")),
        sa.UniqueConstraint("hall_id", name=op.f("uq_halls_hall_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "journal",
        sa.Column("sequence", WHOLE, autoincrement=False, nullable=False, comment="1, 2, 3 ... without a gap"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="hall acted upon, or * for none"),
        sa.Column("happened_at", WHOLE, nullable=False, comment="by the machine's clock; order is by sequence, never by clock"),
        sa.Column("person", sa.Text(), nullable=False, comment="who acted"),
        sa.Column("act", sa.Text(), nullable=False, comment="such as import, assess, fail"),
        sa.Column("outcome", sa.Text(), nullable=False, comment="done or failed"),
        sa.Column("detail", sa.Text(), nullable=False, comment="canonical JSON; no personal identifiers"),
        sa.Column("previous", sa.Text(), nullable=False, comment="digest of the row before, 64 zeros for the first"),
        sa.Column("digest", sa.Text(), nullable=False, comment="sha256 of the row's canonical JSON"),
        sa.CheckConstraint("outcome IN ('done', 'failed')", name=op.f("ck_journal_outcome")),
        sa.CheckConstraint("length(digest) = 64 AND length(previous) = 64", name=op.f("ck_journal_digest")),
        sa.CheckConstraint("length(hall_id) > 0 AND length(person) > 0 AND length(act) > 0", name=op.f("ck_journal_not_blank")),
        sa.CheckConstraint("sequence > 0", name=op.f("ck_journal_sequence")),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_journal")),
        sa.UniqueConstraint("hall_id", "sequence", name=op.f("uq_journal_hall_id_sequence")),
        sa.UniqueConstraint("previous", name=op.f("uq_journal_previous")),
        sqlite_strict=True,
    )
    op.create_table(
        "calendars",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("calendar_id", sa.Text(), nullable=False, comment="such as cn"),
        sa.Column("version", WHOLE, nullable=False, comment="1, 2, 3 ... within the calendar"),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False, comment="notice or package and version it was taken from"),
        sa.Column("first_day", sa.Text(), nullable=False, comment="first day the version knows"),
        sa.Column("last_day", sa.Text(), nullable=False, comment="last day the version knows; a later day is an error, never a guess"),
        sa.Column("digest", sa.Text(), nullable=False, comment="sha256 of its days"),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("first_day LIKE '____-__-__'", name=op.f("ck_calendars_first_day_is_a_day")),
        sa.CheckConstraint("last_day LIKE '____-__-__'", name=op.f("ck_calendars_last_day_is_a_day")),
        sa.CheckConstraint("version > 0 AND last_day >= first_day", name=op.f("ck_calendars_version")),
        sa.ForeignKeyConstraint(["hall_id"], ["halls.hall_id"], name=op.f("fk_calendars_hall_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendars")),
        sa.UniqueConstraint("hall_id", "calendar_id", "version", name=op.f("uq_calendars_hall_id_calendar_id_version")),
        sqlite_strict=True,
    )
    op.create_table(
        "imports",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("kind", sa.Text(), nullable=False, comment="halls, cases, tickets, ratings, checks ..."),
        sa.Column("file_name", sa.Text(), nullable=False, comment="the given name, control characters escaped; never used as a path"),
        sa.Column("digest", sa.Text(), nullable=False, comment="sha256 of the file's bytes"),
        sa.Column("encoding", sa.Text(), nullable=False, comment="utf-8-sig, gb18030, xlsx or toml"),
        sa.Column("mapping_id", sa.Text(), nullable=False),
        sa.Column("mapping_digest", sa.Text(), nullable=False, comment="sha256 of the mapping's text"),
        sa.Column("origin", sa.Text(), nullable=False, comment="record, or demonstration for made-up input"),
        sa.Column("rows_read", WHOLE, nullable=False),
        sa.Column("rows_accepted", WHOLE, nullable=False),
        sa.Column("rows_rejected", WHOLE, nullable=False),
        sa.Column("rows_duplicate", WHOLE, nullable=False),
        sa.Column("imported_at", WHOLE, nullable=False),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("origin IN ('record', 'demonstration')", name=op.f("ck_imports_origin")),
        sa.CheckConstraint("rows_accepted >= 0 AND rows_rejected >= 0 AND rows_duplicate >= 0", name=op.f("ck_imports_counts")),
        sa.CheckConstraint("rows_read = rows_accepted + rows_rejected + rows_duplicate", name=op.f("ck_imports_identity")),
        sa.ForeignKeyConstraint(["hall_id"], ["halls.hall_id"], name=op.f("fk_imports_hall_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
        sa.UniqueConstraint("hall_id", "sequence", name=op.f("uq_imports_hall_id_sequence")),
        sqlite_strict=True,
    )
    op.create_index("ix_imports_digest", "imports", ["hall_id", "digest"], unique=False)
    op.create_table(
        "opening_hours",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("valid_from", sa.Text(), nullable=False, comment="first local day on which these hours hold"),
        sa.Column("starts", SMALL, nullable=False, comment="minutes after local midnight"),
        sa.Column("ends", SMALL, nullable=False, comment="minutes after local midnight, at most 1440"),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("valid_from LIKE '____-__-__'", name=op.f("ck_opening_hours_valid_from_is_a_day")),
        sa.CheckConstraint("starts >= 0 AND ends > starts AND ends <= 1440", name=op.f("ck_opening_hours_order")),
        sa.ForeignKeyConstraint(["hall_id"], ["halls.hall_id"], name=op.f("fk_opening_hours_hall_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_hours")),
        sa.UniqueConstraint(
            "hall_id", "valid_from", "starts", "sequence", name=op.f("uq_opening_hours_hall_id_valid_from_starts_sequence")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "people",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("person_ref", sa.Text(), nullable=False, comment="keyed hash of the staff number, as supervision/people.py makes it"),
        sa.Column("mask", sa.Text(), nullable=False, comment="the staff number with its middle hidden"),
        sa.Column("display_name", sa.Text(), nullable=False, comment="the name shown to colleagues"),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("length(person_ref) > 0", name=op.f("ck_people_not_blank")),
        sa.ForeignKeyConstraint(["hall_id"], ["halls.hall_id"], name=op.f("fk_people_hall_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("hall_id", "person_ref", name=op.f("uq_people_hall_id_person_ref")),
        sqlite_strict=True,
    )
    op.create_table(
        "plans",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("revision", WHOLE, nullable=False),
        sa.Column("base", sa.Text(), nullable=True, comment="scenario or plan it began from"),
        sa.Column("document", sa.Text(), nullable=False, comment="the scenario as TOML"),
        sa.Column("digest", sa.Text(), nullable=False, comment="sha256 of the document"),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=False, comment="acting person who saved it"),
        sa.Column("saved_at", WHOLE, nullable=False),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("length(name) > 0 AND length(document) > 0 AND length(owner) > 0", name=op.f("ck_plans_not_blank")),
        sa.CheckConstraint("revision > 0", name=op.f("ck_plans_revision")),
        sa.ForeignKeyConstraint(["hall_id"], ["halls.hall_id"], name=op.f("fk_plans_hall_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
        sa.UniqueConstraint("hall_id", "name", "revision", name=op.f("uq_plans_hall_id_name_revision")),
        sqlite_strict=True,
    )
    op.create_table(
        "schemes",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("scheme_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False, comment="sha256 of the scheme file"),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("length(scheme_id) > 0 AND length(version) > 0", name=op.f("ck_schemes_not_blank")),
        sa.ForeignKeyConstraint(["hall_id"], ["halls.hall_id"], name=op.f("fk_schemes_hall_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schemes")),
        sa.UniqueConstraint("hall_id", "scheme_id", "version", name=op.f("uq_schemes_hall_id_scheme_id_version")),
        sqlite_strict=True,
    )
    op.create_table(
        "services",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("service_id", sa.Text(), nullable=False, comment="id within the hall, usually the item code 事项编码"),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("length(service_id) > 0", name=op.f("ck_services_not_blank")),
        sa.ForeignKeyConstraint(["hall_id"], ["halls.hall_id"], name=op.f("fk_services_hall_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_services")),
        sa.UniqueConstraint("hall_id", "service_id", name=op.f("uq_services_hall_id_service_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "windows",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("window_id", sa.Text(), nullable=False, comment="id within the hall; 'unassigned' is kept for records without a window"),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=True, comment="the department that answers for it"),
        sa.Column("kind", sa.Text(), nullable=False, comment="comprehensive windows are ranked apart"),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("kind IN ('dedicated', 'comprehensive', 'township', 'temporary')", name=op.f("ck_windows_kind")),
        sa.CheckConstraint("window_id <> 'unassigned'", name=op.f("ck_windows_reserved")),
        sa.CheckConstraint("length(window_id) > 0", name=op.f("ck_windows_not_blank")),
        sa.ForeignKeyConstraint(["hall_id"], ["halls.hall_id"], name=op.f("fk_windows_hall_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_windows")),
        sa.UniqueConstraint("hall_id", "window_id", name=op.f("uq_windows_hall_id_window_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "zones",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("zone_id", sa.Text(), nullable=False, comment="id within the hall"),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("length(zone_id) > 0", name=op.f("ck_zones_not_blank")),
        sa.ForeignKeyConstraint(["hall_id"], ["halls.hall_id"], name=op.f("fk_zones_hall_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zones")),
        sa.UniqueConstraint("hall_id", "zone_id", name=op.f("uq_zones_hall_id_zone_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "calendar_days",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("calendar_id", sa.Text(), nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.Column("local_day", sa.Text(), nullable=False, comment="the day"),
        sa.Column("working", SMALL, nullable=False, comment="1 for a working day, make-up weekends included"),
        sa.Column("provisional", SMALL, nullable=False, comment="1 while no official notice covers the day"),
        sa.Column("note", sa.Text(), nullable=True, comment="name of the holiday"),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("local_day LIKE '____-__-__'", name=op.f("ck_calendar_days_local_day_is_a_day")),
        sa.CheckConstraint("provisional IN (0, 1)", name=op.f("ck_calendar_days_provisional")),
        sa.CheckConstraint("working IN (0, 1)", name=op.f("ck_calendar_days_working")),
        sa.ForeignKeyConstraint(
            ["hall_id", "calendar_id", "version"],
            ["calendars.hall_id", "calendars.calendar_id", "calendars.version"],
            name=op.f("fk_calendar_days_hall_id_calendar_id_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_days")),
        sa.UniqueConstraint(
            "hall_id", "calendar_id", "version", "local_day", name=op.f("uq_calendar_days_hall_id_calendar_id_version_local_day")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "cases",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("case_number", sa.Text(), nullable=False, comment="办件编号, NFKC, without spaces, upper case: the key within the hall"),
        sa.Column("service_id", sa.Text(), nullable=True, comment="NULL when the register names none; such a case has no limit of ours"),
        sa.Column("window_id", sa.Text(), nullable=True, comment="department window; NULL is counted as 'unassigned', never dropped"),
        sa.Column("handler_ref", sa.Text(), nullable=True, comment="person_ref of the clerk, if named"),
        sa.Column("applicant_ref", sa.Text(), nullable=True, comment="person_ref of the applicant: a keyed hash, never the number"),
        sa.Column("applicant_mask", sa.Text(), nullable=True, comment="the applicant's number with its middle hidden"),
        sa.Column("kind", sa.Text(), nullable=True, comment="即办件 instant, 承诺件 promised, 补办件, 退回件, 联办件, 上报件"),
        sa.Column("channel", sa.Text(), nullable=True, comment="as the register says"),
        sa.Column("accepted_at", WHOLE, nullable=False, comment="moment of acceptance"),
        sa.Column("accepted_on", sa.Text(), nullable=False, comment="its day in the hall's zone"),
        sa.Column("import_id", WHOLE, nullable=True, comment="file it came from"),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("accepted_on LIKE '____-__-__'", name=op.f("ck_cases_accepted_on_is_a_day")),
        sa.CheckConstraint("kind IN ('instant', 'promised', 'supplement', 'returned', 'joint', 'reported')", name=op.f("ck_cases_kind")),
        sa.CheckConstraint("length(case_number) > 0", name=op.f("ck_cases_not_blank")),
        sa.ForeignKeyConstraint(
            ["hall_id", "service_id"], ["services.hall_id", "services.service_id"], name=op.f("fk_cases_hall_id_service_id")
        ),
        sa.ForeignKeyConstraint(
            ["hall_id", "window_id"], ["windows.hall_id", "windows.window_id"], name=op.f("fk_cases_hall_id_window_id")
        ),
        sa.ForeignKeyConstraint(["hall_id"], ["halls.hall_id"], name=op.f("fk_cases_hall_id")),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_cases_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("hall_id", "case_number", name=op.f("uq_cases_hall_id_case_number")),
        sqlite_strict=True,
    )
    op.create_index("ix_cases_accepted_on", "cases", ["hall_id", "accepted_on"], unique=False)
    op.create_table(
        "person_links",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("person_ref", sa.Text(), nullable=False),
        sa.Column("window_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False, comment="head is the 首席代表 of the window"),
        sa.Column("linked", SMALL, nullable=False, comment="1 begins the link, 0 ends it"),
        sa.Column("valid_from", sa.Text(), nullable=False, comment="first local day"),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("role IN ('head', 'staff')", name=op.f("ck_person_links_role")),
        sa.CheckConstraint("valid_from LIKE '____-__-__'", name=op.f("ck_person_links_valid_from_is_a_day")),
        sa.CheckConstraint("linked IN (0, 1)", name=op.f("ck_person_links_linked")),
        sa.ForeignKeyConstraint(
            ["hall_id", "person_ref"], ["people.hall_id", "people.person_ref"], name=op.f("fk_person_links_hall_id_person_ref")
        ),
        sa.ForeignKeyConstraint(
            ["hall_id", "window_id"], ["windows.hall_id", "windows.window_id"], name=op.f("fk_person_links_hall_id_window_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_links")),
        sa.UniqueConstraint(
            "hall_id",
            "person_ref",
            "window_id",
            "role",
            "valid_from",
            "sequence",
            name=op.f("uq_person_links_hall_id_person_ref_window_id_role_valid_from_sequence"),
        ),
        sqlite_strict=True,
    )
    op.create_index("ix_person_links_window", "person_links", ["hall_id", "window_id"], unique=False)
    op.create_table(
        "rejects",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("import_id", WHOLE, nullable=False),
        sa.Column("line", WHOLE, nullable=False, comment="line of the file on which the row begins; for xlsx the sheet row"),
        sa.Column("column_name", sa.Text(), nullable=False, comment="column as the file calls it; empty when the whole row is at fault"),
        sa.Column("value", sa.Text(), nullable=False, comment="the value met, cut to 80 characters, identity and telephone numbers masked"),
        sa.Column("code", sa.Text(), nullable=False, comment="rule that was broken"),
        sa.Column("facts", sa.Text(), nullable=False, comment="canonical JSON of what the sentence needs"),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("length(code) > 0", name=op.f("ck_rejects_not_blank")),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_rejects_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejects")),
        sa.UniqueConstraint(
            "hall_id", "import_id", "line", "column_name", "code", name=op.f("uq_rejects_hall_id_import_id_line_column_name_code")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "seats",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("seat_id", sa.Text(), nullable=False, comment="id within the hall"),
        sa.Column("zone_id", sa.Text(), nullable=True),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("length(seat_id) > 0", name=op.f("ck_seats_not_blank")),
        sa.ForeignKeyConstraint(["hall_id", "zone_id"], ["zones.hall_id", "zones.zone_id"], name=op.f("fk_seats_hall_id_zone_id")),
        sa.ForeignKeyConstraint(["hall_id"], ["halls.hall_id"], name=op.f("fk_seats_hall_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seats")),
        sa.UniqueConstraint("hall_id", "seat_id", name=op.f("uq_seats_hall_id_seat_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "service_limits",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("service_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="promised or legal"),
        sa.Column("amount", WHOLE, nullable=False, comment="whole, positive"),
        sa.Column("unit", sa.Text(), nullable=False, comment="a bare 'days' is refused on the way in"),
        sa.Column("valid_from", sa.Text(), nullable=False, comment="cases accepted on this local day or later"),
        sa.Column("article", sa.Text(), nullable=True, comment="document or article that sets the limit"),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("kind IN ('promised', 'legal')", name=op.f("ck_service_limits_kind")),
        sa.CheckConstraint(
            "unit IN ('minutes', 'working_hours', 'working_days', 'calendar_days', 'months')", name=op.f("ck_service_limits_unit")
        ),
        sa.CheckConstraint("valid_from LIKE '____-__-__'", name=op.f("ck_service_limits_valid_from_is_a_day")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_service_limits_amount")),
        sa.ForeignKeyConstraint(
            ["hall_id", "service_id"], ["services.hall_id", "services.service_id"], name=op.f("fk_service_limits_hall_id_service_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_limits")),
        sa.UniqueConstraint(
            "hall_id",
            "service_id",
            "kind",
            "valid_from",
            "sequence",
            name=op.f("uq_service_limits_hall_id_service_id_kind_valid_from_sequence"),
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "service_links",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("service_id", sa.Text(), nullable=False),
        sa.Column("window_id", sa.Text(), nullable=False),
        sa.Column("linked", SMALL, nullable=False, comment="1 begins the link, 0 ends it"),
        sa.Column("valid_from", sa.Text(), nullable=False, comment="first local day"),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("valid_from LIKE '____-__-__'", name=op.f("ck_service_links_valid_from_is_a_day")),
        sa.CheckConstraint("linked IN (0, 1)", name=op.f("ck_service_links_linked")),
        sa.ForeignKeyConstraint(
            ["hall_id", "service_id"], ["services.hall_id", "services.service_id"], name=op.f("fk_service_links_hall_id_service_id")
        ),
        sa.ForeignKeyConstraint(
            ["hall_id", "window_id"], ["windows.hall_id", "windows.window_id"], name=op.f("fk_service_links_hall_id_window_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_links")),
        sa.UniqueConstraint(
            "hall_id",
            "service_id",
            "window_id",
            "valid_from",
            "sequence",
            name=op.f("uq_service_links_hall_id_service_id_window_id_valid_from_sequence"),
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "sheets",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("month", sa.Text(), nullable=False, comment="YYYY-MM"),
        sa.Column("scheme_id", sa.Text(), nullable=False),
        sa.Column("scheme_version", sa.Text(), nullable=False),
        sa.Column("window_id", sa.Text(), nullable=False, comment="department window, or 'unassigned'"),
        sa.Column("revision", WHOLE, nullable=False, comment="1, 2, 3 ..."),
        sa.Column("answer", sa.Text(), nullable=False, comment="value, or why there is no total"),
        sa.Column("total", sa.Text(), nullable=True, comment="points; NULL unless the answer is value"),
        sa.Column("as_of_sequence", WHOLE, nullable=False, comment="evidence recorded up to this journal sequence was counted"),
        sa.Column("calendar_id", sa.Text(), nullable=False),
        sa.Column("calendar_version", WHOLE, nullable=False),
        sa.Column("inputs_digest", sa.Text(), nullable=False, comment="sha256 of the facts that were scored"),
        sa.Column("sheet_digest", sa.Text(), nullable=False, comment="sha256 of the sheet's canonical text"),
        sa.Column("body", sa.Text(), nullable=False, comment="the sheet's canonical JSON: the very text that sheet_digest is of"),
        sa.Column("reason", sa.Text(), nullable=True, comment="why this revision was made"),
        sa.Column("annex", sa.Text(), nullable=True, comment="canonical JSON outside the digest: intervals, rank, load"),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("(answer = 'value') = (total IS NOT NULL)", name=op.f("ck_sheets_total")),
        sa.CheckConstraint("answer IN ('value', 'not_enough_evidence', 'not_applicable')", name=op.f("ck_sheets_answer")),
        sa.CheckConstraint("month LIKE '____-__'", name=op.f("ck_sheets_month")),
        sa.CheckConstraint(
            "length(window_id) > 0 AND length(inputs_digest) > 0 AND length(sheet_digest) > 0 AND length(body) > 0",
            name=op.f("ck_sheets_not_blank"),
        ),
        sa.CheckConstraint("revision > 0", name=op.f("ck_sheets_revision")),
        sa.ForeignKeyConstraint(
            ["hall_id", "scheme_id", "scheme_version"],
            ["schemes.hall_id", "schemes.scheme_id", "schemes.version"],
            name=op.f("fk_sheets_hall_id_scheme_id_scheme_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheets")),
        sa.UniqueConstraint(
            "hall_id", "month", "scheme_id", "window_id", "revision", name=op.f("uq_sheets_hall_id_month_scheme_id_window_id_revision")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "case_dues",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False, comment="register, promised or legal"),
        sa.Column("due_at", WHOLE, nullable=False, comment="finishing at this very moment is on time"),
        sa.Column("due_on", sa.Text(), nullable=False, comment="the day, in the hall's zone, whose month is charged if the case is late"),
        sa.Column("calendar_version", WHOLE, nullable=True, comment="calendar version it was counted with; NULL for the register's own"),
        sa.Column("import_id", WHOLE, nullable=True),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("basis <> 'register' OR calendar_version IS NULL", name=op.f("ck_case_dues_calendar")),
        sa.CheckConstraint("basis IN ('register', 'promised', 'legal')", name=op.f("ck_case_dues_basis")),
        sa.CheckConstraint("due_on LIKE '____-__-__'", name=op.f("ck_case_dues_due_on_is_a_day")),
        sa.ForeignKeyConstraint(
            ["hall_id", "case_number"], ["cases.hall_id", "cases.case_number"], name=op.f("fk_case_dues_hall_id_case_number")
        ),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_case_dues_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_dues")),
        sa.UniqueConstraint("hall_id", "case_number", "basis", "sequence", name=op.f("uq_case_dues_hall_id_case_number_basis_sequence")),
        sqlite_strict=True,
    )
    op.create_index("ix_case_dues_due_on", "case_dues", ["hall_id", "due_on"], unique=False)
    op.create_table(
        "case_events",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False, comment="stopped, resumed or ended"),
        sa.Column("happened_at", WHOLE, nullable=False, comment="when it happened"),
        sa.Column("happened_on", sa.Text(), nullable=False, comment="its day in the hall's zone"),
        sa.Column("outcome", sa.Text(), nullable=True, comment="批准 granted, 不予批准 refused, 转报 transferred, 终止 terminated"),
        sa.Column("reason", sa.Text(), nullable=True, comment="of a stop: hearing, inspection, supplement ... with its document"),
        sa.Column("import_id", WHOLE, nullable=True),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("event IN ('stopped', 'resumed', 'ended')", name=op.f("ck_case_events_event")),
        sa.CheckConstraint("happened_on LIKE '____-__-__'", name=op.f("ck_case_events_happened_on_is_a_day")),
        sa.CheckConstraint(
            "outcome IN ('granted', 'refused', 'transferred', 'terminated', 'withdrawn')", name=op.f("ck_case_events_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["hall_id", "case_number"], ["cases.hall_id", "cases.case_number"], name=op.f("fk_case_events_hall_id_case_number")
        ),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_case_events_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_events")),
        sa.UniqueConstraint(
            "hall_id", "case_number", "event", "happened_at", name=op.f("uq_case_events_hall_id_case_number_event_happened_at")
        ),
        sqlite_strict=True,
    )
    op.create_index("ix_case_events_happened_on", "case_events", ["hall_id", "event", "happened_on"], unique=False)
    op.create_table(
        "findings",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("finding_number", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False, comment="deduction code of the checklist"),
        sa.Column("observed_at", WHOLE, nullable=False, comment="to the minute"),
        sa.Column("observed_on", sa.Text(), nullable=False, comment="the month of this day is the month it counts in"),
        sa.Column("window_id", sa.Text(), nullable=True, comment="department window; NULL is counted as 'unassigned'"),
        sa.Column("seat_id", sa.Text(), nullable=True),
        sa.Column("person_ref", sa.Text(), nullable=True, comment="who was seen; NULL when unknown"),
        sa.Column("observed_minutes", WHOLE, nullable=True, comment="how long it was watched, whole minutes"),
        sa.Column("people_waiting", WHOLE, nullable=True, comment="how many citizens were waiting then"),
        sa.Column("source", sa.Text(), nullable=False, comment="who found it; in-house and third-party results are kept apart"),
        sa.Column("note", sa.Text(), nullable=True, comment="what is seen in the evidence, identity and telephone numbers masked"),
        sa.Column("import_id", WHOLE, nullable=True),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("observed_on LIKE '____-__-__'", name=op.f("ck_findings_observed_on_is_a_day")),
        sa.CheckConstraint("source IN ('in_house', 'third_party', 'media', 'superior', 'leader_on_duty')", name=op.f("ck_findings_source")),
        sa.CheckConstraint("length(finding_number) > 0 AND length(code) > 0", name=op.f("ck_findings_not_blank")),
        sa.CheckConstraint("observed_minutes IS NULL OR observed_minutes >= 0", name=op.f("ck_findings_observed_minutes")),
        sa.CheckConstraint("people_waiting IS NULL OR people_waiting >= 0", name=op.f("ck_findings_people_waiting")),
        sa.ForeignKeyConstraint(["hall_id", "seat_id"], ["seats.hall_id", "seats.seat_id"], name=op.f("fk_findings_hall_id_seat_id")),
        sa.ForeignKeyConstraint(
            ["hall_id", "window_id"], ["windows.hall_id", "windows.window_id"], name=op.f("fk_findings_hall_id_window_id")
        ),
        sa.ForeignKeyConstraint(["hall_id"], ["halls.hall_id"], name=op.f("fk_findings_hall_id")),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_findings_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
        sa.UniqueConstraint("hall_id", "finding_number", name=op.f("uq_findings_hall_id_finding_number")),
        sqlite_strict=True,
    )
    op.create_index("ix_findings_observed_on", "findings", ["hall_id", "observed_on"], unique=False)
    op.create_table(
        "ratings",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column(
            "rating_number", sa.Text(), nullable=False, comment="the platform's number; without one, the digest of case, ticket and moment"
        ),
        sa.Column("case_number", sa.Text(), nullable=True, comment="case it speaks of"),
        sa.Column("ticket_number", sa.Text(), nullable=True, comment="ticket it speaks of, of the day it was given"),
        sa.Column("service_id", sa.Text(), nullable=True),
        sa.Column("window_id", sa.Text(), nullable=True, comment="department window; NULL is counted as 'unassigned'"),
        sa.Column("seat_id", sa.Text(), nullable=True),
        sa.Column("handler_ref", sa.Text(), nullable=True, comment="person_ref of the clerk rated, if named"),
        sa.Column("level", SMALL, nullable=False, comment="5 very satisfied ... 1 very dissatisfied"),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("is_default", SMALL, nullable=False, comment="given by the system when the citizen said nothing"),
        sa.Column("is_named", SMALL, nullable=False, comment="given under the citizen's name"),
        sa.Column("rater_ref", sa.Text(), nullable=True, comment="keyed hash of the citizen who rated"),
        sa.Column("rater_mask", sa.Text(), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=True, comment="the tags chosen, as given"),
        sa.Column("comment", sa.Text(), nullable=True, comment="free text with identity and telephone numbers masked"),
        sa.Column("rated_at", WHOLE, nullable=False),
        sa.Column("rated_on", sa.Text(), nullable=False, comment="the month of this day is the month it counts in"),
        sa.Column("import_id", WHOLE, nullable=True),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("rated_on LIKE '____-__-__'", name=op.f("ck_ratings_rated_on_is_a_day")),
        sa.CheckConstraint("is_default IN (0, 1)", name=op.f("ck_ratings_is_default")),
        sa.CheckConstraint("is_named IN (0, 1)", name=op.f("ck_ratings_is_named")),
        sa.CheckConstraint("length(rating_number) > 0", name=op.f("ck_ratings_not_blank")),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name=op.f("ck_ratings_level")),
        sa.ForeignKeyConstraint(
            ["hall_id", "case_number"], ["cases.hall_id", "cases.case_number"], name=op.f("fk_ratings_hall_id_case_number")
        ),
        sa.ForeignKeyConstraint(["hall_id", "seat_id"], ["seats.hall_id", "seats.seat_id"], name=op.f("fk_ratings_hall_id_seat_id")),
        sa.ForeignKeyConstraint(
            ["hall_id", "service_id"], ["services.hall_id", "services.service_id"], name=op.f("fk_ratings_hall_id_service_id")
        ),
        sa.ForeignKeyConstraint(
            ["hall_id", "window_id"], ["windows.hall_id", "windows.window_id"], name=op.f("fk_ratings_hall_id_window_id")
        ),
        sa.ForeignKeyConstraint(["hall_id"], ["halls.hall_id"], name=op.f("fk_ratings_hall_id")),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_ratings_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
        sa.UniqueConstraint("hall_id", "rating_number", name=op.f("uq_ratings_hall_id_rating_number")),
        sqlite_strict=True,
    )
    op.create_index("ix_ratings_case_number", "ratings", ["hall_id", "case_number"], unique=False)
    op.create_index("ix_ratings_rated_on", "ratings", ["hall_id", "rated_on"], unique=False)
    op.create_table(
        "seat_links",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("seat_id", sa.Text(), nullable=False),
        sa.Column("window_id", sa.Text(), nullable=False),
        sa.Column("linked", SMALL, nullable=False, comment="1 begins the link, 0 ends it"),
        sa.Column("valid_from", sa.Text(), nullable=False, comment="first local day"),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("valid_from LIKE '____-__-__'", name=op.f("ck_seat_links_valid_from_is_a_day")),
        sa.CheckConstraint("linked IN (0, 1)", name=op.f("ck_seat_links_linked")),
        sa.ForeignKeyConstraint(["hall_id", "seat_id"], ["seats.hall_id", "seats.seat_id"], name=op.f("fk_seat_links_hall_id_seat_id")),
        sa.ForeignKeyConstraint(
            ["hall_id", "window_id"], ["windows.hall_id", "windows.window_id"], name=op.f("fk_seat_links_hall_id_window_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_links")),
        sa.UniqueConstraint(
            "hall_id",
            "seat_id",
            "window_id",
            "valid_from",
            "sequence",
            name=op.f("uq_seat_links_hall_id_seat_id_window_id_valid_from_sequence"),
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "sheet_lines",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("sheet_id", WHOLE, nullable=False),
        sa.Column("line", WHOLE, nullable=False, comment="1, 2, 3 ... in the scheme's order"),
        sa.Column("indicator", sa.Text(), nullable=False, comment="id in the scheme"),
        sa.Column("kind", sa.Text(), nullable=False, comment="indicator, deduction, bonus or veto"),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True, comment="NULL unless the answer is value"),
        sa.Column("numerator", WHOLE, nullable=True, comment="integer count or seconds the value was made from"),
        sa.Column("denominator", WHOLE, nullable=True),
        sa.Column("weight", sa.Text(), nullable=True, comment="points of weight; NULL where the line has none"),
        sa.Column("points", sa.Text(), nullable=True, comment="what the line adds to the total; negative for a deduction"),
        sa.Column("article", sa.Text(), nullable=False, comment="article, or the word assumption"),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("evidence_query", sa.Text(), nullable=True, comment="which records the denominator counts"),
        sa.Column("evidence_digest", sa.Text(), nullable=True, comment="sha256 of their sorted ids"),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("answer = 'value' OR value IS NULL", name=op.f("ck_sheet_lines_value")),
        sa.CheckConstraint("answer IN ('value', 'not_enough_evidence', 'not_applicable')", name=op.f("ck_sheet_lines_answer")),
        sa.CheckConstraint("kind IN ('indicator', 'deduction', 'bonus', 'veto')", name=op.f("ck_sheet_lines_kind")),
        sa.CheckConstraint("length(indicator) > 0 AND length(article) > 0", name=op.f("ck_sheet_lines_not_blank")),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheets.id"], name=op.f("fk_sheet_lines_sheet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_lines")),
        sa.UniqueConstraint("hall_id", "sheet_id", "line", name=op.f("uq_sheet_lines_hall_id_sheet_id_line")),
        sqlite_strict=True,
    )
    op.create_table(
        "tickets",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("issued_on", sa.Text(), nullable=False, comment="the hall's local day; ticket numbers begin again each day"),
        sa.Column("ticket_number", sa.Text(), nullable=False),
        sa.Column("service_id", sa.Text(), nullable=True),
        sa.Column("seat_id", sa.Text(), nullable=True, comment="seat that called it"),
        sa.Column("window_id", sa.Text(), nullable=True, comment="department window it was for, when the machine knows"),
        sa.Column("case_number", sa.Text(), nullable=True, comment="case it led to, when the machine knows; not checked against cases"),
        sa.Column("person_ref", sa.Text(), nullable=True, comment="keyed hash of the citizen, when the machine took an identity"),
        sa.Column("visit", sa.Text(), nullable=True, comment="id shared by the tickets of one visit"),
        sa.Column("stage", SMALL, nullable=False, comment="0 for the first stage of a task"),
        sa.Column("parent_ticket", sa.Text(), nullable=True, comment="ticket it was transferred from"),
        sa.Column("arrived_at", WHOLE, nullable=False, comment="when it was issued"),
        sa.Column("called_at", WHOLE, nullable=True),
        sa.Column("ended_at", WHOLE, nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("import_id", WHOLE, nullable=True),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("issued_on LIKE '____-__-__'", name=op.f("ck_tickets_issued_on_is_a_day")),
        sa.CheckConstraint(
            "outcome IN ('served', 'reneged', 'balked', 'turned_away', 'sent_home', 'no_show', 'diverted', 'interrupted', 'unfinished')",
            name=op.f("ck_tickets_outcome"),
        ),
        sa.CheckConstraint("called_at IS NULL OR called_at >= arrived_at", name=op.f("ck_tickets_called")),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= arrived_at", name=op.f("ck_tickets_ended")),
        sa.CheckConstraint("length(ticket_number) > 0", name=op.f("ck_tickets_not_blank")),
        sa.CheckConstraint("stage >= 0", name=op.f("ck_tickets_stage")),
        sa.ForeignKeyConstraint(["hall_id", "seat_id"], ["seats.hall_id", "seats.seat_id"], name=op.f("fk_tickets_hall_id_seat_id")),
        sa.ForeignKeyConstraint(
            ["hall_id", "service_id"], ["services.hall_id", "services.service_id"], name=op.f("fk_tickets_hall_id_service_id")
        ),
        sa.ForeignKeyConstraint(
            ["hall_id", "window_id"], ["windows.hall_id", "windows.window_id"], name=op.f("fk_tickets_hall_id_window_id")
        ),
        sa.ForeignKeyConstraint(["hall_id"], ["halls.hall_id"], name=op.f("fk_tickets_hall_id")),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_tickets_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("hall_id", "issued_on", "ticket_number", name=op.f("uq_tickets_hall_id_issued_on_ticket_number")),
        sqlite_strict=True,
    )
    op.create_table(
        "finding_statuses",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("finding_number", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("valid_from", WHOLE, nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("status IN ('confirmed', 'disputed', 'withdrawn')", name=op.f("ck_finding_statuses_status")),
        sa.ForeignKeyConstraint(
            ["hall_id", "finding_number"],
            ["findings.hall_id", "findings.finding_number"],
            name=op.f("fk_finding_statuses_hall_id_finding_number"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_statuses")),
        sa.UniqueConstraint(
            "hall_id",
            "finding_number",
            "valid_from",
            "sequence",
            name=op.f("uq_finding_statuses_hall_id_finding_number_valid_from_sequence"),
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "line_evidence",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("line_id", WHOLE, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="case, rating or finding"),
        sa.Column("evidence_id", sa.Text(), nullable=False, comment="such as case:2022-000123"),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("kind IN ('case', 'rating', 'finding')", name=op.f("ck_line_evidence_kind")),
        sa.CheckConstraint("role IN ('moved', 'spared', 'contested')", name=op.f("ck_line_evidence_role")),
        sa.CheckConstraint("length(evidence_id) > 0", name=op.f("ck_line_evidence_not_blank")),
        sa.ForeignKeyConstraint(["line_id"], ["sheet_lines.id"], name=op.f("fk_line_evidence_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_evidence")),
        sa.UniqueConstraint("hall_id", "line_id", "evidence_id", "role", name=op.f("uq_line_evidence_hall_id_line_id_evidence_id_role")),
        sqlite_strict=True,
    )
    op.create_table(
        "rating_statuses",
        sa.Column("id", WHOLE, autoincrement=True, nullable=False, comment="order of recording; only ever grows"),
        sa.Column("hall_id", sa.Text(), nullable=False, comment="the hall that owns the row"),
        sa.Column("rating_number", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("valid_from", WHOLE, nullable=False, comment="when the decision took effect"),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("sequence", WHOLE, nullable=False, comment="journal sequence of the act that recorded the row"),
        sa.CheckConstraint("status IN ('valid', 'mistaken', 'malicious', 'contested')", name=op.f("ck_rating_statuses_status")),
        sa.ForeignKeyConstraint(
            ["hall_id", "rating_number"],
            ["ratings.hall_id", "ratings.rating_number"],
            name=op.f("fk_rating_statuses_hall_id_rating_number"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_statuses")),
        sa.UniqueConstraint(
            "hall_id", "rating_number", "valid_from", "sequence", name=op.f("uq_rating_statuses_hall_id_rating_number_valid_from_sequence")
        ),
        sqlite_strict=True,
    )
    keys = {table: "sequence" if table == "journal" else "id" for table in TABLES}
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in sqlite_triggers(TABLES, keys) if sqlite else postgresql_triggers(TABLES, keys):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("the record is append-only and does not go back; restore the backup taken before the upgrade")
