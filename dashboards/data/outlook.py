"""A plan's waits, simulated, and what they would do to the next assessment: where the two halves meet.

Five months of twenty working days, base and plan with the same citizens. Kept under the scenarios, the month and the journal's count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboards.data.kept import Kept
from dashboards.texts import Words
from simulation.carry import Carried
from simulation.demand import draw_demand
from simulation.satisfaction import Span
from simulation.scenario import Scenario
from simulation.serve import serve
from simulation.tickets import SENT_HOME, SERVED
from supervision.db.store import Store
from supervision.outlook import Change as Change
from supervision.outlook import Outlook as Outlook
from supervision.outlook import WindowOutlook as WindowOutlook
from supervision.outlook import look_ahead

MONTHS = 5
DAYS = 20
"""working days in a month, for the waits; the visits are the record's"""
SEED = 1
TEN = 10.0
"""minutes that effects are told for"""
LEAST = 0.01
"""changes below are not worth a row"""
ONE = 1.0
"""bad ratings a month: a change that is surely below is no ground for a plan"""

_waits: Kept[dict[str, NDArray[np.float64]]] = Kept(16)
_outlooks: Kept[Outlook] = Kept(24)


def waits_by_service(
    scenario: Scenario, seed: int = SEED, progress: Callable[[int, int | None, float | None], None] | None = None
) -> dict[str, NDArray[np.float64]]:
    """Service of the file -> minutes waited by everybody called in the simulated months."""
    found: dict[str, list[NDArray[np.float64]]] = defaultdict(list)
    of = np.array([each.of for each in scenario.services])
    for month in range(MONTHS):
        carried: Carried | None = None
        for day in range(DAYS):
            log, carried = serve(scenario, draw_demand(scenario, seed, month, day), carried)
            told = np.isin(log.outcome, (SERVED, SENT_HOME)) & ~np.isnan(log.called)
            services, wait = of[log.service[told]], (log.called - log.arrival)[told]
            for name in np.unique(services):
                found[str(name)].append(wait[services == name])
            if progress is not None:
                progress(month * DAYS + day + 1, MONTHS * DAYS, None)
    return {name: np.concatenate(several) for name, several in found.items()}


def outlook(
    store: Store,
    hall: str,
    month: str,
    base: Scenario,
    plan: Scenario,
    scheme: str,
    *,
    stated: tuple[float, float, float] | None = None,
    seed: int = SEED,
    progress: Callable[[int, int | None, float | None], None] | None = None,
) -> Outlook:
    """The expected effect of a plan on an assessment like that of the month.

    Parameters
    ----------
    stated : by how much ten minutes more multiply bad ratings and complaints, with its ends, instead of what the record tells

    Raises BadInput as `supervision.outlook.look_ahead` does.
    """
    first, second = (
        _waits.get_or_make((each.digest, seed), lambda each=each: waits_by_service(each, seed, progress)) for each in (base, plan)
    )
    span = None if stated is None else Span(*(float(np.log(each) / TEN) for each in stated))
    arrivals = {name: len(second[name]) / len(first[name]) for name in first if name in second}
    key = (str(store.head()), hall, month, base.digest, plan.digest, scheme, stated, seed)
    return _outlooks.get_or_make(
        key, lambda: look_ahead(store, hall, month, first, second, arrivals=arrivals, scheme=scheme, stated=span, seed=seed)
    )


def as_data(found: Outlook) -> dict[str, Any]:
    """For JSON."""
    effects = {}
    for name, effect, by_ticket, left_out in zip(
        ("bad_ratings", "complaints"), (found.ratings, found.complaints), found.by_ticket, found.left_out, strict=True
    ):
        ratio = effect.ratio(TEN)
        effects[name] = {
            "verdict": effect.verdict, "events": effect.events, "visits": effect.visits, "dispersion": effect.dispersion,
            "ratio_of_ten_minutes": None if ratio is None else ratio._asdict(), "level": effect.level, "longest_wait_seen": effect.longest,
            "waits": "ticket" if by_ticket else "day", "left_out": left_out,
        }  # fmt: skip
    return {
        "hall": found.hall_id, "month": found.month, "months": found.months, "scheme": found.scheme, "tells": found.tells,
        "unknown_visits": found.unknown, "effects": effects, "whole": _window(found.hall),
        "windows": [_window(each) for each in found.windows],
    }  # fmt: skip


