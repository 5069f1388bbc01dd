"""A mapping: which foreign column is which field, how its dates are written, in which zone, and whether rows are records or events of
records.

A mapping is a TOML file:

schema = 1
id = "permits"
kind = "cases"                          # halls, cases, tickets, ratings, checks
rows = "events"                         # or "cases": one row, one record (the default)
zone = "Europe/Amsterdam"               # of stamps without an offset; default: the hall's
formats = ["%Y-%m-%d %H:%M:%S.%f%z"]    # every accepted way to write a moment; nothing else is read
delimiter = ";"   sheet = "..."         # when the file's own are not plain
origin = "demonstration"                # for made-up input

[columns]
case_number = "case:concept:name"
accepted = { column = "case:startdate", take = "min", formats = ["%d.%m.%Y"], day = "start", where = { "concept:name" = "T02" } }
due = { column = "deadline", day = "end" }   # a bare day means its end, 24:00 (the default for due, else its start)

[constants]
channel = "hall"

[values.level]
"5星" = "5"

`take` tells, when several event rows make one case, which value counts: only (all that are not empty must agree; the default), first,
last, min, max, or all (joined by ';'). First and last are in the order of the file; min and max compare moments. `where` keeps only the
rows in which another column has a given value. A format uses %Y %m %d %H %M %S %f %z and plain characters, or is the word excel for
serial day numbers.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping as Mapped
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from ..canonical import digest_text
from ..faults import BadInput, Fault, fault
from .csv_text import DELIMITERS
from .fields import FIELDS, KINDS

Take = Literal["only", "first", "last", "min", "max", "all"]
TAKES = ("only", "first", "last", "min", "max", "all")
SHIPPED = Path(__file__).with_name("mappings")
MAX_MAPPING_BYTES = 2**20
FORMATS = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S.%f",
    "%Y-%m-%d %H:%M:%S%z", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S.%f%z",
    "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y年%m月%d日 %H:%M:%S", "%Y年%m月%d日 %H:%M", "%Y年%m月%d日 %H时%M分", "%Y%m%d%H%M%S",
)  # fmt: skip
"""What a file in our own columns may use: year first, so that no day can be taken for a month."""
_CODES = frozenset("YmdHMSfz")


@dataclass(frozen=True, slots=True)
class Column:
    """Where one field comes from."""

    name: str
    """Column as the file calls it."""
    formats: tuple[str, ...] = ()
    """Its own date formats; empty: the mapping's."""
    take: Take = "only"
    day: Literal["start", "end"] = "start"
    """What a bare day means as a moment."""
    where: Mapped[str, str] = field(default_factory=dict)
    """Only rows whose other columns have these values."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """How files of one kind and one origin are read."""

    id: str
    kind: str
    rows: Literal["cases", "events"] = "cases"
    zone: ZoneInfo | None = None
    """None: the hall's."""
    formats: tuple[str, ...] = FORMATS
    columns: Mapped[str, Column] = field(default_factory=dict)
    """By field id. A field without one is looked for under its own names, unless `columns` is not empty."""
    constants: Mapped[str, str] = field(default_factory=dict)
    values: Mapped[str, Mapped[str, str]] = field(default_factory=dict)
    delimiter: str | None = None
    sheet: str | None = None
    origin: Literal["record", "demonstration"] = "record"
    digest: str = ""
    """SHA-256 of the mapping's text."""


def default_mapping(kind: str) -> Mapping:
    """Our own column names, and the Chinese ones."""
    return Mapping(id=f"{kind}-own-columns", kind=kind, digest=digest_text(f"own columns of {kind}, 1"))


def shipped_mappings() -> list[str]:
    """Ids of the mappings that come with the program."""
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


def load_mapping(given: str | Path, kind: str) -> Mapping:
    """A mapping by the id of a shipped one or by the path of a file. BadInput with everything that is wrong in it."""
    shipped = SHIPPED / f"{given}.toml"
    path = shipped if isinstance(given, str) and re.fullmatch(r"[a-z0-9-]+", given) and shipped.is_file() else Path(given)
    place = path.name
    if path.is_dir():
        raise BadInput([fault("import_folder", place, path.name)])
    if not path.is_file():
        raise BadInput([fault("mapping_missing", place, shipped=", ".join(shipped_mappings()) or "-")])
    content = path.read_bytes()
    if len(content) > MAX_MAPPING_BYTES:
        raise BadInput([fault("file_size", place, limit=1)])
    try:
        text = content.decode("utf-8")
        document = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadInput([fault("mapping_toml", place, str(error).splitlines()[0])]) from None
    mapping = read_mapping(document, place, digest_text(text))
    if mapping.kind != kind:
        raise BadInput([fault("mapping_kind", place, mapping.kind, kind=kind)])
    return mapping


