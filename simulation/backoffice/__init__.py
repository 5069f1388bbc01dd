"""After the window (前台受理、独立勘察、后台审批、统一出件): what the windows accepted goes through steps of pools with their own staff,
on the working-day clock, until the result is sent or collected.

clocks       how long a pool has worked by a moment, and back
office       a scenario's pools, calendar and steps as arrays
cases        what was accepted on a day, and everything random of it, drawn first
story, loop  the two engines: SimPy to be read, and compiled; equal to the bit
limits       working days counted against the promise, excluded time left out
delivery     sent, or collected at the hall on a later day
run          the hall and the office, day after day -> the case register
book         the register as a table
measures     the register -> totals; experiment: replications -> values with intervals

Assumes that nobody in a pool is ill or on leave, and that a file stays with whoever took it.
"""

from __future__ import annotations

from simulation.backoffice.book import register_frame, write_register
from simulation.backoffice.experiment import CaseResult, case_experiment
from simulation.backoffice.run import Register, run_cases

__all__ = ["CaseResult", "Register", "case_experiment", "register_frame", "run_cases", "write_register"]
