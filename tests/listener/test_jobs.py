"""What a listening job does at a time: one stream, so that a stop, the others and what can wait get their turn."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from listener.jobs import _Listening
from listener.mention import Batch
from listener.poll import PIECE
from listener.sentiment import Vader
from listener.sift import Sifter
from listener.watch import Watch
from responders.office import Office
from tests.builders import Clock, a_mention
from tests.fakes import FakeSource

LONG = Batch(tuple(a_mention(number) for number in range(2 * PIECE + 1)), "all of it")
ONE = Batch((a_mention(1),), "one")

Listening = Callable[[FakeSource], _Listening]


@pytest.fixture
def listening(office: Office, vader: Vader, clock: Clock) -> Listening:
    (file,) = (Path(row[2]) for row in office.db.execute("PRAGMA database_list").fetchall() if row[1] == "main")
    sifter = Sifter([Watch("us", "brand", ("Harbourlight",), ("harbourlight",), ())], vader)
    return lambda source: _Listening(file, source, 60, sifter, clock)


def test_what_is_long_is_taken_in_in_a_unit_of_its_own(office: Office, listening: Listening) -> None:
    source = FakeSource(mentions=[LONG])
    job = listening(source)
    assert job.run() is True, "what can wait gives way from now on"
    assert office.archive.count() == 0
    assert job.run() is False
    assert (office.archive.count(), office.archive.cursor("plaza", "mentions")) == (2 * PIECE + 1, "all of it")
    assert len(source.cursors) == 1, "it is fetched once"


def test_what_a_stop_leaves_fetched_is_fetched_again(office: Office, listening: Listening) -> None:
    source = FakeSource(mentions=[LONG])
    listening(source).run()
    after = listening(source)
    after.run()
    after.run()
    assert source.cursors == [("mentions", None), ("mentions", None)]
    assert office.archive.count() == 2 * PIECE + 1


def test_a_backlog_lets_the_other_streams_keep_their_beat(listening: Listening, clock: Clock) -> None:
    source = FakeSource(long=[Batch((), "on and on", more=True)], short=[ONE])
    job = listening(source)
    for _ in range(5):
        assert job.run() is True
    clock.forward(seconds=61)
    for _ in range(2):
        job.run()
    assert [stream for stream, _ in source.cursors] == ["long", "short", "long", "long", "long", "long", "short"]
