"""Values and time: read by rule, refused with a reason, never guessed. Numbers are those of the adversarial list, part B."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
import xlsxwriter

from simulation.faults import BadInput
from supervision.intake import import_file
from supervision.intake.moments import FORMATS_OF_DAYS, MomentReader, NoMoment, pattern_of
from supervision.people import mask, mask_text, normal_key, person_ref
from tests.supervision.halls_at_hand import HALL, bring, codes, csv_bytes, rows

SHANGHAI = ZoneInfo("Asia/Shanghai")


def case(number: str, accepted: str = "2024-03-01 09:00:00", ended: str = "", **more: str) -> dict[str, str]:
    return {"办件编号": number, "受理时间": accepted, "办结时间": ended, "窗口": "W1", **more}


def reader(*formats: str, zone: str = "Asia/Shanghai", **options) -> MomentReader:
    return MomentReader(formats, ZoneInfo(zone), SHANGHAI, **options)


def test_29_an_end_before_the_acceptance_is_refused_and_not_counted_as_early(store, tmp_path):
    content = csv_bytes([case("A1", ended="2024-03-01 08:59:59"), case("A2", ended="2024-03-01 09:00:00")])
    report = bring(store, tmp_path, "cases", content)
    assert codes(report) == ["ended_before_accepted"]
    assert rows(store, "SELECT case_number FROM cases") == [("A2",)]


def test_30_moments_in_the_future_and_before_the_hall_are_refused(store, tmp_path):
    content = csv_bytes(
        [
            case("A1", "2024-06-01 20:00:01"),  # the store's clock: 12:00 UTC, 20:00 in Shanghai
            case("A2", "2024-06-01 20:00:00"),
            case("A3", "2024-05-01 09:00:00", "2030-01-01 00:00:00"),
            case("A4", "1979-12-31 23:59:59"),
        ]
    )
    report = bring(store, tmp_path, "cases", content)
    assert codes(report) == ["moment_future", "moment_future", "before_opening"]
    assert rows(store, "SELECT case_number FROM cases") == [("A2",)]


def test_32_dates_of_two_possible_orders_refuse_the_file(store, tmp_path):
    before = rows(store, "SELECT count(*) FROM imports")
    with pytest.raises(BadInput) as caught:
        bring(store, tmp_path, "cases", csv_bytes([case("A1", "03/04/2024 10:00"), case("A2", "13/04/2024 10:00")]))
    assert [each.code for each in caught.value.faults] == ["moment_order"]
    assert rows(store, "SELECT count(*) FROM imports") == before
    assert rows(store, "SELECT count(*) FROM cases") == [(0,)]


def test_33_rows_that_are_not_in_the_declared_format_are_refused(store, tmp_path):
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        'schema = 1\nid = "m"\nkind = "cases"\nformats = ["%d/%m/%Y %H:%M"]\n[columns]\ncase_number = "n"\naccepted = "t"\n',
        encoding="utf-8",
    )
    content = "n,t\nA1,03/04/2024 10:00\nA2,04/13/2024 10:00\nA3,2024-04-03 10:00\n"
    report = bring(store, tmp_path, "cases", content, mapping=mapping)
    assert codes(report) == ["moment_none", "moment_format"]
    assert rows(store, "SELECT case_number, accepted_on FROM cases") == [("A1", "2024-04-03")]


@pytest.mark.parametrize(
    ("serial", "epoch_1904", "day"),
    [("45351", False, "2024-02-29"), ("45351.5", False, "2024-02-29"), ("61", False, "1900-03-01"), ("43889", True, "2024-02-29")],
)
def test_34_serial_days_are_read_only_where_declared(serial, epoch_1904, day):
    assert reader("excel", epoch_1904=epoch_1904).read(serial)[1] == day
    with pytest.raises(NoMoment):
        reader("%Y-%m-%d %H:%M:%S").read(serial)


@pytest.mark.parametrize("serial", ["60", "59", "0", "-1", "2958466", "1e5", "nan", "45351,5", "99999999"])
def test_34_serials_that_are_no_day_are_refused(serial):
    with pytest.raises(NoMoment):
        reader("excel").read(serial)


@pytest.mark.parametrize("epoch_1904", [False, True])
def test_34_true_dates_of_a_workbook_follow_its_own_epoch(store, tmp_path, epoch_1904):
    from datetime import datetime

    path = tmp_path / "cases.xlsx"
    book = xlsxwriter.Workbook(path, {"date_1904": epoch_1904})
    sheet = book.add_worksheet()
    form = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    sheet.write_row(0, 0, ["办件编号", "受理时间"])
    sheet.write_string(1, 0, "000123")
    sheet.write_datetime(1, 1, datetime(2024, 2, 29, 12, 30, 15), form)
    sheet.write_string(2, 0, "000124")
    sheet.write_number(2, 1, 43889.5 if epoch_1904 else 45351.5)  # a number in a column of moments is the serial of its day
    sheet.write_string(3, 0, "000125")
    sheet.write_number(3, 1, 1 if epoch_1904 else 60, form)
    book.close()
    report = import_file(store, "cases", path, HALL, person="t")
    assert rows(store, "SELECT case_number, accepted_on, accepted_at FROM cases") == [
        ("000123", "2024-02-29", 1709181015000000), ("000124", "2024-02-29", 1709179200000000),
    ]  # fmt: skip
    assert codes(report) == ["before_opening" if epoch_1904 else "moment_serial"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-03-31T23:30:00Z", "2024-04-01"),
        ("2024-03-31T23:30:00+08:00", "2024-03-31"),
        ("2024-03-31T23:30:00-0500", "2024-04-01"),
        ("2024-03-31T15:59:59.999999Z", "2024-03-31"),
        ("2024-03-31T16:00:00.0Z", "2024-04-01"),
    ],
)
def test_36_the_month_is_of_the_local_day(text, day):
    assert reader("%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z").read(text)[1] == day


def test_36_a_naive_stamp_is_in_the_zone_of_the_mapping_and_its_day_in_the_halls():
    stamp, day = reader("%Y-%m-%d %H:%M:%S", zone="America/New_York").read("2024-03-31 12:00:00")
    assert (stamp, day) == (1711900800000000, "2024-04-01")


def test_37_shanghai_summer_time_is_nine_hours_ahead():
    summer, _ = reader("%Y-%m-%d %H:%M").read("1988-07-01 12:00")
    winter, _ = reader("%Y-%m-%d %H:%M").read("1988-12-01 12:00")
    assert (summer // 3_600_000_000 % 24, winter // 3_600_000_000 % 24) == (3, 4)


def test_stamps_that_the_clocks_jump_over_never_were_and_those_that_come_twice_are_the_first():
    amsterdam = reader("%Y-%m-%d %H:%M", zone="Europe/Amsterdam")
    with pytest.raises(NoMoment, match="moment_gap"):
        amsterdam.read("2024-03-31 02:30")
    assert amsterdam.read("2024-10-27 02:30")[0] == 1729989000000000  # 00:30 UTC, still summer time
    assert amsterdam.read("2024-10-27 03:00")[0] == 1729994400000000


@pytest.mark.parametrize(
    "text", ["2024-02-30 10:00:00", "2023-02-29 10:00:00", "2024-13-01 10:00:00", "2024-01-01 24:00:00", "2024-01-01 10:60:00",
             "2024-01-01 10:00", "2024-01-01", " 2024-01-01 10:00:00", "2024-01-01 10:00:00x", "0000-01-01 10:00:00",
             "２０２４-01-01 10:00:00", "2024-01-01 10:00:00+08:00"],
)  # fmt: skip
def test_a_format_is_exact(text):
    with pytest.raises(NoMoment):
        reader("%Y-%m-%d %H:%M:%S").read(text)


def test_crowded_formats_take_two_digits_only():
    assert pattern_of("%Y%m%d").fullmatch("20240103")
    assert not pattern_of("%Y%m%d").fullmatch("2024103")
    assert pattern_of("%Y/%m/%d %H:%M").fullmatch("2024/1/3 9:05")
    assert FORMATS_OF_DAYS[0] == "%Y-%m-%d"


def test_a_bare_day_that_is_due_means_its_end(store, tmp_path):
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        'schema = 1\nid = "m"\nkind = "cases"\n[columns]\ncase_number = "n"\naccepted = "t"\n'
        'due = { column = "d", formats = ["%Y-%m-%d"] }\n',
        encoding="utf-8",
    )
    bring(store, tmp_path, "cases", "n,t,d\nA1,2024-01-02 10:00,2024-01-31\n", mapping=mapping)
    assert rows(store, "SELECT basis, due_on, due_at FROM case_dues") == [("register", "2024-01-31", 1706716800000000)]


@pytest.mark.parametrize(
    ("given", "code"),
    [("0", "value_word"), ("6", "value_word"), ("2.5", "value_word"), ("5星", "value_word"), ("", "value_missing"), ("inf", "value_word"),
     ("-0", "value_word"), ("nan", "value_word"), ("５", None), ("非常满意 ", None), ("非常不满意", None), ("1", None)],
)  # fmt: skip
def test_43_only_five_levels_and_their_words_are_ratings(store, tmp_path, given, code):
    report = bring(store, tmp_path, "ratings", csv_bytes([{"评价编号": "R1", "评价等级": given, "评价时间": "2024-03-02 10:00:00"}]))
    assert codes(report) == ([] if code is None else [code])


def test_43_a_mapping_may_translate_stars(store, tmp_path):
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        'schema = 1\nid = "m"\nkind = "ratings"\n[columns]\nrating_number = "n"\nlevel = "s"\nrated = "t"\n[values.level]\n"5星" = "5"\n',
        encoding="utf-8",
    )
    report = bring(store, tmp_path, "ratings", "n,s,t\nR1,5星,2024-03-02 10:00\nR2,4星,2024-03-02 10:00\n", mapping=mapping)
    assert codes(report) == ["value_word"]
    assert rows(store, "SELECT rating_number, level FROM ratings") == [("R1", 5)]


def test_43_a_rating_of_an_unknown_case_before_it_or_by_staff_is_refused(store, tmp_path):
    bring(store, tmp_path, "cases", csv_bytes([case("C1", "2024-03-01 09:00:00")]))
    base = {"办件编号": "C1", "评价等级": "5", "评价时间": "2024-03-01 10:00:00", "评价编号": "", "评价人证件号": ""}
    content = csv_bytes(
        [
            {**base, "评价编号": "R1", "办件编号": "C9"},
            {**base, "评价编号": "R2", "评价时间": "2024-03-01 08:00:00"},
            {**base, "评价编号": "R3", "评价人证件号": "10001"},
            {**base, "办件编号": ""},
            {**base, "办件编号": " c１ "},
            {**base, "评价时间": "2024-03-01 11:00:00"},
            {**base, "评价时间": "2024-03-01 12:00:00", "评价等级": "1"},
        ]
    )
    report = bring(store, tmp_path, "ratings", content)
    assert codes(report) == ["no_such_case", "rating_before_case", "rating_by_staff", "rating_without_number"]
    assert (report.accepted, rows(store, "SELECT count(*), min(window_id), max(case_number) FROM ratings")) == (3, [(3, "W1", "C1")])


def test_16_17_whole_numbers_are_strict(store, tmp_path):
    base = {"问题编号": "", "检查项": "none", "检查时间": "2024-03-01 10:05", "窗口": "W1", "检查来源": "暗访", "等候人数": ""}
    given = ["１２", "1,234", "12分", "≥5", "－3", "inf", "1e400", "nan", "-0", "12.0", "5"]
    content = csv_bytes([{**base, "问题编号": f"F{number}", "等候人数": text} for number, text in enumerate(given)])
    report = bring(store, tmp_path, "checks", content)
    assert [each.line for each in report.rejections] == [3, 4, 5, 6, 7, 8, 9, 10, 11]
    assert set(codes(report)) == {"value_whole"}
    assert rows(store, "SELECT people_waiting FROM findings") == [(12,), (5,)]


def test_47_a_finding_outside_the_checklist_is_refused(store, tmp_path):
    content = csv_bytes([{"检查项": "invented", "检查时间": "2024-03-01 10:05", "窗口": "W1", "检查来源": "暗访"}])
    assert codes(bring(store, tmp_path, "checks", content)) == ["no_such_code"]


def test_45_a_case_without_window_is_kept_and_one_of_an_unknown_window_is_refused(store, tmp_path):
    content = csv_bytes(
        [
            {**case("A1"), "窗口": ""},
            {**case("A2"), "窗口": "Ａ9"},
            {**case("A3"), "窗口": "综窗1\u200b"},
            {**case("A4"), "窗口": "综合窗口"},
        ]
    )
    report = bring(store, tmp_path, "cases", content)
    assert codes(report) == ["no_such_window"]
    assert rows(store, "SELECT case_number, window_id FROM cases") == [("A1", None), ("A3", "综窗1"), ("A4", "综窗1")]


def test_stops_come_in_turns_between_acceptance_and_end(store, tmp_path):
    def stopped(number, stop, resume):
        return {**case(number, "2024-03-01 09:00:00", "2024-03-20 09:00:00"), "暂停时间": stop, "恢复时间": resume}

    content = csv_bytes(
        [
            stopped("A1", "2024-03-02 09:00:00", "2024-03-05 09:00:00"),
            stopped("A2", "2024-03-02 09:00:00; 2024-03-07 09:00:00", "2024-03-05 09:00:00; 2024-03-08 09:00:00"),
            stopped("A3", "2024-03-05 09:00:00", "2024-03-02 09:00:00"),
            stopped("A4", "", "2024-03-02 09:00:00"),
            stopped("A5", "2024-02-02 09:00:00", "2024-03-02 09:00:00"),
            stopped("A6", "2024-03-25 09:00:00", ""),
        ]
    )
    report = bring(store, tmp_path, "cases", content)
    assert codes(report) == ["stops_out_of_turn"] * 4
    assert rows(store, "SELECT case_number, event FROM case_events WHERE event <> 'ended' ORDER BY id") == [
        ("A1", "stopped"), ("A1", "resumed"), ("A2", "stopped"), ("A2", "resumed"), ("A2", "stopped"), ("A2", "resumed"),
    ]  # fmt: skip


def test_12_headers_are_free_in_order_and_duplicates_or_gaps_refuse_the_file(store, tmp_path):
    bring(store, tmp_path, "cases", "受理 时间\u200b,ａ,办件编号\n".replace("受理 时间", "受理时间") + "2024-03-01 09:00:00,x,A1\n")
    assert rows(store, "SELECT case_number FROM cases") == [("A1",)]
    for header, code in [
        ("办件编号,办件编号,受理时间", "header_twice"),
        ("办件编号,受理", "header_missing"),
        ("办件编号,projNo,受理时间", "header_two_names"),
    ]:
        with pytest.raises(BadInput) as caught:
            bring(store, tmp_path, "cases", header + "\n" + ",".join("1" * (header.count(",") + 1)) + "\n")
        assert caught.value.faults[0].code == code


def test_106_personal_numbers_become_a_keyed_hash_and_a_mask_and_appear_nowhere_in_full(store, tmp_path):
    identity, telephone = "110101199003071234", "13812341234"
    content = csv_bytes(
        [
            {**case("A1"), "申请人证件号": identity, "渠道": f"电话{telephone}"},
            {**case("A2", "not a date"), "申请人证件号": identity, "渠道": ""},
            {**case("A1"), "申请人证件号": telephone, "渠道": ""},
            {**case("A3"), "申请人证件号": "", "窗口": identity, "渠道": ""},
        ]
    )
    bring(store, tmp_path, "cases", content)
    report = bring(store, tmp_path, "cases", csv_bytes([{**case("A3"), "申请人证件号": identity}]))
    bring(store, tmp_path, "cases", csv_bytes([{**case("A3"), "申请人证件号": telephone}]))
    rating = {"评价编号": "R1", "评价等级": "1", "评价时间": "2024-03-02 10:00"}
    bring(store, tmp_path, "ratings", csv_bytes([{**rating, "评价人手机号": telephone, "评价内容": f"打{telephone}，证{identity}"}]))
    store.close()
    assert report.accepted == 1
    secret = (store.home / "person.key").read_text().strip()
    assert rows(store, "SELECT applicant_ref, applicant_mask FROM cases WHERE case_number = 'A3'") == [
        (person_ref(bytes.fromhex(secret), "citizen", identity), "110***********1234")
    ]
    assert rows(store, "SELECT comment FROM ratings") == [("打138****1234，证110***********1234",)]
    for path in sorted(store.home.rglob("*")):
        if path.is_file():
            kept = path.read_bytes()
            assert identity.encode() not in kept, path.name
            assert telephone.encode() not in kept, path.name
            assert path.name == "person.key" or secret.encode() not in kept
    assert (store.home / "person.key").stat().st_mode & 0o077 == 0


def test_a_file_without_a_header_does_not_show_its_first_row_in_the_message(store, tmp_path):
    with pytest.raises(BadInput) as caught:
        bring(store, tmp_path, "cases", "A1,110101199003071234,13812341234\n")
    for language in ("en", "zh"):
        assert "199003071234" not in caught.value.text(language)
        assert "12341234" not in caught.value.text(language)


def test_a_record_numbered_by_an_identity_number_is_refused_and_a_case_number_of_its_shape_is_not(store, tmp_path):
    """Region, date and a serial make a case number of the same shape; its date is not that of a grown-up's birth."""
    numbers = ("11010519491231002X", "110101199003071234", "440804202211010012")
    report = bring(store, tmp_path, "cases", csv_bytes([case(each) for each in numbers]))
    assert [(each.line, each.code) for each in report.rejections] == [(2, "value_identity")]
    assert "1949" not in str(report.to_dict())
    assert report.accepted == 2


