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
from simulation.experiment.workers import Workers
from simulation.faults import BadInput, fault

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
    office: str | None = None,
    workers: Workers = 1,
) -> Belief:
    """The verdict on a log.

    held : files of the days held back; without them those of `logs` from the day `since` on, without that the last third of the days
    replications : of every held day
    engine : for logs of tickets; snapshots have a recursion of their own
    office : of snapshots, the one whose queues are judged; without it all are
    workers : threads, or a cluster, that share the work

    Raises
    ------
    simulation.faults.BadInput
        if a file cannot be read, no day is left on one of both sides, there is no such office, or nothing can be fitted.
    """
    if mapping.kind == "snapshots":
        first = read_snapshots(logs, mapping)
        before, after = (first, read_snapshots(held, mapping)) if held else split_snapshots(first, since)
        if office is not None:
            before, after = before.of_office(office), after.of_office(office)
        return believe_snapshots(before, after, replications, seed, bars, progress, workers)
    if office is not None:
        raise BadInput([fault("fit_office_tickets", "--office", office)])
    log = read_log(logs, mapping)
    fitted, tested = (log, read_log(held, mapping)) if held else split(log, since)
    return believe(fitted, tested, replications, seed, bars, engine, progress, workers)
