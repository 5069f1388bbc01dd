"""What stands behind the pages: the planner's halls, kept results, changes in words, saved plans, frames."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest

from dashboards.data import advice, changes, halls, library, runs, sizes
from dashboards.data.fields import field_in_words
from dashboards.data.kept import Kept
from dashboards.texts import LANGUAGES, Words
from simulation.faults import BadInput
from simulation.plans import LEVERS, read_change
from simulation.scenario import parse

DEMAND = sizes.Demand(cases=321.0, service=12.0, cv=0.6, peak=1.5, target=15.0)


@pytest.mark.parametrize("peak", [1.0, 1.5, 2.0, sizes.LARGEST_PEAK])
def test_a_planned_day_brings_the_demand_and_its_peak(peak):
    demand = sizes.Demand(321.0, 12.0, 0.6, peak, 15.0)
    rates = sizes.rates(demand)
    scenario = parse(sizes.document(demand, 12), "planner")

    assert sum(rates) / 2 == pytest.approx(321.0), "half-hours of an hourly rate"
    assert max(rates) * len(rates) / sum(rates) == pytest.approx(peak)
    assert min(rates) >= 0
    assert scenario.citizens_per_day() == pytest.approx(321.0)
    assert [slot.label for slot in scenario.slots] == sizes.slot_labels()


def test_every_figure_of_a_planned_hall_is_an_assumption():
    scenario = parse(sizes.document(DEMAND, 12), "planner")

    assert "services.case.service_min" in scenario.assumptions()


def test_the_answer_is_the_fewest_windows_that_meet_the_target():
    found = sizes.answer(DEMAND)
    meets = {each.windows: each.meets(DEMAND.target) for each in found.sizes}

    assert found.chosen == min(windows for windows, met in meets.items() if met)
    assert not any(met for windows, met in meets.items() if windows < found.chosen)
    assert [each.windows for each in found.sizes] == list(range(found.sizes[0].windows, found.sizes[-1].windows + 1))


def test_the_formula_is_erlang_c_at_the_peak():
    # 40 an hour on average, 60 at the peak, 3 minutes each: 3 erlangs; the mean wait is C(c, a) s / (c - a)
    demand = sizes.Demand(cases=40 * 6.5, service=3.0, cv=1.0, peak=1.5, target=1.0)

    assert max(sizes.rates(demand)) == pytest.approx(60.0)
    assert sizes.formula_wait(demand, 3) is None
    a, c = 3.0, 5
    term = a**c / 120 * c / (c - a)
    delayed = term / (sum(a**k / factorial for k, factorial in enumerate((1, 1, 2, 6, 24))) + term)
    assert sizes.formula_wait(demand, 5) == pytest.approx(delayed * 3.0 / (c - a))


def test_seats_are_never_fewer_than_none():
    size = sizes.Size(40, None, {"value": 0.0, "low": 0.0, "high": 0.0}, {}, (3.0, 9.0), {})

    assert size.seats == size.seats_low == 0


def test_kept_results_have_a_bound_and_the_least_used_goes_first():
    kept = Kept(2)
    for key in ("a", "b"):
        kept.get_or_make(key, lambda key=key: key.upper())
    kept.get("a")
    kept.get_or_make("c", lambda: "C")

    assert (kept.get("a"), kept.get("b"), kept.get("c")) == ("A", None, "C")
    assert len(kept) == 2


def test_kept_results_survive_many_threads():
    kept, start, wrong = Kept(4), Barrier(8), []

    def ask(number):
        start.wait()
        for turn in range(200):
            key = (number + turn) % 6
            if kept.get_or_make(key, lambda key=key: key + 1) != key + 1:
                wrong.append(key)

    threads = [Thread(target=ask, args=(number,)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert wrong == []
    assert len(kept) <= 4


def test_what_fails_is_not_kept():
    kept = Kept(2)
    with pytest.raises(ZeroDivisionError):
        kept.get_or_make("a", lambda: 1 / 0)

    assert kept.get("a") is None


def test_no_change_gives_the_scenario_itself():
    scenario = halls.hall(halls.DEFAULT)

    assert halls.planned(scenario, []) is scenario


@pytest.mark.parametrize("name", halls.names())
def test_every_shipped_scenario_has_its_page(name):
    scenario = halls.hall(name)
    found = runs.comparison(scenario, scenario, 16)
    waits = runs.waits(found, both=False)

    assert halls.groups(scenario)
    assert (waits["low"] <= waits["value"]).all()
    assert (waits["value"] <= waits["high"]).all()
    assert waits["minute"].is_monotonic_increasing
    assert not runs.cover(scenario, scenario, found).empty


def test_a_line_breaks_over_lunch():
    scenario = halls.hall(halls.DEFAULT)
    waits = runs.waits(runs.comparison(scenario, scenario, 16), both=False).set_index("slot")

    assert waits.loc["11:30", "block"] != waits.loc["14:30", "block"]


def test_windows_for_two_hours_cost_their_hours():
    scenario = halls.hall(halls.DEFAULT)
    group = halls.groups(scenario)[0].id
    plan = halls.planned(scenario, halls.with_line([], f"windows.{group}=+3@10:00-12:00"))

    assert runs.duty_hours(plan) - runs.duty_hours(scenario) == pytest.approx(6.0)


def test_kiosks_cost_no_hours_and_tidal_windows_only_those_that_they_are_open():
    scenario = halls.hall(halls.DEFAULT)
    kiosks = halls.planned(scenario, halls.with_line([], "kiosk.tax=3@30%"))
    tide = halls.planned(scenario, halls.with_line([], "tidal.comprehensive=+2@12/2/30"))
    never = halls.planned(scenario, halls.with_line([], "tidal.comprehensive=+2@5000"))

    assert runs.duty_hours(kiosks) == runs.duty_hours(scenario)
    assert runs.duty_hours(tide) - runs.duty_hours(scenario) == pytest.approx(13.0), "two windows for 6.5 hours"
    measured = [runs.duty_hours(each, runs.comparison(scenario, each, 16).plan) for each in (tide, never)]
    open_for, closed = (hours - runs.duty_hours(scenario) for hours in measured)
    assert 1.0 < open_for < 12.0
    assert closed == pytest.approx(0.0, abs=0.1)


def test_the_first_addition_begins_where_the_roster_is_short():
    scenario = halls.hall(halls.DEFAULT)
    found = runs.comparison(scenario, scenario, runs.REPLICATIONS[0])
    cover = runs.cover(scenario, scenario, found)
    addition = advice.first_addition(scenario, found)

    assert addition.start == next(row.slot for row in cover.itertuples() if row.needed > row.base)
    assert addition.difference["high"] < 0


def test_needed_windows_count_those_who_book():
    scenario = halls.hall(halls.DEFAULT)
    plan = halls.planned(scenario, halls.with_line([], "appointments=30%"))
    found = runs.comparison(scenario, plan, 16)
    before, after = (runs.cover(scenario, each, found)["needed"] for each in (scenario, plan))

    assert after.sum() > 0.9 * before.sum(), "appointments move the work within the day, they do not take it away"
    assert after.max() < before.max(), "and spread it"


def test_the_heat_map_of_a_plan_and_its_difference_from_the_base():
    scenario = halls.hall(halls.DEFAULT)
    plan = halls.planned(scenario, halls.with_line([], "windows.comprehensive=+3@10:00-12:00"))
    base, changed, gap = (runs.heat(scenario, plan, side).set_index(["service", "slot"]) for side in ("base", "plan", "difference"))

    mean = (base["value"] * base["tickets"]).sum() / base["tickets"].sum()
    assert mean == pytest.approx(runs.comparison(scenario, scenario, 100).base.measures["mean_wait"].value)
    cell = ("tax", "10:30")
    assert gap.loc[cell, "value"] == pytest.approx(changed.loc[cell, "value"] - base.loc[cell, "value"])
    assert gap.loc[cell, "high"] < 0
    assert gap.loc[cell, "clear"]
    assert not gap.loc[("tax", "08:00"), "clear"], "nothing has changed before the windows open"


LINES = {
    "windows.comprehensive=+2@10:00-12:00": ("2 more at Comprehensive window, 10:00–12:00", "综合窗口 10:00–12:00 加开 2 个窗口"),
    "windows.comprehensive=-1": ("1 fewer at Comprehensive window, all day", "综合窗口 全天少开 1 个窗口"),
    "windows.comprehensive=6": ("Comprehensive window · Number of windows: 8 → 6", "综合窗口 · 窗口数：8 → 6"),
    "tidal.comprehensive=+2@8/2/30": (
        "2 tidal windows at Comprehensive window: open at 8 waiting, close at 2, at least 30 min",
        "综合窗口 另加 2 个潮汐窗口：8 人等候时开，2 人以下关，至少开 30 分钟",
    ),
    "kiosk.tax=3@30%": ("Kiosks: 3, used by 30% of Tax", "自助机 3 台：税务 的 30% 使用"),
    "layout=comprehensive": (
        "Layout of the windows: as it is → comprehensive: every window, every service",
        "窗口布局：保持现状 → 全部综合窗口（无差别）",
    ),
    "comprehensive=2": ("2 windows turned comprehensive", "2 个专窗改为综合窗口"),
    "lunch=ab": ("Lunch: closed → covered in two halves (AB岗)", "午间：午间关门 → AB 岗轮流值守"),
    "quota.tax=60": ("Tax · Tickets in each opening period: no limit → 60", "税务 · 每个开放时段的限号：不限 → 60"),
    "hours=14:30-18:00": ("Opening hours: 14:30–17:30 → 14:30–18:00", "开放时间：14:30–17:30 → 14:30–18:00"),
    "set.rules.ghost_min=1": ("rules.ghost_min: none → 1", "rules.ghost_min：无 → 1"),
}


@pytest.mark.parametrize("line", LINES)
def test_a_change_reads_as_a_sentence(line):
    document = halls.hall(halls.DEFAULT).document

    assert tuple(changes.sentence(Words(language), document, read_change(line)) for language in ("en", "zh")) == LINES[line]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("lever", LEVERS.values(), ids=lambda each: each.name)
def test_every_lever_and_every_choice_has_its_words(lever, language):
    words = Words(language)

    assert changes.label(words, lever.name)
    assert words.has(f"topic_{lever.topic}")
    said = [changes.value_in_words(words, lever.name, each) for each in lever.form.options]
    assert len(set(said)) == len(said)
    assert not [each for each in said if "_" in each], "a rule is told in words"
    assert language == "en" or not set(said) & set(lever.form.options)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENHALL_HOME", str(tmp_path))
    return tmp_path


def test_a_saved_plan_comes_back_and_one_of_the_same_name_takes_its_place(home):
    made = [read_change("lunch=ab"), read_change("windows.any=+2@10:00-12:00")]
    library.save(" 午间\u202e 覆盖\n", "potou-2022", "d1", made, note="李主任提")
    library.save("other", "ouhai-2016", "d2", made[:1])

    (found,) = library.plans_of("potou-2022")
    assert (found.name, found.changes, found.note, found.digest) == ("午间 覆盖", tuple(made), "李主任提", "d1")
    library.save("午间 覆盖", "potou-2022", "d3", made[:1])
    assert [each.changes for each in library.plans_of("potou-2022")] == [(made[0],)]
    assert library.find("potou-2022", "午间 覆盖").digest == "d3"
    library.forget("potou-2022", "午间 覆盖")
    assert library.plans_of("potou-2022") == []
    assert len(library.plans_of("ouhai-2016")) == 1


def test_a_plan_without_a_name_a_full_library_and_a_damaged_file_are_refused(home, monkeypatch):
    with pytest.raises(BadInput, match="is no name for a plan"):
        library.save(" \u200b\n", "potou-2022", "", [])
    monkeypatch.setattr(library, "MOST", 1)
    library.save("a", "potou-2022", "", [])
    with pytest.raises(BadInput, match="room for 1"):
        library.save("b", "potou-2022", "", [])
    other = '[[plans]]\nname = "a"\n'
    for broken in ("not toml [", other, f'{other}scenario = "b"\nchanges = ["lunhc=1"]\n', "plans = 3\n"):
        library.path().write_text(broken, encoding="utf-8")
        with pytest.raises(BadInput, match="the saved plans cannot be read"):
            library.plans_of("potou-2022")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_of_a_shipped_hall_has_words(language):
    words = Words(language)
    for name in halls.names():
        scenario = halls.hall(name)
        told = {path: field_in_words(words, scenario.document, path) for path, _ in halls.sources(scenario)}
        assert not [path for path, text in told.items() if text == path]
    assert field_in_words(words, scenario.document, "services.nobody.unheard_of") == "services.nobody.unheard_of"


def test_a_figure_is_called_by_its_entry_and_its_key():
    document = {"services": [{"id": "tax", "name": {"zh": "税务", "en": "Tax"}}]}
    assert field_in_words(Words("zh"), document, "services.tax.target.share") == "税务 · 目标内叫号占比"
    assert field_in_words(Words("en"), document, "services.tax.service_min") == "Tax · service time (min)"
    assert field_in_words(Words("en"), document, "opening.early_min") == "how early people come before the doors (min)"
