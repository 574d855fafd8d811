"""Delivery: what was approved, once; and for every way an answer can be lost, the right state."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from listener.archive import connect
from listener.archive.connect import writing
from responders import decide
from responders.deliver import LEASE, deliver_once
from responders.draft import Draft, Receipt, State
from responders.office import Office
from responders.publisher import HeldThere, Postponed, Refused, Revoked, Unknown
from responders.queue import NotPossible, Seen
from responders.reconcile import SETTLE, reconcile
from tests.builders import Clock, an_office
from tests.fakes import FakePublisher, FakeSource

# Shows each mention as it was heard: nothing was deleted or edited meanwhile.
SOURCES = {"plaza": FakeSource(), "bluesky": FakeSource()}


@pytest.fixture
def approved(office: Office, draft: Draft, clock: Clock) -> Draft:
    done = decide.approve(office, draft.draft_id, Seen(draft.revision, draft.text_sha256), draft.text, "Ana")
    clock.forward(seconds=21)
    return done


def state(office: Office, draft: Draft) -> State:
    return office.queue.get(draft.draft_id).state


def test_an_approved_reply_goes_out_once_to_its_parent_as_it_was_approved(
    office: Office, approved: Draft, publisher: FakePublisher
) -> None:
    sent = deliver_once(office, {"plaza": publisher}, SOURCES)
    assert sent is not None
    assert sent.state is State.SENT
    assert deliver_once(office, {"plaza": publisher}, SOURCES) is None
    (order,) = publisher.posted
    assert (order.text, order.parent.post_id) == (approved.text, "p1")
    receipt = office.inbox.receipt_of(approved.draft_id)
    assert receipt is not None
    assert receipt.post_id == "r1"
    assert office.inbox.outcome_of(approved.mention_id).outcome == "answered"  # type: ignore[union-attr]


def test_nothing_goes_out_before_the_undo_window_is_over(
    office: Office, draft: Draft, publisher: FakePublisher, clock: Clock
) -> None:
    decide.approve(office, draft.draft_id, Seen(1, draft.text_sha256), draft.text, "Ana")
    clock.forward(seconds=19)
    assert deliver_once(office, {"plaza": publisher}, SOURCES) is None
    clock.forward(seconds=2)
    assert deliver_once(office, {"plaza": publisher}, SOURCES) is not None


def test_what_nobody_approved_never_goes_out(office: Office, draft: Draft, publisher: FakePublisher) -> None:
    """Even where something else has set the state: the audit must hold the approval of these bytes."""
    office.db.execute("UPDATE drafts SET state = 'approved', send_after = '2020-01-01T00:00:00.000Z'")
    office.db.conn.commit()
    deliver_once(office, {"plaza": publisher}, SOURCES)
    assert (publisher.attempts, state(office, draft)) == (0, State.HELD)


def test_a_text_changed_behind_the_approval_never_goes_out(
    office: Office, approved: Draft, publisher: FakePublisher
) -> None:
    office.db.execute("UPDATE drafts SET text = text || ' Buy now!'")
    office.db.conn.commit()
    deliver_once(office, {"plaza": publisher}, SOURCES)
    assert (publisher.attempts, state(office, approved)) == (0, State.HELD)


def test_pause_holds_everything_back_until_resumed(office: Office, approved: Draft, publisher: FakePublisher) -> None:
    decide.pause(office, "Ana", "press call")
    assert deliver_once(office, {"plaza": publisher}, SOURCES) is None
    assert office.controls.paused() == "by Ana: press call"
    decide.resume(office, "Ana")
    assert deliver_once(office, {"plaza": publisher}, SOURCES) is not None


def test_a_draft_on_the_wire_cannot_be_claimed_again(office: Office, approved: Draft, publisher: FakePublisher) -> None:
    publisher.before = lambda: seen.append(office.outbox.claim(["plaza"], office.now(), LEASE))
    seen: list[object] = []
    deliver_once(office, {"plaza": publisher}, SOURCES)
    assert (seen, publisher.attempts) == ([None], 1)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (Refused("422: too rude"), State.REFUSED),
        (Postponed("429"), State.APPROVED),
        (Revoked("401"), State.APPROVED),
        (Unknown("no answer"), State.UNKNOWN),
        (RuntimeError("a bug of ours"), State.UNKNOWN),
    ],
)
def test_each_ending_has_its_state(
    office: Office, approved: Draft, publisher: FakePublisher, error: Exception, expected: State
) -> None:
    publisher.error = error
    deliver_once(office, {"plaza": publisher}, SOURCES)
    assert state(office, approved) is expected
    assert publisher.attempts == 1
    assert deliver_once(office, {"plaza": publisher}, SOURCES) is None


def test_postponed_is_tried_again_when_the_platform_said(
    office: Office, approved: Draft, publisher: FakePublisher, clock: Clock
) -> None:
    publisher.error, publisher.stores = Postponed("429", clock() + timedelta(minutes=5)), False
    deliver_once(office, {"plaza": publisher}, SOURCES)
    clock.forward(minutes=4)
    assert deliver_once(office, {"plaza": publisher}, SOURCES) is None
    publisher.error, publisher.stores = None, True
    clock.forward(minutes=1)
    deliver_once(office, {"plaza": publisher}, SOURCES)
    assert (len(publisher.posted), state(office, approved)) == (1, State.SENT)


def test_unknown_and_posted_is_found_and_never_sent_again(
    office: Office, approved: Draft, publisher: FakePublisher
) -> None:
    publisher.error = Unknown("reset by peer")
    deliver_once(office, {"plaza": publisher}, SOURCES)
    publisher.error = None
    assert [draft.state for draft in reconcile(office, {"plaza": publisher})] == [State.SENT]
    assert office.inbox.receipt_of(approved.draft_id).how == "found"  # type: ignore[union-attr]
    assert (deliver_once(office, {"plaza": publisher}, SOURCES), publisher.attempts) == (None, 1)


def test_unknown_and_not_there_is_asked_after_two_looks_and_never_sent_by_itself(
    office: Office, approved: Draft, publisher: FakePublisher, clock: Clock
) -> None:
    publisher.error, publisher.stores = Unknown("timeout"), False
    deliver_once(office, {"plaza": publisher}, SOURCES)
    assert reconcile(office, {"plaza": publisher}) == []
    clock.now += SETTLE / 2
    assert reconcile(office, {"plaza": publisher}) == []
    clock.now += SETTLE
    (asked,) = reconcile(office, {"plaza": publisher})
    assert (asked.state, asked.looks) == (State.UNKNOWN, 2)
    assert asked.note.endswith("looked for twice, and is not to be seen there")
    publisher.error, publisher.stores = None, True
    for _ in range(40):
        clock.forward(hours=1)
        assert deliver_once(office, {"plaza": publisher}, SOURCES) is None
        assert reconcile(office, {"plaza": publisher}) == []
    assert (publisher.attempts, publisher.looked, state(office, approved)) == (1, 6, State.UNKNOWN)


def test_where_nobody_can_look_that_is_said_and_it_is_tried_less_and_less_often(
    office: Office, approved: Draft, publisher: FakePublisher, clock: Clock
) -> None:
    publisher.error = Unknown("reset by peer")
    deliver_once(office, {"plaza": publisher}, SOURCES)
    theirs = office.archive.get(approved.mention_id).mention.post_id
    publisher.unreadable.add(theirs)
    for _ in range(24 * 180):
        assert reconcile(office, {"plaza": publisher}) == []
        clock.forward(seconds=20)
    stands = office.queue.get(approved.draft_id)
    assert (stands.state, stands.looks) == (State.UNKNOWN, 0), "it was never looked for"
    assert stands.note == "reset by peer; it could not be looked for: too many to look through"
    assert publisher.looked < 24 * 2 + 10
    publisher.unreadable.clear()
    publisher.visible = False
    clock.forward(minutes=30)
    reconcile(office, {"plaza": publisher})
    assert office.queue.get(approved.draft_id).note == "reset by peer", "it can be looked for again"
    publisher.visible = True
    clock.forward(minutes=1)
    assert [one.state for one in reconcile(office, {"plaza": publisher})] == [State.SENT]


def test_where_nothing_is_sent_any_more_a_lost_reply_says_so(
    office: Office, approved: Draft, publisher: FakePublisher
) -> None:
    publisher.error = Unknown("reset by peer")
    deliver_once(office, {"plaza": publisher}, SOURCES)
    reconcile(office, {})
    stands = office.queue.get(approved.draft_id)
    assert stands.note == "reset by peer; it could not be looked for: nothing is sent to plaza with these settings"


def test_whatever_a_platform_says_can_be_kept(office: Office, approved: Draft, publisher: FakePublisher) -> None:
    publisher.error, publisher.stores = Refused("half a character: \ud83d, and\nNUL \x00"), False
    deliver_once(office, {"plaza": publisher}, SOURCES)
    stands = office.queue.get(approved.draft_id)
    assert (stands.state, stands.note) == (State.REFUSED, "refused: half a character: \ufffd, and NUL")


def test_what_turns_up_late_is_found_although_a_person_was_asked(
    office: Office, approved: Draft, publisher: FakePublisher, clock: Clock
) -> None:
    publisher.error, publisher.visible = Unknown("timeout"), False
    deliver_once(office, {"plaza": publisher}, SOURCES)
    for _ in range(2):
        reconcile(office, {"plaza": publisher})
        clock.now += SETTLE
    publisher.visible = True
    clock.forward(hours=1)
    assert [one.state for one in reconcile(office, {"plaza": publisher})] == [State.SENT]


def test_sent_again_by_a_persons_word_exactly_as_it_was(
    office: Office, approved: Draft, publisher: FakePublisher, clock: Clock
) -> None:
    publisher.error, publisher.stores = Unknown("timeout"), False
    deliver_once(office, {"plaza": publisher}, SOURCES)
    with pytest.raises(NotPossible, match="still being looked for"):
        decide.send_again(office, approved.draft_id, "Ben")
    looked_for_in_vain(office, publisher, clock)
    again = decide.send_again(office, approved.draft_id, "Ben")
    assert (again.approved_by, again.text_sha256) == ("Ben", approved.text_sha256)
    publisher.error, publisher.stores = None, True
    assert deliver_once(office, {"plaza": publisher}, SOURCES) is None, "it waits out the undo window"
    clock.forward(minutes=1)
    deliver_once(office, {"plaza": publisher}, SOURCES)
    assert ([one.text for one in publisher.posted], state(office, approved)) == ([approved.text], State.SENT)


def test_what_is_there_after_all_is_not_sent_again_even_by_a_persons_word(
    office: Office, approved: Draft, publisher: FakePublisher, clock: Clock
) -> None:
    publisher.error, publisher.visible = Unknown("timeout"), False
    deliver_once(office, {"plaza": publisher}, SOURCES)
    looked_for_in_vain(office, publisher, clock)
    decide.send_again(office, approved.draft_id, "Ana")
    publisher.error, publisher.visible = None, True
    clock.forward(minutes=1)
    deliver_once(office, {"plaza": publisher}, SOURCES)
    assert (publisher.attempts, state(office, approved)) == (1, State.SENT)


def test_whoever_approves_after_a_lost_attempt_is_told_of_it_whatever_became_of_the_draft(
    office: Office, approved: Draft, publisher: FakePublisher, clock: Clock
) -> None:
    publisher.error, publisher.stores = Unknown("timeout"), False
    assert decide.problems(office, approved) == ()
    deliver_once(office, {"plaza": publisher}, SOURCES)
    looked_for_in_vain(office, publisher, clock)
    decide.send_again(office, approved.draft_id, "Ana")
    held = decide.undo(office, approved.draft_id, "Ana")
    assert decide.LOST in decide.problems(office, held, "Other words about the dimmer on the Wren lamp")


def looked_for_in_vain(office: Office, publisher: FakePublisher, clock: Clock) -> None:
    for _ in range(2):
        reconcile(office, {"plaza": publisher})
        clock.now += SETTLE


def test_what_a_dead_process_left_on_the_wire_becomes_unknown_at_once(
    office: Office, approved: Draft, clock: Clock
) -> None:
    claim = office.outbox.claim(["plaza"], clock(), LEASE)
    assert claim is not None
    reconcile(office, {})
    assert state(office, approved) is State.SENDING, "its process lives"
    claim.lock.let_go()
    reconcile(office, {})
    assert state(office, approved) is State.UNKNOWN


def test_an_attempt_that_begins_while_another_waits_for_the_database_is_not_given_up(
    office: Office, approved: Draft, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever looks for the dead took its time for an earlier one, and the attempt for one from the future."""
    waits, take_turn = threading.Event(), connect._take_turn

    def turn(conn: sqlite3.Connection, patience_s: float | None) -> None:
        if threading.current_thread() is looking:
            waits.set()
        take_turn(conn, patience_s)

    with an_office(tmp_path, clock) as other:
        looking = threading.Thread(target=lambda: reconcile(other, {}))
        monkeypatch.setattr(connect, "_take_turn", turn)
        with writing(office.db):
            looking.start()
            assert waits.wait(20)
            clock.forward(seconds=1)
            claim = office.outbox.claim(["plaza"], clock(), LEASE)
        looking.join(20)
    assert claim is not None
    assert state(office, approved) is State.SENDING


