"""Random halls and random small days, shared by the law tests and by the test that both engines agree.

`halls()` draws the raw document of a scenario, as `tomllib` would give it: what a person could write, with every feature of the hall
(openings and what happens at their ends, citizens before the doors, last ticket, shifts, breaks, A/B cover, skills, efficiency, patience,
balking, priority, returns, textbook horizons).  `days(document)` draws a small day for it, citizen by citizen, at whole minutes, so that
arrivals, ends of service, ends of patience and shift changes fall on the same instant as often as possible.

Assumes: openings are whole half-hours; every service has a window.  Not for: realistic halls (scenarios/ has them) or refused input.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

Document = dict[str, Any]

AT_END = ("serve_all", "finish_current", "keep_tickets")
FIRST_START = (480, 510, 540)
"""minutes after midnight"""


@dataclass(frozen=True, slots=True)
class Row:
    """One citizen of a day given by hand; a row of the file that `--citizens` reads."""

    arrival: float
    """minutes since the first opening"""
    service: str
    work: float
    """minutes at efficiency 1"""
    patience: float | None
    """minutes, None for endless"""
    cases: tuple[float, ...] = ()
    """work of further cases, done at the same window"""
    then: tuple[tuple[str, float], ...] = ()
    """(service, work) of what comes after; not in the file"""
    booked: float | None = None
    """minutes; the booked time of who has an appointment; not in the file"""
    shows: bool = True
    """whether who has an appointment comes; not in the file"""


def clock(minutes: int) -> time:
    """Minutes after midnight as TOML's local time."""
    return time(minutes // 60, minutes % 60)


# ----------------------------------------------------------------------------------------------------------------- laws


def whole(low: int, high: int) -> st.SearchStrategy[int]:
    return st.integers(low, high)


def tenths(low: float, high: float) -> st.SearchStrategy[float]:
    return st.integers(round(low * 10), round(high * 10)).map(lambda n: n / 10)


@st.composite
def laws(draw: st.DrawFn, low: float = 1.0, high: float = 12.0) -> Document:
    """A law of minutes, of any family, with a mean of about `low` to `high`."""
    mean = draw(tenths(low, high))
    cv = draw(tenths(0.2, 1.5))
    return draw(
        st.sampled_from(
            [
                {"family": "exponential", "mean": mean},
                {"family": "lognormal", "mean": mean, "cv": cv},
                {"family": "gamma", "mean": mean, "cv": cv},
                {"family": "erlang", "k": 3, "mean": mean},
                {"family": "hyperexponential", "mean": mean, "cv": 1.0 + cv},
                {"family": "deterministic", "value": float(round(mean))},
                {"family": "uniform", "low": mean / 2, "high": mean * 1.5},
                {"family": "weibull", "shape": 1.5, "scale": mean},
                {"family": "loglogistic", "median": mean, "shape": 3.0},
                {"family": "empirical", "values": [1.0, mean, mean, 2 * mean]},
            ]
        )
    )


# ------------------------------------------------------------------------------------------------------------- openings


@st.composite
def openings(draw: st.DrawFn) -> list[Document]:
    """One or two opening periods of a day."""
    start = draw(st.sampled_from(FIRST_START))
    free_before = 60
    periods = []
    count = draw(whole(1, 2))
    for number in range(count):
        end = start + 30 * draw(whole(1, 4))
        rules = AT_END if number < count - 1 else AT_END[:2]  # at night no later opening could serve the tickets kept
        period: Document = {"from": clock(start), "to": clock(end), "at_end": draw(st.sampled_from(rules))}
        if draw(st.booleans()):
            period["early_min"] = draw(st.sampled_from([m for m in (5, 10, 20, 30, 45) if m <= free_before]))
        if draw(st.booleans()):
            period["last_ticket"] = clock(draw(whole(start + 1, end)))
        periods.append(period)
        free_before = 30 * draw(whole(1, 4))
        start = end + free_before
    if periods[-1]["at_end"] == "keep_tickets":  # refused: no later opening could serve them that day
        periods[-1]["at_end"] = "serve_all"
    return periods


def minutes_of_day(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def half_hours(periods: list[Document]) -> int:
    return sum(minutes_of_day(p["to"]) - minutes_of_day(p["from"]) for p in periods) // 30


@st.composite
def disjoint(draw: st.DrawFn, low: int, high: int, most: int) -> list[tuple[int, int]]:
    """Up to `most` intervals inside [low, high], multiples of five minutes, that do not overlap (they may touch)."""
    points = sorted(draw(st.lists(whole(low // 5, high // 5), min_size=2, max_size=2 * most)))
    pairs = [(5 * a, 5 * b) for a, b in zip(points[::2], points[1::2], strict=False)]
    return [(a, b) for a, b in pairs if a < b]


def interval(a: int, b: int) -> Document:
    return {"from": clock(a), "to": clock(b)}


# ------------------------------------------------------------------------------------------------------ services, windows


@st.composite
def services(draw: st.DrawFn, position: int, slots: int, early: bool, busy: float) -> Document:
    identity = f"s{position}"
    service: Document = {"id": identity, "name": {"zh": f"事项{position}", "en": f"Service {position}"}, "service_min": draw(laws())}
    rates = st.sampled_from([0, 2, 5, 10, 20, 40]).map(lambda rate: rate * busy)
    service["arrivals_per_hour"] = draw(st.lists(rates, min_size=slots, max_size=slots))
    if draw(st.booleans()):
        service["patience_min"] = draw(laws(5.0, 40.0))
    if early:
        service["early_arrivals"] = draw(st.sampled_from([0, 1.5, 4])) * busy
    if draw(st.booleans()):
        service["priority"] = draw(whole(0, 2))
    if draw(st.booleans()):
        steps = sorted(draw(st.sets(whole(0, 8), min_size=1, max_size=3)))
        shares = sorted(draw(st.lists(tenths(0.1, 1.0), min_size=len(steps), max_size=len(steps))))
        service["balking"] = [{"queue": queue, "share": share} for queue, share in zip(steps, shares, strict=True)]
    if draw(st.booleans()):
        service["returns"] = {"share": draw(st.sampled_from([0.25, 0.6, 1.0])), "after_days": draw(whole(1, 2))}
    if draw(st.booleans()):
        service["target"] = {"wait_min": draw(whole(1, 20)), "share": 0.8}
    return service


@st.composite
def window_groups(draw: st.DrawFn, position: int, served: list[str], periods: list[Document]) -> Document:
    """A group of windows; without periods (a textbook horizon) it has no shifts or breaks."""
    group: Document = {"id": f"w{position}"}
    if draw(st.booleans()):
        group["count"] = draw(whole(1, 3))
    everything = draw(st.booleans())
    group["serves"] = ["*"] if everything else draw(st.lists(st.sampled_from(served), min_size=1, unique=True))
    shape = draw(st.sampled_from(["none", "number", "table"]))
    speeds = st.sampled_from([0.5, 0.8, 0.9, 1.0, 1.25, 2.0])
    if shape == "number":
        group["efficiency"] = draw(speeds)
    elif shape == "table":
        group["efficiency"] = {"default": draw(speeds), served[0] if everything else group["serves"][0]: draw(speeds)}
    if draw(st.booleans()):
        group["zone"] = draw(st.sampled_from(["A", "B"]))
    if not periods:
        return group
    first, last = minutes_of_day(periods[0]["from"]), minutes_of_day(periods[-1]["to"])
    if draw(st.booleans()):
        shifts = draw(disjoint(first - 30, last + 30, 3))
        if shifts:
            group["shifts"] = [interval(a, b) for a, b in shifts]
    inside = [(minutes_of_day(i["from"]), minutes_of_day(i["to"])) for i in group.get("shifts", periods)]
    a, b = draw(st.sampled_from(inside))
    rest = draw(st.sampled_from(["none", "breaks", "ab_break"]))
    if rest == "breaks":
        breaks = draw(disjoint(a, b, 2))
        if breaks:
            group["breaks"] = [interval(*pause) for pause in breaks]
    elif rest == "ab_break" and b - a >= 10:
        low = draw(whole(a // 5, b // 5 - 2)) * 5
        high = draw(whole(1, (b - low) // 10)) * 10 + low
        group["ab_break"] = interval(low, high)
    return group


# ---------------------------------------------------------------------------------------------------------------- halls


@st.composite
def halls(draw: st.DrawFn, horizon: bool | None = None, busy: float = 1.0) -> Document:
    """The raw document of a hall: one to four services, one to four groups of windows.

    horizon : True for a textbook run only, False for opening periods only, None for either.
    busy : multiplies every arrival rate (about 0 to 150 citizens a day at 1).
    """
    textbook = draw(st.integers(0, 4).map(lambda n: n == 4)) if horizon is None else horizon
    document: Document = {"schema": 1, "name": "random-hall"}
    periods: list[Document] = []
    if textbook:
        minutes = draw(st.sampled_from([30, 60, 120]))
        document["horizon"] = {"minutes": minutes, "warm_up": draw(st.sampled_from([0, 10]))}
        if draw(st.booleans()):
            document["horizon"]["cycle_min"] = draw(st.sampled_from([30, 60]))
    else:
        periods = draw(openings())
        document["opening"] = periods
    cycle = "cycle_min" in document.get("horizon", {})
    slots = half_hours(periods) if periods else (draw(whole(1, 3)) if cycle else 1)
    early = any("early_min" in period for period in periods)
    document["services"] = [draw(services(i, slots, early, busy)) for i in range(draw(whole(1, 4)))]
    if textbook and not cycle:
        for service in document["services"]:
            service["arrivals_per_hour"] = service["arrivals_per_hour"][0]
    served = [service["id"] for service in document["services"]]
    groups = [draw(window_groups(i, served, periods)) for i in range(draw(whole(1, 4)))]
    covered = {s for group in groups for s in (served if group["serves"] == ["*"] else group["serves"])}
    missing = [s for s in served if s not in covered]
    if missing:
        groups.append({"id": f"w{len(groups)}", "serves": missing})
    document["windows"] = groups
    return document


def plain_halls() -> st.SearchStrategy[Document]:
    """`halls` in which nobody counts who waits: what the fast loop of the compiled engine serves."""

    def without_balking(document: Document) -> Document:
        services = [{key: value for key, value in service.items() if key != "balking"} for service in document["services"]]
        return {**document, "services": services}

    return halls().map(without_balking)


@st.composite
def demands(draw: st.DrawFn, dated: bool) -> Document:
    """How days differ; `dated`: also by their dates, on days around the spring festival of 2026."""
    demand: Document = {"day_cv": draw(st.sampled_from([0, 0.3])), "half_hour_cv": draw(st.sampled_from([0, 0.5]))}
    if dated and draw(st.booleans()):
        demand["starts"] = date(2026, 2, draw(whole(9, 28)))
        demand["weekday"] = {"mon": 1.5, "make_up": 0.5}
        demand["month"] = {"feb": 0.8}
        demand["around_holidays"] = {"before": [1.2, 1.1], "after": 2.0}
    return demand


@st.composite
def full_halls(draw: st.DrawFn, busy: float = 1.0) -> Document:
    """`halls` with everything else a hall may have: rules by name, groups, cases, further services, appointments, help, breakdowns."""
    document = draw(halls(busy=busy))
    served = [service["id"] for service in document["services"]]
    document["rules"] = {
        "idle_window": draw(st.sampled_from(["listed", "fewest_skills", "longest_idle"])),
        "lines": draw(st.sampled_from(["common", "common", "per_window"])),
        "booked": draw(st.sampled_from(["first", "by_time"])),
        "urgent_interrupt": draw(st.booleans()),
    }
    common = document["rules"]["lines"] == "common"
    if common:
        document["rules"]["booked"] = draw(st.sampled_from(["first", "by_time", "alternate"]))
        if draw(st.booleans()):
            document["rules"]["longest_wait_min"] = draw(whole(0, 20))
    for period in document.get("opening", []):
        if period["at_end"] != "serve_all" and draw(st.booleans()):
            period["last_start"] = clock(draw(whole(minutes_of_day(period["from"]) + 1, minutes_of_day(period["to"]))))
    if draw(st.booleans()):
        document["rules"]["places"] = draw(whole(0, 12))
    if draw(st.booleans()):
        document["demand"] = draw(demands("opening" in document))
    if draw(st.booleans()):
        document["rules"]["ghost_min"] = draw(st.sampled_from([0, 0.5, 2]))
    some = st.integers(0, 2).map(lambda n: n == 0)
    for service in document["services"]:
        if draw(some):
            service["quota"] = draw(whole(0, 15))
        if draw(some):
            service["batch"] = [{"size": 1, "share": 0.5}, {"size": 3, "share": 0.5}]
        if draw(some):
            service["cases"] = [{"count": 1, "share": 0.5}, {"count": 2, "share": 0.25}, {"count": 4, "share": 0.25}]
        if draw(some):
            service["companions"] = [{"count": 0, "share": 0.5}, {"count": 2, "share": 0.5}]
        if draw(some):
            service["then"] = [{"service": draw(st.sampled_from(served)), "share": draw(st.sampled_from([0.2, 0.5, 0.8]))}]
        if draw(some) and "balking" not in service:
            waits = sorted(draw(st.sets(whole(0, 30), min_size=1, max_size=3)))
            service["announced"] = [{"wait_min": wait, "share": draw(tenths(0.1, 1.0))} for wait in waits]
        if draw(some):
            service["incomplete"] = {"share": 0.3, "after_days": draw(whole(1, 2))}
            if draw(some):
                service["incomplete"] |= {"accepted": 0.4, "again": [0.5, 0.2]}
        if draw(some):
            service["diverted"] = [{"to": "online", "share": 0.2}, {"to": "township", "share": 0.1}]
        if draw(some):
            delays = [{"days": 1, "share": 0.5}, {"days": 2, "share": 0.5}]
            service["retries"] = [
                {"after": ["balked", "reneged", "diverted"], "share": 0.7, "delays": delays, "at": "profile", "most": 3},
                {"after": [draw(st.sampled_from(["turned_away", "sent_home", "no_show"]))], "share": 1.0, "after_days": 1},
            ]
        if draw(some) and "opening" in document:
            service["booking"] = {
                "step_min": draw(st.sampled_from([10, 30])),
                "places": draw(whole(1, 3)),
                "booked": 0.8,
                "no_show": 0.2,
                "late_min": draw(st.sampled_from([-10, 0, 5])),
                "spread_min": draw(st.sampled_from([0, 8])),
            }
            if draw(st.booleans()):
                service["booking"]["channels"] = [{"name": "web", "share": 0.5, "no_show": 0.5}, {"name": "phone", "share": 0.5}]
    rules = st.sampled_from(["finish_current", "interrupt_resume_same", "interrupt_resume_any", "interrupt_restart", "start_nothing_past"])
    for group in document["windows"]:
        own = served if group["serves"] == ["*"] else group["serves"]
        others = [service for service in served if service not in own]
        group |= {"at_shift_end": draw(rules), "at_break": draw(rules), "break_lasts": draw(st.sampled_from(["clock", "length"]))}
        if others and common and draw(st.booleans()):
            group["overflow"] = [{"service": draw(st.sampled_from(others)), "queue": draw(whole(1, 5))}]
            others = [service for service in others if service != group["overflow"][0]["service"]]
        if others and common and draw(st.booleans()):
            group["covers"] = draw(st.lists(st.sampled_from(others), min_size=1, max_size=2, unique=True))
        if common and draw(some):
            low = draw(whole(0, 3))
            group["tidal"] = {"open_queue": low + draw(whole(1, 4)), "close_queue": low, "least_min": draw(st.sampled_from([0, 5, 20]))}
        if draw(some):
            group["wrap_up_min"] = draw(st.one_of(st.sampled_from([0.5, 2]), laws(0.2, 3.0)))
        if draw(some):
            group["start_up_min"] = draw(st.sampled_from([1, 10]))
        if draw(some):
            group["service_min"] = {own[0]: draw(laws())}
        if draw(some):
            group["absence"] = 0.3
        if draw(some):
            group["learning"] = {"start": draw(st.sampled_from([0.5, 0.8])), "weeks": 2, "share": draw(st.sampled_from([0.5, 1]))}
        if draw(some):
            group["breakdown"] = {"between_min": draw(laws(20.0, 90.0)), "repair_min": draw(laws(5.0, 30.0))}
        if draw(some):
            group["away_when_idle"] = {"share": draw(st.sampled_from([0.2, 0.7])), "lasts_min": draw(laws(1.0, 10.0))}
    return document


STATIONS = ("pre-registration", "pre-check", "guide", "agency", "kiosk", "payment", "collection")


@st.composite
def peopled_halls(draw: st.DrawFn, busy: float = 1.0) -> Document:
    """`full_halls` with classes of citizens, stations beside the windows, bundles, items with windows of their own, lunch and layouts."""
    document = draw(full_halls(busy=busy))
    some = st.booleans()
    served = [service["id"] for service in document["services"]]
    classes = [f"c{n}" for n in range(draw(whole(0, 2)))]
    document["classes"] = [draw(citizen_classes(each, served)) for each in classes]
    if draw(some):
        parts = draw(st.permutations(served)) if len(served) > 1 else served * 2
        rates = document["services"][0]["arrivals_per_hour"]
        if len(set(parts)) > 1:
            together = {"parts": parts[: draw(whole(2, len(parts)))], "at_once": draw(some), "service_factor": 0.8}
            document["services"].append({"id": "bundle", "together": together, "arrivals_per_hour": rates})
            document["windows"].append({"id": "all-parts", "serves": ["*"]})
    if draw(some):
        document["services"].append({**document["services"][0], "id": "own", "own_window": "a network of its own", "then": []})
        document["windows"].append({"id": "own-window", "serves": ["own"]})
    kinds = draw(st.lists(st.sampled_from(STATIONS), max_size=3))
    document["stations"] = [draw(stations(f"at{n}", kind, served, classes)) for n, kind in enumerate(kinds)]
    if classes and draw(some):
        document["windows"].append({"id": "apart", "serves": ["*"], "classes": classes[:1]})
    if draw(some) and "opening" in document:
        _give_lunch(draw, document)
    if document["rules"]["lines"] == "common" and draw(some):
        document["layout"] = draw(layouts(served))
        if not draw(some):
            document["windows"] = [group for group in document["windows"] if group["id"] in ("own-window", "all-parts")]
    return document


@st.composite
def citizen_classes(draw: st.DrawFn, identity: str, served: list[str]) -> Document:
    klass: Document = {"id": identity, "share": draw(st.sampled_from([0.2, 0.5, {"default": 0.1, served[0]: 0.5}, {served[-1]: 0.4}]))}
    extra = {
        "priority": draw(whole(-2, 2)),
        "service_factor": draw(st.sampled_from([0.5, 1.5])),
        "incomplete_factor": 0.5,
        "cases": [{"count": 1, "share": 0.5}, {"count": 3, "share": 0.5}],
        "quota": draw(whole(0, 10)),
        "patience_min": draw(laws(5.0, 40.0)),
    }
    return klass | {key: extra[key] for key in draw(st.sets(st.sampled_from(sorted(extra))))}


@st.composite
def stations(draw: st.DrawFn, identity: str, kind: str, served: list[str], classes: list[str]) -> Document:
    station: Document = {"id": identity, "kind": kind, "share": draw(st.sampled_from([0.1, 0.3, {served[0]: 0.3}]))}
    if draw(st.booleans()):
        station["serves"] = [served[0]]
    if classes and draw(st.booleans()):
        station["classes"] = ["public"]
    if kind in ("pre-registration", "pre-check", "guide"):
        station |= {"service_factor": draw(st.sampled_from([0.5, 1.0])), "incomplete_factor": 0.5}
    if kind == "pre-registration":
        return station
    station |= {"service_min": draw(laws(1.0, 5.0)), "count": draw(whole(1, 2))}
    if kind in ("pre-check", "agency", "kiosk"):
        station["to_window"] = draw(st.sampled_from([0.1, 0.8]))
    if kind == "kiosk":
        station["breakdown"] = {"between_min": draw(laws(20.0, 90.0)), "repair_min": draw(laws(5.0, 30.0))}
    return station


def _give_lunch(draw: st.DrawFn, document: Document) -> None:
    """A lunch inside the first opening, and the word for it where it meets no other rest."""
    start = minutes_of_day(document["opening"][0]["from"])
    document["lunch"] = interval(start + 10, start + 20)
    for group in (*document["windows"], *document["stations"]):
        if not group.keys() & {"breaks", "ab_break"} and group.get("kind") != "pre-registration":
            group["lunch"] = draw(st.sampled_from(["open", "closed", "ab"]))


@st.composite
def layouts(draw: st.DrawFn, served: list[str]) -> Document:
    kind = draw(st.sampled_from(["dedicated", "grouped", "comprehensive", "chain", "overflow", "overflow_two_way"]))
    layout: Document = {"kind": kind, "windows": draw(whole(8, 12)), "queue": draw(whole(1, 3))}
    layout["efficiency"] = draw(st.sampled_from([0.8, 1.0]))
    if kind == "grouped":
        layout["groups"] = [{"id": "g0", "services": served[:2]}, *({"id": f"g-{each}", "services": [each]} for each in served[2:])]
    if len(served) > 1 and draw(st.booleans()):
        layout["aside"] = [{"id": "cold", "services": [served[-1]], "windows": 1}]
    return layout


# ----------------------------------------------------------------------------------------------------------------- days


def bounds(document: Document) -> tuple[int, int]:
    """First and last minute (since the first opening) in which a citizen of a random day may come."""
    if "horizon" in document:
        return 0, document["horizon"]["minutes"] - 1
    periods = document["opening"]
    start = minutes_of_day(periods[0]["from"])
    return -int(periods[0].get("early_min", 0)), minutes_of_day(periods[-1]["to"]) - start


@st.composite
def days(draw: st.DrawFn, document: Document, most: int = 40) -> list[Row]:
    """A small day of `document`: at most `most` citizens in order of arrival, every time a whole number of minutes, many of them equal."""
    low, high = bounds(document)
    served = [service["id"] for service in document["services"]]
    crowded = draw(st.booleans())
    last = min(high, low + 15) if crowded else high
    row = st.builds(
        Row,
        arrival=whole(low, last).map(float),
        service=st.sampled_from(served),
        work=st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0, 10.0, 20.0]),
        patience=st.sampled_from([None, None, 0.0, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0]),
    )
    return sorted(draw(st.lists(row, max_size=most)), key=lambda citizen: citizen.arrival)


def write_citizens(path: Path, rows: list[Row]) -> Path:
    """The file that `demand_from_citizens` and `--citizens` read."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["arrival", "service", "work_min", "patience_min"])
        for row in rows:
            writer.writerow([repr(row.arrival), row.service, repr(row.work), "" if row.patience is None else repr(row.patience)])
    return path
