"""Verdicts for the page: that of the small log which comes with the program, and those that `openhall believe --json` wrote.

The sample is fitted and judged once for a process; a file is read strictly and shown as it stands. Not for fitting a large log on a page:
that is the command's.
"""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from dashboards.shipped import SCENARIOS
from simulation.faults import BadInput, fault

SAMPLE = SCENARIOS / "logs" / "warsaw-zoliborz.csv.gz"
MAPPING = "warsaw-offices"
LARGEST = 5_000_000
"""bytes of a verdict"""
_NEEDED = ("checks", "by_half_hour", "by_day", "by_service", "causes", "rejects", "training_days", "held_days", "people")
_OF_CHECK = ("name", "observed", "simulated", "value", "bar", "at_least", "basis", "kept", "perfect")
_OF_HALF_HOUR = ("slot", "people", "observed", "simulated", "low", "high")


@st.cache_data(show_spinner=False, max_entries=1)
def of_sample() -> dict[str, Any]:
    """The verdict on the sample, as plain data."""
    from dashboards.verdicts import as_data
    from simulation.calibration import load_mapping
    from simulation.calibration.verdict import believe_files

    return as_data(believe_files([SAMPLE], load_mapping(MAPPING)))


def of_file(name: str, content: bytes) -> dict[str, Any]:
    """A verdict that the command wrote. Raises BadInput if it is none."""
    from simulation.calibration.believing import BARS

    try:
        if len(content) > LARGEST:
            raise ValueError(f"{len(content):,} > {LARGEST:,}")
        told = json.loads(content)
        whole = isinstance(told, dict) and all(key in told for key in _NEEDED)
        whole = whole and all(all(key in each for key in _OF_CHECK) and each["name"] in BARS for each in told["checks"])
        whole = whole and bool(told["by_half_hour"]) and all(all(key in each for key in _OF_HALF_HOUR) for each in told["by_half_hour"])
        if not whole:
            raise ValueError("…")
    except (ValueError, TypeError, KeyError, RecursionError, UnicodeDecodeError) as problem:
        raise BadInput([fault("believe_file", name, str(problem)[:80])]) from None
    return dict(told)
