"""What a post or a comment of Lemmy says, in the names of API v3 or in those of v4 (Lemmy 1.0)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from listener.listing import count, moment, number, word
from listener.markdown_links import links_in
from listener.mention import Author, Mention

PLATFORM = "lemmy"


def parse(raw: Mapping[str, Any], account: str = "", *, to_us: bool = False) -> Mention | None:
    """The mention in a view of a post or a comment; None for one that is deleted. Raises where something is missing."""
    kind = kind_of(raw)
    said, post = raw[kind], raw["post"]
    counts = raw.get("counts") or said  # v4 counts on the post itself
    if said.get("deleted") or said.get("removed"):
        return None
    author = _author(raw["creator"])
    body = word(said, "content") if kind == "comment" else said.get("body") or ""
    return Mention(
        platform=PLATFORM,
        post_id=word(said, "ap_id"),
        author=author,
        text=body if kind == "comment" else f"{word(post, 'name')}\n\n{body}".strip(),
        posted_at=time_of(raw),
        url=said["ap_id"],
        # A comment's path names its parents by local numbers ("0.12.34"); of an answer to an answer, no address.
        in_reply_to=post["ap_id"] if kind == "comment" and str(said.get("path")).count(".") == 1 else None,
        thread_id=word(post, "ap_id"),
        likes=count(counts, "score"),
        replies=count(counts, "child_count" if kind == "comment" else "comments"),
        to_us=to_us,
        ours=bool(account) and author.handle.lower() == account,
        links=tuple(dict.fromkeys([*([said["url"]] if said.get("url") else []), *links_in(body)])),
        extra={"community": _at_home(raw["community"]), "kind": kind, "local_id": str(number(said, "id"))},
    )


def _author(person: Mapping[str, Any]) -> Author:
    address, bot = _address(person), person.get("bot_account") is True
    return Author(PLATFORM, address, _at_home(person), person.get("display_name") or "", url=address, bot=bot)


def kind_of(raw: Mapping[str, Any]) -> str:
    return "comment" if "comment" in raw else "post"


def _at_home(actor: Mapping[str, Any]) -> str:
    """`name@server` of a person or a community."""
    return f"{word(actor, 'name')}@{urlsplit(_address(actor)).netloc}"


def _address(actor: Mapping[str, Any]) -> str:
    return word(actor, "actor_id" if "actor_id" in actor else "ap_id")


def time_of(raw: Mapping[str, Any]) -> datetime:
    """When a post or a comment was published. Raises where that is missing."""
    said = raw[kind_of(raw)]
    return moment(said["published"] if "published" in said else said["published_at"])
