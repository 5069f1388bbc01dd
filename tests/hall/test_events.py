"""The event log: worked by hand, conserved on any hall, valid XES, and equal in all three formats."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulation import experiment, measure
from simulation.events import EVENTS, FIRST_DATE, TRANSITIONS, date_of, events_of
from simulation.events.files import NAMESPACE, write_events
from simulation.faults import BadInput
from simulation.replay import replay
from simulation.scenario import parse
from simulation.tickets import BALKED, DIVERTED, INTERRUPTED, NO_SHOW, OUTCOMES, RENEGED, SENT_HOME, SERVED
from tests.halls import Document, full_halls
from tests.measures.hand import Row, tickets_of, two_periods

XES = f"{{{NAMESPACE}}}"
TYPES = {"string": str, "date": datetime.fromisoformat, "int": int, "float": float, "boolean": bool, "id": str}
DAY: list[Row] = [
    ("a", -5, 0, "w-1", 0, 4, "interrupted"),
    ("b", 0, 0, None, None, 6, "reneged"),
    ("a", 4, 4, "w-2", 6, 9, "served"),
    ("b", 5, 5, None, None, 5, "balked"),
    ("a", 6, 6, None, None, 6, "no_show"),
    ("b", 7, 7, None, None, 7, "turned_away"),
    ("a", 8, 8, None, None, 8, "diverted"),
    ("b", 9, 9, "w-2", 9, 12, "served"),  # goes on to it at once
    ("a", 149, 149, None, None, 150, "sent_home"),
]


def by_hand() -> pd.DataFrame:
    scenario = two_periods()
    tickets = tickets_of(scenario, DAY, {2: 0, 7: 2}, {8: 2})
    citizen = tickets.citizen.copy()
    citizen[[2, 7]] = 0
    return events_of(scenario, replace(tickets, citizen=citizen))


def test_a_day_by_hand() -> None:
    found = [
        (case, name, minute, window if isinstance(window, str) else "")
        for case, name, minute, window in by_hand()[["case:concept:name", "concept:name", "minute", "org:resource"]].itertuples(index=False)
    ]
    assert found == [
        ("0-1", "arrived", -5, ""),
        ("0-1", "ticket taken", -5, ""),
        ("0-1", "called", 0, "w-1"),
        ("1-1", "arrived", 0, ""),
        ("1-1", "ticket taken", 0, ""),
        ("0-1", "interrupted", 4, "w-1"),
        ("3-1", "arrived", 5, ""),
        ("3-1", "balked", 5, ""),
        ("1-1", "left", 6, ""),
        ("0-1", "resumed", 6, "w-2"),
        ("4-1", "did not come", 6, ""),
        ("5-1", "arrived", 7, ""),
        ("5-1", "turned away", 7, ""),
        ("6-1", "diverted", 8, ""),
        ("0-1", "ended", 9, "w-2"),
        ("0-1", "ticket taken", 9, ""),
        ("0-1", "called", 9, "w-2"),
        ("0-1", "ended", 12, "w-2"),
        ("8-2", "arrived", 149, ""),
        ("8-2", "ticket taken", 149, ""),
        ("8-2", "sent home", 150, ""),
    ]


def test_times_are_of_the_scenarios_zone_and_date() -> None:
    events = by_hand()
    assert str(events["time:timestamp"].dt.tz) == "Asia/Shanghai"
    assert events["time:timestamp"].iloc[0].isoformat() == "2024-01-08T08:25:00+08:00"
    assert (FIRST_DATE.isoweekday(), date_of(3)) == (1, date(2024, 1, 11))


def test_a_night_in_which_the_clock_is_changed_keeps_minutes_and_their_order() -> None:
    scenario = replace(two_periods(), timezone="Europe/Berlin", clock_start=0.0)
    tickets = tickets_of(scenario, [("a", 60 * hour, 60 * hour, None, None, 60 * hour + 1, "reneged") for hour in range(5)])
    spring = events_of(scenario, tickets, date(2024, 3, 31))["time:timestamp"]
    autumn = events_of(scenario, tickets, date(2024, 10, 27))["time:timestamp"]

    assert [each.strftime("%H:%M") for each in spring[::3]] == ["00:00", "01:00", "03:00", "04:00", "05:00"]
    assert [each.strftime("%H:%M%z") for each in autumn[::3]] == ["00:00+0200", "01:00+0200", "02:00+0200", "02:00+0100", "03:00+0100"]
    assert spring.is_monotonic_increasing
    assert autumn.is_monotonic_increasing


# -------------------------------------------------------------------------------------------------------------------- formats


def breaches(path: Path) -> list[str]:
    """Where a document is no valid XES: the rules of the schema of IEEE 1849-2016, and those of its text on globals and classifiers."""
    log = ET.parse(path).getroot()
    found = []
    if log.tag != f"{XES}log" or not re.fullmatch(r"\d+(\.\d+)?", log.get("xes.version", "")):
        found.append("the root is no log with a version that is a decimal number")
    ranks = {"extension": 0, "global": 1, "classifier": 2, **dict.fromkeys(TYPES, 3), "trace": 4, "event": 5}
    kinds = [each.tag.removeprefix(XES) for each in log]
    if sorted(kinds, key=lambda kind: ranks[kind]) != kinds:
        found.append("extensions, globals, classifiers, attributes and traces are not in this order")
    prefixes = set()
    for extension in log.iter(f"{XES}extension"):
        prefixes.add(extension.get("prefix"))
        if not all(extension.get(each) for each in ("name", "prefix", "uri")):
            found.append("an extension lacks name, prefix or URI")
    always: dict[str | None, set[str]] = {"trace": set(), "event": set()}
    for scope in log.iter(f"{XES}global"):
        always[scope.get("scope")] |= set(attributes(scope, found, prefixes))
    for classifier in log.iter(f"{XES}classifier"):
        name, keys = classifier.get("name", ""), classifier.get("keys", "").split()
        if not re.fullmatch(r"[\w.-]+", name) or not set(keys) <= always[classifier.get("scope")]:
            found.append(f"the classifier {name} rests on keys that not every event has")
    attributes(log, found, prefixes, inside=("extension", "global", "classifier", "trace"))
    for trace in log.iter(f"{XES}trace"):
        tags = [each.tag.removeprefix(XES) for each in trace]
        if "event" in tags and set(tags[tags.index("event") :]) != {"event"}:
            found.append("an attribute of a trace stands behind its events")
        if not always["trace"] <= set(attributes(trace, found, prefixes, inside=("event",))):
            found.append("a trace lacks a global attribute")
        before = None
        for event in trace.iter(f"{XES}event"):
            own = attributes(event, found, prefixes)
            if not always["event"] <= set(own):
                found.append("an event lacks a global attribute")
            if own.get("lifecycle:transition") not in {"schedule", "start", "suspend", "resume", "complete", "withdraw", "unknown"}:
                found.append(f"{own.get('lifecycle:transition')} is no transition of the standard model")
            now = own.get("time:timestamp")
            if now is None or now.tzinfo is None or (before is not None and now < before):
                found.append("a time lacks its zone or goes back")
            before = now
    return found


def attributes(of: ET.Element, found: list[str], prefixes: set[str | None], inside: tuple[str, ...] = ()) -> dict[str, Any]:
    """The attributes of an element, each of a known type, with a key that is an XML name and whose prefix is a declared extension's."""
    own: dict[str, Any] = {}
    for each in of:
        kind, key = each.tag.removeprefix(XES), each.get("key", "")
        if kind in inside:
            continue
        if kind not in TYPES or not re.fullmatch(r"[A-Za-z_:][\w:.-]*", key) or key in own:
            found.append(f"{kind} {key} is no attribute")
            continue
        if ":" in key and key.split(":")[0] not in prefixes:
            found.append(f"{key} belongs to no declared extension")
        own[key] = TYPES[kind](each.get("value", ""))
    return own


