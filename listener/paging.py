"""Walk back from the newest post to what is known already, over several polls where one is not enough.

Every platform lists newest first, in pages. Jumping the cursor to the newest item after a capped number of pages
loses whatever lies between; so does trusting ids or the author's clock. A walk therefore remembers three things: up
to when all has been heard, where an unfinished walk goes on, and where it began.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from listener.mention import Batch, Mention, Unreadable

# Posts turn up late and out of order (IBBoard/cawbird #147: missed items had lower ids than the last one seen).
OVERLAP = timedelta(minutes=15)
# How far a first connection looks back: what is older is history and calls for no answer.
FIRST_LOOK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Item:
    """One raw item and when the platform itself took it in: its own clock, never the author's."""

    raw: Any
    at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """One page, newest first, and the token of the next older one; None at the end.

    `unreadable` are items whose time could not even be read. `end_is_limit` says that the listing stops here because
    the platform shows no more, not because there is no more.
    """

    items: tuple[Item, ...]
    next: str | None = None
    unreadable: tuple[Unreadable, ...] = ()
    end_is_limit: bool = False


@dataclass(frozen=True, slots=True)
class Walk:
    """The cursor: `complete_until` all is heard; a walk under way goes on at `token` and began at `newest`."""

    complete_until: datetime | None = None
    token: str | None = None
    newest: datetime | None = None

    @classmethod
    def read(cls, cursor: str | None) -> Walk:
        """The walk a cursor describes; a fresh one for None. Raises ValueError where it is not one of ours."""
        if cursor is None:
            return cls()
        try:
            saved = json.loads(cursor)
            return cls(_time(saved["until"]), saved.get("token"), _time(saved.get("newest")))
        except (KeyError, TypeError, AttributeError, ValueError) as why:
            raise ValueError(f"cannot read the cursor {cursor[:80]!r}: {why}") from why

    def write(self) -> str:
        """The cursor's text."""
        until = self.complete_until and self.complete_until.isoformat()
        newest = self.newest and self.newest.isoformat()
        return json.dumps({"until": until, "token": self.token, "newest": newest})


def walk_back(
    cursor: str | None,
    page_after: Callable[[str | None], Page],
    parse: Callable[[Any], Mention | None],
    *,
    now: datetime,
    pages: int = 5,
    overlap: timedelta = OVERLAP,
    first_look: timedelta = FIRST_LOOK,
) -> Batch:
    """Fetch up to `pages` pages from where the last poll left off, and say whether more is waiting.

    `page_after(token)` fetches one page (None: the newest); `parse` returns None for an item that is no mention (a
    like). A page that fails after another succeeded still fails the whole fetch: nothing is committed, and the next
    poll asks again.
    """
    walk = Walk.read(cursor)
    floor = (walk.complete_until or now - first_look) - overlap
    token, newest = walk.token, walk.newest
    mentions: list[Mention] = []
    unreadable: list[Unreadable] = []
    for _ in range(pages):
        page = page_after(token)
        unreadable += page.unreadable
        _parse_all((item for item in page.items if item.at > floor), parse, mentions, unreadable)
        if newest is None:
            # A stamp from the future (their clock, or a liar's) must not move us past posts that are still to come.
            newest = min(now, max((item.at for item in page.items), default=walk.complete_until or now))
        token = page.next
        if token is None or _reached(page, floor):
            lost = floor if token is None and page.end_is_limit and walk.complete_until else None
            done = Walk(complete_until=max(newest, walk.complete_until or newest))
            return Batch(tuple(mentions), done.write(), False, tuple(unreadable), floor, now, lost)
    on = Walk(walk.complete_until, token, newest)
    return Batch(tuple(mentions), on.write(), True, tuple(unreadable))


def _reached(page: Page, floor: datetime) -> bool:
    """Whether this page reaches what is known: its older half lies at or below the floor.

    One old post among new ones is not the end: platforms sort by the author's date, and late arrivals stand deeper.
    """
    older_half = page.items[len(page.items) // 2 :]
    return bool(older_half) and all(item.at <= floor for item in older_half)


def _parse_all(
    items: Iterable[Item],
    parse: Callable[[Any], Mention | None],
    mentions: list[Mention],
    unreadable: list[Unreadable],
) -> None:
    for item in items:
        try:
            mention = parse(item.raw)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as why:
            unreadable.append(unreadable_item(item.raw, why))
        else:
            if mention is not None:
                mentions.append(mention)


def unreadable_item(raw: Any, why: Exception) -> Unreadable:
    """An item that could not be parsed, with what it was and why."""
    return Unreadable(json.dumps(raw, ensure_ascii=True, default=repr)[:20_000], f"{type(why).__name__}: {why}"[:300])


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
