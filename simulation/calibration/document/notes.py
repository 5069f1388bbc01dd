"""What the log has and the scenario does not, and where every figure of the scenario comes from: its basis and its notes."""

from __future__ import annotations

import math
from typing import Any

from simulation.calibration.arrivals import TOLD
from simulation.calibration.document.draft import Draft
from simulation.calibration.unknown import Unknown, together

GROUPS = 0.2
"""distance of Kolmogorov and Smirnov from which arrivals are so far from Poisson that they come in groups"""


def rest_of(draft: Draft) -> None:
    """What the log has and no key of the scenario was given."""
    log, arrivals = draft.parts.log, draft.parts.arrivals
    outcome = log.frame["outcome"]
    for code, some in (("turned", ("balked", "turned_away")), ("interrupted", ("interrupted",)), ("diverted", ("diverted",))):
        n = int(outcome.isin(some).sum())
        if n:
            draft.assume("", code, n=n)
    grouped = [service for service, test in arrivals.poisson.items() if test.distance > GROUPS and test.p < TOLD]
    if grouped:
        draft.assume("", "groups", services=", ".join(grouped))
    if arrivals.stray:
        draft.assume("", "stray", n=arrivals.stray)
    odd = sorted(set(log.days) - {*arrivals.days, *arrivals.exceptions})
    if odd:
        draft.assume("", "odd_days", n=len(odd), days=", ".join(odd[:10]) + (" …" if len(odd) > 10 else ""))
    if math.isfinite(log.rounded) and log.rounded >= 1:
        draft.assume("", "rounded", minutes=f"{log.rounded:g}")


def note_of(document: dict[str, Any], draft: Draft, language: str) -> None:
    """The basis of what stands in the scenario; reasons of what does not stand in it in notes."""
    from simulation.scenario.basis import addresses, figures

    basis = dict.fromkeys(draft.said, f"fit {draft.parts.log.id}")
    there, rest = addresses({**document, "basis": {}}), list[Unknown]()
    figured = set(figures(document))
    for each in draft.unknowns:
        # an assumption about a fitted figure (what it leaves out) does not make the figure one
        if (
            each.path in there
            and each.path not in basis
            and (each.path in figured or (each.path.count(".") == 1 and each.path != "windows"))
        ):
            basis[each.path] = each.basis(language)
        else:
            rest.append(each)
    for service in document["services"]:
        own = [each for each in rest if each.path.startswith(f"services.{service['id']}.")]
        if own:
            service["note"] = together(own, language)
            rest = [each for each in rest if each not in own]
    if rest:
        document["note"] = together(rest, language)
    else:
        del document["note"]
    document["basis"] = basis
