"""Limits and clocks: hand-made cases over holidays, year ends and changes of the clocks, and what must hold for any limit."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.calendar import seed_calendar
from simulation.faults import BadInput
from supervision.deadlines import Limit, Opening, Stop, count, due, is_late, parse_limit, reminder_day, working_days_late
from supervision.deadlines.trace import step

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = seed_calendar()
OPENINGS = (Opening(510, 720), Opening(870, 1050))  # 08:30–12:00, 14:30–17:30


class Weekdays:
    """Monday to Friday, in every year: for years before the official table."""

    def is_working(self, day: date) -> bool:
        return day.weekday() < 5

    def is_provisional(self, day: date) -> bool:
        return False


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def last_day(amount: int, unit: str, accepted: str, stops: tuple[Stop, ...] = ()) -> str:
    return str(count(Limit(amount, unit), at(accepted), SHANGHAI, CALENDAR, stops).last_day)


# ---- working days


def test_five_working_days_over_the_spring_festival_of_2022_use_the_make_up_weekend():
    """Friday 28 January; 29 and 30 January are worked, the holiday is 31 January to 6 February."""
    counted = count(Limit(5, "working_days"), at("2022-01-28 16:59"), SHANGHAI, CALENDAR)

    assert counted.last_day == date(2022, 2, 9)
    assert counted.moment == datetime(2022, 2, 9, 16, 0, tzinfo=UTC), "24:00 in Shanghai is 16:00 UTC"
    assert "2022-01-31–2022-02-06" in counted.steps[1].text("en")
    assert not counted.provisional


@pytest.mark.parametrize(
    ("accepted", "amount", "expected"),
    [
        ("2021-12-31 09:00", 1, "2022-01-04"),  # new year: 1 to 3 January
        ("2021-12-31 09:00", 20, "2022-01-29"),  # ends on the make-up Saturday
        ("2025-09-26 10:00", 3, "2025-09-30"),  # Sunday 28 September is worked
        ("2025-09-30 10:00", 1, "2025-10-09"),  # 1 to 8 October
        ("2022-11-05 10:00", 1, "2022-11-07"),  # accepted on a Saturday
        ("2022-11-01 00:00", 1, "2022-11-02"),  # the first instant of a day is that day
        ("2022-11-01 23:59:59", 1, "2022-11-02"),
    ],
)
def test_working_days_by_hand(accepted, amount, expected):
    assert last_day(amount, "working_days", accepted) == expected


@settings(deadline=None)
@given(st.datetimes(datetime(2005, 1, 1), datetime(2025, 6, 1)), st.integers(1, 60))
def test_working_days_agree_with_another_way_of_counting(accepted, amount):
    """Oracle: list the following days, keep the worked ones, take the last."""
    following = (accepted.date() + timedelta(days=number) for number in range(1, 200))
    worked = [day for day in following if chinese_calendar.is_workday(day)]

    assert count(Limit(amount, "working_days"), accepted.replace(tzinfo=SHANGHAI), SHANGHAI, CALENDAR).last_day == worked[amount - 1]


def test_the_day_of_acceptance_is_the_local_day():
    """17:00 UTC on Monday is already Tuesday in Shanghai."""
    counted = count(Limit(1, "working_days"), datetime(2022, 11, 7, 17, 0, tzinfo=UTC), SHANGHAI, CALENDAR)

    assert counted.last_day == date(2022, 11, 9)


# ---- calendar days, months, hours, minutes


def test_calendar_days_count_every_day_and_move_off_a_rest_day():
    assert last_day(3, "calendar_days", "2022-11-07 09:00") == "2022-11-10"
    assert last_day(5, "calendar_days", "2022-11-07 09:00") == "2022-11-14", "Saturday the 12th moves to Monday"
    assert str(count(Limit(5, "calendar_days"), at("2022-11-07 09:00"), SHANGHAI).last_day) == "2022-11-12", "no calendar, no rest days"


@pytest.mark.parametrize(
    ("accepted", "amount", "expected"),
    [
        ("2022-03-15 09:00", 1, "2022-04-15"),
        ("2023-01-31 09:00", 1, "2023-02-28"),
        ("2024-01-31 09:00", 1, "2024-02-29"),
        ("2022-08-31 09:00", 6, "2023-02-28"),
        ("2021-11-30 09:00", 12, "2022-11-30"),
        ("2022-08-01 09:00", 2, "2022-10-08"),  # 1 October falls into the holiday; Saturday 8 October is worked
    ],
)
def test_months_end_on_the_day_of_the_same_number_or_the_last(accepted, amount, expected):
    assert last_day(amount, "months", accepted) == expected


@pytest.mark.parametrize(
    ("accepted", "hours", "expected"),
    [
        ("2022-11-07 11:00", 4, "2022-11-07 17:30"),  # one before lunch, three after: ends exactly at closing
        ("2022-11-07 11:30", 4, "2022-11-08 09:00"),
        ("2022-11-07 12:30", 1, "2022-11-07 15:30"),  # accepted at lunch
        ("2022-11-07 18:00", 2, "2022-11-08 10:30"),
        ("2022-01-28 16:30", 2, "2022-01-29 09:30"),  # the make-up Saturday
        ("2022-01-30 16:30", 2, "2022-02-07 09:30"),
    ],
)
def test_working_hours_run_only_while_the_hall_is_open(accepted, hours, expected):
    counted = count(Limit(hours, "working_hours"), at(accepted), SHANGHAI, CALENDAR, (), OPENINGS)

    assert counted.moment == at(expected)


@settings(deadline=None, max_examples=30)
@given(st.datetimes(datetime(2022, 1, 20), datetime(2022, 2, 20)), st.integers(1, 12), st.lists(st.integers(0, 20000), max_size=4))
def test_working_hours_agree_with_counting_minute_by_minute(accepted, hours, edges):
    accepted = accepted.replace(second=0, microsecond=0)
    marks = sorted(set(edges))
    begin = datetime(2022, 1, 20)
    stops = [(begin + timedelta(minutes=a), begin + timedelta(minutes=b)) for a, b in zip(marks[::2], marks[1::2], strict=False)]
    left, moment = hours * 60, accepted
    while left:  # oracle: one minute after the other
        minute = moment.hour * 60 + moment.minute
        open_now = chinese_calendar.is_workday(moment.date()) and any(each.starts <= minute < each.ends for each in OPENINGS)
        left -= open_now and not any(start <= moment < end for start, end in stops)
        moment += timedelta(minutes=1)

    given_stops = [Stop(start.replace(tzinfo=SHANGHAI), end.replace(tzinfo=SHANGHAI)) for start, end in stops]
    counted = count(Limit(hours, "working_hours"), accepted.replace(tzinfo=SHANGHAI), SHANGHAI, CALENDAR, given_stops, OPENINGS)
    assert counted.moment == moment.replace(tzinfo=SHANGHAI)


def test_minutes_run_through_the_night():
    assert count(Limit(90, "minutes"), at("2022-11-07 23:30"), SHANGHAI).moment == at("2022-11-08 01:00")


# ---- stops


def test_a_day_that_a_stop_touches_is_not_counted():
    """The 8th and the 9th are left out; the 12th and the 13th are a weekend."""
    touched = Stop(at("2022-11-08 16:00"), at("2022-11-09 09:00"), "hearing")

    assert last_day(3, "working_days", "2022-11-07 09:00") == "2022-11-10"
    assert last_day(3, "working_days", "2022-11-07 09:00", (touched,)) == "2022-11-14"


def test_a_stop_that_ends_at_midnight_does_not_touch_the_next_day():
    assert last_day(1, "working_days", "2022-11-07 09:00", (Stop(at("2022-11-07 10:00"), at("2022-11-08 00:00")),)) == "2022-11-08"


def test_waiting_for_a_supplement_starts_the_clock_on_the_day_after_it_arrived():
    supplement = Stop(at("2022-11-07 09:00"), at("2022-11-15 10:00"), "supplement")

    assert last_day(2, "working_days", "2022-11-07 09:00", (supplement,)) == last_day(2, "working_days", "2022-11-15 10:00") == "2022-11-17"


def test_stopped_days_are_given_back_after_months_and_calendar_days():
    stop = Stop(at("2022-03-21 09:00"), at("2022-03-25 17:00"))

    assert last_day(1, "months", "2022-03-15 09:00", (stop,)) == "2022-04-20"
    assert last_day(10, "calendar_days", "2022-03-15 09:00", (stop,)) == "2022-03-30"


def test_minutes_leave_out_exactly_the_stopped_time():
    stops = (Stop(at("2022-11-07 10:00"), at("2022-11-07 10:20")), Stop(at("2022-11-07 10:10"), at("2022-11-07 10:30")))

    assert count(Limit(60, "minutes"), at("2022-11-07 09:45"), SHANGHAI, None, stops).moment == at("2022-11-07 11:15")


@pytest.mark.parametrize("unit", ["minutes", "working_hours", "working_days", "calendar_days", "months"])
def test_a_clock_that_stands_still_has_no_due_moment(unit):
    standing = Stop(at("2022-11-07 10:00"), None, "supplement")
    limit = Limit(600 if unit == "minutes" else 5, unit)
    counted = count(limit, at("2022-11-07 09:00"), SHANGHAI, CALENDAR, (standing,), OPENINGS)

    assert counted.moment is None
    assert counted.last_day is None
    assert "stood still since 2022-11-07 10:00:00" in counted.steps[-1].text("en")


def test_a_stop_after_the_end_changes_nothing():
    assert last_day(1, "working_days", "2022-11-07 09:00", (Stop(at("2022-11-09 00:00"), None),)) == "2022-11-08"


# ---- clocks that change


def test_a_day_of_23_hours_and_one_of_25_end_at_their_own_midnight():
    """Shanghai had summer time from 1986 to 1991: 4 May 1986 had 23 hours, 14 September 1986 had 25."""
    spring = count(Limit(1, "calendar_days"), at("1986-05-03 09:00"), SHANGHAI)
    autumn = count(Limit(1, "calendar_days"), at("1986-09-13 09:00"), SHANGHAI)

    assert spring.moment == datetime(1986, 5, 4, 15, 0, tzinfo=UTC), "24:00 is summer time, UTC+9"
    assert autumn.moment == datetime(1986, 9, 14, 16, 0, tzinfo=UTC), "24:00 is winter time, UTC+8"
    assert spring.moment is not None
    assert autumn.moment is not None
    assert spring.moment - at("1986-05-04 00:00").astimezone(UTC) == timedelta(hours=23)
    assert autumn.moment - at("1986-09-14 00:00").astimezone(UTC) == timedelta(hours=25)


@pytest.mark.parametrize("year", range(1986, 1992))
def test_every_summer_of_shanghai_ends_its_days_at_local_midnight(year):
    day = date(year, 3, 1)
    while day.year == year:
        counted = count(Limit(1, "working_days"), datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI), SHANGHAI, Weekdays())
        assert counted.moment is not None
        assert counted.last_day is not None
        local = counted.moment.astimezone(SHANGHAI)
        assert (local.hour, local.minute, local.date()) == (0, 0, counted.last_day + timedelta(days=1))
        day += timedelta(days=9)


def test_working_hours_on_the_day_the_clocks_change_are_real_hours():
    """Berlin, Sunday 27 March 2022, clocks go from 02:00 to 03:00; a hall open from 01:00 to 05:00 is open for three hours."""
    berlin = ZoneInfo("Europe/Berlin")

    class Sundays(Weekdays):
        def is_working(self, day: date) -> bool:
            return day.weekday() == 6

    counted = count(Limit(4, "working_hours"), at("2022-03-26 12:00", berlin), berlin, Sundays(), (), (Opening(60, 300),))
    assert counted.moment == at("2022-04-03 02:00", berlin)


# ---- years without a calendar


def test_a_year_without_a_calendar_is_an_error():
    with pytest.raises(BadInput, match="2003"):
        count(Limit(1, "working_days"), at("2003-06-02 09:00"), SHANGHAI, CALENDAR)


def test_a_count_into_a_provisional_year_says_so():
    counted = count(Limit(20, "working_days"), at("2026-12-21 09:00"), SHANGHAI, CALENDAR)

    assert counted.provisional
    assert "2027" in counted.steps[-1].text("zh")
    assert not count(Limit(2, "working_days"), at("2026-12-21 09:00"), SHANGHAI, CALENDAR).provisional


# ---- which limit governs


def test_the_promise_governs_when_it_is_shorter():
    both = due(at("2022-11-07 09:00"), SHANGHAI, CALENDAR, promised=Limit(3, "working_days"), legal=Limit(20, "working_days"))

    assert both is not None
    assert (both.governed_by, both.local_date, both.source) == ("promised", date(2022, 11, 10), "computed")
    assert [each.code for each in both.trace] == ["limit", "from_next_day", "last_day", "shorter"]


def test_the_law_governs_when_the_promise_is_longer_or_equal():
    longer = due(at("2022-11-07 09:00"), "Asia/Shanghai", CALENDAR, promised=Limit(2, "months"), legal=Limit(20, "working_days"))
    equal = due(at("2022-11-07 09:00"), SHANGHAI, CALENDAR, promised=Limit(3, "calendar_days"), legal=Limit(3, "working_days"))

    assert longer is not None
    assert equal is not None
    assert (longer.governed_by, longer.local_date) == ("legal", date(2022, 12, 5))
    assert equal.governed_by == "legal"


def test_the_due_moment_of_the_register_wins_and_is_marked():
    theirs = datetime(2022, 11, 30, 17, 0, tzinfo=UTC)
    own = due(at("2022-11-07 09:00"), SHANGHAI, CALENDAR, promised=Limit(3, "working_days"), register=theirs)

    assert own is not None
    assert (own.source, own.governed_by, own.local_date) == ("register", "register", date(2022, 12, 1))
    assert "2022-12-01 01:00:00" in own.trace[0].text("en")


def test_no_limit_is_no_due_moment():
    assert due(at("2022-11-07 09:00"), SHANGHAI, CALENDAR) is None


def test_a_limit_beyond_the_calendar_yields_to_one_that_ends_before_it():
    up_to_2026 = seed_calendar(range(2004, 2027))
    case = due(at("2026-12-21 09:00"), SHANGHAI, up_to_2026, promised=Limit(2, "working_days"), legal=Limit(20, "working_days"))

    assert case is not None
    assert (case.governed_by, case.local_date) == ("promised", date(2026, 12, 23))
    assert case.trace[-1].code == "beyond_calendar"
    with pytest.raises(BadInput, match="2027"):
        due(at("2026-12-21 09:00"), SHANGHAI, up_to_2026, promised=Limit(15, "working_days"), legal=Limit(20, "working_days"))


# ---- late or not


def test_finishing_at_the_due_moment_is_on_time():
    case = due(at("2022-11-07 09:00"), SHANGHAI, CALENDAR, promised=Limit(1, "working_days"))
    assert case is not None
    end = at("2022-11-09 00:00")

    assert not is_late(case, end, end)
    assert is_late(case, end + timedelta(microseconds=1), end)
    assert not is_late(case, None, end)
    assert is_late(case, None, end + timedelta(seconds=1)), "an open case is late once the moment has passed"


def test_reminders_and_lateness_count_working_days():
    assert reminder_day(date(2022, 2, 7), CALENDAR) == date(2022, 1, 30)
    assert working_days_late(date(2022, 1, 28), date(2022, 2, 7), CALENDAR) == 3
    assert working_days_late(date(2022, 1, 28), date(2022, 1, 28), CALENDAR) == 0


# ---- what must hold for any limit

STARTS = st.datetimes(datetime(2020, 1, 1), datetime(2024, 1, 1)).map(lambda moment: moment.replace(tzinfo=SHANGHAI))
LIMITS = st.one_of(
    st.builds(Limit, st.integers(1, 5000), st.just("minutes")),
    st.builds(Limit, st.integers(1, 60), st.just("working_hours")),
    st.builds(Limit, st.integers(1, 40), st.sampled_from(["working_days", "calendar_days"])),
    st.builds(Limit, st.integers(1, 6), st.just("months")),
)


@st.composite
def stops(draw: st.DrawFn, count_of: int = 3) -> list[Stop]:
    begin = datetime(2020, 1, 1, tzinfo=SHANGHAI)
    found = []
    for _ in range(draw(st.integers(0, count_of))):
        start = begin + timedelta(minutes=draw(st.integers(0, 2_200_000)))
        found.append(Stop(start, start + timedelta(minutes=draw(st.integers(0, 30_000)))))
    return found


def near(accepted: datetime, several: list[Stop]) -> list[Stop]:
    """The same stops, moved into the weeks after acceptance, where they matter."""
    begin = datetime(2020, 1, 1, tzinfo=SHANGHAI)
    starts = [accepted + (each.start - begin) / 50 for each in several]
    return [Stop(start, start + ((each.end or each.start) - each.start)) for start, each in zip(starts, several, strict=True)]


def moment(limit: Limit, accepted: datetime, several: list[Stop]) -> datetime:
    found = count(limit, accepted, SHANGHAI, CALENDAR, several, OPENINGS).moment
    assert found is not None
    return found


@settings(deadline=None)
@given(STARTS, LIMITS, stops())
def test_more_time_never_ends_earlier(accepted, limit, several):
    several = near(accepted, several)

    assert moment(limit, accepted, several) <= moment(Limit(limit.amount + 1, limit.unit), accepted, several)


@settings(deadline=None)
@given(STARTS, LIMITS, stops(), stops(1))
def test_one_more_stop_never_ends_earlier(accepted, limit, several, another):
    several, another = near(accepted, several), near(accepted, another)

    assert moment(limit, accepted, several) <= moment(limit, accepted, [*several, *another])


@settings(deadline=None)
@given(STARTS, LIMITS, st.integers(0, 20_000))
def test_a_later_acceptance_never_ends_earlier(accepted, limit, minutes):
    assert moment(limit, accepted, []) <= moment(limit, accepted + timedelta(minutes=minutes), [])


@settings(deadline=None)
@given(STARTS, LIMITS, stops())
def test_the_order_of_the_stops_does_not_matter(accepted, limit, several):
    several = near(accepted, several)

    assert moment(limit, accepted, several) == moment(limit, accepted, several[::-1])


# ---- limits as written


@pytest.mark.parametrize(
    ("written", "unit", "limit"),
    [
        ("5", "working_days", Limit(5, "working_days")),
        ("5个工作日", "", Limit(5, "working_days")),
        ("２０", "工作日", Limit(20, "working_days")),
        ("3 months", "", Limit(3, "months")),
        ("45个自然日", "", Limit(45, "calendar_days")),
        ("30", "分钟", Limit(30, "minutes")),
        ("4", "Working Hours", Limit(4, "working_hours")),
    ],
)
def test_limits_are_read_as_people_write_them(written, unit, limit):
    assert parse_limit(written, unit) == limit


@pytest.mark.parametrize(
    ("written", "unit", "sentence"),
    [
        (
            "5",
            "days",
            'limit: the unit "days" does not say which days are counted; '
            "write working_days or calendar_days, or declare bare_days in the mapping.",
        ),
        ("最多100天", "", 'limit: "" is not a unit of a limit'),
        ("100天", "", 'limit: the unit "天" does not say which days are counted'),
        ("5", "hours", 'limit: the unit "hours" does not say which hours are counted; write working_hours, or minutes of the clock.'),
        ("5", "fortnights", '"fortnights" is not a unit of a limit; write one of minutes, working_hours, working_days, calendar_days, '),
        ("2.5", "working_days", 'limit: a limit is a whole number from 1 to 2500 working_days, not "2.5"; write one.'),
        ("0", "working_days", "a limit is a whole number from 1"),
        ("-3", "months", "a limit is a whole number from 1"),
        ("99999999999999999999", "minutes", "a limit is a whole number from 1"),
        ("", "working_days", "a limit is a whole number from 1"),
    ],
)
def test_other_limits_are_refused_with_rule_and_cure(written, unit, sentence):
    with pytest.raises(BadInput) as refused:
        parse_limit(written, unit)

    assert sentence in refused.value.text("en")
    assert refused.value.text("zh") != refused.value.text("en")


def test_bare_days_can_be_declared():
    assert parse_limit("100天", bare_days="calendar_days") == Limit(100, "calendar_days")
    assert parse_limit("5", "days", bare_days="working_days") == Limit(5, "working_days")


def test_a_trace_reads_in_both_languages():
    case = due(
        at("2022-01-28 16:59"), SHANGHAI, CALENDAR, promised=Limit(5, "working_days"), legal=Limit(20, "working_days"),
        stops=[Stop(at("2022-02-07 10:00"), at("2022-02-07 11:00"))],
    )  # fmt: skip
    assert case is not None
    english, chinese = ([each.text(language) for each in case.trace] for language in ("en", "zh"))

    assert english == [
        "promised limit: 5 working days",
        "accepted on 2022-01-28; the first day that can count is the day after",
        "not counted, no working days: 2022-01-31–2022-02-06",
        "not counted, the clock stood still on some part of the day: 2022-02-07",
        "the last day is 2022-02-10; the limit ends at 24:00 local time",
        "the promised limit ends before the legal one, so it governs",
    ]
    assert chinese[0] == "承诺时限：5个工作日"
    assert all("{" not in sentence for sentence in [*english, *chinese])


def test_moments_without_a_zone_are_a_programming_error():
    with pytest.raises(ValueError, match="zone"):
        count(Limit(1, "minutes"), datetime(2022, 11, 7), SHANGHAI)
    with pytest.raises(ValueError, match="zone"):
        count(Limit(1, "minutes"), at("2022-11-07 09:00"), SHANGHAI, None, [Stop(datetime(2022, 11, 7), None)])


@pytest.mark.parametrize(("amount", "unit", "said"), [(1, "working_days", "promised limit: 1 working day"), (3, "months", "3 months")])
def test_a_limit_of_one_is_told_in_the_singular(amount: int, unit: str, said: str) -> None:
    told = step("limit", kind="promised", amount=amount, unit=unit)
    assert told.text("en").endswith(said)
    assert str(amount) in told.text("zh")
