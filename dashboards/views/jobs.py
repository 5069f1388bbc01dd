"""The long work of this installation: what runs and waits, and the links of what is done."""

from __future__ import annotations

import json
import time
from datetime import datetime
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from dashboards import jobs
from dashboards.jobs import Job
from dashboards.jobs.shelf import MOST
from dashboards.texts import Words
from dashboards.views import acting, frame, job
from dashboards.workbook import Column


def draw(words: Words) -> None:
    """Draw the page."""
    top = st.empty()
    asked = st.query_params.get("job")
    if asked is not None:
        _one(words, asked)
    who = acting.person()
    mine = who if who and st.toggle(words("jobs_mine"), key="jobs_mine") else ""
    found = jobs.listed(mine)
    with top:
        frame.answer(*_answer(words, found))
    job.follow_all(words, [each.id for each in found if not each.is_over and each.id != asked])
    if found:
        _table(words, found)
        _again(words, found)
    st.caption(words("jobs_note", most=MOST))


def _answer(words: Words, found: list[Job]) -> frame.Answer:
    states = [each.state for each in found if each.kind in jobs.KINDS]
    broken = states.count("failed") + states.count("interrupted")
    if "running" in states or "waiting" in states:
        return words("jobs_answer_busy", running=states.count("running"), waiting=states.count("waiting")), "plain"
    if broken:
        return words("jobs_answer_broken", count=broken), "warn"
    return (words("jobs_answer_done"), "good") if found else (words("jobs_answer_none"), "plain")


def _one(words: Words, id: str) -> None:
    """The job that the address names."""
    found = job.follow(words, id)
    if found is None or found.state != "done":
        return
    st.success(frame.as_text(job.sentence(words, found)), icon=":material/check:")
    with st.container(horizontal=True):
        if found.address:
            st.link_button(words("job_open"), "?" + urlencode({**found.address, "lang": words.language}, doseq=True))
        st.download_button(
            words("job_result_json"),
            data=lambda: json.dumps(jobs.result(id), ensure_ascii=False, indent=2).encode(),
            file_name=f"openhall-{found.kind}-{id[:8]}.json",
            mime="application/json",
            key="download_result",
            icon=":material/download:",
            on_click="ignore",
        )


def _table(words: Words, found: list[Job]) -> None:
    rows = pd.DataFrame(
        {
            "job": [job.title(words, each) for each in found],
            "state": [words(f"state_of_job_{each.state}") for each in found],
            "asked": [datetime.fromtimestamp(each.asked).strftime("%Y-%m-%d %H:%M") for each in found],
            "took": [_took(words, each) for each in found],
            "who": ["、".join(each.who) for each in found],
            "link": [job.link(words, each.id) for each in found],
        }
    )
    titles = {name: words(f"column_job{'' if name == 'job' else '_' + name}") for name in rows.columns}
    st.subheader(words("jobs_list"), anchor=False)
    shown = rows.rename(columns=titles)
    if not any(each.who for each in found):
        shown = shown.drop(columns=titles["who"])
    links = {titles["link"]: st.column_config.LinkColumn(display_text=words("job_open"))}
    with frame.wide_table(words, "jobs", shown.drop(columns=titles["link"]), links=rows["link"].tolist()):
        st.dataframe(shown, hide_index=True, key="table_jobs", column_config=links)
    frame.download(words, "jobs", rows, [Column(name, titles[name]) for name in rows.columns], {words("column_job"): len(rows)})


def _took(words: Words, each: Job) -> str:
    if each.started is None or (each.is_over and each.ended is None):  # nobody knows when it was cut off
        return "—"
    return job.duration(words, (each.ended or time.time()) - each.started)


def _again(words: Words, found: list[Job]) -> None:
    """The latest that ended without a result, each with its reason and a way to start it again."""
    for each in [each for each in found if each.state in ("failed", "interrupted") and each.kind in jobs.KINDS][:5]:
        job.follow(words, each.id)
