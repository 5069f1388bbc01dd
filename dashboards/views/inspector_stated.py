"""What documents state beside what their own figures give."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboards import data
from dashboards.data import record
from dashboards.texts import Words
from dashboards.views import frame
from dashboards.workbook import Column

UNITS = {"percent": "%", "count": ""}


def draw(words: Words) -> None:
    """Draw the table, folded away; open where the address asks for it."""
    rows = record.stated_rows()
    wrong, other = (sum(each["verdict"] == verdict for each in rows) for verdict in ("error", "definition"))
    told = words("stated_answer", total=len(rows), wrong=wrong, definition=other)
    with st.expander(f"{words('inspector_stated')} · {told}", expanded="document" in st.query_params):
        st.caption(words("inspector_stated_note"))
        documents = list(dict.fromkeys(each["document"] for each in rows))
        frame.remembered("document", documents[0], str, documents.__contains__)
        document = st.selectbox(words("stated_document"), documents, key="document")
        frame.remember("document", documents[0])
        st.markdown(f"**{frame.as_text(_advice(words, [each for each in rows if each['document'] == document]))}**")
        columns = {
            "verdict": words("stated_column_verdict"),
            "statement": words("stated_column_statement"),
            "stated": words("stated_column_stated"),
            "recomputed": words("stated_column_recomputed"),
            "formula": words("stated_column_formula"),
            "explanation": words("stated_column_explanation"),
        }
        shown = pd.DataFrame(
            [
                {
                    "verdict": words(f"stated_{each['verdict']}"),
                    "statement": each["stated_text"],
                    "stated": _value(words, each["stated_value"], each["unit"]),
                    "recomputed": _value(words, each["recomputed_value"], each["unit"]),
                    "formula": each["formula"],
                    "explanation": words.name(each["explanation"]),
                }
                for each in rows
                if each["document"] == document
            ]
        )
        shown = shown.rename(columns=columns)
        with frame.wide_table(words, "stated", shown, title=1):
            st.dataframe(shown, hide_index=True, key="table_stated")
        _download(words, rows, columns)


def _advice(words: Words, rows: list[dict[str, Any]]) -> str:
    """What to do about a document, in one sentence."""
    wrong = [each for each in rows if each["verdict"] == "error"]
    if wrong:
        first = wrong[0]
        facts = {"statement": first["stated_text"], "value": _value(words, first["recomputed_value"], first["unit"])}
        return words("stated_do_wrong", count=len(wrong), **facts)
    other = sum(each["verdict"] == "definition" for each in rows)
    return words("stated_do_definition", count=other) if other else words("stated_do_none")


def _value(words: Words, value: str | None, unit: str) -> str:
    if value is None:
        return words("not_available")
    return f"{value}{UNITS.get(unit, ' ' + unit)}"


def _download(words: Words, rows: list[dict[str, object]], columns: dict[str, str]) -> None:
    table = pd.DataFrame(
        [
            {
                "document": each["document"],
                "verdict": words(f"stated_{each['verdict']}"),
                "statement": each["stated_text"],
                "stated": None if each["stated_value"] is None else float(str(each["stated_value"])),
                "recomputed": None if each["recomputed_value"] is None else float(str(each["recomputed_value"])),
                "unit": each["unit"],
                "formula": each["formula"],
                "explanation": words.name(each["explanation"]),  # type: ignore[arg-type]
            }
            for each in rows
        ]
    )
    fields = {"document": words("stated_column_document"), **columns, "unit": words("column_unit")}
    frame.download(words, "stated", table, [Column(field, name) for field, name in fields.items()], {words("version"): data.version()})
