"""What its author deleted or edited is not answered as if nothing had happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from listener.jobs import sifter_from
from listener.mention import Batch, Mention
from listener.poll import Poller
from listener.recheck import Rereader
from listener.source import RateLimited, Revoked, SourceError, Unavailable
from responders import decide
from responders.deliver import deliver_once
from responders.draft import Draft, State
from responders.drafting import draft_new
from responders.office import Office
from responders.overtaken import draw_back
from responders.queue import Changed, NotPossible, Seen
from tests.builders import Clock, a_mention, an_author
from tests.fakes import FakePublisher, FakeSource

EDITED_TO = "@harbourlight found it: the bulb was loose. Thank you all the same, lovely lamp!"


@pytest.fixture
def approved(office: Office, draft: Draft, clock: Clock) -> Draft:
    done = decide.approve(office, draft.draft_id, Seen(draft.revision, draft.text_sha256), draft.text, "Ana")
    clock.forward(seconds=21)
    return done


class Now(FakeSource):
    """A source whose posts are by now what a test says, or that cannot be read."""

    def __init__(self, answer: Mapping[str, Mention | None] | SourceError) -> None:
        super().__init__()
        self._answer = answer

    def reread(self, mentions: Sequence[Mention]) -> Mapping[str, Mention | None]:
        if isinstance(self._answer, SourceError):
            raise self._answer
        return self._answer


def send(office: Office, publisher: FakePublisher, source: FakeSource) -> Draft:
    done = deliver_once(office, {"plaza": publisher}, {"plaza": source})
    assert done is not None
    return done


def test_a_reply_to_deleted_words_is_never_sent(office: Office, approved: Draft, publisher: FakePublisher) -> None:
    ended = send(office, publisher, Now({"p1": None}))
    assert (ended.state, publisher.attempts) == (State.SUPERSEDED, 0)
    assert office.archive.get(approved.mention_id).mention.text == ""
    assert office.queue.get(approved.draft_id).text == ""
    outcome = office.inbox.outcome_of(approved.mention_id)
    assert outcome is not None
    assert "deleted" in outcome.reason


def test_a_reply_to_edited_words_goes_back_before_a_person(
    office: Office, approved: Draft, publisher: FakePublisher
) -> None:
    back = send(office, publisher, Now({"p1": a_mention(1, text=EDITED_TO)}))
    assert (back.state, publisher.attempts, back.text) == (State.HELD, 0, approved.text)
    assert "edited" in back.note
    assert office.archive.get(approved.mention_id).mention.text == EDITED_TO


def test_the_same_words_are_answered(office: Office, approved: Draft, publisher: FakePublisher) -> None:
    assert send(office, publisher, Now({"p1": a_mention(1, likes=99)})).state is State.SENT


@pytest.mark.parametrize(
    ("why", "wait"),
    [
        (Unavailable("down"), timedelta(minutes=1)),
        (RateLimited("slow", None), timedelta(minutes=1)),
        (Revoked("no"), timedelta(minutes=15)),
    ],
)
def test_where_it_cannot_be_read_again_it_waits(
    office: Office, approved: Draft, publisher: FakePublisher, why: SourceError, wait: timedelta, clock: Clock
) -> None:
    kept = send(office, publisher, Now(why))
    assert (kept.state, publisher.attempts, kept.send_after) == (State.APPROVED, 0, clock() + wait)
    assert deliver_once(office, {"plaza": publisher}, {"plaza": Now({})}) is None
    clock.forward(seconds=wait.total_seconds())
    assert send(office, publisher, FakeSource()).state is State.SENT


def test_without_a_way_to_read_it_again_a_person_is_told(
    office: Office, approved: Draft, publisher: FakePublisher
) -> None:
    back = deliver_once(office, {"plaza": publisher}, {})
    assert back is not None
    assert back.state is State.HELD
    assert "[listener.sources.plaza]" in back.note
    assert send_nothing_more(office, publisher)


def test_what_is_not_shown_any_more_is_for_a_person(office: Office, approved: Draft, publisher: FakePublisher) -> None:
    back = send(office, publisher, Now({}))
    assert (back.state, publisher.attempts) == (State.HELD, 0)


def send_nothing_more(office: Office, publisher: FakePublisher) -> bool:
    return deliver_once(office, {"plaza": publisher}, {"plaza": FakeSource()}) is None and publisher.attempts == 0


def reread(office: Office, poller: Poller, mention_id: int, now: Mention | None) -> None:
    Rereader(office.db, poller._sifter, office.now).take_over(office.archive.get(mention_id), now)


@pytest.mark.parametrize("decision", ["held", "approved", "by_hand"])
def test_drafts_for_deleted_words_end_and_quote_them_no_more(
    office: Office, poller: Poller, hold: Callable[..., Draft], clock: Clock, decision: str
) -> None:
    draft = hold(route="by_hand" if decision == "by_hand" else "api")
    if decision != "held":
        decide.approve(office, draft.draft_id, Seen(draft.revision, draft.text_sha256), draft.text, "Ana")
    clock.forward(minutes=5)
    reread(office, poller, draft.mention_id, None)
    draw_back(office)
    ended = office.queue.get(draft.draft_id)
    assert (ended.state, ended.text, ended.evidence) == (State.SUPERSEDED, "", ())
    assert [row["text"] for row in office.db.query("SELECT text FROM revisions")] == [""]


def test_a_fresh_draft_is_written_for_edited_words(office: Office, poller: Poller, draft: Draft, clock: Clock) -> None:
    clock.forward(minutes=5)
    reread(office, poller, draft.mention_id, a_mention(1, text=EDITED_TO))
    draw_back(office)
    new = office.queue.draft_of(draft.mention_id)
    assert new is not None
    assert new.draft_id != draft.draft_id
    draw_back(office)
    again = office.queue.draft_of(draft.mention_id)
    assert again is not None
    assert again.draft_id == new.draft_id


def test_what_a_person_wrote_is_kept_with_a_word_beside_it(
    office: Office, poller: Poller, draft: Draft, clock: Clock
) -> None:
    own = decide.edit(office, draft.draft_id, Seen(draft.revision, draft.text_sha256), "In my own words: buzz?", "Ana")
    clock.forward(minutes=5)
    reread(office, poller, draft.mention_id, a_mention(1, text=EDITED_TO))
    draw_back(office)
    kept = office.queue.get(own.draft_id)
    assert (kept.state, kept.text) == (State.HELD, own.text)
    assert "edited" in kept.note


def test_an_approval_given_before_the_edit_was_heard_is_void(
    office: Office, poller: Poller, approved: Draft, publisher: FakePublisher, clock: Clock
) -> None:
    reread(office, poller, approved.mention_id, a_mention(1, text=EDITED_TO))
    draw_back(office)
    assert office.queue.get(approved.draft_id).state is State.HELD
    assert send_nothing_more(office, publisher)


def test_an_edit_that_the_sweep_took_over_before_us_is_not_answered(
    office: Office, poller: Poller, approved: Draft, publisher: FakePublisher
) -> None:
    """Kept words and the platform's agree again by then: the approval is for others all the same."""
    edited = a_mention(1, text=EDITED_TO)
    reread(office, poller, approved.mention_id, edited)
    assert deliver_once(office, {"plaza": publisher}, {"plaza": Now({"p1": edited})}) is None
    assert publisher.attempts == 0
    draw_back(office)
    assert office.queue.get(approved.draft_id).state is State.HELD


