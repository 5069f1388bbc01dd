"""The file of a study, a TOML document:

    schema = 1
    name = "province"
    halls = ["potou-2022", "halls/*.toml"]     # names of shipped scenarios, or files beside this one; * and ? as in a shell
    replications = 200                         # or: precision = 0.02, of the mean wait
    seed = 1
    days = 1

    [[plans]]                                  # none: the halls as they are
    name = "one window more at noon"
    changes = ["windows.comprehensive=+1@11:00-14:00"]

Every plan is made of every hall, and must be possible there: all that is wrong, in the file, in its halls and in their plans, is told at
once and before anything is simulated. A hall is kept as its document, so that a worker can read it again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from simulation.expected import tasks_per_day
from simulation.experiment import MOST_DAYS, MOST_REPLICATIONS, Workers
from simulation.experiment.workers import in_turn
from simulation.faults import BadInput, Fault, add_catalogue, fault
from simulation.plans import Change, apply_changes, read_changes
from simulation.scenario import parse
from simulation.scenario.reading import lines_of, read_text, read_toml

add_catalogue(Path(__file__).with_name("faults.toml"))

Finder = Callable[[str], Path]
"""the file of a hall that is named; raises BadInput if there is none"""
Progress = Callable[[int, int], None]
"""(halls read, halls in all)"""
KEYS = ("schema", "name", "halls", "plans", "replications", "precision", "seed", "days")
PLAN_KEYS = ("name", "changes")
REPLICATIONS = 100
"""where the file does not say"""
MOST_ITEMS = 1_000_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What is changed in every hall."""

    name: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Hall:
    """A hall of the study."""

    name: str
    """the scenario's own, made different from the others' by its file where need be"""
    place: str
    """its file, as faults name it"""
    document: Mapping[str, Any]
    citizens: float
    """tasks expected on an ordinary day"""
    digest: str
    plan_digests: tuple[str, ...]
    """of what each plan makes of it"""


@dataclass(frozen=True, slots=True)
class Study:
    """Everything that is to be simulated."""

    name: str
    halls: tuple[Hall, ...]
    plans: tuple[Plan, ...]
    replications: int
    """or the most of them, where a precision is asked for"""
    precision: float | None
    seed: int
    days: int


def read_study(path: Path, find: Finder, progress: Progress | None = None, workers: Workers = 1) -> Study:
    """Reads a study's file with all its halls, which the workers check. Raises BadInput with everything that is wrong."""
    place = str(path)
    document = read_toml(read_text(path, place), place)
    faults = _faults_of_keys(document, place)
    if faults:
        raise BadInput(faults)
    plans = _plans(document, place, faults)
    files = _files(document["halls"], path.parent, find, place, faults)
    if len(files) * max(1, len(plans)) > MOST_ITEMS:
        faults.append(fault("study_too_large", place, len(files) * max(1, len(plans)), most=MOST_ITEMS))
    if faults:
        raise BadInput(faults)
    halls = []
    read = [each for each in (_text_of(file, faults) for file in files) if each is not None]
    with closing(in_turn(partial(_hall, plans), read, workers)) as checked:
        for done, (_, found) in enumerate(checked):
            if progress is not None:
                progress(done, len(files))
            if isinstance(found, Hall):
                halls.append(found)
            else:
                faults += found
    if faults:
        raise BadInput(faults)
    precision = document.get("precision")
    replications = document.get("replications", REPLICATIONS if precision is None else MOST_REPLICATIONS)
    return Study(document["name"], _named(halls), plans, replications, precision, document.get("seed", 1), document.get("days", 1))


