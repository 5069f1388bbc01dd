"""The facts of a hall's month, counted from what the record held as of a journal sequence. Integers only; nothing is judged here.

Rulings count beside: what a ruling made of a record goes over whatever else the record says of it, and lets in a rating, finding or case
that was recorded too late. What a fact is: ``supervision/evidence.py``; how cases are counted: ``case_facts.py``.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from itertools import chain

from sqlalchemy import ColumnElement, Integer, Subquery, Text, and_, exists, func, or_, select, type_coerce
from sqlalchemy import case as whichever
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from ..evidence import UNASSIGNED, Fact
from ..inspection import NOTHING_FOUND
from ..month import Month
from .case_facts import CaseCount, read_opens
from .dues import Dues
from .months import read_ruled
from .progress_facts import count_hidden, count_papers, count_promises
from .report_facts import charged, read_reported
from .schema import Case, Finding, FindingStatus, Rating, RatingStatus, Receipt
from .subjects import read_owners_of, subject_of
from .tally import MonthFacts, Opens, Tally

__all__ = ["POPULATIONS", "MonthFacts", "Opens", "count_facts", "list_population"]

POPULATIONS = ("cases", "cases_with_limit", "ratings", "checks")
_SPOKEN = ("valid", "mistaken", "malicious", "contested")


def count_facts(
    session: Session,
    hall_id: str,
    month: Month,
    as_of: int,
    ruled_to: int | None = None,
    before: Opens | None = None,
    subject: str = "window",
    asked: frozenset[str] = frozenset(),
) -> MonthFacts:
    """Facts and denominators of every window of a hall in a month, or of every subject of another kind, the unassigned included.

    Parameters
    ----------
    as_of : evidence recorded up to this journal sequence counts
    ruled_to : and rulings up to this one; None: the same
    before : what the month before left open, if the caller has just counted it; None: as the record knows
    subject : who is assessed (subjects.py)
    asked : the kinds of events a scheme looks for; ``paper``, ``hidden`` and ``promise`` are counted only if it does

    Raises BadInput if the hall or its calendar is unknown, or if a limit runs into a year the calendar does not know.
    """
    count = _Count(session, hall_id, month, as_of, as_of if ruled_to is None else ruled_to, subject)
    opens = count.cases(before)
    count.ratings()
    count.findings()
    for each in charged(read_reported(session, hall_id, month, as_of, count.owners)):
        owner = count.owners.subject((each.handler_ref or UNASSIGNED) if count.owners.by_person else each.window_id, each.on)
        count.tally.add(owner, "finding", count.ruled_as(each.id) or each.status, each.code, 0, each.id)
    progress = {"paper": count_papers, "hidden": count_hidden, "promise": count_promises}
    for kind in sorted(asked & set(progress)):
        count.tally.facts += progress[kind](session, hall_id, month, as_of, count.dues, count.owners, count.ruled)
    calendar = count.dues.calendar
    return MonthFacts(
        count.tally.counted(), count.tally.populations(month), calendar.calendar_id, calendar.version, dict(count.accepted), opens
    )


def list_population(
    session: Session, hall_id: str, month: Month, as_of: int, window_id: str, name: str, ruled_to: int | None = None
) -> tuple[str, ...]:
    """The sorted ids of a denominator, one of POPULATIONS. Raises BadInput as `count_facts` does."""
    count = _Count(session, hall_id, month, as_of, as_of if ruled_to is None else ruled_to, subject_of(window_id))
    if name in ("cases", "cases_with_limit"):
        count.cases(None)
    elif name == "ratings":
        count.ratings()
    else:
        count.findings()
    return count.tally.ids(window_id, name)


def count_ratings(session: Session, hall_id: str, month: Month, as_of: int) -> tuple[Fact, ...]:
    """The ratings of every window of a hall in a month, the unassigned included, without counting anything else."""
    count = _Count(session, hall_id, month, as_of, as_of)
    count.ratings()
    return count.tally.counted()


class _Count:
    """One month of one hall."""

    def __init__(self, session: Session, hall_id: str, month: Month, as_of: int, ruled_to: int, subject: str = "window") -> None:
        self.session = session
        self.hall_id = hall_id
        self.month = month
        self.as_of = as_of
        self.dues = Dues(session, hall_id, as_of)
        self.owners = read_owners_of(session, hall_id, month, as_of, subject)
        self.ruled = read_ruled(session, hall_id, ruled_to)
        self.ruled_to = ruled_to
        self.tally = Tally()
        self.accepted: dict[str, int] = {}

    def cases(self, before: Opens | None) -> Opens:
        """Every case where it belongs, and the runs of reminders; what is open at the end."""
        count = CaseCount(self.session, self.hall_id, self.month, self.as_of, self.dues, self.owners, self.ruled, self.tally, self.ruled_to)
        opens = count.count(before or read_opens(self.session, self.hall_id, self.month.previous(), self.as_of))
        self.accepted = count.accepted
        return opens

    def ratings(self) -> None:
        """Ratings given in the month. One that names no window belongs to its seat's, else to its case's, else to its service's."""
        case, receipt = aliased(Case), aliased(Receipt)
        person = self.owners.by_person
        first = func.coalesce(receipt.handler_ref, case.handler_ref)
        rated = whichever((Rating.handler_ref == case.handler_ref, first), else_=Rating.handler_ref)  # intake names the case's handler
        standing = latest_status(RatingStatus, RatingStatus.rating_number, self.hall_id, self.as_of)
        query = (
            select(
                Rating.rating_number, Rating.level, type_coerce(Rating.is_default, Integer), type_coerce(Rating.rated_on, Text),
                rated if person else Rating.window_id, Rating.seat_id, Rating.service_id, first if person else case.window_id,
                case.service_id, type_coerce(case.accepted_on, Text), standing.c.status, self._rated_before(),
            )
            .outerjoin(case, and_(case.hall_id == Rating.hall_id, case.case_number == Rating.case_number, case.sequence <= self.as_of))
            .outerjoin(standing, standing.c.number == Rating.rating_number)
            .where(Rating.hall_id == self.hall_id, self._counts(Rating), *self._in_month(Rating.rated_on))
            .execution_options(yield_per=5000)
        )  # fmt: skip
        if person:
            same = (receipt.hall_id == self.hall_id, receipt.case_number == Rating.case_number, receipt.sequence <= self.as_of)
            query = query.outerjoin(receipt, and_(*same))
        spoken: dict[str, list[str]] = {}
        day = cache(date.fromisoformat)
        blocks = self.session.connection().execute(query).partitions()  # plain values: the ORM would look at each row for objects
        for row in chain.from_iterable(blocks):
            number, level, is_default, rated_on, named, seat, service, case_window, case_service, accepted_on, now, repeated = row
            on = day(rated_on)
            window = self.owners.window(named, on, None, seat)
            if window == UNASSIGNED and accepted_on is not None:
                window = self.owners.window(case_window, day(accepted_on), case_service)
            if window == UNASSIGNED:
                window = self.owners.window(None, on, service)
            window = self.owners.subject(window, on)
            id = f"rating:{number}"
            status = "default" if is_default else self.ruled_as(id) or now or ("repeated" if repeated else "valid")
            speaks = level <= 2 or status not in ("valid", "default")
            self.tally.add(window, "rating", status, str(level), 0, id if speaks else None)
            if status in _SPOKEN:
                spoken.setdefault(window, []).append(number)
        for window, numbers in spoken.items():
            self.tally.numbers[window, "ratings"].append(numbers)

    def _rated_before(self) -> ColumnElement[bool]:
        """Whether a citizen had rated the same case on the same ticket before: one service, one rating (RULES 1.4), the first counts."""
        first = aliased(Rating)
        return (
            exists()
            .where(
                first.hall_id == Rating.hall_id, first.case_number == Rating.case_number, first.is_default == 0,
                func.coalesce(first.ticket_number, "") == func.coalesce(Rating.ticket_number, ""), first.sequence <= self.as_of,
                or_(first.rated_at < Rating.rated_at, and_(first.rated_at == Rating.rated_at, first.rating_number < Rating.rating_number)),
            )
            .label("repeated")
        )  # fmt: skip

    def findings(self) -> None:
        """What checks of the month found, and how many there were: a check that found nothing is one too."""
        standing = latest_status(FindingStatus, FindingStatus.finding_number, self.hall_id, self.as_of)
        query = (
            select(
                Finding.finding_number, Finding.code, Finding.observed_on,
                Finding.person_ref if self.owners.by_person else Finding.window_id, Finding.seat_id, Finding.source, standing.c.status,
            )
            .outerjoin(standing, standing.c.number == Finding.finding_number)
            .where(Finding.hall_id == self.hall_id, self._counts(Finding), *self._in_month(Finding.observed_on))
            .order_by(Finding.finding_number)
            .execution_options(yield_per=5000)
        )  # fmt: skip
        for number, code, on, named, seat, source, now in self.session.execute(query):
            window = self.owners.subject(self.owners.window(named, on, None, seat), on)
            id = f"finding:{number}"
            self.tally.add(window, "check", "done", "")
            self.tally.numbers[window, "checks"].append([number])
            if code != NOTHING_FOUND:
                status = self.ruled_as(id) or now or "confirmed"
                self.tally.facts.append(Fact(window, "finding", status, code, 1, 0, (id,), "" if source == "in_house" else source))

    def ruled_as(self, id: str) -> str | None:
        """The status that a ruling gave a rating or finding; that it was let in is none."""
        word = self.ruled.get(id)
        return None if word == "admitted" else word

    def _counts(self, table: type[Rating] | type[Finding]) -> ColumnElement[bool]:
        """Recorded in time, or let in by a ruling."""
        kind, number = ("rating", Rating.rating_number) if table is Rating else ("finding", Finding.finding_number)
        late = [id.partition(":")[2] for id, word in self.ruled.items() if word == "admitted" and id.startswith(f"{kind}:")]
        return or_(table.sequence <= self.as_of, number.in_(late)) if late else table.sequence <= self.as_of

    def _in_month(self, day: InstrumentedAttribute[date]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return day >= self.month.first_day, day <= self.month.last_day


def latest_status(
    table: type[RatingStatus] | type[FindingStatus], number: InstrumentedAttribute[str], hall_id: str, as_of: int
) -> Subquery:
    """The latest status of each record: by valid_from, then by order of recording."""
    latest = func.row_number().over(partition_by=number, order_by=[table.valid_from.desc(), table.id.desc()])
    ranked = (
        select(number.label("number"), table.status.label("status"), latest.label("place"))
        .where(table.hall_id == hall_id, table.sequence <= as_of)
        .subquery()
    )
    return select(ranked.c.number, ranked.c.status).where(ranked.c.place == 1).subquery()
