"""YouTube: comments on our channel's videos, and on others that we name; and the first answers below them.

A listing is of threads, by when each began (commentThreads.list, order=time). The few answers that come with a thread
(five at most) are heard while it is among those read: at once below a new comment, and every six hours below those of
the last three days. Further answers, and those below older comments, are not heard. Videos that name us are not
searched for: a search costs 100 of 10,000 units. Plain HTTP: google-api-python-client brings a dozen packages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pydantic import Field

from listener.budget import Budget, Pool
from listener.listing import listed, lots, page_of
from listener.mention import Mention
from listener.metered import PlainSource, TokenSettings
from listener.paging import Page
from listener.settings import SettingsError
from listener.source import NotFound, RateLimited, Revoked, SourceError, Unavailable
from listener.sources.youtube.comments import PLATFORM, answers_below, parse, text_of, time_of
from listener.web import Params, Web

READ_TOKEN = "WARMLINE_YOUTUBE_READ_TOKEN"  # noqa: S105 - the variable's name, not the token
ACCESS = f"a free API key (console.cloud.google.com, YouTube Data API v3) in {READ_TOKEN}; name `channels` or `videos`"
# Each call of ours costs one unit (developers.google.com/youtube/v3/determine_quota_cost, read November 2026).
UNITS = Pool("units", 10_000, "day", zone="America/Los_Angeles")
THREADS, COMMENTS = "/youtube/v3/commentThreads", "/youtube/v3/comments"
PAGE, IDS = 100, 50  # the most at once: threads of a listing, ids of a look-up


_ID = re.compile(r"[\w-]+(?:\.[\w-]+)?", re.ASCII)  # an answer's holds its thread's


class StaleToken(Unavailable):
    """The page that was to come next can't be had any more."""


SPENT = ("quotaExceeded", "dailyLimitExceeded")
MEANS: Mapping[str, type[SourceError]] = {
    **dict.fromkeys(("rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"), RateLimited),
    **dict.fromkeys(("commentsDisabled", "videoNotFound", "channelNotFound", "processingFailure"), Unavailable),
    **dict.fromkeys(("keyInvalid", "keyExpired", "API_KEY_INVALID", "API_KEY_EXPIRED"), Revoked),
    "invalidPageToken": StaleToken,
}


class Settings(TokenSettings):
    """`[listener.sources.youtube]`: ids of our own `channels` (UC…), and of `videos` that others made."""

    base_url: str = "https://www.googleapis.com"
    every_s: float = Field(default=300.0, ge=10.0)
    channels: tuple[str, ...] = ()
    videos: tuple[str, ...] = ()


def connect(settings: Settings, searches: Sequence[str], budget: Budget) -> YouTube:
    """The source, ready to be polled; it has called nobody yet. Raises SettingsError without a key or a place."""
    key = settings.token(READ_TOKEN)
    if not key:
        raise SettingsError(f"youtube: set {READ_TOKEN}, or name a file that holds the key as token_file")
    if not settings.channels and not settings.videos:
        raise SettingsError("youtube: name channels or videos whose comments are to be heard")
    # In a header, never in the address: addresses end up in logs.
    web = Web(settings.base_url, settings.timeout_s, {"x-goog-api-key": key}, judge=judge)
    return YouTube(web, budget, settings, searches, key)


class YouTube(PlainSource[Settings]):
    """YouTube as a source: one stream `channel:ID` or `video:ID` a place."""

    platform = PLATFORM

    def streams(self) -> Sequence[str]:
        """Our own channels first."""
        channels = tuple(f"channel:{channel}" for channel in self._settings.channels)
        return channels + tuple(f"video:{video}" for video in self._settings.videos)

    def reread(self, mentions: Sequence[Mention]) -> Mapping[str, Mention | None]:
        """These comments as they are now, fifty at a time; what is no comment's id is left out.

        Raises RateLimited, Unavailable or Revoked.
        """
        now: dict[str, Mention | None] = {}
        for some in lots([one for one in mentions if _ID.fullmatch(one.post_id)], IDS):
            texts = self._texts([one.post_id for one in some])
            # Asked for by itself a comment does not say below which video it stands: the rest is as it was.
            for one in some:
                now[one.post_id] = replace(one, text=texts[one.post_id]) if one.post_id in texts else None
        return now

    def probe(self) -> str:
        """That the key is let in and the first place is there. Raises RateLimited, Unavailable or Revoked."""
        self._page(self.streams()[0], None, datetime.now(UTC))
        return f"the key is let in, and {self.streams()[0]} can be heard"

    def _page(self, stream: str, token: str | None, floor: datetime) -> Page:
        """One page of threads, and the answers that came with those that are new enough."""
        kind, _, place = stream.partition(":")
        asked: Params = {"videoId" if kind == "video" else "allThreadsRelatedToChannelId": place, "order": "time"}
        shown: Params = {"part": "snippet,replies", "textFormat": "plainText", "maxResults": PAGE, "pageToken": token}
        try:
            answer = self._web.get_object(UNITS, THREADS, {**asked, **shown}, purpose="mentions")
        except StaleToken:
            if token is None:
                raise
            # The pages before it were heard; what lies behind it will not be shown any more.
            return Page((), end_is_limit=True)
        page = page_of(listed(answer, "items"), time_of)
        answers = page_of((one for item in page.items if item.at > floor for one in answers_below(item.raw)), time_of)
        newest_first = sorted((*page.items, *answers.items), key=lambda item: item.at, reverse=True)
        return Page(tuple(newest_first), answer.get("nextPageToken") or None, page.unreadable + answers.unreadable)

    def _read(self, stream: str, raw: Any) -> Mention:
        return parse(raw, self._settings.channels)

    def _texts(self, ids: Sequence[str]) -> dict[str, str]:
        """What these comments say now; those that are gone are left out, also where one of them spoils the look-up."""
        asked: Params = {"part": "snippet", "textFormat": "plainText", "id": ",".join(ids)}
        try:
            found = listed(self._web.get_post(UNITS, COMMENTS, asked), "items")
            return {comment["id"]: text_of(comment) for comment in found}
        except NotFound:
            half = len(ids) // 2
            return {**self._texts(ids[:half]), **self._texts(ids[half:])} if half else {}
        except (KeyError, TypeError, ValueError, AttributeError) as why:
            raise Unavailable(f"youtube's comments are not as documented: {why!r}") from why


def judge(_status: int, body: Any, said: str, _headers: Mapping[str, str]) -> SourceError | None:
    """A 403 of theirs may be a spent quota, comments turned off or a bad key: the reason in the body tells."""
    error = body.get("error") if isinstance(body, dict) else None
    told = [*(error.get("errors") or ()), *(error.get("details") or ())] if isinstance(error, dict) else []
    reasons = [str(one.get("reason")) for one in told if isinstance(one, dict)]
    if any(reason in SPENT for reason in reasons):
        return RateLimited(said, UNITS.window(datetime.now(UTC), None)[1])
    return next((MEANS[reason](f"{said} ({reason})") for reason in reasons if reason in MEANS), None)
