"""A score sheet: one window, one month, one scheme; its lines, and the one text that its digest is of.

The text holds everything that was judged and nothing that depends on when it was judged: revision and journal sequence stand beside it.
Points are decimal text of fixed places. Names of things stay with the scheme, whose digest the text holds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Literal

from .canonical import canonical_json, digest_text
from .evidence import EvidenceRef

State = Literal["value", "not_enough_evidence", "not_applicable"]
LineKind = Literal["indicator", "bonus", "veto"]

STATES: Mapping[str, Mapping[str, str]] = {
    "value": {"zh": "已计分", "en": "scored"},
    "not_enough_evidence": {"zh": "证据不足", "en": "not enough evidence"},
    "not_applicable": {"zh": "不适用", "en": "not applicable"},
}
"""The three answers in words; 0 points is a fourth thing, and is a value."""


@dataclass(frozen=True, slots=True)
class Charged:
    """What one deduction took from a line."""

    deduction: str
    units: int
    """Cases, findings, ratings, runs, or working days, as the deduction says."""
    points_each: Decimal
    points: Decimal
    """Taken away, before the floor of the part: at most the deduction's limit."""
    article: str
    """Of the points: article, or ``assumption``."""
    threshold: str
    """Of the codes and days that the deduction looks for, where their ground is not that of the points."""
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One part, bonus or veto."""

    indicator: str
    """Id in the scheme."""
    kind: LineKind
    state: State
    value: Decimal | None
    """Of a rate: the rate. Of a part with deductions: the points charged before the floor. Of a bonus: the share. Of a veto: the events."""
    weight: Decimal | None
    points: Decimal | None
    """What the line adds to the total; None unless the state is ``value``."""
    numerator: int | None
    denominator: int | None
    needed: int
    """How many of the denominator the scheme asks for."""
    article: str
    """Article, or ``assumption``."""
    charges: tuple[Charged, ...] = ()
    evidence: tuple[EvidenceRef, ...] = ()
    population: str = ""
    """The query that lists the denominator again."""
    population_digest: str = ""

    @property
    def basis(self) -> str:
        """``assumption``, or empty where an article stands."""
        return "assumption" if self.article == "assumption" else ""


@dataclass(frozen=True, slots=True, order=True)
class Spared:
    """Something that was seen and not charged, and why: a key of ``evidence.REASONS``."""

    kind: str
    code: str
    reason: str
    count: int
    part: str = ""
    """The part it is shown in."""
    points: str = ""
    """Points not taken, as decimal text, where a limit or floor spared them."""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A window's month, scored."""

    hall_id: str
    window_id: str
    month: str
    scheme_id: str
    scheme_version: str
    scheme_digest: str
    source_mark: str
    state: State
    """``value`` if there is a total."""
    total: Decimal | None
    """The points of all lines added up; None if too little is known."""
    earned: Decimal
    """The points of all lines added up, whatever is known."""
    possible: Decimal
    """Weight of the parts that could be scored."""
    comparable: Decimal | None
    """The total as if the parts left out had gone like the others: parts x base / possible, then bonuses and vetoes, then the scheme's
    conversion if it has one. The total itself if none is left out and nothing converted. Grades and ranks use it; None if there is no
    total."""
    band: str | None
    """Id of the grade in the scheme."""
    award: bool
    """False if a veto keeps the window from awards."""
    inputs_digest: str
    lines: tuple[Line, ...]
    not_charged: tuple[Spared, ...]
    revision: int = 0
    """Outside the digest; 0 for a sheet that was not filed."""
    as_of_sequence: int = 0
    """Outside the digest: what the journal had recorded up to here was counted."""
    _text: str = field(default="", init=False, compare=False, repr=False)
    """Its canonical text, once somebody asked for it."""

    def line(self, indicator: str) -> Line:
        """The line of an id. Raises LookupError."""
        for each in self.lines:
            if each.indicator == indicator:
                return each
        raise LookupError(f"the sheet has no line {indicator!r}")

    def text(self) -> str:
        """The canonical JSON of the sheet."""
        if not self._text:
            object.__setattr__(self, "_text", canonical_json(_plain(self)))
        return self._text

    @property
    def digest(self) -> str:
        """SHA-256 of the text."""
        return digest_text(self.text())

    def filed(self, revision: int, as_of_sequence: int) -> Sheet:
        """The same sheet with its place in the record, which is no part of its text."""
        placed = replace(self, revision=revision, as_of_sequence=as_of_sequence)
        object.__setattr__(placed, "_text", self._text)
        return placed


