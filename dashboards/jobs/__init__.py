"""Long work as jobs: asked for on a page, done by a process of its own, its link good for later.

A kind is a plain function ``(arguments, report) -> result``, named in `KINDS`:

    def count(arguments: Arguments, report: Report) -> dict[str, Any]:
        for n in range(arguments["to"]):
            report(n / arguments["to"], "job_counting", done=n)     # share done 0..1 (None: not known), a key of texts/, its facts
        return {"counted": arguments["to"]}          # plain data, as JSON can hold it

A report is also where a job that was cancelled ends: it raises `Stopped`.

Arguments and result are plain data too. BadInput refuses the job with its sentences; any other exception fails it with a reference, and the
traceback is in the job's log.

    id = jobs.start("count", {"to": 9}, who="", address={"page": "manager"})
    job = jobs.look(id)          # Job: state, progress, left (seconds), place in line, reason; None if there is no such job
    found = jobs.result(id)      # what the function returned, once job.state is "done"
    jobs.cancel(id)              # within two seconds
    jobs.restart(id)             # one that was cancelled, failed or interrupted

The same kind and arguments are one job with one id, until the program's sources change: who asks again gets the same link, and the result
if it is there. So whatever the result depends on must stand in the arguments (the digest of a scenario beside its name). As many jobs run
at once as there are cores; the others wait in line, first come, first served.

`address` is the query of the page that shows the result: ``?job=ID`` alone opens it again. The pages draw a job with
`dashboards.views.job.follow`.

Jobs are files in the data folder (``jobs/ID``), not rows of the database: a step of progress is no act of the record, must not wait for
its one writer or be chained in its journal, and a hall without a database simulates all the same. Each file has one writer, and is replaced
in one step. A job dies with its server; one that was cut off says so (`interrupted`) and can be started again.

Not for acts on the record, and not for many machines: that is `simulation.experiment.cluster`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from dashboards.jobs.job import ENDED, Job, id_of
from dashboards.jobs.kinds import KINDS, Arguments, Report, Stopped
from dashboards.jobs.line import Line
from supervision.home import data_folder

__all__ = ["ENDED", "KINDS", "Arguments", "Job", "Report", "Stopped", "cancel", "id_of", "listed", "look", "restart", "result", "start"]

_ID = re.compile(r"[0-9a-f]{20}")


def start(kind: str, arguments: Arguments, who: str = "", address: Mapping[str, Any] | None = None) -> str:
    """Ask for a job, and get its id. One that waits, runs or is done already stays as it is; any other is started anew.

    Raises KeyError for a kind that is not in KINDS, TypeError for arguments that are not plain data.
    """
    if kind not in KINDS:
        raise KeyError(kind)
    return _line().start(kind, arguments, who, address or {})


def look(id: str) -> Job | None:
    """How a job stands now; None if there is none of that id, whatever was given as one."""
    return _line().look(id) if _ID.fullmatch(id) else None


def result(id: str) -> dict[str, Any] | None:
    """What a job found; None until it is done."""
    return _line().result(id) if _ID.fullmatch(id) else None


def cancel(id: str) -> None:
    """Stop a job that waits or runs; any other stays as it is."""
    if _ID.fullmatch(id):
        _line().cancel(id)


def restart(id: str) -> str | None:
    """Start a job again that ended without a result; any other stays as it is. Its id now, None if there is none to start."""
    job = look(id)
    if job is None or job.kind not in KINDS:
        return None
    return start(job.kind, job.arguments, "", job.address)


def listed(who: str = "") -> list[Job]:
    """The jobs that are kept, the latest first; of one person, if named."""
    return _line().listed(who)


def _line() -> Line:
    return _line_of(data_folder() / "jobs")


@lru_cache(maxsize=8)
def _line_of(folder: Path) -> Line:
    return Line(folder)
