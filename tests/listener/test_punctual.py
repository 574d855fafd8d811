"""The last look before a request, and what becomes of a process that is frozen between looking and writing."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
import trustme

from listener import punctual
from listener.punctual import LAST_LOOK, LOOK_HOLDS_S, Exchange, PunctualTransport, uptime_s
from listener.web import open_client
from responders.writing_session import WritingSession, never_sent
from tests.servers.scripted import Say, Scripted, scripted

# Looks, is stopped before it writes, and says how that ended once it goes on.
FROZEN = """
import os, signal, sys
from listener import punctual
from responders.publisher import Postponed
from responders.wire import Wire
punctual.LOOK_HOLDS_S = 0.05
try:
    Wire(sys.argv[1], 20).post_json("/posts", {"text": "hello"}, lambda: os.kill(os.getpid(), signal.SIGSTOP))
except Postponed as why:
    print("postponed")
"""


class Told(Exception):
    """What a last look has against it."""


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted() as script:
        script.otherwise = Say({"ok": True})
        yield script


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds by which the clock is ahead: what is put in here, this machine has slept."""
    naps: list[float] = []
    clock = punctual.uptime_s
    monkeypatch.setattr(punctual, "uptime_s", lambda: clock() + sum(naps))
    return naps


def by_httpx(server: Scripted, look: Callable[[], None]) -> None:
    with open_client(server.url, 30) as client:
        client.post("/posts", json={"text": "hello"}, extensions={LAST_LOOK: look})


def by_requests(server: Scripted, look: Callable[[], None]) -> None:
    with WritingSession(server.url, 30) as session, session.looking(look):
        session.post(server.url + "/posts", json={"text": "hello"})


WAYS = pytest.mark.parametrize("ask", [by_httpx, by_requests])


@WAYS
def test_it_is_asked_once_on_an_open_line_before_the_first_byte(
    server: Scripted, ask: Callable[[Scripted, Callable[[], None]], None]
) -> None:
    looks: list[tuple[bool, int]] = []
    ask(server, lambda: looks.append((server.silent_lines(1), len(server.asked))))
    assert looks == [(True, 0)]
    assert len(server.asked) == 1


@WAYS
def test_what_it_raises_comes_through_and_nothing_is_written(
    server: Scripted, ask: Callable[[Scripted, Callable[[], None]], None]
) -> None:
    def look() -> None:
        raise Told("not now")

    with pytest.raises(Told, match="not now"):
        ask(server, look)
    assert server.silent_lines(0)
    assert server.asked == []


@WAYS
def test_what_it_saw_holds_for_a_moment_only(
    server: Scripted, slept: list[float], ask: Callable[[Scripted, Callable[[], None]], None]
) -> None:
    ask(server, lambda: slept.append(LOOK_HOLDS_S / 2))
    assert len(server.asked) == 1
    for nap in (LOOK_HOLDS_S, 3600.0):
        with pytest.raises(Exception, match="no time left") as late:
            ask(server, lambda nap=nap: slept.append(nap))  # type: ignore[misc]  # bound now, not later
        assert isinstance(late.value, httpx.ConnectTimeout) or never_sent(late.value)
    assert len(server.asked) == 1


def test_a_look_is_for_one_request(server: Scripted) -> None:
    looks: list[int] = []
    with WritingSession(server.url, 30) as session:
        with session.looking(lambda: looks.append(1)):
            session.post(server.url + "/posts")
            session.post(server.url + "/posts")
        session.post(server.url + "/posts")
        with session.looking(lambda: looks.append(2)):
            pass
        session.post(server.url + "/posts")
    assert looks == [1]


def test_the_word_of_the_look_is_heard_whatever_an_sdk_makes_of_it(server: Scripted) -> None:
    def look() -> None:
        raise Told("not now")

    def wrapping(session: WritingSession) -> None:
        try:
            session.post(server.url + "/posts")
        except Told as why:
            raise RuntimeError("an SDK's own name for it") from why

    def swallowing(session: WritingSession) -> None:
        with suppress(Told):
            session.post(server.url + "/posts")

    def asking(sdk: Callable[[WritingSession], None]) -> None:
        with WritingSession(server.url, 30) as session, session.looking(look):
            sdk(session)

    for sdk in (wrapping, swallowing):
        with pytest.raises(Told):
            asking(sdk)
    assert server.asked == []


def test_a_request_whose_time_is_up_is_not_begun(slept: list[float]) -> None:
    exchange = Exchange()
    exchange.begin(5)
    exchange.may_write(TimeoutError)
    exchange.begin(5)
    slept.append(6)
    with pytest.raises(TimeoutError):
        exchange.may_write(TimeoutError)


def test_the_clock_goes_on_with_this_machines() -> None:
    first, then = uptime_s(), uptime_s()
    assert 0 <= then - first < 5
    if sys.platform == "linux":
        assert abs(uptime_s() - time.clock_gettime(time.CLOCK_BOOTTIME)) < 5


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="no such signal here")
def test_a_process_that_was_stopped_writes_nothing_when_it_goes_on() -> None:
    door = socket.create_server(("127.0.0.1", 0))
    heard: list[bytes] = []

    def listen() -> None:
        line, _ = door.accept()
        with line:
            heard.append(line.recv(9_000))

    listening = threading.Thread(target=listen)
    listening.start()
    address = f"http://127.0.0.1:{door.getsockname()[1]}"
    child = subprocess.Popen([sys.executable, "-c", FROZEN, address], stdout=subprocess.PIPE, text=True)
    try:
        _, status = os.waitpid(child.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        threading.Event().wait(0.1)
        child.send_signal(signal.SIGCONT)
        said, _ = child.communicate(timeout=20)
    finally:
        child.kill()
    listening.join(5)
    door.close()
    assert said == "postponed\n"
    assert heard == [b""]


def test_over_tls_it_is_asked_once_the_line_is_private(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    door = socket.create_server(("127.0.0.1", 0))
    steps: list[str] = []

    def listen() -> None:
        for _ in range(2):
            line, _ = door.accept()
            with context.wrap_socket(line, server_side=True) as inside:
                steps.append("private")
                inside.recv(9_000)
                steps.append("asked")
                inside.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    listening = threading.Thread(target=listen)
    listening.start()
    url = f"https://127.0.0.1:{door.getsockname()[1]}"
    # A server has its handshake behind it a moment after its client has: what counts is that it was not asked yet.
    with WritingSession(url, 5) as session, session.looking(lambda: steps.append("looked")):
        session.verify = str(tmp_path / "ca.pem")
        session.post(url + "/posts")
    trust = ssl.create_default_context(cafile=tmp_path / "ca.pem")
    with httpx.Client(transport=PunctualTransport(5, trust, httpx.Limits())) as client:
        client.post(url + "/posts", extensions={LAST_LOOK: lambda: steps.append("looked")})
    listening.join()
    door.close()
    assert [step for step in steps if step != "private"] == ["looked", "asked", "looked", "asked"]
