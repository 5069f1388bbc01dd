"""Projects of five stages (document 002), each stage with its lead, against the limits of document 001. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ..deadlines import Limit, WorkingDays, count

PROJECTS = Path(__file__).with_name("projects.toml")


@dataclass(frozen=True, slots=True)
class ProjectKind:
    """A kind of project and its limit."""

    id: str
    name: Mapping[str, str]
    limit: Limit
    until: str
    """The stage with which the limit is met."""
    article: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a project as last said."""

    stage: str
    lead: str
    """Empty: nobody leads it."""
    began_on: date | None
    ended_on: date | None
    intermediary_days: int


@dataclass(frozen=True, slots=True)
class Project:
    """A project as it stands."""

    project_number: str
    kind: str
    stages: tuple[Stage, ...]
    """All five, in order."""
    began_on: date | None
    met_on: date | None
    """The day the limiting stage ended."""
    last_day: date | None
    """Last day of the limit, days of intermediaries given back; None before it began."""
    late_days: int
    """Calendar days past the last day, 0 if none."""

    @property
    def leaderless(self) -> tuple[str, ...]:
        """Stages that have begun and that nobody leads (document 002: 牵头部门积极性普遍不高)."""
        return tuple(each.stage for each in self.stages if each.began_on is not None and not each.lead)


def follow(number: str, kind: str, given: Sequence[Stage], today: date, zone: ZoneInfo, calendar: WorkingDays) -> Project:
    """A project against the limit of its kind. Days of intermediary services are not counted (document 002: 中介服务时间难以把握)."""
    known = {each.stage: each for each in given}
    stages = tuple(known.get(stage, Stage(stage, "", None, None, 0)) for stage in stage_ids())
    rules = project_kinds()[kind]
    limiting = stages[: stage_ids().index(rules.until) + 1]
    began = min((each.began_on for each in stages if each.began_on is not None), default=None)
    met = limiting[-1].ended_on
    if began is None:
        return Project(number, kind, stages, None, met, None, 0)
    counted = count(rules.limit, datetime.combine(began, time(12), tzinfo=zone), zone, calendar)
    assert counted.last_day is not None  # no stop was given
    last = counted.last_day + timedelta(days=sum(each.intermediary_days for each in limiting))
    return Project(number, kind, stages, began, met, last, max(((met or today) - last).days, 0))


@lru_cache(maxsize=1)
def project_kinds() -> dict[str, ProjectKind]:
    """The kinds by id."""
    return {
        row["id"]: ProjectKind(row["id"], row["name"], Limit(row["amount"], row["unit"]), row["until"], row["article"])
        for row in _raw()["kinds"]
    }


@lru_cache(maxsize=1)
def stage_ids() -> tuple[str, ...]:
    """The five stages in order."""
    return tuple(row["id"] for row in _raw()["stages"])


def stage_names() -> dict[str, dict[str, str]]:
    """Stage -> its name by language."""
    return {row["id"]: row["name"] for row in _raw()["stages"]}


def service_limits() -> tuple[tuple[str, Mapping[str, str], Limit, str], ...]:
    """Limits of services that the founding documents name: id, name, limit, article."""
    return tuple((row["id"], row["name"], Limit(row["amount"], row["unit"]), row["article"]) for row in _raw()["services"])


def _raw() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = tomllib.loads(PROJECTS.read_text(encoding="utf-8"))
    return found