def test_nobody_approves_from_a_page_that_shows_the_old_words(
    office: Office, poller: Poller, draft: Draft, clock: Clock
) -> None:
    own = decide.edit(office, draft.draft_id, Seen(draft.revision, draft.text_sha256), "In my own words: buzz?", "Ana")
    page = Seen(own.revision, own.text_sha256)
    clock.forward(minutes=5)
    reread(office, poller, draft.mention_id, a_mention(1, text=EDITED_TO))
    with pytest.raises(NotPossible):
        decide.approve(office, draft.draft_id, page, own.text, "Ana")
    draw_back(office)
    with pytest.raises(Changed):
        decide.approve(office, draft.draft_id, page, own.text, "Ana")
    now = office.queue.get(draft.draft_id)
    clock.forward(seconds=1)
    decide.approve(office, draft.draft_id, Seen(now.revision, now.text_sha256), own.text, "Ana")


def test_an_edit_may_ask_us_to_stop(
    office: Office, poller: Poller, approved: Draft, publisher: FakePublisher, clock: Clock
) -> None:
    clock.forward(minutes=1)
    reread(office, poller, approved.mention_id, a_mention(1, text="@harbourlight please stop messaging me"))
    draw_back(office)
    assert office.queue.get(approved.draft_id).state is State.SUPERSEDED
    assert office.contact.listed(a_mention(1).author) is not None


def test_a_stop_that_nobody_considered_yet_counts_before_a_reply_goes_out(
    office: Office, poller: Poller, approved: Draft, publisher: FakePublisher
) -> None:
    poller.take_in("test", [a_mention(2, text="@harbourlight stop messaging me")])
    deliver_once(office, {"plaza": publisher}, {"plaza": FakeSource()})
    assert (office.queue.get(approved.draft_id).state, publisher.attempts) == (State.SUPERSEDED, 0)


