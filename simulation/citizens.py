"""A day given citizen by citizen: the replay of a real day, or a textbook case by hand.

Assumes one row a citizen: `arrival` (clock time such as 08:45 or 08:45:30, or minutes since the first opening), `service`, `work_min`
(minutes at efficiency 1), `patience_min` (empty: waits for ever), `class` (may be absent; who is of a class of the scenario waits in its
line). Rows may stand in any order; equal times keep theirs. Not for logs of what happened (`simulation.tickets`).
"""

from __future__ import annotations

import csv
import math
import re
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np

from simulation.demand import NO_OUTAGES, Citizens, Day, Demand, rounded, single_tasks, with_wrap_up
from simulation.faults import BadInput, Fault, fault
from simulation.numbers import numbers_of
from simulation.scenario import Scenario
from simulation.streams import uniforms

REQUIRED = ("arrival", "service", "work_min")
_CLOCK = re.compile(r"(\d{1,2})[:：](\d{2})(?:[:：](\d{2}))?")


def demand_from_citizens(scenario: Scenario, path: str | Path, seed: int = 1) -> Demand:
    """The demand of one given day.

    Parameters
    ----------
    path : CSV in UTF-8 (with or without BOM) or GB18030
    seed : of the draws a row does not give (balking, wrap-up)

    Raises
    ------
    BadInput
        with every fault of the file: a column missing, a service unknown, a time that is none.
    """
    rows, faults = _rows(Path(path))
    services = {service.id: index for index, service in enumerate(scenario.services)}
    arrival, work, patience, service, klass = [], [], [], [], []
    for line, row in rows:
        place = f"{path}: line {line}"
        arrival.append(_arrival(row["arrival"], scenario, place, faults))
        work.append(_minutes(row["work_min"], f"{place}: work_min", faults))
        given = row.get("patience_min", "")
        patience.append(_minutes(given, f"{place}: patience_min", faults) if given else math.inf)
        if row["service"] not in services:
            faults.append(fault("citizens_service", place, row["service"], known=", ".join(services)))
        klass.append(row.get("class", "") or "public")
        own = f"{row['service']}:{klass[-1]}"  # where the class has a line of its own
        service.append(services.get(own, services.get(row["service"], 0)))
    if faults:
        raise BadInput(faults)
    if not arrival:
        raise BadInput([fault("citizens_empty", str(path))])
    order = np.argsort(np.array(arrival), kind="stable")
    known = [each.id for each in scenario.classes]
    names = [*known, *sorted(set(klass) - set(known))]
    count = len(order)
    _, chance = numbers_of(scenario)
    which = np.array(service, dtype=np.int32)[order]
    minutes = np.array(work)[order]
    draws = uniforms(seed, "balking", "given", count)
    day = Day(seed, 0, 0)
    citizens = Citizens(
        np.arange(1, count + 1),
        np.ones(count, np.int32),
        np.array([names.index(k) for k in klass], dtype=np.int32)[order],
        rounded(np.array(arrival)[order]),
        uniforms(seed, "returning", "given", count),
        uniforms(seed, "papers", "given", count),
        np.ones(count, np.bool_),
        np.ones(count, np.int32),
        np.zeros(count, np.int32),
    )
    tasks = single_tasks(which, rounded(minutes[:, None] / chance.efficiency[which]), rounded(np.array(patience)[order]), draws)
    return Demand(day, citizens, with_wrap_up(scenario, day, citizens, tasks), NO_OUTAGES)


def _rows(path: Path) -> tuple[list[tuple[int, dict[str, str]]], list[Fault]]:
    """The rows with their line numbers; a file that is no table raises."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadInput([fault("citizens_unreadable", str(path), error.strerror or str(error))]) from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = raw.decode("gb18030")
        except UnicodeDecodeError:
            raise BadInput([fault("citizens_encoding", str(path))]) from None
    if "\0" in text:
        raise BadInput([fault("citizens_encoding", str(path))])
    reader = csv.reader(text.splitlines(keepends=True))
    try:
        return _table(path, reader)
    except csv.Error as error:  # a cell of more than 131,072 characters
        place = f"{path}: line {reader.line_num}"
        raise BadInput([fault("citizens_no_table", place, str(error))]) from None


def _table(path: Path, reader: Any) -> tuple[list[tuple[int, dict[str, str]]], list[Fault]]:
    header = [plain_text(name) for name in next(reader, [])]
    missing = [fault("citizens_column_missing", str(path), name) for name in REQUIRED if name not in header]
    missing += [fault("citizens_column_twice", str(path), name) for name in sorted({n for n in header if header.count(n) > 1})]
    if missing:
        raise BadInput(missing)
    rows, faults = [], []
    for row in reader:
        if not any(plain_text(cell) for cell in row):
            continue
        if len(row) != len(header):
            faults.append(fault("citizens_row_length", f"{path}: line {reader.line_num}", str(len(row)), columns=str(len(header))))
            continue
        rows.append((reader.line_num, dict(zip(header, (plain_text(cell) for cell in row), strict=True))))
    return rows, faults


def _arrival(text: str, scenario: Scenario, place: str, faults: list[Fault]) -> float:
    clock = _CLOCK.fullmatch(text)
    if clock and int(clock[1]) < 24 and int(clock[2]) < 60 and int(clock[3] or 0) < 60:
        return int(clock[1]) * 60 + int(clock[2]) + int(clock[3] or 0) / 60 - scenario.clock_start
    value = _number(text)
    if not math.isfinite(value) or abs(value) > 1e7:
        faults.append(fault("citizens_arrival", f"{place}: arrival", text))
    return value


def _minutes(text: str, place: str, faults: list[Fault]) -> float:
    value = _number(text)
    if not math.isfinite(value) or value < 0 or value > 1e7:
        faults.append(fault("citizens_minutes", place, text))
    return value


def plain_text(cell: str) -> str:
    """A cell with fullwidth signs made plain (NFKC), zero-width ones and outer blanks removed."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", cell) if unicodedata.category(sign) != "Cf").strip()


def _number(text: str) -> float:
    """The number, nan if it is none."""
    return float(text) if re.fullmatch(r"(?a:[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?)", text) else math.nan
