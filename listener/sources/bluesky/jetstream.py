"""Jetstream: all that is said on Bluesky, replayed from a moment on as JSON over a WebSocket, without an account.

A replay is one visit: connect, read from a moment on until it has caught up, hang up. Nothing is held open between
polls, so what a poll was told is what the archive keeps, and an outage is only a longer replay. The protocol is that
of the `/subscribe` route, which Jetstream's first and second version share (README and docs/README.md of
bluesky-social/jetstream, 2025 and 2026). This is the only file that speaks WebSocket.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit

from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect

from listener.mention import Unreadable
from listener.settings import SettingsError
from listener.source import NotFound, SourceError, Unavailable
from listener.web import error_for, trusted

# A post holds 3,000 bytes of text at most (its lexicon, 2026); the server is asked to leave out what is larger than
# this, and one that sends it all the same is hung up on.
MAX_FRAME = 1_000_000
# Once events flow, this long a silence is the end of what there is. Before the first one `timeout_s` is waited.
QUIET_S = 2.0
# How long its goodbye is waited for: in the middle of a flood it would come after all that is still on its way.
CLOSING_S = 0.25
# The server stamps events itself. One from further ahead than any clock is wrong says nothing about where we are.
AHEAD_US = 600_000_000
RAW_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one visit takes in at most. The public servers send 5,000 events a second, so time is what ends it."""

    events: int = 150_000
    size: int = 200_000_000  # bytes
    seconds: float = 20.0
    kept: int = 1_000
    unreadable: int = 500


BOUNDS = Bounds()


@dataclass(frozen=True, slots=True)
class Event:
    """One event: when the server took it in (its clock, microseconds since 1970), and all of it."""

    time_us: int
    raw: dict[str, Any]


End = Literal["caught up", "quiet", "enough", "broken"]


@dataclass(slots=True)
class Replayed:
    """What one visit came to: the times of the first event and the latest, and how it ended (`why`, where broken).

    `quiet` is a server that answers and has nothing more to say; `enough` leaves a backlog.
    """

    first: int | None = None
    latest: int | None = None
    end: End = "enough"
    why: str = ""
    unreadable: tuple[Unreadable, ...] = ()


