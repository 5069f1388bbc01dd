"""A document -> its tables, or its faults: what one table says by itself, and what only two tables together can show.

All faults of a document are found in one pass. A table with a fault is looked at again without the key at fault, so that one slip does
not hide another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import time
from itertools import pairwise
from typing import Any, TypeVar

from pydantic import ValidationError

from simulation.laws import Law
from simulation.scenario.basis import addresses, flatten
from simulation.scenario.findings import Findings, Path, nearest, tell
from simulation.scenario.law_tables import read_law
from simulation.scenario.tables import DAY, DepartmentTable, DocumentTable, Interval, OpeningTable, ServiceTable, Table, WindowTable

HALF_HOUR = 30
TICK = 2.0**20
"""ticks a minute: every time is a multiple of one tick, so that sums of times are exact"""
MOST_CITIZENS = 5_000_000.0
"""expected in one run; a larger one is refused before it is drawn"""
MOST_WINDOWS = 10_000
MOST_SKILLS = 2_000_000
"""windows × services"""
MOST_SLOTS = 100_000

AnyTable = TypeVar("AnyTable", bound=Table)
Span = tuple[float, float]


@dataclass(slots=True)
class Tables:
    """The tables of one document by position; None where one cannot be used."""

    top: DocumentTable | None
    openings: list[OpeningTable | None]
    services: list[ServiceTable | None]
    windows: list[WindowTable | None]
    departments: list[DepartmentTable | None]
    laws: dict[Path, Law] = field(default_factory=dict)
    """path of service_min or patience_min -> law"""


def minutes_of(moment: time) -> float:
    """Minutes after midnight, to the tick."""
    return round((moment.hour * 60 + moment.minute + (moment.second + moment.microsecond / 1e6) / 60) * TICK) / TICK


def span_of(interval: Interval) -> Span:
    """From and to in minutes after midnight; a `to` of 00:00:00 is the end of the day."""
    return minutes_of(interval.start), minutes_of(interval.to) or float(DAY)


def clock(minutes: float) -> str:
    """Minutes after midnight as "08:30"."""
    return f"{int(minutes) // 60:02d}:{int(minutes) % 60:02d}"


def seats_of(group: WindowTable) -> list[str]:
    """Ids of the seats of a group: numbered when a count is given."""
    return [group.id] if group.count is None else [f"{group.id}-{n}" for n in range(1, group.count + 1)]


def check(document: dict[str, Any], findings: Findings) -> Tables:
    """Look at everything; the faults are in `findings`, and without any all tables are there."""
    tables = Tables(
        top=_read(DocumentTable, document, (), findings),
        openings=_read_all(OpeningTable, document, "opening", findings),
        services=_read_all(ServiceTable, document, "services", findings),
        windows=_read_all(WindowTable, document, "windows", findings),
        departments=_read_all(DepartmentTable, document, "departments", findings),
    )
    _check_frame(document, tables, findings)
    _check_openings(tables.openings, findings)
    for key, listed in (("services", tables.services), ("departments", tables.departments)):
        _check_twice([(each.id, (key, n, "id")) for n, each in enumerate(listed) if each], findings)
    _check_services(tables, findings)
    _check_windows(tables, findings)
    _check_departments(tables, findings)
    _check_coverage(tables, findings)
    _check_basis(document, findings)
    _check_size(tables, findings)
    return tables


def _read_all(model: type[AnyTable], document: dict[str, Any], key: str, findings: Findings) -> list[AnyTable | None]:
    listed = document.get(key)
    return [_read(model, each, (key, n), findings) for n, each in enumerate(listed if isinstance(listed, list) else [])]


def _read(model: type[AnyTable], given: Any, path: Path, findings: Findings) -> AnyTable | None:
    try:
        return model.model_validate(given)
    except ValidationError as problem:
        errors = problem.errors(include_url=False)
    for error in errors:
        tell(error, path, findings)
    if not isinstance(given, dict):
        return None
    faulty = {error["loc"][0] for error in errors if error["loc"]}
    try:
        return model.model_validate({key: value for key, value in given.items() if key not in faulty})
    except ValidationError:
        return None


# ---- the time frame ---------------------------------------------------------------------------------------------------------------


def _check_frame(document: dict[str, Any], tables: Tables, findings: Findings) -> None:
    if "horizon" in document and document.get("opening"):
        findings.note("opening_and_horizon", ("horizon",))
    elif "horizon" not in document and not document.get("opening") and not findings.touches(("opening",)):
        findings.add("no_opening", ("opening",))
    horizon = tables.top.horizon if tables.top else None
    if horizon and horizon.warm_up >= horizon.minutes:
        findings.add("warm_up_too_long", ("horizon", "warm_up"), f"{horizon.warm_up:g}", minutes=f"{horizon.minutes:g}")


def _check_openings(openings: Sequence[OpeningTable | None], findings: Findings) -> None:
    before = None
    for n, opening in enumerate(openings):
        path: Path = ("opening", n)
        if opening is None:
            before = None
            continue
        start, end = span_of(opening)
        for key, moment in (("from", start), ("to", end)):
            if moment % HALF_HOUR:
                findings.add("not_half_hour", (*path, key), getattr(opening, "start" if key == "from" else "to"))
        if end <= start:
            findings.add("ends_before_start", (*path, "to"), clock(end), start=clock(start))
        elif opening.last_ticket and not start < minutes_of(opening.last_ticket) <= end:
            findings.add("last_ticket_outside", (*path, "last_ticket"), opening.last_ticket, hours=f"{clock(start)}–{clock(end)}")
        if before is not None and start < before[1]:
            code = "openings_out_of_order" if start < before[0] else "openings_overlap"
            findings.add(code, (*path, "from"), clock(start), before=f"{clock(before[0])}–{clock(before[1])}")
        elif start - opening.early_min < (before[1] if before else 0):
            findings.add("early_too_long", (*path, "early_min"), f"{opening.early_min:g}", free=f"{start - (before[1] if before else 0):g}")
        if n == len(openings) - 1 and opening.at_end == "keep_tickets":
            findings.add("keep_at_night", (*path, "at_end"), "keep_tickets")
        before = (start, end)


def hours_of(openings: Sequence[OpeningTable | None]) -> list[str]:
    """The openings as "08:30–12:00"."""
    return [f"{clock(start)}–{clock(end)}" for start, end in (span_of(each) for each in openings if each)]


def half_hours_of(openings: Sequence[OpeningTable | None]) -> int:
    return sum(int(end - start) // HALF_HOUR for start, end in (span_of(each) for each in openings if each))


# ---- services ---------------------------------------------------------------------------------------------------------------------


def _check_twice(named: list[tuple[str, Path]], findings: Findings) -> None:
    seen: set[str] = set()
    for identity, path in named:
        if identity in seen:
            findings.add("id_twice", path, identity)
        seen.add(identity)


def _check_services(tables: Tables, findings: Findings) -> None:
    whole = bool(tables.openings) and all(tables.openings) and not findings.touches(("opening",))
    steps: set[int] = set()
    for n, service in enumerate(tables.services):
        if service is None:
            continue
        path: Path = ("services", n)
        for key, table in (("service_min", service.service_min), ("patience_min", service.patience_min)):
            law = None if table is None or findings.touches((*path, key)) else read_law(table, (*path, key), findings)
            if law is not None:
                tables.laws[(*path, key)] = law
        if isinstance(service.arrivals_per_hour, list):
            steps.add(len(service.arrivals_per_hour))
            if whole:
                _check_profile(service.arrivals_per_hour, (*path, "arrivals_per_hour"), tables.openings, findings)
        _check_early(service, path, tables, findings)
        queues = [step.queue for step in service.balking]
        if queues != sorted(set(queues)):
            findings.add("balking_order", (*path, "balking"), ", ".join(map(str, queues)))
    _check_cycle(tables, steps, findings)


def _check_profile(profile: list[float], path: Path, openings: Sequence[OpeningTable | None], findings: Findings) -> None:
    count = half_hours_of(openings)
    if len(profile) != count:
        hours = hours_of(openings)
        findings.add("profile_length", path, len(profile), count=count, hours=_and(hours, " and "), hours_zh=_and(hours, "和"))


def _and(listed: list[str], word: str) -> str:
    separator = ", " if word == " and " else "、"
    return listed[0] if len(listed) == 1 else separator.join(listed[:-1]) + word + listed[-1]


def _check_early(service: ServiceTable, path: Path, tables: Tables, findings: Findings) -> None:
    given = service.early_arrivals
    if given is None or findings.touches(("opening",)):
        return
    early = [each for each in tables.openings if each and each.early_min > 0]
    if not early and given != 0:
        findings.add("early_without_minutes", (*path, "early_arrivals"), given if isinstance(given, list) else f"{given:g}")
    elif isinstance(given, list) and len(given) != len(early):
        findings.add("early_length", (*path, "early_arrivals"), len(given), count=len(early))


def _check_cycle(tables: Tables, steps: set[int], findings: Findings) -> None:
    """With a horizon: lists over one cycle, all of one length."""
    horizon = tables.top.horizon if tables.top else None
    if horizon is None or tables.openings or not steps:
        return
    if horizon.cycle_min is None:
        findings.add("no_cycle", ("horizon", "cycle_min"))
    elif len(steps) > 1:
        findings.add("cycle_steps", ("horizon", "cycle_min"), ", ".join(map(str, sorted(steps))))
    elif horizon.minutes / horizon.cycle_min * max(steps) > MOST_SLOTS:
        findings.add("too_many_slots", ("horizon", "cycle_min"), f"{horizon.minutes / horizon.cycle_min * max(steps):.3g}", most=MOST_SLOTS)


# ---- windows and departments ------------------------------------------------------------------------------------------------------


def _check_windows(tables: Tables, findings: Findings) -> None:
    served = [each.id for each in tables.services if each]
    departments = [each.id for each in tables.departments if each]
    sure = all(tables.services) and not findings.unsure_of("services")
    seen: dict[str, str] = {}
    for n, group in enumerate(tables.windows):
        if group is None:
            continue
        path: Path = ("windows", n)
        _check_seats(group, path, seen, findings)
        if sure:
            _check_references(group.serves, (*path, "serves"), [*served, "*"], "unknown_service", findings)
            if isinstance(group.efficiency, dict):
                _check_skills(group.efficiency, group.serves, (*path, "efficiency"), served, findings)
        if all(tables.departments) and not findings.unsure_of("departments"):
            _check_references(group.departments, (*path, "departments"), departments, "unknown_department", findings)
        _check_spans(group.shifts or [], (*path, "shifts"), "shifts_overlap", findings)
        rests = _check_spans(group.breaks, (*path, "breaks"), "breaks_overlap", findings)
        if group.ab_break:
            pair = _check_spans([group.ab_break], (*path, "ab_break"), "breaks_overlap", findings)
            if any(start < pair[0][1] and pair[0][0] < end for start, end in rests if pair):
                findings.add("ab_break_overlaps", (*path, "ab_break"), f"{clock(pair[0][0])}–{clock(pair[0][1])}")


def _check_seats(group: WindowTable, path: Path, seen: dict[str, str], findings: Findings) -> None:
    names = {group.id, *seats_of(group)}
    taken = sorted(names & seen.keys())
    if taken and group.id in seen and seen[group.id] == group.id:
        findings.add("id_twice", (*path, "id"), group.id)
    elif taken:
        findings.add("seat_twice", (*path, "id"), taken[0], other=seen[taken[0]])
    seen.update(dict.fromkeys(names, group.id))


def _check_references(listed: list[str], path: Path, known: list[str], code: str, findings: Findings) -> None:
    seen: set[str] = set()
    for n, each in enumerate(listed):
        if each not in known:
            _unknown(code, each, (*path, n), known, findings)
        elif each in seen:
            findings.add("listed_twice", (*path, n), each)
        seen.add(each)


def _unknown(code: str, word: str, path: Path, known: list[str], findings: Findings) -> None:
    near = nearest(word, known)
    findings.add(f"{code}_near" if near else code, path, word, nearest=near, known=", ".join(known))


def _check_skills(table: dict[str, float], serves: list[str], path: Path, served: list[str], findings: Findings) -> None:
    for each in table:
        if each == "default":
            continue
        if each not in served:
            _unknown("unknown_service", each, (*path, each), [*served, "default"], findings)
        elif "*" not in serves and each not in serves:
            findings.add("skill_not_served", (*path, each), each)


def _check_spans(intervals: list[Interval], path: Path, code: str, findings: Findings) -> list[Span]:
    """The spans of a list, each forward, in order of time and apart; they may touch."""
    spans = []
    for n, interval in enumerate(intervals):
        start, end = span_of(interval)
        if end <= start:
            at = (*path, n, "to") if path[-1] != "ab_break" else (*path, "to")
            findings.add("ends_before_start", at, clock(end), start=clock(start))
        else:
            spans.append((start, end))
    spans.sort()
    for before, after in pairwise(spans):
        if after[0] < before[1]:
            findings.add(code, path, f"{clock(after[0])}–{clock(after[1])}", before=f"{clock(before[0])}–{clock(before[1])}")
    return spans


def _check_departments(tables: Tables, findings: Findings) -> None:
    if not all(tables.windows) or findings.unsure_of("windows"):
        return
    known = sorted({name for group in tables.windows if group for name in (group.id, *seats_of(group))})
    for n, department in enumerate(tables.departments):
        if department:
            _check_references(department.windows, ("departments", n, "windows"), known, "unknown_window", findings)


def _check_coverage(tables: Tables, findings: Findings) -> None:
    if not tables.windows or not all(tables.windows) or findings.unsure_of("services"):
        return
    covered = {each for group in tables.windows if group for each in group.serves}
    for n, service in enumerate(tables.services):
        if service and "*" not in covered and service.id not in covered:
            findings.note("no_window_serves", ("services", n), service.id)


# ---- the whole --------------------------------------------------------------------------------------------------------------------


def _check_basis(document: dict[str, Any], findings: Findings) -> None:
    basis = document.get("basis")
    if not isinstance(basis, dict):
        return
    known = addresses(document)
    for path, phrase in flatten(basis).items():
        at: Path = ("basis", path)
        if not isinstance(phrase, str):
            findings.add("not_text", at, phrase)
        elif not phrase.strip():
            findings.add("empty_text", at)
        elif path not in known and not findings.unsure_of(path.partition(".")[0]):
            near = nearest(path, known)
            findings.add("basis_nothing_near" if near else "basis_nothing", at, path, nearest=near)


def _check_size(tables: Tables, findings: Findings) -> None:
    windows = sum(group.count or 1 for group in tables.windows if group)
    if windows > MOST_WINDOWS:
        findings.add("too_many_windows", ("windows",), windows, most=MOST_WINDOWS)
    elif windows * len(tables.services) > MOST_SKILLS:
        findings.add("too_many_windows", ("windows",), f"{windows} × {len(tables.services)}", most=MOST_SKILLS)
    expected = sum(_expected(service, tables) for service in tables.services if service)
    if expected > MOST_CITIZENS:
        findings.note("too_many_citizens", (), f"{expected:.3g}", most=f"{MOST_CITIZENS:.0f}")


def _expected(service: ServiceTable, tables: Tables) -> float:
    """Expected citizens of one run, a rough upper figure when other parts are at fault."""
    rate = service.arrivals_per_hour or 0.0
    horizon = tables.top.horizon if tables.top else None
    early = service.early_arrivals or 0.0
    before = sum(early) if isinstance(early, list) else early * len(tables.openings)
    if horizon:
        return (sum(rate) / len(rate) if isinstance(rate, list) else rate) / 60 * horizon.minutes
    return before + (sum(rate) / 2 if isinstance(rate, list) else rate * half_hours_of(tables.openings) / 2)
