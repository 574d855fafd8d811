"""The `Publisher` protocol and the named ways in which one reply can end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from listener.mention import Mention
from responders.draft import Receipt


class PublishError(Exception):
    """A reply that has no receipt. The message is one line for a person and holds no secret."""


class Refused(PublishError):
    """A definite no, in the platform's own words: nothing was posted, and trying again will not help."""


class TooLong(Refused):
    """Longer than the platform takes; said before any call."""


class Postponed(PublishError):
    """Nothing was posted, for certain (429, or never connected): may be tried again at `retry_at` (None: soon)."""

    def __init__(self, message: str, retry_at: datetime | None = None) -> None:
        super().__init__(message)
        self.retry_at = retry_at


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


@dataclass(frozen=True, slots=True)
class Order:
    """One approved reply to send: to whom, exactly what, and the key fixed at approval (None where there is none).

    `known` are the ids of posts of ours on this platform that are the receipt of a reply already: the same words may
    have been said to somebody else close by, and one post is never the receipt of two replies.
    """

    parent: Mention
    text: str
    key: str | None
    approved_at: datetime
    attempted_at: datetime
    known: frozenset[str] = frozenset()


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
        until mended) or Unknown (anything else: timeouts, resets, 5xx, a success without an id).
        """

    def find(self, order: Order) -> Receipt | None:
        """Look on the platform for what an attempt may have posted; None if it is not there now.

        What is in `order.known` is left out. Raises HeldThere where the platform shows that it holds it back, Unknown
        where it can't be read, Revoked where our credentials are refused.
        """

    def probe(self) -> str:
        """What one cheap call shows, in a few words for a person; it reads, and changes nothing.

        Raises Revoked where our credentials are refused or may not write, Unknown where it can't be told.
        """

    def close(self) -> None:
        """Let go of connections."""
