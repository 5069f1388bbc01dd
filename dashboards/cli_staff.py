"""The command that answers "how many windows, when": `openhall staff`.

It reads, calls `simulation.optimisation`, prints, and may write the plan; nothing is computed here.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dashboards.cli_console import answer, bar, check_apart, check_target, number, say, show, table, words
from dashboards.cli_hall import JsonTarget, ScenarioName, Seed, Workers

Targets = Annotated[
    list[str] | None, typer.Option("--target", metavar="'MEASURE <= X'", help=words("cli_staff_target"), show_default=False)
]
Chances = Annotated[float | None, typer.Option("--chance", help=words("cli_staff_chance"), show_default=False)]
Seats = Annotated[list[str] | None, typer.Option("--seats", metavar="GROUP=N", help=words("cli_staff_seats"), show_default=False)]
Out = Annotated[str | None, typer.Option("--out", metavar="FILE.toml", help=words("cli_staff_out"), show_default=False)]
ShiftHours = Annotated[list[float] | None, typer.Option("--shift", metavar="HOURS", help=words("cli_staff_shift"), show_default=False)]

NO = 1
"""the exit code of the answer "no" """


def staff(
    scenario: ScenarioName,
    target: Targets = None,
    chance: Chances = None,
    seats: Seats = None,
    shift: ShiftHours = None,
    seed: Seed = 1,
    workers: Workers = 1,
    out: Out = None,
    json_target: JsonTarget = None,
) -> None:
    """Find the fewest window-hours by half-hour that keep the targets."""
    for each in (json_target, out):
        check_target(each)
    check_apart([json_target, out], [scenario])
    from dashboards.shipped import find_scenario
    from simulation.optimisation import cover_by_shifts, patterns_of, read_targets
    from simulation.optimisation import staff as search
    from simulation.optimisation.staffing import half_hours_of
    from simulation.scenario import load_scenario

    hall = load_scenario(find_scenario(scenario))
    targets = read_targets(target or [], hall)
    with bar(words("cli_staff_searching", name=hall.name)) as advance:
        how: dict[str, Any] = {"chance": chance, "seats": _seats(seats or []), "seed": seed, "workers": workers}
        found = search(hall, targets, **how, progress=lambda stage, done: advance(done, None, None))
    if out is not None:
        from pathlib import Path

        Path(out).write_text(found.plan.to_toml(), encoding="utf-8")
    shifts = None
    if shift:
        starts = [slot.start for slot in half_hours_of(hall)]
        shifts = cover_by_shifts(found.needed, patterns_of(starts, lengths=shift, part_time=[each for each in shift if each <= 4]))
    if not answer(_as_data(found, shifts), json_target):
        _show(found, shifts)
    if not found.kept:
        raise typer.Exit(NO)


def _seats(given: list[str]) -> dict[str, int]:
    from simulation.faults import BadInput, fault

    read, faults = {}, []
    for each in given:
        group, _, count = each.partition("=")
        if not count.strip().lstrip("-").isdigit():
            faults.append(fault("staff_seats_unreadable", "--seats", each))
        else:
            read[group.strip()] = int(count)
    if faults:
        raise BadInput(faults)
    return read


def _as_data(found: Any, shifts: Any) -> dict[str, Any]:
    low, high = found.chance.interval()
    data = {
        "scenario": found.confirmed.scenario,
        "targets": [each.text for each in found.targets],
        "kept": found.kept,
        "half_hours": list(found.half_hours),
        "needed": {group: list(row) for group, row in found.needed.items()},
        "before": {group: list(row) for group, row in found.before.items()},
        "window_hours": found.window_hours(),
        "window_hours_before": found.window_hours(found.before),
        "most_open": found.most_open(),
        "chance": {"value": found.chance.value, "low": low, "high": high, "days": found.chance.days},
        "measures": {each.text: each.estimate(found.confirmed).to_dict() for each in found.targets},
        "worst_half_hour": found.worst_half_hour,
        "short_of": found.short_of,
        "simulated_days": found.simulated,
        "seconds": found.seconds,
    }
    if shifts is not None:
        data["shifts"] = {
            "people": shifts.people,
            "hours": shifts.half_hours / 2,
            "groups": {
                group: [{"half_hours": [found.half_hours[n] for n in pattern.works], "people": count} for pattern, count in rows]
                for group, rows in shifts.chosen.items()
            },
        }
    return data


def _show(found: Any, shifts: Any) -> None:
    hours, before = found.window_hours(), found.window_hours(found.before)
    low, high = found.chance.interval()
    key = "cli_staff_kept" if found.kept else "cli_staff_short" if found.short_of else "cli_staff_not_kept"
    chance = {"chance": f"{100 * found.chance.value:.0f}", "low": f"{100 * low:.0f}", "high": f"{100 * high:.0f}"}
    facts = {"hours": number(hours, 1), "before": number(before, 1), "most": found.most_open()}
    say(words(key, **facts, slot=found.worst_half_hour, group=found.short_of or "", **chance))
    for each in found.targets:
        estimate = each.estimate(found.confirmed)
        value, low_bound, high_bound = (f"{figure:.4g}" for figure in (estimate.value, estimate.low, estimate.high))
        say(words("cli_staff_measure", target=each.text, value=value, low=low_bound, high=high_bound))
    made = table(words("cli_staff_half_hour"), *found.needed, right=tuple(range(1, 1 + len(found.needed))))
    for n, label in enumerate(found.half_hours):
        made.add_row(label, *(f"{row[n]} ({found.before[group][n]})" for group, row in found.needed.items()))
    show(made)
    say(words("cli_staff_bracket"))
    if shifts is not None:
        say(words("cli_staff_shifts", people=shifts.people, hours=number(shifts.half_hours / 2, 1)))
        for group, chosen in shifts.chosen.items():
            for pattern, count in chosen:
                say(f"  {group}: {count} × {_span(found.half_hours, pattern.works)}")
    say(words("cli_staff_effort", days=found.simulated, seconds=f"{found.seconds:.0f}"))


def _span(labels: Any, works: Any) -> str:
    """Half-hours as stretches, such as 08:30-12:00 + 14:30-17:30 (the last begins at its label)."""
    parts: list[list[int]] = []
    for n in works:
        if parts and n == parts[-1][-1] + 1 and _minutes(labels[n]) - _minutes(labels[n - 1]) == 30:
            parts[-1].append(n)
        else:
            parts.append([n])
    return " + ".join(f"{labels[part[0]]}–{_later(labels[part[-1]])}" for part in parts)


def _minutes(label: str) -> int:
    return int(label[:2]) * 60 + int(label[3:])


def _later(label: str) -> str:
    moment = _minutes(label) + 30
    return f"{moment // 60:02d}:{moment % 60:02d}"
