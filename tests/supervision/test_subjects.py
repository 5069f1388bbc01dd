"""Who is assessed: clerks, heads, departments, townships and the hall have sheets, standings, periods and appeals like windows."""

from __future__ import annotations

import dataclasses
import json
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from simulation.faults import BadInput
from supervision import accounts, course, drafts, monthly, objections, reports, results
from supervision.db.evidence_rows import read_evidence
from supervision.db.facts import count_facts
from supervision.db.store import Store, open_store
from supervision.deadlines import Limit
from supervision.evidence import UNASSIGNED
from supervision.intake import import_file
from supervision.month import Month
from supervision.monthly.assessing import score_month
from supervision.scheme import Scheme, load_scheme
from supervision.sheet import Sheet
from supervision.watch.desk import extend_case, read_case
from tests.supervision.halls_at_hand import HALL, bring, csv_bytes

MAY = Month(2024, 5)
HALL_TOML = """
schema = 1
[hall]
id = "h"
name = { zh = "示例大厅", en = "Example hall" }
opened_on = 1980-01-01
[[hours]]
from = 08:30:00
to = 12:00:00
[[windows]]
id = "W1"
name = { zh = "不动产窗口", en = "Property" }
department = "自然资源局"
[[windows]]
id = "W2"
name = { zh = "税务窗口", en = "Tax" }
department = "税务局"
[[windows]]
id = "T1"
name = { zh = "郭溪街道", en = "Guoxi" }
department = "郭溪街道"
kind = "township"
[[windows]]
id = "T2"
name = { zh = "泽雅镇", en = "Zeya" }
department = "泽雅镇"
kind = "township"
[[services]]
id = "residence"
name = { zh = "居住证", en = "Residence permit" }
windows = ["W1"]
promised = { amount = 10, unit = "working_days" }
legal = { amount = 20, unit = "working_days" }
[[services]]
id = "seal"
name = { zh = "用印", en = "Seal" }
windows = ["W1"]
promised = { amount = 0, unit = "working_days" }
legal = { amount = 5, unit = "working_days" }
[[services]]
id = "tax"
name = { zh = "完税证明", en = "Tax paper" }
windows = ["W2"]
promised = { amount = 1, unit = "months" }
legal = { amount = 20, unit = "working_days" }
[[services]]
id = "town"
name = { zh = "镇街代办", en = "Township service" }
windows = ["T1"]
promised = { amount = 2, unit = "working_days" }
[[people]]
id = "10001"
name = "王芳"
windows = ["W1"]
[[people]]
id = "10002"
name = "李敏"
windows = ["W1"]
[[people]]
id = "10003"
name = "赵首"
role = "head"
windows = ["W1"]
"""
CASES = [
    # Wang accepted C-2 and took the papers of C-1, which Li accepted: C-1 is Wang's, the first handler's
    {"case_number": "C-1", "accepted": "2024-05-06 09:00", "service": "residence", "handler": "10002", "kind": "promised",
     "ended": "2024-05-22 10:00"},
    {"case_number": "C-2", "accepted": "2024-05-07 09:00", "service": "residence", "handler": "10001", "kind": "promised",
     "ended": "2024-05-08 10:00"},
    {"case_number": "C-3", "accepted": "2024-05-07 09:30", "service": "residence", "handler": "10002", "kind": "promised",
     "ended": "2024-05-09 10:00"},
    {"case_number": "C-4", "accepted": "2024-05-07 10:00", "service": "residence", "handler": "", "kind": "promised",
     "ended": "2024-05-09 10:00"},
    {"case_number": "C-5", "accepted": "2024-05-08 10:00", "service": "tax", "handler": "", "kind": "", "ended": "2024-05-09 10:00"},
    {"case_number": "T-1", "accepted": "2024-05-08 10:00", "service": "town", "handler": "", "kind": "promised",
     "ended": "2024-05-14 10:00"},
    {"case_number": "S-1", "accepted": "2024-05-10 10:00", "service": "seal", "handler": "10002", "kind": "instant",
     "ended": "2024-05-10 23:30"},
    {"case_number": "S-2", "accepted": "2024-05-10 11:00", "service": "seal", "handler": "10002", "kind": "instant",
     "ended": "2024-05-11 09:00"},
]  # fmt: skip
RATINGS = [
    *({"rating_number": f"G-{n}", "case_number": "C-3", "ticket_number": str(n), "level": "5", "rated": "2024-05-09 11:00", "handler": ""}
      for n in range(10)),
    {"rating_number": "B-1", "case_number": "C-1", "ticket_number": "", "level": "1", "rated": "2024-05-22 11:00", "handler": ""},
    {"rating_number": "B-2", "case_number": "C-2", "ticket_number": "", "level": "2", "rated": "2024-05-22 11:00", "handler": "10002"},
]  # fmt: skip
FINDINGS = [
    {"finding_number": "F-1", "code": "phone_on_duty", "observed": "2024-05-13 09:00", "window": "W1", "person": "10001", "source": "明察"},
    {"finding_number": "F-2", "code": "dress", "observed": "2024-05-13 09:05", "window": "W1", "person": "", "source": "明察"},
    {"finding_number": "F-3", "code": "facilities_norm", "observed": "2024-05-14 09:00", "window": "T1", "person": "", "source": "明察"},
    {"finding_number": "F-4", "code": "none", "observed": "2024-05-14 09:00", "window": "T2", "person": "", "source": "明察"},
]
RECEIPTS = [
    {"case_number": "C-1", "received": "2024-05-06 08:50", "service": "residence", "handler": "10001"},
    {"case_number": "R-9", "received": "2024-05-06 09:00", "service": "town", "handler": ""},
]
FILES = {"cases": CASES, "ratings": RATINGS, "checks": FINDINGS, "receipts": RECEIPTS}


