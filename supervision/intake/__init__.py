"""Files into the record: read as text, judged by rule, appended whole; what is refused is kept with its reason.

Assumes files on disk. Not for single records typed into a page, and no place for modelling or scoring.
"""

from __future__ import annotations

from .fields import KINDS
from .importing import ImportReport, import_file
from .mapping import Mapping, default_mapping, load_mapping, shipped_mappings
from .rejects import sentence, shown_value
from .table import Rejection

__all__ = [
    "KINDS",
    "ImportReport",
    "Mapping",
    "Rejection",
    "default_mapping",
    "import_file",
    "load_mapping",
    "sentence",
    "shipped_mappings",
    "shown_value",
]
