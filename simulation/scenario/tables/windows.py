"""The tables of a scenario file about who serves: windows, stations, layouts."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from simulation.scenario.tables.hours import Interval, Lunch, ShiftTable
from simulation.scenario.tables.values import (
    DAY,
    MOST_CLASSES,
    MOST_OF_A_KIND,
    AnyName,
    Efficiency,
    Factor,
    Free,
    Id,
    LineReference,
    MinutesOrLaw,
    Reference,
    Share,
    ShareOfEach,
    Skill,
    Table,
)

StationKind = Literal["pre-registration", "pre-check", "guide", "agency", "kiosk", "payment", "collection"]


class LearningTable(Table):
    start: Annotated[float, Field(ge=0.01, le=1)]
    weeks: Annotated[float, Field(gt=0, le=520)]
    share: Share = 1.0


Leaving = Literal["finish_current", "interrupt_resume_same", "interrupt_resume_any", "interrupt_restart", "start_nothing_past"]


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


class AwayTable(Table):
    share: Annotated[float, Field(ge=0, le=0.99)]
    lasts_min: dict[str, Any]


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
    wrap_up_min: MinutesOrLaw = 0.0
    start_up_min: Annotated[float, Field(ge=0, le=DAY)] = 0.0
    absence: Share = 0.0
    breakdown: BreakdownTable | None = None
    away_when_idle: AwayTable | None = None
    learning: LearningTable | None = None
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


def seats_of(group: WindowTable | StationTable) -> list[str]:
    """Ids of the seats of a group: numbered when a count is given."""
    return [group.id] if group.count is None else [f"{group.id}-{n}" for n in range(1, group.count + 1)]
