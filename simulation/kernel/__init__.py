"""The compiled engine: the same contract as `simulation.hall`, the same answers ticket by ticket, in numba.

floor   lines and heaps, and what goes in and comes out
day     the loop: what comes next, and what it does

The rules themselves are in `routing` and `shifts`. Not for reading first: read `simulation.hall`.
"""

from __future__ import annotations

from simulation.kernel.day import run_day

__all__ = ["run_day"]
