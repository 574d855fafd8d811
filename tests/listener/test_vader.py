"""The linear scorer beside the vaderSentiment package: the same figures, to the last digit, for any text."""

from __future__ import annotations

import csv
import json
import random
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vaderSentiment.vaderSentiment import BOOSTER_DICT, NEGATE, SPECIAL_CASES, SentimentIntensityAnalyzer

from listener.sentiment import Vader
from listener.sentiment.polarity import Scorer
from tests.pace import took

RAW = SentimentIntensityAnalyzer()
VADER = Vader()
SHARED = Path(__file__).parents[3] / "shared" / "data"
SAMPLE = 1_500

# A "but" makes 2.0 a 1.0 and 1.0 a 1.5, and the package then takes one word's valence for another's.
MIXED_UP = [next(word for word, own in RAW.lexicon.items() if own == valence and word.isalpha()) for valence in
            (1.0, 1.5, 2.0, 3.0, -1.0, -1.5, -2.0, -3.0)]  # fmt: skip
IDIOMS = [
    *SPECIAL_CASES,
    *(phrase for phrase in BOOSTER_DICT if " " in phrase),
    "never so",
    "without doubt",
    "at least",
]
PHRASES = [word for phrase in (*SPECIAL_CASES, *BOOSTER_DICT) for word in phrase.split()]
TURNS = [
    "but",
    "no",
    "or",
    "nor",
    "least",
    "at",
    "very",
    "so",
    "this",
    "never",
    "without",
    "doubt",
    "y'alln't",
    *NEGATE,
]
PLAIN = ["the", "gate", "Σίγμα", "İstanbul", "someone", "42", "x"]
WORDS = st.one_of(
    st.sampled_from(sorted(RAW.lexicon)),
    st.sampled_from([*MIXED_UP, "no", "but"]),
    st.sampled_from(IDIOMS),
    st.sampled_from([*TURNS, *PHRASES]),
    st.sampled_from(PLAIN),
    st.sampled_from(sorted(RAW.emojis)),
)
AS_WRITTEN = st.sampled_from([str, str, str, str.upper, str.title])
AFTER = st.sampled_from([" "] * 8 + ["! ", "? ", "... ", ", ", "", "\n", "  ", ") ", "!!!! ", "??? "])
TEXTS = st.lists(st.tuples(WORDS, AS_WRITTEN, AFTER), max_size=18).map(
    lambda words: "".join(write(word) + after for word, write, after in words)
)

BY_HAND = (
    "", " ", "...", "?", "!!!!!", "\n\t", "\x00", "\ud83d", "e\u0301" * 40, "\u202egood\u202c",
    "The crew was GREAT, but the food was not good at all!!! 😀",
    "no no no bad, never so angry, least kind of happy",
    "good but good but good good GOOD but bad bad", "but but but good", "good good bad bad but", "BUT great",
    "kind of", "kind", "a kind of good soul", "that is kind of sad", "so kind", "KIND OF bad",
    "no", "no good", "no one good", "no x or good", "no x y nor bad", "good no", "no no", "NO GOOD at all",
    "least good", "at least good", "very least good", "the least good", "LEAST good", "x at least good",
    "never so good", "never this good", "x so y good", "without doubt good", "without a doubt good", "never so x good",
    "no x or bad", "no x nor bad", "no x and bad", "x y z bad ass", "x y z bad ass x", "x y z kiss of death",
    "the shit", "it is the shit", "this one is the shit good", "x y z bus stop", "to die for", "it was to die for good",
    "yeah right", "oh yeah right good", "x y bad ass", "x y z badass", "a kiss of death", "x y z just enough good",
    "😀", "😀😀", "good😀good", "😀 😀", "\n😀", "GOOD 😀", "❤️", "👍🏽", "©", "great™",
    ":) :( :D :-P <3 </3 :'( xD", "(:", '"good"', "'good'", "good's", "isn't good", "ISN'T good", "y'alln't good",
    "very VERY good", "VERY good", "very bad", "barely good", "Barely BAD", "ALL CAPS GOOD", "GOOD", "good GOOD",
    "why? good", "why?? good", "why??? good", "why???? good!", "ⓖⓞⓞⓓ good", "𝐆𝐎𝐎𝐃 good",
)  # fmt: skip


