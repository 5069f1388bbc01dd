"""Where the scenarios that come with the program lie: the folder `scenarios` beside this package, in a checkout as in an installed wheel.

Not for scenarios that users save: these are rows of the database.
"""

from __future__ import annotations

from pathlib import Path

from simulation.faults import BadInput, fault

SCENARIOS = Path(__file__).resolve().parent.parent / "scenarios"


def shipped_scenarios() -> dict[str, Path]:
    """Name (file name without .toml) -> path of every shipped scenario, in the order of the names."""
    return {path.stem: path for path in sorted(SCENARIOS.glob("*.toml"))}


def find_scenario(given: str) -> Path:
    """The file a person means: a path, or the name of a shipped scenario.

    Raises BadInput if there is neither, naming the shipped ones.
    """
    path = Path(given)
    if path.is_file():
        return path
    shipped = shipped_scenarios()
    if given in shipped:
        return shipped[given]
    if path.suffix or len(path.parts) > 1:
        raise BadInput([fault("file_missing", given)])
    raise BadInput([fault("scenario_unknown", given, given, shipped=", ".join(shipped))])
