"""What an account may use up: calls, units of a quota, dollars; and who gives way first when it runs short."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from listener.mention import Author

# Searching gives way first, then reading those who speak to us; what a reply needs, and what we owe to those who
# delete their words, comes last.
Purpose = Literal["search", "mentions", "duty"]
SHARE: Mapping[Purpose, float] = {"search": 0.75, "mentions": 0.95, "duty": 1.0}

# What a budget calls items that are people's profiles: paid for once, they are known from the archive for a while.
USERS = "users"


@dataclass(frozen=True, slots=True)
class Pool:
    """What may be used up in one window of time: `most` units `per` so long, or per day or month of the calendar.

    A window of a fixed length begins with its first use, as the platforms' own do.
    """

    name: str
    most: float
    per: timedelta | Literal["day", "month"]
    zone: str = "UTC"

    def window(self, now: datetime, began: datetime | None) -> tuple[datetime, datetime]:
        """The window that `now` lies in, from and until, where the last one began at `began`."""
        if isinstance(self.per, timedelta):
            start = now if began is None or not began <= now < began + self.per else began
            return start, start + self.per
        midnight = now.astimezone(ZoneInfo(self.zone)).replace(hour=0, minute=0, second=0, microsecond=0)
        if self.per == "day":
            return midnight, midnight + timedelta(days=1)
        first = midnight.replace(day=1)
        return first, (first + timedelta(days=32)).replace(day=1)


class Budget(Protocol):
    """One platform's account, kept over restarts. The archive's ledger is the one that there is."""

    def take(self, pool: Pool, units: float = 1, *, purpose: Purpose = "search") -> None:
        """Use up some units, before the call that needs them.

        Raises RateLimited, until the window's end, where this purpose has no more of them, or where the platform
        itself said to wait (`block`).
        """

    def left(self, pool: Pool, *, purpose: Purpose = "search") -> float:
        """How many units this purpose has left in the window of now."""

    def block(self, pool: Pool, until: datetime) -> None:
        """Nothing more of this pool before that time: the platform said so."""

    def charge(self, pool: Pool, stream: str, what: str, items: Iterable[str], usd_each: float) -> float:
        """Note what was read for money, each item once a UTC day, and return what it cost in US dollars."""

    def authors(self, author_ids: Iterable[str], since: datetime) -> Mapping[str, Author]:
        """The authors that the archive knows already, by their ids, as far as they were charged as USERS since then."""
