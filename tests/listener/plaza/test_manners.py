"""How people take an answer: well when it takes up what they said, badly when it could have gone to anyone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from listener.plaza.book import Book
from listener.plaza.cast import BRAND, MEMBERS
from listener.plaza.diary import Diary
from listener.plaza.manners import taken_up
from listener.plaza.world import Post, World

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


@pytest.fixture
def diary() -> Iterator[Diary]:
    diary = Diary(World(Book(":memory:"), clock=lambda: NOW))
    diary.raise_curtain(NOW)
    diary.tick(NOW + timedelta(minutes=6))
    yield diary
    diary.book.close()


def said_by(diary: Diary, handle: str, words: str) -> Post:
    return next(post for post in diary.world.everything() if post.handle == handle and words in post.text)


def answered(diary: Diary, post: Post, reply: str) -> list[Post]:
    """What the plaza says within a minute of our answer."""
    ours = diary.world.post(BRAND, reply, post.post_id)
    diary.notice(ours, NOW)
    assert diary.tick(NOW + timedelta(seconds=1)) == []  # people think first
    reactions = diary.tick(NOW + timedelta(minutes=1))
    assert all(reaction.in_reply_to == ours.post_id for reaction in reactions)
    return reactions


def test_a_reply_that_takes_up_their_words_is_taken_well(diary: Diary) -> None:
    post = said_by(diary, "little_wool", "stitches")
    reactions = answered(diary, post, "Black yarn is the true test of a lamp. Happy knitting!")
    assert [reaction.text for reaction in reactions] == [MEMBERS["little_wool"].good[0]]


def test_a_generic_reply_is_taken_badly_and_a_better_one_mends_it(diary: Diary) -> None:
    post = said_by(diary, "gwen_apraiz", "NINE days")
    generic = "Hi Gwen, thank you for reaching out! We're so sorry to hear about your experience with Harbourlight."
    (bad,) = answered(diary, post, generic)
    assert bad.text == MEMBERS["gwen_apraiz"].bad[0]
    (good,) = answered(
        diary, bad, "It's cracked in two pieces and has been in your hall for nine days. A new shade today."
    )
    assert good.text == MEMBERS["gwen_apraiz"].good[0]


def test_answering_the_same_post_twice_is_not_liked(diary: Diary) -> None:
    post = said_by(diary, "fen_moves", "Leith")
    answered(diary, post, "Leith it is, Fenella. Noon on Thursday.")
    (again,) = answered(diary, post, "Leith it is, Fenella. Noon on Thursday.")
    assert again.text == MEMBERS["fen_moves"].twice[0]
    assert answered(diary, post, "Leith!") == []  # nobody says the same thing twice


def test_after_thanks_the_talk_ends(diary: Diary) -> None:
    (thanks,) = answered(diary, said_by(diary, "tobiask", "half an hour"), "Hold the dial for the half hour timer.")
    assert answered(diary, thanks, "Any time!") == []


@pytest.mark.parametrize("handle", ["dealz4days_", "lumi_crypto_x"])
def test_spammers_never_answer(diary: Diary, handle: str) -> None:
    post = said_by(diary, handle, "http")
    assert answered(diary, post, "Please stop: " + post.text[:200]) == []


def test_strangers_and_other_peoples_replies_move_nobody(diary: Diary) -> None:
    diary.world.add_person("ada")
    post = diary.world.post("ada", "@harbourlight the brass rattles")
    assert answered(diary, post, "Brass rattles when the screw is loose.") == []
    reply = diary.world.post("ada", "black yarn!", said_by(diary, "little_wool", "stitches").post_id)
    diary.notice(reply, NOW)
    assert diary.tick(NOW + timedelta(minutes=2)) == []


def test_a_reaction_to_what_was_taken_down_is_let_be(diary: Diary) -> None:
    ours = diary.world.post(BRAND, "Black yarn!", said_by(diary, "little_wool", "stitches").post_id)
    diary.notice(ours, NOW)
    diary.world.delete(ours.post_id)
    assert diary.tick(NOW + timedelta(minutes=1)) == []


@pytest.mark.parametrize(
    ("said", "reply", "words"),
    [
        ("order HL-20418 came cracked", "We have found HL-20418.", {"20418"}),
        ("we read two pages a night", "One more page!", {"pages"}),
        ("¿enviáis a Valencia?", "Sí, enviamos a Valencia en tres días.", {"valencia"}),
        ("my lamp is great, thank you @harbourlight", "Thank you, great to hear about your lamp!", set()),
        ("the car is loud", "We care a lot.", set()),
        ("doesn’t turn on", "It doesn't?", set()),
    ],
)
def test_what_counts_as_taken_up(said: str, reply: str, words: set[str]) -> None:
    assert taken_up(said, reply) == words
