"""Bluesky: who speaks to our account, and who speaks of us; heard through the app view, by XRPC.

Posts carry two times: the author's, which may be any date at all, and the platform's own. We walk by the platform's.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from listener.budget import Budget
from listener.mention import Author, Batch, Mention
from listener.paging import FIRST_LOOK, Item, Page, unreadable_item, walk_back
from listener.settings import SettingsError, SourceSettings, read_secret
from listener.source import NotFound, SourceError, Unavailable
from listener.xrpc import Account, BadRequest, Line, Params, Xrpc

log = logging.getLogger(__name__)

PLATFORM = "bluesky"
READ_VARIABLE = "WARMLINE_BLUESKY_READ_PASSWORD"
PUBLIC_URL = "https://public.api.bsky.app"
REASONS = ("mention", "reply", "quote")
PAGE = 100  # the most that both listings give at once (lexicons of app.bsky, 2026)
PROFILES_A_CALL = 25
# The listings are sorted by the earlier of the author's clock and the platform's (`sortAt`), and a notification is
# dated by it: a phone two hours slow puts its mention two hours down the list.
OVERLAP = timedelta(hours=2)
SEARCH = "search:"


class Settings(SourceSettings):
    """`[listener.sources.bluesky]`: our account, if we have one there, and its own server as `base_url`.

    Without a handle only searches are heard, through `public_url`. An app password, not the account's own, comes from
    WARMLINE_BLUESKY_READ_PASSWORD or `app_password_file`.
    """

    base_url: str = "https://bsky.social"
    public_url: str = PUBLIC_URL
    handle: str | None = None
    app_password_file: str | None = None
    session_file: str = "~/.local/state/warmline/bluesky-read.json"


def connect(settings: Settings, searches: Sequence[str], budget: Budget) -> Bluesky:
    """The source, ready to be polled; it has called nobody yet. Raises SettingsError where the password is missing."""
    if settings.handle is None:
        public = Xrpc(Line(settings.public_url, settings.timeout_s))
        return Bluesky(public, None, searches, settings.first_look)
    password = read_secret(READ_VARIABLE, settings.app_password_file)
    if password is None:
        raise SettingsError(f"no app password for {settings.handle}: set {READ_VARIABLE}, or name an app_password_file")
    line = Line(settings.base_url, settings.timeout_s)
    account = Account(line, settings.handle.removeprefix("@"), password, settings.session_file)
    return Bluesky(Xrpc(line, account), account, searches, settings.first_look)


class Bluesky:
    """Bluesky as a source: `mentions` and `ours` where we have an account, and one `search:TERM` a term."""

    platform = PLATFORM

    def __init__(
        self, xrpc: Xrpc, account: Account | None, searches: Sequence[str], first_look: timedelta = FIRST_LOOK
    ) -> None:
        self._xrpc = xrpc
        self._account = account
        self._searches = tuple(searches)
        self._first_look = first_look

    def streams(self) -> Sequence[str]:
        """`mentions` first: people who speak to us come before people who speak of us; `ours` is what we said."""
        own = ("mentions", "ours") if self._account else ()
        return own + tuple(SEARCH + term for term in self._searches)

    def fetch(self, stream: str, cursor: str | None, now: datetime) -> Batch:
        """What this stream says since `cursor`, with the authors' reach. Raises RateLimited, Unavailable or Revoked."""
        ours = self._account.session().did if self._account else None

        def page_after(token: str | None, floor: datetime) -> Page:
            if stream == "mentions":
                return self._notifications(token)
            if stream == "ours" and ours is not None:
                return self._our_posts(ours, token)
            return self._hits(stream.removeprefix(SEARCH), token, floor)

        heard = walk_back(
            cursor, page_after, lambda raw: parse(raw, ours), now=now, overlap=OVERLAP, first_look=self._first_look
        )
        return self._with_reach(heard)

    def close(self) -> None:
        """Let go of connections."""
        self._xrpc.close()

    def _notifications(self, token: str | None) -> Page:
        # Reading them must not mark them as seen: a person may be reading the same account.
        asked: Params = {"limit": PAGE, "reasons": REASONS, "cursor": token}
        answer = self._xrpc.get("app.bsky.notification.listNotifications", asked)
        heard = [raw for raw in _list_in(answer, "notifications") if not _other_reason(raw)]
        return _page(heard, answer.get("cursor"))

    def _our_posts(self, did: str, token: str | None) -> Page:
        asked: Params = {"actor": did, "filter": "posts_with_replies", "limit": PAGE, "cursor": token}
        answer = self._xrpc.get("app.bsky.feed.getAuthorFeed", asked)
        # The feed holds what we reposted as well: that was said by others, and is heard where they say it to us.
        entries = [entry for entry in _list_in(answer, "feed") if "reason" not in entry]
        return _page([entry.get("post") for entry in entries], answer.get("cursor"))

    def _hits(self, term: str, token: str | None, oldest: datetime) -> Page:
        phrase = f'"{term}"' if " " in term else term
        asked: Params = {"q": phrase, "sort": "latest", "limit": PAGE, "since": _iso(oldest), "cursor": token}
        try:
            answer = self._xrpc.get("app.bsky.feed.searchPosts", asked)
        except BadRequest:
            if token is None:
                raise
            # The first page was answered, and this one will never be: search shows no more than so many hits.
            return Page((), end_is_limit=True)
        return _page(_list_in(answer, "posts"), answer.get("cursor"))

    def _with_reach(self, batch: Batch) -> Batch:
        """The batch with each author's followers. Listening goes on without them where they can't be read."""
        dids = list(dict.fromkeys(mention.author.author_id for mention in batch.mentions))
        followers: dict[str, int] = {}
        try:
            for start in range(0, len(dids), PROFILES_A_CALL):
                asked = {"actors": dids[start : start + PROFILES_A_CALL]}
                answer = self._xrpc.get("app.bsky.actor.getProfiles", asked)
                for profile in _list_in(answer, "profiles"):
                    followers[profile["did"]] = int(profile["followersCount"])
        except (SourceError, KeyError, TypeError, ValueError) as why:
            log.warning("bluesky: the reach of %d authors is not known: %s", len(dids) - len(followers), why)
        told = (
            replace(mention, author=replace(mention.author, followers=followers.get(mention.author.author_id)))
            for mention in batch.mentions
        )
        return replace(batch, mentions=tuple(told))


