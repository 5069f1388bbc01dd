"""The kinds of long work there are: name -> where its function is, so that a process loads no more than it needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

Arguments = Mapping[str, Any]


class Stopped(Exception):
    """Raised out of a report when somebody has asked the job to stop."""


class Report(Protocol):
    """Tells how far the work is: the share done (0..1, None if not known), a key of texts/ ("" for none) and its facts.

    Raises Stopped once the job is asked to stop; the work lets it pass.
    """

    def __call__(self, progress: float | None, note: str = "", **facts: Any) -> None: ...


KINDS: dict[str, str] = {
    "believe": "dashboards.jobs.believed:believe",
    "compare": "dashboards.jobs.simulated:compare",
    "district": "dashboards.jobs.districts:judge",
    "district_tornado": "dashboards.jobs.districts:storm",
    "size": "dashboards.jobs.sized:size",
    "sizes": "dashboards.jobs.simulated:sizes",
    "staff": "dashboards.jobs.staffed:staff",
    "roster": "dashboards.jobs.rostered:roster",
    "layout": "dashboards.jobs.laid_out:layout",
    "frontier": "dashboards.jobs.laid_out:frontier",
}
"""kind -> module:function; a sentence job_KIND in texts/ names it, and may fill in its arguments"""
