"""One POST over a real socket, and what is certain about it afterwards."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from listener.settings import SettingsError
from responders.publisher import Postponed, PublishError, Refused, Revoked, Unknown, nothing_against
from responders.wire import Answer, Wire

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
SECRET = "a-token-nobody-may-read"


def whole_request(line: socket.socket) -> bytes:
    """Everything up to the end of the body: hanging up before that would look like a reset."""
    request = b""
    while b"\r\n\r\n" not in request:
        request += line.recv(65_536)
    head, _, body = request.partition(b"\r\n\r\n")
    missing = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]) - len(body)
    while missing > 0:
        request += (more := line.recv(missing))
        missing -= len(more)
    return request


@contextmanager
def counting(answer: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A server that answers whoever comes with these very bytes; its address and all that arrived."""
    arrived: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))
    closing = threading.Event()

    def serve() -> None:
        while True:
            line, _ = server.accept()
            with line:
                if closing.is_set():
                    return
                arrived.append(whole_request(line))
                line.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}", arrived
    finally:
        closing.set()
        socket.create_connection(server.getsockname()).close()
        thread.join()
        server.close()


@contextmanager
def wired(base_url: str, timeout_s: float = 5.0) -> Iterator[Wire]:
    wire = Wire(base_url, timeout_s, {"Authorization": f"Bearer {SECRET}"})
    try:
        yield wire
    finally:
        wire.close()


def http(status: str, body: bytes = b"", headers: str = "", length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    return f"HTTP/1.1 {status}\r\nContent-Length: {size}\r\n{headers}\r\n".encode() + body


def test_the_body_goes_out_as_it_is_and_the_answer_comes_back() -> None:
    created = http("201 Created", b'{"post_id": "a1"}', "X-Seen: yes\r\n")
    with counting(created) as (base_url, arrived), wired(base_url) as wire:
        status, body, headers = wire.post_json(
            "/posts", {"text": "Grüße 👋"}, nothing_against, {"Idempotency-Key": "k1"}
        )
    assert (status, body, headers["x-seen"]) == (201, {"post_id": "a1"}, "yes")
    (request,) = arrived
    assert request.endswith('{"text": "Grüße 👋"}'.encode())
    assert b"\r\nIdempotency-Key: k1\r\n" in request
    assert b"\r\nContent-Type: application/json\r\n" in request


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 20",
        http("201 Created", b'{"post_id": ', length=500),
        http("201 Created", b"x" * 5_000_001),
        http("201 Created", b"not gzip", "Content-Encoding: gzip\r\n"),
    ],
)
def test_a_broken_answer_is_unknown_after_one_request(answer: bytes) -> None:
    with counting(answer) as (base_url, arrived), wired(base_url) as wire, pytest.raises(Unknown) as caught:
        wire.post_json("/posts", {"text": "hello"}, nothing_against)
    assert len(arrived) == 1
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("status", ["307 Temporary Redirect", "308 Permanent Redirect", "503 Later", "408 Timeout"])
def test_no_status_makes_it_ask_again(status: str) -> None:
    tempting = http(status, headers="Location: /elsewhere\r\nRetry-After: 0\r\n")
    with counting(tempting) as (base_url, arrived), wired(base_url) as wire:
        answer = wire.post_json("/posts", {"text": "hello"}, nothing_against)
        with pytest.raises(Unknown):
            wire.raise_for(answer, NOW)
    assert len(arrived) == 1


def test_no_connection_is_kept() -> None:
    # One that the server has closed meanwhile would swallow the next request, and nobody could tell.
    after: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        line, _ = server.accept()
        with line:
            whole_request(line)
            line.sendall(http("201 Created", b"{}", "Connection: keep-alive\r\n"))
            line.settimeout(5)
            after.append(line.recv(1))  # b"": the other side has hung up

    thread = threading.Thread(target=serve)
    thread.start()
    with wired(f"http://127.0.0.1:{server.getsockname()[1]}") as wire:
        wire.post_json("/posts", {"text": "hello"}, nothing_against)
        thread.join()
    server.close()
    assert after == [b""]


def test_no_answer_in_time_is_unknown() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with wired(address, 0.1) as wire, pytest.raises(Unknown, match="ReadTimeout"):
            wire.post_json("/posts", {"text": "hello"}, nothing_against)


def test_nobody_there_is_postponed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
    with wired(address) as wire, pytest.raises(Postponed, match="could not connect"):
        wire.post_json("/posts", {"text": "hello"}, nothing_against)


def test_half_a_character_is_refused_before_anything_is_sent() -> None:
    with (
        counting(http("201 Created", b"{}")) as (base_url, arrived),
        wired(base_url) as wire,
        pytest.raises(Refused, match="half a character"),
    ):
        wire.post_json("/posts", {"text": "\ud83d"}, nothing_against)
    assert arrived == []


def test_an_address_must_be_one() -> None:
    with pytest.raises(SettingsError, match="base_url"):
        Wire("plaza.example", 5)


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, Refused), (401, Revoked), (403, Refused), (404, Refused), (422, Refused), (429, Postponed)]
    + [(status, Unknown) for status in (200, 201, 202, 204, 302, 408, 409, 425, 499, 500, 502, 503, 504, 599)],
)
def test_what_an_answer_without_a_receipt_means(status: int, error: type[PublishError]) -> None:
    with wired("http://127.0.0.1:1") as wire, pytest.raises(error) as caught:
        wire.raise_for(Answer(status, {"message": f"Not today,\n{SECRET}."}, {"Retry-After": "60"}), NOW)
    assert type(caught.value) is error
    assert "Not today, ***." in str(caught.value)
    if isinstance(caught.value, Postponed):
        assert caught.value.retry_at == NOW + timedelta(seconds=60)


def test_a_path_that_is_a_whole_address_is_refused_before_anything_is_sent() -> None:
    with counting(b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}") as (away, arrived):
        wire = Wire("http://127.0.0.1:9", 1, {"Authorization": f"Bearer {SECRET}"})
        with pytest.raises(Refused, match=r"an address that is not"):
            wire.post_json(f"{away}/comments", {"body": "hello"}, nothing_against)
        wire.close()
        assert arrived == []
