"""What Reddit's comments and posts mean: a frozen mention from one of them, whatever listing it stands in.

Pure: it calls nobody. An inbox lists the same comments with fewer fields: the thread and the address show in `context`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from listener.listing import count
from listener.markdown_links import links_in
from listener.mention import Author, Mention

PLATFORM = "reddit"
SITE = "https://www.reddit.com"

_GONE = re.compile(r"\s*\[\s*(deleted|removed)( by [\w ]+)?\s*\]\s*", re.IGNORECASE)
# What is shown to somebody whom its author has blocked; others see it as before (Fubs/reddit-uncensored issue 4, 2026).
_HIDDEN = re.compile(r"\s*\[\s*unavailable\s*\]\s*", re.IGNORECASE)
# "Bot" as a word of its own, as in RemindMeBot, haiku_bot and haiku-bot; Talbot, robot and abbot are people.
_BOT = re.compile(r"AutoModerator|.*[a-z0-9]Bot\d*|.*[-_][Bb][Oo][Tt]\d*")


def parse(raw: Mapping[str, Any], us: str | None = None, *, to_us: bool = False) -> Mention | None:
    """The mention in a comment (t1) or a post (t3), its text in Markdown as they wrote it; `us` is our account.

    None for what was deleted or removed, and for all that a deleted account left: Reddit wants neither kept; and for
    what is hidden from us alone. Raises where something needed is missing.
    """
    kind, post = raw["kind"], raw["data"]
    if kind not in ("t1", "t3"):
        raise ValueError(f"neither a comment nor a post: {kind!r:.40}")
    titled = kind == "t3"
    body = _own_words(post) if titled else _word(post, "body", empty=True)
    if _is_gone(post, body) or is_hidden(raw):
        return None
    author, name = _author(post), _word(post, "name")
    said = "\n\n".join(part for part in (_word(post, "title") if titled else "", body) if part)
    text = "\n\n".join([said, *_shown(post)]) if titled else said
    ours = us is not None and author.handle.lower() == us.lower()
    return Mention(
        platform=PLATFORM,
        post_id=name,
        author=author,
        text=text,
        posted_at=taken_in(post),
        url=address_of(post),
        in_reply_to=None if titled else _word(post, "parent_id"),
        thread_id=name if titled else _thread(post),
        likes=None if post.get("score_hidden") else count(post, "score"),
        reposts=count(post, "num_crossposts"),
        replies=count(post, "num_comments") if titled else None,
        to_us=not ours and (to_us or _speaks_to(us, post, said)),
        ours=ours,
        links=tuple(dict.fromkeys(_links(post, text))),
        extra=_extra(post),
    )


def is_hidden(raw: Mapping[str, Any]) -> bool:
    """Whether its author has blocked us, so that we are shown nothing of it: that is not to say that it is gone."""
    post = raw["data"]
    return any(isinstance(post.get(name), str) and _HIDDEN.fullmatch(post[name]) for name in ("body", "selftext"))


def _own_words(post: Mapping[str, Any]) -> str:
    """A post's text; one that is a link, a picture or another's post may have none."""
    return _word(post, "selftext", empty=True) if post.get("selftext") is not None else ""


def _is_gone(post: Mapping[str, Any], body: str) -> bool:
    """Whether it was deleted or removed, or left by an account that was."""
    left = post["author"] in (None, "[deleted]")
    return left or bool(post.get("removed_by_category")) or _GONE.fullmatch(body) is not None


def _shown(post: Mapping[str, Any]) -> Iterator[str]:
    """What a post shows below its words: captions, answers to choose from, and, quoted, the post it passes on."""
    yield from _each(post.get("gallery_data"), "items", "caption")
    if choices := _each(post.get("poll_data"), "options", "text"):
        yield "\n".join(f"- {choice}" for choice in choices)
    passed_on = post.get("crosspost_parent_list")
    for original in passed_on if isinstance(passed_on, list) else ():
        if isinstance(original, dict) and original.get("title") and "author" in original:
            yield from _quoted(original)


def _each(part: Any, name: str, words: str) -> list[str]:
    """The words of each item in the list of this name, of those that have some."""
    items = part.get(name) if isinstance(part, dict) else None
    found = [item.get(words) for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    return [text.strip() for text in found if isinstance(text, str) and text.strip()]


def _quoted(post: Mapping[str, Any]) -> Iterator[str]:
    """Someone's post as a quotation, unless it is gone by now."""
    words = _own_words(post)
    if not _is_gone(post, words):
        lines = f"{_word(post, 'title')}\n\n{words}".strip().split("\n")
        yield "\n".join(f"> {line}".rstrip() for line in lines)


