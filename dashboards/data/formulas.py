"""Formulas beside a simulated result: rows for tables, and the sentence that says which to trust."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboards.texts import Words
from simulation.formulas import Formula, Reason, Verdict, formulas_of, judge, reasons_of
from simulation.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Beside:
    """Every formula, judged by a simulated mean wait."""

    formulas: tuple[Formula, ...]
    verdicts: Mapping[str, Verdict]
    reasons: tuple[Reason, ...]
    simulated: Mapping[str, Any]
    """value, low and high of the mean wait, minutes; None where there is none"""


def beside(scenario: Scenario, simulated: Mapping[str, Any]) -> Beside:
    """The formulas of a hall beside its simulated `mean_wait` as `Estimate.to_dict` gives it."""
    found = formulas_of(scenario)
    value, low, high = (math.nan if simulated[key] is None else float(simulated[key]) for key in ("value", "low", "high"))
    return Beside(found, {each.name: judge(each, value, low, high) for each in found}, reasons_of(scenario), simulated)


def sentence(words: Words, found: Beside) -> str:
    """So what: which formula can be used here, or that none can."""
    if found.simulated["value"] is None:
        return words("formulas_nobody")
    facts = {"wait": f"{found.simulated['value']:.1f}"}
    if found.simulated["low"] is None:
        return words("formulas_one_day", **facts)
    agreeing = [words(f"formula_{name}") for name, verdict in found.verdicts.items() if verdict == "agrees"]
    worst = worst_of(found)
    if worst is None:
        return words("formulas_agree" if agreeing else "formulas_none", formulas=words("formulas_comma").join(agreeing), **facts)
    facts |= {"formula": words(f"formula_{worst.name}"), "minutes": f"{worst.mean_wait:.1f}", "times": times(worst.mean_wait, found)}
    return words("formulas_mislead_some" if agreeing else "formulas_mislead", formulas=words("formulas_comma").join(agreeing), **facts)


def worst_of(found: Beside) -> Formula | None:
    """The misleading formula that is furthest from the simulation, as a factor; None if none misleads."""
    value = found.simulated["value"]
    misled = [each for each in found.formulas if found.verdicts[each.name] == "misleads"]
    return max(misled, key=lambda each: abs(math.log(max(each.mean_wait, 1e-9) / value)), default=None) if value else None


def times(wait: float, found: Beside) -> str:
    """How many times the formula's wait the simulated one is, or the other way round; above a hundred no more than that."""
    ratio = found.simulated["value"] / wait if wait > 0 else math.inf
    return f"{min(max(ratio, 1 / ratio if ratio else math.inf), 100):.1f}"


def reasons(words: Words, found: Beside) -> list[str]:
    """What of this hall the formulas do not know."""
    return [words(f"formula_reason_{each.key}", **each.facts) for each in found.reasons]


def as_data(found: Beside) -> dict[str, Any]:
    """For JSON."""
    return {
        "simulated": dict(found.simulated),
        "formulas": [
            {
                "name": each.name,
                "mean_wait": None if math.isnan(each.mean_wait) else each.mean_wait,
                "verdict": found.verdicts[each.name],
                "why_none": each.why_none,
                "by_half_hour": {label: None if math.isnan(wait) else wait for label, wait in each.by_half_hour.items()},
            }
            for each in found.formulas
        ],
        "reasons": [{"key": each.key, "facts": each.facts, "misleads": list(each.formulas)} for each in found.reasons],
    }
