"""What a person approved and can't go out as it is comes back to the desk, and an old page approves nothing by that.

Each of these was found by the state machine (test_outbox_machine.py), or by reading with its eyes.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from listener.poll import Poller
from listener.recheck import Rereader
from responders import decide
from responders.deliver import LEASE, deliver_once
from responders.draft import Draft, Receipt, State
from responders.lease import Lease
from responders.office import Office
from responders.overtaken import draw_back
from responders.publisher import Postponed
from responders.queue import Changed, Seen
from tests.builders import Clock
from tests.fakes import FakePublisher, FakeSource

SOURCES = {"plaza": FakeSource()}


@pytest.fixture
def approved(office: Office, draft: Draft, clock: Clock) -> Draft:
    done = decide.approve(office, draft.draft_id, Seen(draft.revision, draft.text_sha256), draft.text, "Ana")
    clock.forward(seconds=21)
    return done


def edited(office: Office, poller: Poller, draft: Draft, clock: Clock) -> Callable[[], None]:
    """The hourly look of another process finds that they edited what they said, and obeys."""

    def edits() -> None:
        heard = office.archive.get(draft.mention_id)
        Rereader(office.db, poller._sifter, clock).take_over(heard, replace(heard.mention, text="All is well now!"))
        draw_back(office)

    return edits


def test_who_asks_us_to_stop_between_the_claim_and_the_first_byte_gets_nothing(
    office: Office, approved: Draft, publisher: FakePublisher
) -> None:
    publisher.before = lambda: decide.do_not_contact(office, approved.mention_id, "they asked by phone", "Ben")
    left = deliver_once(office, {"plaza": publisher}, SOURCES)
    assert left is not None
    assert (publisher.attempts, left.state) == (0, State.APPROVED)
    publisher.before = lambda: None
    deliver_once(office, {"plaza": publisher}, SOURCES)
    assert (publisher.attempts, office.queue.get(approved.draft_id).state) == (0, State.SUPERSEDED)


def test_what_they_edited_between_the_claim_and_the_first_byte_goes_back_to_the_desk(
    office: Office, poller: Poller, approved: Draft, publisher: FakePublisher, clock: Clock
) -> None:
    publisher.before = edited(office, poller, approved, clock)
    deliver_once(office, {"plaza": publisher}, SOURCES)
    draw_back(office)
    back = office.queue.get(approved.draft_id)
    assert (publisher.attempts, back.state) == (0, State.HELD)
    assert "edited" in back.note


def test_what_was_told_to_wait_while_they_edited_it_does_not_wait_for_ever(
    office: Office, poller: Poller, approved: Draft, publisher: FakePublisher, clock: Clock
) -> None:
    """No edit is found once more for it: the draft was on the wire when that was obeyed."""
    publisher.stores, publisher.error = False, Postponed("429")
    last_look = office.outbox.look_again
    office.outbox.look_again = lambda *_: None  # type: ignore[method-assign]
    publisher.before = edited(office, poller, approved, clock)
    left = deliver_once(office, {"plaza": publisher}, SOURCES)
    assert left is not None
    assert left.state is State.APPROVED
    office.outbox.look_again = last_look  # type: ignore[method-assign]
    clock.forward(minutes=5)
    draw_back(office)
    assert office.queue.get(approved.draft_id).state is State.HELD


def test_an_approval_by_a_clock_that_ran_ahead_is_asked_for_again(
    office: Office, approved: Draft, clock: Clock
) -> None:
    clock.now -= timedelta(hours=5)
    draw_back(office)
    back = office.queue.get(approved.draft_id)
    assert back.state is State.HELD
    assert "clock was set back" in back.note


def test_a_page_from_before_a_colleague_answered_approves_no_second_reply(
    office: Office, approved: Draft, publisher: FakePublisher
) -> None:
    publisher.native["p1"] = Receipt("n1", "http://127.0.0.1:8101/posts/n1")
    deliver_once(office, {"plaza": publisher}, SOURCES)
    with pytest.raises(Changed):
        decide.approve(
            office, approved.draft_id, Seen(approved.revision, approved.text_sha256), approved.text, "Ben"
        )  # fmt: skip


def test_a_page_from_before_its_approval_was_too_old_approves_nothing(
    office: Office, approved: Draft, clock: Clock
) -> None:
    clock.forward(hours=25)
    draw_back(office)
    with pytest.raises(Changed):
        decide.approve(
            office, approved.draft_id, Seen(approved.revision, approved.text_sha256), approved.text, "Ben"
        )  # fmt: skip


def test_a_clock_that_was_set_back_lets_nobody_wait_for_one_who_stands_still(
    office: Office, approved: Draft, hold: Callable[..., Draft], publisher: FakePublisher, clock: Clock
) -> None:
    claim = office.outbox.claim(["plaza"], clock(), LEASE)
    assert claim is not None
    clock.now -= timedelta(days=2)
    second = hold(2)
    decide.approve(office, second.draft_id, Seen(second.revision, second.text_sha256), second.text, "Ana")
    clock.forward(seconds=21)
    sent = deliver_once(office, {"plaza": publisher}, SOURCES)
    assert sent is not None
    assert sent.state is State.SENT
    claim.lock.let_go()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
@pytest.mark.optional
def test_another_users_lock_is_believed_until_its_time_is_over(office: Office, approved: Draft, clock: Clock) -> None:
    claim = office.outbox.claim(["plaza"], clock(), LEASE)
    assert claim is not None
    claim.lock._path.chmod(0)
    assert Lease(office.db).is_under_way(claim.token)
    assert "another user's" in Lease(office.db).who(claim.token)
    claim.lock.let_go()
