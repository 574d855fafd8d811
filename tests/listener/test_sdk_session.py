"""The session that SDKs are given: it reads, at our address, with timeouts that apply, and cannot post."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import requests

from listener.sdk_session import BodyTooLong, SdkSession
from listener.settings import SettingsError
from responders.writing_session import WritingSession, never_sent
from tests.servers.scripted import Fault, Say, Scripted, scripted


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted() as script:
        script.otherwise = Say({"ok": True})
        yield script


@pytest.fixture
def session(server: Scripted) -> Iterator[SdkSession]:
    with SdkSession(server.url + "/base", 0.4, instead_of={"api.example.org"}, logins={"/base/token"}) as opened:
        yield opened


def test_what_the_sdk_sends_to_its_own_host_comes_to_ours(session: SdkSession, server: Scripted) -> None:
    assert session.get("https://api.example.org/2/posts?q=a+b").json() == {"ok": True}
    assert (server.asked[0].path, server.asked[0].one("q")) == ("/base/2/posts", "a b")


def test_nothing_goes_to_a_third_host(session: SdkSession, server: Scripted) -> None:
    with pytest.raises(SettingsError, match=r"elsewhere\.example"):
        session.get("http://elsewhere.example/2/posts")
    assert server.asked == []


@pytest.mark.parametrize("verb", ["POST", "PUT", "PATCH", "DELETE", "post"])
def test_listening_cannot_post(session: SdkSession, server: Scripted, verb: str) -> None:
    with pytest.raises(PermissionError):
        session.request(verb, "https://api.example.org/2/posts", json={"text": "hello"})
    assert server.asked == []


def test_a_token_may_be_asked_for(session: SdkSession, server: Scripted) -> None:
    assert session.post(server.url + "/base/token/", {"grant_type": "x"}).ok
    assert server.asked[0].body == {"grant_type": "x"}


def test_the_timeout_is_ours_whatever_the_sdk_says(session: SdkSession, server: Scripted) -> None:
    server.otherwise = Say(fault="hang")
    with pytest.raises(requests.ReadTimeout):
        session.get("https://api.example.org/2/posts", timeout=300)


@pytest.mark.parametrize("fault", ["drip", "drip in the headers"])
def test_a_drip_ends_with_the_timeout(session: SdkSession, server: Scripted, fault: Fault) -> None:
    server.otherwise = Say(fault=fault)
    began = time.monotonic()
    with pytest.raises(requests.RequestException) as late:
        session.get("https://api.example.org/2/posts")
    assert time.monotonic() - began < 0.8
    assert not never_sent(late.value)


def test_a_kept_connection_gives_each_request_its_own_time() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
    lines: list[socket.socket] = []
    pause = threading.Event()

    def serve() -> None:
        lines.append(door.accept()[0])
        for _ in range(3):
            lines[0].recv(9_000)
            pause.wait(0.25)
            lines[0].sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as door, SdkSession(address := address_of(door), 0.4) as session:
        thread = threading.Thread(target=serve)
        thread.start()
        assert [session.get(address).json() for _ in range(3)] == [{}, {}, {}]
        thread.join()
        lines[0].close()


def address_of(door: socket.socket) -> str:
    return f"http://127.0.0.1:{door.getsockname()[1]}"


def test_a_body_without_end_is_given_up(session: SdkSession, server: Scripted) -> None:
    server.otherwise = Say(b" " * 6_000_000)
    with pytest.raises(BodyTooLong):
        session.get("https://api.example.org/2/posts")


def test_a_redirect_is_not_followed(session: SdkSession, server: Scripted) -> None:
    server.otherwise = Say(b"", 302, {"Location": "http://127.0.0.1:9/"})
    assert session.get("https://api.example.org/2/posts").status_code == 302
    assert len(server.asked) == 1


def test_writing_leaves_no_connection_to_go_stale(server: Scripted) -> None:
    with WritingSession(server.url, 0.4) as session:
        assert session.post(server.url + "/2/posts", json={"text": "hello"}).ok
    assert (server.asked[0].verb, server.asked[0].headers["Connection"]) == ("POST", "close")


def test_only_where_nobody_answered_the_door_is_it_certain_that_nothing_was_posted(server: Scripted) -> None:
    with WritingSession("http://127.0.0.1:1", 0.4) as session, pytest.raises(requests.RequestException) as away:
        session.post("http://127.0.0.1:1/2/posts")
    assert never_sent(away.value)
    for fault in (Say(fault="hang"), Say({"x": "x" * 400}, fault="reset")):
        server.otherwise = fault
        with WritingSession(server.url, 0.4) as session, pytest.raises(requests.RequestException) as lost:
            session.post(server.url + "/2/posts")
        assert not never_sent(lost.value)
