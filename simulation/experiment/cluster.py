"""The workers of a Dask cluster, as `--scheduler tcp://HOST:PORT` names them.

Every worker needs this very program in its environment: a part of the work carries the digest of the sources that asked for it, and a
worker with others refuses it. What a worker is lost with is done again by another; a part that goes from worker to worker and ends each of
them is told of as such. A worker compiles nothing that was compiled on its machine before (see `simulation.compiled`).

Assumes a network whose every member is trusted: Dask runs what it is sent. Not for threads of this process: that is `workers`.
"""

from __future__ import annotations

import hashlib
import logging
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np

import simulation
from simulation.compiled import sources_digest
from simulation.faults import BadInput, fault

CONNECT = 10.0
"""seconds to find the scheduler, and as long again for a first worker"""
LOOK = 1.0
"""seconds between two looks at whether the cluster is still there"""
ALONE = 60.0
"""seconds without any worker until the work is given up"""
AHEAD = 2
"""parts handed out for each thread of a worker, so that none waits for the next"""
FETCH = 30.0
"""seconds to bring what a part gave, before it is looked for anew"""
COUNT_EVERY = 5.0
"""seconds between two counts of the workers"""


@dataclass(slots=True)
class Cluster:
    """A Dask cluster that parts of the work are handed to."""

    client: Any
    address: str
    _threads: int = 0
    _counted: float = field(default=-COUNT_EVERY)

    @property
    def ahead(self) -> int:
        """How many parts should be handed out at a time, as the cluster stands."""
        now = time.monotonic()
        if now - self._counted >= COUNT_EVERY:
            self._threads, self._counted = sum(self.client.nthreads().values()), now
        return max(1, self._threads) * AHEAD

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Hands out one part: an importable function with arguments that can travel."""
        return self.client.submit(part, sources(), function, *arguments, pure=False)

    def take(self, handed: Any) -> Any:
        """What a part gave. Raises BadInput where the cluster could not do it, and whatever BadInput the part itself raised."""
        from distributed import KilledWorker

        ended = Event()
        handed.add_done_callback(lambda _: ended.set())
        while True:
            self._wait(ended)
            try:
                return handed.result(timeout=FETCH)
            except BadInput:
                raise
            except TimeoutError:  # whoever had it is gone, and somebody does it again
                self._check(0.0)
            except KilledWorker:
                raise BadInput([fault("cluster_killed", "--scheduler", self.address)]) from None
            except (ImportError, AttributeError) as missing:
                raise BadInput([fault("cluster_program", "--scheduler", self.address, reason=missing)]) from None
            except Exception as broken:
                if handed.status in ("cancelled", "lost") or self.client.status != "running":
                    raise BadInput([fault("cluster_lost", "--scheduler", self.address)]) from broken
                raise

    def _wait(self, ended: Event) -> None:
        """Until a part has ended, or the cluster."""
        since = time.monotonic()
        while not ended.wait(LOOK):
            if self._any_worker():
                since = time.monotonic()
            self._check(time.monotonic() - since)

    def _check(self, alone: float) -> None:
        if self.client.status != "running":
            raise BadInput([fault("cluster_lost", "--scheduler", self.address)]) from None
        if alone > ALONE:
            raise BadInput([fault("cluster_alone", "--scheduler", self.address, seconds=f"{ALONE:.0f}")]) from None

    def forget(self, handed: Any) -> None:
        """Takes back a part that nobody wants any more."""
        handed.cancel(reason="the work was stopped")

    def _any_worker(self) -> bool:
        return bool(self.client.scheduler_info()["workers"])


@contextmanager
def join(address: str) -> Iterator[Cluster]:
    """The cluster of a scheduler. Raises BadInput if nobody answers there, or it has no worker."""
    from distributed import Client
    from distributed.comm.addressing import get_address_host_port

    _hush()
    try:
        host, port = get_address_host_port(address, strict=True)
        socket.create_connection((host, port), timeout=CONNECT).close()  # a client that finds nobody would complain long after
        client = Client(address, timeout=CONNECT, set_as_default=False, name="openhall")  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TypeError, ImportError) as refused:
        reason = getattr(refused, "strerror", None) or str(refused) or type(refused).__name__
        raise BadInput([fault("cluster_unreached", "--scheduler", address, reason=reason)]) from None
    try:
        try:
            client.wait_for_workers(1, timeout=CONNECT)
        except TimeoutError:
            raise BadInput([fault("cluster_alone", "--scheduler", address, seconds=f"{CONNECT:.0f}")]) from None
        yield Cluster(client, address)
    finally:
        client.close(timeout=CONNECT)  # type: ignore[no-untyped-call]


def _hush() -> None:
    """What goes wrong is told in a sentence: Dask's loggers, each of which has a level of its own, keep silent."""
    for name in [*logging.root.manager.loggerDict, "distributed.client"]:
        if name.partition(".")[0] in ("distributed", "tornado"):
            logging.getLogger(name).setLevel(logging.CRITICAL)


@lru_cache(maxsize=1)
def sources() -> str:
    """The digest of all that results depend on in this process: the program, its tables, the libraries it counts with."""
    import scipy

    digest = hashlib.blake2b(f"{sources_digest()} {np.__version__} {scipy.__version__}".encode(), digest_size=8)
    for path in sorted(Path(simulation.__file__).parent.rglob("*.toml")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def part(wanted: str, function: Callable[..., Any], *arguments: Any) -> Any:
    """A part of the work, done by a worker. Raises BadInput if the worker runs other sources than who asked."""
    if sources() != wanted:
        raise BadInput([fault("cluster_sources", "--scheduler", sources(), wanted=wanted)])
    return function(*arguments)
