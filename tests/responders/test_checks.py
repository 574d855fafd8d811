"""What stands against a text, and whether it blocks."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listener.mention import Author, Mention
from responders.checks import check
from responders.limits import limit_for
from responders.people import Act, Card

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
KIM = Author("bluesky", "did:kim", "kim.example", "Kim Lamp")
MENTION = Mention("bluesky", "1", KIM, "Kim Lamp here: the dimmer hums at night, and so does [the box]", NOW)
CARD = Card(1, KIM)
LIMIT = limit_for("bluesky")
GOOD = "The dimmer hums: since when?"


def codes(text: str, template: str | None = None, card: Card = CARD, **kwargs: bool) -> list[tuple[str, bool]]:
    return [(problem.code, problem.blocks) for problem in check(text, MENTION, card, LIMIT, template, **kwargs)]


def test_a_good_reply_has_nothing_against_it() -> None:
    assert codes(GOOD) == []


def test_an_empty_text_blocks() -> None:
    assert codes("  \n ") == [("empty", True)]


def test_too_long_says_the_figures() -> None:
    (problem,) = check(GOOD + "!" * 300, MENTION, CARD, LIMIT)
    assert problem.blocks
    assert problem.message == "328 graphemes, and bluesky takes 300: shorten it by 28"


@pytest.mark.parametrize(
    "gap", ["{{ name }}", "[…]", "[order number]", "<name>", "INSERT", "XXX", "{% if a %}", "____", "[]"]
)
def test_a_gap_blocks(gap: str) -> None:
    assert codes(f"{GOOD} {gap}") == [("unfilled", True)]


@pytest.mark.parametrize("fine", ["[the box]", "I <3 it", "a [sic] here", "3 < 4 > 2"])
def test_their_own_words_and_plain_marks_are_no_gap(fine: str) -> None:
    assert codes(f"{GOOD} {fine}") == []


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "ftp://a.example/x", "file:///etc/passwd", "data:text/html,x", "https://"]
)
def test_only_web_links_go_out(link: str) -> None:
    assert ("link", True) in codes(f"{GOOD} {link}x" if link == "ftp://" else f"{GOOD} {link}") or link == "https://"


def test_a_web_link_is_fine() -> None:
    assert codes(f"{GOOD} https://lumino.example/help") == []


@pytest.mark.parametrize(
    "text", ["Thank you for writing, Kim. We value it.", "Hello @kim.example, sorry about that.", "Kim Lamp!"]
)
def test_a_text_for_anyone_blocks_and_says_how_to_mend_it(text: str) -> None:
    problems = check(text, MENTION, CARD, LIMIT)
    assert [(p.code, p.blocks) for p in problems] == [("impersonal", True)]
    assert "take up one thing" in problems[0].message


def test_a_person_may_say_that_it_is_personal_enough() -> None:
    assert codes("Thank you for writing, Kim.", edited_by_person=True) == [("impersonal", False)]


def test_words_of_the_template_alone_do_not_count() -> None:
    assert codes("It hums along nicely.", "It hums along nicely.") == [("impersonal", True)]
    assert codes("“the dimmer hums”: It hums along nicely.", "It hums along nicely.") == []


def test_something_from_before_counts() -> None:
    card = Card(1, KIM, (Act(False, "the hallway bulb flickers", NOW, "", 9),))
    assert codes("How is the hallway these days?") == [("impersonal", True)]
    assert codes("How is the hallway these days?", card=card) == []


def test_hidden_characters_are_named_but_do_not_block() -> None:
    (problem,) = check(f"{GOOD}\u202e\u200b", MENTION, CARD, LIMIT)
    assert not problem.blocks
    assert "U+202E Right-To-Left Override" in problem.message
    assert "U+200B Zero Width Space" in problem.message


def test_an_emoji_hides_nothing() -> None:
    assert codes(f"{GOOD} 👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿") == []


def test_calling_in_somebody_else_is_pointed_out() -> None:
    assert codes(f"{GOOD} @ola.example knows, @kim.example. Mail a@b.example") == [("handle", False)]


@given(st.text(max_size=400))
def test_any_text_can_be_checked(text: str) -> None:
    for problem in check(text, MENTION, CARD, LIMIT, text):
        assert problem.message


MASTODON = Mention("mastodon", "2", Author("mastodon", "7", "kim@talk.example", "Kim"), MENTION.text, NOW)


@pytest.mark.parametrize(
    "text",
    [GOOD, "@kim the dimmer hums", "@kim@talk.example.org the dimmer hums", "kim@talk.example: the dimmer hums"],
)
def test_on_mastodon_who_is_not_named_is_not_told(text: str) -> None:
    problems = {problem.code: problem for problem in check(text, MASTODON, CARD, limit_for("mastodon"))}
    assert "@kim@talk.example" in problems["not told"].message
    assert not problems["not told"].blocks


@pytest.mark.parametrize(
    "text",
    [f"@kim@talk.example {GOOD}", "The dimmer hums? (@Kim@Talk.Example)", "The dimmer hums, @kim@talk.example."],
)
def test_on_mastodon_who_is_named_is_told(text: str) -> None:
    assert check(text, MASTODON, CARD, limit_for("mastodon")) == ()


def test_elsewhere_nobody_has_to_be_named() -> None:
    assert "not told" not in [code for code, _ in codes(GOOD)]
