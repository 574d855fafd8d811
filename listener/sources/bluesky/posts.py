"""Bluesky's shapes: posts, people and their links, read into ours. Pure; hearing and answering both use it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from listener.beside import picture, with_beside
from listener.mention import Author, Mention

PLATFORM = "bluesky"
POST = "app.bsky.feed.post"
REASONS = ("mention", "reply", "quote")  # why a notification may speak to us
# Those that do by themselves. Of a reply everyone further up is told, whoever it answers: a conversation of others
# under our post is theirs (bsky's indexing/plugins/post.ts notifies each ancestor, 2026).
FOR_US = ("mention", "quote")
# What people and the app put on an account (atproto's label definitions, and bots.mdx of bsky-docs, April 2026).
BOT = "bot"
MEMBERS_ONLY = "!no-unauthenticated"


def parse(raw: Mapping[str, Any], ours: str | None = None) -> Mention:
    """The mention in a post view or a notification; `ours` is our DID. Raises where something needed is missing."""
    record, uri = raw["record"], word(raw, "uri")
    cid = word(raw, "cid")
    author = author_of(raw["author"])
    reply = record.get("reply") or {"root": {"uri": uri, "cid": cid}, "parent": {}}
    return Mention(
        platform=PLATFORM,
        post_id=uri,
        author=author,
        text=said_in(record),
        posted_at=_posted_at(record.get("createdAt"), moment(raw["indexedAt"])),
        url=web_address(uri, author.handle),
        in_reply_to=reply["parent"].get("uri"),
        thread_id=word(reply["root"], "uri"),
        lang=next((lang for lang in record.get("langs") or () if isinstance(lang, str)), None),
        likes=_count(raw, "likeCount"),
        reposts=_count(raw, "repostCount"),
        replies=_count(raw, "replyCount"),
        ours=author.author_id == ours,
        to_us=raw.get("reason") in FOR_US or (ours is not None and ours in addressed(record)),
        links=tuple(dict.fromkeys(links_in(record))),
        extra={"cid": cid, "root_uri": word(reply["root"], "uri"), "root_cid": word(reply["root"], "cid")},
    )


def author_of(raw: Mapping[str, Any]) -> Author:
    """The person in a profile view, with the reach where the view has it. Raises where DID or handle is missing."""
    did, handle = word(raw, "did"), word(raw, "handle")
    shown = did if handle == "handle.invalid" else handle  # what the platform writes where a handle no longer resolves
    name = raw.get("displayName")
    return Author(
        PLATFORM,
        did,
        shown,
        name if isinstance(name, str) else "",
        followers=_count(raw, "followersCount"),
        url=f"https://bsky.app/profile/{shown}",
        bot=labelled(raw, BOT),
    )


def labelled(profile: Mapping[str, Any], name: str) -> bool:
    """Whether this person has put that label on their own account; what others put there is their opinion."""
    labels = profile.get("labels")
    return any(
        isinstance(label, dict) and label.get("val") == name and label.get("src") == profile.get("did")
        for label in (labels if isinstance(labels, list) else ())
        if not (isinstance(label, dict) and label.get("neg"))
    )


def addressed(record: Mapping[str, Any]) -> Iterator[str]:
    """The DIDs a post speaks to: those it tags, the one it answers, the one it quotes."""
    for feature in _features(record):
        # One that names nobody is an odd app's, and spoils no post.
        if feature.get("$type") == "app.bsky.richtext.facet#mention" and isinstance(did := feature.get("did"), str):
            yield did
    quoted = (record.get("embed") or {}).get("record") or {}
    answered = (record.get("reply") or {}).get("parent") or {}
    for named in (answered, quoted, quoted.get("record") or {}):
        if uri := named.get("uri"):
            yield uri.removeprefix("at://").partition("/")[0]


def said_in(record: Mapping[str, Any]) -> str:
    """All that a person reads in a post: its text, its tags beside the text, what its pictures show, a lone card."""
    text = word(record, "text", empty=True)
    embed = record.get("embed") or {}
    if embed:
        media = [one for one in (embed, embed.get("media")) if isinstance(one, dict)]
        shown = [line for one in media for line in _pictured(one)]
        cards = (one["external"].get("title") for one in media if isinstance(one.get("external"), dict))
        text = with_beside(text, shown=shown, card=next((title for title in cards if isinstance(title, str)), ""))
    tags = [f"#{tag}" for tag in record.get("tags") or () if isinstance(tag, str) and tag]
    unsaid = [tag for tag in tags if tag.casefold() not in text.casefold()]
    return f"{text}\n\n{' '.join(unsaid)}".strip() if unsaid else text


def _pictured(embed: Mapping[str, Any]) -> Iterator[str]:
    """What pictures or a video show, as their author describes them."""
    images = embed.get("images")
    yield from (
        picture(one.get("alt")) for one in (images if isinstance(images, list) else ()) if isinstance(one, dict)
    )
    if embed.get("$type") == "app.bsky.embed.video":
        yield picture(embed.get("alt"), "video")


def links_in(record: Mapping[str, Any]) -> Iterator[str]:
    """Whole addresses: the text itself shows them shortened."""
    for feature in _features(record):
        if feature.get("$type") == "app.bsky.richtext.facet#link" and isinstance(uri := feature.get("uri"), str):
            yield uri
    embed = record.get("embed") or {}
    for card in (embed.get("external"), (embed.get("media") or {}).get("external")):
        if card:
            yield word(card, "uri")


def web_address(uri: str, handle: str) -> str:
    """Where a person can look at the post: its page on bsky.app. A DID will do for the handle."""
    return f"https://bsky.app/profile/{handle}/post/{uri.rpartition('/')[2]}"


def post_named(url: str) -> tuple[str, str] | None:
    """Author and record key of the post that a link names; None where it names none."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    match parts.scheme, parts.netloc, parts.path.strip("/").split("/"):
        case "at", str(who), ["app.bsky.feed.post", rkey] if who:
            return who, rkey
        case "http" | "https", "bsky.app" | "www.bsky.app", ["profile", who, "post", rkey]:
            return who, rkey
    return None


def moment(text: str) -> datetime:
    """The time in UTC. Raises ValueError or TypeError where it is none."""
    try:
        at = datetime.fromisoformat(text)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError as why:
        raise ValueError(f"{text!r} is outside of all calendars") from why


def iso(at: datetime) -> str:
    """The time as XRPC's parameters want it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def word(raw: Mapping[str, Any], name: str, *, empty: bool = False) -> str:
    """The text under that name. Raises KeyError or ValueError where there is none."""
    value = raw[name]
    if not isinstance(value, str) or not (value or empty):
        raise ValueError(f"{name} is no text: {value!r:.60}")
    return value


def _features(record: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for facet in record.get("facets") or ():
        yield from (feature for feature in facet.get("features") or () if isinstance(feature, dict))


def _posted_at(said: Any, taken_in: datetime) -> datetime:
    """The author's date, unless it can't be read, is older than computers, or lies after the platform had the post."""
    try:
        theirs = moment(said)
    except (TypeError, ValueError):
        return taken_in
    return min(theirs, taken_in) if theirs.year >= 1970 else taken_in


def _count(raw: Mapping[str, Any], name: str) -> int | None:
    value = raw.get(name)
    return value if isinstance(value, int) else None
