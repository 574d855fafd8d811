"""Feeds (RSS, Atom, RDF, JSON Feed) and Google Alerts: one stream an address, keyless.

A feed shows its last few entries and no more, in any order, with dates that are missing, local or made up. So what was
seen is known by the entries themselves and not by their dates: the cursor keeps the marks of the last listing.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin, urlsplit

from pydantic import Field

from listener.budget import Budget
from listener.egress import Egress, Fetched, NotAllowed
from listener.mention import Author, Batch, Mention
from listener.settings import SettingsError, SourceSettings
from listener.source import NotFound, Unavailable
from listener.sources.feed.reading import BYTES_MOST, Entry, Feed, read_feed
from listener.sources.mailbox.links import author_of, canonical, host_of_link, is_google, known_post, unwrap

PLATFORM = "feed"
ACCESS = "feeds need no account: name their addresses as urls in [listener.sources.feed]"
STREAM = "feed:"
SEEN_MOST = 600  # marks kept in a cursor: a listing has 200 at most, and some servers show an older one at times
NEWEST = 3  # one of them may have been deleted since
AHEAD = timedelta(hours=2)  # a clock may be a little fast, or in local time; beyond it the date is made up
OLDEST_DATE = datetime(1995, 1, 1, tzinfo=UTC)  # there were no feeds before


class Settings(SourceSettings):
    """`[listener.sources.feed]`: `urls` are the feeds, and `private_hosts` those that may stand in an intranet.

    Each private host is exactly `host:port`. `base_url` goes before addresses that begin with a slash, and may be
    left out.
    """

    base_url: str = ""
    every_s: float = Field(default=600.0, ge=0.2)
    urls: tuple[str, ...] = Field(min_length=1)
    private_hosts: tuple[str, ...] = ()


def connect(settings: Settings, searches: Sequence[str], budget: Budget) -> Feeds:
    """The source, ready to be polled; it has called nobody yet. Raises SettingsError where an address is none."""
    for url in settings.urls:
        if not urljoin(settings.base_url, url).lower().startswith(("http://", "https://")):
            raise SettingsError(f"feed: {url!r} is no address of a feed: write it whole, with https://")
    return Feeds(settings, Egress(settings.timeout_s, settings.private_hosts))


@dataclass(frozen=True, slots=True)
class Place:
    """The cursor: what the server told us to ask with, the marks of what was seen, and until when all is heard.

    `newest` are the marks of the last listing's newest entries: as long as one of them is listed, nothing fell out
    unseen behind it. (Any entry would not do: some feeds keep one at the top for ever.)
    """

    seen: tuple[str, ...] = ()
    newest: tuple[str, ...] = ()
    etag: str = ""
    modified: str = ""
    complete_until: datetime | None = None

    @classmethod
    def read(cls, cursor: str | None) -> Place:
        """The place a cursor describes. Raises ValueError where it is not one of ours."""
        saved = json.loads(cursor) if cursor else {}
        until = saved.get("complete_until")
        at = datetime.fromisoformat(until) if until else None
        seen, newest = tuple(saved.get("seen", ())), tuple(saved.get("newest", ()))
        return cls(seen, newest, saved.get("etag", ""), saved.get("modified", ""), at)

    def write(self) -> str:
        """The cursor's text."""
        return json.dumps(asdict(self), default=datetime.isoformat)


class Feeds:
    """The feeds as a source: one stream `feed:ADDRESS` each, as it is written in the settings."""

    platform = PLATFORM

    def __init__(self, settings: Settings, egress: Egress) -> None:
        self._settings = settings
        self._egress = egress

    def streams(self) -> Sequence[str]:
        """One a feed."""
        return tuple(STREAM + url for url in self._settings.urls)

    def fetch(self, stream: str, cursor: str | None, now: datetime) -> Batch:
        """What this feed says that it did not say before. Raises RateLimited, Unavailable or Revoked."""
        place = Place.read(cursor)
        url = urljoin(self._settings.base_url, stream.removeprefix(STREAM))
        answer = self._get(url, place)
        if answer.status == 304:
            kept = replace(place, complete_until=now)
            return Batch((), kept.write(), heard_from=place.complete_until or now, heard_until=now)
        feed = self._read(answer, url)
        return _batch(feed, url, place, _place(answer, feed, place, now), now, self._settings.first_look)

    def reread(self, mentions: Sequence[Mention]) -> Mapping[str, Mention | None]:
        """Nothing: an entry that a feed shows no more is old, and not therefore gone."""
        return {}

    def probe(self) -> str:
        """That the first feed can be read. Raises RateLimited, Unavailable or Revoked."""
        url = urljoin(self._settings.base_url, self._settings.urls[0])
        feed = self._read(self._get(url, Place()), url)
        return f"“{feed.title or host_of_link(url)}” can be read ({len(feed.entries)} entries)"

    def close(self) -> None:
        """Nothing is kept open between two polls."""

    def _get(self, url: str, place: Place) -> Fetched:
        asked = {"If-None-Match": place.etag, "If-Modified-Since": place.modified}
        try:
            return self._egress.get(url, {name: value for name, value in asked.items() if value}, BYTES_MOST, cut=True)
        except NotAllowed as why:
            raise Unavailable(str(why)) from why
        except NotFound as why:
            raise Unavailable(f"{why}: the feed is not there, or not any more") from why

    def _read(self, answer: Fetched, url: str) -> Feed:
        kind = answer.headers.get("content-type", "")
        host = host_of_link(url)
        return read_feed(answer.body, kind, url, host, whole=answer.whole, timeout_s=self._settings.timeout_s)


