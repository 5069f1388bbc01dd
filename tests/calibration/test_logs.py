"""A ticket log is read whole: every row is believed or kept as a reject with its reason."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulation.calibration import Log, LogMapping, load_mapping, mapping_of, read_log, shipped_mappings
from simulation.calibration.logs import REASONS
from simulation.calibration.mapping import COLUMNS_OF
from simulation.faults import BadInput

BANK = "data/anonymous_bank_1999_02/data_anonymous_bank_february_1_14.txt"
STATION = "data/kaggle_queue_log/queue_data.csv"

MAPPING = {
    "id": "machine",
    "delimiter": ";",
    "leaving": "exact",
    "ignored": ["TEST"],
    "blank": ["-"],
    "slack_min": 0.1,
    "columns": {
        "service": "kind", "window": "counter", "arrived": ["taken", "door"], "called": "called", "ended": "done", "left": "gone",
        "outcome": "state",
    },
    "formats": {"stamp": ["%d.%m.%Y %H:%M:%S", "ISO8601"]},
    "outcomes": {"OK": "served", "GONE": "reneged", "AWAY": "no_show"},
}  # fmt: skip
HEADER = "kind;counter;door;taken;called;done;gone;state"
AGAIN = "tax;W1;-;04.03.2024 09:20:00;04.03.2024 09:25:00;04.03.2024 09:31:30;;OK"
GOOD = "tax;W1;-;04.03.2024 09:00:00;04.03.2024 09:05:00;04.03.2024 09:11:30;;OK"


def log_of(path: Path, *rows: str, **changes: object) -> Log:
    path = path / "log.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return read_log(path, mapping_of({**MAPPING, **changes}))


def test_two_formats_of_date_in_one_column_are_read_alike(tmp_path: Path) -> None:
    log = log_of(tmp_path, GOOD, "tax;W2;;2024-03-05T09:00:00;2024-03-05 09:05:00.0;2024-03-05 09:11:30;;OK")

    assert list(log.frame["day"]) == ["2024-03-04", "2024-03-05"]
    assert list(log.frame["weekday"]) == [0, 1]
    assert log.frame[["arrived", "called", "ended"]].to_numpy().tolist() == [[540.0, 545.0, 551.5]] * 2
    assert log.reasons == {}


def test_rows_alike_are_two_tickets_where_no_window_is_named_and_the_clock_is_rounded(tmp_path: Path) -> None:
    rows = [f"tax;;;04.03.2024 09:{n:02}:00;04.03.2024 09:{n + 5:02}:00;04.03.2024 09:{n + 9:02}:00;;OK" for n in range(25)]
    fine = [row.replace(":00;;OK", ":07;;OK") for row in rows]

    assert log_of(tmp_path, *rows, rows[3]).reasons == {}
    assert log_of(tmp_path, *fine, fine[3]).reasons == {}, "calls are rounded"
    finer = [row.replace(":00;04.03.2024", ":05;04.03.2024") for row in fine]
    assert log_of(tmp_path, *finer, finer[3]).reasons == {"doubled": 1}


def test_the_same_file_is_not_counted_twice(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(f"{HEADER}\n{GOOD}\n", encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        read_log([tmp_path / "a.csv", tmp_path / "b.csv"], mapping_of(MAPPING))

    assert [each.code for each in refused.value.faults] == ["fit_log_same"]
    assert "give each day once" in str(refused.value)


def test_the_first_filled_column_counts_and_blanks_are_empty(tmp_path: Path) -> None:
    log = log_of(tmp_path, "tax;-;04.03.2024 08:59:00;-;04.03.2024 09:05:00;04.03.2024 09:06:00;;OK")

    assert log.frame.loc[0, "arrived"] == 539.0
    assert log.frame.loc[0, "window"] == ""


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("tax;W1;;04.03.2024 09:00:00;;;;TEST", "ignored"),
        ("tax;W1;;04.03.2024 09:00:00;;;;WHAT", "unknown_outcome"),
        ("tax;W1;;04.03.2012 09:00:00;04.03.2012 09:01:00;04.03.2012 09:02:00;;OK", "far_date"),
        ("tax;W1;;2024/3/4 9h;04.03.2024 09:01:00;04.03.2024 09:02:00;;OK", "unreadable_time"),
        ("tax;W1;;04.03.2024 09:00:00;04.03.2024 25:01:00;04.03.2024 09:02:00;;OK", "unreadable_time"),
        ("tax;W1;;;04.03.2024 09:01:00;04.03.2024 09:02:00;;OK", "no_arrival"),
        ("tax;W1;;04.03.2024 09:00:00;;04.03.2024 09:02:00;;OK", "no_service"),
        ("tax;W1;;04.03.2024 09:00:00;04.03.2024 09:01:00;;;OK", "no_end"),
        ("tax;;;04.03.2024 09:00:00;;;;GONE", "left_unseen"),
        ("tax;W1;;04.03.2024 09:00:00;04.03.2024 08:00:00;04.03.2024 09:02:00;;OK", "called_before_arrival"),
        ("tax;W1;;04.03.2024 09:00:00;04.03.2024 09:10:00;04.03.2024 09:02:00;;OK", "ended_before_call"),
        ("tax;;;04.03.2024 09:00:00;;;04.03.2024 08:00:00;GONE", "left_before_arrival"),
        ("tax;W1;;04.03.2024 09:00:00;04.03.2024 09:10:00;06.03.2024 09:02:00;;OK", "too_long"),
        (GOOD, "doubled"),
    ],
)
def test_a_row_that_cannot_be_believed_is_kept_with_its_reason(tmp_path: Path, row: str, reason: str) -> None:
    log = log_of(tmp_path, GOOD, row, AGAIN)

    assert log.reasons == {reason: 1}
    assert (log.rejects.loc[0, "row"], log.rejects.loc[0, "text"]) == (3, row)
    assert len(log.frame) == 2
    assert reason in REASONS


def test_clocks_that_differ_by_no_more_than_the_slack_are_mended_and_counted(tmp_path: Path) -> None:
    log = log_of(tmp_path, "tax;W1;;04.03.2024 09:00:05;04.03.2024 09:00:00;04.03.2024 09:02:00;;OK")

    assert (log.mended, log.frame.loc[0, "arrived"], log.reasons) == (1, 540.0, {})


def test_who_left_has_no_call_and_who_never_came_no_wait(tmp_path: Path) -> None:
    log = log_of(
        tmp_path,
        "tax;W1;;04.03.2024 09:00:00;;;04.03.2024 09:07:00;GONE",
        "tax;W1;;04.03.2024 10:00:00;04.03.2024 10:30:00;;;AWAY",
    )

    assert np.isnan(log.frame["called"]).all()
    assert list(log.frame["ended"]) == [547.0, 600.0]


def test_leaving_seen_at_the_call_ends_when_called_in_vain(tmp_path: Path) -> None:
    log = log_of(tmp_path, "tax;W1;;04.03.2024 09:00:00;04.03.2024 09:20:00;;;GONE", leaving="at_call")

    assert (log.frame.loc[0, "ended"], np.isnan(log.frame.loc[0, "called"])) == (560.0, True)


def test_what_follows_in_a_visit_is_no_arrival_and_parts_of_a_service_are_marked(tmp_path: Path) -> None:
    path = tmp_path / "ours.csv"
    rows = [
        "a,tax,W1,0,0,5,interrupted,0,-1", "a,tax,W1,0,8,10,served,0,0", "a,card,W1,10,10,15,served,1,1",
        "b,tax,W1,3,4,5,served,0,-1", "b,card,W1,5,5,9,served,1,0",
    ]  # fmt: skip
    path.write_text("day,service,window,arrival,called,ended,outcome,task,parent_ticket\n" + "\n".join(rows) + "\n", encoding="utf-8")
    frame = read_log(path, load_mapping("openhall")).frame.sort_values("row")

    assert list(frame["first"]) == [True, False, False, True, False]
    assert list(frame["part"]) == [True, True, False, False, False]


def test_the_rounding_is_found_from_the_times(tmp_path: Path) -> None:
    whole = [f"tax;W1;;04.03.2024 09:{m:02d}:00;04.03.2024 09:{m:02d}:00;04.03.2024 09:{m + 3:02d}:00;;OK" for m in range(30)]
    assert log_of(tmp_path, *whole).rounded == 1.0
    assert log_of(tmp_path, *whole, GOOD.replace("09:11:30", "09:11:31")).rounded == 1.0, "the coarser clock decides"
    assert log_of(tmp_path, *whole, GOOD.replace("09:05:00", "09:05:01").replace("09:11:30", "09:11:31")).rounded == pytest.approx(1 / 60)


def test_faults_of_a_mapping_are_told_at_once() -> None:
    with pytest.raises(BadInput) as caught:
        mapping_of({
            "delimiter": "ab", "slack_min": -1, "blank": "x", "leaving": "perhaps", "minute_0": 9, "columns": {"arrivd": "a", "called": 3},
            "formats": [], "outcomes": {"OK": "fine"}, "extra": 1,
        })  # fmt: skip

    assert {each.code for each in caught.value.faults} == {
        "fit_mapping_key", "fit_mapping_missing", "fit_mapping_text", "fit_mapping_amount", "fit_mapping_texts", "fit_mapping_choice",
        "fit_mapping_clock", "fit_mapping_table",
    }  # fmt: skip
    assert all(each.text("zh") != each.text("en") for each in caught.value.faults)


def test_a_log_without_the_columns_or_without_a_row_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "short.csv"
    path.write_text("kind;taken;called;state\n", encoding="utf-8")
    with pytest.raises(BadInput, match="has no column done for ended"):
        read_log(path, mapping_of(MAPPING))
    with pytest.raises(BadInput, match=r"no row of 1 can be believed(.|\n)*row 2: 1 row like this one \(tax;W1;.*outcome not known"):
        log_of(tmp_path, GOOD.replace(";OK", ";?"))
    with pytest.raises(BadInput, match="cannot be read"):
        read_log(tmp_path / "none.csv", mapping_of(MAPPING))
    with pytest.raises(BadInput, match="there is no mapping bank"):
        load_mapping("bank")


def test_every_shipped_mapping_is_sound() -> None:
    assert set(shipped_mappings()) == {"openhall", "openhall-events", "anonymous-bank", "petrol-station", "warsaw-offices"}
    for name in shipped_mappings():
        found = load_mapping(name)
        assert isinstance(found, LogMapping)
        assert found.id == name
        assert set(found.columns) <= set(COLUMNS_OF[found.kind])


def test_the_calls_of_the_bank(shared: Path) -> None:
    log = read_log(shared / BANK, load_mapping("anonymous-bank"))

    assert len(log.frame) + len(log.rejects) == 17_456
    assert log.reasons["ignored"] == 143
    assert log.rounded == pytest.approx(1 / 60)
    assert (log.days[0], log.days[-1], len(log.days)) == ("1999-02-01", "1999-02-14", 14)
    served = log.frame[log.frame["outcome"] == "served"]
    assert (served["ended"] - served["called"] < 1 / 6).mean() == pytest.approx(0.064, abs=0.006)
    assert served["called"].max() > 1440, "calls answered after midnight belong to the day on which they came"


def test_the_petrol_station_writes_its_dates_in_two_ways(shared: Path) -> None:
    log = read_log(shared / STATION, load_mapping("petrol-station"))

    assert len(log.frame) + len(log.rejects) == 560
    assert log.reasons == {"ended_before_call": 8}
    assert log.rounded == 1.0
    assert log.frame.loc[0, ["arrived", "called"]].tolist() == [10.0, 10.0]
    assert log.frame.loc[0, "ended"] == pytest.approx(22 + 44.8 / 60)


HOW = 'id = "m"\n[columns]\narrived = "a"\ncalled = "b"\nended = "c"\nwindow = "d"\n'


@pytest.mark.parametrize(
    ("name", "content", "said", "chinese"),
    [
        ("hall.toml", b'schema = 1\nname = "x"\n', "a .toml file is no ticket log", ".toml 文件不是叫号记录"),
        ("empty.csv", b"", "the log has no row", "记录中没有任何行"),
        ("header.csv", b"a,b,c,d\n", "the log has no row", "记录中没有任何行"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x01\xff", "this is no text", "不是 UTF-8"),
        ("broken.csv", b"a,b,c,d\n1,2,3,4\n1,2,3,4,5,6\n", "row 3: this row has 6 values", "此行有 6 个值"),
        ("quote.csv", b'a,b,c,d\n"1,2,3,4\n', "the file is damaged", "文件已损坏"),
        ("broken.csv.gz", b"no archive", "the file is damaged", "文件已损坏"),
        ("broken.parquet", b"PARQUET?", "the file is damaged", "文件已损坏"),
        ("few.csv", b"a,x\n1,2\n", "has no column b for called", "没有用作 called 的“b”列"),
        ("window.csv", b"a,b,c\n1,2,3\n", "has no column d for window", "没有用作 window 的“d”列"),
    ],
)
def test_a_file_that_is_no_log_is_refused_in_words_of_ours(tmp_path: Path, name: str, content: bytes, said: str, chinese: str) -> None:
    mapping = tmp_path / "how.toml"
    mapping.write_text(HOW, encoding="utf-8")
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadInput) as refused:
        read_log(tmp_path / name, load_mapping(mapping))

    assert said in refused.value.text()
    assert chinese in refused.value.text("zh")
    assert not any(word in refused.value.text() for word in ("pandas", "Errno", "tokeniz", "codec", "C error", "Arrow", "Traceback"))


def test_every_fault_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "few.csv").write_text("x,y\n1,2\n", encoding="utf-8")
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")
    mapping = tmp_path / "how.toml"
    mapping.write_text(HOW, encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        read_log([tmp_path / "few.csv", tmp_path / "empty.csv", tmp_path / "gone.csv"], load_mapping(mapping))

    assert [each.code for each in refused.value.faults] == ["fit_log_column"] * 4 + ["fit_log_blank", "fit_log_unreadable"]


def test_a_log_in_gb18030_is_read(tmp_path: Path) -> None:
    path = tmp_path / "gb.csv"
    path.write_bytes(b"kind;counter;door;taken;called;done;gone;state\n" + GOOD.replace("tax", "居住证").encode("gb18030"))

    assert set(read_log(path, mapping_of(MAPPING)).frame["service"]) == {"居住证"}


def test_only_known_columns_may_be_optional() -> None:
    with pytest.raises(BadInput, match="called is no column that a log may lack"):
        mapping_of({**MAPPING, "optional": ["called", "window"]})