def parse(raw: Mapping[str, Any], ours: str | None = None) -> Mention:
    """The mention in a post view or a notification; `ours` is our DID. Raises where something needed is missing."""
    record, uri = raw["record"], _word(raw, "uri")
    cid = _word(raw, "cid")
    author = _author(raw["author"])
    reply = record.get("reply") or {"root": {"uri": uri, "cid": cid}, "parent": {}}
    return Mention(
        platform=PLATFORM,
        post_id=uri,
        author=author,
        text=_word(record, "text", empty=True),
        posted_at=_posted_at(record.get("createdAt"), _moment(raw["indexedAt"])),
        url=web_address(uri, author.handle),
        in_reply_to=reply["parent"].get("uri"),
        thread_id=_word(reply["root"], "uri"),
        lang=next((lang for lang in record.get("langs") or () if isinstance(lang, str)), None),
        likes=_count(raw, "likeCount"),
        reposts=_count(raw, "repostCount"),
        replies=_count(raw, "replyCount"),
        ours=author.author_id == ours,
        to_us=raw.get("reason") in REASONS or (ours is not None and ours in _addressed(record)),
        links=tuple(dict.fromkeys(_links(record))),
        extra={"cid": cid, "root_uri": _word(reply["root"], "uri"), "root_cid": _word(reply["root"], "cid")},
    )


def web_address(uri: str, handle: str) -> str:
    """Where a person can look at the post: its page on bsky.app. A DID will do for the handle."""
    return f"https://bsky.app/profile/{handle}/post/{uri.rpartition('/')[2]}"


def lookup(url: str, base_url: str | None = None, timeout_s: float = 10.0) -> Mention | None:
    """The post behind a link to bsky.app or an at:// address, without an account; None where the link is neither.

    Raises NotFound where it is gone, Unavailable where the app view can't be reached or makes no sense.
    """
    named = _post_named(url)
    if named is None:
        return None
    xrpc = Xrpc(Line(base_url or PUBLIC_URL, timeout_s))
    try:
        return _look_up(xrpc, *named)
    finally:
        xrpc.close()


