"""What YouTube's comments say: a thread's first one, and the answers that came with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from listener.html.posts import read_html
from listener.listing import count, moment, word
from listener.mention import Author, Mention

PLATFORM = "youtube"

# The tags that YouTube makes of a comment. A < of the author's own comes escaped where these are.
_TAG = re.compile(r"<(?:br ?/?|/?[abis]|a [^<>]*)>")
_ESCAPED = re.compile(r"&(?:#39|quot|amp|lt|gt);")


def parse(raw: Mapping[str, Any], channels: Sequence[str] = ()) -> Mention:
    """The mention in a thread's first comment, or in an answer `below` a thread. Raises where something is missing."""
    thread = raw.get("below") or raw
    first = thread["snippet"]["topLevelComment"]
    said = raw if "below" in raw else first
    channel, video = thread["snippet"].get("channelId") or "", thread["snippet"].get("videoId") or ""
    author, opened_by = _author(said), _author(first)
    place = f"watch?v={video}" if video else f"channel/{channel}/community?"
    spoken_to = opened_by.author_id in channels if said is not first else channel in channels
    return Mention(
        platform=PLATFORM,
        post_id=word(said, "id"),
        author=author,
        text=text_of(said),
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


def text_of(said: Mapping[str, Any]) -> str:
    """A comment's words as they were written, where YouTube gives them; as they are shown, in HTML or not, else."""
    snippet = said["snippet"]
    if snippet.get("textOriginal"):
        return word(snippet, "textOriginal")
    shown = word(snippet, "textDisplay")
    return read_html(shown)[0] if _is_html(shown) else shown


def _is_html(shown: str) -> bool:
    """Whether this is HTML, which comes at times although plain text was asked for."""
    rest, tags = _TAG.subn("", shown)
    return "<" not in rest and bool(tags or _ESCAPED.search(rest))


def _author(said: Mapping[str, Any]) -> Author:
    """Who wrote it. A channel that was closed leaves no id, and at most a name."""
    snippet = said["snippet"]
    shown = snippet.get("authorDisplayName") or ""
    channel = (snippet.get("authorChannelId") or {}).get("value") or shown or f"of {word(said, 'id')}"
    name = shown.removeprefix("@") or "somebody who left"
    return Author(PLATFORM, channel, name, name, url=snippet.get("authorChannelUrl") or "")


def time_of(raw: Mapping[str, Any]) -> datetime:
    said = raw if "below" in raw else raw["snippet"]["topLevelComment"]
    return moment(word(said["snippet"], "publishedAt"))
