"""The process of one job: reads what to do, does it, tells how far it is, and ends with its server.

On its input, a line of JSON with function and arguments; later perhaps a line ``stop``, and the end of the input when the server is gone.
On its output, a line of JSON for each step of progress and one for the result or the reason of a failure. Whatever the work itself prints
goes to the log.

Run by `dashboards.jobs.line` only: python -m dashboards.jobs.worker
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
import uuid
from importlib import import_module
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, BinaryIO

from dashboards.jobs.kinds import Stopped

FAULTS = Path(__file__).resolve().parents[1] / "faults.toml"
PATIENCE = 0.2
"""seconds between two lines of progress"""


def main() -> None:
    """Do the job."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints, prints into the log
    asked = json.loads(sys.stdin.buffer.readline())
    if hasattr(os, "nice"):
        os.nice(5)  # the pages come first
    stopped = Event()
    Thread(target=_listen, args=(stopped,), daemon=True).start()
    _leave(out, do(asked["function"], asked["arguments"], Voice(out, stopped)))


def do(function: str, arguments: dict[str, Any], voice: Voice) -> dict[str, Any]:
    """The work's result, or the reason why there is none, by language; an empty result of work that was stopped, which nobody reads."""
    from dashboards.texts import LANGUAGES, Words
    from simulation.faults import BadInput, add_catalogue

    add_catalogue(FAULTS)
    try:
        module, _, name = function.partition(":")
        return {"result": getattr(import_module(module), name)(arguments, voice.report)}
    except Stopped:
        return {"result": {}}
    except BadInput as refused:
        return {"reason": {language: refused.text(language) for language in LANGUAGES}}
    except Exception:
        number = uuid.uuid4().hex[:8]
        print(f"reference {number}", file=sys.stderr)
        traceback.print_exc()
        return {"reason": {language: Words(language)("job_went_wrong", number=number) for language in LANGUAGES}}


class Voice:
    """Tells the server how far the work is."""

    def __init__(self, out: BinaryIO, stopped: Event) -> None:
        self._out, self._stopped, self._lock, self._last = out, stopped, Lock(), -PATIENCE

    def report(self, progress: float | None, note: str = "", **facts: Any) -> None:
        """See `dashboards.jobs`. Too frequent reports are dropped. Raises Stopped."""
        if self._stopped.is_set():
            raise Stopped
        with self._lock:
            now = time.monotonic()
            if now - self._last < PATIENCE:
                return
            self._last = now
            share = None if progress is None else min(1.0, max(0.0, float(progress)))
            self._out.write(json.dumps({"progress": share, "note": note, "facts": facts}).encode() + b"\n")
            self._out.flush()


def _listen(stopped: Event) -> None:
    """Hear of a stop, and of the end of the server."""
    for line in sys.stdin.buffer:
        if line.strip() == b"stop":
            stopped.set()
    os._exit(3)


def _leave(out: BinaryIO, last: dict[str, Any]) -> None:
    """Say the last word and go, past whatever still computes on a thread."""
    out.write(json.dumps(last, ensure_ascii=False, allow_nan=False).encode() + b"\n")
    out.flush()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
