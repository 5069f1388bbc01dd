"""The tables of a scheme's TOML file, as pydantic reads them: every key, its kind and its bounds.

Unknown keys are refused, so that a misspelt rule is not silently left out. Numbers are read as Decimal. Whether the rules fit together is
the matter of `supervision.scheme.lints`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictInt, StrictStr, StringConstraints
from pydantic_core import PydanticCustomError

from simulation.faults import BadInput
from supervision.month import Month, parse_month

from . import parts

WAITS = frozenset({"wait", "waits", "waiting", "queue", "queues", "waiting_time", "queue_length", "mean_wait", "p90_wait"})
"""What no scheme may measure a window by: waits come from the number of windows, which is the hall's."""


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


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True, populate_by_name=True)


class NameTable(Table):
    zh: Text
    en: Text

    def made(self) -> parts.Name:
        return parts.Name(self.zh, self.en)


class GroundedTable(Table):
    article: Text | None = None
    basis: Literal["assumption"] | None = None

    @property
    def ground(self) -> str:
        return self.article or self.basis or ""


class SourceTable(Table):
    id: Text
    mark: Literal["A", "B", "C"]
    title: NameTable
    caution: NameTable
    address: Text


class EventTable(GroundedTable):
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


class MinimumTable(GroundedTable):
    of: Literal["cases", "cases_with_limit", "ratings", "checks"]
    at_least: Count
    none: Literal["not_enough_evidence", "not_applicable"] = "not_enough_evidence"
    below: Literal["share_out", "full_marks", "not_ranked"] = "share_out"

    def made(self) -> parts.Minimum:
        return parts.Minimum(self.of, self.at_least, self.none, self.ground, self.below)


class MeasureTable(Table):
    kind: Annotated[Literal["deductions", "rate", "unread"], BeforeValidator(_not_a_wait)]
    of: Annotated[Literal["", "good_ratings", "cases_on_time"], BeforeValidator(_not_a_wait)] = ""


class IndicatorTable(GroundedTable):
    id: Id
    name: NameTable
    weight: Number
    floor: Number | None = None
    measure: MeasureTable
    minimum: MinimumTable


class DeductionTable(GroundedTable):
    id: Id
    name: NameTable
    points: Number
    per: parts.Unit
    at_most: Number | None = None
    charged_in: Id
    shown_in: tuple[Id, ...] = ()
    event: EventTable
    steps: tuple[CountStepTable, ...] = ()
    head_share: Number = Decimal(0)


class CountStepTable(Table):
    start: Annotated[StrictInt, Field(ge=1, alias="from")]
    points: Number


class StepTable(Table):
    share: Number
    points: Number


class BonusTable(GroundedTable):
    id: Id
    name: NameTable
    event: EventTable
    share_of: Literal["cases", "cases_with_limit", "promises"] | None = None
    first: StepTable | None = None
    further: StepTable | None = None
    per: Literal["finding", "rating"] | None = None
    points: Number | None = None
    at_most: Number
    minimum: MinimumTable


class QuotaTable(Table):
    number: Annotated[StrictInt, Field(ge=1)] | None = None
    cut: Number | None = None
    ratio: Number | None = None


class TitleTable(GroundedTable):
    id: Id
    name: NameTable
    period: Literal["month", "quarter", "half_year", "year"]
    quota: QuotaTable
    band: Id | None = None
    kinds: tuple[Literal["dedicated", "comprehensive", "township", "temporary"], ...] = ()
    months: Annotated[StrictInt, Field(ge=1, le=12)]
    tie_break: tuple[Literal["cases", "good_rate", "fewest_deductions"], ...] = ()


class VetoTable(GroundedTable):
    id: Id
    name: NameTable
    event: EventTable
    effect: Literal["zero_total", "lowest_band", "no_award"]


class NotChargedTable(GroundedTable):
    code: Id
    shown_in: Id
    why: NameTable


class AnnualTable(GroundedTable):
    id: Id
    name: NameTable
    code: Id
    points: Number


class BandTable(GroundedTable):
    id: Id
    name: NameTable
    at_least: Annotated[Number | None, Field(alias="from")] = None
    below: Number | None = None


class ConversionTable(GroundedTable):
    factor: Number


class RoundingTable(Table):
    places: Annotated[StrictInt, Field(ge=0, le=6)]
    mode: Literal["half_up"]


class ChargeMonthTable(Table):
    overdue: Literal["due_moment_passes"]
    rating: Literal["given"]
    finding: Literal["observed"]


class Document(Table):
    """The whole file."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    id: Id
    version: Id
    name: NameTable
    cycle: Literal["month", "quarter", "half_year", "year"]
    subject: parts.Subject = "window"
    apart: tuple[Literal["dedicated", "comprehensive", "township", "temporary"], ...] = ()
    in_force_from: Annotated[Month, BeforeValidator(_month)]
    in_force_to: Annotated[Month | None, BeforeValidator(_month_or_none)] = None
    conversion: ConversionTable | None = None
    base: Number
    maximum: Annotated[Number, Field(alias="max")]
    bonus_at_most: Number
    minimum_share: Number
    neutral_is_good: StrictBool
    defaults_count: Literal[False]
    source: SourceTable
    rounding: RoundingTable
    charge_month: ChargeMonthTable
    indicators: Annotated[tuple[IndicatorTable, ...], Field(min_length=1)]
    deductions: tuple[DeductionTable, ...] = ()
    bonuses: tuple[BonusTable, ...] = ()
    vetoes: tuple[VetoTable, ...] = ()
    not_charged: tuple[NotChargedTable, ...] = ()
    annual: tuple[AnnualTable, ...] = ()
    titles: tuple[TitleTable, ...] = ()
    bands: Annotated[tuple[BandTable, ...], Field(min_length=1)]
    left_out: tuple[NameTable, ...] = ()
    basis: dict[str, Text]
