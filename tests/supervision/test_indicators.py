"""What a part has to go by: three answers, what is spared and why, and the good rates beside a sheet."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from supervision.evidence import REASONS, EvidenceRef, Fact, merge
from supervision.indicators import evaluate
from supervision.month import Month, month_of, parse_month
from supervision.ratings import good_rates, rate
from supervision.scheme import Event, load_scheme
from supervision.scoring import list_unassigned, score

K12 = load_scheme("k12")


def test_missing_not_applicable_and_zero_are_three_answers() -> None:
    nothing = evaluate(K12, [])
    assert {value.state for value in nothing.parts.values()} == {"not_enough_evidence"}
    no_limits = evaluate(K12, [Fact("W", "case", "ended_no_limit", "instant", 3)])
    assert no_limits.parts["timeliness"].state == "not_applicable"
    assert no_limits.parts["satisfaction"].state == "not_enough_evidence"
    worst = score(K12, "H", "W", "2022-11", [Fact("W", "case", "open_overdue", "promised", 2), Fact("W", "lateness", "open", "9", 2)])
    assert (worst.line("timeliness").state, worst.line("timeliness").points) == ("value", 0)


def test_ratings_given_by_default_count_nowhere() -> None:
    """Neither as a rating nor as a bad one, and they do not make up the minimum."""
    values = evaluate(K12, [Fact("W", "rating", "default", "1", 500, 0, ("rating:1",)), Fact("W", "rating", "valid", "5", 9)])
    assert (values.parts["satisfaction"].counted, values.parts["satisfaction"].state) == (9, "not_enough_evidence")
    spared = {(each.kind, each.reason): each.count for each in values.spared}
    assert spared == {("rating", "default"): 500}


def test_a_mistaken_rating_does_not_make_the_others_too_few() -> None:
    """Else a ruling in the window's favour could take its points away."""
    facts = [Fact("W", "rating", "valid", "5", 9), Fact("W", "rating", "valid", "1", 1, 0, ("rating:1",))]
    ruled = [facts[0], Fact("W", "rating", "mistaken", "1", 1, 0, ("rating:1",))]
    assert score(K12, "H", "W", "2022-11", facts).line("satisfaction").points == 8
    line = score(K12, "H", "W", "2022-11", ruled).line("satisfaction")
    assert line.points == 10
    assert line.evidence == (EvidenceRef("rating:1", "spared", "mistaken"),)


def test_charging_per_working_day() -> None:
    """K10 takes 2 points per working day of each overdue case."""
    event = Event("lateness", at_least=0)
    deduction = dataclasses.replace(K12.deductions[1], id="per_day", points=Decimal(2), per="working_day", event=event)
    scheme = dataclasses.replace(K12, deductions=(deduction,))
    late = [Fact("W", "lateness", "ended", "1", 2), Fact("W", "lateness", "ended", "3", 1)]
    facts = [Fact("W", "case", "ended_overdue", "promised", 3), *late]
    assert score(scheme, "H", "W", "2022-11", facts).line("timeliness").points == 14 - 2 * (1 + 1 + 3)


def test_bonuses_stop_at_the_limit_of_all() -> None:
    early = next(each for each in K12.bonuses if each.event.kind == "early")
    two = tuple(dataclasses.replace(early, id=f"bonus_{number}") for number in range(2))
    scheme = dataclasses.replace(K12, bonuses=two)
    sheet = score(scheme, "H", "W", "2022-11", [Fact("W", "case", "ended_on_time", "promised", 10), Fact("W", "early", "ended", "2", 8)])
    assert [sheet.line(each.id).points for each in two] == [8, 2]


def test_facts_of_two_windows_are_refused() -> None:
    with pytest.raises(ValueError, match="one window at a time"):
        evaluate(K12, [Fact("A", "check", "done", "", 1), Fact("B", "check", "done", "", 1)])
    with pytest.raises(ValueError, match="no fact is of kind 'rating' and status 'good'"):
        Fact("A", "rating", "good", "5", 1)


def test_facts_of_one_key_are_added() -> None:
    merged = merge([Fact("A", "check", "done", "", 1, 5, ("finding:2",)), Fact("A", "check", "done", "", 2, 6, ("finding:1",))])
    assert merged == (Fact("A", "check", "done", "", 3, 11, ("finding:1", "finding:2")),)


