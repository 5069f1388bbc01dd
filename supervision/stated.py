"""What a document states beside what its own figures give: openhall stated.

A file of stated figures (``stated/*.toml``) quotes figures with their phrases and says by typed operations (a share, a sum, a difference, a
ratio, a change, a bound) how a stated value should follow from them. Arithmetic is exact; a value agrees if rounding the recomputed one to
the stated number of decimals gives it. Whether a disagreement is an error, another definition or only a note is a judgement: it stands in
the file, never here. A remark carries no arithmetic. Nothing in a file is evaluated as an expression.

Not for figures of the record itself: those are counted by the indicators.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from supervision.faults import BadInput, Fault, fault

SHIPPED = Path(__file__).with_name("stated")
"""The founding documents' figures, one file a document."""

VERDICTS = ("error", "definition", "note")
"""What a disagreement may be judged: the text contradicts itself, two figures need different definitions, something to explain."""

ROUNDINGS = {"half_up": ROUND_HALF_UP, "truncated": ROUND_DOWN}
LARGEST_FILE = 1_000_000
"""Bytes of a file of stated figures that are read at all."""

OPERATIONS: Mapping[str, tuple[str, ...]] = {
    "share": ("part", "whole"),
    "sum": ("of",),
    "difference": ("of", "less"),
    "ratio": ("of", "to"),
    "change": ("from", "to"),
    "at_most": ("value", "bound"),
}
"""Each operation and its operands; an operand is a list of figures that are added, or taken away when written with a leading '-'."""

_PLAIN = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")
_CHECK_KEYS = {"id", "phrase", "stated", "unit", "rounding", "otherwise", "remark", "explanation", *OPERATIONS}


@dataclass(frozen=True, slots=True)
class Row:
    """One statement, checked."""

    id: str
    document: str
    stated_text: str
    """The document's own phrase."""
    stated_value: Decimal | None
    """None if the document states no value, or nothing can be recomputed."""
    recomputed_value: Decimal | None
    """Rounded half up to the stated decimals, at least two for shares, ratios and changes; None for a remark."""
    unit: str
    """'percent', 'count' or the unit the file names; empty for a remark."""
    formula: str
    """The arithmetic with its numbers, such as ``21676 ÷ (21686 − 10)``; empty for a remark."""
    verdict: str
    """'ok', 'error', 'definition' or 'note'."""
    needed: tuple[int, int] | None
    """For a share that does not come out: the smallest and largest part that would give the stated value; None if no whole number does."""
    explanation: Mapping[str, str]
    """In 'zh' and 'en'."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; numbers as decimal text, so that 99.93 stays 99.93."""
        return {
            "id": self.id,
            "document": self.document,
            "stated_text": self.stated_text,
            "stated_value": _text(self.stated_value),
            "recomputed_value": _text(self.recomputed_value),
            "unit": self.unit,
            "formula": self.formula,
            "verdict": self.verdict,
            "needed": None if self.needed is None else list(self.needed),
            "explanation": dict(self.explanation),
        }


@dataclass(frozen=True, slots=True)
class _Operand:
    """A signed sum of figures, and how it is written."""

    value: Fraction
    text: str
    terms: int

    @property
    def bracketed(self) -> str:
        return f"({self.text})" if self.terms > 1 else self.text


def check(path: Path | str | None = None) -> list[Row]:
    """Check one file of stated figures, or all that are shipped, in the files' order.

    Raises BadInput, with every fault of the file, if it is not a file of stated figures.
    """
    files = sorted(SHIPPED.glob("*.toml"), key=_shipped_order) if path is None else [Path(path)]
    return [row for file in files for row in _check_file(file)]


def _shipped_order(file: Path) -> tuple[bool, str]:
    return file.stem != "potou-2022", file.stem  # the document whose ratings everybody asks about comes first


def _check_file(file: Path) -> list[Row]:
    place = str(file) if file.parent != SHIPPED else file.name
    document = _read(file, place)
    reader = _Reader(place, document)
    rows = reader.rows()
    if reader.faults:
        raise BadInput(reader.faults)
    return rows


def _read(file: Path, place: str) -> dict[str, Any]:
    if file.is_dir():
        raise BadInput([fault("import_folder", str(file), file.name)])
    if not file.is_file():
        raise BadInput([fault("file_missing", place)])
    if file.stat().st_size > LARGEST_FILE:
        raise BadInput([fault("stated_too_big", place, file.stat().st_size, limit=LARGEST_FILE)])
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as broken:
        raise BadInput([fault("stated_not_utf8", place, f"byte {broken.start}")]) from broken
    except (tomllib.TOMLDecodeError, RecursionError) as broken:
        raise BadInput([fault("stated_not_toml", place, broken)]) from broken


