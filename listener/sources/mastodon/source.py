"""Mastodon: who speaks to our account, who uses our hashtags, who names us; on our own server and on others.

There is no one Mastodon: each server sees what its own people follow. So hashtags are heard on several, those in
`also` without a key; a post that several of them show is one mention (listener/sources/mastodon/statuses.py says how).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Literal
from urllib.parse import urlsplit

from listener.budget import Budget, Purpose
from listener.mention import Batch, Mention
from listener.paging import DEEP, FIRST_LOOK, OVERLAP, Deep, Item, Page, unreadable_item, walk_back
from listener.settings import SettingsError, SourceSettings, read_secret
from listener.source import NotFound, SourceError, Unavailable
from listener.sources.mastodon.instance import Answer, Instance, Sdk, hidden_from_us
from listener.sources.mastodon.statuses import PLATFORM, id_of, moment, parse_notification, parse_status

log = logging.getLogger(__name__)

READ_VARIABLE = "WARMLINE_MASTODON_READ_TOKEN"
ACCESS = (
    "Mastodon: hashtags need no account; for mentions make an application under Preferences > Development with the "
    f"scope read, set {READ_VARIABLE} to its token, and name the account as handle in [listener.sources.mastodon]"
)
PAGE = 40  # the most that timelines and the search give at once; notifications 80 (docs.joinmastodon.org, July 2026)
SEARCH_REACH = 10_000  # how deep Elasticsearch counts; beyond it the search answers with nothing
GENERATIONS = 6  # how far up a thread is followed, one call or two for a page at each step
# A timeline is ordered by what the author's server claims, and posts arrive late when servers were down.
FEDERATED = timedelta(hours=2)
# Of all that a server's public timeline holds, a first connection wants no month.
PUBLIC_LOOK = timedelta(hours=1)
# Left out by names that every server has known for ever: naming `quote` to an older one, or a fork, is an error there.
NO_TALK = ["follow", "follow_request", "favourite", "reblog", "poll"]
HEARD_AS = ("asked_for",)  # what the way it came by put beside a post
WRONG_PLACE = "is base_url a Mastodon server?"
_HASHTAG = re.compile(r"\w*[^\W\d]\w*")


class Settings(SourceSettings):
    """`[listener.sources.mastodon]`: our own server as `base_url`, our account there, and where else to listen.

    `handle` (acme@mastodon.social) turns on what needs our account; its read token comes from
    WARMLINE_MASTODON_READ_TOKEN or `token_file`. Every one-word term that is watched is heard as a hashtag, here and on
    the servers in `also`; so are `hashtags`, and what carries one is kept whether a watch names it or not. `public`
    hears all that a server shows of itself, "local" only what its own people say: for small servers, it is much.
    """

    base_url: str = "https://mastodon.social"
    handle: str | None = None
    token_file: str | None = None
    hashtags: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    public: bool | Literal["local"] = False


def connect(settings: Settings, searches: Sequence[str], budget: Budget) -> Mastodon:
    """The source, ready to be polled; it has called nobody yet. Raises SettingsError where the token is missing."""
    token = read_secret(READ_VARIABLE, settings.token_file)
    if settings.handle and token is None:
        raise SettingsError(f"no token for {settings.handle}: set {READ_VARIABLE}, or name a token_file")
    ours = whole_handle(settings.handle, settings.base_url)
    open_one = partial(Instance, import_sdk(), timeout_s=settings.timeout_s, budget=budget, ours=ours)
    home = open_one(base_url=settings.base_url, token=token.get_secret_value() if token else None)
    # No other server ever sees the token.
    away = [open_one(base_url=url, token=None) for url in settings.also]
    stranger = open_one(base_url=settings.base_url, token=None) if token else None
    return Mastodon(home, away, stranger, settings, searches)


def whole_handle(handle: str | None, base_url: str) -> str | None:
    """Our handle with its host: the one it is written with, else that of our server."""
    name = (handle or "").strip().lstrip("@")
    return name if not name or "@" in name else f"{name}@{urlsplit(base_url).hostname}"


def hashtags_in(words: Iterable[str]) -> list[str]:
    """Those of the words that can be a hashtag, without the #, each once: one word, not a number alone."""
    bare = (word.strip().lstrip("#").lower() for word in words)
    return list(dict.fromkeys(word for word in bare if _HASHTAG.fullmatch(word)))


