"""The `Source` protocol and the named ways in which hearing can fail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from listener.mention import Batch, Mention


class SourceError(Exception):
    """A fetch that failed. The message is one line for a person and holds no secret."""


class RateLimited(SourceError):
    """The platform asks us to wait until `retry_at` (aware UTC); None where it did not say how long."""

    def __init__(self, message: str, retry_at: datetime | None = None) -> None:
        super().__init__(message)
        self.retry_at = retry_at


class Unavailable(SourceError):
    """The platform did not answer, or not with what it documents (timeout, 5xx, HTML): try again later."""


class Revoked(SourceError):
    """Our credentials are refused (401, 403, suspended): stop this source until a person has mended it."""


class OutOfCredits(Revoked):
    """The platform wants to be paid first (402): the whole source stops until a person has topped it up."""


class NotFound(SourceError):
    """The post asked for does not exist, or not any more."""


class Source(Protocol):
    """One platform, heard through one or more streams (our mentions, a search) that keep a cursor each.

    A source holds no state between calls beyond its connection: where it has got to is in the cursor alone, and the
    archive commits that together with what was heard. It never sleeps and never retries: the poll loop decides.

    Its file also says `ACCESS`: in one line, how to be let in there, for whoever asks `warmline doctor`.
    """

    @property
    def platform(self) -> str:
        """The file's name: `bluesky`, `hackernews`, …"""

    def streams(self) -> Sequence[str]:
        """Names of what is listened to, stable over restarts: `mentions`, `search:acme`."""

    def fetch(self, stream: str, cursor: str | None, now: datetime) -> Batch:
        """What this stream says since `cursor`.

        Items may be repeated (an overlap is re-read, since ids and times are not in order); the archive knows them.
        Raises RateLimited, Unavailable or Revoked, and nothing else for whatever the platform answers.
        """

    def reread(self, mentions: Sequence[Mention]) -> Mapping[str, Mention | None]:
        """These posts as they are now, by post id: None for one that is gone, left out where it can't be told.

        Raises RateLimited, Unavailable or Revoked where nothing could be told at all.
        """

    def probe(self) -> str:
        """What one cheap call shows, in a few words for a person; it reads, and changes nothing.

        Raises RateLimited, Unavailable or Revoked.
        """

    def close(self) -> None:
        """Let go of connections."""


class Lookup(Protocol):
    """What a source file may also offer: read one public post by its link, without an account."""

    def __call__(self, url: str, base_url: str | None = None, timeout_s: float = 10.0) -> Mention | None:
        """The post behind a link; None where the link is not one of this platform's posts.

        Raises NotFound where it is gone, Unavailable where the platform can't be reached.
        """
