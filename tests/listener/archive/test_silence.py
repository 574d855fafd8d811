"""A stream that is silent for longer than it ever was is flagged; a quiet one is not."""

from __future__ import annotations

from datetime import timedelta

from listener.archive.silence import Unheard, never_heard, silences
from listener.mention import Batch
from listener.poll import Poller
from responders.office import Office
from tests.builders import NOON, Clock, a_mention
from tests.fakes import FakeSource


def hear(poller: Poller, count: int, apart: timedelta, first: int = 0) -> None:
    said = [a_mention(first + n, posted_at=NOON - n * apart) for n in range(count)]
    poller.poll(FakeSource(mentions=[Batch(tuple(said), "here")]), asked=True)


def test_twice_the_longest_pause_is_unusual(office: Office, poller: Poller) -> None:
    hear(poller, 20, timedelta(hours=4))
    assert silences(office.db, NOON + timedelta(hours=7, minutes=59)) == []
    (silence,) = silences(office.db, NOON + timedelta(hours=8, minutes=1))
    assert (silence.platform, silence.stream, silence.since) == ("plaza", "mentions", NOON)
    assert abs(silence.usual - timedelta(hours=4)) < timedelta(seconds=1)


def test_a_lively_stream_may_sleep_for_six_hours(office: Office, poller: Poller) -> None:
    hear(poller, 50, timedelta(minutes=2))
    assert silences(office.db, NOON + timedelta(hours=5, minutes=59)) == []
    assert len(silences(office.db, NOON + timedelta(hours=6, minutes=1))) == 1


def test_where_little_was_ever_heard_nothing_is_usual(office: Office, poller: Poller) -> None:
    hear(poller, 9, timedelta(minutes=1))
    assert silences(office.db, NOON + timedelta(days=20)) == []


def test_an_import_is_no_stream(office: Office, poller: Poller) -> None:
    poller.take_in("import", [a_mention(n, posted_at=NOON - timedelta(minutes=n)) for n in range(30)])
    assert silences(office.db, NOON + timedelta(days=3)) == []


def test_a_silence_is_told_for_as_long_as_it_lasts(office: Office, poller: Poller, clock: Clock) -> None:
    hear(poller, 60, timedelta(hours=6))
    for days in (13, 26, 39):
        clock.now = NOON + timedelta(days=days)
        poller.poll(FakeSource(mentions=[Batch((), "here")]), asked=True)
        (silence,) = silences(office.db, clock())
        assert silence.since == NOON
        assert abs(silence.usual - timedelta(hours=6)) < timedelta(seconds=1)


def test_a_platform_that_never_said_a_word_is_worth_one(office: Office, poller: Poller, clock: Clock) -> None:
    nothing = FakeSource(mentions=[Batch((), "here")], search=[Batch((), "here")])
    poller.poll(nothing)
    clock.forward(days=29)
    poller.poll(nothing)
    assert never_heard(office.db, NOON + timedelta(days=27)) == []
    assert never_heard(office.db, clock()) == [Unheard("plaza", NOON)]
    poller.poll(FakeSource(search=[Batch((a_mention(1),), "here")]))
    assert never_heard(office.db, clock()) == []
