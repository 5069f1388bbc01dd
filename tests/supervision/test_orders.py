"""Work orders: every step where it leads, who may not take it, which limits were kept, and what a step makes of its record."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from supervision.db.store import Store, open_store
from supervision.evidence import Fact
from supervision.faults import BadInput
from supervision.journal import verify
from supervision.monthly import open_evidence
from supervision.orders.call_in import find_bottom
from supervision.orders.clock import clocks_of, rule_set_of, rule_sets, tally
from supervision.orders.desk import count_kept, find_call_ins, list_orders, open_bad_ratings, open_order, read_order, take_step
from supervision.orders.workflow import OPEN, Step, workflow_of, workflows
from supervision.ratings import good_rates

from .halls_at_hand import HALL, bring, new_store

RATINGS = """rating_number,level,rated,window,handler,is_default
R-1,1,2024-05-06 10:00,W1,10001,
R-2,2,2024-05-07 11:00,W1,,
R-3,5,2024-05-07 12:00,W1,,
R-4,1,2024-05-08 12:00,W1,,1
"""
MAY = "2024-05"


class Clock:
    """A clock that a test moves."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2024, 5, 8, 2, 0, tzinfo=UTC))


@pytest.fixture
def store(tmp_path: Path, clock: Clock):
    new_store(tmp_path, datetime(2024, 5, 8, 8, 0, tzinfo=UTC)).close()
    with open_store(home=tmp_path, clock=clock) as opened:
        clock.now = datetime(2024, 5, 8, 8, 0, tzinfo=UTC)
        bring(opened, tmp_path, "ratings", RATINGS)
        yield opened


def refused(code: str, *arguments, **named) -> BadInput:
    with pytest.raises(BadInput) as caught:
        take_step(*arguments, **named)
    assert code in [each.code for each in caught.value.faults]
    return caught.value


def standing(store: Store, evidence: str) -> list[str]:
    return [dict(each)["status"] for each in open_evidence(store, HALL, evidence).history]


def test_every_bad_rating_a_citizen_gave_gets_one_order_and_a_second_time_none(store):
    opened = open_bad_ratings(store, HALL, MAY, "Sun")
    assert [each.subject for each in opened] == ["rating:R-1", "rating:R-2"], "R-3 is good, R-4 nobody gave"
    before = store.head()
    assert open_bad_ratings(store, HALL, MAY, "Sun") == []
    assert store.head() == before, "nothing to open is no act"


def test_a_bad_rating_goes_round_until_the_citizen_is_satisfied(store, clock):
    order = open_order(store, HALL, "rating:R-1", "Sun").order_number
    for action, person, note, by in [
        ("call_back", "Qian", "waited an hour", None),
        ("verify", "Qian", "", None),
        ("set_date", "Qian", "", date(2024, 5, 10)),
        ("rectify", "Zhou", "second window opened", None),
        ("reply", "Zhou", "told by telephone", None),
        ("revisit_unsatisfied", "Wu", "still slow", None),
        ("rectify", "Zhou", "third window opened", None),
        ("reply", "Zhou", "told again", None),
        ("revisit_satisfied", "Wu", "", None),
    ]:
        clock.now += timedelta(minutes=10)
        take_step(store, HALL, order, action, person, note=note, by=by)
    view = read_order(store, HALL, order)
    assert (view.state, view.over, view.possible) == ("satisfied", True, ())
    assert [each.action for each in view.steps] == [
        OPEN, "call_back", "verify", "set_date", "rectify", "reply", "revisit_unsatisfied", "rectify", "reply", "revisit_satisfied"
    ]  # fmt: skip
    assert {each.id: each.answer for each in view.clocks} == {"call_back": "broken", "reply": "kept", "promised": "kept"}
    assert standing(store, "rating:R-1") == [], "a true bad rating stands as it was given"
    assert verify(store).ok
    assert store.head().count == 3 + 9, "one journal row a step"


def test_a_mistaken_rating_is_confirmed_by_another_person_and_stands_as_mistaken(store):
    order = open_order(store, HALL, "rating:R-2", "Sun").order_number
    take_step(store, HALL, order, "call_back", "Qian", note="pressed the wrong key")
    take_step(store, HALL, order, "claim_mistaken", "Zhao", note="the citizen says so")
    assert standing(store, "rating:R-2") == ["contested"], "nothing is deducted before it is settled"
    for person in ("Qian", "Zhao"):
        refused("order_same_person", store, HALL, order, "confirm_mistaken", person, note="x")
    take_step(store, HALL, order, "confirm_mistaken", "Wu", note="heard the recording, 13812345678")
    assert standing(store, "rating:R-2") == ["contested", "mistaken"]
    assert "138****5678" in read_order(store, HALL, order).steps[-1].note


