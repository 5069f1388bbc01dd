"""What a demonstration makes up, and on what ground. Everything without a source is an assumption."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING

from ...faults import BadInput, Fault, fault

if TYPE_CHECKING:
    from simulation.scenario import Scenario

LEVEL_COUNTS = {5: 13_431_970, 4: 10_421, 3: 18_062, 2: 295, 1: 980}
"""Effective ratings of Guangdong in July 2023 by level (RULES 1.7, W4)."""
OUTCOME_COUNTS = {"granted": 7_525_307, "refused": 305_962, "transferred": 888, "terminated": 46_400}
"""Finished cases of Guangdong in January 2020 by outcome (RULES 3.1, W2)."""
FINDINGS = (
    "dress", "grooming", "mandarin", "etiquette", "desk_layout", "first_asked", "one_time_notice", "phone_on_duty", "knows_nothing",
    "poor_attitude", "late_or_early", "away_from_post",
)  # fmt: skip
"""What a visit can see at a window: codes of the checklist, all alike often (assumption)."""


@dataclass(frozen=True, slots=True)
class Assumptions:
    """The knobs of a demonstration. Shares lie in 0..1."""

    departments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Service id -> the department windows whose cases its tickets become, each as often as it is named; a service
without an entry leaves its tickets to the departments of the seat that called them. Assumption."""
    instant_share: float = 0.95
    """Share of instant cases (即办件): 90 % to 99 % (RULES 7.2, documents 003 and 004); the middle is an assumption."""
    promised_days: tuple[int, ...] = (1, 2, 3, 5)
    """Promised limits in working days, given to the services in turn; assumption."""
    legal_days: int = 20
    """Working days from acceptance (administrative licensing law, art. 42; RULES 3.2)."""
    overdue_share: float = 0.04
    """Share of promised cases that end after their limit; assumption."""
    open_share: float = 0.01
    """Share of promised cases that nobody ends; assumption."""
    stopped_share: float = 0.05
    """Share of promised cases with a special procedure (特别程序); assumption."""
    coverage: float = 21_686 / 77_144
    """Ratings per ticket that was served or sent home: document 003's valid ratings per case of the main hall, which is an upper bound."""
    mistaken_share: float = 10 / 21_686
    """Share of ratings found to be mistaken (误评): document 003."""
    least_mistaken: int = 2
    """So many mistaken ratings at least, so that the state is shown; a real month often has none."""
    least_contested: int = 1
    """So many bad ratings under appeal at least; likewise."""
    least_bad: int = 1
    """So many bad ratings that stand at least; likewise."""
    checks_per_window: int = 2
    """Checks of each department window in the month; assumption."""
    finding_share: float = 0.08
    """Share of checks that find a fault; assumption."""
    least_findings: int = 4
    """So many findings at least, so that one can be disputed and one withdrawn."""
    third_party_share: float = 0.3
    """Share of checks made by a third party; assumption."""
    disputed_share: float = 0.15
    """Share of findings that the unit disputes (one succeeded: RULES 4.2, M7); at least one; assumption."""
    withdrawn_share: float = 0.05
    """Share of findings that were withdrawn; at least one; assumption."""

    def __post_init__(self) -> None:
        shares = {name: getattr(self, name) for name in self.__slots__ if name.endswith("_share") or name == "coverage"}
        wrong = [name for name, share in shares.items() if not 0 <= share <= 1]
        if wrong:
            raise ValueError(f"shares lie in 0..1: {', '.join(wrong)}")
        if not self.promised_days or min(*self.promised_days, self.legal_days) < 1:
            raise ValueError("limits are at least one working day")


def assumptions_of(scenario: Scenario) -> Assumptions:
    """The assumptions in the file of the scenario's name in ``demo/`` beside the scenario, or the general ones if there is none.

    Raises BadInput, with every fault, for a file that names what is not there.
    """
    path = None if scenario.path is None else Path(scenario.path).parent / "demo" / f"{scenario.name}.toml"
    if path is None or not path.is_file():
        return Assumptions()
    place = path.name
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as broken:
        raise BadInput([fault("demo_toml", place, str(broken).splitlines()[0])]) from None
    faults: list[Fault] = []
    if document.pop("schema", None) != 1:
        faults.append(fault("demo_schema", place))
    departments = document.pop("departments", {})
    known = {each.id for each in scenario.departments}
    services = {each.id for each in scenario.services}
    if not isinstance(departments, dict) or not all(isinstance(several, list) and several for several in departments.values()):
        faults.append(fault("demo_departments", f"{place}: departments"))
        departments = {}
    faults += [fault("demo_service", f"{place}: departments", name) for name in departments if name not in services]
    faults += [
        fault("demo_department", f'{place}: service "{service}"', name)
        for service, several in departments.items()
        for name in sorted({str(each) for each in several} - known)
    ]
    knobs = {each.name for each in fields(Assumptions)}
    faults += [fault("demo_knob", place, name, knobs=", ".join(sorted(knobs))) for name in document if name not in knobs]
    if faults:
        raise BadInput(faults)
    if "promised_days" in document:
        document["promised_days"] = tuple(document["promised_days"])
    try:
        return Assumptions({service: tuple(several) for service, several in departments.items()}, **document)
    except (TypeError, ValueError) as wrong:
        raise BadInput([fault("demo_value", place, wrong)]) from None
