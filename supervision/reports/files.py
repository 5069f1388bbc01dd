"""A report as a file: xlsx, docx or pdf. The same report gives the same bytes: no clock, no random id, one fixed date in every archive.

The Word layout follows the usual official one (GB/T 9704-2012: A4, margins 37/35/28/26 mm, title in 小标宋 22 pt, body in 仿宋 16 pt,
lines of 28 pt); the fonts are named and the reader's machine brings them. The PDF embeds Noto Serif CJK SC.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping

from .content import Cell, Report, Table, Words, definitions, numeric, written

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
FIXED = (1980, 1, 1, 0, 0, 0)
"""The date of every entry of an archive."""
TITLE_FONT, BODY_FONT = "方正小标宋简体", "仿宋_GB2312"


def as_xlsx(report: Report, words: Words) -> bytes:
    """A workbook: a sheet a table, then the definitions. Text that looks like a formula stays text."""
    from datetime import datetime

    import xlsxwriter

    memory = io.BytesIO()
    settings = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(memory, settings)
    book.set_properties({"title": report.title, "author": report.signature, "created": datetime(*FIXED[:3])})
    bold, wrap, quoted = (book.add_format(form) for form in ({"bold": True, "bottom": 1}, {"text_wrap": True}, {"quote_prefix": True}))
    for table in report.tables:
        page = book.add_worksheet(_sheet_name(table.name))
        page.write_string(0, 0, report.title, bold)
        page.write_string(1, 0, report.subtitle)
        for at, key in enumerate(table.keys):
            page.write_string(3, at, words(key), bold)
            page.set_column(at, at, 14 if numeric(table, at) else 24)
        for row, cells in enumerate(table.rows, start=4):
            for at, cell in enumerate(cells):
                _write(page, row, at, cell, quoted)
        page.freeze_panes(4, 1)
    page = book.add_worksheet(_sheet_name(words("definitions")))
    for row, (name, meaning) in enumerate([(words("name"), words("meaning")), *definitions(report.tables, words)]):
        page.write_string(row, 0, name, bold if row == 0 else None)
        page.write_string(row, 1, meaning, bold if row == 0 else wrap)
    for row, line in enumerate((*report.opening, *report.closing), start=len(definitions(report.tables, words)) + 2):
        page.write_string(row, 0, line)
    page.set_column(0, 0, 24)
    page.set_column(1, 1, 80)
    book.close()
    return memory.getvalue()


def _write(page: object, row: int, at: int, cell: Cell, quoted: object) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, str):
        page.write_string(row, at, cell[:32_767], quoted if cell.startswith(RISKY) else None)  # type: ignore[attr-defined]
    else:
        page.write_number(row, at, float(cell))  # type: ignore[attr-defined]


def _sheet_name(given: str) -> str:
    return "".join(" " if each in "[]:*?/\\" else each for each in given).strip("' ")[:31] or "1"


def as_docx(report: Report, words: Words) -> bytes:
    """A Word document in the official layout."""
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    document = docx.Document()
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)

    def put(paragraph: object, text: str, font: str, size: float) -> None:
        run = paragraph.add_run(text)  # type: ignore[attr-defined]
        run.font.size = Pt(size)
        run.font.name = "Times New Roman"
        run._element.rPr.rFonts.set(qn("w:eastAsia"), font)

    def say(text: str, font: str = BODY_FONT, size: float = 16, align: WD_ALIGN_PARAGRAPH | None = None, indent: bool = True) -> None:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        paragraph.paragraph_format.line_spacing = Pt(28)
        if align is not None:
            paragraph.alignment = align
        elif indent:
            paragraph.paragraph_format.first_line_indent = Pt(32)
        put(paragraph, text, font, size)

    say(report.title, TITLE_FONT, 22, WD_ALIGN_PARAGRAPH.CENTER)
    say(report.subtitle, BODY_FONT, 14, WD_ALIGN_PARAGRAPH.CENTER)
    for line in report.opening:
        say(line, indent=not line.endswith(("：", ":")))
    for table in report.tables:
        say(table.name, "黑体", 16)
        if not table.rows:
            say(words("nothing"))
            continue
        grid = document.add_table(rows=1, cols=len(table.keys), style="Table Grid")
        for at, key in enumerate(table.keys):
            put(grid.rows[0].cells[at].paragraphs[0], words(key), "黑体", 10.5)
        for cells in table.rows:
            made = grid.add_row().cells
            for at, cell in enumerate(cells):
                paragraph = made[at].paragraphs[0]
                if numeric(table, at):
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
                put(paragraph, written(cell), BODY_FONT, 10.5)
    for line in report.closing:
        say(line)
    say(report.signature, align=WD_ALIGN_PARAGRAPH.RIGHT)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = report.title, report.signature, ""
    memory = io.BytesIO()
    document.save(memory)
    return _settled(memory.getvalue())


def _settled(archive: bytes) -> bytes:
    """The same archive with one date in every entry and in its properties."""
    import re

    memory = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"1980-01-01T00:00:00Z", content)
            entry = zipfile.ZipInfo(name, FIXED)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, content)
    return memory.getvalue()


def as_pdf(report: Report, words: Words) -> bytes:
    """A PDF by typst; without the font the text is set in what there is."""
    import typst

    source = "\n".join(_typst(report, words))
    return bytes(typst.compile(source.encode("utf-8")))


def _typst(report: Report, words: Words) -> list[str]:
    lines = [
        f"#set document(title: {_quoted(report.title)}, author: {_quoted(report.signature)}, date: none)",
        '#set page(paper: "a4", margin: (top: 37mm, bottom: 35mm, left: 28mm, right: 26mm), numbering: "1")',
        f'#set text(font: ("Noto Serif CJK SC",), size: 12pt, lang: "{words.language}")',
        f'#align(center, text(size: 20pt, weight: "bold", {_quoted(report.title)}))',
        f"#align(center, text(size: 12pt, {_quoted(report.subtitle)}))",
        *(f"#par(text({_quoted(line)}))" for line in report.opening),
    ]
    for table in report.tables:
        lines.append(f'#par(text(weight: "bold", {_quoted(table.name)}))')
        lines.append(_typst_table(table, words) if table.rows else f"#par(text({_quoted(words('nothing'))}))")
    lines += [f"#par(text(size: 9pt, {_quoted(line)}))" for line in report.closing]
    return [*lines, f"#align(right, text({_quoted(report.signature)}))"]


def _typst_table(table: Table, words: Words) -> str:
    columns = ", ".join("auto" if numeric(table, at) else "1fr" for at in range(len(table.keys)))
    aligned = ", ".join("right" if numeric(table, at) else "left" for at in range(len(table.keys)))
    head = ", ".join(f'text(weight: "bold", {_quoted(words(key))})' for key in table.keys)
    cells = ", ".join(f"text({_quoted(written(cell))})" for row in table.rows for cell in row)
    return f"#text(size: 9pt, table(columns: ({columns},), align: ({aligned},), table.header({head}), {cells}))"


def _quoted(text: str) -> str:
    """A typst string: JSON's escapes are typst's, but for the unicode one, which is not used."""
    return json.dumps(text.replace("\t", " "), ensure_ascii=False).replace("\\/", "/").replace("\\b", "").replace("\\f", "")


WRITERS: Mapping[str, Callable[[Report, Words], bytes]] = {".xlsx": as_xlsx, ".docx": as_docx, ".pdf": as_pdf}
