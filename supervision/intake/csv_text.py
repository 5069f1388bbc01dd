"""CSV files: bytes to rows of text, nothing guessed.

Encoding: strict UTF-8 (with or without BOM), else strict GB18030 (which holds GBK and the rare characters of names). UTF-16 is refused
by its name. The delimiter comes from a short list and is the one under which the header is recognised. The number of columns is counted
by hand in every row, because readers that do not shift values into the wrong column silently.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from ..faults import BadInput, fault
from .table import MAX_FIELD, MAX_ROWS, Rejection, Table, normal_header

DELIMITERS = (",", ";", "\t", "|")


def decode(content: bytes, place: str) -> tuple[str, str]:
    """The text of a file and the name of its encoding. BadInput if it is UTF-16 or no text of either encoding, or holds a NUL."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        name = "UTF-16 LE" if content.startswith(b"\xff\xfe") else "UTF-16 BE"
        raise BadInput([fault("csv_utf16", place, name)])
    try:
        text, encoding = content.decode("utf-8-sig"), "utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "utf-8"
    except UnicodeDecodeError as first:
        try:
            text, encoding = content.decode("gb18030"), "gb18030"
        except UnicodeDecodeError as error:
            position = max(error.start, first.start)
            line = content.count(b"\n", 0, position) + 1
            raise BadInput([fault("csv_encoding", f"{place}: line {line}", f"0x{content[position]:02x}")]) from None
    position = text.find("\0")
    if position >= 0:
        raise BadInput([fault("csv_nul", f"{place}: line {text.count(chr(10), 0, position) + 1}")])
    return text, encoding


def read_csv(content: bytes, place: str, known: frozenset[str], delimiter: str | None = None) -> Table:
    """The rows of a CSV file.

    Parameters
    ----------
    known : normalised column names that the mapping asks for; they tell the delimiter
    delimiter : given by the mapping, else found in DELIMITERS

    Raises BadInput for an encoding we do not read, an unclosed quote, too long a field, too many rows. A row with a wrong number of
    columns is kept apart.
    """
    text, encoding = decode(content, place)
    first = next((line for line in io.StringIO(text) if line.strip()), "")
    if not first:
        raise BadInput([fault("file_empty", place)])
    separator = delimiter or _delimiter(first, known)
    rows: list[list[str]] = []
    lines: list[int] = []
    unreadable: list[Rejection] = []
    header: list[str] | None = None
    for line, row in _records(text, separator, place):
        if not any(map(str.strip, row)):
            continue
        if header is None:
            header = row
        elif len(row) != len(header):
            unreadable.append(Rejection(line, "", "", "row_columns", {"found": str(len(row)), "expected": str(len(header))}))
        else:
            rows.append(row)
            lines.append(line)
        if len(rows) + len(unreadable) > MAX_ROWS:
            raise BadInput([fault("file_rows", place, limit=MAX_ROWS)])
    if header is None:
        raise BadInput([fault("file_empty", place)])
    return Table(tuple(header), rows, lines, encoding, unreadable)


def _delimiter(first: str, known: frozenset[str]) -> str:
    """The delimiter under which most of the asked columns are found; the first of the list if none is."""

    def found(separator: str) -> int:
        try:
            names = next(csv.reader([first], delimiter=separator))
        except csv.Error:
            return 0
        return len({normal_header(name) for name in names} & known)

    return max(DELIMITERS, key=found)


def _records(text: str, separator: str, place: str) -> Iterator[tuple[int, list[str]]]:
    """(line, values) of each record; a quoted field may hold line ends, which become plain ones."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    limit = csv.field_size_limit(MAX_FIELD)
    line = 1
    quoted_ends = '"' in text and "\r" in text  # only then can a value hold a line end of that kind
    try:
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                code = "csv_field" if "field limit" in str(error) else "csv_broken"
                raise BadInput([fault(code, f"{place}: line {line}", limit=MAX_FIELD)]) from None
            yield line, [value.replace("\r\n", "\n").replace("\r", "\n") for value in row] if quoted_ends else row
            line = reader.line_num + 1
    finally:
        csv.field_size_limit(limit)
