"""A demonstration month: honest about being one, the same for a seed, and taken by the ordinary intake without a single reject."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date, datetime, time, timedelta
from pathlib import Path

import chinese_calendar
import numpy as np
import pytest

from simulation.calendar import seed_calendar
from simulation.demand import draw_demand
from simulation.faults import BadInput
from simulation.scenario import Scenario, load_scenario
from simulation.serve import serve
from simulation.tickets import SENT_HOME, SERVED, Tickets
from supervision import monthly
from supervision.db.store import open_store
from supervision.evidence import UNASSIGNED
from supervision.inspection import NOTHING_FOUND, checklist
from supervision.intake import import_file
from supervision.intake.demonstration import KINDS, Assumptions, assumptions_of, write_demonstration
from supervision.intake.demonstration.assumptions import LEVEL_COUNTS
from supervision.intake.demonstration.floor import pick

HALL = """
schema = 1
name = "small"
title = { zh = "小厅", en = "Small hall" }
[[opening]]
from = 08:30:00
to = 12:00:00
at_end = "keep_tickets"
early_min = 15
[[opening]]
from = 14:30:00
to = 17:30:00
at_end = "serve_all"
[[services]]
id = "licence"
name = { zh = "许可", en = "Licence" }
service_min = { family = "lognormal", mean = 6, cv = 0.6 }
patience_min = { family = "exponential", mean = 40 }
arrivals_per_hour = 24
early_arrivals = 4
[[services]]
id = "card"
name = { zh = "证件", en = "Card" }
service_min = { family = "exponential", mean = 4 }
arrivals_per_hour = 12
[[windows]]
id = "seat"
count = 3
kind = "comprehensive"
serves = ["*"]
[[departments]]
id = "W01"
name = { zh = "甲窗口", en = "Window one" }
kind = "comprehensive"
windows = ["seat"]
[[departments]]
id = "W02"
name = { zh = "乙窗口", en = "Window two" }
kind = "dedicated"
windows = ["seat-1"]
"""


@pytest.fixture(scope="module")
def scenario(tmp_path_factory) -> Scenario:
    path = tmp_path_factory.mktemp("halls") / "small.toml"
    path.write_text(HALL, encoding="utf-8")
    return load_scenario(path)


@pytest.fixture(scope="module")
def days(scenario) -> list[tuple[date, Tickets]]:
    found, carried = [], None
    for number, day in enumerate(seed_calendar().working_days_of_month(2022, 11)):
        tickets, carried = serve(scenario, draw_demand(scenario, seed=7, replication=0, day=number), carried)
        found.append((day, tickets))
    return found


@pytest.fixture(scope="module")
def rows(scenario, days, tmp_path_factory) -> dict[str, list[dict[str, str]]]:
    done = write_demonstration(tmp_path_factory.mktemp("month"), scenario, days, seed=7)
    return {kind: read(path) for kind, path in done.files.items()}


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_every_row_of_every_file_says_that_it_is_a_demonstration(rows):
    assert all(rows[kind] and all(row["origin"] == "demonstration" for row in rows[kind]) for kind in KINDS)


def test_one_seed_gives_the_same_bytes_and_another_gives_others(scenario, days, tmp_path):
    seeds = (("a", 1), ("b", 1), ("c", 2))
    first, again, other = (write_demonstration(tmp_path / name, scenario, days[:3], seed=seed) for name, seed in seeds)

    assert all(first.files[kind].read_bytes() == again.files[kind].read_bytes() for kind in KINDS)
    assert all(first.files[kind].read_bytes() != other.files[kind].read_bytes() for kind in ("cases", "ratings", "checks"))
    assert first.files["halls"].read_bytes() == other.files["halls"].read_bytes()


def test_a_day_keeps_its_rows_when_days_are_added(scenario, days, tmp_path):
    """Draws belong to the day. Only what the later export knows may grow: ends of promised cases."""
    short = read(write_demonstration(tmp_path / "short", scenario, days[:2], seed=1).files["cases"])
    long = read(write_demonstration(tmp_path / "long", scenario, days[:4], seed=1).files["cases"])

    for before, after in zip(short, long, strict=False):
        assert {name: value for name, value in before.items() if value} == {name: after[name] for name, value in before.items() if value}


def test_the_tickets_are_those_of_the_simulation(rows, days):
    assert len(rows["tickets"]) == sum(len(tickets) for _, tickets in days)
    day, tickets = days[0]
    first = [row for row in rows["tickets"] if row["arrived"].startswith(day.isoformat())]
    start = datetime.combine(day, time(8, 30))
    for row, arrival, called in zip(first, tickets.arrival, tickets.called, strict=True):
        assert timedelta(0) <= start + timedelta(minutes=float(arrival)) - moment(row["arrived"]) < timedelta(seconds=1)
        assert (row["called"] == "") == np.isnan(called)
    assert len({(row["arrived"][:10], row["ticket"]) for row in rows["tickets"]}) == len(rows["tickets"])


def test_each_served_ticket_led_to_one_case(rows, days):
    served = sum(int(np.sum(tickets.outcome == SERVED)) for _, tickets in days)
    named = [row["case_number"] for row in rows["tickets"] if row["case_number"]]

    assert len(rows["cases"]) == served == len(named) == len(set(named))
    assert {row["case_number"] for row in rows["cases"]} == set(named)
    assert all(row["outcome"] == "served" for row in rows["tickets"] if row["case_number"])


def test_nothing_is_known_after_the_export_and_nothing_ends_before_it_begins(rows):
    export = datetime(2022, 12, 1)
    for row in rows["cases"]:
        times = [moment(row[name]) for name in ("accepted", "stopped", "resumed", "ended") if row[name]]
        assert times == sorted(times)
        assert times[-1] < export
        assert bool(row["ended"]) == bool(row["outcome"])
    for row in rows["ratings"]:
        assert not row["status_from"] or moment(row["rated"]) <= moment(row["status_from"]) < export


def late_by_another_count(row: dict[str, str], promised: dict[str, int]) -> bool | None:
    """Oracle: count the worked days after acceptance that no stop touches; late if the end lies beyond the last one. None if open."""
    if not row["ended"]:
        return None
    stop = (moment(row["stopped"]).date(), moment(row["resumed"]).date()) if row["stopped"] else None
    left, day = promised[row["service"]], moment(row["accepted"]).date()
    while left:
        day += timedelta(days=1)
        left -= chinese_calendar.is_workday(day) and not (stop and stop[0] <= day <= stop[1])
    return moment(row["ended"]).date() > day


def test_the_share_of_late_cases_is_the_assumed_one(scenario, days, tmp_path):
    """All cases promised, a third of them late: the share among those accepted early in the month lies within four standard errors."""
    assumed = Assumptions(instant_share=0.0, overdue_share=1 / 3, open_share=0.1, stopped_share=0.2)
    done = write_demonstration(tmp_path, scenario, days, seed=3, assumptions=assumed)
    promised = {row["id"]: int(row["promised"]) for row in read(done.files["halls"]) if row["what"] == "service"}
    early = [row for row in read(done.files["cases"]) if row["accepted"] < "2022-11-08"]
    answers = Counter(late_by_another_count(row, promised) for row in early)

    error = (1 / 3 * 2 / 3 / len(early)) ** 0.5
    assert len(early) > 800
    assert abs(answers[True] / len(early) - 1 / 3) < 4 * error < 0.08
    assert abs(answers[None] / len(early) - 0.1) < 4 * (0.1 * 0.9 / len(early)) ** 0.5
    assert 0.1 < sum(bool(row["stopped"]) for row in early) / len(early) < 0.3


def test_ratings_are_fewer_than_cases_and_follow_a_service(rows, days):
    tickets = {(row["arrived"][:10], row["ticket"]): row for row in rows["tickets"]}
    able = sum(int(np.sum(np.isin(each.outcome, (SERVED, SENT_HOME)))) for _, each in days)
    share = len(rows["ratings"]) / able

    assert abs(share - 21_686 / 77_144) < 4 * (0.281 * 0.719 / able) ** 0.5
    for row in rows["ratings"]:
        ticket = tickets[row["rated"][:10], row["ticket"]]
        assert moment(row["rated"]) > moment(ticket["ended"])
        assert row["case_number"] == ticket["case_number"]
        assert row["window"] == ticket["window"]


def test_levels_are_as_frequent_as_in_the_published_month():
    """Law of the sampler: over an even grid of draws the levels come out as the counts say, to one step of the grid."""
    steps = 200_000
    drawn = Counter(pick((step + 0.5) / steps, LEVEL_COUNTS) for step in range(steps))
    total = sum(LEVEL_COUNTS.values())

    assert set(drawn) <= {str(level) for level in LEVEL_COUNTS}
    for level, weight in LEVEL_COUNTS.items():
        assert abs(drawn[str(level)] / steps - weight / total) <= 1 / steps


def test_every_standing_of_a_rating_and_a_finding_is_there_to_be_seen(rows):
    ratings = Counter(row["status"] for row in rows["ratings"])
    findings = Counter(row["status"] for row in rows["checks"] if row["code"] != NOTHING_FOUND)

    assert ratings["mistaken"] >= 2
    assert ratings["contested"] >= 1
    assert any(row["level"] in ("1", "2") and not row["status"] for row in rows["ratings"])
    assert all(row["level"] in ("1", "2") for row in rows["ratings"] if row["status"])
    assert findings["disputed"] >= 1
    assert findings["withdrawn"] >= 1
    codes = {row["code"] for row in rows["checks"]} - {NOTHING_FOUND}
    assert all(checklist()[code].whose == "window" for code in codes), "what the hall decides is no finding at a window"


def test_the_queue_seen_by_a_check_is_the_queue_of_that_minute(rows):
    seen = 0
    for row in rows["checks"]:
        when, waiting = moment(row["observed"]), 0
        for ticket in rows["tickets"]:  # oracle: everybody who has arrived and was neither called nor gone by then
            if ticket["arrived"][:10] == row["observed"][:10] and ticket["outcome"] not in ("balked", "turned_away", "no_show", "diverted"):
                waiting += moment(ticket["arrived"]) <= when < moment(ticket["called"] or ticket["ended"])
        assert abs(int(row["people_waiting"]) - waiting) <= 1, "the files round to the second"
        seen += waiting
    assert seen > 0


def test_the_ordinary_intake_takes_everything_and_marks_it(scenario, days, tmp_path):
    done = write_demonstration(tmp_path / "month", scenario, days, seed=7)
    with open_store(f"sqlite:///{tmp_path / 'record.sqlite'}", tmp_path) as store:
        for kind in KINDS:
            report = import_file(store, kind, done.files[kind], done.hall, done.mappings[kind], person="tester")
            assert (report.accepted, report.rejected, report.duplicate) == (done.rows[kind], 0, 0), report.to_dict()["rejects"][:3]
        again = import_file(store, "cases", done.files["cases"], done.hall, done.mappings["cases"], person="tester")
        sheets = monthly.assess(store, done.hall, "2022-11", person="tester")
        with store.read() as session:
            origins = set(session.connection().exec_driver_sql("SELECT DISTINCT origin FROM imports").scalars())

    assert (again.accepted, again.duplicate) == (0, done.rows["cases"])
    assert origins == {"demonstration"}
    assert {"W01", "W02"} <= {sheet.window_id for sheet in sheets} <= {"W01", "W02", UNASSIGNED}


def test_the_months_own_file_names_departments_of_the_potou_hall():
    scenario = load_scenario(Path(__file__).parents[2] / "scenarios" / "potou-2022.toml")
    assumed = assumptions_of(scenario)

    assert {each for several in assumed.departments.values() for each in several} == {each.id for each in scenario.departments}
    assert set(assumed.departments) == {each.id for each in scenario.services}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('schema = 1\n[departments]\npassport = ["W01"]', "departments: the scenario has no service passport; use one of its ids."),
        ('schema = 1\n[departments]\ncard = ["W09"]', 'service "card": the scenario has no department W09; use one of its ids.'),
        ("schema = 1\novertime_share = 0.5", "small.toml: overtime_share is not a knob of a demonstration; use one of checks_per_window"),
        ("schema = 1\noverdue_share = 2.0", "small.toml: a value does not fit (shares lie in 0..1: overdue_share); mend it."),
        ("schema = 1\noverdue_share = 'x'", "small.toml: a value does not fit"),
        ("overdue_share = 0.1", "small.toml: the file of a demonstration begins with schema = 1; write that line."),
        ("schema = ", "small.toml: this is not a TOML file"),
    ],
)
def test_a_wrong_file_of_assumptions_is_refused(tmp_path, text, sentence):
    (tmp_path / "small.toml").write_text(HALL, encoding="utf-8")
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "small.toml").write_text(text, encoding="utf-8")

    with pytest.raises(BadInput) as refused:
        assumptions_of(load_scenario(tmp_path / "small.toml"))
    assert sentence in refused.value.text("en")
    assert refused.value.text("zh")


def test_days_must_be_in_order(scenario, days, tmp_path):
    with pytest.raises(ValueError, match="order"):
        write_demonstration(tmp_path, scenario, [days[1], days[0]], seed=1)
    with pytest.raises(ValueError, match="days"):
        write_demonstration(tmp_path, scenario, [], seed=1)
