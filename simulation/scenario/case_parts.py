"""The parts of a scenario behind the windows, as the back office sees them: cases, their steps, and the pools that work on them.

Frozen and checked, like `parts`; made by `parse`, never by hand. Nothing here checks itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from simulation.laws import Law


@dataclass(frozen=True, slots=True)
class Supplement:
    """Papers that are asked for during a step (补正): the clock stops until they come, then the step is done once more."""

    share: float
    """0..1, the share of the cases"""
    wait: Law
    """working days until the papers are there"""
    in_person: float
    """0..1, the share of them that is handed in at the hall, not online"""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to be done for a case: work of a pool, or a stretch of time that must pass."""

    id: str
    pool: str | None
    """id of the pool; None: nobody works on it"""
    work: Law | None
    """minutes of one member of the pool"""
    wait: Law | None
    """working days that pass, where nobody works on it (公示)"""
    after: tuple[int, ...]
    """positions of the steps that must be done before"""
    share: float
    """0..1, the share of the cases that need it"""
    excluded: bool
    """whether its time, from when it is due until it is done, is left out of the limit"""
    supplement: Supplement | None


@dataclass(frozen=True, slots=True)
class Collection:
    """Results that are collected in person (出件窗口); the others are sent."""

    service: str
    """the service at which they are collected"""
    share: float
    """0..1, the share of the cases"""
    after: int
    """days of the hall after the day on which the result is ready"""


@dataclass(frozen=True, slots=True)
class Case:
    """What becomes of an application once a window has accepted it."""

    service: str
    """id of the service in the file that opens it"""
    kind: Literal["instant", "promised"]
    """done at the window (即办件), or within a promised limit (承诺件)"""
    promised_days: int | None = None
    """working days"""
    promised_minutes: float | None = None
    """minutes of the hall's open hours"""
    legal_days: int | None = None
    """working days that the law allows"""
    steps: tuple[Step, ...] = ()
    limit_until: int | None = None
    """position of the step whose end ends the limit; None: the end of all"""
    collection: Collection | None = None
    ems_days: float = 0.0
    """calendar days that a result which is sent is on its way"""


@dataclass(frozen=True, slots=True)
class Pool:
    """People behind the windows who share a queue of files."""

    id: str
    name: dict[str, str]
    staff: int
    hours: tuple[tuple[float, float], ...] | None
    """minutes after midnight (from, to) on working days; None: the hall's open hours"""
    calls: Literal["first_come", "earliest_due"]
    """which file is taken next"""
