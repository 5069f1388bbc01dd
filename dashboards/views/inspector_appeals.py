"""Appeals of a month: filed by the window on its own sheet, decided by another person."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards import data
from dashboards.data import record, work
from dashboards.data.record import Line, MonthTable
from dashboards.texts import Words
from dashboards.views import acting, draft, frame
from dashboards.views.evidence import facts_of, label

VERDICTS = ("upheld", "dismissed")
COLUMNS = ("number", "window", "line", "record", "grounds", "filed", "verdict", "reason")


def draw(words: Words, table: MonthTable, scope: work.Scope) -> frame.Answer:
    """Draw what waits for a ruling, what was ruled, and the form for a new one; what to do first."""
    found = work.list_appeals(table.hall, table.month, table.scheme.id, scope)
    waiting = [each for each in found if each.verdict is None]
    names = {row.window: words.name(row.names, row.window) for row in table.rows}
    if waiting:
        said = words("appeals_answer_waiting", count=len(waiting), number=_called(words, table, waiting[0], names)), "warn"
    else:
        said = words("appeals_answer_none" if not found else "appeals_answer_ruled", count=len(found)), "good"
    if found:
        _list(words, table, found, names)
    if found and scope.windows is None:
        _ruling(words, table, found, names)
    _filing(words, table, names)
    return said


def _list(words: Words, table: MonthTable, found: tuple[work.AppealRow, ...], names: dict[str, str]) -> None:
    headings = {name: words(f"appeals_{name}") for name in COLUMNS} | {"window": words(f"subject_{table.scheme.subject}")}
    rows = pd.DataFrame(
        [
            {
                "number": each.number,
                "window": names.get(each.window_id, each.window_id),
                "line": _line(words, table, each.window_id, each.indicator),
                "record": _record(words, each.evidence_id),
                "grounds": each.grounds,
                "filed": work.local(table.hall, each.at),
                "verdict": words("appeals_waiting") if each.verdict is None else words(f"verdict_{each.verdict}"),
                "reason": each.decisions[-1].reason if each.decisions else "",
            }
            for each in found
        ],
        columns=COLUMNS,
    )
    about = {words("inspector_hall"): table.hall, words("inspector_month"): table.month, words("version"): data.version()}
    frame.listing(words, "appeals", rows, headings, about)


def _called(words: Words, table: MonthTable, filed: work.AppealRow, names: dict[str, str]) -> str:
    """An appeal as people speak of it: whose, and against which line."""
    window = names.get(filed.window_id, filed.window_id)
    return f"{window} · {_line(words, table, filed.window_id, filed.indicator)}"


def _record(words: Words, evidence_id: str | None) -> str:
    """What is contested: a record, or the line as a whole."""
    return label(words, evidence_id) if evidence_id else words("appeals_whole_line")


def _line(words: Words, table: MonthTable, window: str, indicator: str) -> str:
    sheet = table.sheets.get(window)
    line = next((each for each in sheet.lines if each.indicator == indicator), None) if sheet else None
    return indicator if line is None else words.name(record.name_of_line(table.scheme, line), indicator)


def _ruling(words: Words, table: MonthTable, found: tuple[work.AppealRow, ...], names: dict[str, str]) -> None:
    by_number = {each.number: each for each in found}
    with st.container(border=True):
        st.markdown(f"**{words('appeals_rule_title')}**")
        st.caption(words("appeals_rule_help"))
        number = st.selectbox(
            words("appeals_number"), list(by_number), key="rule_number",
            format_func=lambda each: f"{_called(words, table, by_number[each], names)} · {each}",
        )  # fmt: skip
        filed = by_number[number]
        st.markdown(frame.as_text(words("appeals_told", person=filed.person, grounds=filed.grounds)))
        form = draft.Form(f"ruling:{number}", table.hall, {"rule_reason": draft.text}, {"rule_verdict": draft.among(VERDICTS)})
        draft.take_up(form)
        verdict = st.radio(
            words("appeals_verdict"), VERDICTS, key="rule_verdict", horizontal=True,
            format_func=lambda each: words(f"verdict_{each}"),
        )  # fmt: skip
        chosen = _records_to_rule(words, table, filed) if verdict == "upheld" else []
        st.text_area(words("appeals_reason"), key="rule_reason", max_chars=2000, height=90)
        draft.keep(words, form)
        acting.confirmed(
            words("appeals_rule"), words("appeals_sure"), "appeals_rule", ":material/gavel:", lambda: _rule(form, number, chosen)
        )


def _records_to_rule(words: Words, table: MonthTable, filed: work.AppealRow) -> list[str]:
    """The records of the line, to be ticked, and for each what the ruling makes of it."""
    sheet = table.sheets.get(filed.window_id)
    line = next((each for each in sheet.lines if each.indicator == filed.indicator), None) if sheet else None
    own = (filed.evidence_id,) if filed.evidence_id else ()
    listed = list(dict.fromkeys((*own, *(ref.id for ref in (line.evidence if line else ())))))
    key = f"rule_records_{filed.number}"
    if key not in st.session_state and filed.evidence_id:
        st.session_state[key] = [filed.evidence_id]
    chosen = st.multiselect(
        words("appeals_records"), listed, key=key, accept_new_options=True, help=words("appeals_records_help"),
        placeholder=words("appeals_records_hint"), format_func=lambda each: label(words, each),
    )  # fmt: skip
    as_of = sheet.as_of_sequence if sheet else 0
    for id in chosen:
        row = record.evidence(table.hall, id, as_of)
        if row is not None:
            st.caption(frame.as_text(f"{label(words, id)}{words('appeals_colon')}{facts_of(words, table.hall, row.fields)}"))
        possible = work.rulings_of(id)
        if possible:
            st.selectbox(
                frame.as_text(words("appeals_ruled", record=label(words, id))), possible, key=f"rule_word_{id}",
                format_func=lambda each: words(f"ruled_{each}"),
            )  # fmt: skip
    return [str(each) for each in chosen]


def _rule(form: draft.Form, number: str, chosen: list[str]) -> tuple[str, dict[str, object]]:
    state = st.session_state
    records = {id: str(state.get(f"rule_word_{id}", "")) for id in chosen}
    decided = work.rule(form.hall, number, state["rule_verdict"], state["rule_reason"], records, acting.person())
    draft.sent(form)
    return "acting_upheld" if decided.verdict == "upheld" else "acting_dismissed", {"number": decided.number}


def on_sheet(words: Words, table: MonthTable, window: str, line: Line) -> None:
    """The form of an appeal beneath a line of a sheet, while objections may be made."""
    reached = work.course_of(table.hall, table.month, table.scheme.id)
    if reached is None or reached.until is None:
        st.caption(words("appeals_not_yet"))
        return
    with st.expander(words("appeals_here", day=reached.until.isoformat()), icon=":material/balance:"):
        records = ["", *(ref.id for ref in line.evidence)]
        form = _filed_form(table, records)
        st.selectbox(words("appeals_record"), records, key="file_record", format_func=lambda each: _record(words, each))
        _grounds(words, table, window, line.indicator, form)


def _filing(words: Words, table: MonthTable, names: dict[str, str]) -> None:
    windows = list(names)
    if not windows:
        return
    subject = words(f"subject_{table.scheme.subject}")
    st.markdown(f"**{words('appeals_file_title', subject=subject)}**")
    frame.remembered("window", windows[0], str, windows.__contains__)
    left, middle, right = st.columns(3)
    with left:
        window = st.selectbox(subject, windows, key="window", format_func=names.__getitem__)
    frame.remember("window", windows[0])
    lines = {each.indicator: each for each in table.sheets[window].lines}
    with middle:
        first = next((id for id, each in lines.items() if each.charges), next(iter(lines)))
        frame.remembered(f"file_line_{window}", first, str, lines.__contains__)
        line = st.selectbox(
            words("appeals_line"), list(lines), key=f"file_line_{window}",
            format_func=lambda each: words.name(record.name_of_line(table.scheme, lines[each]), each),
        )  # fmt: skip
    frame.remember(f"file_line_{window}", first)
    records = ["", *(ref.id for ref in lines[line].evidence)]
    form = _filed_form(table, records)
    with right:
        st.selectbox(words("appeals_record"), records, key="file_record", format_func=lambda each: _record(words, each))
    _grounds(words, table, window, line, form)


def _filed_form(table: MonthTable, records: list[str]) -> draft.Form:
    """The form of an appeal, with the draft of it that the person left: one of a month, whatever line is looked at."""
    name = f"filing:{table.month}:{table.scheme.id}"
    form = draft.Form(name, table.hall, {"file_grounds": draft.text}, {"file_record": draft.among(records)})
    draft.take_up(form)
    return form


def _grounds(words: Words, table: MonthTable, window: str, line: str, form: draft.Form) -> None:
    st.text_area(words("appeals_grounds"), key="file_grounds", max_chars=2000, height=90)
    st.button(
        words("appeals_file"), key="file_appeal", type="primary", on_click=acting.perform, args=(lambda: _file(table, window, line, form),)
    )
    draft.keep(words, form)


def _file(table: MonthTable, window: str, line: str, form: draft.Form) -> tuple[str, dict[str, object]]:
    state = st.session_state
    filed = work.file_appeal(
        table.hall, table.month, table.scheme.id, window, line, state["file_grounds"], state["file_record"] or None, acting.person()
    )
    draft.sent(form)
    return "acting_filed", {"number": filed.number}
