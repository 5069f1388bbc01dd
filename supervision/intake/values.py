"""Text to values, column by column, by the sort of the field; what cannot be read is noted against the record, never guessed.

Each distinct text of a column is converted once, which is what makes large files quick. Personal numbers leave here as (keyed hash, mask).
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from ..db.schema import canonical_decimal
from ..people import is_identity, mask, mask_text, normal_key, normal_text
from .columns import Columns
from .fields import FIELDS, Field
from .moments import MomentReader, NoMoment, looks_like_two_orders

LONGEST_TEXT = 200
LONGEST_FREE = 5000
_DECIMAL = re.compile(r"\d{1,9}(\.\d{1,9})?", re.ASCII)
_WHOLE = re.compile(r"-?\d{1,12}", re.ASCII)
_FLAGS = {
    "1": True, "true": True, "yes": True, "y": True, "是": True,
    "0": False, "false": False, "no": False, "n": False, "否": False,
}  # fmt: skip


class NoValue(ValueError):
    """A text that the field's rule refuses."""

    def __init__(self, code: str, **facts: str) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True, slots=True)
class References:
    """What the record knows of a hall while a file is read."""

    hall_id: str
    zone: ZoneInfo
    key: bytes
    """Of the keyed hashes."""
    now: int
    """Microseconds since 1970 UTC; later moments are refused."""
    opened_on: str | None = None
    services: Mapping[str, str] = field(default_factory=dict)
    """Normalised id or name -> id."""
    windows: Mapping[str, str] = field(default_factory=dict)
    seats: Mapping[str, str] = field(default_factory=dict)
    staff: frozenset[str] = frozenset()
    """person_ref of everybody on the staff."""


def person_of(key: bytes, kind: str, number: str) -> tuple[str, str]:
    """(person_ref, mask) of a number, as supervision/people.py makes them."""
    return hmac.digest(key, f"{kind}:{normal_key(number)}".encode(), "sha256").hex()[:32], mask(number)


def convert(columns: Columns, kind: str, readers: Mapping[str, MomentReader], refs: References) -> dict[str, list[Any]]:
    """Field id -> converted values, None where blank or refused; refusals are noted in `columns`.

    moment: (microseconds, local day); moments: tuple of them; citizen, staff: (ref, mask); the rest as text, int, bool or date.
    """
    out: dict[str, list[Any]] = {}
    for each in FIELDS[kind]:
        texts = columns.texts.get(each.id)
        if texts is None:
            out[each.id] = [None] * len(columns.lines)
        else:
            out[each.id] = _convert_column(columns, each, texts, _reader(each, readers, refs))
    return out


def _convert_column(columns: Columns, each: Field, texts: list[str], read: Callable[[str, bool], Any]) -> list[Any]:
    cells = columns.date_cells.get(each.id, set())
    known, bad = _read_each(set(texts), read, False)
    values = list(map(known.__getitem__, texts))
    if cells:
        in_cells, bad_cells = _read_each({texts[record] for record in cells}, read, True)
        for record in cells:
            values[record] = in_cells[texts[record]]
        bad |= bad_cells
    if bad or (each.required and "" in known):
        _refuse_bad(columns, each, texts, values)
    return values


def _read_each(texts: set[str], read: Callable[[str, bool], Any], in_cell: bool) -> tuple[dict[str, Any], bool]:
    """Text -> value, or the error that refuses it; and whether any is refused."""
    known: dict[str, Any] = {}
    bad = False
    for text in texts:
        try:
            known[text] = read(text, in_cell) if text else None
        except (NoValue, NoMoment) as error:
            known[text], bad = error, True
    return known, bad


def _refuse_bad(columns: Columns, each: Field, texts: list[str], values: list[Any]) -> None:
    """Note what is refused in order of the records, and leave None in its place."""
    personal = each.sort in ("citizen", "staff")
    for record, value in enumerate(values):
        if isinstance(value, NoMoment | NoValue):
            facts = value.facts if isinstance(value, NoValue) else {}
            columns.refuse(record, each.id, texts[record], value.code, personal, facts=facts)
            values[record] = None
        elif value is None and each.required:
            columns.refuse(record, each.id, texts[record], "value_missing", personal)


