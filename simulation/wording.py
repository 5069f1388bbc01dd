"""A sentence filled in, its nouns and verbs in the number of what is counted: ``{days} {days:day is|days are} left``.

Of the two words between the braces the first stands for one, the second for any other number. For English; Chinese needs none of it.
Not for numbers themselves: whoever asks has made them text.
"""

from __future__ import annotations

import string
from collections.abc import Mapping


class _Filled(string.Formatter):
    def format_field(self, value: object, format_spec: str) -> str:
        if "|" not in format_spec:
            return str(super().format_field(value, format_spec))
        one, _, many = format_spec.partition("|")
        return one if str(value) == "1" else many


_FILLED = _Filled()


def filled(pattern: str, facts: Mapping[str, object]) -> str:
    """The sentence. Raises LookupError for a missing fact."""
    return _FILLED.vformat(pattern, (), facts)
