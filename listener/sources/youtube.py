"""YouTube: comments on our channel's videos, and on others that we name; and the answers below them.

A listing is of threads, by when each began (commentThreads.list, order=time), so an answer is heard while its thread
is among those read: at once below a new comment, and every six hours below those of the last three days. Below older
ones it is not heard. Videos that name us are not searched for: a search costs 100 of 10,000 units. Plain HTTP, as
google-api-python-client brings a dozen packages for three calls.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pydantic import Field

from listener.budget import Budget, Pool, Purpose
from listener.listing import count, listed, moment, page_of, word
from listener.mention import Author, Batch, Mention
from listener.metered import Metered
from listener.paging import Page, walk_back
from listener.settings import SettingsError, SourceSettings, read_secret
from listener.source import NotFound, RateLimited, Revoked, SourceError, Unavailable
from listener.web import Params, Web

PLATFORM = "youtube"
KEY = "WARMLINE_YOUTUBE_API_KEY"
ACCESS = f"a free API key (console.cloud.google.com, YouTube Data API v3) in {KEY}; then name `channels` or `videos`"
# Each call of ours costs one unit (developers.google.com/youtube/v3/determine_quota_cost, read November 2026).
UNITS = Pool("units", 10_000, "day", zone="America/Los_Angeles")
PAGE, IDS = 100, 50  # the most at once: comments of a listing, ids of a look-up
MORE_ANSWERS = 10  # threads of a page whose answers are fetched beyond the five that come with them
WAITS = frozenset(("rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"))
OF_THE_STREAM = frozenset(("commentsDisabled", "videoNotFound", "channelNotFound", "processingFailure"))


class Settings(SourceSettings):
    """`[listener.sources.youtube]`: ids of our own `channels` (UC…), and of `videos` that others made."""

    base_url: str = "https://www.googleapis.com"
    every_s: float = Field(default=300.0, ge=10.0)
    channels: tuple[str, ...] = ()
    videos: tuple[str, ...] = ()
    key_file: str | None = None


def connect(settings: Settings, searches: Sequence[str], budget: Budget) -> YouTube:
    """The source, ready to be polled; it has called nobody yet. Raises SettingsError without a key or a place."""
    key = read_secret(KEY, settings.key_file)
    if not key:
        raise SettingsError(f"youtube: set {KEY}, or name a file that holds it as key_file")
    if not settings.channels and not settings.videos:
        raise SettingsError("youtube: name channels or videos whose comments are to be heard")
    # In a header, never in the address: addresses end up in logs.
    web = Web(settings.base_url, settings.timeout_s, {"x-goog-api-key": key.get_secret_value()}, judge=judge)
    return YouTube(Metered(web, budget), settings)


class StaleToken(Unavailable):
    """The page that was to come next can't be had any more."""


class YouTube:
    """YouTube as a source: one stream `channel:ID` or `video:ID` a place."""

    platform = PLATFORM

    def __init__(self, web: Metered, settings: Settings) -> None:
        self._web, self._settings = web, settings

    def streams(self) -> Sequence[str]:
        """Our own channels first."""
        channels = tuple(f"channel:{channel}" for channel in self._settings.channels)
        return channels + tuple(f"video:{video}" for video in self._settings.videos)

    def fetch(self, stream: str, cursor: str | None, now: datetime) -> Batch:
        """What is said there since `cursor`. Raises RateLimited, Unavailable or Revoked."""

        def page_after(token: str | None, floor: datetime) -> Page:
            return self._threads(stream, token, floor)

        return walk_back(cursor, page_after, self._parse, now=now, first_look=self._settings.first_look)

    def reread(self, mentions: Sequence[Mention]) -> Mapping[str, Mention | None]:
        """These comments as they are now. Raises RateLimited, Unavailable or Revoked."""
        now: dict[str, Mention | None] = {}
        for start in range(0, len(mentions), IDS):
            some = mentions[start : start + IDS]
            texts = self._texts([mention.post_id for mention in some])
            # Asked for by itself a comment does not say below which video it stands.
            for one in some:
                text = texts.get(one.post_id)
                now[one.post_id] = None if text is None else replace(one, text=text)
        return now

    def probe(self) -> str:
        """That the key is let in and the first place is there. Raises RateLimited, Unavailable or Revoked."""
        self._list("commentThreads", {**_place(self.streams()[0]), "maxResults": 1}, "duty")
        return f"the key is let in, and {self.streams()[0]} can be heard"

    def close(self) -> None:
        """Let go of connections."""
        self._web.close()

    def _threads(self, stream: str, token: str | None, floor: datetime) -> Page:
        """One page of threads, and the answers below those that are new enough."""
        asked: Params = {**_place(stream), "order": "time", "maxResults": PAGE, "pageToken": token}
        try:
            answer = self._list("commentThreads", asked)
        except StaleToken:
            if token is None:
                raise
            # The pages before it were heard; what lies behind it will not be shown any more.
            return Page((), end_is_limit=True)
        page = page_of(listed(answer, "items"), _time)
        threads = [item.raw for item in page.items if item.at > floor]
        answers = page_of(self._answers(threads), _time)
        newest_first = sorted((*page.items, *answers.items), key=lambda item: item.at, reverse=True)
        following = answer.get("nextPageToken") or None
        return Page(tuple(newest_first), following, page.unreadable + answers.unreadable)

    def _answers(self, threads: Sequence[Any]) -> Iterator[Any]:
        """Each answer together with its thread; of a few long threads also those that did not come with it."""
        fetches = MORE_ANSWERS
        for thread in threads:
            name, replies = thread.get("id"), thread.get("replies")
            answers = (replies.get("comments") if isinstance(replies, dict) else None) or []
            if fetches and isinstance(name, str) and (count(thread["snippet"], "totalReplyCount") or 0) > len(answers):
                answers = listed(self._list("comments", {"parentId": name, "maxResults": PAGE}), "items")
                fetches -= 1
            yield from ({**answer, "below": thread} if isinstance(answer, dict) else answer for answer in answers)

    def _texts(self, ids: Sequence[str]) -> dict[str, str]:
        """What these comments say now; those that are gone are left out, also where one of them spoils the look-up."""
        try:
            found = listed(self._list("comments", {"id": ",".join(ids)}, "duty"), "items")
        except NotFound:
            half = len(ids) // 2
            return {**self._texts(ids[:half]), **self._texts(ids[half:])} if half else {}
        try:
            return {comment["id"]: comment["snippet"]["textDisplay"] for comment in found}
        except (KeyError, TypeError) as why:
            raise Unavailable(f"youtube's comments are not as documented: {why!r}") from why

    def _list(self, what: str, asked: Params, purpose: Purpose = "mentions") -> Mapping[str, Any]:
        part = "snippet,replies" if what == "commentThreads" else "snippet"
        shown: Params = {"part": part, "textFormat": "plainText", **asked}
        try:
            return self._web.get_object(UNITS, f"/youtube/v3/{what}", shown, purpose=purpose)
        except NotFound as why:
            if "id" in asked:
                raise
            raise Unavailable(str(why)) from why  # the place is not there: a setting to mend, no comment that is gone

    def _parse(self, raw: Mapping[str, Any]) -> Mention:
        return parse(raw, self._settings.channels)


