"""One unit of polling: everything about us is kept, failures are named, and none of them spreads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from listener.archive.record import Recorder
from listener.mention import Batch, Mention
from listener.poll import Poller
from listener.source import OutOfCredits, RateLimited, Revoked, Unavailable
from responders.office import Office
from tests.builders import NOON, Clock, a_mention, an_author
from tests.fakes import FakeSource


def test_the_cursor_is_handed_back_and_moves_with_the_mentions(office: Office, poller: Poller) -> None:
    source = FakeSource(mentions=[Batch((a_mention(1),), "one"), Batch((a_mention(1), a_mention(2)), "two")])
    assert [len(polled.new) for polled in poller.poll(source) + poller.poll(source)] == [1, 1]
    assert source.cursors == [("mentions", None), ("mentions", "one")]
    assert office.archive.cursor("plaza", "mentions") == "two"


def test_what_is_about_something_else_is_counted_not_kept(office: Office, poller: Poller) -> None:
    other = a_mention(2, text="my harbourlights collection", to_us=False)
    (polled,) = poller.poll(FakeSource(search=[Batch((a_mention(1), other), "one")]))
    assert (len(polled.new), polled.unmatched, office.archive.count()) == (1, 1, 1)


def test_one_stream_failing_does_not_hold_up_another(office: Office, poller: Poller) -> None:
    source = FakeSource(first=[Unavailable("down")], odd=[ZeroDivisionError()], last=[Batch((a_mention(1),), "one")])
    first, odd, last = poller.poll(source)
    assert (str(first.error), len(last.new)) == ("down", 1)
    assert isinstance(odd.error, Unavailable)
    assert {stream.stream: stream.state for stream in office.archive.streams()} == {
        "first": "unavailable", "odd": "unavailable", "last": "listening",
    }  # fmt: skip


def test_what_breaks_after_the_fetch_stops_its_stream_only_and_moves_no_cursor(
    office: Office, poller: Poller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def record(recorder: Recorder, platform: str, stream: str, *rest: object) -> tuple[int, ...]:
        if stream == "odd":
            raise OverflowError("a number too large for the database")
        return kept(recorder, platform, stream, *rest)  # type: ignore[arg-type]

    kept = Recorder.record
    monkeypatch.setattr(Recorder, "record", record)
    source = FakeSource(odd=[Batch((a_mention(1),), "one")], last=[Batch((a_mention(2),), "one")])
    odd, last = poller.poll(source)
    assert (str(odd.error), len(last.new)) == ("unforeseen OverflowError; the log has the details", 1)
    assert office.archive.cursor("plaza", "odd") is None
    assert {one.stream: one.state for one in office.archive.streams()} == {"odd": "unavailable", "last": "listening"}


def test_a_failed_stream_keeps_its_cursor_and_waits_longer_each_time(
    office: Office, poller: Poller, clock: Clock
) -> None:
    down = Unavailable("down")
    source = FakeSource(mentions=[Batch((), "here"), down, down, Batch((a_mention(1),), "there")])
    poller.poll(source)
    waits = []
    for _ in range(2):
        poller.poll(source)
        stream = office.archive.stream("plaza", "mentions")
        assert stream is not None
        assert stream.next_at is not None
        waits.append(stream.next_at - clock())
        assert poller.poll(source) == []
        clock.now = stream.next_at
    assert waits == [timedelta(seconds=30), timedelta(seconds=60)]
    assert office.archive.cursor("plaza", "mentions") == "here"
    poller.poll(source)
    assert office.archive.streams()[0].failures == 0


@pytest.mark.parametrize(
    ("error", "state", "wait"),
    [
        (RateLimited("slow down", NOON + timedelta(minutes=7)), "waiting", timedelta(minutes=7)),
        (RateLimited("slow down"), "waiting", timedelta(seconds=30)),
        (Revoked("401"), "revoked", timedelta(hours=1)),
    ],
)
def test_the_platforms_word_decides_when_to_ask_again(
    office: Office, poller: Poller, error: Exception, state: str, wait: timedelta
) -> None:
    poller.poll(FakeSource(mentions=[error]))
    (stream,) = office.archive.streams()
    assert (stream.state, stream.next_at) == (state, NOON + wait)
    assert stream.detail == str(error)


def test_a_person_who_asks_need_not_wait(poller: Poller) -> None:
    source = FakeSource(mentions=[RateLimited("slow down"), Batch((a_mention(1),), "one")])
    poller.poll(source)
    assert poller.poll(source) == []
    assert len(poller.poll(source, asked=True)) == 1


def test_a_mention_that_triage_cannot_bear_is_set_aside(
    office: Office, poller: Poller, monkeypatch: pytest.MonkeyPatch
) -> None:
    sift = poller._sifter.sift

    def fragile(mention: Mention) -> object:
        if mention.post_id == "p2":
            raise RecursionError
        return sift(mention)

    monkeypatch.setattr(poller._sifter, "sift", fragile)
    batch = Batch(tuple(a_mention(n) for n in (1, 2, 3)), "one")
    (polled,) = poller.poll(FakeSource(mentions=[batch]))
    assert (len(polled.new), polled.unreadable, polled.unmatched) == (2, 1, 0)
    assert office.archive.quarantined() == 1


class Fragile:
    """Sifting that can't bear one post, until it is mended."""

    def __init__(self, poller: Poller, monkeypatch: pytest.MonkeyPatch) -> None:
        self.broken, self.tries = True, 0
        for name in ("sift", "keep"):
            monkeypatch.setattr(poller._sifter, name, self._brittle(getattr(poller._sifter, name)))

    def _brittle(self, whole: Callable[[Mention], object]) -> Callable[[Mention], object]:
        def sift(mention: Mention) -> object:
            if mention.post_id == "p2":
                self.tries += 1
                if self.broken:
                    raise RecursionError
            return whole(mention)

        return sift


