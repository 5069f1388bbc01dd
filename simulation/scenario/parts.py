"""The parts of a scenario, as the engines see them: frozen, checked, in minutes.

All times are minutes; minute 0 is the first opening of the day, gaps included; rates are per minute. Made by `parse` and `load_scenario`,
never by hand: nothing here checks itself.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, TypeVar

from simulation.laws import Law
from simulation.scenario.case_parts import Case, Pool

AtEnd = Literal["serve_all", "finish_current", "keep_tickets"]
Name = Mapping[str, str]
"""A visible name: language ("zh", "en") -> text."""
NO_TIME = Law("deterministic", (0.0,))
"""no minutes at all"""


@dataclass(frozen=True, slots=True)
class Opening:
    """A period in which the doors are open."""

    start: float
    """minutes since the first opening"""
    end: float
    """minutes since the first opening"""
    at_end: AtEnd
    """what happens at the end to the citizens inside"""
    early: float
    """minutes before the start in which people may already queue; 0: nobody comes early"""
    last_ticket: float
    """minute after which nobody gets a ticket (turned away); at most `end`"""
    last_start: float = math.inf
    """minute from which on no service starts; inf: no such rule"""


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch of time in which every arrival rate is constant."""

    start: float
    """minutes"""
    end: float
    """minutes"""
    label: str
    """clock time of the start, such as "08:30"; in a scenario with a horizon the minute"""
    kind: Literal["early", "open"]
    """before the doors open, or while they are open"""


@dataclass(frozen=True, slots=True)
class Season:
    """How many come on one day beside another: factors of the arrival rates, which multiply."""

    weekday: tuple[float, ...] = (1.0,) * 8
    """Monday to Sunday, then a weekend day that is worked (调休); see simulation.dates"""
    month: tuple[float, ...] = (1.0,) * 12
    before: tuple[float, ...] = (1.0,)
    """of the last working day before a holiday, the last but one, ..."""
    after: tuple[float, ...] = (1.0,)
    """of the first working day after a holiday, the second, ..."""

    @property
    def is_flat(self) -> bool:
        """Whether every factor is 1."""
        return {*self.weekday, *self.month, *self.before, *self.after} == {1.0}


@dataclass(frozen=True, slots=True)
class Days:
    """How the days of a run differ from one another."""

    starts: date | None = None
    """from when on the run counts the days on which the hall opens; None: days have no date, and are alike but for chance"""
    season: Season = Season()
    """of services that have none of their own"""
    day_cv: float = 0.0
    """coefficient of variation of a day's factor of all rates (mean 1)"""
    half_hour_cv: float = 0.0
    """the same of a factor for each half-hour and service"""
    learns: bool = False
    """whether some window learns"""

    @property
    def vary(self) -> bool:
        """Whether the expected number of a day depends on the day."""
        return self.starts is not None or self.day_cv > 0 or self.half_hour_cv > 0


@dataclass(frozen=True, slots=True)
class Booking:
    """Appointments of a service (预约)."""

    step: float
    """minutes between the booked times, from each opening's start on; 0: at `times` only"""
    places: int
    """appointments at each booked time of a step"""
    booked: float
    """0..1, the share of the places that is taken"""
    no_show: float
    """0..1, the share of the booked who do not come; their window time falls to whoever waits"""
    late: float
    """minutes, mean of arrival minus booked time; negative is early"""
    spread: float
    """minutes, standard deviation of it (normal)"""
    times: tuple[tuple[float, int], ...] = ()
    """(minute, places): booked times of the day that are not the same at every step"""
    channels: tuple[Channel, ...] = ()
    """by which way they are booked; none: all alike"""


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to book (web, WeChat, telephone), and what those are like who do."""

    name: str
    share: float
    no_show: float
    late: float
    spread: float


@dataclass(frozen=True, slots=True)
class Retry:
    """Who comes again on a later day after a visit that came to nothing."""

    after: tuple[str, ...]
    """outcomes of the visit, names of tickets.OUTCOMES"""
    share: float
    """0..1, decided anew each time"""
    delays: tuple[tuple[int, float], ...]
    """(days later, share)"""
    at_profile: bool
    """at a moment as the service's arrivals have it that day; False: at the doors when they first open"""
    most: int | None
    """visits in all, after which nobody comes again; None: without limit"""


@dataclass(frozen=True, slots=True)
class Tidal:
    """A window that opens and closes with the queue (潮汐窗口), staffed from the back office within its shifts."""

    open_queue: int
    """people waiting for what it serves, from which on it opens"""
    close_queue: int
    """people waiting, down to which it closes when it becomes free; below `open_queue`"""
    least: float
    """minutes it stays open at least"""


@dataclass(frozen=True, slots=True)
class Away:
    """How somebody leaves a window that has nobody to serve, from time to time."""

    share: float
    """0..1, of the time in which the window serves nobody"""
    lasts: Law
    """minutes until whoever is away comes back"""

    @property
    def idle(self) -> float:
        """Minutes, on average, that somebody sits there idle before going away."""
        return self.lasts.mean * (1 - self.share) / self.share


