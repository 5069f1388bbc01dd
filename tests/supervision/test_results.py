"""Standing in a month, and months rolled up: exact means, ranks with their noise, titles with quotas, vetoes and ties."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from simulation.faults import BadInput
from supervision.evidence import Fact, Population
from supervision.periods import award, mean_of, parse_period, roll_up
from supervision.scheme import load_scheme
from supervision.scheme.parts import Title
from supervision.scoring import score
from supervision.sheet import Sheet
from supervision.standing import funnel, stand

K12 = load_scheme("k12")
QUARTER = parse_period("2022-Q4")
MONTHS = ("2022-10", "2022-11", "2022-12")


def sheet(window: str, month: str = "2022-11", late: int = 0, exposed: int = 0, cases: int = 100, phones: int = 0) -> Sheet:
    """A checked and well-rated window with some overdue cases, each a yellow of 5 points, and telephones at 1 point."""
    ids = tuple(f"case:{window}{month}{number}" for number in range(late))
    facts = [
        Fact(window, "case", "ended_on_time", "promised", cases - late),
        Fact(window, "rating", "valid", "5", 40),
        Fact(window, "check", "done", "", 3),
    ]
    if late:
        facts.append(Fact(window, "case", "ended_overdue", "promised", late, 0, ids))
        facts.append(Fact(window, "lateness", "ended", "1", late, 0, ids))
    if phones:
        seen = tuple(f"finding:{window}p{number}" for number in range(phones))
        facts.append(Fact(window, "finding", "confirmed", "phone_on_duty", phones, 0, seen))
    if exposed:
        facts.append(Fact(window, "finding", "confirmed", "exposed", exposed, 0, tuple(f"finding:{window}{n}" for n in range(exposed))))
    counted = [
        Population(window, name, count, f"{name}/{month}/{window}", "") for name, count in (("cases_with_limit", cases), ("ratings", 40))
    ]
    return score(K12, "H", window, month, facts, counted)


def quarter(**late: tuple[int, int, int]) -> dict[str, list[Sheet]]:
    """Overdue cases of each window in the three months."""
    return {month: [sheet(window, month, counts[at]) for window, counts in late.items()] for at, month in enumerate(MONTHS)}


def title(**more: object) -> Title:
    plain = {
        "id": "red_flag", "name": K12.name, "period": "quarter", "number": 2, "cut": None, "ratio": None, "band": None, "kinds": (),
        "months": 3, "tie_break": (), "ground": "K4, 2 quarterly",
    }  # fmt: skip
    return Title(**{**plain, **more})  # type: ignore[arg-type]


def winners(
    wanted: Title, sheets: dict[str, list[Sheet]], kinds: dict[str, str] | None = None
) -> tuple[list[tuple[str, int]], dict[str, str]]:
    scheme = replace(K12, titles=(wanted,))
    (found,) = award(scheme, QUARTER, roll_up(scheme, QUARTER, sheets), kinds or {})
    return [(each.window_id, each.place) for each in found.winners], dict(found.kept_out)


def test_a_quarter_is_the_mean_of_its_months() -> None:
    """K12: half-year and year are the mean of months; (100 + 95 + 90) / 3 is 95, and a point a month is lost five times."""
    (found,) = roll_up(K12, QUARTER, quarter(W1=(0, 1, 2)))
    assert [total for _, total in found.months] == [Decimal("100.00"), Decimal("95.00"), Decimal("90.00")]
    assert (found.mean, found.counted, found.trend) == (Decimal("95.00"), 3, Decimal("-5.00"))
    assert (found.cases, found.rated, found.charged) == (300, 120, Decimal("15.00"))


def test_a_month_without_a_total_is_no_zero() -> None:
    sheets = quarter(W1=(0, 0, 2))
    del sheets["2022-10"]
    (found,) = roll_up(K12, QUARTER, sheets)
    assert (found.mean, found.counted, found.trend) == (Decimal("95.00"), 2, None)
    assert winners(title(), sheets) == ([], {"W1": "months"})
    assert winners(title(months=2), sheets) == ([("W1", 1)], {})


def test_departments_are_the_mean_of_their_windows() -> None:
    made = roll_up(K12, QUARTER, quarter(W1=(0, 0, 0), W2=(2, 2, 2), W3=(1, 1, 1)))
    assert mean_of(K12, made, {"W1": "land", "W2": "land", "W3": "tax"}) == {"land": Decimal("95.00"), "tax": Decimal("95.00")}


def test_a_fixed_number_gets_the_title() -> None:
    assert winners(title(), quarter(W1=(1, 1, 1), W2=(0, 0, 0), W3=(2, 2, 2)))[0] == [("W2", 1), ("W1", 2)]


def test_equals_share_the_last_place() -> None:
    """Nobody is left out by the order of ids: two equals at the second place both get it."""
    assert winners(title(), quarter(W1=(0, 0, 0), W2=(1, 1, 1), W3=(1, 1, 1)))[0] == [("W1", 1), ("W2", 2), ("W3", 2)]


def test_volume_breaks_a_tie() -> None:
    """K7: of equals the one with more cases."""
    sheets = {month: [sheet("W1", month, cases=50), sheet("W2", month, cases=80)] for month in MONTHS}
    assert winners(title(number=1, tie_break=("cases",)), sheets)[0] == [("W2", 1)]


@pytest.mark.parametrize(
    ("quota", "expected"),
    [({"cut": Decimal(95)}, ["W1", "W2"]), ({"ratio": Decimal("0.5")}, ["W1"]), ({"number": 3}, ["W1", "W2", "W3"])],
)
def test_the_three_forms_of_a_quota(quota: dict[str, object], expected: list[str]) -> None:
    found, _ = winners(title(**{"number": None, **quota}), quarter(W1=(0, 0, 0), W2=(1, 1, 1), W3=(2, 2, 2)))
    assert [window for window, _ in found] == expected


def test_who_may_not_have_a_title_is_told_why() -> None:
    """A veto of one month keeps out of the quarter; comprehensive windows do not enter; a low month keeps out."""
    sheets = quarter(W1=(0, 0, 0), W2=(0, 0, 0), W4=(0, 0, 0))
    sheets["2022-11"][1] = sheet("W2", "2022-11", exposed=1)
    for month in MONTHS:
        sheets[month].append(sheet("W3", month, exposed=2))
    wanted = title(kinds=("dedicated",), band="qualified")
    found, why = winners(wanted, sheets, {"W4": "comprehensive"})
    assert ([window for window, _ in found], why) == (["W1"], {"W2": "vetoed", "W3": "vetoed", "W4": "kind"})


@pytest.mark.parametrize(
    ("written", "kind", "months"), [("2022-Q1", "quarter", 3), ("2022-H2", "half_year", 6), ("2022", "year", 12), ("2022-07", "month", 1)]
)
def test_periods(written: str, kind: str, months: int) -> None:
    found = parse_period(written)
    assert (found.kind, len(found.months), found.name) == (kind, months, written)


@pytest.mark.parametrize("written", ["2022-Q5", "22", "2022-H0", "0000", "2022-13", "Q1"])
def test_no_periods(written: str) -> None:
    with pytest.raises(BadInput):
        parse_period(written)


def test_ranks_that_noise_decides_are_ties() -> None:
    """One yellow apart is noise (5 against a standard error of 5); nine telephones are not (9 against 3)."""
    places = {each.window_id: each for each in stand([sheet("W1"), sheet("W2", late=1), sheet("W3", phones=9)], {})}
    assert [places[window].rank for window in ("W1", "W2", "W3")] == [1, 2, 3]
    assert places["W1"].tied_with == ("W2",)
    assert (places["W1"].best, places["W1"].worst) == (1, 2)
    assert places["W2"].low is not None
    assert places["W2"].low < Decimal(95) < places["W2"].high  # type: ignore[operator]
    assert (places["W1"].low, places["W1"].high) == (Decimal("100.00"), Decimal("100.00"))
    assert not places["W1"].small


def test_comprehensive_windows_are_ranked_apart() -> None:
    found = stand([sheet("W1", late=1), sheet("W2"), sheet("W3", cases=10)], {"W2": "comprehensive"}, ("comprehensive",))
    assert [(each.group, each.window_id, each.rank) for each in found] == [("", "W3", 1), ("", "W1", 2), ("comprehensive", "W2", 1)]


def test_the_noise_of_a_score_is_what_months_really_show() -> None:
    """Telephones by chance, 3 a month at 1 point: the variance told is that of the totals of 1,500 months, within 12 %."""
    import numpy as np

    months = np.minimum(np.random.default_rng(4).poisson(3, 1500), 10)
    places = [stand([sheet("A", phones=int(each))], {})[0] for each in months]
    told = [((place.total - place.low) / Decimal("1.959964")) ** 2 for place in places]  # type: ignore[operator]
    seen = float(np.var([float(place.total) for place in places]))  # type: ignore[arg-type]
    assert float(sum(told) / len(told)) == pytest.approx(seen, rel=0.12)


def test_a_funnel_flags_what_chance_does_not_explain() -> None:
    """Rate 2.4 %; of 1,000 the limits of three standard errors are 2.4 % ± 1.4 %: 60 is outside, of 25 a single one (4 %) is not."""
    found = {each.window_id: each for each in funnel({"W1": (20, 1000), "W2": (60, 1000), "W3": (1, 25), "W4": (179, 8975)})}
    assert [window for window, each in found.items() if each.outside] == ["W2"]
    assert funnel({}) == ()


def test_months_proved_by_two_processes_give_the_same_answers(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from supervision import monthly
    from supervision.db import calendars
    from supervision.db.schema import HallRow, Window
    from supervision.db.store import open_store

    with open_store(f"sqlite:///{tmp_path / 'r.sqlite'}", tmp_path, clock=lambda: datetime(2023, 3, 1, tzinfo=UTC)) as store:
        with store.act("office", "import", "H") as work:
            work.session.add(HallRow(hall_id="H", name_zh="厅", name_en="Hall", time_zone="Asia/Shanghai", sequence=work.sequence))
            work.session.flush()
            calendars.seed(work)
            work.session.add(Window(hall_id="H", window_id="W1", name_zh="一", name_en="one", sequence=work.sequence))
        for month in MONTHS:
            monthly.assess(store, "H", month, person="Lin")
        alone = list(monthly.prove(store, "H"))
        assert list(monthly.prove(store, "H", workers=2)) == alone
        assert [(rows[0].month, rows[0].equal) for rows in alone] == [(month, True) for month in MONTHS]


def test_a_period_is_filed_once_and_only_when_locked(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from supervision import course, results
    from supervision.db import calendars
    from supervision.db.schema import HallRow, Window
    from supervision.db.store import open_store

    now = [datetime(2022, 12, 1, 2, tzinfo=UTC)]
    with open_store(f"sqlite:///{tmp_path / 'r.sqlite'}", tmp_path, clock=lambda: now[0]) as store:
        with store.act("office", "import", "H") as work:
            work.session.add(HallRow(hall_id="H", name_zh="厅", name_en="Hall", time_zone="Asia/Shanghai", sequence=work.sequence))
            work.session.flush()
            calendars.seed(work)
            work.session.add(Window(hall_id="H", window_id="W1", name_zh="一", name_en="one", department="land", sequence=work.sequence))
        for step in (course.open_month, course.collect, course.compute, course.circulate):
            step(store, "H", "2022-11", person="Lin")
        assert results.read_period(store, "H", "2022-11").unlocked == ("2022-11",)
        with pytest.raises(BadInput) as caught:
            results.file_period(store, "H", "2022-11", person="Lin")
        assert caught.value.faults[0].code == "period_unlocked"
        quarter = results.read_period(store, "H", "2022-Q4")
        assert (quarter.unlocked, quarter.missing) == (("2022-10", "2022-11", "2022-12"), ("2022-10", "2022-12"))
        with pytest.raises(BadInput) as caught:
            results.file_period(store, "H", "2022-Q4", person="Lin")
        assert {each.code: each.facts["months"] for each in caught.value.faults} == {
            "period_unlocked": "2022-11", "period_missing": "2022-10, 2022-12",
        }  # fmt: skip
        now[0] = datetime(2022, 12, 20, tzinfo=UTC)
        course.lock(store, "H", "2022-11", person="Lin")
        assert [results.file_period(store, "H", "2022-11", person="Lin") for _ in range(2)] == [1, 1]
        assert results.read_standing(store, "H", "2022-11").places[0].rank is None
