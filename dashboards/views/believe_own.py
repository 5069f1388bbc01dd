"""An uploaded log on the page "Can I believe it?": which file, how it is read, from which day on it is held back, when a log
in minutes opens, which office of snapshots it is, and its job.

The address keeps the choice (`log`, `named`, `how`, `since`, `opens`, `office`): a link opens the verdict, or asks
for it anew where the program has changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboards import jobs
from dashboards.data import BadInput, uploads
from dashboards.jobs.believed import judging
from dashboards.texts import Words
from dashboards.views import acting, frame, job

if TYPE_CHECKING:
    from dashboards.data.uploads import LogMapping

KEYS = ("log", "named", "how", "since", "opens", "office")
USUAL = "openhall"


def draw(words: Words) -> dict[str, Any] | None:
    """The form; the work that the address names, None if it names none."""
    asked = _asked()
    with st.expander(words("believe_own"), expanded=asked is not None and jobs.result(jobs.id_of("believe", asked)) is None):
        _form(words)
        st.caption(words("believe_own_kept", most=uploads.MOST))
        if asked is not None:
            st.button(words("believe_sample_again"), key="believe_sample", on_click=_forget, icon=":material/undo:")
    return asked


def follow(words: Words, work: dict[str, Any]) -> None:
    """How far the job of that work is, or the button that asks for it."""
    id = jobs.id_of("believe", work)
    found = jobs.look(id)
    if found is None:
        frame.answer(words("believe_own_ask", name=work["name"]))
        st.button(
            words("believe_own_start"), key="believe_again", type="primary", on_click=_start, args=(work,), icon=":material/play_arrow:"
        )
        return
    refused = found.state == "failed"
    frame.answer(words("believe_own_refused" if refused else "believe_own_working", name=work["name"]), "warn" if refused else "plain")
    job.follow(words, id)


def read_as(words: Words, work: dict[str, Any]) -> str:
    """How the log was read, in words: its mapping, when minute 0 is, which office."""
    told = {"mapping": "believe_own_mapped", "opens": "believe_own_opened", "office": "believe_own_of_office"}
    return words("believe_and").join(words(name, **{key: work[key]}) for key, name in told.items() if work[key])


def _form(words: Words) -> None:
    given = st.file_uploader(words("believe_own_log"), type=list(uploads.KINDS), key="believe_log", max_upload_size=uploads.LARGEST_MB)
    shipped = uploads.mappings()
    own = words("believe_own_file")
    how = st.selectbox(words("believe_own_mapping"), [*shipped, own], index=shipped.index(USUAL), key="believe_mapping")
    file = st.file_uploader(own, type=["toml"], key="believe_mapping_file", max_upload_size=1) if how == own else None
    since = st.text_input(words("believe_own_since"), key="believe_since", max_chars=40, placeholder="2024-03-04").strip()
    read, work = None, {}
    try:
        name = how if file is None else uploads.keep(file.name, file.getvalue())
        read = uploads.mapping(name) if how != own or file is not None else None
        opens, office = _further(words, read)
        if given is not None and read is not None:
            work = judging(uploads.keep(given.name, given.getvalue()), given.name, name, since, opens, office)
    except BadInput as refused:
        frame.refused(words, refused)
    press = {"type": "primary", "icon": ":material/play_arrow:", "disabled": not work}
    st.button(words("believe_own_start"), key="believe_start", on_click=_start, args=(work,), **press)


def _further(words: Words, read: LogMapping | None) -> tuple[str, str]:
    """What only some kinds of log need: the clock time of minute 0, the office. Raises BadInput for what is no clock time."""
    if read is not None and read.kind == "snapshots":
        return "", st.text_input(words("believe_own_office"), key="believe_office", max_chars=80).strip()
    if read is None or read.clock != "minutes":
        return "", ""
    label = words("believe_own_opens")
    opens = st.text_input(label, key="believe_opens", max_chars=8, placeholder="08:30").strip()
    if opens:
        uploads.opens(read, opens, label)
    return opens, ""


def _start(work: dict[str, Any]) -> None:
    _forget()  # what the log before was asked with is no part of this one
    st.query_params.update(_address(work))
    jobs.start("believe", work, acting.person(), {"page": "believe", **_address(work)})


def _forget() -> None:
    for key in KEYS:
        if key in st.query_params:
            del st.query_params[key]


def _address(work: dict[str, Any]) -> dict[str, str]:
    return {"log": work["log"], "named": work["name"], "how": work["mapping"], **{key: work[key] for key in KEYS[3:] if work[key]}}


def _asked() -> dict[str, Any] | None:
    """The work that the address names."""
    given = st.query_params.to_dict()
    if not given.get("log"):
        return None
    rest = (given.get(key, "")[:80] for key in KEYS[3:])
    return judging(given["log"], given.get("named", given["log"])[:200], given.get("how", USUAL), *rest)
