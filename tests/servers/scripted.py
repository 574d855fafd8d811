"""A platform on loopback that says what a test tells it to, and remembers what it was asked."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

Fault = Literal["", "reset", "hang", "drip", "drip in the headers", "late", "drop"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came in; `query` keeps every value of a name."""

    verb: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: Any

    def one(self, name: str) -> str | None:
        """The query's only value of this name."""
        values = self.query.get(name)
        return values[0] if values else None


@dataclass(frozen=True, slots=True)
class Say:
    """One answer.

    `reset` breaks off half-way through the body, `hang` never begins, a drip never ends, `late` waits for `release`,
    and `drop` hangs up without a word.
    """

    body: Any = field(default_factory=dict)
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    fault: Fault = ""

    def raw(self) -> bytes:
        """The body's bytes: as given, as made now (a large one need not lie about), or as JSON."""
        body = self.body() if callable(self.body) else self.body
        return body if isinstance(body, bytes) else json.dumps(body).encode()


Answer = Say | Callable[[Asked], Say]


class Scripted:
    """The server: `url` to point a client at, `asked` for what came in, `on` to say what is answered."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[Asked] = []
        self.fault: Say | None = None  # what everything gets, but the paths in `spared`
        self.spared: set[str] = set()
        self.instead: Say | None = None  # what writes get, without being carried out
        self.spoilt: Callable[[Say], Say] = lambda say: say  # what becomes of the answer to a write, once carried out
        self.carried_out = 0  # writes
        self.released = threading.Event()
        self.otherwise: Answer = Say({"error": "NotFound"}, 404)
        self.closing = threading.Event()
        self._lines = threading.Condition()
        self._opened = self._closed = self._busy = 0
        self._answers: dict[str, list[Answer]] = {}

    def on(self, path: str, *answers: Answer) -> None:
        """Answer requests for `path` with these, in turn; the last one stays."""
        self._answers[path] = list(answers)

    def at(self, path: str) -> list[Asked]:
        """What was asked of `path`, in order."""
        return [asked for asked in self.asked if asked.path == path]

    def writes(self) -> list[Asked]:
        """What was asked by other verbs than GET, in order, but for the paths that are spared (logins)."""
        return [asked for asked in self.asked if self._is_write(asked)]

    def release(self) -> None:
        """Let late answers go."""
        self.released.set()

    def _is_write(self, asked: Asked) -> bool:
        return asked.verb != "GET" and asked.path not in self.spared

    def silent_lines(self, wanted: int, patience_s: float = 2.0) -> bool:
        """Whether so many connections are open by now on which no request has come; waits for it a little."""
        with self._lines:
            return self._lines.wait_for(lambda: self._opened - self._closed - self._busy == wanted, patience_s)

    def line(self, *, opened: int = 0, closed: int = 0, busy: int = 0) -> None:
        """Count a connection that was opened or closed, or on which a request came or was answered."""
        with self._lines:
            self._opened, self._closed, self._busy = self._opened + opened, self._closed + closed, self._busy + busy
            self._lines.notify_all()

    def answer(self, asked: Asked) -> Say:
        """What this request gets; `otherwise` (404) where nothing was said about its path."""
        self.asked.append(asked)
        if self.fault is not None and asked.path not in self.spared:
            return self.fault
        if self.instead is not None and self._is_write(asked):
            return self.instead
        answers = self._answers.get(asked.path, [self.otherwise])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        say = answer if isinstance(answer, Say) else answer(asked)
        if not self._is_write(asked):
            return say
        self.carried_out += 1
        return self.spoilt(say)


@contextmanager
def scripted() -> Iterator[Scripted]:
    """A scripted platform at a free port of 127.0.0.1."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handling)
    server.daemon_threads = False
    script = Scripted(f"http://127.0.0.1:{server.server_address[1]}")
    server.script = script  # type: ignore[attr-defined]  # the standard library's way to reach it from a request
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield script
    finally:
        script.closing.set()
        script.release()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handling(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"  # one request a connection: no thread waits for a second one

    def handle(self) -> None:
        script: Scripted = self.server.script  # type: ignore[attr-defined]
        self.busy = 0
        script.line(opened=1)
        try:
            with suppress(ConnectionError):  # a client that hangs up before it asks
                super().handle()
        finally:
            script.line(closed=1, busy=-self.busy)

    def do_GET(self) -> None:
        self._take()

    def do_POST(self) -> None:
        self._take()

    def do_PUT(self) -> None:
        self._take()

    def do_DELETE(self) -> None:
        self._take()

    def _take(self) -> None:
        script: Scripted = self.server.script  # type: ignore[attr-defined]
        parts = urlsplit(self.path)
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = Asked(self.command, parts.path, parse_qs(parts.query), dict(self.headers), _body(sent, self.headers))
        self.busy = 1
        script.line(busy=1)
        say = script.answer(asked)
        if say.fault == "hang":
            script.closing.wait(10)
            return
        if say.fault == "late":
            script.released.wait(10)
        if say.fault == "drop":
            return
        if say.fault in ("drip", "drip in the headers"):
            self._drip(b"X-Drop: 1\r\n" if say.fault != "drip" else b"Content-Length: 900\r\n\r\n")
            return
        raw = say.raw()
        with suppress(ConnectionError):
            self._begin(say, len(raw))
        if say.fault == "reset":
            self.wfile.write(raw[: len(raw) // 2])
            self.wfile.flush()
            # Close with a reset rather than in peace.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        with suppress(ConnectionError):  # a client that has heard enough hangs up
            self.wfile.write(raw)

    def _begin(self, say: Say, length: int) -> None:
        self.send_response(say.status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(length), **say.headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def _drip(self, first: bytes) -> None:
        """A byte now and then, for as long as anybody listens: the client's patience is tried, not ours."""
        with suppress(ConnectionError):
            self.wfile.write(b"HTTP/1.1 200 OK\r\n" + first)
            for _ in range(200):
                if self.server.script.closing.wait(0.05):  # type: ignore[attr-defined]
                    return
                self.wfile.write(b"x")

    def log_message(self, *words: Any) -> None:
        """Say nothing: what was asked is in `asked`."""


def _body(sent: bytes, headers: Mapping[str, str]) -> Any:
    """What was sent: JSON, a form with one value a name, or the bytes."""
    kind = headers.get("Content-Type") or ""
    if "json" in kind:
        return json.loads(sent)
    if "x-www-form-urlencoded" in kind:
        return {name: values[-1] for name, values in parse_qs(sent.decode(), keep_blank_values=True).items()}
    return sent or None
