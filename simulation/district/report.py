"""The answer as plain data: what `openhall district --json` prints and the page draws."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from simulation.district.answer import FIGURES, DistrictFound, SiteFound, cases_of
from simulation.district.equilibrium import Chosen
from simulation.district.inputs import District


def district_as_data(found: DistrictFound) -> dict[str, Any]:
    """Before and after, by kind and by site."""
    district = found.district
    return {
        "district": district.name,
        "plan": found.plan.id,
        "moves": [str(each) for each in found.plan.moves],
        "windows": dict(found.plan.windows),
        "seed": found.seed,
        "circle_min": district.circle,
        "days_per_year": district.days,
        "cases": {kind: {"before": one, "after": two} for kind, (one, two) in cases_of(found).items()},
        "more": dict(found.more),
        "stayed": list(found.stayed),
        "access": {"before": asdict(found.access[0]), "after": asdict(found.access[1])},
        "wait": {"before": found.wait[0].to_dict(), "after": found.wait[1].to_dict()},
        "by_kind": {
            each.kind: {
                "sites": each.sites,
                "cases": {"before": each.cases[0], "after": each.cases[1]},
                "a_year_each": {"before": each.cases[0] / each.sites, "after": each.cases[1] / each.sites},
                "windows": {"before": each.windows[0], "after": each.windows[1]},
                "mean_wait": {"before": each.wait[0].to_dict(), "after": each.wait[1].to_dict()},
                "utilisation": {"before": each.use[0], "after": each.use[1]},
            }
            for each in found.kinds
        },
        "sites": [_site(each) for each in found.sites],
        "zones": zones_as_data(found),
        "assumptions": district.assumptions(),
        "basis": dict(district.basis),
        "digest": found.sites[0].base.digest,
        "version": found.sites[0].base.version,
        "seconds": found.seconds,
    }


def choice_as_data(chosen: Chosen) -> dict[str, Any]:
    """The plan where people choose: cases before, as planned and after, and how well shares and waits agree."""
    data = district_as_data(chosen.found)
    return {
        "spread_min": chosen.choice.spread,
        "wait_weight": chosen.choice.wait_weight,
        "cases": {kind: dict(zip(("before", "planned", "after"), each, strict=True)) for kind, each in chosen.rebound().items()},
        "agreed": chosen.agreed,
        "steps": {"before": chosen.before.steps, "after": chosen.after.steps},
        "gap": {"before": chosen.before.gap, "after": chosen.after.gap},
        "one_end": chosen.one_end,
        "ends_apart": chosen.ends_apart,
        "simulated": chosen.simulated,
        **{key: data[key] for key in ("access", "wait", "by_kind", "sites", "zones")},
    }


def zones_as_data(found: DistrictFound) -> list[dict[str, Any]]:
    """Of each zone: its share of the people, its mean travel and the share of its cases done within the circle, before and after."""
    rows = []
    for zone in found.district.zones:
        row: dict[str, Any] = {"zone": zone.id, "name": dict(zone.name), "people": zone.people}
        for side, flows in zip(("before", "after"), found.flows, strict=True):
            own = [each for each in flows if each.zone == zone.id]
            total = sum(each.cases for each in own)
            there = sum(each.cases for each in own if each.place != "online")
            near = sum(each.cases for each in own if each.place == "online" or each.travel <= found.district.circle)
            row[side] = {
                "done_near": near / total if total else None,
                "mean_travel": sum(each.cases * each.travel for each in own if each.place != "online") / there if there else None,
            }
        rows.append(row)
    return rows


def _site(each: SiteFound) -> dict[str, Any]:
    place = each.before.place
    return {
        "site": each.before.id,
        "place": place.id,
        "name": dict(place.name),
        "kind": place.kind,
        "zone": each.before.zone,
        "sites": each.before.count,
        "windows": {"before": each.before.windows, "after": each.after.windows},
        "cases": {"before": each.before.cases, "after": each.after.cases},
        "cases_a_day": {"before": each.before.a_day, "after": each.after.a_day},
        "replications": each.base.replications,
        **{
            name: {
                "before": each.figure(name, "base").to_dict(),
                "after": each.figure(name, "plan").to_dict(),
                "difference": None if (difference := each.difference(name)) is None else difference.to_dict(),
            }
            for name in FIGURES
        },
    }


def inputs_as_data(district: District) -> list[dict[str, Any]]:
    """The figures of the file with their basis."""
    from simulation.scenario.basis import basis_of

    assumed = set(district.assumptions())
    return [{"figure": path, "basis": basis_of(path, district.basis), "assumption": path in assumed} for path in district.figures]
