"""A small hall in a store of its own, and files to import, for the tests of the record."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from supervision.db.store import Store, open_store
from supervision.intake import ImportReport, import_file

HALL = "h"
NOW = datetime(2024, 6, 1, 12, 0, tzinfo=UTC)
HALL_TOML = """
schema = 1
[hall]
id = "h"
name = { zh = "示例大厅", en = "Example hall" }
opened_on = 1980-01-01
[[hours]]
from = 08:30:00
to = 12:00:00
[[zones]]
id = "A"
name = "一层"
[[windows]]
id = "W1"
name = { zh = "不动产窗口", en = "Property" }
[[windows]]
id = "综窗１"
name = "综合窗口"
kind = "comprehensive"
[[seats]]
id = "S1"
name = "一号座席"
zone = "A"
windows = ["W1"]
[[services]]
id = "residence"
name = { zh = "居住证", en = "Residence permit" }
windows = ["W1"]
promised = { amount = 3, unit = "working_days" }
legal = { amount = 20, unit = "working_days" }
[[people]]
id = "10001"
name = "王芳"
windows = ["W1"]
"""


def new_store(folder: Path, now: datetime = NOW) -> Store:
    """A store with the example hall in it; its clock stands at `now`."""
    folder.mkdir(parents=True, exist_ok=True)
    store = open_store(home=folder, clock=lambda: now)
    path = folder / "hall.toml"
    path.write_text(HALL_TOML, encoding="utf-8")
    import_file(store, "halls", path, HALL, person="setup")
    return store


def csv_bytes(rows: Iterable[Mapping[str, str]], encoding: str = "utf-8") -> bytes:
    """Rows as a CSV file."""
    rows = list(rows)
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def bring(
    store: Store, folder: Path, kind: str, content: bytes | str, name: str = "file.csv", mapping: str | Path | None = None
) -> ImportReport:
    """Write a file and import it into the example hall."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    report = import_file(store, kind, path, HALL, mapping, person="tester")
    assert report.read == report.accepted + report.rejected + report.duplicate
    return report


def rows(store: Store, query: str) -> list[tuple[Any, ...]]:
    """What a query finds in the database, as it is stored."""
    with store.read() as session:
        return [tuple(row) for row in session.execute(text(query))]


def codes(report: ImportReport) -> list[str]:
    """Codes of the rejects in order of lines."""
    return [each.code for each in sorted(report.rejections, key=lambda each: each.line)]
