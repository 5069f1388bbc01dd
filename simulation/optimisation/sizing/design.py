"""The hall of a sheet on one day: so many cases, so many windows of each group, kiosks and companions, as a scenario of its own.

Every change is one of the document, so that what is simulated can be written out and read again. Numbers of windows that the hall scenario
has say only how the work is shared among groups that serve the same (`weights`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from simulation.optimisation.sizing.inputs import Sizing
from simulation.plans import scale_demand, scale_service
from simulation.plans.document import copied, settled
from simulation.plans.stations import KIOSK_FAILS, set_station, station_of
from simulation.scenario import Scenario, parse

Counts = Mapping[str, int]
"""group of windows -> how many"""


def groups(sizing: Sizing) -> list[dict[str, Any]]:
    """The groups of windows of the hall, as its document lists them."""
    listed: list[dict[str, Any]] = copied(sizing.hall.document)["windows"]
    return listed


def weights(sizing: Sizing) -> dict[str, int]:
    """How many windows each group has in the hall scenario."""
    return {each["id"]: each.get("count") or 1 for each in groups(sizing)}


def hall_on(sizing: Sizing, cases: float, counts: Counts, kiosks: int, bare: bool = False) -> Scenario:
    """The hall on a day with so many cases, ready to be simulated.

    bare : without kiosks and companions. Those whom the kiosks serve do not come (a part of a Poisson stream is one), those whom they fail
        come straight to the windows; companions change no wait. The windows have the same work, and a day is simulated many times faster.
    """
    return _built(Frozen(sizing), cases, tuple(sorted(counts.items())), kiosks, bare)


class Frozen:
    """A sheet as a key of the cache: what the hall depends on."""

    __slots__ = ("key", "sizing")

    def __init__(self, sizing: Sizing) -> None:
        self.sizing = sizing
        names = ("demand.service_factor", "demand.companions", "kiosks.share", "kiosks.service_min", "target.wait_min", "target.share")
        self.key = (sizing.hall.digest, *(sizing[name] for name in names))

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Frozen) and self.key == other.key


@lru_cache(maxsize=128)
def _built(frozen: Frozen, cases: float, counts: tuple[tuple[str, int], ...], kiosks: int, bare: bool) -> Scenario:
    sizing = frozen.sizing
    document = scale_demand(sizing.hall.document, cases / sizing.hall.citizens_per_day())
    document = scale_service(document, sizing["demand.service_factor"])
    share = sizing["kiosks.share"] if kiosks > 0 else 0.0
    if share > 0 and bare:
        served = [each["id"] for each in document["services"] if not each.get("own_window")]
        document = scale_demand(document, 1 - share * (1 - KIOSK_FAILS), served)
    elif share > 0:
        document = set_station(document, "kiosk", "", (kiosks, share))
        station = station_of(document, "kiosk", "")
        assert station is not None, "it has just been set"
        station["service_min"] = {"family": "exponential", "mean": sizing["kiosks.service_min"]}
    wanted = dict(counts)
    for entry in document["windows"]:
        if entry["id"] in wanted:
            entry["count"] = wanted[entry["id"]]
    document["windows"] = [each for each in document["windows"] if each.get("count") != 0]
    _set_people(document, sizing, bare)
    changed = [f"windows.{name}.count" for name in wanted] + [f"services.{each['id']}.target" for each in document["services"]]
    document = settled(document, changed)
    document["name"] = f"{sizing.name}-hall"
    return parse(document, sizing.path or sizing.name)


def _set_people(document: dict[str, Any], sizing: Sizing, bare: bool) -> None:
    """The target of everybody who comes, and the companions."""
    each_one = sizing["demand.companions"]
    whole = int(each_one)
    for service in document["services"]:
        target = {"wait_min": sizing["target.wait_min"]}
        if sizing["target.share"] > 0:
            target["share"] = sizing["target.share"]
        service["target"] = target
        if bare:
            service.pop("companions", None)
            continue
        # with the mean asked for; a list even for 0, so that the people who wait are counted
        service["companions"] = [{"count": whole, "share": 1 - (each_one - whole)}, {"count": whole + 1, "share": each_one - whole}]