def _faults_of_keys(document: Mapping[str, Any], place: str) -> list[Fault]:
    """What is wrong with the file's own keys."""
    faults = [fault("study_key", place, key, known=", ".join(KEYS)) for key in document if key not in KEYS]
    if document.get("schema") != 1 or isinstance(document.get("schema"), bool):
        faults.append(fault("study_schema", f"{place}: schema", document.get("schema", "")))
    if not isinstance(document.get("name"), str) or not document["name"].strip():
        faults.append(fault("study_name", f"{place}: name", document.get("name", "")))
    halls = document.get("halls")
    if not isinstance(halls, list) or not halls or not all(isinstance(each, str) and each.strip() for each in halls):
        faults.append(fault("study_halls", f"{place}: halls", halls if halls is not None else ""))
    if not isinstance(document.get("plans", []), list) or not all(isinstance(each, dict) for each in document.get("plans", [])):
        faults.append(fault("study_plans", f"{place}: plans"))
    for key, most in (("replications", MOST_REPLICATIONS), ("days", MOST_DAYS), ("seed", 2**63 - 1)):
        value = document.get(key, 1)
        least = 0 if key == "seed" else 1
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            faults.append(fault("study_count", f"{place}: {key}", value, least=least, most=most))
    precision = document.get("precision", 0.5)
    if isinstance(precision, bool) or not isinstance(precision, int | float) or not 0 < precision < 1:
        faults.append(fault("study_precision", f"{place}: precision", precision))
    return faults


def _plans(document: Mapping[str, Any], place: str, faults: list[Fault]) -> tuple[Plan, ...]:
    made: list[Plan] = []
    for number, entry in enumerate(document.get("plans", []), start=1):
        at = f"{place}: plan {number}"
        faults += [fault("study_key", at, key, known=", ".join(PLAN_KEYS)) for key in entry if key not in PLAN_KEYS]
        name, lines = entry.get("name"), entry.get("changes")
        if not isinstance(name, str) or not name.strip() or name in [each.name for each in made]:
            faults.append(fault("study_plan_name", at, name if name is not None else ""))
        if not isinstance(lines, list) or not lines or not all(isinstance(each, str) for each in lines):
            faults.append(fault("study_changes", at, lines if lines is not None else ""))
            continue
        try:
            made.append(Plan(str(name), tuple(read_changes(lines, at))))
        except BadInput as refused:
            faults += refused.faults
    return tuple(made)


def _files(given: list[str], folder: Path, find: Finder, place: str, faults: list[Fault]) -> list[Path]:
    """The files of the halls, each once, in the order of the study."""
    found: dict[Path, None] = {}
    for each in given:
        if any(sign in each for sign in "*?["):
            start = Path(each).anchor
            matched = sorted(one for one in Path(start or folder).glob(each[len(start) :]) if one.suffix == ".toml")
            if not matched:
                faults.append(fault("study_no_match", f"{place}: halls", each))
            found |= dict.fromkeys(matched)
        elif (folder / each).is_file():
            found[folder / each] = None
        else:
            try:
                found[find(each)] = None
            except BadInput as refused:
                faults += [Fault(one.code, f"{place}: halls: {one.place}", one.value, one.facts) for one in refused.faults]
    return list(found)


def _text_of(file: Path, faults: list[Fault]) -> tuple[str, str] | None:
    """(name of the file, its text); None if it cannot be read."""
    try:
        return str(file), read_text(file, str(file))
    except BadInput as refused:
        faults += refused.faults
        return None


def _hall(plans: tuple[Plan, ...], given: tuple[str, str]) -> Hall | list[Fault]:
    """A file's hall with its plans made, or what is wrong with them."""
    place, text = given
    faults: list[Fault] = []
    digests = []
    try:
        document = read_toml(text, place)
        scenario = parse(document, place, lines=lines_of(text))
    except BadInput as refused:
        return list(refused.faults)
    for plan in plans:
        at = f"{place}: plan {plan.name}"
        try:
            digests.append(parse(apply_changes(document, plan.changes, at), at).digest)
        except BadInput as refused:
            faults += refused.faults
    return faults or Hall(scenario.name, place, document, float(tasks_per_day(scenario).sum()), scenario.digest, tuple(digests))


def _named(halls: list[Hall]) -> tuple[Hall, ...]:
    """Halls of one name are told apart by their files."""
    counts: dict[str, int] = {}
    for each in halls:
        counts[each.name] = counts.get(each.name, 0) + 1
    return tuple(each if counts[each.name] == 1 else replace(each, name=f"{each.name} ({each.place})") for each in halls)