def test_a_process_that_stands_still_is_relieved_when_its_time_is_over_and_writes_nothing_when_it_wakes(
    office: Office, approved: Draft, hold: Callable[..., Draft], publisher: FakePublisher, clock: Clock
) -> None:
    second = hold(2)
    decide.approve(office, second.draft_id, Seen(second.revision, second.text_sha256), second.text, "Ana")
    clock.forward(seconds=21)
    other = FakePublisher()

    def sleeps() -> None:
        """The other process meets a lease that is held, then one that is over."""
        assert deliver_once(office, {"plaza": other}, SOURCES) is None
        clock.now += LEASE
        for _ in range(4):
            reconcile(office, {"plaza": other})
            clock.now += SETTLE
        with pytest.raises(NotPossible, match="end process"):
            decide.send_again(office, approved.draft_id, "Ana")
        deliver_once(office, {"plaza": other}, SOURCES)

    publisher.before = sleeps
    woken = deliver_once(office, {"plaza": publisher}, SOURCES)
    assert (publisher.attempts, [one.text for one in other.posted]) == (0, [second.text])
    assert woken is not None
    assert woken.state is State.APPROVED
    assert "another process" in woken.note
    deliver_once(office, {"plaza": other}, SOURCES)
    assert sorted(one.text for one in other.posted) == sorted([approved.text, second.text])


