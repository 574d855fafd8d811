"""What lies between a person and us: who came back, whom we gave our word, whom we never answered."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from listener.poll import Poller
from listener.settings import PriorityPart
from responders import decide
from responders.between_us import NOTHING, Between, between_us, due_day
from responders.draft import State
from responders.drafting import draft_new
from responders.office import Office
from responders.people import Act, Card
from tests.builders import NOON, Clock, a_mention, an_author

WEIGHTS = PriorityPart()
AGAIN = "@harbourlight my Wren lamp flickers again and the dimmer still buzzes"


BROKEN = "@harbourlight my Wren lamp is broken, please help"
BEFORE = "my Wren lamp flickers and the dimmer buzzes"


def they(days: float, text: str = BEFORE, number: int = 1, lane: str = "help") -> Act:
    return Act(False, text, NOON - timedelta(days=days), "", number, lane)


def we(days: float, text: str, number: int = 1) -> Act:
    return Act(True, text, NOON - timedelta(days=days), "", number)


def between(*acts: Act, lane: str = "help", **changes: Any) -> Between:
    mention = a_mention(9, text=AGAIN, posted_at=NOON, **changes)
    return between_us(mention, lane, Card(1, an_author(), acts), "Harbourlight", WEIGHTS, NOON, ended=())


def test_someone_new_has_nothing_between_us() -> None:
    assert between() == NOTHING


def test_who_comes_back_with_the_same_matter_is_known_by_it() -> None:
    found = between(they(6), we(5, "Which bulb is in it?"))
    assert found.points == WEIGHTS.returning + WEIGHTS.same_again
    assert found.reasons == ("wrote to us before, on 12 Nov", "it is the same matter again")


def test_a_word_given_counts_once_its_day_has_come() -> None:
    promise = "A new dimmer leaves us on Friday."
    came = between(they(9), we(8, promise))  # said on Tuesday 10 November
    assert "we gave our word on 10 Nov" in came.reasons
    assert came.points >= WEIGHTS.promised
    yesterday = between(they(2), we(1, promise))  # said on Tuesday 17 November; Friday is to come
    assert not any("word" in reason for reason in yesterday.reasons)


def test_who_was_never_answered_is_told_since_when() -> None:
    assert "has had no answer since 15 Nov" in between(they(3)).reasons
    assert not any("no answer" in reason for reason in between(they(3), we(2, "Which bulb?")).reasons)
    assert not any("no answer" in reason for reason in between(they(3, lane="praise")).reasons)


def test_the_same_conversation_long_ago_and_praise_lift_nobody() -> None:
    assert between(they(0.2)) == NOTHING
    assert between(they(200)) == NOTHING
    assert between(they(3, "lamp shops are nice", lane="chat")) == NOTHING
    assert between(they(3), lane="praise").reasons == ("wrote to us before, on 15 Nov",)


@pytest.mark.parametrize(
    ("promise", "due"),
    [
        ("a new one leaves us on Friday", date(2026, 11, 20)),
        ("it will be with you by Wednesday", date(2026, 11, 25)),  # a week on, not the day it was said
        ("we'll call you tomorrow", date(2026, 11, 19)),
        ("you'll hear from us within 24 hours", date(2026, 11, 19)),
        ("you'll hear from us within two weeks", date(2026, 12, 2)),
        ("it ships in 999 days", date(2026, 11, 18) + timedelta(days=999)),
        ("we'll look into it", date(2026, 11, 21)),
    ],
)
def test_the_day_of_a_promise(promise: str, due: date) -> None:
    assert due_day(promise, date(2026, 11, 18)) == due


def test_who_comes_back_unanswered_goes_before_an_equal(office: Office, poller: Poller, clock: Clock) -> None:
    text = "@harbourlight are you open on Sunday, and until when?"
    poller.take_in("test", [a_mention(1, text=BROKEN, author=an_author("returning"))])
    while draft_new(office):
        pass
    clock.forward(days=2)
    posted = clock() - timedelta(minutes=5)
    poller.take_in("test", [a_mention(2, text=text, author=an_author("new"), posted_at=posted - timedelta(minutes=1))])
    poller.take_in("test", [a_mention(3, text=text, author=an_author("returning"), posted_at=posted)])
    while draft_new(office):
        pass
    handles = [card.handle for card in office.inbox.waiting(lane="question")[0]]
    assert handles == ["returning", "new"]
    because = office.inbox.waiting(lane="question")[0][0].because
    assert because == (
        "Soon: asks a question; addressed to us; wrote to us before, on 18 Nov; has had no answer since 18 Nov."
    )


def test_what_was_left_on_purpose_is_no_debt(office: Office, poller: Poller, clock: Clock) -> None:
    poller.take_in("test", [a_mention(1, text=BROKEN)])
    while draft_new(office):
        pass
    decide.no_reply(office, 1, "answered by mail", "Ana")
    clock.forward(days=2)
    poller.take_in("test", [a_mention(2, text="@harbourlight are you open on Sunday?", posted_at=clock())])
    while draft_new(office):
        pass
    draft = office.queue.draft_of(2)
    assert draft is not None
    assert draft.state is State.HELD
    assert "no answer" not in office.inbox.turn_of(2).because
