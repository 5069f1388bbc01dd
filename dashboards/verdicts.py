"""A verdict on a fitted hall as data and as sentences, the same for the command line and the page. Nothing is computed here.

A verdict on few days, few queues or one bar says so: what has hardly been tested is not believed as if it had been.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dashboards.texts import Words
from simulation.scenario.hours import clock

if TYPE_CHECKING:
    from simulation.calibration.believing import Belief

FEW_DAYS, FEW_QUEUES, FEW_PEOPLE = 5, 20, 500
"""held days, usable queues and people below which a kept bar is little evidence; assumptions"""
LEAST_PEOPLE = 30
"""people on the held days, below which a missed bar says as little as a kept one; an assumption"""
ENOUGH_PEOPLE = 20
"""people of a half-hour, all held days together, below which nothing is said of it"""


def as_data(found: Belief) -> dict[str, Any]:
    """The verdict as plain data, as `openhall believe --json` writes it; times in minutes, None where nothing can be told."""
    model = found.model
    return {
        "believed": found.believed,
        "training_days": list(found.training),
        "held_days": list(found.held),
        "people": found.people,
        "checks": [
            {
                "name": each.name, "observed": _plain(each.observed), "simulated": _plain(each.simulated), "value": _plain(each.value),
                "bar": each.bar.value, "at_least": each.bar.least, "basis": each.bar.basis, "kept": each.kept,
                "perfect": dict(zip(("value", "low", "high"), map(_plain, each.ideal), strict=True)),
            }
            for each in found.checks
        ],
        "causes": {name: _plain(value) for name, value in found.causes.items()},
        "rejects": found.dirty,
        "left_out": found.left_out,
        "assumed": found.assumed,
        "by_half_hour": [{**each, "slot": clock(each["slot"])} for each in found.half_hours.to_dict("records")],
        "by_day": found.days.to_dict("records"),
        "by_service": [{key: _plain(value) for key, value in each.items()} for each in found.services.to_dict("records")],
        "gaps": None if model is None or model.gaps is None else {
            "n": model.gaps.n, "mean_s": float(model.gaps.seen.mean()), "median_s": float(_median(model.gaps.seen)),
            **{name: figure.to_dict() for name, figure in model.gaps.figures.items()},
        },
        "ahead_min": {} if model is None else {klass: figure.to_dict() for klass, figure in model.turns.ahead.items()},
    }  # fmt: skip


def _median(values: Any) -> float:
    import numpy as np

    return float(np.median(values))


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value.item() if hasattr(value, "item") else value


def verdict(words: Words, told: Mapping[str, Any]) -> str:
    """The verdict in one sentence: what holds and what does not, on how much evidence, and what to do."""
    missed = [each for each in told["checks"] if each["kept"] is False]
    kept = [each for each in told["checks"] if each["kept"] is True]
    facts = {
        "days": len(told["held_days"]), "people": f"{told['people']:,}", "count": len(kept), "kept": _measured(words, kept),
        "missed": _measured(words, missed), "why": words("believe_and").join(thin(words, told)),
        "hours": words("believe_not_hours", hours=words("believe_and").join(doubted_hours(told))) if doubted_hours(told) else "",
    }  # fmt: skip
    if told["people"] < LEAST_PEOPLE:
        return words("believe_nobody_knows", **facts)
    if missed:
        return words("believe_no" if kept else "believe_never", **facts)
    if not kept:
        return words("believe_nobody_knows", **facts)
    return words("believe_little" if facts["why"] else "believe_yes", **facts)


def tone(told: Mapping[str, Any], words: Words) -> str:
    """Of the sentence: good only where every bar is kept on enough evidence."""
    if any(each["kept"] is False for each in told["checks"]):
        return "warn"
    return "plain" if thin(words, told) else "good"


def thin(words: Words, told: Mapping[str, Any]) -> list[str]:
    """Why a verdict stands on little."""
    judged = sum(each["kept"] is not None for each in told["checks"])
    queues = sum(bool(each.get("usable")) for each in told["by_service"])
    found = [words("believe_one_bar")] if judged == 1 else []
    found += [words("believe_untold_bars", count=len(told["checks"]) - judged)] if judged < len(told["checks"]) else []
    found += [words("believe_few_days", count=len(told["held_days"]))] if len(told["held_days"]) < FEW_DAYS else []
    found += [words("believe_few_queues", count=queues)] if 0 < queues < FEW_QUEUES else []
    found += [words("believe_few_people", count=told["people"])] if told["people"] < FEW_PEOPLE else []
    return found


def doubted_hours(told: Mapping[str, Any]) -> list[str]:
    """Stretches of half-hours, as 15:00–16:00, in which the observed mean wait of enough people lies outside the band."""
    spans: list[list[int]] = []
    for each in told["by_half_hour"]:
        inside = each["low"] - 1e-9 <= each["observed"] <= each["high"] + 1e-9
        if inside or each["people"] < ENOUGH_PEOPLE:
            continue
        hour, minute = map(int, str(each["slot"]).split(":"))
        start = 60 * hour + minute
        if spans and spans[-1][1] == start:
            spans[-1][1] = start + 30
        else:
            spans.append([start, start + 30])
    return [f"{clock(start)}–{clock(end)}" for start, end in spans]


def _measured(words: Words, checks: list[Mapping[str, Any]]) -> str:
    """Measures with their value and bar."""
    signs = {True: "≥", False: "≤"}
    return words("believe_and").join(
        words("believe_measured", name=words(f"believe_{each['name']}"), value=value_of(words, each),
              bar=f"{signs[each['at_least']]} {value_of(words, each, 'bar')}")
        for each in checks
    )  # fmt: skip


def assumptions(words: Words, told: Mapping[str, Any]) -> list[str]:
    """What the model takes for granted, each with what it does where that is known; marked as assumptions."""
    given, causes = told.get("assumed") or {}, told["causes"]
    found = []
    if "cv" in given:
        others = {
            name: f"{causes[name]:.2f}" if causes.get(name) is not None else words("believe_untold") for name in ("cv_low", "cv_high")
        }
        found.append(words("believe_assumed_cv", cv=f"{given['cv']:g}", **others))
    if "alone" in given:
        found.append(words("believe_assumed_alone"))
    return found


def left_out(words: Words, told: Mapping[str, Any]) -> list[str]:
    """What of the held days was not served again, one sentence each."""
    return [words(f"believe_left_{name}", count=f"{count:,}") for name, count in (told.get("left_out") or {}).items()]


def value_of(words: Words, check: Mapping[str, Any], key: str = "value") -> str:
    """A value of a check, or its bar, in its own unit."""
    value = check[key] if key != "perfect" else check["perfect"]["value"]
    if value is None:
        return words("believe_untold")
    return f"{value:.2f}" if check["name"] in ("days", "factor") else f"{100 * value:.1f} %"


def basis(words: Words, check: Mapping[str, Any]) -> str:
    """Where a bar comes from."""
    kind = check["basis"] if check["basis"] in ("assumption", "input") else "split" if str(check["basis"]).startswith("odd") else "known"
    return words(f"believe_basis_{kind}")


def both(check: Mapping[str, Any]) -> tuple[str, str]:
    """Observed and simulated, where a check has both."""
    if check["observed"] is None:
        return "", ""
    shares = check["name"] in ("waiting", "left")
    return tuple(f"{100 * check[key]:.1f} %" if shares else f"{check[key]:.2f}" for key in ("observed", "simulated"))  # type: ignore[return-value]


def causes(words: Words, told: Mapping[str, Any]) -> list[str]:
    """What a miss comes from, one sentence each."""
    given, found = told["causes"], []
    mean = next((each for each in told["checks"] if each["name"] == "mean"), None)
    if mean is not None and given:
        for part in ("gaps", "idle", "turns", "pace"):
            if given.get(f"without_{part}") is not None:
                found.append(words(f"believe_without_{part}", minutes=f"{given[f'without_{part}']:.2f}", now=f"{mean['simulated']:.2f}"))
        if given.get("as_served") is not None:
            found.append(words("believe_as_served", minutes=f"{given['as_served']:.2f}", observed=f"{mean['observed']:.2f}"))
        if given.get("services_held") is not None:
            found.append(words("believe_services_held", percent=f"{100 * (given['services_held'] - 1):+.1f}"))
        if given.get("hurry_1") is not None and given.get("hurry_5") is not None:
            found.append(words("believe_hurry", one=f"{100 * given['hurry_1']:.0f}", many=f"{100 * given['hurry_5']:.0f}"))
        if given.get("worst_day") is not None and told["by_day"]:
            worst = max(told["by_day"], key=lambda each: abs(each["simulated"] - each["observed"]) * each["people"])
            waits = {key: f"{worst[key]:.2f}" for key in ("observed", "simulated")}
            found.append(words("believe_worst_day", day=worst["day"], **waits))
    if given.get("repeat") is not None:
        found.append(words("believe_repeat", repeat=f"{given['repeat']:.2f}"))
        if given["split_half"] is not None:
            found.append(words("believe_split_half", factor=f"{given['split_half']:.2f}"))
        share = f"{100 * given['believed_queues']:.0f}"
        found.append(words("believe_queues", share=share, queues=int(given["queues"]), pools=int(given["pools"])))
        found.append(words("believe_bias", bias=f"{given['bias']:.2f}", busier=f"{given['busier']:.2f}"))
    found += [words("believe_doubted", names="; ".join(doubted(told)))] if doubted(told) else []
    low = [each for each in told["checks"] if each["kept"] is False and _hard(each)]
    found += [words("believe_hard", name=words(f"believe_{each['name']}"), value=value_of(words, each, "perfect")) for each in low]
    return found


def doubted(told: Mapping[str, Any]) -> list[str]:
    """The queues of snapshots that are further off than the bar, the worst first."""
    bar = next((each["bar"] for each in told["checks"] if each["name"] == "factor"), None)
    if bar is None:
        return []
    return [f"{each['service']} ({each['factor']:.1f})" for each in told["by_service"] if each.get("usable") and each["factor"] > bar]


def _hard(check: Mapping[str, Any]) -> bool:
    """Whether a perfect model would miss the bar in one case of twenty or more."""
    edge = check["perfect"]["low" if check["at_least"] else "high"]
    return edge is not None and (edge < check["bar"] if check["at_least"] else edge > check["bar"])


def dirt(words: Words, told: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Why rows were not believed, or were mended, and how many."""
    from simulation.calibration.reasons import reason_in

    return [(reason_in(reason, words.language), count) for reason, count in told["rejects"].items()]
