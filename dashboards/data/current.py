"""The hall as it stands now, for the page: a snapshot to begin with, and what can be done today, computed while one waits.

Not for plans of other days.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboards.data.kept import Kept
from simulation.days import hall_on
from simulation.now import Future, outlook, usual_plans
from simulation.now.seen import seen_in
from simulation.scenario import Scenario

REPLICATIONS = 100
WORTH = 1.0
"""minutes off the mean wait for which something is done; an assumption, told in the answer"""
Document = dict[str, Any]

_futures: Kept[list[Future]] = Kept(32)
_snapshots: Kept[Document] = Kept(64)


def snapshot(scenario: Scenario, clock: str) -> Document:
    """What a simulated day looks like at that moment."""
    return _snapshots.get_or_make((scenario.digest, clock), lambda: seen_in(scenario, _minutes(clock)))


def queue(scenario: Scenario, document: Document) -> pd.DataFrame:
    """One row a service of those that people can come for: service, waiting (people), longest (minutes waited)."""
    at = _minutes(document["at"])
    rows = []
    for service in hall_on(scenario, 0).services:
        since = [_minutes(each["since"]) for each in document["waiting"] if each["service"] == service.id]
        rows.append((service.id, len(since), round(at - min(since)) if since else 0))
    return pd.DataFrame(rows, columns=["service", "waiting", "longest"])


def with_queue(document: Document, rows: pd.DataFrame) -> Document:
    """The snapshot with other people waiting: as many as a row says, evenly since the longest wait."""
    at, waiting = _minutes(document["at"]), []
    for row in rows.itertuples():
        count, longest = max(int(row.waiting), 0), max(float(row.longest), 0.0)
        waiting += [{"service": row.service, "since": _clock(at - longest * (count - n) / count)} for n in range(count)]
    return {**document, "waiting": waiting}


def futures(scenario: Scenario, document: Document) -> list[Future]:
    """The rest of the day as it is, then with each of the usual changes. Raises BadInput where the snapshot does not fit."""
    key = scenario.digest, json.dumps(document, sort_keys=True)
    return _futures.get_or_make(
        key, lambda: outlook(scenario, document, usual_plans(scenario, document), replications=REPLICATIONS, place=document["at"])
    )


def best(found: list[Future]) -> Future | None:
    """The change that shortens the mean wait most, surely and by at least WORTH, and turns nobody away for it; None if none does."""

    def gain(plan: Future) -> float:
        wait, turned = plan.change["mean_wait"], plan.change["turned_away_share"]
        return -wait.value if wait.high < 0 and wait.value <= -WORTH and not turned.low > 0 else 0.0

    plans = sorted(found[1:], key=gain, reverse=True)
    return plans[0] if plans and gain(plans[0]) > 0 else None


def table(found: list[Future]) -> pd.DataFrame:
    """One row a plan: name, and of each figure value, low and high; of a plan the difference from doing nothing."""
    rows = []
    for each in found:
        figures: Mapping[str, Any] = each.change or each.figures
        row: dict[str, Any] = {"plan": each.name}
        for name, figure in figures.items():
            row |= {name: figure.value, f"{name}_low": figure.low, f"{name}_high": figure.high}
        rows.append(row)
    return pd.DataFrame(rows)


def _minutes(clock: str) -> float:
    hours, minutes, *seconds = clock.split(":")
    return int(hours) * 60 + int(minutes) + (int(seconds[0]) / 60 if seconds else 0.0)


def _clock(minute: float) -> str:
    seconds = int(minute * 60)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
