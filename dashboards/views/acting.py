"""Who acts on the inspector's pages, and what came of their act: done, or refused with its reasons as sentences.

The name is kept for the visit only and never stands in the address. What a person may do is decided by the record, not here.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboards import data
from dashboards.texts import Words
from dashboards.views import frame

NOT_DONE = {"unnamed": "acting_unnamed", "no_file": "acting_no_file"}
"""What keeps an act from being tried -> the sentence that says so."""


def field(words: Words) -> str:
    """The field for the acting person's name; what stands in it."""
    if "person" not in st.session_state:
        st.session_state["person"] = st.session_state.get("acting", "")
    name = st.text_input(words("acting_person"), key="person", placeholder=words("acting_placeholder"), help=words("acting_help"))
    st.session_state["acting"] = name.strip()
    return name.strip()


def person() -> str:
    """Who acts."""
    return str(st.session_state.get("acting", ""))


def perform(act: Callable[[], tuple[str, dict[str, object]]]) -> None:
    """Do an act in the callback of a button: it gives the key and the facts of the sentence that tells of it."""
    if not st.session_state.get("person", "").strip() and not person():
        st.session_state["told"] = ("unnamed", {})
        return
    st.session_state["acting"] = str(st.session_state.get("person", person())).strip()
    try:
        st.session_state["told"] = act()
    except data.BadInput as refusal:
        st.session_state["told"] = refusal


def confirmed(
    label: str, question: str, key: str, icon: str, act: Callable[[], tuple[str, dict[str, object]]], ready: bool = True
) -> None:  # fmt: skip
    """A button that asks once more, for an act that nobody can take back; one that is not the step to take now stands back.

    The key is the act's own: a question of the next act must not stand open where that of the last one was.
    """
    with st.popover(f"{label}…", type="primary" if ready else "secondary", icon=icon, key=f"ask_{key}"):
        st.markdown(question)
        st.button(label, key=key, type="primary", icon=icon, on_click=perform, args=(act,))


def tell(words: Words) -> None:
    """What came of the last act, once."""
    told = st.session_state.pop("told", None)
    if told is None:
        return
    if isinstance(told, data.BadInput):
        sentences = [frame.as_text(line) for line in told.text(words.language).splitlines()]
        st.error("\n\n".join([words("acting_refused"), *sentences]), icon=":material/block:")
    elif told[0] in NOT_DONE:
        st.error(words(NOT_DONE[told[0]]), icon=":material/person:")
    else:
        key, facts = told
        named = {name: words.name(given) if isinstance(given, dict) else given for name, given in facts.items()}
        st.success(frame.as_text(words(key, **named)), icon=":material/check:")