def read_xes(path: Path) -> pd.DataFrame:
    rows = []
    for trace in ET.parse(path).getroot().iter(f"{XES}trace"):
        case = attributes(trace, [], set(), inside=("event",))
        for event in trace.iter(f"{XES}event"):
            rows.append({"case:concept:name": case["concept:name"], **attributes(event, [], set())})
    return pd.DataFrame(rows)


def test_xes_is_valid_and_comes_back_whole(tmp_path: Path) -> None:
    events = by_hand()
    write_events(tmp_path / "day.xes", events, {"concept:name": 'a "hall" & more', "seed": 3})
    back = read_xes(tmp_path / "day.xes").sort_values(["time:timestamp", "ticket"], kind="stable").reset_index(drop=True)

    assert breaches(tmp_path / "day.xes") == []
    for name in ("case:concept:name", "concept:name", "lifecycle:transition", "service"):
        assert back[name].tolist() == events[name].astype(str).tolist(), name
    assert back["org:resource"].fillna("").tolist() == events["org:resource"].astype(object).fillna("").tolist()
    assert back["concept:instance"].tolist() == events["task"].astype(str).tolist()
    assert back["ticket"].tolist() == events["ticket"].tolist()
    assert back["time:timestamp"].tolist() == events["time:timestamp"].dt.to_pydatetime().tolist()
    about = attributes(ET.parse(tmp_path / "day.xes").getroot(), [], set(), inside=("extension", "global", "classifier", "trace"))
    assert about == {"lifecycle:model": "standard", "concept:name": 'a "hall" & more', "seed": 3}


