"""X's posts and profiles as the API writes them (v2), read into mentions and authors."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from listener.mention import Author, Mention

PLATFORM = "x"
SITE = "https://x.com"
QUERY_MOST = 512  # characters of a recent search's query, docs.x.com search/integrate/build-a-query, August 2026
NO_RETWEETS = " -is:retweet"

_QUOTED_POST = re.compile(r"https?://(?:www\.|mobile\.)?(?:twitter|x)\.com/(\w+)/status/\d+", re.IGNORECASE)
_OPERATOR = re.compile(r"[#@$]\w+")


def query_for(term: str) -> str:
    """The search for one term: a phrase in quotes, or a #tag, @name or $tag as it is; no retweets."""
    words = " ".join(term.replace('"', " ").replace("\\", " ").split())
    if _OPERATOR.fullmatch(words):
        return words + NO_RETWEETS
    room = QUERY_MOST - len(NO_RETWEETS) - 2
    if len(words) > room:
        # The beginning of a phrase finds all that the whole would; what it finds beside is sifted out later.
        words = words[:room].rpartition(" ")[0] or words[:room]
    return f'"{words}"{NO_RETWEETS}'


def parse(
    raw: Mapping[str, Any], authors: Mapping[str, Author], us: Author | None, to_us: bool = False
) -> Mention | None:
    """The mention in one post, whichever of its versions; None for a retweet, which says nothing of its own.

    `authors` are the profiles that are known; `to_us` says that X itself lists the post among our mentions.
    Raises KeyError, TypeError, ValueError or AttributeError where something needed is missing or not what it should be.
    """
    answers = {part["type"]: str(part["id"]) for part in raw.get("referenced_tweets") or ()}
    if "retweeted" in answers:
        return None
    # An edit gets an id of its own, and all versions are one post: it is known by the first.
    post_id, author_id = first_version(raw), word(raw, "author_id")
    author = authors.get(author_id) or nameless(author_id)
    text, links = whole_text(raw)
    counts = raw.get("public_metrics") or {}
    ours = us is not None and author_id == us.author_id
    return Mention(
        platform=PLATFORM,
        post_id=post_id,
        author=author,
        text=text,
        posted_at=moment(raw["created_at"]),
        url=web_address(last_version(raw), author.handle if author_id in authors else "i"),
        in_reply_to=answers.get("replied_to"),
        thread_id=_maybe(raw, "conversation_id") or post_id,
        lang=_language(raw),
        likes=_count(counts, "like_count"),
        reposts=_count(counts, "retweet_count"),
        replies=_count(counts, "reply_count"),
        to_us=not ours and (to_us or _addresses(raw, us, quotes="quoted" in answers)),
        ours=ours,
        links=links,
        extra=_edited(raw),
    )


def parse_user(raw: Mapping[str, Any]) -> Author:
    """The author in one profile. Raises KeyError, TypeError, ValueError or AttributeError as `parse` does."""
    handle = word(raw, "username")
    return Author(
        PLATFORM,
        word(raw, "id"),
        handle,
        str(raw.get("name") or ""),
        _count(raw.get("public_metrics") or {}, "followers_count"),
        f"{SITE}/{handle}",
    )


def nameless(author_id: str) -> Author:
    """An author whose profile X does not show (suspended, protected): known by number alone."""
    return Author(PLATFORM, author_id, author_id, url=f"{SITE}/i/user/{author_id}")


def web_address(post_id: str, handle: str) -> str:
    """Where a person can look at the post. `i` will do for a handle: x.com puts the right one in its place."""
    return f"{SITE}/{handle}/status/{post_id}"


def whole_text(raw: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """The words in full, with every t.co link as the address behind it, and those addresses.

    A long post has its words in `note_tweet`; `text` is only their beginning. X escapes &, < and >.
    """
    long = raw.get("note_tweet") or {}
    text = html.unescape(word(long, "text") if long else word(raw, "text"))
    links = []
    for url in _entities(raw, "urls"):
        whole = url.get("expanded_url") or url["url"]
        text = text.replace(url["url"], whole)
        if "media_key" not in url:  # their own picture: its address says nothing more
            links.append(whole)
    return text, tuple(dict.fromkeys(links))


def first_version(raw: Mapping[str, Any]) -> str:
    """The id under which the post was first posted: each edit (five, within 30 minutes) gets a new one."""
    return _versions(raw)[0]


def last_version(raw: Mapping[str, Any]) -> str:
    """The id under which the post stands now."""
    return _versions(raw)[-1]


def newest_known(mention: Mention) -> str:
    """The id of the newest version of a post that we have heard of: the one to answer."""
    return mention.extra.get("newest_id", mention.post_id)


def moment(text: str) -> datetime:
    """One of X's times, aware and in UTC. Raises TypeError or ValueError."""
    try:
        at = datetime.fromisoformat(text)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError as why:
        raise ValueError(f"{text!r} is outside of all calendars") from why


def word(raw: Mapping[str, Any], name: str) -> str:
    """What stands under this name. Raises KeyError, or ValueError where it is no text."""
    value = raw[name]
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} is no text: {value!r:.60}")
    return value


def _versions(raw: Mapping[str, Any]) -> Sequence[str]:
    history = raw.get("edit_history_tweet_ids")
    known = [one for one in history if isinstance(one, str)] if isinstance(history, list) else []
    return known or [word(raw, "id")]


def _edited(raw: Mapping[str, Any]) -> Mapping[str, str]:
    last = last_version(raw)
    return {} if last == first_version(raw) else {"newest_id": last}


def _addresses(raw: Mapping[str, Any], us: Author | None, *, quotes: bool) -> bool:
    """Whether the post speaks to us: answers us, names us with an @, or quotes a post of ours."""
    if us is None:
        return False
    if raw.get("in_reply_to_user_id") == us.author_id:
        return True
    ours = us.handle.lower()
    if any(str(named.get("username")).lower() == ours for named in _entities(raw, "mentions")):
        return True
    quoted = [_QUOTED_POST.match(str(url.get("expanded_url"))) for url in _entities(raw, "urls")] if quotes else []
    return any(found is not None and found[1].lower() == ours for found in quoted)


def _entities(raw: Mapping[str, Any], kind: str) -> Iterator[Mapping[str, Any]]:
    long = raw.get("note_tweet") or {}
    for entities in (long.get("entities"), raw.get("entities")):
        yield from (entities or {}).get(kind) or ()


def _language(raw: Mapping[str, Any]) -> str | None:
    """The language X has guessed; None for its codes that name none (und, zxx, and qme, qst and their kin)."""
    lang = _maybe(raw, "lang")
    unknown = lang is None or lang in {"und", "zxx", "art"} or (len(lang) == 3 and lang.startswith("q"))
    return None if unknown else lang


def _maybe(raw: Mapping[str, Any], name: str) -> str | None:
    value = raw.get(name)
    return value if isinstance(value, str) and value else None


def _count(raw: Mapping[str, Any], name: str) -> int | None:
    value = raw.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
