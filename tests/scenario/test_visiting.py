# ruff: noqa: E501 (a table of whole sentences)
"""How often people come and when: volumes, places elsewhere, ways to book, retries; what each key becomes and how it is refused."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from simulation import scenario as scenario_package
from simulation.dates import HOLIDAY, days_of_year
from simulation.days import dated, expected_on
from simulation.faults import BadInput
from simulation.numbers import numbers_of
from simulation.plans import scale_demand
from simulation.scenario import parse
from simulation.scenario.basis import FIGURES
from simulation.scenario.parts import Booking, Channel, Retry
from simulation.scenario.tables import known_keys

FULL = """
schema = 1
name = "who-comes"
days_per_year = 250

[[opening]]
from = 09:00:00
to = 11:00:00
early_min = 15

[[opening]]
from = 14:00:00
to = 15:00:00

[[services]]
id = "permit"
service_min = { family = "exponential", mean = 6.0 }
volume = { per_year = 50_000, profile = [3, 4, 4, 2, 1, 1] }
early_arrivals = 5
diverted = [{ to = "online", share = 0.3 }, { to = "township", share = 0.1 }]
retries = [
    { after = ["balked", "reneged"], share = 0.5, delays = [{ days = 1, share = 0.75 }, { days = 5, share = 0.25 }], at = "profile", most = 3 },
    { after = ["diverted"], share = 0.2, after_days = 2 },
]
booking = { step_min = 20, places = [2, 2, 0, 1, 3, 3], no_show = 0.1, late_min = -3, spread_min = 4, channels = [
    { name = "web", share = 0.5 },
    { name = "phone", share = 0.5, no_show = 0.3, late_min = 2, spread_min = 8 },
] }

[[services]]
id = "photo"
service_min = { family = "deterministic", value = 1.0 }
arrivals_per_hour = 12
local_only = "指纹和人像须现场采集"
booking = { times = [{ at = 09:10:00, places = 2 }, { at = 14:45:00, places = 1 }] }