def _window(each: WindowOutlook) -> dict[str, Any]:
    told = {"bad_ratings": each.bad_ratings, "complaints": each.complaints, "points": each.points}
    changes = {
        name: None if change is None else {side: getattr(change, side)._asdict() for side in ("base", "plan", "difference")}
        for name, change in told.items()
    }
    return {"window": each.window_id, "visits": each.visits, **changes, "beyond": each.beyond}


def sentence(words: Words, found: Outlook) -> str:
    """So what: the effect on the next assessment in one sentence."""
    difference = found.hall.bad_ratings.difference
    if not found.tells:
        key = "outlook_cannot_tell"
    elif difference.low <= 0 <= difference.high:
        key = "outlook_no_clear_change"
    elif max(abs(difference.low), abs(difference.high)) < ONE:
        key = "outlook_small"
    else:
        key = "outlook_fewer" if difference.value < 0 else "outlook_more"
    low, high = sorted(abs(each) for each in (difference.low, difference.high))
    facts = {"size": f"{abs(difference.value):,.2f}", "low": f"{low:,.2f}", "high": f"{high:,.2f}"}
    return words(key, events=found.ratings.events, complaints=found.complaints.events, months=found.months, month=found.month, **facts)


def effects(words: Words, found: Outlook) -> list[str]:
    """What ten minutes more do to bad ratings and to complaints, and how sure that is."""
    told = []
    for name, effect in (("bad_ratings", found.ratings), ("complaints", found.complaints)):
        ratio = effect.ratio(TEN)
        facts = {"what": words(f"outlook_{name}"), "events": f"{effect.events:,}", "visits": f"{effect.visits:,}"}
        if ratio is None:
            told.append(words("outlook_nothing_to_compare", **facts))
            continue
        facts |= {key: _times(each) for key, each in ratio._asdict().items()}
        told.append(words("outlook_effect", **facts, verdict=words(f"outlook_verdict_{effect.verdict.replace(' ', '_')}")))
    return told


def notes(words: Words, found: Outlook, is_stated: bool) -> list[str]:
    """What the answer stands on, assumptions marked as such."""
    told = [words("outlook_like_last", month=found.month, scheme=found.scheme)]
    if is_stated:
        told.append(words("outlook_is_stated"))
    if not found.by_ticket[0]:
        told.append(words("outlook_by_day"))
    if sum(found.left_out):
        told.append(words("outlook_left_out", count=sum(found.left_out)))
    if found.unknown:
        told.append(words("outlook_unknown", visits=f"{found.unknown:,}"))
    if found.hall.beyond > 0.01:
        told.append(words("outlook_beyond", share=f"{100 * found.hall.beyond:.0f}"))
    return told


def moved(found: Outlook) -> list[WindowOutlook]:
    """The windows whose figures may change by a hundredth, the most first; none where nothing tells what waiting does."""
    told = [each for each in found.windows if max(abs(end) for end in each.bad_ratings.difference[1:]) >= LEAST] if found.tells else []
    return sorted(told, key=lambda each: -abs(each.bad_ratings.difference.value))


def span(change: Change | None) -> str:
    """The plan less the base, with its interval; a dash where there is none."""
    if change is None:
        return "–"
    value, low, high = (f"{each:,.2f}" for each in change.difference)
    return f"{value} [{low}, {high}]"


def _times(ratio: float) -> str:
    """A factor as people read it; what is below a hundredth or above a hundred is no more than that."""
    return "< 0.01" if ratio < 0.01 else "> 100" if ratio > 100 else f"{ratio:.2f}"