class Jetstream:
    """One Jetstream server."""

    def __init__(self, url: str, timeout_s: float, collections: Sequence[str], bounds: Bounds = BOUNDS) -> None:
        """Opens no connection yet. Raises SettingsError where `url` is no ws(s) address."""
        parts = urlsplit(url)
        if parts.scheme not in {"ws", "wss"} or not parts.hostname:
            raise SettingsError(f"jetstream_url {url!r} must begin with wss:// or ws:// and name a host")
        self.host = parts.netloc
        self._url = url.rstrip("/").removesuffix("/subscribe") + "/subscribe"
        self._secure = parts.scheme == "wss"
        self._timeout_s = timeout_s
        self._collections = tuple(collections)
        self._bounds = bounds

    def replay(self, since_us: int, until_us: int, take: Callable[[Event], bool]) -> Replayed:
        """Hand what was said since that moment to `take`, in the server's order, until one visit's end.

        `take` says whether it kept the event. Raises RateLimited, Revoked or Unavailable where the server can't be
        connected to, or says nothing that can be read.
        """
        with self._connected(since_us) as line:
            visit = _Visit(self._bounds, until_us, take)
            done = visit.read(line, self._timeout_s)
        if visit.events and done.first is None:
            reason = done.unreadable[0].reason if done.unreadable else "its clock is ahead of ours"
            raise Unavailable(f"{self.host} says nothing that can be read as Jetstream's events: {reason}")
        return done

    def probe(self) -> None:
        """Connect, and hang up. Raises RateLimited, Revoked or Unavailable."""
        with self._connected(time.time_ns() // 1000):
            pass

    @contextmanager
    def _connected(self, since_us: int) -> Iterator[ClientConnection]:
        wanted = [("wantedCollections", name) for name in self._collections]
        asked = urlencode([*wanted, ("maxMessageSizeBytes", MAX_FRAME), ("cursor", since_us)])
        try:
            line = connect(
                f"{self._url}?{asked}",
                ssl=trusted() if self._secure else None,
                proxy=None,
                compression=None,
                user_agent_header="warmline",
                open_timeout=self._timeout_s,
                ping_interval=None,
                close_timeout=CLOSING_S,
                max_size=MAX_FRAME + 100_000,
            )
        except InvalidStatus as why:
            raise self._refusal(why) from None
        except (OSError, EOFError, ValueError, WebSocketException) as why:
            raise Unavailable(f"{self.host} could not be connected to: {type(why).__name__}") from why
        with line:
            yield line

    def _refusal(self, why: InvalidStatus) -> SourceError:
        answer = why.response
        words = " ".join((answer.body or b"").decode("utf-8", "replace").split())[:200]
        said = f"{self.host} said {answer.status_code} {words}".rstrip()
        error = error_for(answer.status_code, said, dict(answer.headers.raw_items()))
        return Unavailable(said) if isinstance(error, NotFound) else error


class _Visit:
    """The reading of one connection."""

    def __init__(self, bounds: Bounds, until_us: int, take: Callable[[Event], bool]) -> None:
        self._bounds = bounds
        self._until_us = until_us
        self._take = take
        self._end_at = time.monotonic() + bounds.seconds
        self.events = 0
        self._size = self._kept = 0
        self._first: int | None = None
        self._latest: int | None = None
        self._unreadable: list[Unreadable] = []

    def read(self, line: ClientConnection, timeout_s: float) -> Replayed:
        """Take in events until there is an end to it."""
        while True:
            patience = timeout_s if self.events == 0 else min(QUIET_S, timeout_s)
            try:
                self._hear(line.recv(patience, decode=False))
            except TimeoutError:
                return self._silent(line, timeout_s)
            except ConnectionClosed as why:
                return self._done("broken", f"it hung up: {why}")
            if self._latest is not None and self._latest >= self._until_us:
                return self._done("caught up")
            if self._is_enough():
                return self._done("enough")

    def _hear(self, frame: bytes) -> None:
        self.events += 1
        self._size += len(frame)
        try:
            event = _event(frame)
        except (ValueError, KeyError, TypeError, RecursionError) as why:
            raw = frame[:RAW_MOST].decode("utf-8", "backslashreplace")[:RAW_MOST]
            self._unreadable.append(Unreadable(raw, f"{type(why).__name__}: {why}"[:300]))
            return
        if event.time_us <= self._until_us + AHEAD_US:
            self._first = event.time_us if self._first is None else self._first
            self._latest = max(event.time_us, self._latest or 0)
        self._kept += self._take(event)

    def _is_enough(self) -> bool:
        most = self._bounds
        return (
            self.events >= most.events
            or self._size >= most.size
            or self._kept >= most.kept
            or len(self._unreadable) >= most.unreadable
            or time.monotonic() >= self._end_at
        )

    def _silent(self, line: ClientConnection, timeout_s: float) -> Replayed:
        """A live server has no mark for the end of its backlog, but it answers a ping; one that hangs does not."""
        try:
            alive = line.ping().wait(timeout_s)
        except ConnectionClosed as why:
            return self._done("broken", f"it hung up: {why}")
        return self._done("quiet") if alive else self._done("broken", f"it fell silent for {timeout_s:g} s")

    def _done(self, end: End, why: str = "") -> Replayed:
        return Replayed(self._first, self._latest, end, why, tuple(self._unreadable))


def _event(frame: bytes) -> Event:
    """The event in a frame. Raises where it is none."""
    raw = json.loads(frame)
    at = raw["time_us"]
    if type(at) is not int:
        raise ValueError(f"time_us is no number: {at!r:.60}")
    return Event(at, raw)
