"""Tidal windows (潮汐窗口): more windows of a group that open while the queue is long, or the group's own windows made so."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from simulation.plans.document import Document, copied, position_of, settled
from simulation.plans.windows import free_id


def set_tide(document: Mapping[str, Any], group: str, more: int, tide: Mapping[str, Any] | None) -> Document:
    """Windows that open with the queue.

    Parameters
    ----------
    more : so many windows like those of the group beside it, as `GROUP-tidal`; 0: the group's own windows
    tide : as in the file: open_queue, close_queue, least_min; None: always open on their shifts

    Raises KeyError if there is no such group.
    """
    plan = copied(document)
    position = position_of(plan, group)
    entry = plan["windows"][position]
    if not more:
        if tide is None:
            entry.pop("tidal", None)
            return settled(plan, [])
        entry["tidal"] = dict(tide)
        return settled(plan, [f"windows.{group}.tidal"])
    extra = copy.deepcopy(entry)
    extra["id"], extra["count"] = free_id(plan, f"{group}-tidal"), more
    if tide is not None:
        extra["tidal"] = dict(tide)
    plan["windows"].insert(position + 1, extra)
    for department in plan.get("departments", []):
        if group in department.get("windows", []):
            department["windows"].append(extra["id"])
    return settled(plan, [f"windows.{extra['id']}"])
