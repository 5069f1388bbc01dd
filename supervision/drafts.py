"""Schemes written in a hall: drafted by one person, checked, published by another; what a draft would do to past months.

A draft is a scheme's TOML text. Checking is what ``openhall schemes check`` does to a file; publishing asks for a check of these very
bytes, for a scheme that is whole, for a first month that was not opened under the same id, and for somebody else than who wrote it. A
published version is found by its id like a shipped one, in its hall alone. Nothing is filed by an impact run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from . import monthly
from .db import scheme_texts
from .db.facts import Opens, count_facts
from .db.months import list_courses
from .db.scheme_texts import Text
from .db.sheets import read_filed
from .db.subjects import read_subjects
from .faults import BadInput, fault
from .month import Month, month_of, parse_month
from .people import same_person
from .scheme import SCHEMES, Scheme, read_scheme_text
from .scoring import score

if TYPE_CHECKING:
    from .db.store import Store


@dataclass(frozen=True, slots=True)
class Impact:
    """One window's month by the scheme it was scored by and by the draft, side by side."""

    month: str
    window_id: str
    now: Decimal | None
    """Comparable total of the filed sheet."""
    then: Decimal | None
    """The same record under the draft."""


def draft(store: Store, hall: str, document: str, *, person: str) -> Text:
    """Keep a draft. Raises BadInput if it is no scheme at all, or has the id and version of one that is published or shipped."""
    scheme = _read(document)
    with store.act(person, "draft scheme", hall) as work:
        if (SCHEMES / scheme.id / f"{scheme.version}.toml").is_file() or scheme_texts.read_published(
            work.session, hall, scheme.id, scheme.version
        ):
            raise BadInput([fault("scheme_version_taken", f"{scheme.id}/{scheme.version}", scheme.version)])
        scheme_texts.append(work, scheme.id, scheme.version, "draft", document)
        work.detail(scheme=scheme.id, version=scheme.version, digest=scheme.digest)
        return scheme_texts.read_last(work.session, hall, scheme.id, scheme.version)


def check(store: Store, hall: str, id: str, version: str, *, person: str) -> Text:
    """Check a draft and note that its bytes are sound. Raises BadInput with every fault."""
    with store.act(person, "check scheme", hall) as work:
        last = scheme_texts.read_last(work.session, hall, id, version)
        _read(last.document)
        scheme_texts.append(work, id, version, "checked", last.document)
        work.detail(scheme=id, version=version, digest=last.digest)
        return scheme_texts.read_last(work.session, hall, id, version)


def publish(store: Store, hall: str, id: str, version: str, *, person: str) -> Text:
    """Put a checked version in force in the hall. Raises BadInput as the module says."""
    with store.act(person, "publish scheme", hall) as work:
        last = scheme_texts.read_last(work.session, hall, id, version)
        place = f"{id}/{version}"
        scheme = _read(last.document)
        faults = []
        if last.state != "checked":
            faults.append(fault("scheme_not_checked", place, last.state))
        if scheme.incomplete:
            faults.append(fault("scheme_incomplete", place, scheme.name.en))
        if any(same_person(work.person, each) for each in scheme_texts.writers(work.session, hall, id, version)):
            faults.append(fault("scheme_own_draft", place, work.person))
        opened = [month for month, scheme_id in list_courses(work.session, hall) if scheme_id == id]
        if any(parse_month(month) >= scheme.in_force_from for month in opened):
            faults.append(fault("scheme_begun", place, scheme.in_force_from, last=max(opened)))
        if faults:
            raise BadInput(faults)
        scheme_texts.append(work, id, version, "published", last.document)
        work.detail(scheme=id, version=version, digest=last.digest)
        return scheme_texts.read_last(work.session, hall, id, version)


def impact(store: Store, hall: str, document: str, months: Iterable[str | Month], scheme: str = monthly.DEFAULT_SCHEME) -> list[Impact]:
    """Past months scored by a draft beside what is filed under another scheme; nothing is written.

    Each month is counted as of the sequence its latest sheets were scored at. Raises BadInput for a month that was not assessed.
    """
    trial = _read(document)
    found: list[Impact] = []
    with store.read() as session:
        opens: Opens | None = None
        for each in months:
            month = month_of(each)
            filed = {row.sheet.window_id: row for row in read_filed(session, hall, str(month), scheme)}
            if not filed:
                raise BadInput([fault("sheet_unknown", f'hall "{hall}"', f"{month} {scheme}")])
            as_of, ruled_to = max((row.sheet.as_of_sequence, row.ruled_to) for row in filed.values())
            facts = count_facts(session, hall, month, as_of, ruled_to, opens, trial.subject, trial.asked)
            opens = facts.opens
            names = [each.window_id for each in read_subjects(session, hall, month, as_of, trial.subject).names]
            for window in names:
                now = filed[window].sheet if window in filed else None
                then = score(trial, hall, window, str(month), *facts.of(window))
                found.append(Impact(str(month), window, now.comparable if now else None, then.comparable))
    return found


def list_drafts(store: Store, hall: str) -> tuple[Text, ...]:
    """The latest state of every version written in a hall."""
    with store.read() as session:
        return scheme_texts.read_all(session, hall)


def _read(document: str) -> Scheme:
    digest = hashlib.sha256(document.encode("utf-8")).hexdigest()
    return read_scheme_text(document.encode("utf-8"), f"draft-{digest[:12]}.toml")
