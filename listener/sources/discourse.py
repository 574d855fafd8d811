"""Discourse: one forum, every public post of it, matched here.

Its search shows one post a topic (lib/search.rb, aggregate_post_sql), so a second mention in a topic would never be
heard; `/posts.json` lists them all, newest first. Plain HTTP: pydiscourse (2024) retries and sleeps by itself.
Private messages, and categories closed to us, are not heard. A key also hears what its user may see.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from pydantic import Field

from listener.budget import Budget, Pool, Purpose
from listener.html_text import read_html
from listener.listing import count, listed, moment, number, page_of, word
from listener.mention import Author, Batch, Mention
from listener.metered import Metered
from listener.paging import Page, walk_back
from listener.settings import SettingsError, SourceSettings, read_secret
from listener.source import NotFound, RateLimited, SourceError, Unavailable
from listener.web import LONGEST_WAIT, Web, host_of

PLATFORM = "discourse"
KEY = "WARMLINE_DISCOURSE_READ_KEY"
ACCESS = f"a public forum needs no account: set base_url; for more, an admin's read-only key in {KEY} and `account`"
# What a forum allows by default, a key and a visitor (max_admin_api_reqs_per_minute, max_reqs_per_ip_per_minute;
# config/discourse_defaults.conf, read November 2026). Its owner may change both.
WITH_KEY, WITHOUT = Pool("calls", 60, timedelta(minutes=1)), Pool("calls", 200, timedelta(minutes=1))


class Settings(SourceSettings):
    """`[listener.sources.discourse]`: `base_url` is the forum's address, `account` our user name there."""

    base_url: str
    every_s: float = Field(default=120.0, ge=10.0)
    account: str | None = None
    key_file: str | None = None


def connect(settings: Settings, searches: Sequence[str], budget: Budget) -> Discourse:
    """The source, ready to be polled; it has called nobody yet. Raises SettingsError for a key without an account."""
    key, us = read_secret(KEY, settings.key_file), (settings.account or "").lstrip("@")
    if key and not us:
        # An administrator's key may speak as anyone, and would hear what only its staff should.
        raise SettingsError(f"discourse: {KEY} needs `account`, the user whose eyes it looks through")
    headers = {"Api-Key": key.get_secret_value(), "Api-Username": us} if key else {}
    web = Web(settings.base_url, settings.timeout_s, headers, judge=judge)
    return Discourse(Metered(web, budget), WITH_KEY if key else WITHOUT, settings)


class Discourse:
    """A forum as a source: one stream, `posts`, whatever is searched for."""

    platform = PLATFORM

    def __init__(self, web: Metered, pool: Pool, settings: Settings) -> None:
        self._web, self._pool, self._first_look = web, pool, settings.first_look
        self._site, self._account = settings.base_url.rstrip("/"), (settings.account or "").lstrip("@").lower()

    def streams(self) -> Sequence[str]:
        """All posts, read once for all terms."""
        return ("posts",)

    def fetch(self, stream: str, cursor: str | None, now: datetime) -> Batch:
        """What was posted since `cursor`. Raises RateLimited, Unavailable or Revoked."""

        def page_after(token: str | None, _floor: datetime) -> Page:
            return self._posts(token)

        return walk_back(cursor, page_after, self._parse, now=now, first_look=self._first_look, deep=None)

    def reread(self, mentions: Sequence[Mention]) -> Mapping[str, Mention | None]:
        """These posts as they are now, asked for one by one. Raises RateLimited, Unavailable or Revoked."""
        return self._web.each_now(mentions, self._post_now)

    def probe(self) -> str:
        """That its posts are shown to us. Raises RateLimited, Unavailable or Revoked."""
        return f"{host_of(self._site)} shows its latest {len(self._posts(None, 'duty').items)} posts"

    def close(self) -> None:
        """Let go of connections."""
        self._web.close()

    def _posts(self, token: str | None, purpose: Purpose = "search") -> Page:
        """One page of fifty. Older versions read `before` as "not after": a page may begin with the last one's end."""
        try:
            answer = self._web.get_json(self._pool, "/posts.json", {"before": token}, purpose=purpose)
        except NotFound as why:
            raise Unavailable(f"{why}: is base_url a Discourse forum?") from why
        raws = listed(answer, "latest_posts")
        ids = [post for raw in raws if (post := count(raw, "id")) is not None]
        oldest = min(ids, default=None)
        further = oldest is not None and (token is None or oldest < int(token))
        return page_of(raws, lambda raw: moment(raw["created_at"]), str(oldest) if further else None)

    def _post_now(self, known: Mention) -> Mention | None:
        raw = self._web.get_object(self._pool, f"/posts/{quote(known.extra['id'])}.json", purpose="duty")
        # A post asked for by itself does not say what its topic is called.
        return self._parse({"topic_title": known.extra.get("topic_title"), **raw})

    def _parse(self, raw: Mapping[str, Any]) -> Mention | None:
        return parse(raw, self._site, self._account)


def judge(status: int, body: Any, said: str, _headers: Mapping[str, str]) -> SourceError | None:
    """A limit names the wait in the body: {"extras": {"wait_seconds": 7}}."""
    wait = count(body.get("extras"), "wait_seconds") if status == 429 and isinstance(body, dict) else None
    return None if wait is None else RateLimited(said, datetime.now(UTC) + min(timedelta(seconds=wait), LONGEST_WAIT))


def parse(raw: Mapping[str, Any], site: str, us: str = "") -> Mention | None:
    """The mention in a post; None for one that was taken back or hidden. `us` is our account's name in lower case.

    Raises KeyError, TypeError, ValueError or AttributeError where something needed is missing.
    """
    if raw.get("deleted_at") or raw.get("user_deleted") or raw.get("hidden"):
        return None
    topic, nth, title = number(raw, "topic_id"), number(raw, "post_number"), raw.get("topic_title")
    author, (text, links) = _author(raw, site), read_html(word(raw, "cooked"))
    spoken_to = ((raw.get("reply_to_user") or {}).get("username") or "").lower()
    tagged = re.search(rf"(?<![\w.])@{re.escape(us)}(?![\w-]|\.\w)", text.lower())
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
    handle = word(raw, "username")
    # The forum's own account (system, discobot) has a number below zero.
    user = count(raw, "user_id")
    bot = user is not None and user < 0
    return Author(PLATFORM, str(user or handle), handle, raw.get("name") or "", url=f"{site}/u/{handle}", bot=bot)
