"""What needs somebody today: where the month stands and the step that comes next, appeals, work orders, warnings; each leads on."""

from __future__ import annotations

from urllib.parse import quote

import streamlit as st

from dashboards.data import checks, work
from dashboards.texts import Words
from dashboards.views import acting

FINAL = ("circulate", "lock", "publish")
"""Steps that nobody can take back."""


def draw(words: Words, hall: str, month: str, scheme: str, scope: work.Scope) -> None:
    """Draw the block."""
    found = work.today(hall, month, scheme, scope)
    with st.container(border=True, key="today"):
        st.subheader(words("today_title"), anchor=False)
        _step(words, found, hall, month, scheme, scope)
        _waiting(words, found, hall, month, scope)


def _step(words: Words, found: work.Today, hall: str, month: str, scheme: str, scope: work.Scope) -> None:
    reached = found.course
    stands = words("today_not_opened", month=month) if reached is None else words("today_stands", month=month, step=_name(words, reached))
    steps = [*work.STEPS]
    done = -1 if reached is None else steps.index(reached.stands)
    trail = " → ".join(
        f"**{words.name(work.STEP_NAMES[step])}**" if number == done else
        words.name(work.STEP_NAMES[step]) + (" ✓" if number < done else "") for number, step in enumerate(steps)
    )  # fmt: skip
    st.markdown(stands)
    st.caption(trail)
    if reached is not None and reached.until is not None and reached.stands == "circulated":
        st.markdown(words("today_until", day=reached.until.isoformat(), count=len(found.appeals)))
    if found.next_act is None:
        st.markdown(words("today_public"))
        address = f"?page=board&lang={words.language}&hall={quote(hall)}&month={quote(f'{month} · {scheme}')}"
        st.link_button(words("today_board"), address, icon=":material/tv:")
        return
    if not work.runs_months(scope):
        return
    act, ready = found.next_act, found.ready
    with st.container(horizontal=True, vertical_alignment="center"):
        if not ready and found.appeals:
            st.button(
                words("today_rule", count=len(found.appeals)), key="go_rule", type="primary", icon=":material/balance:", on_click=_go,
                args=("appeals",),
            )  # fmt: skip
        if act in FINAL:
            acting.confirmed(
                words(f"act_{act}"), words(f"act_sure_{act}"), f"step_{act}", ":material/play_arrow:",
                lambda: _take(act, hall, month, scheme), ready,
            )  # fmt: skip
        else:
            st.button(
                words(f"act_{act}"), key="next_step", type="primary", icon=":material/play_arrow:", on_click=acting.perform,
                args=(lambda: _take(act, hall, month, scheme),),
            )  # fmt: skip
        if reached is not None and reached.stands in ("collected", "computed") and found.next_act != "collect":
            st.button(
                words("act_collect_again"), key="collect_again", on_click=acting.perform,
                args=(lambda: _take("collect", hall, month, scheme),),
            )  # fmt: skip
    st.caption(words(f"act_help_{act}"))


def _name(words: Words, reached: work.Course) -> str:
    return words.name(work.STEP_NAMES[reached.stands])


def _take(step: str, hall: str, month: str, scheme: str) -> tuple[str, dict[str, object]]:
    reached = work.take(step, hall, month, scheme, acting.person())
    return "acting_stands", {"month": month, "step": dict(work.STEP_NAMES[reached.stands])}


def _waiting(words: Words, found: work.Today, hall: str, month: str, scope: work.Scope) -> None:
    """One line for each kind of thing that waits; a click opens it."""
    open_findings = sum(
        not each.order_number and each.status != "withdrawn" for each in checks.findings(hall, month) if scope.reads(each.window_id)
    )
    visits = sum(each.visit is None for each in checks.plan(hall)) if scope.windows is None else 0
    lines = [
        ("checks/plan", words("today_visits", count=visits), bool(visits)),
        ("checks/findings", words("today_findings", count=open_findings), bool(open_findings)),
        ("appeals", words("today_appeals", count=len(found.appeals)), bool(found.appeals)),
        ("orders", words("today_late", count=found.late), bool(found.late)),
        ("orders", words("today_running", count=found.running), bool(found.running)),
        ("overdue", words("today_red", count=found.red), bool(found.red)),
        ("overdue", words("today_yellow", count=found.yellow), bool(found.yellow)),
        ("overdue", words("today_reminders", count=found.reminders), bool(found.reminders)),
        ("overdue", words("today_hidden", count=found.hidden), bool(found.hidden)),
    ]
    if not any(there for *_, there in lines):
        st.markdown(words("today_nothing"))
        return
    with st.container(horizontal=True, gap="small"):
        for number, (view, sentence, there) in enumerate(lines):
            if there:
                st.button(sentence, key=f"today_{number}", icon=":material/arrow_forward:", on_click=_go, args=(view,))


def _go(view: str) -> None:
    section, _, part = view.partition("/")
    st.session_state["view"] = section
    if part:
        st.session_state["part"] = part


def opening(words: Words, hall: str) -> None:
    """The form that opens another month."""
    with st.expander(words("today_open_another"), icon=":material/calendar_add_on:"), st.form("open_another", border=False):
        left, right = st.columns(2)
        with left:
            st.selectbox(words("inspector_month"), work.months_to_open(hall), key="open_which", accept_new_options=True)
        with right:
            named = work.schemes()
            st.selectbox(
                words("inspector_scheme"), list(named), key="open_scheme", format_func=lambda each: f"{words.name(named[each])} · {each}"
            )
        st.form_submit_button(words("act_open_month"), on_click=acting.perform, args=(lambda: _open(hall),))


def _open(hall: str) -> tuple[str, dict[str, object]]:
    month, scheme = str(st.session_state["open_which"]).strip(), str(st.session_state["open_scheme"])
    told = _take("open_month", hall, month, scheme)
    st.session_state["month"] = f"{month} · {scheme}"
    return told