def _plain(sheet: Sheet) -> dict[str, object]:
    return {
        "hall": sheet.hall_id,
        "window": sheet.window_id,
        "month": sheet.month,
        "scheme": {"id": sheet.scheme_id, "version": sheet.scheme_version, "digest": sheet.scheme_digest, "mark": sheet.source_mark},
        "state": sheet.state,
        "total": _text(sheet.total),
        "earned": _text(sheet.earned),
        "possible": _text(sheet.possible),
        "comparable": _text(sheet.comparable),
        "band": sheet.band,
        "award": sheet.award,
        "inputs": sheet.inputs_digest,
        "lines": [
            {
                "indicator": line.indicator,
                "kind": line.kind,
                "state": line.state,
                "value": _text(line.value),
                "weight": _text(line.weight),
                "points": _text(line.points),
                "numerator": line.numerator,
                "denominator": line.denominator,
                "needed": line.needed,
                "article": line.article,
                "charges": [
                    {
                        "deduction": each.deduction, "units": each.units, "each": _text(each.points_each), "points": _text(each.points),
                        "article": each.article, "threshold": each.threshold, "evidence": list(each.evidence),
                    }
                    for each in line.charges
                ],
                "evidence": [[ref.id, ref.role, ref.reason] for ref in line.evidence],
                "population": [line.population, line.population_digest],
            }
            for line in sheet.lines
        ],
        "not_charged": [
            {
                "kind": each.kind, "code": each.code, "reason": each.reason, "count": each.count, "part": each.part, "points": each.points,
                "evidence": list(each.evidence),
            }
            for each in sheet.not_charged
        ],
    }  # fmt: skip


def read_sheet_text(text: str) -> Sheet:
    """The sheet of a canonical text: ``read_sheet_text(sheet.text()) == sheet``, apart from revision and sequence."""
    content: dict[str, Any] = json.loads(text)
    return Sheet(
        hall_id=content["hall"],
        window_id=content["window"],
        month=content["month"],
        scheme_id=content["scheme"]["id"],
        scheme_version=content["scheme"]["version"],
        scheme_digest=content["scheme"]["digest"],
        source_mark=content["scheme"]["mark"],
        state=content["state"],
        total=_number(content["total"]),
        earned=Decimal(content["earned"]),
        possible=Decimal(content["possible"]),
        comparable=_number(content["comparable"]),
        band=content["band"],
        award=content["award"],
        inputs_digest=content["inputs"],
        lines=tuple(
            Line(
                indicator=line["indicator"],
                kind=line["kind"],
                state=line["state"],
                value=_number(line["value"]),
                weight=_number(line["weight"]),
                points=_number(line["points"]),
                numerator=line["numerator"],
                denominator=line["denominator"],
                needed=line["needed"],
                article=line["article"],
                charges=tuple(
                    Charged(
                        each["deduction"], each["units"], Decimal(each["each"]), Decimal(each["points"]), each["article"],
                        each["threshold"], tuple(each["evidence"]),
                    )
                    for each in line["charges"]
                ),
                evidence=tuple(EvidenceRef(id, role, reason) for id, role, reason in line["evidence"]),
                population=line["population"][0],
                population_digest=line["population"][1],
            )
            for line in content["lines"]
        ),
        not_charged=tuple(
            Spared(
                each["kind"], each["code"], each["reason"], each["count"], each["part"], each["points"], tuple(each["evidence"])
            )
            for each in content["not_charged"]
        ),
    )  # fmt: skip


def _text(number: Decimal | None) -> str | None:
    """Decimal text without an exponent; its places are those it was rounded to. Minus zero is zero."""
    if number is None:
        return None
    return format(number if number else abs(number), "f")


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
