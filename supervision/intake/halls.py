"""A hall and its parts: opening hours, zones, windows, seats, services with their limits, staff.

One table with a column `what` (hall, hours, zone, window, seat, service, person), as CSV or workbook; or a TOML file, which is turned
into that table:

schema = 1
[hall]
id = "potou"
name = { zh = "坡头区政务服务大厅", en = "Potou hall" }
time_zone = "Asia/Shanghai"      # the default
calendar = "cn"                  # the default
opened_on = 2019-03-01           # optional
[[hours]]
from = 08:30:00
to = 12:00:00
[[zones]]     id, name
[[windows]]   id, name, department, kind
[[seats]]     id, name, zone, windows = ["W01"]
[[services]]  id, name, department, windows, promised = { amount = 3, unit = "working_days" }, legal = {...}, article
[[people]]    id (the staff number, kept as a keyed hash), name, role, windows

A limit of 0 working_days is the same day (当日办结).

The windows of a seat, service or person are the whole list from `valid_from` on (default: the day the hall opened, else 1970-01-01):
those not named end that day. A limit begins on its `valid_from`. What a part is called does not change: another name for the same id is
refused.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from ..evidence import PREFIXED
from ..faults import BadInput, Fault, fault
from ..people import normal_key
from .columns import Columns
from .fields import HALLS
from .plan import Known, Plan, differing
from .table import Table
from .values import References, person_of

ORDER = ("hall", "hours", "zone", "window", "seat", "service", "person")
BEGINNING = "1970-01-01"
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::00)?", re.ASCII)
_SECTIONS = {
    "hall": ("id", "name", "time_zone", "calendar", "opened_on"),
    "hours": ("id", "from", "to", "valid_from"),
    "zones": ("id", "name"),
    "windows": ("id", "name", "department", "kind"),
    "seats": ("id", "name", "zone", "windows", "valid_from"),
    "services": ("id", "name", "department", "windows", "promised", "legal", "article", "valid_from"),
    "people": ("id", "name", "role", "windows", "valid_from"),
}
_WHAT = {"hall": "hall", "hours": "hours", "zones": "zone", "windows": "window", "seats": "seat", "services": "service", "people": "person"}


def table_of_toml(content: bytes, place: str) -> Table:
    """A hall's TOML file as the table of its parts. BadInput with everything that is not of the form above."""
    try:
        document = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadInput([fault("mapping_toml", place, str(error).splitlines()[0])]) from None
    if document.pop("schema", None) != 1:
        raise BadInput([fault("hall_schema", place)])
    header = tuple(each.id for each in HALLS)
    faults: list[Fault] = []
    rows: list[list[str]] = []
    for section, given in document.items():
        if section not in _SECTIONS:
            faults.append(fault("hall_key", place, section, allowed=", ".join(_SECTIONS)))
            continue
        tables = [given] if section == "hall" else given
        if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
            faults.append(fault("mapping_table", f"{place}: {section}", given))
            continue
        for number, each in enumerate(tables, start=1):
            for key in set(each) - set(_SECTIONS[section]):
                faults.append(fault("hall_key", f"{place}: {section} {number}", key, allowed=", ".join(_SECTIONS[section])))
            texts = _texts(each, f"{place}: {section} {number}", faults)
            texts["what"] = _WHAT[section]
            texts.setdefault("id", f"{texts.get('from', '')}-{texts.get('to', '')}" if section == "hours" else "")
            rows.append([texts.get(name, "") for name in header])
    if faults:
        raise BadInput(faults)
    if not rows:
        raise BadInput([fault("file_empty", place)])
    return Table(header, rows, list(range(1, len(rows) + 1)), "toml")


def _texts(each: dict[str, Any], place: str, faults: list[Fault]) -> dict[str, str]:
    """The texts of one TOML table, by column of HALLS."""
    out: dict[str, str] = {}
    for key, value in each.items():
        if (
            key == "name"
            and isinstance(value, dict)
            and set(value) <= {"zh", "en"}
            and all(isinstance(name, str) for name in value.values())
        ):
            out["name_zh"] = value.get("zh") or value.get("en", "")
            out["name_en"] = value.get("en", "")
        elif key == "name" and isinstance(value, str):
            out["name_zh"] = value
        elif key in ("promised", "legal") and isinstance(value, dict) and set(value) == {"amount", "unit"}:
            out[key], out[f"{key}_unit"] = str(value["amount"]), str(value["unit"])
        elif key == "windows" and isinstance(value, list) and all(isinstance(window, str) for window in value):
            out[key] = ";".join(value)
        elif isinstance(value, str):
            out[key] = value
        elif isinstance(value, time | date) and not isinstance(value, datetime):
            out[key] = value.isoformat()
        elif isinstance(value, int) and not isinstance(value, bool) and key == "id":
            out[key] = str(value)
        else:
            faults.append(fault("hall_value", f"{place}: {key}", value))
    return out


