"""Counts and ids of a month under way, and what came of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain

from ..canonical import digest_text
from ..evidence import Fact, Population, merge
from ..month import Month


@dataclass(frozen=True, slots=True)
class Opens:
    """The cases that were open when a month closed, as of a journal sequence: where the next month begins to look."""

    month: Month
    as_of: int
    last_case_id: int
    """Row id of the newest case then; cases recorded later are looked for besides."""
    case_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """Everything a month is scored from."""

    facts: tuple[Fact, ...]
    populations: tuple[Population, ...]
    calendar_id: str
    calendar_version: int
    accepted: Mapping[str, int] = field(default_factory=dict)
    """Window -> cases accepted in the month."""
    opens: Opens | None = None
    _facts_of: dict[str, tuple[Fact, ...]] = field(default_factory=dict, compare=False, repr=False)
    _populations_of: dict[str, tuple[Population, ...]] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        facts: dict[str, list[Fact]] = defaultdict(list)
        populations: dict[str, list[Population]] = defaultdict(list)
        for fact in self.facts:
            facts[fact.window_id].append(fact)
        for population in self.populations:
            populations[population.window_id].append(population)
        self._facts_of.update({window: tuple(rows) for window, rows in facts.items()})
        self._populations_of.update({window: tuple(rows) for window, rows in populations.items()})

    def of(self, window_id: str) -> tuple[tuple[Fact, ...], tuple[Population, ...]]:
        """Facts and denominators of one window."""
        return self._facts_of.get(window_id, ()), self._populations_of.get(window_id, ())


@dataclass(slots=True)
class Tally:
    """Counts and ids under way."""

    facts: list[Fact] = field(default_factory=list)
    plain: dict[tuple[str, str, str, str], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    numbers: dict[tuple[str, str], list[list[str]]] = field(default_factory=lambda: defaultdict(list))
    """(window, population) -> lists of numbers, without the kind before them."""

    def add(self, window: str, kind: str, status: str, code: str, seconds: int = 0, evidence: str | None = None) -> None:
        """One more; with an id if it moves, spares or contests points."""
        if evidence is None:
            self.add_many(window, kind, status, code, 1, seconds)
        else:
            self.facts.append(Fact(window, kind, status, code, 1, seconds, (evidence,)))

    def add_many(self, window: str, kind: str, status: str, code: str, count: int, seconds: int = 0) -> None:
        """So many more, none of which has an id to show."""
        counted = self.plain[window, kind, status, code]
        counted[0] += count
        counted[1] += seconds

    def counted(self) -> tuple[Fact, ...]:
        return merge([*self.facts, *(Fact(*key, count, seconds) for key, (count, seconds) in self.plain.items())])

    def populations(self, month: Month) -> tuple[Population, ...]:
        """Every denominator with the digest of its ids."""
        found = []
        for (window, name), lists in sorted(self.numbers.items()):
            ids = _sorted(lists)
            found.append(Population(window, name, len(ids), f"{name}/{month}/{window}", digest_lines(KIND_OF[name], ids)))
        return tuple(found)

    def ids(self, window: str, name: str) -> tuple[str, ...]:
        """The sorted ids of a denominator."""
        return tuple(f"{KIND_OF[name]}:{number}" for number in _sorted(self.numbers.get((window, name), ())))


KIND_OF = {"cases": "case", "cases_with_limit": "case", "ratings": "rating", "checks": "finding"}
"""Denominator -> the kind of record that it counts."""


def digest_lines(kind: str, numbers: list[str]) -> str:
    """SHA-256 of the sorted ids of one kind, one a line."""
    return digest_text("".join([f"{kind}:", f"\n{kind}:".join(numbers), "\n"]) if numbers else "")


def _sorted(lists: Iterable[list[str]]) -> list[str]:
    return sorted(chain.from_iterable(lists))
