"""A plan where people choose a place by the way there and the wait: before, as planned, and where shares and simulated waits agree.

Before: the constants of `choice` are fitted at every step, so that today's shares are those of the file at today's waits. As planned:
fitted once more to the shares that the plan says, at today's waits. After: the constants stay, and people follow the waits that they
cause. The difference of the last two is the rebound: who comes back because the hall has become quicker.

Every site has the same days and citizens at every step (common random numbers), those with which `answer` judges it. Beginning from today's
waits and from none at all shows whether more than one answer can be found that way; that both agree proves nothing about others.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from simulation.district.answer import AS_IT_IS, LEVEL, DistrictFound, Tell, days_for, judge_flows, seed_of
from simulation.district.choice import SETTLED, Settled, Waits, apart, cost, fitted, flows_chosen, menus_of, settle
from simulation.district.flows import Flow, by_kind, flows_of, moved
from simulation.district.inputs import Choice, District, Plan
from simulation.district.sites import Site, arrivals, sites_of
from simulation.experiment import Workers, experiment

PASSES = 30
"""over all sites, about, for the share of the work that is told"""
ALIKE = SETTLED / 2
"""share of a site's cases"""
AGREE = 0.005
"""share of the cases by which two ends may differ and still be called one"""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What becomes of a plan where people choose."""

    choice: Choice
    found: DistrictFound
    """before and after"""
    planned: list[Flow] = field(repr=False)
    """where the plan sends people, at today's waits"""
    before: Settled
    after: Settled
    ends_apart: float
    """share of the cases that would be elsewhere, had the search begun without waits"""
    simulated: int
    seconds: float

    @property
    def agreed(self) -> bool:
        """Whether waits and shares agree, before and after."""
        return self.before.agreed and self.after.agreed

    @property
    def one_end(self) -> bool:
        """Whether both beginnings end at the same shares."""
        return self.ends_apart <= AGREE

    def rebound(self) -> dict[str, tuple[float, float, float]]:
        """Kind -> cases a year before, as planned, and after."""
        before, planned, after = (by_kind(each) for each in (self.found.flows[0], self.planned, self.found.flows[1]))
        return {kind: (before.get(kind, 0.0), planned.get(kind, 0.0), after.get(kind, 0.0)) for kind in self.found.district.kinds()}


class Simulated:
    """The waits at every site for given streams of cases; a site to which about the same come as last time is not simulated again."""

    def __init__(self, district: District, days: Mapping[str, int], seed: int, workers: Workers, tell: Tell | None) -> None:
        self.district, self.days, self.seed, self.workers, self.tell = district, days, seed, workers, tell
        self.simulated = 0
        self._asked = 0
        self._last: dict[tuple[str, int], tuple[dict[str, float], dict[str, float]]] = {}

    def waits(self, flows: Sequence[Flow], plan: Plan | None = None) -> dict[tuple[str, str], float]:
        """(site, service) -> expected minutes.

        A service that a site has not seen waits as the site does; a site without anybody has no wait.
        """
        coming: dict[str, dict[str, float]] = {}
        for id, service, number in arrivals(self.district, flows):
            row = coming.setdefault(id, {})
            row[service] = row.get(service, 0.0) + number
        found: dict[tuple[str, str], float] = {}
        for site in sites_of(self.district, flows, plan):
            self.told()
            cases = coming.get(site.id, {})
            before, waits = self._last.get((site.id, site.windows), ({}, {}))
            if cases and not _alike(before, cases):
                waits = self._simulated(site)
                self._last[site.id, site.windows] = cases, waits
            if cases:
                found |= {(site.id, service): wait for service, wait in waits.items()}
        return found

    def told(self) -> None:
        """Tells how far it is, about."""
        if self.tell is not None:
            whole = PASSES * max(len(self.days), 1)
            self.tell(min(self._asked, whole - 1), whole)
        self._asked += 1

    def _simulated(self, site: Site) -> dict[str, float]:
        self.simulated += 1
        days, seed = self.days[site.id], seed_of(site, self.seed)
        result = experiment(site.scenario, replications=days, seed=seed, workers=self.workers, level=LEVEL)
        whole = result.measures["mean_wait"].value
        waits = {}
        for work in self.district.works:
            own = (result.by_item or result.by_service).get(work.id)
            alone = own["mean_wait"].value if own is not None and site.place.hall is not None else math.nan
            waits[work.id] = whole if math.isnan(alone) else alone
        return {service: wait for service, wait in waits.items() if not math.isnan(wait)}


def _alike(one: Mapping[str, float], two: Mapping[str, float]) -> bool:
    """Whether so few cases differ that the wait is taken to be the same."""
    return sum(abs(two.get(key, 0.0) - one.get(key, 0.0)) for key in {**one, **two}) <= ALIKE * sum(two.values())


def judge_choice(
    district: District,
    plan: Plan | None = None,
    choice: Choice | None = None,
    *,
    seed: int = 1,
    workers: Workers = 1,
    tell: Tell | None = None,
) -> Chosen:
    """A plan where people choose; `choice`: in place of what the file says, or of what is assumed where it says nothing.

    Raises
    ------
    BadInput
        if a site has more citizens than can be simulated.
    """
    begun = time.monotonic()
    plan, choice = plan or AS_IT_IS, choice or district.choice or Choice()
    works = moved(district.works, plan.moves)
    plain = sites_of(district, flows_of(district, district.works)), sites_of(district, flows_of(district, works), plan)
    days = {one.id: days_for(max(one.a_day, two.a_day)) for one, two in zip(*plain, strict=True)}
    simulated = Simulated(district, days, seed, workers, tell)
    people = np.array([each.people for each in district.zones])
    menus, others = menus_of(district, district.works), menus_of(district, works)

    def today(waits: Waits) -> list[Flow]:
        constants = [fitted(menu, people, cost(menu, waits, choice), choice) for menu in menus]
        return flows_chosen(district, menus, constants, waits, choice)

    before = settle(today, simulated.waits, today({}))
    now = before.waits
    constants = [fitted(menu, people, cost(menu, now, choice), choice) for menu in others]

    def later(waits: Waits) -> list[Flow]:
        return flows_chosen(district, others, constants, waits, choice)

    def caused(flows: Sequence[Flow]) -> Waits:
        return simulated.waits(flows, plan)

    after = other = before
    if plan.moves or plan.windows:
        after, other = settle(later, caused, later(now)), settle(later, caused, later({}))
    flows = before.flows, after.flows
    found = judge_flows(district, plan, works, flows, seed=seed, workers=workers, tell=lambda *_: simulated.told(), begun=begun, days=days)
    return Chosen(
        choice=choice,
        found=found,
        planned=later(now),
        before=before,
        after=after,
        ends_apart=apart(after.flows, other.flows),
        simulated=simulated.simulated,
        seconds=time.monotonic() - begun,
    )
