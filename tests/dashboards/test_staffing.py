"""The staffing page: its frames and sentences from an answer at hand, the plan it makes, the roster, and the hall right now."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from dashboards import charts, jobs
from dashboards.data import BadInput, current, halls, rosters, staffing
from dashboards.jobs import rostered
from dashboards.jobs.rostered import rostering
from dashboards.jobs.staffed import staffing as staffing_work
from simulation.optimisation.table import groups_of, open_now
from simulation.scenario import load_scenario
from tests.dashboards.long_work import stopped
from tests.dashboards.test_pages import answer, page, table, wait_for

pytestmark = pytest.mark.usefixtures("home")

HALF_HOURS = ["08:30", "09:00", "09:30", "10:00", "10:30", "11:00", "11:30", "14:30", "15:00", "15:30", "16:00", "16:30", "17:00"]
CUT = staffing.Cut((9.0,), (3.5,), False, False)


@pytest.fixture
def found():
    """The JSON of `openhall staff potou-2022`, by hand: 12 comprehensive windows from 9:30 to 11:00, else as now or one fewer."""
    now = {group.id: (len(group.seats),) * 13 for group in groups_of(load_scenario("scenarios/potou-2022.toml"))}
    needed = {**now, "comprehensive": (7, 8, 12, 12, 12, 8, 7, 8, 8, 8, 8, 8, 7)}
    estimate = {"value": 0.91, "low": 0.9, "high": 0.92, "level": 0.9, "n": 1000, "unit": "share", "method": "ratio"}
    return {
        "scenario": "potou-2022",
        "targets": ["share_within(15) >= 90%"],
        "kept": True,
        "half_hours": HALF_HOURS,
        "needed": {group: list(row) for group, row in needed.items()},
        "before": {group: list(row) for group, row in now.items()},
        "serves": {group: [] for group in now},
        "window_hours": 81.5,
        "window_hours_before": 78.0,
        "most_open": 16,
        "chance": {"value": 0.64, "low": 0.59, "high": 0.69, "days": 400},
        "measures": {"share_within(15) >= 90%": estimate},
        "worst_half_hour": "10:00",
        "short_of": None,
        "within_reach": True,
        "simulated_days": 1000,
        "seconds": 1.0,
        "plan": "schema = 1\n",
    }


def test_the_gap_is_counted_group_by_group_and_the_largest_stretch_comes_first(found):
    cover = staffing.cover(found)

    assert cover["gap"].tolist() == [0, 0, 4, 4, 4, 0, 0, 0, 0, 0, 0, 0, 0]
    assert staffing.first_step(found) == ("comprehensive", "09:30", "11:00", 4)
    chart = charts.windows_needed(cover, dict.fromkeys(("open", "needed", "gap", "windows", "slot"), "x"), "zh").to_dict()
    assert len(chart["layer"]) == 3


def test_the_answer_becomes_a_plan_that_opens_the_same_windows(found):
    hall = load_scenario("scenarios/potou-2022.toml")
    changes = staffing.as_changes(hall, [], found)
    plan = halls.planned(hall, changes)
    opened = open_now(plan, groups_of(plan))
    mine = [row for name, row in opened.items() if name.startswith("comprehensive")]

    assert [sum(each) for each in zip(*mine, strict=True)] == found["needed"]["comprehensive"]
    assert "windows.comprehensive=7" in [str(each) for each in changes]
    closed = {**found, "needed": {**found["needed"], "tax-window": [0, 1, 1, 0, *[1] * 9]}}
    at_times = halls.planned(hall, staffing.as_changes(hall, [], closed))
    rows = [row for name, row in open_now(at_times, groups_of(at_times)).items() if name.startswith("tax-window")]
    assert [sum(each) for each in zip(*rows, strict=True)] == closed["needed"]["tax-window"]
    assert "tax-window" not in [each["id"] for each in at_times.document["windows"]]


def test_shifts_are_cut_drawn_and_simulated(found):
    shifts = staffing.shifts(found, CUT)
    bars = staffing.bars(found, shifts)

    assert len(bars[["group", "person"]].drop_duplicates()) == shifts.people
    assert (bars["end"] - bars["start"]).sum() == 30 * shifts.half_hours
    text = dict.fromkeys(("person", "group", "from", "to"), "x")
    groups = list(dict.fromkeys(bars["group"]))
    drawn = charts.shifts_as_bars(bars, groups, text, "en").to_dict()
    rows = drawn["layer"][0]["encoding"]["y"]["scale"]["domain"]
    assert [each["mark"]["type"] for each in drawn["layer"]] == ["bar", "text"]
    assert len(rows) == len(groups) + shifts.people, "a row for each group's name and one a person"
    tried = staffing.tried(halls.hall("potou-2022"), found, shifts)
    assert 0.5 < tried["share_within(15) >= 90%"]["value"] <= 1


SHEET = {"sheet": "people", "skills": "skills to choose", "yes": "yes", "no": "no"}


@pytest.mark.parametrize(("language", "skill", "no"), [("zh", "综合窗口", "否"), ("en", "Comprehensive window", "no")])
def test_the_template_is_filled_in_by_name_and_read_again(language, skill, no):
    names = rosters.names(halls.hall("potou-2022"))
    book = rosters.template(language, names, [{"group": "comprehensive", "people": 2}], SHEET | {"no": no})
    cells = CalamineWorkbook.from_filelike(BytesIO(book)).get_sheet_by_index(0).to_python()
    crew = rosters.people("mine.xlsx", book, names)

    assert cells[1][2] == skill
    assert [(each.id, each.skills, each.part_time) for each in crew.people] == [(f"00{n}", {"comprehensive"}, False) for n in (1, 2)]


def test_a_roster_is_a_job_and_its_table_has_a_row_a_person(found):
    rows = staffing.as_rows(found, staffing.shifts(found, CUT))
    hall = halls.hall("potou-2022")
    names = rosters.names(hall)
    lines = [each["group"] for each in rows for _ in range(each["people"])]
    people = "id,skills,leave\n" + "".join(f"{n},{group},{'2026-12-01' if n == 0 else ''}\n" for n, group in enumerate(lines))
    days = rosters.days(hall, date(2026, 12, 1), date(2026, 12, 2))
    id = jobs.start("roster", rostering(rosters.plans(hall, days, [found], CUT), days, "p.csv", people.encode(), names))
    wait_for(id)
    told = jobs.result(id)

    assert days == ["2026-12-01", "2026-12-02"]
    shown = rosters.table(told, {}, "leave")
    assert len(shown) == sum(each["people"] for each in rows)
    assert shown.loc[0, "2026-12-01"] == "leave"
    assert told["complete"] is False
    assert told["told"][0]["zh"].startswith(f"2026-12-01 {names[lines[0]]['zh']}：")
    assert told["told"][0]["en"].startswith(f"2026-12-01 {names[lines[0]]['en']}: ")
    assert told["furthest"]["hours"]["at_least"] <= told["furthest"]["hours"]["value"]


DATED = """
schema = 1
name = "dated"