def test_a_pause_that_comes_between_the_claim_and_the_first_byte_holds(
    office: Office, approved: Draft, publisher: FakePublisher
) -> None:
    publisher.before = lambda: decide.pause(office, "Ben")
    left = deliver_once(office, {"plaza": publisher}, SOURCES)
    assert left is not None
    assert (publisher.attempts, left.state) == (0, State.APPROVED)
    assert "paused by Ben" in left.note
    publisher.before = lambda: None
    decide.resume(office, "Ben")
    deliver_once(office, {"plaza": publisher}, SOURCES)
    assert (publisher.attempts, state(office, approved)) == (1, State.SENT)


def test_an_approval_of_yesterday_is_asked_for_again(
    office: Office, approved: Draft, publisher: FakePublisher, clock: Clock
) -> None:
    decide.pause(office, "Ana")
    clock.forward(hours=25)
    decide.resume(office, "Ana")
    back = deliver_once(office, {"plaza": publisher}, SOURCES)
    assert back is not None
    assert (back.state, publisher.attempts) == (State.HELD, 0)
    assert "more than 24 hours ago" in back.note


def test_what_one_of_us_answered_there_goes_back_with_the_link_and_may_be_approved_for_a_second_reply(
    office: Office, approved: Draft, publisher: FakePublisher, clock: Clock
) -> None:
    publisher.native["p1"] = Receipt("n1", "http://127.0.0.1:8101/posts/n1")
    back = deliver_once(office, {"plaza": publisher}, SOURCES)
    assert back is not None
    assert (back.state, publisher.attempts) == (State.HELD, 0)
    assert "http://127.0.0.1:8101/posts/n1" in back.note
    decide.approve(office, back.draft_id, Seen(back.revision, back.text_sha256), back.text, "Ana")
    clock.forward(seconds=21)
    deliver_once(office, {"plaza": publisher}, SOURCES)
    assert (publisher.attempts, state(office, approved)) == (1, State.SENT)


