"""The lists: the most pressing first, page after page, and nobody twice or left out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from listener.poll import Poller
from responders import decide
from responders.draft import Draft, State
from responders.drafting import draft_new, write_draft
from responders.office import Office
from responders.queue import Seen
from tests.builders import NOON, a_mention


def test_the_most_pressing_come_first_and_then_who_has_waited_longest(
    office: Office, hold: Callable[..., Draft]
) -> None:
    for number, rank in ((1, 0), (2, 2), (3, 3), (4, 2)):
        hold(number, rank=rank, posted_at=NOON - timedelta(hours=number))
    assert [card.mention_id for card in office.inbox.waiting()[0]] == [3, 4, 2, 1]


def test_pages_hold_everybody_once(office: Office, hold: Callable[..., Draft]) -> None:
    for number in range(1, 24):
        hold(number, rank=number % 3)
    cards, token = office.inbox.waiting(limit=5)
    seen = [card.mention_id for card in cards]
    while token is not None and len(seen) < 100:
        cards, token = office.inbox.waiting(limit=5, after=token)
        seen += [card.mention_id for card in cards]
    assert sorted(seen) == list(range(1, 24))
    assert seen == [card.mention_id for card in office.inbox.waiting(limit=50)[0]]


def test_a_page_that_is_none_is_refused(office: Office) -> None:
    with pytest.raises(ValueError, match="not a page"):
        office.inbox.waiting(after="'; DROP TABLE drafts")


def test_lanes_are_counted_and_kept_apart(office: Office, hold: Callable[..., Draft]) -> None:
    hold(1)
    hold(2, text="@harbourlight my daughter reads under the Wren every night, thank you, we love it")
    lanes = {card.lane for card in office.inbox.waiting()[0]}
    assert len(lanes) == 2
    for lane in lanes:
        cards, _ = office.inbox.waiting(lane=lane)
        assert [card.lane for card in cards] == [lane]
        assert office.inbox.counts()[f"held:{lane}"] == 1


def test_what_was_decided_is_told_in_order(office: Office, draft: Draft) -> None:
    seen = Seen(draft.revision, draft.text_sha256)
    decide.approve(office, draft.draft_id, seen, draft.text, "Ana")
    decide.undo(office, draft.draft_id, "Ben")
    told = [(one.verb, one.person) for one in office.inbox.decisions_of(draft.mention_id)]
    assert told == [("hold", "warmline"), ("approve", "Ana"), ("undo", "Ben")]


def test_states_are_listed_the_last_changed_first(office: Office, hold: Callable[..., Draft], clock: object) -> None:
    for number in (1, 2):
        one = hold(number)
        decide.approve(office, one.draft_id, Seen(1, one.text_sha256), one.text, "Ana")
        clock.forward(seconds=1)  # type: ignore[attr-defined]
    assert [card.mention_id for card in office.inbox.in_state(State.APPROVED)] == [2, 1]


def test_the_next_one_is_the_head_of_the_queue_without_this_one(office: Office, hold: Callable[..., Draft]) -> None:
    hold(1, rank=3)
    hold(2, rank=1)
    assert office.inbox.next_waiting(besides=1) == 2
    assert office.inbox.next_waiting(besides=2) == 1


def test_the_queue_is_read_along_an_index(office: Office) -> None:
    """A full scan or a sort would cost a second on a busy year's mentions."""
    from responders import inbox

    asked = {"lane": "help", "after": "", "draft_id": 1, "limit": 50}
    for sql in (inbox._WAITING, inbox._BEFORE, inbox._AFTER):
        for lane in (None, "help", inbox.UNSURE):
            narrowed = inbox._narrowed(sql, lane)
            plan = " ".join(row["detail"] for row in office.db.query(f"EXPLAIN QUERY PLAN {narrowed}", asked))
            assert "SCAN" not in plan
            assert "TEMP B-TREE FOR ORDER BY" not in plan
            assert ("drafts_not_sure" in plan) == (lane == inbox.UNSURE)


def test_a_thread_and_old_words_are_found_by_an_index_of_their_own(office: Office) -> None:
    """What most mentions or drafts have in common (the platform, that they are held) is no way to find one."""
    from listener.archive import read
    from responders import queue

    thread = read._HEARD + read._OF_THREAD
    asked = {"platform": "plaza", "thread_id": "one"}
    plan = " ".join(row["detail"] for row in office.db.query(f"EXPLAIN QUERY PLAN {thread}", asked))
    assert "mentions_by_thread" in plan
    assert "(platform=? AND post_id=?)" in plan
    plan = " ".join(row["detail"] for row in office.db.query(f"EXPLAIN QUERY PLAN {queue._FORGET_OLD_WORDS}", [""]))
    assert "drafts_read_as" in plan


def test_what_is_set_aside_is_read_along_an_index(office: Office) -> None:
    from responders import inbox

    asked = {"why": "spam", "before": 99, "limit": 50}
    plan = " ".join(row["detail"] for row in office.db.query(f"EXPLAIN QUERY PLAN {inbox._ASIDE}", asked))
    assert "set_aside_by_why" in plan
    assert "SCAN" not in plan
    assert "TEMP B-TREE" not in plan


def test_the_counts_are_what_counting_would_give(office: Office, hold: Callable[..., Draft]) -> None:
    drafts = [hold(number) for number in range(1, 6)]
    decide.decline(office, drafts[0].draft_id, "no", "Ana")
    decide.approve(office, drafts[1].draft_id, Seen(1, drafts[1].text_sha256), drafts[1].text, "Ana")
    office.db.execute("DELETE FROM drafts WHERE draft_id = ?", [drafts[2].draft_id])
    for state in State:
        (counted,) = office.db.execute("SELECT count(*) FROM drafts WHERE state = ?", [state.value]).fetchone()
        assert office.inbox.counts()[state.value] == counted


def test_the_neighbours_are_those_of_the_list(office: Office, hold: Callable[..., Draft]) -> None:
    for number in range(1, 10):
        hold(number, rank=number % 3)
    cards = office.inbox.waiting()[0]
    order = [card.mention_id for card in cards]
    for at, card in enumerate(cards):
        before, after = office.inbox.neighbours(card.draft_id or 0)
        assert (before, after) == (order[at - 1] if at else None, order[at + 1] if at + 1 < len(order) else None)
        assert office.inbox.neighbours(card.draft_id or 0, card.lane) == (before, after)


def test_a_mention_set_aside_comes_back_when_somebody_writes(office: Office, poller: Poller) -> None:
    poller.take_in("test", [a_mention(1, posted_at=NOON - timedelta(days=90))])
    draft_new(office)
    assert [card.mention_id for card in office.inbox.older()[0]] == [1]
    write_draft(office, 1, "Ana")
    assert office.inbox.older()[0] == []
    decide.no_reply(office, 1, "long ago", "Ana")
    assert office.inbox.older()[0] == []
