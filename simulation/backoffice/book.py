"""The case register as a table: one row a case, moments as local dates and times. Not for the ticket log (`simulation.tickets`)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation.backoffice.run import Register
from simulation.tickets import check_log_name

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]


def register_frame(register: Register) -> pd.DataFrame:
    """The register as a frame; a result that the citizen does not have yet has no time."""
    import pandas as pd

    cases, office = register.cases, register.office
    names = np.array([service.id for service in office.scenario.services], dtype=object)
    kinds = np.array([plan.case.kind if plan else "" for plan in office.plans], dtype=object)

    def clock(moments: Floats) -> pd.DatetimeIndex:
        seconds = np.where(np.isfinite(moments), np.floor(np.where(np.isfinite(moments), moments, 0.0) * 60), np.nan)
        return pd.Timestamp(office.first_date) + pd.to_timedelta(seconds, unit="s")

    return pd.DataFrame(
        {
            "case": np.arange(1, len(cases.citizen) + 1),
            "citizen": cases.citizen,
            "service": names[cases.service],
            "kind": kinds[cases.service],
            "accepted": clock(cases.accepted),
            "decided": clock(register.decided),
            "ready": clock(register.ready),
            "in_hand": clock(register.in_hand),
            "delivery": np.where(cases.collects, "collected", "sent"),
            "days_counted": register.counted,
            "days_elapsed": register.elapsed,
            "overdue": register.overdue,
            "papers_asked": cases.asked,
            "visits": register.visits,
        }
    )


def write_register(path: str | Path, register: Register) -> None:
    """Writes the register as CSV, or as Parquet when the name ends in .parquet."""
    check_log_name(path)
    frame = register_frame(register)
    if Path(path).suffix == ".parquet":
        frame.to_parquet(path, index=False)
    else:
        frame.to_csv(path, index=False, encoding="utf-8-sig" if any(not s.isascii() for s in set(frame["service"])) else "utf-8")
