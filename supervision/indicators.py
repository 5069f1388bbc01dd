"""Facts of one window and month -> what each part of a scheme has to go by, or that there is not enough of it.

Two answers are not points: ``not_enough_evidence`` (nobody looked, or too few spoke), ``not_applicable`` (nothing the part is about
can have happened); the value 0 is a value. Events are matched here; points are ``scoring.py``'s matter: no division happens here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .evidence import EvidenceRef, Fact, Population, Role, merge
from .inspection import NOTHING_FOUND
from .scheme.parts import Bonus, Deduction, Event, Indicator, Minimum, Scheme
from .sheet import Spared, State

_CASES_WITH_LIMIT = ("ended_on_time", "ended_overdue", "open_overdue")
_CASES = (*_CASES_WITH_LIMIT, "ended_no_limit", "excused")
_NO_TYPE = "unknown"
"""The code of a case whose register names no type of case."""
_SPOKEN = ("valid", "mistaken", "malicious", "contested")
"""Ratings somebody gave: that one is later found mistaken does not make the others fewer."""
_WAITING_FOR_A_RULING = {"contested": "contested", "disputed": "disputed"}
_SETTLED = {"repeated": "repeated", "mistaken": "mistaken", "malicious": "malicious", "withdrawn": "withdrawn"}


@dataclass(frozen=True, slots=True)
class Met:
    """A deduction, bonus or veto that something happened to."""

    units: int
    """Events that count, in the unit of the rule."""
    moved: tuple[str, ...]
    spared: tuple[EvidenceRef, ...]
    """Events that could have counted and did not, contested ones included."""


@dataclass(frozen=True, slots=True)
class Value:
    """What one part, bonus or veto has to go by."""

    id: str
    state: State
    counted: int
    """How many of what the minimum asks for."""
    needed: int
    numerator: int | None
    denominator: int | None
    charges: tuple[tuple[Deduction, Met], ...]
    shown: tuple[EvidenceRef, ...]
    """Events of other parts that this one shows."""
    population: Population | None


@dataclass(frozen=True, slots=True)
class Values:
    """Everything a sheet is scored from."""

    parts: Mapping[str, Value]
    bonuses: Mapping[str, Value]
    vetoes: Mapping[str, Met]
    spared: tuple[Spared, ...]


def evaluate(scheme: Scheme, facts: Iterable[Fact], populations: Iterable[Population] = ()) -> Values:
    """Judge the facts of one window by a scheme; the order of the facts does not matter.

    Raises ValueError if the facts are of several windows.
    """
    merged = merge(facts)
    if len({each.window_id for each in merged}) > 1:
        raise ValueError("facts of one window at a time")
    counts = _counts(merged)
    named = {each.name: each for each in populations}
    met = {each.id: _met(each.event, each.per, merged) for each in scheme.deductions}
    parts = {
        each.id: _part(
            scheme,
            each,
            [(deduction, met[deduction.id]) for deduction in scheme.deductions_of(each.id)],
            _shown(scheme, each.id, met, merged),
            counts,
            merged,
            named.get(each.minimum.of),
        )
        for each in scheme.indicators
    }
    bonuses: dict[str, Value] = {}
    for bonus in scheme.bonuses:
        state = _state(bonus.minimum, counts)
        if bonus.share_of == "promises":
            bonuses[bonus.id] = _promised(bonus, state, counts, merged)
            continue
        happened = _met(bonus.event, bonus.per or "case", merged)
        whole = None if bonus.share_of is None else counts[bonus.share_of]
        refs = tuple(EvidenceRef(id, "moved") for id in happened.moved) if bonus.per is not None else ()
        population = None if bonus.share_of is None else named.get(bonus.share_of)
        bonuses[bonus.id] = Value(
            bonus.id, state, counts[bonus.minimum.of], bonus.minimum.at_least, happened.units, whole, (), refs, population
        )
    vetoes = {each.id: _met(each.event, each.event.kind, merged) for each in scheme.vetoes}
    return Values(parts, bonuses, vetoes, tuple(sorted(_spared(scheme, merged, parts))))


def _promised(bonus: Bonus, state: State, counts: Mapping[str, int], facts: Iterable[Fact]) -> Value:
    """By how much the least shortened promise of a window lies under the law: so many of so many units of the legal limit.

    Where one cannot be compared, nobody knows that all are shortened: then it is by nothing.
    """
    services = [each for each in facts if each.kind == "promise"]
    least: tuple[int, int] | None = None
    for each in services:
        promised, legal = map(int, each.code.split("/")) if each.status == "compared" else (1, 1)
        under = max(0, legal - promised), max(1, legal)
        if least is None or under[0] * least[1] < least[0] * under[1]:
            least = under
    numerator, denominator = least or (None, None)
    refs = {EvidenceRef(id, *_compared(each)) for each in services for id in each.evidence}
    known: State = state if services else "not_applicable"
    return Value(bonus.id, known, counts[bonus.minimum.of], bonus.minimum.at_least, numerator, denominator, (), tuple(sorted(refs)), None)


def _compared(fact: Fact) -> tuple[Role, str]:
    return ("moved", "") if fact.status == "compared" else ("spared", "other_unit")


def _counts(facts: Iterable[Fact]) -> dict[str, int]:
    """How many there are of each thing a minimum may ask for."""
    counts = {"cases": 0, "cases_with_limit": 0, "ratings": 0, "checks": 0}
    found = 0
    for each in facts:
        if each.kind == "case":
            counts["cases"] += each.count if each.status in _CASES else 0
            counts["cases_with_limit"] += each.count if each.status in (*_CASES_WITH_LIMIT, "excused") else 0
        elif each.kind == "rating" and each.status in _SPOKEN:
            counts["ratings"] += each.count
        elif each.kind == "check":
            counts["checks"] += each.count
        elif each.kind == "finding":  # a complaint or a lapse is a finding too, but nobody went there to look
            found += each.count - sum(not id.startswith("finding:") for id in each.evidence)
    counts["checks"] = max(counts["checks"], found)  # whoever found something has looked
    return counts


def _state(minimum: Minimum, counts: Mapping[str, int]) -> State:
    counted = counts[minimum.of]
    if counted >= minimum.at_least:
        return "value"
    if counted == 0 and counts["cases"] > 0:
        return minimum.none
    return "not_enough_evidence"


def _met(event: Event, per: str, facts: Iterable[Fact]) -> Met:
    units, moved, spared = 0, set[str](), set[EvidenceRef]()
    if event.kind == "incomplete":
        return _incomplete(per, facts)
    for each in facts:
        if each.kind != event.kind:
            continue
        if event.kind in ("lateness", "early", "paper", "hidden"):
            if each.status == "excused":
                spared.update(EvidenceRef(id, "spared", "excused") for id in each.evidence)
            elif event.covers(int(each.code)) and (event.kind != "paper" or not event.codes or each.status in event.codes):
                units += each.count * (int(each.code) if per == "working_day" else 1)
                moved.update(each.evidence)
        elif event.kind == "reminder":
            runs = each.count // (event.in_a_row or 1)
            units += runs
            if runs:
                moved.update(each.evidence)
        elif each.code in event.codes and event.finds(each.found_by):
            if each.status in ("valid", "confirmed"):
                units += each.count
                moved.update(each.evidence)
            elif each.status in _WAITING_FOR_A_RULING:
                spared.update(EvidenceRef(id, "contested", _WAITING_FOR_A_RULING[each.status]) for id in each.evidence)
            elif each.status == "default":
                spared.update(EvidenceRef(id, "spared", "default") for id in each.evidence)
            else:
                spared.update(EvidenceRef(id, "spared", _SETTLED[each.status]) for id in each.evidence)
    return Met(units, tuple(sorted(moved)), tuple(sorted(spared)))


def _incomplete(per: str, facts: Iterable[Fact]) -> Met:
    """Cases whose register names no type; in whole percent of all where that is the unit."""
    cases = [each for each in facts if each.kind == "case" and each.status in _CASES]
    nameless, whole = (sum(each.count for each in found) for found in ([each for each in cases if each.code == _NO_TYPE], cases))
    return Met(nameless * 100 // whole if per == "percent" and whole else nameless, (), ())


def _part(
    scheme: Scheme,
    indicator: Indicator,
    charges: list[tuple[Deduction, Met]],
    shown: tuple[EvidenceRef, ...],
    counts: Mapping[str, int],
    facts: Iterable[Fact],
    population: Population | None,
) -> Value:
    state = _state(indicator.minimum, counts)
    if indicator.measure.kind == "unread":
        state = "not_applicable"
    numerator: int | None = sum(met.units for _, met in charges)
    denominator: int | None = counts[indicator.minimum.of]
    if indicator.measure.kind == "rate":
        numerator, denominator = _rate(scheme, indicator.measure.of, facts)
        if denominator == 0 and state == "value":
            state = "not_enough_evidence"
    happened = tuple((deduction, met) for deduction, met in charges if met.units or met.spared)
    return Value(
        indicator.id, state, counts[indicator.minimum.of], indicator.minimum.at_least, numerator, denominator, happened, shown, population
    )


def _rate(scheme: Scheme, of: str, facts: Iterable[Fact]) -> tuple[int, int]:
    if of == "good_ratings":
        valid = [each for each in facts if each.kind == "rating" and each.status == "valid"]
        return sum(each.count for each in valid if each.code in scheme.good_levels()), sum(each.count for each in valid)
    cases = [each for each in facts if each.kind == "case" and each.status in _CASES_WITH_LIMIT]
    return sum(each.count for each in cases if each.status == "ended_on_time"), sum(each.count for each in cases)


def _shown(scheme: Scheme, part: str, met: Mapping[str, Met], facts: Iterable[Fact]) -> tuple[EvidenceRef, ...]:
    """Events charged in another part, or in none, that a part shows."""
    refs = {
        EvidenceRef(id, "spared", "elsewhere")
        for deduction in scheme.deductions
        if part in deduction.shown_in
        for id in met[deduction.id].moved
    }
    codes = {each.code for each in scheme.not_charged if each.shown_in == part}
    findings = [each for each in facts if each.kind == "finding" and each.code in codes]
    refs |= {EvidenceRef(id, "spared", "not_charged") for each in findings for id in each.evidence}
    return tuple(sorted(refs))


def _spared(scheme: Scheme, facts: Iterable[Fact], parts: Mapping[str, Value]) -> Iterable[Spared]:
    """Everything that was seen and charged to nobody, with the reason."""
    for each in facts:
        found = _why_not(scheme, each)
        if found is not None:
            reason, part = found
            yield Spared(each.kind, each.code, reason, each.count, part, "", each.evidence)
    for value in parts.values():
        if value.state != "value":
            for deduction, met in value.charges:
                if met.units:
                    yield Spared(deduction.event.kind, deduction.id, "too_little", met.units, value.id, "", met.moved)


def _why_not(scheme: Scheme, fact: Fact) -> tuple[str, str] | None:
    """Why a fact is not charged, and the part it is shown in; None if it is charged, or is nothing to charge."""
    rules = [row for row in scheme.deductions if row.event.kind == fact.kind]
    match fact.kind:
        case "case":
            return {"open_not_due": ("not_due", ""), "ended_no_limit": ("no_limit", "")}.get(fact.status)
        case "lateness" | "paper" | "hidden" if fact.status == "excused":
            return "excused", next((row.charged_in for row in rules), "")
        case "paper":
            charged = any(row.event.covers(int(fact.code)) and fact.status in (row.event.codes or (fact.status,)) for row in rules)
        case "lateness" | "hidden":
            charged = any(row.event.covers(int(fact.code)) for row in rules)
        case "promise":
            return ("other_unit", "") if fact.status == "other_unit" else None
        case "reminder":
            charged = any(fact.count >= (row.event.in_a_row or 1) for row in rules)
        case "rating" | "finding":
            return _why_not_found(scheme, fact, rules)
        case _:
            return None
    if charged:
        return None
    return ("below_threshold", rules[0].charged_in) if rules else ("not_in_scheme", "")


def _why_not_found(scheme: Scheme, fact: Fact, rules: Iterable[Deduction]) -> tuple[str, str] | None:
    """The same of a rating or finding."""
    part = next((row.charged_in for row in rules if fact.code in row.event.codes and row.event.finds(fact.found_by)), "")
    if fact.kind == "rating":
        return None if fact.status == "valid" else (fact.status, part)
    if fact.code == NOTHING_FOUND:
        return None
    for shown in scheme.not_charged:
        if shown.code == fact.code:
            return "not_charged", shown.shown_in
    if any(each.code == fact.code for each in scheme.annual):
        return "annual", ""
    if fact.status != "confirmed":
        return fact.status, part
    events = [*(veto.event for veto in scheme.vetoes), *(bonus.event for bonus in scheme.bonuses)]
    decided = any(fact.code in event.codes for event in events)
    return None if part or decided else ("not_in_scheme", "")