def test_a_note_is_kept_whole_with_its_control_characters_written_out(store):
    order = open_order(store, HALL, "rating:R-2", "Sun").order_number
    take_step(store, HALL, order, "call_back", "Qian", note="a \x1b[31mred\x1b[0m word, " + "long " * 100)
    note = read_order(store, HALL, order).steps[-1].note
    assert note.startswith("a \\x1b[31mred")
    assert len(note) > 500


def test_a_refused_claim_puts_the_rating_back(store):
    order = open_order(store, HALL, "rating:R-2", "Sun").order_number
    take_step(store, HALL, order, "call_back", "Qian", note="angry")
    take_step(store, HALL, order, "claim_malicious", "Zhao", note="the same man again")
    take_step(store, HALL, order, "refuse_claim", "Wu", note="three different cases")
    assert standing(store, "rating:R-2") == ["contested", "valid"]
    assert read_order(store, HALL, order).state == "verified"


@pytest.mark.parametrize("person", ["10001", "王芳"])
def test_the_rated_clerk_takes_no_part_in_their_own_order(store, person):
    order = open_order(store, HALL, "rating:R-1", "Sun").order_number
    refused("order_own", store, HALL, order, "call_back", person, note="it was me")


def test_whoever_recorded_a_finding_does_not_rule_on_it(store, tmp_path):
    bring(store, tmp_path, "checks", "finding_number,code,observed,window,source\nF-1,dress,2024-05-06 10:00,W1,in_house\n", "c.csv")
    order = open_order(store, HALL, "finding:F-1", "Sun", rules="video").order_number
    take_step(store, HALL, order, "dispute", "Zhou", note="she was in the next room")
    refused("order_recorder", store, HALL, order, "withdraw", "tester", note="x")
    refused("order_same_person", store, HALL, order, "withdraw", "Zhou", note="x")
    take_step(store, HALL, order, "withdraw", "Wu", note="the camera shows it")
    assert standing(store, "finding:F-1") == ["disputed", "withdrawn"]


def test_a_step_says_everything_that_is_wrong_with_it_at_once(store):
    order = open_order(store, HALL, "rating:R-1", "Sun").order_number
    told = refused("order_not_now", store, HALL, order, "reply", "Qian")
    assert "call_back" in told.text("en")
    take_step(store, HALL, order, "call_back", "Qian", note="x")
    take_step(store, HALL, order, "verify", "Qian")
    refused("order_by", store, HALL, order, "set_date", "Qian")
    refused("order_by_past", store, HALL, order, "set_date", "Qian", by=date(2024, 5, 1))
    refused("order_note", store, HALL, order, "rectify", "Qian")
    refused("order_unknown", store, HALL, "O-999999", "reply", "Qian")


@pytest.mark.parametrize(
    ("subject", "code"), [("rating:R-9", "evidence_unknown"), ("ticket:1", "order_subject"), ("window:W9@2024-05", "evidence_unknown")]
)
def test_an_order_needs_a_record_that_is_there(store, subject, code):
    before = store.head()
    with pytest.raises(BadInput) as caught:
        open_order(store, HALL, subject, "Sun")
    assert caught.value.faults[0].code == code
    assert store.head() == before


def test_a_second_order_about_the_same_record_is_refused(store):
    open_order(store, HALL, "rating:R-1", "Sun")
    with pytest.raises(BadInput) as caught:
        open_order(store, HALL, "rating:R-1", "Sun")
    assert caught.value.faults[0].code == "order_exists"


def test_the_limits_of_the_three_rule_sets_end_where_the_calendar_says(store, tmp_path):
    """From Monday 6 May 2024 by hand: Saturday 11 May is a make-up working day, so 5 working days end on the 11th and 15 on the 24th;
    7 days end on the 13th."""
    ends = {}
    for name in ("wd5", "d7", "wd15"):
        fresh = new_store(tmp_path / name, datetime(2024, 5, 8, 8, 0, tzinfo=UTC))
        with fresh:
            bring(fresh, tmp_path / name, "ratings", RATINGS)
            view = open_order(fresh, HALL, "rating:R-1", "Sun", rules=name)
            ends[name] = next(each.due_at for each in view.clocks if each.id == "reply").astimezone(UTC)
    # 24:00 in Shanghai is 16:00 UTC
    assert ends == {
        "wd5": datetime(2024, 5, 11, 16, tzinfo=UTC),
        "d7": datetime(2024, 5, 13, 16, tzinfo=UTC),
        "wd15": datetime(2024, 5, 24, 16, tzinfo=UTC),
    }


