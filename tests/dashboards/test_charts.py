"""Charts as dictionaries: what they encode, in which colours, with which locale; and that no user text becomes part of a
specification's logic."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from dashboards import charts

WORDS = {
    "zh": dict.fromkeys(("slot", "low", "high", "day_low", "day_high"), "x")
    | {"base": "基础方案", "plan": "改后方案", "wait": "平均等候（分钟）", "target": "目标", "series": "方案"},
    "en": dict.fromkeys(("slot", "low", "high", "day_low", "day_high"), "x")
    | {"base": "base", "plan": "plan", "wait": "mean wait (min)", "target": "target", "series": "plan"},
}
NASTY = "窗口 \"); alert(1) // {{x}} datum['y'] <b>"


def waits(series=("base", "plan")):
    return pd.DataFrame(
        [
            {"series": each, "slot": slot, "block": block, "value": 5.0, "low": 4.0, "high": 6.0, "day_low": 1.0, "day_high": 12.0}
            for each in series
            for slot, block in (("08:30", 0), ("09:00", 0), ("14:30", 1))
        ]
    )


def encodings(chart):
    """All encodings of all layers, with the mark's type."""
    spec = chart.to_dict()
    return [(each["mark"]["type"], each["encoding"]) for each in spec.get("layer", [spec])]


def colours(chart):
    return next(each["color"]["scale"] for _, each in encodings(chart) if "scale" in each.get("color", {}))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_waits_show_the_interval_and_the_band_of_days_in_two_shades(language):
    chart = charts.waits_by_half_hour(waits(), WORDS[language], language, target=15)
    areas = {(each["y"]["field"], each["y2"]["field"]) for mark, each in encodings(chart) if mark == "area"}

    assert areas == {("day_low", "day_high"), ("low", "high")}
    assert {mark for mark, _ in encodings(chart)} == {"area", "line", "point", "rule", "text"}
    assert all(each["detail"]["field"] == "block" for mark, each in encodings(chart) if mark in ("area", "line")), (
        "no line through the lunch break"
    )


def test_colours_stay_with_their_meaning_in_both_languages():
    chinese = colours(charts.waits_by_half_hour(waits(), WORDS["zh"], "zh"))
    english = colours(charts.waits_by_half_hour(waits(), WORDS["en"], "en"))

    assert chinese["range"] == english["range"]
    assert chinese["domain"] == ["基础方案", "改后方案"]
    assert english["domain"] == ["base", "plan"]


def test_the_base_alone_keeps_its_colour():
    both = colours(charts.waits_by_half_hour(waits(), WORDS["zh"], "zh"))
    alone = colours(charts.waits_by_half_hour(waits(("base",)), WORDS["zh"], "zh"))

    assert alone == {"domain": ["基础方案"], "range": both["range"][:1]}


def test_months_and_numbers_follow_the_language():
    chart = charts.waits_by_half_hour(waits(), WORDS["zh"], "zh").to_dict()

    assert chart["config"]["locale"]["time"]["months"][0] == "一月"
    assert "title" not in chart, "a title inside the chart is clipped by a Chinese title of the y axis"


def test_half_hours_keep_the_order_of_the_day():
    frame = waits().sort_values("slot", ascending=False)
    chart = charts.waits_by_half_hour(frame, WORDS["zh"], "zh")

    assert encodings(chart)[0][1]["x"]["sort"] == list(dict.fromkeys(frame["slot"]))


def test_a_half_hour_short_of_windows_is_marked():
    words = {"base": "b", "plan": "p", "needed": "n", "short": "s", "windows": "w", "slot": "t", "series": "x"}
    frame = pd.DataFrame({"slot": ["08:30", "09:00"], "base": [4.0, 4.0], "plan": [5.0, 5.0], "needed": [3.2, 5.4]})
    spec = charts.windows_open(frame, words, "en").to_dict()
    bars = next(rows for rows in spec["datasets"].values() if "needed" in rows[0])

    assert [(row["slot"], row["series"]) for row in bars] == [("08:30", "n"), ("09:00", "s")]


