"""Facts of the record, and the evidence that a line of a sheet names.

``db/facts.py`` counts facts, ``indicators.py`` judges them. A fact says what happened and how often; it holds no points, no threshold of a
scheme and no share. Kinds, with their status and code:

======== ====================================================================================== =========================================
kind     status                                                                                 code
======== ====================================================================================== =========================================
case     ended_on_time, ended_overdue, open_overdue, ended_no_limit, open_not_due; excused:      instant, promised, ... (the type of case)
         overdue, and a ruling says that the window is not to blame
lateness ended, open: an overdue case, again, by how late it is known to be; excused             whole working days late; "0": less than one
early    ended: a case on time, again, by how early it ended; an instant case, whose limit is    whole working days before the last day
         the spot, is never early
reminder sent: a run of successive cases, by due moment, that were still open one working day   id of the run's first case; count = length
         before they were due (an overdue case is not in a run: it is charged as overdue)
rating   valid, default, mistaken, malicious, contested, repeated: not the first of its service  "5" (very satisfied) to "1"
finding  confirmed, disputed, withdrawn: of a check, a complaint, attendance or a file review    a code of the checklist (``inspection.py``)
check    done: a window that was looked at, whatever was found                                   ""
paper    promise_and_record, accept_with_missing, build_first: a paper not there by its day;     whole working days late when the month
         excused by a ruling                                                                     closed
hidden   open, ended: papers taken, and neither accepted nor refused by the day for it; excused  the same
promise  compared: a service whose promised limit stands beside its legal one; other_unit:       "3/20": promised and legal amount
         they cannot be compared
======== ====================================================================================== =========================================

A case counts in one month only: if late, in the month of the day it was due; else in the month it ended. Whether it was open or ended is
judged as it stood when the month closed; how late it was, by what was known of it when the evidence was collected, and no later than the
end of the next month. ``open_not_due`` counts in no month and is shown. Ids name the record: ``case:2022-000123``, ``rating:...``,
``finding:...``, ``complaint:...``, ``attendance:...``, ``review:...``, ``receipt:...``, ``service:...``, and ``paper:`` with the case, a
blank and the paper.

The last three kinds of facts are counted only for a scheme that asks for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

UNASSIGNED = "unassigned"
"""The bucket of records without a department window: shown, never dropped, never scored."""

PREFIXED = ("staff", "head", "department", "hall")
"""Subjects other than windows, whose ids begin with what they are, such as ``staff:`` with a keyed hash: no window's id does."""

STATUSES: Mapping[str, frozenset[str]] = {
    "case": frozenset({"ended_on_time", "ended_overdue", "open_overdue", "ended_no_limit", "open_not_due", "excused"}),
    "lateness": frozenset({"ended", "open", "excused"}),
    "early": frozenset({"ended"}),
    "reminder": frozenset({"sent"}),
    "rating": frozenset({"valid", "default", "mistaken", "malicious", "contested", "repeated"}),
    "finding": frozenset({"confirmed", "disputed", "withdrawn"}),
    "check": frozenset({"done"}),
    "paper": frozenset({"promise_and_record", "accept_with_missing", "build_first", "excused"}),
    "hidden": frozenset({"open", "ended", "excused"}),
    "promise": frozenset({"compared", "other_unit"}),
}

Role = Literal["moved", "spared", "contested"]


@dataclass(frozen=True, slots=True)
class Fact:
    """How often one thing happened to one window, or another subject of a scheme, in one month."""

    window_id: str
    """A department window, or ``UNASSIGNED``."""
    kind: str
    status: str
    code: str
    count: int
    seconds: int = 0
    """Whole seconds that belong to the count: late by, for ``lateness``; from acceptance to end, for ended cases; else 0."""
    evidence: tuple[str, ...] = ()
    """Ids, only of rows that move, spare or contest points."""
    found_by: str = ""
    """Of a finding: who found it, where not the hall's own check: third_party, media, superior, leader_on_duty."""

    def __post_init__(self) -> None:
        if self.status not in STATUSES.get(self.kind, frozenset()):
            raise ValueError(f"no fact is of kind {self.kind!r} and status {self.status!r}")
        if self.count < 0:
            raise ValueError(f"a count cannot be {self.count}")


