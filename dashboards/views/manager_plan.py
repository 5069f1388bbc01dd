"""The plan of the manager's page: a list of changes that lives in the address, shown as sentences that can be undone one by one.

The address is the only place of the plan, so a link opens it, another language keeps it, and a widget never disagrees with it for long:
`lever_widgets` and `lever_windows` write a change here whenever one of its widgets is moved, and draws the widgets from what stands here.
"""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from dashboards.data import BadInput, changes, halls
from dashboards.data.halls import Change, Scenario
from dashboards.texts import Words
from dashboards.views import frame

KEY = "change"


def read() -> tuple[list[Change], list[BadInput]]:
    """The changes that the address holds, and the refusals of what is none."""
    return halls.read(st.query_params.get_all(KEY))


def write(plan: Iterable[Change]) -> None:
    """Make these the plan."""
    lines = [str(each) for each in plan]
    if lines:
        st.query_params[KEY] = lines
    elif KEY in st.query_params:
        del st.query_params[KEY]


def put(line: str) -> None:
    """One change more, in the place of one that set the same."""
    write(halls.with_line(read()[0], line))


def drop(line: str) -> None:
    """One change fewer."""
    write(halls.without(read()[0], line))


def _drop_at(position: int) -> None:
    plan = read()[0]
    write([each for at, each in enumerate(plan) if at != position])


def forget() -> None:
    """Back to the base."""
    write([])


def chips(words: Words, scenario: Scenario, plan: list[Change], refusals: list[BadInput]) -> None:
    """The plan's sentences; a click undoes one."""
    for refusal in refusals:
        st.warning(f"{words('plan_line_refused')} {refusal.text(words.language)}", icon=":material/link_off:")
    if not plan:
        return
    with st.container(horizontal=True, key="plan_chips", gap="small"):
        for position, each in enumerate(plan):
            st.button(
                frame.as_text(changes.sentence(words, scenario.document, each)),
                key=f"undo_{position}",
                icon=":material/close:",
                icon_position="right",
                wrap=True,
                help=words("plan_undo"),
                on_click=_drop_at,
                args=(position,),
            )
        st.button(words("manager_reset"), key="reset", type="tertiary", icon=":material/undo:", on_click=forget)
