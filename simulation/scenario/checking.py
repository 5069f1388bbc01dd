"""A document -> its tables, or its faults: what one table says by itself, and what only two tables together can show.

All faults of a document are found in one pass. A table with a fault is looked at again without the key at fault, so that one slip does
not hide another.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import ValidationError

from simulation.scenario.basis import addresses, flatten
from simulation.scenario.case_tables import CaseTable, PoolTable
from simulation.scenario.checking_cases import check_cases
from simulation.scenario.checking_days import check_days
from simulation.scenario.checking_layout import check_layout, check_lines, check_lunch, check_own_windows
from simulation.scenario.checking_people import check_bundles, check_classes, check_stations
from simulation.scenario.checking_visiting import check_profile, check_visiting
from simulation.scenario.checking_windows import check_coverage, check_departments, check_windows
from simulation.scenario.expanding.lines import lines_of
from simulation.scenario.findings import Findings, Path, nearest, tell
from simulation.scenario.hours import HALF_HOUR, Span, clock, half_hours_of, minutes_of, span_of
from simulation.scenario.law_tables import read_law
from simulation.scenario.tables import (
    ClassTable,
    DepartmentTable,
    DocumentTable,
    OpeningTable,
    ServiceTable,
    StationTable,
    Table,
    Tables,
    WindowTable,
)
from simulation.scenario.week import ways_to_open

MOST_CITIZENS = 5_000_000.0
"""expected in one run; a larger one is refused before it is drawn"""
FEWEST_DAYS = 200
"""working days a year, to judge a volume where the calendar counts them"""
MOST_WINDOWS = 10_000
MOST_SKILLS = 2_000_000
"""windows × services"""
MOST_SLOTS = 100_000

AnyTable = TypeVar("AnyTable", bound=Table)


def check(document: dict[str, Any], findings: Findings) -> Tables:
    """Look at everything; the faults are in `findings`, and without any all tables are there."""
    tables = read_tables(document, findings)
    _check_frame(document, tables, findings)
    _check_openings(tables.openings, findings)
    check_days(tables, findings)
    for key, listed in (("services", tables.services), ("departments", tables.departments), ("classes", tables.classes)):
        _check_twice([(each.id, (key, n, "id")) for n, each in enumerate(listed) if each], findings)
    _check_services(tables, findings)
    check_bundles(tables, findings)
    check_classes(tables, findings)
    seats = check_windows(tables, findings)
    check_stations(tables, seats, findings)
    check_own_windows(tables, findings)
    check_lunch(tables, findings)
    check_layout(tables, seats, findings)
    check_departments(tables, seats, findings)
    if not findings.faults:
        check_lines(tables, findings)
    elif tables.top is None or tables.top.layout is None:
        check_coverage(tables, findings)
    check_cases(tables, findings)
    _check_basis(document, findings)
    _check_size(tables, findings)
    return tables


def read_tables(document: dict[str, Any], findings: Findings) -> Tables:
    """What each table says by itself."""
    tables = Tables(
        top=_read(DocumentTable, document, (), findings),
        openings=_read_all(OpeningTable, document, "opening", findings),
        services=_read_all(ServiceTable, document, "services", findings),
        windows=_read_all(WindowTable, document, "windows", findings),
        departments=_read_all(DepartmentTable, document, "departments", findings),
        classes=_read_all(ClassTable, document, "classes", findings),
        stations=_read_all(StationTable, document, "stations", findings),
    )
    _read_cases(document, tables, findings)
    return tables


def _read_all(model: type[AnyTable], document: dict[str, Any], key: str, findings: Findings) -> list[AnyTable | None]:
    listed = document.get(key)
    return [_read(model, each, (key, n), findings) for n, each in enumerate(listed if isinstance(listed, list) else [])]


def _read_cases(document: dict[str, Any], tables: Tables, findings: Findings) -> None:
    """What stands behind the windows: pools, and the case of each service that has one."""
    tables.pools = _read_all(PoolTable, document, "pools", findings)
    for n, service in enumerate(tables.services):
        if service and service.case is not None:
            tables.cases[n] = _read(CaseTable, service.case, ("services", n, "case"), findings)


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
    has_horizon = document.get("horizon") is not None  # a document made in Python may say None
    if has_horizon and document.get("opening"):
        findings.note("opening_and_horizon", ("horizon",))
    elif not has_horizon and not document.get("opening") and not findings.touches(("opening",)):
        findings.add("no_opening", ("opening",))
    rules = tables.top.rules if tables.top else None
    if rules and rules.lines == "per_window":
        if rules.booked == "alternate":
            findings.add("needs_common_lines", ("rules", "booked"))
        if rules.longest_wait_min is not None:
            findings.add("needs_common_lines", ("rules", "longest_wait_min"))
    if not document.get("windows") and document.get("layout") is None and not findings.touches(("windows",)):
        findings.add("no_windows", ("windows",))
    horizon = tables.top.horizon if tables.top else None
    if horizon and horizon.warm_up >= horizon.minutes:
        findings.add("warm_up_too_long", ("horizon", "warm_up"), f"{horizon.warm_up:g}", minutes=f"{horizon.minutes:g}")


def _check_openings(openings: Sequence[OpeningTable | None], findings: Findings) -> None:
    for n, opening in enumerate(openings):
        if opening is None:
            continue
        path: Path = ("opening", n)
        start, end = span_of(opening)
        for key, moment in (("from", start), ("to", end)):
            if moment % HALF_HOUR:
                findings.add("not_half_hour", (*path, key), getattr(opening, "start" if key == "from" else "to"))
        if end <= start:
            findings.add("ends_before_start", (*path, "to"), clock(end), start=clock(start))
        elif opening.last_ticket and not start < minutes_of(opening.last_ticket) <= end:
            findings.add("last_ticket_outside", (*path, "last_ticket"), opening.last_ticket, hours=f"{clock(start)}–{clock(end)}")
        if opening.last_start and end > start:
            _check_last_start(opening, path, any(chosen[-1] == n for chosen in ways_to_open(openings)), findings)
    for chosen in ways_to_open(openings):
        _check_order(openings, chosen, findings)


def _check_order(openings: Sequence[OpeningTable | None], chosen: list[int], findings: Findings) -> None:
    """Openings of one day stand in order and apart, and somebody is there for who keeps a ticket."""
    before: Span | None = None
    for position in chosen:
        opening, path = openings[position], ("opening", position)
        if opening is None or (position and openings[position - 1] is None):
            before = None
        if opening is None:
            continue
        start, end = span_of(opening)
        if before is not None and start < before[1]:
            code = "openings_out_of_order" if start < before[0] else "openings_overlap"
            findings.add(code, (*path, "from"), clock(start), before=f"{clock(before[0])}–{clock(before[1])}")
        elif start - opening.early_min < (before[1] if before else 0):
            findings.add("early_too_long", (*path, "early_min"), f"{opening.early_min:g}", free=f"{start - (before[1] if before else 0):g}")
        if position == chosen[-1] and None not in openings[position:] and opening.at_end == "keep_tickets":
            findings.add("keep_at_night", (*path, "at_end"), "keep_tickets")
        before = (start, end)


def _check_last_start(opening: OpeningTable, path: Path, last: bool, findings: Findings) -> None:
    """The time from which on nothing starts lies inside the opening, and does not promise service to all who are inside."""
    assert opening.last_start is not None
    start, end = span_of(opening)
    if not start < minutes_of(opening.last_start) <= end:
        findings.add("last_start_outside", (*path, "last_start"), opening.last_start, hours=f"{clock(start)}–{clock(end)}")
    elif (opening.at_end or ("serve_all" if last else "keep_tickets")) == "serve_all":
        findings.add("last_start_serves_all", (*path, "last_start"), opening.last_start)


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
                check_profile(service.arrivals_per_hour, (*path, "arrivals_per_hour"), tables.openings, findings)
        _check_early(service, path, tables, findings)
        _check_visits(service, path, tables, findings)
        queues = [step.queue for step in service.balking]
        if queues != sorted(set(queues)):
            findings.add("balking_order", (*path, "balking"), ", ".join(map(str, queues)))
        waits = [step.wait_min for step in service.announced]
        if waits != sorted(set(waits)):
            findings.add("announced_order", (*path, "announced"), ", ".join(f"{each:g}" for each in waits))
        elif waits and queues:
            findings.add("announced_and_balking", (*path, "announced"))
    _check_cycle(tables, steps, findings)
    _check_ways_out(tables, findings)


def _check_visits(service: ServiceTable, path: Path, tables: Tables, findings: Findings) -> None:
    """Shares that add up, services that exist, appointments only where there are opening hours."""
    for key, listed in (("batch", service.batch), ("cases", service.cases), ("companions", service.companions)):
        if listed and abs(sum(each.share for each in listed) - 1) > 1e-9:
            findings.add("shares_not_one", (*path, key), f"{sum(each.share for each in listed):g}")
    if sum(each.share for each in service.then) > 1 + 1e-9:
        findings.add("shares_above_one", (*path, "then"), f"{sum(each.share for each in service.then):g}")
    known = [each.id for each in tables.services if each]
    if all(tables.services):
        for n, step in enumerate(service.then):
            if step.service not in known:
                near = nearest(step.service, known)
                code = "unknown_service_near" if near else "unknown_service"
                findings.add(code, (*path, "then", n, "service"), step.service, nearest=near, known=", ".join(known))
    if service.booking and tables.top and tables.top.horizon:
        findings.add("booking_without_hours", (*path, "booking"))
    check_visiting(service, path, tables, findings)


def _check_ways_out(tables: Tables, findings: Findings) -> None:
    """Nobody may be sent round for ever: from every service there must be a way out of the hall."""
    services = [each for each in tables.services if each]
    leaves = {each.id for each in services if sum(step.share for step in each.then if step.share > 0) < 1 - 1e-9}
    while True:
        more = {each.id for each in services if any(step.service in leaves and step.share > 0 for step in each.then)} - leaves
        if not more:
            break
        leaves |= more
    for n, service in enumerate(tables.services):
        if service and service.id not in leaves and all(tables.services):
            findings.add("never_leaves", ("services", n, "then"), service.id)


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
    windows = sum(group.count or 1 for group in (*tables.windows, *tables.stations) if group)
    windows += tables.top.layout.windows if tables.top and tables.top.layout else 0
    lines = len(tables.services) if findings.faults else len(lines_of(tables))
    if windows > MOST_WINDOWS:
        findings.add("too_many_windows", ("windows",), windows, most=MOST_WINDOWS)
    elif windows * lines > MOST_SKILLS:
        findings.add("too_many_windows", ("windows",), f"{windows} × {lines}", most=MOST_SKILLS)
    expected = sum(_expected(service, tables) for service in tables.services if service)
    if expected > MOST_CITIZENS:
        findings.note("too_many_citizens", (), f"{expected:.3g}", most=f"{MOST_CITIZENS:.0f}")


def _expected(service: ServiceTable, tables: Tables) -> float:
    """Expected citizens of one run, a rough upper figure when other parts are at fault."""
    rate = service.arrivals_per_hour or 0.0
    horizon = tables.top.horizon if tables.top else None
    if service.volume:
        return service.volume.per_year / ((tables.top.days_per_year if tables.top else None) or FEWEST_DAYS)
    early = service.early_arrivals or 0.0
    before = sum(early) if isinstance(early, list) else early * len(tables.openings)
    if horizon:
        return (sum(rate) / len(rate) if isinstance(rate, list) else rate) / 60 * horizon.minutes
    return before + (sum(rate) / 2 if isinstance(rate, list) else rate * half_hours_of(tables.openings) / 2)
