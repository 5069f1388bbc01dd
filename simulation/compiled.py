"""How functions are compiled: kept on disk, run without the interpreter's lock, and never out of step with the sources.

numba keeps what it compiled beside a date of the function's own file only: a rule that changed in another file would live on, built into
those that call it. So everything compiled is kept in a folder named after all the sources together, in the user's cache folder (or in
`NUMBA_CACHE_DIR`, where it is set). Folders of other sources are removed after thirty days without use.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import numba
from numba.core import event

Function = TypeVar("Function", bound=Callable[..., object])

DAYS_KEPT = 30


def sources_digest() -> str:
    """A short digest of every source of this package and of the versions that compile it."""
    digest = hashlib.blake2b(f"{numba.__version__} {sys.version}".encode(), digest_size=8)
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _folder() -> Path:
    if os.environ.get("NUMBA_CACHE_DIR"):
        return Path(os.environ["NUMBA_CACHE_DIR"])
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "openhall" / "compiled"
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "openhall" / "compiled"


def _keep_in_step() -> None:
    folder = _folder()
    ours = folder / sources_digest()
    try:
        ours.mkdir(parents=True, exist_ok=True)
        os.utime(ours)
        for other in folder.iterdir():
            if other != ours and len(other.name) == len(ours.name) and other.stat().st_mtime < time.time() - DAYS_KEPT * 86400:
                shutil.rmtree(other, ignore_errors=True)
    except OSError:
        return  # a folder that cannot be written: numba compiles anew in every process
    numba.config.CACHE_DIR = str(ours)  # type: ignore[attr-defined]


_keep_in_step()


def compiled(function: Function) -> Function:
    """Decorator: the function is compiled when first called, kept on disk, and runs without the interpreter's lock."""
    return numba.njit(cache=True, nogil=True)(function)  # type: ignore[return-value]


def inlined(function: Function) -> Function:
    """Decorator: as `compiled`, and built into compiled callers, since passing many arrays costs more than what the function does."""
    return numba.njit(cache=True, nogil=True, inline="always")(function)  # type: ignore[return-value]


class _Listener(event.Listener):
    def __init__(self, step: Callable[[str], None]) -> None:
        self.step = step

    def on_start(self, begun: event.Event) -> None:
        self.step(begun.data["dispatcher"].py_func.__name__)

    def on_end(self, done: event.Event) -> None:
        """Nothing: the next function says enough."""


@contextmanager
def watching(step: Callable[[str], None]) -> Iterator[None]:
    """Calls `step` with the name of each function whose compilation begins meanwhile, on whatever thread; not of those found on disk."""
    listener = _Listener(step)
    event.register("numba:compile", listener)  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        event.unregister("numba:compile", listener)  # type: ignore[no-untyped-call]
