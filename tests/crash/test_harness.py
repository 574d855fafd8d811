"""The harness itself: it kills where it says, and a platform that it serves takes what a real one would have taken."""

from __future__ import annotations

import http.client
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from responders.draft import fingerprint
from tests.crash.child import Say, start
from tests.crash.exchange import PHASES, Exchange, Phase, Wanted
from tests.servers.scripted import Asked
from tests.servers.scripted import Say as ServerSays

pytestmark = pytest.mark.crash


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    opened = Exchange()
    yield opened
    opened.close()


def nothing(_: Asked) -> ServerSays:
    return ServerSays({}, 404)


@pytest.mark.parametrize(
    ("last", "kept", "where"),
    [(3, 0, "before INSERT"), (4, 0, "after INSERT"), (5, 0, "before COMMIT"), (6, 1, "after COMMIT"), (0, 1, "")],
)
def test_a_process_dies_at_its_nth_statement_and_what_was_committed_stays(
    exchange: Exchange, tmp_path: Path, last: int, kept: int, where: str
) -> None:
    def work(_: Say) -> None:
        db = sqlite3.connect(tmp_path / "one.db")
        db.execute("CREATE TABLE posts (n)")
        db.execute("INSERT INTO posts VALUES (1)")
        db.commit()

    ended = exchange.serve(start(work, "statement", last), nothing)
    assert ended.killed == bool(last)
    assert ended.where.startswith(where)
    with closing(sqlite3.connect(tmp_path / "one.db")) as db:
        assert db.execute("SELECT count(*) FROM posts").fetchall() == [(kept,)]


def test_a_process_dies_at_each_line_of_ours_and_of_nobody_else(exchange: Exchange) -> None:
    def work(say: Say) -> None:
        say(fingerprint("hello"))

    counted = exchange.serve(start(work, "line"), nothing)
    assert counted.steps == 1  # its one line; the harness and the standard library have none
    ended = exchange.serve(start(work, "line", 1), nothing)
    assert ended.killed
    assert ended.where.startswith("responders/draft.py:")
    assert ended.said == (f"died {ended.where}",)


@pytest.mark.parametrize("phase", PHASES)
def test_a_request_is_taken_if_it_had_come_in_whole_before_the_server_lost_it(exchange: Exchange, phase: Phase) -> None:
    taken: list[object] = []

    def take(asked: Asked) -> ServerSays:
        taken.append(asked.body)
        return ServerSays({"post_id": "1"}, 201)

    def work(_: Say) -> None:
        line = http.client.HTTPConnection(exchange.url.removeprefix("http://"), timeout=5)
        line.request("POST", "/posts", b'{"text": "hello"}', {"Content-Type": "application/json"})
        line.getresponse().read()

    ended = exchange.serve(start(work), take, Wanted(1, phase))
    assert ended.killed or phase == "answer written and closed"
    lost = phase.endswith(("then dropped", "not taken"))
    in_part = phase in ("accepted", "headers read")  # it may have died before all of it was sent
    assert taken in ([[]] if lost else [[], [{"text": "hello"}]] if in_part else [[{"text": "hello"}]])


def test_what_breaks_in_a_child_fails_the_trial(exchange: Exchange) -> None:
    def work(_: Say) -> None:
        raise RuntimeError("broken on purpose")

    with pytest.raises(AssertionError, match="broken on purpose"):
        exchange.serve(start(work), nothing)
