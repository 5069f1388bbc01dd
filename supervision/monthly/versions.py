"""Which version of a scheme a month is scored by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..db.scheme_texts import read_published
from ..month import Month
from ..scheme import SCHEMES, Scheme, load_scheme, read_scheme_text

if TYPE_CHECKING:
    from ..db.store import Store


DEFAULT_SCHEME = "k12"


def scheme_of(store: Store, hall: str, id: str, version: str | None = None, month: Month | None = None) -> Scheme:
    """A scheme by id: the version asked for, or the one in force in a month; published in the hall, or shipped.

    Of versions in force the one that begins last counts, the hall's own before a shipped one. Raises BadInput if there is none.
    """
    with store.read() as session:
        texts = read_published(session, hall, id)
    own = [read_scheme_text(each.document.encode("utf-8"), f"{each.scheme_id}/{each.version}.toml") for each in texts]
    fitting = [each for each in own if version in (None, each.version) and (version is not None or month is None or each.holds_in(month))]
    if not fitting:
        return load_scheme(id, version, month)
    chosen = max(fitting, key=lambda each: each.in_force_from)
    if version is None and (SCHEMES / id).is_dir():
        shipped = load_scheme(id, None, month)
        return chosen if chosen.in_force_from >= shipped.in_force_from else shipped
    return chosen
