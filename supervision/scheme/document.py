"""A scheme's TOML file as it is written: the border where text becomes a frozen scheme.

One file is one version, never edited after its first month has begun. Unknown keys are refused, so that a misspelt rule is not silently
left out. Numbers are read as Decimal. Whether the rules fit together is the matter of ``lints.py``.
"""

from __future__ import annotations

import hashlib
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictInt, StrictStr, StringConstraints, ValidationError
from pydantic_core import PydanticCustomError

from simulation.faults import BadInput, Fault, fault
from supervision.month import Month, parse_month

from . import parts

WAITS = frozenset({"wait", "waits", "waiting", "queue", "queues", "waiting_time", "queue_length", "mean_wait", "p90_wait"})
"""What no scheme may measure a window by: waits come from the number of windows, which is the hall's."""
LONGEST = 1_000_000
"""Bytes of a scheme file; a longer one is refused unread."""


def _decimal(given: object) -> Decimal:
    if isinstance(given, bool) or not isinstance(given, (int, Decimal)):
        raise PydanticCustomError("not_number", "a number")
    number = Decimal(given)
    if not number.is_finite() or abs(number) > 10**9:
        raise PydanticCustomError("not_number", "a finite number")
    return number


def _month(given: object) -> Month:
    if not isinstance(given, str):
        raise PydanticCustomError("not_month", "a month such as 2022-11")
    try:
        return parse_month(given)
    except BadInput:
        raise PydanticCustomError("not_month", "a month such as 2022-11") from None


def _month_or_none(given: object) -> Month | None:
    return None if given is None else _month(given)


def _not_a_wait(given: object) -> object:
    if isinstance(given, str) and given.lower() in WAITS:
        raise PydanticCustomError("waits", "never a wait")
    return given


Number = Annotated[Decimal, BeforeValidator(_decimal)]
Id = Annotated[StrictStr, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_\-.]*$", max_length=60)]
Text = Annotated[StrictStr, StringConstraints(min_length=1)]
Count = Annotated[StrictInt, Field(ge=0, le=10**9)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True, populate_by_name=True)


class _Name(_Table):
    zh: Text
    en: Text

    def made(self) -> parts.Name:
        return parts.Name(self.zh, self.en)


class _Grounded(_Table):
    article: Text | None = None
    basis: Literal["assumption"] | None = None

    @property
    def ground(self) -> str:
        return self.article or self.basis or ""


class _Source(_Table):
    id: Text
    mark: Literal["A", "B", "C"]
    title: _Name
    caution: _Name
    address: Text


class _Event(_Grounded):
    kind: Annotated[parts.EventKind, BeforeValidator(_not_a_wait)]
    codes: tuple[Id, ...] = ()
    levels: tuple[Annotated[StrictInt, Field(ge=1, le=5)], ...] = ()
    at_least: Annotated[Count | None, Field(alias="from")] = None
    below: Count | None = None
    in_a_row: Annotated[StrictInt, Field(ge=1)] | None = None
    found_by: tuple[Literal["in_house", "third_party", "media", "superior", "leader_on_duty"], ...] = ()

    def made(self) -> parts.Event:
        codes = (*self.codes, *(str(level) for level in self.levels))
        return parts.Event(self.kind, codes, self.at_least, self.below, self.in_a_row, self.ground, self.found_by)


class _Minimum(_Grounded):
    of: Literal["cases", "cases_with_limit", "ratings", "checks"]
    at_least: Count
    none: Literal["not_enough_evidence", "not_applicable"] = "not_enough_evidence"
    below: Literal["share_out", "full_marks", "not_ranked"] = "share_out"

    def made(self) -> parts.Minimum:
        return parts.Minimum(self.of, self.at_least, self.none, self.ground, self.below)


class _Measure(_Table):
    kind: Annotated[Literal["deductions", "rate", "unread"], BeforeValidator(_not_a_wait)]
    of: Annotated[Literal["", "good_ratings", "cases_on_time"], BeforeValidator(_not_a_wait)] = ""


