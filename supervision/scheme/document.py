"""A scheme's TOML file read and made a frozen scheme; what does not fit its tables is told with place, value, rule and cure.

One file is one version, never edited after its first month has begun.
"""

from __future__ import annotations

import hashlib
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from simulation.faults import BadInput, Fault, fault

from . import parts
from .tables import BonusTable, Document

LONGEST = 1_000_000
"""Bytes of a scheme file; a longer one is refused unread."""


def read_document(content: bytes, place: str) -> Document:
    """The file's text as tables. Raises BadInput with every key that does not fit."""
    if len(content) > LONGEST:
        raise BadInput([fault("scheme_too_big", place, len(content), limit=LONGEST)])
    try:
        raw = tomllib.loads(content.decode("utf-8"), parse_float=Decimal)
    except UnicodeDecodeError as error:
        raise BadInput([fault("scheme_not_utf8", place, f"0x{content[error.start]:02x}")]) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadInput([fault("scheme_not_toml", place, error)]) from None
    try:
        return Document.model_validate(raw)
    except ValidationError as error:
        raise BadInput([_fault_of(each, raw, place) for each in error.errors(include_url=False)]) from None


def build(document: Document, content: bytes, path: Path | str) -> parts.Scheme:
    """The frozen scheme of a document that has been linted."""
    return parts.Scheme(
        id=document.id,
        version=document.version,
        name=document.name.made(),
        source=parts.Source(
            document.source.id, document.source.mark, document.source.title.made(), document.source.caution.made(), document.source.address
        ),
        in_force_from=document.in_force_from,
        cycle=document.cycle,
        subject=document.subject,
        apart=document.apart,
        base=document.base,
        maximum=document.maximum,
        bonus_at_most=document.bonus_at_most,
        minimum_share=document.minimum_share,
        places=document.rounding.places,
        neutral_is_good=document.neutral_is_good,
        defaults_count=document.defaults_count,
        charge_month=document.charge_month.model_dump(),
        indicators=tuple(
            parts.Indicator(
                each.id, each.name.made(), each.weight, each.floor, parts.Measure(each.measure.kind, each.measure.of),
                each.minimum.made(), each.ground,
            )
            for each in document.indicators
        ),
        deductions=tuple(
            parts.Deduction(
                each.id, each.name.made(), each.points, each.per, each.at_most, each.charged_in, each.shown_in,
                each.event.made(), each.ground, tuple((step.start, step.points) for step in each.steps), each.head_share,
            )
            for each in document.deductions
        ),
        bonuses=tuple(
            parts.Bonus(
                each.id, each.name.made(), each.event.made(), each.share_of, *_steps(each), each.at_most, each.minimum.made(),
                each.ground, each.per,
            )
            for each in document.bonuses
        ),
        vetoes=tuple(
            parts.Veto(each.id, each.name.made(), each.event.made(), each.effect, each.ground) for each in document.vetoes
        ),
        not_charged=tuple(parts.NotCharged(each.code, each.shown_in, each.why.made(), each.ground) for each in document.not_charged),
        annual=tuple(parts.Annual(each.id, each.name.made(), each.code, each.points, each.ground) for each in document.annual),
        titles=tuple(
            parts.Title(
                each.id, each.name.made(), each.period, each.quota.number, each.quota.cut, each.quota.ratio, each.band, each.kinds,
                each.months, each.tie_break, each.ground,
            )
            for each in document.titles
        ),
        bands=tuple(
            sorted(
                (parts.Band(each.id, each.name.made(), each.at_least, each.below, each.ground) for each in document.bands),
                key=lambda band: (band.at_least is None, -(band.at_least or Decimal(0))),
            )
        ),
        left_out=tuple(each.made() for each in document.left_out),
        basis=dict(document.basis),
        digest=hashlib.sha256(content).hexdigest(),
        path=str(path),
        in_force_to=document.in_force_to,
        conversion=document.conversion.factor if document.conversion else Decimal(1),
        conversion_ground=document.conversion.ground if document.conversion else "",
    )  # fmt: skip


def _steps(bonus: BonusTable) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """First share and points, further share and points; of a bonus for events the points alone."""
    if bonus.first is None or bonus.further is None:
        return Decimal(0), bonus.points or Decimal(0), Decimal(0), Decimal(0)
    return bonus.first.share, bonus.first.points, bonus.further.share, bonus.further.points


def place_of(place: str, table: str, id: str) -> str:
    """``k12/1.toml: deduction "late"``: the words of places are in the catalogue."""
    return f'{place}: {table} "{id}"'


_SORTS = {
    "string_type": "scheme_not_text", "string_too_short": "scheme_not_text", "model_type": "scheme_not_table",
    "model_attributes_type": "scheme_not_table", "dict_type": "scheme_not_table", "tuple_type": "scheme_not_list",
    "list_type": "scheme_not_list", "too_short": "scheme_not_list", "bool_type": "scheme_not_flag", "int_type": "scheme_not_whole",
}  # fmt: skip
"""pydantic's kinds of complaint -> ours."""


def _fault_of(error: Any, raw: dict[str, Any], place: str) -> Fault:
    """One of pydantic's complaints as a fault of ours."""
    path: list[str] = []
    met: Any = raw
    for step in error["loc"]:
        met = met[step] if isinstance(met, (dict, list)) and (step in met if isinstance(met, dict) else step < len(met)) else None
        if isinstance(step, int) and isinstance(met, dict) and isinstance(met.get("id"), str):
            path[-1] = f'{path[-1]} "{met["id"]}"'
        else:
            path.append(str(step) if isinstance(step, str) or not path else f"{path.pop()} {step + 1}")
    where = f"{place}: {'.'.join(path[:-1])}" if len(path) > 1 else place
    key = path[-1] if path else ""
    match error["type"]:
        case "extra_forbidden":
            return fault("scheme_unknown_key", where, key)
        case "missing":
            return fault("scheme_missing_key", where, key)
        case "literal_error":
            return fault("scheme_wrong_choice", where, met, key=key, allowed=error["ctx"]["expected"])
        case "waits":
            return fault("scheme_waits", where, met)
        case "not_number":
            return fault("scheme_not_number", where, met, key=key)
        case "not_month":
            return fault("scheme_not_month", where, met, key=key)
        case "string_pattern_mismatch":
            return fault("scheme_wrong_form", where, met, key=key)
        case kind if kind in _SORTS:
            return fault(_SORTS[kind], where, met, key=key)
        case _:
            return fault("scheme_wrong_value", where, met, key=key, reason=error["msg"].removeprefix("Value error, "))
