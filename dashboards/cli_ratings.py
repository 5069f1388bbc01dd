"""The commands of ratings (好差评): openhall ratings MONTH, openhall signals show, openhall signals measure.

Rates always stand with n, coverage and interval; a signal with its reason and how often it rings at honest windows. Heavy imports wait.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboards.cli_console import answer, check_target, say, show, table, words
from dashboards.cli_hall import JsonTarget
from dashboards.cli_month import SCHEME, Month, SchemeId
from dashboards.cli_record import Hall

if TYPE_CHECKING:
    from supervision.authenticity.measured import FalseAlarms
    from supervision.ratings import Rate

signals = typer.Typer(help=words("cli_help_signals"), no_args_is_help=True, rich_markup_mode=None)
Months = Annotated[int, typer.Option("--months", min=1, help=words("cli_signal_months"))]
Seed = Annotated[int, typer.Option("--seed", min=0, help=words("cli_seed"))]


def ratings(month: Month, hall: Hall, scheme: SchemeId = SCHEME, json_target: JsonTarget = None) -> None:
    """Raw, valid and adjusted good rates of every window with coverage and channels."""
    check_target(json_target)
    from supervision.authenticity.desk import read_figures
    from supervision.db.store import open_store
    from supervision.scheme import load_scheme

    with open_store() as store:
        found = read_figures(store, hall, month, load_scheme(scheme).good_levels())
    rows = [
        {"window": each.window_id, "raw": _plain(each.rates.raw), "valid": _plain(each.rates.valid),
         "adjusted": _plain(each.rates.adjusted), "levels": dict(each.rates.levels), "defaults": each.rates.defaults,
         "coverage": _plain(each.coverage), "named": each.named, "channels": dict(each.channels)}
        for each in found
    ]  # fmt: skip
    if answer({"month": month, "windows": rows}, json_target):
        return
    made = table(*map(words, ("cli_window", "cli_rating_raw", "cli_rating_valid", "cli_rating_adjusted", "cli_rating_coverage",
                              "cli_rating_defaults", "cli_rating_channels")), right=(5,))  # fmt: skip
    for each in found:
        channels = ", ".join(f"{name} {count}" for name, count in each.channels.items())
        rates = (_written(one) for one in (each.rates.raw, each.rates.valid, each.rates.adjusted, each.coverage))
        made.add_row(each.window_id or words("cli_order_hall"), *rates, str(each.rates.defaults), channels)
    show(made)


@signals.command("show", help=words("cli_help_signals_show"))
def show_signals(month: Month, hall: Hall, months: Months = 30, seed: Seed = 1, json_target: JsonTarget = None) -> None:
    """The authenticity signals of a month, each with its reason and its false-alarm rate."""
    check_target(json_target)
    from supervision.authenticity.desk import read_signals
    from supervision.authenticity.measured import measure_false_alarms
    from supervision.db.store import open_store

    with open_store() as store:
        found = read_signals(store, hall, month)
    alarms = {each.rule: each for each in measure_false_alarms(months, seed)} if found else {}
    rows = [
        {"rule": each.rule, "window": each.window_id, "reason": each.reason(words.language), "evidence": list(each.evidence),
         "false_alarms": _alarm(alarms[each.rule])}
        for each in found
    ]  # fmt: skip
    if answer({"month": month, "signals": rows}, json_target):
        return
    for each in found:
        say(f"{each.window_id} {each.name(words.language)}{words('cli_colon')}{each.reason(words.language)}", style="yellow")
        say("    " + words("cli_signal_alarm", **_shares(alarms[each.rule])), style="dim")
    say(words("cli_signal_none" if not found else "cli_signal_never"), style="dim")


@signals.command("measure", help=words("cli_help_signals_measure"))
def measure(months: Months = 100, seed: Seed = 1, json_target: JsonTarget = None) -> None:
    """How often each rule rings at simulated honest windows."""
    check_target(json_target)
    from supervision.authenticity.measured import measure_false_alarms
    from supervision.authenticity.signals import rules

    found = measure_false_alarms(months, seed)
    if answer({"months": months, "seed": seed, "rules": [{"rule": each.rule, **_alarm(each)} for each in found]}, json_target):
        return
    for each in found:
        say(f"{rules()[each.rule]['name'][words.language]}{words('cli_colon')}{words('cli_signal_alarm', **_shares(each))}")
    say(words("cli_signal_assumed"), style="dim")


def _alarm(each: FalseAlarms) -> dict[str, Any]:
    return {"rang": each.rang, "n": each.n, "share": f"{each.share:f}", "low": f"{each.low:f}", "high": f"{each.high:f}"}


def _shares(each: FalseAlarms) -> dict[str, str]:
    numbers = {"share": each.share, "low": each.low, "high": each.high}
    return {"rang": str(each.rang), "n": str(each.n), **{name: f"{100 * value:.2f}" for name, value in numbers.items()}}


def _plain(each: Rate) -> dict[str, Any]:
    return {"good": each.good, "n": each.n, "rate": _text(each.value), "low": _text(each.low), "high": _text(each.high)}


def _text(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:f}"


def _written(each: Rate) -> str:
    if each.value is None or each.low is None or each.high is None:
        return "–"
    return words("cli_rating_rate", share=f"{100 * each.value:.2f}", n=each.n, low=f"{100 * each.low:.2f}", high=f"{100 * each.high:.2f}")
