"""Every measure once: its formula, who is counted, its unit, its words in both languages, and where it is given.

The table itself is data (registry.toml). The pages' help, the definitions sheet of an export and the documentation all read it. A
measure is either one total over another (see totals.py) or a quantile of the waits of the served.

Loads neither numba nor numpy.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from simulation.measures.totals import TOTALS

Better = Literal["lower", "higher"]
Place = Literal["overall", "by_service", "by_half_hour", "by_window"]
PLACES = ("overall", "by_service", "by_half_hour", "by_window", "by_class", "by_item")
"""where results are given; by_class and by_item have the measures of by_service, over all lines of a class or of a service of the file"""
Text = Mapping[str, str]
"""language ("zh", "en") -> text"""


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure's definition."""

    name: str
    unit: str
    """a key of UNITS"""
    better: Better | None
    """the better direction; None where neither is"""
    places: tuple[Place, ...]
    """where it is given"""
    numerator: int
    """row of the totals, -1 for a quantile"""
    denominator: int
    """row of the totals, -1 for a quantile"""
    share: float
    """the quantile's share, 0 for a ratio"""
    label: Text
    definition: Text
    counted: Text
    """who is counted"""
    formula: Text

    def is_given(self, place: str) -> bool:
        """Whether it is given at a place, one of PLACES."""
        return ("by_service" if place in ("by_class", "by_item") else place) in self.places

    @property
    def is_quantile(self) -> bool:
        """Whether it is read from the waits themselves, not from totals."""
        return self.numerator < 0


def _measure(name: str, given: Mapping[str, Any]) -> Measure:
    numerator, denominator = (TOTALS.index(each) for each in given["ratio"]) if "ratio" in given else (-1, -1)
    words = (MappingProxyType(dict(given[each])) for each in ("label", "definition", "counted", "formula"))
    return Measure(name, given["unit"], given.get("better"), tuple(given["at"]), numerator, denominator, given.get("quantile", 0.0), *words)


_TABLE = tomllib.loads(Path(__file__).with_name("registry.toml").read_text(encoding="utf-8"))

UNITS: Mapping[str, Text] = MappingProxyType(_TABLE["units"])
"""a unit's code -> what it stands for"""
MEASURES: Mapping[str, Measure] = MappingProxyType({name: _measure(name, given) for name, given in _TABLE["measures"].items()})
"""name -> definition, in the order in which they are shown"""
RATIOS: tuple[Measure, ...] = tuple(each for each in MEASURES.values() if not each.is_quantile)
QUANTILES: tuple[Measure, ...] = tuple(each for each in MEASURES.values() if each.is_quantile)
