"""The totals of a day: every mean and share is one total over another.

A day's pass fills a table of totals, one row for each name below and one column for each group (the hall, a service, a half-hour, a
window). A measure names two rows, and its value over any number of days is the sum of the first over the sum of the second. Keeping
totals, not values, is what lets days of different sizes be added up without bias.

Not for quantiles: these come from the waits themselves (one day) or from a histogram of them (many days).
"""

from __future__ import annotations

TOTALS = (
    "days",  # 1 a day
    "arrivals",  # tickets, whatever became of them; an interrupted service and its rest are one
    "visits",  # first tickets of a visit to the hall, whatever became of them; not no-shows, not diverted
    "cases",  # citizens who come with something new: first tickets of first visits, diverted or not; not no-shows
    "due",  # tickets that the service's target counts: it has one, and the ticket was not turned away, diverted or a no-show
    "within_target",  # of these, called within the target
    "queued",  # tickets that stood in the queue: served, reneged, sent home, interrupted, unfinished
    "wait",  # minutes, from arrival until called for the first time or gone
    "wait_from_doors",  # minutes, from when the doors were open to them until called or gone
    "delayed",  # tickets that waited at all
    "served",  # tickets
    "served_wait",  # minutes waited by the served
    "service",  # minutes of service of the served
    "stay",  # minutes from arrival until gone, of those that queued
    "interruption",  # minutes from an interruption until the rest was begun, or its citizen gone
    "reneged",
    "balked",
    "sent_home",
    "turned_away",
    "unfinished",
    "diverted",  # had it done elsewhere and never came
    "no_show",  # booked and did not come
    "left",  # reneged, balked or sent home
    "serving",  # minutes that windows served
    "busy",  # minutes that windows served, wrapped up or started up
    "available",  # minutes that windows were rostered and there, or busy
    "queue_time",  # minutes waited within the hall's day (half-hour: within it, whenever they came)
    "hall_time",  # minutes spent inside likewise
    "span",  # minutes of the hall's day, or of the half-hour
    "longest",  # minutes, the longest wait of the day
    "longest_days",  # 1 if anybody queued that day
    "peak",  # most people inside at one time
    "overtime",  # minutes
    "overtime_days",  # 1 a day, 0 in a textbook horizon, which has no closing
    "seats",  # most people waiting at one time, companions too
    "seats_nearly",  # people waiting that are not exceeded in 99 % of the day
    "seats_days",  # 1 a day in a hall to which people bring companions
)
"""Row names, in the order of the table."""

(
    DAYS,
    ARRIVALS,
    VISITS,
    CASES,
    DUE,
    WITHIN_TARGET,
    QUEUED,
    WAIT,
    WAIT_FROM_DOORS,
    DELAYED,
    SERVED,
    SERVED_WAIT,
    SERVICE,
    STAY,
    INTERRUPTION,
    RENEGED,
    BALKED,
    SENT_HOME,
    TURNED_AWAY,
    UNFINISHED,
    DIVERTED,
    NO_SHOW,
    LEFT,
    SERVING,
    BUSY,
    AVAILABLE,
    QUEUE_TIME,
    HALL_TIME,
    SPAN,
    LONGEST,
    LONGEST_DAYS,
    PEAK,
    OVERTIME,
    OVERTIME_DAYS,
    SEATS,
    SEATS_NEARLY,
    SEATS_DAYS,
) = range(len(TOTALS))
