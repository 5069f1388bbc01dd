"""Tables -> parts: clock times become minutes since the first opening, hourly figures become rates, groups of windows become seats."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from simulation.faults import BadInput
from simulation.laws import Law
from simulation.scenario.basis import addresses, flatten
from simulation.scenario.building_cases import build_case, build_pool
from simulation.scenario.case_parts import Case
from simulation.scenario.checking import check
from simulation.scenario.expanding import PUBLIC, Line, lines_of
from simulation.scenario.expanding.layouts import lay_out
from simulation.scenario.expanding.windows import Group, efficiency_of, groups_of, laws_at, rests_of
from simulation.scenario.findings import Findings, Path, tidy
from simulation.scenario.hours import HALF_HOUR, TICK, Span, clock, half_hours_of, minutes_of, span_of
from simulation.scenario.parts import Away, Class, Costs, Department, Horizon, Name, Opening, Rules, Scenario, Service, Slot, Tidal, Window
from simulation.scenario.tables import CostsTable, DemandTable, Interval, NameTable, ServiceTable, Tables, WindowTable, seats_of
from simulation.scenario.visiting import booking_of, rates_of_volume, retry_of
from simulation.scenario.week import ORDINARY, days_of, openings_on, ordinary_kind, season_of, shifts_on
from simulation.scenario.writing import digest_of

OFF_DUTY: tuple[Span, ...] = ((0.0, 0.0),)
"""the shift of a window that has none on that kind of day: one without length"""


def parse(
    document: Mapping[str, Any], place: str = "scenario", *, lines: Mapping[Path, int] | None = None, path: str | None = None
) -> Scenario:
    """Check a document (as `tomllib` gives it) and turn it into a scenario.

    Parameters
    ----------
    place : what the faults call the document, usually its file name
    lines : path of keys -> line, for the faults
    path : the file it came from

    Raises
    ------
    BadInput
        with every fault of the document.
    """
    findings = Findings(document if isinstance(document, Mapping) else {}, place, lines)
    if not isinstance(document, Mapping):
        findings.add("not_a_table", (), type(document).__name__)
        raise BadInput(findings.faults)
    clean = tidy(document, findings)
    findings.document = clean
    tables = check(clean, findings)
    if findings.faults:
        raise BadInput(findings.in_order())
    return _build(clean, tables, path)


def spelled_out(document: Mapping[str, Any]) -> dict[str, Any]:
    """The same hall with every window written out: the windows of [layout] as [[windows]], the word `lunch` as breaks.

    The document stays as it is. Raises BadInput with every fault of it.
    """
    scenario = parse(document)
    plain = copy.deepcopy(dict(scenario.document))
    findings = Findings(plain, "scenario")
    tables = check(plain, findings)
    lines = lines_of(tables)
    lunch = plain.pop("lunch", None)
    plain["windows"] = [*(plain.get("windows") or []), *lay_out(tables, lines, scenario.services, scenario.slots)]
    plain.pop("layout", None)
    for table in (*plain["windows"], *(plain.get("stations") or [])):
        word = table.pop("lunch", None)
        if word == "closed":
            table["breaks"] = sorted([*table.get("breaks", []), lunch], key=lambda each: str(each["from"]))
        elif word == "ab":
            table["ab_break"] = lunch
    if "basis" in plain:
        there = addresses(plain)
        plain["basis"] = {path: phrase for path, phrase in flatten(plain["basis"]).items() if path in there}
    return plain


def _build(document: dict[str, Any], tables: Tables, path: str | None) -> Scenario:
    top = tables.top
    assert top is not None  # no fault was found
    kind = 0 if top.horizon else ordinary_kind(tables.openings)
    hall, groups = _hall(document, tables, path, kind, None)
    if top.demand.starts is None:
        return hall
    halls: dict[str, Scenario] = {}  # kinds of day on which the same openings and shifts hold are one hall
    week: list[Scenario | None] = []
    for kind in ORDINARY:
        holds = str((opened := openings_on(tables.openings, kind), [shifts_on(each.table.shifts or (), kind) for each in groups]))
        if opened and holds not in halls:
            halls[holds], _ = _hall(document, tables, path, kind, groups)
        week.append(halls[holds] if opened else None)
    return replace(hall, week=tuple(week))


def _hall(
    document: dict[str, Any], tables: Tables, path: str | None, kind: int, groups: list[Group] | None
) -> tuple[Scenario, list[Group]]:
    """The hall on that kind of day, and its windows in groups: those that are laid out for the ordinary day are there on all."""
    top = tables.top
    assert top is not None
    openings, slots, places, clock_start = _horizon(tables) if top.horizon else _day(tables, kind)
    lines = lines_of(tables)
    services = tuple(replace(_service(each, slots, places, clock_start, tables), case=_case(each, tables)) for each in lines)
    if groups is None:
        laid_out = [WindowTable.model_validate(each) for each in lay_out(tables, lines, services, slots)]
        groups = groups_of(tables, lines, laid_out)
    windows = [seat for group in groups for seat in _seats(group, tables, lines, openings, clock_start, kind)]
    hall = Scenario(
        name=top.name,
        title=_name(top.title, top.name),
        timezone=top.timezone,
        clock_start=clock_start,
        openings=openings,
        slots=slots,
        services=services,
        windows=tuple(windows),
        departments=tuple(
            Department(each.id, _name(each.name, each.id), each.kind or "department", _seats_behind(each.id, windows))
            for each in tables.departments
            if each
        ),
        horizon=Horizon(_ticks(top.horizon.minutes), _ticks(top.horizon.warm_up)) if top.horizon else None,
        days_per_year=top.days_per_year,
        basis=flatten(top.basis),
        document=copy.deepcopy(document),
        digest=digest_of(document),
        path=path,
        rules=Rules(
            top.rules.idle_window,
            top.rules.lines,
            top.rules.booked,
            top.rules.urgent_interrupt,
            top.rules.places,
            None if top.rules.ghost_min is None else _ticks(top.rules.ghost_min),
            None if top.rules.longest_wait_min is None else _ticks(top.rules.longest_wait_min),
        ),
        classes=(
            Class(PUBLIC, {"zh": "公众", "en": "Public"}),
            *(Class(each.id, _name(each.name, each.id)) for each in tables.classes if each),
        ),
        days=days_of(top.demand, any(window.learning for window in windows)),
        pools=tuple(build_pool(each, _name(each.name, each.id)) for each in tables.pools if each),
        costs=None if top.costs is None else _costs(top.costs),
    )
    return hall, groups


def _costs(table: CostsTable) -> Costs:
    overtime = table.window_hour if table.overtime_hour is None else table.overtime_hour
    return Costs(table.window_hour, overtime, table.waiting_hour, table.training, table.training_days, table.currency)


def _seats_behind(department: str, windows: list[Window]) -> tuple[str, ...]:
    return tuple(each.id for each in windows if department in each.departments)


def _name(given: str | NameTable | None, identity: str, number: str = "") -> Name:
    zh, en = (given.zh, given.en) if isinstance(given, NameTable) else (given, given)
    return {"zh": f"{zh or en or identity}{number}", "en": f"{en or zh or identity}{number}"}


def _ticks(minutes: float) -> float:
    return round(minutes * TICK) / TICK


# ---- time -------------------------------------------------------------------------------------------------------------------------


def _day(tables: Tables, kind: int) -> tuple[tuple[Opening, ...], tuple[Slot, ...], tuple[int, ...], float]:
    """Opening periods, half-hours, where each half-hour stands in a profile of the file, and the clock at minute 0."""
    first = min(span_of(each)[0] for each in tables.openings if each)
    given = [(position, each) for position in openings_on(tables.openings, kind) if (each := tables.openings[position])]
    openings, slots, places = [], [], []
    for n, (position, each) in enumerate(given):
        start, end = (moment - first for moment in span_of(each))
        last = minutes_of(each.last_ticket) - first if each.last_ticket else end
        at_end = each.at_end or ("serve_all" if n == len(given) - 1 else "keep_tickets")
        early = _ticks(each.early_min)
        last_start = minutes_of(each.last_start) - first if each.last_start else math.inf
        openings.append(Opening(start, end, at_end, early, last, last_start))
        before = [opening for opening in tables.openings[:position] if opening]
        if early:
            slots.append(Slot(start - early, start, clock(first + start - early), "early"))
            places.append(sum(opening.early_min > 0 for opening in before))
        steps = _steps(start, end)
        slots += [Slot(at, at + HALF_HOUR, clock(first + at), "open") for at in steps]
        places += [half_hours_of(before) + n for n in range(len(steps))]
    return tuple(openings), tuple(slots), tuple(places), first


def _steps(start: float, end: float) -> list[float]:
    return [start + n * HALF_HOUR for n in range(int(end - start) // HALF_HOUR)]


def _horizon(tables: Tables) -> tuple[tuple[Opening, ...], tuple[Slot, ...], tuple[int, ...], float]:
    """One opening of the whole horizon; one slot, or the steps of the cycle over and over."""
    horizon = tables.top.horizon if tables.top else None
    assert horizon is not None
    minutes = _ticks(horizon.minutes)
    opening = Opening(0.0, minutes, "finish_current", 0.0, minutes)
    steps = next((len(each.arrivals_per_hour) for each in tables.services if each and isinstance(each.arrivals_per_hour, list)), 0)
    if not steps or horizon.cycle_min is None:
        return (opening,), (Slot(0.0, minutes, "0", "open"),), (0,), 0.0
    step, slots, n = horizon.cycle_min / steps, [], 0
    while (start := _ticks(n * step)) < minutes:
        slots.append(Slot(start, min(_ticks((n + 1) * step), minutes), f"{start:g}", "open"))
        n += 1
    return (opening,), tuple(slots), tuple(range(n)), 0.0


# ---- services ---------------------------------------------------------------------------------------------------------------------


def _service(line: Line, slots: tuple[Slot, ...], places: tuple[int, ...], first: float, tables: Tables) -> Service:
    """first : the clock at minute 0"""
    table, demand = line.table, tables.top.demand if tables.top else DemandTable()
    rates = rates_of_volume(table, tables, slots, places) if table.volume else _rates(table, slots, places)
    return Service(
        id=table.id,
        name=_name(table.name, table.id),
        law=line.law,
        patience=line.patience,
        arrival_rate=tuple(rate * line.share for rate in rates),
        target_wait=table.target.wait_min if table.target else None,
        target_share=table.target.share if table.target else None,
        balking=tuple((step.queue, step.share) for step in table.balking),
        priority=table.priority,
        returns=(table.returns.share, table.returns.after_days) if table.returns else None,
        quota=table.quota,
        then=tuple((step.service, step.share) for step in table.then),
        incomplete=(table.incomplete.share, table.incomplete.after_days) if table.incomplete else None,
        batch=tuple((each.size, each.share) for each in table.batch),
        cases=tuple((each.count, each.share) for each in table.cases),
        companions=tuple((each.count, each.share) for each in table.companions),
        booking=booking_of(table.booking, slots, places, first) if table.booking else None,
        announced=tuple((step.wait_min, step.share) for step in table.announced),
        of=line.of,
        klass=line.klass,
        station=line.station,
        stays=line.stays,
        leads_in=line.leads_in,
        season=season_of(table.season, season_of(demand)) if table.season else None,
        diverted=tuple((each.to, each.share) for each in table.diverted),
        retries=tuple(retry_of(each) for each in table.retries),
        accepted=table.incomplete.accepted if table.incomplete else 0.0,
        incomplete_again=tuple(table.incomplete.again) if table.incomplete else (),
    )


def _case(line: Line, tables: Tables) -> Case | None:
    """What a ticket of this line opens; the line of a part has the part's case, unless the bundle has one of its own."""
    if line.table.case is None:
        return None
    names = [each.id if each else "" for each in tables.services]
    owner = names.index(line.of)
    if line.part and tables.cases.get(owner) is None:
        owner = names.index(line.part)
    table = tables.cases[owner]
    return build_case(table, ("services", owner, "case"), tables) if table else None