def test_what_belongs_to_no_window_is_shown_and_scored_for_nobody() -> None:
    sheet = list_unassigned(K12, "H", "2022-11", [Fact("unassigned", "case", "ended_overdue", "promised", 2, 0, ("case:1", "case:2"))])
    assert (sheet.total, sheet.lines, sheet.band) == (None, (), None)
    assert [(each.code, each.reason, each.count, each.evidence) for each in sheet.not_charged] == [
        ("ended_overdue promised", "unassigned", 2, ("case:1", "case:2"))
    ]


def test_every_reason_is_worded() -> None:
    sheet_reasons = {each.reason for each in score(K12, "H", "W", "2022-11", _everything()).not_charged}
    expected = {"default", "mistaken", "malicious", "contested", "disputed", "withdrawn", "annual", "not_charged"}
    assert expected | {"not_due", "no_limit", "floor", "below_threshold", "too_little"} <= sheet_reasons
    assert sheet_reasons <= set(REASONS)
    assert all(set(texts) == {"zh", "en"} for texts in REASONS.values())


def _everything() -> list[Fact]:
    return [
        *(Fact("W", "rating", each, "1", 1, 0, (f"rating:{each}",)) for each in ("valid", "default", "mistaken", "malicious", "contested")),
        *(Fact("W", "finding", each, "quarrel", 9, 0, (f"finding:{each}",)) for each in ("confirmed", "disputed", "withdrawn")),
        *(Fact("W", "finding", "confirmed", code, 1, 0, (f"finding:{code}",)) for code in ("discipline_warning", "long_queue")),
        *(Fact("W", "case", status, "promised", 2) for status in ("ended_on_time", "open_not_due", "ended_no_limit")),
        Fact("W", "reminder", "sent", "case:1", 2, 0, ("case:1", "case:2")),
    ]


def test_good_rates_of_document_003() -> None:
    """21,676 of 21,686 are good: 99.95 % raw; ten were mistaken, so 100 % adjusted (RULES 6.1, C1 and C2)."""
    facts = [Fact("W", "rating", "valid", "5", 21_676), Fact("W", "rating", "mistaken", "2", 10)]
    rates = good_rates(facts, K12.good_levels())
    assert (rates.raw.good, rates.raw.n, rates.raw.value) == (21_676, 21_686, Decimal("0.999539"))
    assert rates.raw == rates.valid
    assert (rates.adjusted.n, rates.adjusted.value) == (21_676, Decimal("1.000000"))
    defaults = good_rates([*facts, Fact("W", "rating", "default", "3", 1000)], K12.good_levels())
    assert (defaults.raw.n, defaults.valid.n, defaults.defaults) == (22_686, 21_686, 1000)


@pytest.mark.parametrize(
    ("good", "n", "low", "high"),
    [
        # R. G. Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3
        (81, 263, "0.2553", "0.3662"),
        (15, 148, "0.0624", "0.1605"),
        (0, 20, "0.0000", "0.1611"),
        (1, 29, "0.0061", "0.1718"),
    ],
)
def test_the_interval_of_a_rate_is_wilsons(good: int, n: int, low: str, high: str) -> None:
    found = rate(good, n)
    assert found.low is not None
    assert found.high is not None
    assert (found.low.quantize(Decimal("0.0001")), found.high.quantize(Decimal("0.0001"))) == (Decimal(low), Decimal(high))


def test_months() -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    assert month_of("2022-11") == month_of(Month(2022, 11)) == Month(2022, 11)
    begins, closes = Month(2022, 12).bounds(shanghai)
    assert (begins, closes) == (datetime(2022, 11, 30, 16, tzinfo=UTC), datetime(2022, 12, 31, 16, tzinfo=UTC))
    assert (Month(2022, 1).previous(), Month(2022, 12).next(), Month(2024, 2).last_day.day) == (Month(2021, 12), Month(2023, 1), 29)
    with pytest.raises(ValueError, match="a month is written as year and month, such as 2022-11, not 2022/11; write it so"):
        parse_month("2022/11")
