"""The tables of a scenario file about services and who comes for them: arrivals, visits, booking, classes."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from simulation.scenario.tables.hours import SeasonTable
from simulation.scenario.tables.values import (
    DAY,
    MOST_OF_A_KIND,
    AnyName,
    Factor,
    Free,
    Id,
    Minutes,
    Profile,
    Rate,
    Reference,
    Share,
    ShareOfEach,
    Table,
    Text,
    _number_or_list,
)


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
