"""How the columns of somebody's ticket log are to be read: a TOML file, checked at once.

    id = "our-machine"
    delimiter = ","                    # of the columns
    leaving = "exact"                  # how leaving is seen: exact (the moment is in the log), at_call (only when called in vain), never
    clock = "stamps"                   # or "minutes": times are minutes since minute_0
    blank = ["-"]                      # values that mean "nothing here", beside empty ones
    ignored = ["TEST"]                 # outcomes of rows that are no tickets
    slack_min = 0.05                   # so much may times that follow one another be out of order by clocks that differ
    short_min = 0.2                    # shorter services are counted and kept out of the service laws
    rounded_min = 1                    # times are rounded to so many minutes; found from the times if left out
    optional = ["day"]                 # columns named below that some logs of this kind lack; all others must be there
    service = "all"                    # the one service of a log that names none
    class_after = ":"                  # where the service is written with its class, as tax:agent: what parts the two
    class_seen = "waited"              # or "always": the class is in the log only of those who waited

    [columns]                          # a name, or several of which the first that is filled counts
    arrived = "taken"
    called = "called"
    ended = "done"
    left = "gone"                      # optional: when somebody left, or was called in vain
    day = "date"                       # optional: where times have no date of their own
    service = "kind"
    window = "counter"
    outcome = "state"
    due = "booked"                     # optional: the booked time of who has an appointment, empty for who walks in
    task = "step"                      # optional: 0 for the first ticket of a visit
    visit = "visit"                    # optional: tickets of a day with the same value follow one another in one visit
    follows = "parent"                 # optional: row, within the day from 0, of the ticket that this one follows in the visit; -1: none
    class = "priority"                 # optional: of the citizen; classes may be called before others

    [formats]                          # as in strptime, or ISO8601; the first that fits a value counts
    stamp = ["%d-%m-%Y %H.%M", "ISO8601"]
    day = ["%Y-%m-%d"]
    time = ["%H:%M:%S"]

    [outcomes]                         # their word -> ours
    DONE = "served"

Other kinds of log: `kind = "snapshots"` (people waiting, open windows and the ticket being served of each queue, every few minutes; columns
office, day, time, queue, name, open, waiting, ticket; `week_years = true` where the end of December may bear the next year's number) and
`kind = "events"` (one row an event; columns case, event, time, service, window, ticket, class; `[events]` their word -> ours, see EVENTS).

Assumes nothing of the log itself. Not for the intake of the record: supervision has mappings of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time
from pathlib import Path
from typing import Any

from simulation.faults import BadInput, Fault, add_catalogue, fault
from simulation.scenario.reading import read_text, read_toml
from simulation.tickets import OUTCOMES

add_catalogue(Path(__file__).with_name("faults.toml"))

SHIPPED = Path(__file__).with_name("mappings")
LEAVING = ("exact", "at_call", "never")
CLOCKS = ("stamps", "minutes")
CLASS_SEEN = ("always", "waited")
KINDS = ("tickets", "snapshots", "events")
COLUMNS = ("day", "service", "window", "arrived", "called", "ended", "left", "due", "outcome", "task", "visit", "follows", "class")
"""of a log of tickets"""
COLUMNS_OF = {
    "tickets": COLUMNS,
    "snapshots": ("office", "day", "time", "queue", "name", "open", "waiting", "ticket"),
    "events": ("case", "event", "time", "service", "window", "ticket", "class"),
}
NEEDED_OF = {
    "tickets": ("arrived", "called", "ended"),
    "snapshots": ("day", "time", "queue", "open", "waiting", "ticket"),
    "events": ("case", "event", "time"),
}
"""kind of log -> columns that its mapping must name"""
EVENTS = (
    "arrived", "ticket taken", "called", "resumed", "interrupted", "ended", "left", "sent home", "balked", "turned away", "did not come",
    "diverted", "transferred", "unfinished",
)  # fmt: skip
"""what may happen to a ticket, as our own event log calls it; `transferred`: ended here, and goes on to another service"""
FORMATS: dict[str, tuple[str, ...]] = {
    "stamp": ("ISO8601",),
    "day": ("ISO8601",),
    "time": ("%H:%M:%S", "%H:%M"),
}
_TEXTS = ("id", "delimiter", "service", "class_after")
_AMOUNTS = ("slack_min", "short_min", "rounded_min")
_LISTS = ("blank", "ignored", "optional")
_TABLES = ("columns", "formats", "outcomes", "events")
_KEYS = (*_TEXTS, *_AMOUNTS, *_LISTS, "kind", "week_years", "leaving", "clock", "class_seen", "minute_0", *_TABLES)


@dataclass(frozen=True, slots=True)
class LogMapping:
    """How a log is read."""

    id: str
    """stable name of the mapping"""
    columns: Mapping[str, tuple[str, ...]]
    """one of COLUMNS -> the log's columns, of which the first that is filled counts"""
    delimiter: str = ","
    """one character"""
    leaving: str = "never"
    """one of LEAVING"""
    clock: str = "stamps"
    """one of CLOCKS"""
    minute_0: float = 0.0
    """minutes of the day at minute 0, where the clock is in minutes"""
    blank: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    """kinds of column that a log may lack"""
    slack_min: float = 0.0
    """minutes"""
    short_min: float = 0.0
    """minutes"""
    rounded_min: float | None = None
    """minutes; None: found from the times"""
    service: str = "all"
    kind: str = "tickets"
    """one of KINDS"""
    week_years: bool = False
    """snapshots: days at the end of December may bear the next year's number"""
    events: Mapping[str, str] = field(default_factory=dict)
    """events: their word -> one of EVENTS"""
    class_after: str = ""
    """what parts the service from its class where one column has both, as in tax:agent; "" where none does"""
    class_seen: str = "always"
    """one of CLASS_SEEN"""
    formats: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: dict(FORMATS))
    outcomes: Mapping[str, str] = field(default_factory=dict)
    """the log's word -> one of OUTCOMES"""