# How one page is asked for: by a client of Mastodon.py, from a place in the listing (None: the newest).
Ask = Callable[[Any, str | None], object]


@dataclass(frozen=True, slots=True)
class _Listing:
    """One stream: on which server, how it is asked for, and how it must be walked."""

    instance: Instance
    ask: Ask
    purpose: Purpose = "search"
    overlap: timedelta = FEDERATED
    deep: Deep | None = DEEP
    first_look: timedelta = FIRST_LOOK


class Mastodon:
    """Mastodon as a source: `mentions` and `ours` with an account, `search:TERM` with a token, `tag:NAME[@HOST]`."""

    platform = PLATFORM

    def __init__(
        self,
        home: Instance,
        away: Sequence[Instance],
        stranger: Instance | None,
        settings: Settings,
        searches: Sequence[str],
    ) -> None:
        """`stranger` is our own server as it is to somebody without an account."""
        self._home = home
        self._stranger = stranger
        self._instances = {home.where.host: home}
        for one in away:
            self._instances.setdefault(one.where.host, one)
        self._first_look = settings.first_look
        self._tags = hashtags_in((*settings.hashtags, *searches))
        self._asked_for = frozenset(hashtags_in(settings.hashtags)) - frozenset(hashtags_in(searches))
        self._account_id: str | None = None
        self._known_servers: set[str] = set()  # those that said of themselves what they are
        self._listings = self._account_listings(searches) | self._open_listings(settings.public)

    def streams(self) -> Sequence[str]:
        """`mentions` first: people who speak to us come before people who speak of us; `ours` is what we said."""
        return tuple(self._listings)

    def fetch(self, stream: str, cursor: str | None, now: datetime) -> Batch:
        """What this stream says since `cursor`. Raises RateLimited, Unavailable or Revoked."""
        listing = self._listings[stream]
        known: dict[str, Mapping[str, Any] | None] = {}

        def page_after(token: str | None, floor: datetime) -> Page:
            page = self._page(stream, listing, token)
            if listing.purpose == "mentions":
                self._meet_parents(listing.instance, [item for item in page.items if item.at > floor], known)
            return page

        def parse(raw: Mapping[str, Any]) -> Mention | None:
            if stream == "mentions":
                return parse_notification(raw, listing.instance.where, known)
            found = parse_status(raw, listing.instance.where, now, known)
            return found and replace(found, extra={**found.extra, **self._why_kept(stream)})

        pace, look = listing.overlap, listing.first_look
        return walk_back(cursor, page_after, parse, now=now, overlap=pace, first_look=look, deep=listing.deep)

    def reread(self, mentions: Sequence[Mention]) -> Mapping[str, Mention | None]:
        """These posts as they are now, each read again where it was heard. Raises only where nothing could be told.

        Left out are those whose author has blocked us, as far as our server tells strangers what they said.
        """
        told: dict[str, Mention | None] = {}
        failed: SourceError | None = None
        for host, instance in self._instances.items():
            theirs = {one.extra["status_id"]: one for one in mentions if _heard_at(one) == host}
            try:
                found = instance.statuses(list(theirs), "duty") if theirs else {}
                hidden = hidden_from_us(found, self._stranger) if instance is self._home else ()
            except SourceError as why:
                failed = why
                continue
            shown = {one: raw for one, raw in found.items() if one not in hidden}
            told |= {post_id: now for one, raw in shown.items() for post_id, now in _told(raw, theirs[one], instance)}
        if failed and not told:
            raise failed
        return told

    def probe(self) -> str:
        """That our account is let in, and every server lets us listen. Raises RateLimited, Unavailable or Revoked."""
        said = [f"let in, as @{self._home.me('duty')['acct']}"] if self._home.where.ours else []
        for host, instance in self._instances.items():
            if instance is self._home and said:
                continue
            self._hear_anything(instance)
            said.append(f"{host} answers")
        return "; ".join(said)

    def close(self) -> None:
        """Let go of connections."""
        for instance in (*self._instances.values(), *filter(None, [self._stranger])):
            instance.close()

    def _account_listings(self, searches: Sequence[str]) -> dict[str, _Listing]:
        """What takes our account (`mentions`, `ours`) or at least a token (the search)."""
        home, found = self._home, dict[str, _Listing]()
        if home.where.ours:
            # Both are dated by our own server, so nothing turns up far down the list.
            own = _Listing(home, _ask_notifications, "mentions", OVERLAP, None, self._first_look)
            found = {"mentions": own, "ours": replace(own, ask=self._ask_ours)}
        if home.has_token:
            found |= {
                f"search:{term}": _Listing(home, _ask_search(term), first_look=self._first_look) for term in searches
            }
        return found

    def _open_listings(self, public: bool | str) -> dict[str, _Listing]:
        """What servers show to everyone: hashtags, and their public timelines where that is wanted."""
        found = {}
        for host, instance in self._instances.items():
            at = "" if instance is self._home else f"@{host}"
            for tag in self._tags:
                found[f"tag:{tag}{at}"] = _Listing(instance, _ask_tag(tag), first_look=self._first_look)
            if public:
                look = min(self._first_look, PUBLIC_LOOK)
                found[f"public{at}"] = _Listing(
                    instance, _ask_public(public == "local"), overlap=OVERLAP, deep=None, first_look=look
                )
        return found

    def _why_kept(self, stream: str) -> Mapping[str, str]:
        """That a hashtag of the settings brought it: it was asked for by name, and no watch need name it as well."""
        tag = stream.removeprefix("tag:").partition("@")[0] if stream.startswith("tag:") else ""
        return {"asked_for": f"#{tag}"} if tag in self._asked_for else {}

    def _hear_anything(self, instance: Instance) -> None:
        """A post of a hashtag, or what the server says of itself. Raises RateLimited, Unavailable or Revoked."""
        if self._tags:
            with suppress(NotFound):
                said = instance.ask(lambda client: client.timeline_hashtag(self._tags[0], limit=1), "duty").said
                _list_in(said, instance.where.host)
                return
        self._know(instance, "duty")

    def _know(self, instance: Instance, purpose: Purpose) -> None:
        """Make sure that this is such a server: Unavailable where it does not know what every one of them says."""
        if instance.where.host in self._known_servers:
            return
        for ask in (lambda client: client.instance_v2(), lambda client: client.instance_v1()):
            with suppress(NotFound):  # the second version is of 4.0
                said = instance.ask(ask, purpose).said
                if isinstance(said, dict) and "version" in said:
                    self._known_servers.add(instance.where.host)
                    return
        raise Unavailable(f"{instance.where.host} does not know /api/v1/instance: {WRONG_PLACE}")

    def _ask_ours(self, client: Any, token: str | None) -> None:
        if self._account_id is None:
            self._account_id = id_of(self._home.me("mentions"))
        client.account_statuses(self._account_id, exclude_reblogs=True, max_id=token, limit=PAGE)

    def _page(self, stream: str, listing: _Listing, token: str | None) -> Page:
        try:
            answer = listing.instance.ask(lambda client: listing.ask(client, token), listing.purpose)
        except NotFound as why:
            if not stream.startswith("tag:"):
                raise Unavailable(f"{why}: {WRONG_PLACE}") from why
            # Mastodon has an empty list for a hashtag that nobody used; GoToSocial has this (its processing/timeline,
            # tag.go, 2025). So does whatever is no such server at all.
            self._know(listing.instance, listing.purpose)
            return Page(())
        if stream.startswith("search:"):
            return _search_page(answer, token)
        raws = _list_in(answer.said, listing.instance.where.host)
        older = answer.older(raws)
        if older is not None and older == token:
            # This server pays no heed to our place in the list: here is the same page again, and there is no other.
            return Page((), end_is_limit=True)
        return _page(raws, older)

    def _meet_parents(
        self, instance: Instance, items: Sequence[Item], known: dict[str, Mapping[str, Any] | None]
    ) -> None:
        """Learn the statuses that these answer, up to where their threads began; go on without them if need be."""
        raws = [item.raw.get("status", item.raw) for item in items]
        known |= {found: raw for raw in raws if isinstance(raw, dict) and (found := id_of(raw))}
        try:
            for _ in range(GENERATIONS):
                wanted = _parents_of(known.values()) - known.keys()
                if not wanted:
                    return
                known |= instance.statuses(sorted(wanted), "mentions")
        except SourceError as why:
            log.warning("mastodon: what some posts answer is not known: %s", why)


