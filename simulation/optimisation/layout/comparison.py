"""Which windows should become comprehensive: layouts of the same windows compared, with a stated guarantee.

    1 search    a bounded local search from the best named arrangements, for mixed ones          (days of the search)
    2 select    KN among the named ones, those found and the hall as it is                       (other days)
    3 confirm   every one of them against the hall as it is, on the same days                    (other days again)

All plans of a stage meet the same citizens. The guarantee is that of `selection`: with at least that probability nothing that was
compared is better than the answer by more than `delta`. It speaks of the layouts compared, not of every layout there could be. Two layouts
whose paired difference in stage 3 has an interval around nothing are told as not separated, whatever was selected.

Pooling shortens waits because no window idles while somebody waits elsewhere; it costs speed (`efficiency`), weeks of learning and
training, and where short and long services are mixed it makes the short ones wait behind the long ones. Nothing assumes that it pays.

Source of the last point: van Dijk and van der Sluis, To pool or not to pool in call centers, Production and Operations Management 17
(2008).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from simulation.experiment import Workers
from simulation.faults import BadInput, Fault, fault
from simulation.optimisation.batches import Figure, Floats, Trial, days_of_batch, figure_of, interval_of, observe, trial_of
from simulation.optimisation.costs import PARTS, Price, only, people_to_train
from simulation.optimisation.layout.arrangements import Arrangement, Pool, pooled_windows
from simulation.optimisation.layout.asked import Asked, asked
from simulation.optimisation.layout.documents import dropped_of, plan_of
from simulation.optimisation.layout.frame import Frame, frame_of, now_of
from simulation.optimisation.layout.judged import Judged, Layouts, Week
from simulation.optimisation.layout.kinds import HELPING, named
from simulation.optimisation.layout.learning import as_named, known_of, slowed
from simulation.optimisation.layout.moves import neighbours
from simulation.optimisation.objective import Objective, read_objective
from simulation.optimisation.occasions import Occasions, comes_again, occasions_of
from simulation.optimisation.selection import FIRST, Selection, select_surely, select_within
from simulation.scenario import Scenario
from simulation.shifts import on_duty

Progress = Callable[[str, int, int], None]
"""(stage: "search" | "select" | "confirm" | "learn", days simulated so far, most days); what it raises stops the study"""

SEARCH_SHARE = 0.4
"""of the budget, at most, for the search"""
STARTS = 2
"""arrangements from which a search begins"""
TRIED = 24
"""neighbours looked at in a round of the search"""
SCREENED = 6
"""batches of each at first"""
FRESH = 10_000
"""number of the first batch by which a step is judged: none that picked it"""
MISSES = 2
"""rounds without a better neighbour before a search ends"""
CONFIRM = 50
"""batches of every layout in the confirmation"""
MATTERS = 0.05
"""of today's value: the least difference that matters, if nobody says"""
MOST_KEPT = 200


def study(
    scenario: Scenario,
    *,
    seed: int = 1,
    engine: str = "kernel",
    workers: Workers = 1,
    progress: Progress | None = None,
    **how: Any,
) -> Layouts:
    """Compares layouts of a hall's windows.

    how : fields of `Asked`

    Raises
    ------
    BadInput
        if an input is out of its range, or there is nothing to arrange.
    """
    wanted = asked(**how)
    wanted.check(scenario)
    objective = read_objective(wanted.objective, scenario)
    occasions = occasions_of(scenario, wanted.on, wanted.days)
    frame = frame_of(
        scenario, windows=wanted.windows, efficiency=wanted.efficiency, apart=wanted.apart, queue=wanted.queue, growing=wanted.growing
    )
    if len(frame.units) < 2:
        raise BadInput([fault("layout_one_service", scenario.path or scenario.name, scenario.name)])
    return _Study(wanted, frame, objective, occasions, seed, engine, workers, progress).run()


