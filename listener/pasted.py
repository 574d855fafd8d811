"""What a person brings by hand, a link, a text or both, as a mention: for all that no source can read."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from listener import sources
from listener.clean import TEXT_MOST, URL_MOST, clean_id, clean_line, clean_text
from listener.lookup import author_named, canonical, post_named
from listener.mention import Author, Mention
from listener.rows.dates import parse_time

LINK = "link"  # the platform's name in the database where no source knows the place
# Somewhere it is tomorrow already: a day typed there may lie a little ahead of our clock.
AHEAD = timedelta(hours=24)

Field = Literal["link", "text", "author", "posted_at", "platform"]


class Unclear(ValueError):
    """Something typed that can't be used. `field` says where, the message what to write instead."""

    def __init__(self, field: Field, message: str) -> None:
        super().__init__(message)
        self.field: Field = field


@dataclass(frozen=True, slots=True)
class Pasted:
    """What the person typed, as they typed it; each may be empty, but not both link and text."""

    link: str = ""
    text: str = ""
    author: str = ""
    posted_at: str = ""
    platform: str = ""


def checked(pasted: Pasted) -> Pasted:
    """The same with its link in one form and no white space around anything. Raises Unclear."""
    typed = Pasted(
        link=pasted.link.strip(),
        text=clean_text(pasted.text, TEXT_MOST).strip(),
        author=clean_line(pasted.author).lstrip("@＠ "),
        posted_at=pasted.posted_at.strip(),
        platform=pasted.platform.strip().lower(),
    )
    if not (typed.link or typed.text):
        raise Unclear("link", "paste a link, or the text itself")
    if len(typed.link) > URL_MOST or (typed.link and not canonical(typed.link)):
        raise Unclear("link", "this is no link: it should begin with https:// and name a page")
    _check_platform(typed.platform)
    return replace(typed, link=canonical(typed.link))


def mention_in(pasted: Pasted, now: datetime) -> Mention:
    """The mention that the person's own words make; `pasted` is `checked`. Raises Unclear where the text is missing."""
    if not pasted.text:
        raise Unclear("text", "Warmline can't read this page for you: paste what they said as well")
    platform, post_id = name_of(pasted)
    handle = pasted.author or author_named(pasted.link)
    # People who were not named are not one and the same person.
    author_id = handle.lower() or f"unknown:{post_id}"
    author = Author(platform, author_id, handle or "someone")
    return Mention(platform, post_id, author, pasted.text, _posted_at(pasted.posted_at, now), pasted.link)


def name_of(pasted: Pasted) -> tuple[str, str]:
    """Platform and post id under which it is kept: the platform's own where the link says them."""
    if (named := post_named(pasted.link)) is not None:
        return named
    if pasted.link:
        return pasted.platform or LINK, clean_id(pasted.link)
    words = hashlib.sha256(f"{pasted.author.lower()}\x1f{pasted.text}".encode("utf-8", "replace")).hexdigest()
    return pasted.platform or LINK, f"text:{words[:32]}"


def _check_platform(name: str) -> None:
    if not re.fullmatch(r"([a-z][a-z0-9_]{0,31})?", name):
        raise Unclear("platform", "write the platform's name in small letters, like threads")
    # What a source would read again must be named as that source names it.
    if name in sources.FILES.names():
        raise Unclear("platform", f"what stands on {name} is known by its link: paste that, and leave the name out")


def _posted_at(typed: str, now: datetime) -> datetime:
    if not typed:
        return now
    try:
        at = parse_time(typed)
    except ValueError as why:
        raise Unclear("posted_at", "write the day, or the time in UTC: 2026-11-23 or 2026-11-23T14:05") from why
    if at > now + AHEAD:
        raise Unclear("posted_at", "this day is still to come")
    return min(at, now)