def shipped_mappings() -> tuple[str, ...]:
    """Names of the mappings that come with the program."""
    return tuple(sorted(each.stem for each in SHIPPED.glob("*.toml")))


def load_mapping(name: str | Path) -> LogMapping:
    """A shipped mapping by its name, or one from a file. Raises BadInput with every fault of it."""
    if str(name) in shipped_mappings():
        path = SHIPPED / f"{name}.toml"
    elif Path(name).suffix == "" and not Path(name).exists():
        raise BadInput([fault("fit_mapping_unknown", "--mapping", name, known=", ".join(shipped_mappings()))])
    else:
        path = Path(name)
    return mapping_of(read_toml(read_text(path, str(name)), str(name)), str(name))


def opening_at(mapping: LogMapping, clock: str) -> LogMapping:
    """The mapping of a log in minutes whose minute 0 is at this time, such as 08:30.

    Raises BadInput if it is no clock time, or the log has clock times of its own.
    """
    try:
        read = time.fromisoformat(clock)
    except ValueError:
        raise BadInput([fault("fit_opens", "--opens", clock)]) from None
    if mapping.clock != "minutes":
        raise BadInput([fault("fit_opens_clock", "--opens", clock, mapping=mapping.id)])
    return replace(mapping, minute_0=_minutes(read))


def _minutes(clock: time) -> float:
    return clock.hour * 60 + clock.minute + clock.second / 60