def test_on_time_rates_count_kept_broken_late_and_running(store, clock):
    first, second = (each.order_number for each in open_bad_ratings(store, HALL, MAY, "Sun"))
    clock.now = datetime(2024, 5, 8, 9, tzinfo=UTC)
    take_step(store, HALL, first, "call_back", "Qian", note="x")  # due on the 7th: broken
    take_step(store, HALL, second, "call_back", "Qian", note="x")  # due on the 8th: kept
    clock.now = datetime(2024, 5, 20, tzinfo=UTC)
    whole = {each.id: each for each in count_kept(store, HALL, MAY, "bad_rating")[""]}
    assert (whole["call_back"].kept, whole["call_back"].broken, whole["call_back"].n) == (1, 1, 2)
    assert (whole["reply"].late, whole["reply"].running) == (2, 0)
    assert [each.late for each in list_orders(store, HALL, late_only=True)] == [True, True]
    assert list_orders(store, HALL, workflow="finding") == []


def test_an_order_opened_late_is_late_at_once_and_says_that_its_limit_ran_before(store, clock):
    in_time = open_order(store, HALL, "rating:R-2", "Sun", rules="wd5")
    clock.now += timedelta(days=60)
    late = open_order(store, HALL, "rating:R-1", "Sun", rules="wd5")

    assert not any(map(in_time.was_late, in_time.clocks))
    assert late.late
    assert all(map(late.was_late, late.clocks))


def test_an_order_that_ended_another_way_is_not_late_for_ever(store, clock):
    order = open_order(store, HALL, "rating:R-2", "Sun", rules="wd5").order_number
    take_step(store, HALL, order, "call_back", "Qian", note="x")
    take_step(store, HALL, order, "claim_unreasonable", "Zhao", note="no such right")
    take_step(store, HALL, order, "confirm_unreasonable", "Wu", note="explained")
    clock.now += timedelta(days=60)
    assert not read_order(store, HALL, order).late


def ratings(good: int, bad: int):
    return good_rates((Fact("W", "rating", "valid", "5", good), Fact("W", "rating", "valid", "1", bad, 0, ("rating:x",))), frozenset("45"))


def test_the_bottom_is_called_in_only_after_two_months_there():
    march = {"A": ratings(99, 1), "B": ratings(90, 10), "C": ratings(100, 0)}
    april = {"A": ratings(95, 5), "B": ratings(97, 3), "C": ratings(100, 0)}
    may = {"A": ratings(95, 5), "B": ratings(97, 3), "C": ratings(1, 9)}
    assert [each.window_id for each in find_bottom([("2024-04", april), ("2024-03", march)], 30)] == []
    found = find_bottom([("2024-05", may), ("2024-04", april)], 30)
    assert [each.subject for each in found] == ["window:A@2024-05"], "C has too few ratings to be ranked"
    assert found[0].months == (("2024-05", 95, 100), ("2024-04", 95, 100))
    same = {"A": ratings(100, 0), "B": ratings(50, 0)}
    assert find_bottom([("2024-05", same), ("2024-04", same)], 30) == (), "where all are equal there is no bottom"


def test_call_ins_of_a_hall_come_from_its_ratings_and_become_an_order(store, tmp_path, clock):
    clock.now = datetime(2024, 6, 3, 1, tzinfo=UTC)
    rows = ["rating_number,level,rated,window"]
    for month in ("04", "05"):
        rows += [f"A{month}{n},{'1' if n < 3 else '5'},2024-{month}-12 10:{n:02d},W1" for n in range(40)]
        rows += [f"B{month}{n},5,2024-{month}-12 11:{n:02d},综窗1" for n in range(40)]
    bring(store, tmp_path, "ratings", "\n".join(rows), "more.csv")
    found = find_call_ins(store, HALL, MAY, frozenset("45"))
    assert [each.window_id for each in found] == ["W1"]
    order = open_order(store, HALL, found[0].subject, "Sun").order_number
    take_step(store, HALL, order, "summon", "Sun", by=date(2024, 6, 7))
    assert take_step(store, HALL, order, "hold", "Sun", note="agreed on training").over


