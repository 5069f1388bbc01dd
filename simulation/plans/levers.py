"""Every lever of a manager: its name, what it is set for, what values it takes, the edit it makes, and how it stands in a document.

Most levers are one key of the document; the others are an edit of their own (`windows`, `lunch`, `appointments`, ...). The rules a lever
may name are read from the scenario's tables, so a rule that is added there can be chosen here.

Not for sentences about levers: these are in the pages' texts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from simulation.plans.appointments import share_booked, take_appointments
from simulation.plans.demand import divert, scale_demand, share_diverted
from simulation.plans.document import Document, Refused, copied, settled, windows_of
from simulation.plans.forms import NONE, Form, Tidal, Windows, write_value
from simulation.plans.hours import set_hours
from simulation.plans.keys import default_of, key_at, set_key, value_of
from simulation.plans.layouts import lay_out
from simulation.plans.lunch import cover_lunch, keep_open, lunch_covered
from simulation.plans.service_time import scale_service
from simulation.plans.stations import set_station, station_of
from simulation.plans.tides import set_tide
from simulation.plans.windows import add_windows, set_windows, turn_comprehensive
from simulation.scenario.tables import MODELS

Of = Literal["hall", "windows", "services", "opening", "path"]
TOPICS = ("windows", "shifts", "stations", "appointments", "quota", "closing", "waiting", "demand")
"""in the order in which a manager goes through them"""
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Lever:
    """Something that a manager can change."""

    name: str
    topic: str
    """one of TOPICS, or "other" """
    of: Of
    """what it is set for: the whole hall, a group of windows, a service, an opening period (by number), or any key of the document"""
    form: Form
    make: Callable[[Document, str, Any], Document]
    """document, target, value -> the plan"""
    now: Callable[[Mapping[str, Any], str], str]
    """document, target -> the value as it stands, written as a value; "" where there is nothing to set"""
    example: str
    alone: bool = False
    """a target may be left out and then means none of them in particular, not each of them"""


def _key(name: str, topic: str, of: Of, path: str, form: Form, example: str) -> Lever:
    """A lever that is one key; `{}` in the path stands for the target."""

    def make(document: Document, target: str, value: Any) -> Document:
        if ".booking." in path and value is not None and key_at(document, f"services.{target}.booking") is None:
            raise Refused("plan_no_booking", service=target)
        return set_key(document, path.format(target), value)

    def now(document: Mapping[str, Any], target: str) -> str:
        where = path.format(target)
        if ".booking." in path and key_at(document, f"services.{target}.booking") is None:
            return ""
        value = key_at(document, where)
        if value is None and where.endswith(".at_end"):
            value = "serve_all" if int(target) == len(document["opening"]) else "keep_tickets"
        return write_value(form, default_of(where) if value is None else value)

    return Lever(name, topic, of, form, make, now, example)


def _choice(table: str, key: str) -> Form:
    """A choice of the rules that a key may name, read from the scenario's tables."""
    annotation = MODELS[(table,)].model_fields[key].annotation
    found = [each for part in (annotation, *get_args(annotation)) for each in get_args(part) if isinstance(each, str)]
    return Form("choice", options=tuple(dict.fromkeys(found)))


def _windows(document: Document, group: str, wanted: Windows) -> Document:
    if wanted.more and wanted.number > 0:
        return add_windows(document, group, wanted.number, wanted.start, wanted.end)
    now = next(each.get("count", 1) for each in document["windows"] if each["id"] == group)
    count = now + wanted.number if wanted.more else wanted.number
    if count < 0:
        raise Refused("plan_too_few", group=group, count=now)
    return set_windows(document, group, count)


def _seats(document: Mapping[str, Any], group: str) -> str:
    return str(next(each.get("count", 1) for each in windows_of(document) if each["id"] == group))


def _lunch(document: Document, _: str, wanted: str) -> Document:
    if lunch_covered(document) is None:
        raise Refused("plan_no_lunch")
    return keep_open(document) if wanted == "open" else cover_lunch(document, wanted == "ab")


def _lunch_now(document: Mapping[str, Any], _: str) -> str:
    return {True: "ab", False: "closed", None: ""}[lunch_covered(document)]


def _turn(document: Document, group: str, number: int) -> Document:
    return turn_comprehensive(document, number, group or None)


def _hours(document: Document, number: str, spans: list[dict[str, Any]]) -> Document:
    return set_hours(document, int(number), spans[0]["from"], spans[0]["to"])


def _hours_now(document: Mapping[str, Any], number: str) -> str:
    return write_value(Form("spans"), [document["opening"][int(number) - 1]])


