"""How a lever's value is written and read: one line of text, the same in an address, in a saved plan and on the command line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from typing import Any, Literal

from simulation.plans.document import Refused

Kind = Literal["choice", "whole", "minutes", "percent", "clock", "spans", "windows", "help", "tidal", "listed", "station"]
NONE = "none"
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_SPAN = re.compile(r"\s*(\d{1,2}:\d{2})\s*[-–]\s*(\d{1,2}:\d{2})\s*")
_WINDOWS = re.compile(r"([+-]?)(\d{1,5})(?:@(.+))?")
_HELP = re.compile(r"([\w-]+)@(\d{1,6})")
_TIDAL = re.compile(r"(?:\+(\d{1,4})@)?(\d{1,6})(?:/(\d{1,6}))?(?:/(\d{1,4}))?")
_STATION = re.compile(r"(\d{1,4})@(\d{1,3}(?:\.\d{1,6})?)%?")


@dataclass(frozen=True, slots=True)
class Form:
    """What values a lever takes."""

    kind: Kind
    low: float = 0
    high: float = 0
    options: tuple[str, ...] = ()
    """of a choice"""
    none: bool = False
    """whether there may be no value at all, written ``none``"""


@dataclass(frozen=True, slots=True)
class Windows:
    """So many windows, or so many more (fewer: below 0), all day or for part of it."""

    number: int
    more: bool
    start: time | None = None
    end: time | None = None


@dataclass(frozen=True, slots=True)
class Tidal:
    """When windows open and close with the queue, and how many more there are of that kind; none more: the group itself."""

    more: int
    open_queue: int
    close_queue: int
    least_min: float


def read_value(form: Form, text: str) -> Any:
    """The value of a text: str, int, float, share, time, lists of spans or ids, `Windows`, `Tidal`, (service, queue) or (count, share).

    Raises Refused.
    """
    text = text.strip()
    if form.none and text == NONE:
        return None
    match form.kind:
        case "choice":
            if text in form.options:
                return {"yes": True, "no": False}.get(text, text) if set(form.options) == {"yes", "no"} else text
        case "whole":
            if re.fullmatch(r"\d{1,7}", text) and form.low <= int(text) <= form.high:
                return int(text)
        case "minutes":
            if re.fullmatch(r"\d{1,7}(\.\d{1,6})?", text) and form.low <= float(text) <= form.high:
                return float(text)
        case "percent":
            if re.fullmatch(r"\d{1,7}(\.\d{1,6})?%?", text) and form.low <= float(text.rstrip("%")) <= form.high:
                return float(text.rstrip("%")) / 100
        case "clock":
            moment = _clock(text)
            if moment is not None:
                return moment
        case "spans":
            spans = _spans(text)
            if spans is not None and (form.high == 0 or len(spans) <= form.high):
                return spans
        case "windows":
            found = _windows(text)
            if found is not None:
                return found
        case "help":
            match = _HELP.fullmatch(text)
            if match and int(match[2]) >= 1:
                return match[1], int(match[2])
        case "tidal":
            match = _TIDAL.fullmatch(text)
            if match and int(match[2]) >= 1 and match[1] != "0":
                return Tidal(int(match[1] or 0), int(match[2]), int(match[3] or 0), float(match[4] or 0))
        case "listed":
            names = [each.strip() for each in text.split(",")]
            if all(names):
                return names
        case "station":
            match = _STATION.fullmatch(text)
            if match and int(match[1]) >= 1 and float(match[2]) <= 100:
                return int(match[1]), float(match[2]) / 100
    raise Refused(f"change_{form.kind}", value=text, low=f"{form.low:g}", high=f"{form.high:g}", options=", ".join(allowed(form)))


def allowed(form: Form) -> tuple[str, ...]:
    """The words that a form takes."""
    return (*form.options, *((NONE,) if form.none else ()))


def write_value(form: Form, value: Any) -> str:
    """The text of a value as a document holds it."""
    if value is None or value == []:
        return NONE
    match form.kind:
        case "choice":
            return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
        case "percent":
            return f"{round(100 * value, 4):g}%"
        case "clock":
            return f"{value:%H:%M}"
        case "spans":
            return ",".join(f"{each['from']:%H:%M}-{each['to']:%H:%M}" for each in value)
        case "help":
            return ",".join(f"{each['service']}@{each['queue']}" for each in value)
        case "tidal":
            return f"{value['open_queue']}/{value.get('close_queue', 0)}/{value.get('least_min', 0):g}"
        case "listed":
            return ",".join(value)
        case "station":
            return f"{value[0]}@{round(100 * value[1], 4):g}%"
        case _:
            return f"{value:g}" if isinstance(value, float) else str(value)


def _clock(text: str) -> time | None:
    match = _CLOCK.fullmatch(text)
    if match is None or int(match[1]) > 24 or int(match[2]) > 59 or (int(match[1]) == 24 and int(match[2])):
        return None
    return time(int(match[1]) % 24, int(match[2]))


def _spans(text: str) -> list[dict[str, time]] | None:
    spans = []
    for part in text.split(","):
        match = _SPAN.fullmatch(part)
        start, end = (_clock(match[1]), _clock(match[2])) if match else (None, None)
        if start is None or end is None or not (start < end or end == time(0)):
            return None
        spans.append({"from": start, "to": end})
    return spans


def _windows(text: str) -> Windows | None:
    match = _WINDOWS.fullmatch(text)
    if match is None:
        return None
    number = int(match[2]) * (-1 if match[1] == "-" else 1)
    if match[3] is None:
        return Windows(number, bool(match[1]))
    spans = _spans(match[3])
    if spans is None or len(spans) != 1 or match[1] != "+" or number < 1:
        return None
    return Windows(number, True, spans[0]["from"], spans[0]["to"])
