"""Workbooks (.xlsx): checked as an archive first, then read as text.

An archive is refused before anything is unpacked if its directory declares too much, too many or strange members (a 2.6 MB file was
seen to unpack to 321 MB). Cells with a formula are found in the sheet's XML and their rows refused, cached value or not. Serial numbers
0, 60 and below are no dates: Excel's 1900-02-29 never was. Nothing of the archive is ever written to disk.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring, iterparse
from python_calamine import CalamineError, CalamineWorkbook

from ..faults import BadInput, fault
from .table import MAX_FIELD, MAX_ROWS, Rejection, Table

MAX_UNPACKED = 128 * 2**20
"""Most bytes that a workbook may declare in all."""
MAX_MEMBERS = 1000
MAX_RATIO = 100
"""Most unpacked bytes for one packed, for workbooks of more than RATIO_FROM bytes unpacked."""
RATIO_FROM = 16 * 2**20
_FORMULA = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?f[\s/>]")
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def read_xlsx(content: bytes, place: str, sheet: str | None = None) -> Table:
    """The rows of one sheet: the only one with content, or the one named.

    Raises BadInput for an archive that is refused, a macro, encryption, broken XML, several sheets without a name, a formula in the header.
    """
    with _opened(content, place) as archive:
        _refuse_archive(archive, place)
        members = {name: archive.read(name) for name in archive.namelist() if name.endswith((".xml", ".rels"))}
        for name, member in members.items():
            _refuse_xml(member, f"{place}: {name}")
        try:
            paths, epoch_1904 = _sheets(members)
        except (KeyError, ParseError, DefusedXmlException):
            raise BadInput([fault("xlsx_broken", place)]) from None
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        name = sheet if sheet is not None else _only_sheet(workbook, place)
        if name not in paths:
            raise BadInput([fault("xlsx_no_sheet", place, name, sheets=", ".join(paths))])
        cells = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except CalamineError:
        raise BadInput([fault("xlsx_broken", place)]) from None
    return _table(cells, set(_formulas(members[paths[name]])), place, epoch_1904)


def _opened(content: bytes, place: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise BadInput([fault("xlsx_broken", place)]) from None


def _refuse_archive(archive: zipfile.ZipFile, place: str) -> None:
    """Judge the archive by its directory, then read every member once so that no declared size is a lie."""
    infos = archive.infolist()
    unpacked = sum(info.file_size for info in infos)
    packed = sum(info.compress_size for info in infos)
    names = [info.filename for info in infos]
    if len(infos) > MAX_MEMBERS:
        raise BadInput([fault("xlsx_members", place, len(infos), limit=MAX_MEMBERS)])
    if unpacked > MAX_UNPACKED or (unpacked > RATIO_FROM and unpacked > MAX_RATIO * max(packed, 1)):
        raise BadInput([fault("xlsx_bomb", place, f"{unpacked // 2**20} MB", limit=MAX_UNPACKED // 2**20)])
    for info in infos:
        name = info.filename
        if (
            name.startswith(("/", "\\"))
            or ".." in re.split(r"[/\\]", name)
            or ":" in name
            or (info.external_attr >> 16) & 0o170000 == 0o120000
        ):
            raise BadInput([fault("xlsx_path", place, name)])
        if info.flag_bits & 1:
            raise BadInput([fault("xlsx_locked", place)])
        if name.lower().endswith((".zip", ".xlsx", ".xlsm", ".7z", ".gz")):
            raise BadInput([fault("xlsx_nested", place, name)])
    if len(set(names)) != len(names) or "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        raise BadInput([fault("xlsx_broken", place)])
    if any(name.lower().endswith("vbaproject.bin") for name in names) or b"macroEnabled" in archive.read("[Content_Types].xml"):
        raise BadInput([fault("xlsx_macro", place)])
    try:
        damaged = archive.testzip()
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError):
        damaged = "?"
    if damaged is not None:
        raise BadInput([fault("xlsx_broken", place)])


def _refuse_xml(member: bytes, place: str) -> None:
    """Document types and other encodings than UTF-8 have no place in a workbook; both hide things from a reader."""
    head = member[:200]
    declared = re.search(rb"encoding\s*=\s*[\"']([^\"']*)[\"']", head)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or (declared and declared[1].lower() not in (b"utf-8", b"us-ascii")):
        raise BadInput([fault("xlsx_xml", place)])
    if b"<!DOCTYPE" in member or b"<!ENTITY" in member:
        raise BadInput([fault("xlsx_xml", place)])


def _sheets(members: dict[str, bytes]) -> tuple[dict[str, str], bool]:
    """Member path of each sheet by its name, and whether the workbook counts days from 1904."""
    relations = {
        each.get("Id"): each.get("Target", "")
        for each in fromstring(members["xl/_rels/workbook.xml.rels"])
        if each.get("Type", "").endswith("/worksheet")
    }
    paths: dict[str, str] = {}
    epoch = False
    for element in fromstring(members["xl/workbook.xml"]).iter():
        kind = element.tag.rpartition("}")[2]
        if kind == "sheet":
            relation = next((value for key, value in element.items() if key.rpartition("}")[2] == "id"), None)
            if relation in relations:
                target = relations[relation]
                path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
                if path in members:
                    paths[element.get("name", "")] = path
        elif kind == "workbookPr":
            epoch = element.get("date1904", "0") in ("1", "true")
    return paths, epoch


def _only_sheet(workbook: CalamineWorkbook, place: str) -> str:
    filled = [name for name in workbook.sheet_names if workbook.get_sheet_by_name(name).end is not None]
    if not filled:
        raise BadInput([fault("file_empty", place)])
    if len(filled) > 1:
        raise BadInput([fault("xlsx_which_sheet", place, sheets=", ".join(filled))])
    return str(filled[0])


def _formulas(sheet: bytes) -> Iterator[tuple[int, int]]:
    """Zero-based (row, column) of every cell with a formula."""
    if not _FORMULA.search(sheet):
        return
    for _, element in iterparse(io.BytesIO(sheet), events=("end",)):
        if element.tag.rpartition("}")[2] == "c":
            if any(child.tag.rpartition("}")[2] == "f" for child in element):
                match = _CELL.fullmatch(element.get("r", ""))
                if match:
                    column = 0
                    for letter in match[1]:
                        column = column * 26 + ord(letter) - 64
                    yield int(match[2]) - 1, column - 1
            element.clear()


def _table(cells: Sequence[Sequence[object]], formulas: set[tuple[int, int]], place: str, epoch_1904: bool) -> Table:
    """Cells to text; true dates to ISO text with their place noted."""
    top = next((number for number, row in enumerate(cells) if any(_text(value).strip() for value in row)), None)
    if top is None:
        raise BadInput([fault("file_empty", place)])
    if any(row == top for row, _ in formulas):
        raise BadInput([fault("xlsx_header_formula", f"{place}: row {top + 1}")])
    header = [_text(value) for value in cells[top]]
    while header and not header[-1].strip():
        header.pop()
    width = len(header)
    at_formula: dict[int, int] = {}
    for row, column in sorted(formulas):
        at_formula.setdefault(row, column)
    rows: list[list[str]] = []
    lines: list[int] = []
    unreadable: list[Rejection] = []
    dates: set[tuple[int, int]] = set()
    for number, row_cells in enumerate(cells[top + 1 :], start=top + 1):
        texts = [_text(value) for value in row_cells]
        if number in at_formula:
            column = at_formula[number]
            unreadable.append(Rejection(number + 1, header[column] if column < width else "", "", "cell_formula"))
            continue
        if not any(value.strip() for value in texts):
            continue
        if any(value.strip() for value in texts[width:]):
            unreadable.append(Rejection(number + 1, "", "", "row_columns", {"found": str(len(texts)), "expected": str(width)}))
            continue
        too_long = next((column for column, value in enumerate(texts[:width]) if len(value) > MAX_FIELD or "\0" in value), None)
        if too_long is not None:
            unreadable.append(Rejection(number + 1, header[too_long], "", "cell_long", {"limit": str(MAX_FIELD)}))
            continue
        dates.update((len(rows), column) for column, value in enumerate(row_cells[:width]) if isinstance(value, date))
        rows.append((texts + [""] * width)[:width])
        lines.append(number + 1)
        if len(rows) > MAX_ROWS:
            raise BadInput([fault("file_rows", place, limit=MAX_ROWS)])
    return Table(tuple(header), rows, lines, "xlsx", unreadable, frozenset(dates), epoch_1904)


def _text(value: object) -> str:
    """A cell as text: whole numbers without a point, true dates as ISO, yes and no as 1 and 0."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return "" if value is None else str(value)