class _Reader:
    """Reads one document, collecting every fault on the way."""

    def __init__(self, place: str, document: dict[str, Any]) -> None:
        self.place = place
        self.document = document
        self.faults: list[Fault] = []
        self.figures: dict[str, Fraction] = {}

    def rows(self) -> list[Row]:
        if self.document.get("schema") != 1:
            self.refuse("stated_schema", self.place, self.document.get("schema", ""))
        for key in self.document.keys() - {"schema", "document", "title", "figures", "checks"}:
            self.refuse("stated_unknown_key", self.place, key)
        name = self.words(self.document, "document", self.place)
        self.bilingual(self.document, "title", self.place)
        self.read_figures()
        checks = self.document.get("checks", [])
        if not isinstance(checks, list) or not checks:
            self.refuse("stated_no_checks", self.place)
            return []
        rows: list[Row] = []
        seen: set[str] = set()
        for number, given in enumerate(checks, start=1):
            if not isinstance(given, dict):
                self.refuse("stated_not_table", f"{self.place}: checks {number}", given)
                continue
            row = self.row(name, given, number)
            if row is None:
                continue
            if row.id in seen:
                self.refuse("stated_twice", self.place, row.id)
            seen.add(row.id)
            rows.append(row)
        return rows

    def read_figures(self) -> None:
        figures = self.document.get("figures", {})
        if not isinstance(figures, dict):
            self.refuse("stated_not_table", f"{self.place}: figures", figures)
            return
        for key, given in figures.items():
            place = f'{self.place}: figure "{key}"'
            if not isinstance(given, dict):
                self.refuse("stated_not_table", place, given)
                continue
            for unknown in given.keys() - {"value", "phrase"}:
                self.refuse("stated_unknown_key", place, unknown)
            self.words(given, "phrase", place)
            value = self.number(given, "value", place)
            if value is not None:
                self.figures[key] = Fraction(value)

    def row(self, document: str, given: dict[str, Any], number: int) -> Row | None:
        before = len(self.faults)
        identifier = self.words(given, "id", f"{self.place}: checks {number}")
        place = f'{self.place}: check "{identifier}"' if identifier else f"{self.place}: checks {number}"
        for unknown in given.keys() - _CHECK_KEYS:
            self.refuse("stated_unknown_key", place, unknown)
        phrase = self.words(given, "phrase", place)
        explanation = self.bilingual(given, "explanation", place)
        operations = [name for name in OPERATIONS if name in given]
        judged = "remark" if "remark" in given else "otherwise"
        if len(operations) + ("remark" in given) != 1:
            self.refuse("stated_operation", place, ", ".join(operations), allowed=", ".join(OPERATIONS))
            return None
        verdict = given.get(judged, "error" if "stated" in given or "at_most" in given else "note")
        if verdict not in VERDICTS:
            self.refuse("stated_verdict", place, verdict, key=judged, allowed=", ".join(VERDICTS))
        if not operations:
            if len(self.faults) > before:
                return None
            return Row(identifier, document, phrase, None, None, "", "", verdict, None, explanation)
        rounding = given.get("rounding", "half_up")
        if rounding not in ROUNDINGS:
            self.refuse("stated_rounding", place, rounding, allowed=", ".join(ROUNDINGS))
        stated = self.number(given, "stated", place) if "stated" in given else None
        unit = self.words(given, "unit", place) if "unit" in given else ("percent" if operations[0] in ("share", "change") else "count")
        operands = self.operands(given[operations[0]], operations[0], place)
        if operands is None or len(self.faults) > before:
            return None
        return _judge(identifier, document, phrase, operations[0], operands, stated, unit, rounding, verdict, explanation)

    def operands(self, given: object, operation: str, place: str) -> list[_Operand] | None:
        wanted = OPERATIONS[operation]
        if not isinstance(given, dict) or set(given) != set(wanted):
            self.refuse("stated_operands", place, operation, wanted=", ".join(wanted))
            return None
        found = [self.operand(given[name], f"{operation}.{name}", place) for name in wanted]
        operands = [each for each in found if each is not None]
        if len(operands) < len(wanted):
            return None
        divisor = {"share": 1, "ratio": 1, "change": 0}.get(operation)
        if divisor is not None and operands[divisor].value == 0:
            self.refuse("stated_zero", place, operands[divisor].text, operand=f"{operation}.{wanted[divisor]}")
            return None
        return operands

    def operand(self, given: object, name: str, place: str) -> _Operand | None:
        if not isinstance(given, list) or not given or not all(isinstance(each, str) for each in given):
            self.refuse("stated_operand", place, given, operand=name)
            return None
        total, text = Fraction(0), ""
        for each in given:
            figure = self.figures.get(each.removeprefix("-"))
            if figure is None:
                self.refuse("stated_figure", place, each.removeprefix("-"), operand=name)
                return None
            taken = each.startswith("-")
            total += -figure if taken else figure
            text += (" − " if text else "−") if taken else (" + " if text else "")
            text += f"{_plain(_decimal(figure, 9)):f}"
        return _Operand(total, text, len(given))

    def words(self, given: dict[str, Any], key: str, place: str) -> str:
        value = given.get(key)
        if not isinstance(value, str) or not value.strip():
            self.refuse("stated_words", place, "" if value is None else value, key=key)
            return ""
        return value

    def bilingual(self, given: dict[str, Any], key: str, place: str) -> dict[str, str]:
        value = given.get(key)
        if not isinstance(value, dict) or set(value) != {"zh", "en"} or not all(isinstance(each, str) and each for each in value.values()):
            self.refuse("stated_bilingual", place, key=key)
            return {}
        return value

    def number(self, given: dict[str, Any], key: str, place: str) -> Decimal | None:
        value = given.get(key)
        if not isinstance(value, str) or not _PLAIN.fullmatch(value):
            self.refuse("stated_number", place, "" if value is None else value, key=key)
            return None
        return Decimal(value)

    def refuse(self, code: str, place: str, value: object = "", **facts: object) -> None:
        self.faults.append(fault(code, place, value, **facts))