@dataclass(slots=True)
class _Study:
    """The state of one study: what was asked and what was simulated."""

    asked: Asked
    frame: Frame
    objective: Objective
    occasions: Occasions
    seed: int
    engine: str
    workers: Workers
    progress: Progress | None
    plans: dict[tuple[str, tuple[Pool, ...]], Scenario] = field(default_factory=dict)
    days: int = 0
    stage: str = "search"

    @property
    def size(self) -> int:
        """Days of a batch."""
        return days_of_batch(self.occasions)

    @property
    def sign(self) -> float:
        """What turns the objective so that less is better."""
        return 1.0 if self.objective.lower else -1.0

    def run(self) -> Layouts:
        begun = time.monotonic()
        now = now_of(self.frame)
        found, too_few = named(self.frame, self.asked.kinds)
        as_many = sum(pool.count for pool in now.pools) == self.frame.windows
        candidates = [now] if as_many else []
        candidates += [each for each in found if each.key != now.key or not as_many]
        candidates, refused = self.possible(candidates)
        if all(each.kind == "now" for each in candidates):
            raise BadInput([fault("layout_none", self.frame.base.path or self.frame.base.name, self.frame.windows)])
        least = (len(candidates) + STARTS + 1) * (FIRST + CONFIRM) * self.size
        if self.asked.budget < least:
            raise BadInput([fault("layout_budget", "--budget", self.asked.budget, layouts=len(candidates), least=least)])
        if "mixed" in self.asked.kinds:
            candidates += self.searched(candidates)
        trials = [self.trial(each, self.seed + 7919) for each in candidates]
        confirming = (len(candidates) + 1) * CONFIRM * self.size
        delta = self.asked.delta if self.asked.delta is not None else self.least_that_matters(now)
        self.stage = "select"
        left = max(FIRST * len(trials), (self.asked.budget - self.days - confirming) // self.size)
        if len(trials) > 1 and not 1 / len(trials) < self.asked.guarantee:
            raise BadInput([fault("layout_guarantee", "--guarantee", f"{self.asked.guarantee:g}", least=f"{1 / len(trials):.2f}")])
        selected = select_surely(self.sampler(trials), len(trials), delta=delta, guarantee=self.asked.guarantee, budget=left)
        judged, best, base = self.confirmed(candidates, selected, now)
        return Layouts(
            objective=self.objective,
            scenario=self.frame.base.name,
            layouts=tuple(sorted(judged, key=lambda each: self.sign * each.value.value)),
            best=best,
            now=base,
            selection=replace(selected, means=tuple(self.sign * each for each in selected.means)),
            guarantee=self.asked.guarantee,
            too_few=tuple(too_few),
            refused=tuple(refused),
            remarks=tuple(self.remarks(candidates)),
            weeks=tuple(self.weeks(best)),
            units=self.frame.units,
            occasions=self.occasions,
            days=self.days,
            seconds=time.monotonic() - begun,
            seed=self.seed,
            engine=self.engine,
        )

    # ---- the stages -----------------------------------------------------------------------------------------------------------

    def possible(self, candidates: Sequence[Arrangement]) -> tuple[list[Arrangement], list[tuple[str, Fault]]]:
        """Those that the hall can have, and the others with what stands against them."""
        able, not_able = [], []
        for each in candidates:
            try:
                self.plan(each)
            except BadInput as bad:
                not_able.append((each.kind, bad.faults[0]))
            else:
                able.append(each)
        return able, not_able

    def searched(self, candidates: Sequence[Arrangement]) -> list[Arrangement]:
        """Mixed arrangements that a local search found better than where it began."""
        most = int(self.asked.budget * SEARCH_SHARE)
        looked = select_within(
            self.sampler([self.trial(each, self.seed) for each in candidates]),
            len(candidates),
            budget=2 * SCREENED * len(candidates),
            first=SCREENED,
        )
        starts = sorted(range(len(candidates)), key=lambda n: looked.means[n])[:STARTS]
        known = {each.key for each in candidates}
        found: list[Arrangement] = []
        for turn, start in enumerate(starts):
            better = self.descend(candidates[start], most * (turn + 1) // STARTS, turn)
            if better.key not in known:
                known.add(better.key)
                found.append(better)
        return [replace(each, groups=n) for n, each in enumerate(found, start=1)]

    def descend(self, start: Arrangement, until: int, turn: int) -> Arrangement:
        """Steps to a better neighbour as long as one is found; until so many days are simulated."""
        chance = np.random.default_rng([self.seed, turn])
        here, missed = start, 0
        while missed < MISSES and self.days + 2 * SCREENED * TRIED * self.size <= until:
            around = neighbours(self.frame, here, helping=any(kind in HELPING for kind in self.asked.kinds))
            picked = chance.permutation(len(around))[:TRIED].tolist()
            tried, _ = self.possible([around[n] for n in sorted(picked)])
            if not tried:
                break
            trials = [self.trial(each, self.seed) for each in (here, *tried)]
            sample = self.sampler(trials)
            looked = select_within(sample, len(trials), budget=2 * SCREENED * len(trials), first=SCREENED)
            if looked.best != 0 and self.clearly_better(sample, looked.best):
                here, missed = tried[looked.best - 1], 0
            else:
                missed += 1
        return here

    def clearly_better(self, sample: Callable[[Sequence[int], int, int], Floats], system: int) -> bool:
        """Whether a system is better than system 0 on batches that did not pick it."""
        values = sample([0, system], FRESH, FRESH + 4 * SCREENED)
        return interval_of(values[1] - values[0], 0.8).high < 0

    def least_that_matters(self, now: Arrangement) -> float:
        trial = self.trial(now, self.seed)
        value = abs(float(self.observe([trial], 0, FIRST)[0, :, 0].mean()))
        return _one_digit(MATTERS * value) if value > 0 else MATTERS

    def confirmed(self, candidates: Sequence[Arrangement], selected: Selection, now: Arrangement) -> tuple[list[Judged], Judged, Judged]:
        """Every layout on days that neither found nor selected it; the one selected, and the hall as it is."""
        self.stage = "confirm"
        every = list(candidates) if candidates[0].kind == "now" else [*candidates, now]
        at_now, at_best = next(n for n, each in enumerate(every) if each.kind == "now"), selected.best
        plans = [plan_of(self.frame, each) for each in every]
        trained = [people_to_train(self.frame.base, plan) for plan in plans]
        lines = [each.id for each in self.frame.base.services]
        further = [Figure("mean_wait", line) for line in lines]
        prices, known = self.frame.base.costs, known_of(self.frame.base)
        trials = []
        for each, plan, people in zip(every, plans, trained, strict=True):
            price = self.price(plan, people)
            mine = [figure_of(self.objective, price), *further]
            if price is not None:
                mine += [Figure("cost", None, replace(price, costs=only(price.costs, part))) for part in PARTS]
            trials.append(self.trial(each, self.seed + 2 * 7919, mine))
        values = self.observe(trials, 0, CONFIRM)
        judged = []
        for n, each in enumerate(every):
            rows = values[n]
            cost = dict(zip(PARTS, rows[:, 1 + len(lines) :].mean(axis=0).tolist(), strict=True)) if prices is not None else None
            if cost is not None:
                cost["total"] = sum(cost.values())
            judged.append(
                Judged(
                    arrangement=each,
                    name=each.name,
                    plan=plans[n] if each.kind == "now" else as_named(plans[n], each.name, known, self.asked.learning),
                    value=interval_of(rows[:, 0]),
                    against_now=None if n == at_now else interval_of(rows[:, 0] - values[at_now, :, 0]),
                    against_best=None if n == at_best else interval_of(rows[:, 0] - values[at_best, :, 0]),
                    waits={line: interval_of(rows[:, 1 + k]) for k, line in enumerate(lines)},
                    cost=cost,
                    trained=trained[n],
                    pooled=pooled_windows(each),
                    still_in=n in selected.still_in,
                )
            )
        return judged if candidates[0].kind == "now" else judged[:-1], judged[at_best], judged[at_now]

    def weeks(self, best: Judged) -> list[Week]:
        """The answer against the hall as it is, week by week, while those who were trained learn."""
        if self.asked.learning is None or best.trained == 0:
            return []
        self.stage = "learn"
        start, weeks = self.asked.learning
        known, plan = known_of(self.frame.base), plan_of(self.frame, best.arrangement, whole=False)
        figure = figure_of(self.objective, self.price(plan, best.trained))
        now = self.trial(now_of(self.frame), self.seed + 3 * 7919)
        found = []
        for week in range(min(math.ceil(weeks), 52)):
            speed = start + (1 - start) * week / weeks
            trial = trial_of(slowed(plan, known, speed), [figure], self.seed + 3 * 7919, *self.how())
            values = self.observe([now, trial], 0, CONFIRM // 2)
            found.append(Week(week + 1, speed, interval_of(values[1, :, 0] - values[0, :, 0])))
        return found

    # ---- simulation -----------------------------------------------------------------------------------------------------------

    def plan(self, arrangement: Arrangement) -> Scenario:
        """A layout without departments and basis, kept for when it is asked for again. Raises BadInput if the hall cannot have it."""
        key = (arrangement.kind if arrangement.kind == "now" else "", arrangement.key)
        if key not in self.plans:
            if len(self.plans) > MOST_KEPT:
                self.plans.clear()
            self.plans[key] = plan_of(self.frame, arrangement, whole=False)
        return self.plans[key]

    def price(self, plan: Scenario, trained: int) -> Price | None:
        return None if self.frame.base.costs is None else Price(self.frame.base.costs, plan, trained)

    def trial(self, arrangement: Arrangement, seed: int, figures: Sequence[Figure] | None = None) -> Trial:
        """A layout, simulated without what changes nothing."""
        plan = self.plan(arrangement)
        if figures is None:
            trained = people_to_train(self.frame.base, plan) if self.frame.base.costs is not None else 0
            figures = [figure_of(self.objective, self.price(plan, trained))]
        return trial_of(plan, figures, seed, *self.how())

    def how(self) -> tuple[str, float | None, Occasions]:
        """What every trial has: engine, minutes that count, days."""
        return self.engine, self.objective.within, self.occasions

    def sampler(self, trials: Sequence[Trial]) -> Callable[[Sequence[int], int, int], Floats]:
        return lambda systems, first, last: self.sign * self.observe([trials[n] for n in systems], first, last)[:, :, 0]

    def observe(self, trials: Sequence[Trial], first: int, last: int) -> Floats:
        values = observe(trials, first, last, self.workers, self.told)
        if not np.isfinite(values[:, :, 0]).all():
            raise BadInput([fault("objective_empty", "--objective", self.objective.text)])
        return values

    def told(self, days: int) -> None:
        self.days += days
        if self.progress is not None:
            self.progress(self.stage, self.days, self.asked.budget)

    # ---- what is said -----------------------------------------------------------------------------------------------------------

    def remarks(self, compared: Sequence[Arrangement]) -> list[Fault]:
        """What the comparison does not keep of the hall, and whom its days leave out."""
        place, found = self.frame.base.path or self.frame.base.name, []
        if lost := dropped_of(self.frame, compared):
            found.append(fault("remark_layout_lost", place, ", ".join(lost)))
        there = sum(pool.count for pool in now_of(self.frame).pools)
        one = next((each for each in compared if each.kind != "now"), None)
        if one is not None and there != self.frame.windows and len({each.kind for each in self.frame.posts}) > 1:
            now, then = (_hours(each) for each in (self.frame.base, plan_of(self.frame, one, whole=False)))
            found.append(fault("remark_layout_hours", place, f"{then:.1f}", now=f"{now:.1f}", windows=self.frame.windows))
        if self.occasions.in_a_row == 1 and self.frame.base.horizon is None and comes_again(self.frame.base):
            found.append(fault("remark_days_alone", place, self.frame.base.name))
        if any(each.learning for each in self.frame.base.windows) and self.occasions.first is None and self.occasions.in_a_row == 1:
            found.append(fault("remark_first_week", place, self.frame.base.name))
        return found


def _hours(scenario: Scenario) -> float:
    _, start, end = on_duty(scenario)
    return float((np.asarray(end) - np.asarray(start)).sum()) / 60


def _one_digit(value: float) -> float:
    return float(f"{value:.1g}")
