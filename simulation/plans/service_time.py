"""Quicker or slower service: every law of a service's time scaled, its shape kept."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from simulation.plans.document import Document, copied, settled

IN_MINUTES = ("mean", "value", "low", "high", "scale", "median", "mean_1", "mean_2", "values")
"""parameters of a law that are minutes; mu of a lognormal is their logarithm, all others are pure numbers"""


def scale_service(document: Mapping[str, Any], factor: float, services: Sequence[str] | None = None) -> Document:
    """Every service takes `factor` times as long, at every window; of some services or of all. Raises ValueError unless above 0."""
    if not factor > 0:
        raise ValueError("the factor is above 0")
    plan = copied(document)
    if factor == 1:
        return plan
    wanted = {each["id"] for each in plan["services"] if services is None or each["id"] in services}
    changed = []
    for service in plan["services"]:
        if service["id"] in wanted and service.get("service_min"):
            service["service_min"] = scaled(service["service_min"], factor)
            changed.append(f"services.{service['id']}.service_min")
    for window in plan["windows"]:
        for service_id in wanted & set(window.get("service_min") or {}):
            window["service_min"][service_id] = scaled(window["service_min"][service_id], factor)
            changed.append(f"windows.{window['id']}.service_min")
    return settled(plan, changed)


def scaled(law: Mapping[str, Any], factor: float) -> Document:
    """A law's table with all its minutes times the factor."""
    result = dict(law)
    for key in IN_MINUTES:
        if key in result:
            given = result[key]
            result[key] = [each * factor for each in given] if isinstance(given, list) else given * factor
    if "mu" in result:
        result["mu"] += math.log(factor)
    return result
