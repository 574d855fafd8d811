"""The plaza over HTTP on 127.0.0.1: pages for people, an API for software, a stage door for tests."""

from __future__ import annotations

import socket
import struct
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from listener.plaza import page
from listener.plaza.api import Api, Tokens
from listener.plaza.book import Book
from listener.plaza.cast import BRAND
from listener.plaza.control import Control
from listener.plaza.diary import Diary
from listener.plaza.exchange import HTML, Answer, Request, refused
from listener.plaza.faults import Faults
from listener.plaza.wirelog import WireLog
from listener.plaza.world import Refusal, World

LONGEST_BODY = 200_000  # bytes
STUCK_AFTER_S = 10.0  # a client that stops in the middle of a request
LOOK_EVERY_S = 0.25  # how often the ticking thread looks whether somebody is due to speak
LINGER_NOT = struct.pack("ii", 1, 0)  # SO_LINGER on, zero seconds: close() answers with a reset


class Plaza:
    """One running plaza. `empty` leaves out the cast, which is what most tests want."""

    def __init__(
        self,
        tokens: Tokens,
        *,
        port: int = 0,
        world: str = ":memory:",
        pace: float = 1.0,
        empty: bool = False,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Listens at once (port 0: any free one), serves from `start` on."""
        self.book = Book(world)
        self._server = _Server(("127.0.0.1", port), self)
        self.base_url = f"http://127.0.0.1:{self._server.server_port}"
        self.world = World(self.book, clock)
        self.diary = Diary(self.world, pace)
        self.faults = Faults()
        self.wire = WireLog(self.world)
        self.api = Api(self.world, self.diary, tokens, self.base_url)
        self.control = Control(self.world, self.diary, self.faults, self.wire, self.api, tokens.control)
        self.closing = threading.Event()
        if empty:
            self.world.add_person(BRAND, "Harbourlight")
        else:
            self.diary.raise_curtain(clock())
        self._threads = [
            threading.Thread(target=self._server.serve_forever, args=(0.02,), name="plaza", daemon=True),
            threading.Thread(target=self._keep_ticking, name="plaza-ticker", daemon=True),
        ]

    def start(self) -> None:
        """Serve and tick in threads of their own."""
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Stop, and leave no socket or thread behind."""
        self.closing.set()
        self.faults.clear()
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()
        for thread in self._threads:
            thread.join()
        self.book.close()

    def answer(self, request: Request) -> Answer:
        """What goes back to a request, whatever it was."""
        if request.path.startswith("/api/"):
            return self._api_answer(request)
        if request.path.startswith("/control/"):
            return _or_refused(lambda: self.control.answer(request))
        return self._page_answer(request)

    def _api_answer(self, request: Request) -> Answer:
        n = self.wire.arrived(request)
        # Written down before it is sent: whoever has the answer finds its outcome in the log.
        answer, fault = self.faults.around(request, lambda: self._carried_out(n, request))
        self.wire.ended(n, fault or str(answer.status), answer.post_id)
        return answer

    def _carried_out(self, n: int, request: Request) -> Answer:
        answer = _or_refused(lambda: self.api.answer(request))
        # A late answer may wait for long: that the post is stored must be known meanwhile.
        self.wire.ended(n, "carried out", answer.post_id)
        return answer

    def _page_answer(self, request: Request) -> Answer:
        now = self.world.clock()
        try:
            match request.method, request.path.strip("/").split("/"):
                case "GET", [""]:
                    shown = page.timeline(self.world.lively_threads(), now)
                case "GET", ["posts", post_id]:
                    shown = page.thread(self.world.thread(post_id), now, post_id)
                case "GET", ["people", handle]:
                    posts, _ = self.world.timeline(handle, None, 100)
                    shown = page.person(self.world.person(handle), posts, now)
                case "GET", ["style.css"]:
                    return Answer(200, page.STYLE.read_bytes(), "text/css; charset=utf-8")
                case _:
                    raise Refusal(404, "There is nothing here.")
        except Refusal as why:
            return Answer(why.status, page.missing(str(why)).encode(), HTML)
        return Answer(200, shown.encode(), HTML)

    def _keep_ticking(self) -> None:
        while not self.closing.wait(LOOK_EVERY_S):
            self.diary.tick(self.world.clock())


def _or_refused(answer: Callable[[], Answer]) -> Answer:
    try:
        return answer()
    except Refusal as why:
        return refused(why)


class _Server(ThreadingHTTPServer):
    """Joins its threads when it closes, and can hang up on whoever is still on the line."""

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], plaza: Plaza) -> None:
        self.plaza = plaza
        self._lines: set[socket.socket] = set()
        super().__init__(address, _Line)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._lines.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._lines.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that hangs up in the middle is an ordinary day, and with faults on the very point.
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def hang_up(self) -> None:
        for line in list(self._lines):
            try:
                line.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


class _Line(BaseHTTPRequestHandler):
    """One connection, one request."""

    server: _Server
    server_version = "Plaza"
    sys_version = ""
    timeout = STUCK_AFTER_S

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, *args: object) -> None:
        """Say nothing: the wire log has it."""

    def _serve(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > LONGEST_BODY:
            self._send(refused(Refusal(413, "That is too much at once.")))
            return
        url = urlsplit(self.path)
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        request = Request(
            self.command,
            url.path,
            dict(parse_qsl(url.query)),
            token if scheme == "Bearer" else None,
            self.rfile.read(int(length)),
        )
        self._send(self.server.plaza.answer(request))

    def _send(self, answer: Answer) -> None:
        match answer.delivery:
            case "drop":
                return
            case "reset":
                self._reset()
                return
        self.send_response(answer.status)
        for name, value in self._headers(answer):
            self.send_header(name, value)
        self.end_headers()
        match answer.delivery:
            case "endless":
                self._pour(answer.body)
            case "drip":
                self._drip(answer.body)
            case _:
                self.wfile.write(answer.body)

    def _headers(self, answer: Answer) -> list[tuple[str, str]]:
        headers = [("Content-Type", answer.kind), ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")]
        if answer.kind == HTML:
            headers.append(("Content-Security-Policy", page.POLICY))
        if answer.delivery != "endless":
            headers.append(("Content-Length", str(len(answer.body))))
        return headers + list(answer.headers.items())

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
        self.rfile.close()  # it shares the socket, which only closes with the last of its users
        self.connection.close()

    def _pour(self, beginning: bytes) -> None:
        self.wfile.write(beginning)
        while not self.server.plaza.closing.is_set():
            self.wfile.write(b"a" * 65_536)

    def _drip(self, body: bytes) -> None:
        gap_s = timedelta(milliseconds=20).total_seconds()
        for i in range(len(body)):
            self.wfile.write(body[i : i + 1])
            if self.server.plaza.closing.wait(gap_s):
                return