def _last_start(document: Document, number: str, moment: Any) -> Document:
    """From a time on nothing is begun; who waits then is sent home, where the document says that all are served."""
    plan = LAST_START.make(document, number, moment)
    if moment is not None and LEVERS["at_end"].now(plan, number) == "serve_all":
        plan = set_key(plan, f"opening.{number}.at_end", "finish_current")
    return plan


def _help(document: Document, group: str, wanted: tuple[str, int] | None) -> Document:
    if wanted is None:
        return set_key(document, f"windows.{group}.overflow", None)
    service, queue = wanted
    if service not in [each["id"] for each in document["services"]]:
        raise Refused("change_no_target", target=service, known=", ".join(each["id"] for each in document["services"]))
    now = key_at(document, f"windows.{group}.overflow") or []
    rest = [each for each in now if each["service"] != service]
    return set_key(document, f"windows.{group}.overflow", [*rest, {"service": service, "queue": queue}])


def _help_now(document: Mapping[str, Any], group: str) -> str:
    return write_value(Form("help"), key_at(document, f"windows.{group}.overflow"))


def _tidal(document: Document, group: str, wanted: Tidal | None) -> Document:
    if wanted is None:
        return set_tide(document, group, 0, None)
    tide = {"open_queue": wanted.open_queue, "close_queue": wanted.close_queue, "least_min": wanted.least_min}
    return set_tide(document, group, wanted.more, tide)


def _tidal_now(document: Mapping[str, Any], group: str) -> str:
    found = next(each for each in windows_of(document) if each["id"] == group)
    return write_value(Form("tidal"), found.get("tidal"))


def _covers(document: Document, group: str, services: list[str] | None) -> Document:
    unknown = [each for each in services or [] if each.partition(":")[0] not in [one["id"] for one in document["services"]]]
    if unknown:
        raise Refused("change_no_target", target=unknown[0], known=", ".join(each["id"] for each in document["services"]))
    return set_key(document, f"windows.{group}.covers", services)


def _station(kind: str, example: str) -> Lever:
    """So many machines or desks, used by a share of the citizens."""

    def now(document: Mapping[str, Any], service: str) -> str:
        found = station_of(document, kind, service)
        share = None if found is None else found.get("share", 1.0)
        if found is None or isinstance(share, Mapping):
            return NONE if found is None else ""
        return write_value(Form("station"), (found.get("count") or 1, share))

    name = kind.replace("-", "_")
    form = Form("station", none=True)
    return Lever(name, "stations", "services", form, lambda document, service, value: set_station(document, kind, service, value),
                 now, example, alone=True)  # fmt: skip


def _of_one(edit: Callable[..., Document]) -> Callable[[Document, str, Any], Document]:
    """An edit of some services as one of a single service."""
    return lambda document, service, value: edit(document, value, [service])


def _ab(document: Document, group: str, spans: list[dict[str, Any]] | None) -> Document:
    """Half of the group rests at a time; a break of everybody at the same time gives way."""
    plan = set_key(document, f"windows.{group}.ab_break", spans[0] if spans else None)
    if spans:
        window = next(each for each in plan["windows"] if each["id"] == group)
        kept = [each for each in window.get("breaks", []) if each["to"] <= spans[0]["from"] or spans[0]["to"] <= each["from"]]
        if "breaks" in window:
            window["breaks"] = kept
    return settled(copied(plan), [])


def _ab_now(document: Mapping[str, Any], group: str) -> str:
    found = key_at(document, f"windows.{group}.ab_break")
    return write_value(Form("spans"), [found] if found else None)


SHARE = Form("percent", 0, 100)
LEAVING = _choice("windows", "at_shift_end")

LAST_START = _key("last_start", "closing", "opening", "opening.{}.last_start", Form("clock", none=True), "17:15")

