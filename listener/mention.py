"""What was said, by whom: the frozen shapes that every room after the boundary works on. Imports nothing of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

# The platform of a file's rows that name none: it may be any.
UNTOLD = "import"


@dataclass(frozen=True, slots=True)
class Author:
    """A person as one platform knows them.

    `author_id` is the platform's own stable id (a DID, a number); where a platform has none it is the handle.
    `handle` carries no @. `followers` is the reach as the platform gives it, None where it gives none. `bot` says
    that the account calls itself automated.
    """

    platform: str
    author_id: str
    handle: str
    name: str = ""
    followers: int | None = None
    url: str = ""
    bot: bool = False


@dataclass(frozen=True, slots=True)
class Mention:
    """One post that was heard.

    `post_id` is the platform's own id, opaque to us; with `platform` it names the mention for good.
    `posted_at` is their clock (aware, UTC). `in_reply_to` and `thread_id` are post ids of the same platform.
    `to_us` says that the author addressed our account (a tag or a reply): some platforms let us answer only then.
    `ours` marks our own post: kept, since it is half of what was said between us, and never answered.
    `links` are whole addresses, also where the text shows them shortened. `extra` keeps what an import or a platform
    gives beside these (a record's cid, a campaign column), as strings. Some keys mean the same everywhere: `visibility`
    (public, unlisted, private, direct), `nobot` (they ask not to be spoken to by software), `community` (the subreddit,
    forum or channel it stands in), `source` (the feed or mailbox it came by), `asked_for` (a hashtag named in the
    settings: kept whatever the watches say), `pending` (it waits on our own server for our approval), `repost_of` (the
    id of the post that this one passes on, adding nothing).
    """

    platform: str
    post_id: str
    author: Author
    text: str
    posted_at: datetime
    url: str = ""
    in_reply_to: str | None = None
    thread_id: str | None = None
    lang: str | None = None
    likes: int | None = None
    reposts: int | None = None
    replies: int | None = None
    to_us: bool = False
    ours: bool = False
    links: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.posted_at.tzinfo is None:
            raise ValueError(f"posted_at of {self.platform} {self.post_id} has no time zone")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An item that could not be parsed: kept raw with the reason, so that nobody is lost to a changed format.

    `mention` is what was parsed all the same, where only its sifting failed.
    """

    raw: str
    reason: str
    mention: Mention | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What one fetch heard, and where the next one goes on.

    `cursor` is the source's own note to itself, opaque to everyone else; None keeps the last one.
    `more` says that a backlog is left: poll again soon rather than at the next tick.
    `heard_from` to `heard_until` is what this stream is now complete for; None while a walk is unfinished.
    `lost` is a time that the platform would not let us read although something may be there.
    `gone` are post ids that their authors deleted, and `gone_authors` ids of authors whose account is no more; neither
    need be known to us.
    """

    mentions: tuple[Mention, ...] = ()
    cursor: str | None = None
    more: bool = False
    unreadable: tuple[Unreadable, ...] = ()
    heard_from: datetime | None = None
    heard_until: datetime | None = None
    lost: tuple[datetime, datetime] | None = None
    gone: tuple[str, ...] = ()
    gone_authors: tuple[str, ...] = ()
