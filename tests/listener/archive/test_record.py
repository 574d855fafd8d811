"""What is heard is kept together with the place it ended, once."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

from listener.archive.record import Recorder
from listener.mention import Batch, Unreadable
from listener.poll import Poller
from listener.triaged import Triaged
from responders.office import Office
from tests.builders import NOON, Clock, a_mention, an_author
from tests.fakes import FakeSource


def keep(poller: Poller, office: Office, *mentions: object, **batch: object) -> tuple[int, ...]:
    triaged = [poller._sifter.keep(mention) for mention in mentions]  # type: ignore[arg-type]
    return Recorder(office.db).record("plaza", "mentions", triaged, Batch(**batch), office.now())  # type: ignore[arg-type]


def test_a_mention_heard_twice_is_kept_once(office: Office, poller: Poller) -> None:
    assert len(keep(poller, office, a_mention(1), a_mention(2), cursor="a")) == 2
    assert keep(poller, office, a_mention(2), cursor="b") == ()
    assert (office.archive.count(), office.archive.cursor("plaza", "mentions")) == (2, "b")


def test_all_that_was_heard_comes_back_as_it_was(office: Office, poller: Poller) -> None:
    mention = a_mention(
        7, links=("https://example.org/x",), extra={"cid": "bafy"}, lang="en", likes=3, in_reply_to="p1",
        author=an_author(followers=None),
    )  # fmt: skip
    (number,) = keep(poller, office, mention, cursor="a")
    heard = office.archive.get(number)
    assert heard.mention == mention
    assert heard.watches == ("us",)
    assert heard.triage is not None
    assert heard.triage.reasons


def test_a_batch_that_fails_half_way_keeps_nothing_and_moves_nothing(office: Office, poller: Poller) -> None:
    keep(poller, office, a_mention(1), cursor="a")
    office.db.execute("CREATE TRIGGER broken BEFORE INSERT ON quarantine BEGIN SELECT RAISE(ABORT, 'disk'); END")
    with pytest.raises(sqlite3.IntegrityError):
        keep(poller, office, a_mention(2), cursor="b", unreadable=(Unreadable("{}", "no author"),))
    assert (office.archive.count(), office.archive.cursor("plaza", "mentions")) == (1, "a")


def test_what_could_not_be_read_is_kept_raw_once(office: Office, poller: Poller) -> None:
    for _ in range(2):
        keep(poller, office, unreadable=(Unreadable('{"odd": 1}', "KeyError: 'author'"),))
    assert office.archive.quarantined() == 1


def test_a_new_name_and_reach_reach_the_author(office: Office, poller: Poller) -> None:
    (number,) = keep(poller, office, a_mention(1, author=an_author(followers=10)))
    keep(poller, office, a_mention(2, author=an_author(name="Mira K.", followers=11)))
    keep(poller, office, a_mention(3, author=an_author(name="Mira K.", followers=None)))
    author = office.archive.get(number).mention.author
    assert (author.name, author.followers) == ("Mira K.", 11)


def test_intervals_that_touch_are_one_and_a_hole_shows(office: Office, poller: Poller) -> None:
    for start, end in ((0, 10), (8, 20), (40, 50)):
        keep(
            poller, office,
            heard_from=NOON + timedelta(minutes=start), heard_until=NOON + timedelta(minutes=end),
        )  # fmt: skip
    (hole,) = office.archive.holes()
    assert (hole.since, hole.until) == (NOON + timedelta(minutes=20), NOON + timedelta(minutes=40))
    assert not hole.lost


def test_a_hole_that_is_heard_after_all_is_gone(office: Office, poller: Poller) -> None:
    for start, end in ((0, 10), (40, 50), (5, 60)):
        keep(
            poller, office,
            heard_from=NOON + timedelta(minutes=start), heard_until=NOON + timedelta(minutes=end),
        )  # fmt: skip
    assert office.archive.holes() == []


def test_search_finds_words_and_treats_operators_as_words(office: Office, poller: Poller) -> None:
    keep(poller, office, a_mention(1, text="the hinge on my Wren squeaks"), a_mention(2, text="lovely light"))
    assert [one.mention.post_id for one in office.archive.search("hinge squeaks")] == ["p1"]
    for hostile in ('"', "NEAR(", "a OR b", "text:", "*", "-lovely"):
        office.archive.search(hostile)


def test_the_same_person_is_one_author_over_many_mentions(office: Office, poller: Poller) -> None:
    numbers = keep(poller, office, *(a_mention(n) for n in range(1, 5)))
    assert len({office.archive.get(number).person_id for number in numbers}) == 1


def test_a_thread_is_read_in_order_of_time(office: Office, poller: Poller) -> None:
    root = a_mention(2, post_id="root", thread_id=None, posted_at=NOON - timedelta(hours=1))
    numbers = keep(
        poller, office, a_mention(1, thread_id="root", posted_at=NOON), root, a_mention(3, thread_id="other")
    )
    thread = office.archive.thread(office.archive.get(numbers[0]))
    assert [one.mention.post_id for one in thread] == ["root", "p1"]


def test_unheard_leaves_out_what_is_known_and_what_comes_twice(office: Office, poller: Poller) -> None:
    keep(poller, office, a_mention(1))
    fresh = Recorder(office.db).unheard([a_mention(1), a_mention(2), a_mention(2)])
    assert [mention.post_id for mention in fresh] == ["p2"]


def test_an_author_of_two_thousand_mentions_in_one_batch(office: Office, poller: Poller, clock: Clock) -> None:
    one = poller._sifter.keep(a_mention(1))
    many = [Triaged(a_mention(n), one.watches, True, one.triage) for n in range(2000)]
    assert len(Recorder(office.db).record("plaza", "mentions", many, Batch(), clock())) == 2000


def test_an_interval_inside_another_makes_no_hole(office: Office, poller: Poller) -> None:
    for start, end in ((2, 3), (5, 10), (1, 10), (15, 20)):
        keep(
            poller, office,
            heard_from=NOON + timedelta(minutes=start), heard_until=NOON + timedelta(minutes=end),
        )  # fmt: skip
    (hole,) = office.archive.holes()
    assert (hole.since, hole.until) == (NOON + timedelta(minutes=10), NOON + timedelta(minutes=15))


def test_what_a_clock_that_ran_ahead_covered_is_taken_back(office: Office, poller: Poller) -> None:
    for start, end in ((-10, 0), (0, 600), (5, 10), (40, 50)):
        keep(
            poller, office,
            heard_from=NOON + timedelta(minutes=start), heard_until=NOON + timedelta(minutes=end),
        )  # fmt: skip
    (hole,) = office.archive.holes()
    assert (hole.since, hole.until) == (NOON + timedelta(minutes=10), NOON + timedelta(minutes=40))


def test_that_a_post_is_said_to_us_is_learnt_later_and_never_unlearnt(office: Office, poller: Poller) -> None:
    known = a_mention(1, text="Glowly lamps are cheaper than yours", to_us=False)
    poller.poll(FakeSource(**{"search:glowly": [Batch((known,), "one")]}))
    before = office.archive.get(1)
    poller.poll(FakeSource(mentions=[Batch((replace(known, to_us=True),), "two")]))
    poller.poll(FakeSource(**{"search:glowly": [Batch((known,), "three")]}))
    after = office.archive.get(1)
    assert (before.mention.to_us, before.addressed_at) == (False, None)
    assert (after.mention.to_us, after.about_us, after.addressed_at) == (True, True, office.now())
    assert office.archive.addressed(NOON - timedelta(seconds=1)) == [after.mention_id]
    assert office.archive.addressed(NOON) == []
