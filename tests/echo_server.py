"""Servers that throw back at us whatever we said, secrets and all: over HTTP, IMAP and SMTP, on a free port each."""

from __future__ import annotations

import html
import json
import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote_plus

# What an answer may be: its status, and how it says what it was asked. `good` lets logins pass and echoes all else.
MODES = ("401", "403", "400", "404", "429", "500 page", "502 empty", "200 page", "200 junk", "302", "reset", "good")


class Echo:
    """One HTTP server; `mode` is how it answers, `logins` what a login is given, by path."""

    def __init__(self, url: str, logins: Mapping[str, object]) -> None:
        self.url = url
        self.mode = "401"
        self.asked = 0
        self.shown: list[str] = []
        self.logins = logins


@contextmanager
def echoing(logins: Mapping[str, object]) -> Iterator[Echo]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Echoing)
    server.daemon_threads = True
    echo = Echo(f"http://127.0.0.1:{server.server_address[1]}", logins)
    server.echo = echo  # type: ignore[attr-defined]  # the standard library's way to reach it from a request
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield echo
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Echoing(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"

    def do_GET(self) -> None:
        echo: Echo = self.server.echo  # type: ignore[attr-defined]
        echo.asked += 1
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("utf-8", "replace")
        said = f"{self.command} {self.path} {dict(self.headers)} {body} {unquote_plus(self.path + body)}"
        echo.shown.append(said)
        given = echo.logins.get(self.path.partition("?")[0])
        if echo.mode == "good" and given is not None:
            self._say(200, json.dumps(given))
        elif echo.mode == "reset":
            self.connection.close()
        else:
            self._echo(echo.mode, said)

    def do_POST(self) -> None:
        self.do_GET()

    def _echo(self, mode: str, said: str) -> None:
        words: dict[str, Any] = dict.fromkeys(("error", "message", "error_message", "detail", "title", "reason"), said)
        in_json = json.dumps({**words, "errors": [said], "json": {"errors": [["X", said, "x"]]}, "code": 1})
        page = f"<html><pre>Traceback (most recent call last)\n{html.escape(said)}\n{said}</pre></html>"
        match mode.split():
            case ["302"]:
                self._say(302, page, Location=f"http://127.0.0.1:9/?{said.replace(' ', '+')[:1500]}")
            case ["200", "junk"] | ["good"]:
                self._say(200, json.dumps({"feed": said, "errors": said}))
            case [status, "page"]:
                self._say(int(status), page)
            case [status, "empty"]:
                self._say(int(status), "")
            case [status]:
                self._say(int(status), in_json)

    def _say(self, status: int, body: str, **headers: str) -> None:
        content = body.encode()
        self.send_response(status)
        kind = "application/json" if body.startswith("{") else "text/html"
        for name, value in {"Content-Type": kind, "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value.encode("latin-1", "replace").decode("latin-1"))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def echoing_lines(greeting: str, shown: list[str], *, smtp: bool) -> Iterator[int]:
    """An IMAP or SMTP server that refuses every login in our own words; its port. `shown` takes what it was told."""

    class Lines(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(greeting.encode() + b"\r\n")
            while line := self.rfile.readline(10_000):
                shown.append(line.decode("latin-1"))
                self.wfile.write(self._answer(line.rstrip(b"\r\n")))

        def _answer(self, line: bytes) -> bytes:
            tag, _, verb = line.partition(b" ")
            if not smtp:
                if verb.upper().startswith(b"CAPABILITY"):
                    return b"* CAPABILITY IMAP4rev1\r\n" + tag + b" OK done\r\n"
                return tag + b" NO you said " + line + b"\r\n"
            if line.upper().startswith(b"EHLO"):
                return b"250-hello\r\n250 AUTH PLAIN LOGIN\r\n"
            return b"535 5.7.8 you said " + line + b"\r\n"

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Lines)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