[[windows]]
id = "w"
count = 2
serves = ["*"]
"""


def document() -> dict[str, Any]:
    return tomllib.loads(FULL)


def test_every_key_becomes_a_part() -> None:
    scenario = parse(document())
    permit, photo = scenario.service("permit"), scenario.service("photo")

    assert permit.diverted == (("online", 0.3), ("township", 0.1))
    assert permit.retries == (
        Retry(("balked", "reneged"), 0.5, ((1, 0.75), (5, 0.25)), True, 3),
        Retry(("diverted",), 0.2, ((2, 1.0),), False, None),
    )
    channels = (Channel("web", 0.5, 0.1, -3, 4), Channel("phone", 0.5, 0.3, 2, 8))
    steps = ((0, 2), (20, 2), (40, 2), (100, 1), (300, 3), (320, 3), (340, 3))
    assert permit.booking == Booking(0, 0, 1, 0.1, -3, 4, steps, channels), "20, 40 past the hour; none from ten to half past"
    assert photo.booking == Booking(0, 0, 1, 0, 0, 0, ((10, 2), (345, 1)))


def test_it_comes_back_from_toml_the_same() -> None:
    scenario = parse(document())

    assert parse(tomllib.loads(scenario.to_toml())) == scenario


BOOKED = 16 * (1 - (0.1 + 0.3) / 2) + 3
"""appointments of a day that are kept: sixteen for a permit by two ways to book, three for a photograph"""


def test_a_volume_comes_out_over_the_year() -> None:
    """200 a day by the weights 3, 4, 4, 2, 1, 1 and 5 before the doors: 20 in all."""
    scenario = parse(document())
    day = numbers_of(scenario)[1].expected[0]

    assert day.tolist() == pytest.approx([0, 50, 80, 120, 160, 180, 190, 200])
    assert scenario.citizens_per_day() == pytest.approx(200 + 12 * 3 + BOOKED)


def test_a_volume_without_a_profile_is_even() -> None:
    even = document()
    del even["services"][0]["volume"]["profile"], even["services"][0]["early_arrivals"]
    expected = numbers_of(parse(even))[1].expected[0]

    assert expected.tolist() == pytest.approx([0, 0, *(200 / 6 * n for n in range(1, 7))])


def test_a_volume_comes_out_over_a_calendar_year_with_every_factor() -> None:
    season = {"weekday": {"mon": 1.5, "sat": 0.5}, "month": {"feb": 0.5}, "around_holidays": {"after": [2.0, 1.5]}}
    saturday = {"from": document()["opening"][0]["from"], "to": document()["opening"][0]["to"], "weekdays": ["sat"]}
    said = document() | {"demand": {"starts": date(2026, 1, 1), **season}}
    said["opening"].append(saturday)
    said["services"][0]["volume"]["profile"] += [1, 2, 1, 1]
    said["services"][0]["booking"]["places"] += [0] * 4
    scenario = parse(said)
    open_days = sum(day.kind not in (HOLIDAY, 6) for day in days_of_year(2026))
    last = dated(scenario, open_days - 1)
    assert last is not None
    assert last.date == date(2026, 12, 31)
    total = 0.0
    for n in range(open_days):
        when = dated(scenario, n)
        assert when is not None
        hall = scenario.week[when.kind]
        assert hall is not None
        total += float(expected_on(scenario, numbers_of(hall)[1].expected, 1, 0, n)[0, -1])

    assert total == pytest.approx(50_000)


def test_a_volume_is_scaled_like_a_rate() -> None:
    more = parse(scale_demand(document(), 1.5))

    walk_in = parse(document()).citizens_per_day() - BOOKED
    assert more.citizens_per_day() == pytest.approx(1.5 * walk_in + BOOKED)


def test_every_figure_counts_as_assumed_and_every_key_is_told() -> None:
    given = [key for key in document()["services"][0] if key not in ("id", "service_min")] + ["local_only"]
    page = (Path(scenario_package.__file__).parents[1] / "DESIGN.md").read_text(encoding="utf-8")
    page = page[page.index("## How time moves") : page.index("## STRESS-DES")]

    assert set(given) <= set(FIGURES["services"])
    assert {f"services.permit.{key}" for key in given if key != "local_only"} <= set(parse(document()).assumptions())
    keys = [*given, "channels", "times", "accepted", "again", "most", "delays", "after", "profile"]
    assert [key for key in keys if not re.search(rf"`[^`]*\b{key}\b[^`]*`", page) and key != "early_arrivals"] == []


def test_no_key_of_these_tables_is_without_a_place_here() -> None:
    permit, photo = document()["services"]

    assert set(known_keys(("services", "volume"))) == set(permit["volume"])
    assert set(known_keys(("services", "diverted"))) == set(permit["diverted"][0])
    assert set(known_keys(("services", "retries"))) == set(permit["retries"][0]) | {"after_days"}
    assert set(known_keys(("services", "booking", "channels"))) == set(permit["booking"]["channels"][1])
    assert set(known_keys(("services", "booking", "times"))) == set(photo["booking"]["times"][0])


REFUSED = [
    (
        "early_arrivals = 5",
        "early_arrivals = 5\narrivals_per_hour = 5",
        "how many come is said twice, by volume and by arrivals_per_hour; keep one of them.",
    ),
    (
        "days_per_year = 250",
        "",
        "a year's volume is spread over working days, and nothing says how many; give days_per_year, or starts under [demand].",
    ),
    ("[3, 4, 4, 2, 1, 1]", "[3, 4, 4, 2, 1]", "volume.profile has 5 values, but 09:00–11:00 and 14:00–15:00 make 6 half-hours; give 6."),
    (
        "[3, 4, 4, 2, 1, 1]",
        "[0, 0, 0, 0, 0, 0]",
        "every weight of the profile is 0, and 50000 a year are to come; give one half-hour a weight above 0.",
    ),
    ("50_000", "-1", "volume.per_year is -1 and must be at least 0"),
    (
        "share = 0.1 }]\nretries",
        "share = 0.8 }]\nretries",
        "the shares that go elsewhere add to 1.1, which is above 1; lower one of them (what is left of 1 comes to the hall).",
    ),
    (
        "local_only =",
        'diverted = [{ to = "online", share = 0.2 }]\nlocal_only =',
        "a share of 0.2 goes elsewhere, and this is done here only (指纹和人像须现场采集); take diverted or local_only out.",
    ),
    (
        "booking = { times",
        "booking = { step_min = 10, times",
        "booked times are said twice, by times and by step_min with places; keep one of them.",
    ),
    ("booking = { step_min = 20, places", "booking = { places", "booking.step_min is missing; add it."),
    (
        "at = 14:45:00",
        "at = 12:45:00",
        "booking.times #2.at is 12:45, outside the opening hours 09:00–11:00, 14:00–15:00; give a time inside them, before they end.",
    ),
    ("[2, 2, 0, 1, 3, 3]", "[2, 2, 0]", "booking.places has 3 values, but 09:00–11:00 and 14:00–15:00 make 6 half-hours; give 6."),
    ('name = "web", share = 0.5', 'name = "web", share = 0.6', "the shares add to 1.1 and must add to 1; mend one of them."),
    ("days = 5, share = 0.25", "days = 5, share = 0.5", "the shares add to 1.25 and must add to 1; mend one of them."),
    ('after = ["diverted"]', 'after = ["diverted", "reneged"]', "who was reneged is dealt with by two tables of retries; keep one."),
    (
        'after = ["diverted"]',
        'after = ["served"]',
        "retries #2.after #1 is 'served', which is none of balked, reneged, turned_away, sent_home, no_show, diverted; give one of these.",
    ),
    ("share = 0.2, after_days = 2", "share = 0.2", "retries #2.after_days is missing; add it."),
    (
        'at = "profile", most',
        'after_days = 1, at = "profile", most',
        "after how many days they come is said twice, by after_days and by delays; keep one of them.",
    ),
]


@pytest.mark.parametrize(("old", "new", "told"), REFUSED, ids=[str(n) for n in range(len(REFUSED))])
def test_what_may_not_be_said(old: str, new: str, told: str) -> None:
    assert FULL.count(old) == 1, "the case changes one thing"
    with pytest.raises(BadInput) as caught:
        parse(tomllib.loads(FULL.replace(old, new)), "x.toml")

    assert told in str(caught.value)
    assert len(caught.value.faults) == 1, "one slip makes one fault"
    assert caught.value.text("zh").startswith("x.toml")


def test_a_textbook_run_has_no_year() -> None:
    horizon = document() | {"horizon": {"minutes": 60}}
    del horizon["opening"], horizon["services"][0]["booking"], horizon["services"][1]["booking"], horizon["services"][0]["early_arrivals"]
    with pytest.raises(BadInput, match=r"a year's volume needs opening hours, and this scenario has a horizon"):
        parse(horizon)