def plan(columns: Columns, values: dict[str, list[Any]], refs: References, known: Known) -> Plan:
    """The rows of the hall's tables to append. Parts are taken in ORDER, so that a row may name a part that stands below it."""
    result = Plan()
    builder = _Builder(columns, values, refs, known, result)
    by_what: dict[str, list[int]] = {what: [] for what in ORDER}
    contents: dict[tuple[str, str, str], list[int]] = {}
    for record, what in enumerate(values["what"]):
        if record not in columns.refused:
            since = str(values["valid_from"][record])  # a service, a seat or a person may stand several times, from different days on
            contents.setdefault((what, normal_key(columns.texts["id"][record]), since), []).append(record)
    for records in contents.values():
        if len({tuple(values[name][record] for name in values) for record in records}) > 1:
            for record in records:
                others = ", ".join(str(columns.lines[other][0]) for other in records if other != record)
                columns.refuse(
                    record, "id", columns.texts["id"][record], "conflict_in_file", values["what"][record] == "person", lines=others
                )
        else:
            by_what[values["what"][records[0]]].append(records[0])
            result.duplicate.extend(records[1:])
    for what in ORDER:
        for record in by_what[what]:
            new = getattr(builder, what)(record)
            if record not in columns.refused and what != "hours":
                (result.accepted if new else result.duplicate).append(record)
    builder.settle_hours()
    return result