def import_sdk() -> Sdk:
    """Mastodon.py's client, and what it raises. Imported only now: a source that is off costs nothing."""
    from mastodon import Mastodon as Client  # our own file has the same name, in another package
    from mastodon import MastodonError

    class Unversioned(Client):
        """A client that does not ask which version a server says it runs.

        To find out, it recurses for ever (RecursionError) where the answer is no version it can read, and timelines ask
        for the instance first, each time, to warn about what the answer shows anyway.
        """

        def verify_minimum_version(self, version_str: str, cached: bool = False) -> bool:
            return True

        def timeline_is_available(self, *args: Any, **options: Any) -> bool:
            return True

    return Sdk(Unversioned, (MastodonError,))


def _ask_notifications(client: Any, token: str | None) -> None:
    client.notifications(exclude_types=list(NO_TALK), max_id=token, limit=2 * PAGE)


def _ask_tag(tag: str) -> Ask:
    return lambda client, token: client.timeline_hashtag(tag, max_id=token, limit=PAGE)


def _ask_public(local: bool) -> Ask:
    return lambda client, token: client.timeline_public(local=local, max_id=token, limit=PAGE)


def _ask_search(term: str) -> Ask:
    # A server that knows no phrases looks for the quotes as well: they stand only where they must.
    phrase = term if re.fullmatch(r"\w+", term) else '"{}"'.format(term.replace('"', " ").strip())

    def ask(client: Any, token: str | None) -> None:
        offset = int(token.partition(":")[0]) if token else None
        client.search_v2(phrase, resolve=False, result_type="statuses", offset=offset, limit=PAGE)

    return ask


