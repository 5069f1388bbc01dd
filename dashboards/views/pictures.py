"""The files that show a record: pictures in the page, papers to download, each with its digest; and one more."""

from __future__ import annotations

from io import BytesIO

import streamlit as st
from PIL import Image, ImageOps

from dashboards import data
from dashboards.data import checks
from dashboards.texts import Words
from dashboards.views import acting, frame

KINDS = ("image/jpeg", "image/png", "application/pdf")
"""Types as a phone asks for them: with these it offers its camera."""
WIDTH = 420
"""Pixels of a picture on a desk's screen."""


def upload(words: Words, key: str, several: bool = False) -> None:
    """The field that takes pictures; what may be given is told in our words, not in the types of the web."""
    with st.container(key=f"upload_{key}"):
        st.file_uploader(words("form_pictures"), type=list(KINDS), accept_multiple_files=several, key=key)
        st.caption(words("form_pictures_help"))


def show(words: Words, hall: str, evidence_id: str) -> int:
    """Draw the files of a record; how many there are."""
    found = checks.files(hall, evidence_id)
    for row, content in found:
        if isinstance(content, data.BadInput):
            frame.refused(words, content)
            continue
        if row.media_type.startswith("image/"):
            st.image(ImageOps.exif_transpose(Image.open(BytesIO(content))), width=WIDTH, alt=row.file_name)
        st.download_button(
            words("picture_download", name=row.file_name), data=content, file_name=row.file_name, mime=row.media_type,
            key=f"file_{evidence_id}_{row.digest[:16]}", on_click="ignore", icon=":material/attach_file:",
        )  # fmt: skip
        st.caption(words("picture_facts" if row.stripped else "picture_facts_as_given", size=f"{row.size:,}", digest=row.digest[:16]))
    return len(found)


def add(words: Words, hall: str, evidence_id: str) -> None:
    """Draw the form that keeps one more file."""
    key = f"keep_file_{evidence_id}"
    with st.expander(words("picture_add"), icon=":material/add_a_photo:"), st.form(f"keep_{evidence_id}", border=False):
        upload(words, key)
        st.form_submit_button(words("picture_keep"), on_click=acting.perform, args=(lambda: _keep(hall, evidence_id, key),))


def _keep(hall: str, evidence_id: str, key: str) -> tuple[str, dict[str, object]]:
    given = st.session_state.get(key)
    if given is None:
        return "no_file", {}
    row = checks.keep(hall, evidence_id, checks.prepare(given.name, given.getvalue()), acting.person())
    return "acting_kept", {"name": row.file_name}
