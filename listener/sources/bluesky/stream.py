"""Bluesky's `posts` stream: every public post there is, through Jetstream; those that name us or speak to us are kept.

It needs no account. Jetstream keeps a day of posts or so, no more, so the backlog of a first connection and what a
longer outage has put out of its reach come from the searches; its own part of that is said to be lost.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from listener.mention import Batch, Mention, Unreadable
from listener.paging import unreadable_item
from listener.query.syntax import Native
from listener.query.translate import said_by
from listener.source import Unavailable
from listener.sources.bluesky.posts import POST, addressed, links_in, parse, said_in, word
from listener.sources.bluesky.search import IN_THE_TEXT
from listener.watch import Matcher, Watch, root_of

if TYPE_CHECKING:  # it brings a package of its own, which is loaded only where the stream is on
    from listener.sources.bluesky.jetstream import Event, Jetstream, Replayed

# A day of Bluesky is millions of posts: a first connection begins just before itself, where the search index, which
# runs minutes behind, ends.
FIRST_LOOK = timedelta(minutes=5)
# Events come in the order of their stamps only roughly, and Jetstream's own documents ask to rewind a few seconds.
REWIND = timedelta(seconds=5)
# Where the server no longer has what we ask for, it begins later and says nothing (the public ones keep 24 to 36 hours;
# docs/README.md of bluesky-social/jetstream, section 5.1, 2026). What it still has begins, being rewound, with what we
# heard last, and all of Bluesky says dozens of things a second: five minutes without any are what it has forgotten.
HOLE = timedelta(minutes=5)
# A visit that ends for its own bounds this close to now has no backlog before it: the server's clock is behind ours.
LIVE = timedelta(minutes=2)
# Final states of an account, in which the platform shows nothing of it any more. A deactivated or suspended one may be
# back tomorrow, and moving house looks like it for a moment: re-reading finds out whether their posts are still shown.
GONE_FOR_GOOD = frozenset({"deleted", "takendown"})


class Posts:
    """The stream."""

    def __init__(self, jetstream: Jetstream, terms: Sequence[str]) -> None:
        self._jetstream = jetstream
        self._named = Named(terms)

    def fetch(self, cursor: str | None, now: datetime, ours: str | None) -> Batch:
        """What was said since `cursor`; `ours` is our DID. Raises RateLimited, Revoked or Unavailable."""
        known = _read_cursor(cursor)
        since = known - REWIND if known else now - FIRST_LOOK
        catch = _Catch(self._named, ours)
        replayed = self._jetstream.replay(_micros(since), _micros(now), catch.take)
        place = known or since
        heard = place if replayed.latest is None else max(place, min(_moment(replayed.latest), now))
        if replayed.end == "broken" and heard <= place:
            raise Unavailable(f"{self._jetstream.host}: {replayed.why}")
        lost, heard_from = _heard_from(since, known, heard, replayed)
        return Batch(
            mentions=tuple(catch.mentions.values()),
            # Until anything was heard, every connection is the first one.
            cursor=None if replayed.first is None else json.dumps({"heard": _micros(heard)}),
            more=replayed.end == "enough" and heard > place and now - heard > LIVE,
            unreadable=(*replayed.unreadable, *catch.unreadable),
            heard_from=heard_from,
            heard_until=None if heard_from is None else heard,
            lost=lost,
            gone=tuple(catch.gone),
            gone_authors=tuple(catch.gone_authors),
        )

    def probe(self) -> None:
        """Connect, and hang up. Raises RateLimited, Revoked or Unavailable."""
        self._jetstream.probe()


class Named:
    """Whether a text or a link may be what one of the searches is for, by the rule that sifts mentions afterwards.

    Of a query only what the text can tell is asked: the stream does not say who wrote it under which name.
    """

    def __init__(self, searches: Sequence[str]) -> None:
        terms = [root_of(Watch("searched", "topic", (one,))) for one in searches if not isinstance(one, Native)]
        said = [said_by(one.node, IN_THE_TEXT) for one in searches if isinstance(one, Native)]
        roots = [root for root in (*terms, *said) if root is not None and not isinstance(root, bool)]
        self._matcher = Matcher.over(("searched", root) for root in dict.fromkeys(roots))

    def __call__(self, text: str, links: Sequence[str]) -> bool:
        return self._matcher.names(text, links)


def _heard_from(
    since: datetime, known: datetime | None, heard: datetime, replayed: Replayed
) -> tuple[tuple[datetime, datetime] | None, datetime | None]:
    """What of the time before the first event is lost, and from when on all was heard; None where nothing was."""
    if replayed.first is None:
        return None, None
    first = min(_moment(replayed.first), heard)
    if known is None:
        return None, since if first - since <= HOLE else first
    return (None, since) if first - known <= HOLE else ((known, first), first)


class _Catch:
    """What one visit brings home."""

    def __init__(self, names_us: Named, ours: str | None) -> None:
        self._names_us = names_us
        self._ours = ours
        self.mentions: dict[str, Mention] = {}
        self.unreadable: list[Unreadable] = []
        self.gone: dict[str, None] = {}
        self.gone_authors: dict[str, None] = {}

    def take(self, event: Event) -> bool:
        """Whether this event was for us. Those that are, and can't be read, are kept raw."""
        try:
            match event.raw:
                case {"kind": "commit", "did": str(did), "commit": {"collection": "app.bsky.feed.post"} as commit}:
                    return self._take_commit(did, commit, event)
                case {"kind": "account", "did": str(did), "account": {"active": False, "status": str(status)}}:
                    if status in GONE_FOR_GOOD:
                        self.gone_authors[did] = None
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, OSError) as why:
            # A stranger's malformed post is nobody's mention, unless it names us somewhere.
            if self._names_us(json.dumps(event.raw, ensure_ascii=False), ()):
                self.unreadable.append(unreadable_item(event.raw, why))
                return True
        return False

    def _take_commit(self, did: str, commit: Mapping[str, Any], event: Event) -> bool:
        uri = f"at://{did}/{POST}/{word(commit, 'rkey')}"
        if commit.get("operation") == "delete":
            self.mentions.pop(uri, None)
            self.gone[uri] = None
            return False
        record = commit["record"]
        if not self._wanted(did, record):
            return False
        # As a post view would show it, but for the author's name and reach, which the stream does not say.
        view = {"uri": uri, "cid": commit["cid"], "author": {"did": did, "handle": did}, "record": record}
        self.mentions[uri] = parse({**view, "indexedAt": _moment(event.time_us).isoformat()}, self._ours)
        self.gone.pop(uri, None)
        return True

    def _wanted(self, did: str, record: Mapping[str, Any]) -> bool:
        if self._ours is not None and (did == self._ours or self._ours in addressed(record)):
            return True
        return self._names_us(said_in(record), tuple(links_in(record)))


def _read_cursor(cursor: str | None) -> datetime | None:
    """Up to when all is heard. Raises ValueError where the cursor is not one of ours."""
    if cursor is None:
        return None
    try:
        return _moment(int(json.loads(cursor)["heard"]))
    except (KeyError, TypeError, ValueError, OverflowError) as why:
        raise ValueError(f"cannot read the cursor {cursor[:80]!r}: {why}") from why


def _moment(micros: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)


def _micros(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
