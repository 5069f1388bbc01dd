"""Reports as files: numbers are numbers, text is never a formula, the same record gives the same bytes, the layout is the official one."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import docx
import openpyxl
import pytest

from simulation.faults import BadInput
from supervision import monthly, reports
from supervision.db import calendars
from supervision.db.schema import Case, CaseEvent, Finding, HallRow, Rating, Service, ServiceLimit, Window
from supervision.db.store import Store, open_store
from supervision.evidence import STATUSES
from supervision.inspection import checklist
from supervision.reports.content import Words
from supervision.scheme import list_schemes, load_scheme
from supervision.sheet import Spared

MONTH = "2022-11"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Two windows: one with an overdue case, a bad rating and a finding, one that had nothing to do; its name tries to be a formula."""
    folder = tmp_path_factory.mktemp("reports")
    with open_store(f"sqlite:///{folder / 'r.sqlite'}", folder, clock=lambda: datetime(2022, 12, 5, tzinfo=UTC)) as opened:
        with opened.act("office", "import", "H") as work:
            own = {"hall_id": "H", "sequence": work.sequence}
            work.session.add(HallRow(name_zh="示例大厅", name_en="Example hall", time_zone="Asia/Shanghai", **own))
            work.session.flush()
            calendars.seed(work)
            work.session.add(Window(window_id="W1", name_zh="不动产窗口", name_en="Property", **own))
            work.session.add(Window(window_id="W2", name_zh="=1+1", name_en="=1+1", **own))
            work.session.add(Service(service_id="permit", name_zh="证", name_en="permit", **own))
            work.session.flush()
            since = datetime(2020, 1, 1).date()
            work.session.add(ServiceLimit(service_id="permit", kind="promised", amount=5, unit="working_days", valid_from=since, **own))
            for number, took in (("LATE", 10), ("SOON", 1)):
                at = datetime(2022, 11, 7, 2, tzinfo=UTC)
                end = at + timedelta(days=took)
                more = {"accepted_at": at, "accepted_on": at.date(), **own}
                work.session.add(Case(case_number=number, service_id="permit", window_id="W1", kind="promised", **more))
                work.session.flush()
                work.session.add(CaseEvent(case_number=number, event="ended", at=end, on=end.date(), **own))
            at = datetime(2022, 11, 9, 2, tzinfo=UTC)
            for number in range(12):
                level = 1 if number == 0 else 5
                work.session.add(Rating(rating_number=f"R{number}", level=level, window_id="W1", rated_at=at, rated_on=at.date(), **own))
            more = {"observed_at": at, "observed_on": at.date(), **own}
            work.session.add(Finding(finding_number="F1", code="phone_on_duty", window_id="W1", source="in_house", **more))
        monthly.assess(opened, "H", MONTH, person="Lin")
        yield opened


def cells(content: bytes, sheet: int = 0) -> list[list[object]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [[cell.value for cell in row] for row in book.worksheets[sheet].iter_rows()]


@pytest.mark.parametrize("kind", reports.KINDS)
@pytest.mark.parametrize("ending", [".xlsx", ".docx", ".pdf"])
def test_the_same_record_gives_the_same_bytes(store: Store, kind: str, ending: str) -> None:
    """Also a second later, past the two seconds that an archive's clock knows."""
    window = "W1" if kind in ("sheet", "rectification") else None
    first = reports.write(store, "H", kind, MONTH, ending, window=window)
    time.sleep(1.1 if ending == ".pdf" else 2.1 if kind == "bulletin" else 0)
    assert reports.write(store, "H", kind, MONTH, ending, window=window) == first
    assert first.startswith(b"%PDF" if ending == ".pdf" else b"PK")


def test_a_workbook_holds_numbers_as_numbers_and_defines_every_column(store: Store) -> None:
    content = reports.write(store, "H", "bulletin", MONTH, ".xlsx", language="en")
    rows = cells(content)
    assert rows[3] == ["window", "total", "comparable total", "grade", "cases", "overdue", "ratings", "bad"]
    sheet = monthly.read_sheet(store, "H", MONTH, "W1")
    assert sheet.total is not None
    assert rows[4][:2] == ["Property", float(sheet.total)]
    assert rows[4][4:] == [2, 1, 12, 1]
    assert all(isinstance(value, int | float) for value in rows[4][4:])
    assert rows[5][0] == "=1+1"
    assert openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]["A6"].data_type == "s", "a name is never a formula"
    defined = {row[0] for row in cells(content, 1)}
    assert set(rows[3]) <= defined


def test_the_ledger_of_overdue_cases_names_case_window_moments_and_price(store: Store) -> None:
    rows = cells(reports.write(store, "H", "overdue", MONTH, ".xlsx", language="en"))
    assert rows[4] == ["LATE", "Property", "2022-11-07 10:00", "2022-11-17 10:00", "overdue case (yellow)", 5, "K12, yellow -5"]
    assert len(rows) == 5


def test_the_ledger_of_bad_ratings(store: Store) -> None:
    rows = cells(reports.write(store, "H", "ratings", MONTH, ".xlsx"))
    assert rows[4][0] == "R0"
    assert (rows[4][3], rows[4][5]) == (1, "有效")
    assert len(rows) == 5


def test_the_notice_lists_what_was_charged_with_its_evidence(store: Store) -> None:
    rows = cells(reports.write(store, "H", "rectification", MONTH, ".xlsx", window="W1", language="en"))
    assert {(row[0], row[2], row[4]) for row in rows[4:]} == {
        ("overdue case (yellow)", 5, "case:LATE"), ("bad rating", 2, "rating:R0"), ("phone on duty", 1, "finding:F1"),
    }  # fmt: skip