class _Builder:
    """Judges one part after another against the record and the parts before it."""

    def __init__(self, columns: Columns, values: dict[str, list[Any]], refs: References, known: Known, result: Plan) -> None:
        self.columns, self.values, self.refs, self.result = columns, values, refs, result
        self.halls = {
            row[0]: tuple(row[1:]) for row in known("halls", ("hall_id", "name_zh", "name_en", "time_zone", "calendar_id", "opened_on"))
        }
        self.opened = self.halls[refs.hall_id][4] if refs.hall_id in self.halls else None
        self.parts = {
            "zone": {normal_key(row[0]): tuple(row) for row in known("zones", ("zone_id", "name_zh", "name_en"))},
            "window": {
                normal_key(row[0]): tuple(row) for row in known("windows", ("window_id", "name_zh", "name_en", "department", "kind"))
            },
            "seat": {normal_key(row[0]): tuple(row) for row in known("seats", ("seat_id", "name_zh", "name_en", "zone_id"))},
            "service": {normal_key(row[0]): tuple(row) for row in known("services", ("service_id", "name_zh", "name_en", "department"))},
            "person": {row[0]: tuple(row) for row in known("people", ("person_ref", "display_name"))},
        }
        self.periods = known("opening_hours", ("valid_from", "starts", "ends", "sequence"))
        self.fresh: dict[str, dict[int, tuple[int, int]]] = {}
        self.links = {
            "seat": [tuple(row) for row in known("seat_links", ("seat_id", "window_id", "linked", "valid_from"))],
            "service": [tuple(row) for row in known("service_links", ("service_id", "window_id", "linked", "valid_from"))],
            "person": [tuple(row) for row in known("person_links", ("person_ref", "window_id", "linked", "valid_from", "role"))],
        }
        self.limits = [tuple(row) for row in known("service_limits", ("service_id", "kind", "valid_from", "amount", "unit"))]

    def get(self, record: int, name: str) -> Any:
        return self.values[name][record]

    def refuse(self, record: int, name: str, code: str, **facts: str) -> bool:
        text = self.columns.texts.get(name, [""] * len(self.columns.lines))[record]
        self.columns.refuse(record, name, text, code, self.get(record, "what") == "person" and name == "id", facts=facts)
        return False

    def hall(self, record: int) -> bool:
        own = self.get(record, "id")
        if own != self.refs.hall_id:
            return self.refuse(record, "id", "hall_other", hall=self.refs.hall_id)
        zone = self.get(record, "time_zone") or "Asia/Shanghai"
        if zone not in available_timezones():
            return self.refuse(record, "time_zone", "zone_unknown")
        zh = self.get(record, "name_zh")
        if zh is None:
            return self.refuse(record, "name_zh", "value_missing")
        opened = self.get(record, "opened_on")
        row = (
            zh,
            self.get(record, "name_en") or zh,
            str(ZoneInfo(zone)),
            self.get(record, "calendar") or "cn",
            opened and opened.isoformat(),
        )
        fields = ("name_zh", "name_en", "time_zone", "calendar", "opened_on")
        old = self.halls.get(own)
        if old is not None:
            wrong = differing(fields, row, old)
            return self.refuse(record, wrong, "conflict", number=own) if wrong else False
        self.halls[own], self.opened = row, row[4]
        self.result.rows["halls"].append(dict(zip(("name_zh", "name_en", "time_zone", "calendar_id", "opened_on"), row, strict=True)))
        return True

    def hours(self, record: int) -> bool:
        """Note a period; whether the periods of its day are new is settled when all are known."""
        minutes: list[int] = []
        for name in ("from", "to"):
            match = _CLOCK.fullmatch(self.get(record, name) or "")
            value = int(match[1]) * 60 + int(match[2]) if match and int(match[2]) < 60 else -1
            if not 0 <= value <= 1440:
                return self.refuse(record, name, "clock_time")
            minutes.append(value)
        if minutes[0] >= minutes[1]:
            return self.refuse(record, "to", "clock_order")
        noted = self.fresh.setdefault(self._since(record), {})
        if any(start < minutes[1] and minutes[0] < end for start, end in noted.values()):
            return self.refuse(record, "from", "clock_overlap")
        noted[record] = (minutes[0], minutes[1])
        return False

    def settle_hours(self) -> None:
        """All periods of a day replace those recorded for it before; the same ones again are duplicates."""
        for since, noted in self.fresh.items():
            recorded = [row for row in self.periods if row[0] == since]
            latest = max((row[3] for row in recorded), default=None)
            if {(row[1], row[2]) for row in recorded if row[3] == latest} == set(noted.values()):
                self.result.duplicate.extend(noted)
                continue
            self.result.accepted.extend(noted)
            for start, end in noted.values():
                self.result.rows["opening_hours"].append({"valid_from": since, "starts": start, "ends": end})

    def zone(self, record: int) -> bool:
        return self._part(record, "zone", "zones", ("zone_id", "name_zh", "name_en"), ())

    def window(self, record: int) -> bool:
        key = normal_key(self.get(record, "id"))
        if key == "UNASSIGNED" or key.startswith(tuple(f"{each.upper()}:" for each in PREFIXED)):
            return self.refuse(record, "id", "window_reserved")
        more = (("department", self.get(record, "department")), ("kind", self.get(record, "kind") or "dedicated"))
        return self._part(record, "window", "windows", ("window_id", "name_zh", "name_en", "department", "kind"), more)

    def seat(self, record: int) -> bool:
        zone = self.get(record, "zone")
        found = self.parts["zone"].get(normal_key(zone)) if zone else None
        if zone and found is None:
            return self.refuse(record, "zone", "no_such_zone")
        windows = self._windows(record)
        if windows is None:
            return False
        new = self._part(record, "seat", "seats", ("seat_id", "name_zh", "name_en", "zone_id"), (("zone", found and found[0]),))
        return self._link(record, "seat", self._own(record, "seat"), windows) or new

    def service(self, record: int) -> bool:
        windows = self._windows(record)
        if windows is None:
            return False
        limits = []
        for kind in ("promised", "legal"):
            amount, unit = self.get(record, kind), self.get(record, f"{kind}_unit")
            if (amount is None) != (unit is None):
                return self.refuse(record, kind if amount is None else f"{kind}_unit", "limit_half")
            if amount == 0 and unit != "working_days":
                return self.refuse(record, kind, "limit_zero")
            if amount is not None:
                limits.append((kind, amount, unit))
        more = (("department", self.get(record, "department")),)
        new = self._part(record, "service", "services", ("service_id", "name_zh", "name_en", "department"), more)
        if record in self.columns.refused:
            return False
        own, since = self._own(record, "service"), self._since(record)
        for kind, amount, unit in limits:
            held = [row for row in self.limits if row[:2] == (own, kind) and row[2] <= since]
            if held and max(enumerate(held), key=lambda each: (each[1][2], each[0]))[1][3:] == (amount, unit):
                continue
            row = (own, kind, since, amount, unit)
            self.limits.append(row)
            stored = dict(zip(("service_id", "kind", "valid_from", "amount", "unit"), row, strict=True))
            self.result.rows["service_limits"].append({**stored, "article": self.get(record, "article")})
            new = True
        return self._link(record, "service", own, windows) or new

    def person(self, record: int) -> bool:
        windows = self._windows(record)
        name = self.get(record, "name_zh")
        if windows is None or name is None:
            return False if windows is None else self.refuse(record, "name_zh", "value_missing")
        ref, mask = person_of(self.refs.key, "staff", self.columns.texts["id"][record])
        old = self.parts["person"].get(ref)
        if old is not None and old[1] != name:
            return self.refuse(record, "name_zh", "conflict", number=mask)
        if old is None:
            self.parts["person"][ref] = (ref, name)
            self.result.rows["people"].append({"person_ref": ref, "mask": mask, "display_name": name})
        return self._link(record, "person", ref, windows) or old is None

    def _since(self, record: int) -> str:
        given = self.get(record, "valid_from")
        return given.isoformat() if given is not None else self.opened or BEGINNING

    def _own(self, record: int, what: str) -> str:
        """The id as it was first spelt."""
        return str(self.parts[what][normal_key(self.get(record, "id"))][0]) if record not in self.columns.refused else ""

    def _part(self, record: int, what: str, table: str, stored: tuple[str, ...], more: Iterable[tuple[str, Any]]) -> bool:
        """A zone, window, seat or service: append it, or compare it with the one that is there."""
        own, zh = self.get(record, "id"), self.get(record, "name_zh")
        if zh is None:
            return self.refuse(record, "name_zh", "value_missing")
        row = (own, zh, self.get(record, "name_en") or zh, *(value for _, value in more))
        old = self.parts[what].get(normal_key(own))
        if old is not None:
            given_en = row[2] if self.get(record, "name_en") else None
            given_kind = [None if name == "kind" and self.get(record, "kind") is None else value for name, value in more]
            wrong = differing(("name_zh", "name_en", *(name for name, _ in more)), (zh, given_en, *given_kind), old[1:])
            return self.refuse(record, wrong, "conflict", number=own) if wrong else False
        self.parts[what][normal_key(own)] = row
        self.result.rows[table].append(dict(zip(stored, row, strict=True)))
        return True

    def _windows(self, record: int) -> tuple[str, ...] | None:
        """The windows a row names, as first spelt; () if it names none; None and a refusal if one is unknown."""
        found: list[str] = []
        for each in re.split(r"[;；、,，]", self.get(record, "windows") or ""):
            if each.strip():
                window = self.parts["window"].get(normal_key(each))
                if window is None:
                    self.refuse(record, "windows", "no_such_window")
                    return None
                found.append(window[0])
        return tuple(dict.fromkeys(found))

    def _link(self, record: int, what: str, own: str, windows: tuple[str, ...]) -> bool:
        """Make the windows of a part, from its day on, exactly the named ones; no name says nothing."""
        if record in self.columns.refused or not windows:
            return False
        since = self._since(record)
        role = (self.get(record, "role") or "staff",) if what == "person" else ()
        state: dict[str, int] = {}
        for row in sorted(
            (row for row in self.links[what] if row[0] == own and row[3] <= since and row[4:] == role), key=lambda row: row[3]
        ):
            state[row[1]] = row[2]
        changes = [(window, 1) for window in windows if not state.get(window)]
        changes += [(window, 0) for window, linked in state.items() if linked and window not in windows]
        for window, linked in changes:
            row = (own, window, linked, since, *role)
            self.links[what].append(row)
            key = "person_ref" if what == "person" else f"{what}_id"
            names = (key, "window_id", "linked", "valid_from", *(("role",) if role else ()))
            self.result.rows[f"{what}_links"].append(dict(zip(names, row, strict=True)))
        return bool(changes)