@dataclass(frozen=True, slots=True)
class Service:
    """Something citizens come for (事项); in a file with classes, stations or bundles one line of it: what one ticket waits for."""

    id: str
    name: Name
    law: Law
    """service time, minutes at efficiency 1"""
    patience: Law | None
    """minutes a citizen waits before leaving; None: for ever"""
    arrival_rate: tuple[float, ...]
    """citizens per minute, one per slot of the scenario"""
    target_wait: float | None
    """minutes; None: no target"""
    target_share: float | None
    """0..1, the share that should be called within the target"""
    balking: tuple[tuple[int, float], ...]
    """(queue length of this service, share that then does not join), lengths ascending"""
    priority: int
    """0 is called first"""
    returns: tuple[float, int] | None
    """(share, days): this share of those sent home or turned away comes back after so many days"""
    quota: int | None = None
    """tickets in one opening period (限号); None: without limit"""
    then: tuple[tuple[str, float], ...] = ()
    """(service id, share): what a citizen goes on to after this service; the rest of the shares leaves the hall"""
    incomplete: tuple[float, int] | None = None
    """(share, days): this share of those served lacked a paper and comes again after so many days"""
    batch: tuple[tuple[int, float], ...] = ()
    """(citizens, share): how many come together at one arrival; none: one"""
    cases: tuple[tuple[int, float], ...] = ()
    """(cases, share): how many cases one citizen brings, one after the other at the same window; none: one"""
    companions: tuple[tuple[int, float], ...] = ()
    """(companions, share): how many come with a citizen and take seats, without a ticket; none: nobody"""
    booking: Booking | None = None
    """appointments besides those who walk in; None: none"""
    announced: tuple[tuple[float, float], ...] = ()
    """(announced wait in minutes, share that then does not join), waits ascending; none where `balking` is given"""
    of: str = ""
    """id of the service in the file that this line belongs to; its own id for the public at the windows"""
    klass: str = "public"
    """id of the class whose line it is"""
    station: str | None = None
    """id of the station where it is served; None: at the windows"""
    stays: bool = False
    """whether who goes on from here does so at the same window, at once (a bundle in one sitting)"""
    leads_in: bool = False
    """whether the cases of the service that they go on to are brought there (a desk before the windows)"""
    season: Season | None = None
    """how its arrivals vary over the days; None: as the hall's do"""
    case: Case | None = None
    """what becomes of it once it is accepted; None: nothing is left to be done"""
    diverted: tuple[tuple[str, float], ...] = ()
    """(where to, share): who has it done elsewhere (online, in a township) and never comes; the rest of the shares comes to the hall"""
    retries: tuple[Retry, ...] = ()
    """who comes again after which outcome; goes before `returns`"""
    accepted: float = 0.0
    """0..1, the share of those who lack a paper that is accepted all the same (容缺受理) and does not come again"""
    incomplete_again: tuple[float, ...] = ()
    """shares of those served at their second, third, ... visit that still lack a paper"""


@dataclass(frozen=True, slots=True)
class Window:
    """A seat that serves."""

    id: str
    name: Name
    zone: str | None
    kind: str
    """dedicated, comprehensive (综合窗口), or another word of the file's"""
    efficiency: Mapping[str, float]
    """service id -> work done per minute; only the services it can serve, in the order of the scenario's services"""
    shifts: tuple[tuple[float, float], ...]
    """minutes (from, to), in order, not overlapping"""
    breaks: tuple[tuple[float, float], ...]
    """minutes (from, to), in order"""
    departments: tuple[str, ...]
    """ids of the departments that stand behind this seat"""
    laws: Mapping[str, Law] = field(default_factory=dict)
    """service id -> service time of this window, where it is not the service's own"""
    overflow: tuple[tuple[str, int], ...] = ()
    """(service id, people): it helps this service, after its own, once so many wait"""
    covers: tuple[str, ...] = ()
    """service ids: it serves these too while no window whose own they are is on post"""
    tidal: Tidal | None = None
    """None: it is open whenever it is on duty"""
    at_shift_end: str = "finish_current"
    """a key of shifts.LEAVING"""
    at_break: str = "finish_current"
    """a key of shifts.LEAVING"""
    rests: bool = False
    """whether a break lasts its length from when the window is free, rather than ending by the clock"""
    wrap_up: Law = NO_TIME
    """minutes after each citizen before the window calls again; a number in the file is a constant time"""
    start_up: float = 0.0
    """minutes after coming on duty before it calls"""
    absence: float = 0.0
    """0..1, the share of days on which nobody sits there"""
    breakdown: tuple[Law, Law] | None = None
    """(minutes until it breaks down, minutes of repair), in turn from the start of the day"""
    station: str | None = None
    """id of the station it is (a desk or machine beside the windows); None: a window of the hall"""
    learning: tuple[float, float] | None = None
    """(share, weeks): which share of its efficiency it has at first, and after how many weeks all of it; None: all from the start"""
    away: Away | None = None
    """None: whoever is idle there stays there"""


