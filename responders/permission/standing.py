"""The facts from settings.toml that a rule hangs on: who is us, who is a bot, where we may post."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from listener.mention import Author


@dataclass(frozen=True, slots=True)
class Standing:
    """Where we stand. Names are in lower case without @: "acme" on every platform, "x:acme" on that one only."""

    ours: frozenset[str] = frozenset()
    staff: frozenset[str] = frozenset()
    bots: frozenset[str] = frozenset()
    platforms_on: frozenset[str] = frozenset()
    reddit_approved_on: date | None = None
    subreddits: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        handles: Iterable[str],
        staff: Iterable[str],
        bots: Iterable[str],
        platforms_on: Iterable[str],
        reddit: Mapping[str, Any],
    ) -> Standing:
        """From the lists as a person wrote them, and the table of the publisher `reddit` (empty where there is none).

        An approval without a date that can be read is none: the publisher's own settings say what is wrong with it.
        """
        return cls(
            ours=frozenset(map(as_name, handles)),
            staff=frozenset(map(as_name, staff)),
            bots=frozenset(map(as_name, bots)),
            platforms_on=frozenset(platforms_on),
            reddit_approved_on=_day(reddit.get("approved_on")),
            subreddits=frozenset(map(as_subreddit, reddit.get("subreddits", ()))),
        )

    def ours_on(self, platform: str) -> frozenset[str]:
        """Our handles on one platform, as a text there names them."""
        return frozenset(name.removeprefix(f"{platform}:") for name in self.ours)


def as_name(handle: str) -> str:
    """A handle as it is compared: "@Acme" is "acme", "X:@Acme" is "x:acme"."""
    platform, _, name = handle.strip().rpartition(":")
    return f"{platform}:{name.lstrip('@')}".removeprefix(":").lower()


def is_among(author: Author, names: frozenset[str]) -> bool:
    """Whether one of these names is this person's, on every platform or on theirs."""
    handle = author.handle.lower()
    return bool(handle) and not names.isdisjoint((handle, f"{author.platform}:{handle}"))


def as_subreddit(name: str) -> str:
    """A subreddit as it is compared: "r/Lamps" and "/r/lamps/" are "lamps"."""
    return name.strip().strip("/").lower().removeprefix("r/")


def _day(value: object) -> date | None:
    """The day, from TOML's own date or from a string such as "2026-05-03"; None where it is neither."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
