"""The command that answers "who works when": `openhall roster`.

It reads, calls `simulation.optimisation`, prints, and may write the roster as a workbook; nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from dashboards.cli_console import Refusals, answer, bar, check_apart, check_target, say, show, table, words
from dashboards.cli_hall import JsonTarget, Seed
from dashboards.cli_staff import (
    NO,
    AbCover,
    AtLeast,
    ByWeekday,
    Chances,
    LunchHours,
    MostPartTime,
    PartTime,
    Rest,
    Seats,
    ShiftHours,
    Targets,
    check_shifts,
    read_lunch,
    read_seats,
)
from dashboards.cli_workers import Scheduler, Workers, workers_of

TABLES = (".csv", ".xlsx", ".json")
MOST_TOLD = 12
"""shortages of which the screen tells; the JSON and the workbook have them all"""
DATE = ["%Y-%m-%d"]

ShiftsFile = Annotated[str, typer.Argument(metavar="SHIFTS", help=words("cli_roster_shifts"), show_default=False)]
PeopleFile = Annotated[str, typer.Argument(metavar="PEOPLE", help=words("cli_roster_people"), show_default=False)]
From = Annotated[datetime, typer.Option("--from", metavar="DATE", formats=DATE, help=words("cli_roster_from"), show_default=False)]
To = Annotated[datetime, typer.Option("--to", metavar="DATE", formats=DATE, help=words("cli_roster_to"), show_default=False)]
TimeLimit = Annotated[float, typer.Option("--time-limit", metavar="SECONDS", min=1, max=3600, help=words("cli_roster_time"))]
Xlsx = Annotated[str | None, typer.Option("--xlsx", metavar="FILE.xlsx", help=words("cli_roster_xlsx"), show_default=False)]


def roster(
    shifts: ShiftsFile,
    people: PeopleFile,
    first: From,
    last: To,
    target: Targets = None,
    chance: Chances = None,
    seats: Seats = None,
    at_least: AtLeast = 1,
    by_weekday: ByWeekday = False,
    shift: ShiftHours = None,
    part_time: PartTime = None,
    most_part_time: MostPartTime = 1.0,
    lunch: LunchHours = None,
    rest: Rest = None,
    ab: AbCover = False,
    time_limit: TimeLimit = 30.0,
    seed: Seed = 1,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    xlsx: Xlsx = None,
    json_target: JsonTarget = None,
) -> None:
    """Roster named people over the shifts of some days."""
    for each in (json_target, xlsx):
        check_target(each)
    check_apart([json_target, xlsx], [shifts, people])
    from dashboards.data import rostered
    from simulation.optimisation.roster import judge_roster, make_roster, open_dates, read_duties, read_people

    answers: dict[date, Any] = {}
    names: dict[str, str] = {}
    with workers_of(workers, scheduler) as hands:
        if Path(shifts).suffix.lower() in TABLES:
            given = {"--target": target, "--chance": chance, "--seats": seats, "--at-least": at_least != 1, "--by-weekday": by_weekday}
            given |= {
                "--shift": shift,
                "--part-time": part_time,
                "--most-part-time": most_part_time != 1.0,
                "--lunch": lunch,
                "--rest": rest,
            }
            _refuse_staffing(shifts, {**given, "--ab": ab, "--scheduler": scheduler})
            days = open_dates(None, first.date(), last.date())
            duties = read_duties(shifts, days)
            crew = read_people(people, {each.group for each in duties} | {each for duty in duties for each in duty.services})
        else:
            how = {"chance": chance, "seats": seats or [], "at_least": at_least, "by_weekday": by_weekday, "seed": seed, "workers": hands}
            cut = {"shift": shift or [], "part_time": part_time or [], "most": most_part_time, "lunch": lunch, "rest": rest, "ab": ab}
            duties, answers, crew, names = _staffed(shifts, people, (first.date(), last.date()), target or [], how, cut)
        with bar(words("cli_rostering")) as advance:
            found = make_roster(crew, duties, time_limit, lambda gone, gap: advance(round(gone * time_limit), round(time_limit), None))
            verdicts = judge_roster(found, answers, hands) if answers else []
    if xlsx is not None:
        Path(xlsx).write_bytes(as_workbook(found, names))
    if not answer(rostered.as_data(found, verdicts, names, words.language), json_target):
        _show(found, verdicts, answers, names)
        if xlsx is not None:
            say(words("cli_roster_written", path=xlsx))
    if not found.complete or not all(each.kept for each in verdicts):
        raise typer.Exit(NO)


def _refuse_staffing(shifts: str, given: dict[str, Any]) -> None:
    """A table of shifts is staffed already: what would staff a scenario has no say there. Raises BadInput."""
    from simulation.faults import BadInput, fault

    faults = [fault("roster_table_staffed", option, Path(shifts).name) for option, value in given.items() if value]
    if faults:
        raise BadInput(faults)


def _staffed(name: str, people: str, between: tuple[date, date], targets: list[str], how: dict[str, Any], cut: dict[str, Any]) -> Any:
    """Shifts for a scenario's days, the answers they come from, the people, and what its windows are called.

    Days of a year have the plan that `openhall staff` finds for their kind; one that no plan is for is staffed by itself.
    """
    from dashboards.shipped import find_scenario
    from simulation.optimisation import cover_by_shifts, patterns_of, read_targets, staff
    from simulation.optimisation.roster import duties_by_calendar, open_dates, read_people
    from simulation.optimisation.staffing import check_staffing
    from simulation.optimisation.table import groups_of, half_hours_of
    from simulation.plans import window_groups
    from simulation.scenario import load_scenario

    hall = load_scenario(find_scenario(name))
    lengths = cut["shift"] or ([] if cut["part_time"] else [9.0])
    asked = Refusals()
    wanted = asked.of(lambda: read_targets(targets, hall)) or []
    most = asked.of(lambda: read_seats(how["seats"])) or {}
    asked.of(lambda: check_staffing(hall, most, how["chance"], at_least=how["at_least"], by_weekday=how["by_weekday"]))
    asked.of(lambda: check_shifts(lengths, cut["part_time"], cut["most"], cut["lunch"], cut["rest"], cut["ab"]))
    lunch = asked.of(lambda: read_lunch(cut["lunch"], cut["rest"], hall.clock_start))
    known = {each: each for each in [*(each.id for each in groups_of(hall)), *(each.of or each.id for each in hall.services)]}
    listed = [*window_groups(hall.document), *hall.services]  # by name too, as the template of the page has them
    known |= {word: each.id for each in listed if isinstance(each.name, Mapping) for word in each.name.values() if each.id in known}
    crew = asked.of(lambda: read_people(people, known))
    days = asked.of(lambda: open_dates(hall, *between)) or []
    asked.tell()  # before the search, not after it

    with bar(words("cli_staff_searching", name=hall.name)) as advance:

        def searched(**which: Any) -> Any:
            given = {**how, "seats": most, **which}
            return staff(hall, wanted, **given, progress=lambda stage, done: advance(done, None, None))

        def cut_into_shifts(found: Any) -> Any:
            slots = half_hours_of(found.day.hall)
            patterns = patterns_of([slot.start for slot in slots], lengths=lengths, part_time=cut["part_time"], lunch=lunch)
            labels = [slot.label for slot in slots]
            return found, cover_by_shifts(found.needed, patterns, ab_cover=cut["ab"], most_part_time=cut["most"], labels=labels)

        found = searched()
        parts = [cut_into_shifts(each) for each in (found, *found.others)]
        alone = {"by_weekday": False}
        duties, answers = duties_by_calendar(hall, days, lambda day: cut_into_shifts(searched(on=day, **alone)), parts)
    return duties, answers, crew, {each.id: words.name(each.name, each.id) for each in window_groups(hall.document)}


def sentence(found: Any, names: Mapping[str, str]) -> str:
    """What came of it, in one sentence."""
    from dashboards.data import rostered

    total = sum(each.people for each in found.duties)
    facts = {"days": len(found.days), "shifts": total, "people": sum(each.days > 0 for each in found.shares)}
    if not found.complete:
        first = rostered.told_of((*found.short, *found.alone)[0], names, words.language)
        return words("cli_roster_incomplete", **facts, short=sum(each.people for each in found.short), alone=len(found.alone), first=first)
    denied = sum(len(each.denied) for each in found.shares)
    asked = any(each.person.days_off & set(found.days) for each in found.shares)
    key = "cli_roster_wishes_denied" if denied else "cli_roster_wishes" if asked else "cli_roster_wishes_none"
    return words("cli_roster_complete", **facts, wishes=words(key, count=denied))


def _show(found: Any, verdicts: Any, answers: Any, names: Mapping[str, str]) -> None:
    from dashboards.data import rostered

    say(sentence(found, names))
    say(words("cli_roster_gap" if found.proven else "cli_roster_unproven"))
    if found.gap == found.gap:
        say(
            words(
                "cli_roster_fair" if found.gap > 0 else "cli_roster_fairest", gap=f"{100 * found.gap:.1f}", seconds=f"{found.seconds:.0f}"
            )
        )
        off = [words(f"cli_roster_off_{name}", **_bounds(each)) for name, each in found.furthest.items()]
        say(words("cli_roster_furthest", told=words("list_separator").join(off)))
    if verdicts:
        _say_verdicts(found, verdicts, answers)
    others = (*found.short, *found.alone)[1:]
    for each in others[:MOST_TOLD]:
        say(f"  {rostered.told_of(each, names, words.language)}")
    if len(others) > MOST_TOLD:
        say(words("cli_roster_more", count=len(others) - MOST_TOLD))
    burdens = [name for name in rostered.BURDENS if any(each.fair[name] > 0 for each in found.shares)]
    headers = [words(f"cli_roster_{name}") for name in ("name", "number", "days", *burdens, "denied")]
    shares = table(*headers, right=tuple(range(2, 2 + 1 + len(burdens))))
    for each in found.shares:
        told = [f"{each.worked[name]:g} ({each.fair[name]:.1f})" for name in burdens]
        shares.add_row(each.person.name, each.person.id, str(each.days), *told, ", ".join(f"{day:%m-%d}" for day in each.denied))
    show(shares)
    say(words("cli_roster_fair_note"), style="dim")
    rows = table(*(words(f"cli_roster_{name}") for name in ("day", "window", "shift", "who")))
    by_duty: dict[tuple[Any, ...], list[str]] = {}
    for each in found.shifts:
        by_duty.setdefault((each.duty.day, each.duty.group, each.duty.text), []).append(each.person.name)
    for (day, group, text), who in by_duty.items():
        rows.add_row(f"{day} {weekday(day)}", names.get(group, group), text, words("list_separator").join(who))
    show(rows)


def _bounds(each: Any) -> dict[str, str]:
    return {"value": f"{each.value:.1f}", "least": f"{each.at_least:.1f}"}


def _say_verdicts(found: Any, verdicts: Any, answers: Any) -> None:
    targets = answers[found.days[0]].targets
    told = ", ".join(each.text for each in targets)
    missed = [each for each in verdicts if not each.kept]
    if not missed:
        say(words("cli_roster_keeps", days=len(found.days), targets=told))
        return
    worst = missed[0]
    value = f"{targets[0].estimate(worst.result).value:.4g}"
    say(words("cli_roster_misses", count=sum(len(each.days) for each in missed), targets=told, day=worst.days[0], value=value))


def weekday(day: date) -> str:
    """Its short name."""
    return words(f"weekday_{day.weekday()}")


def as_workbook(found: Any, names: Mapping[str, str]) -> bytes:
    """A row a person, a column a day."""
    import pandas as pd

    from dashboards.data import rostered
    from dashboards.workbook import Column, workbook

    shift_of = {(each.person.id, each.duty.day): f"{names.get(each.duty.group, each.duty.group)} {each.duty.text}" for each in found.shifts}
    columns = [
        Column("name", words("cli_roster_name")),
        Column("id", words("cli_roster_number")),
        Column("days", words("cli_roster_days"), "", "", 0),
        *(Column(name, words(f"cli_roster_{name}").partition("（")[0].partition(" (")[0], "", "", 1) for name in rostered.BURDENS),
        *(Column(str(day), f"{day:%m-%d}", weekday(day)) for day in found.days),
    ]
    rows = []
    for each in found.shares:
        row: dict[str, Any] = {"name": each.person.name, "id": each.person.id, "days": each.days, **each.worked}
        for day in found.days:
            mark = words("cli_roster_on_leave") if day in each.person.leave else ""
            row[str(day)] = shift_of.get((each.person.id, day), mark)
        rows.append(row)
    about: dict[str, object] = {words("cli_roster_answer"): sentence(found, names)}
    about |= {f"{n}": rostered.told_of(each, names, words.language) for n, each in enumerate((*found.short, *found.alone), start=1)}
    titles = {
        "about": words("sheet_about"),
        "definitions": words("sheet_definitions"),
        "name": words("column_name"),
        "value": words("column_value"),
        "unit": words("column_unit"),
        "definition": words("column_definition"),
    }
    notes = [(words("cli_roster_hours"), "", words("cli_roster_fair_note"))]
    return workbook(pd.DataFrame(rows), columns, words("cli_roster_sheet"), notes, about, titles)