def _judge(
    identifier: str,
    document: str,
    phrase: str,
    operation: str,
    operands: list[_Operand],
    stated: Decimal | None,
    unit: str,
    rounding: str,
    verdict: str,
    explanation: Mapping[str, str],
) -> Row:
    exact, formula = _compute(operation, operands)
    decimals = _decimals(stated)
    shown = max(decimals, 2) if operation in ("share", "ratio", "change") else 9
    needed = None
    if operation == "at_most":
        if exact <= operands[1].value:
            verdict = "ok"
        stated = _plain(_decimal(operands[1].value, 9))
    elif stated is not None:
        if _decimal(exact, decimals, ROUNDINGS[rounding]) == stated:
            verdict = "ok"
        elif operation == "share" and verdict == "error":
            needed = _parts_needed(stated, decimals, operands[1].value, rounding)
    return Row(identifier, document, phrase, stated, _plain(_decimal(exact, shown)), unit, formula, verdict, needed, explanation)


def _compute(operation: str, operands: list[_Operand]) -> tuple[Fraction, str]:
    """The exact value (shares and changes in percent) and how it is written."""
    first = operands[0]
    if operation == "sum":
        return first.value, first.text
    second = operands[1]
    if operation == "difference":
        return first.value - second.value, f"{first.text} − {second.bracketed}"
    if operation == "at_most":
        return first.value, f"{first.text} ≤ {second.text}"
    if operation == "change":
        return 100 * (second.value - first.value) / first.value, f"({second.text} − {first.bracketed}) ÷ {first.bracketed}"
    quotient = first.value / second.value
    return (100 * quotient if operation == "share" else quotient), f"{first.bracketed} ÷ {second.bracketed}"


def _parts_needed(stated: Decimal, decimals: int, whole: Fraction, rounding: str) -> tuple[int, int] | None:
    """The whole numbers whose share of ``whole`` is written as ``stated``: from the smallest to the largest, None if there is none."""
    if whole <= 0 or stated < 0:
        return None
    step = Fraction(1, 10**decimals)
    low = Fraction(stated) - (step / 2 if rounding == "half_up" else 0)
    smallest = int((low * whole / 100).__ceil__())
    largest = min(int(((low + step) * whole / 100).__ceil__()) - 1, int(whole))  # the next value's first part is not ours
    return (max(smallest, 0), largest) if max(smallest, 0) <= largest else None


def _decimals(stated: Decimal | None) -> int:
    if stated is None:
        return 0
    exponent = stated.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _decimal(exact: Fraction, decimals: int, rounding: str = ROUND_HALF_UP) -> Decimal:
    """An exact fraction as a decimal, rounded once; half up is away from zero."""
    scaled = abs(exact) * 10**decimals
    whole = scaled.numerator // scaled.denominator
    if rounding == ROUND_HALF_UP and 2 * (scaled - whole) >= 1:
        whole += 1
    return Decimal(whole if exact >= 0 else -whole).scaleb(-decimals)


def _plain(value: Decimal) -> Decimal:
    """The same value without zeros at its end, and without an exponent."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
