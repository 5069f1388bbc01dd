"""Checks (明察暗访) in four parts: the plan and its draws, the form, what was found, how severe inspectors are."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards import data
from dashboards.data import checks, work
from dashboards.texts import Words
from dashboards.views import frame, inspector_draw, inspector_findings, inspector_form
from dashboards.views.figures import number

PARTS = ("plan", "form", "findings", "severity")
SEVERITY = ("inspector", "visits", "findings", "expected", "factor", "low", "high")


def part() -> str:
    """The part that is chosen, or will be."""
    chosen = st.session_state.get("part", st.query_params.get("part", PARTS[0]))
    return chosen if chosen in PARTS else PARTS[0]


def draw(words: Words, hall: str, month: str, scope: work.Scope) -> frame.Answer:
    """Draw the part that is chosen; what to do first there. Staff of a window see what was found at theirs and nothing else."""
    if scope.windows is not None:
        return inspector_findings.draw(words, hall, month, scope)
    frame.remembered("part", PARTS[0], str, PARTS.__contains__)
    st.segmented_control(
        words("checks_part"), PARTS, key="part", format_func=lambda each: words(f"part_{each}"), label_visibility="collapsed",
        required=True,
    )  # fmt: skip
    frame.remember("part", PARTS[0])
    match part():
        case "form":
            return inspector_form.draw(words, hall)
        case "findings":
            return inspector_findings.draw(words, hall, month, scope)
        case "severity":
            return _severity(words, hall, month)
    return inspector_draw.draw(words, hall, month)


def _severity(words: Words, hall: str, month: str) -> frame.Answer:
    """How severe inspectors are: shown, never used to correct a score."""
    frame.remembered("third", False, lambda given: given == "1", lambda given: isinstance(given, bool))
    third = st.toggle(words("severity_third"), key="third")
    frame.remember("third", False)
    st.caption(words("severity_note", months=checks.YEAR, month=month))
    found = checks.severity(hall, month, third)
    if not found:
        return words("severity_answer_none"), "plain"
    headings = {name: words(f"severity_{name}") for name in SEVERITY}
    rows = pd.DataFrame(
        [
            {
                "inspector": each.inspector, "visits": each.visits, "findings": each.findings, "expected": each.expected,
                "factor": each.factor, "low": each.low, "high": each.high,
            }
            for each in found
        ],
        columns=SEVERITY,
    )  # fmt: skip
    shown = rows.assign(**{name: [number(value, 2) for value in rows[name]] for name in ("expected", "factor", "low", "high")})
    about = {words("inspector_hall"): hall, words("inspector_month"): month, words("version"): data.version()}
    frame.listing(
        words, "severity", shown, headings, about, numbers=rows, places=dict.fromkeys(("expected", "factor", "low", "high"), 3),
        definitions={name: words(f"severity_{name}_help") for name in ("expected", "factor")},
    )  # fmt: skip
    differ = [each for each in found if each.differs]
    if not differ:
        return words("severity_answer_alike", count=len(found)), "good"
    most = max(differ, key=lambda each: abs(each.factor - 1))
    facts = {"name": most.inspector, "factor": number(most.factor, 2), "low": number(most.low, 2), "high": number(most.high, 2)}
    return words("severity_answer_differ", **facts), "warn"