def _place(answer: Fetched, feed: Feed, before: Place, now: datetime) -> Place:
    """The place after this listing. What was seen earlier is kept for a while: an old listing may come once more."""
    marks = dict.fromkeys([*(mark_of(entry) for entry in feed.entries), *before.seen])
    told = answer.headers
    dated = sorted(feed.entries, key=lambda entry: date_of(entry, now) or OLDEST_DATE, reverse=True)
    newest = tuple(mark_of(entry) for entry in dated[:NEWEST]) or before.newest
    return Place(tuple(marks)[:SEEN_MOST], newest, told.get("etag", ""), told.get("last-modified", ""), now)


def _batch(feed: Feed, url: str, before: Place, after: Place, now: datetime, first_look: timedelta) -> Batch:
    seen = frozenset(before.seen)
    floor = (before.complete_until or now) - first_look
    fresh = [entry for entry in feed.entries if mark_of(entry) not in seen and (date_of(entry, now) or now) > floor]
    shared = Counter(canonical(unwrap(entry.link)) for entry in feed.entries)
    mentions = tuple(parse(entry, feed, url, now, alone=shared[canonical(unwrap(entry.link))] == 1) for entry in fresh)
    lost = _lost(feed, before, now)
    began = min((at for entry in fresh if (at := date_of(entry, now))), default=now)
    heard_from = lost[1] if lost else before.complete_until or began
    return Batch(mentions, after.write(), False, feed.unreadable, heard_from, now, lost)


def _lost(feed: Feed, before: Place, now: datetime) -> tuple[datetime, datetime] | None:
    """What lies between the last listing and this one, where they do not meet; None where they do.

    A feed whose entries have no dates tells nothing of what it showed in between: then all of it may be lost.
    """
    listed = {mark_of(entry) for entry in feed.entries}
    if before.complete_until is None or not before.newest or not listed or not listed.isdisjoint(before.newest):
        return None
    fresh = [entry for entry in feed.entries if mark_of(entry) not in set(before.seen)]
    if not fresh:
        return None
    dates = [at for entry in fresh if (at := date_of(entry, now))]
    shown = min(dates, default=now)
    return (before.complete_until, shown) if shown > before.complete_until else None


def parse(entry: Entry, feed: Feed, url: str, now: datetime, *, alone: bool = True) -> Mention:
    """The mention in one entry. `alone` says that no other entry of the listing links to the same page."""
    link = unwrap(entry.link)
    post = known_post(link)
    platform, post_id, thread = post or (PLATFORM, _post_id(entry, feed, url, alone), None)
    title = feed.title or host_of_link(url)
    return Mention(
        platform=platform,
        post_id=post_id,
        author=_author(entry, title, url) if post is None else author_of(platform, post_id, entry.author, link),
        text=_text(entry, title),
        posted_at=date_of(entry, now) or now,
        url=link if link.startswith(("http://", "https://")) else "",
        thread_id=thread,
        links=tuple(dict.fromkeys([*([link] if link else []), *map(unwrap, entry.links)])),
        extra={"source": url, "community": title},
    )


def date_of(entry: Entry, now: datetime) -> datetime | None:
    """When it was posted, where its date can be true; None where it can't, or there is none."""
    return entry.at if entry.at and OLDEST_DATE < entry.at <= now + AHEAD else None


def mark_of(entry: Entry) -> str:
    """What tells this entry from the others of its feed, in short: its id, else its link, else what it says."""
    words = entry.entry_id or entry.link or f"{entry.title}\n{entry.at}\n{entry.text[:200]}"
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _post_id(entry: Entry, feed: Feed, url: str, alone: bool) -> str:
    """Its page's address, so that one article in two feeds is one mention; else its id within this feed.

    A page that several entries share (the comments on one article), or the site's front page, is nobody's own.
    """
    link = canonical(unwrap(entry.link))
    parts = urlsplit(link)
    own = alone and bool(parts.path.strip("/") or parts.query) and link != canonical(feed.link)
    if parts.scheme in {"http", "https"} and own:
        return link
    return f"{hashlib.sha256(url.encode()).hexdigest()[:12]}:{mark_of(entry)}"


def _author(entry: Entry, title: str, url: str) -> Author:
    """Who wrote it: the entry's author, else the feed; for what Google found, the site that it found it on."""
    found_at = host_of_link(unwrap(entry.link)) if is_google(entry.link) else ""
    name = entry.author.strip().lstrip("@") or found_at or title
    host = found_at or host_of_link(url)
    return Author(PLATFORM, f"{host}/{name.lower()}", name, name)


def _text(entry: Entry, title: str) -> str:
    words = [entry.title] if not entry.text.startswith(entry.title) else []
    text = "\n\n".join(part for part in [*words, entry.text] if part) or entry.link
    term = title.partition("Google Alert")[2].strip(' -–—"“”')
    # Google shows a few words of the page, which need not be those that were asked for: the alert itself names them.
    return f"{text}\n\n[Google Alert: {term}]" if term and term.lower() not in text.lower() else text