def local(text: str) -> datetime:
    """A moment in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC) - timedelta(hours=8)


def made(folder: Path, order: tuple[str, ...] = ("cases", "receipts", "ratings", "checks"), now: str = "2024-07-01 12:00") -> Store:
    """The hall and its May."""
    folder.mkdir(parents=True, exist_ok=True)
    store = open_store(home=folder, clock=lambda: local(now))
    (folder / "hall.toml").write_text(HALL_TOML, encoding="utf-8")
    import_file(store, "halls", folder / "hall.toml", HALL, person="setup")
    for kind in order:
        report = bring(store, folder, kind, csv_bytes(FILES[kind]), f"{kind}.csv")
        assert report.rejected == 0, [each.code for each in report.rejections]
    return store


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("subjects")
    made(folder).close()
    return folder


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    with open_store(home=home, clock=lambda: local("2024-07-01 12:00")) as opened:
        yield opened


def named(store: Store, scheme: Scheme, month: Month = MAY) -> dict[str, str]:
    return {each.name_zh: each.window_id for each in monthly.list_subjects(store, HALL, month, scheme)}


def scored(store: Store, scheme: Scheme) -> dict[str, Sheet]:
    """The sheets by name; the unassigned under its own word."""
    by_id = {id: name for name, id in named(store, scheme).items()}
    return {by_id.get(each.window_id, each.window_id): each for each in monthly.assess(store, HALL, MAY, scheme, person="Lin")}


def moved(sheet: Sheet) -> set[str]:
    return {ref.id for line in sheet.lines for ref in line.evidence if ref.role == "moved"}


K3_STAFF, OUHAI, K12, K6_HEADS = load_scheme("k3-staff"), load_scheme("ouhai"), load_scheme("k12"), load_scheme("k6-heads")


def test_a_clerk_answers_for_what_they_were_first_to_handle_and_for_what_names_them(store: Store) -> None:
    """C-1 is Wang's, who took the papers, though Li accepted; B-2 names Li though the case is Wang's. C-4 names nobody."""
    sheets = scored(store, K3_STAFF)
    assert set(sheets) == {"王芳", "李敏", UNASSIGNED}, "the head is no clerk"
    assert moved(sheets["王芳"]) == set(), "one rating of the clerk's own is too few to be scored"
    assert [(each.code, each.reason, each.evidence) for each in sheets["王芳"].not_charged if each.kind == "rating"] == [
        ("bad", "too_little", ("rating:B-1",))
    ]
    assert moved(sheets["李敏"]) == {"rating:B-2"}
    assert sheets["李敏"].line("voices").points == Decimal("23.00"), "ten good ratings of C-3 and a bad one of Li"
    assert sheets["李敏"].window_id.startswith("staff:")
    unassigned = {(each.kind, each.code) for each in sheets[UNASSIGNED].not_charged}
    assert ("finding", "confirmed dress") in unassigned, "seen at the window, of nobody known: shown and charged to nobody"
    assert all(each.reason == "unassigned" for each in sheets[UNASSIGNED].not_charged)


def test_cases_and_denominators_of_a_clerk_open_again_from_their_query(store: Store) -> None:
    wang, li = (named(store, K3_STAFF)[name] for name in ("王芳", "李敏"))
    assert monthly.open_population(store, HALL, f"cases/2024-05/{wang}") == ("case:C-1", "case:C-2")
    assert monthly.open_population(store, HALL, f"cases/2024-05/{li}") == ("case:C-3", "case:S-1", "case:S-2")
    with store.read() as session:
        facts = count_facts(session, HALL, MAY, store.head().count, subject="staff")
    assert {(each.window_id, each.code) for each in facts.facts if each.kind == "lateness"} == {(wang, "3"), (li, "1"), (UNASSIGNED, "3")}
    for population in facts.populations:
        assert population.window_id == UNASSIGNED or len(monthly.open_population(store, HALL, population.query)) == population.count


def test_the_head_answers_for_the_window(store: Store) -> None:
    facts = {}
    with store.read() as session:
        for subject in ("window", "head", "department", "hall"):
            found = count_facts(session, HALL, MAY, store.head().count, subject=subject)
            facts[subject] = {id: [(f.kind, f.status, f.code, f.count, f.evidence) for f in rows] for id, rows in found._facts_of.items()}
    (head,) = (id for id in facts["head"] if id.startswith("head:"))
    assert facts["head"][head] == facts["window"]["W1"], "what the window is charged, its head answers for"
    assert facts["department"]["department:税务局"] == facts["window"]["W2"]
    assert set(facts["hall"]) == {"hall:h"}, "nothing of a hall belongs to nobody"
    cases = [row for row in facts["hall"]["hall:h"] if row[0] == "case"]
    assert sum(row[3] for row in cases) == len(CASES)


def test_a_township_is_scored_in_three_aspects_and_only_townships_are(store: Store) -> None:
    """T-1 was due on 10 May and ended on Tuesday the 14th: a make-up Saturday between makes it 3 working days at 2 points; R-9 was
    never accepted: 2; the centre's own facilities: 1. Nobody can say anything of T2 but that somebody looked."""
    sheets = scored(store, OUHAI)
    assert set(sheets) - {UNASSIGNED} == {"郭溪街道", "泽雅镇"}
    town = sheets["郭溪街道"]
    assert [(line.indicator, line.points) for line in town.lines] == [
        ("norms", Decimal("29.00")), ("service", Decimal("32.00")), ("linked", Decimal("30.00"))
    ]  # fmt: skip
    assert moved(town) == {"case:T-1", "receipt:R-9", "finding:F-3"}
    assert sheets["泽雅镇"].line("norms").state == "value"
    assert sheets["泽雅镇"].total is None