class _Indicator(_Grounded):
    id: Id
    name: _Name
    weight: Number
    floor: Number | None = None
    measure: _Measure
    minimum: _Minimum


class _Deduction(_Grounded):
    id: Id
    name: _Name
    points: Number
    per: parts.Unit
    at_most: Number | None = None
    charged_in: Id
    shown_in: tuple[Id, ...] = ()
    event: _Event
    steps: tuple[_CountStep, ...] = ()
    head_share: Number = Decimal(0)


class _CountStep(_Table):
    start: Annotated[StrictInt, Field(ge=1, alias="from")]
    points: Number


class _Step(_Table):
    share: Number
    points: Number


class _Bonus(_Grounded):
    id: Id
    name: _Name
    event: _Event
    share_of: Literal["cases", "cases_with_limit", "promises"] | None = None
    first: _Step | None = None
    further: _Step | None = None
    per: Literal["finding", "rating"] | None = None
    points: Number | None = None
    at_most: Number
    minimum: _Minimum


class _Quota(_Table):
    number: Annotated[StrictInt, Field(ge=1)] | None = None
    cut: Number | None = None
    ratio: Number | None = None


class _Title(_Grounded):
    id: Id
    name: _Name
    period: Literal["month", "quarter", "half_year", "year"]
    quota: _Quota
    band: Id | None = None
    kinds: tuple[Literal["dedicated", "comprehensive", "township", "temporary"], ...] = ()
    months: Annotated[StrictInt, Field(ge=1, le=12)]
    tie_break: tuple[Literal["cases", "good_rate", "fewest_deductions"], ...] = ()


class _Veto(_Grounded):
    id: Id
    name: _Name
    event: _Event
    effect: Literal["zero_total", "lowest_band", "no_award"]


class _NotCharged(_Grounded):
    code: Id
    shown_in: Id
    why: _Name


class _Annual(_Grounded):
    id: Id
    name: _Name
    code: Id
    points: Number


class _Band(_Grounded):
    id: Id
    name: _Name
    at_least: Annotated[Number | None, Field(alias="from")] = None
    below: Number | None = None


class _Conversion(_Grounded):
    factor: Number


class _Rounding(_Table):
    places: Annotated[StrictInt, Field(ge=0, le=6)]
    mode: Literal["half_up"]


class _ChargeMonth(_Table):
    overdue: Literal["due_moment_passes"]
    rating: Literal["given"]
    finding: Literal["observed"]


class Document(_Table):
    """The whole file."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    id: Id
    version: Id
    name: _Name
    cycle: Literal["month", "quarter", "half_year", "year"]
    subject: parts.Subject = "window"
    apart: tuple[Literal["dedicated", "comprehensive", "township", "temporary"], ...] = ()
    in_force_from: Annotated[Month, BeforeValidator(_month)]
    in_force_to: Annotated[Month | None, BeforeValidator(_month_or_none)] = None
    conversion: _Conversion | None = None
    base: Number
    maximum: Annotated[Number, Field(alias="max")]
    bonus_at_most: Number
    minimum_share: Number
    neutral_is_good: StrictBool
    defaults_count: Literal[False]
    source: _Source
    rounding: _Rounding
    charge_month: _ChargeMonth
    indicators: Annotated[tuple[_Indicator, ...], Field(min_length=1)]
    deductions: tuple[_Deduction, ...] = ()
    bonuses: tuple[_Bonus, ...] = ()
    vetoes: tuple[_Veto, ...] = ()
    not_charged: tuple[_NotCharged, ...] = ()
    annual: tuple[_Annual, ...] = ()
    titles: tuple[_Title, ...] = ()
    bands: Annotated[tuple[_Band, ...], Field(min_length=1)]
    left_out: tuple[_Name, ...] = ()
    basis: dict[str, Text]


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


def _steps(bonus: _Bonus) -> tuple[Decimal, Decimal, Decimal, Decimal]:
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
