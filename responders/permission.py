"""May we answer here? Asked before anyone spends a minute on a draft, and answered with the rule and its date."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal

from listener.mention import Mention

Route = Literal["api", "by_hand", "listen_only", "do_not_contact"]


@dataclass(frozen=True, slots=True)
class Permission:
    """How this mention may be answered, by which rule, from where, as read on which day."""

    route: Route
    rule: str
    source: str
    dated: date


# The platforms' rules, each with where it was read and when. They change: this is the one place to change them.
HACKER_NEWS = Permission(
    "listen_only",
    "Hacker News is for conversation between humans: no generated or AI-edited comments, and no API to write.",
    "news.ycombinator.com/newsguidelines.html",
    date(2026, 3, 11),
)
BLUESKY_TAGGED = Permission(
    "api",
    "They tagged or answered us: Bluesky lets a bot interact where the user has tagged it.",
    "docs.bsky.app/docs/starter-templates/bots",
    date(2026, 4, 21),
)
BLUESKY_UNTAGGED = Permission(
    "by_hand",
    "They did not tag us: on Bluesky a bot may only interact when tagged. A person may answer in the app.",
    "docs.bsky.app/docs/starter-templates/bots",
    date(2026, 4, 21),
)
PLAZA = Permission("api", "The pretend network lets everyone answer.", "listener/plaza", date(2026, 11, 23))
ELSEWHERE = Permission(
    "by_hand",
    "Warmline has no way to post here: a person answers on the platform itself, and confirms it with the link.",
    "responders/publishers",
    date(2026, 11, 23),
)
OF_OTHERS = Permission(
    "listen_only",
    "They speak of someone else that we watch, not of us: not ours to join.",
    "settings.toml [[watches]] kind",
    date(2026, 11, 23),
)
OURSELVES = Permission(
    "do_not_contact", "This is our own post.", "settings.toml [[watches]] handles", date(2026, 11, 23)
)


def permission_for(
    mention: Mention, our_handles: Collection[str], platforms_on: Collection[str], *, about_us: bool = True
) -> Permission:
    """How this mention may be answered. `our_handles` without @, in lower case; `platforms_on` is where we may post."""
    if mention.ours or mention.author.handle.lower() in our_handles:
        return OURSELVES
    if not about_us:
        return OF_OTHERS
    if mention.platform == "hackernews":
        return HACKER_NEWS
    if mention.platform not in platforms_on:
        return ELSEWHERE
    if mention.platform == "plaza":
        return PLAZA
    return BLUESKY_TAGGED if mention.to_us else BLUESKY_UNTAGGED
