"""What an experiment has added up so far, kept on disk, so that it can go on later: after a stop, or to more replications.

Kept after whole blocks only, since the sums of blocks are added in their order: what goes on from there ends with the same bits as what was
never stopped. A file is found by everything its sums depend on: the plans, seed, engine, days, level, and the sources of this program. It
tells how wide the interval of mean_wait was after each block, so that a run to a precision goes on only from where it would have come by
itself. A file that cannot be read is as good as none, and so is a folder that cannot be written to.

Assumes plans that were read from documents, whose digests tell them apart. Not for given days, and not for handing results to others:
the JSON of a result is for that.
"""

from __future__ import annotations

import hashlib
import os
import time
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulation.experiment.cluster import sources

if TYPE_CHECKING:
    from simulation.experiment.blocks import Run

EVERY = 5.0
"""seconds between two writings on the way"""
MOST_FILES = 200
"""in a folder; the least lately used go first"""

Array = NDArray[Any]


@dataclass(slots=True)
class Kept:
    """A folder of sums, for one experiment at a time."""

    folder: Path
    _written: float = field(default_factory=time.monotonic)
    _step: Path | None = None
    """the last file written on the way, of no use once the next is there"""

    def resume(self, run: Run, most: int, precision: float | None = None) -> None:
        """Brings a run that has not begun to where an earlier one of the same work came, at most so many replications.

        precision : at which this one ends; it goes on from no file that lies beyond its end
        """
        key = _key(run)
        for file in sorted(self.folder.glob(f"{key}-*.npz"), reverse=True):
            if int(file.stem.rpartition("-")[2]) <= most and _restore(run, file, precision):
                with suppress(OSError):
                    os.utime(file)
                return

    def step(self, run: Run) -> None:
        """Keeps a run on its way, if some seconds have passed since the last time."""
        if time.monotonic() - self._written >= EVERY:
            self._step = self._write(run)

    def end(self, run: Run) -> None:
        """Keeps a run that is at its last whole block."""
        self._write(run)
        self._step = None

    def _write(self, run: Run) -> Path | None:
        if run.replications == 0:
            return None
        file = self.folder / f"{_key(run)}-{run.replications:08d}.npz"
        self._written = time.monotonic()
        if not file.exists() and not _save(file, run):
            return None
        if self._step is not None and self._step != file:
            self._step.unlink(missing_ok=True)
        self._make_room()
        return file

    def _make_room(self) -> None:
        files = sorted(((each.stat().st_mtime, each) for each in self.folder.glob("*.npz")), reverse=True)
        for _, each in files[MOST_FILES:]:
            each.unlink(missing_ok=True)


def _key(run: Run) -> str:
    work = run.work
    parts = [*(plan.digest for plan in work.plans), work.engine, work.seed, work.days, work.apart, run.level]
    return hashlib.sha256("\n".join(map(str, [*parts, sources()])).encode()).hexdigest()[:32]


def _save(file: Path, run: Run) -> bool:
    """Whether there was room for it."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with draft.open("wb") as stream:
            np.savez_compressed(stream, allow_pickle=False, **dict(_arrays(run)))
        draft.replace(file)
    except OSError:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        return False
    return True


def _arrays(run: Run) -> Iterator[tuple[str, Array]]:
    """Everything that a run has added up; counts, nearly all of them zero, by place and number."""
    yield "done", np.array([run.replications, run.units])
    yield "widths", np.array(run.widths, dtype=np.float64)
    for n, record in enumerate(run.records):
        for name in ("first", "second", "products"):
            yield f"{n}_{name}", getattr(record.sums, name)
            if record.strata is not None:
                yield f"{n}_strata_{name}", getattr(record.strata, name)
        for name in ("waits", "bands"):
            counts = getattr(record, name).ravel()
            where = np.flatnonzero(counts)
            yield f"{n}_{name}_where", where.astype(np.int32)
            yield f"{n}_{name}", counts[where]
    if run.pairing is not None:
        yield "pairing", run.pairing.sums
        if run.pairing.strata is not None:
            yield "pairing_strata", run.pairing.strata


def _restore(run: Run, file: Path, precision: float | None) -> bool:
    """Whether the file was read into the run; if not, the run is as it was."""
    try:
        with np.load(file, allow_pickle=False) as given:
            found = {name: given[name] for name in given.files}
        wanted = dict(_arrays(run))
        sums = [name for name in wanted if not name.endswith(("waits", "bands", "where", "done", "widths"))]
        if set(found) != set(wanted) or any(found[name].shape != wanted[name].shape for name in sums):
            return False
        counts = []
        for n, record in enumerate(run.records):
            for name in ("waits", "bands"):
                flat = np.zeros(getattr(record, name).size, dtype=np.int32)
                flat[found[f"{n}_{name}_where"]] = found[f"{n}_{name}"]
                counts.append((getattr(record, name), flat))
        replications, units = map(int, found["done"])
        widths = found["widths"].tolist()
        end = None if precision is None else run.first_reached(precision, widths)
        if end is not None and end < replications:
            return False
    except (OSError, ValueError, KeyError, IndexError, EOFError, zipfile.BadZipFile):
        return False
    for name in sums:
        wanted[name][...] = found[name]
    for counted, flat in counts:
        counted[...] = flat.reshape(counted.shape)
    run.replications, run.units, run.widths = replications, units, widths
    return True
