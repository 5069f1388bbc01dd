"""Who does the work of a command: threads of this process, or the workers of a Dask cluster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from dashboards.cli_console import words

Workers = Annotated[int, typer.Option("--workers", metavar="N", min=1, help=words("cli_workers"))]
Scheduler = Annotated[str | None, typer.Option("--scheduler", metavar="tcp://HOST:PORT", help=words("cli_scheduler"), show_default=False)]


@contextmanager
def workers_of(workers: int, scheduler: str | None) -> Iterator[Any]:
    """What `simulation` takes as workers. Raises BadInput if both are asked for, or the cluster is not there."""
    from simulation.experiment.cluster import join
    from simulation.faults import BadInput, fault

    if scheduler is None:
        yield workers
        return
    if workers != 1:
        raise BadInput([fault("workers_or_scheduler", "--workers", workers)])
    with join(scheduler) as cluster:
        yield cluster