def _search_page(answer: Answer, token: str | None) -> Page:
    """One page of hits. The token counts how many were passed, and names the last: a server may not count along.

    Pages may be short in the middle, since hits by people we blocked are left out: only an empty one is the end.
    """
    hits = _list_in(answer.said.get("statuses") if isinstance(answer.said, dict) else None, answer.host)
    passed, _, last_seen = (token or "0:").partition(":")
    last = id_of(hits[-1]) if hits and isinstance(hits[-1], dict) else None
    if not hits or (last is not None and last == last_seen):
        return Page((), end_is_limit=bool(hits) or int(passed) >= SEARCH_REACH)
    return _page(hits, f"{int(passed) + PAGE}:{last or ''}")


def _page(raws: Sequence[Any], older: str | None) -> Page:
    items, unreadable = [], []
    for raw in raws:
        try:
            items.append(Item(raw, moment(raw["created_at"])))
        except (KeyError, TypeError, ValueError) as why:
            unreadable.append(unreadable_item(raw, why))
    return Page(tuple(items), older, tuple(unreadable))


def _list_in(said: Any, host: str) -> list[Any]:
    if not isinstance(said, list):
        raise Unavailable(f"{host} answered without a list")
    return said


def _parents_of(raws: Iterable[Mapping[str, Any] | None]) -> set[str]:
    return {parent for raw in raws if raw and (parent := id_of(raw, "in_reply_to_id"))}


def _heard_at(mention: Mention) -> str | None:
    return mention.extra.get("server") if mention.extra.get("status_id") else None


def _told(raw: Mapping[str, Any] | None, before: Mention, instance: Instance) -> Iterator[tuple[str, Mention | None]]:
    """The post as it is now, by its id; nothing where it can't be read, for that is not to say that it is gone."""
    if raw is None:
        yield before.post_id, None
        return
    try:
        found = parse_status(raw, instance.where, datetime.now(UTC))
    except (KeyError, TypeError, ValueError, AttributeError) as why:
        log.warning("mastodon: %s could not be read again: %r", before.post_id, why)
        return
    if found is not None and found.post_id == before.post_id:
        # Where it stands in the thread, and how it came to us, can't change, and isn't looked up again.
        yield (
            before.post_id,
            replace(
                found,
                in_reply_to=before.in_reply_to,
                thread_id=before.thread_id,
                to_us=before.to_us,
                extra={**{name: before.extra[name] for name in HEARD_AS if name in before.extra}, **found.extra},
            ),
        )