def judge(_status: int, body: Any, said: str, _headers: Mapping[str, str]) -> SourceError | None:
    """A 403 of theirs may be a spent quota, comments turned off or a bad key: the reason in the body tells."""
    error = body.get("error") if isinstance(body, dict) else None
    told = [*(error.get("errors") or ()), *(error.get("details") or ())] if isinstance(error, dict) else []
    reasons = {one.get("reason") for one in told if isinstance(one, dict)}
    if reasons & {"quotaExceeded", "dailyLimitExceeded"}:
        return RateLimited(said, UNITS.window(datetime.now(UTC), None)[1])
    if reasons & WAITS:
        return RateLimited(said)
    if reasons & OF_THE_STREAM:
        return Unavailable(f"{said} ({', '.join(sorted(map(str, reasons)))})")
    if "invalidPageToken" in reasons:
        return StaleToken(said)
    return Revoked(said) if reasons & {"keyInvalid", "keyExpired", "API_KEY_INVALID", "API_KEY_EXPIRED"} else None


def parse(raw: Mapping[str, Any], channels: Sequence[str] = ()) -> Mention:
    """The mention in a thread's first comment, or in an answer `below` a thread. Raises where something is missing."""
    thread = raw.get("below") or raw
    first = thread["snippet"]["topLevelComment"]
    said = raw if "below" in raw else first
    channel, video = thread["snippet"].get("channelId") or "", thread["snippet"].get("videoId") or ""
    author, opened_by = _author(said["snippet"]), _author(first["snippet"])
    place = f"watch?v={video}" if video else f"channel/{channel}/community?"
    spoken_to = opened_by.author_id in channels if said is not first else channel in channels
    return Mention(
        platform=PLATFORM,
        post_id=word(said, "id"),
        author=author,
        text=word(said["snippet"], "textDisplay"),
        posted_at=moment(word(said["snippet"], "publishedAt")),
        url=f"https://www.youtube.com/{place}&lc={said['id']}",
        in_reply_to=None if said is first else first["id"],
        thread_id=word(first, "id"),
        likes=count(said["snippet"], "likeCount"),
        replies=count(thread["snippet"], "totalReplyCount") if said is first else None,
        to_us=spoken_to and author.author_id not in channels,
        ours=author.author_id in channels,
        extra={name: value for name, value in {"community": channel, "video": video}.items() if value},
    )


def _author(snippet: Mapping[str, Any]) -> Author:
    shown = word(snippet, "authorDisplayName")
    # A channel that was closed leaves its name and no id.
    channel = (snippet.get("authorChannelId") or {}).get("value") or shown
    return Author(PLATFORM, channel, shown.removeprefix("@"), shown, url=snippet.get("authorChannelUrl") or "")


def _place(stream: str) -> dict[str, str]:
    kind, _, name = stream.partition(":")
    return {"videoId" if kind == "video" else "allThreadsRelatedToChannelId": name}


def _time(raw: Mapping[str, Any]) -> datetime:
    said = raw if "below" in raw else raw["snippet"]["topLevelComment"]
    return moment(word(said["snippet"], "publishedAt"))
