"""Discourse: an answer is a post in their topic, below theirs. An administrator's key says that software may speak.

The account's profile has to say what it is. A forum refuses the same words twice within five minutes, and may hold a
newcomer's post for its moderators: then it is not posted yet, and a person looks after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pydantic import Field

from listener.listing import moment
from listener.mention import Mention
from listener.settings import Part, SettingsError, read_secret
from listener.web import Web
from responders.draft import Receipt
from responders.looking import afterwards
from responders.publisher import Order, Refused, TooLong, Unknown
from responders.wire import Wire

PLATFORM = "discourse"
LIMIT = 32_000  # characters (max_post_length, the default of config/site_settings.yml, read November 2026)
WRITE_KEY = "WARMLINE_DISCOURSE_WRITE_KEY"
CLOCKS_DIFFER = timedelta(minutes=1)
MOST_PAGES = 20


class Settings(Part):
    """`[responders.publishers.discourse]`: the forum's address, and the user name that answers."""

    enabled: bool = True
    base_url: str
    timeout_s: float = Field(default=20.0, gt=0, le=25)
    account: str = Field(min_length=1)
    key_file: str | None = None


def connect(settings: Settings) -> Discourse:
    """The way out to the forum. Raises SettingsError where the key is missing."""
    key = read_secret(WRITE_KEY, settings.key_file)
    if not key:
        raise SettingsError(f"discourse: set {WRITE_KEY} to an admin's key for this user, or name a key_file")
    headers = {"Api-Key": key.get_secret_value(), "Api-Username": settings.account.lstrip("@")}
    wire = Wire(settings.base_url, settings.timeout_s, headers)
    return Discourse(wire, Web(settings.base_url, settings.timeout_s, headers), settings)


class Discourse:
    """The `Publisher`: one POST an attempt, and the forum's latest posts to look for what it may have left."""

    platform = PLATFORM
    limit = LIMIT

    def __init__(self, wire: Wire, web: Web, settings: Settings) -> None:
        self._wire, self._web = wire, web
        self._account, self._site = settings.account.lstrip("@").lower(), settings.base_url.rstrip("/")

    def length(self, text: str) -> int:
        """Characters."""
        return len(text)

    def reply(self, order: Order) -> Receipt:
        """Post it, once. Raises TooLong, Refused, Postponed, Revoked or Unknown, as `Publisher` says."""
        if len(order.text) > LIMIT:
            raise TooLong(f"{len(order.text)} characters; Discourse takes {LIMIT}")
        topic, nth = _place(order.parent)
        asked = {"topic_id": topic, "reply_to_post_number": nth, "raw": order.text}
        answer = self._wire.post_json("/posts.json", asked)
        if answer.status == 200 and answer.body.get("action") == "enqueued":
            raise Unknown("the forum holds it for its moderators: it may still appear")
        if answer.status != 200 or not {"topic_id", "post_number"} <= answer.body.keys():
            self._wire.raise_for(answer, datetime.now(UTC))
        return self._receipt(answer.body, "api")

    def find(self, order: Order) -> Receipt | None:
        """Our post since the attempt, below theirs, with this very text. Raises Unknown or Revoked."""
        topic, nth = _place(order.parent)
        with afterwards():
            for raw in self._posts_since(order):
                # An answer to a topic's first post is kept as one to the topic.
                below = raw["topic_id"] == topic and (raw.get("reply_to_post_number") or 1) == nth
                if below and raw["username"].lower() == self._account and raw["raw"].strip() == order.text.strip():
                    return self._receipt(raw, "found")
        return None

    def probe(self) -> str:
        """That the key is this user's. Raises Revoked or Unknown."""
        with afterwards():
            username = self._web.get_json("/session/current.json")["current_user"]["username"]
        return f"let in, as @{username}"

    def close(self) -> None:
        """Let go of connections."""
        self._wire.close()
        self._web.close()

    def _posts_since(self, order: Order) -> Iterator[Mapping[str, Any]]:
        before: int | None = None
        for _ in range(MOST_PAGES):
            posts = self._web.get_json("/posts.json", {"before": before})["latest_posts"]
            since = [raw for raw in posts if moment(raw["created_at"]) >= order.attempted_at - CLOCKS_DIFFER]
            yield from since
            if not since:
                return
            before = min(raw["id"] for raw in since)
        raise Unknown(f"more than {MOST_PAGES} pages of posts since the attempt: too many to look through")

    def _receipt(self, raw: Mapping[str, Any], how: Literal["api", "found"]) -> Receipt:
        place = f"{raw['topic_id']}/{raw['post_number']}"
        return Receipt(place, f"{self._site}/t/{raw.get('topic_slug') or '-'}/{place}", how=how)


def _place(parent: Mention) -> tuple[int, int]:
    """The topic, and the number of the post in it."""
    topic, _, nth = parent.post_id.partition("/")
    if not (topic.isdecimal() and nth.isdecimal()):
        raise Refused(f"{parent.post_id[:80]!r} names no post of a topic: open the page and answer by hand")
    return int(topic), int(nth)
