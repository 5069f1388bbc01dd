"""Random back offices as documents, and back offices made by hand as arrays."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from simulation.backoffice.clocks import clocks_of
from simulation.backoffice.office import ENDLESS, Pools

Document = dict[str, Any]
Floats = NDArray[np.float64]
ALWAYS = [(0.0, 1e9)]


def constant(value: float) -> Document:
    return {"family": "deterministic", "value": value}


def exponential(mean: float) -> Document:
    return {"family": "exponential", "mean": mean}


def hall(services: list[Document], pools: list[Document], starts: date | None = None, **keys: Any) -> Document:
    """A hall from 9 to 12 and 14 to 17 with four windows that serve everything."""
    opening = [{"from": time(9), "to": time(12)}, {"from": time(14), "to": time(17)}]
    windows = [{"id": "w", "count": 4, "serves": ["*"]}]
    return {"schema": 1, "name": "office", "opening": opening, "services": services,
            "windows": windows, "pools": pools, **({"demand": {"starts": starts}} if starts else {}), **keys}  # fmt: skip


def service(id: str, case: Document | None = None, rate: float = 6.0, **keys: Any) -> Document:
    return {"id": id, "service_min": exponential(4.0), "arrivals_per_hour": rate, **({"case": case} if case else {}), **keys}


STARTS = st.sampled_from([date(2019, 9, 25), date(2026, 1, 28), date(2022, 4, 1)])
"""days before holidays, with worked weekends around them"""
LAWS = st.sampled_from([constant(0.0), constant(15.0), constant(60.0), constant(360.0), exponential(30.0), exponential(120.0)])
DAYS = st.sampled_from([constant(0.0), constant(0.5), constant(1.0), constant(3.0), exponential(2.0)])


@st.composite
def steps(draw: st.DrawFn, pools: list[str]) -> list[Document]:
    made: list[Document] = []
    for n in range(draw(st.integers(1, 4))):
        step: Document = {"id": f"step{n}", "share": draw(st.sampled_from([1.0, 1.0, 0.5])), "excluded": draw(st.booleans())}
        if draw(st.integers(0, 3)):
            step |= {"pool": draw(st.sampled_from(pools)), "work_min": draw(LAWS)}
            if draw(st.booleans()):
                step["supplement"] = {"share": 0.4, "wait_days": draw(DAYS), "in_person": 0.5}
        else:
            step["wait_days"] = draw(DAYS)
        if draw(st.booleans()):
            step["after"] = draw(st.lists(st.sampled_from([each["id"] for each in made]), unique=True)) if made else []
        made.append(step)
    return made


@st.composite
def offices(draw: st.DrawFn) -> Document:
    """A hall with one or two services that open cases, one to three pools, and perhaps collection at the hall."""
    names = [f"p{n}" for n in range(draw(st.integers(1, 3)))]
    hours = st.sampled_from([None, [{"from": time(10), "to": time(11, 30)}], [{"from": time(8), "to": time(0)}], [{"from": time(9), "to": time(12)}, {"from": time(13), "to": time(18)}]])  # fmt: skip  # noqa: E501
    pools = []
    for name in names:
        pool: Document = {"id": name, "staff": draw(st.integers(1, 4)), "calls": draw(st.sampled_from(["first_come", "earliest_due"]))}
        given = draw(hours)
        pools.append(pool | ({"hours": given} if given else {}))
    services = []
    for n in range(draw(st.integers(1, 2))):
        case: Document = {"kind": "promised", "steps": draw(steps(names)), "ems_days": draw(st.sampled_from([0, 1.5]))}
        case |= draw(st.sampled_from([{"promised_days": 1}, {"promised_days": 4, "legal_days": 20}, {"promised_hours": 9.5}]))
        if draw(st.booleans()):
            case["limit_until"] = draw(st.sampled_from([each["id"] for each in case["steps"]]))
        if draw(st.booleans()):
            case["collection"] = {"service": "pickup", "share": 0.5, "after_days": draw(st.integers(1, 2))}
        keys = {"incomplete": {"share": 0.3, "after_days": 1}} if draw(st.booleans()) else {}
        services.append(service(f"s{n}", case, draw(st.sampled_from([2.0, 8.0])), **keys))
    services.append(service("now", {"kind": "instant"}, 1.0))
    services.append({"id": "pickup", "service_min": exponential(2.0), "patience_min": exponential(20.0)})
    return hall(services, pools, draw(STARTS))


# ---- by hand: pools and files as arrays ---------------------------------------------------------------------------------------------


def pools_of(staff: list[int], periods: list[list[tuple[float, float]]]) -> Pools:
    """Pools 1, 2, ... with these people and open periods; pool 0 is nobody, always."""
    return Pools(np.array([ENDLESS, *staff], np.int32), clocks_of([ALWAYS, *periods]))


def chain(accepted: Floats, pools: list[int], minutes: Floats, urgency: Floats | None = None) -> tuple[Any, ...]:
    """The arrays of cases whose tasks follow one another. minutes : (cases, tasks)"""
    count, tasks = minutes.shape
    total = count * tasks
    at = np.arange(total)
    is_last = at % tasks == tasks - 1
    edges = np.cumsum(~is_last)
    return (
        accepted,
        np.arange(count + 1) * tasks,
        np.tile(np.array(pools, np.int32), count),
        minutes.ravel().astype(np.float64),
        np.zeros(total) if urgency is None else np.repeat(urgency, tasks),
        (at % tasks > 0).astype(np.int32),
        np.where(is_last, edges, edges - 1),
        edges,
        at[~is_last] + 1,
    )
