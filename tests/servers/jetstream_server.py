"""A Jetstream on loopback that behaves as its documents say, and goes wrong in the ways a test asks for.

Written to the README of its first version and section 5.1 of docs/README.md of its second (bluesky-social/jetstream):
a replay from `cursor`, clamped without a word to what is still kept, filtered by collection, account and identity
events to everyone, then the live tail, which has no mark where it begins.
"""

from __future__ import annotations

import json
import socket
import socketserver
import struct
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol

PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame that is no event of the documents': garbage, or bytes sent as a binary message."""

    content: bytes
    binary: bool = False
    time_us: int = 0  # where it stands among the events


@dataclass(frozen=True, slots=True)
class Refuse:
    """An answer to the handshake that is no."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    words: str = "no"


Trouble = Literal["", "never answers", "hangs", "hangs up", "resets"]


class Jetstreaming:
    """The server: `url` to point a client at, `events` for what was ever said, `visits` for what it was asked."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.events: list[dict[str, Any] | Frame] = []
        self.keeps_from = 0  # the oldest it still has, microseconds
        self.refusal: Refuse | None = None
        self.trouble: Trouble = ""
        self.trouble_after = 0  # so many frames
        self.visits: list[Mapping[str, list[str]]] = []
        self.closed = threading.Semaphore(0)  # released once a visit is over
        self.closing = threading.Event()

    def due(self, asked: Mapping[str, list[str]]) -> Sequence[dict[str, Any] | Frame]:
        """What a client that asks so is sent, oldest first."""
        cursor = max(int(asked.get("cursor", ["0"])[0]), self.keeps_from)
        most = int(asked.get("maxMessageSizeBytes", ["0"])[0])
        wanted = asked.get("wantedCollections", [])
        said = sorted((event for event in self.events if _time(event) >= cursor), key=_time)
        return [event for event in said if isinstance(event, Frame) or _is_for(event, wanted, most)]


@contextmanager
def jetstreaming() -> Iterator[Jetstreaming]:
    """A Jetstream at a free port of 127.0.0.1."""
    server = _Server(("127.0.0.1", 0), _Visit)
    script = Jetstreaming(f"ws://127.0.0.1:{server.server_address[1]}")
    server.script = script
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield script
    finally:
        script.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    script: Jetstreaming


class _Visit(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.protocol = ServerProtocol(max_size=None)
        self.request.settimeout(PATIENCE_S)
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        try:
            with suppress(OSError):  # a client that has heard enough hangs up
                self._visited()
        finally:
            self.server.script.closed.release()

    def _visited(self) -> None:
        script = self.server.script
        request = self._requested()
        if request is None or script.trouble == "never answers":
            script.closing.wait(PATIENCE_S)
            return
        parts = urlsplit(request.path)
        if script.refusal or parts.path != "/subscribe":
            self._refuse(script.refusal or Refuse(404))
            return
        asked = parse_qs(parts.query)
        script.visits.append(asked)
        self.protocol.send_response(self.protocol.accept(request))
        self._flush()
        for number, event in enumerate(script.due(asked)):
            if script.trouble and number >= script.trouble_after:
                break
            self._send(event)
        self._end(script)

    def _requested(self) -> Request | None:
        while sent := self.request.recv(65_536):
            self.protocol.receive_data(sent)
            for event in self.protocol.events_received():
                assert isinstance(event, Request)
                return event
        return None

    def _refuse(self, refusal: Refuse) -> None:
        answer = self.protocol.reject(refusal.status, refusal.words)
        for name, value in refusal.headers.items():
            answer.headers[name] = value
        self.protocol.send_response(answer)
        self._flush()

    def _send(self, event: dict[str, Any] | Frame) -> None:
        if isinstance(event, Frame):
            send = self.protocol.send_binary if event.binary else self.protocol.send_text
            send(event.content)
        else:
            # As Go writes JSON: letters as they are, and & < > escaped.
            text = json.dumps(event, ensure_ascii=False)
            for mark in "&<>":
                text = text.replace(mark, f"\\u{ord(mark):04x}")
            self.protocol.send_text(text.encode("utf-8", "surrogatepass"))
        self._flush()

    def _end(self, script: Jetstreaming) -> None:
        match script.trouble:
            case "hangs":
                script.closing.wait(PATIENCE_S)
            case "hangs up":
                self.protocol.send_close(1013, "try again later")
                self._flush()
                self._listen()
            case "resets":
                self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            case _:
                self._listen()  # the live tail, in which nobody says anything

    def _listen(self) -> None:
        while self.protocol.state is not State.CLOSED and (sent := self.request.recv(65_536)):
            self.protocol.receive_data(sent)
            self.protocol.events_received()
            self._flush()

    def _flush(self) -> None:
        for sent in self.protocol.data_to_send():
            if sent:
                self.request.sendall(sent)
            else:
                self.request.shutdown(socket.SHUT_WR)


def _time(event: dict[str, Any] | Frame) -> int:
    at = event.time_us if isinstance(event, Frame) else event.get("time_us")
    return at if isinstance(at, int) else 2**62


def _is_for(event: Mapping[str, Any], wanted: Sequence[str], most: int) -> bool:
    commit = event.get("commit")
    asked_for = not wanted or not isinstance(commit, dict) or commit.get("collection") in wanted
    return asked_for and (most <= 0 or len(json.dumps(event)) <= most)