@pytest.fixture
def fragile(poller: Poller, monkeypatch: pytest.MonkeyPatch) -> Fragile:
    return Fragile(poller, monkeypatch)


def test_what_sifting_could_not_bear_is_tried_again_and_kept_as_it_was(
    office: Office, poller: Poller, fragile: Fragile
) -> None:
    said = a_mention(2, links=("https://acme.example/a",), extra={"community": "lamps"})
    source = FakeSource(mentions=[Batch((a_mention(1), said), "one"), Batch((), "two"), Batch((), "three")])
    poller.poll(source)
    assert office.archive.number_of("plaza", "p2") is None
    fragile.broken = False
    (polled,) = poller.poll(source)
    assert len(polled.new) == 1
    assert office.archive.get(polled.new[0]).mention == said
    assert office.archive.quarantined() == 0
    assert poller.poll(source)[0].new == ()


def test_after_three_strikes_it_stays_in_quarantine_until_a_person_triages_anew(
    office: Office, poller: Poller, fragile: Fragile
) -> None:
    batches = [Batch((a_mention(2),), "one"), *(Batch((a_mention(10 + n),), str(n)) for n in range(5))]
    source = FakeSource(mentions=batches)
    new = [poller.poll(source)[0].new for _ in batches]
    assert fragile.tries == 3
    assert [len(one) for one in new] == [0, 1, 1, 1, 1, 1]  # it was never in the others' way
    assert office.archive.quarantined() == 1
    fragile.broken = False
    assert len(poller.try_quarantined()) == 1
    assert office.archive.quarantined() == 0


@pytest.mark.parametrize("gone", [{"gone": ("p2",)}, {"gone_authors": (a_mention(2).author.author_id,)}])
def test_what_was_deleted_while_sifting_could_not_bear_it_never_comes_back(
    office: Office, poller: Poller, fragile: Fragile, gone: dict[str, tuple[str, ...]]
) -> None:
    source = FakeSource(mentions=[Batch((a_mention(2),), "one"), Batch((), "two", **gone), Batch((), "three")])
    poller.poll(source)
    poller.poll(source)
    fragile.broken = False
    assert poller.poll(source)[0].new == ()
    assert office.archive.quarantined() == 0


def test_a_backlog_is_asked_for_alone(poller: Poller) -> None:
    source = FakeSource(long=[Batch((), "1", more=True), Batch((), "2")], short=[Batch((), "1")])
    backlog = [polled.stream for polled in poller.poll(source) if polled.more]
    assert [polled.stream for polled in poller.poll(source, only=backlog)] == ["long"]


def test_what_is_brought_by_hand_is_kept_whether_it_matches_or_not(office: Office, poller: Poller) -> None:
    new = poller.take_in("import x.csv", [a_mention(1, text="nothing about anyone", to_us=False)])
    assert len(new) == 1
    assert office.archive.streams() == []


