"""Discourse: an answer is a post in their topic, below theirs. An administrator's key says that software may speak.

The account's profile has to say what it is. A forum refuses the same words twice within five minutes
(unique_posts_mins), and may hold a newcomer's post for its moderators: then it is not posted yet, and a person looks
after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import quote

from listener import source
from listener.mention import Mention
from listener.source import NotFound
from listener.web import Params
from responders.draft import Receipt
from responders.looking import MOST_PAGES, afterwards, doubting, look_back
from responders.plain import PlainPublisher, PlainSettings
from responders.publisher import HeldThere, Order, Refused, Unknown

PLATFORM = "discourse"
LIMIT = 32_000  # characters (max_post_length, the default in config/site_settings.yml of 2023; an owner may change it)
TOPIC_PAGE = 20  # posts of a topic on a page (TopicView.chunk_size)
HELD = "the forum holds it for its moderators: it may still appear"
WRITE_TOKEN = "WARMLINE_DISCOURSE_WRITE_TOKEN"  # noqa: S105 - the variable's name, not the token


class Settings(PlainSettings):
    """`[responders.publishers.discourse]`: the forum's address, and the user name that answers."""


def connect(settings: Settings) -> Discourse:
    """The way out to the forum. Raises SettingsError where the key is missing."""
    key = settings.token(WRITE_TOKEN, "an admin's key for this user")
    return Discourse(settings, {"Api-Key": key, "Api-Username": settings.account.lstrip("@")})


class Discourse(PlainPublisher):
    """The `Publisher`: what an attempt may have left is among the forum's latest posts."""

    platform = PLATFORM
    limit = LIMIT

    def probe(self) -> str:
        """That the key is this user's. Raises Revoked or Unknown."""
        with afterwards():
            username = self._web.get_json("/session/current.json")["current_user"]["username"]
        return f"let in, as @{username}"

    def _post(self, order: Order) -> Receipt:
        topic, nth = _place(order.parent)
        asked = {"topic_id": topic, "reply_to_post_number": nth, "raw": order.text}
        answer = self._wire.post_json("/posts.json", asked, order.last_look)
        if answer.status == 200 and answer.body.get("action") == "enqueued":
            raise HeldThere(HELD)
        if answer.status != 200 or not {"topic_id", "post_number"} <= answer.body.keys():
            # 422 is among others "too similar to what you recently posted", in the language of the forum.
            with doubting(lambda: self.find(order), whatever_it_says=answer.status == 422):
                self._wire.raise_for(answer, datetime.now(UTC))
        return self._receipt(answer.body, "api")

    def _left_by(self, order: Order, since: datetime) -> Iterator[Receipt]:
        def latest(_number: int, last: Any) -> Any:
            return self._web.get_json("/posts.json", {"before": last["id"] if last else None})["latest_posts"]

        place = _place(order.parent)
        for raw in look_back(latest, since, "created_at"):
            # An answer to a topic's first post is kept as one to the topic.
            below = (raw["topic_id"], raw.get("reply_to_post_number") or 1) == place
            if below and raw["username"].lower() == self._settings.us and raw["raw"].strip() == order.text.strip():
                yield self._receipt(raw, "found")

        if self._is_held(order, place):
            raise HeldThere(HELD)

    def _answers_to(self, order: Order) -> Iterator[Receipt]:
        """From our own posts in their topic alone, which the forum picks out: one page as a rule.

        The list that `find` reads is that of the whole forum, and goes back too far on a busy one.
        """
        topic, nth = _place(order.parent)
        for number in range(1, MOST_PAGES + 1):
            asked: Params = {"username_filters": self._settings.us, "page": number}
            stream = self._topic(topic, asked)["post_stream"]
            for raw in stream["posts"]:  # the topic's first post is among them, whoever wrote it
                ours = raw["username"].lower() == self._settings.us and raw["post_number"] > nth
                gone = raw.get("user_deleted") or raw.get("deleted_at")
                if ours and not gone and (raw.get("reply_to_post_number") or 1) == nth:
                    yield self._receipt({"topic_id": topic, **raw}, "found")
            if number * TOPIC_PAGE >= len(stream["stream"]):
                return
        raise Unknown(f"more than {MOST_PAGES * TOPIC_PAGE} posts of ours in the topic: too many to look through")

    def _topic(self, topic: int, asked: Params) -> Any:
        """A page of a topic. Raises NotFound where it is closed to us, Revoked where it is our key that is refused."""
        try:
            return self._web.get_json(f"/t/{topic}.json", asked)
        except source.Revoked as why:
            self.probe()  # 403 means either
            raise NotFound(str(why)) from why

    def _is_held(self, order: Order, place: tuple[int, int]) -> bool:
        """Whether these words of ours for this topic wait for the moderators (PendingPostSerializer)."""
        try:
            held = self._web.get_json(f"/posts/{quote(self._settings.us)}/pending.json")["pending_posts"]
        except NotFound:
            return False  # a forum of before 2021, which does not show what it holds
        return any(one["topic_id"] == place[0] and one["raw_text"].strip() == order.text.strip() for one in held)

    def _receipt(self, raw: Mapping[str, Any], how: Literal["api", "found"]) -> Receipt:
        place, site = f"{raw['topic_id']}/{raw['post_number']}", self._settings.base_url.rstrip("/")
        return Receipt(place, f"{site}/t/{raw.get('topic_slug') or '-'}/{place}", how=how)


def _place(parent: Mention) -> tuple[int, int]:
    """The topic, and the number of the post in it."""
    topic, _, nth = parent.post_id.partition("/")
    if not (topic.isdecimal() and nth.isdecimal()):
        raise Refused(f"{parent.post_id[:80]!r} names no post of a topic: open the page and answer by hand")
    return int(topic), int(nth)