def test_personal_numbers_in_the_names_of_files_and_persons_stay_out_of_the_journal(store, tmp_path):
    with pytest.raises(BadInput):
        bring(store, tmp_path, "cases", "办件编号,受理时间\n", name="of 13812341234.csv")
    with pytest.raises(BadInput) as caught:
        import_file(store, "cases", tmp_path / "of 13812341234.csv", "h", person="Li 13812341234")
    assert caught.value.faults[0].code == "act_person_number"
    assert "13812341234" not in caught.value.text("en") + caught.value.text("zh")
    assert "13812341234" not in str(rows(store, "SELECT person, detail FROM journal"))


def test_a_damaged_key_of_the_hashes_refuses_an_import_and_is_not_made_anew(store, tmp_path):
    key = store.home / "person.key"
    key.write_text("damaged\n", encoding="ascii")
    with pytest.raises(BadInput, match="put back the copy"):
        bring(store, tmp_path, "cases", csv_bytes([case("A1")]))
    assert key.read_text(encoding="ascii") == "damaged\n"


def test_the_file_of_rejects_never_takes_the_place_of_another_file(store, tmp_path):
    path = tmp_path / "cases.csv"
    path.write_bytes(csv_bytes([case("A1"), case("A2", "no date")]))
    before = path.read_bytes()
    with pytest.raises(BadInput) as caught:
        import_file(store, "cases", path, "h", person="tester", rejects_path=path)
    assert (caught.value.faults[0].code, path.read_bytes()) == ("rejects_taken", before)
    assert rows(store, "SELECT count(*) FROM cases") == [(0,)]
    for _ in range(2):  # a file of rejects may be replaced by the next one
        report = import_file(store, "cases", path, "h", person="tester", rejects_path=tmp_path / "out.csv")
        assert (tmp_path / "out.csv").exists() == bool(report.rejected)


def test_masks_and_keys():
    for hidden in ("tel13812341234x", "SFZ110101199003071234", "110101 19900307 1234", "号110101-19900307-123x。"):
        assert "1234" not in mask_text(hidden).replace("1234", "", 1)
        assert "*" in mask_text(hidden)
    assert mask_text("tel13812341234x") == "tel138****1234x"
    assert mask_text("A202200012345 20221381234123456") == "A202200012345 20221381234123456"
    assert mask("13812341234") == "138****1234"
    assert mask("1100") == "1***"
    assert mask_text("办件 202200012345 于 2024-03-01") == "办件 202200012345 于 2024-03-01"
    assert mask_text("+86 138-1234-1234。") == "+86*******1234。"
    assert normal_key(" Ａ１\u200b 窗口 ") == "A1窗口"
    assert person_ref(b"k" * 32, "citizen", "1") != person_ref(b"k" * 32, "staff", "1") != person_ref(b"x" * 32, "staff", "1")
