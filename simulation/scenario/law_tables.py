"""A law of minutes from its table in the file, such as ``{ family = "lognormal", mean = 6.0, cv = 0.6 }``, or its faults."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from simulation.laws import FAMILIES, Law, make_law, quantile
from simulation.scenario.findings import Findings, Path, nearest

LONGEST_MEAN = 1_000_000.0
"""minutes; nearly two years"""
MOST_CV = 100.0
"""above it a mean over any number of days says nothing"""
OUTERMOST = np.array([2.0**-53, 0.5, 1 - 2.0**-53])
"""draws whose minutes must be numbers"""


def read_law(table: dict[str, Any], path: Path, findings: Findings) -> Law | None:
    """The law, or None with its faults told."""
    family = table.get("family")
    if "family" not in table:
        findings.add("missing_key", (*path, "family"))
        return None
    if not isinstance(family, str) or family not in FAMILIES:
        near = nearest(family, FAMILIES) or "exponential"
        findings.add("unknown_family", (*path, "family"), family, nearest=near, known=", ".join(FAMILIES))
        return None
    given = {key: value for key, value in table.items() if key != "family"}
    if not _known_parameters(family, given, path, findings):
        return None
    if given.get("cv", 0.0) > MOST_CV:
        findings.add("law_cv", (*path, "cv"), f"{given['cv']:g}", most=f"{MOST_CV:g}")
        return None
    try:
        law = make_law(family, **given)
        outermost = quantile(law, OUTERMOST)
        mean = law.mean
    except ValueError as problem:
        findings.add("law_impossible", path, family, reason=str(problem))
        return None
    except ArithmeticError:
        mean, outermost = math.inf, OUTERMOST
    if not math.isfinite(mean) or not np.isfinite(outermost).all():
        findings.add("law_not_finite", path, family)
        return None
    if mean > LONGEST_MEAN:
        findings.add("law_too_long", path, f"{mean:g}", most=f"{LONGEST_MEAN:g}")
        return None
    return law


def _known_parameters(family: str, given: dict[str, Any], path: Path, findings: Findings) -> bool:
    """Whether the parameters are those of one form of the family, each a number (each value of an empirical law too)."""
    forms = FAMILIES[family][0]
    allowed = {name for form in forms for name in form} | ({"weights"} if family == "empirical" else set())
    before = len(findings.faults)
    for name, value in given.items():
        if name not in allowed:
            findings.add("law_parameter", (*path, name), name, family=family, forms=_forms(forms))
            continue
        listed = name in ("values", "weights")
        if listed and not isinstance(value, list):
            findings.add("not_a_list", (*path, name), value)
        for position, each in enumerate(value if listed and isinstance(value, list) else [] if listed else [value]):
            if isinstance(each, bool) or not isinstance(each, (int, float)):
                findings.add("not_a_number", (*path, name, position) if listed else (*path, name), each)
    if len(findings.faults) == before and not findings.touches(path) and not any(set(form) == set(given) - {"weights"} for form in forms):
        findings.add("law_forms", path, family, forms=_forms(forms))
    return len(findings.faults) == before and not findings.touches(path)


def _forms(forms: tuple[tuple[str, ...], ...]) -> str:
    return " | ".join(" + ".join(form) for form in forms)