def _reader(each: Field, readers: Mapping[str, MomentReader], refs: References) -> Callable[[str, bool], Any]:
    """The rule of a field: text (and whether it is a true date cell) -> value."""
    match each.sort:
        case "key":
            return lambda text, _: _key(text)
        case "text":
            return lambda text, _: _short(text)
        case "free":
            return lambda text, _: _free(text)
        case "moment":
            reader = readers[each.id]
            return reader.read
        case "moments":
            reader = readers[each.id]
            return lambda text, cell: tuple(reader.read(part.strip(), cell) for part in text.split(";") if part.strip())
        case "day":
            return readers[each.id].read_day
        case "whole":
            return lambda text, _: _whole(text, each.low, each.high)
        case "decimal":
            return lambda text, _: _decimal(text)
        case "flag":
            return lambda text, _: _flag(text)
        case "choice":
            words = {normal_text(word).casefold(): stored for stored, meant in each.choices for word in (stored, *meant)}
            allowed = ", ".join("/".join((stored, *meant)) for stored, meant in each.choices)
            return lambda text, _: _word(text, words, allowed)
        case "citizen" | "staff":
            return lambda text, _: person_of(refs.key, each.sort, text)
        case "service":
            return lambda text, _: _known(text, refs.services, "no_such_service")
        case "window":
            return lambda text, _: _known(text, refs.windows, "no_such_window")
        case "seat":
            return lambda text, _: _known(text, refs.seats, "no_such_seat")


def looks_undeclared(texts: list[str], values: list[Any]) -> str | None:
    """A sample, if no moment of a column could be read and each could be day-month as well as month-day: then the file is refused whole."""
    given = [(text, value) for text, value in zip(texts, values, strict=True) if text]
    if given and all(value is None and looks_like_two_orders(text) for text, value in given):
        return given[0][0]
    return None


def _key(text: str) -> str:
    key = normal_key(text)
    if not key.isprintable():
        raise NoValue("value_control")
    if len(key) > LONGEST_TEXT:
        raise NoValue("value_long", limit=str(LONGEST_TEXT))
    if len(key) == 18 and is_identity(key):
        raise NoValue("value_identity")
    return key


def _short(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise NoValue("value_long", limit=str(LONGEST_TEXT))
    return mask_text(_escaped(text.replace("\n", " ")))


def _free(text: str) -> str:
    if len(text) > LONGEST_FREE:
        raise NoValue("value_long", limit=str(LONGEST_FREE))
    return mask_text(_escaped(text))


def _escaped(text: str) -> str:
    """Control and other invisible characters written out; line ends stay."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() or each == "\n" else each.encode("unicode_escape").decode("ascii") for each in text)


def _whole(text: str, low: int, high: int) -> int:
    if not _WHOLE.fullmatch(text) or text == "-0":
        raise NoValue("value_whole", low=str(low), high=str(high))
    value = int(text)
    if not low <= value <= high:
        raise NoValue("value_whole", low=str(low), high=str(high))
    return value


def _decimal(text: str) -> str:
    """A figure without exponent as canonical decimal text, so that no binary fraction comes in."""
    if not _DECIMAL.fullmatch(text):
        raise NoValue("value_decimal")
    return canonical_decimal(Decimal(text))


def _flag(text: str) -> bool:
    value = _FLAGS.get(text.casefold())
    if value is None:
        raise NoValue("value_flag")
    return value


def _word(text: str, words: Mapping[str, str], allowed: str) -> str:
    value = words.get(text.casefold())
    if value is None:
        raise NoValue("value_word", allowed=allowed)
    return value


def _known(text: str, known: Mapping[str, str], code: str) -> str:
    value = known.get(normal_key(text))
    if value is None:
        raise NoValue(code)
    return value
