"""Who serves: windows by name where they keep hours of their own, else nameless ones for everything; and their pauses."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulation.calibration.document.draft import Draft
from simulation.calibration.naming import clock, ids_of, label, plain, shown, stretches, table_of_law
from simulation.calibration.windows import MANY, crew_of

DIFFER = 0.5
"""windows by which their number differs from day to day in the usual half-hour, from which on that is told"""
PAUSE = 1 / 60
"""minutes; a mean pause below it is none"""
MOST_AWAY = 0.99
"""share of the idle time away that a scenario may have"""


def windows_of(draft: Draft) -> list[dict[str, Any]]:
    windows = draft.parts.windows
    seats = _seats(draft) if windows.regular else []
    if not seats:
        seats = _crew(draft)
    _wrap_up(draft, seats)
    _away(draft, seats)
    return seats


def _seats(draft: Draft) -> list[dict[str, Any]]:
    """Windows by name, on post in the half-hours in which they are there on most days on which they are there at all."""
    parts, windows, seats = draft.parts, draft.parts.windows, list[dict[str, Any]]()
    ids, days = ids_of(windows.ids), len(parts.arrivals.days)
    coarse = edges = 0
    for n, window in enumerate(windows.ids):
        hours = [at for at in windows.hours(n) if any(each.start <= at < each.end for each in parts.periods)]
        serves = [service for service in windows.serves(window) if service in draft.ids]
        if not hours or not serves or 2 * windows.days[n] < days:
            draft.assume(f"windows.{ids[window]}", "window_out", window=window, n=windows.days[n], days=days)
            continue
        at = f"windows.{ids[window]}"
        seat: dict[str, Any] = {"id": ids[window], "serves": [draft.ids[each] for each in serves], "shifts": []}
        if ids[window] != window:
            seat["name"] = shown(window)
        for start, end in stretches(hours):
            shift = {"from": start, "to": end}
            for key, where, seen in (("from", start, windows.begins), ("to", end - 30, windows.ends)):
                figure = seen.get((window, where))
                edges += 1
                coarse += figure is None
                if figure is not None:
                    draft.tell(f"{at}.shifts.{label(start)}.{key}", figure, "minute of the day", windows.days[n], "median")
                    shift[key] = figure.value
            inside = next(each for each in parts.periods if each.start <= start < each.end)
            begin, stop = max(shift["from"], inside.start), shift["to"]
            seat["shifts"].append({"from": clock(begin), "to": clock(max(stop, begin + 1))})
        own = {draft.ids[each.id]: each.at_window[window] for each in parts.services if window in each.at_window and each.id in serves}
        if own:
            seat["service_min"] = {service: table_of_law(law) for service, law in own.items()}
            for service, law in own.items():
                draft.tell(f"{at}.service_min.{service}.mean", law.mean, "minutes", law.n, law.law.family)
        few = [each.id for each in parts.services if each.at_window and window not in each.at_window and each.id in serves]
        if few:
            draft.assume(at, "window_few", window=window, services=", ".join(few))
        if window in windows.absent:
            seat["absence"] = plain(windows.absent[window].value)
            draft.tell(f"{at}.absence", windows.absent[window], "", days, "share")
        elif windows.days[n] < days:
            draft.assume(f"{at}.absence", "absence_few", window=window, n=days - windows.days[n], days=days, many=MANY)
        draft.said += [f"{at}.{key}" for key in ("count", "shifts", "service_min", "absence") if key in seat or key == "count"]
        seats.append(seat)
    if coarse:
        draft.assume("windows", "edges", n=coarse, all=edges)
    if seats:
        _stand_in(draft, seats, {ids[window]: window for window in windows.ids})
    return seats


def _stand_in(draft: Draft, seats: list[dict[str, Any]], names: dict[str, str]) -> None:
    """A service that no window of the scenario serves goes to the one that was seen to do most of it, or to all where none was.

    names : window of the scenario -> of the log
    """
    served = {service for seat in seats for service in seat["serves"]}
    for service, id in draft.ids.items():
        if id not in served:
            seen = {seat["id"]: draft.parts.windows.skills[names[seat["id"]]].get(service, 0) for seat in seats}
            most = max(seen.values())
            for seat in seats:
                if most == 0 or seen[seat["id"]] == most:
                    seat["serves"].append(id)
            draft.assume("windows", "service_homeless", service=service)


def _crew(draft: Draft) -> list[dict[str, Any]]:
    """Nameless windows for everything, the k-th on the days and in the half-hours that have k of them."""
    windows, parts, seats = draft.parts.windows, draft.parts, list[dict[str, Any]]()
    inside = [n for n, at in enumerate(windows.half_hours) if any(each.start <= at < each.end for each in parts.periods)]
    hours = [windows.half_hours[n] for n in inside]
    for level, post in enumerate(crew_of(np.maximum(windows.open[:, inside], 1), hours), start=1):
        at = f"windows.seat-{level}"
        seat: dict[str, Any] = {
            "id": f"seat-{level}",
            "serves": ["*"],
            "shifts": [{"from": clock(a), "to": clock(b)} for a, b in stretches(post.hours)],
        }
        if post.missing.value > 0:
            seat["absence"] = plain(post.missing.value)
            draft.tell(f"{at}.absence", post.missing, "", len(windows.open), "share")
            draft.said.append(f"{at}.absence")
        seats.append(seat)
        draft.assume(at, "crew_named" if windows.ids else "crew")
    spread = float(windows.open[:, inside].std(axis=0, ddof=1).mean()) if len(windows.open) > 1 and inside else 0.0
    if spread >= DIFFER:
        draft.assume("windows", "crew_days", spread=f"{spread:.1f}", usual=f"{float(windows.open[:, inside].mean()):.1f}")
    return seats


def _wrap_up(draft: Draft, seats: list[dict[str, Any]]) -> None:
    """The law of the pauses after a service, in the mean of all windows or of each."""
    parts, pauses = draft.parts, draft.parts.pauses
    if pauses is None:
        draft.assume("windows", "wrap_up_few" if parts.windows.ids else "wrap_up_unseen")
        return
    names = {id: window for window, id in ids_of(parts.windows.ids).items()}
    mean, key = pauses.mean, "wrap_up_min.mean" if pauses.vary else "wrap_up_min"
    if not any(each.value >= PAUSE for each in (mean, *pauses.own.values())):
        draft.tell("windows.wrap_up_min", mean, "minutes", pauses.n, "Kaplan–Meier", False)
        return
    common = any(names.get(seat["id"], "") not in pauses.own for seat in seats)
    draft.tell(f"windows.{key}", mean, "minutes", pauses.n, "Kaplan–Meier", common)
    if pauses.vary:
        draft.tell("windows.wrap_up_min.cv", pauses.cv, "", pauses.n, "Kaplan–Meier")
    for seat in seats:
        own = pauses.own.get(names.get(seat["id"], ""))
        seat["wrap_up_min"] = pauses.law((own or mean).value)
        if own is not None:
            draft.tell(f"windows.{seat['id']}.{key}", own, "minutes", pauses.n, "Kaplan–Meier")
        draft.said.append(f"windows.{seat['id']}.wrap_up_min")
    if pauses.vary:
        draft.assume("windows", "wrap_up_alike", mean=f"{60 * mean.value:.0f}", middle=f"{60 * pauses.middle:.0f}")


def _away(draft: Draft, seats: list[dict[str, Any]]) -> None:
    """How often and how long somebody leaves a window that is idle."""
    idling = draft.parts.idling
    if idling is None:
        draft.assume("windows", "away_few" if draft.parts.windows.ids else "away_unseen")
        return
    written = idling.leaves
    draft.tell("windows.away_when_idle.share", idling.share, "", idling.n, "hidden chain", written)
    draft.tell("windows.away_when_idle.lasts_min.mean", idling.away, "minutes", idling.n, "hidden chain", written)
    if not written:
        return
    share, lasts = plain(min(idling.share.value, MOST_AWAY)), {"family": "exponential", "mean": plain(idling.away.value)}
    for seat in seats:
        seat["away_when_idle"] = {"share": share, "lasts_min": lasts}
        draft.said.append(f"windows.{seat['id']}.away_when_idle")
    draft.assume("windows", "away_alike")
