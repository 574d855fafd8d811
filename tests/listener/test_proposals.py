"""A word is proposed for the lexicon where several people's texts say so, and clearly."""

from __future__ import annotations

from listener.judgement import Lesson
from listener.sentiment.proposals import propose, words


def a_lesson(number: int, text: str, said: str = "negative", meant: str = "positive", **heard: float) -> Lesson:
    return Lesson(number, 100 + number, text, said, meant, heard)


SICK = [
    a_lesson(1, "This lamp is sick, I love it", sick=-2.3),
    a_lesson(2, "sick light for reading at night", sick=-2.3),
    a_lesson(3, "The new shade is SICK", sick=-2.3),
]
RIGHT = [
    a_lesson(10 + n, f"The lamp number {n} is broken and I want it mended", "negative", "negative") for n in range(10)
]
OTHERS = [f"The lamp is on the table, is it the one for reading number {n}" for n in range(60)]


def test_a_word_that_led_us_astray_is_proposed_with_its_evidence() -> None:
    (one,) = propose([*SICK, *RIGHT], OTHERS)
    assert (one.word, one.side, one.texts, one.people, one.against) == ("sick", "positive", 3, 3, 0)
    assert one.heard == -2.3
    assert one.mentions == (3, 2, 1)
    assert 0.5 <= one.valence <= 2.0
    assert one.line == f"sick\t{one.valence:g}"


def test_what_stands_in_every_text_is_not_proposed() -> None:
    assert not {"the", "lamp", "is", "reading"} & {one.word for one in propose([*SICK, *RIGHT], OTHERS)}


def test_two_texts_or_one_loud_author_are_too_little() -> None:
    assert propose([*SICK[:2], *RIGHT], OTHERS) == ()
    loud = [Lesson(n, 7, "sick", "negative", "positive", {"sick": -2.3}) for n in range(1, 9)]
    assert propose([*loud, *RIGHT], OTHERS) == ()


def test_a_word_that_is_not_in_the_lexicon_is_proposed_towards_what_people_meant() -> None:
    flat = [a_lesson(n, f"the cable frayed again, week {n}", "neutral", "negative") for n in range(1, 6)]
    found = {one.word: one for one in propose([*flat, *RIGHT], OTHERS)}
    assert found["frayed"].valence < 0
    assert found["frayed"].heard is None


def test_a_word_that_weighed_for_nothing_is_proposed_to_weigh_nothing() -> None:
    kind = [a_lesson(n, f"what kind of bulb does model {n} take", "positive", "neutral", kind=2.4) for n in range(1, 7)]
    found = {one.word: one for one in propose([*kind, *RIGHT], OTHERS)}
    assert found["kind"].line == "kind\t0"
    assert "bulb" not in found, "a word without weight made nothing glad"


def test_a_word_that_already_leans_that_way_is_left_alone() -> None:
    good = [a_lesson(n, "good light", "neutral", "positive", good=1.9) for n in range(1, 6)]
    assert "good" not in {one.word for one in propose([*good, *RIGHT], OTHERS)}


def test_what_we_did_not_score_says_nothing_of_our_words() -> None:
    german = [a_lesson(n, "lampe kaputt", "unscored", "negative") for n in range(1, 9)]
    assert propose([*german, *RIGHT], OTHERS) == ()


def test_what_is_known_or_was_dismissed_is_not_proposed() -> None:
    assert propose([*SICK, *RIGHT], OTHERS, without={"sick"}) == ()


def test_a_word_that_confirmed_texts_hold_as_often_is_not_proposed() -> None:
    ill = [a_lesson(20 + n, "I feel sick of waiting", "negative", "negative", sick=-2.3) for n in range(12)]
    assert "sick" not in {one.word for one in propose([*SICK, *ill], OTHERS)}


def test_words_are_words_and_no_links_handles_tags_or_small_ones() -> None:
    assert words("Isn’t @acme's #lamp SICK? https://sick.example/x a") == {"sick"}


def test_what_only_strengthens_other_words_is_not_proposed() -> None:
    hella = [a_lesson(n, f"hella bright, take {n}", "neutral", "positive") for n in range(1, 7)]
    found = {one.word for one in propose([*hella, *RIGHT], OTHERS)}
    assert "bright" in found
    assert "hella" not in found


def test_nothing_is_proposed_from_nothing() -> None:
    assert propose([]) == ()


def test_a_page_of_letters_and_marks_takes_no_time() -> None:
    long = [a_lesson(n, "a" * 1_000_000 + " ’-" * 300_000, sick=-2.0) for n in range(4)]
    assert propose(long) == ()
