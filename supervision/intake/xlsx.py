"""Workbooks (.xlsx): checked as an archive first, then read as text.

An archive is refused before anything is unpacked if its directory declares too much, too many or strange members (a 2.6 MB file was
seen to unpack to 321 MB). What is left is read by a process of its own under a memory limit (xlsx_cells.py). Cells with a formula are
found in the sheet's XML and their rows refused, cached value or not, and so are rows with an error (#REF!) or a number of more than 15
digits in a column that is asked for. A number in a column of dates is the serial of its day, as Excel shows it once the cell has a date
format; serial numbers 0, 60 and below are no dates: Excel's 1900-02-29 never was. Nothing of the archive is
ever written to disk.
"""

from __future__ import annotations

import io
import json
import posixpath
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring, iterparse

from ..faults import BadInput, fault
from .table import MAX_FIELD, MAX_ROWS, Rejection, Table, normal_header
from .xlsx_cells import BROKEN

MAX_UNPACKED = 128 * 2**20
"""Most bytes that a workbook may declare in all."""
MAX_MEMBERS = 1000
MAX_RATIO = 100
"""Most unpacked bytes for one packed, for workbooks of more than RATIO_FROM bytes unpacked."""
RATIO_FROM = 16 * 2**20
MEMORY = 2**30
"""Most bytes of address space for the process that reads the cells."""
SECONDS = 120
"""Longest time it is given."""
_FORMULA_OR_ERROR = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?f[\s/>]|\st=[\"']e[\"']")
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_Row = tuple[list[str], list[int], list[int], list[int]]
"""Texts, columns with a true date, columns with an inexact number, columns with a number that could be the serial of a day."""


def read_xlsx(content: bytes, place: str, sheet: str | None = None, known: frozenset[str] = frozenset()) -> Table:
    """The rows of one sheet: the only one with content, or the one named. `known` are the normalised names of the columns asked for.

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
    if sheet is not None and sheet not in paths:
        raise BadInput([fault("xlsx_no_sheet", place, sheet, sheets=", ".join(paths))])
    name, cells = _cells(content, place, sheet)
    if name not in paths:
        raise BadInput([fault("xlsx_broken", place)])
    return _table(cells, dict(_refused_cells(members[paths[name]])), place, epoch_1904, known)


def _cells(content: bytes, place: str, sheet: str | None) -> tuple[str, list[_Row]]:
    """The name of the sheet and its rows, from the process that reads them."""
    program = [sys.executable, "-P", str(Path(__file__).with_name("xlsx_cells.py")), sheet or "", str(MEMORY)]
    try:
        done = subprocess.run(program, input=content, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise BadInput([fault("xlsx_memory", place, limit=MEMORY // 2**20, seconds=SECONDS)]) from None
    if done.returncode == BROKEN:
        raise BadInput([fault("xlsx_broken", place)])
    if done.returncode:  # out of memory: an error of its own, or ended by the reader
        raise BadInput([fault("xlsx_memory", place, limit=MEMORY // 2**20, seconds=SECONDS)])
    lines = iter(done.stdout.splitlines())
    filled: list[str] = json.loads(next(lines))
    if not filled:
        raise BadInput([fault("file_empty", place)])
    if len(filled) > 1:
        raise BadInput([fault("xlsx_which_sheet", place, sheets=", ".join(filled))])
    return filled[0], [json.loads(line) for line in lines]


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


def _refused_cells(sheet: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    """Zero-based (row, column) of every cell with a formula or an error, and the code of what is wrong with it."""
    if not _FORMULA_OR_ERROR.search(sheet):
        return
    for _, element in iterparse(io.BytesIO(sheet), events=("end",)):
        kind = element.tag.rpartition("}")[2]
        if kind == "c":
            formula = any(child.tag.rpartition("}")[2] == "f" for child in element)
            match = _CELL.fullmatch(element.get("r", ""))
            if match and (formula or element.get("t") == "e"):
                column = 0
                for letter in match[1]:
                    column = column * 26 + ord(letter) - 64
                yield (int(match[2]) - 1, column - 1), "cell_formula" if formula else "cell_error"
        if kind in ("c", "row"):
            element.clear()


def _table(cells: Sequence[_Row], refused: dict[tuple[int, int], str], place: str, epoch_1904: bool, known: frozenset[str]) -> Table:
    """Rows of text to a table; the places of true dates are noted."""
    top = next((number for number, (texts, *_) in enumerate(cells) if any(value.strip() for value in texts)), None)
    if top is None:
        raise BadInput([fault("file_empty", place)])
    if any(row == top for row, _ in refused):
        raise BadInput([fault("xlsx_header_formula", f"{place}: row {top + 1}")])
    header = list(cells[top][0])
    while header and not header[-1].strip():
        header.pop()
    width = len(header)
    asked = {column for column, name in enumerate(header) if not known or normal_header(name) in known}
    wrong: dict[int, tuple[int, str]] = {}
    for (row, column), code in sorted(refused.items()):
        if code == "cell_formula" or column in asked:
            wrong.setdefault(row, (column, code))
    rows: list[list[str]] = []
    lines: list[int] = []
    unreadable: list[Rejection] = []
    dates: set[tuple[int, int]] = set()
    serials: dict[int, set[str]] = {}
    for number, (texts, true_dates, inexact, numbers) in enumerate(cells[top + 1 :], start=top + 1):
        if number not in wrong and asked.intersection(inexact):
            wrong[number] = (min(asked.intersection(inexact)), "cell_number")
        if number in wrong:
            column, code = wrong[number]
            unreadable.append(Rejection(number + 1, header[column] if column < width else "", "", code))
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
        dates.update((len(rows), column) for column in true_dates if column < width)
        for column in asked.intersection(numbers):
            serials.setdefault(column, set()).add(texts[column])
        rows.append((texts + [""] * width)[:width])
        lines.append(number + 1)
        if len(rows) > MAX_ROWS:
            raise BadInput([fault("file_rows", place, limit=MAX_ROWS)])
    told = {column: frozenset(found) for column, found in serials.items()}
    return Table(tuple(header), rows, lines, "xlsx", unreadable, frozenset(dates), epoch_1904, told)
