"""What is set aside can be looked through by its reason, and whoever was wronged is taken out with one click."""

from __future__ import annotations

import re

import pytest

from listener.archive.taught import Taught
from responders.about import thumb
from responders.draft import ASIDE, Aside, State
from responders.office import Office
from responders.permission.rules import HACKER_NEWS
from tests.builders import a_mention, an_author
from tests.responders.desk.seeded import Visitor, hear, someone
from tests.responders.desk.test_pages import mentions_on


def aside(office: Office, number: int, why: Aside, **triage: object) -> int:
    mention = a_mention(number, author=an_author(f"p{number}"), text=f"Words number {number}")
    mention_id = hear(office, mention, **triage)
    office.queue.set_aside(mention_id, why)
    return mention_id


def test_each_reason_has_its_own_list_with_its_count(visitor: Visitor) -> None:
    by_why = {why: [aside(visitor.office, 10 * at + n, why) for n in range(at + 1)] for at, why in enumerate(ASIDE)}
    for why, numbers in by_why.items():
        page = visitor.read(f"/aside?why={why}")
        assert mentions_on(page) == numbers[::-1]
        assert re.search(
            rf'href="/aside\?why={why}" aria-current="true">[^<]+<span class="count">{len(numbers)}</span>', page
        )


def test_without_a_reason_the_first_that_holds_anything_is_shown(visitor: Visitor) -> None:
    assert "Nothing here." in visitor.read("/aside")
    number = aside(visitor.office, 1, "echo")
    page = visitor.read("/aside")
    assert mentions_on(page) == [number]
    assert "Said elsewhere" in page


def test_old_links_lead_there(visitor: Visitor) -> None:
    answer = visitor.web.get("/older?before=7")
    assert (answer.status_code, answer.headers["location"]) == (301, "/aside?why=older")


def test_a_list_goes_on_page_by_page(visitor: Visitor) -> None:
    numbers = [aside(visitor.office, n, "spam" if n % 2 else "echo") for n in range(1, 121)]
    first = visitor.read("/aside?why=spam")
    following = re.search(r'href="(/aside\?why=spam&amp;before=\d+)"', first)
    assert following
    second = visitor.read(following[1].replace("&amp;", "&"))
    assert mentions_on(first) + mentions_on(second) == numbers[::2][::-1]
    assert len(mentions_on(first)) == 50


@pytest.mark.parametrize(
    ("why", "triage", "words"),
    [
        ("spam", {"lane": "spam", "reasons": ("poses as support: “dm us”", "glad: “x”")}, "Poses as support: “dm us”"),
        ("not_about_us", {"reasons": ("glad: “x”", "probably not about us: “song”")}, "Probably not about us: “song”"),
        ("rule", {"rule": "no round-ups", "reasons": ("glad: “x”",)}, "By your rule “no round-ups”"),
    ],
)  # fmt: skip
def test_each_line_says_why(visitor: Visitor, why: Aside, triage: dict[str, object], words: str) -> None:
    aside(visitor.office, 1, why, because="In turn: 40,000 followers.", **triage)
    page = visitor.read(f"/aside?why={why}")
    assert f"<bdi>{words}</bdi>" in page
    assert "glad: “x”" not in page
    assert "In turn" not in page, "nobody waits here"


def test_who_called_it_spam_is_the_reason(visitor: Visitor) -> None:
    number = aside(visitor.office, 1, "spam", reasons=("glad: “x”",))
    visitor.office.taught.correct(number, "lane", "spam", "Mira", visitor.office.now())
    assert "<bdi>Mira says so</bdi>" in visitor.read("/aside?why=spam")


def test_whether_it_is_about_us_is_said_on_the_list(visitor: Visitor) -> None:
    office = visitor.office
    number = aside(office, 1, "not_about_us")
    thumb(office, number, "us", False, "Ana")
    page = visitor.read("/aside?why=not_about_us")
    answer = visitor.send(f"/mentions/{number}/about", page, back="aside")
    assert answer.headers["location"] == f"/aside?why=not_about_us&done=about&of={number}"
    assert Taught(office.db).thumbs_on(number) == {"us": True}


@pytest.mark.parametrize(("intent", "lane"), [("question", "question"), ("leaving", "complaint"), ("chat", "chat")])
def test_a_person_taken_for_spam_waits_for_an_answer(visitor: Visitor, intent: str, lane: str) -> None:
    office = visitor.office
    number = aside(office, 1, "spam", lane="spam", intent=intent)
    answer = visitor.send(f"/mentions/{number}/not-spam", visitor.read("/aside?why=spam"))
    assert "is not taken for spam any more" in visitor.read(answer.headers["location"])
    draft = office.queue.draft_of(number)
    assert draft is not None
    assert draft.state is State.HELD
    assert [card.mention_id for card in office.inbox.waiting(lane=lane)[0]] == [number]
    assert office.taught.corrections_of(number)["lane"].said == "spam"
    assert mentions_on(visitor.read("/aside?why=spam")) == []