@pytest.mark.parametrize("workflow", sorted(workflows()))
def test_every_state_leads_to_an_end_and_every_step_is_named_in_both_languages(workflow):
    flow = workflow_of(workflow)
    reach = set(flow.final)
    for _ in flow.states:
        reach |= {state for each in flow.actions if each.leads_to in reach for state in each.begins_in}
    assert reach == set(flow.states)
    assert all(set(each.name) == {"zh", "en"} for each in flow.actions)
    assert all(set(each) == {"zh", "en"} for each in flow.states.values())


def test_every_limit_begins_and_ends_with_a_step_of_its_workflow_and_names_its_ground():
    for rules in rule_sets():
        for workflow, limits in rules.limits.items():
            steps = {OPEN, *(each.id for each in workflow_of(workflow).actions)}
            for limit in limits:
                assert {*limit.since, *limit.until} <= steps
                assert limit.ground == "assumption" or limit.ground[:1] in "EWM"
    with pytest.raises(BadInput):
        rule_set_of("none", "finding")


def test_a_recheck_that_fails_begins_the_limit_of_rectification_anew():
    """Hand trace: handed over at 9, rectified at 10 (kept), failed at 11 and handed over again: the second stretch is not the first."""
    from zoneinfo import ZoneInfo

    from simulation.calendar import seed_calendar

    day = datetime(2024, 5, 6, tzinfo=UTC)
    rules = rule_set_of("video", "finding").limits["finding"]
    zone = ZoneInfo("Asia/Shanghai")
    steps = [
        Step(OPEN, "opened", day, day.date(), "a"),
        Step("confirm", "confirmed", day + timedelta(minutes=60), day.date(), "a"),
        Step("hand_over", "handed_over", day + timedelta(hours=2), day.date(), "a"),
        Step("rectify", "rectified", day + timedelta(hours=26), day.date(), "b"),
        Step("recheck_failed", "handed_over", day + timedelta(hours=27), day.date(), "a"),
    ]
    now = day + timedelta(days=3)
    found = clocks_of(day, steps, rules, now, zone, seed_calendar())
    assert [(each.id, each.answer) for each in found] == [
        ("answer", "kept"), ("rectify", "kept"), ("rectify", "late"), ("recheck", "kept")
    ]  # fmt: skip
    assert [each.due_at - day for each in found[1:3]] == [timedelta(hours=26), timedelta(hours=51)], "the due moment itself is on time"
    assert {each.id: (each.kept, each.late, each.n) for each in tally(found)} == {
        "answer": (1, 0, 1), "rectify": (1, 1, 2), "recheck": (1, 0, 1)
    }  # fmt: skip


def test_of_two_ratings_of_one_service_the_first_counts(store, tmp_path):
    """One service, one rating: a second one is shown as repeated and in no rate but the raw one; a rating of another visit is another."""
    bring(store, tmp_path, "cases", "case_number,accepted,window\nC-1,2024-05-06 09:00,W1\n", "cases.csv")
    rows = "rating_number,level,rated,case_number,ticket,is_default,channel\n"
    rows += "D-1,3,2024-05-06 09:30,C-1,A1,1,短信\nD-2,1,2024-05-06 10:00,C-1,A1,,评价器\nD-3,5,2024-05-06 10:05,C-1,A1,,二维码\n"
    rows += "D-4,2,2024-05-07 10:00,C-1,A2,,电话回访\nD-5,5,2024-05-07 11:00,C-1,A2,,鸽子\n"
    report = bring(store, tmp_path, "ratings", rows, "more.csv")
    assert [each.code for each in report.rejections] == ["value_word"], "a channel nobody knows is refused"
    from supervision.db.facts import count_ratings
    from supervision.month import Month

    with store.read() as session:
        facts = count_ratings(session, HALL, Month(2024, 5), store.head().count)
    told = {(each.status, each.code): each.evidence for each in facts}
    assert told["repeated", "5"] == ("rating:D-3",)
    assert {"rating:D-2", "rating:R-1"} <= set(told["valid", "1"])
    assert "rating:D-4" in told["valid", "2"]
    rates = good_rates(facts, frozenset("45"))
    assert (rates.raw.n, rates.valid.n) == (8, 5), "two defaults and the repeated one are in the raw rate alone"


def test_nobody_who_recorded_a_thing_rules_on_what_it_stands_as() -> None:
    """Every step that decides about the record and bars the clerk concerned bars whoever recorded it, too (decision 10)."""
    rulings = {
        (workflow.id, action.id): action.not_recorder
        for workflow in workflows().values()
        for action in workflow.actions
        if action.standing and action.not_own
    }

    assert ("bad_rating", "confirm_mistaken") in rulings
    assert ("complaint", "uphold") in rulings
    assert [name for name, barred in rulings.items() if not barred] == []
