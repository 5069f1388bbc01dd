"""A data folder with the demonstration month in it, for pages that show the record."""

from __future__ import annotations

from pathlib import Path

from dashboards.demo import build
from supervision.db.store import open_store


def record_month(home: Path) -> Path:
    """Make the demonstration month in a folder; takes some seconds. Returns the folder."""
    with open_store(url=f"sqlite:///{home / 'openhall.sqlite'}", home=home) as store:
        for _ in build(store, home / "demo", lambda done, total, width: None):
            pass
    return home
