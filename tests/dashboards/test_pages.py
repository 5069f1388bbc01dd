"""Each page, run without a browser: it draws, it answers, it refuses kindly, and it keeps its state when the language changes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards import app as application
from dashboards.data import advice, halls, runs, sizes
from dashboards.texts import sentences

APP = Path(application.__file__)
CHINESE = re.compile(r"[\u3400-\u9fff]")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A data folder of its own, without any record."""
    monkeypatch.setenv("OPENHALL_HOME", str(tmp_path))
    monkeypatch.delenv("OPENHALL_DATABASE", raising=False)


def page(name, language="zh", **asked):
    test = AppTest.from_file(str(APP), default_timeout=60)
    test.query_params.update({"page": name, "lang": language, **asked})
    test.run()
    assert not test.exception
    return test


def html(test):
    """What the page shows as HTML of ours, tags removed."""
    return re.sub(r"<[^>]+>", "", " ".join(each.proto.body for each in test.get("html") if "<style>" not in each.proto.body))


def answer(test):
    """The sentence at the top, and its tone."""
    found = next(each.proto.body for each in test.get("html") if 'class="answer' in each.proto.body)
    return re.sub(r"<[^>]+>", "", found), re.search(r'class="answer (\w+)"', found)[1]


def table(test, first_column):
    """The first table whose first column is so named."""
    return next(each.value for each in test.dataframe if each.value.columns[0] == first_column)


def texts_of(test):
    parts = [
        *test.caption,
        *test.subheader,
        *test.markdown,
        *test.error,
        *test.warning,
        *test.button,
        *test.selectbox,
        *test.number_input,
        *test.toggle,
    ]
    return " ".join([html(test), *(str(getattr(each, "label", "") or getattr(each, "value", "")) for each in parts)])


