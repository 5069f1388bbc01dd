"""A scheme as the program uses it: frozen, checked, every number with its ground.

Nothing here reads a file (``document.py``) or judges a fact (``indicators.py``). Points, weights and shares are Decimal, never float.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from supervision.month import Month

ASSUMPTION = "assumption"
"""The ground of a number that no source gives."""
Subject = Literal["window", "staff", "head", "department", "township", "hall"]
"""Whom a scheme assesses: windows, single clerks, heads of windows (首席代表), departments, townships' windows, or the hall as one."""
EventKind = Literal["lateness", "early", "reminder", "rating", "finding", "paper", "hidden", "promise", "incomplete"]
"""What may be looked for: overdue cases, early ones, runs of reminders, ratings, findings, late papers, papers never accepted (hidden
overdue), promises against the law, cases whose register names no type."""
Unit = Literal["case", "working_day", "run", "rating", "finding", "paper", "receipt", "percent"]
"""Per what an event is deducted; ``percent``: for every whole percent of the month's cases."""


@dataclass(frozen=True, slots=True)
class Name:
    """What a thing is called, in both languages."""

    zh: str
    en: str

    def text(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Source:
    """Where a scheme comes from, and how far it can be trusted."""

    id: str
    mark: Literal["A", "B", "C"]
    """A: a government site or the issuing body; B: a mirror, a newspaper, public code; C: a document-sharing copy, issuer unknown."""
    title: Name
    caution: Name
    """What a reader must be told wherever the scheme is shown."""
    address: str


@dataclass(frozen=True, slots=True)
class Event:
    """What a deduction, bonus or veto looks for among the facts."""

    kind: EventKind
    codes: tuple[str, ...] = ()
    """Codes of findings, levels of ratings, or kinds of late papers (none: all)."""
    at_least: int | None = None
    """Whole working days, of ``lateness``, ``early``, ``paper`` and ``hidden``."""
    below: int | None = None
    """Whole working days, not included; None: without end."""
    in_a_row: int | None = None
    """Of ``reminder``: how many in a row make one event."""
    ground: str = ""
    """Of the thresholds and codes, where it is not that of the points."""
    found_by: tuple[str, ...] = ()
    """Of findings: only those found by one of these (``in_house``, ``third_party``, ...); empty: by anybody."""

    def finds(self, found_by: str) -> bool:
        """Whether a finding of this origin counts; an empty origin is the hall's own check."""
        return not self.found_by or (found_by or "in_house") in self.found_by

    def covers(self, days: int) -> bool:
        """Whether so many working days lie in the range."""
        return (self.at_least or 0) <= days and (self.below is None or days < self.below)


@dataclass(frozen=True, slots=True)
class Minimum:
    """How much must be known before a part is scored."""

    of: Literal["cases", "cases_with_limit", "ratings", "checks"]
    at_least: int
    none: Literal["not_enough_evidence", "not_applicable"]
    """The answer when the window had cases but none of these."""
    ground: str
    below: Literal["share_out", "full_marks", "not_ranked"] = "share_out"
    """What happens with less: its weight is shared out among the others in the comparable total, it gets full marks, or the window is
    not ranked."""


@dataclass(frozen=True, slots=True)
class Measure:
    """How the value of a part is made before deductions: full weight, or weight times a rate; ``unread``: nobody has read what it is."""

    kind: Literal["deductions", "rate", "unread"]
    of: Literal["", "good_ratings", "cases_on_time"]


@dataclass(frozen=True, slots=True)
class Indicator:
    """A part of the assessment."""

    id: str
    name: Name
    weight: Decimal
    floor: Decimal | None
    """Points below which deductions do not bring the part; None: there is no end to them."""
    measure: Measure
    minimum: Minimum
    ground: str


@dataclass(frozen=True, slots=True)
class Deduction:
    """What an event costs."""

    id: str
    name: Name
    points: Decimal
    """Positive: points taken away for each unit."""
    per: Unit
    at_most: Decimal | None
    """Points a month; None: down to the floor of the part."""
    charged_in: str
    """The one part that pays."""
    shown_in: tuple[str, ...]
    """Parts that show the event and do not pay."""
    event: Event
    ground: str
    steps: tuple[tuple[int, Decimal], ...] = ()
    """(from which event of the month on, points of each): 2 for the first, 5 from the third. Empty: ``points`` for every one."""
    head_share: Decimal = Decimal(0)
    """Share of the points that the head of the window (首席代表) carries besides."""

    def cost(self, units: int) -> Decimal:
        """Points of so many events."""
        if not self.steps:
            return self.points * units
        ends = [start for start, _ in self.steps[1:]] + [units + 1]
        counted = ((points, max(0, min(end, units + 1) - start)) for (start, points), end in zip(self.steps, ends, strict=True))
        return sum((points * events for points, events in counted), Decimal(0))


@dataclass(frozen=True, slots=True)
class Bonus:
    """Points for a share of the month's cases (some at a first share, more for each further step), or for every event."""

    id: str
    name: Name
    event: Event
    share_of: Literal["cases", "cases_with_limit", "promises"] | None
    """None: points for every event, ``first_points`` each. ``promises``: no share of cases, but by how much every promised limit of the
    window lies under its legal one, that is the least of them."""
    first_share: Decimal
    first_points: Decimal
    step_share: Decimal
    step_points: Decimal
    at_most: Decimal
    minimum: Minimum
    ground: str
    per: Literal["finding", "rating"] | None = None
    """What every event is, where the bonus is for events."""


@dataclass(frozen=True, slots=True)
class Title:
    """A title for a period, such as red-flag window (红旗窗口): who may have it, how many get it, what decides between equals."""

    id: str
    name: Name
    period: Literal["month", "quarter", "half_year", "year"]
    number: int | None
    """How many get it."""
    cut: Decimal | None
    """Everybody from this mean total on."""
    ratio: Decimal | None
    """Share of those who are ranked, rounded down, at least one."""
    band: str | None
    """The lowest grade of any month that still may have it; None: any."""
    kinds: tuple[str, ...]
    """Kinds of windows that may have it; empty: all."""
    months: int
    """Months of the period that must have a total."""
    tie_break: tuple[Literal["cases", "good_rate", "fewest_deductions"], ...]
    """What decides between equal means, in this order; who is equal in all of them shares the place."""
    ground: str


@dataclass(frozen=True, slots=True)
class Veto:
    """An event that decides alone, whatever the points."""

    id: str
    name: Name
    event: Event
    effect: Literal["zero_total", "lowest_band", "no_award"]
    ground: str


@dataclass(frozen=True, slots=True)
class NotCharged:
    """A finding that the scheme shows in a part and charges to no window, with the reason."""

    code: str
    shown_in: str
    why: Name
    ground: str


@dataclass(frozen=True, slots=True)
class Annual:
    """What is charged on the annual total only; a monthly sheet shows it."""

    id: str
    name: Name
    code: str
    points: Decimal
    ground: str


@dataclass(frozen=True, slots=True)
class Band:
    """A grade: from ``at_least`` (included) to ``below`` (not included), of the comparable total."""

    id: str
    name: Name
    at_least: Decimal | None
    below: Decimal | None
    ground: str


@dataclass(frozen=True, slots=True)
class Scheme:
    """One version of a scheme."""

    id: str
    version: str
    name: Name
    source: Source
    in_force_from: Month
    cycle: Literal["month", "quarter", "half_year", "year"]
    """The longest period that its months are rolled up to, each as the mean of its months."""
    subject: Subject
    """What is assessed: each has a sheet of its own."""
    apart: tuple[str, ...]
    """Kinds of windows that are ranked apart."""
    base: Decimal
    """What the weights add to."""
    maximum: Decimal
    """The highest total: base and bonuses."""
    bonus_at_most: Decimal
    minimum_share: Decimal
    """Share of the applicable weight that must be scored before a total is given."""
    places: int
    """Decimal places of points."""
    neutral_is_good: bool
    """Whether the middle level of a rating counts as good."""
    defaults_count: bool
    """Whether a rating given by default counts as one a citizen gave."""
    charge_month: Mapping[str, str]
    """What decides the month: overdue, rating, finding."""
    indicators: tuple[Indicator, ...]
    deductions: tuple[Deduction, ...]
    bonuses: tuple[Bonus, ...]
    vetoes: tuple[Veto, ...]
    not_charged: tuple[NotCharged, ...]
    annual: tuple[Annual, ...]
    titles: tuple[Title, ...]
    bands: tuple[Band, ...]
    """From the highest to the lowest."""
    left_out: tuple[Name, ...]
    """What the source says and this version does not carry."""
    basis: Mapping[str, str]
    """Grounds of the single numbers above, by name."""
    digest: str
    """SHA-256 of the file."""
    path: str
    in_force_to: Month | None = None
    """The last month, where the version says one; else it holds until the next begins."""
    conversion: Decimal = Decimal(1)
    """What the comparable total is multiplied by in the end (折合系数, K13): grades, ranks and means read the product."""
    conversion_ground: str = ""
    """Empty without a conversion."""

    def holds_in(self, month: Month) -> bool:
        """Whether the version is in force in a month, as far as it says itself."""
        return self.in_force_from <= month and (self.in_force_to is None or month <= self.in_force_to)

    @property
    def asked(self) -> frozenset[str]:
        """The kinds of events that it looks for."""
        rows: tuple[Deduction | Bonus | Veto, ...] = (*self.deductions, *self.bonuses, *self.vetoes)
        return frozenset(each.event.kind for each in rows)

    def lines(self) -> tuple[str, ...]:
        """The ids of what stands on a sheet: parts, bonuses, vetoes."""
        return (*(each.id for each in self.indicators), *(each.id for each in self.bonuses), *(each.id for each in self.vetoes))

    @property
    def highest(self) -> Decimal:
        """The highest comparable total there is."""
        return self.maximum * self.conversion

    def indicator(self, id: str) -> Indicator:
        """The part of an id. Raises LookupError."""
        for each in self.indicators:
            if each.id == id:
                return each
        raise LookupError(f"scheme {self.id} {self.version} has no indicator {id!r}")

    def deductions_of(self, indicator: str) -> tuple[Deduction, ...]:
        """What a part pays for, in the order of the file."""
        return tuple(each for each in self.deductions if each.charged_in == indicator)

    def band_of(self, total: Decimal) -> Band | None:
        """The grade of a total that is already rounded; None if the scheme has none for it."""
        for each in self.bands:
            if (each.at_least is None or total >= each.at_least) and (each.below is None or total < each.below):
                return each
        return None

    def good_levels(self) -> frozenset[str]:
        """Levels of a rating that count as good."""
        return frozenset({"5", "4", "3"} if self.neutral_is_good else {"5", "4"})

    @property
    def incomplete(self) -> bool:
        """Whether a part stands for what nobody has read of the source: such a scheme is not published, and no month is opened with it."""
        return any(each.measure.kind == "unread" for each in self.indicators)

    def assumptions(self) -> tuple[str, ...]:
        """Dotted names of every number that rests on no source, in the order of the file."""
        named: list[tuple[str, str]] = [(name, ground) for name, ground in self.basis.items()]
        for each in self.indicators:
            named += [(f"indicators.{each.id}", each.ground), (f"indicators.{each.id}.minimum", each.minimum.ground)]
        for deduction in self.deductions:
            named += [(f"deductions.{deduction.id}", deduction.ground), (f"deductions.{deduction.id}.event", deduction.event.ground)]
        for bonus in self.bonuses:
            named += [(f"bonuses.{bonus.id}", bonus.ground), (f"bonuses.{bonus.id}.event", bonus.event.ground)]
            named += [(f"bonuses.{bonus.id}.minimum", bonus.minimum.ground)]
        named += [(f"vetoes.{veto.id}", veto.ground) for veto in self.vetoes]
        named += [(f"titles.{title.id}", title.ground) for title in self.titles]
        named += [(f"bands.{band.id}", band.ground) for band in self.bands]
        named += [("conversion", self.conversion_ground)]
        return tuple(name for name, ground in named if ground == ASSUMPTION)
