"""Pages of X's listings, and the note that leads to the next one even where X has forgotten its own token."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from listener.mention import Batch, Unreadable
from listener.paging import Item, Page, Walk, unreadable_item
from listener.source import Revoked, Unavailable
from listener.sources.x.answers import BadAsked, is_kind, problems, words_of
from listener.sources.x.posts import moment

# A recent search shows seven days (docs.x.com search/introduction, August 2026) and answers 400 to anything older;
# ten minutes are for a clock that differs and a walk that takes a while.
REACH = timedelta(days=7) - timedelta(minutes=10)
# A listing of "the last 800" leaves out what was deleted since: so near to it, the end is X's and not the walk's.
NEARLY = 20
# X lists a post within seconds (a search leaves out the last 30); an hour is for its bad days.
SETTLED = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Place:
    """How far a walk has come: X's token for the next page, and what to do without it.

    `before` is the oldest post seen, `until` the end of the window that the token belongs to, `seen` how many posts
    the walk has passed.
    """

    next: str | None = None
    before: datetime | None = None
    until: datetime | None = None
    seen: int = 0

    @classmethod
    def read(cls, token: str | None) -> Place:
        """The place a token describes; the newest post for None."""
        if token is None:
            return cls()
        saved = json.loads(token)
        times = {name: moment(saved[name]) for name in ("before", "until") if saved.get(name)}
        return cls(next=saved["next"], seen=saved["seen"], **times)

    def write(self) -> str:
        """The token's text."""
        times = {name: at.isoformat() for name in ("before", "until") if (at := getattr(self, name)) is not None}
        return json.dumps({"next": self.next, "seen": self.seen, **times})

    def without_token(self) -> Place:
        """The same place as a window of time: what was posted up to the second of the oldest post seen, it included."""
        until = self.before + timedelta(seconds=1) if self.before is not None else self.until
        return replace(self, next=None, until=until)

    def asked(self, token_name: str) -> dict[str, Any]:
        """This place as X is asked for it."""
        asked = {token_name: self.next, "end_time": self.until}
        return {name: value for name, value in asked.items() if value is not None}


def read_on(ask: Callable[[Place], Mapping[str, Any]], place: Place) -> tuple[Place, Mapping[str, Any]]:
    """What X answers at this place, and the place it was at last found at.

    X's tokens "may expire after some time" (fundamentals/pagination, 2026): then the walk goes on by time instead,
    which reads a second twice and leaves nothing out. Raises what `ask` raises.
    """
    try:
        return place, ask(place)
    except BadAsked:
        if place.next is None:
            raise
    place = place.without_token()
    return place, ask(place)


def moved_on(batch: Batch) -> Batch:
    """The batch with its cursor at most an hour behind what was heard.

    A cursor stays at the newest post there was. In a quiet week that would have us pay for that post again each day.
    """
    if batch.cursor is None or batch.heard_until is None:
        return batch
    walk = Walk.read(batch.cursor)
    settled = batch.heard_until - SETTLED
    if walk.complete_until is None or walk.complete_until >= settled:
        return batch
    return replace(batch, cursor=replace(walk, complete_until=settled).write())


def page_of(body: Mapping[str, Any], place: Place, shows: int | None) -> Page:
    """The page in an answer; `shows` is how many posts the listing reaches back. Raises Unavailable or Revoked."""
    items: list[Item] = []
    unreadable: list[Unreadable] = []
    raws = listed(body)
    for raw in raws:
        try:
            items.append(Item(raw, moment(raw["created_at"])))
        except (KeyError, TypeError, ValueError) as why:
            unreadable.append(unreadable_item(raw, why))
    before = min([item.at for item in items] + ([place.before] if place.before else []), default=None)
    on = Place(_next_token(body), before, place.until, place.seen + len(raws))
    at_limit = on.next is None and shows is not None and on.seen > shows - NEARLY
    return Page(tuple(items), on.write() if on.next else None, tuple(unreadable), at_limit)


def listed(body: Mapping[str, Any]) -> list[Any]:
    """The items of a listing; none where X says that there are none.

    X also answers 200 to what it will not show: with `errors` alone. Raises Revoked where that is for a person to
    mend (an account suspended, protected or misspelt), else Unavailable.
    """
    found, meta = body.get("data"), body.get("meta")
    if isinstance(found, list):
        return found
    if found is None and isinstance(meta, dict) and not meta.get("result_count"):
        return []
    said = f"X gave no listing: {words_of(body)}".rstrip(": ")
    if any(is_kind(problem, "resource-not-found", "not-authorized-for-resource") for problem in problems(body)):
        raise Revoked(said)
    raise Unavailable(said)


def post_ids(body: Mapping[str, Any]) -> list[str]:
    """The ids of all that a listing handed out, readable or not: what is paid for."""
    return [raw["id"] for raw in listed(body) if isinstance(raw, dict) and isinstance(raw.get("id"), str)]


def _next_token(body: Mapping[str, Any]) -> str | None:
    meta = body.get("meta")
    token = meta.get("next_token") if isinstance(meta, dict) else None
    return token if isinstance(token, str) and token else None
