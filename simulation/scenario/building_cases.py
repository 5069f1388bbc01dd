"""Tables -> parts, behind the windows: cases with their steps, and pools."""

from __future__ import annotations

from simulation.scenario.case_parts import Case, Collection, Pool, Step, Supplement
from simulation.scenario.case_tables import CaseTable, PoolTable, StepTable
from simulation.scenario.findings import Path
from simulation.scenario.hours import TICK, span_of
from simulation.scenario.parts import Name
from simulation.scenario.tables import Tables


def build_pool(table: PoolTable, name: Name) -> Pool:
    hours = None if table.hours is None else tuple(span_of(each) for each in table.hours)
    return Pool(table.id, dict(name), table.staff, hours, table.calls)


def build_case(table: CaseTable, path: Path, tables: Tables) -> Case:
    """A step without `after` follows the one before it; a case without `limit_until` counts until all of them are done."""
    place = {step.id: n for n, step in enumerate(table.steps)}
    collection = table.collection
    owner = tables.services[int(path[1])]
    assert owner is not None  # no fault was found
    return Case(
        service=owner.id,
        kind=table.kind,
        promised_days=table.promised_days,
        promised_minutes=None if table.promised_hours is None else round(table.promised_hours * 60 * TICK) / TICK,
        legal_days=table.legal_days,
        steps=tuple(_step(step, n, (*path, "steps", n), place, tables) for n, step in enumerate(table.steps)),
        limit_until=None if table.limit_until is None else place[table.limit_until],
        collection=Collection(collection.service, collection.share, collection.after_days) if collection else None,
        ems_days=table.ems_days,
    )


def _step(table: StepTable, position: int, path: Path, place: dict[str, int], tables: Tables) -> Step:
    follows = (position - 1,) if table.after is None and position else tuple(place[each] for each in table.after or [])
    asked = table.supplement
    return Step(
        id=table.id,
        pool=table.pool,
        work=tables.laws.get((*path, "work_min")),
        wait=tables.laws.get((*path, "wait_days")),
        after=follows,
        share=table.share,
        excluded=table.excluded,
        supplement=Supplement(asked.share, tables.laws[(*path, "supplement", "wait_days")], asked.in_person) if asked else None,
    )
