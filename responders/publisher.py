"""The `Publisher` protocol and the named ways in which one reply can end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from listener.clean import clean_line
from listener.mention import Mention
from responders.draft import Receipt

WORDS_MOST = 1_000


class PublishError(Exception):
    """A reply that has no receipt. The message is one line for a person and holds no secret.

    It may quote the platform's own words: whatever is in those, it can be kept and shown.
    """

    def __init__(self, message: str = "") -> None:
        super().__init__(clean_line(message, WORDS_MOST))


class Refused(PublishError):
    """A definite no, in the platform's own words: nothing was posted, and trying again will not help."""


class TooLong(Refused):
    """Longer than the platform takes; said before any call."""


class Postponed(PublishError):
    """Nothing was posted, for certain (429, or never connected): may be tried again at `retry_at` (None: soon)."""

    def __init__(self, message: str, retry_at: datetime | None = None) -> None:
        super().__init__(message)
        self.retry_at = retry_at


class Overruled(PublishError):
    """Nothing was posted: it may not go out any more (a pause, another process took over). `Order.last_look`'s word."""


class Revoked(PublishError):
    """Nothing was posted: our credentials are refused. Sending on this platform stops until a person has mended it."""


class Unknown(PublishError):
    """It may have been posted: the answer was lost, late or not what is documented. Never retried blindly."""


class HeldThere(Unknown):
    """Taken, but not shown yet: it waits for the platform's own moderators, and may appear at any time.

    Only a person can settle it. It may be looked for, but that it is not to be seen says nothing: a draft that ended
    so never goes back before a person by itself, as one that may be sent again. Raised by `reply`, and by `find` where
    the platform shows what it holds.
    """


def nothing_against() -> None:
    """A last look that finds nothing against sending."""


@dataclass(frozen=True, slots=True)
class Order:
    """One approved reply to send: to whom, exactly what, and the key fixed at approval (None where there is none).

    `known` are the ids and links of posts of ours on this platform that are the receipt of a reply already: the same
    words may have been said to somebody else close by, and one post is never the receipt of two replies.

    `last_look` is asked by `reply` exactly once: after all that is read first, on an open connection, right before the
    first byte of the one write. It raises Overruled where the reply may not go any more, and then nothing is written.
    """

    parent: Mention
    text: str
    key: str | None
    approved_at: datetime
    attempted_at: datetime
    known: frozenset[str] = frozenset()
    last_look: Callable[[], None] = field(default=nothing_against, compare=False, repr=False)


class Publisher(Protocol):
    """One platform's way out. One wire request an attempt; it never retries, never sleeps, never alters the text.

    Beside it the platform's file may offer `fix(parent, approved_at) -> str`: what makes this reply unique there (a
    record key), chosen once at approval and handed back in the order.
    """

    @property
    def platform(self) -> str:
        """The file's name."""

    @property
    def limit(self) -> int:
        """The longest reply, in the platform's own measure (see `length`)."""

    def length(self, text: str) -> int:
        """The text's length as the platform counts it: graphemes, characters, links at a fixed price."""

    def reply(self, order: Order) -> Receipt:
        """Post it, once.

        Raises TooLong or Refused (definitely not posted), Postponed (not posted, later), Revoked (not posted, not
        until mended), Overruled (the order's last look, as it came) or Unknown (anything else: timeouts, resets, 5xx,
        a success without an id).
        """

    def find(self, order: Order) -> Receipt | None:
        """Look on the platform for what an attempt may have posted; None if it is not there now.

        What is in `order.known` is left out. Raises HeldThere where the platform shows that it holds it back, Unknown
        where it can't be read, Revoked where our credentials are refused.
        """

    def answered(self, order: Order) -> Receipt | None:
        """A reply of our own account under the order's parent that is none of `order.known`; None if there is none.

        Somebody of ours answered on the platform itself, or from a database that was restored since. Whatever its
        words. Reads only; raises Unknown where it can't be told, Revoked where our credentials are refused.
        """

    def probe(self) -> str:
        """What one cheap call shows, in a few words for a person; it reads, and changes nothing.

        Raises Revoked where our credentials are refused or may not write, Unknown where it can't be told.
        """

    def close(self) -> None:
        """Let go of connections."""
