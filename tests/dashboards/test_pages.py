"""Each page, run without a browser: it draws, it answers, it refuses kindly, and it keeps its state when the language changes."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards import app as application
from dashboards import jobs
from dashboards.data import advice, halls, runs, sizes
from dashboards.texts import sentences
from tests.dashboards.long_work import unheard
from tests.dashboards.pages import CHINESE
from tests.dashboards.pages import open_page as page

pytestmark = pytest.mark.usefixtures("home")

APP = Path(application.__file__)
MORE = "windows.comprehensive=+3@10:00-12:00"


def wait_for(id):
    """Until a job is done."""
    end = time.monotonic() + 240
    while not jobs.look(id).is_over and time.monotonic() < end:
        time.sleep(0.1)
    assert jobs.look(id).state == "done", jobs.look(id)


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
    test = AppTest.from_file(str(APP), default_timeout=240)
    test.query_params.update(asked)
    test.run()

    assert not test.exception
    assert test.segmented_control(key="page_switch").value == "manager"


def test_english_pages_hold_no_chinese_but_the_switch():
    test = page("planner", "en")

    assert not CHINESE.search(texts_of(test).replace(sentences()["other_language"]["en"], ""))


def test_the_language_can_be_switched_at_any_moment_and_the_plan_stays():
    test = page("manager", "zh", change=[MORE, "demand=120%"])
    test.button(key="language_switch").click().run()

    assert test.query_params["lang"] == "en"
    assert test.number_input(key="more").value == 3
    assert test.slider(key="lever_demand").value == 120
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
    assert test.query_params["change"] == "windows.real-estate-window=+4@10:00-17:30"


def test_more_people_lengthen_the_wait():
    test = page("manager", "en", change="demand=150%")
    sentence, tone = answer(test)

    assert tone == "warn"
    assert "150%" in sentence
    assert "rises by" in sentence


def test_inputs_that_differ_are_listed_before_the_measures():
    test = page("manager", "zh", change=["windows.comprehensive=+2@10:00-12:00", "demand=110%"])
    headings = [each.value for each in test.subheader]
    rows = table(test, "输入")

    assert headings.index("改了什么") < headings.index("结果对比")
    assert [row[2] for row in rows.itertuples(index=False)][:2] == ["+2", "110%"]


def test_every_measure_stands_with_its_interval_difference_and_words():
    test = page("manager", "zh", change=MORE)
    measures = table(test, "指标")
    wait = measures.iloc[0]

    assert re.fullmatch(r"[\d.]+ \[[\d.]+, [\d.]+\]", wait["基础"])
    assert re.fullmatch(r"−[\d.]+ \[−[\d.]+, −[\d.]+\]", wait["差（方案 − 基础）"])
    assert wait["结论"] == "更好"
    assert set(measures["结论"]) <= {"更好", "更差", "增加", "减少", "相同", "无明显差别", "证据不足"}


def test_a_plan_that_leaves_a_service_alone_is_explained_and_can_be_undone():
    test = page("manager", "zh", change=[f"windows.{each.id}=0" for each in halls.groups(halls.hall(halls.DEFAULT))])
    sentence, tone = answer(test)

    assert tone == "warn"
    assert sentence.startswith(sentences()["manager_impossible"]["zh"])
    assert "无人办理" in sentence
    test.button(key="undo_4").click().run()
    assert "无人办理" not in answer(test)[0]


@pytest.mark.parametrize(
    ("key", "value"), [("scenario", "../../etc/passwd"), ("n", "7"), ("group", "nobody"), ("heat", "x"), ("beside", "x")]
)
def test_an_address_with_nonsense_is_read_as_the_default(key, value):
    test = page("manager", "zh", **{key: value})

    assert not test.error
    assert test.number_input(key="more").value == 0
    assert test.selectbox(key="scenario").value == halls.names()[0]


@pytest.mark.parametrize("line", ["more=3", "lunch", "windows.comprehensive=1e9", "lunch=<b>x</b>", "=", "quota.tax=-1"])
def test_a_change_that_is_none_is_left_out_and_told(line):
    test = page("manager", "zh", change=[line, "demand=90%"])

    assert not test.error
    assert test.warning[0].value.startswith(sentences()["plan_line_refused"]["zh"])
    assert test.slider(key="lever_demand").value == 90


def test_a_lever_moved_back_to_the_base_is_no_change():
    test = page("manager")
    test.slider(key="lever_demand").set_value(120).run()
    assert test.query_params["change"] == "demand=120%"
    test.slider(key="lever_demand").set_value(100).run()
    assert "change" not in test.query_params


MOVES = {
    "lever_lunch": ("selectbox", "ab", "lunch=ab"),
    "lever_places": ("number_input", 40, "places=40"),
    "lever_quota": ("number_input", 20, "quota=20"),
    "lever_appointments": ("slider", 30, "appointments=30%"),
    "lever_at_end": ("selectbox", "finish_current", "at_end.2=finish_current"),
    "lever_last_ticket": ("selectbox", "17:00", "last_ticket.2=17:00"),
    "lever_hours_to_0": ("selectbox", "18:00", "hours.2=14:30-18:00"),
    "lever_idle_window": ("selectbox", "longest_idle", "idle_window=longest_idle"),
    "lever_windows": ("number_input", 3, "windows.real-estate-window=3"),
    "lever_comprehensive": ("number_input", 2, "comprehensive=2"),
    "lever_absence": ("slider", 5, "absence.real-estate-window=5%"),
    "lever_shifts_from_1": ("selectbox", "15:00", "shifts=08:30-12:00,15:00-17:30"),
    "lever_ab_break_from_0": ("selectbox", "10:00", "ab_break=10:00-10:30"),
    "lever_at_break": ("selectbox", "interrupt_restart", "at_break=interrupt_restart"),
    "lever_layout": ("selectbox", "comprehensive", "layout=comprehensive"),
    "lever_tidal": ("number_input", 2, "tidal.real-estate-window=+2@8/2/30"),
    "lever_covers": ("multiselect", ["tax"], "covers.real-estate-window=tax"),
    "lever_kiosk": ("number_input", 3, "kiosk=3@30%"),
    "lever_pre_check": ("number_input", 2, "pre_check=2@50%"),
    "lever_longest_wait": ("number_input", 45.0, "longest_wait=45"),
    "lever_last_start": ("selectbox", "17:15", "last_start.2=17:15"),
    "lever_day_cv": ("slider", 20, "day_cv=20%"),
    "lever_urgent": ("selectbox", "yes", "urgent=yes"),
    "lever_priority": ("number_input", 1, "priority=1"),
    "lever_service_time": ("slider", 90, "service_time=90%"),
    "lever_help": ("selectbox", "tax", "help.real-estate-window=tax@5"),
}


@pytest.mark.parametrize("key", MOVES)
def test_moving_a_lever_is_a_change_with_its_sentence_and_can_be_undone(key):
    kind, value, line = MOVES[key]
    test = page("manager")
    getattr(test, kind)(key=key).set_value(value).run()

    assert not test.exception
    assert test.query_params["change"] == line
    assert getattr(test, kind)(key=key).value == value, "the lever shows the plan"
    assert "基础" not in answer(test)[0]
    assert len(test.button(key="undo_0").label) > 4
    test.button(key="undo_0").click().run()
    assert "change" not in test.query_params
    assert getattr(test, kind)(key=key).value != value


def test_fewer_people_served_is_no_success():
    sentence, tone = answer(page("manager", "en", change="quota=3"))

    assert tone == "warn"
    assert sentence.startswith("Careful")
    assert "more people are turned away (+" in sentence


def test_a_second_period_stands_beside_the_first():
    test = page("manager", change=MORE)
    test.button(key="another_period").click().run()
    test.selectbox(key="from").set_value("14:30").run()
    test.selectbox(key="until").set_value("16:00").run()
    test.number_input(key="more").set_value(2).run()

    labels = [test.button(key=f"undo_{n}").label for n in (0, 1)]
    assert labels == ["综合窗口 10:00–12:00 加开 3 个窗口", "综合窗口 14:30–16:00 加开 2 个窗口"]


def test_any_key_can_be_set_and_what_cannot_is_refused():
    test = page("manager", "en")
    test.text_input(key="key_path").set_value("services.tax.target.wait_min").run()
    test.text_input(key="key_value").set_value("10").run()
    test.button(key="key_set").click().run()
    assert test.query_params["change"] == "set.services.tax.target.wait_min=10"
    assert "cannot be" not in answer(test)[0]
    test.text_input(key="key_path").set_value("services.tax.quta").run()
    test.button(key="key_set").click().run()
    assert "did you mean" in answer(test)[0]


def test_plans_are_saved_opened_compared_and_deleted():
    test = page("manager", "en", change="lunch=ab")
    test.text_input(key="plan_name").set_value("Lunch <cover>").run()
    test.button(key="plan_save_do").click().run()
    for line in ("demand=90%", "windows.comprehensive=+1"):
        test = page("manager", "en", change=["lunch=ab", line])
    rows = table(test, "plan")

    assert list(rows["plan"]) == ["base", "Lunch <cover>", "this plan (not saved)"]
    assert re.fullmatch(r"−[\d.]+ \[−[\d.]+, −[\d.]+\]", rows["mean wait minus base (min)"][1])
    assert rows["in words"][1] == "better"
    assert "1 more at Comprehensive window" in rows["What differs"][2]
    test.button(key="plan_open").click().run()
    assert test.query_params["change"] == "lunch=ab"
    test.button(key="plan_delete").click().run()
    assert sentences()["plans_none"]["en"] in [each.value for each in test.caption]


def test_another_hall_begins_with_its_base():
    test = page("manager", change=MORE)
    test.selectbox(key="scenario").set_value("huangshi-2019").run()

    assert not test.exception
    assert "change" not in test.query_params


@pytest.mark.parametrize("name", halls.names())
def test_every_hall_has_its_levers(name):
    test = page("manager", "en", scenario=name)

    assert not test.error
    assert not test.warning
    assert test.selectbox(key="lever_idle_window").value


def test_back_to_the_base_forgets_every_change():
    test = page("manager", "zh", change=[MORE, "demand=120%", "lunch=ab"])
    test.button(key="reset").click().run()

    assert test.number_input(key="more").value == 0
    assert "change" not in test.query_params


def test_more_replications_are_a_job_whose_result_the_page_shows_in_the_end():
    test = page("manager")
    test.button(key="more_replications").click().run()

    assert test.query_params["n"] == str(runs.REPLICATIONS[1])
    (job,) = jobs.listed()
    assert f"{runs.REPLICATIONS[0]} 次重复" in " ".join(each.value for each in test.caption), "meanwhile the page shows what it has"
    wait_for(job.id)
    test.run()
    assert f"{runs.REPLICATIONS[1]} 次重复" in " ".join(each.value for each in test.caption)

    opened = AppTest.from_file(str(APP), default_timeout=240)
    opened.query_params.update({"job": job.id, "lang": "en"})
    opened.run()
    assert opened.query_params["page"] == "manager"
    assert f"{runs.REPLICATIONS[1]} replications" in " ".join(each.value for each in opened.caption)
    listed = table(page("jobs", "en"), "Job")
    assert listed["State"].tolist() == ["done"]
    assert listed["Link"].tolist() == [f"?job={job.id}&lang=en"]


def test_a_cancelled_job_leaves_the_first_replications_and_can_be_started_again():
    test = page("manager", "en", n=str(runs.REPLICATIONS[3]))
    (job,) = jobs.listed()
    test.button(key=f"cancel_{job.id}").click().run()
    test.run()

    assert jobs.look(job.id).state == "cancelled"
    assert "n" not in test.query_params
    assert f"{runs.REPLICATIONS[0]} replications" in " ".join(each.value for each in test.caption)
    opened = page("jobs", "en", job=job.id)
    assert "Cancelled" in opened.warning[0].value
    opened.button(key=f"again_{job.id}").click().run()
    assert not jobs.look(job.id).is_over
    jobs.cancel(job.id)


def test_another_plan_begins_with_the_first_replications_again():
    test = page("manager", "en", n=str(runs.REPLICATIONS[1]))
    (job,) = jobs.listed()
    test.number_input(key="more").set_value(1).run()

    assert "n" not in test.query_params
    assert "The plan has changed" in test.info[0].value
    assert len(jobs.listed()) == 1, "moving a lever asks for no long work"
    jobs.cancel(job.id)


def test_a_large_hall_is_sized_by_a_job_and_the_formula_answers_meanwhile(monkeypatch):
    monkeypatch.setattr(sizes, "MOST_AT_ONCE", 100)
    small = {"per": "day", "cases_day": "150"}
    test = page("planner", "en", **small)

    assert "until the answer is there" in answer(test)[0]
    (job,) = jobs.listed()
    wait_for(job.id)
    assert "until the answer is there" not in answer(page("planner", "en", **small))[0]
    demand = sizes.Demand(**job.arguments)
    assert sizes.Answer.from_dict(jobs.result(job.id)) == sizes.find(demand)


@pytest.mark.parametrize("asked", ["", "nonsense", "../../etc/passwd", "0" * 20])
def test_a_link_to_no_job_says_so(asked):
    test = AppTest.from_file(str(APP), default_timeout=240)
    test.query_params.update({"job": asked, "lang": "en"})
    test.run()

    assert not test.exception
    assert "There is no such job" in test.warning[0].value


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


def test_the_page_of_belief_names_the_queues_that_it_doubts_and_refuses_what_is_no_verdict():
    from dashboards.data import beliefs
    from dashboards.texts import Words
    from dashboards.verdicts import doubted

    test = page("believe", "en")
    told = beliefs.of_sample()

    assert [each["name"] for each in told["checks"]] == ["factor"]
    assert doubted(told)
    assert all(any(name.split(":")[1].strip()[:12] in each.value for each in test.markdown) for name in doubted(told))
    assert told["rejects"]["far_date"] == 125
    with pytest.raises(beliefs.BadInput, match="no verdict"):
        beliefs.of_file("x.json", b"[1]")
    assert beliefs.of_file("x.json", json.dumps(told).encode())["people"] == told["people"]
    assert Words("zh")("believe_doubted", names="x").startswith("不可信")


def test_a_verdict_on_little_says_so_and_names_the_hours_that_are_not_to_be_believed():
    from dashboards.data import beliefs
    from dashboards.texts import Words
    from dashboards.verdicts import doubted_hours, tone, verdict

    told = beliefs.of_sample()
    check = told["checks"][0] | {"value": 1.2, "kept": True}
    little = told | {"checks": [check]}
    hours = [
        {"slot": f"{n // 2:02d}:{30 * (n % 2):02d}", "people": 50, "observed": n, "simulated": 5, "low": 4, "high": 6} for n in range(3, 9)
    ]
    much = little | {"held_days": ["d"] * 6, "by_service": told["by_service"] * 9, "checks": [check, check | {"name": "mean"}]}

    assert "on little evidence (one bar only, 3 held days" in verdict(Words("en"), little)
    assert verdict(Words("zh"), little).startswith("暂时可信，但证据不多（只有一条标准")
    assert doubted_hours({"by_half_hour": hours}) == ["01:30–02:00", "03:30–04:30"]
    assert "not for 01:30–02:00, 03:30–04:30" in verdict(Words("en"), much | {"by_half_hour": hours})
    assert [tone(each, Words("en")) for each in (much, little, told | {"checks": [check | {"kept": False}]})] == ["good", "plain", "warn"]
    assert verdict(Words("en"), told | {"people": 7}).startswith("It cannot be told")


def test_an_uploaded_log_is_judged_by_a_job_and_its_link_opens_the_verdict_again():
    from dashboards.data import beliefs, uploads
    from dashboards.jobs.believed import judging

    sample = uploads.keep("queues.csv.gz", beliefs.SAMPLE.read_bytes())
    work = judging(sample, "queues.csv.gz", beliefs.MAPPING)
    address = {"log": sample, "named": "queues.csv.gz", "how": beliefs.MAPPING}
    assert "has not been judged yet" in answer(page("believe", "en", **address))[0]
    wait_for(jobs.start("believe", work))
    test = page("believe", "en", **address)

    assert "typical factor" in answer(test)[0]
    assert any("queues.csv.gz" in each.value for each in test.caption)
    assert jobs.result(jobs.id_of("believe", work))["people"] == beliefs.of_sample()["people"]


def test_a_log_is_judged_with_its_opening_or_its_office_and_a_refusal_names_the_file_and_no_option():
    from dashboards.data import beliefs, uploads
    from dashboards.jobs.believed import believe, judging

    sample = uploads.keep("queues.csv.gz", beliefs.SAMPLE.read_bytes())
    test = page("believe", "en")
    keys = [each.key for each in test.text_input]
    assert "believe_opens" in keys
    assert "believe_office" not in keys
    test.text_input(key="believe_opens").set_value("25:00").run()
    assert any(each.value.startswith("what the clock shows") and "25:00" in each.value and "--" not in each.value for each in test.code)
    test.selectbox(key="believe_mapping").set_value(beliefs.MAPPING).run()
    keys = [each.key for each in test.text_input]
    assert "believe_office" in keys
    assert "believe_opens" not in keys
    for more, said in (({"office": "Nowhere"}, "Nowhere"), ({"opens": "08:30"}, "08:30")):
        with pytest.raises(uploads.BadInput) as refused:
            believe(judging(sample, "queues.csv.gz", beliefs.MAPPING, **more), unheard)
        assert refused.value.text("en").startswith("queues.csv.gz: ")
        assert said in refused.value.text("en")
    test = page("believe", "zh", log=sample, named="queues.csv.gz", how=beliefs.MAPPING, office="UD_Zoliborz")
    assert "还没有判断" in answer(test)[0]


def test_a_wrong_log_is_refused_in_the_page_s_language_by_place_value_rule_and_cure():
    from dashboards.data import uploads
    from dashboards.jobs.believed import believe, judging

    wrong = uploads.keep("wrong.csv", b"a,b\n1,2\n")
    with pytest.raises(uploads.BadInput) as refused:
        believe(judging(wrong, "wrong.csv", "openhall"), unheard)
    assert refused.value.text("zh").startswith("wrong.csv：记录中没有用作")
    for name, content, code in (("x.pdf", b"1", "upload_kind"), ("x.csv", b" ", "upload_empty")):
        with pytest.raises(uploads.BadInput) as refused:
            uploads.keep(name, content)
        assert [each.code for each in refused.value.faults] == [code]
    with pytest.raises(uploads.BadInput):
        uploads.mapping("../../etc/passwd")
    test = page("believe", "zh", log="../secret.csv", how="openhall")
    assert "还没有判断" in answer(test)[0]
