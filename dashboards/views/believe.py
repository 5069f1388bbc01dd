"""The page "Can I believe it?": the verdict first, observed beside simulated waits by half-hour, the table of bars, the causes of a miss,
the rows that were not believed.

It shows the small log that comes with the program, a log that is uploaded and judged by a job (the address keeps which), or a verdict that
`openhall believe --json` wrote.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboards import charts, jobs
from dashboards.data import BadInput, beliefs
from dashboards.texts import Words
from dashboards.verdicts import assumptions, basis, both, causes, dirt, left_out, tone, value_of, verdict
from dashboards.views import believe_own, frame


def draw(words: Words) -> None:
    """Draw the page."""
    top = st.container()
    told = _chosen(words, top)
    if told is None:
        return
    with top:
        frame.answer(verdict(words, told), tone(told, words))
    spans = {name: _span(told[f"{name}_days"]) for name in ("training", "held")}
    st.caption(words("believe_days_told", people=f"{told['people']:,}", **spans))
    for each in left_out(words, told):
        st.caption(frame.as_text(each))
    st.subheader(words("believe_chart"), anchor=False)
    half_hours = pd.DataFrame(told["by_half_hour"])
    labels = {each: words(f"believe_column_{each}") for each in ("observed", "simulated", "slot", "people", "band")}
    st.altair_chart(charts.waits_believed(half_hours, labels | {"wait": words("believe_wait")}, words.language), width="stretch")
    st.caption(words("believe_chart_note"))
    _bars(words, told)
    _sentences(words, "believe_causes", causes(words, told))
    _sentences(words, "believe_assumed", assumptions(words, told))
    _tables(words, told, half_hours)
    st.caption(words("believe_command"))
    st.code(words("believe_command_line"), language=None, wrap_lines=True)


def _chosen(words: Words, top: Any) -> dict[str, Any] | None:
    """The verdict to show: of a file that is given, of the log that the address names, or of the sample; None while there is none."""
    work = believe_own.draw(words)
    with st.expander(words("believe_other")):
        given = st.file_uploader(words("believe_upload"), type=["json"], key="verdict_file", max_upload_size=5)
    if given is not None:
        try:
            return beliefs.of_file(given.name, given.getvalue())
        except BadInput as refused:
            frame.refused(words, refused)
    if work is not None:
        found = jobs.result(jobs.id_of("believe", work))
        if found is None:
            with top:
                believe_own.follow(words, work)
        else:
            st.caption(frame.as_text(words("believe_own_shown", name=work["name"], how=believe_own.read_as(words, work))))
        return found
    st.caption(words("believe_sample"))
    with top, st.spinner(words("cli_believe_working"), show_time=False):
        return beliefs.of_sample()


def _bars(words: Words, told: dict[str, Any]) -> None:
    st.subheader(words("believe_bars"), anchor=False)
    rows = []
    for each in told["checks"]:
        seen, made = both(each)
        state = "untold" if each["kept"] is None else "kept" if each["kept"] else "missed"
        rows.append({
            "kept": words(f"believe_{state}"), "check": words(f"believe_{each['name']}"), "observed": seen, "simulated": made,
            "value": value_of(words, each), "bar": f"{'≥' if each['at_least'] else '≤'} {value_of(words, each, 'bar')}",
            "perfect": value_of(words, each, "perfect"), "basis": basis(words, each),
        })  # fmt: skip
    told_of = [key for key in rows[0] if any(each[key] for each in rows)]  # a bar of factors has no pair of figures
    headings = {key: words(f"believe_column_{key}") for key in told_of}
    frame.listing(words, "believe_bars", pd.DataFrame(rows), headings, _about(words, told), head="check")
    st.caption(words("believe_perfect_note"))


def _sentences(words: Words, heading: str, sentences: list[str]) -> None:
    if sentences:
        st.subheader(words(heading), anchor=False)
        st.markdown("\n".join(f"- {frame.as_text(each)}" for each in sentences))


def _tables(words: Words, told: dict[str, Any], half_hours: pd.DataFrame) -> None:
    dirty = dirt(words, told)
    if dirty:
        st.subheader(words("believe_dirt"), anchor=False)
        rows = pd.DataFrame(dirty, columns=["reason", "count"])
        headings = {key: words(f"believe_{key}") for key in ("reason", "count")}
        frame.listing(words, "believe_dirt", rows, headings, _about(words, told))
    names = {"service": "believe_column_service", "people": "believe_column_people", "observed": "believe_column_observed"}
    names |= {"simulated": "believe_column_simulated"}
    with st.expander(words("believe_by_service")):
        services = pd.DataFrame(told["by_service"])
        headings = {key: words(name) for key, name in names.items()}
        if "factor" in services:
            headings["factor"] = words("believe_column_factor")
        shown = services.assign(**{key: services[key].map("{:.2f}".format) for key in headings if key not in ("service", "people")})
        frame.listing(words, "believe_services", shown, headings, _about(words, told), numbers=services)
    with st.expander(words("believe_by_slot")):
        headings = {key: words(f"believe_column_{key}") for key in ("slot", "people", "observed", "simulated")}
        headings |= {"low": words("believe_low"), "high": words("believe_high")}
        shown = half_hours.assign(**{key: half_hours[key].map("{:.2f}".format) for key in headings if key not in ("slot", "people")})
        frame.listing(words, "believe_slots", shown, headings, _about(words, told), numbers=half_hours)


def _about(words: Words, told: dict[str, Any]) -> dict[str, object]:
    return {words("believe_training"): _span(told["training_days"]), words("believe_held"): _span(told["held_days"])}


def _span(days: list[str]) -> str:
    return days[0] if len(days) == 1 else f"{days[0]} – {days[-1]} ({len(days)})" if days else "–"
