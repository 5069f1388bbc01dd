"""Limits of work orders by rule set, and whether they were kept. How a limit is counted is the matter of ``deadlines``. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from ..deadlines import Limit, Opening, WorkingDays, count
from ..deadlines.clocks import DAY
from ..faults import BadInput, fault
from ..month import local_midnight
from .workflow import OPEN, Step

RULE_SETS = Path(__file__).with_name("rule_sets.toml")
PROMISED = "promised"
"""The clock of a day that somebody promised in the order itself."""

Answer = Literal["kept", "broken", "running", "late"]


@dataclass(frozen=True, slots=True)
class OrderLimit:
    """How long one stretch of an order may take."""

    id: str
    name: Mapping[str, str]
    since: frozenset[str]
    """The steps it begins anew with; ``open``: the moment of the record."""
    until: frozenset[str]
    """The steps that end it."""
    limit: Limit
    ground: str
    """Article, or ``assumption``."""


@dataclass(frozen=True, slots=True)
class Clock:
    """One limit of one order."""

    id: str
    name: Mapping[str, str]
    begins_at: datetime
    due_at: datetime
    """UTC; a step at this very moment is on time."""
    met_at: datetime | None
    answer: Answer
    """kept and broken: the step was taken, in time or not; running and late: it was not taken yet."""
    ground: str


@dataclass(frozen=True, slots=True)
class Kept:
    """How often a limit was kept."""

    id: str
    kept: int
    broken: int
    late: int
    """Still open, and late."""
    running: int

    @property
    def n(self) -> int:
        """Those that could be judged."""
        return self.kept + self.broken + self.late


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Whose limits hold."""

    id: str
    name: Mapping[str, str]
    source: str
    limits: Mapping[str, tuple[OrderLimit, ...]]
    """Workflow -> its limits."""


def clocks_of(
    begins_at: datetime, steps: Sequence[Step], limits: Iterable[OrderLimit], now: datetime, zone: ZoneInfo, calendar: WorkingDays,
    openings: Sequence[Opening] = (), final: frozenset[str] = frozenset(),
) -> tuple[Clock, ...]:  # fmt: skip
    """Every clock of an order as of a moment: a limit begins anew with each of its first steps, a promised day counts until the next step.

    An order that came to an end by another way stops every clock at that step: what is over is not late.
    """
    ended = steps[-1].at if steps[-1].state in final else None
    found = []
    for limit in limits:
        for position, step in enumerate(steps):
            if step.action in limit.since:
                begins = begins_at if step.action == OPEN else step.at
                due = count(limit.limit, begins, zone, calendar, (), openings).moment
                assert due is not None  # nothing stops the clock of an order
                met = next((later.at for later in steps[position + 1 :] if later.action in limit.until), None) or ended
                found.append(Clock(limit.id, limit.name, begins, due, met, _answer(due, met, now), limit.ground))
    for position, step in enumerate(steps):
        if step.promised_on is not None:
            due = local_midnight(step.promised_on + DAY, zone)
            met = steps[position + 1].at if position + 1 < len(steps) else None
            found.append(Clock(PROMISED, PROMISED_NAME, step.at, due, met, _answer(due, met, now), step.action))
    return tuple(sorted(found, key=lambda clock: (clock.due_at, clock.id)))


PROMISED_NAME = {"zh": "限期", "en": "promised day"}


def tally(clocks: Iterable[Clock]) -> tuple[Kept, ...]:
    """How often each limit was kept, by its id."""
    counts: dict[str, dict[str, int]] = {}
    for each in clocks:
        own = counts.setdefault(each.id, dict.fromkeys(("kept", "broken", "late", "running"), 0))
        own[each.answer] += 1
    return tuple(Kept(id, **counts[id]) for id in sorted(counts))


def rule_set_of(id: str, workflow: str) -> RuleSet:
    """A rule set, or the default one of a workflow for an empty id. Raises BadInput if there is none."""
    sets, defaults = _rule_sets()
    found = sets.get(id or defaults[workflow])
    if found is None:
        raise BadInput([fault("order_rule_set", "--rules", id, known=", ".join(sets))])
    return found


def rule_sets() -> tuple[RuleSet, ...]:
    """Every rule set, in the order of the file."""
    return tuple(_rule_sets()[0].values())


@lru_cache(maxsize=1)
def _rule_sets() -> tuple[dict[str, RuleSet], dict[str, str]]:
    raw = tomllib.loads(RULE_SETS.read_text(encoding="utf-8"))
    limits: dict[str, dict[str, list[OrderLimit]]] = {}
    for row in raw["limits"]:
        limit, ground = Limit(row["amount"], row["unit"]), row.get("article") or row["basis"]
        made = OrderLimit(row["id"], row["name"], frozenset(row["since"]), frozenset(row["until"]), limit, ground)
        limits.setdefault(row["rule_set"], {}).setdefault(row["workflow"], []).append(made)
    sets = {
        id: RuleSet(id, table["name"], table["source"], {name: tuple(rows) for name, rows in limits.get(id, {}).items()})
        for id, table in raw["rule_sets"].items()
    }
    return sets, raw["defaults"]


def _answer(due: datetime, met: datetime | None, now: datetime) -> Answer:
    if met is not None:
        return "kept" if met <= due else "broken"
    return "running" if now.astimezone(UTC) <= due else "late"
