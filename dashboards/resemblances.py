"""A fitted scenario beside its log, as plain data, a sentence and a table for a terminal; nothing is computed here."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from dashboards.cli_console import number, say, show, table
from simulation.calibration.naming import label, stretches

Words = Callable[..., str]

VERDICTS = ("agrees", "partly", "optimistic", "pessimistic", "untold")


def of_resemblance(found: Any, words: Words, language: str) -> dict[str, Any]:
    """The check as data; `sentence` is what it means and what to do."""
    return {
        "in_sample": True,
        "observed_days": found.days,
        "people": found.people,
        "simulated_days": found.simulated_days,
        "measures": {
            each.name: {"observed": _figure(each.observed), "simulated": _figure(each.simulated), "verdict": each.verdict}
            for each in found.pairs
        },
        "verdict": found.verdict,
        "factor": found.factor if math.isfinite(found.factor) else None,
        "by_half_hour": {
            label(each.at): {"observed": _figure(each.observed), "simulated": _figure(each.simulated), "verdict": each.verdict}
            for each in found.crowds
        },
        "by_service": {
            id: {"observed": told(observed), "simulated": told(simulated)} for id, (observed, simulated) in found.services.items()
        },
        "causes": [{"path": each.path, "code": each.code, "reason": each.text(language)} for each in found.causes],
        "sentence": sentence(found, words, language),
    }


def sentence(found: Any, words: Words, language: str) -> str:
    """One sentence: does it agree, by what factor, why not, what now."""
    mean = found.pairs[0]
    join = words("cli_fit_check_and").join
    off = [each.name for each in found.pairs if each.verdict in ("low", "high")] + ([] if found.course else ["crowd"])
    missed = join(words(f"cli_fit_check_{name}") for name in off)
    reasons = join(f"({n}) {each.text(language)}" for n, each in enumerate(found.causes, start=1))
    causes = words("cli_fit_check_because", causes=reasons) if reasons else words("cli_fit_check_unexplained")
    factor = number(found.factor, 1) if math.isfinite(found.factor) else "∞"
    return words(
        f"cli_fit_check_says_{found.verdict}", simulated=number(mean.simulated.value, 2), observed=number(mean.observed.value, 2),
        factor=factor, missed=missed, causes=causes,
    )  # fmt: skip


def hours(told: dict[str, Any], words: Words) -> str:
    """People waiting by half-hour in one sentence: in how many it agrees, and which are off; "" where none can be told."""
    known = {slot: each["verdict"] for slot, each in told["by_half_hour"].items() if each["verdict"] != "untold"}
    if not known:
        return ""
    off = [
        words(f"cli_fit_check_hours_{way}", hours=words("cli_fit_comma").join(stretched([slot for slot in known if known[slot] == way])))
        for way in ("low", "high")
        if way in known.values()
    ]
    agree = list(known.values()).count("agrees")
    return words("cli_fit_check_hours", agree=agree, count=len(known), off=words("cli_fit_check_and").join(off))


def stretched(slots: list[str]) -> list[str]:
    """Half-hours that follow one another as one: 09:00–10:30."""
    begins = [60 * int(slot[:2]) + int(slot[3:]) for slot in slots]
    return [f"{label(start)}–{label(end)}" for start, end in stretches(sorted(begins))]


def show_offices_beside(told: dict[str, dict[str, Any]], names: dict[str, str], words: Words) -> None:
    """The checks of several offices, a row each, and what they say together.

    told : office -> its check; names : office -> how it is called
    """
    columns = ("office", "mean_log", "mean_scenario", "p90_log", "p90_scenario", "hours_agree", "held")
    made = table(*(words(f"cli_fit_check_{each}") for each in columns), title=words("cli_fit_check_offices_title"), right=(1, 2, 3, 4, 5))
    for id, each in told.items():
        pairs = [each["measures"][name][side]["value"] for name in ("mean", "p90") for side in ("observed", "simulated")]
        known = [half["verdict"] for half in each["by_half_hour"].values() if half["verdict"] != "untold"]
        figures = ("–" if pair is None else number(pair, 1) for pair in pairs)
        made.add_row(names[id], *figures, f"{known.count('agrees')}/{len(known)}", words(f"cli_fit_check_short_{each['verdict']}"))
    show(made)
    say(together(told, names, words), style="bold")


def together(told: dict[str, dict[str, Any]], names: dict[str, str], words: Words) -> str:
    """What the checks of several offices say, and what now."""
    by = {way: [names[id] for id, each in told.items() if each["verdict"] == way] for way in VERDICTS}
    held = by["agrees"] + by["partly"]
    list_ = words("cli_fit_comma").join
    parts = [words(f"cli_fit_check_offices_{way}", count=len(by[way]), names=list_(by[way])) for way in VERDICTS[2:] if by[way]]
    off = words("cli_fit_check_and").join(parts) or words("cli_fit_check_offices_none")
    if not held:
        return words("cli_fit_check_offices_never", count=len(told), off=off)
    return words("cli_fit_check_offices_says", count=len(told), agree=len(held), names=list_(held), off=off)


def show_resemblance(told: dict[str, Any], words: Words) -> None:
    """The check on the terminal."""
    title = words("cli_fit_check_title", days=told["observed_days"], people=f"{told['people']:,}", simulated=told["simulated_days"])
    made = table(*(words(f"cli_fit_check_{each}") for each in ("measure", "observed", "simulated", "held")), title=title)
    for name, each in told["measures"].items():
        factor = 100 if name in ("waiting", "left") else 1
        made.add_row(
            words(f"cli_fit_check_{name}"), _interval(each["observed"], factor), _interval(each["simulated"], factor),
            words(f"cli_fit_check_verdict_{each['verdict']}"),
        )  # fmt: skip
    show(made)
    if told["observed_days"] == 1:
        say(words("cli_fit_check_one_day"))
    by_hours = hours(told, words)
    if by_hours:
        say(by_hours)
    say(told["sentence"], style="bold")


def _figure(figure: Any) -> dict[str, float | None]:
    return {key: told(getattr(figure, key)) for key in ("value", "low", "high")}


def told(value: float) -> float | None:
    """A number as JSON has it: None where there is none."""
    return value if math.isfinite(value) else None


def _interval(figure: dict[str, float | None], factor: float) -> str:
    value, low, high = ("–" if (each := figure[key]) is None else number(each * factor, 2) for key in ("value", "low", "high"))
    return f"{value} [{low}, {high}]"
