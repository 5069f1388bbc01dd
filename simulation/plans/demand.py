"""More or fewer citizens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from simulation.plans.document import Document, copied, settled


def scale_demand(document: Mapping[str, Any], factor: float, services: Sequence[str] | None = None) -> Document:
    """Every arrival rate times a factor, of some services or of all. Raises ValueError for a factor below 0."""
    if not factor >= 0:
        raise ValueError("the factor is at least 0")
    plan = copied(document)
    if factor == 1:
        return plan
    changed = []
    for service in plan["services"]:
        if service.get("volume") and (services is None or service["id"] in services):
            service["volume"]["per_year"] *= factor
            changed.append(f"services.{service['id']}.volume")
        for key in ("arrivals_per_hour", "early_arrivals"):
            if key in service and (services is None or service["id"] in services):
                given = service[key]
                service[key] = [each * factor for each in given] if isinstance(given, list) else given * factor
                changed.append(f"services.{service['id']}.{key}")
    return settled(plan, changed)
