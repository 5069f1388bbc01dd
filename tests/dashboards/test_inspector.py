"""The inspector's page on a recorded month: from the table to a sheet to the records of a line, in both languages."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from dashboards.data import record
from supervision import monthly
from tests.dashboards.pages import CHINESE, answer, open_page, table_with


def page(language="zh", **asked):
    test = open_page("inspector", language, **asked)
    assert not test.error
    return test


@pytest.fixture(autouse=True)
def home(recorded, monkeypatch):
    monkeypatch.setenv("OPENHALL_HOME", str(recorded))
    monkeypatch.delenv("OPENHALL_DATABASE", raising=False)


@pytest.fixture
def table():
    hall = record.halls()[0].hall_id
    month, scheme = record.months(hall)[0]
    return record.month_table(hall, month, scheme)


def captions(test):
    return " ".join(each.value for each in test.caption)


def test_the_page_says_where_to_look_first_and_why(table):
    worst = next(row for row in table.rows if row.comparable is not None)
    sentence = answer(page())

    assert worst.names["zh"] in sentence
    assert f"{worst.comparable:.2f}" in sentence
    assert f"超期 {worst.overdue} 件" in sentence or worst.overdue == 0


def test_the_table_stands_lowest_first_with_the_load_beside(table):
    shown = table_with(page(), "折算总分")
    totals = [Decimal(each) for each in shown["折算总分"] if each != "证据不足"]

    assert len(shown) == len(table.rows)
    assert totals == sorted(totals)
    assert list(shown["负荷：取号"]) == [row.tickets for row in table.rows]
    assert "大厅的责任" in captions(page())


def test_counts_are_those_of_the_record(table):
    for row in table.rows:
        sheet = table.sheets[row.window]
        with_limit = next(line.denominator for line in sheet.lines if line.population.startswith("cases_with_limit/"))

        assert row.overdue <= with_limit <= row.cases or row.cases == with_limit == 0
        assert row.good.good + row.bad <= row.good.n == row.ratings


def test_a_share_of_good_ratings_has_its_interval_and_none_where_nobody_rated(table):
    shown = table_with(page(), "好评率")

    for row, told in zip(table.rows, shown["好评率"], strict=True):
        assert told == "—" if row.ratings == 0 else re.fullmatch(r"[\d.]+% \[[\d.]+%, [<>\d.]+%\]", told), told


def test_demonstration_data_is_marked_as_such():
    assert page().warning[0].value == "演示数据：由模拟生成，不是任何人的真实记录。"
    assert "Demonstration data" in page("en").warning[0].value


def test_a_sheet_shows_every_line_with_weight_points_article_and_basis(table):
    window = next(row.window for row in table.rows if row.overdue)
    sheet = table.sheets[window]
    lines = table_with(page("en", window=window), "article")

    assert len(lines) == len(sheet.lines)
    assert list(lines["line"])[:2] == ["public disclosure", "due procedure"]
    charged = next(number for number, line in enumerate(sheet.lines) if line.charges)
    assert re.search(r"overdue case \(\w+\) \d+×\d+", lines.iloc[charged]["value"])
    assert lines.iloc[charged]["source"] == "◇ assumption", "from how many days on a warning is red stands in no source"
    assert lines.iloc[charged]["points"] == f"{sheet.lines[charged].points:.2f}"


def test_not_enough_evidence_is_said_as_such_and_never_zero(table):
    window, place = next(
        (row.window, number)
        for row in table.rows
        for number, line in enumerate(table.sheets[row.window].lines)
        if line.state == "not_enough_evidence"
    )
    lines = table_with(page("en", window=window), "article")

    assert lines.iloc[place]["value"] == "not enough evidence"
    assert lines.iloc[place]["points"] == "—"


def test_a_line_opens_the_records_behind_it(table):
    window = next(row.window for row in table.rows if row.overdue)
    line = next(line for line in table.sheets[window].lines if line.charges)
    test = page("en", window=window, line=line.indicator)
    listed = table_with(test, "role")

    assert list(listed["id"]) == [ref.id.replace(":", " ", 1) for ref in line.evidence]
    named = record.names(table.hall)["service_id"]
    assert all(any(f"service: {name['en']}" in each for name in named.values()) for each in listed["record"]), "a name, not an id"
    assert not any("+08:00" in each for each in listed["record"]), "the hall's own time"
    assert set(listed["role"]) <= {"moved points", "spared", "contested"}
    assert any(each.label == f"Open {line.evidence[0].id.replace(':', ' ', 1)}" for each in test.expander)
    assert "Due on" in captions(test)


def test_no_page_shows_who_was_served_or_who_served(table):
    window = next(row.window for row in table.rows if row.overdue)
    test = page("en", window=window)
    shown = " ".join(each.value.to_string() for each in test.dataframe)

    row = monthly.open_evidence(record.store(), table.hall, next(ref.id for line in table.sheets[window].lines for ref in line.evidence))
    private = [value for name, value in row.fields if name in record.PRIVATE]
    assert private, "the record holds a reference to a person"
    assert not any(value in shown for value in private)


def test_the_denominator_can_be_listed(table):
    window = next(row.window for row in table.rows if row.overdue)
    line = next(line for line in table.sheets[window].lines if line.charges)
    test = page("zh", window=window, line=line.indicator)
    listed = next(each.value for each in test.dataframe if list(each.value.columns) == ["编号"])

    assert len(listed) == line.denominator


def test_the_journals_count_and_head_are_shown(table):
    assert f"{table.checkpoint.count} 条" in captions(page())
    assert table.checkpoint.head in captions(page())


def test_stated_figures_stand_beside_recomputed_ones():
    test = page("zh")
    stated = table_with(test, "复算")
    ratings = stated[stated["所说"].str.startswith("99.93")]

    assert list(ratings["复算"]) == ["99.95%"]
    assert list(ratings["结论"]) == ["✗ 不符"]


def test_choosing_another_window_stays_in_the_address(table):
    test = page("zh")
    other = table.rows[-1].window
    test.selectbox(key="window").set_value(other).run()

    assert test.query_params["window"] == other
    assert table.rows[-1].names["zh"] in " ".join(each.value for each in test.subheader)


def test_the_language_switch_keeps_the_window(table):
    other = table.rows[3].window
    test = page("zh", window=other)
    test.button(key="language_switch").click().run()

    assert test.selectbox(key="window").value == other
    assert table.rows[3].names["en"] in " ".join(each.value for each in test.subheader)


@pytest.mark.parametrize(
    "asked", [{"window": "' OR 1=1 --"}, {"month": "2099-13 · k12"}, {"hall": "<script>"}, {"line": "%"}, {"document": "x"}]
)
def test_an_address_with_nonsense_shows_the_first(asked, table):
    test = page("zh", **asked)

    assert test.selectbox(key="window").value == table.rows[0].window


def test_an_empty_record_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENHALL_HOME", str(tmp_path))
    test = page("en")

    assert "make demo" in test.info[0].value
    assert not CHINESE.search(answer(test))
