"""What a new hall is sized from: a TOML file beside a hall scenario, every figure with its range and its basis.

    schema = 1
    name = "new-hall"
    hall = "../some-hall.toml"             # services, hours, groups of windows; how many windows is the answer, and how many come is below

    [target]                               # whoever comes is called within so many minutes, such a share of them
    wait_min = 15
    share = 0.9                            # without it: the mean wait is at most so many minutes

    [demand]
    cases_per_year = { value = 160000, low = 120000, high = 200000, basis = "..." }
    ...

A figure is a number, or a table of `value`, `low`, `high` (between which it may lie; 20 % either way if left out) and `basis`: a document's
phrase, a norm, or nothing, which makes it an assumption. `FIGURES` lists them all, with what each is if it is left out.

Assumes one hall whose services share the demand as the hall scenario says. Not for where the hall should stand (`simulation.district`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from simulation.faults import add_catalogue
from simulation.plain_tables import PlainTables, hall_beside, read_plain
from simulation.scenario import Scenario
from simulation.scenario.basis import ASSUMED

add_catalogue(Path(__file__).with_name("faults.toml"))

EITHER_WAY = 0.2
"""of a figure's value: how far it may lie from it, if the file does not say"""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a figure may be."""

    default: float | None
    """None: the file must give it"""
    least: float = 0.0
    most: float = 1e12
    ranged: bool = True
    """whether it has a range of its own"""


FIGURES: Mapping[str, Kind] = {
    "target.wait_min": Kind(None, 0.1, 480),
    "target.share": Kind(0.0, 0.0, 0.999, False),
    "demand.cases_per_year": Kind(None, 1, 1e9),
    "demand.days_per_year": Kind(250, 1, 366, False),
    "demand.growth": Kind(0.0, -0.5, 1.0),
    "demand.design_years": Kind(0, 0, 60, False),
    "demand.peak_day": Kind(1.0, 1, 20),
    "demand.service_factor": Kind(1.0, 0.05, 20),
    "demand.companions": Kind(0.0, 0, 10),
    "kiosks.share": Kind(0.0, 0, 0.95),
    "kiosks.service_min": Kind(5.0, 0.1, 240),
    "kiosks.wait_min": Kind(5.0, 0.1, 240, False),
    "kiosks.working": Kind(1.0, 0.05, 1),
    "staff.per_window": Kind(1.0, 1, 10),
    "staff.absence": Kind(0.0, 0, 0.8),
    "staff.chance": Kind(0.95, 0.5, 0.9999, False),
    "area.per_window_m2": Kind(None, 0, 1000),
    "area.per_seat_m2": Kind(None, 0, 100),
    "area.per_kiosk_m2": Kind(0.0, 0, 100),
    "area.per_staff_m2": Kind(0.0, 0, 100),
    "area.fixed_m2": Kind(0.0, 0, 1e6),
    "area.net_share": Kind(1.0, 0.1, 1),
    "area.minimum_m2": Kind(0.0, 0, 1e7, False),
}  # fmt: skip
"""dotted name -> what it may be; growth is a share a year, peak_day the busy day the hall is built for over the average one"""
SECTIONS = tuple(dict.fromkeys(name.partition(".")[0] for name in FIGURES))
GIVEN = ("windows", "area_m2", "staff")
"""what a building or a plan may be given by; the question is then what demand it serves"""
MOST_YEARS = 60


@dataclass(frozen=True, slots=True)
class Figure:
    """An input: its value, between what it may lie, and where it comes from."""

    value: float
    low: float
    high: float
    basis: str
    """empty: an assumption"""

    @property
    def assumed(self) -> bool:
        return not self.basis or self.basis.strip().lower().startswith(ASSUMED)

    @property
    def certain(self) -> bool:
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class Given:
    """A size that somebody named."""

    what: str
    """one of GIVEN"""
    amount: float
    basis: str