def test_every_sheet_of_every_subject_scores_again_to_its_bytes(store: Store) -> None:
    for scheme in (K3_STAFF, OUHAI, K12):
        monthly.assess(store, HALL, MAY, scheme, person="Lin")
    assert {each.equal for rows in monthly.prove(store, HALL) for each in rows} == {True}


def test_late_papers_and_hidden_overdue_are_charged_once_in_the_month_their_day_passes(store: Store, home: Path) -> None:
    papers = [
        {"case_number": case, "paper": paper, "paper_kind": kind, "due": "2024-05-20"}
        for case, paper, kind in (("T-1", "图纸", "容缺受理"), ("T-1", "验资报告", "先建后验"), ("C-2", "承诺书", "告知承诺"))
    ]
    with made(home / "papers") as own:
        bring(own, home / "papers", "papers", csv_bytes(papers), "papers.csv")
        found = {}
        for month in (MAY, MAY.next(), MAY.previous()):
            with own.read() as session:
                asked = frozenset({"paper", "hidden"})
                facts = count_facts(session, HALL, month, own.head().count, asked=asked).facts
            found[str(month)] = [(f.window_id, f.kind, f.status, f.code, f.evidence) for f in facts if f.kind in asked]
        assert found == {
            "2024-05": [
                ("T1", "hidden", "open", "15", ("receipt:R-9",)),
                ("T1", "paper", "accept_with_missing", "9", ("paper:T-1 图纸",)),
                ("T1", "paper", "build_first", "9", ("paper:T-1 验资报告",)),
                ("W1", "paper", "promise_and_record", "9", ("paper:C-2 承诺书",)),
            ],
            "2024-06": [], "2024-04": [],
        }  # fmt: skip
        with own.read() as session:
            row = read_evidence(session, HALL, "paper:T-1 图纸", own.head().count)
        assert row is not None
        assert dict(row.fields)["due_on"] == "2024-05-20"


