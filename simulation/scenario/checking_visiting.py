"""How often people come and when, against the hours and the days of the scenario: volumes, places elsewhere, appointments, retries."""

from __future__ import annotations

from collections.abc import Sequence

from simulation.scenario.findings import Findings, Path
from simulation.scenario.hours import clock, half_hours_of, hours_of, minutes_of, span_of
from simulation.scenario.tables import BookingTable, OpeningTable, RetryTable, ServiceTable, Tables


def check_visiting(service: ServiceTable, path: Path, tables: Tables, findings: Findings) -> None:
    """A year has days, shares add up, what is done here only is done nowhere else."""
    if service.volume:
        _check_volume(service, (*path, "volume"), tables, findings)
    elsewhere = sum(each.share for each in service.diverted)
    if elsewhere > 1 + 1e-9:
        findings.add("diverted_above_one", (*path, "diverted"), f"{elsewhere:g}")
    elif elsewhere > 0 and service.local_only:
        findings.add("diverted_local", (*path, "diverted"), f"{elsewhere:g}", reason=service.local_only)
    if service.booking:
        _check_booking(service.booking, (*path, "booking"), tables, findings)
    known: set[str] = set()
    for n, retry in enumerate(service.retries):
        _check_retry(retry, (*path, "retries", n), findings)
        for outcome in sorted(known & set(retry.after)):
            findings.add("retry_twice", (*path, "retries", n, "after"), outcome)
        known |= set(retry.after)


def _check_volume(service: ServiceTable, path: Path, tables: Tables, findings: Findings) -> None:
    assert service.volume is not None
    top = tables.top
    if service.arrivals_per_hour is not None:
        findings.add("volume_twice", path)
    elif top and top.horizon:
        findings.add("volume_in_horizon", path)
    elif top and top.demand.starts is None and top.days_per_year is None and not findings.touches(("days_per_year",)):
        findings.add("volume_without_days", path)
    profile = service.volume.profile
    if profile is not None and tables.openings and all(tables.openings) and not findings.touches(("opening",)):
        check_profile(profile, (*path, "profile"), tables.openings, findings)
        if sum(profile) == 0 and service.volume.per_year > 0:
            findings.add("volume_nowhere", (*path, "profile"), f"{service.volume.per_year:g}")


def _check_booking(booking: BookingTable, path: Path, tables: Tables, findings: Findings) -> None:
    if booking.times and (booking.step_min is not None or booking.places is not None):
        findings.add("booking_twice", (*path, "times"))
    elif not booking.times and (booking.step_min is None or booking.places is None):
        findings.add("missing_key", (*path, "step_min" if booking.step_min is None else "places"))
    spans = [span_of(each) for each in tables.openings if each]
    if all(tables.openings) and not findings.touches(("opening",)):
        for n, slot in enumerate(booking.times):
            if not any(start <= minutes_of(slot.at) < end for start, end in spans):
                hours = ", ".join(hours_of(tables.openings))
                findings.add("booking_outside", (*path, "times", n, "at"), clock(minutes_of(slot.at)), hours=hours)
        if isinstance(booking.places, list) and tables.openings:
            check_profile(booking.places, (*path, "places"), tables.openings, findings)
    if booking.channels and abs(sum(each.share for each in booking.channels) - 1) > 1e-9:
        findings.add("shares_not_one", (*path, "channels"), f"{sum(each.share for each in booking.channels):g}")


def _check_retry(retry: RetryTable, path: Path, findings: Findings) -> None:
    if retry.delays and retry.after_days is not None:
        findings.add("delay_twice", (*path, "delays"))
    elif not retry.delays and retry.after_days is None:
        findings.add("missing_key", (*path, "after_days"))
    elif retry.delays and abs(sum(each.share for each in retry.delays) - 1) > 1e-9:
        findings.add("shares_not_one", (*path, "delays"), f"{sum(each.share for each in retry.delays):g}")


def check_profile(profile: Sequence[float], path: Path, openings: Sequence[OpeningTable | None], findings: Findings) -> None:
    count = half_hours_of(openings)
    if len(profile) != count:
        hours = hours_of(openings)
        findings.add("profile_length", path, len(profile), count=count, hours=_and(hours, " and "), hours_zh=_and(hours, "和"))


def _and(listed: list[str], word: str) -> str:
    separator = ", " if word == " and " else "、"
    return listed[0] if len(listed) == 1 else separator.join(listed[:-1]) + word + listed[-1]
