"""`openhall layout` as somebody types it: the answer in both languages, as JSON, as a scenario, and what is refused."""

from __future__ import annotations

import json
from datetime import date

import pytest

from dashboards.data import layouts
from dashboards.texts import Words
from simulation.optimisation import study
from simulation.scenario import load_scenario, parse
from tests.optimisation.test_layouts import hall, textbook

FAST = ("--kind", "comprehensive", "--kind", "dedicated", "--budget", "6000", "--efficiency", "1")


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    path = tmp_path_factory.mktemp("layout") / "four.toml"
    path.write_text(hall().to_toml(), encoding="utf-8")
    return path


def test_the_answer_is_a_sentence_a_promise_and_a_table(openhall, scenario):
    done = openhall("layout", scenario, *FAST, "--delta", "0.3")

    assert done.code == 0
    first, second, *_ = done.out.splitlines()
    assert first.startswith("Make all windows comprehensive: mean wait ")
    assert second.startswith("Guaranteed with 95 %: none of the 2 layouts compared is better")
    assert "as it is" in done.out
    assert "6 × everything" in done.out
    assert "are assumptions ◇" in done.out


def test_the_answer_as_json_and_as_a_scenario(openhall, scenario, tmp_path):
    out, target = tmp_path / "best.toml", tmp_path / "answer.json"
    done = openhall("layout", scenario, *FAST, "--learning", "0.5/2", "--cost", "window_hour=60", "--out", out, "--json", target)
    found = json.loads(target.read_text(encoding="utf-8"))

    assert done.code == 0
    assert (found["best"], found["advice"], found["guaranteed"]) == ("comprehensive", "pool", True)
    assert [each["week"] for each in found["weeks_of_learning"]] == [1, 2]
    assert found["layouts"][0]["windows"] == [{"count": 6, "serves": ["a", "b", "c", "d"], "helps": []}]
    assert found["layouts"][0]["cost_a_day"]["windows"] == 6 * 3 * 60
    assert found["layouts"][0]["minus_now"]["high"] < 0
    written = load_scenario(out)
    assert (written.name, len(written.windows), written.windows[0].learning) == ("four-comprehensive", 6, (0.5, 2))


def test_a_budget_that_ends_first_is_told(openhall, scenario):
    done = openhall("layout", scenario, *FAST[:4], "--budget", "3000", "--delta", "0.0001", "--kind", "chain")

    assert done.code == 0
    assert "Not separated: when the budget ended" in done.out


def test_all_that_is_refused_is_told_at_once(openhall, scenario):
    done = openhall("layout", scenario, "--guarantee", "2", "--delta", "-1", "--apart", "z", "--kind", "round")

    assert done.code == 2
    assert len(done.err.strip().splitlines()) == 4
    assert "Traceback" not in done.err


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_piece_of_advice_has_words(language):
    words = Words(language)
    pooled = study(textbook([{"id": "both", "count": 2, "serves": ["*"]}]), efficiency=1.0, kinds=["dedicated", "overflow"], budget=6000)
    data = json.loads(json.dumps(layouts.as_data(pooled)))
    text = layouts.sentence(words, data)

    assert pooled.advice == "help"
    assert layouts.label(words, layouts.best_of(data)) in text
    assert layouts.frame(words, data)["layout"].iloc[0] == layouts.label(words, layouts.best_of(data))
    assert list(layouts.waits(words, data)["service"]) == ["short", "long"]
    for advice in ("keep", "pool", "part", "dedicate", "help"):
        assert layouts.sentence(words, {**data, "advice": advice})
    assert parse(pooled.best.plan.document).windows == pooled.best.plan.windows


def test_nonsense_in_every_option_is_told_at_once(openhall, scenario):
    nonsense = (
        "--cost",
        "window_hour=nan",
        "--cost",
        "window_hour=3",
        "--guarantee",
        "nan",
        "--delta",
        "inf",
        "--budget",
        "0",
        "--windows",
        "-1",
    )
    more = ("--efficiency", "inf", "--learning", "0.7", "--queue", "0", "--objective", "wait", "--on", "2026-11-23", "--days", "0")
    done = openhall("layout", scenario, *nonsense, *more, "--change", "nothing=1")

    assert done.code == 2
    places = [line.partition(":")[0].split()[0] for line in done.err.strip().splitlines()]
    asked = (
        "--cost",
        "--guarantee",
        "--delta",
        "--budget",
        "--windows",
        "--efficiency",
        "--learning",
        "--queue",
        "--objective",
        "--days",
        "--change",
    )
    assert set(asked) == set(places)
    assert places.count("--cost") == 2, "no number, and given twice"


def test_a_dated_hall_is_judged_over_its_year_and_says_so(openhall, tmp_path):
    path, target = tmp_path / "weeks.toml", tmp_path / "answer.json"
    path.write_text(parse({**hall().document, "demand": {"starts": date(2026, 1, 5)}}).to_toml(), encoding="utf-8")
    few = ("--kind", "comprehensive", "--budget", "3000", "--delta", "2", "--efficiency", "1")
    done = openhall("layout", path, *few, "--json", target)
    told = json.loads(target.read_text(encoding="utf-8"))["judged_on"]

    assert "on which the hall opens from 2026-01-05 to 2027-01-04" in done.out
    assert (told["first"], told["days_in_a_row"]) == ("2026-01-05", 1)
    assert "Judged on 2026-01-07 only." in openhall("layout", path, *few, "--on", "2026-01-07").out
