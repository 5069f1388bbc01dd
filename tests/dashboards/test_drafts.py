"""A half-filled form is there again after a reload, for the same person only, and is destroyed when it is sent or too old."""

from __future__ import annotations

import json
import os
import stat
import time
from datetime import date, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboards import app as application
from dashboards.data import checks, drafts, record, work
from tests.dashboards.recorded import record_month

FORM = ("张三", "hall", "visit")


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OPENHALL_HOME", str(tmp_path))
    return tmp_path


def test_what_was_typed_comes_back_with_its_kinds(empty: Path) -> None:
    fields = {"note": "水杯\n两个", "codes": ["dress", "phone"], "waiting": 5, "none": None, "day": date(2026, 3, 2)}
    fields |= {"minute": datetime(2026, 3, 2, 9, 41).time()}
    assert drafts.keep(*FORM, fields)
    found = drafts.find(*FORM)
    assert found is not None
    assert dict(found.fields) == fields
    assert drafts.find("Ｚhang", "hall", "visit") is None
    assert drafts.find("张三", "another", "visit") is None
    drafts.drop(*FORM)
    assert drafts.find(*FORM) is None
    drafts.drop(*FORM)


def test_one_person_written_in_two_ways_is_one_person(empty: Path) -> None:
    drafts.keep("Li Ming", "hall", "visit", {"note": "x"})
    assert drafts.find("ＬＩ  MING", "hall", "visit") is not None


def test_a_drafts_file_is_the_servers_alone_and_its_name_tells_nobody(empty: Path) -> None:
    drafts.keep(*FORM, {"note": "机密"})
    (file,) = (empty / "drafts").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert "张三" not in str(file)


@pytest.mark.parametrize("text", ["", "[]", '{"a": {"date": "no day"}}', '{"a": {"what": "1"}}', '{"a": [1]}', '{"a": {}}', "\x00"])
def test_a_damaged_draft_is_as_good_as_none(empty: Path, text: str) -> None:
    drafts.keep(*FORM, {"note": "x"})
    (file,) = (empty / "drafts").iterdir()
    file.write_text(text, encoding="utf-8")
    assert drafts.find(*FORM) is None


