"""Which reply a person is shown, and that it is about them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listener.mention import Author, Mention
from listener.sentiment import Vader
from listener.triage import Lane, Priority, Triage, Triager
from listener.watch import Matcher, Watch
from responders.checks import check
from responders.compose import Brand, Composed, compose
from responders.compose.history import history_of, in_words, promise_of
from responders.compose.known import first_name
from responders.compose.templates import LANES, Replies
from responders.limits import Limit, limit_for
from responders.people import Act, Card
from responders.shipped import shipped

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
BRAND = Brand("Lumino")
REPLIES = Replies.load([shipped("templates", "replies")])
LIMIT = limit_for("bluesky")
VADER = Vader()


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


def told(text: str, days: float, lane: str = "complaint", number: int = 7) -> Act:
    return Act(False, text, NOW - timedelta(days=days), "", number, lane)


FLICKER = "the lamp in my hallway flickers, still, after the update"


def test_a_reply_takes_up_what_they_said_and_says_so() -> None:
    composed = reply_to(mention("the shade arrived cracked"), triage("complaint", "negative"))
    assert composed is not None
    assert composed.template.startswith("complaint/")
    assert composed.evidence == ("the shade arrived cracked",)
    assert "“the shade arrived cracked”" in composed.text


def test_a_template_that_fails_is_passed_over_for_the_next(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    lane = tmp_path / "complaint"
    lane.mkdir()
    for name in ("one", "two", "three"):
        (lane / f"{name}.txt").write_text("---\nSorry about {{ mention.detail | capital(3) }}.")
    (lane / "sound.txt").write_text("max: 50\n---\nSorry about {{ mention.detail | quoted }}.")
    replies = Replies.load([tmp_path])
    drafts = [
        compose(
            (heard := mention("the glass shade arrived cracked in its box, the box dented too", post_id=str(n))),
            triage("complaint", "negative"), Card(1, heard.author), BRAND, LIMIT, replies, now=NOW,
            used=("complaint/sound",),  # it would come last
        )
        for n in range(3)
    ]  # fmt: skip
    assert {draft.template for draft in drafts if draft} == {"complaint/sound"}
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 3  # once for each, however many mentions meet it
    assert f"{lane / 'two.txt'}: TypeError: capital() takes 1 positional argument" in "\n".join(told)


def test_a_question_is_taken_up_as_asked() -> None:
    composed = reply_to(mention("does the lamp work with 110 V?"), triage("question"))
    assert composed is not None
    assert "“does the lamp work with 110 V?”" in composed.text


def test_who_comes_back_with_the_same_is_remembered() -> None:
    before = told("my new lamp flickers in the hallway", 240)
    composed = reply_to(mention(FLICKER), triage("complaint", "negative"), before)
    assert composed is not None
    assert composed.template == "complaint/no-answer"
    assert composed.text.startswith(
        "In March you wrote to us “my new lamp flickers in the hallway”, and I find no answer"
    )
    ours = Act(True, "Which bulb is in it?", NOW - timedelta(days=239), "", 7)
    answered = reply_to(mention(FLICKER), triage("complaint", "negative"), before, ours)
    assert answered is not None
    assert answered.template == "complaint/here-again"
    assert answered.text.startswith("In March you told us “my new lamp flickers in the hallway”, and here it is again:")
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
    assert composed.template == "help/no-answer"


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


@pytest.mark.parametrize(
    "text",
    [
        "a stranger followed my daughter out of your store",
        "your waiter grabbed my arm, and there was glass in my soup",
        "my son (9) was shown porn in your app",
        "I can see another customer's records after you were hacked",
        "Lumino shares down 4%",
        "merci beaucoup, livraison parfaite",
    ],
)
def test_where_no_template_can_speak_the_box_is_empty(text: str) -> None:
    heard = mention(text, to_us=False)
    assert reply_to(heard, Triager(VADER).triage(heard)) is None


@pytest.mark.parametrize(
    "text", ["No problems so far, five years and counting", "Never had a bad meal", "I can't complain about the lamp"]
)
def test_the_content_are_not_asked_what_is_wrong(text: str) -> None:
    for number in range(12):
        heard = mention(text, post_id=f"p{number}")
        composed = reply_to(heard, Triager(VADER).triage(heard))
        assert composed is None or composed.template.startswith("praise/")
        assert composed is None or composed.template not in ("praise/which-is-it", "praise/with-a-but")


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
        (9, "nine days ago"),
        (16, "earlier this month"),
        (30, "in October"),
        (350, "in December 2025"),
    ],
)
def test_dates_are_said_as_one_would(days: int, words: str) -> None:
    assert in_words(NOW - timedelta(days=days), NOW) == words


def draft(text: str, *acts: Act, name: str = "Priya Nair", **kwargs: object) -> Composed | None:
    """The reply to a text as triage really hears it."""
    heard = mention(text, name, **kwargs)
    return reply_to(heard, Triager(VADER).triage(heard), *acts)


@pytest.mark.parametrize(
    "text",
    [
        "not sure anyone reads this but thank you, my black gloves finish off the whole outfit",
        "my daughter reads till the last page now. thank you for the slow timer, really",
        "Thank you for the warm bulbs, no more squinting over the crossword",
        "the tickets came with a hand-drawn map of the museum. lovely, thanks",
    ],
)
def test_plain_thanks_are_not_doubted(text: str) -> None:
    composed = draft(text)
    assert composed is not None
    assert composed.template.startswith("praise/")
    assert composed.template not in ("praise/which-is-it", "praise/with-a-but")
    assert "amiss" not in composed.text


@pytest.mark.parametrize(
    "text",
    [
        "fuck you Lumino, you bunch of crooks",
        "@bob see you at Lumino at six, bring the cards",
        "Lumino: lovely people, terrible bread, great prices, horrid queue",
        "Lumino, ¿cuándo llega mi pedido? llevo dos semanas esperando",
    ],
)
def test_where_a_person_must_judge_there_is_no_cheerful_word(text: str) -> None:
    watches = [Watch("lumino", "brand", ("Lumino",))]
    heard = mention(text, to_us=False)
    composed = reply_to(heard, Triager(VADER, watches).triage(heard, Matcher(watches).match(heard)))
    assert composed is None or not composed.template.startswith(("praise/", "chat/"))


def test_a_but_in_kind_words_is_taken_up() -> None:
    composed = draft("love the big handles on this trolley but the wheels sing like a choir on cobbles")
    assert composed is not None
    assert composed.template == "praise/with-a-but"
    assert "“the wheels sing like a choir on cobbles”" in composed.text
    sceptic = draft("I like this museum and the guide was lovely, but the best was the lovely tower at dusk")
    assert sceptic is None or sceptic.template != "praise/with-a-but"


def ours(text: str, days: float, number: int) -> Act:
    return Act(True, text, NOW - timedelta(days=days), "", number)


@pytest.mark.parametrize(
    ("before", "promise", "now"),
    [
        (
            told("the hinge on my Kestrel bag snapped, order KB-20817", 16, "help", 1),
            "Sorry, Priya. A new hinge for KB-20817 leaves here on Friday, and keep the old one. Ana",
            "three Fridays later and no hinge (KB-20817). Ana said it would be sent at once",
        ),
        (
            told("my broadband in Elm Lane has been down since noon", 9, "complaint", 1),
            "That must be a nuisance. An engineer comes on Tuesday morning.",
            "no engineer ever came, the broadband in Elm Lane is still down",
        ),
        (
            told("you charged the hotel deposit twice", 20, "chat", 1),
            "You're right. The second deposit will be back within five working days.",
            "where is my hotel deposit? it was charged twice and nothing has come back",
        ),
    ],
)
def test_a_promise_of_ours_is_owned(before: Act, promise: str, now: str) -> None:
    pleasantry = told("Thank you Ana, Friday is great", before_days(before) - 0.2, "praise", 2)
    composed = draft(now, before, ours(promise, before_days(before) - 0.1, 1), pleasantry)
    assert composed is not None
    assert composed.template.endswith("/our-word")
    word = promise_of(promise, now)
    assert word
    assert f"we told you “{word}”" in composed.text
    assert word in composed.evidence
    assert "that word wasn't kept" in composed.text


def before_days(act: Act) -> float:
    return (NOW - act.at) / timedelta(days=1)


@pytest.mark.parametrize(
    ("said", "promise"),
    [
        ("We'll call you back tomorrow, I promise.", "We'll call you back tomorrow"),
        ("Sorry. The parcel is on its way; do write again.", "The parcel is on its way"),
        ("A new lamp for HL-19882 leaves here on Friday.", ""),  # their code, which they don't give this time
        ("If it breaks we will mend it.", ""),
        ("Would you like us to call tomorrow? It may help.", ""),
        ("It is good for 25,000 hours.", ""),
    ],
)
def test_only_what_gives_our_word_is_a_promise(said: str, promise: str) -> None:
    assert promise_of(said) == promise


def test_the_same_matter_counts_more_than_what_came_last() -> None:
    acts = (
        told("the zip of my tent is torn, order 44718", 40, "help", 1),
        told("the shop in Leeds has lovely windows", 20, "praise", 2),
        told("your cafe queue was endless", 10, "complaint", 3),
    )
    found = history_of(mention("order 44718: nobody has answered me"), Card(1, mention("").author, acts), "Lumino", NOW)
    assert found.said == "the zip of my tent is torn"
    assert found.same_again


def test_codes_that_only_look_alike_are_two_matters() -> None:
    acts = (told("the zip is torn, see HL-19882", 40, "help", 1),)
    found = history_of(mention("nothing came for HL-19811 yet"), Card(1, mention("").author, acts), "Lumino", NOW)
    assert not found.same_again


def test_what_they_said_among_others_is_not_brought_up() -> None:
    acts = (told("day one with my Rival lamp by the window", 40, "chat", 1),)
    heard = mention("Lumino or the Rival lamp by the window, who can say")
    assert history_of(heard, Card(1, heard.author, acts), "Lumino", NOW).said == ""


@pytest.mark.parametrize(
    "text",
    [
        "MEGA SALE 70% OFF all lamps >>> https://deals.example DM NOW",
        "you have been SELECTED for early access, claim in 10 min https://coin.example/1",
        "follow me and I follow back, f4f",
        "we are hiring drivers in Leeds, apply here https://jobs.example/7",
    ],
)
def test_an_advertisement_gets_no_draft(text: str) -> None:
    assert draft(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "I've not been here since Ellen died. the lamp still doesn't wake anyone. just wanted to say",
        "my husband died in May and you keep sending him invoices for the broadband, please stop",
    ],
)
def test_where_somebody_died_no_template_speaks(text: str) -> None:
    assert draft(text) is None


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("my Wren goes dark every evening. is that a setting?", "which product, order or booking"),
        ("order 4471 is late, can it go to Leith instead?", "which product, order or booking"),
        ("the app crashes. I tried a restart and a reinstall, what now?", "What have you tried"),
        ("I called twice and your agent said Friday. the washing machine is broken", "answered you about it yet"),
        ("the ticket machine at the museum still won't take cards", "is it still"),
        ("your courier broke the vase, please send a refund", "What would put it right"),
    ],
)
def test_nobody_is_asked_what_they_have_said(text: str, never: str) -> None:
    for number in range(25):
        composed = draft(text, post_id=f"p{number}")
        assert composed is not None
        assert never not in composed.text


def test_what_they_have_not_said_is_asked() -> None:
    templates = {one.template for n in range(25) if (one := draft("can I get a refund for my order?", post_id=f"p{n}"))}
    assert "help/asked" in templates


def test_light_talk_recalls_only_the_same_matter() -> None:
    acts = (told("my Lumino stands by the piano in the hall now", 60, "chat", 1),)
    other = draft("my grandson reads at the kitchen table these days", *acts)
    assert other is None or "piano" not in other.text
    same = draft("my Lumino by the piano has company, our cat sleeps in the hall", *acts)
    assert same is not None
    assert same.template == "chat/you-again"


def test_a_phrase_that_tells_nothing_is_not_recalled() -> None:
    acts = (told("A machine. Lovely.", 60, "praise", 1),)
    heard = mention("thank you for the machine, it is lovely")
    assert history_of(heard, Card(1, heard.author, acts), "Lumino", NOW).said == ""


@pytest.mark.parametrize(
    "text",
    [
        "the courier left my parcel in the rain",
        "two of the museum's lifts were broken and no one said so at the till",
        "my bank card was declined at the bakery, so embarrassing",
    ],
)
def test_plain_complaints_open_in_many_ways(text: str) -> None:
    drafts = [one.text for n in range(40) if (one := draft(text, post_id=f"p{n}"))]
    assert len({text.split()[0] for text in drafts}) >= 3
    assert not [text for text in drafts if text.startswith("I've read")]


def test_irony_is_answered_as_meant() -> None:
    composed = draft("So glad that the parking machine wants me to install an app before I can pay")
    assert composed is not None
    assert composed.template == "complaint/point-taken"


def test_who_goes_is_not_talked_round() -> None:
    composed = draft("two years of dropped calls, I'm switching to another network on Monday")
    assert composed is not None
    assert composed.template == "complaint/free-to-go"


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
