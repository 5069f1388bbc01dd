"""Plans of a district as they are written: moves such as `main>township=30%` and `tax:main>online=10%`, and numbers of windows.

Assumes that the places and services of the file are known. Not for what a move does: `simulation.district.flows`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulation.district.inputs import ONLINE, Move, Place, Plan, Work
from simulation.plain_tables import PlainTables


def plan_of(tables: PlainTables, row: tuple[str | int, ...], kinds: list[str], works: list[Work], places: list[Place]) -> Plan:
    """One plan of the file; what is wrong with it is told in the tables."""
    tables.known(row, ("id", "name", "moves", "windows"))
    id = tables.identity((*row, "id"))
    moves = []
    given = tables.at((*row, "moves"))
    if given is not None and not isinstance(given, list):
        tables.refuse("not_a_list", (*row, "moves"), given)
        given = []
    for n, text in enumerate(given or ()):
        move = read_move(tables, (*row, "moves", n), text, [*kinds, ONLINE], works)
        if move is not None:
            moves.append(move)
    small = [each.id for each in places if each.hall is None]
    windows = {}
    asked = tables.at((*row, "windows"))
    if asked is not None and not isinstance(asked, Mapping):
        tables.refuse("not_a_table", (*row, "windows"), asked)
        asked = None
    for place in asked or ():
        if place not in small:
            tables.refuse("district_plan_windows", (*row, "windows", place), place, known=", ".join(small))
        else:
            windows[place] = tables.whole((*row, "windows", place), 1, least=1, most=1000)
    return Plan(id, tables.name((*row, "name"), id), tuple(moves), windows)


def read_move(
    tables: PlainTables, where: tuple[str | int, ...], text: Any, kinds: list[str], works: list[Work] | tuple[Work, ...]
) -> Move | None:
    """`SERVICE:FROM>TO=SHARE`; what is wrong with it is told in the tables."""
    said = str(text)
    head, equals, amount = said.partition("=")
    service, colon, way = head.rpartition(":")
    source, arrow, to = (each.strip() for each in way.partition(">"))
    if not (isinstance(text, str) and equals and arrow and source and to):
        tables.findings.note("district_move", where, said)
        return None
    try:
        share = float(amount.strip().rstrip("%")) / (100 if amount.strip().endswith("%") else 1)
    except ValueError:
        tables.findings.note("district_move", where, said)
        return None
    service = service.strip()
    by_id = {each.id: each for each in works}
    before = len(tables.findings.faults)
    for kind in (source, to):
        if kind not in kinds:
            tables.findings.note("district_where", where, kind, known=", ".join(kinds))
    if source == to:
        tables.findings.note("district_move_nowhere", where, said, there=to)
    if not 0 <= share <= 1:
        tables.findings.note("district_move_share", where, amount)
    if colon and service not in by_id:
        tables.findings.note("district_service", where, service, known=", ".join(by_id))
    elif colon and to in kinds and to not in by_id[service].can:
        tables.findings.note("district_can", where, to, service=service, known=", ".join(by_id[service].can))
    return Move(source, to, share, service if colon else None) if len(tables.findings.faults) == before else None
