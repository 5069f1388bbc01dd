"""What a fit found, as plain data for `--json` and as words and tables for a terminal; nothing is computed here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboards.cli_console import number, say, show, table
from simulation.calibration.naming import label
from simulation.calibration.reasons import reason_in
from simulation.dates import KINDS

Words = Callable[..., str]

_BY_HALF_HOUR = ".arrivals_per_hour."
_IN_FIRST_TABLE = (".service_min.mean", ".service_min.cv", ".patience_min.mean", _BY_HALF_HOUR)


# ---- data ------------------------------------------------------------------------------------------------------------------------------


def of_log(found: Any, language: str) -> dict[str, Any]:
    """A fit of tickets."""
    spread, counts = found.arrivals.dispersion, found.log.frame["outcome"].value_counts()
    return {
        "id": found.id,
        "mapping": found.log.mapping.id,
        "leaving": found.log.mapping.leaving,
        "rows": len(found.log.frame),
        "outcomes": {str(outcome): int(n) for outcome, n in counts.items()},
        "rejects": found.log.reasons,
        "mended": found.log.mended,
        "rounded_min": found.log.rounded,
        "days": list(found.log.days),
        "ordinary_days": list(found.arrivals.days),
        "stray_arrivals": found.arrivals.stray,
        "later_tickets": int((~found.log.frame["first"]).sum()),
        "openings": [
            {"from": label(each.start), "to": label(each.end), "early_min": each.early, "at_end": each.at_end, "waited": each.waited}
            for each in found.periods
        ],
        "weekday": {KINDS[day]: factor.to_dict() for day, factor in found.arrivals.weekday.items()},
        "weekday_p": found.arrivals.weekday_p if found.arrivals.weekday else None,
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
            "open": dict(zip(map(label, found.windows.half_hours), _round(found.windows.open.mean(axis=0)), strict=True)),
        },
        "pauses": None if found.pauses is None else {
            "mean_min": found.pauses.mean.to_dict(), "median_min": found.pauses.middle, "n": found.pauses.n,
        },
        **_told(found, language),
    }  # fmt: skip


def of_offices(snapshots: Any, found: Any, checks: dict[str, Any], language: str) -> dict[str, Any]:
    """Fits of snapshots.

    checks : office -> its scenario beside its snapshots, as `dashboards.resemblances.of_resemblance` gives it; empty if not asked for
    """
    return {
        "id": snapshots.id,
        "mapping": snapshots.mapping.id,
        "rows": snapshots.rows,
        "days": list(snapshots.days),
        "not_believed": snapshots.reasons,
        "offices": {
            each.id: {
                "office": each.office,
                "queues": {
                    queue.id: {
                        "name": queue.name, "tickets": queue.tickets, "days": queue.days, "observed_mean_wait": queue.wait,
                        "work_min": queue.work.to_dict(), "congested_min": queue.congested.to_dict(), "most_windows": queue.windows,
                        "line": list(queue.line), "shared": queue.shared, "stuck": queue.stuck,
                    }
                    for queue in each.queues
                },
                **_told(each, language),
                "check": checks.get(each.id),
            }
            for each in found
        },
    }  # fmt: skip


def _told(found: Any, language: str) -> dict[str, Any]:
    """The figures with their intervals, and the assumptions with their reasons."""
    return {
        "figures": {
            each.path: {**each.figure.to_dict(), "unit": each.unit, "n": each.n, "method": each.method, "written": each.written}
            for each in found.figures
        },
        "assumptions": [{"path": each.path, "code": each.code, "reason": each.text(language), **each.facts} for each in found.unknowns],
    }


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


# ---- words -----------------------------------------------------------------------------------------------------------------------------


def show_log(found: Any, words: Words, language: str) -> None:
    """A fit of tickets on the terminal."""
    log, arrivals = found.log, found.arrivals
    rows, rejects = f"{len(log.frame):,}", f"{len(log.rejects):,}"
    say(words("cli_fit_read", id=found.id, rows=rows, days=len(log.days), ordinary=len(arrivals.days), rejects=rejects))
    counts = log.frame["outcome"].value_counts()
    say(words("cli_fit_outcomes", outcomes=words("cli_fit_comma").join(f"{words(f'outcome_{each}')} {n:,}" for each, n in counts.items())))
    for reason, count in log.reasons.items():
        say(f"  {reason_in(reason, language)}{words('cli_colon')}{count:,}")
    made = table(*(words(f"cli_fit_{each}") for each in ("service", "n", "law", "mean", "ks")), right=(1, 4))
    line = table(*(words(f"cli_fit_{each}") for each in ("service", "wait", "left", "patience")), right=(1,))
    for each in found.services:
        best = each.laws[0] if each.laws else None
        law = words(f"law_{best.law.family}") if best else words("cli_fit_no_law")
        made.add_row(each.id, f"{each.served:,}", law, interval(best.mean) if best else "", number(best.ks, 3) if best else "")
        patience = each.patience
        line.add_row(
            each.id, number(each.mean_wait, 1) if each.mean_wait == each.mean_wait else "–",
            interval(each.left, 100) + " %" if each.left.value == each.left.value else words("cli_fit_unseen"),
            f"{words(f'law_{patience.law.family}')} {interval(patience.mean)}" if patience else words("cli_fit_assumed"),
        )  # fmt: skip
    show(made)
    show(line)
    for service, test in arrivals.poisson.items():
        key = "cli_fit_poisson" if test.p >= 0.05 else "cli_fit_not_poisson"
        say(words(key, service=service, distance=number(test.distance, 3), p=f"{test.p:.2g}", n=f"{test.n:,}"))
    if arrivals.dispersion is not None:
        figures = {key: interval(getattr(arrivals.dispersion, key)) for key in ("index", "day_cv", "half_hour_cv")}
        say(words("cli_fit_dispersion", median=number(arrivals.dispersion.median, 2), **figures))
    regular = found.windows.regular and not any(each.code.startswith("crew") for each in found.unknowns)
    say(words("cli_fit_regular" if regular else "cli_fit_crew", count=len(found.document["windows"])))
    _show_figures(found, words)
    _show_unknowns(found, words, language)


def show_offices(snapshots: Any, found: Any, checks: dict[str, Any], words: Words, language: str) -> None:
    """Fits of snapshots on the terminal."""
    tickets = sum(queue.tickets for each in found for queue in each.queues)
    say(words("cli_fit_snapshots", id=snapshots.id, rows=f"{snapshots.rows:,}", days=len(snapshots.days), tickets=f"{tickets:,}"))
    for reason, count in snapshots.reasons.items():
        say(f"  {reason_in(reason, language)}{words('cli_colon')}{count:,}")
    for each in found:
        columns = ("queue", "tickets", "wait", "simulated", "work", "congested", "windows", "line")
        made = table(*(words(f"cli_fit_{name}") for name in columns), title=each.office or each.id, right=(1, 2, 3, 6))
        simulated = checks[each.id]["by_service"] if each.id in checks else {}
        for queue in each.queues:
            together = len(queue.line) > 1
            line = "cli_fit_together" if together else "cli_fit_shared" if queue.shared > 1 else "cli_fit_own"
            wait = simulated.get(each.ids[queue.id], {}).get("simulated")
            windows = words("cli_fit_stuck") if queue.stuck else f"{queue.windows:.0f}"
            made.add_row(
                queue.name.removeprefix(f"{each.office}: "), f"{queue.tickets:,}", number(queue.wait, 1),
                "–" if wait is None else number(wait, 1), interval(queue.work),
                interval(queue.congested), windows, words(line, count=len(queue.line) if together else queue.shared),
            )  # fmt: skip
        show(made)
        _show_unknowns(each, words, language)
    if not checks:
        say(words("cli_fit_office_check"))


def _show_figures(found: Any, words: Words) -> None:
    """What the first table does not have: the rest of the figures, by their place in the scenario."""
    rest = [each for each in found.figures if not any(part in each.path for part in _IN_FIRST_TABLE)]
    if not rest:
        return
    made = table(
        words("cli_fit_path"), words("cli_fit_figure"), words("cli_fit_unit"), words("cli_fit_rows"), words("cli_fit_written"), right=(3,)
    )
    for each in rest:
        at = each.unit == "minute of the day"
        value = _clocks(each.figure) if at else interval(each.figure)
        unit = "" if at or not each.unit else words("fit_unit_" + each.unit.replace(" ", "_"))
        made.add_row(each.path, value, unit, f"{each.n:,}", words("cli_fit_yes" if each.written else "cli_fit_no"))
    show(made)


def _show_unknowns(found: Any, words: Words, language: str) -> None:
    """Every assumption with its reason; those with one reason for many places once."""
    told: dict[str, list[str]] = {}
    for each in found.unknowns:
        told.setdefault(each.text(language), []).append(each.path)
    if not told:
        return
    say(words("cli_fit_assumptions", count=len(told)))
    for reason, paths in told.items():
        named = [path for path in paths if path]
        where = f"{named[0]}{words('cli_fit_more', count=len(named) - 1) if len(named) > 1 else ''}{words('cli_colon')}" if named else ""
        say(f"  {where}{reason}")


def _clocks(figure: Any) -> str:
    value, low, high = (label(round(each)) if each == each else "–" for each in (figure.value, figure.low, figure.high))
    return f"{value} [{low}, {high}]"


def interval(figure: Any, factor: float = 1.0) -> str:
    """A figure with its interval."""
    value, low, high = (number(each * factor, 2) if each == each else "–" for each in (figure.value, figure.low, figure.high))
    return f"{value} [{low}, {high}]"