[demand]
starts = 2026-11-23

[[opening]]
weekdays = ["mon", "tue", "wed", "thu", "fri"]
from = 09:00:00
to = 11:00:00
at_end = "serve_all"

[[opening]]
weekdays = ["sat"]
from = 09:00:00
to = 10:00:00
at_end = "serve_all"

[[services]]
id = "card"
service_min = { family = "exponential", mean = 5 }
arrivals_per_hour = [12, 12, 24, 24, 12, 12]

[[windows]]
id = "desk"
count = 2
serves = ["*"]
"""


def test_a_dated_hall_is_rostered_by_its_own_calendar(tmp_path, monkeypatch):
    """Saturday is shorter: its shifts are its own, and Sunday has none."""
    (tmp_path / "dated.toml").write_text(DATED, encoding="utf-8")
    hall = load_scenario(tmp_path / "dated.toml")
    monkeypatch.setattr(rostered, "hall_of", lambda work: hall)
    days = rosters.days(hall, date(2026, 11, 27), date(2026, 11, 29))
    by_calendar = {"staff": staffing_work(hall, [], ["mean_wait <= 10"]), "cut": asdict(staffing.Cut((2.0,), (1.0,), False, False))}
    people = "".join(f"{n},desk\n" for n in range(8))
    notes = []
    work = rostering([], days, "p.csv", f"id,skills\n{people}".encode(), rosters.names(hall), by_calendar)
    told = rostered.roster(work, lambda progress, note, **facts: notes.append((note, facts.get("kind"))))

    assert days == ["2026-11-27", "2026-11-28"]
    ends = {day: {each["shift"][-5:] for each in told["shifts"] if each["day"] == day} for day in days}
    assert max(ends["2026-11-27"]) == "11:00"
    assert max(ends["2026-11-28"]) == "10:00"
    assert {kind for note, kind in notes if note == "job_roster_staffing"} == {1, 2}
    with pytest.raises(jobs.Stopped):
        rostered.roster(work, stopped)


def test_a_dated_hall_is_rostered_by_the_plan_that_was_shown(tmp_path, monkeypatch):
    """Each day has the shifts of the answer for its kind, and nothing is searched; a plan for one date is for that date alone."""
    (tmp_path / "dated.toml").write_text(DATED, encoding="utf-8")
    hall = load_scenario(tmp_path / "dated.toml")
    monkeypatch.setattr(rostered, "hall_of", lambda work: pytest.fail("no day is left to staff"))
    days = rosters.days(hall, date(2026, 11, 27), date(2026, 11, 30))
    cut, serves = staffing.Cut((2.0,), (1.0,), False, False), {"desk": ["card"]}
    week = {"half_hours": ["09:00", "09:30", "10:00", "10:30"], "needed": {"desk": [3, 3, 2, 2]}, "serves": serves, "day": None}
    week["days"] = {"kinds": ["mon", "tue", "wed", "thu", "fri"]}
    saturday = {"half_hours": ["09:00", "09:30"], "needed": {"desk": [1, 1]}, "serves": serves, "day": None, "days": {"kinds": ["sat"]}}
    alone = {**week, "day": "2026-11-30", "days": None}

    plans = rosters.plans(hall, days, [week, saturday], cut)
    people = "id,skills\n" + "".join(f"{n},desk\n" for n in range(4))
    work = rostering(plans, days, "p.csv", people.encode(), rosters.names(hall), {"staff": {}, "cut": asdict(cut)})
    told = rostered.roster(work, lambda progress, note, **facts: None)

    assert told["complete"]
    assert [sum(each["day"] == day for each in told["shifts"]) for day in days] == [3, 1, 3]
    assert [each["days"] for each in rosters.plans(hall, days, [alone], cut)] == [["2026-11-30"]]


def test_a_file_of_people_is_refused_by_its_own_name():
    with pytest.raises(BadInput) as caught:
        rosters.people("mine.csv", b"id,skills\n1,nothing\n", {"desk": {"zh": "柜台", "en": "Desk"}})

    assert caught.value.text("en") == "mine.csv: row 2: there is no window group or service 'nothing'; there are desk; write one of them."
    assert caught.value.text("zh").startswith("mine.csv：第2行：没有窗口组或事项“nothing”")


def test_the_page_asks_then_answers_in_a_sentence(found, monkeypatch):
    asked = page("staffing", "en")

    assert "How few windows" in answer(asked)[0]
    assert asked.button(key="find").label == "Find"
    id = jobs.id_of("staff", staffing_work(halls.hall("potou-2022"), [], ["share_within(15) >= 90%"]))
    monkeypatch.setattr(jobs, "result", lambda each: found if each == id else None)
    shown = page("staffing", "en")
    text, tone = answer(shown)
    assert tone == "good"
    assert "first open 4 more at “Comprehensive window” from 09:30 to 11:00" in text
    assert "About 6 days in ten" in text
    assert table(shown, "half-hour").iloc[2, -1] == "12 (8)"
    shown.button(key="as_plan").click().run()
    assert "manager" in shown.query_params["page"]
    assert "windows.comprehensive=7" in shown.query_params["change"]


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"kept": False, "within_reach": True}, "Not sure: 81.5"),
        ({"kept": False, "within_reach": False}, "no number of windows keeps"),
        ({"kept": False, "within_reach": False, "worst_half_hour": "08:10"}, "people wait at the doors from 08:10"),
        ({"kept": False, "within_reach": False, "short_of": "tax-window"}, "around 10:00 “Tax window” has no seat left"),
    ],
)
def test_what_cannot_be_kept_says_why(found, monkeypatch, told, sentence):
    monkeypatch.setattr(jobs, "result", lambda each: found | told)
    text, tone = answer(page("staffing", "en"))

    assert sentence in text
    assert tone == "warn"


def test_the_hall_right_now_says_what_to_do_and_takes_another_queue():
    hall = halls.hall("potou-2022")
    start = current.snapshot(hall, "10:15")
    rows = current.queue(hall, start)
    longer = current.with_queue(start, rows.assign(waiting=rows["waiting"] + 5, longest=30))

    assert rows["waiting"].sum() == len(start["waiting"])
    assert len(longer["waiting"]) == len(start["waiting"]) + 5 * len(rows)
    one, two = (current.futures(hall, each)[0].figures["mean_wait"].value for each in (start, longer))
    assert two > one
    best = current.best(current.futures(hall, longer))
    assert best.change["mean_wait"].high < 0
    shown = page("staffing", "en", part="now", at="10:15")
    assert "now: at 10:15" in answer(shown)[0]
    assert len(table(shown, "What is done")) == 1 + len(current.futures(hall, start)[1:])
    empty = current.with_queue(start, rows.assign(waiting=0))
    assert empty["waiting"] == []
    assert len(shown.get("download_button")) == 3, "the queue, the plans and the next tickets"
    shown.button(key="now_try").click().run()
    assert "manager" in shown.query_params["page"]
    assert "=+1@10:30-17:30" in str(shown.query_params["change"])
