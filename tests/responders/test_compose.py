"""Which reply a person is shown, and that it is about them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listener.mention import Author, Mention
from listener.triage import Lane, Priority, Triage
from responders.checks import check
from responders.compose import Brand, Composed, compose
from responders.compose.known import first_name, in_words
from responders.compose.templates import LANES, Replies
from responders.limits import Limit, limit_for
from responders.people import Act, Card
from responders.shipped import shipped

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
BRAND = Brand("Lumino")
REPLIES = Replies.load([shipped("templates", "replies")])
LIMIT = limit_for("bluesky")


def mention(text: str, name: str = "Priya Nair", post_id: str = "p1", **kwargs: object) -> Mention:
    author = Author("bluesky", "did:a", "someone.example", name)
    return replace(Mention("bluesky", post_id, author, text, NOW, to_us=True), **kwargs)  # type: ignore[arg-type]  # fields


def triage(
    lane: Lane, sentiment: str = "neutral", priority: Priority = "normal", reasons: tuple[str, ...] = ()
) -> Triage:
    return Triage(sentiment, 0.0, lane, priority, reasons, (), "test")  # type: ignore[arg-type]  # a literal


def reply_to(
    heard: Mention, how: Triage, *acts: Act, brand: Brand = BRAND, used: tuple[str, ...] = (), limit: Limit = LIMIT
) -> Composed | None:
    return compose(heard, how, Card(1, heard.author, acts), brand, limit, REPLIES, now=NOW, used=used)


def told(text: str, days: int, lane: str = "complaint", number: int = 7) -> Act:
    return Act(False, text, NOW - timedelta(days=days), "", number, lane)


FLICKER = "the lamp in my hallway flickers, still, after the update"


def test_a_reply_takes_up_what_they_said_and_says_so() -> None:
    composed = reply_to(mention("the shade arrived cracked"), triage("complaint", "negative"))
    assert composed is not None
    assert composed.template.startswith("complaint/")
    assert composed.evidence == ("the shade arrived cracked",)
    assert "“the shade arrived cracked”" in composed.text


def test_a_question_is_taken_up_as_asked() -> None:
    composed = reply_to(mention("does the lamp work with 110 V?"), triage("question"))
    assert composed is not None
    assert "“does the lamp work with 110 V?”" in composed.text


def test_who_comes_back_with_the_same_is_remembered() -> None:
    before = told("my new lamp flickers in the hallway", 240)
    composed = reply_to(mention(FLICKER), triage("complaint", "negative"), before)
    assert composed is not None
    assert composed.template == "complaint/here-again"
    assert composed.text.startswith("In March you told us “my new lamp flickers in the hallway”, and here it is again:")
    assert "What we answered then" not in composed.text
    ours = Act(True, "Which bulb is in it?", NOW - timedelta(days=239), "", 7)
    answered = reply_to(mention(FLICKER), triage("complaint", "negative"), before, ours)
    assert answered is not None
    assert "What we answered then clearly wasn't enough." in answered.text


def test_another_matter_is_not_called_the_same() -> None:
    composed = reply_to(
        mention(FLICKER), triage("complaint", "negative"), told("the courier left my parcel in the rain", 40)
    )
    assert composed is not None
    assert "here it is again" not in composed.text


def test_what_was_said_an_hour_or_years_ago_is_not_brought_up() -> None:
    for act in (told("my new lamp flickers in the hallway", 0), told("my new lamp flickers in the hallway", 700)):
        composed = reply_to(mention(FLICKER), triage("complaint", "negative"), act)
        assert composed is not None
        assert "my new lamp" not in composed.text


def test_praise_after_trouble_remembers_the_trouble() -> None:
    composed = reply_to(
        mention("the new dimmer is wonderful in the kitchen"), triage("praise", "positive"), told("the dimmer hums", 60)
    )
    assert composed is not None
    assert composed.template == "praise/after-trouble"


def test_the_same_trouble_is_not_chat() -> None:
    composed = reply_to(mention(FLICKER), triage("chat"), told("my new lamp flickers in the hallway", 240, "help"))
    assert composed is not None
    assert composed.template == "help/back-again"


@pytest.mark.parametrize(
    ("text", "template"),
    [
        ("there is smoke coming out of my bedside lamp", "help/urgent-safety"),
        ("stranded at the airport since your courier kept my key", "help/urgent-stranded"),
        ("my account was hacked and someone ordered six lamps", "help/urgent-fraud"),
    ],
)
def test_what_cannot_wait_has_its_own_words(text: str, template: str) -> None:
    composed = reply_to(mention(text), triage("complaint", "negative", "urgent"))
    assert composed is not None
    assert composed.template == template


def test_a_matter_for_lawyers_gets_no_draft() -> None:
    assert (
        reply_to(mention("my lawyer will write about the broken lamp"), triage("complaint", "negative", "urgent"))
        is None
    )


def test_sarcasm_is_not_thanked() -> None:
    how = triage("praise", "positive", reasons=("positive words beside a failure: may be sarcasm",))
    composed = reply_to(mention("Great, the hallway lamp is broken again. Love the dark."), how)
    assert composed is not None
    assert composed.template.startswith("complaint/")


def test_praise_with_a_trouble_in_it_is_asked_about() -> None:
    composed = reply_to(mention("love how the hallway lamp never works at night"), triage("praise", "positive"))
    assert composed is not None
    assert composed.template == "praise/which-is-it"


def test_a_glad_word_beside_a_trouble_is_not_answered_cheerfully() -> None:
    how = triage("chat", "positive")
    drafts = [reply_to(mention("love the dark hallway, the lamp is broken", post_id=f"p{n}"), how) for n in range(20)]
    assert not {"chat/how-so", "chat/made-us-smile"} & {draft.template for draft in drafts if draft}


@pytest.mark.parametrize("lane", LANES)
def test_twenty_alike_do_not_get_one_wording(lane: Lane) -> None:
    glad = lane in ("praise", "chat")
    text = "thanks, the lamp in my kitchen is lovely" if glad else "is the lamp in my kitchen broken?"
    how = triage(lane, "positive" if glad else "neutral")
    templates = {reply.template for n in range(20) if (reply := reply_to(mention(text, post_id=f"p{n}"), how))}
    assert len(templates) >= 2


def test_the_same_post_gets_the_same_draft() -> None:
    assert len({reply_to(mention(FLICKER), triage("help")) for _ in range(5)}) == 1


def test_a_wording_is_not_repeated_while_another_fits() -> None:
    used: tuple[str, ...] = ()
    for _ in range(3):
        composed = reply_to(mention(FLICKER), triage("help"), used=used)
        assert composed is not None
        assert composed.template not in used
        used = (composed.template, *used)


def test_when_all_were_used_the_one_longest_ago_comes_back() -> None:
    fitting: tuple[str, ...] = ()
    while (composed := reply_to(mention(FLICKER), triage("help"), used=fitting)) and composed.template not in fitting:
        fitting = (composed.template, *fitting)
    assert composed is not None
    assert composed.template == fitting[-1]


@pytest.mark.parametrize(
    "text", ["thanks!", "Done.", "Wo bleibt meine Lampe und wann kommt sie denn endlich wieder zu mir?"]
)
def test_nothing_honest_to_say_gives_no_draft(text: str) -> None:
    assert reply_to(mention(text), triage("chat")) is None


def test_a_talk_among_others_is_not_joined() -> None:
    heard = mention("the cat sat in the box all day", to_us=False, in_reply_to="p0")
    assert reply_to(heard, triage("chat")) is None
    assert reply_to(replace(heard, text="the cat sat in the Lumino box all day"), triage("chat")) is not None


def test_a_short_room_takes_a_shorter_detail_or_another_template() -> None:
    text = "the big green lamp in the hallway of my old school buzzes. my kettle leaks"
    composed = reply_to(mention(text), triage("complaint", "negative"), limit=Limit("tiny", 75))
    assert composed is not None
    assert len(composed.text) <= 75
    assert reply_to(mention(text), triage("complaint", "negative"), limit=Limit("none", 10)) is None


def test_the_signature_stands_only_where_there_is_one() -> None:
    signed = reply_to(mention(FLICKER), triage("help"), brand=Brand("Lumino", "Mara at Lumino"))
    plain = reply_to(mention(FLICKER), triage("help"))
    assert signed is not None
    assert plain is not None
    assert signed.text == f"{plain.text}\nMara at Lumino"


@pytest.mark.parametrize("said", ["{{7*7}}", "{% raw %}", "{{ person.first_name }}", "{# gone #}"])
@pytest.mark.parametrize("lane", LANES)
def test_what_looks_like_a_template_is_only_text(said: str, lane: Lane) -> None:
    composed = reply_to(mention(f"{said} {FLICKER}", name=said), triage(lane))
    assert composed is not None
    assert "hallway flickers" in composed.text
    assert not {"49", said} & set(composed.text.split())


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Priya Nair", "Priya"), ("Priya 🌻 (she/her)", "Priya"), ("Jean-Luc", "Jean-Luc"), ("Zoë | Lisbon", "Zoë"),
        ("Éva", "Éva"), ("McKenna Ray", "McKenna"),
        ("xX_dragon_Xx", ""), ("ACME Deals", ""), ("Lumino Fan", ""), ("someone.example", ""), ("", ""),
        ("The Real Kim", ""),
        ("Dr. Weber", ""), ("J. Smith", ""), ("ANNA", ""), ("Bargain Deals", ""), ("Kim2000", ""), ("just vibes", ""),
        ("Coffee Lover", ""), ("Priya\u202e", ""), ("Priya wrote this long ago today", ""),
    ],
)  # fmt: skip
def test_people_are_called_by_name_only_where_it_is_one(name: str, called: str) -> None:
    assert first_name(Author("bluesky", "a", "someone.example", name), BRAND) == called


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "earlier today"),
        (1, "yesterday"),
        (3, "on Friday"),
        (9, "about a week ago"),
        (16, "earlier this month"),
        (30, "in October"),
        (350, "in December 2025"),
    ],
)
def test_dates_are_said_as_one_would(days: int, words: str) -> None:
    assert in_words(NOW - timedelta(days=days), NOW) == words


WORDS = ["my", "lamp", "broke", "{{7*7}}", "?", ".", "again", "5", "hours", "at", "the", "shop", "🙂", "@x"]


@given(
    text=st.one_of(st.text(max_size=400), st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join)),
    name=st.text(max_size=40),
    lane=st.sampled_from(LANES),
    sentiment=st.sampled_from(["positive", "neutral", "negative", "unscored"]),
    priority=st.sampled_from(["normal", "urgent"]),
    before=st.text(max_size=200),
    platform=st.sampled_from(["bluesky", "x", "mastodon", "plaza"]),
)
def test_any_mention_gets_a_fitting_reply_or_none(
    text: str, name: str, lane: Lane, sentiment: str, priority: Priority, before: str, platform: str
) -> None:
    heard = mention(text, name)
    limit = limit_for(platform)
    act = told(before, 40)
    composed = reply_to(heard, triage(lane, sentiment, priority), act, limit=limit)
    if composed is None:
        return
    assert limit.length(composed.text) <= limit.most
    assert composed.evidence
    for words in composed.evidence:
        assert words in " ".join(text.split()) or words in " ".join(before.split())
        assert words in composed.text
    problems = check(composed.text, heard, Card(1, heard.author, (act,)), limit)
    assert not [problem for problem in problems if problem.blocks and problem.code != "impersonal"]
