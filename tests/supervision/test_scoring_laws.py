"""Laws that every sheet obeys, whatever the facts: lines add, order does not matter, better evidence never costs, a veto decides."""

from __future__ import annotations

import dataclasses
import random
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supervision.evidence import Fact
from supervision.inspection import checklist
from supervision.scheme import Band, Event, Measure, Minimum, Name, Scheme, Veto, load_scheme
from supervision.scoring import score
from supervision.sheet import Sheet, read_sheet_text

K12 = load_scheme("k12")
CODES = sorted(checklist())


@dataclasses.dataclass(frozen=True)
class Case:
    """One case of a window's month; late: working days, or None if on time."""

    late: int | None
    early: int = 0
    reminded: bool = False


@dataclasses.dataclass(frozen=True)
class Month:
    """One window's month, record by record."""

    cases: tuple[Case, ...]
    ratings: tuple[tuple[str, int], ...]
    """Standing and level."""
    findings: tuple[tuple[str, str], ...]
    """Standing and code."""
    clean_checks: int

    def facts(self) -> list[Fact]:
        facts = []
        for number, case in enumerate(self.cases):
            id = f"case:{number}"
            if case.late is None:
                facts.append(Fact("W1", "case", "ended_on_time", "promised", 1))
                if case.early and not case.reminded:
                    facts.append(Fact("W1", "early", "ended", str(case.early), 1))
            else:
                facts.append(Fact("W1", "case", "ended_overdue", "promised", 1, 0, (id,)))
                facts.append(Fact("W1", "lateness", "ended", str(case.late), 1, 3600, (id,)))
        facts += self.runs()
        for number, (status, level) in enumerate(self.ratings):
            facts.append(Fact("W1", "rating", status, str(level), 1, 0, (f"rating:{number}",) if level <= 2 else ()))
        for number, (status, code) in enumerate(self.findings):
            facts.append(Fact("W1", "finding", status, code, 1, 0, (f"finding:{number}",)))
        facts += [Fact("W1", "check", "done", "", 1)] * (self.clean_checks + len(self.findings))
        return facts

    def runs(self) -> list[Fact]:
        """Runs of reminded cases, in the order of the cases; an overdue case, or one without a reminder, ends a run."""
        runs, run = [], []
        for number, case in [*enumerate(self.cases), (0, Case(None))]:
            if case.late is None and case.reminded:
                run.append(f"case:{number}")
            elif run:
                runs.append(Fact("W1", "reminder", "sent", run[0], len(run), 0, tuple(run)))
                run = []
        return runs

    def sheet(self, scheme: Scheme = K12) -> Sheet:
        return score(scheme, "H", "W1", "2022-11", self.facts())


cases = st.builds(Case, st.one_of(st.none(), st.none(), st.integers(0, 9)), st.integers(0, 5), st.booleans())
ratings = st.tuples(st.sampled_from(["valid", "valid", "valid", "mistaken", "contested", "default"]), st.integers(1, 5))
findings = st.tuples(st.sampled_from(["confirmed", "confirmed", "disputed", "withdrawn"]), st.sampled_from(CODES))
months = st.builds(
    Month,
    st.lists(cases, max_size=25).map(tuple),
    st.lists(ratings, max_size=25).map(tuple),
    st.lists(findings, max_size=12).map(tuple),
    st.integers(0, 2),
)


@given(months)
@settings(max_examples=150, deadline=None)
def test_lines_add_to_the_total_and_stay_within_their_bounds(month: Month) -> None:
    sheet = month.sheet()
    assert sheet.earned == sum((line.points for line in sheet.lines if line.points is not None), Decimal(0))
    assert sheet.total in (None, sheet.earned)
    assert (sheet.total is None) == (sheet.state != "value") == (sheet.comparable is None) == (sheet.band is None)
    assert 0 <= sheet.earned <= K12.maximum
    for line in sheet.lines:
        assert (line.points is None) == (line.state != "value")
        if line.points is not None:
            assert line.points == line.points.quantize(Decimal("0.01"))
            if line.kind == "indicator":
                assert K12.indicator(line.indicator).floor <= line.points <= K12.indicator(line.indicator).weight
    if sheet.possible == K12.base:
        assert sheet.comparable == sheet.total


