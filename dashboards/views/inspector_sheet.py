"""A window's sheet and the evidence of one of its lines."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboards import charts
from dashboards.data import record
from dashboards.data.record import REASONS, STATES, Line, MonthTable, Sheet, checklist
from dashboards.texts import Words
from dashboards.views import frame, inspector_appeals, inspector_article, pictures
from dashboards.views.evidence import facts_of, field, ground, label, told
from dashboards.views.figures import number, percent
from dashboards.workbook import Column


def draw(words: Words, table: MonthTable, window: str) -> None:
    """Draw the sheet of a window and, below it, the evidence of the line that is chosen."""
    sheet = table.sheets[window]
    name = next((words.name(row.names, row.window) for row in table.rows if row.window == window), window)
    st.subheader(words("inspector_sheet", window=name, month=sheet.month), anchor=False)
    _head(words, table, sheet)
    line = _lines(words, table, sheet)
    if line is not None:
        _evidence(words, table, sheet, line)
        inspector_appeals.on_sheet(words, table, window, line)
    _not_charged(words, table, sheet)


def _head(words: Words, table: MonthTable, sheet: Sheet) -> None:
    if sheet.total is None:
        st.markdown(f"**{words('inspector_sheet_none')}**")
    else:
        parts, bonus = (sum((each.points or 0) for each in sheet.lines if each.kind == kind) for kind in ("indicator", "bonus"))
        facts = {"total": sheet.total, "parts": parts, "full": sheet.possible, "bonus": bonus}
        st.markdown(f"**{words('inspector_sheet_of', **{name: number(float(value), 2) for name, value in facts.items()})}**")
        if sheet.comparable is not None and sheet.comparable != sheet.total:
            st.caption(words("inspector_comparable", comparable=number(float(sheet.comparable), 2)))
    scheme = table.scheme
    if scheme.conversion_ground:
        by = ground(words, scheme.conversion_ground)
        st.caption(words("inspector_conversion", factor=number(float(scheme.conversion), 2), ground=frame.as_text(by)))
    st.caption(
        words(
            "inspector_sheet_meta",
            revision=sheet.revision,
            scheme=f"{sheet.scheme_id} {sheet.scheme_version}",
            sequence=sheet.as_of_sequence,
            digest=sheet.digest[:16],
        )
    )


def value_of(words: Words, table: MonthTable, line: Line) -> str:
    """What a line has to go by, in words: the deductions that were made, a share, or that there is not enough."""
    if line.state != "value":
        return STATES[line.state][words.language]
    if line.charges:
        made = (
            words(
                "line_charge",
                name=words.name(record.name_of_deduction(table.scheme, each)),
                units=each.units,
                each=number(float(each.points_each), 2),
                points=number(float(each.points), 2),
            )
            for each in line.charges
        )
        return words("inspector_reason_join").join(made)
    if line.kind == "bonus" and line.value is not None and line.denominator is not None:
        return words("line_share", share=percent(float(line.value), 1), part=line.numerator, whole=line.denominator)
    if line.kind in ("veto", "bonus"):
        return words("line_events", count=line.numerator or 0)
    return words("line_nothing")


def basis_of(words: Words, line: Line) -> str:
    """The mark of a number that no article stands behind."""
    assumed = line.article == "assumption" or any("assumption" in (each.article, each.threshold) for each in line.charges)
    return words("assumption_mark") if assumed else ""


def _lines(words: Words, table: MonthTable, sheet: Sheet) -> Line | None:
    lines = {each.indicator: each for each in sheet.lines}
    if not lines:
        return None
    names = {key: words.name(record.name_of_line(table.scheme, line), key) for key, line in lines.items()}
    headings = {
        "line": words("score_line"),
        "value": words("score_value"),
        "weight": words("score_weight"),
        "points": words("score_points"),
        "article": words("score_article"),
        "basis": words("score_basis"),
        "evidence": words("score_evidence"),
    }
    rows = pd.DataFrame(
        [
            {
                "line": names[key],
                "value": value_of(words, table, line),
                "weight": line.weight,
                "points": line.points,
                "article": ground(words, line.article),
                "basis": basis_of(words, line),
                "evidence": len(line.evidence),
            }
            for key, line in lines.items()
        ]
    )
    shown = rows.assign(
        weight=[words("not_available") if each is None else number(float(each), 0) for each in rows["weight"]],
        points=[words("not_available") if each is None else number(float(each), 2) for each in rows["points"]],
    )
    widths = {
        headings[name]: st.column_config.TextColumn(width=pixels) for name, pixels in (("value", 500), ("article", 290), ("basis", 110))
    }
    with frame.wide_table(words, "lines", shown.rename(columns=headings)):
        picked = st.dataframe(
            shown.rename(columns=headings), hide_index=True, key=f"table_lines_{sheet.window_id}", on_select="rerun",
            selection_mode="single-row", height="content", column_config=widths,
        )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(words("inspector_lines_hint"))
        places = {"weight": 2, "points": 2, "evidence": 0}
        units = {"weight": words("unit_points"), "points": words("unit_points")}
        columns = [Column(field, name, units.get(field, ""), "", places.get(field)) for field, name in headings.items()]
        frame.download(words, "sheet", rows, columns, _about(words, table, sheet))
    left, right = st.columns([3, 2], gap="large")
    with right:
        _chart(words, sheet, names)
    keys = list(lines)
    chosen = picked["selection"]["rows"] if picked else []
    if frame.newly_picked("line", (sheet.window_id, keys[chosen[0]]) if chosen else None):
        st.session_state["line"] = keys[chosen[0]]
    default = next((key for key in keys if lines[key].charges), next((key for key in keys if lines[key].evidence), keys[0]))
    frame.remembered("line", default, str, keys.__contains__)
    with left:
        key = st.selectbox(words("inspector_select_line"), keys, key="line", format_func=names.__getitem__)
        inspector_article.draw(words, table, lines[key], _about(words, table, sheet))
    frame.remember("line", default)
    return lines[key]


def _chart(words: Words, sheet: Sheet, names: dict[str, str]) -> None:
    parts = [each for each in sheet.lines if each.kind == "indicator" and each.weight is not None]
    if not parts:
        return
    drawn = pd.DataFrame(
        {
            "line": [names[each.indicator] for each in parts],
            "weight": [float(each.weight or 0) for each in parts],
            "points": [None if each.points is None else float(each.points) for each in parts],
        }
    ).astype({"points": "float64"})
    labels = {
        "given": words("part_given"),
        "lost": words("part_lost"),
        "unscored": words("state_unscored"),
        "points": words("score_points"),
        "line": words("score_line"),
        "part": words("score_state"),
    }
    st.altair_chart(
        charts.points_of_lines(drawn, labels, words.language), width="stretch", key="chart_lines", alt=words("inspector_lines_hint")
    )


def _evidence(words: Words, table: MonthTable, sheet: Sheet, line: Line) -> None:
    name = words.name(record.name_of_line(table.scheme, line), line.indicator)
    st.subheader(words("inspector_evidence", line=name), anchor=False)
    if line.denominator is not None:
        st.caption(
            words(
                "line_denominator", count=line.denominator, needed=line.needed, digest=line.population_digest[:16] or words("not_available")
            )
        )
    if not line.evidence:
        st.caption(words("inspector_evidence_none"))
    else:
        _records(words, table, sheet, line)
    if line.population:
        _population(words, table, sheet, line)


def _records(words: Words, table: MonthTable, sheet: Sheet, line: Line) -> None:
    rows, found = [], {}
    for ref in line.evidence[: record.MOST_RECORDS]:
        row = record.evidence(table.hall, ref.id, sheet.as_of_sequence)
        found[ref.id] = row
        rows.append(
            {
                "id": label(words, ref.id),
                "role": words(f"role_{ref.role}"),
                "reason": REASONS[ref.reason][words.language] if ref.reason else "",
                "detail": words("inspector_evidence_missing") if row is None else facts_of(words, table.hall, row.fields),
            }
        )
    if len(line.evidence) > record.MOST_RECORDS:
        st.caption(words("inspector_evidence_more", shown=record.MOST_RECORDS, count=len(line.evidence)))
    headings = {field: words(f"evidence_{field}") for field in ("id", "role", "reason", "detail")}
    listed = pd.DataFrame(rows)
    with frame.wide_table(words, "evidence", listed.rename(columns=headings)):
        st.dataframe(listed.rename(columns=headings), hide_index=True, key=f"table_evidence_{line.indicator}")
    frame.download(words, "evidence", listed, [Column(field, name) for field, name in headings.items()], _about(words, table, sheet))
    for identity, row in list(found.items())[:12]:
        if row is None:
            continue
        with st.expander(frame.as_text(words("inspector_record", id=label(words, identity))), expanded=len(found) == 1):
            if row.origin == "demonstration":
                st.caption(words("inspector_demonstration"))
            _fields(words, table.hall, row.fields, f"fields_{identity}")
            for step, later in enumerate(row.history):
                _fields(words, table.hall, later, f"later_{identity}_{step}")
            if row.due is not None:
                steps = "\n".join(f"- {each.text(words.language)}" for each in row.due.trace)
                moment = words("not_available") if row.due.local_date is None else row.due.local_date.isoformat()
                st.caption(words("inspector_due", day=moment, governed=words(f"governed_{row.due.governed_by}")))
                st.caption(steps)
            source = words("inspector_from_file", file=row.file_name, sequence=row.sequence) if row.file_name else ""
            st.caption(source or words("inspector_typed_in", sequence=row.sequence))
            pictures.show(words, table.hall, identity)
            if row.kind == "case":
                st.button(
                    words("inspector_open_case"), key=f"clock_{identity}", icon=":material/timeline:", on_click=_open_case,
                    args=(identity.partition(":")[2],),
                )  # fmt: skip


def _open_case(number: str) -> None:
    st.session_state["view"], st.session_state["case"] = "overdue", number


def _fields(words: Words, hall: str, fields: tuple[tuple[str, str], ...], key: str) -> None:
    named = [(field(words, name), told(words, hall, name, value)) for name, value in record.shown_fields(fields)]
    st.dataframe(pd.DataFrame(named, columns=[words("evidence_field"), words("column_value")]), hide_index=True, key=key, height="content")


def _population(words: Words, table: MonthTable, sheet: Sheet, line: Line) -> None:
    with st.expander(words("inspector_population", count=line.denominator or 0)):
        ids = record.population(table.hall, line.population, sheet.as_of_sequence)
        listed = pd.DataFrame({"id": [label(words, each) for each in ids]})
        st.dataframe(
            listed.rename(columns={"id": words("evidence_id")}), hide_index=True, height=280, key=f"table_population_{line.indicator}"
        )
        frame.download(words, "population", listed, [Column("id", words("evidence_id"))], _about(words, table, sheet))


def _not_charged(words: Words, table: MonthTable, sheet: Sheet) -> None:
    if not sheet.not_charged:
        return
    with st.expander(words("inspector_not_charged", count=len(sheet.not_charged))):
        rows = pd.DataFrame(
            [
                {
                    "kind": words(f"kind_{each.kind}") if words.has(f"kind_{each.kind}") else each.kind,
                    "code": checklist()[each.code].name(words.language)
                    if each.code in checklist()
                    else told(words, sheet.hall_id, "kind", each.code),
                    "reason": REASONS[each.reason][words.language],
                    "count": each.count,
                }
                for each in sheet.not_charged
            ]
        )
        headings = {
            "kind": words("evidence_kind"),
            "code": words("field_code"),
            "reason": words("evidence_reason"),
            "count": words("unit_count"),
        }
        with frame.wide_table(words, "not_charged", rows.rename(columns=headings), title=1):
            st.dataframe(rows.rename(columns=headings), hide_index=True, key="table_not_charged")
        frame.download(
            words, "not_charged", rows, [Column(name, heading) for name, heading in headings.items()], _about(words, table, sheet)
        )


def _about(words: Words, table: MonthTable, sheet: Sheet) -> dict[str, object]:
    return {
        words("inspector_hall"): sheet.hall_id,
        words("inspector_month"): sheet.month,
        words(f"subject_{table.scheme.subject}"): sheet.window_id,
        words("inspector_scheme"): f"{sheet.scheme_id} {sheet.scheme_version} {sheet.scheme_digest}",
        words("sheet_digest"): sheet.digest,
        words("sheet_revision"): sheet.revision,
        words("sheet_as_of"): sheet.as_of_sequence,
    }
