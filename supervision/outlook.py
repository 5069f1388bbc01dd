"""What other waits would do to next month's assessment: the record tells what waiting does to bad ratings, a plan tells the waits.

A window's expected number of bad ratings is its visits of a month, each weighted by what its wait does (``simulation.satisfaction``). Its
expected points are the mean, over how many bad ratings and upheld complaints such a month may bring (Poisson), of what the scheme gives a
month that is otherwise as the one before. All comes as the plan against the base, draw by draw, so what is not known of both falls out.

Assumes: next month's visits, windows and everything else are as last month's; a complaint is upheld as often as in the record; bad ratings
are of level 1 as often as there. Not part of any sheet, and no ground for points: a prediction with its interval, that says when the
record cannot tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation.satisfaction import DRAWS, Seen, Span, WaitEffect, beyond, expect, interval_of, learn

from .db.answers import Answers, Cells, read_answers
from .db.facts import count_facts
from .db.journal_rows import head
from .evidence import UNASSIGNED, Fact
from .faults import BadInput, fault
from .inspection import UPHELD
from .month import Month, month_of
from .monthly import scheme_of
from .scoring import score

if TYPE_CHECKING:
    from .db.store import Store
    from .scheme.parts import Scheme

Floats = NDArray[np.float64]
Waits = Mapping[str, Floats]
"""Service -> minutes waited by those who were called, of any number of days."""
MONTHS = 12
"""How many months back the effect is learned from."""
_MOST = 60
"""Bad ratings, or upheld complaints, of a window in a month beyond which points are taken to be as with so many."""
_LEAST_SHARE = 0.5
"""Share of the month's visits whose service the plan must know."""


@dataclass(frozen=True, slots=True)
class Change:
    """A figure of the base, of the plan, and the plan's less the base's."""

    base: Span
    plan: Span
    difference: Span


