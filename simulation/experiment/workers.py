"""Work handed out to the workers there are, and taken back in its order: this thread, several threads, or a Dask cluster.

Assumes that no piece depends on another; so the answer does not depend on who does it. Only a few pieces are handed out ahead of those
that were taken back, so that memory does not grow with the work.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from simulation.experiment.cluster import Cluster

Given = TypeVar("Given")
Found = TypeVar("Found")
Turns = Generator[tuple[Given, Found], None, None]
Workers = int | Cluster
"""how many threads of this process, or a cluster"""


def in_turn(function: Callable[[Given], Found], pieces: Iterable[Given], workers: Workers) -> Turns[Given, Found]:
    """Each piece with what the function finds for it, in the order of the pieces. Closing it takes back what is not done."""
    if isinstance(workers, Cluster):
        yield from _on_cluster(function, pieces, workers)
    elif workers == 1:
        for each in pieces:
            yield each, function(each)
    else:
        yield from _on_threads(function, pieces, workers)


def _on_threads(function: Callable[[Given], Found], pieces: Iterable[Given], threads: int) -> Turns[Given, Found]:
    pool = ThreadPoolExecutor(threads, thread_name_prefix="workers")
    waiting: deque[tuple[Given, Future[Found]]] = deque()
    try:
        for each in pieces:
            waiting.append((each, pool.submit(function, each)))
            if len(waiting) > threads:
                done, future = waiting.popleft()
                yield done, future.result()
        while waiting:
            done, future = waiting.popleft()
            yield done, future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _on_cluster(function: Callable[[Given], Found], pieces: Iterable[Given], cluster: Cluster) -> Turns[Given, Found]:
    waiting: deque[tuple[Given, Any]] = deque()
    try:
        for each in pieces:
            waiting.append((each, cluster.submit(function, each)))
            if len(waiting) > cluster.ahead:
                yield waiting[0][0], cluster.take(waiting[0][1])
                waiting.popleft()
        while waiting:
            yield waiting[0][0], cluster.take(waiting[0][1])
            waiting.popleft()
    finally:
        for _, handed in waiting:
            cluster.forget(handed)
