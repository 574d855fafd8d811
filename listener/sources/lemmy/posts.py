"""What a post or a comment of Lemmy says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from listener.listing import count, moment, number, word
from listener.mention import Author, Mention

PLATFORM = "lemmy"


def parse(raw: Mapping[str, Any], account: str = "", *, to_us: bool = False) -> Mention | None:
    """The mention in a view of a post or a comment; None for one that is deleted. Raises where something is missing."""
    kind = kind_of(raw)
    said, post, counts = raw[kind], raw["post"], raw.get("counts")
    if said.get("deleted") or said.get("removed"):
        return None
    author, title = _author(raw["creator"]), word(post, "name") if kind == "post" else ""
    return Mention(
        platform=PLATFORM,
        post_id=word(said, "ap_id"),
        author=author,
        text=word(said, "content") if kind == "comment" else f"{title}\n\n{said.get('body') or ''}".strip(),
        posted_at=moment(said["published"]),
        url=said["ap_id"],
        # A comment's path names its parents by local numbers ("0.12.34"); of an answer to an answer, no address.
        in_reply_to=post["ap_id"] if kind == "comment" and str(said.get("path")).count(".") == 1 else None,
        thread_id=word(post, "ap_id"),
        likes=count(counts, "score"),
        replies=count(counts, "child_count" if kind == "comment" else "comments"),
        to_us=to_us,
        ours=bool(account) and author.handle.lower() == account,
        links=(said["url"],) if said.get("url") else (),
        extra={"community": _at_home(raw["community"]), "kind": kind, "local_id": str(number(said, "id"))},
    )


def _author(person: Mapping[str, Any]) -> Author:
    address, bot = word(person, "actor_id"), person.get("bot_account") is True
    return Author(PLATFORM, address, _at_home(person), person.get("display_name") or "", url=address, bot=bot)


def kind_of(raw: Mapping[str, Any]) -> str:
    return "comment" if "comment" in raw else "post"


def _at_home(actor: Mapping[str, Any]) -> str:
    """`name@server` of a person or a community."""
    return f"{word(actor, 'name')}@{urlsplit(word(actor, 'actor_id')).netloc}"
