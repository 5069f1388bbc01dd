"""The inspector's page: what needs somebody today, a month's table, a window's sheet, a line's evidence; the sections beside it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboards import data
from dashboards.data import record, work
from dashboards.data.record import MonthTable, Row
from dashboards.texts import Words
from dashboards.views import (
    acting,
    frame,
    inspector_appeals,
    inspector_checks,
    inspector_month,
    inspector_orders,
    inspector_period,
    inspector_sheet,
    inspector_stated,
    inspector_today,
)
from dashboards.views import inspector_watch as watch
from dashboards.views.figures import number

CLOSE = 3
"""points between the highest and the lowest total below which the page says that no rank follows"""


def draw(words: Words) -> None:
    """Draw the page."""
    halls = {each.hall_id: each for each in record.halls()}
    top = st.container()
    if not halls:
        with top:
            frame.answer(words("inspector_empty_answer"), "plain")
            st.info(words("inspector_empty"), icon=":material/upload_file:")
        inspector_stated.draw(words)
        return
    left, middle, right = st.columns(3)
    switch, today = st.container(), st.container()
    with middle:
        frame.remembered("hall", next(iter(halls)), str, halls.__contains__)
        hall = st.selectbox(
            words("inspector_hall"), list(halls), key="hall", format_func=lambda each: halls[each].name(words.language) or each
        )
        frame.remember("hall", next(iter(halls)))
    assessed = record.months(hall)
    months = [f"{month} · {scheme}" for month, scheme in work.months(hall, assessed)]
    with left:
        person = acting.field(words)
    try:
        scope = work.scope_of(person, hall)
    except data.BadInput as refusal:
        with top:
            frame.answer(words("acting_who"), "warn")
            if person:
                frame.refused(words, refusal)
        return
    if not months:
        with top:
            frame.answer(words("inspector_no_month", hall=hall), "plain")
            acting.tell(words)
        inspector_today.opening(words, hall)
        inspector_stated.draw(words)
        return
    with switch:
        view = _switch(words)
    frame.remembered("month", months[0], str, months.__contains__)
    if (view, inspector_checks.part()) != ("checks", "form"):  # a visit has a day of its own
        schemes = work.scheme_names()
        right.selectbox(words("inspector_month"), months, key="month", format_func=lambda each: _month_named(words, each, schemes))
    frame.remember("month", months[0])
    month, _, scheme = st.session_state["month"].partition(" · ")
    table = work.narrowed(record.month_table(hall, month, scheme), scope) if (month, scheme) in assessed else None
    if halls[hall].demonstration:
        with top:
            st.warning(words("inspector_demonstration"), icon=":material/science:")
    said = _said(words, hall, month, scheme, scope, table, view)
    with top:
        frame.answer(*said)
        acting.tell(words)
    if view == VIEWS[0]:
        with today:
            inspector_today.draw(words, hall, month, scheme, scope)


def _said(
    words: Words, hall: str, month: str, scheme: str, scope: work.Scope, table: MonthTable | None, view: str
) -> frame.Answer:  # fmt: skip
    """Draw a section; what to do first there."""
    match view:
        case "orders":
            return inspector_orders.draw(words, hall, month, scope)
        case "overdue":
            return watch.ladder(words, hall, month, scope)
        case "signals":
            return watch.signals(words, hall, month, scheme, scope)
        case "checks":
            return inspector_checks.draw(words, hall, month, scope)
        case "period":
            return inspector_period.draw(words, hall, month, scheme, scope)
        case "appeals" if table is not None:
            return inspector_appeals.draw(words, table, scope)
        case "month":
            _sections(words, hall, table, scope)
            if table is not None:
                return _answer(words, table, scope)
    return words("inspector_not_computed", month=month), "warn"


def _month_named(words: Words, key: str, schemes: Mapping[str, Mapping[str, str]]) -> str:
    """A month with its scheme, by id and name."""
    month, _, scheme = key.partition(" · ")
    return f"{month} · {scheme} {words.name(schemes.get(scheme))}".strip()


VIEWS = ("month", "checks", "orders", "overdue", "appeals", "signals", "period")


def _switch(words: Words) -> str:
    """The sections of the page."""
    frame.remembered("view", VIEWS[0], str, VIEWS.__contains__)
    view = st.segmented_control(
        words("inspector_view"), VIEWS, key="view", format_func=lambda each: words(f"view_{each}"),
        label_visibility="collapsed", required=True,
    )  # fmt: skip
    frame.remember("view", VIEWS[0])
    return str(view)


def _sections(words: Words, hall: str, table: MonthTable | None, scope: work.Scope) -> None:
    """The month: its scheme, table, the chosen window's sheet; what documents state; the journal."""
    if table is not None:
        window = inspector_month.draw(words, table)
        if window is not None:
            inspector_sheet.draw(words, table, window)
    if work.runs_months(scope):
        inspector_today.opening(words, hall)
    inspector_stated.draw(words)
    if table is not None:
        _journal(words, table)


def _answer(words: Words, table: MonthTable, scope: work.Scope) -> tuple[str, str]:
    """Where to look first, and why."""
    scored = [row for row in table.rows if row.comparable is not None]
    if not scored:
        return words("inspector_answer_none", month=table.month), "warn"
    unscored = len(table.rows) - len(scored)
    more = words("inspector_unscored", count=unscored) if unscored else ""
    worst, best = scored[0], scored[-1]
    if not any(row.moved for row in scored):
        subject = words(f"subject_{table.scheme.subject}")
        return words("inspector_answer_level", month=table.month, count=len(scored), subject=subject) + more, "good"
    facts = {
        "window": words.name(worst.names, worst.window),
        "month": table.month,
        "total": number(float(worst.comparable or 0), 2),
        "reasons": words("inspector_reason_join").join(_reasons(words, table, worst)),
    }
    tone = "warn" if worst.overdue or worst.bad or worst.findings else "plain"
    if scope.windows is not None:
        reached = work.course_of(table.hall, table.month, table.scheme.id)
        until = words("inspector_own_until", day=reached.until) if reached and reached.stands == "circulated" else ""
        return words("inspector_answer_own", **facts) + until, tone
    equal = sum(row.comparable == worst.comparable for row in scored) - 1
    spread = (best.comparable or 0) - (worst.comparable or 0)
    close = words("inspector_close", spread=number(float(spread), 2)) if spread < CLOSE else ""
    tie = words("inspector_tie", count=equal) if equal else ""
    return words("inspector_answer", **facts) + tie + close + more, tone


def _reasons(words: Words, table: MonthTable, row: Row) -> list[str]:
    reasons = [
        words(f"inspector_reason_{name}", count=count)
        for name, count in (("overdue", row.overdue), ("bad", row.bad), ("findings", row.findings))
        if count
    ]
    lines = table.sheets[row.window].lines
    most = max(lines, key=record.lost, default=None)
    if most is not None and record.lost(most) > 0:
        name = words.name(record.name_of_line(table.scheme, most))
        reasons.append(words("inspector_reason_line", line=name, points=number(float(record.lost(most)), 2)))
    return reasons


def _journal(words: Words, table: MonthTable) -> None:
    st.caption(words("inspector_journal", count=table.checkpoint.count, head=table.checkpoint.head))
    st.caption(words("inspector_journal_help"))
