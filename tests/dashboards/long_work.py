"""Kinds of long work for the tests of jobs: run by a process of their own, so they stand in a module."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from simulation.faults import BadInput, fault


def count(arguments, report, stop):
    """Counts up, a tenth of a second each; leaves its process id and a mark when it was asked to stop."""
    if "pid" in arguments:
        Path(arguments["pid"]).write_text(str(os.getpid()), encoding="utf-8")
    for done in range(arguments["to"]):
        if stop():
            return {"counted": -1}
        time.sleep(0.1)
        report((done + 1) / arguments["to"], "job_sizes_tried", done=done + 1)
    return {"counted": arguments["to"]}


def deaf(arguments, report, stop):
    """Never asks whether it should stop."""
    report(0.5)
    print("noise on stdout")
    time.sleep(600)


def refuse(arguments, report, stop):
    raise BadInput([fault("job_scenario_changed", "potou")])


def break_down(arguments, report, stop):
    raise ZeroDivisionError


def die(arguments, report, stop):
    os.kill(os.getpid(), signal.SIGKILL)
