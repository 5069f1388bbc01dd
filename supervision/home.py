"""The data folder of this installation, and the secret key it keeps.

Assumes one folder per installation: OPENHALL_HOME, else the usual place of the operating system. The key turns identity numbers into
person_ref; without it the references of a copied database cannot be matched with new imports, so it belongs in the backup, apart from
the database.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
from pathlib import Path

from .faults import BadInput, fault

KEY_FILE = "person.key"


def data_folder() -> Path:
    """OPENHALL_HOME if set, else the user's data folder; created if absent, readable by its owner only."""
    given = os.environ.get("OPENHALL_HOME", "").strip()
    if given:
        folder = Path(given).expanduser()
    elif sys.platform == "win32":
        folder = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "openhall"
    elif sys.platform == "darwin":
        folder = Path.home() / "Library" / "Application Support" / "openhall"
    else:
        folder = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "openhall"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def person_key(folder: Path) -> bytes:
    """The installation's key of 32 random bytes; made at the first call, with access for its owner only.

    BadInput if the file is there but is not such a key: a damaged key must not quietly become a new one.
    """
    path = folder / KEY_FILE
    if not path.exists():
        draft = folder / f".{KEY_FILE}.{os.getpid()}.{secrets.token_hex(4)}"
        handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process was first: its key counts
            os.link(draft, path)
        draft.unlink()
    text = path.read_text(encoding="ascii", errors="replace").strip()
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise BadInput([fault("key_damaged", path)])
    return key