def test_a_person_whom_we_may_not_answer_is_no_spam_either(visitor: Visitor) -> None:
    office = visitor.office
    number = hear(office, a_mention(1, platform="hackernews"), lane="spam")
    office.queue.permit(number, HACKER_NEWS)
    office.queue.set_aside(number, "spam")
    visitor.send(f"/mentions/{number}/not-spam", visitor.read("/aside?why=spam"))
    assert office.queue.draft_of(number) is None
    assert mentions_on(visitor.read("/aside?why=older")) == [number]


def test_the_page_of_one_that_is_set_aside_says_so_and_lets_it_out(visitor: Visitor) -> None:
    spam, old = aside(visitor.office, 1, "spam", lane="spam"), aside(visitor.office, 2, "older")
    page = visitor.read(f"/mentions/{spam}")
    assert 'Set aside: <a href="/aside?why=spam">Spam and bots</a>' in page
    assert visitor.send(f"/mentions/{spam}/not-spam", page).status_code == 303
    assert "Set aside:" not in visitor.read(f"/mentions/{spam}")
    assert "This is a person" not in visitor.read(f"/mentions/{old}")


def test_why_somebody_comes_first_is_said_in_a_sentence(visitor: Visitor) -> None:
    draft = someone(visitor.office, 1, because="Soon: they wait for our promise.", rule="VIPs first")
    page = visitor.read(f"/mentions/{draft.mention_id}")
    assert "Soon: they wait for our promise." in page
    assert "By your rule <bdi>“VIPs first”" in page


def test_about_us_after_all_and_older_are_answered_with_a_draft(visitor: Visitor) -> None:
    office = visitor.office
    for number, why in enumerate(("not_about_us", "older", "echo", "rule"), 1):
        mention_id = aside(office, number, why)  # type: ignore[arg-type]
        visitor.send(f"/mentions/{mention_id}/write", visitor.read(f"/aside?why={why}"))
        assert office.queue.draft_of(mention_id) is not None
        assert mentions_on(visitor.read(f"/aside?why={why}")) == []


def test_the_unsure_are_listed_in_the_queues_order_and_said_in_one_click(visitor: Visitor) -> None:
    office = visitor.office
    calm, urgent = someone(office, 1, unsure=True), someone(office, 2, unsure=True, priority="urgent")
    someone(office, 3)
    page = visitor.read("/?unsure=1")
    assert mentions_on(page) == [urgent.mention_id, calm.mention_id]
    assert re.search(r'aria-current="true">Not sure <span class="count">2</span>', page)
    assert "not sure how it sounds" in page
    assert "sounds unhappy" not in page
    answer = visitor.send(f"/mentions/{urgent.mention_id}/sounds", page, sounds="positive")
    assert answer.headers["location"] == f"/?lane=unsure&done=corrected&of={urgent.mention_id}"
    page = visitor.read(answer.headers["location"])
    assert mentions_on(page) == [calm.mention_id]
    confirmed = visitor.send(f"/mentions/{calm.mention_id}/sounds", page, sounds="negative")
    assert "done=confirmed" in confirmed.headers["location"]
    assert "Nobody waits" in visitor.read("/?unsure=1")
    back = visitor.send(f"/mentions/{calm.mention_id}/uncorrect", visitor.read(confirmed.headers["location"]))
    assert back.headers["location"].startswith("/?lane=unsure&")
    assert mentions_on(visitor.read("/?unsure=1")) == [calm.mention_id]


def test_the_unsure_go_on_from_one_to_the_next(visitor: Visitor) -> None:
    one, two = someone(visitor.office, 1, unsure=True), someone(visitor.office, 3, unsure=True)
    someone(visitor.office, 2)
    page = visitor.read(f"/mentions/{one.mention_id}?lane=unsure")
    assert f'href="/mentions/{two.mention_id}?lane=unsure" data-next' in page


def test_what_cannot_be_said_of_a_sound_is_refused(visitor: Visitor) -> None:
    draft = someone(visitor.office, 1, unsure=True)
    for wrong in ("", "unscored", "furious"):
        assert visitor.send(
            f"/mentions/{draft.mention_id}/sounds", visitor.read("/?unsure=1"), sounds=wrong
        ).status_code == 409  # fmt: skip
