"""What YouTube's comments say: a thread's first one, and the answers that came with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from listener.listing import count, moment, word
from listener.mention import Author, Mention

PLATFORM = "youtube"


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
        posted_at=time_of(raw),
        url=f"https://www.youtube.com/{place}&lc={said['id']}",
        in_reply_to=None if said is first else first["id"],
        thread_id=word(first, "id"),
        likes=count(said["snippet"], "likeCount"),
        replies=count(thread["snippet"], "totalReplyCount") if said is first else None,
        to_us=spoken_to and author.author_id not in channels,
        ours=author.author_id in channels,
        extra={name: value for name, value in {"community": channel, "video": video}.items() if value},
    )


def answers_below(thread: Any) -> Iterator[Any]:
    """The answers that came with a thread, each together with it."""
    replies = thread.get("replies")
    answers = replies.get("comments") if isinstance(replies, dict) else None
    for answer in answers if isinstance(answers, list) else ():
        yield {**answer, "below": thread} if isinstance(answer, dict) else answer


def _author(snippet: Mapping[str, Any]) -> Author:
    shown = word(snippet, "authorDisplayName")
    # A channel that was closed leaves its name and no id.
    channel = (snippet.get("authorChannelId") or {}).get("value") or shown
    return Author(PLATFORM, channel, shown.removeprefix("@"), shown, url=snippet.get("authorChannelUrl") or "")


def time_of(raw: Mapping[str, Any]) -> datetime:
    said = raw if "below" in raw else raw["snippet"]["topLevelComment"]
    return moment(word(said["snippet"], "publishedAt"))