@dataclass(frozen=True, slots=True)
class Population:
    """A denominator: how many, which query lists them again, and the digest of their sorted ids."""

    window_id: str
    name: str
    """What is counted: ``cases``, ``cases_with_limit``, ``ratings``, ``checks``."""
    count: int
    query: str
    """What ``monthly.open_population`` takes, such as ``cases/2022-11/W01``."""
    digest: str


@dataclass(frozen=True, slots=True, order=True)
class EvidenceRef:
    """One record that a line names."""

    id: str
    role: Role
    """moved: it cost or earned points; spared: it could have and did not; contested: it waits for a ruling."""
    reason: str = ""
    """Why it was spared or is contested: a key of ``REASONS``."""


REASONS: Mapping[str, Mapping[str, str]] = {
    "default": {"zh": "默认评价，不计入任何比率", "en": "a rating given by default is outside every rate"},
    "mistaken": {"zh": "经核实为误评", "en": "found to be a mistaken rating"},
    "malicious": {"zh": "经核实为恶意评价", "en": "found to be a malicious rating"},
    "repeated": {"zh": "同一次办理已有评价，一次一评", "en": "that service was rated before: one service, one rating"},
    "contested": {"zh": "申诉中，裁定前不扣分", "en": "contested: nothing is deducted before a ruling"},
    "disputed": {"zh": "被检查单位有异议，认定前不扣分", "en": "disputed: nothing is deducted before it is settled"},
    "withdrawn": {"zh": "问题已撤销", "en": "the finding was withdrawn"},
    "at_most": {"zh": "该项扣分已达上限", "en": "this deduction has reached its limit"},
    "floor": {"zh": "该部分已扣至下限", "en": "the part has reached its floor"},
    "elsewhere": {"zh": "一事一扣，已在另一部分扣分", "en": "one fault, one charge: charged in another part"},
    "annual": {"zh": "只在年度总分中扣", "en": "charged on the annual total only"},
    "not_charged": {"zh": "本办法不向窗口扣此项", "en": "the scheme does not charge this to a window"},
    "not_in_scheme": {"zh": "本办法未列此项", "en": "the scheme does not list this"},
    "excused": {"zh": "经裁定免责", "en": "excused by a ruling"},
    "not_due": {"zh": "未到期限", "en": "not due yet"},
    "no_limit": {"zh": "无办理时限", "en": "the case has no limit"},
    "other_unit": {"zh": "承诺时限与法定时限单位不同，无法比较", "en": "promised and legal limit have other units: not comparable"},
    "below_threshold": {"zh": "未达扣分条件", "en": "below the threshold of the deduction"},
    "too_little": {"zh": "证据不足，该部分不计分", "en": "too little evidence: the part is not scored"},
    "full_marks": {"zh": "证据不足，按办法给满分", "en": "too little evidence: the scheme gives full marks"},
    "unassigned": {"zh": "未归属窗口，不计入任何窗口", "en": "belongs to no window, so no window is charged"},
    "waiting": {"zh": "等候时间由大厅负责，不向窗口扣分", "en": "waiting is the hall's: never charged to a window"},
}
"""Why something was not charged, in both languages."""


def merge(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Facts of one key added up, in one order whatever the order they came in; ids sorted and once each."""
    counts: dict[tuple[str, str, str, str, str], list[int]] = {}
    ids: dict[tuple[str, str, str, str, str], set[str]] = {}
    for each in facts:
        key = (each.window_id, each.kind, each.status, each.code, each.found_by)
        counted = counts.get(key)
        if counted is None:
            counts[key] = [each.count, each.seconds]
        else:
            counted[0] += each.count
            counted[1] += each.seconds
        if each.evidence:
            ids.setdefault(key, set()).update(each.evidence)
    return tuple(
        Fact(*key[:4], count, seconds, tuple(sorted(ids[key])) if key in ids else (), key[4])
        for key, (count, seconds) in sorted(counts.items())
    )