def test_a_refusal_can_be_mended_and_approved_anew(
    office: Office, approved: Draft, publisher: FakePublisher, clock: Clock
) -> None:
    publisher.error, publisher.stores = Refused("422: no links here"), False
    deliver_once(office, {"plaza": publisher}, SOURCES)
    refused = office.queue.get(approved.draft_id)
    assert "no links here" in refused.note
    held = office.queue.move(refused.draft_id, State.HELD, "undo", "Ana", "", clock())
    publisher.error, publisher.stores = None, True
    decide.approve(office, held.draft_id, Seen(held.revision, held.text_sha256), "The dimmer: which bulb?", "Ana")
    clock.forward(minutes=1)
    deliver_once(office, {"plaza": publisher}, SOURCES)
    assert [order.text for order in publisher.posted] == ["The dimmer: which bulb?"]


def test_only_platforms_that_are_open_are_claimed(
    office: Office, approved: Draft, hold: Callable[..., Draft], publisher: FakePublisher
) -> None:
    assert deliver_once(office, {"bluesky": publisher}, SOURCES) is None
    assert state(office, approved) is State.APPROVED


def test_a_platform_that_says_at_once_is_not_asked_at_once(
    office: Office, approved: Draft, publisher: FakePublisher, clock: Clock
) -> None:
    publisher.stores, waits = False, []
    for _ in range(3):
        publisher.error = Postponed("429, retry after 0", clock())
        deliver_once(office, {"plaza": publisher}, SOURCES)
        send_after = office.queue.get(approved.draft_id).send_after
        assert send_after is not None
        waits.append(send_after - clock())
        clock.now = send_after
    assert waits == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]


