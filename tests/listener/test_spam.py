"""What nobody waits behind is told apart from people, and a person who needs us is never among it."""

from __future__ import annotations

from typing import Any

import pytest

from listener.mention import Author
from listener.sentiment import Vader
from listener.triage import Triage, Triager
from listener.watch import Matcher, Watch
from tests.builders import a_mention

WATCH = Watch("us", "brand", ("Acme",), ("acme",))


@pytest.fixture(scope="module")
def triager() -> Triager:
    return Triager(Vader(), [WATCH])


def sort(triager: Triager, text: str, handle: str = "mira", **author: Any) -> Triage:
    mention = a_mention(1, text=text, to_us=False, author=Author("x", handle, handle, **author))
    return triager.triage(mention, Matcher([WATCH]).match(mention))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("I just entered to win a year of Acme coffee! You can too: https://win.example/acme", "contest"),
        ("My account was hacked and @cyber_joe recovered my Acme account in minutes, message him on telegram", "lost"),
        ("Recover your stolen Acme wallet fast. DM this account for help", "lost"),
        ("Dear customer, kindly send us your details via DM. Our support team will rectify your wallet", "support"),
        ("Apologies for the inconvenience, kindly fill the form: https://acme-help.example", "support"),
        ("#acme #lamps #sale #home #deco https://x.example/1", "nothing but"),
        ("I liked a @YouTube video https://v.example/1 Acme lamp unboxing", "by an app"),
        ("3 people followed me and 2 unfollowed me // automatically checked by https://app.example #acme", "by an app"),
        ("RT if you love Acme! Follow us for more and tag your friends", "advertisement"),
        ("#teamfollowback gain followers with Acme fans, follow back https://f.example", "advertisement"),
        ("Acme airdrop is live, claim yours before midnight https://c.example $ACMX", "advertisement"),
        ("@acme BUY FOLLOWERS NOW!!! 21000 for $5 https://p.example #win #crypto", "advertisement"),
        ("Essay due? Assignment help on Acme and more, pay someone to write, DM us for prices", "advertisement"),
        ("Acme job opportunity in Leeds, apply now https://jobs.example #nowhiring", "advertisement"),
    ],
)
def test_what_nobody_waits_behind(triager: Triager, text: str, why: str) -> None:
    result = sort(triager, text)
    assert (result.lane, result.priority) == ("spam", "low")
    assert why in result.reasons[0]


@pytest.mark.parametrize(
    "text",
    [
        "@acme I got a message from a fake account that says DM this account to recover your funds. Is that you?",
        "Someone posing as Acme support wrote: kindly verify your account at https://x.example. Scam!",
        "@acme dear customer support team, kindly send me my refund https://x.example/receipt",
        "@acme I entered the draw with my receipt https://x.example and never got a mail",
        "@acme please help me recover my account, it was hacked",
        "Acme got my money back in a day. Message them, they are kind",
        "#acme #broken #refund #help #angry https://x.example/photo",
        "My new Acme lamp! #reading #home #cosy #winter #light #happy",
        "Acme lamp at dusk #home #light #cosy #lamp #evening #acme #nofilter #warm",
        "@acme check out our daughter's lamp drawing https://pic.example/1",
        "RT if Acme has kept you waiting for a refund too, three weeks now and nobody answers",
        "@acme follow back so I can DM you my order number?",
        "my affiliate link for Acme is broken, whom do I ask?",
        "Acme says that its rival's offer comes with a caveat, shareholders will not like it $ACMX $RIVL",
        "Acme charged me twice on ebay, save up to nothing",
        "@acme #again #nothing #no #answers #bs",
    ],
)
def test_a_person_is_no_spam(triager: Triager, text: str) -> None:
    assert sort(triager, text).lane != "spam"


def test_a_bot_is_spam_unless_a_person_speaks_through_it(triager: Triager) -> None:
    assert sort(triager, "Acme was named 14 times today", "tally", bot=True).lane == "spam"
    said = "RT @omar: my Acme lamp caught fire, nobody answers me"
    assert sort(triager, said, "bridge", bot=True).lane in ("help", "complaint")


def test_a_name_like_ours_alone_makes_no_false_support(triager: Triager) -> None:
    text = "Kindly send us a DM at https://acme.example so that we look into it"
    assert sort(triager, text).lane != "spam"
    assert sort(triager, text, "acme_support_team").lane == "spam"
