"""People who asked us to stop, or were put on the list: nothing waits for them, nothing goes to them any more."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from listener.mention import Mention
from listener.poll import Poller
from responders import decide
from responders.commands.show import everything, in_words
from responders.contact import ASKED, PUT_ON, TAKEN_OFF
from responders.controls import SOFTWARE
from responders.draft import Draft, Receipt, State
from responders.drafting import draft_new, write_draft
from responders.office import Office
from responders.permission import rules
from responders.queue import NotPossible, Seen
from responders.reconcile import reconcile
from tests.builders import Clock, a_mention, an_author
from tests.fakes import FakePublisher

STOP = "@harbourlight please stop"
LEASE = timedelta(minutes=3)


def hear(office: Office, poller: Poller, *mentions: Mention) -> list[int]:
    """Hear and draft for these, and return their numbers."""
    numbers = poller.take_in("test", list(mentions))
    while draft_new(office):
        pass
    return list(numbers)


def says_stop(number: int = 50, **changes: object) -> Mention:
    return a_mention(number, **{"text": STOP, **changes})


def state(office: Office, draft: Draft) -> State:
    return office.queue.get(draft.draft_id).state


def approve(office: Office, draft: Draft) -> Draft:
    return decide.approve(office, draft.draft_id, Seen(draft.revision, draft.text_sha256), draft.text, "Ana")


def outcome(office: Office, mention_id: int) -> tuple[str, str, str] | None:
    found = office.inbox.outcome_of(mention_id)
    return (found.outcome, found.reason, found.person) if found else None


def verbs(office: Office, mention_id: int) -> list[tuple[str, str]]:
    return [(one.verb, one.person) for one in office.inbox.decisions_of(mention_id)]


def test_stop_takes_effect_when_it_is_heard(office: Office, poller: Poller, draft: Draft) -> None:
    (stop,) = hear(office, poller, says_stop())
    listed = office.contact.listed(an_author())
    assert listed is not None
    assert (listed.reason, listed.person, listed.mention_id) == (ASKED, SOFTWARE, stop)
    assert state(office, draft) is State.SUPERSEDED
    for number in (draft.mention_id, stop):
        assert outcome(office, number) == ("no_reply", ASKED, SOFTWARE)
        assert office.inbox.permission_of(number) == rules.ASKED_TO_STOP
    assert verbs(office, draft.mention_id)[-2:] == [("supersede", SOFTWARE), ("no_reply", SOFTWARE)]
    assert (PUT_ON, SOFTWARE) in verbs(office, stop)
    assert office.inbox.waiting() == ([], None)


def test_nothing_is_drafted_for_them_later(office: Office, poller: Poller) -> None:
    later = "@harbourlight my parcel is two weeks late, where is it?"
    _, parcel = hear(office, poller, says_stop(), a_mention(51, text=later))
    assert office.queue.draft_of(parcel) is None
    assert [card.mention_id for card in office.inbox.older()[0]] == [parcel]
    with pytest.raises(NotPossible, match="do-not-contact"):
        write_draft(office, parcel, "Ana")


def test_it_holds_for_one_person_on_one_platform(office: Office, poller: Poller) -> None:
    elsewhere = a_mention(52, platform="x", author=an_author("mira", platform="x"), text=ANOTHER)
    _, other, same_name = hear(office, poller, says_stop(), a_mention(51, author=an_author("otto")), elsewhere)
    assert office.queue.draft_of(other) is not None
    assert office.queue.draft_of(same_name) is not None


@pytest.mark.parametrize(
    "not_to_us",
    [
        {"to_us": False, "text": "Harbourlight, please stop"},
        {"to_us": False, "text": "stop", "in_reply_to": "p77"},
        {"text": "@harbourlight I can't stop using it"},
    ],
)
def test_stop_counts_only_when_it_is_said_to_us(office: Office, poller: Poller, not_to_us: dict[str, object]) -> None:
    hear(office, poller, a_mention(77, author=an_author("otto")), says_stop(**not_to_us))
    assert office.contact.listed(an_author()) is None


def test_an_answer_to_what_we_said_is_said_to_us(office: Office, poller: Poller) -> None:
    ours = a_mention(60, author=an_author("harbourlight"), ours=True, to_us=False, text="Harbourlight here, hello!")
    hear(office, poller, ours, says_stop(to_us=False, text="stop. (harbourlight)", in_reply_to="p60"))
    assert office.contact.listed(an_author()) is None, "that was more than the request"
    hear(office, poller, says_stop(51, to_us=False, text="@harbourlight stop", in_reply_to="p60"))
    assert office.contact.listed(an_author()) is not None


def test_an_answer_to_what_we_sent_is_said_to_us(office: Office, poller: Poller, draft: Draft, clock: Clock) -> None:
    """Even before our own reply was heard again."""
    approve(office, draft)
    claim = office.outbox.claim(["plaza"], clock.forward(minutes=1), LEASE)
    assert claim is not None
    office.outbox.delivered(claim, Receipt("r1", "https://plaza.example/r1"), "plaza", clock())
    hear(office, poller, says_stop(to_us=False, in_reply_to="r1"))
    assert office.contact.listed(an_author()) is not None
    assert state(office, draft) is State.SENT


def test_taken_off_the_list_all_they_said_may_be_answered_again(office: Office, poller: Poller) -> None:
    earlier, stop = hear(office, poller, a_mention(1), says_stop())
    assert office.inbox.permission_of(earlier) == rules.ASKED_TO_STOP
    decide.contact_again(office, stop, "it was a joke", "Ana")
    assert office.inbox.permission_of(earlier) is None, "asked anew when someone next looks"
    assert "May we answer: api" in in_words(office, earlier)


def test_an_old_stop_holds_as_well(office: Office, poller: Poller, clock: Clock) -> None:
    hear(office, poller, says_stop(posted_at=clock() - timedelta(days=300)))
    assert office.contact.listed(an_author()) is not None


def test_our_own_people_may_say_stop(office: Office, poller: Poller) -> None:
    hear(office, poller, says_stop(author=an_author("harbourlight")))
    assert office.contact.listed(an_author("harbourlight")) is None


@pytest.mark.parametrize("was", ["held", "escalated", "approved", "rehearsed", "by_hand", "refused"])
def test_every_draft_that_is_not_on_its_way_is_taken_back(
    office: Office, poller: Poller, hold: Callable[..., Draft], was: str
) -> None:
    drafts = [hold(number) for number in (1, 2)]
    kept = hold(3, author=an_author("otto"))
    office.db.execute("UPDATE drafts SET state = ?", [was])
    office.db.conn.commit()
    hear(office, poller, says_stop())
    assert [state(office, draft) for draft in drafts] == [State.SUPERSEDED] * 2
    assert state(office, kept) is State(was)


@pytest.mark.parametrize("was", ["sending", "unknown", "sent"])
def test_what_may_be_out_there_is_left_to_the_outbox(office: Office, poller: Poller, draft: Draft, was: str) -> None:
    office.db.execute("UPDATE drafts SET state = ?", [was])
    office.db.conn.commit()
    hear(office, poller, says_stop())
    assert state(office, draft) is State(was)
    assert outcome(office, draft.mention_id) is None


def test_an_approved_reply_to_them_is_never_claimed(office: Office, draft: Draft, clock: Clock) -> None:
    """Even where their draft escaped being taken back: on the wire when they asked, then told to wait."""
    approve(office, draft)
    clock.forward(minutes=1)
    claim = office.outbox.claim(["plaza"], clock(), LEASE)
    assert claim is not None
    decide.do_not_contact(office, draft.mention_id, "they are upset", "Ben")
    office.outbox.not_delivered(claim, State.APPROVED, "429", clock(), clock())
    assert state(office, draft) is State.APPROVED
    assert office.outbox.claim(["plaza"], clock.forward(minutes=1), LEASE) is None
    assert state(office, draft) is State.SUPERSEDED
    assert outcome(office, draft.mention_id) == ("no_reply", "they are upset", SOFTWARE)
    assert ("supersede", SOFTWARE) in verbs(office, draft.mention_id)


def test_one_on_the_list_does_not_hold_up_the_next(office: Office, hold: Callable[..., Draft], clock: Clock) -> None:
    first, second = hold(1), hold(2, author=an_author("otto"))
    for draft in (first, second):
        approve(office, draft)
    office.db.execute(
        "INSERT INTO do_not_contact (platform, author_id, reason, person, at) VALUES ('plaza', 'mira', 'x', 'Ana', '')"
    )
    office.db.conn.commit()
    claim = office.outbox.claim(["plaza"], clock.forward(minutes=1), LEASE)
    assert claim is not None
    assert claim.draft.draft_id == second.draft_id
    assert state(office, first) is State.SUPERSEDED


def test_what_was_looked_for_and_is_not_there_does_not_come_back(office: Office, draft: Draft, clock: Clock) -> None:
    approve(office, draft)
    claim = office.outbox.claim(["plaza"], clock.forward(minutes=1), LEASE)
    assert claim is not None
    office.outbox.not_delivered(claim, State.UNKNOWN, "timed out", clock())
    office.outbox.over(claim, clock())
    decide.do_not_contact(office, draft.mention_id, "they asked", "Ana")
    with pytest.raises(NotPossible, match="do-not-contact"):
        decide.send_again(office, draft.draft_id, "Ana")
    for _ in range(2):
        reconcile(office, {"plaza": FakePublisher()})
        clock.forward(minutes=2)
    assert state(office, draft) is State.SUPERSEDED


def test_a_draft_that_came_back_all_the_same_cannot_be_approved(office: Office, draft: Draft) -> None:
    decide.do_not_contact(office, draft.mention_id, "they asked", "Ana")
    office.db.execute("UPDATE drafts SET state = 'held'")
    office.db.conn.commit()
    with pytest.raises(NotPossible, match="do-not-contact"):
        approve(office, office.queue.get(draft.draft_id))


def test_a_person_puts_someone_on_the_list_and_takes_them_off(office: Office, draft: Draft) -> None:
    number = draft.mention_id
    with pytest.raises(NotPossible, match="why"):
        decide.do_not_contact(office, number, " ", "Ana")
    decide.do_not_contact(office, number, "they are upset", "Ana")
    decide.do_not_contact(office, number, "again", "Ben")
    listed = office.contact.listed(an_author())
    assert listed is not None
    assert (listed.reason, listed.person) == ("they are upset", "Ana")
    assert outcome(office, number) == ("no_reply", "they are upset", "Ana")
    with pytest.raises(NotPossible, match="do-not-contact"):
        decide.reopen(office, number, "Ana")
    assert outcome(office, number) is not None
    with pytest.raises(NotPossible, match="why"):
        decide.contact_again(office, number, "", "Ana")
    decide.contact_again(office, number, "they wrote again, friendly", "Ben")
    assert office.contact.listed(an_author()) is None
    assert office.inbox.permission_of(number) == rules.PLAZA
    assert [verb for verb in verbs(office, number) if verb[0] in (PUT_ON, TAKEN_OFF)] == [
        (PUT_ON, "Ana"),
        (TAKEN_OFF, "Ben"),
    ]
    with pytest.raises(NotPossible, match="not on"):
        decide.contact_again(office, number, "once more", "Ben")
    decide.reopen(office, number, "Ben")
    assert office.queue.draft_of(number) is not None


def test_whom_a_person_took_off_is_not_put_on_again_by_the_same_words(office: Office, poller: Poller) -> None:
    twice = hear(office, poller, says_stop(), says_stop(51))
    decide.contact_again(office, twice[0], "it was said to a friend", "Ana")
    for number in twice:
        decide.reopen(office, number, "Ana")
        assert office.contact.listed(an_author()) is None
        assert office.queue.draft_of(number) is not None
    hear(office, poller, says_stop(52))
    assert office.contact.listed(an_author()) is not None


def test_our_own_account_is_not_put_on_the_list(office: Office, poller: Poller) -> None:
    (ours,) = hear(office, poller, a_mention(60, author=an_author("harbourlight"), ours=True, text="Harbourlight!"))
    with pytest.raises(NotPossible, match="our own"):
        decide.do_not_contact(office, ours, "x", "Ana")


def test_the_list_outlives_what_they_said(office: Office, poller: Poller) -> None:
    hear(office, poller, says_stop())
    office.db.execute("DELETE FROM mentions")
    office.db.conn.commit()
    listed = office.contact.listed(an_author())
    assert listed is not None
    assert listed.mention_id is None
    (kept,) = office.db.query("SELECT * FROM do_not_contact")
    assert "stop" not in json.dumps(kept).replace(ASKED, "")


def test_show_says_so(office: Office, poller: Poller) -> None:
    (stop,) = hear(office, poller, says_stop())
    assert "do-not-contact list since 2026-11-18, by warmline: they asked us to stop" in in_words(office, stop)
    assert everything(office, stop)["do_not_contact"] == office.contact.listed(an_author())


def by_id(number: int, **changes: object) -> Mention:
    """Said on X, which knows people by a number."""
    return a_mention(number, platform="x", author=an_author("Mira", platform="x", author_id="12345"), **changes)


ANOTHER = "@harbourlight the dimmer hums and the switch sticks. Can it be mended?"


def by_handle(number: int, author_id: str = "mira", handle: str = "mira", **changes: object) -> Mention:
    """Said on X as well, as an import, a pasted link or an alert has it."""
    return a_mention(number, platform="x", author=an_author(handle, platform="x", author_id=author_id), **changes)


def test_whom_the_platform_knows_by_a_number_is_known_by_their_handle_too(office: Office, poller: Poller) -> None:
    hear(office, poller, by_id(50, text=STOP))
    _, imported = hear(office, poller, a_mention(51), by_handle(52))
    assert office.queue.draft_of(imported) is None
    assert office.inbox.permission_of(imported) == rules.ASKED_TO_STOP
    assert office.contact.reason_against(imported) == ASKED


def test_whom_we_know_by_their_handle_is_known_when_their_number_is(office: Office, poller: Poller) -> None:
    hear(office, poller, by_handle(50, text=STOP))
    (numbered,) = hear(office, poller, by_id(51))
    assert office.queue.draft_of(numbered) is None
    assert office.contact.reason_against(numbered) == ASKED


def test_all_that_waits_for_them_is_taken_back_by_whichever_name(office: Office, poller: Poller) -> None:
    imported, numbered, other = hear(
        office, poller, by_handle(51), by_id(52), by_handle(53, "777", "mira", text=ANOTHER)
    )
    hear(office, poller, by_id(50, text=STOP))
    assert [office.queue.draft_of(one) for one in (imported, numbered)] == [None, None]
    assert office.inbox.permission_of(imported) == rules.ASKED_TO_STOP
    assert office.queue.draft_of(other) is not None, "another number is another person"


def test_whoever_took_over_a_handle_is_another_person(office: Office, poller: Poller) -> None:
    hear(office, poller, by_id(50, text=STOP))
    (taken_over,) = hear(office, poller, by_handle(51, "777", "Mira"))
    assert office.queue.draft_of(taken_over) is not None
    assert office.contact.reason_against(taken_over) is None


@pytest.mark.parametrize("handle", ["", "someone", "unknown"])
def test_people_without_a_name_are_not_one_and_the_same(office: Office, poller: Poller, handle: str) -> None:
    hear(office, poller, by_handle(50, "unknown:1", handle, text=STOP))
    hear(office, poller, by_handle(52, handle, handle, text=STOP))
    (other,) = hear(office, poller, by_handle(51, "unknown:2", handle))
    assert office.contact.reason_against(other) is None


def test_where_many_share_a_name_only_the_id_counts(office: Office, poller: Poller) -> None:
    named = an_author("Mira", platform="stackexchange", author_id="mira")
    hear(office, poller, a_mention(50, platform="stackexchange", author=named, text=STOP))
    assert office.contact.listed(named) is not None
    assert office.contact.listed(an_author("Mira", platform="stackexchange", author_id="lamps:4")) is None


def test_taken_off_the_list_they_are_off_it_by_every_name(office: Office, poller: Poller) -> None:
    imported, _ = hear(office, poller, by_handle(51, text=STOP), by_id(50, text=STOP))
    assert office.db.execute("SELECT count(*) FROM do_not_contact").fetchone() == (2,)
    decide.contact_again(office, imported, "they wrote again", "Ana")
    assert office.db.execute("SELECT count(*) FROM do_not_contact").fetchone() == (0,)
    (numbered,) = hear(office, poller, by_id(53))
    assert office.queue.draft_of(numbered) is not None
