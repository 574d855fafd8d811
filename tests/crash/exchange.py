"""One platform on loopback, in this process and without a thread: it serves a child, and may kill it in any phase.

What was taken is known here, whatever becomes of the child. A request whose child has died is gone on with as a real
server would: what had arrived whole is taken.
"""

from __future__ import annotations

import select
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from tests.crash.child import Child, Ended
from tests.servers.scripted import Asked, Say, _body

# The phases of one request, in their order, and what the server does once the child is dead.
Phase = Literal[
    "accepted, then dropped",
    "accepted",
    "headers read, then dropped",
    "headers read",
    "half the body read, then dropped",
    "half the body read",
    "whole body read and not taken",
    "taken and not answered",
    "half the answer written",
    "answer written and closed",
]
PHASES: tuple[Phase, ...] = Phase.__args__  # type: ignore[attr-defined]
STUCK_AFTER_S = 10.0


class Dropped(Exception):
    """The server hangs up in the middle of a request."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Kill the child at this phase of its n-th request (from 1)."""

    request: int
    phase: Phase


class Exchange:
    """A listening socket whose requests are answered by whatever platform stands behind it at the moment."""

    def __init__(self) -> None:
        self._line = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._line.getsockname()[1]}"
        self._child: Child | None = None
        self._wanted: Wanted | None = None
        self._answer: Callable[[Asked], Say] = lambda _: Say({}, 404)
        self.requests = 0

    def close(self) -> None:
        """Listen no more."""
        self._line.close()

    def serve(self, child: Child, answer: Callable[[Asked], Say], wanted: Wanted | None = None) -> Ended:
        """Answer a child's requests until it has ended, and those that it left behind. How it ended."""
        self._child, self._answer, self._wanted, self.requests = child, answer, wanted, 0
        lives = True
        while lives:
            ready, _, _ = select.select([self._line, child.pipe], [], [], 60)
            assert ready, f"the child hangs: {child.heard!r}"
            if self._line in ready:
                self._take()
            if child.pipe in ready:
                lives = child.listen()
        while select.select([self._line], [], [], 0)[0]:
            self._take()
        return child.ended()

    def _take(self) -> None:
        line, _ = self._line.accept()
        with line:
            self.requests += 1
            line.settimeout(STUCK_AFTER_S)
            # A child that died on the way resets the connection, or leaves half a request behind: nothing is taken.
            with suppress(ConnectionError, Dropped):
                self._one_request(line)
        self._reach("answer written and closed")

    def _one_request(self, line: socket.socket) -> None:
        self._reach("accepted, then dropped", "accepted")
        head, _, body = _until(line, b"\r\n\r\n")
        self._reach("headers read, then dropped", "headers read")
        length = _length(head)
        if length:
            body = _filled(line, body, length // 2)
            self._reach("half the body read, then dropped", "half the body read")
        body = _filled(line, body, length)
        self._reach("whole body read and not taken")
        said = _written(self._answer(_asked(head, body)))
        self._reach("taken and not answered")
        line.sendall(said[: len(said) // 2])
        self._reach("half the answer written")
        line.sendall(said[len(said) // 2 :])

    def _reach(self, *phases: Phase) -> None:
        """Kill the child if it is to die in one of these phases of this request."""
        wanted = self._wanted
        if wanted is None or self._child is None or wanted.request != self.requests or wanted.phase not in phases:
            return
        self._child.kill()
        if wanted.phase.endswith(("then dropped", "not taken")):
            raise Dropped


def _until(line: socket.socket, end: bytes) -> tuple[bytes, bytes, bytes]:
    got = b""
    while end not in got:
        more = line.recv(65_536)
        if not more:
            raise Dropped
        got += more
    return got.partition(end)


def _filled(line: socket.socket, got: bytes, length: int) -> bytes:
    while len(got) < length:
        more = line.recv(length - len(got))
        if not more:
            raise Dropped
        got += more
    return got


def _headers(head: bytes) -> dict[str, str]:
    lines = head.decode("latin-1").split("\r\n")[1:]
    return {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _length(head: bytes) -> int:
    low = {name.lower(): value for name, value in _headers(head).items()}
    return int(low.get("content-length", "0"))


def _asked(head: bytes, body: bytes) -> Asked:
    verb, target, _ = head.decode("latin-1").split("\r\n")[0].split(" ")
    parts = urlsplit(target)
    # As an HTTP library would have it: the names in the shape that most write them in.
    headers = {name.title(): value for name, value in _headers(head).items()}
    return Asked(verb, parts.path, parse_qs(parts.query), headers, _body(body, headers))


def _written(say: Say) -> bytes:
    raw = say.raw()
    headers = {"Content-Type": "application/json", "Content-Length": str(len(raw)), "Connection": "close"}
    lines = [f"{name}: {value}" for name, value in {**headers, **say.headers}.items()]
    return "\r\n".join([f"HTTP/1.1 {say.status} So", *lines, "", ""]).encode() + raw
