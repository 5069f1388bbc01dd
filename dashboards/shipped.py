"""Where the scenarios that come with the program lie: the folder `scenarios` beside this package, in a checkout as in an installed wheel;
sizing sheets and districts in folders of it.

Not for scenarios that users save: these are rows of the database.
"""

from __future__ import annotations

from pathlib import Path

from simulation.faults import BadInput, fault

SCENARIOS = Path(__file__).resolve().parent.parent / "scenarios"
SHEETS = SCENARIOS / "sizing"
DISTRICTS = SCENARIOS / "district"


def shipped_scenarios() -> dict[str, Path]:
    """Name (file name without .toml) -> path of every shipped scenario, in the order of the names."""
    return _files_of(SCENARIOS)


def shipped_sheets() -> dict[str, Path]:
    """The same of the sizing sheets."""
    return _files_of(SHEETS)


def shipped_districts() -> dict[str, Path]:
    """The same of the districts."""
    return _files_of(DISTRICTS)


def find_scenario(given: str) -> Path:
    """The file a person means: a path, or the name of a shipped scenario.

    Raises BadInput if there is neither, naming the shipped ones.
    """
    return _find(given, shipped_scenarios(), "scenario_unknown")


def find_sheet(given: str) -> Path:
    """The same for a sizing sheet."""
    return _find(given, shipped_sheets(), "sizing_sheet_unknown")


def find_district(given: str) -> Path:
    """The same for a district."""
    return _find(given, shipped_districts(), "district_unknown")


def _files_of(folder: Path) -> dict[str, Path]:
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def _find(given: str, shipped: dict[str, Path], unknown: str) -> Path:
    path = Path(given)
    if path.is_file():
        return path
    if given in shipped:
        return shipped[given]
    if path.suffix or len(path.parts) > 1:
        raise BadInput([fault("file_missing", given)])
    raise BadInput([fault(unknown, given, given, shipped=", ".join(shipped))])
