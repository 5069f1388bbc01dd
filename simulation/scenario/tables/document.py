"""The whole of a scenario file: its top, the rules of the hall, costs, departments, and which model looks at which table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from simulation.laws import Law
from simulation.scenario.tables.hours import (
    AroundHolidaysTable,
    DemandTable,
    HorizonTable,
    Interval,
    MonthTable,
    OpeningTable,
    SeasonTable,
    ShiftTable,
    WeekdayTable,
)
from simulation.scenario.tables.services import (
    AnnouncedTable,
    BalkingTable,
    BatchTable,
    BookingTable,
    CasesTable,
    ChannelTable,
    ClassTable,
    CompanionsTable,
    DelayTable,
    DivertedTable,
    IncompleteTable,
    PlacesTable,
    RetryTable,
    ReturnsTable,
    ServiceTable,
    TargetTable,
    ThenTable,
    TogetherTable,
    VolumeTable,
)
from simulation.scenario.tables.values import (
    DAY,
    MOST_CLASSES,
    MOST_OF_A_KIND,
    MOST_STATIONS,
    AnyName,
    Free,
    Id,
    NameTable,
    Price,
    Reference,
    Table,
    Text,
    _known_zone,
)
from simulation.scenario.tables.windows import (
    AsideTable,
    AwayTable,
    BreakdownTable,
    GroupTable,
    LayoutTable,
    LearningTable,
    OverflowTable,
    StationTable,
    TidalTable,
    WindowTable,
)

if TYPE_CHECKING:
    from simulation.scenario.case_tables import CaseTable, PoolTable


class RulesTable(Table):
    idle_window: Literal["listed", "fewest_skills", "longest_idle"] = "listed"
    lines: Literal["common", "per_window"] = "common"
    booked: Literal["first", "by_time", "alternate"] = "first"
    longest_wait_min: Annotated[float, Field(ge=0, le=DAY)] | None = None
    urgent_interrupt: bool = False
    places: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    ghost_min: Annotated[float, Field(ge=0, le=DAY)] | None = None


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
    ("windows", "away_when_idle"): AwayTable,
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
