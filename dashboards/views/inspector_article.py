"""The rule behind a line: what the scheme charges there, for what, up to which limit, by which article; beside what was met this month."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards.data.record import Line, MonthTable
from dashboards.texts import Words
from dashboards.views import frame
from dashboards.views.evidence import ground
from dashboards.views.figures import number

COLUMNS = ("event", "each", "at_most", "units", "taken", "article")


def draw(words: Words, table: MonthTable, line: Line, about: dict[str, object]) -> None:
    """Draw the rule of a line, folded away."""
    deductions = table.scheme.deductions_of(line.indicator)
    with st.expander(frame.as_text(words("article_title", article=ground(words, line.article))), icon=":material/gavel:"):
        source = table.scheme.source
        st.caption(frame.as_text(words("article_source", name=source.title.text(words.language), mark=source.mark)))
        found = next((each for each in table.scheme.indicators if each.id == line.indicator), None)
        if found is not None:
            floor = words("article_no_floor") if found.floor is None else number(float(found.floor), 2)
            st.markdown(words("article_part", weight=number(float(found.weight), 2), floor=floor))
            if found.minimum.at_least:
                least = words("article_minimum", count=found.minimum.at_least, of=words(f"article_of_{found.minimum.of}"))
                st.caption(f"{least} {words(f'article_below_{found.minimum.below}')}")
        if not deductions:
            return
        met = {each.deduction: each for each in line.charges}
        rows = pd.DataFrame(
            [
                {
                    "event": each.name.text(words.language), "each": each.points, "at_most": each.at_most,
                    "units": met[each.id].units if each.id in met else 0, "taken": met[each.id].points if each.id in met else 0,
                    "article": ground(words, each.ground),
                }
                for each in deductions
            ],
            columns=COLUMNS,
        )  # fmt: skip
        per = [words(f"article_per_{each.per}") for each in deductions]
        shown = rows.assign(
            each=[f"{number(float(points), 2)} {unit}" for points, unit in zip(rows["each"], per, strict=True)],
            at_most=[words("article_no_limit") if each is None else number(float(each), 2) for each in rows["at_most"]],
            taken=[number(float(each), 2) for each in rows["taken"]],
        )
        headings = {name: words(f"article_{name}") for name in COLUMNS}
        units = dict.fromkeys(("each", "at_most", "taken"), words("unit_points"))
        frame.listing(
            words, f"article_{line.indicator}", shown, headings, about, numbers=rows, units=units,
            places=dict.fromkeys(("each", "at_most", "taken"), 2), most=320,
        )  # fmt: skip
