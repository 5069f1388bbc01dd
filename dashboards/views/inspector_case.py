"""One case with every stop of its clock and its reason: as a bar up to the due moment and past it, and as tables beneath."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from dashboards import charts, data
from dashboards.data import cases, record, work
from dashboards.texts import Words
from dashboards.views import acting, draft, frame

UNITS = ("working_days", "calendar_days")
EXTENSION = (
    {"extend_by": draft.text, "extend_reason": draft.text, "extend_on": lambda given: isinstance(given, date)},
    {"extend_amount": draft.whole(3650), "extend_unit": draft.among(UNITS)},
)
"""Fields of the form of an extension that a draft keeps."""
STRETCHES = ("state", "begins", "ends", "length", "reason")


def draw(words: Words, hall: str, number: str, names: dict[str, dict[str, str]], scope: work.Scope) -> None:
    """Draw the case of a number, or why it cannot be."""
    try:
        view = cases.case(hall, number)
    except data.BadInput as refusal:
        frame.refused(words, refusal)
        return
    if not scope.reads(view.window_id):
        st.warning(words("case_not_yours"))
        return
    story = cases.story(hall, view)
    row = view.row
    st.subheader(frame.as_text(f"{row.case_number} · {words(f'rung_{view.rung}')}"), anchor=False)
    services = record.names(hall)["service_id"]
    facts = {
        "window": words.name(names.get(view.window_id), view.window_id),
        "service": words.name(services.get(row.service_id or ""), row.service_id or words("not_available")),
        "kind": words(f"value_{row.kind}") if words.has(f"value_{row.kind}") else row.kind, "accepted": work.local(hall, row.accepted_at),
        "ended": words("case_ended", at=work.local(hall, row.ended_at)) if row.ended_at else words("case_open"),
        "due": words("not_available") if view.due is None else work.local(hall, view.due.moment_utc) or words("case_stopped_now"),
    }  # fmt: skip
    st.markdown(frame.as_text(words("case_facts", **facts)))
    st.markdown(words(f"case_do_{_advice(view)}", days=view.late_days))
    if view.ruled:
        st.markdown(words("case_ruled", ruled=words(f"ruled_{view.ruled}")))
    if story.stretches:
        _bar(words, story)
    for stop, kind, document in view.stops:
        span = {"begins": work.local(hall, stop.start), "ends": work.local(hall, stop.end) or words("case_still")}
        st.markdown("- " + frame.as_text(words("case_stop_line", **span, reason=_told(words, stop.reason, kind, document))))
    _stretches(words, hall, view, story)
    _further(words, hall, view)
    left, right = st.columns(2)
    with left:
        _written_advice(words, hall, view)
    with right:
        _extension(words, hall, view)


def _advice(view: cases.CaseView) -> str:
    """Which sentence says what to do."""
    if view.row.ended_at is not None:
        return "ended_late" if view.late_days else "ended"
    return str(view.rung)


def _bar(words: Words, story: cases.Story) -> None:
    frame_of = pd.DataFrame(
        {
            "state": [each.kind for each in story.stretches],
            "begins": [each.begins for each in story.stretches],
            "ends": [each.ends for each in story.stretches],
            "reason": [each.reason for each in story.stretches],
        }
    )
    marks = pd.DataFrame(
        {"at": [moment for _, moment in story.marks], "name": [words(f"case_mark_{rung}") for rung, _ in story.marks]},
        columns=["at", "name"],
    )
    labels = {state: words(f"clock_state_{state}") for state in ("running", "stopped", "late")}
    labels |= {name: words(f"case_{name}") for name in ("begins", "ends", "reason")} | {"mark": words("case_state")}
    st.altair_chart(
        charts.stretches_of_a_clock(frame_of, marks, labels, words.language), width="stretch", key="chart_clock", alt=words("case_bar")
    )


def _stretches(words: Words, hall: str, view: cases.CaseView, story: cases.Story) -> None:
    told = {work.local(hall, stop.start): _told(words, stop.reason, kind, document) for stop, kind, document in view.stops}
    headings = {name: words(f"case_{name}") for name in STRETCHES}
    rows = pd.DataFrame(
        [
            {
                "state": words(f"clock_state_{each.kind}"),
                "begins": f"{each.begins:%Y-%m-%d %H:%M}", "ends": f"{each.ends:%Y-%m-%d %H:%M}",
                "length": round((each.ends - each.begins).total_seconds() / 86_400, 2),
                "reason": told.get(f"{each.begins:%Y-%m-%d %H:%M}", "") if each.kind == "stopped" else "",
            }
            for each in story.stretches
        ],
        columns=STRETCHES,
    )  # fmt: skip
    about = {words("inspector_hall"): hall, words("case_number"): view.row.case_number, words("version"): data.version()}
    frame.listing(words, "clock", rows, headings, about, units={"length": words("unit_days")}, places={"length": 2}, wide=["reason"])
    if view.due is not None:
        with st.expander(words("case_trace", governed=words(f"governed_{view.due.governed_by}")), expanded=True):
            st.caption("\n".join(f"- {frame.as_text(each.text(words.language))}" for each in view.due.trace))


def _told(words: Words, reason: str, kind: str, document: str) -> str:
    """Why a clock stood still: the kind, what was written, the document; or that nobody said."""
    parts = [words(f"cli_stop_{kind}") if kind else "", reason, words("case_document", number=document) if document else ""]
    return words("inspector_reason_join").join(each for each in parts if each) or words("case_no_reason")


def _further(words: Words, hall: str, view: cases.CaseView) -> None:
    """Steps, extensions and late papers, where there are any."""
    lines = [
        words(
            "case_step_line", step=each.step_id, due=work.local(hall, each.due_at) or words("not_available"),
            ended=work.local(hall, each.ended_at) or words("case_open"), late=words("clock_late") if each.late else "",
        )
        for each in view.steps
    ]  # fmt: skip
    lines += [
        words("case_extension_line", amount=amount, reason=reason, person=person, at=work.local(hall, at))
        for amount, reason, person, at in view.extensions
    ]
    lines += [
        words(
            "case_paper_line", paper=each.paper, kind=words(f"cli_paper_{each.kind}"), due=each.due_on,
            settled=each.settled_on or words("case_open"),
        )
        for each in view.papers
    ]  # fmt: skip
    for each in lines:
        st.markdown("- " + frame.as_text(each.strip()))


def _written_advice(words: Words, hall: str, view: cases.CaseView) -> None:
    subject = f"case:{view.row.case_number}"
    if view.rung in ("red", "advice"):
        st.button(
            words("case_advise"), key="case_advise", icon=":material/assignment_late:", help=words("case_advise_help"),
            on_click=acting.perform, args=(lambda: _advise(hall, subject),),
        )  # fmt: skip


def _advise(hall: str, subject: str) -> tuple[str, dict[str, object]]:
    return "acting_order_opened", {"order": work.open_order(hall, subject, acting.person()).order_number}


def _extension(words: Words, hall: str, view: cases.CaseView) -> None:
    if view.row.ended_at is not None or view.due is None:
        return
    with st.expander(words("case_extend"), icon=":material/more_time:"):
        form = draft.Form(f"extension:{view.row.case_number}", hall, *EXTENSION)
        draft.take_up(form)
        st.caption(words("case_extend_help"))
        amount, unit = st.columns(2)
        with amount:
            st.number_input(words("case_extend_amount"), min_value=1, max_value=3650, value=5, key="extend_amount")
        with unit:
            st.selectbox(
                words("case_extend_unit"), UNITS, key="extend_unit",
                format_func=lambda each: words(f"cli_unit_{each}"),
            )  # fmt: skip
        who, when = st.columns(2)
        with who:
            st.text_input(words("case_extend_asked_by"), key="extend_by")
        with when:
            st.date_input(words("case_extend_asked_on"), key="extend_on", format="YYYY-MM-DD", value=None)
        st.text_area(words("case_extend_reason"), key="extend_reason", max_chars=2000, height=90)
        st.button(
            words("case_extend_do"), key="extend_do", on_click=acting.perform, args=(lambda: _extend(hall, view.row.case_number, form),)
        )
        draft.keep(words, form)


def _extend(hall: str, number: str, form: draft.Form) -> tuple[str, dict[str, object]]:
    state = st.session_state
    asked_on = state["extend_on"] or date.min
    given = (int(state["extend_amount"]), state["extend_unit"], state["extend_reason"], state["extend_by"], asked_on)
    after = cases.extend(hall, number, *given, acting.person())
    day = after.due.local_date.isoformat() if after.due and after.due.local_date else ""
    draft.sent(form)
    return "acting_extended", {"case": number, "day": day}


def speed(words: Words, hall: str, month: str, scope: work.Scope) -> None:
    """How fast a month's cases ended: shown, never ranked."""
    with st.expander(words("speed_title", month=month)):
        st.caption(words("speed_note"))
        names = work.window_names(hall)
        fields = ("window", "ended", "instant", "early", "compression", "speed_up")
        rows = pd.DataFrame(
            [
                {
                    "window": words.name(names.get(each.window_id), each.window_id) if each.window_id else words("speed_hall"),
                    "ended": each.ended, "instant": each.instant, "early": each.early,
                    "compression": None if each.compression is None else float(each.compression),
                    "speed_up": None if each.speed_up is None else float(each.speed_up),
                }
                for each in cases.speed(hall, month) if not each.window_id or scope.reads(each.window_id)
            ],
            columns=fields,
        )  # fmt: skip
        shown = rows.assign(**{
            name: [words("not_available") if pd.isna(each) else f"{100 * each:.1f}%" for each in rows[name]]
            for name in ("compression", "speed_up")
        })  # fmt: skip
        headings = {name: words(f"speed_{name}") for name in fields}
        about = {words("inspector_hall"): hall, words("inspector_month"): month, words("version"): data.version()}
        definitions = {name: words(f"speed_{name}_help") for name in ("compression", "speed_up")}
        places = {"compression": 4, "speed_up": 4}
        frame.listing(words, "speed", shown, headings, about, numbers=rows, places=places, definitions=definitions, most=360)