@pytest.mark.parametrize(
    ("spoil", "with_what", "breach"),
    [
        ('xes.version="1849.2016"', 'xes.version="1849-2016"', "the root is no log"),
        ('key="service" value="b"', 'key="the service" value="b"', "the service is no attribute"),
        ('<string key="lifecycle:transition" value="start"/>', "", "an event lacks a global attribute"),
        ('keys="concept:name"', 'keys="org:resource"', "rests on keys"),
        ('prefix="org"', 'prefix="organisation"', "belongs to no declared extension"),
        ("T08:30:00.000000+08:00", "T08:30:00.000000", "lacks its zone"),
        ('value="suspend"', 'value="interrupted"', "no transition of the standard model"),
    ],
)
def test_a_spoilt_xes_is_found_out(tmp_path: Path, spoil: str, with_what: str, breach: str) -> None:
    write_events(tmp_path / "day.xes", by_hand())
    text = (tmp_path / "day.xes").read_text(encoding="utf-8")
    assert spoil in text
    (tmp_path / "day.xes").write_text(text.replace(spoil, with_what), encoding="utf-8")
    found = []
    try:
        found = breaches(tmp_path / "day.xes")
    except TypeError as mixed:  # times with and without a zone cannot be compared
        found = [f"a time lacks its zone ({mixed})"]

    assert any(breach in each for each in found), found


def test_csv_and_parquet_hold_the_same(tmp_path: Path) -> None:
    events = by_hand()
    for name in ("day.csv", "day.parquet"):
        write_events(tmp_path / name, events)
    csv = pd.read_csv(tmp_path / "day.csv", parse_dates=["time:timestamp"])
    parquet = pd.read_parquet(tmp_path / "day.parquet")

    for back in (csv, parquet):
        assert list(back) == list(events)
        for name in ("case:concept:name", "concept:name", "lifecycle:transition", "service"):
            assert back[name].astype(str).tolist() == events[name].astype(str).tolist(), name
        assert back["minute"].tolist() == events["minute"].tolist()
        assert (back["time:timestamp"].dt.tz_convert("UTC").to_numpy() == events["time:timestamp"].dt.tz_convert("UTC").to_numpy()).all()
    assert str(parquet["time:timestamp"].dt.tz) == "Asia/Shanghai"


def test_a_name_that_says_no_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused:
        write_events(tmp_path / "day.xlsx", by_hand())
    assert refused.value.faults[0].code == "events_name"
    assert not list(tmp_path.iterdir())


