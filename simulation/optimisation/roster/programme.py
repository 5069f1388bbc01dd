"""Who works which shift on which day, as an integer programme: one row a rule, solved by HiGHS through `scipy.optimize.milp`.

Never broken: one shift a day, skills, leave and days that are impossible, the hours of the contract from Monday to Sunday, rest between two
days, days in a row, and part-time people on short shifts only.

The distances from the fair share are held up by what whole shifts can reach at all (`floor`): without it the relaxation shares a shift
out among several people, finds that nobody is off, and proves nothing. Not for the order in which things matter (`making`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from simulation.optimisation.roster.floor import Floor
from simulation.optimisation.roster.question import BURDENS, DENIED, MEAN, NOT_THERE, SCALE, UNFILLED, WORST, Floats, Question

MOST_NODES = 2**31 - 1
"""as good as no limit"""

Row = tuple[Sequence[int], Sequence[float], float, float]
"""columns, values, low, high"""


@dataclass(frozen=True, slots=True)
class Solved:
    """What the solver came back with."""

    shifts: list[tuple[int, int]] | None
    """(person, duty); None: it found none"""
    cost: float
    bound: float
    """no roster costs less; -inf if that is not known"""
    optimal: bool


class Programme:
    """Columns: who works which duty (0 or 1), how many are missing at each, which A/B posts are empty, distances from the fair share."""

    def __init__(self, question: Question, floor: Floor) -> None:
        self.question, self.floor = question, floor
        people, duties = question.may.shape
        self.works = [(p, d) for p, d in product(range(people), range(duties)) if question.may[p, d]]
        self.at = {pair: n for n, pair in enumerate(self.works)}
        self.on_day: dict[tuple[int, int], list[int]] = {}
        for n, (p, d) in enumerate(self.works):
            self.on_day.setdefault((p, int(question.day[d])), []).append(n)
        self.first_gap = len(self.works)
        self.first_alone = self.first_gap + duties
        self.first_far = self.first_alone + len(question.together)
        self.far = [(b, p) for b, p in product(range(len(BURDENS)), range(people)) if question.fair[b, p] > 0]
        self.first_worst = self.first_far + len(self.far)
        self.size = self.first_worst + len(BURDENS)
        self.rows: list[Row] = []
        self.table: csr_array | None = None
        self._rules()

    # ---- the rows ----------------------------------------------------------------------------------------------------------------------

    def _row(self, columns: Sequence[int], values: Sequence[float], low: float, high: float) -> None:
        self.rows.append((list(columns), list(values), low, high))
        self.table = None

    def _rules(self) -> None:
        question = self.question
        people = range(len(question.people.people))
        for d, duty in enumerate(question.duties):
            mine = [self.at[p, d] for p in people if (p, d) in self.at]
            self._row([*mine, self.first_gap + d], [1.0] * (len(mine) + 1), duty.people, duty.people)
        for mine in self.on_day.values():
            self._row(mine, [1.0] * len(mine), 0, 1)
        for p in people:
            self._hours(p)
            self._rest(p)
            self._in_a_row(p)
        index = {person.id: p for p, person in enumerate(question.people.people)}
        for n, (a, b, day) in enumerate(question.together):
            number = (day - question.days[0]).days
            mine = [*self.on_day.get((index[a.id], number), []), *self.on_day.get((index[b.id], number), [])]
            self._row([*mine, self.first_alone + n], [1.0] * (len(mine) + 1), 1, np.inf)
        self._distances()

    def _hours(self, p: int) -> None:
        weeks: dict[int, list[int]] = {}
        for day, week in enumerate(self.question.week):
            weeks.setdefault(int(week), []).extend(self.on_day.get((p, day), []))
        for mine in weeks.values():
            self._row(mine, [self.question.hours[self.works[n][1]] for n in mine], 0, self.question.limit[p])

    def _rest(self, p: int) -> None:
        """Who goes at some time does not come before the rest is over; by each time of going, all that end then or later together."""
        duties, rest = self.question.duties, 60 * self.question.people.rules.rest_hours
        for day in range(len(self.question.days)):
            today, tomorrow = self.on_day.get((p, day), []), self.on_day.get((p, day + 1), [])
            for end in sorted({duties[self.works[n][1]].end for n in today}):
                late = [n for n in today if duties[self.works[n][1]].end >= end]
                early = [n for n in tomorrow if duties[self.works[n][1]].start + 1440 - end < rest]
                if early:
                    self._row([*late, *early], [1.0] * (len(late) + len(early)), 0, 1)

    def _in_a_row(self, p: int) -> None:
        most = self.question.people.rules.days_in_a_row
        for day in range(len(self.question.days) - most):
            mine = [self.on_day.get((p, day + n), []) for n in range(most + 1)]
            if all(mine):
                columns = [n for each in mine for n in each]
                self._row(columns, [1.0] * len(columns), 0, most)

    def _distances(self) -> None:
        mine: dict[int, list[int]] = {}
        for n, (p, _) in enumerate(self.works):
            mine.setdefault(p, []).append(n)
        for n, (b, p) in enumerate(self.far):
            weights, scale = self.question.weights[b], float(SCALE[b, 0])
            columns = [k for k in mine[p] if weights[self.works[k][1]] > 0]
            worked = [float(weights[self.works[k][1]]) / scale for k in columns]
            for slope, low in self.floor.lines(b, p):
                self._row([*columns, self.first_far + n], [*(-slope * each for each in worked), 1.0], low / scale, np.inf)
            self._row([self.first_far + n, self.first_worst + b], [1.0, -1.0], -np.inf, 0)

    # ---- what is sought ----------------------------------------------------------------------------------------------------------------

    def cost_of_gaps(self) -> Floats:
        """Of shifts that nobody works and A/B posts without anybody."""
        cost = np.zeros(self.size)
        cost[self.first_gap : self.first_alone] = UNFILLED
        cost[self.first_alone : self.first_far] = NOT_THERE
        return cost

    def cost_of_wishes(self) -> Floats:
        """Of days off that are not granted."""
        cost = np.zeros(self.size)
        cost[: self.first_gap] = [DENIED * self.question.off[p, self.question.day[d]] for p, d in self.works]
        return cost

    def cost_of_burdens(self) -> Floats:
        """What `Question.score` says."""
        cost = self.cost_of_wishes()
        cost[self.first_far : self.first_worst] = MEAN / len(self.question.people.people)
        cost[self.first_worst :] = WORST
        return cost

    def keep_as_full(self, missing: float) -> None:
        """From now on the gaps may cost no more than this."""
        gaps = self.cost_of_gaps()
        columns = np.flatnonzero(gaps)
        self._row(columns.tolist(), gaps[columns].tolist(), 0, missing + 1e-6)

    def solve(
        self,
        cost: Floats,
        seconds: float,
        *,
        fixed: tuple[Sequence[tuple[int, int]], Collection[int]] | None = None,
        below: float = np.inf,
        relaxed: bool = False,
        nodes: int = MOST_NODES,
    ) -> Solved:
        """Solves it.

        fixed : shifts of a roster, and the people who may work others; the rest work what they do
        below : costs that are of interest; dearer rosters are not looked for
        relaxed : shifts may be shared out in parts: for a bound only
        nodes : of the search tree at most: a limit that is the same on every machine
        """
        table, low, high = self._built()
        rules = [LinearConstraint(table, low, high)]
        if np.isfinite(below):
            rules.append(LinearConstraint(csr_array(cost[None, :]), -np.inf, below))
        least, most = np.zeros(self.size), np.full(self.size, np.inf)
        most[: self.first_gap] = 1
        least[self.first_far : self.first_worst] = [self.floor.nearest[b, p] for b, p in self.far]
        least[self.first_worst :] = self.floor.worst
        if fixed is not None:
            held = np.array([p not in fixed[1] for p, _ in self.works])
            most[: self.first_gap][held] = 0
            for pair in fixed[0]:
                least[self.at[pair]] = float(held[self.at[pair]])
                most[self.at[pair]] = 1
        whole = np.zeros(self.size, dtype=np.int64)
        whole[: 0 if relaxed else self.first_far] = 1
        found = milp(
            cost,
            constraints=rules,
            integrality=whole,
            bounds=Bounds(least, most),
            options={"time_limit": max(seconds, 0.05), "mip_rel_gap": 0.0, "node_limit": nodes},
        )
        bound = found.fun if relaxed and found.status == 0 else found.mip_dual_bound
        if found.status == 2:  # infeasible: nothing is below
            bound = below
        told = -np.inf if bound is None else float(bound)
        if found.x is None or relaxed:
            return Solved(None, np.inf, told, found.status in (0, 2))
        return Solved(self._chosen(np.asarray(found.x)), float(found.fun), told, found.status == 0)

    def _chosen(self, found: Floats) -> list[tuple[int, int]]:
        return [self.works[n] for n in np.flatnonzero(found[: self.first_gap] > 0.5)]

    def _built(self) -> tuple[csr_array, Floats, Floats]:
        if self.table is None:
            columns = np.concatenate([np.asarray(row, dtype=np.int64) for row, _, _, _ in self.rows])
            values = np.concatenate([np.asarray(row, dtype=float) for _, row, _, _ in self.rows])
            starts = np.cumsum([0, *(len(row) for row, _, _, _ in self.rows)])
            self.table = csr_array((values, columns, starts), shape=(len(self.rows), self.size))
            self.limits = np.array([(row[2], row[3]) for row in self.rows]).T
        return self.table, self.limits[0], self.limits[1]
