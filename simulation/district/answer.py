"""What a plan does to a district: cases, waits and use of every place before and after, how near services are.

Every site is simulated before and after on the same citizens (common random numbers), different sites on different ones. What a kind of
place has is the mean of its sites, weighted by cases, its interval from those of the sites, which do not depend on one another.

Assumes that travel does not change who comes and when, and that nobody chooses a place by its wait (`equilibrium` lets them). Not for the
queue of a whole district at one clock: the places share no staff.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from zlib import crc32

from simulation.district.flows import Access, Flow, access_of, by_kind, flows_of, moved, moved_between, not_moved
from simulation.district.inputs import ONLINE, District, Plan, Work
from simulation.district.sites import Site, sites_of
from simulation.experiment import Comparison, Difference, Estimate, Result, Workers, compare, experiment
from simulation.experiment.workers import in_turn

Tell = Callable[[int, int], None]
"""(sites done, all sites); what it raises stops the work"""
CITIZENS = 40_000
"""simulated at one site, about"""
FEWEST_DAYS, MOST_DAYS = 60, 600
FIGURES = ("mean_wait", "p90_wait", "share_within_target", "utilisation")
LEVEL = 0.95
AS_IT_IS = Plan("as-it-is", {"zh": "现状", "en": "as it is"})


@dataclass(frozen=True, slots=True)
class SiteFound:
    """One site, before and after."""

    before: Site
    after: Site
    base: Result = field(repr=False)
    plan: Result = field(repr=False)
    compared: Comparison | None = field(repr=False)
    """None where the plan changes nothing"""

    def figure(self, name: str, side: str) -> Estimate:
        """A measure of one side: "base", "plan"."""
        return (self.base if side == "base" else self.plan).measures[name]

    def difference(self, name: str) -> Difference | None:
        """Plan minus base on the same citizens; None where the plan changes nothing."""
        return None if self.compared is None else self.compared.measures[name]


@dataclass(frozen=True, slots=True)
class KindFound:
    """All places of a kind."""

    kind: str
    sites: int
    cases: tuple[float, float]
    """a year, before and after"""
    windows: tuple[int, int]
    wait: tuple[Estimate, Estimate]
    use: tuple[float, float]
    """share of the windows' time that is worked"""


@dataclass(frozen=True, slots=True)
class DistrictFound:
    """The answer."""

    district: District = field(repr=False)
    plan: Plan
    flows: tuple[list[Flow], list[Flow]] = field(repr=False)
    access: tuple[Access, Access]
    kinds: tuple[KindFound, ...]
    sites: tuple[SiteFound, ...]
    more: Mapping[str, float]
    """kind -> cases a year more than before"""
    stayed: tuple[str, ...]
    """services that a move for all left where they are"""
    wait: tuple[Estimate, Estimate]
    """of all cases that are done at a place"""
    seconds: float
    seed: int


def judge_plan(
    district: District, plan: Plan | None = None, *, seed: int = 1, workers: Workers = 1, tell: Tell | None = None
) -> DistrictFound:
    """Before and after a plan; without one, the district as it is, twice the same.

    Raises
    ------
    BadInput
        if a site has more citizens than can be simulated.
    """
    begun = time.monotonic()
    plan = plan or AS_IT_IS
    works = moved(district.works, plan.moves)
    flows = flows_of(district, district.works), flows_of(district, works)
    return judge_flows(district, plan, works, flows, seed=seed, workers=workers, tell=tell, begun=begun)


