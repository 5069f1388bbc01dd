"""The comparisons of a study, handed to threads or to a cluster; what is finished is kept on disk and is not done again.

A comparison is one piece of work: whoever does it reads the hall, makes the plan, simulates both on the same days and gives the answer as
compressed JSON, the very bytes that are kept. They depend on the hall, the plan, the seed, the replications and the sources of the program
alone, so any number of workers, any order and any interruption leaves the same files. A comparison too large for one piece is cut into its
blocks instead, one comparison after the other, and goes on from its own sums after a stop.

Assumes a folder of one study; several may share it, since a file is found by everything it depends on.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from simulation.experiment import Workers, compare, experiment
from simulation.experiment.cluster import sources
from simulation.experiment.workers import in_turn
from simulation.faults import BadInput, fault
from simulation.plans import Change, apply_changes
from simulation.scenario import Scenario, parse
from simulation.study.document import Hall, Plan, Study

LARGE = 20_000_000
"""expected citizens of a piece, some twenty seconds of work; more is cut into blocks"""

Progress = Callable[[int, int], None]
"""(comparisons finished, comparisons in all); what it raises stops the study"""


@dataclass(frozen=True, slots=True)
class Item:
    """One comparison, or a hall as it is."""

    hall: Hall
    plan: Plan | None
    digest: str
    """of everything that its answer depends on; the name of its file"""

    @property
    def changes(self) -> tuple[Change, ...]:
        """What the plan changes."""
        return () if self.plan is None else self.plan.changes


def items_of(study: Study) -> Iterator[Item]:
    """The comparisons, hall by hall; without plans, the halls as they are."""
    how = [study.seed, study.days, study.replications, study.precision, sources()]
    for hall in study.halls:
        for n, plan in enumerate(study.plans or (None,)):
            parts = [hall.digest, "" if plan is None else hall.plan_digests[n], *how]
            yield Item(hall, plan, hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:32])


def run_study(study: Study, folder: Path, workers: Workers = 1, progress: Progress | None = None) -> None:
    """Does what is not finished yet, and keeps each answer in the folder as soon as it is there.

    Raises BadInput if the folder cannot be used or the cluster fails; what was finished by then stays.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        missing = [each for each in items_of(study) if not _file(folder, each).exists()]
        done = all_of = len(list(items_of(study)))
    except OSError as refused:
        raise BadInput([fault("study_folder", str(folder), reason=refused.strerror or type(refused).__name__)]) from None
    done -= len(missing)
    if progress is not None:
        progress(done, all_of)
    large = [each for each in missing if _citizens(each, study) > LARGE]
    small = [each for each in missing if _citizens(each, study) <= LARGE]
    answers = in_turn(partial(_answer, study.replications, study.precision, study.seed, study.days), map(_packed, small), workers)
    with closing(answers):
        for item, (_, content) in zip(small, answers, strict=True):
            done += 1
            _keep(_file(folder, item), content)
            if progress is not None:
                progress(done, all_of)
    for item in large:
        content = _answer_of(_packed(item), study.replications, study.precision, study.seed, study.days, workers, folder / "unfinished")
        done += 1
        _keep(_file(folder, item), content)
        if progress is not None:
            progress(done, all_of)


def finished(folder: Path, item: Item) -> dict[str, Any] | None:
    """The answer of a comparison, None if it is not there: the JSON of `openhall compare`, or of `simulate` for a hall as it is."""
    try:
        found = json.loads(gzip.decompress(_file(folder, item).read_bytes()))
    except FileNotFoundError:
        return None
    except (OSError, EOFError, ValueError) as damaged:
        raise BadInput([fault("study_damaged", str(_file(folder, item)), reason=type(damaged).__name__)]) from None
    assert isinstance(found, dict)
    return found


Packed = tuple[Mapping[str, Any], str, tuple[Change, ...]]
"""document of a hall, its name in faults, changes"""


def _packed(item: Item) -> Packed:
    return item.hall.document, item.hall.place, item.changes


def _answer(replications: int, precision: float | None, seed: int, days: int, packed: Packed) -> bytes:
    """What a worker does."""
    return _answer_of(packed, replications, precision, seed, days, 1, None)


def _answer_of(
    packed: Packed, replications: int, precision: float | None, seed: int, days: int, workers: Workers, kept: Path | None
) -> bytes:
    document, place, changes = packed
    base = parse(document, place)
    how: dict[str, Any] = {"seed": seed, "days": days, "workers": workers, "kept": kept}
    how |= {"replications": replications} if precision is None else {"precision": precision, "at_most": replications}
    if changes:
        found = compare(base, _planned(base, changes, place), **how).to_dict()
    else:
        found = experiment(base, **how).to_dict()
    return gzip.compress(json.dumps(found, ensure_ascii=False, allow_nan=False, sort_keys=True).encode(), 6, mtime=0)


def _planned(base: Scenario, changes: tuple[Change, ...], place: str) -> Scenario:
    return parse(apply_changes(base.document, changes, place), place)


def _citizens(item: Item, study: Study) -> float:
    """Expected of one comparison; a precision is judged by a hundred replications."""
    replications = study.replications if study.precision is None else 100
    return item.hall.citizens * study.days * replications * (2 if item.plan else 1)


def _file(folder: Path, item: Item) -> Path:
    return folder / f"{item.digest}.json.gz"


def _keep(file: Path, content: bytes) -> None:
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(file)