_LEVERS = (
    Lever("windows", "windows", "windows", Form("windows"), _windows, _seats, "+2@10:00-12:00"),
    Lever("layout", "windows", "hall", _choice("layout", "kind"), lambda document, _, kind: lay_out(document, kind),
          lambda document, _: str((document.get("layout") or {}).get("kind", "")), "comprehensive"),
    Lever("comprehensive", "windows", "windows", Form("whole", 0, MOST), _turn, lambda document, target: "0", "2", alone=True),
    Lever("tidal", "windows", "windows", Form("tidal", none=True), _tidal, _tidal_now, "+2@8/2/30"),
    _key("idle_window", "windows", "hall", "rules.idle_window", _choice("rules", "idle_window"), "longest_idle"),
    _key("lines", "windows", "hall", "rules.lines", _choice("rules", "lines"), "per_window"),
    Lever("help", "windows", "windows", Form("help", none=True), _help, _help_now, "{service}@5"),
    Lever("covers", "windows", "windows", Form("listed", none=True), _covers,
          lambda document, group: write_value(Form("listed"), key_at(document, f"windows.{group}.covers")), "{service}"),
    _key("absence", "windows", "windows", "windows.{}.absence", SHARE, "5%"),
    Lever("lunch", "shifts", "hall", Form("choice", options=("closed", "ab", "open")), _lunch, _lunch_now, "ab"),
    _key("shifts", "shifts", "windows", "windows.{}.shifts", Form("spans", none=True), "08:30-12:00,14:30-17:30"),
    _key("breaks", "shifts", "windows", "windows.{}.breaks", Form("spans", none=True), "10:15-10:30"),
    Lever("ab_break", "shifts", "windows", Form("spans", high=1, none=True), _ab, _ab_now, "12:00-14:00"),
    _key("at_break", "shifts", "windows", "windows.{}.at_break", LEAVING, "start_nothing_past"),
    _key("at_shift_end", "shifts", "windows", "windows.{}.at_shift_end", LEAVING, "interrupt_resume_any"),
    _key("break_lasts", "shifts", "windows", "windows.{}.break_lasts", _choice("windows", "break_lasts"), "length"),
    Lever("appointments", "appointments", "services", SHARE, _of_one(take_appointments),
          lambda document, service: write_value(SHARE, share_booked(document, service)), "30%"),
    _key("booked", "appointments", "services", "services.{}.booking.booked", SHARE, "80%"),
    _key("no_show", "appointments", "services", "services.{}.booking.no_show", SHARE, "10%"),
    _key("called", "appointments", "hall", "rules.booked", _choice("rules", "booked"), "by_time"),
    _key("longest_wait", "appointments", "hall", "rules.longest_wait_min", Form("minutes", 0, 1440, none=True), "45"),
    _station("kiosk", "3@30%"),
    _station("pre-check", "2@50%"),
    _key("quota", "quota", "services", "services.{}.quota", Form("whole", 0, 1_000_000, none=True), "60"),
    Lever("hours", "closing", "opening", Form("spans", high=1), _hours, _hours_now, "14:30-18:00"),
    _key("last_ticket", "closing", "opening", "opening.{}.last_ticket", Form("clock", none=True), "17:00"),
    Lever("last_start", "closing", "opening", LAST_START.form, _last_start, LAST_START.now, LAST_START.example),
    _key("at_end", "closing", "opening", "opening.{}.at_end", _choice("opening", "at_end"), "finish_current"),
    _key("places", "waiting", "hall", "rules.places", Form("whole", 0, 1_000_000, none=True), "120"),
    _key("priority", "waiting", "services", "services.{}.priority", Form("whole", 0, 1000), "1"),
    _key("urgent", "waiting", "hall", "rules.urgent_interrupt", Form("choice", options=("yes", "no")), "yes"),
    _key("ghost", "waiting", "hall", "rules.ghost_min", Form("minutes", 0, 1440, none=True), "0.5"),
    Lever("demand", "demand", "services", Form("percent", 0, 10_000), _of_one(scale_demand), lambda document, target: "100%", "110%"),
    Lever("online", "demand", "services", SHARE, _of_one(divert),
          lambda document, service: write_value(SHARE, share_diverted(document, service)), "20%"),
    Lever("service_time", "demand", "services", Form("percent", 1, 10_000), _of_one(scale_service), lambda document, target: "100%", "90%"),
    _key("day_cv", "demand", "hall", "demand.day_cv", Form("percent", 0, 300), "20%"),
    _key("half_hour_cv", "demand", "hall", "demand.half_hour_cv", Form("percent", 0, 300), "20%"),
    Lever("set", "other", "path", Form("choice"), lambda document, path, text: set_key(document, path, value_of(text)),
          lambda document, path: str(key_at(document, path)) if key_at(document, path) is not None else "none", "60"),
)  # fmt: skip

LEVERS: dict[str, Lever] = {each.name: each for each in _LEVERS}
"""name -> lever, in the order of the topics"""


def targets_of(document: Mapping[str, Any], lever: Lever) -> list[str]:
    """What a lever can be set for: ids of groups or services, numbers of opening periods; empty for the whole hall or any key."""
    if lever.of in ("hall", "path"):
        return []
    listed = windows_of(document) if lever.of == "windows" else document.get(lever.of) or []
    return [str(n) for n in range(1, len(listed) + 1)] if lever.of == "opening" else [each["id"] for each in listed]


def now_of(document: Mapping[str, Any], lever: Lever, target: str) -> str:
    """How a lever stands; without a target that of each of them, "" where they differ or where there is nothing to set."""
    targets = targets_of(document, lever)
    if target and targets and target not in targets:
        return ""
    if target or lever.of == "hall" or lever.alone:
        return lever.now(document, target)
    if lever.of == "opening":
        return lever.now(document, targets[-1]) if targets else ""
    found = {lever.now(document, each) for each in targets} - {""}
    return found.pop() if len(found) == 1 else ""