def test_a_line_without_evidence_is_grey_and_not_lost():
    words = {"given": "g", "lost": "l", "unscored": "u", "points": "p", "line": "x", "part": "y"}
    frame = pd.DataFrame({"line": ["a", "b"], "weight": [10.0, 14.0], "points": [7.5, None]})
    spec = charts.points_of_lines(frame, words, "en").to_dict()
    rows = next(iter(spec["datasets"].values()))

    assert {(row["line"], row["part"], row["points"]) for row in rows} == {("a", "g", 7.5), ("a", "l", 2.5), ("b", "u", 14.0)}


def test_totals_stand_lowest_first_and_the_unscored_last():
    words = {"full": "f", "moved": "m", "unscored": "u", "total": "t", "window": "w"}
    frame = pd.DataFrame({"window": ["a", "b", "c"], "total": [99.0, 95.0, None], "state": ["moved", "moved", "unscored"]})

    assert encodings(charts.totals_of_windows(frame, words, "en"))[0][1]["y"]["sort"] == ["b", "a", "c"]


def test_the_formula_is_not_drawn_where_it_has_no_steady_state():
    words = dict.fromkeys(("formula", "simulated", "wait", "windows", "target", "low", "high"), "x") | {"formula": "f", "simulated": "s"}
    frame = pd.DataFrame({"windows": [3, 4], "formula": [None, 6.0], "value": [20.0, 5.0], "low": [18.0, 4.5], "high": [22.0, 5.5]})
    spec = charts.waits_by_windows(frame, words, "en", 15).to_dict()
    drawn = [rows for rows in spec["datasets"].values() if rows[0].get("series") == "f"]

    assert [[row["windows"] for row in rows] for rows in drawn] == [[4]]


def test_what_a_user_typed_is_a_value_and_never_part_of_the_logic():
    words = {"full": "f", "moved": "m", "unscored": "u", "total": "t", "window": "w"}
    frame = pd.DataFrame({"window": [NASTY], "total": [99.0], "state": ["moved"]})
    spec = charts.totals_of_windows(frame, words, "en").to_dict()
    order = [each["y"].pop("sort") for _, each in encodings_in(spec) if "sort" in each.get("y", {})]
    spec.pop("datasets")

    assert order
    assert set(map(tuple, order)) == {(NASTY,)}, "a list of values to sort by"
    assert "alert" not in json.dumps(spec)
    assert "expr" not in json.dumps(spec)


def encodings_in(spec):
    return [(each["mark"]["type"], each["encoding"]) for each in spec.get("layer", [spec])]


def every_chart():
    scores = pd.DataFrame({"window": ["a", "b"], "total": [99.0, None], "state": ["moved", "unscored"]})
    lines = pd.DataFrame({"line": ["a"], "weight": [10.0], "points": [7.5]})
    cover = pd.DataFrame({"slot": ["08:30"], "base": [4.0], "plan": [5.0], "needed": [3.2]})
    sizes = pd.DataFrame({"windows": [3], "formula": [2.0], "value": [20.0], "low": [18.0], "high": [22.0]})
    names = ["base", "plan", "wait", "slot", "low", "high", "day_low", "day_high", "target", "series", "needed", "short", "windows", "full"]
    names += ["moved", "unscored", "total", "window", "given", "lost", "points", "line", "part", "formula", "simulated"]
    words = {name: name for name in names}
    return {
        "waits": charts.waits_by_half_hour(waits(), words, "en", 15),
        "cover": charts.windows_open(cover, words, "en"),
        "totals": charts.totals_of_windows(scores, words, "en"),
        "lines": charts.points_of_lines(lines, words, "en"),
        "sizes": charts.waits_by_windows(sizes, words, "en", 15),
    }


