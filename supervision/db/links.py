"""Who a record belongs to: the department window of a case, rating, finding or ticket, as linked on its day.

A record that names its window keeps it. One that does not belongs to the only window linked to its seat or service on that day; with none
or several it is unassigned: shown, never guessed, never dropped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..evidence import UNASSIGNED
from ..people import normal_key
from .schema import SeatLink, ServiceLink, Window


@dataclass(frozen=True, slots=True)
class WindowName:
    """A department window as pages name it."""

    window_id: str
    name_zh: str
    name_en: str
    department: str
    kind: str
    """dedicated, comprehensive, township or temporary."""

    def name(self, language: str) -> str:
        return self.name_zh if language == "zh" else self.name_en


class Links:
    """Key -> windows, over time."""

    def __init__(self, rows: Iterable[tuple[str, str, date, int, bool]]) -> None:
        """Rows of key, window, first day, order of recording, linked or not."""
        self._rows: dict[str, list[tuple[date, int, str, bool]]] = defaultdict(list)
        for key, window_id, valid_from, order, linked in rows:
            self._rows[key].append((valid_from, order, window_id, linked))
        self._found: dict[tuple[str, date], tuple[str, ...]] = {}

    def of(self, key: str, day: date) -> tuple[str, ...]:
        """Windows linked to a key on a day, by id."""
        if (key, day) not in self._found:
            latest: dict[str, bool] = {}
            for valid_from, _, window_id, linked in sorted(self._rows.get(key, ())):
                if valid_from <= day:
                    latest[window_id] = linked
            self._found[key, day] = tuple(sorted(window_id for window_id, linked in latest.items() if linked))
        return self._found[key, day]

    def linked(self, day: date) -> tuple[str, ...]:
        """Keys linked to any window on a day, by id."""
        return tuple(sorted(key for key in self._rows if self.of(key, day)))

    def keys_of(self, window_id: str, day: date) -> tuple[str, ...]:
        """Keys linked to a window on a day, by id."""
        return tuple(sorted(key for key in self._rows if window_id in self.of(key, day)))


@dataclass(frozen=True, slots=True)
class Owners:
    """The windows of a hall and what leads to them; where others than windows are assessed, whose a window's record is (subjects.py)."""

    services: Links
    seats: Links
    by_person: bool = False
    """Persons are assessed: what a record names is its handler, and neither seat nor service leads to anybody."""
    subject_of: Callable[[str, date], str] | None = None
    """Window, or handler, and day -> subject; None: the window itself."""

    def window(self, named: str | None, day: date, service_id: str | None = None, seat_id: str | None = None) -> str:
        """The window a record belongs to, or its handler, or UNASSIGNED."""
        if named is not None or self.by_person:
            return named or UNASSIGNED
        for links, key in ((self.seats, seat_id), (self.services, service_id)):
            if key is not None:
                windows = links.of(key, day)
                if len(windows) == 1:
                    return windows[0]
        return UNASSIGNED

    def subject(self, window: str, day: date) -> str:
        """Who is assessed for a window's record, or a handler's, of a day; or UNASSIGNED."""
        return window if self.subject_of is None else self.subject_of(window, day)


def read_owners(session: Session, hall_id: str, as_of: int) -> Owners:
    """Links as of a journal sequence."""
    services = session.scalars(select(ServiceLink).where(ServiceLink.hall_id == hall_id, ServiceLink.sequence <= as_of))
    seats = session.scalars(select(SeatLink).where(SeatLink.hall_id == hall_id, SeatLink.sequence <= as_of))
    return Owners(
        Links((row.service_id, row.window_id, row.valid_from, row.id, row.linked) for row in services),
        Links((row.seat_id, row.window_id, row.valid_from, row.id, row.linked) for row in seats),
    )


def spelled_window(session: Session, hall_id: str, given: str) -> str:
    """A window's id as the record spells it, from any spelling of it; what was given if the hall has none such."""
    ids = session.scalars(select(Window.window_id).where(Window.hall_id == hall_id))
    return {normal_key(each): each for each in ids}.get(normal_key(given), given)


def read_windows(session: Session, hall_id: str, as_of: int | None = None) -> tuple[WindowName, ...]:
    """The department windows of a hall, by id."""
    query = select(Window).where(Window.hall_id == hall_id).order_by(Window.window_id)
    if as_of is not None:
        query = query.where(Window.sequence <= as_of)
    return tuple(WindowName(row.window_id, row.name_zh, row.name_en, row.department or "", row.kind) for row in session.scalars(query))
