"""The form of a check, made for a phone: window or line of the plan, minute, items by a tap, who, how long, how many waited, pictures.

Whatever is refused, what was filled in stays; a form half filled in is there again after a look at another section, and, all but its
pictures, after the page was loaded again (`draft`). What is recorded, and by which rules, is decided by the record.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Literal

import streamlit as st

from dashboards.data import checks, work
from dashboards.texts import Words
from dashboards.views import acting, draft, frame, pictures

FIRST = 12
"""Items shown at once; the others stand folded beneath."""
DRAFT: Literal["session"] = "session"
"""How long a field keeps what stands in it while another section is looked at."""
WIDTH, HALF = 720, 172
"""Pixels: the form on a desk's screen, and a field that stands beside another on a phone of 390."""
EMPTIED = ("codes", "more", "person", "note", "waiting", "day", "minute")
"""Fields that are empty again after a visit was recorded; the others stay as they were."""
OF_A_HALL = ("line", "window", "seat")
"""Fields that mean nothing in another hall."""


def draw(words: Words, hall: str) -> frame.Answer:
    """Draw the form; what to do first."""
    names = {id: words.name(name, id) for id, name in work.window_names(hall).items()}
    person = acting.person()
    waiting = [each for each in checks.plan(hall) if each.visit is None]
    waiting.sort(key=lambda line: not checks.is_among(person, line.inspectors))
    own = [each for each in waiting if checks.is_among(person, each.inspectors)]
    _take_up(hall)
    if st.session_state.get("form_line") not in ("", *(each.key for each in waiting)) or st.session_state.get("form_of") != person:
        st.session_state["form_line"], st.session_state["form_of"] = own[0].key if own else "", person
    lines = {each.key: each for each in waiting}
    form = _form_of(hall, names, lines)
    draft.take_up(form)
    _form(words, form, names, lines)
    if own:
        return words("form_answer_own", count=len(own), window=names.get(own[0].window, own[0].window)), "plain"
    return words("form_answer", count=len(waiting)), "plain"


@st.fragment
def _form(words: Words, form: draft.Form, names: dict[str, str], lines: dict[str, checks.PlanLine]) -> None:
    """The fields: only they are drawn again at a tap, and the page once a visit was recorded or refused."""
    if st.session_state.pop("form_sent", False):
        st.rerun()
    hall = form.hall
    with st.container(width=WIDTH):
        chosen = st.selectbox(
            words("form_line"), ["", *lines], key="form_line",
            format_func=lambda each: _line(words, lines[each], names) if each else words("form_no_line"),
            persist_state=DRAFT,
        )  # fmt: skip
        line = lines.get(chosen or "")
        _begin(hall)
        if line is None:
            st.selectbox(words("plan_window"), list(names), key="form_window", format_func=names.__getitem__, persist_state=DRAFT)
        with st.container(horizontal=True):
            st.selectbox(
                words("form_kind"), checks.KINDS, key="form_kind", width=HALF, format_func=lambda each: words(f"cli_check_{each}"),
                persist_state=DRAFT,
            )  # fmt: skip
            st.selectbox(
                words("form_seat"), ["", *checks.seats(hall)], key="form_seat", width=HALF,
                format_func=lambda each: each or words("form_unknown"), persist_state=DRAFT,
            )  # fmt: skip
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.date_input(words("form_day"), key="form_day", format="YYYY-MM-DD", width=140, persist_state=DRAFT)
            st.time_input(words("form_minute"), key="form_minute", step=60, width=100, persist_state=DRAFT)
            st.button(words("form_now"), on_click=_begin, args=(hall, True))
        _items(words, hall)
        with st.container(horizontal=True):
            st.number_input(
                words("form_minutes"), min_value=0, max_value=1440, value=None, key="form_minutes", placeholder="10", width=HALF,
                persist_state=DRAFT,
            )  # fmt: skip
            st.number_input(
                words("form_waiting"), min_value=0, max_value=100_000, value=None, key="form_waiting", width=HALF,
                placeholder=words("form_uncounted"), persist_state=DRAFT,
            )  # fmt: skip
        st.text_input(
            words("form_person"), key="form_person", placeholder=words("form_unknown"), help=words("form_person_help"), persist_state=DRAFT
        )
        _pictures(words)
        st.text_area(words("form_note"), key="form_note", max_chars=5000, height=90, help=words("form_note_help"), persist_state=DRAFT)
        st.button(
            words("form_record"), key="form_record", type="primary", icon=":material/save:", width="stretch", on_click=_send,
            args=(form, line),
        )  # fmt: skip
        draft.keep(words, form)
    st.session_state["form_given"] = list(st.session_state.get(_files_key()) or ())
    st.caption(words("form_once"))


