"""The ladder of warnings (电子监察), and the authenticity signals of ratings: both ask somebody to look, neither moves a point."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import streamlit as st

from dashboards import data
from dashboards.data import record, work
from dashboards.texts import Words
from dashboards.views import frame, inspector_case, inspector_ratings
from dashboards.views.evidence import facts_of, label
from dashboards.views.figures import percent

LADDER = ("rung", "what", "id", "window", "due", "late", "detail")
SIGNALS = ("signal", "window", "reason", "alarm", "evidence")


def ladder(words: Words, hall: str, month: str, scope: work.Scope) -> frame.Answer:
    """Draw what is late or about to be, the worst first; what to do first."""
    found = work.read_alerts(hall, month, scope)
    names = work.window_names(hall)
    if not found:
        _older(words, hall, month, scope)
        _case(words, hall, found, None, names, scope)
        inspector_case.speed(words, hall, month, scope)
        return words("ladder_answer_none"), "good"
    worst = found[0]
    counts = Counter(each.window_id for each in found)
    window, most = counts.most_common(1)[0]
    facts = {
        "id": label(words, worst.id),
        "rung": words(f"rung_{worst.rung}"),
        "window": words.name(names.get(window), window),
        "most": most,
    }
    said = words("ladder_answer", count=len(found), **facts), "warn"
    frame.cards([
        frame.Card(words(f"rung_{rung}"), str(sum(each.rung == rung for each in found)), help=words(f"rung_help_{rung}"))
        for rung in ("advice", "red", "yellow", "reminder")
    ])  # fmt: skip
    headings = {name: words(f"ladder_{name}") for name in LADDER}
    rows = pd.DataFrame(
        [
            {
                "rung": words(f"rung_{each.rung}"),
                "what": words(f"alert_{each.what}"),
                "id": label(words, each.id),
                "window": words.name(names.get(each.window_id), each.window_id),
                "due": words("not_available") if each.due_on is None else each.due_on.isoformat(),
                "late": each.late_days,
                "detail": _detail(words, each),
            }
            for each in found
        ],
        columns=LADDER,
    )
    about = {words("inspector_hall"): hall, words("version"): data.version()}
    ticked = frame.listing(
        words, "ladder", rows, headings, about, units={"late": words("unit_working_days")}, pick=True, most=360, head="id"
    )
    _older(words, hall, month, scope)
    _case(words, hall, found, ticked, names, scope)
    inspector_case.speed(words, hall, month, scope)
    return said


def _evidence_of(words: Words, hall: str, signal: work.Signal, about: dict[str, object]) -> None:
    """The ratings behind the signal that is ticked, or behind the first."""
    listed = signal.evidence[: record.MOST_RECORDS]
    with st.expander(words("signals_records", name=signal.name(words.language), count=len(signal.evidence))):
        as_of = record.checkpoint().count
        found = [(id, record.evidence(hall, id, as_of)) for id in listed]
        rows = pd.DataFrame(
            [{"id": label(words, id), "detail": "" if row is None else facts_of(words, hall, row.fields)} for id, row in found],
            columns=["id", "detail"],
        )
        headings = {name: words(f"evidence_{name}") for name in ("id", "detail")}
        frame.listing(words, "signal_records", rows, headings, about, wide=["detail"], most=320)


def _older(words: Words, hall: str, month: str, scope: work.Scope) -> None:
    """What the ladder leaves out."""
    older = work.left_out(hall, month) if scope.windows is None else None
    if older is not None and older.count and older.oldest is not None:
        st.caption(words("ladder_older", count=older.count, before=older.before, oldest=older.oldest))


def _case(
    words: Words, hall: str, found: tuple[work.Alert, ...], ticked: int | None, names: dict[str, dict[str, str]], scope: work.Scope
) -> None:
    """The case that is ticked, chosen or named in the address, with its clock."""
    numbers = list(dict.fromkeys(each.id.partition(":")[2] for each in found if each.id.startswith("case:")))
    picked = found[ticked].id if ticked is not None else ""
    if frame.newly_picked("case", picked if picked.startswith("case:") else None):
        st.session_state["case"] = picked.partition(":")[2]
    if picked and not picked.startswith("case:"):
        st.caption(words("ladder_no_case"))
    frame.remembered("case", numbers[0] if numbers else None, str, lambda given: given is None or isinstance(given, str))
    chosen = st.session_state["case"]
    listed = numbers if chosen is None or chosen in numbers else [chosen, *numbers]
    number = st.selectbox(words("ladder_select"), listed, key="case", accept_new_options=True, placeholder=words("ladder_select_hint"))
    frame.remember("case", numbers[0] if numbers else None)
    if number:
        inspector_case.draw(words, hall, str(number).strip(), names, scope)


def _detail(words: Words, alert: work.Alert) -> str:
    if alert.what == "receipt":
        return ""
    return words(f"value_{alert.detail}") if alert.what == "case" and words.has(f"value_{alert.detail}") else alert.detail


def signals(words: Words, hall: str, month: str, scheme: str, scope: work.Scope) -> frame.Answer:
    """Draw the signals with their reasons and false-alarm rates, then the figures of ratings and orders; what to do first."""
    said = _signals(words, hall, month, scope)
    inspector_ratings.draw(words, hall, month, scheme, scope)
    return said


def _signals(words: Words, hall: str, month: str, scope: work.Scope) -> frame.Answer:
    found = work.signals(hall, month, scope)
    names = work.window_names(hall)
    st.caption(words("signals_never"))
    if not found:
        return words("signals_answer_none", month=month), "good"
    first = found[0][0]
    facts = {"window": words.name(names.get(first.window_id), first.window_id), "name": first.name(words.language)}
    headings = {name: words(f"signals_{name}") for name in SIGNALS}
    rows = pd.DataFrame(
        [
            {
                "signal": signal.name(words.language),
                "window": words.name(names.get(signal.window_id), signal.window_id),
                "reason": signal.reason(words.language),
                "alarm": words("signals_rate", **{name: percent(float(getattr(alarm, name)), 2) for name in ("share", "low", "high")}),
                "evidence": len(signal.evidence),
            }
            for signal, alarm in found
        ],
        columns=SIGNALS,
    )
    about = {words("inspector_hall"): hall, words("inspector_month"): month, words("version"): data.version()}
    ticked = frame.listing(words, "signals", rows, headings, about, wide=["reason"], pick=True)
    _evidence_of(words, hall, found[ticked or 0][0], about)
    return words("signals_answer", count=len(found), **facts), "warn"
