"""What Mastodon's statuses mean: a frozen mention from one of them, wherever it was read. Pure: it calls nobody.

The same post has another id on every server, and a handle without a host means somebody else on each. So a post is
known by its `uri`, the one address that all of them agree on (its ActivityPub id), and a person by the whole handle;
the id that the post has where we read it is kept beside it, for reading it again and for answering.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from listener.beside import picture, with_beside
from listener.html.posts import read_html
from listener.mention import Author, Mention

PLATFORM = "mastodon"
# A reply that waits for our approval before others see it (GoToSocial's name for the notification).
PENDING = "pending.reply"
# Types of notification in which somebody speaks to us: a tag or a reply, and (since 4.5) a quote of a post of ours.
SPEAKS_TO_US = ("mention", "quote", PENDING)
MEDIA = {"video": "video", "gifv": "video", "audio": "audio"}
_NO_BOTS = re.compile(r"#nobots?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Where:
    """The server a status was read on: its `host` with the port, the `domain` of its people, and our whole handle."""

    host: str
    domain: str
    ours: str | None = None

    def whole(self, acct: str) -> str:
        """The handle with its host: on their own server people are listed without one."""
        handle = acct.lstrip("@")
        return handle if "@" in handle else f"{handle}@{self.domain}"

    def is_ours(self, acct: str) -> bool:
        """Whether this is our account."""
        return self.ours is not None and self.whole(acct).lower() == self.ours.lower()


def parse_notification(
    raw: Mapping[str, Any], where: Where, known: Mapping[str, Mapping[str, Any] | None]
) -> Mention | None:
    """What somebody said to us; None for a notification of another kind (a boost, a follower), or of what is gone.

    Its own date is our server's clock; that of the status is a claim of its author's server.
    """
    if raw["type"] not in SPEAKS_TO_US or raw.get("status") is None:
        return None
    mention = parse_status(raw["status"], where, moment(raw["created_at"]), known)
    waits = {"pending": "1"} if raw["type"] == PENDING else {}
    return mention and replace(mention, to_us=True, extra={**mention.extra, **waits})


def parse_status(
    raw: Mapping[str, Any],
    where: Where,
    latest: datetime,
    known: Mapping[str, Mapping[str, Any] | None] | None = None,
) -> Mention | None:
    """The mention in one status; None for a boost, which says nothing of its own.

    `latest` is when the server had it: nothing was written later. `known` are statuses of the same server by their id
    there, from which the thread is read. Raises KeyError, TypeError or ValueError where something needed is missing.
    """
    if raw.get("reblog"):
        return None
    uri = _word(raw, "uri")
    # A post of pictures alone has null for its words on some servers.
    said, links = ("", list[str]()) if raw["content"] is None else read_html(_word(raw, "content", empty=True))
    warning = raw.get("spoiler_text") or ""
    author = _author(raw["account"], where)
    in_reply_to, thread_id = _place(raw, where, known or {})
    return Mention(
        platform=PLATFORM,
        post_id=uri,
        author=author,
        text=_with_beside("\n\n".join(part for part in (str(warning), said) if part), raw),
        posted_at=min(moment(raw["created_at"]), latest),
        url=_web_address(raw, uri),
        in_reply_to=in_reply_to,
        thread_id=thread_id,
        lang=raw["language"] if isinstance(raw.get("language"), str) else None,
        likes=_count(raw, "favourites_count"),
        reposts=_count(raw, "reblogs_count"),
        replies=_count(raw, "replies_count"),
        to_us=any(where.is_ours(_word(named, "acct")) for named in raw.get("mentions") or ()),
        ours=where.is_ours(author.handle),
        links=tuple(dict.fromkeys(links)),
        extra=_extra(raw, where),
    )


def moment(text: str) -> datetime:
    """The time, aware and in UTC. Raises ValueError or TypeError where it is none."""
    try:
        at = datetime.fromisoformat(text)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError as why:
        raise ValueError(f"{text!r} is outside of all calendars") from why


def id_of(raw: Mapping[str, Any], name: str = "id") -> str | None:
    """An id as this server writes it; None where there is none. Ids are opaque, even where they look like numbers."""
    value = raw.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value) or None


def _author(account: Mapping[str, Any], where: Where) -> Author:
    handle = where.whole(_word(account, "acct"))
    name, url = account.get("display_name"), account.get("url")
    return Author(
        PLATFORM,
        # Accounts too have an id per server; the whole handle is what all servers agree on.
        handle.lower(),
        handle,
        name if isinstance(name, str) else "",
        _count(account, "followers_count"),
        url if isinstance(url, str) else "",
        account.get("bot") is True or account.get("actor_type") in ("Service", "Application"),
    )


def _with_beside(text: str, raw: Mapping[str, Any]) -> str:
    """The text with what people read beside it: the options of a poll, what pictures show, a card where it is alone."""
    attached = [one for one in raw.get("media_attachments") or () if isinstance(one, dict)]
    shown = (picture(one.get("description"), MEDIA.get(str(one.get("type")), "image")) for one in attached)
    poll, card = raw.get("poll"), raw.get("card")
    options = poll.get("options") if isinstance(poll, dict) else None
    titles = (one.get("title") for one in (options if isinstance(options, list) else ()) if isinstance(one, dict))
    title = card.get("title") if isinstance(card, dict) else ""
    return with_beside(
        text,
        options=(one for one in titles if isinstance(one, str)),
        shown=shown,
        card=title if isinstance(title, str) else "",
    )


def _extra(raw: Mapping[str, Any], where: Where) -> Mapping[str, str]:
    """What is kept beside: where it was read and under which id, and how it wants to be treated."""
    kept = {
        "server": where.host,
        "status_id": id_of(raw),
        "visibility": raw.get("visibility"),
        "spoiler_text": raw.get("spoiler_text"),
        "edited_at": raw.get("edited_at"),
        "nobot": "1" if _asks_for_no_bots(raw["account"]) else "",
    }
    return {name: value for name, value in kept.items() if isinstance(value, str) and value}


def _asks_for_no_bots(account: Mapping[str, Any]) -> bool:
    """Whether the profile says #nobot: in the name, the note, the fields, or the tags it puts forward."""
    return any(_NO_BOTS.search(read_html(words)[0]) for words in _profile(account) if isinstance(words, str))