def test_a_document_has_the_official_layout(store: Store) -> None:
    content = reports.write(store, "H", "rectification", MONTH, ".docx", window="W1")
    document = docx.Document(io.BytesIO(content))
    page = document.sections[0]
    assert [round(each.mm) for each in (page.top_margin, page.left_margin, page.page_width)] == [37, 28, 210]
    texts = [each.text for each in document.paragraphs]
    assert texts[0] == "整改通知书"
    assert "不动产窗口：" in texts
    assert any("10个工作日" in text for text in texts)
    assert any("不向任何窗口或个人扣分" in text for text in texts)
    assert texts[-1] == "示例大厅"
    assert document.tables[0].rows[0].cells[0].text == "扣分项"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert "仿宋_GB2312" in archive.read("word/document.xml").decode()


def test_the_sheet_adds_up_and_shows_what_was_not_charged(store: Store) -> None:
    report = reports.make(store, "H", "sheet", MONTH, window="W1", language="en")
    points = [row[3] for row in report.tables[0].rows if isinstance(row[3], Decimal)]
    assert sum(points, Decimal(0)) == monthly.read_sheet(store, "H", MONTH, "W1").total
    assert {row[4] for row in report.tables[0].rows[:9]} == {"K12, nine parts"}
    notice = reports.make(store, "H", "rectification", MONTH, window="W1", language="en")
    assert {row[0]: row[3] for row in notice.tables[0].rows}["bad rating"] == "assumption"


def test_a_report_is_titled_by_whom_its_scheme_assesses() -> None:
    """Window, member of staff, head, department, township: each scheme's own, and a list of titles by the titles it gives."""
    subjects = {}
    for row in list_schemes():
        scheme = load_scheme(row.id)
        called = Words("zh")("window" if scheme.subject == "window" else f"subject_{scheme.subject}")
        titles = {kind: reports.title_of(kind, scheme, Words("zh")) for kind in ("sheet", "period_sheet", "bulletin", "titles")}
        for kind in ("sheet", "period_sheet", "bulletin"):
            assert called in titles[kind]
            assert ("窗口" in titles[kind]) == (scheme.subject == "window"), titles[kind]
        assert all(each.name.text("zh") in titles["titles"] for each in scheme.titles)
        subjects[scheme.subject] = titles["sheet"]
        assert "{" not in "".join(reports.title_of(kind, scheme, Words("en")) for kind in reports.KINDS)
    assert len(set(subjects.values())) == len(subjects) >= 3
    assert subjects["window"] == "窗口月度考核表"


def test_windows_without_business_are_named(store: Store) -> None:
    report = reports.make(store, "H", "bulletin", MONTH, language="en")
    assert report.opening[1] == "Without business this month: =1+1"


@pytest.mark.parametrize(
    ("kind", "period", "ending", "code"),
    [("sheet", MONTH, ".xlsx", "report_window"), ("bulletin", "2022-10", ".xlsx", "sheet_unknown"), ("poem", MONTH, ".pdf", "report_kind"),
     ("bulletin", MONTH, ".txt", "report_ending")],
)  # fmt: skip
def test_what_cannot_be_reported_is_refused(store: Store, kind: str, period: str, ending: str, code: str) -> None:
    with pytest.raises(BadInput) as caught:
        reports.write(store, "H", kind, period, ending)
    assert caught.value.faults[0].code == code


def test_a_report_is_written_by_the_command(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    from dashboards.cli import app

    monkeypatch.setenv("OPENHALL_DATABASE", store.url.render_as_string(hide_password=False))
    monkeypatch.setenv("OPENHALL_HOME", str(store.home))
    runner = CliRunner()
    target = tmp_path / "b.xlsx"
    assert runner.invoke(app, ["report", "bulletin", MONTH, str(target), "--hall", "H"]).exit_code == 0
    assert cells(target.read_bytes())[4][4:] == [2, 1, 12, 1]
    for words in (["standing", MONTH], ["period", "2022-Q4"], ["month", "show"], ["month", "prove"], ["role", "list"], ["appeal", "list"]):
        answered = runner.invoke(app, [*words, "--hall", "H"])
        assert answered.exit_code == 0, (words, answered.output)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_was_not_charged_is_said_in_words_of_every_kind(language: str) -> None:
    scheme, words = load_scheme("k12"), Words(language)
    for kind in (*STATUSES, "points", "incomplete"):
        said = reports._spared(scheme, Spared(kind, "2", "excused", 1), words)
        assert language == "en" or not said.startswith(kind)
    assert (
        reports._spared(scheme, Spared("lateness", "2", "excused", 1), words)
        == {"zh": "超期（2个工作日）", "en": "lateness by 2 working days"}[language]
    )
    item = checklist()["dress"]
    assert item.name(language) in reports._spared(scheme, Spared("finding", "dress", "withdrawn", 1), words)
    indicator = scheme.indicators[0]
    assert indicator.name.text(language) in reports._spared(scheme, Spared("points", indicator.id, "floor", 1), words)


@pytest.mark.parametrize("kind", ["sheet", "rectification"])
def test_a_report_about_nobody_asks_for_the_window(store: Store, kind: str) -> None:
    with pytest.raises(BadInput) as refused:
        reports.make(store, "H", kind, MONTH)
    assert refused.value.faults[0].code == "report_window"
