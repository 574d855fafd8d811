"""One GET over a real socket, and the named reason when it gives nothing of use."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from listener.settings import SettingsError
from listener.source import NotFound, RateLimited, Revoked, SourceError, Unavailable
from listener.web import MAX_BODY, Web, read_wait
from tests.servers.scripted import Fault, Say, scripted

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
SECRET = "a-token-nobody-may-read"


@contextmanager
def answering(*raw: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A server that answers each connection in turn with these very bytes; its address and what it was asked."""
    asked: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for answer in raw:
            line, _ = server.accept()
            with line:
                asked.append(line.recv(65_536))  # a GET is one packet
                try:
                    line.sendall(answer)
                except OSError:
                    continue  # the client has had enough

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}", asked
    finally:
        thread.join()
        server.close()


def http(status: str, body: bytes = b"", headers: str = "", length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    return f"HTTP/1.1 {status}\r\nContent-Length: {size}\r\n{headers}\r\n".encode() + body


@contextmanager
def reading(base_url: str, timeout_s: float = 5.0) -> Iterator[Web]:
    web = Web(base_url, timeout_s, {"Authorization": f"Bearer {SECRET}"})
    try:
        yield web
    finally:
        web.close()


def test_json_comes_back_and_what_is_none_is_not_asked() -> None:
    with answering(http("200 OK", b'{"posts": [1]}')) as (base_url, asked), reading(base_url + "/xrpc") as web:
        assert web.get_json("/search", {"q": "a&b c", "page": None}) == {"posts": [1]}
    assert asked[0].startswith(b"GET /xrpc/search?q=a%26b+c HTTP/1.1")
    assert b"Bearer " + SECRET.encode() in asked[0]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (http("200 OK", b"<html>"), Unavailable),
        (http("200 OK", b""), Unavailable),
        (http("200 OK", b"[" * 100_000), Unavailable),
        (http("200 OK", b'{"cut": ', length=100), Unavailable),
        (http("200 OK", b'"' + b"x" * MAX_BODY + b'"'), Unavailable),
        (http("200 OK", b"not gzip", "Content-Encoding: gzip\r\n"), Unavailable),
        (http("302 Found", headers="Location: http://127.0.0.1:1/\r\n"), Unavailable),
        (http("400 Bad Request", b'{"error": "ExpiredToken"}'), Unavailable),
        (http("401 Unauthorized"), Revoked),
        (http("403 Forbidden"), Revoked),
        (http("404 Not Found"), NotFound),
        (http("410 Gone"), NotFound),
        (http("429 Too Many Requests"), RateLimited),
        (http("500 Oops"), Unavailable),
        (http("503 Later", b'{"message": ["not", "text"]}'), Unavailable),
        (b"", Unavailable),
        (b"\x00\x01 what is this\r\n\r\n", Unavailable),
    ],
)
def test_every_bad_answer_has_its_name(answer: bytes, error: type[SourceError]) -> None:
    with answering(answer) as (base_url, _), reading(base_url) as web, pytest.raises(error) as caught:
        web.get_json("/")
    assert type(caught.value) is error
    assert base_url.removeprefix("http://") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_platforms_words_are_told_but_never_our_token() -> None:
    quoting = f'{{"error": "Bad", "message": "you sent\\nBearer {SECRET}"}}'.encode()
    told = r"said 401 Bad: you sent Bearer \*\*\*$"
    with (
        answering(http("401 No", quoting)) as (base_url, _),
        reading(base_url) as web,
        pytest.raises(Revoked, match=told) as caught,
    ):
        web.get_json("/")
    assert SECRET not in repr(caught.value)


def test_nobody_there_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
    with reading(address) as web, pytest.raises(Unavailable, match="did not answer: ConnectError"):
        web.get_json("/")


def test_silence_is_unavailable_in_good_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        began = time.monotonic()
        with reading(address, timeout_s=0.1) as web, pytest.raises(Unavailable, match="ReadTimeout"):
            web.get_json("/")
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("fault", ["drip", "drip in the headers"])
def test_a_drip_ends_with_the_timeout(fault: Fault) -> None:
    with scripted() as server, reading(server.url, timeout_s=0.4) as web:
        server.otherwise = Say(fault=fault)
        for _ in range(2):
            began = time.monotonic()
            with pytest.raises(Unavailable):
                web.get_json("/")
            assert time.monotonic() - began < 0.8
        server.otherwise = Say({"well": "again"})
        assert web.get_json("/") == {"well": "again"}


@pytest.mark.parametrize(
    "base_url", ["ftp://plaza.example", "plaza.example", "", "http://", "http://plaza.example:port", "file:///etc"]
)
def test_an_address_must_be_one(base_url: str) -> None:
    with pytest.raises(SettingsError, match="base_url"):
        Web(base_url, 5)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "90"}, timedelta(seconds=90)),
        ({"retry-after": "Wed, 18 Nov 2026 09:05:00 GMT"}, timedelta(minutes=5)),
        ({"x-ratelimit-reset": str(int(NOW.timestamp()) + 30)}, timedelta(seconds=30)),
        ({"RateLimit-Reset": str(int(NOW.timestamp()) + 40)}, timedelta(seconds=40)),
        ({"X-RateLimit-Reset": "2026-11-18T09:10:00.000Z"}, timedelta(minutes=10)),
        ({"x-ratelimit-reset": "12.5"}, timedelta(seconds=12.5)),
        ({"Retry-After": "2", "x-ratelimit-reset": "600"}, timedelta(seconds=2)),
        ({"Retry-After": "soon", "x-ratelimit-reset": "600"}, timedelta(seconds=600)),
        ({"Retry-After": "-5"}, timedelta(0)),
        ({"Retry-After": "99999999"}, timedelta(days=1)),
        ({"Retry-After": "99999999999999999999"}, None),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": ""}, None),
        ({}, None),
    ],
)
def test_how_long_to_wait(headers: Mapping[str, str], wait: timedelta | None) -> None:
    assert read_wait(headers, NOW) == (None if wait is None else NOW + wait)


def test_a_body_packed_twice_is_not_unpacked() -> None:
    bomb = gzip.compress(gzip.compress(b" " * 1_000_000))
    with scripted() as server:
        server.otherwise = Say(bomb, headers={"Content-Encoding": "gzip, gzip"})
        web = Web(server.url, 2.0)
        with pytest.raises(Unavailable, match="packed more than once"):
            web.get_json("/posts")
        web.close()


@pytest.mark.parametrize(
    "path", ["{away}/x", "{AWAY}/x", "{away}\\@home/x", "https://home.example/x", "{home}@{away}/x"]
)
def test_a_path_that_is_a_whole_address_is_not_followed_with_our_token(path: str) -> None:
    """A path is made of what a post, or an imported file, says of itself; httpx would go wherever it says."""
    with scripted() as home, scripted() as away:
        web = Web(home.url, 1, {"Authorization": f"Bearer {SECRET}"})
        with pytest.raises((Unavailable, NotFound)):
            web.get_json(path.format(away=away.url, AWAY=away.url.replace("http", "HTTP"), home=home.url))
        web.close()
        assert away.asked == []


@pytest.mark.parametrize("path", ["//{away}/x", "/{away}/x", "?{away}", "..//{away}"])
def test_a_path_stays_at_home(path: str) -> None:
    with scripted() as home, scripted() as away:
        web = Web(home.url, 1)
        with pytest.raises(NotFound):
            web.get_json(path.format(away=away.url.removeprefix("http://")))
        web.close()
        assert (len(home.asked), away.asked) == (1, [])
