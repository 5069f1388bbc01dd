"""Scheme and facts -> sheet. Pure and deterministic: no database, no clock, no float; the order of the facts does not matter.

All arithmetic is Decimal with 28 digits, half up. Each line is rounded once, to the scheme's places; the total is the sum of the lines and
needs no rounding; the comparable total is rounded once and the grade is read from the rounded number. Better evidence never lowers a total.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from .canonical import digest
from .evidence import UNASSIGNED, EvidenceRef, Fact, Population, merge
from .indicators import Met, Value, evaluate
from .scheme.parts import Bonus, Indicator, Scheme, Veto
from .sheet import Charged, Line, Sheet, Spared, State

CONTEXT = Context(prec=28, rounding=ROUND_HALF_UP)
ZERO = Decimal(0)


def score(scheme: Scheme, hall_id: str, window_id: str, month: str, facts: Iterable[Fact], populations: Iterable[Population] = ()) -> Sheet:
    """The sheet of one window, or another subject of the scheme, and month.

    Parameters
    ----------
    facts : of this window and month, in any order
    populations : the denominators of this window, for the lines to name; counts are taken from the facts
    """
    merged = merge(facts)
    known = tuple(sorted(populations, key=lambda each: each.name))
    with localcontext(CONTEXT):
        return _score(scheme, hall_id, window_id, month, merged, known)


def list_unassigned(scheme: Scheme, hall_id: str, month: str, facts: Iterable[Fact], populations: Iterable[Population] = ()) -> Sheet:
    """What belongs to no window: a sheet without lines and without a total, so that nothing is dropped and nobody is charged."""
    merged, known = merge(facts), tuple(populations)
    return Sheet(
        hall_id=hall_id,
        window_id=UNASSIGNED,
        month=month,
        scheme_id=scheme.id,
        scheme_version=scheme.version,
        scheme_digest=scheme.digest,
        source_mark=scheme.source.mark,
        state="not_applicable",
        total=None,
        earned=_rounded(scheme, ZERO),
        possible=ZERO,
        comparable=None,
        band=None,
        award=True,
        inputs_digest=digest_inputs(merged, known),
        lines=(),
        not_charged=tuple(
            sorted(
                Spared(each.kind, f"{each.status} {each.code}".strip(), "unassigned", each.count, evidence=each.evidence)
                for each in merged
                if each.kind in ("case", "rating", "finding")
            )
        ),
    )


def head_points(scheme: Scheme, sheet: Sheet) -> Decimal:
    """What the head of the window (首席代表) carries of a sheet's charges: of each deduction the share that the scheme says (K2: half)."""
    shares = {each.id: each.head_share for each in scheme.deductions}
    with localcontext(CONTEXT):
        carried = sum((each.points * shares[each.deduction] for line in sheet.lines for each in line.charges), ZERO)
        return _rounded(scheme, carried)


def digest_inputs(facts: Iterable[Fact], populations: Iterable[Population] = ()) -> str:
    """SHA-256 of what a sheet is scored from."""
    return digest(
        {
            "facts": [
                [f.window_id, f.kind, f.status, f.code, f.count, f.seconds, list(f.evidence), *([f.found_by] if f.found_by else [])]
                for f in merge(facts)
            ],
            "populations": sorted([p.window_id, p.name, p.count, p.digest] for p in populations),
        }
    )