@pytest.mark.parametrize("name", application.PAGES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_page_draws_in_its_language_and_answers_first(name, language):
    test = page(name, language)
    sentence, _ = answer(test)

    assert bool(CHINESE.search(sentence.replace("岗", ""))) == (language == "zh") or name == "inspector"
    assert len(sentence) > 15
    assert not test.error


@pytest.mark.parametrize("asked", [{"page": "nothing"}, {"page": "../app"}, {"lang": "fr", "page": "<b>"}])
def test_an_address_that_is_not_ours_shows_the_first_page(asked):
    test = AppTest.from_file(str(APP), default_timeout=60)
    test.query_params.update(asked)
    test.run()

    assert not test.exception
    assert test.segmented_control(key="page_switch").value == "manager"


def test_english_pages_hold_no_chinese_but_the_switch():
    test = page("planner", "en")

    assert not CHINESE.search(texts_of(test).replace(sentences()["other_language"]["en"], ""))


def test_the_language_can_be_switched_at_any_moment_and_the_plan_stays():
    test = page("manager", "zh", more="3", demand="120")
    test.button(key="language_switch").click().run()

    assert test.query_params["lang"] == "en"
    assert test.number_input(key="more").value == 3
    assert test.number_input(key="demand").value == 120
    assert test.button(key="language_switch").label == "中文"


def test_an_unchanged_plan_says_where_to_begin():
    sentence, tone = answer(page("manager"))

    assert tone in ("plain", "good")
    assert "95% 区间" in sentence


def test_the_first_thing_to_try_is_named_with_its_gain_and_can_be_tried():
    test = page("manager", "zh")
    sentence, _ = answer(test)
    named = re.search(r"先给「(.+?)」在 (\S+?)–(\S+) 加开 1 个窗口：.*缩短 ([\d.]+) 分钟", sentence)
    test.button(key="try").click().run()
    tried, tone = answer(test)

    assert (test.selectbox(key="from").value, test.selectbox(key="until").value) == named.groups()[1:3]
    assert test.number_input(key="more").value == 1
    assert tone == "good"
    assert abs(float(re.search(r"缩短 ([\d.]+) 分钟", tried)[1]) - float(named[4])) < 1.0, "fewer days were tried than are shown"


def test_where_one_window_more_makes_no_difference_the_page_says_so(monkeypatch):
    monkeypatch.setattr(advice, "first_addition", lambda scenario, found: None)
    sentence, tone = answer(page("manager", "en"))

    assert tone == "warn"
    assert sentence.startswith("One more window in any group makes no clear difference")


def test_more_windows_at_ten_shorten_the_wait_and_the_page_says_so():
    test = page("manager")
    test.number_input(key="more").set_value(4).run()
    sentence, tone = answer(test)

    assert tone == "good"
    assert sentence.startswith("这个方案有效")
    assert test.query_params["more"] == "4"


def test_more_people_lengthen_the_wait():
    test = page("manager", "en", demand="150")
    sentence, tone = answer(test)

    assert tone == "warn"
    assert "150%" in sentence
    assert "rises by" in sentence


def test_inputs_that_differ_are_listed_before_the_measures():
    test = page("manager", "zh", more="2", demand="110")
    headings = [each.value for each in test.subheader]
    rows = table(test, "输入")

    assert headings.index("改了什么") < headings.index("结果对比")
    assert [row[2] for row in rows.itertuples(index=False)][:2] == ["2", "110"]


def test_every_measure_stands_with_its_interval_difference_and_words():
    test = page("manager", "zh", more="2")
    measures = table(test, "指标")
    wait = measures.iloc[0]

    assert re.fullmatch(r"[\d.]+ \[[\d.]+, [\d.]+\]", wait["基础"])
    assert re.fullmatch(r"−[\d.]+ \[−[\d.]+, −[\d.]+\]", wait["差（方案 − 基础）"])
    assert wait["结论"] == "更好"
    assert set(measures["结论"]) <= {"更好", "更差", "增加", "减少", "相同", "无明显差别", "证据不足"}


def test_a_plan_that_leaves_a_service_alone_is_explained():
    scenario = halls.hall(halls.DEFAULT)
    asked = {f"w.{group.id}": "0" for group in halls.groups(scenario)}
    sentence, tone = answer(page("manager", "zh", **asked))

    assert tone == "warn"
    assert sentence == sentences()["manager_impossible"]["zh"]


@pytest.mark.parametrize(
    ("key", "value"), [("more", "-1"), ("more", "1e9"), ("demand", "nan"), ("scenario", "../../etc/passwd"), ("from", "25:99"), ("n", "7")]
)
def test_an_address_with_nonsense_is_read_as_the_default(key, value):
    test = page("manager", "zh", **{key: value})

    assert not test.error
    assert test.number_input(key="more").value == 0
    assert test.selectbox(key="scenario").value == halls.names()[0]


def test_back_to_the_base_forgets_every_change():
    test = page("manager", "zh", more="3", demand="120", lunch="1")
    test.button(key="reset").click().run()

    assert test.number_input(key="more").value == 0
    assert not {"more", "demand", "lunch"} & set(test.query_params)


def test_more_replications_narrow_the_interval_and_stay_in_the_address():
    test = page("manager")
    test.button(key="more_replications").click().run()

    assert test.query_params["n"] == str(runs.REPLICATIONS[1])
    assert f"{runs.REPLICATIONS[1]} 次重复" in " ".join(each.value for each in test.caption)


def test_seed_digest_version_and_replications_are_shown():
    line = next(each.value for each in page("manager", "en").caption if "Seed" in each.value)

    assert re.search(r"Seed 1 · 100 replications · unit of an interval: day · digest of the inputs `[0-9a-f]{12}` · version \S+", line)


def test_a_refused_scenario_is_explained_in_the_readers_language(tmp_path, monkeypatch):
    (tmp_path / "broken.toml").write_text('schema = 1\nname = "broken"\n', encoding="utf-8")
    monkeypatch.setattr("dashboards.shipped.SCENARIOS", tmp_path)
    test = page("manager", "zh")

    assert [each.value for each in test.error] == [sentences()["refused"]["zh"]]
    assert CHINESE.search(test.code[0].value)


def test_without_scenarios_the_page_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr("dashboards.shipped.SCENARIOS", tmp_path)

    assert "make demo" in answer(page("manager", "en"))[0]


def test_a_failure_is_told_without_its_details(monkeypatch):
    def fail(*given, **more):
        raise RuntimeError("secret path /etc/x")

    monkeypatch.setattr(runs, "comparison", fail)
    test = page("manager", "en")

    assert re.fullmatch(r"This page could not be drawn \(reference [0-9a-f]{8}\).*", test.error[0].value)
    assert "secret" not in texts_of(test)


def test_the_planner_answers_with_windows_seats_and_an_interval():
    sentence, tone = answer(page("planner", "en"))

    assert tone == "good"
    assert re.match(r"Build \d+ windows and \d+ waiting seats .* \(95% interval [\d.]+ to [\d.]+\)", sentence)


def test_the_planner_warns_when_the_formula_misleads():
    test = page("planner", "en", peak="2.0")

    assert "formula misleads" in test.warning[0].value


def test_the_planner_marks_what_it_assumes():
    test = page("planner", "zh")

    assert all("◇" in test.number_input(key=key).label for key in ("service", "peak", "cv"))


def test_a_demand_that_no_window_meets_is_answered_too(monkeypatch):
    monkeypatch.setattr(sizes, "MOST_STEPS", 0)
    sizes.answer.clear()
    sentence, tone = answer(page("planner", "en", per="day", cases_day="2000", peak="1.0", target="1.0", service="2.0", cv="3.0"))
    sizes.answer.clear()

    assert tone == "warn"
    assert "do not reach the target of 1 min" in sentence


def test_a_demand_too_large_for_a_page_is_answered_at_once(monkeypatch):
    monkeypatch.setattr(sizes, "answer", None)
    sentence, tone = answer(page("planner", "en", cases_year="5000000", days="1"))

    assert tone == "warn"
    assert "5,000,000 cases a day are more than" in sentence
