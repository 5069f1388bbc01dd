"""The scenario that the parts of a fit make, every figure of it, and what the log does not tell of it.

Each part writes its own keys, the figures with their intervals, and an assumption for whatever it has to leave out. Nothing is fitted here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
from scipy import stats

from simulation.calibration.appointments import LEAST as LEAST_BOOKED
from simulation.calibration.appointments import BookingFit
from simulation.calibration.arrivals import TOLD, Arrivals
from simulation.calibration.doors import Period
from simulation.calibration.further import FurtherFit
from simulation.calibration.laws import LEAST, Figure
from simulation.calibration.logs import Log
from simulation.calibration.naming import clean, clock, ids_of, label, plain, shown, stretches, table_of_law
from simulation.calibration.pauses import Pauses
from simulation.calibration.services import ServiceFit
from simulation.calibration.unknown import Unknown, together, unknown
from simulation.calibration.windows import MANY, WindowsFit, crew_of
from simulation.dates import FIRST_DATED_YEAR, KINDS, LAST_DATED_YEAR

WEEK = ("mon", "tue", "wed", "thu", "fri")
MOST_CV = 3.0
"""a scenario's day_cv and half_hour_cv go no further"""
DIFFER = 0.5
"""windows by which their number differs from day to day in the usual half-hour, from which on that is told"""
GROUPS = 0.2
"""distance of Kolmogorov and Smirnov from which arrivals are so far from Poisson that they come in groups"""
PAUSE = 1 / 60
"""minutes; a mean pause below it is none"""


@dataclass(frozen=True, slots=True)
class FittedFigure:
    """One number of the scenario that the log told."""

    path: str
    """where it stands in the scenario, such as services.tax.service_min.mean"""
    figure: Figure
    unit: str
    n: int
    """rows, or days, that it rests on"""
    method: str
    written: bool = True
    """whether the scenario has it; False: told beside it"""


@dataclass(frozen=True, slots=True)
class Parts:
    """What was fitted."""

    log: Log
    arrivals: Arrivals
    periods: tuple[Period, ...]
    services: tuple[ServiceFit, ...]
    further: dict[str, FurtherFit]
    bookings: dict[str, BookingFit]
    windows: WindowsFit
    pauses: Pauses | None


@dataclass(slots=True)
class Draft:
    """The scenario as it grows."""

    parts: Parts
    ids: dict[str, str]
    """service of the log -> of the scenario; only those with a law"""
    figures: list[FittedFigure] = field(default_factory=list)
    unknowns: list[Unknown] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    """paths that were fitted"""

    def tell(self, path: str, figure: Figure, unit: str, n: int, method: str, written: bool = True) -> None:
        self.figures.append(FittedFigure(path, figure, unit, n, method, written))

    def assume(self, path: str, code: str, **facts: object) -> None:
        self.unknowns.append(unknown(path, code, **facts))


def document_of(parts: Parts, name: str, language: str) -> tuple[dict[str, Any], tuple[FittedFigure, ...], tuple[Unknown, ...]]:
    """The scenario with its basis, the fitted figures, and what stays unknown."""
    draft = Draft(parts, ids_of(each.id for each in parts.services if each.laws))
    document: dict[str, Any] = {"schema": 1, "name": name, "note": "", "opening": openings_of(draft), "services": _services(draft)}
    demand = demand_of(draft)
    if demand:
        document["demand"] = demand
    if parts.bookings:
        document["rules"] = {"booked": "first"}
        draft.assume("rules.booked", "rules_booked")
    document["windows"] = _windows(draft)
    _rest(draft)
    note_of(document, draft, language)
    return document, tuple(draft.figures), tuple(draft.unknowns)


# ---- when the hall is open, and how days differ ------------------------------------------------------------------------------------------


def openings_of(draft: Draft) -> list[dict[str, Any]]:
    parts = draft.parts
    seen = [KINDS[day] for day in sorted(parts.arrivals.weekday)]
    named = {"weekdays": seen} if _dated(parts) and tuple(seen) != WEEK else {}
    found = []
    for each in parts.periods:
        opening: dict[str, Any] = {"from": clock(each.start), "to": clock(each.end), **named, "at_end": each.at_end}
        if each.early > 0:
            opening["early_min"] = each.early
        found.append(opening)
    if parts.log.mapping.clock == "minutes" and parts.log.mapping.minute_0 == 0:
        draft.assume("opening.from", "minute_0")
    untold = [label(each.end) for each in parts.periods if each.waited == 0]
    if untold:
        draft.assume("opening", "at_end", end=", ".join(untold))
    else:
        draft.said.append("opening")
    if any(each.early > 0 for each in parts.periods):
        draft.said.append("opening.early_min")
    return found


def _dated(parts: Parts) -> bool:
    """Whether the days of the week differ clearly, so that days need dates."""
    return bool(parts.arrivals.weekday) and parts.arrivals.weekday_p < TOLD


