"""Walk back from the newest post to what is known already, over several polls where one is not enough.

Every platform lists newest first, in pages. Jumping the cursor to the newest item after a capped number of pages
loses whatever lies between; so does trusting ids or the author's clock. A walk therefore remembers three things: up
to when all has been heard, where an unfinished walk goes on, and where it began.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from listener.mention import Batch, Mention, Unreadable

# Posts turn up late and out of order (IBBoard/cawbird #147: missed items had lower ids than the last one seen).
OVERLAP = timedelta(minutes=15)
# How far a first connection looks back. Only the recent part calls for an answer; the rest is what we know of people.
FIRST_LOOK = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Deep:
    """Every so often look much further back: a phone whose clock is a day slow puts its post a day down the list."""

    every: timedelta = timedelta(hours=6)
    back: timedelta = timedelta(days=3)


DEEP = Deep()


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
    """The cursor: `complete_until` all is heard, as far as the platform had taken it in by `heard_until`, when the last
    walk began; `deep_at` we last looked far back; `shown` is the newest post that there ever was, by their clock.

    A walk under way goes on at `token`, down to `floor`; it began at `began`, and has passed from `newest` to `oldest`.
    """

    complete_until: datetime | None = None
    heard_until: datetime | None = None
    deep_at: datetime | None = None
    shown: datetime | None = None
    began: datetime | None = None
    floor: datetime | None = None
    newest: datetime | None = None
    oldest: datetime | None = None
    token: str | None = None

    @classmethod
    def read(cls, cursor: str | None) -> Walk:
        """The walk a cursor describes; a fresh one for None. Raises ValueError where it is not one of ours."""
        if cursor is None:
            return cls()
        try:
            saved = json.loads(cursor)
            token = saved.pop("token", None)
            return cls(**{name: datetime.fromisoformat(at).astimezone(UTC) for name, at in saved.items()}, token=token)
        except (KeyError, TypeError, AttributeError, ValueError) as why:
            raise ValueError(f"cannot read the cursor {cursor[:80]!r}: {why}") from why

    def write(self) -> str:
        """The cursor's text."""
        kept = {name: value for name, value in asdict(self).items() if value is not None}
        return json.dumps(kept, default=datetime.isoformat)

    def begin(
        self, now: datetime, first_look: timedelta, overlap: timedelta, deep: Deep | None, reach: timedelta | None
    ) -> Walk:
        """This walk with the floor it goes down to; one that is under way goes on, as far as they still show it."""
        walk = self._no_later_than(now)
        walk = walk._resumed(now, reach) if walk.token else walk._from_newest(now, first_look, overlap, deep)
        if reach is None or walk.floor is None or walk.token is not None:
            return walk
        return replace(walk, floor=max(walk.floor, now - reach))

    def _no_later_than(self, now: datetime) -> Walk:
        """This walk; where our clock ran ahead and was set right since, back to the newest post that there was."""
        if all(at is None or at <= now for at in (self.complete_until, self.heard_until, self.began, self.deep_at)):
            return self
        sure = min(self.shown, now) if self.shown else None
        return Walk(complete_until=sure, heard_until=sure, shown=sure)

    def _resumed(self, now: datetime, reach: timedelta | None) -> Walk:
        """A walk under way; what an outage put out of reach meanwhile, below what it has passed, is lost."""
        if reach is None or self.floor is None or now - reach <= self.floor:
            return self
        passed = self.oldest or self.began or now
        heard = self.heard_until or self.complete_until or self.floor  # nothing else was heard before a first walk
        return replace(self, floor=max(self.floor, min(now - reach, passed)), heard_until=heard)

    def _from_newest(self, now: datetime, first_look: timedelta, overlap: timedelta, deep: Deep | None) -> Walk:
        if self.complete_until is None:
            return replace(self, began=now, floor=now - first_look, deep_at=now)
        if deep and (self.deep_at is None or now - self.deep_at >= deep.every):
            return replace(self, began=now, floor=self.complete_until - max(overlap, deep.back), deep_at=now)
        return replace(self, began=now, floor=self.complete_until - overlap)

    def past(self, page: Page) -> Walk:
        """This walk one page further on."""
        times = [item.at for item in page.items]
        newest = self.newest
        if newest is None and self.began is not None:
            # A stamp from the future (their clock, or a liar's) must not move us past posts that are still to come.
            newest = min(self.began, max(times, default=self.complete_until or self.began))
        oldest = min([*times, *([self.oldest] if self.oldest else [])], default=None)
        shown = max([min(at, self.began or at) for at in times] + ([self.shown] if self.shown else []), default=None)
        return replace(self, newest=newest, oldest=oldest, shown=shown, token=page.next)

    def end(self) -> Walk:
        """What is kept of a walk that has arrived."""
        arrived = max(at for at in (self.newest, self.complete_until) if at is not None)
        return Walk(complete_until=arrived, heard_until=self.began, deep_at=self.deep_at, shown=self.shown)

    def lost(self, *, end_is_limit: bool) -> tuple[datetime, datetime] | None:
        """What lies between when we last heard and the oldest that the platform would show; None where they meet.

        Not from the last post on: nobody may have said anything since.
        """
        shown = self.oldest if end_is_limit else self.floor
        heard = self.heard_until or self.complete_until
        return None if heard is None or shown is None or shown <= heard else (heard, shown)


def walk_back(
    cursor: str | None,
    page_after: Callable[[str | None, datetime], Page],
    parse: Callable[[Any], Mention | None],
    *,
    now: datetime,
    pages: int = 5,
    overlap: timedelta = OVERLAP,
    first_look: timedelta = FIRST_LOOK,
    deep: Deep | None = DEEP,
    reach: timedelta | None = None,
) -> Batch:
    """Fetch up to `pages` pages from where the last poll left off, and say whether more is waiting.

    `reach` is how far back the platform lets anyone look: what an outage put beyond it is lost, and said to be.

    `page_after(token, floor)` fetches one page (None: the newest) of what is not older than the floor, where the
    platform can be asked so. `parse` returns None for an item that is no mention (a like). A page that fails after
    another succeeded still fails the whole fetch: nothing is committed, and the next poll asks again.
    """
    walk = Walk.read(cursor).begin(now, first_look, overlap, deep, reach)
    floor = walk.floor or now
    mentions: list[Mention] = []
    unreadable: list[Unreadable] = []
    for _ in range(pages):
        page = page_after(walk.token, floor)
        unreadable += page.unreadable
        _parse_all((item for item in page.items if item.at > floor), parse, mentions, unreadable)
        walk = walk.past(page)
        if walk.token is None or _reached(page, floor):
            lost = walk.lost(end_is_limit=page.end_is_limit)
            heard_from = max(floor, walk.oldest or floor) if page.end_is_limit else floor
            return Batch(
                tuple(mentions), walk.end().write(), False, tuple(unreadable), heard_from, walk.began or now, lost
            )
    return Batch(tuple(mentions), walk.write(), True, tuple(unreadable))


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