def test_promises_stand_beside_the_law_and_units_that_differ_are_not_compared(store: Store) -> None:
    with store.read() as session:
        facts = count_facts(session, HALL, MAY, store.head().count, asked=frozenset({"promise"})).facts
    found = {(f.window_id, f.status, f.code, f.evidence) for f in facts if f.kind == "promise"}
    assert found == {
        ("W1", "compared", "10/20", ("service:residence",)),
        ("W1", "compared", "0/5", ("service:seal",)),
        ("W2", "other_unit", "", ("service:tax",)),
    }, "the township's service has no legal limit"


def test_a_scheme_that_does_not_ask_hears_nothing_new(store: Store) -> None:
    """Old months score to their bytes: what an older scheme could not know is not among its facts."""
    with store.read() as session:
        plain = count_facts(session, HALL, MAY, store.head().count)
        v1 = count_facts(session, HALL, MAY, store.head().count, asked=load_scheme("k12", "1").asked)
    assert plain.facts == v1.facts
    assert "promise" in load_scheme("k12", "2").asked


def test_the_same_day_ends_at_midnight(store: Store) -> None:
    """S-1 ended at 23:30 of its day, S-2 on the next, a make-up Saturday of 2024."""
    late = {number: read_case(store, HALL, number).late_days for number in ("S-1", "S-2")}
    assert late == {"S-1": 0, "S-2": 1}
    due = read_case(store, HALL, "S-1").due
    assert due is not None
    assert (due.local_date, due.moment_utc) == (date(2024, 5, 10), local("2024-05-11 00:00"))
    assert due.trace[1].text("zh") == "2024-05-10受理，当日办结"


def test_a_stop_after_an_extension_moves_the_due_moment(tmp_path: Path) -> None:
    """Ten working days from 16 May end on the 30th; three more on 4 June; a stop on 21 and 22 May, recorded after the grant, gives both
    days back: the 6th."""
    with made(tmp_path, (), "2024-05-16 08:00") as store:
        bring(store, tmp_path, "cases", csv_bytes([{"case_number": "X", "accepted": "2024-05-16 07:00", "service": "residence"}]), "x.csv")
        asked = {"asked_by": "Zhou", "asked_at": local("2024-05-16 07:30"), "person": "Sun"}
        assert read_case(store, HALL, "X").due.local_date == date(2024, 5, 30)  # type: ignore[union-attr]
        view = extend_case(store, HALL, "X", Limit(3, "working_days"), "site visit", **asked)
        assert view.due is not None
        assert view.due.local_date == date(2024, 6, 4)
        store.clock = lambda: local("2024-05-23 08:00")  # type: ignore[method-assign]
        stopped = {"case_number": "X", "accepted": "2024-05-16 07:00", "stopped": "2024-05-21 09:00", "resumed": "2024-05-22 17:00"}
        assert bring(store, tmp_path, "cases", csv_bytes([stopped]), "stopped.csv").rejected == 0
        moved_on = read_case(store, HALL, "X").due
        assert moved_on is not None
        assert moved_on.local_date == date(2024, 6, 6)
        assert any(step.code == "extended" for step in moved_on.trace)


def test_persons_have_a_standing_a_period_titles_and_reports(store: Store) -> None:
    scored(store, K3_STAFF)
    standing = results.read_standing(store, HALL, MAY, "k3-staff")
    assert {each.window_id for each in standing.places} == set(named(store, K3_STAFF).values())
    view = results.read_period(store, HALL, "2024-05", "k3-staff")
    assert set(view.departments) == {"自然资源局"}
    assert view.windows == {"W1": view.hall}, "a window is the mean of its clerks (K7)"
    for result in view.results:
        assert sum((part.mean for part in result.parts if part.mean is not None), Decimal(0)) > 0
    ids = named(store, K3_STAFF)
    for kind, window in (("sheet", ids["王芳"]), ("bulletin", None), ("titles", None), ("rectification", ids["李敏"])):
        report = reports.make(store, HALL, kind, "2024-05", "k3-staff", window=window)
        assert "staff:" not in json.dumps([report.opening, [table.rows for table in report.tables]], default=str, ensure_ascii=False)