@dataclass(frozen=True, slots=True)
class Class:
    """A class of citizens; the first of a scenario is the public."""

    id: str
    name: Name


@dataclass(frozen=True, slots=True)
class Department:
    """A department window: the unit that is assessed. Many to many with seats."""

    id: str
    name: Name
    kind: str
    windows: tuple[str, ...]
    """ids of its seats"""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of the hall, by name."""

    idle_window: str = "listed"
    """which idle window a ticket gets: a key of routing.IDLE_WINDOW"""
    lines: str = "common"
    """"common": a ticket queue; "per_window": lines before the windows, the shortest is joined and kept"""
    booked: str = "first"
    """who is called: "first": the booked; "by_time": whoever waits longest, the booked from their booked time on;
    "alternate": both in turn"""
    urgent_interrupt: bool = False
    """whether a citizen of a more urgent service interrupts a less urgent one, whose rest any window may do"""
    places: int | None = None
    """people who may wait in the hall; who finds it full is turned away. None: without limit"""
    ghost: float | None = None
    """minutes a window loses when it calls the ticket of someone who has left; None: such tickets are taken out at once"""
    longest_wait: float | None = None
    """minutes; who has waited so long is called before all who have not. None: no such promise"""


@dataclass(frozen=True, slots=True)
class Costs:
    """Prices, in one currency."""

    window_hour: float
    """of a window on duty"""
    overtime_hour: float
    """of a window after the end of its last shift"""
    waiting_hour: float
    """of a citizen who waits"""
    training: float
    """of a person who learns to serve more than before, once"""
    training_days: float
    """working days over which training is spread"""
    currency: str = "CNY"


@dataclass(frozen=True, slots=True)
class Horizon:
    """A textbook run instead of a day."""

    minutes: float
    warm_up: float
    """minutes at the start that no measure counts"""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A hall and its demand, checked."""

    name: str
    title: Name
    timezone: str
    """IANA name"""
    clock_start: float
    """minutes after midnight of minute 0; 0 in a scenario with a horizon"""
    openings: tuple[Opening, ...]
    slots: tuple[Slot, ...]
    services: tuple[Service, ...]
    windows: tuple[Window, ...]
    departments: tuple[Department, ...]
    horizon: Horizon | None
    days_per_year: float | None
    """working days in the period the figures stand for; None: not said"""
    basis: Mapping[str, str]
    """dotted path by id -> a document's phrase, a fit's id, or "assumption" """
    document: Mapping[str, Any]
    """the raw document it was read from, plain Python values; edit a deep copy of it (simulation.plans) and parse it again"""
    digest: str
    """sha256 of the canonical content, 64 hexadecimal characters"""
    path: str | None = field(default=None, compare=False)
    """the file it came from"""
    rules: Rules = Rules()
    """the rules of the hall"""
    classes: tuple[Class, ...] = ()
    """of citizens, the public first; a citizen's class is an index into it"""
    days: Days = Days()
    """how the days of a run differ"""
    week: tuple[Scenario | None, ...] = field(default=(), compare=False, repr=False)
    """the hall on each kind of day (simulation.dates.KINDS), None where it is shut; empty where days have no date. What stands beside it
    (openings, slots, rates, shifts) is the first of the week on which it opens"""
    pools: tuple[Pool, ...] = ()
    """who works behind the windows"""
    costs: Costs | None = None
    """prices, where the file gives them"""

    def service(self, identity: str) -> Service:
        """The service of that id. Raises KeyError if there is none."""
        return _named(self.services, identity)

    def window(self, identity: str) -> Window:
        """The window (seat) of that id. Raises KeyError if there is none."""
        return _named(self.windows, identity)

    def department(self, identity: str) -> Department:
        """The department of that id. Raises KeyError if there is none."""
        return _named(self.departments, identity)

    def citizens_per_day(self) -> float:
        """Expected citizens of an ordinary day (of one run, with a horizon): alone, in groups and by appointment, first visits only."""
        from simulation.expected import citizens_per_day

        return float(citizens_per_day(self).sum())

    def offered_load(self) -> float:
        """Expected work of a day at efficiency 1, in window-minutes (not erlangs: divide by the minutes the doors are open): every visit
        with its cases and further services."""
        from simulation.expected import tasks_per_day

        return float(sum(number * service.law.mean for number, service in zip(tasks_per_day(self), self.services, strict=True)))

    def assumptions(self) -> list[str]:
        """Dotted paths of the figures that no document and no fit stands behind, in the order of the file."""
        from simulation.scenario.basis import assumptions

        return assumptions(self.document)

    def to_toml(self) -> str:
        """The scenario as a TOML file; reading it again gives an equal scenario. Comments of the original file are not kept."""
        from simulation.scenario.writing import to_toml

        return to_toml(self.document)

    def __hash__(self) -> int:
        return hash((self.digest, tuple(window.shifts for window in self.windows)))  # plans of a search are of one document


Part = TypeVar("Part", Service, Window, Department)


def _named(parts: tuple[Part, ...], identity: str) -> Part:
    for part in parts:
        if part.id == identity:
            return part
    raise KeyError(identity)
