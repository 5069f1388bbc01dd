"""The answer "how many windows, when" as plain data and as sentences, for the command, the pages and the jobs. Not for finding it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboards.texts import Words
from simulation.dates import KINDS, MAKE_UP
from simulation.experiment import Result
from simulation.optimisation import Shifts, Staffing
from simulation.optimisation.table import Group

Answer = Mapping[str, Any]
"""the JSON of `openhall staff`"""
Cut = tuple[Shifts, Result]
"""the shifts that cover an answer, and the days simulated with them"""


def as_data(found: Staffing, cuts: Sequence[Cut] = ()) -> dict[str, Any]:
    """The answer as JSON; those for days that open otherwise are its "others".

    cuts : the shifts of the answer and of each of the others, where they were asked for
    """
    low, high = found.chance.interval()
    data = {
        "scenario": found.confirmed.scenario,
        "day": None if found.date is None else found.date.isoformat(),
        "days": _days(found),
        "targets": [each.text for each in found.targets],
        "at_least": found.at_least,
        "kept": found.kept,
        "all_kept": found.all_kept,
        "half_hours": list(found.half_hours),
        "needed": {group: list(row) for group, row in found.needed.items()},
        "serves": {group.id: serves_of(found, group) for group in found.day.groups},
        "before": {group: list(row) for group, row in found.before.items()},
        "window_hours": found.window_hours(),
        "window_hours_before": found.window_hours(found.before),
        "most_open": found.most_open(),
        "chance": {"value": found.chance.value, "low": low, "high": high, "days": found.chance.days},
        "measures": {each.text: each.estimate(found.confirmed).to_dict() for each in found.targets},
        "worst_half_hour": found.worst_half_hour,
        "short_of": found.short_of,
        "within_reach": found.within_reach,
        "remarks": [{language: each.text(language) for language in ("zh", "en")} for each in found.remarks],
        "simulated_days": found.simulated,
        "seconds": found.seconds,
    }
    if cuts:
        data["shifts"] = _shifts(found, *cuts[0])
    data["others"] = [as_data(each, cuts[n : n + 1]) for n, each in enumerate(found.others, start=1)]
    return data


def _days(found: Staffing) -> dict[str, Any] | None:
    """The days of a year that the answer is for; None for one day."""
    when = found.day.occasions
    if when.first is None or when.last is None or found.busiest is None:
        return None
    return {
        "first": when.first.isoformat(),
        "last": when.last.isoformat(),
        "count": len(when.numbers),
        "kinds": [KINDS[kind] for kind in found.day.kinds],
        "busiest": found.busiest.isoformat(),
    }


def _shifts(found: Staffing, shifts: Shifts, simulated: Result) -> dict[str, Any]:
    return {
        "people": shifts.people,
        "hours": shifts.half_hours / 2,
        "groups": {
            group: [
                {
                    "half_hours": [found.half_hours[n] for n in pattern.works],
                    "break": [found.half_hours[n] for n in pattern.rests],
                    "part_time": pattern.part_time,
                    "people": count,
                }
                for pattern, count in rows
            ]
            for group, rows in shifts.chosen.items()
        },
        "kept": all(each.kept_surely(simulated) for each in found.targets),
        "measures": {each.text: each.estimate(simulated).to_dict() for each in found.targets},
    }


def serves_of(found: Staffing, group: Group) -> list[str]:
    """The services of a group's windows."""
    of = {service.id: service.of or service.id for service in found.day.hall.services}
    return sorted({of[line] for line in group.seats[0].efficiency})


# ---- in words --------------------------------------------------------------------------------------------------------------------------


def which_days(words: Words, answer: Answer) -> str:
    """For which days the answer is; nothing where days have no dates."""
    if answer.get("day") is not None:
        return words("cli_staff_day", day=answer["day"])
    days = answer.get("days")
    if days is None:
        return ""
    facts = {name: days[name] for name in ("first", "last", "busiest")}
    return words("cli_staff_days", days=days["count"], kinds=kinds_in_words(words, days["kinds"]), **facts)


def sentence(words: Words, answer: Answer) -> str:
    """What to do, in words."""
    told = words(_verdict(answer), **_facts(answer)) + which_days(words, answer)
    for each in answer["others"]:
        told += words("cli_staff_other", days=heading(words, each), answer=words(_verdict(each), **_facts(each)))
    return told


def heading(words: Words, answer: Answer) -> str:
    """Of one of several answers: its days."""
    days = answer["days"]
    return "" if days is None else words("cli_staff_part", kinds=kinds_in_words(words, days["kinds"]), days=days["count"])


def _verdict(answer: Answer) -> str:
    """The key of its sentence."""
    if answer["kept"] or answer["short_of"]:
        return "cli_staff_kept" if answer["kept"] else "cli_staff_short"
    at_doors = answer["worst_half_hour"] not in answer["half_hours"]
    return "cli_staff_not_kept" if answer["within_reach"] else "cli_staff_doors" if at_doors else "cli_staff_out_of_reach"


def _facts(answer: Answer) -> dict[str, Any]:
    chance = answer["chance"]
    facts = {"hours": _hours(answer["window_hours"]), "before": _hours(answer["window_hours_before"]), "most": answer["most_open"]}
    facts |= {name: f"{100 * chance[key]:.0f}" for name, key in (("chance", "value"), ("low", "low"), ("high", "high"))}
    return facts | {"slot": answer["worst_half_hour"], "group": answer["short_of"] or ""}


def _hours(value: float) -> str:
    return f"{value:,.1f}"


def kinds_in_words(words: Words, kinds: Sequence[str]) -> str:
    """Kinds of day, those in a row as a stretch, such as Mon–Fri."""
    numbers = [KINDS.index(each) for each in kinds]
    runs: list[list[int]] = []
    for n in (each for each in numbers if each < MAKE_UP):
        runs[-1:] = [[*runs[-1], n]] if runs and runs[-1][-1] == n - 1 else [*runs[-1:], [n]]
    told = [words(f"weekday_{run[0]}") + (f"–{words(f'weekday_{run[-1]}')}" if len(run) > 1 else "") for run in runs]
    return words("list_separator").join([*told, *([words("weekday_make_up")] if MAKE_UP in numbers else [])])