def test_a_clerk_appeals_on_their_own_sheet_and_reads_no_other(tmp_path: Path) -> None:
    with made(tmp_path) as store:
        accounts.grant(store, HALL, "root", "administrator", person="root")
        accounts.grant(store, HALL, "Lin", "inspector", person="root")
        accounts.grant(store, HALL, "Ruth", "inspector", person="root")
        accounts.grant(store, HALL, "李敏", "staff", person="root", window="W1")
        ids = named(store, K3_STAFF)
        scope = accounts.scope_of(store, "李敏", HALL)
        assert [scope.reads(each) for each in ("W1", ids["李敏"], ids["王芳"], "W2")] == [True, True, False, False]
        for step in (course.open_month, course.collect, course.compute, course.circulate):
            step(store, HALL, MAY, "k3-staff", person="Lin")
        with pytest.raises(BadInput) as refused:
            objections.appeal(store, HALL, MAY, ids["王芳"], "voices", "no", "k3-staff", person="李敏")
        assert [each.code for each in refused.value.faults] == ["role_other_window"]
        filed = objections.appeal(store, HALL, MAY, ids["李敏"], "voices", "按错了", "k3-staff", person="李敏", record="rating:B-2")
        assert (filed.window_id, filed.number) == (ids["李敏"], f"2024-05/{ids['李敏']}/1")
        objections.rule(store, HALL, filed.number, "upheld", "核实为误评", person="Ruth")
        sheet = monthly.read_sheet(store, HALL, MAY, ids["李敏"], "k3-staff")
        assert (sheet.revision, sheet.line("voices").points) == (2, Decimal("25.00"))
        assert {each.equal for rows in monthly.prove(store, HALL) for each in rows} == {True}


def test_the_order_of_imports_does_not_matter(tmp_path: Path, store: Store) -> None:
    orders = [("checks", "receipts", "cases", "ratings"), ("receipts", "cases", "checks", "ratings")]
    texts = []
    for number, order in enumerate(orders):
        with made(tmp_path / str(number), order) as own:
            found = {}
            for scheme in (K3_STAFF, OUHAI):
                for each in monthly.assess(own, HALL, MAY, scheme, person="Lin"):
                    found[scheme.id, each.window_id.partition(":")[0], each.total, each.earned] = len(each.lines)
            texts.append(sorted(map(str, found)))
    assert texts[0] == texts[1]


def test_withdrawing_evidence_undoes_exactly_its_lines(tmp_path: Path) -> None:
    """A bad rating found mistaken: Li's line of ratings rises, every other line of every clerk stands as it stood."""
    with made(tmp_path) as store:
        before = scored(store, K3_STAFF)
        mended = [{**RATINGS[-1], "status": "误评", "status_from": "2024-05-28 10:00"}]
        bring(store, tmp_path, "ratings", csv_bytes(mended), "mended.csv")
        after = scored(store, K3_STAFF)
        changed = {
            (name, line.indicator)
            for name, sheet in after.items()
            for line in sheet.lines
            if line != before[name].line(line.indicator) and line.points != before[name].line(line.indicator).points
        }
        assert changed == {("李敏", "voices")}
        assert moved(after["李敏"]) == set()


def test_a_draft_for_another_subject_shows_its_impact(store: Store) -> None:
    monthly.assess(store, HALL, MAY, "k12", person="Lin")
    text = Path(K3_STAFF.path).read_text(encoding="utf-8")
    rows = drafts.impact(store, HALL, text, [MAY], "k12")
    assert {each.window_id for each in rows} == set(named(store, K3_STAFF).values())
    assert all(each.now is None for each in rows), "windows were scored then, clerks now"


@pytest.mark.parametrize("subject", ["department", "hall", "head"])
def test_any_scheme_may_name_another_subject(store: Store, subject: str) -> None:
    scheme = dataclasses.replace(K12, subject=subject)  # type: ignore[arg-type]
    with store.read() as session:
        as_of = store.head().count
        sheets, facts = score_month(session, HALL, MAY, scheme, as_of, as_of)
    assert {each.window_id for each in facts.facts} <= {each.window_id for each in sheets}
    assert random.Random(1).choice(sheets).hall_id == HALL


