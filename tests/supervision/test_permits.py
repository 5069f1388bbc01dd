"""Real input: the receipt phase of building permits, an event log whose register brings its own deadlines.

1,329 ended cases have a deadline, 28.37 % of them late; two end before they start and are rejected, which leaves 1,327 and 28.41 %.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import select

from supervision import monthly
from supervision.db.dues import DueCase, Dues
from supervision.db.facts import count_facts
from supervision.db.schema import Case, CaseEvent
from supervision.db.store import Store, open_store
from supervision.deadlines import is_late
from supervision.intake import ImportReport, import_file
from supervision.month import Month

HALL = Path(__file__).parents[2] / "scenarios" / "demo" / "nl-permits-hall.toml"


@pytest.fixture(scope="module")
def register(shared) -> Path:
    return shared / "data" / "nl_permit_receipt" / "receipt.csv"


@pytest.fixture(scope="module")
def imported(register, tmp_path_factory) -> tuple[Store, ImportReport]:
    home = tmp_path_factory.mktemp("permits")
    store = open_store(f"sqlite:///{home / 'record.sqlite'}", home)
    import_file(store, "halls", HALL, "nl-permits", person="tester")
    return store, import_file(store, "cases", register, "nl-permits", "nl-permit-receipt", person="tester")


@pytest.fixture(scope="module")
def oracle(register) -> pd.DataFrame:
    """Another way: pandas, one row a case, all of the register's cases."""
    text = pd.read_csv(register, dtype=str, keep_default_na=False)
    cases = text.drop_duplicates("case:concept:name").set_index("case:concept:name")
    frame = pd.DataFrame({name: pd.to_datetime(cases[f"case:{name}"].replace("", None), utc=True, format="ISO8601") for name in (
        "startdate", "enddate", "deadline",
    )})  # fmt: skip
    return frame.assign(department=cases["case:department"])


def test_the_oracle_gives_the_published_figures(oracle):
    ended = oracle[oracle.enddate.notna() & oracle.deadline.notna()]
    sound = ended[ended.enddate >= ended.startdate]

    assert (len(ended), f"{(ended.enddate > ended.deadline).mean():.2%}") == (1329, "28.37%")
    assert (len(sound), f"{(sound.enddate > sound.deadline).mean():.2%}") == (1327, "28.41%")


def test_all_rows_are_accounted_for_and_two_cases_rejected(imported, register, oracle):
    _, report = imported
    with register.open(encoding="utf-8") as file:
        rows = [row["case:concept:name"] for row in csv.DictReader(file)]
    backwards = set(oracle.index[oracle.enddate < oracle.startdate])

    assert (report.read, report.duplicate) == (len(rows), 0) == (8577, 0)
    assert report.records == len(oracle) == 1434
    assert len(backwards) == 2
    assert report.rejected == sum(row in backwards for row in rows)
    assert {each.code for each in report.rejections} == {"ended_before_accepted", "event_companion"}
    assert report.added["cases"] == 1432
    assert report.added["case_dues"] == 1432


def test_late_cases_by_the_record_are_those_of_the_oracle(imported, oracle):
    """Each case through its due moment: the register's own, which wins."""
    store, report = imported
    late, on_time = set(), set()
    with store.read() as session:
        dues = Dues(session, "nl-permits", report.sequence)
        query = select(Case, CaseEvent.at).join(
            CaseEvent, (CaseEvent.hall_id == Case.hall_id) & (CaseEvent.case_number == Case.case_number) & (CaseEvent.event == "ended")
        )
        rows = session.execute(query).all()
        dues.learn([case.case_number for case, _ in rows])
        for case, ended in rows:
            due = dues.of(DueCase(case.case_number, case.service_id, case.accepted_at, case.accepted_on))
            assert due is not None
            assert due.source == "register"
            (late if is_late(due, ended, ended) else on_time).add(case.case_number)

    expected = {name.upper() for name in oracle.index[(oracle.enddate > oracle.deadline) & (oracle.enddate >= oracle.startdate)]}
    assert late == expected
    assert (len(late) + len(on_time), f"{len(late) / (len(late) + len(on_time)):.2%}") == (1327, "28.41%")


def test_the_months_together_charge_each_late_case_once(imported, oracle):
    """Facts of every month: what is overdue, ended or open, is charged in the month of its due moment and nowhere else."""
    store, report = imported
    on_time, charged = 0, Counter[str]()
    month = Month(2010, 9)
    with store.read() as session:
        while month <= Month(2013, 1):  # the last deadline
            for fact in count_facts(session, "nl-permits", month, report.sequence).facts:
                if fact.kind == "case" and fact.status == "ended_on_time":
                    on_time += fact.count
                elif fact.kind == "case" and fact.status in ("ended_overdue", "open_overdue"):
                    charged.update(fact.evidence)
            month = month.next()

    never_ended = {f"case:{name.upper()}" for name in oracle.index[oracle.enddate.isna()]}
    assert set(charged.values()) == {1}
    assert len(never_ended) == len(never_ended & set(charged)) == 105
    late = len(charged) - len(never_ended)
    assert (on_time + late, f"{late / (on_time + late):.2%}") == (1327, "28.41%")


def test_a_month_of_permits_can_be_assessed(imported, oracle):
    store, _ = imported
    sheets = monthly.assess(store, "nl-permits", "2011-10", person="tester")
    facts = Counter[str]()
    with store.read() as session:
        for fact in count_facts(session, "nl-permits", Month(2011, 10), store.head().count).facts:
            if fact.kind == "case":
                facts[fact.status] += fact.count

    sound = oracle[~(oracle.enddate < oracle.startdate)].drop(columns="department")
    local = sound.apply(lambda column: column.dt.tz_convert("Europe/Amsterdam"))
    due_in_month = local.deadline.dt.strftime("%Y-%m") == "2011-10"
    overdue = due_in_month & ~(local.enddate <= local.deadline)
    closed = pd.Timestamp("2011-11-01", tz="Europe/Amsterdam")
    assert {sheet.window_id for sheet in sheets} >= {"General", "Experts", "Customer contact"}
    assert facts["open_overdue"] + facts["ended_overdue"] == int(overdue.sum()) > 0
    assert facts["ended_overdue"] == int((overdue & (local.enddate < closed)).sum())
    assert facts["ended_on_time"] == int(((local.enddate.dt.strftime("%Y-%m") == "2011-10") & (local.enddate <= local.deadline)).sum())


def test_the_same_register_twice_adds_nothing(imported, register):
    store, first = imported
    again = import_file(store, "cases", register, "nl-permits", "nl-permit-receipt", person="tester")

    assert (again.accepted, again.duplicate, again.rejected) == (0, first.accepted, first.rejected)
    assert again.added == {}