def _rates(table: ServiceTable, slots: tuple[Slot, ...], places: tuple[int, ...]) -> tuple[float, ...]:
    """Citizens per minute in every slot, from its place in the profile; a list goes round when there are more slots than values."""
    hourly = table.arrivals_per_hour if isinstance(table.arrivals_per_hour, list) else [table.arrivals_per_hour or 0.0]
    early = table.early_arrivals
    rates = []
    for slot, place in zip(slots, places, strict=True):
        if slot.kind == "early":
            number = (early[place] if isinstance(early, list) else early) or 0.0
            rates.append(number / (slot.end - slot.start))
        else:
            rates.append(hourly[place % len(hourly)] / 60)
    return tuple(rates)


# ---- windows ----------------------------------------------------------------------------------------------------------------------


def _seats(given: Group, tables: Tables, lines: list[Line], openings: tuple[Opening, ...], clock_start: float, kind: int) -> list[Window]:
    group, path = given.table, given.path
    helped = {line.id: people for line, people in given.helped}
    covered = {line.id for line in given.covered}
    mine = {line.id for line in given.own} | helped.keys() | covered
    able = [line for line in lines if line.id in mine]
    efficiency = {line.id: efficiency_of(group, line) for line in able}
    tidal, leaves = group.tidal, group.away_when_idle
    own_laws = {name: tables.laws[(*path, "service_min", name)] for name in group.service_min}
    by_id = {line.id: line for line in lines}
    laws = {}
    if given.station is None:
        laws = {line.id: law for line in able if (law := laws_at(own_laws, line, by_id)) is not None}
    wrap_up = _wrap_up(group, tables.laws.get((*path, "wrap_up_min")))
    breaks, halves = rests_of(group, tables.top.lunch if tables.top else None)
    open_hours = tuple((each.start, each.end) for each in openings)
    shifts = open_hours
    if group.shifts:
        shifts = _spans([span_of(group.shifts[n]) for n in shifts_on(group.shifts, kind)], clock_start) or OFF_DUTY
    names = seats_of(group)
    return [
        Window(
            id=name,
            name=_name(group.name, group.id, f" {n}" if group.count is not None else ""),
            zone=group.zone,
            kind=group.kind or ("comprehensive" if "*" in group.serves else "dedicated"),
            efficiency=dict(efficiency),
            shifts=shifts,
            breaks=_spans([*(span_of(each) for each in breaks), *_half_break(halves, n)], clock_start),
            departments=tuple(
                each.id for each in tables.departments if each and (each.id in group.departments or {group.id, name} & set(each.windows))
            ),
            laws=laws,
            overflow=tuple(helped.items()),
            covers=tuple(line.id for line in able if line.id in covered),
            tidal=Tidal(tidal.open_queue, tidal.close_queue, _ticks(tidal.least_min)) if tidal else None,
            at_shift_end=group.at_shift_end,
            at_break=group.at_break,
            rests=group.break_lasts == "length",
            wrap_up=wrap_up,
            start_up=_ticks(group.start_up_min),
            absence=group.absence,
            breakdown=(tables.laws[(*path, "breakdown", "between_min")], tables.laws[(*path, "breakdown", "repair_min")])
            if group.breakdown
            else None,
            station=given.station,
            learning=_learning(group, n),
            away=Away(leaves.share, tables.laws[(*path, "away_when_idle", "lasts_min")]) if leaves and leaves.share else None,
        )
        for n, name in enumerate(names, start=1)
    ]


def _wrap_up(group: WindowTable, law: Law | None) -> Law:
    """A constant time is on the grid of all times; any other law is put there draw by draw."""
    if law is not None and law.family != "deterministic":
        return law
    minutes = group.wrap_up_min if law is None else law.mean
    assert not isinstance(minutes, dict)  # its law was read
    return Law("deterministic", (_ticks(minutes),))


def _learning(group: WindowTable, position: int) -> tuple[float, float] | None:
    """Of a group in which a share learns, it is the last seats that do."""
    learning = group.learning
    if learning is None or learning.start == 1:
        return None
    count = group.count or 1
    return (learning.start, learning.weeks) if position > count - round(learning.share * count) else None


def _half_break(rest: Interval | None, position: int) -> list[Span]:
    """A/B cover (AB岗): seats at odd positions rest in the first half, the others in the second."""
    if rest is None:
        return []
    start, end = span_of(rest)
    middle = _ticks((start + end) / 2)
    return [(start, middle) if position % 2 else (middle, end)]


def _spans(spans: list[Span], clock_start: float) -> tuple[Span, ...]:
    return tuple(sorted((start - clock_start, end - clock_start) for start, end in spans))
