"""A mention as a row of `warmline export`, and read back from there as exactly the mention that it was.

The columns are an import's own (`COLUMNS`). What has no column of its own there (who wrote it by the platform's own id,
whether it was said to us, links, what came beside it) stands in one more, `exported`, as a JSON object: by it a row is
known to be ours, and is taken as it stands rather than as a stranger's table.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from listener.clean import clean_mention
from listener.mention import Author, Mention
from listener.rows.dates import parse_time
from listener.rows.guard import unguarded

COLUMN = "exported"


def row_of(mention: Mention) -> dict[str, object]:
    """The import's columns, in their order; and last of all the column `exported`, as an object."""
    who = mention.author
    return {
        "platform": mention.platform,
        "post_id": mention.post_id,
        "author_handle": who.handle,
        "author_name": who.name,
        "author_followers": who.followers,
        "text": mention.text,
        "url": mention.url,
        "posted_at": mention.posted_at,
        "in_reply_to": mention.in_reply_to,
        "thread_id": mention.thread_id,
        "lang": mention.lang,
        "likes": mention.likes,
        "reposts": mention.reposts,
        "replies": mention.replies,
        COLUMN: {
            "author_id": who.author_id, "author_url": who.url, "bot": who.bot, "to_us": mention.to_us,
            "ours": mention.ours, "links": list(mention.links), "extra": dict(mention.extra),
        },
    }  # fmt: skip


def mention_of(values: Mapping[str, str]) -> Mention | None:
    """The mention in a row of ours; None where the row is somebody else's.

    Raises ValueError where its words were forgotten before it was exported, or the row was damaged since.
    """
    beside = _beside(values.get(COLUMN, ""))
    if beside is None:
        return None
    if values.get("gone_at"):
        raise ValueError("its words were forgotten before it was exported: there is nothing to take in")
    # In a table every text is guarded, and says so; in JSON none is.
    as_said = unguarded if beside.get("guarded") else str
    try:
        return clean_mention(_mention(lambda column: as_said(values.get(column, "")), beside))
    except (TypeError, AttributeError) as why:
        raise ValueError(f"{COLUMN} was changed since it was exported: {why}") from why


def _beside(cell: str) -> Mapping[str, Any] | None:
    try:
        found = json.loads(cell) if cell.startswith("{") else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("author_id"), str) else None


def _mention(get: Callable[[str], str], beside: Mapping[str, Any]) -> Mention:
    def count(column: str) -> int | None:
        return int(get(column)) if get(column) else None

    author = Author(
        platform=get("platform"),
        author_id=beside["author_id"],
        handle=get("author_handle"),
        name=get("author_name"),
        followers=count("author_followers"),
        url=str(beside.get("author_url", "")),
        bot=bool(beside.get("bot")),
    )
    return Mention(
        platform=get("platform"),
        post_id=get("post_id"),
        author=author,
        text=get("text"),
        posted_at=parse_time(get("posted_at")),
        url=get("url"),
        in_reply_to=get("in_reply_to") or None,
        thread_id=get("thread_id") or None,
        lang=get("lang") or None,
        likes=count("likes"),
        reposts=count("reposts"),
        replies=count("replies"),
        to_us=bool(beside.get("to_us")),
        ours=bool(beside.get("ours")),
        links=tuple(map(str, beside.get("links", ()))),
        extra={str(name): str(value) for name, value in beside.get("extra", {}).items()},
    )
