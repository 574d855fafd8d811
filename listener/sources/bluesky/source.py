"""Bluesky: who speaks to our account, and who speaks of us; heard through Jetstream, and the app view by XRPC.

Posts carry two times: the author's, which may be any date at all, and the platform's own. We walk by the platform's.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from listener.budget import Budget
from listener.mention import Author, Batch, Mention
from listener.paging import DEEP, FIRST_LOOK, Item, Page, Walk, unreadable_item, walk_back
from listener.query.syntax import Native
from listener.settings import SettingsError, SourceSettings, read_secret
from listener.source import NotFound, Revoked, SourceError, Unavailable
from listener.sources.bluesky.posts import (
    MEMBERS_ONLY,
    PLATFORM,
    POST,
    REASONS,
    author_of,
    iso,
    labelled,
    moment,
    parse,
    post_named,
    web_address,
    word,
)
from listener.sources.bluesky.stream import Posts
from listener.sources.bluesky.xrpc import Account, BadRequest, Line, Params, Xrpc
from listener.web import is_this_machine

log = logging.getLogger(__name__)

READ_VARIABLE = "WARMLINE_BLUESKY_READ_PASSWORD"
ACCESS = (
    "Bluesky needs no account to be heard by its stream; for mentions and search set handle in "
    f"[listener.sources.bluesky], and an app password (Settings, App passwords) as {READ_VARIABLE}"
)
PUBLIC_URL = "https://public.api.bsky.app"
JETSTREAM_URL = "wss://jetstream2.us-east.bsky.network"
PAGE = 100  # the most that both listings give at once (lexicons of app.bsky, 2026)
A_CALL = 25  # the most profiles, and the most posts, that one call gives (the same lexicons)
# The listings are sorted by the earlier of the author's clock and the platform's (`sortAt`), and a notification is
# dated by it: a phone two hours slow puts its mention two hours down the list.
OVERLAP = timedelta(hours=2)
SEARCH = "search:"
STREAMED_LATELY = timedelta(minutes=10)


class Settings(SourceSettings):
    """`[listener.sources.bluesky]`: our account, if we have one there, and its own server as `base_url`.

    An app password, not the account's own, comes from WARMLINE_BLUESKY_READ_PASSWORD or `app_password_file`. Without
    a handle what is public is heard, through `public_url`. `jetstream` hears every public post within a minute, for
    about 2 GB a day; where it is off (a metered line) the searches alone are asked, at every poll. Where nothing is
    said of it, it is on, unless the servers named are on this machine: they are a network of their own.
    """

    base_url: str = "https://bsky.social"
    public_url: str = PUBLIC_URL
    jetstream: bool | None = None
    jetstream_url: str = JETSTREAM_URL
    handle: str | None = None
    app_password_file: str | None = None
    session_file: str = "~/.local/state/warmline/bluesky-read.json"

    @property
    def streams_posts(self) -> bool:
        """Whether Jetstream is on."""
        if self.jetstream is not None:
            return self.jetstream
        return not any(is_this_machine(url) for url in (self.base_url, self.public_url))


def connect(settings: Settings, searches: Sequence[str], budget: Budget) -> Bluesky:
    """The source, ready to be polled; it has called nobody yet. Raises SettingsError where the password is missing."""
    posts = _posts(settings, searches) if settings.streams_posts else None
    public = Xrpc(Line(settings.public_url, settings.timeout_s))
    if settings.handle is None:
        return Bluesky(public, None, None, posts, searches, settings.first_look)
    password = read_secret(READ_VARIABLE, settings.app_password_file)
    if password is None:
        raise SettingsError(f"no app password for {settings.handle}: set {READ_VARIABLE}, or name an app_password_file")
    line = Line(settings.base_url, settings.timeout_s)
    account = Account(line, settings.handle.removeprefix("@"), password, settings.session_file)
    return Bluesky(public, Xrpc(line, account), account, posts, searches, settings.first_look)


def _posts(settings: Settings, searches: Sequence[str]) -> Posts:
    from listener.sources.bluesky.jetstream import Jetstream  # only where it is on: it brings a package of its own

    return Posts(Jetstream(settings.jetstream_url, settings.timeout_s, [POST]), searches)


class Bluesky:
    """Bluesky as a source: `mentions` and `ours` where we have an account, `posts`, and one `search:TERM` a term.

    Jetstream hears all that is said from now on, at once and without an account; it knows a day of the past or so.
    Search knows years, needs an account most of the time, and its makers ask that nobody polls it (bnewbold in
    atproto issue 3423, January 2025). So `posts` is the ear, and beside it the searches are asked every six hours and
    look back three days and over any outage: a first connection hears its backlog, and what Jetstream no longer has
    is fetched from there. While Jetstream can't be heard the searches take over, at every poll. Without an account
    search is closed as a rule (403), and is asked only where Jetstream is off.
    """

    platform = PLATFORM

    def __init__(
        self,
        public: Xrpc,
        own: Xrpc | None,
        account: Account | None,
        posts: Posts | None,
        searches: Sequence[str],
        first_look: timedelta = FIRST_LOOK,
    ) -> None:
        self._public = public
        self._xrpc = own or public
        self._account = account
        self._posts = posts
        self._searches = tuple(searches)
        self._natives = frozenset(one for one in searches if isinstance(one, Native))
        self._first_look = first_look
        self._streamed_at: datetime | None = None  # when Jetstream was last heard on this connection

    def streams(self) -> Sequence[str]:
        """`mentions` first: people who speak to us come before people who speak of us; `ours` is what we said."""
        own = ("mentions", "ours") if self._account else ()
        posts = ("posts",) if self._posts else ()
        searches = tuple(SEARCH + term for term in self._searches) if self._account or not self._posts else ()
        return own + posts + searches

    def fetch(self, stream: str, cursor: str | None, now: datetime) -> Batch:
        """What this stream says since `cursor`, with the authors' reach. Raises RateLimited, Unavailable or Revoked."""
        if stream == "posts" and self._posts:
            heard = self._posts.fetch(cursor, now, self._ours())
            self._streamed_at = now
            return _with_profiles(heard, self._public)
        if stream.startswith(SEARCH) and self._streams_now(now) and _searched_lately(cursor, now):
            return Batch()
        ours = self._ours()

        def page_after(token: str | None, floor: datetime) -> Page:
            if stream == "mentions":
                return self._notifications(token)
            if stream == "ours" and ours is not None:
                return self._our_posts(ours, token)
            return self._hits(stream.removeprefix(SEARCH), token, floor)

        heard = walk_back(
            cursor, page_after, lambda raw: parse(raw, ours), now=now, overlap=OVERLAP, first_look=self._first_look
        )
        return _with_profiles(heard, self._xrpc)

    def reread(self, mentions: Sequence[Mention]) -> Mapping[str, Mention | None]:
        """These posts as they are now: None for one that nobody is shown any more, its account included.

        Left out are those between whom and us there is a block, and, without an account, those of people who don't
        want to be shown to anyone who isn't logged in. Raises RateLimited, Unavailable or Revoked.
        """
        # An import may have posts under other names: nobody can be asked for those.
        uris = list(dict.fromkeys(one.post_id for one in mentions if one.post_id.startswith("at://did:")))
        ours, shown = self._ours(), _posts_now(self._xrpc, uris)
        missing = [uri for uri in uris if uri not in shown]
        now: dict[str, Mention | None] = dict.fromkeys(self._gone(missing))
        readable = {uri: self._readable(view, ours) for uri, view in shown.items()}
        return now | {uri: mention for uri, mention in readable.items() if mention is not None}

    def probe(self) -> str:
        """Who we are there, or that the public is let in, and what is heard. Raises RateLimited, Unavailable, Revoked.

        One call, and where Jetstream is on a connection to it, which is closed at once.
        """
        if self._account:
            who = f"let in as {self._who_we_are()}"
        else:
            _list_in(self._public.get("app.bsky.actor.getProfiles", {"actors": ["bsky.app"]}), "profiles")
            who = "lets the public in"
        if self._posts:
            self._posts.probe()
        return f"{who}; hears {', '.join(self.streams())}"

    def close(self) -> None:
        """Let go of connections."""
        self._xrpc.close()
        self._public.close()

    def _streams_now(self, now: datetime) -> bool:
        return self._streamed_at is not None and now - self._streamed_at < STREAMED_LATELY

    def _ours(self) -> str | None:
        return self._account.session().did if self._account else None

    def _who_we_are(self) -> str:
        handle = self._xrpc.get("com.atproto.server.getSession").get("handle")
        if not isinstance(handle, str):
            raise Unavailable("bluesky did not say who we are")
        return handle

    def _gone(self, missing: Sequence[str]) -> list[str]:
        """Those of the posts that we are not shown which nobody else is shown either.

        Asked as nobody in particular: a block hides a post from us alone, and must not look like a deletion. Where
        nobody can be asked so, it can't be told, and none counts as gone.
        """
        if not self._account or not missing:
            return list(missing)
        try:
            hidden = _posts_now(self._public, missing)
        except SourceError as why:
            log.warning("bluesky: whether %d posts are gone or hidden from us can't be told: %s", len(missing), why)
            return []
        return [uri for uri in missing if uri not in hidden]

    def _readable(self, view: Mapping[str, Any], ours: str | None) -> Mention | None:
        """The mention in a view; None where it isn't for us to read, or can't be."""
        try:
            author = view["author"]
            viewer = author.get("viewer") or {}
            if viewer.get("blockedBy") or viewer.get("blocking"):
                return None
            mention = parse(view, ours)
        except (KeyError, TypeError, ValueError, AttributeError) as why:
            log.warning("bluesky: %s can't be read any more: %r", view.get("uri"), why)
            return None
        return mention if self._account or not labelled(author, MEMBERS_ONLY) else None

    def _notifications(self, token: str | None) -> Page:
        # Reading them must not mark them as seen: a person may be reading the same account.
        asked: Params = {"limit": PAGE, "reasons": REASONS, "cursor": token}
        answer = self._xrpc.get("app.bsky.notification.listNotifications", asked)
        heard = [raw for raw in _list_in(answer, "notifications") if not _other_reason(raw)]
        return _page(heard, answer.get("cursor"))

    def _our_posts(self, did: str, token: str | None) -> Page:
        asked: Params = {"actor": did, "filter": "posts_with_replies", "limit": PAGE, "cursor": token}
        answer = self._xrpc.get("app.bsky.feed.getAuthorFeed", asked)
        return _page(list(_ours_in(_list_in(answer, "feed"))), answer.get("cursor"))

    def _hits(self, term: str, token: str | None, oldest: datetime) -> Page:
        phrase = term if term in self._natives or " " not in term else f'"{term}"'
        asked: Params = {"q": phrase, "sort": "latest", "limit": PAGE, "since": iso(oldest), "cursor": token}
        try:
            answer = self._xrpc.get("app.bsky.feed.searchPosts", asked)
        except (BadRequest, Revoked) as why:
            if token is None or (self._account and isinstance(why, Revoked)):
                raise
            # The first page was answered, and this one will never be: search shows no more than so many hits, and to
            # those without an account only one page of them (bnewbold in bsky-docs issue 296, May 2025).
            return Page((), end_is_limit=True)
        return _page(_list_in(answer, "posts"), answer.get("cursor"))