def mapping_of(document: Mapping[str, Any], place: str = "mapping") -> LogMapping:
    """A mapping out of a plain document. Raises BadInput with every fault of it."""
    faults: list[Fault] = []

    def refuse(code: str, where: str, value: object = "", **facts: object) -> None:
        faults.append(fault(code, f"{place}: {where}" if where else place, value, **facts))

    for key in document:
        if key not in _KEYS:
            refuse("fit_mapping_key", "", key, known=", ".join(_KEYS))
    if "id" not in document:
        refuse("fit_mapping_missing", "", "id")
    for key in _TEXTS:
        given = document.get(key, ",")
        if not isinstance(given, str) or not given or (key == "delimiter" and len(given) != 1):
            refuse("fit_mapping_text", key, document[key])
    for key in _AMOUNTS:
        given = document.get(key, 0.0)
        if isinstance(given, bool) or not isinstance(given, (int, float)) or not 0 <= given <= 60:
            refuse("fit_mapping_amount", key, given)
    for key in _LISTS:
        if not _is_texts(document.get(key, [])):
            refuse("fit_mapping_texts", key, document[key])
    for key, known in (("leaving", LEAVING), ("clock", CLOCKS), ("class_seen", CLASS_SEEN)):
        if document.get(key, known[0]) not in known:
            refuse("fit_mapping_choice", key, document[key], known=", ".join(known))
    minute_0 = document.get("minute_0", time())
    if not isinstance(minute_0, time):
        refuse("fit_mapping_clock", "minute_0", minute_0)
        minute_0 = time()
    kind = document.get("kind", "tickets")
    if kind not in KINDS:
        refuse("fit_mapping_choice", "kind", kind, known=", ".join(KINDS))
        kind = "tickets"
    if not isinstance(document.get("week_years", False), bool):
        refuse("fit_mapping_choice", "week_years", document["week_years"], known="true, false")
    columns = _lists_of(document.get("columns", {}), "columns", COLUMNS_OF[kind], refuse)
    for key in NEEDED_OF[kind]:
        if key not in columns:
            refuse("fit_mapping_missing", "columns", key)
    for key in document.get("optional", []) if _is_texts(document.get("optional", [])) else []:
        if key not in COLUMNS_OF[kind] or key in NEEDED_OF[kind]:
            refuse("fit_mapping_optional", "optional", key, known=", ".join(sorted(set(COLUMNS_OF[kind]) - set(NEEDED_OF[kind]))))
    formats = {**FORMATS, **_lists_of(document.get("formats", {}), "formats", tuple(FORMATS), refuse)}
    outcomes = document.get("outcomes", {})
    if not isinstance(outcomes, Mapping):
        refuse("fit_mapping_table", "outcomes", outcomes)
        outcomes = {}
    for word, ours in outcomes.items():
        if ours not in OUTCOMES:
            refuse("fit_mapping_choice", f"outcomes: {word}", ours, known=", ".join(OUTCOMES))
    events = document.get("events", {})
    if not isinstance(events, Mapping):
        refuse("fit_mapping_table", "events", events)
        events = {}
    for word, ours in events.items():
        if ours not in EVENTS:
            refuse("fit_mapping_choice", f"events: {word}", ours, known=", ".join(EVENTS))
    if faults:
        raise BadInput(faults)
    return LogMapping(
        id=document["id"], columns=columns, delimiter=document.get("delimiter", ","), leaving=document.get("leaving", "never"),
        clock=document.get("clock", "stamps"), minute_0=_minutes(minute_0),
        blank=tuple(document.get("blank", ())), ignored=tuple(document.get("ignored", ())),
        optional=tuple(document.get("optional", ())), slack_min=float(document.get("slack_min", 0)),
        short_min=float(document.get("short_min", 0)), service=document.get("service", "all"), class_after=document.get("class_after", ""),
        class_seen=document.get("class_seen", "always"), kind=kind, week_years=document.get("week_years", False), events=dict(events),
        formats=formats, outcomes=dict(outcomes),
        rounded_min=float(document["rounded_min"]) if "rounded_min" in document else None,
    )  # fmt: skip


def _is_texts(given: object) -> bool:
    return isinstance(given, list) and all(isinstance(each, str) for each in given)


def _lists_of(given: object, table: str, known: tuple[str, ...], refuse: Any) -> dict[str, tuple[str, ...]]:
    """A table whose values are a text or a list of texts."""
    if not isinstance(given, Mapping):
        refuse("fit_mapping_table", table, given)
        return {}
    read = {}
    for key, value in given.items():
        listed = [value] if isinstance(value, str) else value
        if key not in known:
            refuse("fit_mapping_key", table, key, known=", ".join(known))
        elif not _is_texts(listed) or not listed:
            refuse("fit_mapping_texts", f"{table}: {key}", value)
        else:
            read[key] = tuple(listed)
    return read
