"""Snapshots of queues (people waiting, open windows, the ticket being served, every few minutes) and the tickets rebuilt from them.

A ticket is issued when the number being served and those waiting first reach it, and called when the number being served does; between two
snapshots tickets follow one another at equal steps. So a wait is known to the time between two snapshots, and who was called out of turn
or did not come is not seen.

Dirt is counted, never repaired by hand: days far from the others are a clock set wrongly; `week_years` mends the last days of December that
bear the next year's number; a queue-day whose number goes back is not rebuilt; where somebody is called while no window is said to be open,
one is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.calibration.files import table_of
from simulation.calibration.logs import FAR_DAYS, stamps_of
from simulation.calibration.mapping import LogMapping
from simulation.calibration.reasons import fact_of
from simulation.faults import BadInput, Fault, fault

Floats = NDArray[np.float64]

MANY_SNAPSHOTS = 60
"""of a day; a number of open windows that is above 1 and the same in so many, also after hours, is stuck and tells nothing"""
LEAST = 3
"""tickets of a queue-day, below which it is not rebuilt"""
MOST_AT_ONCE = 500
"""tickets between two snapshots; more is another counter"""


@dataclass(frozen=True, slots=True)
class Snapshots:
    """Snapshots that were read, and what was rebuilt from them."""

    tickets: pd.DataFrame
    """day, queue, number, issued, called (minutes of the day)"""
    open: dict[tuple[str, str], tuple[Floats, NDArray[np.int64]]]
    """day and queue -> minutes of the day, windows open from then on"""
    seen: dict[tuple[str, str], tuple[Floats, NDArray[np.int64], NDArray[np.int64]]]
    """day and queue that was rebuilt -> minutes of the day, number being served, people waiting"""
    names: dict[str, str]
    """queue -> name, with its office"""
    offices: dict[str, str]
    """queue -> office"""
    reasons: dict[str, int]
    """why rows, queue-days or tickets are not believed -> how many; and what was mended"""
    mapping: LogMapping
    rows: int
    id: str
    """twelve hexadecimal digits: the files' content and the mapping"""

    @property
    def days(self) -> tuple[str, ...]:
        return tuple(sorted(self.tickets["day"].unique()))

    def stuck(self, day: str, queue: str) -> bool:
        """Whether the number of open windows tells nothing that day."""
        open = self.open[day, queue][1]
        return len(open) >= MANY_SNAPSHOTS and bool(open.min() == open.max()) and int(open[0]) > 1

    def keep(self, days: Sequence[str]) -> Snapshots:
        """These days only."""
        wanted = set(days)
        return replace(
            self,
            tickets=self.tickets[self.tickets["day"].isin(wanted)].reset_index(drop=True),
            open={key: each for key, each in self.open.items() if key[0] in wanted},
            seen={key: each for key, each in self.seen.items() if key[0] in wanted},
        )

    def of_office(self, office: str) -> Snapshots:
        """The queues of one office only. Raises BadInput for an office of which there is none."""
        own = [queue for queue, at in self.offices.items() if at == office]
        if not own:
            known = ", ".join(each for each in sorted(set(self.offices.values())) if each)
            raise BadInput([fault("fit_office_unknown", "--office", office, known=known)])
        return self.of_queues(own)

    def of_queues(self, queues: Sequence[str]) -> Snapshots:
        """These queues only, in this order."""
        own = set(queues)
        return replace(
            self,
            tickets=self.tickets[self.tickets["queue"].isin(own)].reset_index(drop=True),
            open={key: each for key, each in self.open.items() if key[1] in own},
            seen={key: each for key, each in self.seen.items() if key[1] in own},
            names={queue: self.names[queue] for queue in queues},
            offices={queue: self.offices[queue] for queue in queues},
        )


def read_snapshots(paths: str | Path | Sequence[str | Path], mapping: LogMapping) -> Snapshots:
    """Reads snapshots from one or more files.

    Raises
    ------
    simulation.faults.BadInput
        if a file cannot be read, has not the mapping's columns, or no ticket can be rebuilt.
    """
    listed = [paths] if isinstance(paths, (str, Path)) else list(paths)
    raw, digest = list[pd.DataFrame](), sha256(repr(mapping).encode())
    faults: list[Fault] = []
    for path in listed:
        try:
            table = table_of(Path(path), mapping)
            digest.update(sha256(Path(path).read_bytes()).digest())
        except BadInput as problem:
            faults += problem.faults
            continue
        raw.append(table)
    if faults:
        raise BadInput(faults)
    frame, reasons = _believed(pd.concat(raw, ignore_index=True), mapping)
    tickets, opened, seen = _rebuild(frame, reasons)
    if tickets.empty:
        told = [
            fault("fit_snapshots_reason", str(listed[0]), f"{count:,}", reason=fact_of(reason))
            for reason, count in reasons.items()
            if count
        ]
        raise BadInput([fault("fit_log_empty", str(listed[0]), f"{sum(map(len, raw)):,}"), *told])
    named = frame.drop_duplicates("queue").set_index("queue")
    names = {str(queue): f"{office}: {name}" if office else str(name) for queue, office, name in named[["office", "name"]].itertuples()}
    offices = {str(queue): str(office) for queue, office in named["office"].items()}
    kept = {reason: count for reason, count in reasons.items() if count}
    return Snapshots(tickets, opened, seen, names, offices, kept, mapping, len(frame), digest.hexdigest()[:12])


