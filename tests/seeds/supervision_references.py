"""Whether a reference of supervision.toml points at something that is there."""

from __future__ import annotations

import typer.main

from dashboards.cli import app
from supervision.accounts import ROLES
from supervision.authenticity.signals import rules
from supervision.db.schema import Base
from supervision.inspection import checklist
from supervision.intake.fields import FIELDS
from supervision.orders.clock import rule_sets
from supervision.orders.workflow import workflows
from supervision.scheme import load_scheme
from supervision.stated import check
from supervision.watch.ladder import RUNGS
from supervision.watch.projects import project_kinds, service_limits, stage_ids


def stands_for(reference: str) -> bool:
    """Whether the program has what a reference names."""
    kind, _, rest = reference.partition(":")
    first, _, second = rest.partition(".")
    match kind:
        case "out":
            return len(rest.split()) >= 4  # a reason, not a shrug
        case "code":
            return rest in checklist()
        case "workflow":
            return rest in workflows()
        case "step":
            return first in workflows() and second in {each.id for each in workflows()[first].actions}
        case "rules":
            return rest in {each.id for each in rule_sets()}
        case "limit":
            return rest in project_kinds() or rest in {id for id, *_ in service_limits()}
        case "stage":
            return rest in stage_ids()
        case "rung":
            return rest in RUNGS
        case "signal":
            return rest in rules()
        case "role":
            return rest in ROLES
        case "stated":
            return any(row.id == rest or row.id.startswith(f"{rest}-") for row in check(None))
        case "table":
            return first in Base.metadata.tables and second in Base.metadata.tables[first].columns
        case "import":
            return _is_field(first, second)
        case "scheme":
            scheme = load_scheme(first)
            tables = (scheme.indicators, scheme.deductions, scheme.bonuses, scheme.vetoes, scheme.titles)
            return second in {each.id for table in tables for each in table}
        case "command":
            return _is_command(rest)
        case _:
            return False


def _is_field(kind: str, field: str) -> bool:
    """KIND.FIELD, or KIND.FIELD=WORD with a word the field understands."""
    name, _, word = field.partition("=")
    found = next((each for each in FIELDS.get(kind, ()) if each.id == name), None)
    if found is None or not word:
        return found is not None
    return word in {each for stored, words in found.choices for each in (stored, *words)}


def _is_command(path: str) -> bool:
    command: object = typer.main.get_command(app)
    for name in path.split():
        command = getattr(command, "commands", {}).get(name)
    return command is not None
