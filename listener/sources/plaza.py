"""Plaza, the pretend network of the demo, heard over HTTP like any other platform (its API: listener/plaza/api.py)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from pydantic import Field

from listener.budget import Budget
from listener.mention import Author, Batch, Mention, Unreadable
from listener.paging import FIRST_LOOK, Item, Page, unreadable_item, walk_back
from listener.settings import SettingsError, SourceSettings, read_secret
from listener.source import NotFound, Source, Unavailable
from listener.web import Params, Web

PLATFORM = "plaza"
ACCESS = "the plaza is the demo's pretend network: warmline demo starts it and sets all this up"
BASE_URL = "http://127.0.0.1:8101"
READ_TOKEN = "WARMLINE_PLAZA_READ_TOKEN"  # noqa: S105 - the variable's name, not the token
PAGE_SIZE = 50
SEARCH = "search:"


class Settings(SourceSettings):
    """[listener.sources.plaza] of settings.toml. `account` is our handle there."""

    base_url: str = BASE_URL
    every_s: float = Field(default=2.0, ge=0.2)
    account: str = Field(min_length=1)
    token_file: str | None = None


def connect(settings: Settings, searches: Sequence[str], budget: Budget) -> Source:
    """Plaza, ready to be polled. Raises SettingsError where the read token is missing."""
    token = read_secret(READ_TOKEN, settings.token_file)
    if not token:
        raise SettingsError(f"plaza: set {READ_TOKEN}, or name a file that holds it as token_file")
    headers = {"Authorization": f"Bearer {token.get_secret_value()}"}
    web = Web(settings.base_url, settings.timeout_s, headers)
    return Plaza(web, settings.account, searches, settings.first_look)


def lookup(url: str, base_url: str | None = None, timeout_s: float = 10.0) -> Mention | None:
    """The post behind a link; None where the link is not a post of this plaza. Needs no token.

    Raises NotFound where it is gone, Unavailable where the plaza can't be reached or does not answer as documented.
    """
    base_url = (base_url or BASE_URL).rstrip("/")
    link = re.fullmatch(rf"{re.escape(base_url)}/posts/(\w+)/?", url.strip())
    if link is None:
        return None
    web = Web(base_url, timeout_s)
    try:
        return parse(web.get_json(f"/api/posts/{quote(link[1])}"), account=None)
    except (KeyError, TypeError, ValueError, AttributeError) as why:
        raise Unavailable(f"{web.host} answered with something that is no post") from why
    finally:
        web.close()


class Plaza:
    """The `Source`: what is said to us, what we said ourselves, and one stream for each search."""

    def __init__(
        self,
        web: Web,
        account: str,
        searches: Sequence[str],
        first_look: timedelta = FIRST_LOOK,
        page_size: int = PAGE_SIZE,
    ) -> None:
        self._web = web
        self._first_look = first_look
        self._page_size = page_size
        self._account = account.lstrip("@").lower()
        self._searches = tuple(searches)

    @property
    def platform(self) -> str:
        """`plaza`."""
        return PLATFORM

    def streams(self) -> Sequence[str]:
        """`mentions`, `ours` (what we said ourselves), and `search:TERM` for each search."""
        return ("mentions", "ours", *(SEARCH + term for term in self._searches))

    def fetch(self, stream: str, cursor: str | None, now: datetime) -> Batch:
        """What this stream says since `cursor`. Raises RateLimited, Unavailable or Revoked."""
        path, asked = self._question(stream)

        def page_after(token: str | None, _floor: datetime) -> Page:
            try:
                return _page(self._web, path, {**asked, "page": token, "limit": self._page_size})
            except NotFound as why:
                raise Unavailable(str(why)) from why

        return walk_back(
            cursor, page_after, lambda raw: parse(raw, self._account), now=now, first_look=self._first_look
        )

    def reread(self, mentions: Sequence[Mention]) -> Mapping[str, Mention | None]:
        """These posts as they are now, asked for one by one. Raises RateLimited, Unavailable or Revoked."""
        return {mention.post_id: self._post_now(mention.post_id) for mention in mentions}

    def probe(self) -> str:
        """That the token is let in. Raises RateLimited, Unavailable or Revoked."""
        _page(self._web, "/api/mentions", {"account": self._account, "limit": 1})
        return f"let in, as @{self._account}"

    def close(self) -> None:
        """Let go of connections."""
        self._web.close()

    def _post_now(self, post_id: str) -> Mention | None:
        try:
            return parse(self._web.get_json(f"/api/posts/{quote(post_id)}"), self._account)
        except NotFound:
            return None
        except (KeyError, TypeError, ValueError, AttributeError) as why:
            raise Unavailable(f"{self._web.host} answered with something that is no post") from why

    def _question(self, stream: str) -> tuple[str, dict[str, str]]:
        if stream.startswith(SEARCH):
            return "/api/search", {"q": stream.removeprefix(SEARCH)}
        if stream == "ours":
            return f"/api/people/{quote(self._account)}/posts", {}
        return "/api/mentions", {"account": self._account}


def parse(raw: Any, account: str | None) -> Mention:
    """One post of the API as a mention; with `account`, whether it is addressed to us.

    Raises KeyError, TypeError or ValueError where something that a mention needs is missing or not what it should be.
    """
    author = _author(raw["author"])
    addressed = {*raw.get("tags", ()), raw.get("in_reply_to_handle")}
    return Mention(
        platform=PLATFORM,
        post_id=_text(raw["post_id"]),
        author=author,
        text=_text(raw["text"]),
        posted_at=_time(raw["posted_at"]),
        url=raw.get("url") or "",
        in_reply_to=raw.get("in_reply_to"),
        thread_id=raw.get("thread_id"),
        lang=raw.get("lang"),
        likes=raw.get("likes"),
        replies=raw.get("replies"),
        to_us=account is not None and account in addressed,
        ours=account is not None and account == author.handle.lower(),
        links=tuple(raw.get("links", ())),
    )


def _author(raw: Mapping[str, Any]) -> Author:
    handle = _text(raw["handle"])
    return Author(PLATFORM, handle, handle, raw.get("name") or "", raw.get("followers"), raw.get("url") or "")


def _page(web: Web, path: str, asked: Params) -> Page:
    answer = web.get_json(path, asked)
    if not isinstance(answer, dict) or not isinstance(answer.get("posts"), list):
        raise Unavailable(f"{web.host} answered {path} with something that is no listing")
    items: list[Item] = []
    unreadable: list[Unreadable] = []
    for raw in answer["posts"]:
        try:
            items.append(Item(raw, _time(raw["received_at"])))
        except (KeyError, TypeError, ValueError) as why:
            unreadable.append(unreadable_item(raw, why))
    following = answer.get("next")
    return Page(tuple(items), following if isinstance(following, str) else None, tuple(unreadable))


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError(f"expected text, got {value!r:.60}")
    return value


def _time(value: Any) -> datetime:
    at = datetime.fromisoformat(_text(value))
    if at.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone")
    return at.astimezone(UTC)