@pytest.mark.parametrize("name", ["waits", "cover", "totals", "lines", "sizes"])
def test_a_mark_says_its_own_words_or_nothing_when_pointed_at(name):
    spec = every_chart()[name].to_dict()

    for layer in spec.get("layer", [spec]):
        told = layer["encoding"].get("tooltip")
        assert told or layer["mark"].get("tooltip", "unset") is None, "else the reader sees the names of the frame's fields"
        assert all("title" in each for each in told or ())


@pytest.mark.parametrize("name", ["waits", "cover", "totals", "lines", "sizes"])
def test_a_chart_leaves_its_description_to_the_page(name):
    assert every_chart()[name].to_dict()["config"]["aria"] is False


def cells():
    return pd.DataFrame(
        [
            {"service": name, "slot": slot, "value": wait, "low": wait - 1, "high": wait + 1, "clear": slot == "08:30"}
            for name in ("税务", NASTY)
            for slot, wait in (("08:30", 5.0), ("09:00", -5.0), ("14:30", 15.0))
        ]
    )


@pytest.mark.parametrize("is_difference", [True, False])
def test_a_heat_map_gives_every_cell_its_interval_and_pales_what_is_not_clear(is_difference):
    spec = charts.waits_by_service(cells(), WORDS["zh"] | {"service": "事项"}, "zh", is_difference).to_dict()
    encoding = spec["encoding"]

    assert [each["field"] for each in encoding["tooltip"]] == ["service", "slot", "value", "low", "high"]
    domain = encoding["color"]["scale"]["domain"]
    assert (domain[0] == -domain[-1]) == is_difference, "a difference is white at 0"
    assert encoding["opacity"].get("condition", {}).get("test", "") == ("datum.clear" if is_difference else "")
    assert NASTY not in json.dumps({key: value for key, value in spec.items() if key != "datasets"} | {"encoding": {**encoding, "y": ""}})


def test_a_heat_map_of_nobody_is_drawn_too():
    charts.waits_by_service(cells().head(0), WORDS["en"] | {"service": "service"}, "en", False).to_dict()


def test_a_funnel_marks_what_is_outside_and_draws_the_limits():
    frame = pd.DataFrame({"window": ["a", "b"], "n": [100, 400], "rate": [0.01, 0.2], "outside": [False, True]})
    words = {"inside": "within", "outside": "beyond", "n": "ratings", "rate": "share", "window": "window"}
    drawn = charts.rates_in_a_funnel(frame, words, "en").to_dict()
    limits, points = next(iter(drawn["datasets"].values())), [each for each in drawn["datasets"].values() if "window" in each[0]]

    assert all(each["low"] <= each["whole"] <= each["high"] for each in limits)
    assert limits[0]["high"] - limits[0]["low"] > limits[-1]["high"] - limits[-1]["low"], "narrower where there are more"
    assert {row["window"] for rows in points for row in rows if row["state"] == "beyond"} == {"b"}


def test_a_tornado_of_places_and_figures_has_its_labels_in_two_lines_and_room_for_them() -> None:
    """What a figure is of stands above the figure; side by side a phone would cut both. Plain names stay in one line."""
    words = {each: each for each in ("low", "high", "outcome", "input", "end")}
    row = {"low": 0.8, "high": 1.2, "base": 4.0, "at_low": 3.0, "at_high": 5.0}

    def drawn(*names: str) -> dict:
        return charts.inputs_moved(pd.DataFrame([row | {"input": each} for each in names]), words, "en").to_dict()

    def axis(given: dict) -> dict:
        return given["layer"][0]["encoding"]["y"]["axis"]

    split, plain = drawn("Tax · cases a year", "hall"), drawn("growth a year", "hall")
    assert axis(split)["labelExpr"] == "split(datum.label, ' · ')"
    assert axis(split)["labelOffset"] < 0
    assert "labelExpr" not in axis(plain)
    assert split["height"] - plain["height"] >= 2 * (axis(split)["labelLineHeight"])