def judge_flows(
    district: District,
    plan: Plan,
    works: Sequence[Work],
    flows: tuple[list[Flow], list[Flow]],
    *,
    seed: int,
    workers: Workers,
    tell: Tell | None,
    begun: float,
    days: Mapping[str, int] | None = None,
) -> DistrictFound:
    """Every site with what comes to it before and after; `days`: of each site, where they are settled already."""
    before, after = sites_of(district, flows[0]), sites_of(district, flows[1], plan)
    found = []
    if tell is not None:
        tell(0, len(before))
    pairs = [(one, two, days[one.id] if days else days_for(max(one.a_day, two.a_day))) for one, two in zip(before, after, strict=True)]
    with closing(in_turn(partial(_simulated, seed), pairs, workers)) as sites:  # all take about as long
        for (one, two, _), results in sites:
            found.append(SiteFound(one, two, *results))
            if tell is not None:
                tell(len(found), len(before))
    kinds = [_kind(kind, [each for each in found if each.before.place.kind == kind]) for kind in district.kinds() if kind != ONLINE]
    return DistrictFound(
        district=district,
        plan=plan,
        flows=flows,
        access=(access_of(district, district.works, flows[0]), access_of(district, works, flows[1])),
        kinds=tuple(kinds),
        sites=tuple(found),
        more=moved_between(*flows),
        stayed=tuple(not_moved(district.works, plan.moves)),
        wait=(_waited(found, "base"), _waited(found, "plan")),
        seconds=time.monotonic() - begun,
        seed=seed,
    )


def days_for(a_day: float) -> int:
    """How many days of a site with so many cases a day are simulated."""
    return max(FEWEST_DAYS, min(MOST_DAYS, round(CITIZENS / max(a_day, 1e-9))))


def seed_of(site: Site, seed: int) -> int:
    """Different sites have different citizens."""
    return seed + crc32(site.id.encode()) % 1_000_003


def cases_of(found: DistrictFound) -> dict[str, tuple[float, float]]:
    """Kind, and online -> cases a year before and after."""
    one, two = (by_kind(each) for each in found.flows)
    return {kind: (one.get(kind, 0.0), two.get(kind, 0.0)) for kind in found.district.kinds()}


def _simulated(seed: int, sites: tuple[Site, Site, int]) -> tuple[Result, Result, Comparison | None]:
    """Before and after of one site on so many days, and how they differ."""
    one, two, days = sites
    own_seed = seed_of(one, seed)
    if one.scenario.digest == two.scenario.digest:
        result = experiment(one.scenario, replications=days, seed=own_seed, level=LEVEL)
        return result, result, None
    compared = compare(one.scenario, two.scenario, replications=days, seed=own_seed, level=LEVEL)
    return compared.base, compared.plan, compared


def _kind(kind: str, sites: Sequence[SiteFound]) -> KindFound:
    return KindFound(
        kind=kind,
        sites=sum(each.before.count for each in sites),
        cases=(sum(each.before.cases for each in sites), sum(each.after.cases for each in sites)),
        windows=(_windows([each.before for each in sites]), _windows([each.after for each in sites])),
        wait=(_waited(sites, "base"), _waited(sites, "plan")),
        use=(_use(sites, "base"), _use(sites, "plan")),
    )


def _windows(sites: Sequence[Site]) -> int:
    return sum(each.count * each.windows for each in sites)


def _waited(sites: Sequence[SiteFound], side: str) -> Estimate:
    """The mean wait over sites, by their cases; nan where nobody comes."""
    weights, values, halves = [], [], []
    for each in sites:
        cases = each.before.cases if side == "base" else each.after.cases
        estimate = each.figure("mean_wait", side)
        if cases > 0 and not math.isnan(estimate.value):
            weights.append(cases)
            values.append(estimate.value)
            halves.append(0.0 if math.isnan(estimate.high) else estimate.high - estimate.value)
    total = sum(weights)
    if not total:
        return Estimate(math.nan, math.nan, math.nan, LEVEL, 0, "min", "mean of the sites by their cases")
    value = sum(w * v for w, v in zip(weights, values, strict=True)) / total
    half = math.sqrt(sum((w * h) ** 2 for w, h in zip(weights, halves, strict=True))) / total
    return Estimate(value, max(0.0, value - half), value + half, LEVEL, len(values), "min", "mean of the sites by their cases")


def _use(sites: Sequence[SiteFound], side: str) -> float:
    """Utilisation over sites, by their windows."""
    rows = [((each.before if side == "base" else each.after), each.figure("utilisation", side).value) for each in sites]
    total = sum(site.count * site.windows for site, _ in rows)
    return sum(site.count * site.windows * (0.0 if math.isnan(use) else use) for site, use in rows) / total if total else 0.0
