"""A half-filled form that a reload of the page does not lose: what a named person typed is kept on the server until it is sent.

Streamlit sends a field when the person leaves it; what stands in the field that is being typed in is not known here yet. A form begins
with `take_up`, before its fields are drawn, and ends with `keep`, after them; the act that sends it calls `sent`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from dashboards.data import drafts, work
from dashboards.texts import Words
from dashboards.views import acting, frame

EMPTY: tuple[Any, ...] = (None, "", [], ())
Allowed = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Form:
    """A form of the page."""

    name: str
    """what it is and what it is about, such as ``step:O-1``"""
    hall: str
    typed: Mapping[str, Allowed]
    """fields that a person fills in -> whether a kept value may stand there; the form is half filled while one of them is not empty"""
    beside: Mapping[str, Allowed] = field(default_factory=dict)
    """fields that always hold something, kept along with the others"""

    @property
    def mark(self) -> str:
        """Where the visit notes whose form this is: by the kind of form, for its fields are the same whatever it is about."""
        return f"draft_of_{self.name.partition(':')[0]}"


def text(given: Any) -> bool:
    """Whether a kept value may stand in a field of text."""
    return isinstance(given, str)


def among(options: Any) -> Allowed:
    """Whether a kept value is one of the options, or a list of some of them."""
    known = set(options)
    return lambda given: set(given) <= known if isinstance(given, list) else isinstance(given, str) and given in known


def whole(most: int) -> Allowed:
    """Whether a kept value may stand in a field of whole numbers, or leave it empty."""
    return lambda given: given is None or (type(given) is int and 0 <= given <= most)


def take_up(form: Form) -> None:
    """Before the fields are drawn: fill them with the person's draft, once in a visit; empty them of another's, or of another subject's."""
    state = st.session_state
    owner, now = state.get(form.mark), (acting.person(), form.hall, form.name)
    if owner == now:
        return
    state[form.mark] = now
    state.pop(f"{form.mark}_found", None)
    if owner is not None and owner[0]:
        for name in form.typed:
            state.pop(name, None)
    found = drafts.find(*now) if now[0] else None
    if found is None:
        return
    fresh = not _is_begun(form)
    for name, allowed in (form.typed | (form.beside if fresh else {})).items():
        if name in found.fields and allowed(found.fields[name]) and (fresh or state.get(name) in EMPTY):
            state[name] = found.fields[name]
    if _is_begun(form):
        state[f"{form.mark}_found"] = found.kept
        state[f"{form.mark}_tell"] = True


def keep(words: Words, form: Form) -> None:
    """After the fields: keep them for the named person, and say so."""
    state, person = st.session_state, acting.person()
    if not person:
        st.caption(words("draft_unnamed"))
        return
    if not _is_begun(form):
        drafts.drop(person, form.hall, form.name)
        state.pop(f"{form.mark}_kept", None)
        st.caption(words("draft_will"))
        return
    fields = {name: state.get(name) for name in (*form.typed, *form.beside)}
    if state.get(f"{form.mark}_kept") != (person, form.name, fields):
        if not drafts.keep(person, form.hall, form.name, fields):
            st.caption(words("draft_not_kept"))
            return
        state[f"{form.mark}_kept"] = (person, form.name, fields)
    with st.container(horizontal=True, vertical_alignment="center"):
        found = state.get(f"{form.mark}_found")
        told = words("draft_kept") if found is None else words("draft_found", at=work.local(form.hall, found))
        if state.pop(f"{form.mark}_tell", False):  # once, above the page: the form's foot is far down a phone
            st.toast(frame.as_text(told), icon=":material/history:")
        st.caption(frame.as_text(told), width="stretch")
        st.button(words("draft_drop"), key=f"{form.mark}_drop", icon=":material/delete:", on_click=_drop, args=(form,))


def sent(form: Form) -> None:
    """The form was sent: nothing of it is kept any more."""
    state = st.session_state
    drafts.drop(acting.person(), form.hall, form.name)
    for name in form.typed:
        state.pop(name, None)
    for each in ("", "_found", "_kept"):
        state.pop(f"{form.mark}{each}", None)


def _drop(form: Form) -> None:
    """The person wants nothing of it."""
    sent(form)


def _is_begun(form: Form) -> bool:
    return any(st.session_state.get(name) not in EMPTY for name in form.typed)
