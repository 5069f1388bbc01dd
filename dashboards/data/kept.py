"""Results kept by what they depend on, at most so many of them; the least used goes first. Shared by all visitors, safe between threads.

Beside Streamlit's own caches because the making of a long result reports its progress on the page and may be stopped, which these
do not allow. Not for anything that depends on who asks.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """A bounded store of results."""

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._values: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> T | None:
        """The result of a key, if it is still kept."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
            return None

    def get_or_make(self, key: Hashable, make: Callable[[], T]) -> T:
        """The result of a key, made if it is not kept. Two who ask at once may both make it; the results are equal."""
        found = self.get(key)
        if found is not None:
            return found
        made = make()
        with self._lock:
            self._values[key] = made
            self._values.move_to_end(key)
            while len(self._values) > self._bound:
                self._values.popitem(last=False)
        return made

    def __len__(self) -> int:
        return len(self._values)