def _form_of(hall: str, names: dict[str, str], lines: dict[str, checks.PlanLine]) -> draft.Form:
    """What of the form is kept: the fields, never its pictures."""
    codes = checks.items(hall)
    typed = {"form_codes": draft.among(codes[:FIRST]), "form_more": draft.among(codes[FIRST:]), "form_waiting": draft.whole(100_000)}
    beside = {"form_line": draft.among(("", *lines)), "form_window": draft.among(names), "form_kind": draft.among(checks.KINDS)}
    beside |= {"form_seat": draft.among(("", *checks.seats(hall))), "form_day": lambda given: isinstance(given, date)}
    beside |= {"form_minute": lambda given: isinstance(given, time), "form_minutes": draft.whole(1440)}
    return draft.Form("visit", hall, typed | {"form_person": draft.text, "form_note": draft.text}, beside)


def _line(words: Words, line: checks.PlanLine, names: dict[str, str]) -> str:
    return f"{names.get(line.window, line.window)} · {line.draw} · {words('inspector_list_join').join(line.inspectors)}"


def _begin(hall: str, anew: bool = False) -> None:
    """The hall's day and minute, unless they stand there."""
    if anew or "form_day" not in st.session_state or "form_minute" not in st.session_state:
        now = checks.now_in(hall)
        st.session_state["form_day"], st.session_state["form_minute"] = now.date(), now.time()


def _take_up(hall: str) -> None:
    """Keep the pictures that the uploader held before another section was looked at; empty what belongs to another hall."""
    state = st.session_state
    if state.setdefault("form_hall", hall) != hall:
        state["form_hall"] = hall
        for name in OF_A_HALL:
            state.pop(f"form_{name}", None)
    kept = state.setdefault("form_kept", [])
    if _files_key() not in state:
        kept += state.pop("form_given", ())


def _files_key() -> str:
    """A fresh uploader after each visit: the pictures of one must not slip into the next."""
    return f"form_files_{st.session_state.get('form_count', 0)}"


def _pictures(words: Words) -> None:
    """The uploader, and the pictures of the draft that it no longer shows."""
    pictures.upload(words, _files_key(), several=True)
    kept = st.session_state["form_kept"]
    if kept:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(frame.as_text(words("form_kept", names=words("inspector_list_join").join(each.name for each in kept))))
            st.button(words("form_drop"), key="form_drop", icon=":material/delete:", on_click=kept.clear)


def _items(words: Words, hall: str) -> None:
    codes = checks.items(hall)
    names = checks.names_of_items()
    st.markdown(f"**{words('form_items')}**")
    st.pills(
        words("form_items"), codes[:FIRST], selection_mode="multi", key="form_codes", label_visibility="collapsed",
        format_func=lambda each: words.name(names[each]), persist_state=DRAFT,
    )  # fmt: skip
    with st.expander(words("form_more_items", count=len(codes) - FIRST), expanded=bool(st.session_state.get("form_more"))):
        st.pills(
            words("form_items"), codes[FIRST:], selection_mode="multi", key="form_more", label_visibility="collapsed",
            format_func=lambda each: words.name(names[each]), persist_state=DRAFT,
        )  # fmt: skip
    st.caption(words("form_items_help"))


def _send(form: draft.Form, line: checks.PlanLine | None) -> None:
    acting.perform(lambda: _record(form, line))
    st.session_state["form_sent"] = True


def _record(form: draft.Form, line: checks.PlanLine | None) -> tuple[str, dict[str, object]]:
    state = st.session_state
    files = [checks.prepare(each.name, each.getvalue()) for each in (*state["form_kept"], *(state.get(_files_key()) or ()))]
    codes = (*(state.get("form_codes") or ()), *(state.get("form_more") or ()))
    given = checks.VisitForm(
        window=str(state["form_window"]) if line is None else line.window,
        kind=str(state["form_kind"]),
        began=datetime.combine(state["form_day"], state["form_minute"]),
        minutes=None if state["form_minutes"] is None else int(state["form_minutes"]),
        people_waiting=None if state["form_waiting"] is None else int(state["form_waiting"]),
        codes=codes,
        person=str(state["form_person"]),
        seat=str(state["form_seat"]),
        draw="" if line is None else line.draw,
        note=str(state["form_note"]),
    )
    told = checks.record(form.hall, given, files, acting.person())
    draft.sent(form)
    for name in (*EMPTIED, "kept", "given"):
        state.pop(f"form_{name}", None)
    state["form_count"] = state.get("form_count", 0) + 1
    facts: dict[str, object] = {"visit": told.check_number, "count": len(told.findings) if codes else 0, "files": told.files}
    return ("acting_visit" if told.is_new else "acting_visit_known"), facts
