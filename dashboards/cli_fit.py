"""The command that turns a ticket log into a scenario: `openhall fit`.

It reads, calls `simulation.calibration`, prints, and may write the scenario and the rejects; nothing is computed here.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dashboards.cli_console import answer, check_apart, check_target, number, say, show, table, words
from dashboards.cli_hall import JsonTarget

Logs = Annotated[list[str], typer.Argument(metavar="LOG...", help=words("cli_fit_log"), show_default=False)]
MappingName = Annotated[str, typer.Option("--mapping", metavar="NAME|FILE.toml", help=words("cli_fit_mapping"))]
Opens = Annotated[str | None, typer.Option("--opens", metavar="HH:MM", help=words("cli_fit_opens"), show_default=False)]
Out = Annotated[str | None, typer.Option("--out", metavar="SCENARIO.toml", help=words("cli_fit_out"), show_default=False)]
Rejects = Annotated[str | None, typer.Option("--rejects", metavar="FILE.csv", help=words("cli_fit_rejects"), show_default=False)]


def fit(
    logs: Logs,
    mapping: MappingName = "openhall",
    opens: Opens = None,
    out: Out = None,
    rejects: Rejects = None,
    json_target: JsonTarget = None,
) -> None:
    """Fit a scenario to a ticket log."""
    for each in (json_target, out, rejects):
        check_target(each)
    check_apart([json_target, out, rejects], list(logs))
    from dataclasses import replace
    from pathlib import Path

    from simulation.calibration import fit_log, load_mapping, read_log
    from simulation.faults import BadInput, fault
    from simulation.scenario import parse
    from simulation.scenario.writing import to_toml

    how = load_mapping(mapping)
    if how.kind == "snapshots":
        raise BadInput([fault("fit_snapshots", "--mapping", mapping)])
    if opens is not None:
        how = replace(how, minute_0=_minutes(opens))
    log = read_log(logs, how)
    found = fit_log(log, Path(out).stem if out is not None else "fitted")
    parse(found.document, out or "fit")
    if out is not None:
        Path(out).write_text(to_toml(found.document), encoding="utf-8")
    if rejects is not None:
        log.rejects.to_csv(rejects, index=False, encoding="utf-8-sig")
    if not answer(_as_data(found), json_target):
        _show(found)


def _minutes(given: str) -> float:
    from datetime import time

    from simulation.faults import BadInput, fault

    try:
        read = time.fromisoformat(given)
    except ValueError:
        raise BadInput([fault("fit_opens", "--opens", given)]) from None
    return read.hour * 60 + read.minute + read.second / 60


def _as_data(found: Any) -> dict[str, Any]:
    spread = found.arrivals.dispersion
    return {
        "id": found.id,
        "mapping": found.log.mapping.id,
        "leaving": found.log.mapping.leaving,
        "rows": len(found.log.frame),
        "rejects": found.log.reasons,
        "mended": found.log.mended,
        "rounded_min": found.log.rounded,
        "days": list(found.log.days),
        "ordinary_days": list(found.arrivals.days),
        "stray_arrivals": found.arrivals.stray,
        "later_tickets": int((~found.log.frame["first"]).sum()),
        "weekday": {DAYS[day]: factor.to_dict() for day, factor in found.arrivals.weekday.items()},
        "poisson": {
            service: {"distance": test.distance, "p": test.p, "n": test.n} for service, test in found.arrivals.poisson.items()
        },
        "dispersion": None if spread is None else {
            "median": spread.median, **{key: getattr(spread, key).to_dict() for key in ("index", "day_cv", "half_hour_cv")}
        },
        "services": {each.id: _service(each) for each in found.services},
        "windows": {
            "regular": found.windows.regular,
            "skills": found.windows.skills,
            "on_post": {window: _round(row) for window, row in zip(found.windows.ids, found.windows.on_post, strict=True)},
            "open": dict(zip(map(_label, found.windows.half_hours), _round(found.windows.open.mean(axis=0)), strict=True)),
        },
        "figures": {
            each.path: {**each.figure.to_dict(), "unit": each.unit, "n": each.n, "method": each.method} for each in found.figures
        },
    }  # fmt: skip


DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _service(each: Any) -> dict[str, Any]:
    return {
        "served": each.served,
        "short": each.short,
        "laws": [_law(law) for law in each.laws],
        "at_window": {window: _law(law) for window, law in each.at_window.items()},
        "patience": None if each.patience is None else _law(each.patience),
        "left": each.left.to_dict(),
        "no_show": each.no_show.to_dict(),
        "mean_wait": each.mean_wait if each.mean_wait == each.mean_wait else None,
    }


def _law(law: Any) -> dict[str, Any]:
    return {
        **law.table, "aic": law.aic, "ks": law.ks if law.ks == law.ks else None, "fitted_mean": law.mean.to_dict(),
        "fitted_cv": law.cv.to_dict(), "n": law.n, "known": law.known,
    }  # fmt: skip


def _round(row: Any) -> list[float]:
    return [round(float(each), 4) for each in row]


def _label(minutes: float) -> str:
    return f"{int(minutes) // 60:02d}:{int(minutes) % 60:02d}"


def _show(found: Any) -> None:
    log, arrivals = found.log, found.arrivals
    rows, rejects = f"{len(log.frame):,}", f"{len(log.rejects):,}"
    say(words("cli_fit_read", id=found.id, rows=rows, days=len(log.days), ordinary=len(arrivals.days), rejects=rejects))
    for reason, count in log.reasons.items():
        say(f"  {words('cli_fit_reason_' + reason)}{words('cli_colon')}{count:,}")
    columns = ("service", "n", "law", "mean", "ks", "patience", "left")
    made = table(*(words(f"cli_fit_{each}") for each in columns), right=(1, 4))
    for each in found.services:
        best = each.laws[0] if each.laws else None
        made.add_row(
            each.id, f"{each.served:,}", best.law.family if best else words("cli_fit_no_law"), _interval(best.mean) if best else "",
            number(best.ks, 3) if best else "",
            f"{each.patience.law.family} {_interval(each.patience.mean)}" if each.patience else words("cli_fit_assumed"),
            _interval(each.left, 100) + " %" if each.left.value == each.left.value else words("cli_fit_unseen"),
        )  # fmt: skip
    show(made)
    for service, test in arrivals.poisson.items():
        key = "cli_fit_poisson" if test.p >= 0.05 else "cli_fit_not_poisson"
        say(words(key, service=service, distance=number(test.distance, 3), p=f"{test.p:.2g}", n=f"{test.n:,}"))
    if arrivals.dispersion is not None:
        figures = {key: _interval(getattr(arrivals.dispersion, key)) for key in ("index", "day_cv", "half_hour_cv")}
        say(words("cli_fit_dispersion", median=number(arrivals.dispersion.median, 2), **figures))
    else:
        say(words("cli_fit_no_dispersion"))
    say(words("cli_fit_regular" if found.windows.regular else "cli_fit_crew", count=len(found.document["windows"])))
    later = int((~log.frame["first"]).sum())
    if later:
        say(words("cli_fit_later", count=f"{later:,}"), style="yellow")
    say(words("cli_fit_assumptions"), style="dim")


def _interval(figure: Any, factor: float = 1.0) -> str:
    value, low, high = (number(each * factor, 2) if each == each else "–" for each in (figure.value, figure.low, figure.high))
    return f"{value} [{low}, {high}]"
