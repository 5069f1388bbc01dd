"""A scenario file as a plain document: bytes, encoding, TOML, and the line each key stands on.

Every way in which a file can fail to be TOML ends as `BadInput` with the file and, where it has one, the line.
"""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any

from simulation.faults import BadInput, fault
from simulation.scenario.building import parse
from simulation.scenario.parts import Scenario

LARGEST_FILE = 10_000_000
"""bytes; the largest real scenario is some tens of thousands"""

Lines = dict[tuple[str | int, ...], int]
"""path of keys and positions -> line, from 1"""

_WHERE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_CLOCK = re.compile(r"=\s*\d{1,2}:\d{2}\s*(?:$|[,}\]#])")
_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]#]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r'^\s*((?:[\w-]+|"[^"]*"|\'[^\']*\')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|\'[^\']*\'))*)\s*=')
_KEY_PART = re.compile(r'[\w-]+|"[^"]*"|\'[^\']*\'')


def load_scenario(path: str | os.PathLike[str]) -> Scenario:
    """Read, check and convert a scenario file.

    Raises
    ------
    BadInput
        with every fault of the file: its place, the value, the rule and the cure.
    """
    place = os.fspath(path)
    text = read_text(Path(path), place)
    return parse(read_toml(text, place), place, lines=lines_of(text), path=place)


def read_text(path: Path, place: str) -> str:
    """The text of a UTF-8 file. Raises BadInput if it cannot be read as such."""
    try:
        if not path.is_file():
            raise BadInput([fault("file_is_no_file" if path.exists() else "file_missing", place)])
        if path.stat().st_size > LARGEST_FILE:
            raise BadInput([fault("file_too_large", place, path.stat().st_size, most=LARGEST_FILE)])
        content = path.read_bytes()
    except (OSError, ValueError) as problem:  # ValueError: a NUL byte in the name; BadInput is one too
        if isinstance(problem, BadInput):
            raise
        raise BadInput([fault("file_unreadable", place, getattr(problem, "strerror", None) or problem)]) from None
    if content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise BadInput([fault("file_bom", place, "UTF-8" if content[0] == 0xEF else "UTF-16")])
    try:
        return content.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as problem:
        line = content[: problem.start].count(b"\n") + 1
        raise BadInput([fault("file_not_utf8", place, f"0x{content[problem.start]:02X}", line=line)]) from None


def read_toml(text: str, place: str) -> dict[str, Any]:
    """The document of a TOML text. Raises BadInput with the line of a syntax error."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise BadInput([_syntax_fault(str(problem), text, place)]) from None
    except RecursionError:
        raise BadInput([fault("nested_too_deep", place, key="TOML")]) from None
    except ValueError as problem:  # an integer of more digits than Python converts, a date that does not exist
        raise BadInput([fault("toml_value", place, problem)]) from None


def _syntax_fault(message: str, text: str, place: str) -> Any:
    where = _WHERE.search(message)
    rule = _WHERE.sub("", message)
    lines = text.split("\n")
    number = int(where[1]) if where and where[1] else len(lines)
    met = lines[number - 1].strip() if number <= len(lines) else ""
    if _CLOCK.search(met):
        return fault("time_without_seconds", place, met, line=number)
    if rule.startswith("Cannot overwrite") or ("declare" in rule and "twice" in rule):
        return fault("toml_twice", place, met, line=number)
    return fault("toml_syntax", place, met, line=number, rule=rule)


def lines_of(text: str) -> Lines:
    """Where each table and key begins. A key inside an inline table or a list stands on the line of the key outside."""
    found: Lines = {}
    table: tuple[str | int, ...] = ()
    counts: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        header = _HEADER.match(line)
        key = _KEY.match(line)
        if header:
            names = _names(header[2])
            if header[1] == "[[":
                counts[names] = counts.get(names, -1) + 1
                table = (*names[:-1], *_place_in_list(names, counts))
            else:
                table = names if len(names) < 2 or names[:1] not in counts else (names[0], counts[names[:1]], *names[1:])
            found.setdefault(table, number)
        elif key:
            found.setdefault((*table, *_names(key[1])), number)
    return found


def _names(dotted: str) -> tuple[str, ...]:
    return tuple(each.strip("\"'") for each in _KEY_PART.findall(dotted))


def _place_in_list(names: tuple[str, ...], counts: dict[tuple[str, ...], int]) -> tuple[str | int, ...]:
    return names[-1], counts[names]
