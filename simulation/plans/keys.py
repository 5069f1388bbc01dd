"""One key of the document set or taken out, by the dotted path that the basis uses: ``services.tax.quota``, ``rules.places``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import time
from typing import Any

from simulation.faults import BadInput
from simulation.plans.document import Document, Refused, copied, settled, windows_of
from simulation.scenario.checking import read_tables
from simulation.scenario.findings import Findings, tidy
from simulation.scenario.tables import MODELS, known_keys

_CLOCK = re.compile(r"\d\d:\d\d")


def set_key(document: Mapping[str, Any], path: str, value: Any) -> Document:
    """The document with a key set; None takes it out.

    Tables of a list are named by their id, those without one by their number from 1 (``opening.2.last_ticket``). A table that is not
    there yet is made. Raises Refused where the path leads nowhere, BadInput where the key cannot hold such a value.
    """
    plan = copied(document)
    names = path.split(".")
    table = _table_at(plan, names[:-1], path, make=value is not None)
    key = names[-1]
    if not isinstance(table, dict) or not key:
        raise Refused("plan_path", path=path)
    if value is None:
        table.pop(key, None)
    else:
        table[key] = value
    findings = Findings(plan, "--change")
    read_tables(tidy(plan, findings), findings)
    if not plan.get("windows"):
        findings.add("no_windows", ("windows",))
    if findings.faults:
        raise BadInput(findings.in_order())
    shown = [each for each in names if not each.isdigit()] if names[0] == "opening" else names
    return settled(plan, [] if value is None else [".".join(shown[: 3 if names[0] in MOST_LISTED else 2])])


MOST_LISTED = ("services", "windows", "classes", "stations", "departments")
"""lists whose tables have ids; a basis names a key of theirs by three words"""


def key_at(document: Mapping[str, Any], path: str) -> Any:
    """The value at a path; None where there is none."""
    table: Any = {**document, "windows": windows_of(document)} if path.startswith("windows.") else document
    for name in path.split("."):
        if isinstance(table, list):
            table = _entry(table, name)
        elif isinstance(table, Mapping):
            table = table.get(name)
        else:
            return None
    return table


def default_of(path: str) -> Any:
    """What a key is where the document leaves it out, as the scenario's tables say; None where they say nothing."""
    names = path.split(".")
    tables = tuple(each for n, each in enumerate(names[:-1]) if n != 1 or names[0] == "rules")
    model = MODELS.get(tables)
    field = model.model_fields.get(names[-1]) if model else None
    return None if field is None or field.is_required() else field.get_default(call_default_factory=True)


def value_of(text: str) -> Any:
    """A value as TOML writes it; a clock time may leave out its seconds, a word its quotation marks; ``none`` is no value."""
    text = text.strip()
    if text == "none":
        return None
    if _CLOCK.fullmatch(text):
        return time.fromisoformat(text)
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return text


def _table_at(plan: Document, names: list[str], path: str, make: bool) -> Any:
    table: Any = plan
    for at, name in enumerate(names):
        if isinstance(table, list):
            found = _entry(table, name)
            if found is None:
                known = ", ".join(str(each.get("id", n)) for n, each in enumerate(table, start=1) if isinstance(each, Mapping))
                raise Refused("plan_path_entry", path=path, name=name, known=known)
            table = found
        elif isinstance(table, dict):
            if name not in table:
                allowed = known_keys(tuple(names[:at]))
                if at == 0 and name not in allowed:
                    raise Refused("plan_path", path=path)
                if not make:
                    return {}
                table[name] = {}
            table = table[name]
        else:
            raise Refused("plan_path", path=path)
    return table


def _entry(listed: list[Any], name: str) -> Any:
    for position, each in enumerate(listed, start=1):
        if isinstance(each, Mapping) and (each.get("id") == name or ("id" not in each and name == str(position))):
            return each
    return None
