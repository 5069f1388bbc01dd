"""What the tables behind the windows may hold: cases of a service, their steps, and the pools. One pydantic model a table, strict."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from simulation.scenario.tables import MODELS, AnyName, Free, Id, Interval, NameTable, Reference, Share, Table

MOST_STEPS = 50
LONGEST_LIMIT = 2_000
"""working days"""


class SupplementTable(Table):
    share: Share
    wait_days: dict[str, Any]
    in_person: Share = 0.0


class StepTable(Table):
    id: Id
    pool: Reference | None = None
    work_min: dict[str, Any] | None = None
    wait_days: dict[str, Any] | None = None
    after: Annotated[list[Reference], Field(max_length=MOST_STEPS)] | None = None
    share: Share = 1.0
    excluded: bool = False
    supplement: SupplementTable | None = None


class CollectionTable(Table):
    service: Reference
    share: Share
    after_days: Annotated[int, Field(ge=1, le=366)] = 1


class CaseTable(Table):
    kind: Literal["instant", "promised"]
    promised_days: Annotated[int, Field(ge=1, le=LONGEST_LIMIT)] | None = None
    promised_hours: Annotated[float, Field(gt=0, le=10_000)] | None = None
    legal_days: Annotated[int, Field(ge=1, le=LONGEST_LIMIT)] | None = None
    steps: Annotated[list[StepTable], Field(max_length=MOST_STEPS, default_factory=list)]
    limit_until: Reference | None = None
    collection: CollectionTable | None = None
    ems_days: Annotated[float, Field(ge=0, le=366)] = 0.0


class PoolTable(Table):
    id: Id
    name: AnyName | None = None
    staff: Annotated[int, Field(ge=1, le=10_000)]
    hours: Annotated[list[Interval], Field(min_length=1, max_length=48)] | None = None
    calls: Literal["first_come", "earliest_due"] = "first_come"
    note: Free | None = None


MODELS.update(
    {
        ("services", "case"): CaseTable,
        ("services", "case", "steps"): StepTable,
        ("services", "case", "steps", "supplement"): SupplementTable,
        ("services", "case", "collection"): CollectionTable,
        ("pools",): PoolTable,
        ("pools", "name"): NameTable,
        ("pools", "hours"): Interval,
    }
)
