"""A ticket log of a real hall, or of a simulated one, as one frame; and the rows that cannot be believed, with the reason.

The frame has a row a ticket: `day` (as the log writes it, a date as 2023-03-30), `weekday` (0 Monday to 6 Sunday, -1 if the day is no
date), `service`, `window` ("" if none is named), `arrived`, `called`, `ended` (minutes of the day; above 1440 past midnight; nan if it
did not happen), `outcome` (one of OUTCOMES), `first` (the ticket with which the visit begins), `part` (of a service that was
interrupted), `klass` ("" if the log names none, or not of this ticket) and `row` (of its file, the header is row 1); `due` (the booked
time, minutes of the day; nan for who has none), `after` (service of the served ticket that this one follows in its visit; "" for none)
and `at_once` (whether it follows it at the very moment at the same window).

`ended` of who left is when the leaving was seen: at that very moment, or when called in vain, as the mapping says.

An event log becomes such rows first (`happenings`). Assumes one hall. A row is kept or it is a reject, never lost. Not for snapshots of a
queue (`snapshots`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.calibration.files import nothing_believed, table_of
from simulation.calibration.happenings import ROWS, tickets_of
from simulation.calibration.mapping import LogMapping
from simulation.faults import BadInput, Fault, fault
from simulation.tickets import OUTCOMES

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Longs = NDArray[np.int64]

FAR_DAYS = 366
"""a date further than this from the middle one of the log is a clock set wrongly"""
LONGEST = 1440.0
"""minutes; a wait or a service of more than a day is a slip"""
HALF_DAY = 720.0
PUBLIC = "public"
"""class of a service that names none, where others do"""
NONE, ELSEWHERE = -1, -2
"""in place of the ticket that one follows: it follows none; one that the log has not"""
REASONS = (
    "ignored", "unknown_outcome", "unreadable_day", "far_date", "unreadable_time", "no_arrival", "no_service", "no_end", "left_unseen",
    "called_before_arrival", "ended_before_call", "left_before_arrival", "too_long", "doubled",
)  # fmt: skip
"""why a row is a reject, in the order in which they are looked for: a row has the first that holds"""


@dataclass(frozen=True, slots=True)
class Log:
    """A ticket log that was read."""

    frame: pd.DataFrame
    """the rows that are believed, see the head of this module"""
    rejects: pd.DataFrame
    """the others: file, row, reason (one of REASONS), text (the row as it stands)"""
    mapping: LogMapping
    rounded: float
    """minutes; the step to which the times are rounded, 0 if none is seen"""
    mended: int
    """rows whose times were out of order by no more than the mapping's slack, and were set equal"""
    id: str
    """twelve hexadecimal digits: the files' content and the mapping"""
    strange: int = 0
    """rows of an event log whose event is not known"""

    @property
    def reasons(self) -> dict[str, int]:
        """reason -> rows, only those that occur"""
        counts = self.rejects["reason"].value_counts()
        return {reason: int(counts[reason]) for reason in REASONS if reason in counts}

    @property
    def days(self) -> tuple[str, ...]:
        """In order of time: dates, or the numbers of files without a date."""
        return tuple(sorted(self.frame["day"].unique(), key=order_of))


def order_of(day: str) -> tuple[bool, int, str]:
    """What days are sorted by: 9 is before 10, and numbers are before dates."""
    number = day.lstrip("0") if day.isascii() and day.isdigit() else None
    return (True, 0, day) if number is None else (False, len(number), number)


def read_log(paths: str | Path | Sequence[str | Path], mapping: LogMapping) -> Log:
    """Reads one log from one or more files.

    Raises
    ------
    simulation.faults.BadInput
        if a file cannot be read, has not the mapping's columns, is given twice, or no row can be believed.
    """
    listed = [paths] if isinstance(paths, (str, Path)) else list(paths)
    given: dict[str, Path | str] = {}
    raw, digest, strange = list[pd.DataFrame](), sha256(repr(mapping).encode()), 0
    faults: list[Fault] = []
    for number, path in enumerate(listed):
        try:
            table = table_of(Path(path), mapping)
            content = sha256(Path(path).read_bytes())
        except BadInput as problem:
            faults += problem.faults
            continue
        if content.hexdigest() in given:
            faults.append(fault("fit_log_same", str(path), Path(path).name, first=str(given[content.hexdigest()])))
            continue
        given[content.hexdigest()] = path
        digest.update(content.digest())
        if mapping.kind == "events":
            table, unknown = tickets_of(table, mapping)
            strange += unknown
        raw.append(table.assign(_file=str(path), _number=number, _row=np.arange(2, len(table) + 2)))
    if faults:
        raise BadInput(faults)
    reads = replace(mapping, columns={kind: (kind,) for kind in ROWS}) if mapping.kind == "events" else mapping
    log = _Reading(pd.concat(raw, ignore_index=True), reads).read(digest.hexdigest()[:12])
    if mapping.kind == "events":
        log = replace(log, mapping=mapping, strange=strange)
    if log.frame.empty:
        raise BadInput(nothing_believed(listed[0], log.rejects))
    return log


