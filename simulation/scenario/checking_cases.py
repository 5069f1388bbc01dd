"""Cases, their steps and the pools against each other: references, limits, and the order of the steps."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Any

from simulation.faults import add_catalogue
from simulation.scenario.case_tables import CaseTable, PoolTable, StepTable
from simulation.scenario.findings import Findings, Path, nearest
from simulation.scenario.hours import clock, span_of
from simulation.scenario.law_tables import read_law
from simulation.scenario.tables import Tables

add_catalogue(FilePath(__file__).with_name("case_faults.toml"))


def check_cases(tables: Tables, findings: Findings) -> None:
    seen: set[str] = set()
    for n, pool in enumerate(tables.pools):
        if pool is None:
            continue
        if pool.id in seen:
            findings.add("id_twice", ("pools", n, "id"), pool.id)
        seen.add(pool.id)
        _check_hours(pool, ("pools", n, "hours"), findings)
    for n, case in tables.cases.items():
        if case is not None:
            _check_case(case, ("services", n, "case"), tables, findings)
            if tables.top and tables.top.horizon:
                findings.add("case_without_hours", ("services", n, "case"))


def _check_hours(pool: PoolTable, path: Path, findings: Findings) -> None:
    spans = [span_of(each) for each in pool.hours or []]
    for n, (start, end) in enumerate(spans):
        if end <= start:
            findings.add("ends_before_start", (*path, n, "to"), clock(end), start=clock(start))
        elif n and start < spans[n - 1][1]:
            before = f"{clock(spans[n - 1][0])}–{clock(spans[n - 1][1])}"
            findings.add("hours_overlap", (*path, n, "from"), f"{clock(start)}–{clock(end)}", before=before)


def _check_case(case: CaseTable, path: Path, tables: Tables, findings: Findings) -> None:
    if case.kind == "instant":
        extra = next((key for key in ("promised_days", "promised_hours", "steps", "limit_until") if getattr(case, key)), None)
        if extra is not None:
            findings.add("case_instant", (*path, extra))
    elif not findings.touches(path):
        if not case.steps:
            findings.add("case_without_steps", (*path, "steps"))
        if (case.promised_days is None) == (case.promised_hours is None):
            findings.add("case_promise", (*path, "promised_days"))
    if case.legal_days is not None and case.promised_days is not None and case.promised_days > case.legal_days:
        findings.add("promise_above_legal", (*path, "promised_days"), case.promised_days, most=case.legal_days)
    _check_collection(case, path, tables, findings)
    _check_steps(case, path, tables, findings)


def _check_collection(case: CaseTable, path: Path, tables: Tables, findings: Findings) -> None:
    if case.collection is None or not all(tables.services):
        return
    known = [each.id for each in tables.services if each]
    own = {each.id for n, each in enumerate(tables.services) if each and n in tables.cases}
    at = (*path, "collection", "service")
    if case.collection.service not in known:
        _unknown("unknown_service", case.collection.service, at, known, findings)
    elif case.collection.service in own:
        findings.add("collection_has_case", at, case.collection.service)


def _check_steps(case: CaseTable, path: Path, tables: Tables, findings: Findings) -> None:
    names: list[str] = []
    for n, step in enumerate(case.steps):
        at = (*path, "steps", n)
        if step.id in names:
            findings.add("id_twice", (*at, "id"), step.id)
        _check_step(step, at, tables, findings)
        for k, before in enumerate(step.after or []):
            if before not in names:
                findings.add("step_not_before", (*at, "after", k), before, known=", ".join(names) or "–")
        names.append(step.id)
    if case.limit_until is not None and case.limit_until not in names and not findings.touches((*path, "steps")):
        findings.add("step_unknown", (*path, "limit_until"), case.limit_until, known=", ".join(names))


def _check_step(step: StepTable, path: Path, tables: Tables, findings: Findings) -> None:
    if (step.pool is None) == (step.wait_days is None) or (step.pool is None) != (step.work_min is None):
        findings.add("step_pool_or_wait", (*path, "pool"), step.id)
    known = [each.id for each in tables.pools if each]
    if step.pool is not None and step.pool not in known and all(tables.pools) and not findings.unsure_of("pools"):
        _unknown("unknown_pool", step.pool, (*path, "pool"), known, findings)
    if step.supplement is not None and step.pool is None:
        findings.add("supplement_without_pool", (*path, "supplement"))
    laws: dict[tuple[str, ...], dict[str, Any] | None] = {("work_min",): step.work_min, ("wait_days",): step.wait_days}
    if step.supplement is not None:
        laws[("supplement", "wait_days")] = step.supplement.wait_days
    for key, table in laws.items():
        law = None if table is None or findings.touches((*path, *key)) else read_law(table, (*path, *key), findings)
        if law is not None:
            tables.laws[(*path, *key)] = law


def _unknown(code: str, word: str, path: Path, known: list[str], findings: Findings) -> None:
    near = nearest(word, known)
    findings.add(f"{code}_near" if near else code, path, word, nearest=near, known=", ".join(known) or "–")
