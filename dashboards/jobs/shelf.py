"""Where jobs are kept: a folder each, with the job, its result and its log.

Assumes one writer of a job at a time. A file is replaced in one step, so nobody reads half of one; what cannot be read is as good as
absent.
"""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboards.jobs.job import Job

MOST = 200
"""jobs kept; of those that are over, the oldest go first"""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The kept jobs of an installation."""

    folder: Path

    def read(self, id: str) -> Job | None:
        """The job as it was last written."""
        try:
            return Job.from_dict(json.loads((self.folder / id / "job.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def write(self, job: Job) -> None:
        """Keep the job as it is now."""
        self._replace(job.id, "job.json", json.dumps(job.to_dict(), ensure_ascii=False))

    def read_result(self, id: str) -> dict[str, Any] | None:
        """What it found."""
        try:
            found = json.loads((self.folder / id / "result.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def write_result(self, id: str, text: str) -> None:
        """Keep what it found, given as JSON."""
        self._replace(id, "result.json", text)

    def ask_to_stop(self, id: str) -> None:
        """Ask the server that has the job to stop it."""
        with suppress(OSError):
            (self.folder / id / "stop").touch()

    def is_asked_to_stop(self, id: str) -> bool:
        """Whether somebody asked, since this was last looked at."""
        try:
            (self.folder / id / "stop").unlink()
        except OSError:
            return False
        return True

    def log(self, id: str) -> Path:
        """The file of what it printed; its folder is there."""
        (self.folder / id).mkdir(parents=True, exist_ok=True, mode=0o700)
        return self.folder / id / "log.txt"

    def jobs(self) -> list[Job]:
        """All of them, the latest first."""
        with suppress(OSError):
            found = [self.read(each.name) for each in self.folder.iterdir() if each.is_dir()]
            return sorted((each for each in found if each is not None), key=lambda each: -each.asked)
        return []

    def make_room(self) -> None:
        """Forget the oldest that are over, where there are more than MOST."""
        for job in self.jobs()[MOST:]:
            if job.is_over:
                shutil.rmtree(self.folder / job.id, ignore_errors=True)

    def _replace(self, id: str, name: str, text: str) -> None:
        place = self.folder / id
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = place / f".{name}.{os.getpid()}"
        draft.write_text(text, encoding="utf-8")
        draft.replace(place / name)