def address_of(post: Mapping[str, Any]) -> str:
    """Where a person can look at it; empty where it is not said. An inbox says it with the context around it."""
    path = post.get("permalink") or post.get("context")
    return SITE + path.partition("?")[0] if isinstance(path, str) and path.startswith("/") else ""


def taken_in(post: Mapping[str, Any]) -> datetime:
    """When Reddit took it in, by its own clock."""
    at = post["created_utc"]
    if isinstance(at, bool):
        raise TypeError("created_utc is no time")
    try:
        return datetime.fromtimestamp(at, UTC)
    except (OverflowError, OSError) as why:
        raise ValueError(f"{at!r:.40} is outside of all calendars") from why


def _author(post: Mapping[str, Any]) -> Author:
    name, fullname = _word(post, "author"), post.get("author_fullname")
    known = isinstance(fullname, str) and fullname.startswith("t2_")
    author_id = str(fullname) if known else name
    return Author(PLATFORM, author_id, name, url=f"{SITE}/user/{name}", bot=bool(_BOT.fullmatch(name)))


def _thread(post: Mapping[str, Any]) -> str | None:
    """The post that a comment stands under; an inbox names it only in the address."""
    if isinstance(post.get("link_id"), str):
        return str(post["link_id"])
    found = re.search(r"/comments/([0-9a-z]+)/", address_of(post))
    return f"t3_{found[1]}" if found else None


def _speaks_to(us: str | None, post: Mapping[str, Any], text: str) -> bool:
    """Whether it names our account, or stands right under a post of ours."""
    if us is None:
        return False
    if re.search(rf"(?<![\w/])/?u/{re.escape(us)}(?![\w-])", text, re.IGNORECASE):
        return True
    under = post.get("link_author")
    return isinstance(under, str) and under.lower() == us.lower() and post.get("parent_id") == post.get("link_id")


def _links(post: Mapping[str, Any], text: str) -> list[str]:
    linked = post.get("url") if not post.get("is_self") else None
    found = [linked] if isinstance(linked, str) and linked.startswith(("http://", "https://")) else []
    return found + links_in(text)


def _extra(post: Mapping[str, Any]) -> dict[str, str]:
    kept = {"community": _word(post, "subreddit")}
    if isinstance(post.get("link_title"), str):
        kept["thread_title"] = post["link_title"]
    # `edited` is a time, or true for old ones. What is locked or archived takes no more replies.
    if passed_on := _passed_on(post):
        kept["repost_of"] = passed_on
    return kept | {flag: "true" for flag in ("edited", "locked", "archived") if post.get(flag)}


def _passed_on(post: Mapping[str, Any]) -> str:
    """The post of somebody else that a crosspost passes on under its own title, adding nothing; "" for any other."""
    parents = post.get("crosspost_parent_list")
    original = parents[0] if isinstance(parents, list) and parents and isinstance(parents[0], dict) else {}
    same_title = str(original.get("title")).strip().casefold() == str(post.get("title")).strip().casefold()
    adds_nothing = same_title and not post.get("selftext") and original.get("author") != post.get("author")
    name = original.get("name")
    return name if adds_nothing and isinstance(name, str) else ""


def _word(post: Mapping[str, Any], name: str, *, empty: bool = False) -> str:
    value = post[name]
    if not isinstance(value, str) or not (value or empty):
        raise ValueError(f"{name} is no text: {value!r:.60}")
    return value
