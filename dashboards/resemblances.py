"""A fitted scenario beside its log, as plain data, a sentence and a table for a terminal; nothing is computed here."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from dashboards.cli_console import number, say, show, table

Words = Callable[..., str]


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
        "causes": [{"path": each.path, "code": each.code, "reason": each.text(language)} for each in found.causes],
        "sentence": sentence(found, words, language),
    }


def sentence(found: Any, words: Words, language: str) -> str:
    """One sentence: does it agree, by what factor, why not, what now."""
    mean = found.pairs[0]
    join = words("cli_fit_check_and").join
    missed = join(words(f"cli_fit_check_{each.name}") for each in found.pairs if each.verdict in ("low", "high"))
    reasons = join(f"({n}) {each.text(language)}" for n, each in enumerate(found.causes, start=1))
    causes = words("cli_fit_check_because", causes=reasons) if reasons else words("cli_fit_check_unexplained")
    factor = number(found.factor, 1) if math.isfinite(found.factor) else "∞"
    return words(
        f"cli_fit_check_says_{found.verdict}", simulated=number(mean.simulated.value, 2), observed=number(mean.observed.value, 2),
        factor=factor, missed=missed, causes=causes,
    )  # fmt: skip


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
    say(told["sentence"], style="bold")


def _figure(figure: Any) -> dict[str, float | None]:
    return {key: value if math.isfinite(value := getattr(figure, key)) else None for key in ("value", "low", "high")}


def _interval(figure: dict[str, float | None], factor: float) -> str:
    value, low, high = ("–" if (each := figure[key]) is None else number(each * factor, 2) for key in ("value", "low", "high"))
    return f"{value} [{low}, {high}]"