def lookup(url: str, base_url: str | None = None, timeout_s: float = 10.0) -> Mention | None:
    """The post behind a link to bsky.app or an at:// address, without an account; None where the link is neither.

    Raises NotFound where it is gone, Unavailable where the app view can't be reached or makes no sense.
    """
    named = post_named(url)
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
            who = word(xrpc.get("com.atproto.identity.resolveHandle", {"handle": who}), "did")
        answer = xrpc.get("app.bsky.feed.getPosts", {"uris": [f"at://{who}/app.bsky.feed.post/{rkey}"]})
        posts = _list_in(answer, "posts")
        if not posts:
            raise NotFound(f"the post {rkey} by {who} is not there, or not any more")
        return parse(posts[0])
    except BadRequest as why:
        raise NotFound(str(why)) from why
    except (KeyError, TypeError, ValueError, AttributeError) as why:
        raise Unavailable(f"the post could not be read: {why!r}") from why


def _searched_lately(cursor: str | None, now: datetime) -> bool:
    """Whether a search can wait: it is not under way, and has looked far back in the last six hours."""
    walk = Walk.read(cursor)
    return walk.token is None and walk.deep_at is not None and now - walk.deep_at < DEEP.every


def _posts_now(xrpc: Xrpc, uris: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """The views of those posts that are shown, by address. Raises RateLimited, Unavailable or Revoked."""
    shown: dict[str, Mapping[str, Any]] = {}
    for start in range(0, len(uris), A_CALL):
        answer = xrpc.get("app.bsky.feed.getPosts", {"uris": uris[start : start + A_CALL]})
        for view in _list_in(answer, "posts"):
            if isinstance(view, dict) and isinstance(view.get("uri"), str):
                shown[view["uri"]] = view
    return shown


def _with_profiles(batch: Batch, xrpc: Xrpc) -> Batch:
    """The batch with each author as their profile has them, reach included.

    Listening goes on without where profiles can't be read: with what is known, which from the stream is the DID alone.
    """
    dids = list(dict.fromkeys(mention.author.author_id for mention in batch.mentions))
    known: dict[str, Author] = {}
    try:
        for start in range(0, len(dids), A_CALL):
            answer = xrpc.get("app.bsky.actor.getProfiles", {"actors": dids[start : start + A_CALL]})
            for profile in _list_in(answer, "profiles"):
                author = author_of(profile)
                known[author.author_id] = author
    except (SourceError, KeyError, TypeError, ValueError, AttributeError) as why:
        log.warning("bluesky: the reach of %d authors is not known: %s", len(dids) - len(known), why)
    return replace(batch, mentions=tuple(_by(mention, known) for mention in batch.mentions))


def _by(mention: Mention, known: Mapping[str, Author]) -> Mention:
    author = known.get(mention.author.author_id)
    if author is None:
        return mention
    return replace(mention, author=author, url=web_address(mention.post_id, author.handle))


def _page(raws: Sequence[Any], token: Any) -> Page:
    items, unreadable = [], []
    for raw in raws:
        try:
            items.append(Item(raw, moment(raw["indexedAt"])))
        except (KeyError, TypeError, ValueError) as why:
            unreadable.append(unreadable_item(raw, why))
    return Page(tuple(items), token if isinstance(token, str) and token else None, tuple(unreadable))


def _ours_in(entries: Sequence[Any]) -> Iterator[Any]:
    """The posts of a feed, without what was reposted: that was said by others, and is heard where they say it to us."""
    for entry in entries:
        if not isinstance(entry, dict):
            yield entry
        elif "reason" not in entry:
            yield entry.get("post")


def _other_reason(raw: Any) -> bool:
    """A like or a follow: asked for by no one, but an older server may not know how to leave them out."""
    return isinstance(raw, dict) and isinstance(raw.get("reason"), str) and raw["reason"] not in REASONS


def _list_in(answer: Mapping[str, Any], name: str) -> list[Any]:
    value = answer.get(name)
    if not isinstance(value, list):
        raise Unavailable(f"bluesky answered without {name}")
    return value