TITLES = """
[[titles]]
id = "{id}"
name = {{ zh = "{id}", en = "{id}" }}
period = "{period}"
quota = {{ {quota} }}
months = 1
tie_break = ["good_rate", "fewest_deductions"]
basis = "assumption"
"""


def test_titles_of_every_period_and_quota_are_reached_from_a_scheme_of_the_hall(tmp_path: Path) -> None:
    """Drafted, published, assessed, rolled up: a number, a cut and a ratio; the month, the quarter, the half-year and the year; the veto of
    one clerk keeps them out of all of them."""
    text = Path(load_scheme("k3-staff").path).read_text(encoding="utf-8").replace('id = "k3-staff"', 'id = "own"', 1)
    head, tail = text.split("[[titles]]", 1)
    tail = "[[bands]]" + tail.split("[[bands]]", 1)[1]
    quotas = {"month": "number = 1", "quarter": "cut = 90", "half_year": "ratio = 0.5", "year": "number = 2"}
    veto = (
        '[[vetoes]]\nid = "badly_rated"\nname = { zh = "差评", en = "badly rated" }\nevent = { kind = "rating", levels = [1] }\n'
        'effect = "no_award"\narticle = "K7, veto: any 不满意 on the device"\n\n'
    )
    own = head + veto + "".join(TITLES.format(id=period, period=period, quota=quota) for period, quota in quotas.items()) + "\n" + tail
    with made(tmp_path) as store:
        drafts.draft(store, HALL, own, person="Ed")
        drafts.check(store, HALL, "own", "1", person="Ed")
        drafts.publish(store, HALL, "own", "1", person="Max")
        sheets = monthly.assess(store, HALL, MAY, "own", person="Lin")
        assert [each.award for each in sheets if each.window_id != UNASSIGNED].count(False) == 1
        ids = {each.name_zh: each.window_id for each in monthly.list_subjects(store, HALL, MAY, monthly.scheme_of(store, HALL, "own", "1"))}
        for period, kind in (("2024-05", "month"), ("2024-Q2", "quarter"), ("2024-H1", "half_year"), ("2024", "year")):
            view = results.read_period(store, HALL, period, "own")
            (title,) = view.titles
            assert (title.title, [each.window_id for each in title.winners]) == (kind, [ids["李敏"]])
            assert title.kept_out == ((ids["王芳"], "vetoed"),)
        report = reports.make(store, HALL, "sheet", "2024-Q2", "own", window="李敏")
        assert {row[0]: row[1] for row in report.tables[0].rows}["办件评价"] == Decimal("23.00")


def test_a_quarter_of_a_township_in_its_three_aspects_at_the_terminal(home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from dashboards.cli import app

    monkeypatch.setenv("OPENHALL_HOME", str(home))
    monkeypatch.delenv("OPENHALL_DATABASE", raising=False)
    run = CliRunner().invoke
    done = run(app, ["assess", "2024-05", "--scheme", "ouhai", "--hall", HALL, "--as", "Lin"])
    assert done.exit_code == 0, done.output
    told = run(app, ["period", "2024-Q2", "--scheme", "ouhai", "--window", "郭溪街道", "--hall", HALL])
    assert told.exit_code == 0, told.output
    for points in ("29.00", "32.00", "30.00"):
        assert points in told.output
    assert sum(name in told.output for name in ("规范化建设", "building to the norm")) == 1
    for command in (["sheet", "2024-05", "王芳", "--scheme", "k3-staff"], ["standing", "2024-05", "--scheme", "k3-staff"]):
        assert run(app, ["assess", "2024-05", "--scheme", "k3-staff", "--hall", HALL, "--as", "Lin"]).exit_code == 0
        shown = run(app, [*command, "--hall", HALL])
        assert shown.exit_code == 0, shown.output
        assert "王芳" in shown.output
    target = tmp_path / "quarter.xlsx"
    written = run(app, ["report", "sheet", "2024-Q2", str(target), "--window", "T1", "--scheme", "ouhai", "--hall", HALL])
    assert written.exit_code == 0, written.output
    assert target.stat().st_size > 3000
    with open_store(home=home) as opened:
        assert len(reports.make(opened, HALL, "sheet", "2024-Q2", "ouhai", window="Guoxi").tables[0].rows) == 3
    wrong = run(app, ["period", "2024-Q2", "--scheme", "ouhai", "--window", "nobody", "--hall", HALL])
    assert isinstance(wrong.exception, BadInput), "main() makes exit code 2 of it"
