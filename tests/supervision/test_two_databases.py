"""P3: one history, told to SQLite and to PostgreSQL, leaves the same rows, the same sheets and the same journal, to the byte.

The history has every kind of file with rows that are refused, an import that fails in the middle, a whole month with appeal, ruling and
revision, orders, visits with a picture, a draw, more time for a case, a scheme of the hall's own with a clerk's appeal, roles and a longer
period, at given moments; it writes to every table.
"""

# ruff: noqa: PT012  (an act is undone by an error inside it)
from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from supervision import accounts, course, drafts, journal, monthly, objections, results
from supervision.authenticity.desk import read_signals
from supervision.checks.desk import keep_file, read_visits
from supervision.db.answers import read_answers
from supervision.db.records import bare
from supervision.db.schema import Base, Case, Plan
from supervision.db.store import Store, open_store
from supervision.deadlines import Limit
from supervision.draws.ceremony import commit_draw, reveal_draw
from supervision.intake import KINDS, import_file
from supervision.orders.desk import list_orders, open_bad_ratings, take_step
from supervision.scheme import load_scheme
from supervision.watch.desk import extend_case, read_case, read_ladder, read_projects, set_steps
from tests.postgres import Server
from tests.supervision.halls_at_hand import HALL, HALL_TOML, csv_bytes

MONTH = "2024-05"
SCHEME = "k12"
OWN = "own"
"""A scheme of the hall's own, of its clerks."""
EXTENDED = "C-ext"
"""A case that is given more time."""

LINES = {
    "checks": """finding_number,code,observed,window,source,check_number,status,status_from,person
F-1,phone_on_duty,2024-05-06 10:04,W1,in_house,V-1,,,10001
F-2,none,2024-05-07 10:20,W1,third_party,V-2,,,
F-3,nonsense,2024-05-07 10:20,W1,third_party,,,,
F-4,dress,2024-05-07 10:20,W1,in_house,,disputed,2024-05-08 09:00,
""",
    "visits": """check_number,check_kind,window,inspector,began,minutes,people_waiting
V-1,暗访,W1,Li,2024-05-06 10:00,10,3
V-2,第三方,W1,Agency,2024-05-07 10:00,30,
V-3,no such,W1,Li,2024-05-07 10:00,30,
""",
    "complaints": """complaint_number,received,channel,case_number,code,status,status_from
T-1,2024-05-20 09:00,12345,C-1,,查实,2024-05-21 10:00
T-2,2024-05-21 09:00,来信,C-2,poor_attitude,,
T-3,2024-05-21 09:00,来信,C-2,nonsense,,
""",
    "attendance": """code,happened,window,person,minutes,channel
迟到,2024-05-06 08:37,W1,10001,7,考勤机
在岗,2024-05-07 08:29,W1,10001,,考勤机
迟到,2030-05-06 08:37,W1,10001,7,考勤机
""",
    "reviews": """review_number,code,reviewed,case_number
V-1,file_incomplete,2024-05-30 10:00,C-2
V-2,nonsense,2024-05-30 10:00,C-2
""",
    "indices": """index_number,body,name,first_day,last_day,value,scale,asked
I-1,省测评中心,环境指数,2024-04-01,2024-04-30,87.650,100,1200
I-2,b,n,2024-05-02,2024-05-01,101,100,
""",
    "receipts": """case_number,received,service,window,handler,supplement_asked,supplement_arrived
C-3,2024-05-06 08:00,residence,W1,10001,2024-05-06 08:10,2024-05-06 08:20
N-9,2024-05-05 10:00,residence,W1,10001,,
N-8,never,residence,W1,10001,,
""",
    "stops": """case_number,stopped,stop_kind,document
C-9,2024-05-15 09:00,听证,告字7号
C-9,2024-05-16 09:00,no such,
""",
    "steps": """case_number,step,ended
C-10,受理,2024-05-16 10:00
C-10,no such,2024-05-16 10:00
""",
    "papers": """case_number,paper,paper_kind,due,delivered,put_off,put_off_to
C-3,lease,容缺,2024-05-20,,,
C-3,photo,容缺,2024-05-20,2024-05-20,,
C-3,plan,no such,2024-05-20,,,
""",
    "projects": """project_number,project_kind,stage,lead,began,ended
P-1,产业类,立项,发改局,2024-01-08,
P-1,产业类,初步设计,,2024-02-01,
P-1,no such,立项,,2024-02-01,
""",
}


