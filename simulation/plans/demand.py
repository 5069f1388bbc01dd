"""More or fewer citizens, or a share of them done elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from simulation.plans.document import Document, copied, settled

ONLINE = "online"
"""where a share goes, if nothing else is said"""


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


def divert(document: Mapping[str, Any], share: float, services: Sequence[str] | None = None, to: str = ONLINE) -> Document:
    """Such a share of a service's citizens goes elsewhere (网上办、镇街办) and does not come to the hall; 0 brings them back.

    Raises ValueError for a share outside 0 to 1.
    """
    if not 0 <= share <= 1:
        raise ValueError("the share lies between 0 and 1")
    plan = copied(document)
    changed = []
    for service in plan["services"]:
        if services is None or service["id"] in services:
            kept = [each for each in service.get("diverted") or [] if each["to"] != to]
            service["diverted"] = [*kept, {"to": to, "share": share}] if share else kept
            changed.append(f"services.{service['id']}.diverted")
    return settled(plan, changed)


def share_diverted(document: Mapping[str, Any], service: str, to: str = ONLINE) -> float:
    """The share of a service's citizens that goes elsewhere."""
    found = next(each for each in document["services"] if each["id"] == service)
    return sum(float(each["share"]) for each in found.get("diverted") or [] if each["to"] == to)
