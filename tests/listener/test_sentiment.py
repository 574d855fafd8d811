from __future__ import annotations

import subprocess
import sys

import pytest
from vaderSentiment.vaderSentiment import BOOSTER_DICT, NEGATE, SentimentIntensityAnalyzer

from listener.sentiment import SOMEONE, UNSCORED, Vader, head_and_tail, mask
from listener.sentiment.length import WORDS_MOST

VADER = Vader()
RAW = SentimentIntensityAnalyzer()


@pytest.mark.parametrize(
    ("text", "sentiment"),
    [
        ("What a lovely surprise", "positive"),
        ("This is a horrible mess", "negative"),
        ("The shop opens at nine", "neutral"),
        ("", "neutral"),
        ("👍😀", "positive"),
    ],
)
def test_sentiment(text: str, sentiment: str) -> None:
    assert VADER.score(text).sentiment == sentiment


def test_words_are_those_that_made_it_so_after_negation_strongest_first() -> None:
    words = VADER.score("The crew was great, but the coffee was not good").words
    assert [word for word, _ in words] == ["good", "great"]  # "but" halves what stands before it
    assert words[0][1] < 0 < words[1][1]


def test_at_most_six_words_are_shown() -> None:
    assert len(VADER.score("good great nice happy lovely superb brilliant fantastic").words) == 6


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Der Zug ist schon wieder nicht gekommen", None),
        ("El pedido no llegó y nadie me contesta en la tienda", None),
        ("Je ne suis pas contente avec ce service", None),
        ("Non è possibile, il pacco non è arrivato", None),
        ("O meu pedido não chegou e vocês não respondem", None),
        ("荷物がまだ届きません", None),
        ("посылка не пришла", None),
        ("great", "de"),
        ("素晴らしいお店でした great", "en"),
    ],
)
def test_what_it_cannot_read_is_not_scored(text: str, lang: str | None) -> None:
    assert VADER.score(text, lang) == UNSCORED


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("great", None),
        ("great", "en-GB"),
        ("great", "und"),
        ("great café", "qme"),
        ("Los Angeles was great, as was Las Vegas", None),
        ("die hard fans are great", None),
        ("great 😀 ✨ ❤️", None),
    ],
)
def test_english_is_scored(text: str, lang: str | None) -> None:
    assert VADER.score(text, lang) != UNSCORED


def test_brand_and_handles_are_hidden_and_the_rest_stays() -> None:
    text = "United's late. @joyful and @glad.example say UNITED"
    assert mask(text, [(0, 6), (45, 51)]) == f"{SOMEONE}'s late. {SOMEONE} and {SOMEONE} say {SOMEONE.upper()}"
    assert mask("@acme.Then mail me@home.example", []) == f"{SOMEONE}.Then mail me@home.example"
    assert RAW.polarity_scores("united")["compound"] > 0
    assert VADER.score(mask("united", [(0, 6)])).compound == 0


@pytest.mark.parametrize(
    "text",
    [
        "order 143",
        "flight 182 at gate D8",
        "invoice #1432",
        "seat 8D",
        "ref 187, line 86",
        "on the N1 at 0:03",
        "(aged 8)",
    ],
)
def test_numbers_and_codes_are_no_words(text: str) -> None:
    scored = VADER.score(mask(text, []))
    assert (scored.sentiment, scored.compound, scored.words) == ("neutral", 0.0, ())


@pytest.mark.parametrize("text", ["gr8 shop", "my cat :3", "<3", "w00t", "8-D", "0:)"])
def test_words_and_faces_that_hold_a_digit_keep_their_score(text: str) -> None:
    assert VADER.score(mask(text, [])).compound == RAW.polarity_scores(text)["compound"] != 0


@pytest.mark.parametrize(
    "text", ["merci beaucoup, livraison parfaite", "muchas gracias", "Vielen Dank!", "grazie mille"]
)
def test_thanks_alone_tell_their_language(text: str) -> None:
    assert VADER.score(text) == UNSCORED
    assert VADER.score(f"{text} for the great stay, we will be back") != UNSCORED


def test_the_stand_in_means_nothing_to_vader() -> None:
    assert SOMEONE not in RAW.lexicon
    assert SOMEONE not in BOOSTER_DICT
    assert SOMEONE not in NEGATE


def test_so_much_of_a_long_text_is_searched_for_phrases() -> None:
    assert len(head_and_tail("x :) " * 2000).split()) <= WORDS_MOST


def test_a_long_text_is_judged_by_all_of_it() -> None:
    middle = "word " * (2 * WORDS_MOST)
    assert VADER.score(f"{middle} horrible {middle}").sentiment == "negative"


def test_the_more_negative_a_text_the_likelier_its_author_is_unhappy() -> None:
    texts = ("horrible, awful service", "a bit slow", "the shop opens at nine", "nice", "wonderful, thank you!")
    likely = [VADER.score(text, "en").negative for text in texts]
    assert likely == sorted(likely, key=lambda p: -(p or 0))
    assert all(p is not None and 0 < p < 1 for p in likely)
    assert (likely[0] or 0) > 0.7
    assert (likely[-1] or 1) < 0.1
    assert VADER.score("nada", "es").negative is None


@pytest.mark.parametrize(
    ("text", "unsure"),
    [
        ("great crew, but the food was awful and the seat horrible, lovely view though", True),
        ("well ok", False),
        ("the shop opens at nine", False),
        ("", False),
        ("an awful, horrible day", False),
        ("somewhat unclear", True),
    ],
)
def test_a_person_should_look_where_it_may_be_either(text: str, unsure: bool) -> None:
    assert VADER.score(text, "en").unsure == unsure


def test_importing_reads_no_lexicon() -> None:
    code = "import sys, listener.sentiment; print('vaderSentiment' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
