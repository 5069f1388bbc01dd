"""The command that answers "how many windows, when": `openhall staff`.

It reads, calls `simulation.optimisation`, prints, and may write the plan; nothing is computed here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from dashboards.cli_console import Refusals, answer, bar, check_apart, check_target, note, number, say, show, table, words
from dashboards.cli_hall import JsonTarget, ScenarioName, Seed
from dashboards.cli_plan import Changes, planned
from dashboards.cli_workers import Scheduler, Workers, workers_of

Targets = Annotated[
    list[str] | None, typer.Option("--target", metavar="'MEASURE <= X'", help=words("cli_staff_target"), show_default=False)
]
Chances = Annotated[float | None, typer.Option("--chance", help=words("cli_staff_chance"), show_default=False)]
Seats = Annotated[list[str] | None, typer.Option("--seats", metavar="GROUP=N", help=words("cli_staff_seats"), show_default=False)]
On = Annotated[datetime | None, typer.Option("--on", metavar="DATE", formats=["%Y-%m-%d"], help=words("cli_staff_on"), show_default=False)]
AtLeast = Annotated[int, typer.Option("--at-least", metavar="N", help=words("cli_staff_at_least"))]
ByWeekday = Annotated[bool, typer.Option("--by-weekday", help=words("cli_staff_by_weekday"))]
Out = Annotated[str | None, typer.Option("--out", metavar="FILE.toml", help=words("cli_staff_out"), show_default=False)]
ShiftHours = Annotated[list[float] | None, typer.Option("--shift", metavar="HOURS", help=words("cli_staff_shift"), show_default=False)]
PartTime = Annotated[
    list[float] | None, typer.Option("--part-time", metavar="HOURS", help=words("cli_staff_part_time"), show_default=False)
]
MostPartTime = Annotated[
    float, typer.Option("--most-part-time", metavar="SHARE", help=words("cli_staff_most_part_time"), show_default=False)
]
LunchHours = Annotated[str | None, typer.Option("--lunch", metavar="HH:MM-HH:MM", help=words("cli_staff_lunch"), show_default=False)]
Rest = Annotated[int | None, typer.Option("--rest", metavar="MINUTES", help=words("cli_staff_rest"), show_default=False)]
AbCover = Annotated[bool, typer.Option("--ab", help=words("cli_staff_ab"))]

REST = 60
"""minutes of a break, if nobody says"""
HALF_HOUR, LONGEST_REST = 30, 240
"""minutes; a break is whole half-hours, no longer than this"""
NO = 1
"""the exit code of the answer "no" """
MOST_SEATS = 1000
"""windows of one group, of which the largest halls have some hundreds in all"""


def staff(
    scenario: ScenarioName,
    target: Targets = None,
    chance: Chances = None,
    seats: Seats = None,
    on: On = None,
    at_least: AtLeast = 1,
    by_weekday: ByWeekday = False,
    shift: ShiftHours = None,
    part_time: PartTime = None,
    most_part_time: MostPartTime = 1.0,
    lunch: LunchHours = None,
    rest: Rest = None,
    change: Changes = None,
    ab: AbCover = False,
    seed: Seed = 1,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    out: Out = None,
    json_target: JsonTarget = None,
) -> None:
    """Find the fewest window-hours by half-hour that keep the targets."""
    for each in (json_target, out):
        check_target(each)
    check_apart([json_target, out], [scenario])
    from dashboards.data import staffed
    from dashboards.shipped import find_scenario
    from simulation.faults import BadInput, fault
    from simulation.optimisation import cover_by_shifts, patterns_of, read_targets
    from simulation.optimisation import staff as search
    from simulation.optimisation.staffing import check_staffing
    from simulation.optimisation.table import half_hours_of
    from simulation.scenario import load_scenario

    given = load_scenario(find_scenario(scenario))
    asked = Refusals()
    hall = asked.of(lambda: planned(given, change)[0]) or given
    targets = asked.of(lambda: read_targets(target or [], hall))
    most = asked.of(lambda: read_seats(seats or [])) or {}
    which: dict[str, Any] = {"on": None if on is None else on.date(), "at_least": at_least, "by_weekday": by_weekday}
    days = asked.of(lambda: check_staffing(hall, most, chance, **which)) or []
    asked.of(lambda: check_shifts(shift or [], part_time or [], most_part_time, lunch, rest, ab))
    break_time = asked.of(lambda: read_lunch(lunch, rest, hall.clock_start))
    asked.tell()
    patterns, labels = [], []
    for day in days if shift or part_time else []:  # what cannot be a shift is told before the search
        slots = half_hours_of(day.hall)
        labels.append([slot.label for slot in slots])
        starts = [slot.start for slot in slots]
        patterns.append(patterns_of(starts, lengths=shift or [], part_time=part_time or [], lunch=break_time))
        if not patterns[-1]:
            raise BadInput([fault("shifts_uncovered", "--shift, --part-time", ", ".join(labels[-1]))])
    cuts: list[staffed.Cut] = []
    with workers_of(workers, scheduler) as crew:
        with bar(words("cli_staff_searching", name=hall.name)) as advance:
            how: dict[str, Any] = {"chance": chance, "seats": most, "seed": seed, "workers": crew, **which}
            found = search(hall, targets, **how, progress=lambda stage, done: advance(done, None, None))
        if out is not None:
            from pathlib import Path

            Path(out).write_text(found.plan.to_toml(), encoding="utf-8")
        for each, shapes, named in zip((found, *found.others), patterns, labels, strict=False):  # without shifts there are none
            cutting = {"ab_cover": ab, "most_part_time": most_part_time, "labels": named}
            shifts = asked.of(lambda each=each, shapes=shapes, how=cutting: cover_by_shifts(each.needed, shapes, **how))
            if shifts is None:
                cuts.clear()
                break
            cuts.append((shifts, each.simulated_with({group: shifts.covered(group, len(named)) for group in each.needed}, crew)))
    for told in dict.fromkeys(each.text(words.language) for part in (found, *found.others) for each in part.remarks):
        note(told, style=None)
    data = staffed.as_data(found, cuts)
    if not answer({**data, "sentence": staffed.sentence(words, data)}, json_target):
        _show(found, cuts, data)
    asked.tell()  # that no shifts cover it; the answer by half-hours stands all the same
    if not found.all_kept:
        raise typer.Exit(NO)


def check_shifts(
    lengths: list[float], part_time: list[float], most_part_time: float, lunch: str | None, rest: int | None, ab: bool
) -> None:
    """Refuses shifts that cannot be, and what would be passed over in silence. Raises BadInput with all of it."""
    from simulation.faults import BadInput, fault
    from simulation.optimisation.shifts import check_lengths

    faults = []
    try:
        check_lengths(lengths, part_time)
    except BadInput as bad:
        faults += bad.faults
    given = {"--lunch": lunch is not None, "--rest": rest is not None, "--ab": ab, "--most-part-time": most_part_time != 1.0}
    if not lengths and not part_time:
        faults += [fault("shifts_not_asked", option) for option, is_given in given.items() if is_given]
    if not 0 <= most_part_time <= 1:
        faults.append(fault("shift_share", "--most-part-time", f"{most_part_time:g}"))
    elif part_time and most_part_time == 0:
        faults.append(fault("shift_part_time_none", "--most-part-time", f"{most_part_time:g}"))
    if rest is not None and (rest % HALF_HOUR or not HALF_HOUR <= rest <= LONGEST_REST):
        faults.append(fault("shift_rest", "--rest", rest))
    elif rest is not None and lunch is None:
        faults.append(fault("shift_rest_alone", "--rest", rest))
    if faults:
        raise BadInput(faults)


def read_lunch(given: str | None, rest: int | None, clock_start: float) -> Any:
    """When breaks are taken, as minutes since the first opening; None if nobody says. Raises BadInput."""
    from simulation.faults import BadInput, fault
    from simulation.optimisation import Lunch

    if given is None:
        return None
    rest = REST if rest is None else rest
    begins, _, ends = given.replace("–", "-").partition("-")
    try:
        start, end = (datetime.strptime(each.strip(), "%H:%M") for each in (begins, ends))
    except ValueError:
        raise BadInput([fault("staff_lunch", "--lunch", given)]) from None
    from_midnight = [each.hour * 60 + each.minute for each in (start, end)]
    if rest % HALF_HOUR or any(each % HALF_HOUR for each in from_midnight) or from_midnight[1] - from_midnight[0] < rest:
        raise BadInput([fault("staff_lunch_short", "--lunch", given, rest=rest)])
    return Lunch(from_midnight[0] - clock_start, from_midnight[1] - clock_start, rest)


def read_seats(given: list[str]) -> dict[str, int]:
    """Seats as they are written: GROUP=N. Raises BadInput."""
    from simulation.faults import BadInput, fault

    read, faults = {}, []
    for each in given:
        group, _, count = (part.strip() for part in each.partition("="))
        try:
            seats = int(count)
        except ValueError:
            faults.append(fault("staff_seats_unreadable", "--seats", each))
            continue
        if group in read:
            faults.append(fault("seats_twice", "--seats", group))
        if seats > MOST_SEATS:
            faults.append(fault("too_large", "--seats", seats, key=group, most=str(MOST_SEATS)))
        read[group] = seats
    if faults:
        raise BadInput(faults)
    return read


def _show(found: Any, cuts: Any, data: dict[str, Any]) -> None:
    from dashboards.data import staffed

    say(staffed.sentence(words, data), style="bold")
    for n, each in enumerate((found, *found.others)):
        if found.others:
            say("")
            say(staffed.heading(words, (data, *data["others"])[n]), style="bold")
        _show_part(each, cuts[n] if cuts else None)
    say(words("cli_staff_effort", days=sum(each.simulated for each in (found, *found.others)), seconds=f"{_seconds(found):.0f}"))


def _seconds(found: Any) -> float:
    return float(found.seconds + sum(each.seconds for each in found.others))


def _show_part(found: Any, cut: Any) -> None:
    """One answer: the targets, the windows of each half-hour, the shifts."""
    for each in found.targets:
        estimate = each.estimate(found.confirmed)
        value, low_bound, high_bound = (f"{figure:.4g}" for figure in (estimate.value, estimate.low, estimate.high))
        say(words("cli_staff_measure", target=each.text, value=value, low=low_bound, high=high_bound))
    made = table(words("cli_staff_half_hour"), *found.needed, right=tuple(range(1, 1 + len(found.needed))))
    for n, label in enumerate(found.half_hours):
        made.add_row(label, *(f"{row[n]} ({found.before[group][n]})" for group, row in found.needed.items()))
    show(made)
    say(words("cli_staff_bracket" if found.trimmed else "cli_staff_bracket_wider" if found.kept else "cli_staff_bracket_now"))
    if cut is None:
        return
    shifts, simulated = cut
    say(words("cli_staff_shifts", people=shifts.people, hours=number(shifts.half_hours / 2, 1)))
    for group, chosen in shifts.chosen.items():
        for pattern, count in chosen:
            rests = f"（{words('cli_staff_break')} {span_of(found.half_hours, pattern.rests)}）" if pattern.rests else ""
            say(f"  {group}: {count} × {span_of(found.half_hours, pattern.works)}{rests}")
    for each in found.targets:
        estimate = each.estimate(simulated)
        key = "cli_staff_shifts_keep" if each.kept_surely(simulated) else "cli_staff_shifts_miss"
        say(words(key, target=each.text, value=f"{estimate.value:.4g}"))


def span_of(labels: Any, works: Any) -> str:
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