def test_a_day_on_which_nobody_comes_is_an_empty_log(tmp_path: Path) -> None:
    scenario = two_periods()
    empty = events_of(scenario, tickets_of(scenario, []))
    for name in ("day.csv", "day.parquet", "day.xes"):
        write_events(tmp_path / name, empty)

    assert breaches(tmp_path / "day.xes") == []
    assert len(pd.read_csv(tmp_path / "day.csv")) == len(pd.read_parquet(tmp_path / "day.parquet")) == len(empty) == 0


# ---------------------------------------------------------------------------------------------------------------- any hall, any day


@given(full_halls(), st.integers(0, 10**6))
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_every_visit_of_any_hall_has_its_events(tmp_path_factory: pytest.TempPathFactory, document: Document, seed: int) -> None:
    scenario = parse(document, "random hall")
    _, tickets = replay(scenario, seed, day=1)
    events = events_of(scenario, tickets)
    counts = {name: int((events["concept:name"] == name).sum()) for name in EVENTS}
    became = {name: int((tickets.outcome == code).sum()) for code, name in enumerate(OUTCOMES)}

    assert counts["ended"] == became["served"]
    assert counts["left"] == became["reneged"]
    for name in ("balked", "turned away", "sent home", "interrupted", "diverted"):
        assert counts[name] == became[name.replace(" ", "_")], name
    assert counts["did not come"] == became["no_show"]
    assert counts["called"] + counts["resumed"] == int((~np.isnan(tickets.called)).sum())
    starts = tickets.parent_ticket < 0
    assert counts["arrived"] == int((starts & ~np.isin(tickets.outcome, (NO_SHOW, DIVERTED))).sum())
    assert events["case:concept:name"].nunique() == int(starts.sum())
    last = {RENEGED: "left", SERVED: "ended", BALKED: "balked", SENT_HOME: "sent home", INTERRUPTED: "interrupted"}
    for code, name in last.items():
        mine = events[events["ticket"].isin(np.flatnonzero(tickets.outcome == code))]
        assert set(mine.groupby("ticket")["concept:name"].last()) <= {name}
    assert set(events["lifecycle:transition"]) <= set(TRANSITIONS.values())
    path = tmp_path_factory.mktemp("events") / "day.xes"
    write_events(path, events)
    assert breaches(path) == []
    assert len(read_xes(path)) == len(events)


def test_any_day_is_made_again_as_the_experiment_made_it() -> None:
    """Replications and days of an experiment, one by one: what comes again is the same, and so are all totals."""
    document = two_periods().document | {}
    for service in document["services"]:
        service["returns"] = {"share": 0.7, "after_days": 1}
        service["arrivals_per_hour"] = [40, 40, 40, 40]
    document["opening"][-1]["at_end"] = "finish_current"
    scenario = parse(document, "again")
    result = experiment(scenario, replications=3, days=3, seed=11)
    days = [replay(scenario, 11, replication, day) for replication in range(3) for day in range(3)]
    measures = [measure(scenario, tickets, outages=demand.windows) for demand, tickets in days]

    assert sum((tickets.visit > 1).sum() for _, tickets in days) > 10
    for name in ("arrivals", "served", "longest_wait"):
        assert result.measures[name].value == pytest.approx(np.mean([each[name] for each in measures]), rel=1e-12)
    for demand, tickets in days[4:6]:
        again = replay(scenario, 11, demand.day.replication, demand.day.day, engine="simpy")[1]
        assert again.called.tobytes() == tickets.called.tobytes()


def test_a_long_log_is_written_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulation.events.CHUNK", 4)
    write_events(tmp_path / "day.xes", by_hand())
    write_events(tmp_path / "day.csv", by_hand())

    assert breaches(tmp_path / "day.xes") == []
    assert len(read_xes(tmp_path / "day.xes")) == len(pd.read_csv(tmp_path / "day.csv")) == len(by_hand())
