"""What stands beside a sheet and scores nothing: load and good rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from ..canonical import canonical_json
from ..db import months
from ..db.facts import MonthFacts, count_facts
from ..db.journal_rows import head
from ..db.load import Load, Loads, count_load, load_of
from ..db.subjects import Subjects, read_subjects
from ..evidence import PREFIXED, UNASSIGNED
from ..month import Month, month_of
from ..ratings import GoodRates, good_rates
from .versions import DEFAULT_SCHEME, scheme_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from ..db.store import Store


@dataclass(frozen=True, slots=True)
class Context:
    """What is shown beside a window's sheet and scores nothing: its load, the hall's, and its good rates."""

    load: Load
    hall_load: Load
    ratings: GoodRates


def read_contexts(store: Store, hall: str, month: str | Month, scheme: str = DEFAULT_SCHEME) -> dict[str, Context]:
    """Window -> what stands beside its sheet, from what was collected for the month, if it has its course; else from all there is by now.

    The unassigned and every window of the hall are included.
    """
    wanted = month_of(month)
    chosen = scheme_of(store, hall, scheme, month=wanted)
    with store.read() as session:
        as_of, ruled_to = counted_to(session, hall, wanted, scheme)
        facts = count_facts(session, hall, wanted, as_of, ruled_to, subject=chosen.subject)
        loads = count_load(session, hall, wanted, as_of)
        found = read_subjects(session, hall, wanted, as_of, chosen.subject)
    return contexts_of([*(each.window_id for each in found.names), UNASSIGNED], facts, loads, chosen.good_levels(), found)


def counted_to(session: Session, hall: str, month: Month, scheme: str) -> tuple[int, int]:
    """Up to which journal sequences evidence and rulings count in what is told of a month: as collected; all of it, if it was not."""
    now = head(session).count
    steps = months.read_steps(session, hall, str(month), scheme).get(scheme, ())
    return next((each.as_of for each in reversed(steps) if each.step == "collected"), now), now


def contexts_of(ids: Sequence[str], facts: MonthFacts, loads: Loads, levels: frozenset[str], subjects: Subjects) -> dict[str, Context]:
    """A person's load is that of the windows they worked at, for no ticket names its clerk; the cases accepted are the person's own."""
    found = {}
    for each in ids:
        load = load_of(loads, subjects.windows.get(each, (each,)))
        if subjects.kind in PREFIXED and each != UNASSIGNED:
            load = replace(load, accepted=facts.accepted.get(each, 0))
        found[each] = Context(load, loads.hall, good_rates(facts.of(each)[0], levels))
    return found


def annex(context: Context) -> str:
    """The context as canonical JSON."""
    rates = {
        name: {"good": each.good, "n": each.n, "rate": _text(each.value), "low": _text(each.low), "high": _text(each.high)}
        for name, each in (("raw", context.ratings.raw), ("valid", context.ratings.valid), ("adjusted", context.ratings.adjusted))
    }
    return canonical_json({"load": context.load.plain(), "hall_load": context.hall_load.plain(), "ratings": rates})


def _text(number: Decimal | None) -> str | None:
    return None if number is None else format(number, "f")