def test_an_answer_that_comes_after_all_is_recorded(
    office: Office, approved: Draft, publisher: FakePublisher, clock: Clock
) -> None:
    """A process that slept past its lease wakes up with a receipt: the reply is there, and must never go out again."""
    claim = office.outbox.claim(["plaza"], clock(), LEASE)
    assert claim is not None
    publisher.visible = False
    clock.now += LEASE
    for _ in range(3):
        reconcile(office, {"plaza": publisher})
        clock.now += SETTLE
    assert state(office, approved) is State.UNKNOWN
    office.outbox.delivered(claim, Receipt("r1", "http://127.0.0.1:8101/posts/r1"), "plaza", clock())
    assert state(office, approved) is State.SENT
    assert office.inbox.receipt_of(approved.draft_id).post_id == "r1"  # type: ignore[union-attr]


def test_what_the_moderators_keep_is_never_put_back_by_looking(
    office: Office, approved: Draft, publisher: FakePublisher, clock: Clock
) -> None:
    publisher.error = HeldThere("waits for the moderators")
    publisher.visible = False
    deliver_once(office, {"plaza": publisher}, SOURCES)
    for _ in range(4):
        clock.forward(hours=1)
        reconcile(office, {"plaza": publisher})
    assert state(office, approved) is State.UNKNOWN
    assert "looked for" not in office.queue.get(approved.draft_id).note
    decide.drop(office, approved.draft_id, "Ana")
    assert state(office, approved) is State.DECLINED


def test_other_replies_of_ours_are_named_where_one_is_looked_for(
    office: Office, approved: Draft, hold: Callable[..., Draft], publisher: FakePublisher, clock: Clock
) -> None:
    deliver_once(office, {"plaza": publisher}, SOURCES)
    second = hold(2)
    decide.approve(office, second.draft_id, Seen(second.revision, second.text_sha256), second.text, "Ana")
    clock.forward(seconds=21)
    deliver_once(office, {"plaza": publisher}, SOURCES)
    first = office.inbox.receipt_of(approved.draft_id)
    assert first is not None
    assert publisher.posted[1].known == {first.post_id, first.url}


def test_those_that_cannot_be_looked_into_hold_up_no_other(
    office: Office, approved: Draft, hold: Callable[..., Draft], publisher: FakePublisher, clock: Clock
) -> None:
    """Whether it is the platform or these mentions can't be told: the others must not wait for them for ever."""
    for number in (2, 3):
        draft = hold(number)
        decide.approve(office, draft.draft_id, Seen(draft.revision, draft.text_sha256), draft.text, "Ana")
    clock.forward(seconds=21)
    publisher.unreadable |= {"p1", "p2"}
    for _ in range(120):
        deliver_once(office, {"plaza": publisher}, SOURCES)
        clock.forward(seconds=5)
    assert [one.parent.post_id for one in publisher.posted] == ["p3"]
    assert state(office, approved) is State.APPROVED
    publisher.unreadable.clear()
    clock.forward(hours=1)
    for _ in range(2):
        deliver_once(office, {"plaza": publisher}, SOURCES)
    assert sorted(one.parent.post_id for one in publisher.posted) == ["p1", "p2", "p3"]


def test_what_was_held_there_is_told_of_to_whoever_approves_it_again(
    office: Office, approved: Draft, publisher: FakePublisher, clock: Clock
) -> None:
    publisher.error, publisher.visible = HeldThere("waits for the moderators"), False
    deliver_once(office, {"plaza": publisher}, SOURCES)
    for _ in range(2):
        reconcile(office, {"plaza": publisher})
        clock.now += SETTLE
    decide.send_again(office, approved.draft_id, "Ana")
    held = decide.undo(office, approved.draft_id, "Ana")
    assert decide.LOST in decide.problems(office, held)


def test_nothing_is_looked_for_while_another_reply_is_on_the_wire_there(
    office: Office, approved: Draft, hold: Callable[..., Draft], publisher: FakePublisher, clock: Clock
) -> None:
    publisher.error = Unknown("lost")
    deliver_once(office, {"plaza": publisher}, SOURCES)
    second = hold(2)
    decide.approve(office, second.draft_id, Seen(second.revision, second.text_sha256), second.text, "Ana")
    clock.forward(seconds=21)
    publisher.error, publisher.before = None, lambda: looked.extend(reconcile(office, {"plaza": publisher}))
    looked: list[Draft] = []
    deliver_once(office, {"plaza": publisher}, SOURCES)
    assert looked == []
    assert [one.draft_id for one in reconcile(office, {"plaza": publisher})] == [approved.draft_id]
