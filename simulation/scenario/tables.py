"""What the tables of a scenario file may hold: one pydantic model a table, strict, unknown keys refused.

Each model looks at its own table only; what takes two tables to see is in ``checking``. The unit is in the key's name.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, time
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag
from pydantic_core import PydanticCustomError

from simulation.laws import Law

if TYPE_CHECKING:
    from simulation.scenario.case_tables import CaseTable, PoolTable

LONGEST_ID = 64
LONGEST_TEXT = 20_000
MOST_OF_A_KIND = 10_000
"""windows of one group, tables of one kind, values of one list"""
MOST_CLASSES = 50
MOST_STATIONS = 200
DAY = 1440
TAGS = frozenset({"the number", "the list", "the table", "the text"})
"""what pydantic puts into the place of a value that may be one of two things; no key has such a name"""
_ID = re.compile(r"\w[\w-]*", re.UNICODE)


def clean_id(given: Any) -> Any:
    """An id as it is compared: NFKC, without zero-width and other format characters, without spaces around it."""
    if not isinstance(given, str):
        return given
    text = "".join(each for each in unicodedata.normalize("NFKC", given) if unicodedata.category(each) != "Cf").strip()
    if not text:
        raise PydanticCustomError("empty_text", "empty")
    if text == "*":
        return text
    if len(text) > LONGEST_ID or _ID.fullmatch(text) is None:
        raise PydanticCustomError("bad_id", "bad id")
    return text


def clean_line(given: Any) -> Any:
    """What a window serves: a service, or one class of it as ``service:class``."""
    if not isinstance(given, str):
        return given
    service, colon, klass = unicodedata.normalize("NFKC", given).partition(":")
    return f"{clean_id(service)}:{clean_id(klass)}" if colon else clean_id(given)


def _own_id(given: str) -> str:
    if given in ("*", "default"):
        raise PydanticCustomError("reserved_id", "reserved")
    return given


def _visible(text: str) -> str:
    if any(unicodedata.category(each) in ("Cc", "Cs") for each in text):
        raise PydanticCustomError("control_character", "control character")
    if not text.strip():
        raise PydanticCustomError("empty_text", "empty")
    return text


@cache
def _zones() -> frozenset[str]:
    """Reading them walks through folders, and a search reads hundreds of scenarios."""
    return frozenset(available_timezones())


def _known_zone(given: str) -> str:
    if given not in _zones():
        raise PydanticCustomError("unknown_timezone", "unknown zone")
    return given


def _shape(given: Any) -> str:
    if isinstance(given, list):
        return "the list"
    if isinstance(given, dict):
        return "the table"
    return "the text" if isinstance(given, str) else "the number"


def _number_or_list(given: Any) -> str:
    return "the list" if isinstance(given, list) else "the number"


def _number_or_table(given: Any) -> str:
    return "the table" if isinstance(given, dict) else "the number"


def _text_or_table(given: Any) -> str:
    return "the table" if isinstance(given, dict) else "the text"


Reference = Annotated[str, BeforeValidator(clean_id)]
LineReference = Annotated[str, BeforeValidator(clean_line)]
Id = Annotated[str, BeforeValidator(clean_id), AfterValidator(_own_id)]
Text = Annotated[str, Field(max_length=LONGEST_TEXT), AfterValidator(_visible)]
Free = Annotated[str, Field(max_length=LONGEST_TEXT)]
Share = Annotated[float, Field(ge=0, le=1)]
Rate = Annotated[float, Field(ge=0, le=1e9)]
Minutes = Annotated[float, Field(ge=0, le=1e9)]
Efficiency = Annotated[float, Field(ge=0.01, le=100)]
Price = Annotated[float, Field(ge=0, le=1e9)]


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


class NameTable(Table):
    zh: Text | None = None
    en: Text | None = None


AnyName = Annotated[Annotated[Text, Tag("the text")] | Annotated[NameTable, Tag("the table")], Discriminator(_text_or_table)]
Profile = Annotated[
    Annotated[Rate, Tag("the number")] | Annotated[list[Rate], Field(min_length=1, max_length=MOST_OF_A_KIND), Tag("the list")],
    Discriminator(_number_or_list),
]
Skill = Annotated[
    Annotated[Efficiency, Tag("the number")] | Annotated[dict[LineReference, Efficiency], Tag("the table")], Discriminator(_number_or_table)
]
ShareOfEach = Annotated[
    Annotated[Share, Tag("the number")] | Annotated[dict[Reference, Share], Tag("the table")], Discriminator(_number_or_table)
]
"""one share for every service, or a table by service, with ``default`` for the others"""
Factor = Annotated[float, Field(ge=0.01, le=100)]


class Interval(Table):
    """Clock times; ``to = 00:00:00`` is the midnight at the end of the day."""

    start: time = Field(alias="from")
    to: time


Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class ShiftTable(Interval):
    weekdays: Annotated[list[Weekday], Field(min_length=1, max_length=7)] | None = None


class OpeningTable(Interval):
    weekdays: Annotated[list[Weekday], Field(min_length=1, max_length=7)] | None = None
    at_end: Literal["serve_all", "finish_current", "keep_tickets"] | None = None
    early_min: Annotated[float, Field(ge=0, le=DAY)] = 0.0
    last_ticket: time | None = None
    last_start: time | None = None


class HorizonTable(Table):
    minutes: Annotated[float, Field(gt=0, le=1e9)]
    warm_up: Minutes = 0.0
    cycle_min: Annotated[float, Field(gt=0, le=1e9)] | None = None


class TargetTable(Table):
    wait_min: Minutes
    share: Share | None = None


class BalkingTable(Table):
    queue: Annotated[int, Field(ge=0, le=1_000_000)]
    share: Share


class AnnouncedTable(Table):
    wait_min: Minutes
    share: Share


class ReturnsTable(Table):
    share: Share
    after_days: Annotated[int, Field(ge=1, le=366)]


Lunch = Literal["open", "closed", "ab"]
StationKind = Literal["pre-registration", "pre-check", "guide", "agency", "kiosk", "payment", "collection"]

DayFactor = Annotated[float, Field(ge=0, le=1000)]
DayFactors = Annotated[
    Annotated[DayFactor, Tag("the number")] | Annotated[list[DayFactor], Field(min_length=1, max_length=30), Tag("the list")],
    Discriminator(_number_or_list),
]


class WeekdayTable(Table):
    mon: DayFactor = 1.0
    tue: DayFactor = 1.0
    wed: DayFactor = 1.0
    thu: DayFactor = 1.0
    fri: DayFactor = 1.0
    sat: DayFactor = 1.0
    sun: DayFactor = 1.0
    make_up: DayFactor = 1.0


class MonthTable(Table):
    jan: DayFactor = 1.0
    feb: DayFactor = 1.0
    mar: DayFactor = 1.0
    apr: DayFactor = 1.0
    may: DayFactor = 1.0
    jun: DayFactor = 1.0
    jul: DayFactor = 1.0
    aug: DayFactor = 1.0
    sep: DayFactor = 1.0
    oct: DayFactor = 1.0
    nov: DayFactor = 1.0
    dec: DayFactor = 1.0


class AroundHolidaysTable(Table):
    """Of the working days nearest to a holiday, the nearest first."""

    before: DayFactors = 1.0
    after: DayFactors = 1.0


class SeasonTable(Table):
    weekday: WeekdayTable | None = None
    month: MonthTable | None = None
    around_holidays: AroundHolidaysTable | None = None


class DemandTable(SeasonTable):
    starts: date | None = None
    day_cv: Annotated[float, Field(ge=0, le=3)] = 0.0
    half_hour_cv: Annotated[float, Field(ge=0, le=3)] = 0.0


class LearningTable(Table):
    start: Annotated[float, Field(ge=0.01, le=1)]
    weeks: Annotated[float, Field(gt=0, le=520)]
    share: Share = 1.0


Leaving = Literal["finish_current", "interrupt_resume_same", "interrupt_resume_any", "interrupt_restart", "start_nothing_past"]


class RulesTable(Table):
    idle_window: Literal["listed", "fewest_skills", "longest_idle"] = "listed"
    lines: Literal["common", "per_window"] = "common"
    booked: Literal["first", "by_time", "alternate"] = "first"
    longest_wait_min: Annotated[float, Field(ge=0, le=DAY)] | None = None
    urgent_interrupt: bool = False
    places: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    ghost_min: Annotated[float, Field(ge=0, le=DAY)] | None = None


class ThenTable(Table):
    service: Reference
    share: Share


class DelayTable(Table):
    days: Annotated[int, Field(ge=1, le=366)]
    share: Share


Gone = Literal["balked", "reneged", "turned_away", "sent_home", "no_show", "diverted"]


class RetryTable(Table):
    after: Annotated[list[Gone], Field(min_length=1, max_length=6)]
    share: Share
    after_days: Annotated[int, Field(ge=1, le=366)] | None = None
    delays: Annotated[list[DelayTable], Field(max_length=366)] = []
    at: Literal["opening", "profile"] = "opening"
    most: Annotated[int, Field(ge=1, le=1000)] | None = None


class DivertedTable(Table):
    to: Text
    share: Share


class VolumeTable(Table):
    per_year: Annotated[float, Field(ge=0, le=1e12)]
    profile: Annotated[list[Rate], Field(min_length=1, max_length=MOST_OF_A_KIND)] | None = None


class IncompleteTable(Table):
    share: Share
    after_days: Annotated[int, Field(ge=1, le=366)]
    accepted: Share = 0.0
    again: Annotated[list[Share], Field(max_length=100)] = []


class BatchTable(Table):
    size: Annotated[int, Field(ge=1, le=1000)]
    share: Share


class CasesTable(Table):
    count: Annotated[int, Field(ge=1, le=100)]
    share: Share


class CompanionsTable(Table):
    count: Annotated[int, Field(ge=0, le=100)]
    share: Share


class ChannelTable(Table):
    name: Text
    share: Share
    no_show: Share | None = None
    late_min: Annotated[float, Field(ge=-DAY, le=DAY)] | None = None
    spread_min: Annotated[float, Field(ge=0, le=DAY)] | None = None


class PlacesTable(Table):
    at: time
    places: Annotated[int, Field(ge=1, le=1000)]


Places = Annotated[
    Annotated[int, Field(ge=1, le=1000), Tag("the number")]
    | Annotated[list[Annotated[int, Field(ge=0, le=1000)]], Field(min_length=1, max_length=MOST_OF_A_KIND), Tag("the list")],
    Discriminator(_number_or_list),
]


class BookingTable(Table):
    step_min: Annotated[float, Field(ge=1, le=DAY)] | None = None
    places: Places | None = None
    times: Annotated[list[PlacesTable], Field(max_length=DAY)] = []
    channels: Annotated[list[ChannelTable], Field(max_length=100)] = []
    booked: Share = 1.0
    no_show: Share = 0.0
    late_min: Annotated[float, Field(ge=-DAY, le=DAY)] = 0.0
    spread_min: Annotated[float, Field(ge=0, le=DAY)] = 0.0


class TogetherTable(Table):
    parts: Annotated[list[Reference], Field(min_length=2, max_length=50)]
    at_once: bool = False
    service_factor: Factor = 1.0


class OverflowTable(Table):
    service: LineReference
    queue: Annotated[int, Field(ge=1, le=1_000_000)]


class TidalTable(Table):
    open_queue: Annotated[int, Field(ge=1, le=1_000_000)]
    close_queue: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    least_min: Annotated[float, Field(ge=0, le=DAY)] = 0.0


class BreakdownTable(Table):
    between_min: dict[str, Any]
    repair_min: dict[str, Any]


class ServiceTable(Table):
    id: Id
    name: AnyName | None = None
    service_min: dict[str, Any] | None = None
    together: TogetherTable | None = None
    own_window: Text | None = None
    patience_min: dict[str, Any] | None = None
    arrivals_per_hour: Profile | None = None
    early_arrivals: Profile | None = None
    target: TargetTable | None = None
    balking: Annotated[list[BalkingTable], Field(max_length=MOST_OF_A_KIND)] = []
    announced: Annotated[list[AnnouncedTable], Field(max_length=MOST_OF_A_KIND)] = []
    priority: Annotated[int, Field(ge=0, le=1000)] = 0
    returns: ReturnsTable | None = None
    quota: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    then: Annotated[list[ThenTable], Field(max_length=MOST_OF_A_KIND)] = []
    incomplete: IncompleteTable | None = None
    batch: Annotated[list[BatchTable], Field(max_length=100)] = []
    cases: Annotated[list[CasesTable], Field(max_length=100)] = []
    companions: Annotated[list[CompanionsTable], Field(max_length=100)] = []
    booking: BookingTable | None = None
    season: SeasonTable | None = None
    case: dict[str, Any] | None = None
    volume: VolumeTable | None = None
    diverted: Annotated[list[DivertedTable], Field(max_length=100)] = []
    local_only: Text | None = None
    retries: Annotated[list[RetryTable], Field(max_length=100)] = []
    note: Free | None = None


class WindowTable(Table):
    id: Id
    name: AnyName | None = None
    count: Annotated[int, Field(ge=1, le=MOST_OF_A_KIND)] | None = None
    serves: Annotated[list[LineReference], Field(min_length=1, max_length=MOST_OF_A_KIND)]
    classes: Annotated[list[Reference], Field(min_length=1, max_length=MOST_CLASSES)] | None = None
    efficiency: Skill = 1.0
    shifts: Annotated[list[ShiftTable], Field(min_length=1, max_length=DAY)] | None = None
    breaks: Annotated[list[Interval], Field(max_length=DAY)] = []
    ab_break: Interval | None = None
    lunch: Lunch | None = None
    zone: Id | None = None
    kind: Id | None = None
    departments: Annotated[list[Reference], Field(max_length=MOST_OF_A_KIND)] = []
    service_min: dict[LineReference, dict[str, Any]] = {}
    overflow: Annotated[list[OverflowTable], Field(max_length=MOST_OF_A_KIND)] = []
    covers: Annotated[list[LineReference], Field(max_length=MOST_OF_A_KIND)] = []
    tidal: TidalTable | None = None
    at_shift_end: Leaving = "finish_current"
    at_break: Leaving = "finish_current"
    break_lasts: Literal["clock", "length"] = "clock"
    wrap_up_min: Annotated[float, Field(ge=0, le=DAY)] = 0.0
    start_up_min: Annotated[float, Field(ge=0, le=DAY)] = 0.0
    absence: Share = 0.0
    breakdown: BreakdownTable | None = None
    learning: LearningTable | None = None
    note: Free | None = None


class ClassTable(Table):
    """Citizens who are dealt with in another way than the public."""

    id: Id
    name: AnyName | None = None
    share: ShareOfEach
    priority: Annotated[int, Field(ge=-1000, le=1000)] = 0
    service_factor: Factor = 1.0
    incomplete_factor: Share = 1.0
    patience_min: dict[str, Any] | None = None
    cases: Annotated[list[CasesTable], Field(max_length=100)] = []
    companions: Annotated[list[CompanionsTable], Field(max_length=100)] = []
    quota: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    note: Free | None = None


class StationTable(Table):
    """A place beside the windows, with staff or machines of its own."""

    id: Id
    name: AnyName | None = None
    kind: StationKind
    serves: Annotated[list[Reference], Field(min_length=1, max_length=MOST_OF_A_KIND)] = ["*"]
    classes: Annotated[list[Reference], Field(min_length=1, max_length=MOST_CLASSES)] | None = None
    share: ShareOfEach = 1.0
    to_window: Share | None = None
    service_min: dict[str, Any] | None = None
    service_factor: Factor = 1.0
    incomplete_factor: Share = 1.0
    count: Annotated[int, Field(ge=1, le=MOST_OF_A_KIND)] | None = None
    shifts: Annotated[list[ShiftTable], Field(min_length=1, max_length=DAY)] | None = None
    breaks: Annotated[list[Interval], Field(max_length=DAY)] = []
    ab_break: Interval | None = None
    lunch: Lunch | None = None
    zone: Id | None = None
    absence: Share = 0.0
    breakdown: BreakdownTable | None = None
    note: Free | None = None


class GroupTable(Table):
    id: Id
    name: AnyName | None = None
    services: Annotated[list[Reference], Field(min_length=1, max_length=MOST_OF_A_KIND)]


class AsideTable(Table):
    id: Id
    name: AnyName | None = None
    services: Annotated[list[Reference], Field(min_length=1, max_length=MOST_OF_A_KIND)] = ["*"]
    classes: Annotated[list[Reference], Field(min_length=1, max_length=MOST_CLASSES)] | None = None
    windows: Annotated[int, Field(ge=1, le=MOST_OF_A_KIND)] = 1


class LayoutTable(Table):
    """Windows in a few lines: how many, and how the work is divided among them."""

    kind: Literal["dedicated", "grouped", "comprehensive", "chain", "overflow", "overflow_two_way"]
    windows: Annotated[int, Field(ge=1, le=MOST_OF_A_KIND)]
    groups: Annotated[list[GroupTable], Field(max_length=MOST_OF_A_KIND)] = []
    aside: Annotated[list[AsideTable], Field(max_length=MOST_OF_A_KIND)] = []
    efficiency: Efficiency = 1.0
    queue: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    shifts: Annotated[list[ShiftTable], Field(min_length=1, max_length=DAY)] | None = None
    breaks: Annotated[list[Interval], Field(max_length=DAY)] = []
    ab_break: Interval | None = None
    lunch: Lunch | None = None
    note: Free | None = None


class CostsTable(Table):
    """What hours and people cost, all in one currency; nothing here changes what happens in the hall."""

    currency: Text = "CNY"
    window_hour: Price
    overtime_hour: Price | None = None
    waiting_hour: Price = 0.0
    training: Price = 0.0
    training_days: Annotated[float, Field(gt=0, le=100_000)] = 250.0
    note: Free | None = None


class DepartmentTable(Table):
    id: Id
    name: AnyName | None = None
    kind: Id | None = None
    windows: Annotated[list[Reference], Field(max_length=MOST_OF_A_KIND)] = []
    note: Free | None = None


def _number_of_edition(given: Any) -> Any:
    """True equals 1, and is no number all the same."""
    return str(given).lower() if isinstance(given, bool) else given


class DocumentTable(Table):
    """The top of the file; the tables inside are looked at one by one."""

    edition: Annotated[Literal[1], BeforeValidator(_number_of_edition)] = Field(default=1, alias="schema")
    name: Text
    title: AnyName | None = None
    note: Free | None = None
    timezone: Annotated[str, AfterValidator(_known_zone)] = "Asia/Shanghai"
    days_per_year: Annotated[float, Field(gt=0, le=366)] | None = None
    horizon: HorizonTable | None = None
    rules: RulesTable = RulesTable()
    lunch: Interval | None = None
    layout: LayoutTable | None = None
    costs: CostsTable | None = None
    demand: DemandTable = DemandTable()
    basis: dict[str, Any] = {}
    opening: Annotated[list[Any], Field(max_length=48)] = []
    services: Annotated[list[Any], Field(min_length=1, max_length=MOST_OF_A_KIND)]
    classes: Annotated[list[Any], Field(max_length=MOST_CLASSES)] = []
    stations: Annotated[list[Any], Field(max_length=MOST_STATIONS)] = []
    windows: Annotated[list[Any], Field(max_length=MOST_OF_A_KIND)] = []
    departments: Annotated[list[Any], Field(max_length=MOST_OF_A_KIND)] = []
    pools: Annotated[list[Any], Field(max_length=1000)] = []


MODELS: dict[tuple[str, ...], type[Table]] = {
    (): DocumentTable,
    ("title",): NameTable,
    ("horizon",): HorizonTable,
    ("opening",): OpeningTable,
    ("services",): ServiceTable,
    ("services", "name"): NameTable,
    ("services", "target"): TargetTable,
    ("services", "balking"): BalkingTable,
    ("services", "announced"): AnnouncedTable,
    ("services", "returns"): ReturnsTable,
    ("services", "then"): ThenTable,
    ("services", "incomplete"): IncompleteTable,
    ("services", "batch"): BatchTable,
    ("services", "cases"): CasesTable,
    ("services", "companions"): CompanionsTable,
    ("services", "together"): TogetherTable,
    ("services", "booking"): BookingTable,
    ("services", "booking", "times"): PlacesTable,
    ("services", "booking", "channels"): ChannelTable,
    ("services", "volume"): VolumeTable,
    ("services", "diverted"): DivertedTable,
    ("services", "retries"): RetryTable,
    ("services", "retries", "delays"): DelayTable,
    ("services", "season"): SeasonTable,
    ("services", "season", "weekday"): WeekdayTable,
    ("services", "season", "month"): MonthTable,
    ("services", "season", "around_holidays"): AroundHolidaysTable,
    ("rules",): RulesTable,
    ("lunch",): Interval,
    ("layout",): LayoutTable,
    ("costs",): CostsTable,
    ("layout", "groups"): GroupTable,
    ("layout", "aside"): AsideTable,
    ("layout", "shifts"): ShiftTable,
    ("layout", "breaks"): Interval,
    ("layout", "ab_break"): Interval,
    ("classes",): ClassTable,
    ("classes", "name"): NameTable,
    ("classes", "cases"): CasesTable,
    ("classes", "companions"): CompanionsTable,
    ("stations",): StationTable,
    ("stations", "name"): NameTable,
    ("stations", "shifts"): ShiftTable,
    ("stations", "breaks"): Interval,
    ("stations", "ab_break"): Interval,
    ("stations", "breakdown"): BreakdownTable,
    ("demand",): DemandTable,
    ("demand", "weekday"): WeekdayTable,
    ("demand", "month"): MonthTable,
    ("demand", "around_holidays"): AroundHolidaysTable,
    ("windows", "overflow"): OverflowTable,
    ("windows", "breakdown"): BreakdownTable,
    ("windows", "tidal"): TidalTable,
    ("windows",): WindowTable,
    ("windows", "name"): NameTable,
    ("windows", "learning"): LearningTable,
    ("windows", "shifts"): ShiftTable,
    ("windows", "breaks"): Interval,
    ("windows", "ab_break"): Interval,
    ("departments",): DepartmentTable,
    ("departments", "name"): NameTable,
}
"""path of the keys, positions left out -> the model of the table there"""


def known_keys(path: tuple[str, ...]) -> list[str]:
    """The keys that the table at this path may hold; empty where any key goes."""
    model = MODELS.get(path)
    return [] if model is None else [each.alias or name for name, each in model.model_fields.items()]


def seats_of(group: WindowTable | StationTable) -> list[str]:
    """Ids of the seats of a group: numbered when a count is given."""
    return [group.id] if group.count is None else [f"{group.id}-{n}" for n in range(1, group.count + 1)]


@dataclass(slots=True)
class Tables:
    """The tables of one document by position; None where one cannot be used."""

    top: DocumentTable | None
    openings: list[OpeningTable | None]
    services: list[ServiceTable | None]
    windows: list[WindowTable | None]
    departments: list[DepartmentTable | None]
    classes: list[ClassTable | None] = field(default_factory=list)
    stations: list[StationTable | None] = field(default_factory=list)
    laws: dict[tuple[str | int, ...], Law] = field(default_factory=dict)
    """path of service_min or patience_min -> law"""
    pools: list[PoolTable | None] = field(default_factory=list)
    cases: dict[int, CaseTable | None] = field(default_factory=dict)
    """position of the service -> its case, where it has one"""
