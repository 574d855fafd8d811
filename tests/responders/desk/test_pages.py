"""What the pages say, and that foreign words on them stay words."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from listener.archive.forget import Forgetting
from listener.archive.record import Recorder
from listener.mention import Batch, Unreadable
from listener.poll import Poller
from responders.commands.show import in_words
from responders.draft import Receipt, State
from responders.overtaken import draw_back
from responders.permission.rules import HACKER_NEWS
from responders.settings import Settings
from tests.builders import NOON, Clock, a_mention, an_author, an_office, some_settings
from tests.fakes import FakeSource
from tests.responders.desk.seeded import (
    TO_MIRA,
    Visitor,
    approved,
    hear,
    hold,
    not_known,
    someone,
)  # fmt: skip

NASTY = "<script>alert(1)</script><img src=x onerror=alert(1)>\u202e{{ 7 * 7 }}"


def mentions_on(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'data-mention="(\d+)"', page)]


def test_the_queue_shows_who_waits_the_most_pressing_first(visitor: Visitor) -> None:
    calm = someone(visitor.office, 1)
    urgent = someone(visitor.office, 2, priority="urgent")
    later = someone(visitor.office, 3)
    page = visitor.read("/")
    assert mentions_on(page) == [urgent.mention_id, calm.mention_id, later.mention_id]
    assert "Wren lamp buzzes after an hour" in page
    assert "A buzz after an hour is not how the Wren should sound." in page
    assert "urgent" in page


def test_a_lane_shows_its_own_people(visitor: Visitor) -> None:
    someone(visitor.office, 1)
    thanks = someone(visitor.office, 2, lane="praise")
    page = visitor.read("/?lane=praise")
    assert mentions_on(page) == [thanks.mention_id]
    assert re.search(r'Praise <span class="count">1</span>', page)
    assert re.search(r'All <span class="count">2</span>', page)
    assert f"/mentions/{thanks.mention_id}?lane=praise" in page


def test_the_queue_goes_on_page_by_page(visitor: Visitor) -> None:
    drafts = [someone(visitor.office, number) for number in range(1, 55)]
    first = visitor.read("/")
    following = re.search(r'href="(/\?after=[^"]+)"', first)
    assert following
    second = visitor.read(following[1].replace("&amp;", "&"))
    assert mentions_on(first) + mentions_on(second) == [draft.mention_id for draft in drafts]
    assert len(mentions_on(first)) == 50


@pytest.mark.parametrize(
    ("visibility", "words"), [("direct", "Sent to us privately"), ("private", "only to people they chose")]
)
@pytest.mark.parametrize(("route", "warned"), [("api", False), ("by_hand", True)])
def test_what_was_said_in_private_is_marked(
    visitor: Visitor, visibility: str, words: str, route: str, warned: bool
) -> None:
    mention = a_mention(1, extra={"visibility": visibility})
    draft = hold(visitor.office, hear(visitor.office, mention), route=route)
    page, shown = visitor.read(f"/mentions/{draft.mention_id}"), in_words(visitor.office, draft.mention_id)
    for place in (page, shown):
        assert words in place
        assert "a reply must stay private" in place
        assert ("not in public" in place) is warned


@pytest.mark.parametrize("extra", [{}, {"visibility": "public"}, {"visibility": "unlisted"}])
def test_what_everyone_may_read_is_not(visitor: Visitor, extra: dict[str, str]) -> None:
    draft = hold(visitor.office, hear(visitor.office, a_mention(1, extra=extra)), route="by_hand")
    page, shown = visitor.read(f"/mentions/{draft.mention_id}"), in_words(visitor.office, draft.mention_id)
    assert "must stay private" not in page + shown


def test_an_empty_queue_says_so(visitor: Visitor) -> None:
    assert "Nobody waits for an answer" in visitor.read("/")


@pytest.mark.parametrize(
    "path",
    [
        "/?after=x",
        "/?lane=nothing",
        "/aside?before=x",
        "/aside?why=x",
        "/mentions/99",
        "/mentions/99999999999999999999",
    ],
)
def test_what_is_not_there_is_a_page_too(visitor: Visitor, path: str) -> None:
    assert "There is nothing here" in visitor.read(path, 404)


def test_a_mention_shows_all_one_needs_to_decide(visitor: Visitor) -> None:
    draft = someone(visitor.office, 1)
    page = visitor.read(f"/mentions/{draft.mention_id}")
    for words in (
        "the dimmer on my Wren lamp buzzes after an hour",
        "Here for the first time",
        "120 followers, as Plaza counts",
        "We may answer here.",
        "The pretend network lets everyone answer.",
        "as of 23 Nov 2026",
        "They speak to us directly.",
        "“buzzes after an hour”, from this message",
        f"<span data-length>{len(TO_MIRA)}</span> of 500 characters",
        "private talk among friends",
        "warmline</bdi> drafted a reply",
    ):
        assert words in page, words
    assert 'href="http://127.0.0.1:8101/posts/p1" target="_blank" rel="noopener noreferrer nofollow"' in page


def test_the_box_holds_the_draft_byte_for_byte(visitor: Visitor) -> None:
    text = '\n  Line one, with <b> & "quotes"\n\nLine three 👨‍👩‍👧'
    draft = someone(visitor.office, 1, text=text)
    path = f"/mentions/{draft.mention_id}"
    form = visitor.form(visitor.read(path), f"{path}/approve")
    assert form["text"].replace("\r\n", "\n") == text
    assert (form["revision"], form["text_sha256"]) == ("1", draft.text_sha256)


def test_the_past_of_a_person_stands_beside_them(visitor: Visitor) -> None:
    office = visitor.office
    old = a_mention(7, text="My first Wren arrived, it is lovely.", posted_at=NOON - timedelta(days=90))
    before = approved(office, hold(office, hear(office, old), "So glad it came safely."), State.BY_HAND)
    office.queue.receive(before.draft_id, Receipt("r7", "https://plaza.example/r7", "by_hand"), "plaza", "Ana", NOON)
    draft = someone(office, 1)
    page = visitor.read(f"/mentions/{draft.mention_id}")
    assert "We know each other" in page
    assert "My first Wren arrived" in page
    assert "So glad it came safely." in page
    assert 'href="https://plaza.example/r7"' in page


def test_the_thread_stands_in_order_with_what_we_said(visitor: Visitor) -> None:
    office = visitor.office
    root = a_mention(50, text="Which lamp for reading?", author=an_author("otto"), thread_id="t", posted_at=NOON - timedelta(hours=3))  # fmt: skip  # noqa: E501
    root_draft = approved(office, hold(office, hear(office, root), "The Wren, if you read in bed."), State.BY_HAND)
    office.queue.receive(root_draft.draft_id, Receipt("r50", "https://plaza.example/r50", "by_hand"), "plaza", "Ana", NOON)  # fmt: skip  # noqa: E501
    here = hear(office, a_mention(51, text="Mine buzzes though.", thread_id="t", posted_at=NOON - timedelta(hours=1)))
    hold(office, here)
    hear(office, a_mention(52, text="Try another bulb", thread_id="t", author=an_author("ed"), posted_at=NOON))
    page = visitor.read(f"/mentions/{here}")
    said = ["Which lamp for reading?", "Mine buzzes though.", "The Wren, if you read in bed."]
    at = [page.index(words) for words in said]
    assert at[0] < at[1] < at[2]
    assert "Try another bulb" in page


def test_foreign_words_are_only_ever_words(visitor: Visitor) -> None:
    office = visitor.office
    author = an_author("mira", name=NASTY, url="javascript:alert(1)")
    mention = a_mention(1, author=author, text=NASTY, url="javascript:alert(1)", links=("javascript:alert(1)",))
    draft = hold(office, hear(office, mention, reasons=(NASTY,), words=((NASTY, 1.0),)), NASTY)
    hear(office, a_mention(2, author=author, text=NASTY + " two"))
    Recorder(office.db).failed("plaza", "search", "unavailable", NASTY, None, office.now())
    number = draft.mention_id
    paths = [
        "/",
        f"/mentions/{number}",
        "/aside?why=older",
        "/listening",
        "/search?q=alert",
        f"/?done=declined&of={number}",
    ]
    for page in [*map(visitor.read, paths), visitor.decide(number, "decline", reason=NASTY, more=NASTY).text]:
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "javascript:" not in page
        assert "49" not in re.sub(r"[0-9a-f]{64}", "", page).split("<main")[-1].split("Signed in")[0]
    assert "&lt;script&gt;" in visitor.read(f"/mentions/{number}")
    assert "U+202E right-to-left override" in visitor.read(f"/mentions/{number}")


def test_an_address_cannot_put_words_in_our_mouth(visitor: Visitor) -> None:
    draft = someone(visitor.office, 1)
    for query in ("done=<b>hacked</b>&of=1", "done=declined&of=99", "done=declined&of=x", "done=approved&of=²"):
        assert 'class="notice"' not in visitor.read(f"/?{query}")
    assert "is declined" in visitor.read(f"/?done=declined&of={draft.mention_id}")


def test_newcomers_are_told_by_number(visitor: Visitor) -> None:
    first, second = someone(visitor.office, 1), someone(visitor.office, 2, lane="praise")
    assert visitor.web.get("/pulse").json() == {"first": [first.mention_id, second.mention_id]}
    assert visitor.web.get("/pulse?lane=praise").json() == {"first": [second.mention_id]}


def test_the_banners_say_what_is_the_matter(visitor: Visitor) -> None:
    office = visitor.office
    assert 'class="banner"' not in visitor.read("/")
    office.controls.pause("Ana", "a storm", office.now())
    Recorder(office.db).failed("bluesky", "search", "revoked", "401", None, office.now())
    not_known(office, someone(office, 1)) if not office.controls.paused() else None
    page = visitor.read("/")
    assert "by Ana: a storm" in page
    assert "Bluesky cannot be heard" in page


def test_what_needs_a_person_is_told_on_every_page(visitor: Visitor) -> None:
    not_known(visitor.office, someone(visitor.office, 1))
    assert "1 approved reply needs a person." in visitor.read("/")


@pytest.mark.parametrize(
    ("publishers", "mode", "words"),
    [
        ({"plaza": {}}, "shadow", ""),
        ({"plaza": {}, "bluesky": {}}, "shadow", "Nothing leaves this machine, except to Plaza"),
        ({"bluesky": {}}, "shadow", "Nothing leaves this machine."),
        ({"bluesky": {}}, "live", ""),
    ],
)
def test_a_rehearsal_is_named(
    tmp_path: Path, clock: Clock, publishers: dict[str, dict[str, str]], mode: str, words: str
) -> None:
    settings: Settings = some_settings(publishers=publishers, mode=mode)
    with an_office(tmp_path, clock, settings) as office:
        page = Visitor(office).read("/")
    assert words in page
    assert ("Rehearsal" in page) == bool(words)


def test_answered_tells_what_became_of_each(visitor: Visitor) -> None:
    office = visitor.office
    not_known(office, someone(office, 1))
    approved(office, someone(office, 2))
    sent = approved(office, someone(office, 3), State.BY_HAND)
    office.queue.receive(sent.draft_id, Receipt("r3", "https://plaza.example/r3", "by_hand"), "plaza", "Ana", NOON)
    page = visitor.read("/answered")
    for words in ("These need you", "Going out", "Not sure whether it is out", 'href="https://plaza.example/r3"'):
        assert words in page
    assert "No reply has gone out yet" not in page


def test_older_offers_a_draft_only_where_we_may_answer(visitor: Visitor) -> None:
    office = visitor.office
    ours = hear(office, a_mention(1, text="A quiet evening with the Wren"))
    theirs = hear(office, a_mention(2, text="Show HN: a lamp", author=an_author("hn")))
    office.queue.permit(theirs, HACKER_NEWS)
    for mention_id in (ours, theirs):
        office.queue.set_aside(mention_id)
    page = visitor.read("/aside?why=older")
    assert mentions_on(page) == [theirs, ours]
    assert f'action="/mentions/{ours}/write"' in page
    assert f'action="/mentions/{theirs}/write"' not in page
    assert "We only listen here" in page
    assert "Write a draft" not in visitor.read(f"/mentions/{theirs}")


def test_listening_tells_how_well_we_hear(visitor: Visitor) -> None:
    recorder = Recorder(visitor.office.db)
    hours = [NOON - timedelta(hours=back) for back in (9, 8, 5, 4)]
    recorder.record("plaza", "search", [], Batch(heard_from=hours[0], heard_until=hours[1]), NOON)
    broken = (Unreadable("{", "no author"),)
    recorder.record("plaza", "search", [], Batch(heard_from=hours[2], heard_until=hours[3], unreadable=broken), NOON)
    recorder.failed("bluesky", "search", "unavailable", "connection refused", NOON + timedelta(minutes=2), NOON)
    page = visitor.read("/listening")
    for words in ("Cannot hear.", "connection refused", "Asks again in 2 minutes.", "(3 hours): being caught up on"):
        assert words in page
    assert "1 item could not be read" in page
    assert "Nothing missed since 18 Nov 2026, 07:00 UTC." in page
    assert "Pause all sending" in page


def test_listening_tells_which_stream_is_oddly_silent(visitor: Visitor, poller: Poller) -> None:
    said = [a_mention(n, posted_at=NOON - timedelta(days=2, minutes=n)) for n in range(12)]
    poller.poll(FakeSource(**{"search:Harbourlight": [Batch(tuple(said), "here")]}))
    page = visitor.read("/listening")
    assert "Unusually silent: nothing new for 2 days, and never more than 1 minute in the four weeks before." in page
    assert '<span class="meta">for us</span>' in page


def test_search_finds_words_and_nothing_else(visitor: Visitor) -> None:
    draft = someone(visitor.office, 1)
    someone(visitor.office, 2)
    page = visitor.read("/search?q=dimmer+wren")
    assert re.findall(r'class="open" href="/mentions/(\d+)"', page) == [str(draft.mention_id)]
    for odd in ("%22", "a+OR+b", "NEAR(", "%00", "*", ""):
        visitor.read(f"/search?q={odd}")


def test_the_neighbours_of_a_mention_follow_the_queue(visitor: Visitor) -> None:
    one, two, three = (someone(visitor.office, number) for number in (1, 2, 3))
    page = visitor.read(f"/mentions/{two.mention_id}")
    assert f'href="/mentions/{one.mention_id}" data-previous' in page
    assert f'href="/mentions/{three.mention_id}" data-next' in page


def test_a_number_that_none_of_ours_could_be_is_simply_not_there(visitor: Visitor) -> None:
    for number in ("999", "9" * 30, "9" * 5000):
        assert visitor.web.get(f"/mentions/{number}").status_code == 404


def test_the_rule_stands_above_the_box_with_its_source_and_its_date(visitor: Visitor) -> None:
    page = visitor.read(f"/mentions/{someone(visitor.office, 1, route='by_hand').mention_id}")
    rule, box = page.index("They did not tag us"), page.index("<textarea")
    assert rule < box
    assert "You will post this by hand." in page[:box]
    assert 'href="https://docs.bsky.app/docs/starter-templates/bots"' in page[:box]
    assert "as of 21 Apr 2026" in page[:box]


def test_the_queue_marks_what_a_person_will_have_to_post(visitor: Visitor) -> None:
    someone(visitor.office, 1)
    assert "by hand" not in visitor.read("/")
    someone(visitor.office, 2, route="by_hand")
    assert visitor.read("/").count("<li>by hand</li>") == 1


def test_what_can_never_be_answered_has_no_box(visitor: Visitor) -> None:
    heard = hear(visitor.office, a_mention(1, platform="hackernews"))
    page = visitor.read(f"/mentions/{heard}")
    assert "Hacker News is for conversation between humans" in page
    assert "<textarea" not in page
    assert f"/mentions/{heard}/write" not in page


def test_older_says_by_which_rule_nothing_is_drafted(visitor: Visitor) -> None:
    heard = hear(visitor.office, a_mention(1, platform="hackernews"))
    visitor.office.queue.permit(heard, HACKER_NEWS)
    visitor.office.queue.set_aside(heard)
    assert HACKER_NEWS.rule in visitor.read("/aside?why=older")


@pytest.mark.parametrize(
    ("platform", "post_id", "words", "link"),
    [
        ("x", "1857", "Open on X with this text", "https://x.com/intent/tweet?in_reply_to=1857&amp;text=A%20buzz%20after"),
        ("reddit", "t1_a", "Open their post on Reddit", "https://posts.example/1"),
        ("feed", "f1", "Open the page itself", "https://posts.example/1"),
    ],
)  # fmt: skip
def test_a_reply_by_hand_opens_the_right_page(
    visitor: Visitor, platform: str, post_id: str, words: str, link: str
) -> None:
    office = visitor.office
    author = an_author("mira", platform=platform)
    said = a_mention(1, platform=platform, post_id=post_id, author=author, url="https://posts.example/1")
    draft = approved(office, hold(office, hear(office, said), route="by_hand"), State.BY_HAND)
    page = visitor.read(f"/mentions/{draft.mention_id}")
    assert words in page
    assert f'href="{link}' in page
    assert page.count("Which bulb is in it, Mira?") == 1


def test_what_was_deleted_is_said_to_be_and_nothing_of_it_is_shown(visitor: Visitor) -> None:
    first = someone(visitor.office, 1)
    someone(visitor.office, 2)
    Forgetting(visitor.office.db).forget_posts("plaza", ["p1"], NOON)
    draw_back(visitor.office)
    page = visitor.read(f"/mentions/{first.mention_id}")
    assert "Deleted by its author" in page
    assert "dimmer on my Wren" not in page
    assert "Approve" not in page
    assert "dimmer on my Wren" not in visitor.read("/aside?why=older")


def test_an_edit_of_theirs_is_shown(visitor: Visitor, poller: Poller) -> None:
    draft = someone(visitor.office, 1)
    heard = visitor.office.archive.get(draft.mention_id)
    edited = poller._sifter.keep(replace(heard.mention, text="@harbourlight it hums rather than buzzes"))
    Forgetting(visitor.office.db).revise(draft.mention_id, edited, NOON)
    page = visitor.read(f"/mentions/{draft.mention_id}")
    assert "it hums rather than buzzes" in page
    assert "They edited this" in page


def test_one_card_stands_for_all_places_and_the_page_leads_to_each(visitor: Visitor) -> None:
    said = "Harbourlight stopped selling spare shades, so a lamp that lasts forty years goes to the tip for want of one"
    draft = hold(visitor.office, hear(visitor.office, a_mention(1, text=said)))
    other = hear(
        visitor.office, a_mention(2, platform="reddit", text=said, author=an_author("ilse", platform="reddit"))
    )
    visitor.office.queue.set_aside(other, "echo")
    passed_on = a_mention(3, platform="x", text=f"RT @mira: {said}", author=an_author("<b>jo", platform="x"))
    visitor.office.queue.set_aside(hear(visitor.office, passed_on), "echo")
    assert "Also on Reddit, X (3 places)" in visitor.read("/")
    page = visitor.read(f"/mentions/{draft.mention_id}")
    assert "Said in 3 places" in page
    assert f'href="/mentions/{other}"' in page
    assert "passed it on" in page
    assert "&lt;b&gt;jo" in page
    assert "a draft waits there" in visitor.read(f"/mentions/{other}")


def test_what_was_answered_elsewhere_says_so_and_may_be_answered_here_as_well(visitor: Visitor) -> None:
    said = "Harbourlight stopped selling spare shades, so a lamp that lasts forty years goes to the tip for want of one"
    first = hold(visitor.office, hear(visitor.office, a_mention(1, text=said)))
    other = hear(visitor.office, a_mention(2, text=said, author=an_author("ilse")))
    visitor.office.queue.set_aside(other, "echo")
    assert "Answer here as well" not in visitor.read(f"/mentions/{other}")
    visitor.office.queue.conclude(first.mention_id, "answered", "Ana", "", visitor.office.now())
    page = visitor.read(f"/mentions/{other}")
    assert "answered at plaza" in page
    assert "Answer here as well" in page


def test_a_card_says_each_thing_once(visitor: Visitor) -> None:
    office = visitor.office
    did = "by your rule “Refunds”: assigned to Ana; tagged refund"
    draft = someone(
        office, 1, priority="high", because="Soon: is unhappy; addressed to us.", rule="Refunds", reasons=(did,)
    )
    office.marks.assign(draft.mention_id, "Ana", "warmline", office.now())
    card = re.search(r"<article.*?</article>", visitor.read("/"), re.S)
    assert card
    assert re.findall(r"<li>([^<]+)</li>", card[0]) == ["needs help", "sounds unhappy"]
    assert "Soon: is unhappy; addressed to us." in card[0]
    assert "<bdi>by your rule “Refunds”</bdi>" in card[0]
    assert "assigned to" not in card[0]


def test_doubt_is_on_the_card_where_the_tone_is_not(visitor: Visitor) -> None:
    someone(visitor.office, 1, sentiment="positive", lane="complaint", unsure=True)
    assert "<li>not sure how it sounds</li>" in visitor.read("/")


def test_a_text_without_end_keeps_the_reply_in_reach(visitor: Visitor) -> None:
    office = visitor.office
    short, endless = hear(office, a_mention(1)), hear(office, a_mention(2, text="It goes on. " * 900))
    scrolls = 'class="said words long" dir="auto" tabindex="0"'
    assert scrolls in visitor.read(f"/mentions/{endless}")
    assert scrolls not in visitor.read(f"/mentions/{short}")
