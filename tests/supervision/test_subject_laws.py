"""The laws of a sheet for every kind of subject and every kind of fact: lines add, order does not matter, better evidence never costs,
withdrawing evidence undoes exactly its lines, a veto decides."""

from __future__ import annotations

import dataclasses
import random
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supervision.evidence import Fact
from supervision.inspection import checklist
from supervision.scheme import Event, Name, Scheme, Veto, load_scheme
from supervision.scoring import score
from supervision.sheet import Sheet

K13 = dataclasses.replace(load_scheme("k13"), conversion=Decimal("0.85"))
SCHEMES = [*map(load_scheme, ("k3-staff", "k6-heads", "ouhai")), K13, dataclasses.replace(load_scheme("k12"), subject="hall")]
CODES = sorted(checklist())
Record = tuple[Fact, ...]
"""The facts that one record makes."""


def _case(number: int, late: int | None, kind: str) -> Record:
    if late is None:
        return (Fact("S", "case", "ended_on_time", kind, 1),)
    id = f"case:{number}"
    return Fact("S", "case", "ended_overdue", kind, 1, 0, (id,)), Fact("S", "lateness", "ended", str(late), 1, 60, (id,))


kinds = st.sampled_from(["promised", "promised", "unknown"])
cases = st.lists(st.tuples(st.one_of(st.none(), st.integers(0, 6)), kinds), max_size=12)
ratings = st.lists(st.integers(1, 5), max_size=15)
findings = st.lists(st.sampled_from(CODES), max_size=8)
papers = st.lists(st.tuples(st.sampled_from(["promise_and_record", "accept_with_missing", "build_first"]), st.integers(0, 9)), max_size=4)
hidden = st.lists(st.integers(0, 9), max_size=3)
promises = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 20)), max_size=3)


@st.composite
def months(draw: st.DrawFn) -> list[Record]:
    """The records of a subject's month."""
    rows: list[Record] = [_case(number, *each) for number, each in enumerate(draw(cases))]
    rows += [
        (Fact("S", "rating", "valid", str(level), 1, 0, (f"rating:{n}",) if level <= 2 else ()),) for n, level in enumerate(draw(ratings))
    ]
    rows += [(Fact("S", "finding", "confirmed", code, 1, 0, (f"finding:{n}",)),) for n, code in enumerate(draw(findings))]
    rows += [(Fact("S", "paper", kind, str(days), 1, 0, (f"paper:{n} x",)),) for n, (kind, days) in enumerate(draw(papers))]
    rows += [(Fact("S", "hidden", "open", str(days), 1, 0, (f"receipt:{n}",)),) for n, days in enumerate(draw(hidden))]
    rows += [(Fact("S", "promise", "compared", f"{a}/{b}", 1, 0, (f"service:{n}",)),) for n, (a, b) in enumerate(draw(promises))]
    return [*rows, (Fact("S", "check", "done", "", 1),) * (1 + sum(row[0].kind == "finding" for row in rows))]


def sheet(scheme: Scheme, records: list[Record]) -> Sheet:
    return score(scheme, "H", "S", "2024-05", [fact for record in records for fact in record])


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda each: f"{each.id}-{each.subject}")
@given(months(), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_lines_add_and_the_order_does_not_matter(scheme: Scheme, month: list[Record], chance: random.Random) -> None:
    made = sheet(scheme, month)
    assert made.earned == sum((line.points for line in made.lines if line.points is not None), Decimal(0))
    if made.possible == scheme.base and made.comparable is not None:
        assert made.comparable == (made.earned * scheme.conversion).quantize(Decimal("0.01"), rounding="ROUND_HALF_UP")
    shuffled = list(month)
    chance.shuffle(shuffled)
    assert sheet(scheme, shuffled).text() == made.text()


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda each: f"{each.id}-{each.subject}")
@given(months(), st.data())
@settings(max_examples=40, deadline=None)
def test_better_evidence_never_costs_and_undoes_exactly_its_lines(scheme: Scheme, month: list[Record], data: st.DataObject) -> None:
    """A record found to be no fault: an overdue case on time, a bad rating mistaken, a finding withdrawn, a paper or receipt excused. Lines
    that did not name it stand; those that did never fall."""
    bad = [at for at, record in enumerate(month) if record[-1].evidence and record[0].kind != "promise"]
    if not bad:
        return
    at = data.draw(st.sampled_from(bad))
    (*_, last) = month[at]
    better: Record
    match last.kind:
        case "lateness":
            better = (Fact("S", "case", "ended_on_time", month[at][0].code, 1),)
        case "rating":
            better = (dataclasses.replace(last, status="mistaken"),)
        case "finding":
            better = (dataclasses.replace(last, status="withdrawn"),)
        case _:
            better = (dataclasses.replace(last, status="excused"),)
    before, after = sheet(scheme, month), sheet(scheme, [*month[:at], better, *month[at + 1 :]])
    helps = last.kind != "finding" or last.code != "commended"  # a commendation taken back earns nothing
    for line in before.lines:
        own = {ref.id for ref in line.evidence} & set(last.evidence)
        then = after.line(line.indicator)
        if not own:
            assert then.points == line.points, line.indicator
        elif helps and line.kind != "veto" and line.points is not None and then.points is not None:
            assert then.points >= line.points, line.indicator
    if helps and before.possible == after.possible:
        assert after.earned >= before.earned


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda each: f"{each.id}-{each.subject}")
@given(months())
@settings(max_examples=15, deadline=None)
def test_a_veto_dominates(scheme: Scheme, month: list[Record]) -> None:
    veto = Veto("ruin", Name("一票否决", "veto"), Event("finding", ("quarrel",)), "zero_total", "K7")
    quarrel = (Fact("S", "finding", "confirmed", "quarrel", 1, 0, ("finding:q",)),)
    fallen = sheet(dataclasses.replace(scheme, vetoes=(veto,)), [*month, quarrel])
    assert (fallen.total, fallen.comparable, fallen.band) == (Decimal("0.00"), Decimal("0.00"), scheme.bands[-1].id)
    assert fallen.earned == sum((line.points for line in fallen.lines if line.points is not None), Decimal(0)) == 0
