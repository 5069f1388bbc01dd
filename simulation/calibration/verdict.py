"""From files to a verdict in one call: reads a log of any kind, holds days back, fits, serves, judges.

Assumes that the files of one call share one mapping. Held days are later ones of the same files, or files of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from simulation.calibration.believing import BARS, REPLICATIONS, Bar, Belief, believe, split
from simulation.calibration.logs import read_log
from simulation.calibration.mapping import LogMapping
from simulation.calibration.queues import believe_snapshots, split_snapshots
from simulation.calibration.snapshots import read_snapshots

Paths = Sequence[str | Path]


def believe_files(
    logs: Paths,
    mapping: LogMapping,
    held: Paths = (),
    since: str | None = None,
    replications: int = REPLICATIONS,
    seed: int = 1,
    bars: Mapping[str, Bar] = BARS,
    engine: str = "kernel",
    progress: Callable[[float], None] = lambda share: None,
) -> Belief:
    """The verdict on a log.

    held : files of the days held back; without them those of `logs` from the day `since` on, without that the last third of the days
    replications : of every held day
    engine : for logs of tickets; snapshots have a recursion of their own

    Raises
    ------
    simulation.faults.BadInput
        if a file cannot be read, no day is left on one of both sides, or nothing can be fitted.
    """
    if mapping.kind == "snapshots":
        first = read_snapshots(logs, mapping)
        before, after = (first, read_snapshots(held, mapping)) if held else split_snapshots(first, since)
        return believe_snapshots(before, after, replications, seed, bars, progress)
    log = read_log(logs, mapping)
    fitted, tested = (log, read_log(held, mapping)) if held else split(log, since)
    return believe(fitted, tested, replications, seed, bars, engine, progress)
