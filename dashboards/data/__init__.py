"""The only caller of both halves: what the pages ask, answered with plain values and frames, kept for a while, within bounds.

halls    scenarios: which there are, their groups of windows, a plan as changes of one
changes  a plan's changes in words
library  saved plans
runs     experiments and comparisons as frames
advice   what to try first
sizes    a demand -> the windows and seats it needs
formulas queueing formulas beside a simulated result
outlook  a plan's waits -> the next assessment
record   the assessed months: tables, sheets, lines, evidence, the journal
work     what waits for somebody, and the acts: steps of a month, appeals, orders, signals

What is kept is keyed by everything it depends on (digest of the inputs, seed, replications; hall, month, count of journal rows),
never by who asks, and every cache has a bound. No sentence stands here: names come from the data, wording from `texts`.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import metadata
from pathlib import Path

from simulation.faults import BadInput as BadInput

HERE = Path(__file__).resolve().parents[1]
"""The folder of the pages, with static/."""


@lru_cache(maxsize=1)
def version() -> str:
    """The program's version, or "0" when it runs from a folder that was never installed."""
    try:
        return metadata.version("openhall")
    except metadata.PackageNotFoundError:
        return "0"
