"""Windows and departments against each other and the services: ids, references, shifts and breaks, services that nobody serves."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from simulation.scenario.expanding.ways import PUBLIC
from simulation.scenario.findings import Findings, Path, nearest
from simulation.scenario.hours import Span, clock, span_of
from simulation.scenario.law_tables import read_law
from simulation.scenario.parts import Away
from simulation.scenario.tables import Interval, ShiftTable, StationTable, Tables, WindowTable, seats_of
from simulation.scenario.tables.values import DAY
from simulation.scenario.week import ORDINARY, shifts_on

SHORTEST_IDLE = 0.1
"""minutes, on average, that somebody sits at an idle window before going away"""


def check_windows(tables: Tables, findings: Findings) -> dict[str, str]:
    """The windows of the file; the ids of their seats, and whose they are."""
    classes = [PUBLIC, *(each.id for each in tables.classes if each)]
    served = [each.id for each in tables.services if each]
    served += [f"{service}:{klass}" for service in served for klass in classes]
    departments = [each.id for each in tables.departments if each]
    sure = all(tables.services) and not findings.unsure_of("services")
    seen: dict[str, str] = {}
    for n, group in enumerate(tables.windows):
        if group is None:
            continue
        path: Path = ("windows", n)
        check_seats(group, path, seen, findings)
        if sure:
            check_references(group.serves, (*path, "serves"), [*served, "*"], "unknown_service", findings)
            if group.classes is not None and all(tables.classes) and not findings.unsure_of("classes"):
                check_references(group.classes, (*path, "classes"), classes, "unknown_class", findings)
            _check_help(group, path, served, tables, findings)
            if isinstance(group.efficiency, dict) and not findings.touches((*path, "overflow")) and not findings.touches((*path, "covers")):
                helped = [each.service for each in group.overflow] + group.covers
                _check_skills(group.efficiency, group.serves, helped, (*path, "efficiency"), served, findings)
        if all(tables.departments) and not findings.unsure_of("departments"):
            check_references(group.departments, (*path, "departments"), departments, "unknown_department", findings)
        check_laws_of(group, path, tables, findings)
        check_shifts(group.shifts or [], path, findings)
        rests = check_spans(group.breaks, (*path, "breaks"), "breaks_overlap", findings)
        if group.ab_break:
            pair = check_spans([group.ab_break], (*path, "ab_break"), "breaks_overlap", findings)
            if any(start < pair[0][1] and pair[0][0] < end for start, end in rests if pair):
                findings.add("ab_break_overlaps", (*path, "ab_break"), f"{clock(pair[0][0])}–{clock(pair[0][1])}")
    return seen


def check_seats(group: WindowTable | StationTable, path: Path, seen: dict[str, str], findings: Findings) -> None:
    names = {group.id, *seats_of(group)}
    taken = sorted(names & seen.keys())
    if taken and group.id in seen and seen[group.id] == group.id:
        findings.add("id_twice", (*path, "id"), group.id)
    elif taken:
        findings.add("seat_twice", (*path, "id"), taken[0], other=seen[taken[0]])
    seen.update(dict.fromkeys(names, group.id))


def check_references(listed: list[str], path: Path, known: list[str], code: str, findings: Findings) -> None:
    seen: set[str] = set()
    for n, each in enumerate(listed):
        if each not in known:
            check_unknown(code, each, (*path, n), known, findings)
        elif each in seen:
            findings.add("listed_twice", (*path, n), each)
        seen.add(each)


def check_unknown(code: str, word: str, path: Path, known: list[str], findings: Findings) -> None:
    near = nearest(word, known)
    findings.add(f"{code}_near" if near else code, path, word, nearest=near, known=", ".join(each for each in known if ":" not in each))


def _check_skills(table: dict[str, float], serves: list[str], helped: list[str], path: Path, served: list[str], findings: Findings) -> None:
    for each in table:
        if each == "default":
            continue
        if each not in served:
            check_unknown("unknown_service", each, (*path, each), [*served, "default"], findings)
        elif "*" not in serves and not any(_same(each, other) for other in (*serves, *helped)):
            findings.add("skill_not_served", (*path, each), each)


def _same(one: str, other: str) -> bool:
    """Whether two names mean the same service, one of them perhaps only one class of it."""
    return one == other or one.partition(":")[0] == other or one == other.partition(":")[0]


def _check_help(group: WindowTable, path: Path, served: list[str], tables: Tables, findings: Findings) -> None:
    """Services that a window only helps, or serves by a law of its own."""
    for n, help in enumerate(group.overflow):
        at = (*path, "overflow", n, "service")
        if help.service not in served:
            check_unknown("unknown_service", help.service, at, served, findings)
        elif group.classes is None and ("*" in group.serves or {help.service, help.service.partition(":")[0]} & set(group.serves)):
            findings.add("overflow_own", at, help.service)
    check_references(group.covers, (*path, "covers"), served, "unknown_service", findings)
    helped = {each.service for each in group.overflow}
    for n, service in enumerate(group.covers):
        if "*" in group.serves or service in group.serves or service in helped:
            findings.add("covers_own", (*path, "covers", n), service)
    if tables.top and tables.top.rules.lines == "per_window":
        for key in ("overflow", "covers", "tidal"):
            if getattr(group, key):
                findings.add("overflow_per_window" if key == "overflow" else "needs_common_lines", (*path, key))
    if group.tidal and group.tidal.close_queue >= group.tidal.open_queue:
        findings.add("tide_turns_at_once", (*path, "tidal", "close_queue"), group.tidal.close_queue, open=group.tidal.open_queue)
    for service in group.service_min:
        if service not in served:
            check_unknown("unknown_service", service, (*path, "service_min", service), served, findings)
        elif "*" not in group.serves and not any(_same(service, each) for each in (*group.serves, *helped, *group.covers)):
            findings.add("law_not_served", (*path, "service_min", service), service)


def check_laws_of(group: WindowTable | StationTable, path: Path, tables: Tables, findings: Findings) -> None:
    own = group.service_min if isinstance(group, WindowTable) else {}
    given: dict[tuple[str, ...], dict[str, Any]] = {("service_min", service): law for service, law in own.items()}
    if isinstance(group, WindowTable) and isinstance(group.wrap_up_min, dict):
        given["wrap_up_min",] = group.wrap_up_min
    if isinstance(group, WindowTable) and group.away_when_idle:
        given["away_when_idle", "lasts_min"] = group.away_when_idle.lasts_min
    if group.breakdown:
        given |= {("breakdown", "between_min"): group.breakdown.between_min, ("breakdown", "repair_min"): group.breakdown.repair_min}
    for key, table in given.items():
        law = None if findings.touches((*path, *key)) else read_law(table, (*path, *key), findings)
        if law is not None:
            tables.laws[(*path, *key)] = law
            if key == ("breakdown", "between_min") and law.mean < 1:
                findings.add("breaks_too_often", (*path, *key), f"{law.mean:g}")
            if key[0] == "away_when_idle" and isinstance(group, WindowTable) and group.away_when_idle and group.away_when_idle.share:
                idle = Away(group.away_when_idle.share, law).idle
                if idle < SHORTEST_IDLE:
                    findings.add("leaves_too_often", (*path[:2], "away_when_idle"), f"{60 * idle:.2g}", least=f"{60 * SHORTEST_IDLE:g}")
            if key == ("wrap_up_min",) and law.mean > DAY:
                findings.add("law_too_long", (*path, *key), f"{law.mean:g}", most=f"{DAY:g}")


def check_shifts(shifts: Sequence[ShiftTable], path: Path, findings: Findings) -> None:
    """The shifts of any kind of day lie apart."""
    for kind in ORDINARY:
        held = shifts_on(shifts, kind)
        check_spans([shifts[each] for each in held], (*path, "shifts"), "shifts_overlap", findings, held)


def check_spans(
    intervals: Sequence[Interval], path: Path, code: str, findings: Findings, positions: Sequence[int] | None = None
) -> list[Span]:
    """The spans of a list, each forward, in order of time and apart; they may touch. `positions`: where each stands in the file's list."""
    spans = []
    for n, interval in zip(positions or range(len(intervals)), intervals, strict=True):
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


def check_departments(tables: Tables, seats: dict[str, str], findings: Findings) -> None:
    if not all(tables.windows) or findings.unsure_of("windows"):
        return
    known = sorted(seats)
    for n, department in enumerate(tables.departments):
        if department:
            check_references(department.windows, ("departments", n, "windows"), known, "unknown_window", findings)


def check_coverage(tables: Tables, findings: Findings) -> None:
    if not tables.windows or not all(tables.windows) or findings.unsure_of("services"):
        return
    covered = {each for group in tables.windows if group for each in group.serves}
    for n, service in enumerate(tables.services):
        plain = service and service.together is None and service.own_window is None
        if service and plain and "*" not in covered and not any(each.partition(":")[0] == service.id for each in covered):
            findings.note("no_window_serves", ("services", n), service.id)