def test_credits_used_up_stop_the_whole_source_until_someone_asks(office: Office, poller: Poller) -> None:
    source = FakeSource(mentions=[OutOfCredits("402"), Batch((a_mention(1),), "one")], search=[Batch((), "two")])
    (first, *_) = poller.poll(source, only=["mentions"])
    assert isinstance(first.error, OutOfCredits)
    assert poller.poll(source) == []
    assert {stream.stream: stream.state for stream in office.archive.streams()} == {
        "mentions": "revoked", "search": "revoked",
    }  # fmt: skip
    assert [polled.error for polled in poller.poll(source, asked=True)] == [None, None]


def test_what_a_stream_says_was_deleted_is_forgotten_with_the_cursor(office: Office, poller: Poller) -> None:
    theirs = a_mention(3, author=an_author("sol"))
    heard = Batch((a_mention(1), a_mention(2), theirs), "one")
    poller.poll(FakeSource(posts=[heard]))
    poller.poll(FakeSource(posts=[Batch((), "two", gone=("p1", "p99"), gone_authors=("sol",))]))
    kept = {one.mention.post_id: one.mention.text for one in office.archive.after(0, 10)}
    assert kept["p1"] == kept["p3"] == ""
    assert kept["p2"] == a_mention(2).text
    assert office.archive.cursor("plaza", "posts") == "two"


def test_a_mention_of_another_platform_says_by_which_source_it_came(office: Office, poller: Poller) -> None:
    poller.poll(FakeSource(mail=[Batch((a_mention(1, platform="reddit"), a_mention(2)), "one")]))
    assert [one.stream for one in office.archive.after(0, 10)] == ["plaza/mail", "mail"]


def test_when_a_stream_was_first_heard_is_kept(office: Office, poller: Poller, clock: Clock) -> None:
    source = FakeSource(mentions=[Unavailable("down"), Batch((), "one"), Batch((), "two")])
    poller.poll(source)
    began = clock.forward(minutes=5)
    poller.poll(source)
    clock.forward(minutes=5)
    poller.poll(source)
    assert office.archive.streams()[0].connected_at == began


def test_what_a_named_hashtag_brings_is_kept_whatever_the_watches_say(office: Office, poller: Poller) -> None:
    tagged = a_mention(1, text="#KettleGate again", to_us=False, extra={"asked_for": "#KettleGate"})
    (polled,) = poller.poll(FakeSource(tag=[Batch((tagged,), "one")]))
    assert len(polled.new) == 1


def test_a_long_batch_lets_others_write_in_between_and_moves_the_cursor_last(
    office: Office, poller: Poller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("listener.poll.PIECE", 2)
    held = record_statements(office, "BEGIN IMMEDIATE", "COMMIT", "INSERT INTO cursors")
    (polled,) = poller.poll(FakeSource(mentions=[Batch(tuple(map(a_mention, range(1, 6))), "all")]))
    assert len(polled.new) == office.archive.count() == 5
    assert held == ["BEGIN IMMEDIATE", "INSERT INTO cursors", "COMMIT"] * 3
    assert office.archive.cursor("plaza", "mentions") == "all"


def test_a_long_batch_that_breaks_off_is_heard_again_without_doubles(
    office: Office, poller: Poller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("listener.poll.PIECE", 2)
    source = FakeSource(mentions=[Batch(tuple(map(a_mention, range(1, 6))), "all")])
    with monkeypatch.context() as broken:
        broken.setattr(Recorder, "record", raising(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            poller.poll(source)
    assert (office.archive.count(), office.archive.cursor("plaza", "mentions")) == (4, None)
    # Drafting may look at them by now: what was said long before we listened there is told by when that began.
    assert office.archive.connected_at(office.archive.get(1)) == NOON
    assert len(poller.poll(source)[0].new) == 1
    assert (office.archive.count(), office.archive.cursor("plaza", "mentions")) == (5, "all")


def record_statements(office: Office, *beginnings: str) -> list[str]:
    """The statements that begin so, in the order in which they are carried out from here on."""
    seen: list[str] = []

    def look(statement: str) -> None:
        seen.extend(one for one in beginnings if statement.lstrip().startswith(one))

    office.db.conn.set_trace_callback(look)
    return seen


def raising(why: BaseException) -> Callable[..., object]:
    def raise_it(*_: object) -> object:
        raise why

    return raise_it