class _Reading:
    """One table of text on its way to a log."""

    def __init__(self, raw: pd.DataFrame, mapping: LogMapping) -> None:
        self.raw, self.mapping, self.n = raw, mapping, len(raw)
        self.reason = np.full(self.n, "", object)

    def read(self, id: str) -> Log:
        outcome = self.outcomes()
        midnight, day, weekday = self.days()
        arrived, called, ended, left = (self.times(kind, midnight) for kind in ("arrived", "called", "ended", "left"))
        seen_leaving = "left" in self.mapping.columns
        if "outcome" not in self.mapping.columns:
            outcome = np.where(~np.isnan(called), "served", np.where(~np.isnan(left), "reneged", "unfinished")).astype(object)
        gone = np.isin(outcome, ("reneged", "sent_home"))
        if self.mapping.leaving == "at_call":
            left, seen_leaving = np.where(np.isnan(left), called, left), True
        due = self.times("due", midnight) if "due" in self.mapping.columns else np.full(self.n, np.nan)
        arrived = np.where(np.isnan(arrived) & (outcome == "no_show"), due, arrived)  # who did not come has no other time
        never = np.isin(outcome, ("served", "reneged", "sent_home", "interrupted", "unfinished"), invert=True)
        called = np.where(gone | never, np.nan, called)
        ended = np.where(gone, left if seen_leaving else ended, np.where(never, arrived, ended))
        mended = self.order(arrived, called, ended, outcome, gone)
        self.refuse(self.doubled(called, ended), "doubled")
        kept = self.reason == ""
        service, window, parent = self.services(), self.column("window"), self.parents(day, arrived)
        begins, before = parent == NONE, np.maximum(parent, 0)
        came_from = np.where(begins, "", np.where(parent == ELSEWHERE, "?", outcome[before]))
        first = np.isin(self.column("task"), ("", "0")) & begins
        at_once = (parent >= 0) & (called == ended[before]) & (window == window[before]) & (window != "")
        frame = pd.DataFrame({
            "day": day, "weekday": weekday, "service": service, "window": window, "arrived": arrived, "called": called, "ended": ended,
            "outcome": outcome, "first": first, "part": (outcome == "interrupted") | (came_from == "interrupted"),
            "klass": self.classes(arrived, called, ended), "row": self.raw["_row"], "due": np.where(first, due, np.nan),
            "after": np.where(came_from == "served", service[before], ""), "at_once": at_once & (came_from == "served"),
        })[kept].sort_values(["day", "arrived", "row"], ignore_index=True)  # fmt: skip
        named = [name for name in self.raw.columns if not str(name).startswith("_")]
        bad = self.raw[~kept]
        text = bad[named].agg(self.mapping.delimiter.join, axis=1) if len(bad) else pd.Series([], dtype=object)
        rejects = pd.DataFrame({"file": bad["_file"], "row": bad["_row"], "reason": self.reason[~kept], "text": text})
        rounded = self.mapping.rounded_min if self.mapping.rounded_min is not None else _step(frame)
        return Log(frame, rejects.reset_index(drop=True), self.mapping, rounded, int(np.count_nonzero(mended & kept)), id)

    def column(self, kind: str) -> NDArray[np.object_]:
        """Of each row the first filled of the columns, blank values as ""."""
        found = np.full(self.n, "", object)
        for name in self.mapping.columns.get(kind, ()):
            if name in self.raw:
                values = self.raw[name].str.strip().to_numpy(dtype=object)
                found = np.where((found == "") & ~np.isin(values, self.mapping.blank), values, found)
        return found

    def parents(self, day: NDArray[np.object_], arrived: Floats) -> Longs:
        """Position of the ticket that each one follows in its visit; NONE where it follows none, ELSEWHERE where it is not in the log."""
        found = np.full(self.n, NONE)
        visit = self.column("visit")
        if (visit != "").any():
            rows = pd.DataFrame({"day": day, "visit": visit, "arrived": arrived, "at": np.arange(self.n)})
            rows = rows[rows["visit"] != ""].sort_values(["arrived", "at"], kind="stable")
            before = rows.groupby(["day", "visit"])["at"].shift(fill_value=NONE)
            found[rows["at"].to_numpy()] = before.to_numpy(np.int64)
        told = pd.to_numeric(pd.Series(self.column("follows")), errors="coerce").fillna(-1).to_numpy(dtype=np.int64)
        if (told >= 0).any():
            place = pd.Series(day).groupby(day).cumcount()
            at = {each: n for n, each in enumerate(zip(day, place, strict=True))}
            found = np.array([at.get(each, ELSEWHERE) if each[1] >= 0 else NONE for each in zip(day, told, strict=True)], np.int64)
        return found

    def doubled(self, called: Floats, ended: Floats) -> Flags:
        """Which rows repeat an earlier one in every column, and cannot be two tickets alike.

        They cannot be if a window is named, which calls one at a time, or if the clock is finer than a minute.
        """
        apart = self.mapping.clock == "minutes" and not set(self.mapping.columns.get("day", ())) & set(self.raw)  # then a file is a day
        same = self.raw.duplicated([name for name in self.raw if name not in ("_file", "_row") and (apart or name != "_number")])
        fine = 0 < _step(pd.DataFrame({"called": called, "ended": ended})) < 1
        called_there: Flags = (self.column("window") != "") & ~np.isnan(called)
        return np.asarray(same & (called_there | fine), np.bool_)

    def refuse(self, which: NDArray[np.bool_], reason: str) -> None:
        self.reason[which & (self.reason == "")] = reason

    def outcomes(self) -> NDArray[np.object_]:
        words = self.column("outcome")
        if "outcome" not in self.mapping.columns:
            return words
        self.refuse(np.isin(words, self.mapping.ignored), "ignored")
        ours = pd.Series(words).map(lambda each: self.mapping.outcomes.get(each, each)).to_numpy(dtype=object)
        self.refuse(~np.isin(ours, OUTCOMES), "unknown_outcome")
        return ours

    def classes(self, arrived: Floats, called: Floats, ended: Floats) -> NDArray[np.object_]:
        """Of each row; "" where the log names it of those who waited only, and this one did not."""
        named = self.column("class")
        if self.mapping.class_after:
            parted = pd.Series(self.column("service")).str.partition(self.mapping.class_after)[2].to_numpy(dtype=object)
            named = np.where(named == "", np.where(parted == "", PUBLIC, parted), named) if (parted != "").any() else named
        if self.mapping.class_seen == "always":
            return named
        waited = np.where(np.isnan(called), ended, called) > arrived
        return np.where(waited, named, "")

    def services(self) -> NDArray[np.object_]:
        named = self.column("service")
        if self.mapping.class_after:
            named = pd.Series(named).str.partition(self.mapping.class_after)[0].to_numpy(dtype=object)
        return np.where(named == "", self.mapping.service, named) if "service" not in self.mapping.columns else named

    def days(self) -> tuple[pd.Series, NDArray[np.object_], NDArray[np.int64]]:
        """Midnight of each row's day (NaT where it is no date), its name, its weekday."""
        words = self.column("day")
        if self.mapping.clock == "minutes":
            words = np.where(words == "", self.raw["_number"].astype(str).to_numpy(dtype=object), words)
            midnight = stamps_of(words, self.mapping.formats["day"])
            self.refuse_far(midnight)
            named = np.where(midnight.notna(), midnight.dt.strftime("%Y-%m-%d"), words)
            return midnight, named, midnight.dt.day_of_week.fillna(-1).to_numpy(dtype=np.int64)
        if "day" in self.mapping.columns:
            midnight = stamps_of(words, self.mapping.formats["day"]).dt.normalize()
            self.refuse(midnight.isna().to_numpy(), "unreadable_day")
        else:
            arrivals = self.column("arrived")
            midnight = stamps_of(arrivals, self.mapping.formats["stamp"]).dt.normalize()
            self.refuse(arrivals == "", "no_arrival")
            self.refuse(midnight.isna().to_numpy(), "unreadable_time")
        self.refuse_far(midnight)
        named = midnight.dt.strftime("%Y-%m-%d").to_numpy(dtype=object)
        return midnight, named, midnight.dt.day_of_week.fillna(-1).to_numpy(dtype=np.int64)

    def refuse_far(self, midnight: pd.Series) -> None:
        if midnight.notna().any():
            middle = midnight.sort_values().dropna().iloc[int(midnight.notna().sum()) // 2]
            self.refuse(((midnight - middle).abs() > pd.Timedelta(days=FAR_DAYS)).to_numpy(), "far_date")

    def times(self, kind: str, midnight: pd.Series) -> Floats:
        """Minutes of the row's day."""
        words = self.column(kind)
        filled = words != ""
        if self.mapping.clock == "minutes":
            minutes = pd.to_numeric(pd.Series(words), errors="coerce").to_numpy(dtype=np.float64) + self.mapping.minute_0
        elif "day" in self.mapping.columns:
            clock = stamps_of(words, self.mapping.formats["time"])
            minutes = (clock - clock.dt.normalize()).dt.total_seconds().to_numpy(dtype=np.float64) / 60
        else:
            stamps = stamps_of(words, self.mapping.formats["stamp"])
            minutes = (stamps - midnight).dt.total_seconds().to_numpy(dtype=np.float64) / 60
        self.refuse(filled & ~np.isfinite(minutes), "unreadable_time")
        return np.array(minutes)  # a copy, to be mended

    def order(self, arrived: Floats, called: Floats, ended: Floats, outcome: NDArray[np.object_], gone: Flags) -> Flags:
        """Refuses what is out of order; mends, in place, what is so by no more than the slack; tells which were mended."""
        if self.mapping.clock == "stamps" and "day" in self.mapping.columns:  # clock times alone: past midnight they begin again
            called[called < arrived - HALF_DAY] += LONGEST
            ended[ended < np.where(np.isnan(called), arrived, called) - HALF_DAY] += LONGEST
        served = outcome == "served"
        self.refuse(np.isnan(arrived), "no_arrival")
        self.refuse(served & np.isnan(called), "no_service")
        self.refuse(served & np.isnan(ended), "no_end")
        self.refuse(gone & np.isnan(ended), "left_unseen")
        slack = self.mapping.slack_min + 1e-9
        mended = np.zeros(self.n, np.bool_)
        before = np.where(np.isnan(called), arrived, called)
        for later, earlier, reason in ((called, arrived, "called_before_arrival"), (ended, before, "ended_before_call")):
            self.refuse((later < earlier - slack) & gone, "left_before_arrival")
            self.refuse(later < earlier - slack, reason)
        early = called < arrived
        arrived[early], mended = called[early], mended | early
        before = np.where(np.isnan(called), arrived, called)
        late = ended < before
        ended[late], mended = before[late], mended | late
        self.refuse((called - arrived > LONGEST) | (ended - before > LONGEST), "too_long")
        return mended


def stamps_of(words: NDArray[np.object_], formats: Sequence[str]) -> pd.Series:
    """Each value by the first format that fits it; NaT where none does."""
    found = pd.Series(pd.NaT, index=range(len(words)), dtype="datetime64[ns]")
    for each in formats:
        left = found.isna().to_numpy() & (words != "")
        if not left.any():
            break
        read = pd.to_datetime(pd.Series(words)[left], format=each, errors="coerce")
        if read.dt.tz is not None:
            read = read.dt.tz_localize(None)
        found[left] = read.astype("datetime64[ns]")
    return found


STEPS = (30.0, 15.0, 10.0, 5.0, 1.0, 0.5, 1 / 6, 1 / 12, 1 / 60)
"""minutes to which clocks are rounded, widest first"""


def _step(frame: pd.DataFrame) -> float:
    """The widest step of which every arrival and call, or end, is a multiple; that of the coarser of the two ends of a service."""
    widest = 0.0
    for name in ("called", "ended"):
        minutes = frame[name].to_numpy(dtype=np.float64)
        minutes = minutes[np.isfinite(minutes)]
        for step in STEPS:
            if minutes.size >= 20 and np.abs(minutes / step - np.round(minutes / step)).max() < 1e-4:
                widest = max(widest, step)
                break
    return widest
