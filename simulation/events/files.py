"""The event log in files: CSV, Parquet, and XES, the standard of process mining (IEEE 1849-2016).

XES is written as a stream, visit by visit, so that a day of a million citizens needs no more memory than its events. Every log declares the
extensions it uses, the attributes that each event has, and two classifiers: by the event's name, and by the service with what happened to
it, under which starts and ends of one service belong together.

Source: IEEE 1849-2016 and its schema (order of elements, types of attributes, version as a decimal number).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

import numpy as np

from simulation.events import chunks_of
from simulation.faults import BadInput, fault

if TYPE_CHECKING:
    import pandas as pd

ENDINGS = (".csv", ".parquet", ".xes")
EXTENSIONS = {"Concept": "concept", "Lifecycle": "lifecycle", "Time": "time", "Organizational": "org"}
STANDARD = "www.xes-standard.org"
NAMESPACE = f"http://{STANDARD}/"
"""the name of the format; nothing is ever fetched from it"""
EARLIEST = "1970-01-01T00:00:00.000+00:00"
"""stands for a time that is missing; none is"""


def check_event_log_name(path: str | Path) -> None:
    """Refuses a name that does not say the format. Raises BadInput."""
    if Path(path).suffix.lower() not in ENDINGS:
        raise BadInput([fault("events_name", str(path), Path(path).suffix)])


def write_events(path: str | Path, frame: pd.DataFrame, about: Mapping[str, str | int] | None = None) -> None:
    """Writes an event log (`events_of`) as its name says: .csv, .parquet or .xes.

    about : what the XES log says of itself, such as name and seed
    """
    check_event_log_name(path)
    ending = Path(path).suffix.lower()
    if ending == ".parquet":
        frame.to_parquet(path, index=False)
        return
    ascii_only = all(str(each).isascii() for column in ("service", "org:resource") for each in frame[column].cat.categories)
    with Path(path).open("w", encoding="utf-8" if ascii_only or ending == ".xes" else "utf-8-sig", newline="\n") as file:
        if ending == ".csv":
            frame.iloc[:0].to_csv(file, index=False)
            for part in chunks_of(frame):
                part.to_csv(file, index=False, header=False)
        else:
            file.writelines(xes_lines(frame, about or {}))


def xes_lines(frame: pd.DataFrame, about: Mapping[str, str | int]) -> Iterator[str]:
    """The lines of a XES document: head, then trace after trace in the order in which the visits began."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<log xes.version="1849.2016" xes.features="" xmlns="{NAMESPACE}">\n'
    for name, prefix in EXTENSIONS.items():
        yield f'\t<extension name="{name}" prefix="{prefix}" uri="{NAMESPACE}{prefix}.xesext"/>\n'
    yield f'\t<global scope="trace">\n\t\t{_text("concept:name", "")}\n\t</global>\n'
    yield '\t<global scope="event">\n'
    for key in ("concept:name", "concept:instance", "lifecycle:transition", "service"):
        yield f"\t\t{_text(key, '')}\n"
    yield f'\t\t<date key="time:timestamp" value="{EARLIEST}"/>\n\t</global>\n'
    yield '\t<classifier name="Event" scope="event" keys="concept:name"/>\n'
    yield '\t<classifier name="Service" scope="event" keys="service lifecycle:transition"/>\n'
    yield f"\t{_text('lifecycle:model', 'standard')}\n"
    for key, value in about.items():
        yield f'\t<int key="{key}" value="{value}"/>\n' if isinstance(value, int) else f"\t{_text(key, value)}\n"
    yield from _traces(frame)
    yield "</log>\n"


def _traces(frame: pd.DataFrame) -> Iterator[str]:
    by_case = frame.iloc[np.argsort(frame["case:concept:name"].cat.codes.to_numpy(), kind="stable")]
    fixed = {
        name: {each: _text(name, str(each)) for each in by_case[name].cat.categories}
        for name in ("concept:name", "lifecycle:transition", "org:resource", "service")
    }
    open_case = None
    for part in chunks_of(by_case):
        columns = [part[name].tolist() for name in ("case:concept:name", "concept:name", "lifecycle:transition", "service", "org:resource")]
        numbers = [part[name].tolist() for name in ("task", "ticket", "citizen", "visit")]
        for case, name, transition, service, window, task, ticket, citizen, visit, when in zip(
            *columns, *numbers, part["time:timestamp"].tolist(), strict=True
        ):
            if case != open_case:
                yield "" if open_case is None else "\t</trace>\n"
                yield f"\t<trace>\n\t\t{_text('concept:name', case)}\n"
                yield f'\t\t<int key="citizen" value="{citizen}"/>\n\t\t<int key="visit" value="{visit}"/>\n'
                open_case = case
            yield "\t\t<event>"
            yield fixed["concept:name"][name]
            yield f'<string key="concept:instance" value="{task}"/>'
            yield fixed["lifecycle:transition"][transition]
            yield f'<date key="time:timestamp" value="{when}"/>'
            yield fixed["service"][service]
            yield fixed["org:resource"].get(window, "")
            yield f'<int key="ticket" value="{ticket}"/></event>\n'
    if open_case is not None:
        yield "\t</trace>\n"


def _text(key: str, value: object) -> str:
    return f"<string key={quoteattr(key)} value={quoteattr(str(value))}/>"
