"""Classes of citizens in the scenario, where the log shows that one is called ahead of another; else an assumption with its reason."""

from __future__ import annotations

from typing import Any

from simulation.calibration.classes import ALWAYS, MOSTLY, ClassesFit
from simulation.calibration.document.draft import Draft
from simulation.calibration.naming import ids_of, plain, shown


def classes_of(draft: Draft) -> list[dict[str, Any]]:
    fitted = draft.parts.classes
    if fitted is None:
        draft.assume("", "classes_unseen")
        return []
    ids = ids_of(fitted.shares)
    for (one, other), figure in fitted.over.items():
        draft.tell(f"classes.{one} before {other}", figure, "", fitted.calls[one, other], "share", False)
    if not fitted.priority:
        _assume_turns(draft, fitted)
        return []
    listed = []
    for klass, shares in fitted.shares.items():
        known = {service: figure for service, figure in shares.items() if service in draft.ids and figure.value > 0}
        if not known:
            continue
        at = f"classes.{ids[klass]}"
        entry: dict[str, Any] = {"id": ids[klass]}
        if ids[klass] != klass:
            entry["name"] = shown(klass)
        entry |= {
            "share": {draft.ids[service]: plain(figure.value) for service, figure in known.items()},
            "priority": fitted.priority[klass],
        }
        for service, figure in known.items():
            draft.tell(f"{at}.share.{draft.ids[service]}", figure, "", fitted.people[service], "share")
        draft.said += [f"{at}.share", f"{at}.priority"]
        listed.append(entry)
    for (one, other), figure in fitted.over.items():
        if fitted.ahead(one, other) and figure.value < ALWAYS:
            draft.assume("", "classes_mostly", one=one, other=other, share=f"{100 * figure.value:.0f}")
    draft.assume("", "classes_alike")
    return listed


def _assume_turns(draft: Draft, fitted: ClassesFit) -> None:
    """Why nobody is ahead of anybody."""
    names = ", ".join([fitted.public, *fitted.shares])
    most = max(fitted.over, key=lambda pair: fitted.over[pair].value, default=None)
    if most is None:
        draft.assume("", "classes_few", classes=names)
        return
    figure = fitted.over[most]
    facts = {"classes": names, "one": most[0], "other": most[1], "share": f"{100 * figure.value:.0f}", "calls": fitted.calls[most]}
    draft.assume("", "classes_untold" if figure.high > MOSTLY else "classes_in_turn", **facts)