@given(months, st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_order_of_the_facts_does_not_matter(month: Month, chance: random.Random) -> None:
    facts = month.facts()
    chance.shuffle(facts)
    assert score(K12, "H", "W1", "2022-11", facts).text() == month.sheet().text()


@given(months)
@settings(max_examples=60, deadline=None)
def test_a_sheet_reads_back_from_its_text(month: Month) -> None:
    sheet = month.sheet()
    assert read_sheet_text(sheet.text()) == sheet
    assert read_sheet_text(sheet.text()).digest == sheet.digest


@given(months, st.data())
@settings(max_examples=300, deadline=None)
def test_better_evidence_never_lowers_a_score(month: Month, data: st.DataObject) -> None:
    """A case on time, less late or earlier; a rating better, or found mistaken; a finding disputed or withdrawn; one more clean check or
    good rating."""
    better = _better(month, data)
    before, after = month.sheet(), better.sheet()
    assert after.earned >= before.earned
    for line in before.lines:
        if line.kind != "veto" and line.points is not None:
            improved = after.line(line.indicator).points
            assert improved is not None
            assert improved >= line.points, line.indicator
    if before.possible == after.possible and before.comparable is not None:
        assert after.comparable is not None
        assert after.comparable >= before.comparable


def _better(month: Month, data: st.DataObject) -> Month:
    cases, ratings, findings = list(month.cases), list(month.ratings), list(month.findings)
    what = data.draw(st.sampled_from(["case", "rating", "finding", "check", "praise"]))
    if what == "case" and cases:
        at = data.draw(st.integers(0, len(cases) - 1))
        case = cases[at]
        if case.late is None:
            cases[at] = Case(None, case.early, False) if case.reminded else Case(None, case.early + 1)
        else:
            cases[at] = Case(data.draw(st.one_of(st.none(), st.integers(0, case.late))), case.early, data.draw(st.booleans()))
    elif what == "rating" and ratings:
        at = data.draw(st.integers(0, len(ratings) - 1))
        status, level = ratings[at]
        if status == "valid" and level <= 2 and data.draw(st.booleans()):
            ratings[at] = (data.draw(st.sampled_from(["mistaken", "malicious", "contested"])), level)
        else:
            ratings[at] = (status, min(5, level + 1))
    elif what == "finding" and findings:
        at = data.draw(st.integers(0, len(findings) - 1))
        findings[at] = (data.draw(st.sampled_from(["disputed", "withdrawn"])), findings[at][1])
    elif what == "praise":
        ratings.append(("valid", 5))
    return Month(tuple(cases), tuple(ratings), tuple(findings), month.clean_checks + (what == "check"))


@given(months, st.sampled_from(["zero_total", "lowest_band"]))
@settings(max_examples=100, deadline=None)
def test_a_veto_dominates(month: Month, effect: str) -> None:
    """Whatever else happened, and however little is known."""
    veto = Veto("ruin", Name("一票否决", "veto"), Event("finding", ("quarrel",)), effect, "K7")  # type: ignore[arg-type]
    scheme = dataclasses.replace(K12, vetoes=(veto,))
    fallen = dataclasses.replace(month, findings=(*month.findings, ("confirmed", "quarrel"))).sheet(scheme)
    assert fallen.band == "unqualified"
    assert fallen.earned == sum((line.points for line in fallen.lines if line.points is not None), Decimal(0))
    if effect == "zero_total":
        assert (fallen.total, fallen.comparable) == (Decimal("0.00"), Decimal("0.00"))
    others = tuple(each for each in month.findings if each[1] != "quarrel")
    contested = dataclasses.replace(month, findings=(*others, ("disputed", "quarrel"))).sheet(scheme)
    assert contested.line("ruin").state == "not_applicable"
    assert contested.line("ruin").evidence[0].role == "contested"


def rated(numerator: int, denominator: int) -> Sheet:
    """A sheet whose total is 100 times a rate of good ratings, graded at 90."""
    measure, minimum = Measure("rate", "good_ratings"), Minimum("ratings", 1, "not_enough_evidence", "K")
    part = dataclasses.replace(K12.indicators[0], id="rate", weight=Decimal(100), measure=measure, minimum=minimum)
    bands = (Band("good", Name("优", "good"), Decimal(90), None, "K"), Band("rest", Name("其他", "rest"), None, Decimal(90), "K"))
    scheme = dataclasses.replace(K12, indicators=(part,), deductions=(), bonuses=(), vetoes=(), bands=bands, not_charged=())
    facts = [Fact("W1", "rating", "valid", "5", numerator), Fact("W1", "rating", "valid", "1", denominator - numerator)]
    return score(scheme, "H", "W1", "2022-11", facts)


@pytest.mark.parametrize(
    ("numerator", "denominator", "total", "band"),
    [
        (17999, 20000, "90.00", "good"),  # 89.995: half up, and the grade is read from the rounded number
        (89994, 100000, "89.99", "rest"),
        (90004, 100000, "90.00", "good"),
        (9000, 10000, "90.00", "good"),
        (2, 3, "66.67", "rest"),
        (1, 3, "33.33", "rest"),
        (0, 3, "0.00", "rest"),
    ],
)
def test_totals_are_rounded_half_up_once(numerator: int, denominator: int, total: str, band: str) -> None:
    sheet = rated(numerator, denominator)
    assert sheet.total is not None
    assert (format(sheet.total, "f"), sheet.band) == (total, band)


def test_nothing_rated_is_not_a_rate_of_zero() -> None:
    assert rated(0, 0).line("rate").state == "not_enough_evidence"
    assert rated(0, 1).line("rate").points == 0


def test_many_facts_score_like_one() -> None:
    """Counts merged or one by one, in any order, give the same bytes."""
    facts = [Fact("W1", "case", "ended_on_time", "promised", 1, 60)] * 20_000 + [Fact("W1", "rating", "valid", "5", 1)] * 20_000
    random.Random(5).shuffle(facts)
    together = [Fact("W1", "case", "ended_on_time", "promised", 20_000, 1_200_000), Fact("W1", "rating", "valid", "5", 20_000)]
    assert score(K12, "H", "W1", "2022-11", facts).digest == score(K12, "H", "W1", "2022-11", together).digest


@pytest.mark.parametrize("deduction", [each for each in K12.deductions if each.event.kind == "finding"], ids=lambda each: each.id)
def test_each_finding_costs_what_the_scheme_says(deduction) -> None:  # type: ignore[no-untyped-def]
    """One finding of each code takes exactly its points, from its own part and from no other."""
    clean = Month((Case(None),), (("valid", 5),) * 10, (), 1)
    for code in deduction.event.codes:
        before, after = clean.sheet(), dataclasses.replace(clean, findings=(("confirmed", code),)).sheet()
        fell = {line.indicator: before.line(line.indicator).points - line.points for line in after.lines if line.kind == "indicator"}  # type: ignore[operator]
        weight = K12.indicator(deduction.charged_in).weight
        assert {id: points for id, points in fell.items() if points} == {deduction.charged_in: min(deduction.points, weight)}
        (charge,) = after.line(deduction.charged_in).charges
        assert (charge.deduction, charge.units, charge.article, charge.evidence) == (deduction.id, 1, deduction.ground, ("finding:0",))
