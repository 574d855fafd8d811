"""A person's decisions: exactly what they saw, with their name and reason beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from listener.archive.read import Heard
from listener.poll import Poller
from listener.sentiment import Vader
from listener.sift import Sifter
from responders import correcting, decide
from responders.draft import Draft, State, fingerprint
from responders.drafting import draft_new, write_draft
from responders.jobs import open_publishers
from responders.office import Office
from responders.queue import Changed, NotPossible, Seen
from tests.builders import NOON, Clock, a_mention, an_author, an_office, some_settings


def seen(draft: Draft) -> Seen:
    return Seen(draft.revision, draft.text_sha256)


def test_approval_names_the_person_and_leaves_time_to_undo(office: Office, draft: Draft, clock: Clock) -> None:
    approved = decide.approve(office, draft.draft_id, seen(draft), draft.text, "Ana")
    assert (approved.state, approved.approved_by, approved.text) == (State.APPROVED, "Ana", draft.text)
    assert approved.send_after is not None
    assert (approved.send_after - clock()).total_seconds() == 20


def test_what_the_person_typed_is_what_is_approved(office: Office, draft: Draft) -> None:
    typed = draft.text + "\r\n\r\nI’d like to hear it — Ana\r\n"
    approved = decide.approve(office, draft.draft_id, seen(draft), typed, "Ana")
    assert approved.text == draft.text + "\n\nI’d like to hear it — Ana"
    assert (approved.revision, approved.text_sha256) == (2, fingerprint(approved.text))
    verbs = [(one.verb, one.person) for one in office.inbox.decisions_of(draft.mention_id)]
    assert verbs == [("hold", "warmline"), ("edit", "Ana"), ("approve", "Ana")]


def test_who_saw_an_older_text_approves_nothing(office: Office, draft: Draft) -> None:
    decide.edit(office, draft.draft_id, seen(draft), "The dimmer should be silent. Which bulb is it?", "Ben")
    with pytest.raises(Changed) as changed:
        decide.approve(office, draft.draft_id, seen(draft), draft.text, "Ana")
    assert changed.value.draft.text.startswith("The dimmer should be silent")
    assert office.queue.get(draft.draft_id).state is State.HELD


def test_an_edit_voids_the_approval(office: Office, draft: Draft) -> None:
    approved = decide.approve(office, draft.draft_id, seen(draft), draft.text, "Ana")
    edited = decide.edit(office, draft.draft_id, seen(approved), "Which bulb is in the dimmer?", "Ben")
    assert (edited.state, edited.approved_by, edited.revision) == (State.HELD, None, 2)


def test_two_people_approving_at_once_make_one_approval(office: Office, draft: Draft) -> None:
    decide.approve(office, draft.draft_id, seen(draft), draft.text, "Ana")
    with pytest.raises(NotPossible):
        decide.approve(office, draft.draft_id, seen(draft), draft.text, "Ben")


def test_an_empty_reply_cannot_be_approved(office: Office, draft: Draft) -> None:
    with pytest.raises(decide.Blocked):
        decide.approve(office, draft.draft_id, seen(draft), "   ", "Ana")


def test_undo_takes_it_back(office: Office, draft: Draft) -> None:
    decide.approve(office, draft.draft_id, seen(draft), draft.text, "Ana")
    assert decide.undo(office, draft.draft_id, "Ana").state is State.HELD
    with pytest.raises(NotPossible):
        decide.undo(office, draft.draft_id, "Ana")


def test_declining_ends_the_mention_with_its_reason(office: Office, draft: Draft) -> None:
    decide.decline(office, draft.draft_id, "we said it yesterday", "Ana")
    outcome = office.inbox.outcome_of(draft.mention_id)
    assert outcome is not None
    assert (outcome.outcome, outcome.reason, outcome.person) == ("declined", "we said it yesterday", "Ana")
    assert office.inbox.waiting() == ([], None)


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_reason_is_asked_for(office: Office, draft: Draft, reason: str) -> None:
    with pytest.raises(NotPossible, match="why"):
        decide.decline(office, draft.draft_id, reason, "Ana")
    with pytest.raises(NotPossible, match="why"):
        decide.no_reply(office, draft.mention_id, reason, "Ana")
    assert office.queue.get(draft.draft_id).state is State.HELD


def test_no_reply_is_an_outcome_and_can_be_taken_back(office: Office, draft: Draft) -> None:
    decide.no_reply(office, draft.mention_id, "friends talking", "Ana")
    outcome = office.inbox.outcome_of(draft.mention_id)
    assert outcome is not None
    assert outcome.outcome == "no_reply"
    decide.reopen(office, draft.mention_id, "Ana")
    assert office.inbox.outcome_of(draft.mention_id) is None
    assert [card.mention_id for card in office.inbox.waiting()[0]] == [draft.mention_id]


def test_in_shadow_mode_a_real_network_is_only_rehearsed(
    office: Office, hold: Callable[..., Draft], clock: Clock
) -> None:
    there = hold(2, platform="bluesky")
    approved = decide.approve(office, there.draft_id, seen(there), there.text, "Ana")
    assert approved.state is State.REHEARSED
    assert office.outbox.claim(["bluesky", "plaza"], clock.forward(days=1), clock() - clock()) is None  # type: ignore[arg-type]


def test_by_hand_needs_the_link_of_what_was_posted(office: Office, hold: Callable[..., Draft]) -> None:
    draft = hold(2, platform="elsewhere", route="by_hand")
    approved = decide.approve(office, draft.draft_id, seen(draft), draft.text, "Ana")
    assert approved.state is State.BY_HAND
    with pytest.raises(NotPossible, match="link"):
        decide.posted_by_hand(office, draft.draft_id, "done!", "Ana")
    decide.posted_by_hand(office, draft.draft_id, "https://example.org/r/1", "Ana")
    outcome = office.inbox.outcome_of(draft.mention_id)
    assert outcome is not None
    assert outcome.outcome == "answered"


def test_only_the_state_that_asks_may_be_answered(office: Office, draft: Draft) -> None:
    with pytest.raises(NotPossible):
        decide.posted_by_hand(office, draft.draft_id, "https://example.org/r/1", "Ana")
    with pytest.raises(NotPossible):
        decide.is_there(office, draft.draft_id, "https://example.org/r/1", "Ana")
    for answer in (decide.send_again, decide.drop):
        with pytest.raises(NotPossible, match="settled in the meantime"):
            answer(office, draft.draft_id, "Ana")


def test_a_mention_has_one_draft(office: Office, draft: Draft) -> None:
    with pytest.raises(NotPossible, match="already"):
        write_draft(office, draft.mention_id, "Ana")


def test_new_mentions_are_drafted_once_and_old_ones_are_kept(office: Office, poller: Poller) -> None:
    ours = an_author("Harbourlight")
    old, mine = a_mention(2, posted_at=NOON - timedelta(days=90)), a_mention(3, author=ours)
    poller.take_in("test", [a_mention(1), old, mine, a_mention(4, platform="hackernews")])
    while draft_new(office):
        pass
    assert draft_new(office) is False
    assert [card.mention_id for card in office.inbox.waiting()[0]] == [1]
    assert {card.mention_id for card in office.inbox.older()[0]} == {2, 3, 4}
    routes = [office.inbox.permission_of(n).route for n in (1, 2, 3, 4)]  # type: ignore[union-attr]
    assert routes == ["api", "api", "do_not_contact", "listen_only"]


def test_what_was_answered_over_there_needs_no_draft_and_takes_back_the_one_that_waits(
    office: Office, poller: Poller, draft: Draft
) -> None:
    answer = a_mention(
        50,
        author=an_author("harbourlight"),
        ours=True,
        in_reply_to="p1",
        text="it does that when the bulb is too strong",
    )
    late, answered = (
        a_mention(51, text="@harbourlight and the switch sticks?"),
        a_mention(52, ours=True, in_reply_to="p51"),
    )
    poller.take_in("test", [answer, late, answered])
    while draft_new(office):
        pass
    assert office.queue.get(draft.draft_id).state is State.SUPERSEDED
    for post_id in ("p1", "p51"):
        mention_id = office.archive.number_of("plaza", post_id)
        assert mention_id is not None
        outcome = office.inbox.outcome_of(mention_id)
        assert outcome is not None
        assert (outcome.outcome, "on plaza itself" in outcome.reason) == ("answered", True)
    assert office.inbox.waiting() == ([], None)
    assert office.inbox.older() == ([], None)


def test_what_was_to_be_posted_by_hand_is_confirmed_when_it_is_heard(
    office: Office, poller: Poller, hold: Callable[..., Draft]
) -> None:
    draft = hold(2, platform="elsewhere", route="by_hand")
    decide.approve(office, draft.draft_id, seen(draft), draft.text, "Ana")
    poller.take_in(
        "test", [a_mention(9, platform="elsewhere", ours=True, in_reply_to="p2", url="https://example.org/9")]
    )
    draft_new(office)
    receipt = office.inbox.receipt_of(draft.draft_id)
    assert receipt is not None
    assert (receipt.url, receipt.how) == ("https://example.org/9", "by_hand")


def test_the_card_holds_what_we_said_there_ourselves(office: Office, poller: Poller) -> None:
    poller.take_in(
        "test",
        [a_mention(9, text="does the Wren dim?"), a_mention(8, ours=True, author=an_author("harbourlight"),
         in_reply_to="p9", text="It does, by holding the switch."), a_mention(1)],
    )  # fmt: skip
    mention_id = office.archive.number_of("plaza", "p1")
    assert mention_id is not None
    card = office.people.card(mention_id)
    assert [(act.ours, act.text) for act in card.acts] == [
        (False, "does the Wren dim?"),
        (True, "It does, by holding the switch."),
    ]
    assert not card.first_time


def test_where_no_template_fits_the_mention_waits_with_an_empty_box(office: Office, poller: Poller) -> None:
    poller.take_in("test", [a_mention(1, text="@harbourlight где моя лампа? уже две недели жду", lang="ru")])
    draft_new(office)
    (card,), _ = office.inbox.waiting()
    assert card.reply == ""
    draft = office.queue.get(card.draft_id or 0)
    with pytest.raises(decide.Blocked):
        decide.approve(office, draft.draft_id, seen(draft), "", "Ana")


@pytest.mark.parametrize("state", ["sending", "unknown", "sent"])
def test_what_may_be_out_there_cannot_be_undone(office: Office, draft: Draft, state: str) -> None:
    office.db.execute("UPDATE drafts SET state = ?", [state])
    office.db.conn.commit()
    with pytest.raises(NotPossible):
        decide.undo(office, draft.draft_id, "Ana")


@pytest.mark.parametrize("state", [state for state in State if state is not State.HELD])
def test_only_what_is_held_can_be_approved(office: Office, draft: Draft, state: State) -> None:
    """Two tabs, one of them old: the second approval of a reply on the wire would send it twice."""
    office.db.execute("UPDATE drafts SET state = ?", [state.value])
    office.db.conn.commit()
    with pytest.raises(NotPossible):
        decide.approve(office, draft.draft_id, seen(draft), draft.text, "Ana")
    with pytest.raises(NotPossible):
        decide.approve(office, draft.draft_id, seen(draft), draft.text + " Tell us.", "Ana")


@pytest.mark.parametrize("state", ["sending", "unknown", "sent"])
def test_what_may_be_out_there_cannot_be_edited(office: Office, draft: Draft, state: str) -> None:
    office.db.execute("UPDATE drafts SET state = ?", [state])
    office.db.conn.commit()
    with pytest.raises(NotPossible):
        decide.edit(office, draft.draft_id, seen(draft), "The dimmer: which bulb?", "Ana")


def test_a_person_who_is_quicker_than_drafting_stops_nothing(office: Office, poller: Poller) -> None:
    another, third = "Is Harbourlight open today?", "Thank you, Harbourlight, the lamp is lovely"
    poller.take_in("test", [a_mention(1), a_mention(2, text=another), a_mention(3, text=third)])
    mine = write_draft(office, 1, "Ana")
    decide.no_reply(office, 2, "friends talking", "Ana")
    draft_new(office)
    assert office.queue.draft_of(1) == mine
    assert office.queue.draft_of(2) is None
    assert office.queue.draft_of(3) is not None


def test_one_mention_that_cannot_be_drafted_for_stops_no_other(
    office: Office, poller: Poller, monkeypatch: pytest.MonkeyPatch
) -> None:
    poller.take_in("test", [a_mention(1), a_mention(2)])

    def breaks_on_the_first(_office: Office, heard: Heard) -> None:
        if heard.mention_id == 1:
            raise ZeroDivisionError

    monkeypatch.setattr("responders.drafting._compose", breaks_on_the_first)
    draft_new(office)
    assert [one.mention_id for one in office.inbox.older()[0]] == [1]
    assert office.queue.draft_of(2) is not None


def test_a_competitors_mentions_are_kept_and_never_answered(office: Office, poller: Poller) -> None:
    poller.take_in("test", [a_mention(1, text="@glowly my lamp caught fire, help", to_us=False)])
    draft_new(office)
    assert office.queue.draft_of(1) is None
    permission = office.inbox.permission_of(1)
    assert permission is not None
    assert (permission.route, office.archive.get(1).about_us) == ("listen_only", False)


def test_a_publisher_that_is_switched_off_posts_nothing(tmp_path: Path, clock: Clock, vader: Vader) -> None:
    settings = some_settings(publishers={"plaza": {"account": "harbourlight", "enabled": False}})
    with an_office(tmp_path, clock, settings) as office:
        assert open_publishers(settings, tmp_path / "settings.toml") == {}
        Poller(office.db, Sifter([], vader), clock).take_in("test", [a_mention(1)])
        draft_new(office)
        permission = office.inbox.permission_of(1)
        assert permission is not None
        assert permission.route == "by_hand"


def test_words_posted_by_hand_stand_on_the_card_once_as_they_were_posted(
    office: Office, poller: Poller, hold: Callable[..., Draft]
) -> None:
    draft = hold(2, platform="elsewhere", route="by_hand")
    decide.approve(office, draft.draft_id, seen(draft), draft.text, "Ana")
    decide.posted_by_hand(office, draft.draft_id, "https://example.org/posts/9", "Ana")
    said = "Which bulb is in it? Mine hums too."
    heard = a_mention(
        9, platform="elsewhere", ours=True, in_reply_to="p2", text=said, url="https://example.org/posts/9"
    )
    later = a_mention(1, platform="elsewhere", text="@harbourlight thank you, the bulb it was")
    poller.take_in("test", [heard, later])
    draft_new(office)
    mention_id = office.archive.number_of("elsewhere", "p1")
    assert mention_id is not None
    assert [act.text for act in office.people.card(mention_id).ours] == [said]


def test_a_new_draft_takes_back_the_end(office: Office, draft: Draft) -> None:
    decide.no_reply(office, draft.mention_id, "friends", "Ana")
    write_draft(office, draft.mention_id, "Ana")
    assert office.inbox.outcome_of(draft.mention_id) is None


def test_what_is_corrected_while_approved_stands_right_when_undone(office: Office, draft: Draft) -> None:
    decide.approve(office, draft.draft_id, Seen(draft.revision, draft.text_sha256), draft.text, "Ana")
    correcting.correct(office, draft.mention_id, {"lane": "praise"}, "Ana")
    decide.undo(office, draft.draft_id, "Ana")
    assert [card.mention_id for card in office.inbox.waiting(lane="praise")[0]] == [draft.mention_id]
