"""The figures of a scenario in words: "Tax · service time (min)" for ``services.tax.service_min``.

The wording stands in ``texts/fields.toml``; names of services, windows and the rest come from the document. A key without words is shown
as it is written, so that nothing is hidden. Not for plans: their changes have words of their own (`dashboards.data.changes`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboards.texts import Words
from simulation.scenario.basis import FIGURES

LISTED = tuple(FIGURES)
"""tables of entries that have ids"""


def field_in_words(words: Words, document: Mapping[str, Any], path: str) -> str:
    """What a dotted path of `simulation.scenario.basis.figures` is called; the path itself if its figure has no words."""
    table, _, rest = path.partition(".")
    if table not in LISTED:
        return _known(words, rest or table) or path
    id, _, figure = rest.partition(".")
    told = _known(words, figure)
    entries = document.get(table) or []
    name = next((each.get("name", id) for each in entries if str(each.get("id")) == id), id)
    return f"{words.name(name, id)} · {told}" if told else path


def _known(words: Words, figure: str) -> str:
    key = f"key_{figure.replace('.', '_')}"
    return words(key) if words.has(key) else ""