@dataclass(frozen=True, slots=True)
class Sizing:
    """The whole sheet."""

    name: str
    title: Mapping[str, str]
    hall: Scenario = field(repr=False)
    figures: Mapping[str, Figure]
    """all of FIGURES"""
    given: tuple[Given, ...] = ()
    years: int = 20
    """how far ahead is looked"""
    opens: int | None = None
    """calendar year of the opening, if it is known"""
    path: str = ""

    def __getitem__(self, name: str) -> float:
        return self.figures[name].value

    def having(self, changes: Mapping[str, float]) -> Sizing:
        """The sheet with other values of some figures; their ranges stay."""
        figures = {name: replace(each, value=float(changes.get(name, each.value))) for name, each in self.figures.items()}
        return replace(self, figures=figures)

    @property
    def cases_a_day(self) -> float:
        """On the average day of the first year."""
        return self["demand.cases_per_year"] / self["demand.days_per_year"]

    @property
    def design_day(self) -> float:
        """Cases on the day the hall is built for: the busy day of the design year, or of the first where demand shrinks."""
        return max(self.on_busy_day(0), self.on_busy_day(self["demand.design_years"]))

    def on_busy_day(self, year: float) -> float:
        """Cases on the busy day, so many years after the opening."""
        growth: float = (1 + self["demand.growth"]) ** year
        return self.cases_a_day * self["demand.peak_day"] * growth

    def assumptions(self) -> list[str]:
        """Names of the figures that no source gives."""
        return [name for name, each in self.figures.items() if each.assumed]


def load_sizing(path: str | Path) -> Sizing:
    """Reads a sheet and the hall it names. Raises BadInput with every fault of either."""
    return sizing_of(read_plain(Path(path), str(path)), Path(path))


def sizing_of(tables: PlainTables, path: Path) -> Sizing:
    """A sheet out of read tables. Raises BadInput."""
    tables.known((), ("schema", "name", "title", "hall", "opens", "years", "given", *SECTIONS))
    if tables.whole(("schema",)) != 1 and tables.at(("schema",)) is not None:
        tables.refuse("not_one_of", ("schema",), tables.at(("schema",)), allowed="1")
    name = tables.identity(("name",))
    title = tables.name(("title",), name)
    for section in SECTIONS:
        keys = [each.partition(".")[2] for each in FIGURES if each.startswith(f"{section}.")]
        tables.known((section,), keys)
    figures = {dotted: _figure(tables, dotted, kind) for dotted, kind in FIGURES.items()}
    given = [each for row in tables.rows(("given",)) if (each := _given(tables, row)) is not None]
    years = tables.whole(("years",), 20, least=1, most=MOST_YEARS)
    opens = tables.whole(("opens",), least=1900, most=2200) if tables.at(("opens",)) is not None else None
    hall = _hall(tables, path)
    tables.finish()
    assert hall is not None, "without a hall the file has been refused"
    return Sizing(name, title, hall, figures, tuple(given), years, opens, str(path))


def _figure(tables: PlainTables, dotted: str, kind: Kind) -> Figure:
    section, _, key = dotted.partition(".")
    path = (section, key)
    given = tables.at(path)
    if not isinstance(given, Mapping):
        if given is None and kind.default is not None:
            return Figure(kind.default, kind.default, kind.default, "")
        value = tables.number(path, least=kind.least, most=kind.most)
        return _ranged(value, kind, "")
    tables.known(path, ("value", "low", "high", "basis"))
    value = tables.number((*path, "value"), least=kind.least, most=kind.most)
    basis = tables.text((*path, "basis"), "")
    whole = _ranged(value, kind, basis)
    low = tables.number((*path, "low"), whole.low, least=kind.least, most=kind.most)
    high = tables.number((*path, "high"), whole.high, least=kind.least, most=kind.most)
    for word, wrong in (("low", low > value), ("high", high < value)):
        if wrong and word in given:
            tables.refuse("sizing_range", (*path, word), given[word], value_given=f"{value:g}")
    return Figure(value, low, high, basis)


def _ranged(value: float, kind: Kind, basis: str) -> Figure:
    if not kind.ranged or value == 0:
        return Figure(value, value, value, basis)
    away = abs(value) * EITHER_WAY
    return Figure(value, max(kind.least, value - away), min(kind.most, value + away), basis)


def _given(tables: PlainTables, path: tuple[str | int, ...]) -> Given | None:
    tables.known(path, (*GIVEN, "basis"))
    named = [each for each in GIVEN if tables.at((*path, each)) is not None]
    if len(named) != 1:
        tables.refuse("sizing_given", path, ", ".join(named), allowed=", ".join(GIVEN))
        return None
    return Given(named[0], tables.number((*path, named[0]), least=1, most=1e8), tables.text((*path, "basis"), ""))


def _hall(tables: PlainTables, path: Path) -> Scenario | None:
    """The hall that the sheet names; it has windows, and somebody comes."""
    from simulation.optimisation.table import groups_of

    hall = hall_beside(tables, ("hall",), path.parent)
    if hall is None or hall.horizon is not None:
        return hall
    if not groups_of(hall):
        tables.refuse("sizing_no_windows", ("hall",), tables.at(("hall",)))
    elif not hall.offered_load() > 0:
        tables.refuse("sizing_nobody", ("hall",), tables.at(("hall",)))
    return hall
