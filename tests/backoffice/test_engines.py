"""Both back offices, the story and the loop, give the same register to the bit; and what any office must obey."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulation.backoffice.clocks import opens, worked
from simulation.backoffice.run import Register, Worked, run_cases
from simulation.scenario import parse
from tests.backoffice.offices import exponential, hall, offices, service

RUN = st.tuples(offices(), st.integers(1, 6), st.integers(0, 10**6))


Made = tuple[dict[str, Any], int, int]


def run(made: Made, engine: str = "kernel") -> Register:
    document, days, seed = made
    return run_cases(parse(document), days, seed, engine=engine)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(RUN)
def test_the_story_and_the_loop_agree_to_the_bit(made: Made) -> None:
    one, other = run(made), run(made, "simpy")

    for column in fields(Worked):
        assert getattr(one.worked, column.name).tobytes() == getattr(other.worked, column.name).tobytes(), column.name
    for name in ("decided", "ready", "in_hand", "counted", "elapsed", "overdue", "visits"):
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes(), name


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(RUN)
def test_any_office_obeys_its_laws(made: Made) -> None:
    register = run(made)
    office, tasks, times = register.office, register.tasks, register.worked

    everything = np.concatenate([times.joined, times.called, times.done])
    assert np.isfinite(everything).all(), "every file is closed"
    assert (everything * 2**20 == np.round(everything * 2**20)).all(), "on the grain"
    due = register.cases.accepted[tasks.case]
    for t, (a, b) in enumerate(zip(tasks.next_first, tasks.next_last, strict=True)):
        due[tasks.next[a:b]] = np.maximum(due[tasks.next[a:b]], times.done[t])
    assert (times.joined == due).all(), "a task is due when all before it are done"
    for p in range(1, len(office.names)):
        mine = np.flatnonzero(tasks.pool == p)
        check_pool(register, p, mine)
    assert (register.decided <= register.ready).all()
    assert (register.in_hand >= register.ready).all()


def check_pool(register: Register, p: int, mine: Any) -> None:
    clocks, staff = register.office.pools.clocks, int(register.office.pools.staff[p])
    joined, called, done = (each[mine] for each in (register.worked.joined, register.worked.called, register.worked.done))
    minutes, urgency = register.tasks.minutes[mine], register.tasks.urgency[mine]
    for n in range(len(mine)):
        assert called[n] == opens(clocks, p, called[n]) >= joined[n], "files are taken in working hours only"
        assert worked(clocks, p, done[n]) - worked(clocks, p, called[n]) == minutes[n], "the work is done in working hours, all of it"
    for moment in np.unique(np.concatenate([called, [opens(clocks, p, each) for each in joined]])):
        busy = np.sum((called <= moment) & (moment < done))
        waits = (joined <= moment) & (moment < called)
        assert busy <= staff, "nobody works on two files"
        assert busy == staff or not waits.any(), "nobody sits idle before a file"
        taken = np.flatnonzero((called == moment) & (minutes > 0))
        for t in taken:
            key = (urgency[t], joined[t], mine[t])
            assert all(key < (urgency[w], joined[w], mine[w]) for w in np.flatnonzero(waits & (joined < moment))), "whose turn"


TWO_STEPS = [
    {"id": "survey", "pool": "field", "work_min": exponential(90.0), "share": 0.5, "excluded": True},
    {"id": "decide", "pool": "desk", "work_min": exponential(40.0), "supplement": {"share": 0.3, "wait_days": exponential(1.0)}},
]
POOLS = [{"id": "field", "staff": 1}, {"id": "desk", "staff": 2}]


def test_neither_staff_nor_another_service_changes_a_draw() -> None:
    permit = service("permit", {"kind": "promised", "promised_days": 3, "steps": TWO_STEPS})
    licence = service("licence", {"kind": "promised", "promised_days": 3, "steps": TWO_STEPS})
    alone = run_cases(parse(hall([permit], POOLS)), 3, 7)
    richer = run_cases(parse(hall([permit], [{**pool, "staff": pool["staff"] + 3} for pool in POOLS])), 3, 7)
    beside = run_cases(parse(hall([permit, licence], POOLS)), 3, 7)

    def drawn(register: Register) -> dict[int, tuple[float, ...]]:
        of_permit = np.flatnonzero(register.cases.service == 0)
        return {int(register.cases.citizen[c]): tuple(register.tasks.minutes[register.tasks.case == c]) for c in of_permit}

    assert len(drawn(alone)) > 50
    assert drawn(alone) == drawn(richer) == drawn(beside)
    assert richer.worked.done.mean() < alone.worked.done.mean()


def test_an_engine_is_one_of_two() -> None:
    permit = service("permit", {"kind": "promised", "promised_days": 3, "steps": TWO_STEPS})
    with pytest.raises(ValueError, match="the engine is"):
        run_cases(parse(hall([permit], POOLS)), 1, engine="ciw")
