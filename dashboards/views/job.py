"""A job on a page: how far it is, how long it still takes, its link, and a way to cancel it or to start it again.

`follow` draws whatever is to be said of a job that has no result yet, and keeps it current; when it ends, the whole page runs again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from dashboards import jobs
from dashboards.data import asked
from dashboards.jobs import Job
from dashboards.texts import Words
from dashboards.views import acting, frame

EVERY = 0.7
"""seconds between two looks"""
LONGEST = 80
"""characters of a title in a sentence; the table has all of it"""
MOST_FAULTS = 20
"""faults of a refused input that are listed"""


def follow(words: Words, id: str, on_cancel: Callable[[], None] | None = None) -> Job | None:
    """Draw a job that waits, runs or ended without a result; nothing for one that is done. What it is now; None if it is unknown.

    `on_cancel` is called, in the callback of the button, when somebody cancels it here.
    """
    job = jobs.look(id)
    if job is None:
        st.warning(words("job_unknown"), icon=":material/help:")
    elif not job.is_over:
        _bars(words, (id,), on_cancel)
    elif job.state != "done" and job.kind not in jobs.KINDS:
        st.warning(frame.as_text(words("job_obsolete", title=title(words, job))), icon=":material/help:")
    elif job.state != "done":
        with st.container(horizontal=True, vertical_alignment="center"):
            st.warning(ended(words, job), icon=":material/hourglass_disabled:")
            st.button(words("job_again"), key=f"again_{id}", on_click=_again, args=(id,), icon=":material/replay:")
    return job


def confirmed(words: Words, kind: str, work: dict[str, Any], page: str, ask: str, how: str) -> dict[str, Any] | None:
    """What a job found, if it is there; else the button that asks for it, with a line on how, or how far it is."""
    id = jobs.id_of(kind, work)
    if jobs.look(id) is None:
        with st.container(horizontal=True, vertical_alignment="center"):
            address = {"page": page, **st.query_params.to_dict()}
            start = {"on_click": jobs.start, "args": (kind, work, acting.person(), address)}
            st.button(ask, key=f"confirm_{kind}", type="primary", icon=":material/play_arrow:", **start)
            st.caption(how)
        return None
    done = jobs.result(id)
    if done is None:
        follow(words, id)
    return done


def follow_all(words: Words, ids: Sequence[str]) -> None:
    """Draw jobs that wait or run, all by one look: each of its own would keep the page from ever coming to rest."""
    if ids:
        _bars(words, tuple(ids), None)


@st.fragment(run_every=EVERY)
def _bars(words: Words, ids: tuple[str, ...], on_cancel: Callable[[], None] | None) -> None:
    found = [jobs.look(id) for id in ids]
    if any(job is None or job.is_over for job in found):
        st.rerun()
        return
    for job in filter(None, found):
        st.progress(job.progress or 0.0, frame.as_text(f"{sentence(words, job)} {_details(words, job)}"))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(words("job_cancel"), key=f"cancel_{job.id}", on_click=_cancel, args=(job.id, on_cancel), icon=":material/stop:")
            st.caption(words("job_link", address=link(words, job.id)))


def _cancel(id: str, on_cancel: Callable[[], None] | None) -> None:
    jobs.cancel(id)
    if on_cancel is not None:
        on_cancel()


def _again(id: str) -> None:
    """Starts it again, under its new id where the program has changed since."""
    new = jobs.restart(id)
    if new is not None and st.query_params.get("job") == id:
        st.query_params["job"] = new


def link(words: Words, id: str) -> str:
    """The address that opens the job later."""
    return "?" + urlencode({"job": id, "lang": words.language})


def title(words: Words, job: Job) -> str:
    """What the job is; its kind alone where another version of the program asked for it in other words."""
    try:
        return words(f"job_{job.kind}", **asked.named(words, job.arguments))
    except (LookupError, ValueError):
        return job.kind


def sentence(words: Words, job: Job) -> str:
    """How the job stands; a long title is cut."""
    reason = words.name(job.reason, words("job_died"))
    named = title(words, job)
    named = named if len(named) <= LONGEST else f"{named[:LONGEST]}…"
    return words(f"job_{job.state}", title=named, ahead=(job.place or 1) - 1, reason=reason)


def ended(words: Words, job: Job) -> str:
    """How a job without a result ended, as Markdown; several faults of its input are a list."""
    faults = words.name(job.reason, words("job_died")).splitlines()
    if len(faults) < 2:
        return frame.as_text(sentence(words, job))
    told = [frame.as_text(sentence(words, replace(job, reason={words.language: words("job_faults", count=len(faults))})))]
    told.append("\n".join(f"- {frame.as_text(each)}" for each in faults[:MOST_FAULTS]))
    if len(faults) > MOST_FAULTS:
        told.append(words("job_more_faults", count=len(faults) - MOST_FAULTS))
    return "\n\n".join(told)


def duration(words: Words, seconds: float) -> str:
    """A time span, coarse enough to be read."""
    whole = max(1, round(seconds))
    if whole < 60:
        return words("duration_seconds", seconds=whole)
    if whole < 3600:
        return words("duration_minutes", minutes=whole // 60, seconds=whole % 60)
    return words("duration_hours", hours=whole // 3600, minutes=whole % 3600 // 60)


def _details(words: Words, job: Job) -> str:
    """What is being done, and how long it takes."""
    if job.state == "waiting" or job.started is None:
        return ""
    parts = [words(job.note, **job.facts) if job.note else words("job_starting")]
    parts.append(words("job_since", time=duration(words, time.time() - job.started)))
    if job.left is not None:
        parts.append(words("job_left", time=duration(words, job.left)))
    return "· " + " · ".join(parts)