def _score(scheme: Scheme, hall_id: str, window_id: str, month: str, facts: tuple[Fact, ...], populations: tuple[Population, ...]) -> Sheet:
    values = evaluate(scheme, facts, populations)
    lines: list[Line] = []
    spared = list(values.spared)
    for indicator in scheme.indicators:
        line, kept = _part_line(scheme, indicator, values.parts[indicator.id])
        lines.append(line)
        spared += kept
    parts = _sum(lines)
    left = scheme.bonus_at_most
    for bonus in scheme.bonuses:
        line = _bonus_line(scheme, bonus, values.bonuses[bonus.id], left)
        left -= line.points or ZERO
        lines.append(line)
    bonuses = _sum(lines) - parts
    possible = sum((each.weight for each in scheme.indicators if _scored(each, values.parts[each.id])), ZERO)
    applicable = sum((each.weight for each in scheme.indicators if values.parts[each.id].state != "not_applicable"), ZERO)
    state = _answer(scheme, possible, applicable)
    comparable = _rounded(scheme, parts * scheme.base / possible) + bonuses if possible else ZERO
    happened = [each for each in scheme.vetoes if values.vetoes[each.id].units]
    for veto in scheme.vetoes:
        effect = _sum(lines) if veto.effect == "zero_total" else ZERO
        lines.append(_veto_line(scheme, veto, values.vetoes[veto.id], effect))
    ranked = all(_ranked(each, values.parts[each.id]) for each in scheme.indicators)
    if any(each.effect == "zero_total" for each in happened):
        state, comparable = "value", ZERO  # a veto needs no other evidence
    comparable = _rounded(scheme, comparable * scheme.conversion)
    earned = _rounded(scheme, _sum(lines))  # lines have the places already; a sum of none gets them here
    band = scheme.band_of(comparable) if state == "value" and ranked else None
    if any(each.effect in ("zero_total", "lowest_band") for each in happened):
        band = scheme.bands[-1]
    return Sheet(
        hall_id=hall_id,
        window_id=window_id,
        month=month,
        scheme_id=scheme.id,
        scheme_version=scheme.version,
        scheme_digest=scheme.digest,
        source_mark=scheme.source.mark,
        state=state,
        total=earned if state == "value" else None,
        earned=earned,
        possible=possible,
        comparable=comparable if state == "value" and ranked else None,
        band=band.id if band else None,
        award=not any(each.effect == "no_award" for each in happened),
        inputs_digest=digest_inputs(facts, populations),
        lines=tuple(lines),
        not_charged=tuple(sorted(spared)),
    )


def _answer(scheme: Scheme, possible: Decimal, applicable: Decimal) -> State:
    """Whether enough of what applies could be scored to give a total."""
    if applicable == 0:
        return "not_applicable"
    return "value" if possible > 0 and possible >= scheme.minimum_share * applicable else "not_enough_evidence"


def _scored(indicator: Indicator, value: Value) -> bool:
    """Whether a part has points: it has a value, or so little is known that the scheme gives it all of them."""
    return value.state == "value" or (value.state == "not_enough_evidence" and indicator.minimum.below == "full_marks")


def _ranked(indicator: Indicator, value: Value) -> bool:
    """Whether what is known of a part lets the window be compared with others."""
    return value.state != "not_enough_evidence" or indicator.minimum.below != "not_ranked"


def _part_line(scheme: Scheme, indicator: Indicator, value: Value) -> tuple[Line, list[Spared]]:
    """A part: its full weight or weight times rate, less what is charged, never below the floor."""
    charges, refs, kept, taken = _charges(scheme, value)
    start = indicator.weight
    if indicator.measure.kind == "rate" and value.denominator:
        start = indicator.weight * Decimal(value.numerator or 0) / Decimal(value.denominator)
    points = _rounded(scheme, start - taken if indicator.floor is None else max(indicator.floor, start - taken))
    if value.state == "value" and indicator.floor is not None and start - taken < indicator.floor:
        over = _rounded(scheme, indicator.floor - (start - taken))
        kept.append(Spared("points", indicator.id, "floor", 1, indicator.id, format(over, "f")))
    if value.state != "value":
        refs = {EvidenceRef(each.id, "spared", "too_little") if each.role == "moved" else each for each in refs}
        charges, kept = (), []
    scored = value.state == "value"
    if not scored and _scored(indicator, value):
        points = _rounded(scheme, indicator.weight)
        kept.append(Spared("points", indicator.id, "full_marks", 1, indicator.id, format(points, "f")))
    worth = _rounded(scheme, taken)
    if indicator.measure.kind == "rate" and value.denominator:
        worth = _exact(Decimal(value.numerator or 0) / Decimal(value.denominator))
    line = Line(
        indicator=indicator.id,
        kind="indicator",
        state=value.state,
        value=worth if scored else None,
        weight=indicator.weight,
        points=points if _scored(indicator, value) else None,
        numerator=value.numerator,
        denominator=value.denominator,
        needed=value.needed,
        article=indicator.ground,
        charges=charges,
        evidence=tuple(sorted(refs | set(value.shown))),
        population=value.population.query if value.population else "",
        population_digest=value.population.digest if value.population else "",
    )
    return line, kept


