"""The compiled engine: the same contract as `simulation.hall`, the same answers ticket by ticket, in numba.

features   which of the two loops a hall gets
plain      the fast loop, for the common rules
day        the general loop, for every rule: what comes next, and what it does
floor      lines and heaps of the general loop

The rules themselves are in `routing` and `shifts`. Not for reading first: read `simulation.hall`.
"""

from __future__ import annotations

from simulation.engines import Log, Visits
from simulation.kernel.features import plain_day, plain_hall
from simulation.numbers import Hall

__all__ = ["run_day", "run_general"]


def run_day(hall: Hall, visits: Visits) -> Log:
    """Serves one day with the loop that knows the rules it needs; a loop is loaded and compiled when it is first needed."""
    plain = plain_hall(hall)
    if plain is not None and plain_day(visits):
        from simulation.kernel.plain import run_plain

        return run_plain(plain, visits)
    return run_general(hall, visits)


def run_general(hall: Hall, visits: Visits) -> Log:
    """Serves one day with the loop that knows every rule."""
    from simulation.kernel.day import run_day as run

    return run(hall, visits)