def demand_of(draft: Draft) -> dict[str, Any]:
    parts, found = draft.parts, dict[str, Any]()
    days = len(parts.arrivals.days)
    for kind, factor in parts.arrivals.weekday.items():
        draft.tell(
            f"demand.weekday.{KINDS[kind]}", factor, "", parts.arrivals.weekdays.count(kind), "mean of its days over all", _dated(parts)
        )
    if _dated(parts):
        found["starts"] = _starts(draft)
        found["weekday"] = {KINDS[kind]: plain(factor.value) for kind, factor in parts.arrivals.weekday.items()}
        draft.said.append("demand.weekday")
    elif parts.arrivals.weekday:
        draft.assume("demand.weekday", "weekday_alike", p=f"{parts.arrivals.weekday_p:.2g}")
    else:
        draft.assume("demand.weekday", "weekday_few", days=days)
    spread = parts.arrivals.dispersion
    if spread is None:
        draft.assume("demand.day_cv", "cv_few", days=days)
        return found
    for key, figure in (("day_cv", spread.day_cv), ("half_hour_cv", spread.half_hour_cv)):
        draft.tell(f"demand.{key}", figure, "", days, "moments", figure.low > 0)
        if figure.low > 0:
            found[key] = plain(min(figure.value, MOST_CV))
            draft.said.append(f"demand.{key}")
        else:
            draft.assume(f"demand.{key}", "cv_none", key=key, value=f"{figure.value:.2f}", high=f"{figure.high:.2f}")
    return found


def _starts(draft: Draft) -> date:
    """The first day of the log, or where no calendar knows its year, the first Monday of the same month in a year that one does."""
    first = date.fromisoformat(min(draft.parts.arrivals.days))
    year = min(max(first.year, FIRST_DATED_YEAR), LAST_DATED_YEAR)
    starts = first if year == first.year else date(year, first.month, 1)
    if starts != first:
        starts += timedelta(days=-starts.weekday() % 7)
        draft.assume("demand.starts", "starts_moved", first=first, starts=starts)
    else:
        draft.assume("demand.starts", "starts", starts=starts)
    return starts


# ---- who comes, for what, and what they do -----------------------------------------------------------------------------------------------


def _services(draft: Draft) -> list[dict[str, Any]]:
    parts, listed = draft.parts, []
    for each in parts.services:
        if not each.laws:
            draft.assume(f"services.{clean(each.id)}", "service_few", service=each.id, n=each.served, least=LEAST)
            continue
        entry: dict[str, Any] = {"id": draft.ids[each.id]}
        at = f"services.{entry['id']}"
        if entry["id"] != each.id:
            entry["name"] = shown(each.id)
        best = each.laws[0]
        entry["service_min"] = table_of_law(best)
        draft.tell(f"{at}.service_min.mean", best.mean, "minutes", best.n, best.law.family)
        draft.tell(f"{at}.service_min.cv", best.cv, "", best.n, best.law.family)
        if each.short:
            draft.assume(f"{at}.service_min", "short", n=each.short, minutes=f"{parts.log.mapping.short_min:g}")
        entry |= _comers(draft, each, at)
        entry |= _patience(draft, each, at)
        entry |= _further(draft, each, at)
        entry |= _booking(draft, each, at)
        draft.said += [f"{at}.{key}" for key in entry if key not in ("id", "name")]
        listed.append(entry)
    return listed


def _comers(draft: Draft, service: ServiceFit, at: str) -> dict[str, Any]:
    """Rates by half-hour, and people before the doors."""
    arrivals = draft.parts.arrivals
    row, days = arrivals.services.index(service.id), len(arrivals.days)
    slots = [n for each in draft.parts.periods for n in each.slots]
    rates = [arrivals.rate(row, n) for n in slots]
    for n, rate in zip(slots, rates, strict=True):
        draft.tell(f"{at}.arrivals_per_hour.{label(arrivals.half_hours[n])}", rate, "per hour", days, "mean")
    never = [rate for rate in rates if rate.value == 0]
    if never and len(never) < len(rates):
        draft.assume(f"{at}.arrivals_per_hour", "never", n=len(never), days=days, high=f"{max(each.high for each in never):.2g}")
    found: dict[str, Any] = {"arrivals_per_hour": [plain(rate.value) for rate in rates]}
    early = [(each, arrivals.number(row, each.before)) for each in draft.parts.periods if each.early > 0]
    if early:
        found["early_arrivals"] = [plain(number.value) for _, number in early]
        for each, number in early:
            draft.tell(f"{at}.early_arrivals.{label(each.start)}", number, "people a day", days, "mean")
    return found


def _patience(draft: Draft, service: ServiceFit, at: str) -> dict[str, Any]:
    fitted = service.patience
    if fitted is not None:
        draft.tell(f"{at}.patience_min.mean", fitted.mean, "minutes", fitted.n, fitted.law.family)
        return {"patience_min": table_of_law(fitted)}
    if draft.parts.log.mapping.leaving == "never":
        draft.assume(f"{at}.patience_min", "patience_unseen")
    else:
        # of d leavings in so many minutes of waiting, the mean of an exponential patience is at least minutes over this gamma quantile
        least = service.waited / float(stats.gamma.ppf(0.975, service.gone + 1))
        draft.assume(f"{at}.patience_min", "patience_few", left=service.gone, n=service.queued, least=f"{least:,.0f}")
    return {}