def _believed(raw: pd.DataFrame, mapping: LogMapping) -> tuple[pd.DataFrame, dict[str, int]]:
    """The rows with numbers for text, in order; and why the others are not there."""

    def column(kind: str) -> NDArray[np.object_]:
        for name in mapping.columns.get(kind, ()):
            if name in raw:
                return raw[name].str.strip().to_numpy(dtype=object)
        return np.full(len(raw), "", object)

    day, clock = stamps_of(column("day"), mapping.formats["day"]), stamps_of(column("time"), mapping.formats["time"])
    reasons = {"week_year": 0, "unreadable_day": 0, "far_date": 0, "unreadable_time": 0, "no_count": 0, "twice": 0}
    middle = pd.Timestamp(day.sort_values().dropna().iloc[int(day.notna().sum()) // 2]) if day.notna().any() else pd.Timestamp(0)
    away = (day - middle).dt.days
    if mapping.week_years:
        ahead = (away > 180) & (day.dt.month == 12) & (day.dt.day >= 29)
        reasons["week_year"] = int(ahead.sum())
        day = day.where(~ahead, day - pd.DateOffset(years=1))
        away = (day - middle).dt.days
    office = column("office")
    frame = pd.DataFrame({
        "day": day.dt.strftime("%Y-%m-%d"), "office": office,
        "queue": np.where(office == "", column("queue"), office + "/" + column("queue")), "name": column("name"),
        "minute": (clock - clock.dt.normalize()).dt.total_seconds() / 60,
        "open": pd.to_numeric(pd.Series(column("open")), errors="coerce"),
        "waiting": pd.to_numeric(pd.Series(column("waiting")), errors="coerce"),
        "number": pd.to_numeric(pd.Series(column("ticket")).str.extract(r"(\d+)$")[0], errors="coerce"),
    })  # fmt: skip
    good = np.ones(len(frame), np.bool_)
    for reason, bad in (
        ("unreadable_day", day.isna()), ("far_date", away.abs() > FAR_DAYS), ("unreadable_time", clock.isna()),
        ("no_count", frame["open"].isna() | frame["waiting"].isna() | (frame["open"] < 0) | (frame["waiting"] < 0)),
        ("twice", frame.duplicated(["day", "queue", "minute"])),
    ):  # fmt: skip
        reasons[reason] = int((good & bad.to_numpy()).sum())
        good &= ~bad.to_numpy()
    return frame[good].sort_values(["queue", "day", "minute"], ignore_index=True), reasons


def _rebuild(
    frame: pd.DataFrame, reasons: dict[str, int]
) -> tuple[
    pd.DataFrame,
    dict[tuple[str, str], tuple[Floats, NDArray[np.int64]]],
    dict[tuple[str, str], tuple[Floats, NDArray[np.int64], NDArray[np.int64]]],
]:
    found: list[pd.DataFrame] = []
    opened, seen = {}, {}
    reasons |= {"number_back": 0, "called_before_issue": 0, "called_by_nobody": 0, "count_stuck": 0}
    for (queue, day), rows in frame.groupby(["queue", "day"], sort=False):
        open = rows["open"].to_numpy(np.int64).copy()
        at_work = np.diff(rows["number"].ffill().to_numpy(np.float64), append=np.nan) > 0
        reasons["called_by_nobody"] += int((at_work & (open == 0)).sum())
        open[at_work] = np.maximum(open[at_work], 1)
        if len(open) >= MANY_SNAPSHOTS and open.min() == open.max() and open[0] > 1:
            reasons["count_stuck"] += 1
        opened[str(day), str(queue)] = rows["minute"].to_numpy(np.float64), open
        told = rows[rows["number"].notna()]
        number = told["number"].to_numpy(np.int64)
        if len(number) < 2 or number[-1] - number[0] < LEAST:
            continue
        if (np.diff(number) < 0).any() or (np.diff(number) > MOST_AT_ONCE).any():
            reasons["number_back"] += 1
            continue
        minute = told["minute"].to_numpy(np.float64)
        issued = np.maximum.accumulate(number + told["waiting"].to_numpy(np.int64))
        each = np.arange(issued[0] + 1, number[-1] + 1)
        if not len(each):
            continue
        when, called = _reached(minute, issued, each), _reached(minute, number, each)
        seen[str(day), str(queue)] = minute, number, told["waiting"].to_numpy(np.int64)
        reasons["called_before_issue"] += int((called < when - 1e-9).sum())
        found.append(pd.DataFrame({"day": day, "queue": queue, "number": each, "issued": when, "called": np.maximum(called, when)}))
    columns = ["day", "queue", "number", "issued", "called"]
    return (pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=columns)), opened, seen


def _reached(minute: Floats, level: NDArray[np.int64], each: NDArray[np.int64]) -> Floats:
    """When a level that never falls reached each number, at equal steps between two snapshots."""
    after = np.searchsorted(level, each)
    before = after - 1
    share = (each - level[before]) / (level[after] - level[before])
    return np.asarray(minute[before] + share * (minute[after] - minute[before]))
