"""The plan of checks and the double-random draws (双随机) behind it: fixed with the digest of a seed, revealed, recomputed by anybody."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards import data
from dashboards.data import checks, work
from dashboards.texts import Words
from dashboards.views import acting, frame

LINES = ("draw", "window", "stratum", "inspectors", "state", "found")


def draw(words: Words, hall: str, month: str) -> frame.Answer:
    """Draw the plan, the draws and the form for a new one; what to do first."""
    names = {id: words.name(name, id) for id, name in work.window_names(hall).items()}
    found, plan = checks.draws(hall), checks.plan(hall)
    waiting = [each for each in plan if each.visit is None]
    hidden = [each for each in found if not each.seed]
    if any(each.problem for each in found):
        broken = next(each for each in found if each.problem)
        said = words(f"cli_draw_wrong_{broken.problem}", draw=broken.draw_number), "warn"
    elif hidden:
        said = words("plan_answer_hidden", draw=hidden[-1].draw_number), "plain"
    elif waiting:
        first = waiting[0]
        facts = {"window": names.get(first.window, first.window), "inspectors": words("inspector_list_join").join(first.inspectors)}
        said = words("plan_answer_waiting", count=len(waiting), draw=first.draw, **facts), "warn"
    elif plan:
        said = words("plan_answer_done", count=len(plan)), "good"
    else:
        said = words("plan_answer_none"), "plain"
    if plan:
        _plan(words, hall, plan, names)
    for each in found:
        _draw(words, hall, each, names)
    _commit(words, hall, month, names, is_open=not found)
    return said


def _plan(words: Words, hall: str, plan: tuple[checks.PlanLine, ...], names: dict[str, str]) -> None:
    headings = {name: words(f"plan_{name}") for name in LINES}
    rows = pd.DataFrame(
        [
            {
                "draw": each.draw, "window": names.get(each.window, each.window), "stratum": words(f"stratum_{each.stratum}"),
                "inspectors": words("inspector_list_join").join(each.inspectors),
                "state": words("plan_open") if each.visit is None else words("plan_visited", at=work.local(hall, each.visit.began_at)),
                "found": None if each.visit is None else len(each.visit.findings),
            }
            for each in plan
        ],
        columns=LINES,
    )  # fmt: skip
    shown = rows.assign(found=[words("not_available") if pd.isna(each) else str(int(each)) for each in rows["found"]])
    about = {words("inspector_hall"): hall, words("version"): data.version()}
    frame.listing(words, "plan", shown, headings, about, numbers=rows, places={"found": 0}, head="window")


def _draw(words: Words, hall: str, draw: checks.DrawView, names: dict[str, str]) -> None:
    """A draw with its proof, folded away once it stands."""
    state = words("draw_hidden") if not draw.seed else words("draw_unsound") if draw.problem else words("draw_sound")
    with st.expander(frame.as_text(f"{words('plan_draw')} {draw.draw_number} · {state}"), expanded=not draw.seed):
        plan = draw.plan
        st.markdown(words("draw_of", windows=len(plan.windows), places=sum(many for _, many in plan.places), each=plan.each))
        st.caption(frame.as_text(words("draw_inspectors", names=words("inspector_list_join").join(plan.inspectors))))
        weights = {weight for *_, weight in plan.windows}
        st.caption(words("draw_weighed" if len(weights) > 1 else "draw_alike"))
        for person, window in plan.conflicts:
            st.caption(frame.as_text(words("draw_barred", name=person, window=names.get(window, window))))
        st.caption(words("draw_committed", at=work.local(hall, draw.committed_at)))
        st.code(f"{words('draw_commitment')} {draw.commitment}\n{words('draw_plan_digest')} {plan.digest}", language=None, wrap_lines=True)
        if not draw.seed:
            st.markdown(words("draw_hidden_help"))
            acting.confirmed(
                words("draw_reveal"), words("draw_sure_reveal"), f"reveal_{draw.draw_number}", ":material/casino:",
                lambda: _reveal(hall, draw.draw_number),
            )  # fmt: skip
            return
        st.code(f"{words('draw_seed')} {draw.seed}", language=None, wrap_lines=True)
        if draw.problem:
            st.error(words(f"cli_draw_wrong_{draw.problem}", draw=draw.draw_number))
        else:
            st.markdown(f":material/check: {words('draw_proved')}")
        st.caption(words("draw_anybody"))
        st.download_button(
            words("draw_paper"), data=checks.paper_of(draw), file_name=f"draw-{draw.draw_number}.json", mime="application/json",
            key=f"paper_{draw.draw_number}", on_click="ignore", icon=":material/download:",
        )  # fmt: skip


def _reveal(hall: str, number: str) -> tuple[str, dict[str, object]]:
    revealed = checks.reveal(hall, number, acting.person())
    return "acting_revealed", {"draw": number, "count": len(revealed.pairs)}


def _commit(words: Words, hall: str, month: str, names: dict[str, str], is_open: bool) -> None:
    with st.expander(words("draw_new"), expanded=is_open, icon=":material/add:"):
        st.caption(words("draw_new_help"))
        left, right = st.columns(2)
        with left:
            if "draw_number" not in st.session_state:
                st.session_state["draw_number"] = checks.next_number(hall, checks.now_in(hall))
            st.text_input(words("draw_number_label"), key="draw_number", max_chars=60)
            most = max(len(names), 1)
            st.number_input(words("draw_count"), min_value=1, max_value=most, value=min(5, most), key="draw_count")
        with right:
            st.number_input(words("draw_each"), min_value=1, max_value=10, value=2, key="draw_each", help=words("draw_each_help"))
            st.selectbox(
                words("draw_weights"), ("", month), key="draw_risk",
                format_func=lambda each: words("draw_by_risk", month=each) if each else words("draw_alike"),
            )  # fmt: skip
        chosen = st.multiselect(
            words("draw_who"), checks.inspectors(hall), key="draw_who", accept_new_options=True, placeholder=words("draw_who_placeholder"),
            help=words("draw_who_help"),
        )  # fmt: skip
        for person in chosen:
            st.multiselect(
                frame.as_text(words("draw_conflicts", name=person)), list(names), key=f"draw_conflict_{person}",
                format_func=names.__getitem__, placeholder=words("draw_conflicts_placeholder"),
            )  # fmt: skip
        acting.confirmed(words("draw_commit"), words("draw_sure_commit"), "draw_commit", ":material/lock:", lambda: _fix(hall))


def _fix(hall: str) -> tuple[str, dict[str, object]]:
    state = st.session_state
    who = [str(each).strip() for each in state["draw_who"]]
    conflicts = [(person, window) for person in who for window in state.get(f"draw_conflict_{person}", ())]
    number = str(state["draw_number"]).strip()
    made = checks.commit(
        hall, number, int(state["draw_count"]), who, conflicts, int(state["draw_each"]), state["draw_risk"] or None, acting.person()
    )
    state.pop("draw_number", None)
    return "acting_committed", {"draw": number, "commitment": made.commitment[:16]}
