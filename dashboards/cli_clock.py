"""A hall's own clock at a terminal: moments in its local time, and one line that names the zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dashboards.cli_console import say, words

if TYPE_CHECKING:
    from supervision.db.store import Store


@dataclass(frozen=True, slots=True)
class Clock:
    """What a hall's clock shows; called with a moment it gives it to the minute."""

    zone: ZoneInfo

    def __call__(self, moment: datetime | None, missing: str = "–") -> str:
        """A moment in local time; `missing` where there is none."""
        return missing if moment is None else f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M}"

    def tell(self) -> None:
        """Name the zone, once, beneath what was shown."""
        say(words("cli_zone", zone=self.zone.key), style="dim")


def clock_of(store: Store, hall: str) -> Clock:
    """The clock of a hall. Raises BadInput if there is no such hall."""
    from supervision.db.dues import zone_of_hall

    with store.read() as session:
        return Clock(zone_of_hall(session, hall))