def _profile(account: Mapping[str, Any]) -> Iterator[Any]:
    yield account.get("display_name")
    yield account.get("note")
    for field in account.get("fields") or ():
        if isinstance(field, dict):
            yield field.get("name")
            yield field.get("value")
    for tag in account.get("tags") or ():
        yield f"#{tag.get('name')}" if isinstance(tag, dict) else None


def _place(
    raw: Mapping[str, Any], where: Where, known: Mapping[str, Mapping[str, Any] | None]
) -> tuple[str | None, str]:
    """The post that it answers and the one that began the thread, each by the address that all servers agree on.

    A status names its parent by the id it has on this server only. Where that one is not known here, `host#id` stands
    for it: it still says that this is an answer, and answers to the same post still share a thread.
    """
    parent = id_of(raw, "in_reply_to_id")
    if parent is None:
        return None, _word(raw, "uri")
    root, seen = parent, {parent}
    while (above := known.get(root)) and (higher := id_of(above, "in_reply_to_id")) and higher not in seen:
        seen.add(higher)
        root = higher
    return _uri_of(parent, where, known), _uri_of(root, where, known)


def _uri_of(local_id: str, where: Where, known: Mapping[str, Mapping[str, Any] | None]) -> str:
    uri = (known.get(local_id) or {}).get("uri")
    return uri if isinstance(uri, str) and uri else f"{where.host}#{local_id}"


def _web_address(raw: Mapping[str, Any], uri: str) -> str:
    """Its page; a status without one (`url` may be null) has its uri, which leads there as well."""
    url = raw.get("url")
    return url if isinstance(url, str) and url else uri


def _word(raw: Mapping[str, Any], name: str, *, empty: bool = False) -> str:
    value = raw[name]
    if not isinstance(value, str) or not (value or empty):
        raise ValueError(f"{name} is no text: {value!r:.60}")
    return value


def _count(raw: Mapping[str, Any], name: str) -> int | None:
    value = raw.get(name)
    # Some servers hide how many follow, and write -1.
    return value if isinstance(value, int) and value >= 0 else None
