"""Kinds of long work for the tests of jobs, in a module because processes of their own run them; and reports for work done in this one."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from dashboards.jobs import Stopped
from simulation.faults import BadInput, fault


def unheard(*_, **__):
    """A report to nobody."""


def stopped(*_, **__):
    """A report once the job was cancelled."""
    raise Stopped


def count(arguments, report):
    """Counts up, a tenth of a second each; leaves its process id and a mark when it was asked to stop."""
    if "pid" in arguments:
        Path(arguments["pid"]).write_text(str(os.getpid()), encoding="utf-8")
    for done in range(arguments["to"]):
        time.sleep(0.1)
        report((done + 1) / arguments["to"], "job_sizes_tried", done=done + 1)
    return {"counted": arguments["to"]}


def deaf(arguments, report):
    """Never asks whether it should stop."""
    report(0.5)
    print("noise on stdout")
    time.sleep(600)


def refuse(arguments, report):
    raise BadInput([fault("job_scenario_changed", "potou")])


def break_down(arguments, report):
    raise ZeroDivisionError


def die(arguments, report):
    os.kill(os.getpid(), signal.SIGKILL)
