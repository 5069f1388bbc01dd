"""The layout, the lunch and the windows that some items need for themselves, against the services and the windows."""

from __future__ import annotations

from simulation.scenario.checking_windows import check_references, check_seats, check_shifts, check_spans
from simulation.scenario.expanding.layouts import Pool, pair_of, pools_of
from simulation.scenario.expanding.lines import Line, lines_of
from simulation.scenario.expanding.ways import PUBLIC
from simulation.scenario.expanding.windows import own_windows, serves
from simulation.scenario.findings import Findings, Path
from simulation.scenario.hours import clock, span_of
from simulation.scenario.tables import Interval, LayoutTable, StationTable, Tables, WindowTable


def check_own_windows(tables: Tables, findings: Findings) -> None:
    """Items that cannot be pooled stand alone at their windows, or with others that need the same."""
    owned = own_windows(tables)
    for n, group in enumerate(tables.windows):
        if group:
            listed: list[tuple[Path, str]] = [(("windows", n, "serves", k), name) for k, name in enumerate(group.serves) if name != "*"]
            listed += [(("windows", n, "overflow", k, "service"), each.service) for k, each in enumerate(group.overflow)]
            listed += [(("windows", n, "covers", k), name) for k, name in enumerate(group.covers)]
            _check_mixed(listed, owned, "*" in group.serves, findings)
    layout = tables.top.layout if tables.top else None
    if layout:
        for n, group_ in enumerate(layout.groups):
            listed = [(("layout", "groups", n, "services", k), name) for k, name in enumerate(group_.services)]
            _check_mixed(listed, owned, False, findings)
        for n, aside in enumerate(layout.aside):
            listed = [(("layout", "aside", n, "services", k), name) for k, name in enumerate(aside.services) if name != "*"]
            _check_mixed(listed, owned, "*" in aside.services, findings)


def _check_mixed(listed: list[tuple[Path, str]], owned: dict[str, str], pooled: bool, findings: Findings) -> None:
    words = {owned.get(name.partition(":")[0]) for _, name in listed} | ({None} if pooled else set())
    if len(words) > 1:
        path, name = next((path, name) for path, name in listed if name.partition(":")[0] in owned)
        findings.add("own_window_mixed", path, name, reason=owned[name.partition(":")[0]])


def check_lunch(tables: Tables, findings: Findings) -> None:
    """The word `lunch` needs to know when that is, and to be open over it the doors must be."""
    top = tables.top
    if top is None or findings.touches(("lunch",)):
        return
    tables_with_lunch: list[tuple[Path, WindowTable | StationTable | LayoutTable]] = [
        *((("windows", n), each) for n, each in enumerate(tables.windows) if each),
        *((("stations", n), each) for n, each in enumerate(tables.stations) if each),
        *([(("layout",), top.layout)] if top.layout else []),
    ]
    check_spans([top.lunch] if top.lunch else [], ("lunch",), "breaks_overlap", findings)
    for path, table in tables_with_lunch:
        if table.lunch is None or findings.touches((*path, "breaks")) or findings.touches(("lunch",)):
            continue
        if top.lunch is None:
            findings.add("lunch_when", (*path, "lunch"), table.lunch)
        elif table.lunch != "closed" and not _inside_opening(top.lunch, tables):
            findings.add("lunch_doors", (*path, "lunch"), table.lunch, lunch="–".join(clock(each) for each in span_of(top.lunch)))
        elif table.lunch != "open":
            _check_rests(table, (*path, "lunch"), span_of(top.lunch), findings)


def _inside_opening(lunch: Interval, tables: Tables) -> bool:
    start, end = span_of(lunch)
    return any(first <= start and end <= last for first, last in (span_of(each) for each in tables.openings if each))


def _check_rests(table: WindowTable | StationTable | LayoutTable, path: Path, lunch: tuple[float, float], findings: Findings) -> None:
    for other in [*table.breaks, *([table.ab_break] if table.ab_break else [])]:
        start, end = span_of(other)
        if start < lunch[1] and lunch[0] < end:
            findings.add("lunch_overlaps", path, table.lunch, rest=f"{clock(start)}–{clock(end)}")


def check_layout(tables: Tables, seats: dict[str, str], findings: Findings) -> None:
    """The layout by itself, and whether its windows are enough for its groups."""
    layout = tables.top.layout if tables.top else None
    if layout is None:
        return
    path: Path = ("layout",)
    served = [each.id for each in tables.services if each]
    if not all(tables.services) or findings.unsure_of("services"):
        return
    check_shifts(layout.shifts or [], path, findings)
    check_spans(layout.breaks, (*path, "breaks"), "breaks_overlap", findings)
    seen: dict[str, str] = {}
    for n, group in enumerate(layout.groups):
        check_references(group.services, (*path, "groups", n, "services"), served, "unknown_service", findings)
        for k, service in enumerate(group.services):
            if service in seen:
                findings.add("layout_twice", (*path, "groups", n, "services", k), service, other=seen[service])
            seen.setdefault(service, group.id)
    for n, aside in enumerate(layout.aside):
        check_references(aside.services, (*path, "aside", n, "services"), [*served, "*"], "unknown_service", findings)
        classes = [PUBLIC, *(each.id for each in tables.classes if each)]
        if aside.classes and all(tables.classes) and not findings.unsure_of("classes"):
            check_references(aside.classes, (*path, "aside", n, "classes"), classes, "unknown_class", findings)
    if layout.kind == "grouped" and not layout.groups:
        findings.add("layout_groups", (*path, "groups"), layout.kind)
    elif layout.kind in ("dedicated", "comprehensive") and layout.groups:
        findings.add("layout_no_groups", (*path, "groups"), layout.kind)
    if layout.kind.startswith("overflow") and tables.top and tables.top.rules.lines == "per_window":
        findings.add("layout_per_window", (*path, "kind"), layout.kind)
    if findings.faults:
        return
    pools = pools_of(tables, layout, list(dict.fromkeys(pair_of(line) for line in lines_of(tables) if line.station is None)))
    least = sum(pool.count for pool in pools)
    if layout.windows < least:
        findings.add("layout_too_few", (*path, "windows"), layout.windows, least=least)
    for pool in pools:
        check_seats(WindowTable(id=pool.id, count=layout.windows, serves=["*"]), path, seats, findings)


def check_lines(tables: Tables, findings: Findings) -> None:
    """Every line at the windows has a window of the file, or of its layout; asked of a document without other faults."""
    layout = tables.top.layout if tables.top else None
    lines = [line for line in lines_of(tables) if line.station is None]
    pools: list[Pool] = pools_of(tables, layout, list(dict.fromkeys(map(pair_of, lines)))) if layout else []
    laid_out = {pair for pool in pools for pair in pool.pairs}
    owned = own_windows(tables)
    told: set[str] = set()
    for line in lines:
        if pair_of(line) in laid_out or line.of in told or any(serves(group, line, owned) for group in tables.windows if group):
            continue
        told.add(line.of)
        _tell(line, tables, owned, findings)


def _tell(line: Line, tables: Tables, owned: dict[str, str], findings: Findings) -> None:
    number = next(n for n, each in enumerate(tables.services) if each and each.id == line.of)
    path: Path = ("services", number)
    if line.klass != PUBLIC:
        findings.note("no_window_serves_class", path, line.of, klass=line.klass)
    elif line.of in owned:
        findings.note("no_window_of_its_own", path, line.of, reason=owned[line.of])
    elif len(line.skills) > 1:
        findings.note("no_window_at_once", path, line.of, parts=", ".join(line.skills))
    else:
        findings.note("no_window_serves", path, line.of)
