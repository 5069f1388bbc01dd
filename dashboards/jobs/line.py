"""The line of an installation's jobs: who runs, who waits, and how each stands.

A job runs in a process of its own (`dashboards.jobs.worker`), so that the pages stay quick and a cancelled one can be ended whatever it is
doing. The process hears of its server's end by the pipe that closes, also after a kill. Several servers of one data folder may run: each
keeps a sign of life, by which the others tell a running job from an interrupted one.

A folder that cannot be written to (a full disk, no rights) fails the job that needed it, in a sentence, and no other: how such a job stands
is known to this server alone, until it can be written again.

Not for the work itself.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import RLock, Thread, Timer
from typing import Any

from dashboards.jobs.job import Job, id_of
from dashboards.jobs.kinds import KINDS
from dashboards.jobs.shelf import Shelf
from dashboards.texts import LANGUAGES, Words

GRACE = 1.5
"""seconds that a job asked to stop has until its process is killed"""
BEAT, SILENCE = 1.0, 6.0
"""seconds between two signs of life of a server, and without one until it counts as gone"""
WRITE_EVERY = 1.0
"""seconds between two writings of a job's progress"""
ROOT = Path(__file__).resolve().parents[2]


class Line:
    """The jobs of a data folder."""

    def __init__(self, folder: Path, cores: int | None = None) -> None:
        self.shelf, self.cores = Shelf(folder), cores or _cores()
        self.server = secrets.token_hex(8)
        self._lock = RLock()
        self._jobs: dict[str, Job] = {}
        """those of this server that are not over"""
        self._waiting: deque[str] = deque()
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._ending: list[subprocess.Popen[bytes]] = []
        """asked to stop, and not gone yet"""
        self._unwritten: dict[str, Job] = {}
        """as they stand, where the folder would not take it"""

    def start(self, kind: str, arguments: Mapping[str, Any], who: str, address: Mapping[str, Any]) -> str:
        """Put a job in line, unless it stands there or is done."""
        id = id_of(kind, arguments)
        with self._lock:
            found = self.look(id)
            if found is not None and (not found.is_over or (found.state == "done" and self.shelf.read_result(id) is not None)):
                if who and who not in found.who:
                    self._keep(replace(found, who=(*found.who, who)))
                return id
            names = tuple(dict.fromkeys([*(found.who if found else ()), *([who] if who else [])]))
            job = Job(id, kind, arguments, asked=time.time(), who=names, address=address, server=self.server)
            try:
                self.shelf.write(job)
            except OSError as refused:
                self._unwritten[id] = replace(job, state="failed", ended=time.time(), reason=self._no_room(refused))
                return id
            if not self._jobs:
                Thread(target=self._live, daemon=True, name="jobs").start()
            self._unwritten.pop(id, None)
            self._jobs[id] = job
            self._waiting.append(id)
            self._sign()
            self.shelf.make_room()
            self._call_next()
        return id

    def look(self, id: str) -> Job | None:
        """How a job stands."""
        with self._lock:
            job = self._jobs.get(id)
            if job is not None:
                return replace(job, place=self._waiting.index(id) + 1 if id in self._waiting else None)
            job = self._unwritten.get(id) or self.shelf.read(id)
        if job is None or job.is_over or self._lives(job.server):
            return job
        return replace(job, state="interrupted", left=None, place=None)

    def result(self, id: str) -> dict[str, Any] | None:
        """What a job that is done has found."""
        job = self.look(id)
        return self.shelf.read_result(id) if job is not None and job.state == "done" else None

    def cancel(self, id: str) -> None:
        """Take a job out of the line, or ask its process to stop and kill it if it does not."""
        with self._lock:
            if id in self._waiting:
                self._waiting.remove(id)
                self._end(id, "cancelled")
            elif id in self._running:
                process = self._running.pop(id)
                self._ending.append(process)
                self._end(id, "cancelled")
                _tell(process, b"stop\n")
                killer = Timer(GRACE, process.kill)
                killer.daemon = True
                killer.start()
            elif (job := self.look(id)) is not None and not job.is_over:
                self.shelf.ask_to_stop(id)  # it is another server's, which looks at every sign of life

    def listed(self, who: str) -> list[Job]:
        """The kept jobs as they stand, the latest first."""
        kept = [each for each in self.shelf.jobs() if each.id not in self._unwritten]
        found = [self.look(each.id) or each for each in sorted([*kept, *self._unwritten.values()], key=lambda each: -each.asked)]
        return [each for each in found if not who or who in each.who]

    # ---- the work -------------------------------------------------------------------------------------------------------------

    def _call_next(self) -> None:
        """Start as many of those in line as there are cores free."""
        while self._waiting and len(self._running) + len(self._ending) < self.cores:
            id = self._waiting.popleft()
            try:
                process = self._begin(id)
            except OSError as refused:
                self._end(id, "failed", self._no_room(refused))
                continue
            self._running[id] = process
            self._keep(replace(self._jobs[id], state="running", started=time.time()))
            Thread(target=self._follow, args=(id, process), daemon=True, name=f"job {id}").start()

    def _begin(self, id: str) -> subprocess.Popen[bytes]:
        search = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        with self.shelf.log(id).open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "dashboards.jobs.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env={**os.environ, "PYTHONPATH": search},
            )

    def _follow(self, id: str, process: subprocess.Popen[bytes]) -> None:
        """Hear what the process says until it ends."""
        job = self._jobs[id]
        _tell(process, json.dumps({"function": KINDS[job.kind], "arguments": job.arguments}).encode() + b"\n")
        last = self._hear(id, process)
        process.wait()
        with self._lock:
            if self._running.get(id) is process:
                del self._running[id]
                if "result" in last:
                    self._finish(id, last["result"])
                else:
                    self._end(id, "failed", last.get("reason"))
            else:
                self._ending.remove(process)
            self._call_next()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()

    def _hear(self, id: str, process: subprocess.Popen[bytes]) -> dict[str, Any]:
        """The last thing the process says; what it says before is how far it is."""
        assert process.stdout is not None
        first: tuple[float, float] | None = None
        written = 0.0
        for line in process.stdout:
            try:
                last = dict(json.loads(line))
            except ValueError:
                continue  # it was killed in the middle of a word
            if "progress" not in last:
                return last
            now, share = time.time(), last["progress"]
            if share is not None and first is None:
                first = (now, share)
            is_on = share is not None and first is not None and share > first[1]
            left = (now - first[0]) * (1 - share) / (share - first[1]) if is_on and first is not None else None
            with self._lock:
                if self._running.get(id) is not process:
                    continue
                self._jobs[id] = replace(self._jobs[id], progress=share, left=left, note=last["note"], facts=last["facts"])
                if now - written > WRITE_EVERY:
                    written = now
                    self._write(self._jobs[id])
        return {}

    def _finish(self, id: str, found: Mapping[str, Any]) -> None:
        try:
            self.shelf.write_result(id, json.dumps(found, ensure_ascii=False, allow_nan=False))
        except OSError as refused:
            self._end(id, "failed", self._no_room(refused))
        else:
            self._end(id, "done")

    def _end(self, id: str, state: str, reason: Mapping[str, str] | None = None) -> None:
        job = self._jobs.pop(id)
        progress = 1.0 if state == "done" else job.progress
        self._write(replace(job, state=state, ended=time.time(), progress=progress, left=None, reason=reason or {}))

    def _keep(self, job: Job) -> None:
        if not job.is_over:
            self._jobs[job.id] = job
        self._write(job)

    def _write(self, job: Job) -> None:
        try:
            self.shelf.write(job)
            self._unwritten.pop(job.id, None)
        except OSError:
            self._unwritten[job.id] = job

    def _no_room(self, refused: OSError) -> dict[str, str]:
        """Why a job cannot be kept, by language."""
        told = {"folder": self.shelf.folder, "reason": refused.strerror or type(refused).__name__}
        return {language: Words(language)("job_no_room", **told) for language in LANGUAGES}

    # ---- signs of life --------------------------------------------------------------------------------------------------------

    def _live(self) -> None:
        """Give a sign of life while there is a job that is not over."""
        while True:
            time.sleep(BEAT)
            with self._lock:
                if not self._jobs:
                    with suppress(OSError):
                        self._sign_of(self.server).unlink(missing_ok=True)
                    return
                self._sign()
                asked = [id for id in self._jobs if self.shelf.is_asked_to_stop(id)]
            for id in asked:
                self.cancel(id)

    def _sign(self) -> None:
        with suppress(OSError):  # then other servers take its jobs for interrupted; they are not
            self._sign_of(self.server).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._sign_of(self.server).touch()

    def _lives(self, server: str) -> bool:
        try:
            return server != self.server and time.time() - self._sign_of(server).stat().st_mtime < SILENCE
        except OSError:
            return False

    def _sign_of(self, server: str) -> Path:
        return self.shelf.folder / ".servers" / server


def _tell(process: subprocess.Popen[bytes], text: bytes) -> None:
    assert process.stdin is not None
    with suppress(OSError, ValueError):  # it may have ended by itself
        process.stdin.write(text)
        process.stdin.flush()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