def files(seed: int) -> dict[str, str]:
    """A file of every kind, the rows of each in an order of their own; some rows of each are refused."""
    rows = random.Random(5)
    cases, tickets, ratings = [], [], []
    for number in range(120):
        day, minute = 6 + number % 25, 500 + number
        accepted = f"2024-05-{day:02d} {minute // 60:02d}:{minute % 60:02d}"
        ended = datetime(2024, 5, day, 12, 0) + timedelta(days=rows.choice([0, 0, 0, 1, 2, 9]))
        cases.append({"case_number": f"C-{number}", "service": "residence", "window": rows.choice(["W1", "综窗1", ""]), "kind": "承诺件",
                      "accepted": accepted, "ended": f"{ended:%Y-%m-%d %H:%M}" if ended.month == 5 and number % 9 else ""})  # fmt: skip
        tickets.append({"ticket": f"T{number}", "arrived": accepted, "called": accepted[:-2] + "59", "ended": "", "service": "residence",
                        "window": "W1", "outcome": "served", "case_number": f"C-{number}"})  # fmt: skip
        ratings.append({"rating_number": f"R-{number}", "rated": f"2024-05-{day:02d} 17:00", "level": str(rows.choice([5, 5, 5, 4, 1])),
                        "case_number": f"C-{number}", "window": "W1" if number % 2 else "", "ticket": f"T{number}"})  # fmt: skip
    cases += [
        {**cases[0], "case_number": "é-中-𠮷"},
        {**cases[0], "case_number": "a'b\\c\td"},
        {**cases[0], "case_number": "C-bad", "accepted": "never"},
        {**cases[0], "case_number": EXTENDED, "accepted": "2024-05-30 09:00", "ended": ""},
    ]
    cases = [
        {
            **each,
            "due": {"C-9": "2024-05-28 17:00", "C-18": "2024-05-28 17:00", EXTENDED: "2024-06-14 17:00"}.get(each["case_number"], ""),
            "stopped": "2024-05-15 09:00" if each["case_number"] == "C-9" else "",
        }
        for each in cases
    ]
    cases += [{**cases[1], "case_number": "c-1", "window": "no such"}, {**cases[1], "case_number": "C_1"}]
    ratings += [{**ratings[0], "rating_number": "R-bad", "level": "9"}]
    mistaken = {"R-3": "mistaken", "R-5": "contested"}
    ratings = [
        {
            **each,
            "status": mistaken.get(each["rating_number"], ""),
            "status_from": "2024-05-31 09:00" if each["rating_number"] in mistaken else "",
        }
        for each in ratings
    ]
    tickets += [{**tickets[0], "ticket": "T-bad", "called": "2024-05-06 07:00"}]
    made = {"cases": cases, "tickets": tickets, "ratings": ratings}
    order = random.Random(seed)
    texts = {kind: csv_bytes(order.sample(given, len(given))).decode() for kind, given in made.items()}
    for kind, text in LINES.items():
        head, *rest = text.splitlines()
        texts[kind] = "\n".join([head, *order.sample(rest, len(rest))]) + "\n"
    return texts


class Clock:
    """Seven minutes an act."""

    def __init__(self) -> None:
        self.now = datetime(2024, 6, 3, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=7)
        return self.now


