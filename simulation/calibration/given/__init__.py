"""Days of a log as they were, to be served again by a fitted hall: who came when for what, and who was on post when.

Held days give what no model is asked to foresee (arrivals, staff open); the fit gives the rest: service times, patience, what windows do
between citizens, who is called before whom. `replay` draws that and lets the engine serve the day.

A window that goes away while idle is a citizen of the window's own who comes only if it is free at that instant, and takes as long as
it is away; pauses after a service lengthen the service. So the engines need no rule for either. The draws of a citizen are those of their
place in the day, whatever the model; so two models meet the same citizens.

Assumes that windows are on post by half-hours, and citizens of the log leave, are served or are sent home. Not for halls whose rules
(quotas, several openings) decide who gets a ticket: on given days everybody in the log does.

model   what the training days tell
posts   which window was on post when
days    the days as they were
draws   what chance adds to them
hall    the hall of a day, and its citizens, as the engines take them
replay  the day served again
"""

from __future__ import annotations

from simulation.calibration.given.days import LAST_MINUTE, QUEUED, GivenDay, given_days
from simulation.calibration.given.hall import stood_in
from simulation.calibration.given.model import Model, fit_model, without
from simulation.calibration.given.replay import Replayed, replay

__all__ = ["LAST_MINUTE", "QUEUED", "GivenDay", "Model", "Replayed", "fit_model", "given_days", "replay", "stood_in", "without"]
