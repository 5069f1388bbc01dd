"""Kiosks (自助机) and pre-check desks (预审台): so many of them, used by so many citizens, of one service or of all.

What a plan does not say of a new desk is assumed: what it takes and what it saves are constants below, and the plan's scenario lists them
among its assumptions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulation.plans.document import Document, copied, settled
from simulation.plans.windows import free_id

PRE_CHECK_LAW = {"family": "exponential", "mean": 2.0}
"""minutes at a pre-check desk (assumption)"""
PRE_CHECK_SAVES, PRE_CHECK_MENDS = 0.9, 0.5
"""factor on the time at the window, and on incomplete papers, of who was pre-checked (assumptions)"""
KIOSK_FAILS = 0.05
"""share of transactions at a kiosk that end at a window after all (assumption)"""
NAMES = {"kiosk": {"zh": "自助机", "en": "Kiosk"}, "pre-check": {"zh": "预审台", "en": "Pre-check desk"}}


def set_station(document: Mapping[str, Any], kind: str, service: str, wanted: tuple[int, float] | None) -> Document:
    """So many kiosks or pre-check desks, used by a share of a service's citizens ("" for all services); None takes them away.

    A station of the document that is for just this is changed; else a new one is added.

    Parameters
    ----------
    kind : "kiosk" or "pre-check"
    wanted : (count, share 0..1)
    """
    plan = copied(document)
    found = station_of(plan, kind, service)
    if wanted is None:
        plan["stations"] = [each for each in plan.get("stations") or [] if each is not found]
        return settled(plan, [])
    if found is None:
        identity = free_id(plan, f"{kind}-{service}" if service else kind)
        found = {"id": identity, "name": dict(NAMES[kind]), "kind": kind, "serves": [service or "*"]}
        if kind == "kiosk":
            found["to_window"] = KIOSK_FAILS
        else:
            found |= {"service_min": dict(PRE_CHECK_LAW), "service_factor": PRE_CHECK_SAVES, "incomplete_factor": PRE_CHECK_MENDS}
        plan["stations"] = [*(plan.get("stations") or []), found]
    found["count"], found["share"] = wanted
    return settled(plan, [f"stations.{found['id']}.{key}" for key in ("count", "share")])


def station_of(document: Mapping[str, Any], kind: str, service: str) -> Document | None:
    """The first station of a kind that is for just this service, or for all ("")."""
    listed = document.get("stations") or []
    return next((each for each in listed if each["kind"] == kind and each.get("serves", ["*"]) == [service or "*"]), None)
