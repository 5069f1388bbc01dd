"""The journal's checkpoint in a file outside the database.

Written in two steps: the draft before the commit (if that fails, so does the act), put in place after it. A crash between the two
leaves a checkpoint one act behind, which is true all the same. It never goes backwards, whatever order two processes come in.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from ..faults import BadInput, fault
from ..journal import Checkpoint


@dataclass(slots=True)
class Draft:
    """A checkpoint on disk, not yet in place."""

    file: CheckpointFile
    path: Path
    checkpoint: Checkpoint

    def keep(self) -> None:
        """Put it in place, unless a later one already stands there."""
        with self.file.locked():
            standing, readable = self.file.read()
            if readable and standing is not None and standing.count >= self.checkpoint.count:
                self.discard()
            else:
                self.path.replace(self.file.path)

    def discard(self) -> None:
        """Remove it, if it is still there."""
        self.path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class CheckpointFile:
    """Where the checkpoint stands."""

    path: Path

    def draft(self, checkpoint: Checkpoint) -> Draft:
        """Write a checkpoint beside its place. BadInput if the folder does not take it."""
        path = self.path.with_name(f".{self.path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        try:
            with path.open("x", encoding="ascii") as file:
                file.write(checkpoint.text() + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise BadInput([fault("checkpoint_unwritable", self.path.name, reason=error.strerror or "")]) from error
        return Draft(self, path, checkpoint)

    def read(self) -> tuple[Checkpoint | None, bool]:
        """The checkpoint (None if there is no file), and whether the file, if any, could be read."""
        try:
            return Checkpoint.parse(self.path.read_text(encoding="ascii")), True
        except FileNotFoundError:
            return None, True
        except (OSError, ValueError):
            return None, False

    @contextlib.contextmanager
    def locked(self) -> Generator[None, None, None]:
        """Keep other processes of this machine out while the file is compared and replaced."""
        try:
            import fcntl
        except ImportError:  # Windows: the draft is compared all the same, only two processes at one instant are not kept apart
            yield
            return
        with self.path.with_name(self.path.name + ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