def test_old_drafts_and_the_oldest_of_too_many_are_destroyed(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MOST", 3)
    for n in range(5):
        drafts.keep("甲", "hall", f"step:{n}", {"note": "x"})
        for back, file in enumerate(sorted((empty / "drafts").iterdir(), key=lambda each: -each.stat().st_mtime)):
            os.utime(file, (time.time() - 60 * back - 1, time.time() - 60 * back - 1))
    assert len(list((empty / "drafts").iterdir())) == 3
    assert drafts.find("甲", "hall", "step:0") is None
    assert drafts.find("甲", "hall", "step:4") is not None
    for file in (empty / "drafts").iterdir():
        os.utime(file, (0, 0))
    assert drafts.find("甲", "hall", "step:4") is None
    drafts.keep("甲", "hall", "step:9", {"note": "x"})
    assert len(list((empty / "drafts").iterdir())) == 1


def test_a_draft_too_long_or_without_a_place_is_told_as_not_kept(empty: Path) -> None:
    assert not drafts.keep(*FORM, {"note": "长" * drafts.LONGEST})
    assert drafts.find(*FORM) is None
    (empty / "drafts").mkdir(exist_ok=True)
    (empty / "drafts").rmdir()
    (empty / "drafts").write_text("a file in its place", encoding="utf-8")
    assert not drafts.keep(*FORM, {"note": "x"})


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record_month(tmp_path_factory.mktemp("drafts"))


@pytest.fixture
def hall(recorded: Path, monkeypatch: pytest.MonkeyPatch):
    """The demonstration's hall; drafts of one test do not meet those of another."""
    monkeypatch.setenv("OPENHALL_HOME", str(recorded))
    monkeypatch.delenv("OPENHALL_DATABASE", raising=False)
    record._open.clear()
    yield record.halls()[0].hall_id
    for file in (recorded / "drafts").glob("*"):
        file.unlink()
    record._open.clear()


def page(person: str, **asked: str) -> AppTest:
    """A page as it is after a reload: nothing of an earlier visit is known, the address and the name that is typed again apart."""
    test = AppTest.from_file(str(application.__file__), default_timeout=240)
    test.query_params.update({"page": "inspector", "lang": "zh", **asked})
    test.run()
    if person:
        test.text_input(key="person").set_value(person)
        test.run()
    assert not test.exception
    return test


def captions(test: AppTest) -> str:
    return "\n".join(each.value for each in test.caption)


def test_a_check_form_outlives_a_reload_and_is_gone_once_it_was_recorded(hall: str) -> None:
    test = page("督查甲", view="checks", part="form")
    assert "离开一栏即保存" in captions(test)
    window = sorted(work.window_names(hall))[2]
    test.selectbox(key="form_window").set_value(window)
    test.text_area(key="form_note").set_value("两人离岗")
    test.number_input(key="form_waiting").set_value(0)
    test.number_input(key="form_minutes").set_value(10)
    test.button_group(key="form_codes").set_value([checks.items(hall)[0]])
    test.run()
    assert "草稿已保存" in captions(test)
    assert "两人离岗" not in json.dumps(dict(test.query_params), ensure_ascii=False)

    assert page("别人", view="checks", part="form").text_area(key="form_note").value == ""
    again = page("督查甲", view="checks", part="form")
    assert "已恢复" in captions(again)
    assert again.text_area(key="form_note").value == "两人离岗"
    assert again.number_input(key="form_waiting").value == 0
    assert again.button_group(key="form_codes").value == [checks.items(hall)[0]]
    assert again.selectbox(key="form_window").value == window
    again.button(key="form_record").click()
    again.run()
    assert again.success, [each.value for each in again.error]
    assert page("督查甲", view="checks", part="form").text_area(key="form_note").value == ""


def test_another_person_at_the_same_screen_finds_an_empty_form_and_the_first_their_own(hall: str) -> None:
    test = page("督查甲", view="checks", part="form")
    test.text_area(key="form_note").set_value("甲所见")
    test.run()
    test.text_input(key="person").set_value("督查乙")
    test.run()
    assert test.text_area(key="form_note").value == ""
    test.text_input(key="person").set_value("督查甲")
    test.run()
    assert test.text_area(key="form_note").value == "甲所见"


def test_what_was_typed_before_a_name_is_kept_under_it_and_not_written_over(hall: str) -> None:
    first = page("督查甲", view="checks", part="form")
    first.text_area(key="form_note").set_value("早先的")
    first.text_input(key="form_person").set_value("W-7")
    first.run()
    test = page("", view="checks", part="form")
    assert "填写上面的当前经办人" in captions(test)
    test.text_area(key="form_note").set_value("后来的")
    test.run()
    test.text_input(key="person").set_value("督查甲")
    test.run()
    assert test.text_area(key="form_note").value == "后来的"
    assert test.text_input(key="form_person").value == "W-7"


def test_a_form_can_be_emptied_and_then_nothing_is_kept(hall: str, recorded: Path) -> None:
    test = page("督查甲", view="checks", part="form")
    test.text_area(key="form_note").set_value("不要了")
    test.run()
    assert len(list((recorded / "drafts").iterdir())) == 1
    test.button(key="draft_of_visit_drop").click()
    test.run()
    assert test.text_area(key="form_note").value == ""
    assert not list((recorded / "drafts").iterdir())


def test_the_step_of_an_order_is_kept_with_its_order(hall: str) -> None:
    work.open_bad_ratings(hall, "2022-11", "甲")
    one, other = (each.order_number for each in work.read_orders(hall, work.scope_of("乙", hall))[:2])
    test = page("乙", view="orders", order=one)
    test.text_area(key="step_note").set_value("已电话回访")
    test.run()
    assert page("乙", view="orders", order=other).text_area(key="step_note").value == ""
    again = page("乙", view="orders", order=one)
    assert again.text_area(key="step_note").value == "已电话回访"
    again.button(key="step_take").click()
    again.run()
    assert not again.error
    assert page("乙", view="orders", order=one).text_area(key="step_note").value == ""