def test_a_platform_that_is_down_holds_up_no_other(
    office: Office, hold: Callable[..., Draft], publisher: FakePublisher, clock: Clock
) -> None:
    down = [hold(n, rank=3, platform="bluesky", author=an_author(platform="bluesky")) for n in range(1, 5)]
    healthy = hold(9, rank=0)
    for one in (*down, healthy):
        decide.approve(office, one.draft_id, Seen(one.revision, one.text_sha256), one.text, "Ana")
    # As if we were live: these platforms only rehearse here.
    office.db.execute("UPDATE drafts SET state = 'approved'")
    office.db.conn.commit()
    clock.forward(seconds=21)
    tries = 0
    sources: dict[str, FakeSource] = {"bluesky": Now(Unavailable("down")), "plaza": FakeSource()}
    while deliver_once(office, {"plaza": publisher, "bluesky": publisher}, sources) is not None:
        tries += 1
    assert office.queue.get(healthy.draft_id).state is State.SENT
    assert tries == 2
    assert {office.queue.get(one.draft_id).state for one in down} == {State.APPROVED}


def test_what_nobody_foresaw_puts_it_off_and_the_others_go_out(
    office: Office, approved: Draft, publisher: FakePublisher, clock: Clock
) -> None:
    broken = Now({})
    broken.reread = lambda _: 1 / 0  # type: ignore[method-assign, assignment, return-value]
    kept = send(office, publisher, broken)
    assert (kept.state, publisher.attempts) == (State.APPROVED, 0)
    assert kept.send_after == clock() + timedelta(minutes=1)


def test_drafts_that_quote_deleted_words_of_another_post_are_written_anew(
    office: Office, poller: Poller, hold: Callable[..., Draft], clock: Clock
) -> None:
    hold(1)
    clock.forward(minutes=1)
    later = hold(2, reply="On Sunday you wrote of the zanzibarite buzz. Is it better?")
    clock.forward(minutes=1)
    reread(office, poller, 1, None)
    draw_back(office)
    now = office.queue.draft_of(later.mention_id)
    assert now is not None
    assert now.draft_id != later.draft_id
    assert "zanzibarite" not in now.text


def test_a_declined_draft_forgets_what_it_quoted(office: Office, poller: Poller, draft: Draft, clock: Clock) -> None:
    decide.decline(office, draft.draft_id, "tone", "Ana")
    clock.forward(minutes=1)
    reread(office, poller, draft.mention_id, None)
    draw_back(office)
    kept = office.queue.get(draft.draft_id)
    assert (kept.text, kept.evidence) == ("", ())


def test_a_mention_that_turns_out_to_be_for_us_is_considered_again(
    office: Office, poller: Poller, clock: Clock
) -> None:
    """Found by a search first, and a moment later among those who speak to us."""
    overheard = a_mention(1, text="Glowly or @harbourlight? My Wren buzzes, is that normal?", to_us=False)
    poller.poll(FakeSource(search=[Batch((replace(overheard, text="Glowly, is that normal?"),), "one")]))
    while draft_new(office):
        pass
    assert office.queue.draft_of(1) is None
    clock.forward(seconds=5)
    to_us = replace(overheard, text="Glowly, is that normal?", to_us=True)
    poller.poll(FakeSource(mentions=[Batch((to_us,), "one")]))
    draw_back(office)
    draft = office.queue.draft_of(1)
    assert draft is not None
    assert draft.route == "api"


def test_who_was_set_aside_and_edits_is_considered_by_the_new_words(office: Office, clock: Clock) -> None:
    poller = Poller(office.db, sifter_from(office.settings), clock)
    spam = a_mention(1, text="Buy Harbourlight lamps! 50% off, promo code WIN https://shop.example/a", to_us=False)
    poller.take_in("search", [spam])
    draft_new(office)
    assert office.inbox.aside_of(1) == "spam"
    now = replace(spam, text="My Harbourlight lamp caught fire and burned my hand, please help")
    Rereader(office.db, sifter_from(office.settings), clock).take_over(office.archive.get(1), now)
    draw_back(office)
    assert office.inbox.aside_of(1) is None
    assert office.inbox.turn_of(1).priority == "urgent"


def test_a_persons_own_text_stands_where_the_edited_mention_belongs(office: Office, draft: Draft, clock: Clock) -> None:
    decide.edit(office, draft.draft_id, Seen(draft.revision, draft.text_sha256), "In my own words.", "Ana")
    clock.forward(minutes=1)
    now = replace(office.archive.get(1).mention, text="@harbourlight it caught fire and burned my hand!")
    Rereader(office.db, sifter_from(office.settings), clock).take_over(office.archive.get(1), now)
    draw_back(office)
    assert office.queue.get(draft.draft_id).text == "In my own words."
    assert office.queue.in_state(State.HELD)[0].note
    assert office.inbox.turn_of(1).priority == "urgent"
    assert office.db.execute("SELECT turn FROM drafts WHERE draft_id = ?", [draft.draft_id]).fetchone() == (0,)
