"""Formulas beside the simulation, as the command prints them and the page shows them."""

from __future__ import annotations

import json

import pytest

from dashboards.texts import sentences
from tests.dashboards.pages import open_page

ASKED = ("formulas", "potou-2022", "--replications", "20")


def test_the_command_names_the_worst_formula_and_why(openhall):
    found = openhall(*ASKED)
    assert found.code == 1, "no formula is right for this hall"
    assert "Formulas mislead here" in found.out
    assert "8 % queue before the doors open" in found.out
    assert "08:30" in found.out


def test_json_carries_every_formula_with_its_verdict(openhall):
    told = json.loads(openhall(*ASKED, "--json", "-").out)
    names = [each["name"] for each in told["formulas"]]
    assert names == ["erlang_c", "erlang_a", "allen_cunneen", "psa", "modified_offered_load", "exact_day"]
    assert {each["verdict"] for each in told["formulas"]} == {"misleads", "no answer"}
    assert told["simulated"]["low"] < told["simulated"]["value"] < told["simulated"]["high"]
    assert set(told["formulas"][3]["by_half_hour"]) <= set(told["simulated_by_half_hour"])


def test_a_change_is_made_before(openhall):
    before, after = (json.loads(openhall(*ASKED, *more, "--json", "-").out) for more in ((), ("-c", "windows.comprehensive=+3")))
    assert after["formulas"][0]["mean_wait"] < before["formulas"][0]["mean_wait"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_says_when_formulas_mislead(language, home):
    test = open_page("manager", language)
    told = sentences()
    shown = next(each.value for each in test.dataframe if told["formulas_formula"][language] in each.value.columns)
    assert len(shown) == 6
    assert told["formulas_misleads"][language] in set(shown[told["formulas_verdict"][language]])
