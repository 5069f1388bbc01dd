"""Who comes, for what, and what they do: rates, service times, patience, what follows in a visit, appointments.

A service with too few finished ones for a law is not in the scenario, which is told.
"""

from __future__ import annotations

from typing import Any

from scipy import stats

from simulation.calibration.appointments import LEAST as LEAST_BOOKED
from simulation.calibration.document.draft import Draft
from simulation.calibration.laws import LEAST, Figure
from simulation.calibration.naming import clean, clock, label, plain, shown, table_of_law
from simulation.calibration.services import ServiceFit


def services_of(draft: Draft) -> list[dict[str, Any]]:
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
