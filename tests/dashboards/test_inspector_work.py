"""The inspector's working sections: a month from step to step, orders, warnings, appeals and rulings, roles; refusals as sentences."""

from __future__ import annotations

from dashboards.data import record, work
from supervision import accounts
from tests.dashboards.pages import CHINESE, answer, click, open_page, written


def page(language="zh", person="", **asked):
    test = open_page("inspector", language, person, **asked)
    assert not test.error
    return test


def circulated(hall):
    for step in ("open_month", "collect", "compute", "circulate"):
        work.take(step, hall, "2022-11", "k12", "甲")


def charged(hall):
    table = record.month_table(hall, "2022-11", "k12")
    return next((row.window, line) for row in table.rows for line in table.sheets[row.window].lines if line.charges)


def test_a_month_goes_from_step_to_step_on_the_page_and_a_lock_too_early_is_refused_in_a_sentence(hall):
    test = page(person="甲")
    for label, stands in (("开启本月考核", "已开启"), ("归集证据", "证据已归集"), ("计分", "已计分"), ("发给窗口征求异议", "征求异议中")):
        click(test, label)
        assert not test.error
        assert f"**{stands}**" in written(test)
    asked = {each.proto.popover.label: each.proto.popover.type for each in test.get("popover")}
    assert asked == {"锁定本月…": "secondary"}, "locking is not the step to take while objections are open"
    click(test, "锁定本月")
    until = work.today(hall, "2022-11", "k12", work.scope_of("甲", hall)).course.until

    assert "没有办成" in test.error[0].value
    assert until.isoformat() in test.error[0].value.replace("\\", "")
    assert work.today(hall, "2022-11", "k12", work.scope_of("甲", hall)).course.stands == "circulated"


def test_nobody_acts_without_a_name(hall):
    test = click(page(), "开启本月考核")

    assert "当前经办人" in test.error[0].value
    assert work.today(hall, "2022-11", "k12", work.scope_of("", hall)).course is None


def test_what_waits_is_counted_and_leads_to_its_section(hall):
    opened = work.open_bad_ratings(hall, "2022-11", "甲")
    assert opened > 0
    test = page("en")
    counted = next(each for each in test.button if each.label == f"work orders late: {opened}")
    counted.click()
    test.run()

    assert test.query_params["view"] in ("orders", ["orders"])
    assert f"Late work orders: {opened}" in answer(test)
    assert not CHINESE.search(answer(test))


def test_an_order_takes_its_next_step_and_what_the_step_needs_is_asked_for(hall):
    work.open_bad_ratings(hall, "2022-11", "甲")
    number = work.read_orders(hall, work.scope_of("乙", hall))[0].order_number
    test = click(page(person="乙", view="orders"), "办理这一步")
    assert test.error, "the step asks for a note"
    test.text_area(key="step_note").set_value("已电话回访")
    click(test, "办理这一步")

    assert not test.error
    after = next(each for each in work.read_orders(hall, work.scope_of("乙", hall)) if each.order_number == number)
    assert len(after.steps) == 2
    assert after.steps[-1].person == "乙"


def test_late_cases_stand_on_the_ladder_with_the_worst_first(hall):
    test = page(view="overdue")
    alerts = work.read_alerts(hall, "2022-11", work.scope_of("", hall))
    shown = test.dataframe[0].value

    assert len(shown) == len(alerts) > 0
    assert alerts[0].id.replace("case:", "办件 ") in answer(test)
    assert list(shown["编号"]) == [each.id.replace("case:", "办件 ") for each in alerts]


def test_an_appeal_is_decided_by_another_person_and_the_refusal_says_why(hall):
    circulated(hall)
    window, line = charged(hall)
    test = page(person="张三", view="appeals", window=window)
    test.selectbox(key=f"file_line_{window}").set_value(line.indicator)
    test.run()
    test.selectbox(key="file_record").set_value(line.evidence[0].id)
    test.text_area(key="file_grounds").set_value("系统停机两小时")
    click(test, "提交申诉")
    assert not test.error
    assert "件申诉待裁定" in answer(test)
    for person in ("张三", "甲"):
        test.text_input(key="person").set_value(person)
        test.text_area(key="rule_reason").set_value("属实")
        click(test, "作出裁定")
        assert "没有办成" in test.error[0].value, f"{person} filed or scored"
    before = record.month_table(hall, "2022-11", "k12").sheets[window].revision
    test.text_input(key="person").set_value("王五")
    test.text_area(key="rule_reason").set_value("属实")
    click(test, "作出裁定")

    assert not test.error
    assert "都已裁定" in answer(test)
    assert record.month_table(hall, "2022-11", "k12").sheets[window].revision == before + 1


def test_ranks_are_intervals_and_a_small_sample_has_none(hall):
    table = record.month_table(hall, "2022-11", "k12")
    shown = page().dataframe[0].value

    for row, told in zip(table.rows, shown["名次区间"], strict=True):
        assert row.place is not None
        if row.place.rank is not None and row.place.small:
            assert told.startswith("样本过小")
        elif row.place.rank is not None and row.place.best != row.place.worst:
            assert told == f"{row.place.best}–{row.place.worst}"


def test_where_roles_are_held_a_name_is_asked_for_and_staff_see_their_own_window(hall):
    store, window = record.store(), record.month_table(hall, "2022-11", "k12").rows[3].window
    accounts.grant(store, hall, "管理员", "administrator", person="管理员")
    accounts.grant(store, hall, "窗口甲", "staff", person="管理员", window=window)
    unnamed = page()
    assert not unnamed.dataframe
    assert "经办人" in answer(unnamed)
    own = page(person="窗口甲")

    assert len(own.dataframe[0].value) == 1
    assert "开启本月考核" not in {each.label for each in own.button}, "the steps of a month are not theirs"


def test_signals_stand_with_the_false_alarm_rate_of_their_rule_and_never_move_a_point(hall, monkeypatch):
    window = record.month_table(hall, "2022-11", "k12").rows[0].window
    found = work.Signal("burst", window, {"device": "D1", "seconds": "120", "count": "12"}, ())
    monkeypatch.setattr(work, "read_signals", lambda store, hall, month: (found,))
    test = page("en", view="signals")
    alarm = work.false_alarms()["burst"]

    assert test.dataframe[0].value["false-alarm rate"][0].startswith(f"{100 * alarm.share:.2f}%")
    assert "never moves a point" in written(test)
    assert "12 ratings at the device D1" in test.dataframe[0].value["reason"][0]
