"""A visit recorded where it happens: one act, the rules of a file, the same form twice is one visit, and pictures that show it."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from supervision import accounts
from supervision.checks.desk import list_files, prepare_file, read_findings, read_visits
from supervision.checks.form import VisitForm, record_visit
from supervision.draws.ceremony import commit_draw, reveal_draw
from supervision.faults import BadInput
from supervision.monthly import list_windows
from supervision.orders.desk import open_order, take_step

from .halls_at_hand import HALL, new_store

FORM = VisitForm("W1", "covert_visit", datetime(2024, 5, 6, 10, 3), 12, 4, ("dress", "phone_on_duty"), note="拍照被劝阻")


@pytest.fixture
def store(tmp_path: Path):
    with new_store(tmp_path, datetime(2024, 6, 1, 12, tzinfo=UTC)) as opened:
        yield opened


def picture(shade: int = 90) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0110] = "PhoneModel"
    Image.new("RGB", (8, 6), (shade, 120, 30)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def refused(store, form, person="Li", files=()):
    before = store.head()
    with pytest.raises(BadInput) as caught:
        record_visit(store, HALL, form, person, files)
    assert store.head() == before, "nothing is written"
    return [(each.code, each.place) for each in caught.value.faults]


def test_one_form_is_one_act_with_its_visit_its_findings_and_their_pictures(store):
    before = store.head().count
    told = record_visit(store, HALL, FORM, "Li", [prepare_file("a.jpg", picture())])
    visit, *others = read_visits(store, HALL, "2024-05")
    found = read_findings(store, HALL, "2024-05")

    assert store.head().count == before + 1
    assert others == []
    assert (visit.check_number, visit.inspector, visit.minutes, visit.people_waiting) == (told.check_number, "Li", 12, 4)
    assert sorted(each.code for each in found) == ["dress", "phone_on_duty"]
    assert {each.finding_number for each in found} == set(told.findings)
    assert {(each.window_id, each.minutes, each.status, each.files, each.is_person_known) for each in found} == {
        ("W1", 12, "confirmed", 1, False)
    }
    (kept,) = list_files(store, HALL, f"finding:{told.findings[0]}")
    assert kept.stripped, "what the camera wrote is taken out"


def test_the_same_form_again_is_no_act_and_what_is_found_later_joins_the_visit(store):
    first = record_visit(store, HALL, FORM, "Li")
    before = store.head()
    again = record_visit(store, HALL, FORM, "Li")
    assert (again.is_new, again.check_number, again.findings) == (False, first.check_number, first.findings)
    assert store.head() == before
    more = record_visit(store, HALL, replace(FORM, codes=("buck_passing",), person="10001"), "Li")
    assert more.check_number == first.check_number
    assert [each.code for each in read_findings(store, HALL, "2024-05") if each.is_person_known] == ["buck_passing"]
    assert len(read_visits(store, HALL, "2024-05")) == 1
    picture_only = record_visit(store, HALL, FORM, "Li", [prepare_file("b.jpg", picture(10))])
    assert (picture_only.is_new, picture_only.files) == (True, 2), "a picture that comes later is kept with both findings"


def test_a_visit_that_found_nothing_says_that_somebody_looked(store):
    told = record_visit(store, HALL, replace(FORM, codes=(), note=""), "Li")

    assert len(told.findings) == 1
    assert read_findings(store, HALL, "2024-05") == []
    assert read_visits(store, HALL, "2024-05")[0].findings == ()


def test_every_refused_field_is_told_at_once_with_its_name(store):
    wrong = replace(FORM, window="W9", kind="stroll", minutes=None, note="", person="99999")
    with pytest.raises(BadInput) as caught:
        record_visit(store, HALL, wrong, "Li")
    told = caught.value.text("zh")

    assert {each.place for each in caught.value.faults} == {"window", "kind of visit", "minutes watched", "pictures", "staff number"}
    assert all(f"{word}：" in told for word in ("窗口", "检查方式", "观察分钟", "照片", "当事人工号"))


def test_nobody_inspects_their_own_window_except_as_a_self_check(store):
    accounts.grant(store, HALL, "root", "administrator", person="root")
    accounts.grant(store, HALL, "Li", "inspector", person="root")
    accounts.grant(store, HALL, "Li", "staff", person="root", window="W1")
    other = next(each.window_id for each in list_windows(store, HALL) if each.window_id != "W1")

    assert refused(store, FORM) == [("visit_own_window", "window")]
    assert record_visit(store, HALL, replace(FORM, kind="self_check"), "Li").is_new
    assert record_visit(store, HALL, replace(FORM, window=other), "Li").is_new


def test_whom_the_staff_list_names_at_a_window_does_not_inspect_it_either(store):
    assert refused(store, FORM, "10001") == [("visit_own_window", "window")]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"note": " "}, "visit_no_picture"),
        ({"person": "99999"}, "visit_person_unknown"),
        ({"began": datetime(2024, 7, 1, 9)}, "moment_future"),
        ({"codes": ("no_such",)}, "no_such_code"),
        ({"draw": "D1"}, "no_such_draw"),
        ({"people_waiting": -1}, "value_whole"),
        ({"seat": "S9"}, "no_such_seat"),
    ],
)
def test_what_cannot_be_is_refused(store, change, code):
    assert code in [each for each, _ in refused(store, replace(FORM, **change))]


def test_a_number_of_a_person_never_comes_back_in_a_refusal(store):
    with pytest.raises(BadInput) as caught:
        record_visit(store, HALL, replace(FORM, person="440811199001011234"), "Li")

    assert "19900101" not in caught.value.text("en")


def test_a_draw_sends_to_the_windows_it_drew_and_to_no_other(store):
    commit_draw(store, HALL, "D1", "Li", count={"comprehensive": 1}, inspectors=["Li", "Ma"])
    drawn = reveal_draw(store, HALL, "D1", "Li").pairs[0].window
    after = replace(FORM, began=datetime(2024, 6, 1, 20, 0))
    assert [code for code, _ in refused(store, replace(after, draw="D1"))] == ["not_drawn"]
    told = record_visit(store, HALL, replace(after, window=drawn, draw="D1"), "Li")

    assert read_visits(store, HALL, "2024-06")[0].draw_number == "D1"
    assert told.is_new


def test_no_visit_was_made_before_the_draw_that_sent_it(store):
    commit_draw(store, HALL, "D1", "Li", count={"comprehensive": 1}, inspectors=["Li", "Ma"])
    drawn = reveal_draw(store, HALL, "D1", "Li").pairs[0].window
    early = replace(FORM, window=drawn, draw="D1", began=datetime(2024, 6, 1, 19, 59))

    assert refused(store, early) == [("visit_before_draw", "day and minute")]


def test_only_an_inspector_records_where_roles_are_held(store):
    accounts.grant(store, HALL, "root", "administrator", person="root")
    accounts.grant(store, HALL, "Li", "inspector", person="root")
    accounts.grant(store, HALL, "Wang", "staff", person="root", window="W1")
    assert [code for code, _ in refused(store, FORM, "Wang")] == ["role_may_not"]
    assert record_visit(store, HALL, FORM, "Li").is_new


def test_a_finding_shows_its_order_and_who_recorded_it_does_not_rule_on_it(store):
    told = record_visit(store, HALL, FORM, "Li")
    subject = f"finding:{told.findings[0]}"
    order = open_order(store, HALL, subject, "Zhao").order_number
    take_step(store, HALL, order, "dispute", "Wang", note="当时在办公室接电话")
    with pytest.raises(BadInput) as caught:
        take_step(store, HALL, order, "withdraw", "Li", note="属实")

    assert [each.code for each in caught.value.faults] == ["order_recorder"]
    row = next(each for each in read_findings(store, HALL, "2024-05") if each.finding_number == told.findings[0])
    assert (row.order_number, row.status) == (order, "disputed")
