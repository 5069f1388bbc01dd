"""Saved plans: a name, the scenario they start from, their changes, a note, and when; one TOML file in the installation's data folder.

A plan is its changes, not a copy of the hall: it follows its scenario when that is mended, and says so when it has changed since. Reading
and writing go through the whole file, which is small; a write replaces it in one step, so a reader never sees half of one.

Not for scenarios that stand alone: these are files of their own, as the pages' download gives them.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

from simulation.faults import BadInput, add_catalogue, fault
from simulation.plans import Change, read_changes
from supervision.home import data_folder

add_catalogue(Path(__file__).resolve().parents[1] / "faults.toml")

FILE = "plans.toml"
MOST, LONGEST_NAME, LONGEST_NOTE = 500, 60, 500
_writing = Lock()


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """One plan of the library."""

    name: str
    scenario: str
    """name of the scenario that it changes"""
    digest: str
    """of that scenario when the plan was saved"""
    changes: tuple[Change, ...]
    note: str
    saved: str
    """local time, ISO 8601 to the minute"""


def path() -> Path:
    """Where the plans are."""
    return data_folder() / FILE


def plans_of(scenario: str) -> list[SavedPlan]:
    """The plans of a scenario, the latest first. Raises BadInput if the file cannot be read as plans."""
    return [each for each in _read() if each.scenario == scenario]


def find(scenario: str, name: str) -> SavedPlan | None:
    """The plan of that name."""
    return next((each for each in plans_of(scenario) if each.name == _clean(name, LONGEST_NAME)), None)


def save(name: str, scenario: str, digest: str, changes: Sequence[Change], note: str = "") -> SavedPlan:
    """Keep a plan; one of the same name and scenario is replaced. Raises BadInput for a name without letters or a full library."""
    made = SavedPlan(
        _clean(name, LONGEST_NAME),
        scenario,
        digest,
        tuple(changes),
        _clean(note, LONGEST_NOTE),
        datetime.now().isoformat(timespec="minutes"),
    )
    if not made.name:
        raise BadInput([fault("saved_plan_name", str(path()), name)])
    with _writing:
        kept = [each for each in _read() if (each.name, each.scenario) != (made.name, scenario)]
        if len(kept) >= MOST:
            raise BadInput([fault("saved_plans_full", str(path()), len(kept), most=MOST)])
        _write([made, *kept])
    return made


def forget(scenario: str, name: str) -> None:
    """Take a plan out of the library; one that is not there is no fault."""
    with _writing:
        _write([each for each in _read() if (each.name, each.scenario) != (name, scenario)])


def _clean(text: str, longest: int) -> str:
    """One line without control and format characters."""
    shown = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(shown.split())[:longest].strip()


def _read() -> list[SavedPlan]:
    file = path()
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
        return [_plan_of(each) for each in document.get("plans", [])]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as broken:  # BadInput and TOML's errors are ValueErrors
        raise BadInput([fault("saved_plans_damaged", str(file), reason=str(broken) or type(broken).__name__)]) from None


def _plan_of(entry: dict[str, Any]) -> SavedPlan:
    texts = [entry["name"], entry["scenario"], entry.get("digest", ""), entry.get("note", ""), str(entry.get("saved", ""))]
    name, scenario, digest, note, saved = (str(each) for each in texts)
    return SavedPlan(name, scenario, digest, tuple(read_changes(entry["changes"], FILE)), note, saved)


def _write(plans: Sequence[SavedPlan]) -> None:
    import tomlkit

    document = tomlkit.document()
    listed = tomlkit.aot()
    for each in plans:
        table = tomlkit.table()
        for key, value in (("name", each.name), ("scenario", each.scenario), ("digest", each.digest), ("saved", each.saved)):
            table.add(key, value)
        if each.note:
            table.add("note", each.note)
        table.add("changes", tomlkit.item([str(change) for change in each.changes]).multiline(True))
        listed.append(table)
    document.add("plans", listed)
    file = path()
    draft = file.with_name(f".{FILE}.{os.getpid()}")
    draft.write_text(tomlkit.dumps(document), encoding="utf-8")
    draft.replace(file)
