"""The command that asks whether a hall fitted to a log can be believed: `openhall believe`.

It reads, calls `simulation.calibration`, prints; nothing is computed here. Exit code 1 is the answer "no".
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dashboards.cli_console import answer, bar, check_apart, check_target, say, show, table, words
from dashboards.cli_fit import Logs, MappingName, Office, Opens, mapping_at
from dashboards.cli_hall import Engine, EngineName, JsonTarget, Seed
from dashboards.cli_workers import Scheduler, Workers, workers_of

Held = Annotated[list[str] | None, typer.Option("--held", metavar="LOG", help=words("cli_believe_held"), show_default=False)]
Since = Annotated[str | None, typer.Option("--since", metavar="DAY", help=words("cli_believe_since"), show_default=False)]
Bars = Annotated[list[str] | None, typer.Option("--bar", metavar="NAME=VALUE", help=words("cli_believe_bar"), show_default=False)]
Runs = Annotated[int, typer.Option("--replications", metavar="N", min=2, max=10_000, help=words("cli_believe_replications"))]


def believe(
    logs: Logs,
    mapping: MappingName = "openhall",
    opens: Opens = None,
    office: Office = None,
    held: Held = None,
    since: Since = None,
    bars: Bars = None,
    replications: Runs = 40,
    seed: Seed = 1,
    engine: EngineName = Engine.kernel,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    json_target: JsonTarget = None,
) -> None:
    """Fit on some days of a log, serve the others, and judge the waits."""
    check_target(json_target)
    check_apart([json_target], [*logs, *(held or [])])
    from dashboards.verdicts import as_data
    from simulation.calibration.believing import bars_of
    from simulation.calibration.verdict import believe_files

    how, wanted = mapping_at(mapping, opens), bars_of(_numbers(bars or []))
    with workers_of(workers, scheduler) as crew, bar(words("cli_believe_working")) as progress:
        found = believe_files(
            logs, how, held or (), since, replications, seed, wanted, engine.value,
            lambda share: progress(int(100 * share), 100, None), office, crew,
        )  # fmt: skip
    told = as_data(found)
    if not answer(told, json_target):
        _show(told)
    if not found.believed:
        raise typer.Exit(1)


def _numbers(given: list[str]) -> dict[str, float]:
    from simulation.faults import BadInput, fault

    found, faults = {}, []
    for each in given:
        name, _, value = each.partition("=")
        try:
            found[name] = float(value)
        except ValueError:
            faults.append(fault("believe_bar_value", f"--bar {name}", value or each))
    if faults:
        raise BadInput(faults)
    return found


def _show(told: dict[str, Any]) -> None:
    from dashboards.verdicts import assumptions, basis, both, causes, dirt, left_out, value_of, verdict

    say(verdict(words, told), style="bold")
    say(words("believe_days_told", training=_span(told["training_days"]), held=_span(told["held_days"]), people=f"{told['people']:,}"))
    for each in left_out(words, told):
        say(each)
    rejected = dirt(words, told)
    if rejected:
        say(words("believe_dirty", reasons=words("believe_and").join(f"{why} {count:,}" for why, count in rejected)))
    columns = ("check", "observed", "simulated", "value", "bar", "kept", "perfect", "basis")
    made = table(*(words(f"believe_column_{each}") for each in columns), right=(1, 2, 3, 4))
    for each in told["checks"]:
        sign = "≥" if each["at_least"] else "≤"
        kept = words("believe_untold" if each["kept"] is None else "believe_kept" if each["kept"] else "believe_missed")
        made.add_row(
            words(f"believe_{each['name']}"), *both(each), value_of(words, each), f"{sign} {value_of(words, each, 'bar')}", kept,
            value_of(words, each, "perfect"), basis(words, each),
        )  # fmt: skip
    show(made)
    made = table(*(words(f"believe_column_{each}") for each in ("slot", "people", "observed", "simulated", "band")), right=(1, 2, 3, 4))
    for each in told["by_half_hour"]:
        figures = (f"{each[key]:.2f}" for key in ("observed", "simulated"))
        made.add_row(each["slot"], f"{each['people']:,}", *figures, f"{each['low']:.2f}–{each['high']:.2f}")
    show(made)
    for each in [*causes(words, told), *assumptions(words, told)]:
        say(f"· {each}")


def _span(days: list[str]) -> str:
    return days[0] if len(days) == 1 else f"{days[0]} – {days[-1]} ({len(days)})"
