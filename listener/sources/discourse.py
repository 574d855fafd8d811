"""Discourse: one forum, every public post of it, matched here.

Its search shows one post a topic (lib/search.rb, aggregate_post_sql), so a second mention in a topic would never be
heard; `/posts.json` lists them all, newest first. Plain HTTP: pydiscourse (2024) retries and sleeps by itself.
Private messages, and categories closed to us, are not heard. A key also hears what its user may see.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import quote

from pydantic import Field

from listener.budget import Budget, Pool, Purpose
from listener.html.posts import own_words, read_html
from listener.listing import count, listed, moment, number, page_of, word
from listener.mention import Author, Mention
from listener.metered import AccountSettings, PlainSource
from listener.paging import Page
from listener.settings import SettingsError
from listener.source import RateLimited, SourceError
from listener.web import LONGEST_WAIT, Params, Web, host_of

PLATFORM = "discourse"
READ_TOKEN = "WARMLINE_DISCOURSE_READ_TOKEN"  # noqa: S105 - the variable's name, not the token
SEARCHED = False  # the whole forum is heard
ACCESS = f"a public forum needs no account: set base_url; for more, an admin's read-only key in {READ_TOKEN}, `account`"
# What a forum allows by default, a key and a visitor (max_admin_api_reqs_per_minute, max_reqs_per_ip_per_minute;
# config/discourse_defaults.conf of Discourse 3.5, 2025). Its owner may change both.
CALLS = {True: Pool("calls", 60, timedelta(minutes=1)), False: Pool("calls", 200, timedelta(minutes=1))}
REGULAR = 1  # of the types of post (Post.types): 2 and 3 say what was done to a topic, 4 is a whisper among its staff
LEFT = "somebody who left"


class Settings(AccountSettings):
    """`[listener.sources.discourse]`: `base_url` is the forum's address, `account` our user name there."""

    every_s: float = Field(default=120.0, ge=10.0)


def connect(settings: Settings, searches: Sequence[str], budget: Budget) -> Discourse:
    """The source, ready to be polled; it has called nobody yet. Raises SettingsError for a key without an account."""
    key, name = settings.token(READ_TOKEN), settings.account.lstrip("@")
    if key and not name:
        # An administrator's key may speak as anyone, and would hear what only its staff should.
        raise SettingsError(f"discourse: {READ_TOKEN} needs `account`, the user whose eyes it looks through")
    web = Web(settings.base_url, settings.timeout_s, {"Api-Key": key, "Api-Username": name} if key else {}, judge=judge)
    return Discourse(web, budget, settings, searches, key)


class Discourse(PlainSource[Settings]):
    """A forum as a source: one stream, `posts`, whatever is searched for."""

    platform = PLATFORM
    deep = None  # a forum dates its posts itself
    named_by: ClassVar = {"id": re.compile(r"[0-9]+")}

    def streams(self) -> Sequence[str]:
        """All posts, read once for all terms."""
        return ("posts",)

    def probe(self) -> str:
        """That its posts are shown to us. Raises RateLimited, Unavailable or Revoked."""
        return f"{host_of(self._settings.base_url)} shows its latest {len(self._posts(None, 'duty'))} posts"

    def _page(self, stream: str, token: str | None, floor: datetime) -> Page:
        """One page of fifty. Older versions read `before` as "not after": a page may begin with the last one's end."""
        raws = self._posts(token, "search")
        oldest = min((post for raw in raws if (post := count(raw, "id")) is not None), default=None)
        further = oldest is not None and (token is None or oldest < int(token))
        return page_of(raws, lambda raw: moment(raw["created_at"]), str(oldest) if further else None)

    def _posts(self, before: str | None, purpose: Purpose) -> list[Any]:
        asked: Params = {"before": before}
        return listed(self._web.get_json(CALLS[self._let_in], "/posts.json", asked, purpose=purpose), "latest_posts")

    def _read(self, stream: str, raw: Any) -> Mention | None:
        return parse(raw, self._settings.base_url.rstrip("/"), self._settings.us)

    def _now(self, known: Mention) -> Mention | None:
        raw = self._web.get_post(CALLS[self._let_in], f"/posts/{quote(known.extra['id'])}.json")
        # A post asked for by itself does not say what its topic is called.
        return self._read("posts", {"topic_title": known.extra.get("topic_title"), **raw})


def judge(status: int, body: Any, said: str, _headers: Mapping[str, str]) -> SourceError | None:
    """A limit names the wait in the body: {"extras": {"wait_seconds": 7}}."""
    wait = count(body.get("extras"), "wait_seconds") if status == 429 and isinstance(body, dict) else None
    return None if wait is None else RateLimited(said, datetime.now(UTC) + min(timedelta(seconds=wait), LONGEST_WAIT))


def parse(raw: Mapping[str, Any], site: str, us: str = "") -> Mention | None:
    """The mention in a post; None for one that was taken back or hidden, or that was not said to all.

    `us` is our account's name in lower case. Raises KeyError, TypeError, ValueError or AttributeError where something
    needed is missing.
    """
    if raw.get("deleted_at") or raw.get("user_deleted") or raw.get("hidden"):
        return None
    if raw.get("post_type", REGULAR) != REGULAR:
        return None
    topic, nth, title = number(raw, "topic_id"), number(raw, "post_number"), raw.get("topic_title")
    author, (text, links) = _author(raw, site), read_html(word(raw, "cooked"))
    spoken_to = ((raw.get("reply_to_user") or {}).get("username") or "").lower()
    tagged = re.search(rf"(?<![\w.])@{re.escape(us)}(?![\w-]|\.\w)", own_words(text).lower())
    extra = {"community": host_of(site), "id": str(number(raw, "id")), "topic_title": title}
    return Mention(
        platform=PLATFORM,
        post_id=f"{topic}/{nth}",  # the forum's own way to name a post of a topic: its answers name it so
        author=author,
        text=f"{title}\n\n{text}" if nth == 1 and title else text,
        posted_at=moment(raw["created_at"]),
        url=f"{site}/t/{raw.get('topic_slug') or '-'}/{topic}/{nth}",
        in_reply_to=f"{topic}/{count(raw, 'reply_to_post_number') or 1}" if nth > 1 else None,
        thread_id=f"{topic}/1",
        replies=count(raw, "reply_count"),
        to_us=bool(us) and (spoken_to == us or tagged is not None),
        ours=bool(us) and author.handle.lower() == us,
        links=tuple(dict.fromkeys(links)),
        extra={name: value for name, value in extra.items() if value},
    )


def _author(raw: Mapping[str, Any], site: str) -> Author:
    # The forum's own account (system, discobot) has a number below zero.
    user = count(raw, "user_id")
    if raw["username"] is None:
        return Author(PLATFORM, str(user or f"of {number(raw, 'id')}"), LEFT)
    handle, bot = word(raw, "username"), user is not None and user < 0
    return Author(PLATFORM, str(user or handle), handle, raw.get("name") or "", url=f"{site}/u/{handle}", bot=bot)