def _look_up(xrpc: Xrpc, who: str, rkey: str) -> Mention:
    try:
        if not who.startswith("did:"):
            who = _word(xrpc.get("com.atproto.identity.resolveHandle", {"handle": who}), "did")
        answer = xrpc.get("app.bsky.feed.getPosts", {"uris": [f"at://{who}/app.bsky.feed.post/{rkey}"]})
        posts = _list_in(answer, "posts")
        if not posts:
            raise NotFound(f"the post {rkey} by {who} is not there, or not any more")
        return parse(posts[0])
    except BadRequest as why:
        raise NotFound(str(why)) from why
    except (KeyError, TypeError, ValueError, AttributeError) as why:
        raise Unavailable(f"the post could not be read: {why!r}") from why


def _post_named(url: str) -> tuple[str, str] | None:
    """Author and record key of the post that a link names; None where it names none."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    match parts.scheme, parts.netloc, parts.path.strip("/").split("/"):
        case "at", str(who), ["app.bsky.feed.post", rkey] if who:
            return who, rkey
        case "http" | "https", "bsky.app" | "www.bsky.app", ["profile", who, "post", rkey]:
            return who, rkey
    return None


def _page(raws: Sequence[Any], token: Any) -> Page:
    items, unreadable = [], []
    for raw in raws:
        try:
            items.append(Item(raw, _moment(raw["indexedAt"])))
        except (KeyError, TypeError, ValueError) as why:
            unreadable.append(unreadable_item(raw, why))
    return Page(tuple(items), token if isinstance(token, str) and token else None, tuple(unreadable))


def _other_reason(raw: Any) -> bool:
    """A like or a follow: asked for by no one, but an older server may not know how to leave them out."""
    return isinstance(raw, dict) and isinstance(raw.get("reason"), str) and raw["reason"] not in REASONS


def _author(raw: Mapping[str, Any]) -> Author:
    did, handle = _word(raw, "did"), _word(raw, "handle")
    shown = did if handle == "handle.invalid" else handle  # what the platform writes where a handle no longer resolves
    name = raw.get("displayName") or ""
    return Author(PLATFORM, did, shown, str(name), url=f"https://bsky.app/profile/{shown}")


def _addressed(record: Mapping[str, Any]) -> Iterator[str]:
    """The DIDs a post speaks to: those it tags, the one it answers, the one it quotes."""
    for feature in _features(record):
        if feature.get("$type") == "app.bsky.richtext.facet#mention":
            yield feature["did"]
    quoted = (record.get("embed") or {}).get("record") or {}
    answered = (record.get("reply") or {}).get("parent") or {}
    for named in (answered, quoted, quoted.get("record") or {}):
        if uri := named.get("uri"):
            yield uri.removeprefix("at://").partition("/")[0]


def _links(record: Mapping[str, Any]) -> Iterator[str]:
    """Whole addresses: the text itself shows them shortened."""
    for feature in _features(record):
        if feature.get("$type") == "app.bsky.richtext.facet#link":
            yield _word(feature, "uri")
    embed = record.get("embed") or {}
    for card in (embed.get("external"), (embed.get("media") or {}).get("external")):
        if card:
            yield _word(card, "uri")


def _features(record: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for facet in record.get("facets") or ():
        yield from facet["features"]


def _posted_at(said: Any, taken_in: datetime) -> datetime:
    """The author's date, unless it can't be read, is older than computers, or lies after the platform had the post."""
    try:
        theirs = _moment(said)
    except (TypeError, ValueError):
        return taken_in
    return min(theirs, taken_in) if theirs.year >= 1970 else taken_in


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError as why:
        raise ValueError(f"{text!r} is outside of all calendars") from why


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _word(raw: Mapping[str, Any], name: str, *, empty: bool = False) -> str:
    value = raw[name]
    if not isinstance(value, str) or not (value or empty):
        raise ValueError(f"{name} is no text: {value!r:.60}")
    return value


def _count(raw: Mapping[str, Any], name: str) -> int | None:
    value = raw.get(name)
    return value if isinstance(value, int) else None


def _list_in(answer: Mapping[str, Any], name: str) -> list[Any]:
    value = answer.get(name)
    if not isinstance(value, list):
        raise Unavailable(f"bluesky answered without {name}")
    return value
