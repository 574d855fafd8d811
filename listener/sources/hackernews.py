"""Hacker News: stories and comments that name us, through Algolia's search, which needs no key.

Listen only. Its guidelines of 11 March 2026 ask for no generated and no AI-edited comments, and it has no write API.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from listener.budget import Budget
from listener.html.posts import read_html
from listener.listing import is_number
from listener.mention import Author, Batch, Mention
from listener.metered import one_by_one
from listener.paging import FIRST_LOOK, Item, Page, unreadable_item, walk_back
from listener.settings import SourceSettings
from listener.source import NotFound, Unavailable
from listener.web import Params, Web

PLATFORM = "hackernews"
ACCESS = "Hacker News needs no account: add [listener.sources.hackernews] to settings.toml"
SITE = "https://news.ycombinator.com"
API = "https://hn.algolia.com"
PAGE = 100
# The index follows the site, at times by hours, and a hit tells only when it was written, not when it was indexed.
OVERLAP = timedelta(hours=6)


class Settings(SourceSettings):
    """`[listener.sources.hackernews]`: nothing to set but the pace; the search takes 10,000 calls an hour."""

    base_url: str = API
    every_s: float = 120.0


def connect(settings: Settings, searches: Sequence[str], budget: Budget) -> HackerNews:
    """The source, ready to be polled; it has called nobody yet."""
    return HackerNews(Web(settings.base_url, settings.timeout_s), searches, settings.first_look)


class HackerNews:
    """Hacker News as a source: one stream `search:TERM` a term."""

    platform = PLATFORM

    def __init__(self, web: Web, searches: Sequence[str], first_look: timedelta = FIRST_LOOK) -> None:
        self._web = web
        self._first_look = first_look
        self._searches = tuple(searches)

    def streams(self) -> Sequence[str]:
        """One search a term."""
        return tuple(f"search:{term}" for term in self._searches)

    def fetch(self, stream: str, cursor: str | None, now: datetime) -> Batch:
        """What this search finds since `cursor`. Raises RateLimited, Unavailable or Revoked."""
        term = stream.partition(":")[2]

        def page_after(token: str | None, floor: datetime) -> Page:
            return self._hits(term, token, floor)

        # The times are the server's own, so nothing turns up far down the list and no deep look is needed.
        return walk_back(cursor, page_after, parse, now=now, overlap=OVERLAP, first_look=self._first_look, deep=None)

    def reread(self, mentions: Sequence[Mention]) -> Mapping[str, Mention | None]:
        """These items as they are now, asked for one by one; what is no item's number is left out.

        Raises RateLimited, Unavailable or Revoked.
        """
        items = [one for one in mentions if is_number(one.post_id)]
        return one_by_one(items, lambda known: _item_now(self._web, known.post_id))

    def probe(self) -> str:
        """That the search answers. Raises RateLimited, Unavailable or Revoked."""
        page = self._hits(next(iter(self._searches), "hello"), None, datetime.now(UTC) - timedelta(days=1))
        return f"its search answers ({len(page.items)} hits today for the first term)"

    def close(self) -> None:
        """Let go of connections."""
        self._web.close()

    def _hits(self, term: str, token: str | None, oldest: datetime) -> Page:
        """One page, in a window of time rather than by page number.

        Algolia shows 1,000 hits a query and no more, and numbered pages shift while they are read. So each page asks
        for what is not newer than the last hit of the page before; only within one second are pages numbered.
        """
        newest, page = _read_token(token)
        window = [f"created_at_i>{int(oldest.timestamp())}"]
        if newest is not None:
            window.append(f"created_at_i<={newest}")
        asked: Params = {
            # Quoted, so that Algolia looks for the whole phrase, neither its beginnings nor its near misses.
            "query": '"{}"'.format(term.replace('"', " ").strip()),
            "advancedSyntax": "true",
            "typoTolerance": "false",
            "tags": "(story,comment,poll,job)",
            "numericFilters": ",".join(window),
            "hitsPerPage": PAGE,
            "page": page,
        }
        return _page(self._web.get_json("api/v1/search_by_date", asked), newest, page)


def parse(hit: Mapping[str, Any]) -> Mention | None:
    """The mention in one hit; None for an item that says nothing any more. Raises where something needed is missing."""
    item = str(hit["objectID"])
    titled = bool(hit.get("title"))
    # Only a comment's text must be there; an empty title stands with a story's as with a comment's.
    told = hit["comment_text"] if hit.get("title") is None else hit.get("comment_text") or hit.get("story_text")
    body, links = read_html((hit.get("story_text") if titled else told) or "")
    text = "\n\n".join(part for part in (hit["title"] if titled else "", body) if part)
    if not text or not hit["author"]:
        return None
    linked = [hit["url"]] if titled and hit.get("url") else []
    return Mention(
        platform=PLATFORM,
        post_id=item,
        author=_author(hit["author"]),
        text=text,
        posted_at=datetime.fromtimestamp(hit["created_at_i"], UTC),
        url=_item_url(item),
        in_reply_to=_id(hit.get("parent_id")),
        thread_id=_id(hit.get("story_id")) or item,
        likes=_count(hit, "points"),
        replies=_count(hit, "num_comments"),
        links=tuple(dict.fromkeys(linked + links)),
        extra={"story_title": str(hit["story_title"])} if hit.get("story_title") else {},
    )


def lookup(url: str, base_url: str | None = None, timeout_s: float = 10.0) -> Mention | None:
    """The story or comment behind a link to Hacker News; None where the link is no such thing.

    Raises NotFound where it is gone, Unavailable where the search can't be reached or makes no sense.
    """
    item = _item_named(url)
    if item is None:
        return None
    web = Web(base_url or API, timeout_s)
    try:
        mention = _item_now(web, item)
    finally:
        web.close()
    if mention is None:
        raise NotFound(f"item {item} is not there, or not any more")
    return mention


def _item_now(web: Web, item: str) -> Mention | None:
    """The item as it is now; None where it is gone. Raises Unavailable where the answer makes no sense."""
    try:
        found = web.get_json(f"api/v1/items/{item}")
        # The same item as a search's hit, under other names.
        text = {"story_text" if found.get("title") else "comment_text": found["text"]}
        return parse({**found, **text, "objectID": found["id"]})
    except NotFound:
        return None
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as why:
        raise Unavailable(f"item {item} could not be read: {why!r}") from why


def _page(answer: Any, newest: int | None, page: int) -> Page:
    """The page, and as its token where the next window begins."""
    try:
        hits, size = list(answer["hits"]), int(answer.get("hitsPerPage") or PAGE)
    except (KeyError, TypeError, ValueError, AttributeError) as why:
        raise Unavailable(f"hackernews answered without hits: {why!r}") from why
    items, unreadable = [], []
    for hit in hits:
        try:
            items.append(Item(hit, datetime.fromtimestamp(hit["created_at_i"], UTC)))
        except (KeyError, TypeError, ValueError, OverflowError, OSError) as why:
            unreadable.append(unreadable_item(hit, why))
    if len(hits) < size:
        return Page(tuple(items), None, tuple(unreadable))
    if not items:
        raise Unavailable("hackernews answered with a whole page of hits that have no time")
    last = int(min(item.at for item in items).timestamp())
    token = f"{last}:{page + 1 if last == newest else 0}"
    return Page(tuple(items), token, tuple(unreadable))


def _read_token(token: str | None) -> tuple[int | None, int]:
    if token is None:
        return None, 0
    newest, _, page = token.partition(":")
    return int(newest), int(page)


def _item_named(url: str) -> str | None:
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or parts.netloc != "news.ycombinator.com" or parts.path != "/item":
        return None
    item = parse_qs(parts.query).get("id", [""])[0]
    return item if is_number(item) else None


def _author(name: str) -> Author:
    # Hacker News knows people by their name alone.
    return Author(PLATFORM, name, name, url=f"{SITE}/user?id={name}")


def _item_url(item: str) -> str:
    return f"{SITE}/item?id={item}"


def _id(value: Any) -> str | None:
    return None if value is None else str(value)


def _count(hit: Mapping[str, Any], name: str) -> int | None:
    value = hit.get(name)
    return value if isinstance(value, int) else None