def read_mapping(document: dict[str, Any], place: str, digest: str) -> Mapping:
    """A mapping from its document; all faults together."""
    faults: list[Fault] = []
    allowed = ("schema", "id", "kind", "rows", "zone", "formats", "delimiter", "sheet", "origin", "columns", "constants", "values")
    faults += [fault("mapping_key", place, key, allowed=", ".join(allowed)) for key in document if key not in allowed]
    kind = document.get("kind")
    if document.get("schema") != 1 or not isinstance(document.get("id"), str) or kind not in KINDS:
        raise BadInput(
            [*faults, fault("mapping_head", place, f"{document.get('schema')}, {document.get('id')}, {kind}", kinds=", ".join(KINDS))]
        )
    for key, choices in (("rows", ("cases", "events")), ("delimiter", DELIMITERS), ("origin", ("record", "demonstration"))):
        if key in document and document[key] not in choices:
            faults.append(fault("mapping_choice", f"{place}: {key}", document[key], allowed=", ".join(map(repr, choices))))
    zone = None
    if "zone" in document:
        if document["zone"] in available_timezones():
            zone = ZoneInfo(document["zone"])
        else:
            faults.append(fault("zone_unknown", f"{place}: zone", document["zone"]))
    ids = [each.id for each in FIELDS[kind]]
    formats = _formats(document.get("formats", list(FORMATS)), f"{place}: formats", faults)
    columns: dict[str, Column] = {}
    for name, given in _table(document, "columns", place, faults).items():
        if name not in ids:
            faults.append(fault("mapping_field", f"{place}: columns", name, fields=", ".join(ids)))
            continue
        column = _column(given, name, f'{place}: columns "{name}"', faults)
        if column is not None:
            columns[name] = column
    constants: dict[str, str] = {}
    for name, given in _table(document, "constants", place, faults).items():
        if name not in ids or name in columns or not isinstance(given, str):
            faults.append(fault("mapping_constant", f"{place}: constants", name, fields=", ".join(ids)))
        else:
            constants[name] = given
    values: dict[str, dict[str, str]] = {}
    for name, given in _table(document, "values", place, faults).items():
        if name not in ids or not isinstance(given, dict) or not all(isinstance(word, str) for word in given.values()):
            faults.append(fault("mapping_values", f"{place}: values", name, fields=", ".join(ids)))
        else:
            values[name] = dict(given)
    if faults:
        raise BadInput(faults)
    return Mapping(
        document["id"], kind, document.get("rows", "cases"), zone, formats, columns, constants, values,
        document.get("delimiter"), document.get("sheet"), document.get("origin", "record"), digest,
    )  # fmt: skip


def _table(document: dict[str, Any], key: str, place: str, faults: list[Fault]) -> dict[str, Any]:
    given = document.get(key, {})
    if not isinstance(given, dict):
        faults.append(fault("mapping_table", f"{place}: {key}", given))
        return {}
    return given


def _formats(given: object, place: str, faults: list[Fault]) -> tuple[str, ...]:
    if not isinstance(given, list) or not given or not all(isinstance(each, str) for each in given):
        faults.append(fault("mapping_formats", place, given))
        return ()
    for each in given:
        codes = re.findall(r"%(.)", each)
        if each != "excel" and (not set(codes) <= _CODES or len(set(codes)) != len(codes) or not {"Y", "m", "d"} <= set(codes)):
            faults.append(fault("mapping_format", place, each))
    return tuple(given)


def _column(given: object, field_id: str, place: str, faults: list[Fault]) -> Column | None:
    day: Literal["start", "end"] = "end" if field_id == "due" else "start"
    if isinstance(given, str):
        return Column(given, day=day)
    allowed = ("column", "formats", "take", "day", "where")
    if not isinstance(given, dict) or not isinstance(given.get("column"), str) or set(given) - set(allowed):
        faults.append(fault("mapping_column", place, given, allowed=", ".join(allowed)))
        return None
    where = given.get("where", {})
    if (
        given.get("take", "only") not in TAKES
        or given.get("day", day) not in ("start", "end")
        or not isinstance(where, dict)
        or not all(isinstance(value, str) for value in where.values())
    ):
        faults.append(fault("mapping_column", place, given, allowed=f"take: {', '.join(TAKES)}; day: start, end; where: a table of texts"))
        return None
    formats = _formats(given["formats"], place, faults) if "formats" in given else ()
    return Column(given["column"], formats, given.get("take", "only"), given.get("day", day), dict(where))
