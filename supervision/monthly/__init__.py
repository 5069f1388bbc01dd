"""The use cases of a month: assess it, read its sheets, score it again, open the evidence behind a line.

An assessment is (hall, month, scheme). Assessing twice changes nothing unless the record has changed; then the next revision stands beside
the last. Every sheet can be scored again as of the journal sequence it was scored at, to the same bytes.
"""

from __future__ import annotations

from .assessing import assess, file_month
from .contexts import Context, counted_to, read_contexts
from .evidence import open_evidence, open_population
from .proving import Rescored, prove, rescore
from .sheets import (
    came_after,
    came_since,
    digests_of,
    list_months,
    list_subjects,
    list_windows,
    name_subject,
    read_sheet,
    read_sheets,
    revisions_in,
    sheet_in,
)
from .versions import DEFAULT_SCHEME, scheme_of

__all__ = [
    "DEFAULT_SCHEME", "Context", "Rescored", "assess", "came_after", "came_since", "counted_to", "digests_of", "file_month", "list_months",
    "list_subjects", "list_windows", "name_subject", "open_evidence", "open_population", "prove", "read_contexts", "read_sheet",
    "read_sheets", "rescore",
    "revisions_in", "scheme_of", "sheet_in",
]  # fmt: skip