@dataclass(frozen=True, slots=True)
class WindowOutlook:
    """One department window, or the hall (``""``), in a month like the last."""

    window_id: str
    visits: int
    bad_ratings: Change
    complaints: Change
    points: Change | None
    """Under the scheme; None of the hall, and where there is no total."""
    beyond: float
    """Share of the plan's visits that wait longer than what was seen."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """The expected effect of a plan on the next assessment."""

    hall_id: str
    month: str
    """The last month: next month is taken to be like it."""
    months: int
    """Months that the effects were learned from."""
    scheme: str
    ratings: WaitEffect
    complaints: WaitEffect
    by_ticket: tuple[bool, bool]
    """Of ratings and complaints: whether waits are the citizens' own, not those of the window's day."""
    left_out: tuple[int, int]
    unknown: int
    """Visits of services that the plan does not know: taken out of both sides."""
    hall: WindowOutlook
    windows: tuple[WindowOutlook, ...]

    @property
    def tells(self) -> bool:
        """Whether the record, or what was stated, tells that waiting moves bad ratings or complaints."""
        return any(each.verdict in ("raises", "lowers", "stated") for each in (self.ratings, self.complaints))


def look_ahead(
    store: Store,
    hall: str,
    month: str | Month,
    base: Waits,
    plan: Waits,
    *,
    arrivals: Mapping[str, float] | None = None,
    scheme: str,
    stated: Span | None = None,
    seed: int = 1,
) -> Outlook:
    """What a plan's waits would do to the assessment of a month like this one.

    Parameters
    ----------
    base, plan : waits by service, simulated on the same days
    arrivals : service -> called citizens of the plan for each of the base; 1 where it says nothing
    stated : log rate ratio of a minute, of bad ratings and complaints alike, instead of what the record tells; an assumption

    Raises BadInput for a hall, month or scheme that is not there, a month without tickets, and waits of services that are not the hall's.
    """
    wanted = month_of(month)
    chosen = scheme_of(store, hall, scheme, month=wanted)
    if chosen.subject not in ("window", "township"):
        raise BadInput([fault("scheme_other_subject", f"{chosen.id}/{chosen.version}", chosen.subject)])
    first = _months_before(wanted, MONTHS - 1)
    with store.read() as session:
        as_of = head(session).count
        facts = count_facts(session, hall, wanted, as_of, asked=chosen.asked)
        answers = read_answers(session, hall, first, wanted.last_day, wanted.first_day, as_of)
    windows = _known(answers, base, plan, f'hall "{hall}": {wanted}')
    effects = tuple(learn(_seen(each), stated=stated, seed=seed + at) for at, each in enumerate((answers.ratings, answers.complaints)))
    shares = _upheld_share(facts.facts, answers), _lowest_share(facts.facts)
    found, draws = [], []
    for window, services in sorted(windows.items()):
        drawn = [_drawn(effect, window, services, base, plan, arrivals or {}) for effect in effects]
        own = facts.of(window)
        points = _points(chosen, hall, window, str(wanted), own[0], drawn, shares)
        late = beyond(effects[0], *_mixture(services, plan, {}))
        found.append(WindowOutlook(window, sum(services.values()), _change(*drawn[0]), _change(*drawn[1]), points, late))
        draws.append(drawn)
    whole = [[np.sum([each[kind][side] for each in draws], axis=0) for side in (0, 1)] for kind in (0, 1)]
    visits = sum(each.visits for each in found)
    late = sum(each.beyond * each.visits for each in found) / visits
    return Outlook(
        hall, str(wanted), len({each.day[:7] for each in answers.ratings.cells}), f"{chosen.id}/{chosen.version}", effects[0], effects[1],
        (answers.ratings.by_ticket, answers.complaints.by_ticket), (answers.ratings.left_out, answers.complaints.left_out),
        sum(answers.visits.values()) - visits,
        WindowOutlook("", visits, _change(*whole[0]), _change(*whole[1]), None, late), tuple(found),
    )  # fmt: skip


def _months_before(month: Month, many: int) -> date:
    for _ in range(many):
        month = month.previous()
    return month.first_day


def _seen(cells: Cells) -> Seen:
    rows = cells.cells
    return Seen(
        [each.window_id for each in rows], [each.day for each in rows], np.array([each.minutes for each in rows], np.float64),
        np.array([each.visits for each in rows], np.int64), np.array([each.events for each in rows], np.int64),
    )  # fmt: skip


def _known(answers: Answers, base: Waits, plan: Waits, place: str) -> dict[str, dict[str, int]]:
    """Window -> service -> visits, of services whose waits both sides know. Raises BadInput if that is less than half of them."""
    if not answers.visits:
        raise BadInput([fault("outlook_no_tickets", place)])
    known: dict[str, dict[str, int]] = {}
    for (window, service), visits in answers.visits.items():
        if window != UNASSIGNED and len(base.get(service, ())) and len(plan.get(service, ())):
            known.setdefault(window, {})[service] = visits
    share = sum(sum(each.values()) for each in known.values()) / sum(answers.visits.values())
    if share < _LEAST_SHARE:
        missing = sorted({service for _, service in answers.visits} - set(base))
        raise BadInput([fault("outlook_other_services", place, f"{100 * share:.0f} %", missing=", ".join(missing[:5]) or "-")])
    return known


def _mixture(services: Mapping[str, int], waits: Waits, arrivals: Mapping[str, float]) -> tuple[Floats, Floats]:
    """Waits of a window and how many visits each stands for."""
    minutes = np.concatenate([waits[each] for each in services])
    many = [np.full(len(waits[each]), visits * arrivals.get(each, 1.0) / len(waits[each])) for each, visits in services.items()]
    return minutes, np.concatenate(many)


def _drawn(
    effect: WaitEffect, window: str, services: Mapping[str, int], base: Waits, plan: Waits, arrivals: Mapping[str, float]
) -> tuple[Floats, Floats]:
    return expect(effect, window, *_mixture(services, base, {})), expect(effect, window, *_mixture(services, plan, arrivals))


def _change(base: Floats, plan: Floats) -> Change:
    return Change(interval_of(base), interval_of(plan), interval_of(plan - base))


def _upheld_share(facts: Sequence[Fact], answers: Answers) -> float:
    """Upheld complaints of the month for each that came in a month; 1 at most."""
    upheld = sum(each.count for each in facts if each.kind == "finding" and each.code == UPHELD and each.status == "confirmed")
    months = max(1, len({each.day[:7] for each in answers.complaints.cells}))
    came = sum(each.events for each in answers.complaints.cells) / months
    return min(1.0, upheld / came) if came else 0.0


def _lowest_share(facts: Sequence[Fact]) -> float:
    """Of the bad ratings that stand, the share of level 1; all of level 2 where there are none."""
    levels = {level: sum(each.count for each in facts if _is_bad(each) and each.code == level) for level in ("1", "2")}
    bad = sum(levels.values())
    return levels["1"] / bad if bad else 0.0


def _is_bad(fact: Fact) -> bool:
    return fact.kind == "rating" and fact.status == "valid" and fact.code in ("1", "2")


def _points(
    scheme: Scheme,
    hall: str,
    window: str,
    month: str,
    facts: Sequence[Fact],
    drawn: Sequence[tuple[Floats, Floats]],
    shares: tuple[float, float],
) -> Change | None:
    """Expected points of both sides; None where such a month has no total."""
    from scipy.stats import poisson

    upheld, lowest = shares
    means = [drawn[0], (drawn[1][0] * upheld, drawn[1][1] * upheld)]
    most = [min(_MOST, int(poisson.ppf(0.9999, max(float(np.quantile(side, 0.975)) for side in pair)))) for pair in means]
    others = [each for each in facts if not _is_bad(each) and not (each.kind == "finding" and each.code == UPHELD)]
    totals = np.full((most[0] + 1, most[1] + 1), np.nan)
    for bad in range(most[0] + 1):
        first = round(bad * lowest)
        ratings = [Fact(window, "rating", "valid", code, count) for code, count in (("1", first), ("2", bad - first)) if count]
        for complaints in range(most[1] + 1):
            findings = [Fact(window, "finding", "confirmed", UPHELD, complaints)] if complaints else []
            total = score(scheme, hall, window, month, [*others, *ratings, *findings]).total
            totals[bad, complaints] = np.nan if total is None else float(total)
    if np.isnan(totals).any():
        return None
    sides = []
    for side in (0, 1):
        chances = [_chances(means[kind][side], most[kind]) for kind in (0, 1)]
        sides.append(np.einsum("db,bc,dc->d", chances[0], totals, chances[1]))
    return _change(sides[0], sides[1])


def _chances(mean: Floats, most: int) -> Floats:
    """(DRAWS, most + 1) chance of each number; what lies beyond the most counts as the most."""
    from scipy.stats import poisson

    chance = np.asarray(poisson.pmf(np.arange(most + 1), np.broadcast_to(mean, (DRAWS,))[:, None]), np.float64)
    chance[:, -1] += 1 - chance.sum(axis=1)
    return chance