def _further(draft: Draft, service: ServiceFit, at: str) -> dict[str, Any]:
    further, found = draft.parts.further[service.id], dict[str, Any]()
    then = []
    for to, share in further.then.items():
        if to in draft.ids:
            then.append({"service": draft.ids[to], "share": plain(share.value)})
            draft.tell(f"{at}.then.{draft.ids[to]}", share, "", further.served, "share")
    if then:
        found["then"] = then
    for to, count in further.rare.items():
        draft.assume(f"{at}.then", "then_rare", n=count, served=further.served, to=to)
    if further.cases:
        shares = {count: round(share.value, 6) for count, share in further.cases.items()}
        shares[1] = round(1 - sum(share for count, share in shares.items() if count != 1), 6)
        found["cases"] = [{"count": count, "share": share} for count, share in sorted(shares.items()) if share > 0]
        for count, share in further.cases.items():
            draft.tell(f"{at}.cases.{count}", share, "", further.served, "share")
    return found


def _booking(draft: Draft, service: ServiceFit, at: str) -> dict[str, Any]:
    booking = draft.parts.bookings.get(service.id)
    if booking is None:
        due = draft.parts.log.frame["due"].notna() & (draft.parts.log.frame["service"] == service.id)
        if due.any():
            draft.assume(f"{at}.booking", "booking_few", n=int(due.sum()), least=LEAST_BOOKED)
        elif service.no_show.value > 0:
            draft.tell(f"{at}.no_show", service.no_show, "", service.served, "share", False)
            draft.assume(f"{at}.booking", "no_due", share=f"{100 * service.no_show.value:.1f}")
        return {}
    for key, unit in (("booked", ""), ("no_show", ""), ("late_min", "minutes"), ("spread_min", "minutes")):
        figure: Figure = getattr(booking, key.removesuffix("_min"))
        draft.tell(f"{at}.booking.{key}", figure, unit, booking.n, "share" if not unit else "normal")
    return {
        "booking": {
            "times": [{"at": clock(minute), "places": places} for minute, places in booking.times],
            "booked": plain(booking.booked.value), "no_show": plain(booking.no_show.value),
            "late_min": plain(booking.late.value), "spread_min": plain(booking.spread.value),
        }
    }  # fmt: skip


# ---- who serves --------------------------------------------------------------------------------------------------------------------------


def _windows(draft: Draft) -> list[dict[str, Any]]:
    windows = draft.parts.windows
    seats = _seats(draft) if windows.regular else []
    if not seats:
        seats = _crew(draft)
    _wrap_up(draft, seats)
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
    return seats


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
    """The mean pause after a service, of all windows or of each."""
    parts, pauses = draft.parts, draft.parts.pauses
    if pauses is None:
        draft.assume("windows", "wrap_up_few" if parts.windows.ids else "wrap_up_unseen")
        return
    names = {id: window for window, id in ids_of(parts.windows.ids).items()}
    mean = pauses.mean
    if not any(each.value >= PAUSE for each in (mean, *pauses.own.values())):
        draft.tell("windows.wrap_up_min", mean, "minutes", pauses.n, "Kaplan–Meier", False)
        return
    draft.tell(
        "windows.wrap_up_min", mean, "minutes", pauses.n, "Kaplan–Meier", any(names.get(seat["id"], "") not in pauses.own for seat in seats)
    )
    for seat in seats:
        own = pauses.own.get(names.get(seat["id"], ""))
        seat["wrap_up_min"] = plain((own or mean).value)
        if own is not None:
            draft.tell(f"windows.{seat['id']}.wrap_up_min", own, "minutes", pauses.n, "Kaplan–Meier")
        draft.said.append(f"windows.{seat['id']}.wrap_up_min")
    if pauses.vary:
        draft.assume("windows", "wrap_up_mean", mean=f"{60 * mean.value:.0f}", middle=f"{60 * pauses.middle:.0f}")


# ---- what is not carried over ------------------------------------------------------------------------------------------------------------


def _rest(draft: Draft) -> None:
    """What the log has and no key of the scenario was given."""
    log, arrivals = draft.parts.log, draft.parts.arrivals
    outcome = log.frame["outcome"]
    for code, some in (("turned", ("balked", "turned_away")), ("interrupted", ("interrupted",)), ("diverted", ("diverted",))):
        n = int(outcome.isin(some).sum())
        if n:
            draft.assume("", code, n=n)
    classes = sorted(set(log.frame["klass"]) - {""})
    if len(classes) > 1:
        draft.assume("", "classes", n=len(classes), classes=", ".join(classes))
    grouped = [service for service, test in arrivals.poisson.items() if test.distance > GROUPS and test.p < TOLD]
    if grouped:
        draft.assume("", "groups", services=", ".join(grouped))
    if arrivals.stray:
        draft.assume("", "stray", n=arrivals.stray)
    odd = sorted(set(log.days) - set(arrivals.days))
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