def _charges(scheme: Scheme, value: Value) -> tuple[tuple[Charged, ...], set[EvidenceRef], list[Spared], Decimal]:
    """What each deduction takes, the evidence, what its limit spared, and all that is taken."""
    charges: list[Charged] = []
    refs: set[EvidenceRef] = set()
    kept: list[Spared] = []
    taken = ZERO
    for deduction, met in value.charges:
        refs |= {EvidenceRef(id, "moved") for id in met.moved} | set(met.spared)
        if not met.units:
            continue
        full = deduction.cost(met.units)
        points = full if deduction.at_most is None else min(full, deduction.at_most)
        if points < full:
            kept.append(Spared("points", deduction.id, "at_most", 1, value.id, format(_rounded(scheme, full - points), "f")))
        taken += points
        rounded = _rounded(scheme, points)
        charges.append(Charged(deduction.id, met.units, deduction.points, rounded, deduction.ground, deduction.event.ground, met.moved))
    return tuple(charges), refs, kept, taken


def _bonus_line(scheme: Scheme, bonus: Bonus, value: Value, left: Decimal) -> Line:
    """Points by steps of a share, up to the bonus's own limit and to what is left of the limit of all bonuses."""
    share = points = ZERO
    if bonus.per is not None:
        points = bonus.first_points * (value.numerator or 0)
    elif value.state == "value" and value.denominator:
        numerator, denominator = Decimal(value.numerator or 0), Decimal(value.denominator)
        share = numerator / denominator
        over = numerator - bonus.first_share * denominator  # compared in whole cases: a share of exactly 10 % is 10 %
        if over >= 0:
            points = bonus.first_points + bonus.step_points * (over // (bonus.step_share * denominator))
    scored = value.state == "value"
    return Line(
        indicator=bonus.id,
        kind="bonus",
        state=value.state,
        value=(Decimal(value.numerator or 0) if bonus.per is not None else _exact(share)) if scored else None,
        weight=None,
        points=_rounded(scheme, min(points, bonus.at_most, left)) if scored else None,
        numerator=value.numerator,
        denominator=value.denominator,
        needed=value.needed,
        article=bonus.ground,
        evidence=value.shown,
        population=value.population.query if value.population else "",
        population_digest=value.population.digest if value.population else "",
    )


def _veto_line(scheme: Scheme, veto: Veto, met: Met, effect: Decimal) -> Line:
    """A veto that fell takes what it says; one that did not adds nothing."""
    refs = {EvidenceRef(id, "moved") for id in met.moved} | set(met.spared)
    return Line(
        indicator=veto.id,
        kind="veto",
        state="value" if met.units else "not_applicable",
        value=Decimal(met.units) if met.units else None,
        weight=None,
        points=_rounded(scheme, -effect) if met.units else None,
        numerator=met.units,
        denominator=None,
        needed=0,
        article=veto.ground,
        evidence=tuple(sorted(refs)),
    )


def _sum(lines: Iterable[Line]) -> Decimal:
    return sum((each.points for each in lines if each.points is not None), ZERO)


def _rounded(scheme: Scheme, number: Decimal) -> Decimal:
    """Half up to the scheme's places."""
    return number.quantize(Decimal(1).scaleb(-scheme.places), rounding=ROUND_HALF_UP)


def _exact(number: Decimal) -> Decimal:
    """A rate to twelve places: shown, never computed with."""
    return number.quantize(Decimal("1E-12"), rounding=ROUND_HALF_UP).normalize()