def tell(store: Store, clock: Clock, folder: Path, seed: int) -> Iterator[object]:
    """The whole history; what each act answered."""
    given = {"halls": HALL_TOML, **files(seed)}
    names = {kind: f"{kind}.{'toml' if kind == 'halls' else 'csv'}" for kind in given}
    for kind, name in names.items():
        (folder / name).write_text(given[kind], encoding="utf-8")
    for kind in ("halls", "cases", "tickets", "ratings", "visits", *(each for each in KINDS if each in given)):
        if kind == "steps":
            set_steps(
                store, HALL, "residence", [("受理", Limit(1, "working_days")), ("审查", Limit(2, "working_days"))], date(2024, 1, 1), "Sun"
            )
        report = import_file(store, kind, folder / names[kind], HALL, person="register")
        yield kind, report.read, report.accepted, report.rejected, report.duplicate, sorted(each.code for each in report.rejections)
    with pytest.raises(ZeroDivisionError), store.act("register", "import", HALL) as work:
        work.session.add(
            Case(hall_id=HALL, case_number="undone", accepted_at=work.at, accepted_on=date(2024, 5, 1), sequence=work.sequence)
        )
        work.session.flush()
        raise ZeroDivisionError
    (folder / "note.pdf").write_bytes(b"%PDF-1.7 a note")
    yield keep_file(store, HALL, "finding:F-1", folder / "note.pdf", "Li").digest
    yield [each.order_number for each in open_bad_ratings(store, HALL, MONTH, "Sun")]
    yield take_step(store, HALL, list_orders(store, HALL)[0].order_number, "call_back", "Qian", note="rang the citizen")
    commit_draw(store, HALL, "2024-06", "Sun", count=1, inspectors=["Li", "Zhao"], seed="dice 4 2 6", risk_month=MONTH)
    yield reveal_draw(store, HALL, "2024-06", "Zhou").pairs
    asked = datetime(2024, 6, 3, 0, 30, tzinfo=UTC)
    yield extend_case(store, HALL, EXTENDED, Limit(3, "working_days"), "site visit", asked_by="Wu", asked_at=asked, person="Sun").due
    drafts.draft(store, HALL, own_scheme(), person="Ed")
    drafts.check(store, HALL, OWN, "1", person="Ed")
    yield drafts.publish(store, HALL, OWN, "1", person="Max").digest
    with store.act("Sun", "save plan", HALL) as work:  # no part of the program saves one yet
        text = {
            "name": "夏天",
            "revision": 1,
            "base": None,
            "document": "schema = 1\n",
            "digest": "0" * 64,
            "note": "draft",
            "owner": "Sun",
        }
        work.session.add(Plan(hall_id=HALL, saved_at=work.at, sequence=work.sequence, **text))
    for scheme in (SCHEME, OWN):
        for step in (course.open_month, course.collect, course.compute, course.circulate):
            step(store, HALL, MONTH, scheme, person="inspector Lin")
    (clerk,) = (each for each in monthly.read_sheets(store, HALL, MONTH, OWN) if each.window_id.startswith("staff:"))
    (late,) = (each.id for line in clerk.lines for each in line.evidence if each.role == "moved")
    filed = objections.appeal(store, HALL, MONTH, clerk.window_id, "attendance", "the bus stood", OWN, person="Wang", record=late)
    yield filed
    yield objections.rule(store, HALL, filed.number, "upheld", "bus log", person="inspector Zhao")
    sheet = monthly.read_sheet(store, HALL, MONTH, "W1", SCHEME)
    late = next(each.id for line in sheet.lines for each in line.evidence if each.role == "moved" and each.id.startswith("case:"))
    filed = objections.appeal(store, HALL, MONTH, "W1", "timeliness", "the network was down", SCHEME, person="clerk Wu", record=late)
    objections.rule(store, HALL, filed.number, "upheld", "network log", person="inspector Zhao")
    clock.now = datetime(2024, 7, 1, tzinfo=UTC)
    for month in ("2024-04", "2024-06"):
        for step in (course.open_month, course.collect, course.compute, course.circulate):
            step(store, HALL, month, SCHEME, person="inspector Lin")
    clock.now = datetime(2024, 8, 1, tzinfo=UTC)
    for month in ("2024-04", MONTH, "2024-06"):
        course.lock(store, HALL, month, SCHEME, person="inspector Lin")
        course.publish(store, HALL, month, SCHEME, person="manager Sun")
    results.file_period(store, HALL, "2024-Q2", SCHEME, person="manager Sun")
    accounts.grant(store, HALL, "admin", "administrator", person="admin")


def own_scheme() -> str:
    """A shipped scheme of clerks under an id of the hall."""
    shipped = Path(load_scheme("k3-staff").path).read_text(encoding="utf-8")
    return shipped.replace('id = "k3-staff"', f'id = "{OWN}"', 1)


