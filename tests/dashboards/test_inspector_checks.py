"""Checks, cases, periods and rating figures on the inspector's page: acts through the pages, refusals that lose nothing, scopes."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import pytest

from dashboards.data import cases, checks, outcomes, record, work
from supervision import accounts
from supervision.checks.form import VisitForm
from supervision.db.store import open_store
from supervision.intake import import_file
from tests.dashboards.pages import CHINESE, answer, click, open_page, table_with, written

page = partial(open_page, "inspector")

CASES = """case_number,accepted,service,kind,stopped,resumed,stop_reason
T-1,2022-11-01 09:20,tax,promised,2022-11-03 10:00,2022-11-08 15:00,等待补正材料
"""
STOPS = "case_number,stopped,stop_kind,document\nT-1,2022-11-03 10:00,supplement,补正告知书17\n"


def windows(hall):
    return list(work.window_names(hall))


def seen(hall, codes=("dress",), window=0, person="督查甲", minute=35, **more):
    form = VisitForm(windows(hall)[window], "covert_visit", datetime(2022, 11, 8, 9, minute), 12, 3, codes, note="拍照被劝阻", **more)
    return checks.record(hall, form, [], person)


def test_a_draw_is_fixed_revealed_and_proved_on_the_page_and_makes_the_plan(hall):
    test = page(person="督查甲", view="checks")
    assert "还没有检查计划" in answer(test)
    test.multiselect(key="draw_who").set_value(["督查甲", "督查乙"]).run()
    test.multiselect(key="draw_conflict_督查甲").set_value([windows(hall)[0]])
    test.number_input(key="draw_count").set_value(3)
    test.number_input(key="draw_each").set_value(1)
    number = test.text_input(key="draw_number").value
    click(test, "固定名单和种子摘要")
    committed = checks.draws(hall)[0]
    assert committed.commitment in written(test)
    assert committed.plan.conflicts == (("督查甲", windows(hall)[0]),)
    assert "种子尚未公布" in answer(test)
    click(test, "公布种子并抽取")
    drawn = checks.draws(hall)[0]

    assert drawn.seed in written(test)
    assert "重算了一遍：结果一致" in written(test)
    assert list(table_with(test, "进度")["进度"]) == ["未检查"] * 3
    assert test.text_input(key="draw_number").value != number, "the next draw has a number of its own"
    first = checks.plan(hall)[0]
    checks.record(hall, VisitForm(first.window, "covert_visit", checks.now_in(hall), 12, 3, draw=first.draw), [], first.inspectors[0])
    again = page(view="checks")
    assert sum(each.startswith("已检查") for each in table_with(again, "进度")["进度"]) == 1
    assert "还有 2 次检查没有做" in answer(again)


def test_a_form_that_is_refused_keeps_what_was_filled_in_and_one_that_is_recorded_makes_room_for_the_next(hall):
    test = page(person="督查甲", view="checks", part="form")
    test.selectbox(key="form_window").set_value(windows(hall)[3])
    test.button_group(key="form_codes").set_value(["dress"])
    test.number_input(key="form_waiting").set_value(5)
    click(test, "登记这次检查")
    assert "观察分钟" in test.error[0].value or "照片" in test.error[0].value
    assert (test.number_input(key="form_waiting").value, test.selectbox(key="form_window").value) == (5, windows(hall)[3])
    assert test.button_group(key="form_codes").value == ["dress"]
    test.number_input(key="form_minutes").set_value(12)
    test.text_area(key="form_note").set_value("拍照被劝阻")
    click(test, "登记这次检查")

    assert not test.error
    assert "问题 1 个" in test.success[0].value
    assert test.button_group(key="form_codes").value == []
    assert test.text_area(key="form_note").value == ""
    month = f"{checks.now_in(hall):%Y-%m}"
    found = checks.findings(hall, month)
    assert [(each.code, each.window_id, each.people_waiting) for each in found] == [("dress", windows(hall)[3], 5)]
    assert checks.items(hall)[0] == "dress", "what is found most stands first"


def test_a_finding_goes_its_way_on_the_page_from_an_order_to_the_recheck(hall):
    told = seen(hall)
    test = page(person="督查甲", view="checks", part="findings", finding=told.findings[0])
    shown = table_with(test, "整改进度")
    assert told.findings[0] in list(shown["问题编号"])
    click(test, "开具问题整改单")
    assert "下一步" in written(test)
    for person, step in (("李窗口", "confirm"), ("王主任", "hand_over"), ("李窗口", "rectify"), ("督查甲", "recheck_passed")):
        test.text_input(key="person").set_value(person)
        test.selectbox(key="step_action").set_value(step)
        test.text_area(key="step_note").set_value("已谈话")
        if step == "hand_over":
            test.date_input(key="step_by").set_value(datetime(2030, 1, 8).date())
        click(test, "办理这一步")
        assert not test.error, step
    row = table_with(page(view="checks", part="findings"), "整改进度").set_index("问题编号").loc[told.findings[0]]
    assert (row["整改进度"], row["整改期限"]) == ("回头看通过", "2030-01-08")


def test_window_staff_see_what_was_found_at_their_window_and_neither_plan_nor_form(hall):
    mine, other = seen(hall, window=0), seen(hall, window=1)
    accounts.grant(record.store(), hall, "root", "administrator", person="root")
    accounts.grant(record.store(), hall, "窗口甲", "staff", person="root", window=windows(hall)[0])
    test = page(person="窗口甲", view="checks", part="plan")
    listed = list(table_with(test, "整改进度")["问题编号"])

    assert mine.findings[0] in listed
    assert other.findings[0] not in listed
    assert not [each for each in test.button if each.label in ("登记这次检查", "固定名单和种子摘要")]


def test_severity_is_shown_with_its_interval_and_says_what_to_do(hall):
    for number in range(12):
        seen(hall, ("dress", "mandarin", "etiquette", "grooming"), number % 6, "严", number)
        seen(hall, (), number % 6, "宽", number)
    test = page("en", view="checks", part="severity")
    shown = table_with(test, "Severity").set_index("Inspector")

    assert float(shown.loc["严", "95 % low"]) > 1 > float(shown.loc["宽", "95 % high"])
    assert "mix the pairs" in answer(test)


@pytest.fixture
def with_stops(hall, tmp_path):
    for kind, text in (("cases", CASES), ("stops", STOPS)):
        (tmp_path / f"{kind}.csv").write_text(text, encoding="utf-8")
        assert import_file(record.store(), kind, tmp_path / f"{kind}.csv", hall, person="登记员").accepted == 1
    return hall


def test_a_case_shows_every_stop_with_its_reason_and_its_bar_adds_up(with_stops):
    story = cases.story(with_stops, cases.case(with_stops, "T-1"))
    kinds = [each.kind for each in story.stretches]
    assert kinds == ["running", "stopped", "running", "late"]
    assert all(one.ends == other.begins for one, other in zip(story.stretches, story.stretches[1:], strict=False)), "no gap, no overlap"
    assert [rung for rung, _ in story.marks] == ["reminder", "yellow", "red", "advice"]
    assert story.stretches[-1].begins == dict(story.marks)["yellow"]
    test = page(view="overdue", case="T-1")
    rows = table_with(test, "停表原因")

    assert list(rows["时钟"]) == ["计时", "停表", "计时", "超期"]
    assert rows["停表原因"][1] == "补正，等待补正材料，文书 补正告知书17"
    assert "监察建议书" in written(test)
    click_first = page(person="督查甲", view="overdue", case="T-1")
    click(click_first, "开监察建议书工单")
    assert "已开" in click_first.success[0].value


def test_a_case_that_is_not_there_or_not_yours_is_told_in_a_sentence(with_stops):
    assert "T-9" in written(page(view="overdue", case="T-9"))
    accounts.grant(record.store(), with_stops, "root", "administrator", person="root")
    window = next(each for each in windows(with_stops) if each != cases.case(with_stops, "T-1").window_id)
    accounts.grant(record.store(), with_stops, "窗口甲", "staff", person="root", window=window)
    other = page(person="窗口甲", view="overdue", case="T-1")

    assert "不属于您的窗口" in other.warning[-1].value
    assert "补正告知书17" not in written(other)


def test_periods_show_means_titles_and_why_not_and_refuse_to_be_filed_before_their_months_are_locked(hall):
    test = page(person="甲", view="period", period="2022")
    view = outcomes.period(hall, "2022", "k12")
    shown = table_with(test, "均分")

    assert len(shown) == len(view.results)
    assert "先锁定 2022-11" in answer(test)
    assert "2022-10" in answer(test).partition("从未计分")[0].rpartition("；")[2], "what was never scored is not to be locked"
    assert any(each.label.startswith("不能参评") for each in test.expander) == any(each.kept_out for each in view.titles)
    click(test, "归档这个周期")
    assert "没有办成" in test.error[0].value
    for name in ("2022-Q4", "2022-H2"):
        assert name in test.selectbox(key="period").options


def test_reports_are_made_as_files_on_the_page(hall):
    test = page(view="period")
    test.selectbox(key="report_kind").set_value("bulletin")
    click(test, "生成")

    assert any(each.proto.label == "下载" for each in test.get("download_button"))


def test_rates_stand_with_their_number_and_interval_and_limits_of_orders_beside_them(hall):
    work.open_bad_ratings(hall, "2022-11", "甲")
    test = page("en", view="signals")
    rates = table_with(test, "Adjusted good rate")
    whole = outcomes.figures(hall, "2022-11", "k12")[0].rates

    assert rates["Adjusted good rate"][0].startswith(f"{100 * whole.adjusted.value:.2f}% [")
    assert f"n {whole.adjusted.n:,}" in rates["Adjusted good rate"][0]
    limits = table_with(test, "On-time rate")
    assert set(limits["Order"]) == {"bad-rating order"}
    assert not CHINESE.search(" ".join(limits["Limit"]))


def test_a_line_shows_its_rule_with_what_was_met_this_month(hall):
    table = record.month_table(hall, "2022-11", "k12")
    window, line = next((row.window, line) for row in table.rows for line in table.sheets[row.window].lines if line.charges)
    rule = table_with(page(window=window, line=line.indicator), "本月次数").set_index("情形")

    assert len(rule) == len(table.scheme.deductions_of(line.indicator))
    for each in line.charges:
        assert rule.loc[record.name_of_deduction(table.scheme, each)["zh"], "本月次数"] == each.units


def test_an_inspector_works_a_month_from_open_to_published_on_the_page(hall, monkeypatch):
    """The window appeals from its sheet, another rules by picking the record, the lock waits for the days, a third publishes."""
    now = [datetime(2026, 3, 2, 3, tzinfo=UTC)]
    monkeypatch.setattr(record, "open_store", lambda: open_store(clock=lambda: now[0]))
    record._open.clear()
    table = record.month_table(hall, "2022-11", "k12")
    window, line = next((row.window, line) for row in table.rows for line in table.sheets[row.window].lines if line.charges)
    test = page(person="督查甲", window=window, line=line.indicator)
    for label in ("开启本月考核", "归集证据", "计分", "发给窗口征求异议"):
        click(test, label)
        assert not test.error
    test.text_input(key="person").set_value("窗口李")
    test.selectbox(key="file_record").set_value(line.evidence[0].id)
    test.text_area(key="file_grounds").set_value("系统停机两小时")
    click(test, "提交申诉")
    assert not test.error, "filed beneath the line of the sheet"
    ruling = page(person="复核王", view="appeals")
    number = work.list_appeals(hall, "2022-11", "k12", work.scope_of("", hall))[0].number
    assert ruling.multiselect(key=f"rule_records_{number}").value == [line.evidence[0].id], "the contested record is picked beforehand"
    ruling.text_area(key="rule_reason").set_value("核实属实")
    click(ruling, "作出裁定")
    assert not ruling.error
    assert record.month_table(hall, "2022-11", "k12").sheets[window].revision == table.sheets[window].revision + 1
    now[0] = datetime(2026, 3, 20, 3, tzinfo=UTC)
    locking = click(page(person="督查甲"), "锁定本月")
    assert not locking.error
    published = click(page(person="主任赵"), "公布本月")
    assert not published.error
    assert work.published(hall) == [("2022-11", "k12")]
    board = page(view="month", page="board")
    assert 'class="board"' in "".join(each.proto.body for each in board.get("html"))
    record._open.clear()


def test_window_staff_are_told_of_their_own_month_and_file_no_period(hall):
    table = record.month_table(hall, "2022-11", "k12")
    row = next(each for each in table.rows if each.moved and each.comparable is not None and each is not table.rows[0])
    accounts.grant(record.store(), hall, "root", "administrator", person="root")
    accounts.grant(record.store(), hall, "窗口甲", "staff", person="root", window=row.window)
    said = answer(page(person="窗口甲"))
    assert said.startswith(f"「{row.names['zh']}」")
    assert f"{row.comparable:.2f}" in said
    assert "全厅最低" not in said
    period = page(person="窗口甲", view="period")

    assert len(table_with(period, "均分")) == 1
    assert "归档这个周期" not in {each.label for each in period.button}
