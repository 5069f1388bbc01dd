"""What a worker of the tests' cluster is asked, in a module that it can import."""

from __future__ import annotations

from simulation.compiled import watching
from simulation.experiment.blocks import blocks_of


def compiled_for(packed: bytes) -> list[str]:
    """The functions that a worker has to compile to simulate a block."""
    names: list[str] = []
    with watching(names.append):
        blocks_of(packed, range(8))
    return names


def broken() -> None:
    raise ZeroDivisionError("in the middle of it")