def rows(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, as it is stored."""
    with store.read() as session:
        return {
            name: [tuple(row) for row in session.execute(select(*bare(name).c).order_by(next(iter(bare(name).c))))]
            for name in Base.metadata.tables
        }


def seen(store: Store) -> list[str]:
    """What is read from the record by every part that asks with SQL of its own."""
    with store.read() as session:
        answers = read_answers(session, HALL, date(2024, 5, 1), date(2024, 5, 31), date(2024, 5, 1), 40)
    return [
        repr(answers),
        *(each.text() for month in (MONTH, "2024-06") for each in monthly.read_sheets(store, HALL, month, SCHEME)),
        json.dumps({name: each.load.plain() for name, each in monthly.read_contexts(store, HALL, MONTH, SCHEME).items()}, sort_keys=True),
        *(each.text() for each in monthly.read_sheets(store, HALL, MONTH, OWN)), repr(read_case(store, HALL, EXTENDED)),
        repr(drafts.impact(store, HALL, own_scheme(), [MONTH], SCHEME)), repr(objections.list_appeals(store, HALL)),
        repr(read_ladder(store, HALL)), repr(read_projects(store, HALL)), repr(read_visits(store, HALL, MONTH)),
        repr(read_signals(store, HALL, MONTH)), repr(list_orders(store, HALL)), repr(course.list_courses(store, HALL)),
        repr(results.read_standing(store, HALL, MONTH, SCHEME)), repr(results.plain(results.read_period(store, HALL, "2024-Q2", SCHEME))),
        repr(monthly.open_population(store, HALL, f"cases/{MONTH}/W1")), repr(accounts.list_roles(store, HALL)),
    ]  # fmt: skip


ANSWERS: dict[str, list[object]] = {}
"""What the acts answered, by history."""


@pytest.fixture(scope="module")
def histories(postgres: Server, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Store]]:
    """The history on SQLite, on PostgreSQL, and on PostgreSQL with the rows of every file in another order."""
    stores: dict[str, Store] = {}
    for name, seed in (("sqlite", 1), ("postgresql", 1), ("shuffled", 2)):
        folder, clock = tmp_path_factory.mktemp(name), Clock()
        (folder / "person.key").write_text("5a" * 32 + "\n")
        url = f"sqlite:///{folder / 'r.sqlite'}" if name == "sqlite" else postgres.address(postgres.new_database(template, ""))
        stores[name] = open_store(url, folder, clock=clock)
        ANSWERS[name] = list(tell(stores[name], clock, folder, seed))
    yield stores
    for store in stores.values():
        store.close()


def test_both_databases_hold_the_same_rows_and_the_same_journal(histories: dict[str, Store]) -> None:
    """Ids included: what an undone act drew from PostgreSQL's sequences is given again."""
    ours, theirs = rows(histories["sqlite"]), rows(histories["postgresql"])
    assert [name for name in ours if ours[name] != theirs[name]] == []
    assert [name for name, found in ours.items() if not found] == [], "the history writes to every table"
    assert histories["sqlite"].head() == histories["postgresql"].head()
    assert ANSWERS["sqlite"] == ANSWERS["postgresql"]


def test_both_databases_answer_the_same(histories: dict[str, Store]) -> None:
    assert seen(histories["sqlite"]) == seen(histories["postgresql"])


@pytest.mark.parametrize("name", ["sqlite", "postgresql", "shuffled"])
def test_the_journal_is_whole_and_every_sheet_scores_to_its_bytes(histories: dict[str, Store], name: str) -> None:
    assert journal.verify(histories[name]).ok
    proved = [each for month in monthly.prove(histories[name], HALL) for each in month]
    assert proved
    assert all(each.equal for each in proved)


def test_the_order_of_rows_and_the_database_make_no_difference_to_any_sheet(histories: dict[str, Store]) -> None:
    """Points, evidence and digests: the whole text of every sheet of every revision."""
    found = {}
    for name, store in histories.items():
        with store.read() as session:
            sheets = bare("sheets")
            chosen = select(sheets.c.month, sheets.c.window_id, sheets.c.revision, sheets.c.sheet_digest, sheets.c.body)
            found[name] = [tuple(row) for row in session.execute(chosen.order_by(sheets.c.month, sheets.c.window_id, sheets.c.revision))]
    assert found["sqlite"] == found["postgresql"] == found["shuffled"] != []
    assert {row[2] for row in found["sqlite"]} == {1, 2}
    assert ANSWERS["shuffled"] == ANSWERS["sqlite"]


def test_no_table_has_a_gap_in_its_ids(histories: dict[str, Store]) -> None:
    with histories["postgresql"].read() as session:
        for name in Base.metadata.tables:
            key = next(iter(bare(name).c))
            count, newest = session.execute(select(func.count(key), func.coalesce(func.max(key), 0))).one()
            assert count == newest, name
