"""Is this installation able to work? One question a line, each with what was found and, where the answer is no, what to do.

Looks and tries; mends nothing, and makes no database: one that is not there yet is no fault.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, packages_distributions, requires, version
from pathlib import Path
from typing import Any

from dashboards.texts import Words
from simulation.faults import BadInput

FREE_BYTES = 500_000_000
"""of disk that a hall's records and their backups want at least"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One question and its answer."""

    name: str
    ok: bool
    found: str
    cure: str
    """empty where the answer is yes"""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def examine(words: Words) -> Iterator[Finding]:
    """All questions in turn; one that breaks in an unforeseen way is answered with no."""
    questions: tuple[tuple[str, Callable[[], str]], ...] = (
        ("python", _python),
        ("packages", _packages),
        ("names", _names),
        ("scenarios", lambda: _scenarios(words)),
        ("schemes", lambda: _schemes(words)),
        ("engines", lambda: _engines(words)),
        ("home", lambda: _home(words)),
        ("database", lambda: _database(words)),
    )
    for name, ask in questions:
        try:
            yield Finding(words(f"doctor_{name}"), True, ask(), "")
        except BadInput as refused:
            yield Finding(words(f"doctor_{name}"), False, refused.text(words.language), words(f"doctor_{name}_cure"))
        except Exception as broken:
            yield Finding(words(f"doctor_{name}"), False, str(broken) or type(broken).__name__, words(f"doctor_{name}_cure"))


def _python() -> str:
    return f"{platform.python_version()} ({sys.executable})"


def _packages() -> str:
    missing, wanted = [], [_bare_name(each) for each in requires("openhall") or [] if "extra ==" not in each]
    for name in wanted:
        try:
            version(name)
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        raise RuntimeError(", ".join(missing))
    return f"openhall {version('openhall')}, {len(wanted)}"


def _bare_name(requirement: str) -> str:
    for mark in " <>=!~;[(":
        requirement = requirement.split(mark)[0]
    return requirement


def _names() -> str:
    owned = packages_distributions()
    strangers = {name: set(owned.get(name, [])) - {"openhall"} for name in ("simulation", "supervision", "dashboards")}
    taken = [f"{name}: {', '.join(sorted(owners))}" for name, owners in strangers.items() if owners]
    if taken:
        raise RuntimeError("; ".join(taken))
    return "simulation, supervision, dashboards"


def _scenarios(words: Words) -> str:
    from dashboards.shipped import SCENARIOS, shipped_scenarios
    from simulation.scenario import load_scenario

    found = [load_scenario(path).name for path in shipped_scenarios().values()]
    if not found:
        raise RuntimeError(str(SCENARIOS))
    return words("doctor_count", count=len(found))


def _schemes(words: Words) -> str:
    from supervision.scheme import check_schemes, list_schemes

    faults = check_schemes()
    if faults:
        raise BadInput(faults)
    return words("doctor_count", count=len(list_schemes()))


def _engines(words: Words) -> str:
    """Both engines serve a small day and agree."""
    from simulation.demand import draw_demand
    from simulation.scenario import parse
    from simulation.serve import ENGINES, serve

    scenario = parse(_SMALL, "doctor")
    demand = draw_demand(scenario, seed=1, replication=0, day=0)
    started = time.perf_counter()
    logs = [serve(scenario, demand, engine=engine)[0] for engine in ENGINES]
    if any(log.ended.tobytes() != logs[0].ended.tobytes() for log in logs):
        raise RuntimeError(words("doctor_engines_differ"))
    return words("doctor_engines_agree", tickets=len(logs[0]), seconds=f"{time.perf_counter() - started:.1f}")


_SMALL: dict[str, Any] = {
    "schema": 1,
    "name": "doctor",
    "horizon": {"minutes": 480, "warm_up": 0},
    "services": [
        {
            "id": "one",
            "name": {"zh": "一", "en": "one"},
            "service_min": {"family": "exponential", "mean": 5},
            "patience_min": {"family": "exponential", "mean": 20},
            "arrivals_per_hour": 30,
        }
    ],
    "windows": [{"id": "w", "count": 3, "serves": ["*"]}],
}


def _home(words: Words) -> str:
    from supervision.home import data_folder

    folder = data_folder()
    with tempfile.TemporaryFile(dir=folder):
        pass
    free = shutil.disk_usage(folder).free
    if free < FREE_BYTES:
        raise RuntimeError(words("doctor_home_full", folder=folder, free=f"{free / 1e9:.1f}"))
    return words("doctor_home_free", folder=folder, free=f"{free / 1e9:.0f}")


def _database(words: Words) -> str:
    from supervision.db.store import DATABASE_FILE, open_store
    from supervision.home import data_folder
    from supervision.journal import verify

    if not os.environ.get("OPENHALL_DATABASE", "").strip() and not Path(data_folder() / DATABASE_FILE).exists():
        return words("doctor_database_none")
    with open_store() as store:
        verdict = verify(store)
        if not verdict.ok:
            raise RuntimeError(verdict.text(words.language))
        server = store.describe()
        told = [store.url.render_as_string(), verdict.text(words.language)]
        if server is not None:
            version, role, may_change = server
            told[1:1] = [words("doctor_database_role_may" if may_change else "doctor_database_role", version=version, role=role)]
        return "; ".join(told)
