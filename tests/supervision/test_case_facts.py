"""Cases judged in groups, one by one, and from what the month before left open give the same facts and the same digests of ids."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from supervision.db import calendars
from supervision.db.case_facts import CaseCount
from supervision.db.dues import Dues
from supervision.db.facts import count_facts
from supervision.db.schema import Case, CaseDue, CaseEvent, HallRow, Service, ServiceLimit, Window
from supervision.db.store import Store, open_store
from supervision.month import Month

MONTHS = (Month(2022, 10), Month(2022, 11), Month(2022, 12))
SHANGHAI = timedelta(hours=8)


def register(folder: Path, seed: int) -> Store:
    """Some 300 cases from September on: late, open, stopped, ended at midnight, with a due moment of the register, without a limit."""
    draw = random.Random(seed)
    store = open_store(f"sqlite:///{folder / f'{seed}.sqlite'}", folder, clock=lambda: datetime(2023, 3, 1, tzinfo=UTC))
    with store.act("office", "import", "H") as work:
        own = {"hall_id": "H", "sequence": work.sequence}
        add = work.session.add
        add(HallRow(name_zh="厅", name_en="Hall", time_zone="Asia/Shanghai", **own))
        work.session.flush()
        calendars.seed(work)
        for window in ("W1", "W2"):
            add(Window(window_id=window, name_zh=window, name_en=window, **own))
        for service in ("days", "calendar", "none"):
            add(Service(service_id=service, name_zh=service, name_en=service, **own))
        work.session.flush()
        for service, unit in (("days", "working_days"), ("calendar", "calendar_days")):
            add(ServiceLimit(service_id=service, kind="promised", amount=5, unit=unit, valid_from=date(2020, 1, 1), **own))
        for number in range(300):
            accepted = datetime(2022, 9, 5, 1, tzinfo=UTC) + timedelta(minutes=draw.randrange(100 * 1440))
            took = draw.choice([timedelta(minutes=40), timedelta(days=draw.randrange(12)), timedelta(days=draw.randrange(60))])
            ended = accepted + took
            if draw.random() < 0.1:  # exactly at midnight, when a day limit ends
                ended = datetime(ended.year, ended.month, ended.day, 16, tzinfo=UTC) + timedelta(days=1)
            service, window = draw.choice(["days", "days", "calendar", "none"]), draw.choice(["W1", "W2", None])
            kind, name = draw.choice(["promised", "instant"]), f"C{number:04d}"
            more = {"accepted_at": accepted, "accepted_on": (accepted + SHANGHAI).date(), **own}
            add(Case(case_number=name, service_id=service, window_id=window, kind=kind, **more))
            work.session.flush()
            if draw.random() < 0.9:
                add(CaseEvent(case_number=name, event="ended", at=ended, on=(ended + SHANGHAI).date(), **own))
            if draw.random() < 0.05 and took > timedelta(days=2):
                add(CaseEvent(case_number=name, event="stopped", at=accepted + timedelta(hours=3), on=(accepted + SHANGHAI).date(), **own))
            if draw.random() < 0.05:
                due = accepted + timedelta(days=4)
                add(CaseDue(case_number=name, basis="register", due_at=due, due_on=(due + SHANGHAI).date(), **own))
    return store


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_groups_and_single_cases_give_the_same_facts(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with register(tmp_path, seed) as store, store.read() as session:
        grouped = [count_facts(session, "H", month, 1) for month in MONTHS]
        chained, before = [], None
        for month in MONTHS:
            chained.append(count_facts(session, "H", month, 1, None, before))
            before = chained[-1].opens
        singles: list[int] = []
        one = CaseCount._count_one
        monkeypatch.setattr(CaseCount, "_count_one", lambda self, *case: (singles.append(1), one(self, *case))[1])
        monkeypatch.setattr(Dues, "by_days", lambda *_: False)
        single = [count_facts(session, "H", month, 1) for month in MONTHS]
    assert len(singles) > 200, "every case went its own way"
    for left, middle, right in zip(grouped, chained, single, strict=True):
        assert left.facts == middle.facts == right.facts
        assert left.populations == middle.populations == right.populations
        assert left.opens == middle.opens == right.opens
    kinds = {(fact.kind, fact.status) for facts in grouped for fact in facts.facts}
    assert {("case", "ended_overdue"), ("case", "open_overdue"), ("early", "ended"), ("reminder", "sent")} <= kinds, "something of each"
