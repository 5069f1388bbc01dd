"""The file of a log as a table of text, or why it is none.

CSV in UTF-8 or GB 18030 (plain or compressed), or Parquet. What pandas says of a broken file is never shown: every way in which a file can
be no table has a sentence of its own. Not for what the rows mean.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from simulation.calibration.mapping import LogMapping
from simulation.calibration.reasons import fact_of
from simulation.faults import BadInput, Fault, fault

NO_TABLES = (".toml", ".json", ".xlsx", ".xls", ".xlsm", ".ods", ".docx", ".pdf", ".html", ".zip", ".png", ".jpg", ".xes")
"""endings of files that are no table in text"""
COMPRESSED = (".gz", ".bz2", ".xz", ".zst")
ENCODINGS = ("utf-8-sig", "gb18030")
_RAGGED = re.compile(r"Expected (\d+) fields in line (\d+), saw (\d+)")
_SHOWN = 20
"""columns of a log that a refusal lists"""


def table_of(path: Path, mapping: LogMapping) -> pd.DataFrame:
    """Every column as text.

    Raises
    ------
    BadInput
        if the file cannot be read, is no table, has not the columns that the mapping names (save those that a log may lack), or no row.
    """
    place = str(path)
    if path.suffix.lower() in NO_TABLES:
        raise BadInput([fault("fit_log_kind", place, path.suffix.lower())])
    try:
        table = _parquet(path) if path.suffix.lower() == ".parquet" else _csv(path, mapping.delimiter)
    except OSError as problem:
        if problem.strerror is None:  # a damaged archive has no number of the system
            raise BadInput([fault("fit_log_damaged", place)]) from None
        raise BadInput([fault("fit_log_unreadable", place, problem.strerror)]) from None
    found = ", ".join(map(str, table.columns[:_SHOWN]))
    missing = [
        fault("fit_log_column", place, names[0], kind=kind, found=found)
        for kind, names in mapping.columns.items()
        if kind not in mapping.optional and not set(names) & set(table.columns)
    ]
    if missing or table.empty:
        raise BadInput(missing or [fault("fit_log_blank", place)])
    return table


def _parquet(path: Path) -> pd.DataFrame:
    try:
        frame = pd.read_parquet(path)
    except (ValueError, ImportError):
        raise BadInput([fault("fit_log_damaged", str(path))]) from None
    return pd.DataFrame({name: frame[name].map(lambda each: "" if pd.isna(each) else str(each)) for name in frame}, dtype=object)


def _csv(path: Path, delimiter: str) -> pd.DataFrame:
    packed = path.suffix.lower() in COMPRESSED
    if not packed and b"\0" in path.read_bytes():
        raise BadInput([fault("fit_log_not_text", str(path))])
    for encoding in ENCODINGS:
        try:
            return pd.read_csv(path, sep=delimiter, dtype=str, keep_default_na=False, encoding=encoding)
        except UnicodeError:
            continue
        except pd.errors.EmptyDataError:
            raise BadInput([fault("fit_log_blank", str(path))]) from None
        except (ValueError, EOFError) as problem:
            told = _RAGGED.search(str(problem))
            if told is not None:
                raise BadInput([fault("fit_log_ragged", f"{path}: row {told[2]}", told[3], columns=told[1])]) from None
            raise BadInput([fault("fit_log_damaged", str(path))]) from None
    raise BadInput([fault("fit_log_not_text", str(path))])


def nothing_believed(path: str | Path, rejects: pd.DataFrame) -> list[Fault]:
    """Why none of the rows of a log can be believed: a fault for every reason, with the first row that has it."""
    told = [fault("fit_log_empty", str(path), f"{len(rejects):,}")]
    for reason, rows in rejects.groupby("reason"):
        first = rows.iloc[0]
        told.append(
            fault(
                "fit_log_reason", f"{first['file']}: row {first['row']}", first["text"], count=f"{len(rows):,}", reason=fact_of(str(reason))
            )
        )
    return told
