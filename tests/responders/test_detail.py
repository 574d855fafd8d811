"""What we take up of a message: a phrase that is theirs, whole, about the thing, and safe to say again in public."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responders.compose.detail import detail_of, details_of, question_of
from responders.compose.phrases import MOST_LETTERS, MOST_WORDS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@lumino the lamp in my daughter's room flickers, please help", "the lamp in my daughter's room flickers"),
        ("battery dies after lunch", "battery dies after lunch"),
        ("we sat three hours at gate 12 and nobody came", "we sat three hours at gate 12"),
        ("Hello! My order 4471 is still not here. Thanks", "My order 4471 is still not here"),
        ("@lumino still no sign of my parcel", "still no sign of my parcel"),
        ("thank you for the little repair kit in the box", "the little repair kit in the box"),
        ('the box says "ready in five minutes" and it is not', "ready in five minutes"),
        ("WHY WOULD YOU DO THIS TO ME??? the dimmer hums at night", "the dimmer hums at night"),
    ],
)
def test_the_concrete_thing_is_found(text: str, expected: str) -> None:
    detail = detail_of(text, ["lumino"])
    assert detail is not None
    assert detail.text == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "thanks!",
        "@lumino Done.",
        "LOL",
        "love love love",
        "Lumino",
        "https://lumino.example/a/b",
        "#blessed #lamp",
        "🙃🙃",
    ],
)
def test_nothing_is_made_of_nothing(text: str) -> None:
    assert detail_of(text, ["lumino"]) is None


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("my order 20261103 never came to the kitchen door", "20261103"),
        ("call me on +44 20 7946 0958 about the broken lamp", "7946"),
        ("write to me at kim@mail.example about my broken lamp", "mail.example"),
        ("my card 4111 1111 1111 1111 was charged for the lamp", "4111"),
        ("send it to 12 Elm Tree Road instead of the old flat", "Elm Tree"),
        ("booking ref QZKTRW was cancelled at the counter", "QZKTRW"),
        ("my lamp is fucking broken again", "fuck"),
        ("you idiots broke my lamp", "idiots"),
        ("I have cancer and the lamp in my room broke", "cancer"),
        ("my mother died and her lamp is still on", "mother"),
        ("the mayor wants my vote and my lamp hums", "vote"),
        ("the worst shop in town", "worst"),
    ],
)
def test_private_and_hurtful_things_are_never_said_again(text: str, never: str) -> None:
    said = " ".join(detail.text for detail in details_of(text)) + (
        question.text if (question := question_of(text)) else ""
    )
    assert never.casefold() not in said.casefold()


@pytest.mark.parametrize("text", ["I am not happy with the new lamp", "the switch was never easy to reach"])
def test_a_phrase_never_loses_its_not(text: str) -> None:
    for detail in details_of(text):
        assert not detail.text.startswith(("happy", "easy"))


def test_a_place_is_not_cut_from_its_not() -> None:
    assert "at gate 12" not in [detail.text for detail in details_of("the parcel was not at gate 12")]


@pytest.mark.parametrize(
    "text",
    [
        "Been away since Ellen died.",
        "since Tom died the lamp stays on",
        "my boyfriend is dying and the heating is off",
    ],
)
def test_nobody_s_death_is_said_again(text: str) -> None:
    assert details_of(text) == ()


@pytest.mark.parametrize("text", ["my Kindle died on the train", "Battery died after lunch again"])
def test_things_may_die(text: str) -> None:
    assert details_of(text)


def test_what_triage_went_by_is_taken_up_first() -> None:
    text = "the ferry crew handed out hot soup. the front door is broken"
    assert details_of(text)[0].text == "the ferry crew handed out hot soup"
    assert details_of(text, evidence=["broken"])[0].text == "the front door is broken"


def test_a_phrase_with_one_telling_word_has_no_substance() -> None:
    found = {
        one.text: one.substance for one in details_of("It's a lamp. The timer wants a letter from my grandmother.")
    }
    assert found["It's a lamp"] is False
    assert found["The timer wants a letter from my grandmother"] is True


def test_a_verb_is_not_cut_from_its_who() -> None:
    texts = [one.text for one in details_of("who put the switch behind the bed")]
    assert not [text for text in texts if text.startswith("put")]


def test_the_kind_tells_what_sort_of_thing_it_is() -> None:
    kinds = [
        detail_of("we waited three hours on the phone"),
        detail_of("my parcel is stuck at the station"),
        detail_of("order 4471 came without the shade"),
        detail_of("the glass shade arrived cracked"),
    ]
    assert [detail and detail.kind for detail in kinds] == ["time", "place", "number", "thing"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@lumino does the floor lamp work with a 110 V socket?", "does the floor lamp work with a 110 V socket?"),
        ("My lamp hums. How do I reset it to the old colours? Thanks", "How do I reset it to the old colours?"),
        ("it went dark, can I still return the second bulb?", "can I still return the second bulb?"),
        ("Hi there, any tips on getting a refund?", "any tips on getting a refund?"),
        ("are you kidding me with this lamp?", None),
        ("really?", None),
        ("Where is it??", None),
        ("why is your service so pathetic?", None),
        ("so you just left the box in the rain?", None),
        ("no question here", None),
        ("Wo bleibt meine Lampe und wann ist sie endlich wieder da?", None),
    ],
)
def test_the_question_is_the_one_they_asked(text: str, expected: str | None) -> None:
    question = question_of(text)
    assert (question and question.text) == expected
    assert question is None or question.kind == "question"


def test_a_message_in_another_language_is_left_to_a_person() -> None:
    assert detail_of("Die Lampe im Zimmer meiner Tochter ist seit Sonntag kaputt und nicht mehr an") is None
    assert detail_of("娘の部屋のランプが点きません") is None


WORDISH = st.lists(
    st.sampled_from(
        [
            "my",
            "the",
            "lamp",
            ",",
            ".",
            "?",
            "!",
            "not",
            "never",
            "broke",
            "“",
            "”",
            '"',
            "'",
            "12",
            "555",
            "gate",
            "and",
            "of",
            "@kim",
            "#x",
            "é",
            "🙂",
            "\n",
            "",
            "{{7*7}}",
            "at",
            "you",
        ]
    ),
    max_size=40,
).map(" ".join)


@given(st.one_of(st.text(max_size=300), WORDISH))
def test_details_are_verbatim_short_and_whole(text: str) -> None:
    folded = " ".join(text.split())
    for detail in details_of(text):
        assert detail.text in folded
        assert 2 <= len(detail.text.split()) <= MOST_WORDS
        assert len(detail.text) <= MOST_LETTERS
        assert not any(mark in detail.text for mark in '“”"@#\n')
    if question := question_of(text):
        assert question.text in folded


def test_a_long_text_is_read_in_good_time() -> None:
    assert detail_of("the lamp in my kitchen hums. " * 20_000) is not None
