"""A visit recorded where it happens: the window, the minute, what was found, and the pictures that show it, as one act.

The same rules hold as for a file of visits and findings. A visit's number is made from who looked, when, where and how, so the same form
sent twice is one visit, and more that was found at it may be sent later. Not for visits that others wrote down: those are imported.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ..db import check_rows as rows
from ..db import roles
from ..db.draws import people_of_windows
from ..db.dues import zone_of_hall
from ..faults import BadInput, Fault, fault
from ..home import person_key
from ..inspection import CHECKLIST_ID, NOTHING_FOUND
from ..intake.entry import enter
from ..intake.plan import derived_number
from ..people import check_person, mask, mask_text, name_key, normal_key, person_ref, same_person
from .desk import Prepared, add_prepared

if TYPE_CHECKING:
    from ..db.store import Store, Work

SOURCES = {"third_party": "third_party", "leader_on_duty": "leader_on_duty", "media_check": "media"}
"""Kind of visit -> who is said to have found it; any other kind: in_house."""
OWN_WINDOW = "self_check"
"""The kind of visit that people of a window make themselves (自己查, document 002)."""
CALLED = {
    "check_kind": "kind of visit", "window": "window", "inspector": "inspector", "began": "day and minute", "minutes": "minutes watched",
    "people_waiting": "people waiting", "draw": "draw", "note": "note", "code": "items", "seat": "seat", "person": "staff number",
    "observed": "day and minute", "observed_minutes": "minutes watched",
}  # fmt: skip
"""Field of the record -> what the form calls it."""


@dataclass(frozen=True, slots=True)
class VisitForm:
    """What an inspector fills in."""

    window: str
    kind: str
    """covert_visit, video_round and so on."""
    began: datetime
    """The minute, on the hall's own clock."""
    minutes: int | None
    """How long it was watched; must be given."""
    people_waiting: int | None = None
    """None: not counted."""
    codes: tuple[str, ...] = ()
    """Items of the checklist that were found; empty: nothing was."""
    person: str = ""
    """Staff number of whom it is about; empty: unknown."""
    seat: str = ""
    draw: str = ""
    """The draw that sent the inspector; empty: none did."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a form came to."""

    check_number: str
    findings: tuple[str, ...]
    """Numbers of what was found; of a visit that found nothing, of the row that says so."""
    files: int
    """Pictures that were new."""
    is_new: bool
    """False if all of it had been recorded before."""


def record_visit(store: Store, hall: str, form: VisitForm, person: str, files: Sequence[Prepared] = ()) -> Recorded:
    """Record a visit, what it found and the files that show it. The acting person is the inspector.

    Raises BadInput with every field that is refused, all at once; for a visit that the draw did not give, or before the draw; for a
    number that nobody of the staff has; for a window where the inspector works or worked, unless it is a self-check; for a finding with
    neither a picture nor a note that says why there is none. Nothing is written then.
    """
    check_person(person)
    number = number_of(form, person)
    codes = tuple(dict.fromkeys(form.codes)) or (NOTHING_FOUND,)
    about = form.person.strip()
    moment = f"{form.began:%Y-%m-%d %H:%M}"
    waiting = "" if form.people_waiting is None else str(form.people_waiting)
    minutes = "" if form.minutes is None else str(form.minutes)
    visit = {
        "check_number": number, "check_kind": form.kind, "window": form.window, "inspector": person, "began": moment, "minutes": minutes,
        "people_waiting": waiting, "draw": form.draw, "checklist": CHECKLIST_ID, "note": form.note,
    }  # fmt: skip
    found = [
        {"code": code, "observed": moment, "window": form.window, "seat": form.seat, "person": about,
         "observed_minutes": minutes, "people_waiting": waiting, "source": SOURCES.get(form.kind, "in_house"), "check_number": number,
         "note": form.note}
        for code in codes
    ]  # fmt: skip
    try:
        with store.act(person, "record visit", hall) as work:
            faults = [*_refused(work, store, form, files)]
            added: dict[str, int] = {}
            try:
                added |= enter(work, store.home, "visits", [visit], CALLED)
            except BadInput as refused:
                faults += refused.faults
            if faults:
                raise BadInput(faults)
            added |= enter(work, store.home, "checks", found, CALLED)
            findings = rows.findings_of(work.session, hall, number, codes, work.sequence)
            kept = sum(add_prepared(work, store.home, f"finding:{each}", file) for each in findings for file in files)
            if not added and not kept:
                raise _Known
            work.detail(visit=number, window=form.window, codes=list(codes), findings=list(findings), files=kept)
    except _Known:
        return Recorded(number, findings, 0, False)
    return Recorded(number, findings, kept, True)


def _refused(work: Work, store: Store, form: VisitForm, files: Sequence[Prepared]) -> Iterator[Fault]:
    """What no file of visits is refused for."""
    session, hall = work.session, work.hall_id
    zone_of_hall(session, hall)
    if form.kind != OWN_WINDOW and normal_key(form.window) in {normal_key(each) for each in _own_windows(work, store)}:
        yield fault("visit_own_window", "window", work.person)
    about, staff = form.person.strip(), rows.staff_of(session, hall)
    if about and staff and person_ref(person_key(store.home), "staff", about) not in staff:
        yield fault("visit_person_unknown", "staff number", mask(about))
    if form.codes and not files and not form.note.strip():
        yield fault("visit_no_picture", "pictures")


def _own_windows(work: Work, store: Store) -> set[str]:
    """Where the acting person works or worked, by the staff list and by role."""
    listed = {window for _, window in people_of_windows(work.session, work.hall_id, store.home, [work.person])}
    held = roles.read_grants(work.session, work.hall_id)
    return listed | {each.window_id for each in held if each.window_id and same_person(each.person, work.person)}


def number_of(form: VisitForm, person: str) -> str:
    """The visit's number: day and minute, then a digest of window, kind and inspector."""
    digest = derived_number("V", normal_key(form.window), form.kind, name_key(mask_text(person)), form.began.isoformat()).rpartition("-")[2]
    return f"V{form.began:%Y%m%d-%H%M}-{digest[:6]}"


class _Known(Exception):
    """The record has all of it: nothing is written."""