def package(text: str, raw: SentimentIntensityAnalyzer = RAW) -> tuple[float, ...]:
    """The package's own figures."""
    scores: Mapping[str, float] = raw.polarity_scores(text)
    return scores["neg"], scores["neu"], scores["pos"], scores["compound"]


@pytest.mark.parametrize("text", BY_HAND)
def test_every_figure_is_the_package_s_own(text: str) -> None:
    assert VADER.polarity(text)[:4] == package(text)


@settings(max_examples=400, derandomize=True, deadline=None)
@given(st.lists(st.sampled_from([*MIXED_UP, "gate"]), max_size=9), st.lists(st.sampled_from(MIXED_UP), max_size=9))
def test_a_but_mixes_valences_up_as_the_package_does(before: list[str], after: list[str]) -> None:
    text = " ".join([*before, "but", *after])
    assert VADER.polarity(text)[:4] == package(text)


@settings(max_examples=1_000, derandomize=True, deadline=None)
@given(TEXTS)
def test_every_figure_is_the_package_s_own_whatever_words_come_together(text: str) -> None:
    assert VADER.polarity(text)[:4] == package(text)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.text(max_size=80))
def test_every_figure_is_the_package_s_own_for_any_characters(text: str) -> None:
    assert VADER.polarity(text)[:4] == package(text)


@settings(max_examples=30, derandomize=True, deadline=None)
@given(st.lists(TEXTS, min_size=8, max_size=12).map(" ".join))
def test_a_long_text_is_no_other(text: str) -> None:
    assert VADER.polarity(text)[:4] == package(text)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(
    TEXTS, st.dictionaries(st.sampled_from(["gate", "sick", "good", "least", "x", "42"]), st.floats(-4, 4), max_size=4)
)
def test_a_brand_s_words_count_as_the_package_would_count_them(text: str, lexicon: dict[str, float]) -> None:
    raw = SentimentIntensityAnalyzer.__new__(SentimentIntensityAnalyzer)
    raw.lexicon, raw.emojis = RAW.lexicon | lexicon, RAW.emojis
    assert Scorer(lexicon).polarity(text + " sick")[:4] == package(text + " sick", raw)


def test_words_are_heard_with_the_valence_they_end_with() -> None:
    heard = VADER.polarity("Great crew, but the coffee was NOT good").heard
    assert [word for word, _ in heard] == ["great", "good"]
    great, good = (valence for _, valence in heard)
    assert great == RAW.lexicon["great"] / 2  # halved before "but"
    assert good < 0  # turned by "not"


def test_ten_times_the_text_is_ten_times_the_words_to_look_at_and_no_more() -> None:
    """Whether it is linear, without a clock: how often the scorer's own lines run is counted."""
    for poison in ("good but ", "x x x :) ", "never so :) ", "😂", "not not not :( ", "but "):
        assert lines_run(poison * 2_000) < 11 * lines_run(poison * 200)


def test_a_megabyte_takes_no_more_than_its_share() -> None:
    """One generous look at the clock: linear it takes well under a second, quadratic it would take an hour."""
    began = time.process_time()
    for poison in ("good but ", "bad not but ", "x y z GOOD ", "n't "):
        VADER.polarity(poison * (1_000_000 // len(poison) // 4))
    assert took(began) < 20


def lines_run(text: str) -> int:
    count = 0

    def count_them(frame: object, event: str, arg: object) -> object:
        nonlocal count
        count += 1
        return count_them

    before = sys.gettrace()
    sys.settrace(count_them)
    try:
        VADER.polarity(text)
    finally:
        sys.settrace(before)
    return count


def shared_texts() -> Iterator[str]:
    for path in sorted(SHARED.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            yield from (row["text"] for row in csv.DictReader(file))


@pytest.mark.optional
@pytest.mark.skipif(not SHARED.is_dir(), reason="the sets that Warmline is measured on are not beside this checkout")
def test_every_figure_is_the_package_s_own_on_what_people_wrote() -> None:
    """A sample, the same each time; `python -m bench.equal FILE.csv …` compares all there is in files."""
    texts = random.Random(4).sample(list(shared_texts()), SAMPLE)
    texts += json.loads((SHARED / "blns.json").read_text(encoding="utf-8"))
    assert [text for text in texts if VADER.polarity(text)[:4] != package(text)] == []
