"""What a person decides is what happens: exactly that text, once, or nothing and a page that says why."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from responders import decide
from responders.draft import State, fingerprint
from responders.office import Office
from responders.restored import after_restore
from tests.builders import NOON, Clock, a_mention, an_author, an_office, some_settings
from tests.responders.desk.seeded import TO_MIRA, Visitor, approved, hear, hold, not_known, rows, someone


def test_approving_approves_exactly_what_was_seen_and_goes_on(visitor: Visitor) -> None:
    office = visitor.office
    draft, following = someone(office, 1), someone(office, 2)
    answer = visitor.decide(draft.mention_id, "approve")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/mentions/{following.mention_id}?done=approved&of={draft.mention_id}"
    now = office.queue.get(draft.draft_id)
    assert (now.state, now.text, now.revision, now.approved_by) == (State.APPROVED, TO_MIRA, 1, "Ana")
    page = visitor.read(answer.headers["location"])
    assert "Approved for \u2068Mira\u2069." in page
    assert "It goes out in 20 s." in page


def test_approving_an_edited_text_approves_that_text(visitor: Visitor) -> None:
    draft = someone(visitor.office, 1)
    visitor.decide(draft.mention_id, "approve", text="A buzz? Tell me which bulb.\r\n\r\nAna 👋🏽")
    now = visitor.office.queue.get(draft.draft_id)
    assert (now.state, now.revision) == (State.APPROVED, 2)
    assert now.text == "A buzz? Tell me which bulb.\n\nAna 👋🏽"
    assert now.text_sha256 == fingerprint(now.text)


def test_the_last_decision_leads_back_to_the_queue(visitor: Visitor) -> None:
    draft = someone(visitor.office, 1)
    answer = visitor.decide(draft.mention_id, "approve")
    assert answer.headers["location"] == f"/?done=approved&of={draft.mention_id}"


def test_from_the_middle_of_the_queue_one_goes_on_not_back(visitor: Visitor) -> None:
    _, second, third = (someone(visitor.office, number) for number in (1, 2, 3))
    for verb in ("approve", "undo", "decline"):
        answer = visitor.decide(second.mention_id, verb, reason="the tone is not right")
        where = second if verb == "undo" else third
        assert answer.headers["location"].startswith(f"/mentions/{where.mention_id}?")


def test_a_lane_is_kept_from_one_person_to_the_next(visitor: Visitor) -> None:
    first, _, third = (someone(visitor.office, number, lane=lane) for number, lane in enumerate(["praise", "help", "praise"], 1))  # fmt: skip  # noqa: E501
    page = visitor.read(f"/mentions/{first.mention_id}?lane=praise")
    answer = visitor.send(f"/mentions/{first.mention_id}/approve", page)
    assert answer.headers["location"].startswith(f"/mentions/{third.mention_id}?lane=praise&")


def test_undo_takes_an_approval_back(visitor: Visitor) -> None:
    draft = someone(visitor.office, 1)
    page = visitor.read(visitor.decide(draft.mention_id, "approve").headers["location"])
    answer = visitor.send(f"/mentions/{draft.mention_id}/undo", page)
    assert answer.headers["location"] == f"/mentions/{draft.mention_id}?done=undone&of={draft.mention_id}"
    assert visitor.office.queue.get(draft.draft_id).state is State.HELD


def test_undo_does_not_pull_back_what_may_be_out_there(visitor: Visitor) -> None:
    draft = someone(visitor.office, 1)
    approved_page = visitor.read(visitor.decide(draft.mention_id, "approve").headers["location"])
    claim = visitor.office.outbox.claim(["plaza"], visitor.office.now().replace(hour=13), timedelta(minutes=3))
    assert claim is not None
    for state in (State.SENDING, State.UNKNOWN):
        if state is State.UNKNOWN:
            visitor.office.outbox.not_delivered(claim, state, "timed out", visitor.office.now())
        answer = visitor.send(f"/mentions/{draft.mention_id}/undo", approved_page)
        assert answer.status_code == 409
        assert visitor.office.queue.get(draft.draft_id).state is state


def test_saving_keeps_it_waiting(visitor: Visitor) -> None:
    draft = someone(visitor.office, 1)
    page = visitor.read(f"/mentions/{draft.mention_id}")
    form = visitor.form(page, f"/mentions/{draft.mention_id}/approve")
    answer = visitor.web.post(f"/mentions/{draft.mention_id}/edit", data=form | {"text": "Half a thought"})
    assert answer.headers["location"].startswith(f"/mentions/{draft.mention_id}?done=saved")
    now = visitor.office.queue.get(draft.draft_id)
    assert (now.state, now.text, now.revision) == (State.HELD, "Half a thought", 2)


@pytest.mark.parametrize("verb", ["approve", "edit", "decline"])
def test_a_draft_that_changed_meanwhile_is_not_decided(visitor: Visitor, verb: str) -> None:
    office = visitor.office
    draft = someone(office, 1)
    page = f"/mentions/{draft.mention_id}"
    form = visitor.form(visitor.read(page), f"{page}/approve")
    decide.edit(office, draft.draft_id, decide.Seen(1, draft.text_sha256), "A colleague's words", "Bo")
    before = rows(office)
    answer = visitor.web.post(f"{page}/{verb}", data=form | {"text": "My own words", "reason": "x"})
    assert answer.status_code == 409
    assert rows(office) == before
    assert "This changed while you were reading" in answer.text
    assert "A colleague&#39;s words" in answer.text
    again = visitor.form(answer.text, f"{page}/approve")
    assert again["text"] == "My own words"
    assert visitor.web.post(f"{page}/approve", data=again).status_code == 303
    assert office.queue.get(draft.draft_id).text == "My own words"


def test_a_text_that_is_not_the_seen_one_is_not_approved(visitor: Visitor) -> None:
    draft = someone(visitor.office, 1)
    for wrong in ({"text_sha256": "0" * 64}, {"revision": "7"}, {"draft_id": "99"}):
        assert visitor.decide(draft.mention_id, "approve", **wrong).status_code == 409
    for broken in ({"revision": "x"}, {"revision": ""}, {"revision": "9" * 5000}):
        assert visitor.decide(draft.mention_id, "approve", **broken).status_code == 400
    assert visitor.office.queue.get(draft.draft_id).state is State.HELD


def test_a_form_without_its_text_approves_nothing(visitor: Visitor) -> None:
    draft = someone(visitor.office, 1)
    page = f"/mentions/{draft.mention_id}"
    form = visitor.form(visitor.read(page), f"{page}/approve")
    del form["text"]
    assert visitor.web.post(f"{page}/approve", data=form).status_code == 400
    assert visitor.office.queue.get(draft.draft_id).state is State.HELD


def test_approving_twice_approves_once(visitor: Visitor) -> None:
    draft = someone(visitor.office, 1)
    page = f"/mentions/{draft.mention_id}"
    form = visitor.form(visitor.read(page), f"{page}/approve")
    assert visitor.web.post(f"{page}/approve", data=form).status_code == 303
    second = visitor.web.post(f"{page}/approve", data=form)
    assert second.status_code == 409
    approvals = [one for one in visitor.office.inbox.decisions_of(draft.mention_id) if one.verb == "approve"]
    assert len(approvals) == 1


def test_what_must_not_go_out_is_stopped_and_the_words_are_kept(visitor: Visitor) -> None:
    draft = someone(visitor.office, 1)
    too_long = "So long a story. " * 60
    answer = visitor.decide(draft.mention_id, "approve", text=too_long)
    assert answer.status_code == 422
    assert "Not approved yet." in answer.text
    assert "Stops it:" in answer.text
    page = f"/mentions/{draft.mention_id}"
    assert visitor.form(answer.text, f"{page}/approve")["text"] == too_long.strip()
    assert visitor.office.queue.get(draft.draft_id).state is State.HELD


def test_declining_keeps_the_reason_and_can_be_taken_back(visitor: Visitor) -> None:
    office = visitor.office
    draft = someone(office, 1)
    answer = visitor.decide(draft.mention_id, "decline", reason="the tone is not right", more="too breezy")
    assert answer.headers["location"] == f"/?done=declined&of={draft.mention_id}"
    outcome = office.inbox.outcome_of(draft.mention_id)
    assert outcome is not None
    assert (outcome.outcome, outcome.reason) == ("declined", "the tone is not right: too breezy")
    page = visitor.read(answer.headers["location"])
    assert visitor.send(f"/mentions/{draft.mention_id}/reopen", page).status_code == 303
    assert office.inbox.outcome_of(draft.mention_id) is None
    assert office.queue.draft_of(draft.mention_id) is not None


def test_no_reply_is_an_answer_too(visitor: Visitor) -> None:
    office = visitor.office
    draft, following = someone(office, 1), someone(office, 2)
    answer = visitor.decide(draft.mention_id, "no-reply", reason="something else", more="she only thinks aloud")
    assert answer.headers["location"] == f"/mentions/{following.mention_id}?done=no_reply&of={draft.mention_id}"
    outcome = office.inbox.outcome_of(draft.mention_id)
    assert outcome is not None
    assert (outcome.outcome, outcome.reason) == ("no_reply", "she only thinks aloud")
    assert "No reply, on purpose" in visitor.read(f"/mentions/{draft.mention_id}")


@pytest.mark.parametrize("verb", ["decline", "no-reply"])
def test_a_no_needs_a_reason(visitor: Visitor, verb: str) -> None:
    draft = someone(visitor.office, 1)
    answer = visitor.decide(draft.mention_id, verb, reason="", more="  ")
    assert answer.status_code == 409
    assert "Say in a word or two why" in answer.text
    assert visitor.office.queue.get(draft.draft_id).state is State.HELD


def test_what_a_person_must_post_is_theirs_to_post(visitor: Visitor) -> None:
    office = visitor.office
    draft = someone(office, 1, route="by_hand")
    answer = visitor.decide(draft.mention_id, "approve")
    assert answer.headers["location"] == f"/mentions/{draft.mention_id}?done=approved&of={draft.mention_id}"
    page = visitor.read(answer.headers["location"])
    assert "Copy the text" in page
    wrong = visitor.send(f"/mentions/{draft.mention_id}/posted", page, url="javascript:alert(1)")
    assert wrong.status_code == 409
    link = "https://plaza.example/posts/r1"
    assert visitor.send(f"/mentions/{draft.mention_id}/posted", page, url=link).status_code == 303
    assert office.queue.get(draft.draft_id).state is State.SENT
    receipt = office.inbox.receipt_of(draft.draft_id)
    assert receipt is not None
    assert (receipt.url, receipt.how) == (link, "by_hand")


def test_what_is_unknown_is_asked(visitor: Visitor) -> None:
    draft = not_known(visitor.office, someone(visitor.office, 1))
    page = visitor.read(f"/mentions/{draft.mention_id}")
    assert "Is this reply on Plaza?" in page
    assert "/approve" not in page
    form = visitor.form(page, f"/mentions/{draft.mention_id}/settle")
    there = form | {"answer": "there", "url": "https://plaza.example/r1"}
    assert visitor.web.post(f"/mentions/{draft.mention_id}/settle", data=form | {"answer": "maybe"}).status_code == 400
    assert visitor.web.post(f"/mentions/{draft.mention_id}/settle", data=there).status_code == 303
    assert visitor.office.queue.get(draft.draft_id).state is State.SENT


@pytest.mark.parametrize(("answer", "becomes"), [("again", State.APPROVED), ("drop", State.DECLINED)])
def test_what_is_not_there_is_sent_again_or_dropped_as_a_person_says(
    visitor: Visitor, answer: str, becomes: State
) -> None:
    draft = not_known(visitor.office, someone(visitor.office, 1))
    assert "Send it again" not in visitor.read(f"/mentions/{draft.mention_id}")
    visitor.office.outbox.looked(visitor.office.outbox.looked(draft, None, "", NOON), None, "", NOON)
    page = visitor.read(f"/mentions/{draft.mention_id}")
    assert "Send it again" in page
    form = visitor.form(page, f"/mentions/{draft.mention_id}/settle") | {"answer": answer}
    assert visitor.web.post(f"/mentions/{draft.mention_id}/settle", data=form).status_code == 303
    after = visitor.office.queue.get(draft.draft_id)
    assert (after.state, after.text) == (becomes, draft.text)


def test_what_was_refused_can_be_changed(visitor: Visitor) -> None:
    draft = not_known(visitor.office, someone(visitor.office, 1), State.REFUSED)
    assert "Nothing was posted." in visitor.read(f"/mentions/{draft.mention_id}")
    assert visitor.decide(draft.mention_id, "undo").status_code == 303
    assert visitor.office.queue.get(draft.draft_id).state is State.HELD


def test_an_approval_in_rehearsal_sends_nothing_and_says_so(tmp_path: Path, clock: Clock) -> None:
    with an_office(tmp_path, clock, some_settings(publishers={"bluesky": {}})) as office:
        visitor = Visitor(office)
        draft = approved(office, someone(office, 1), State.REHEARSED)
        assert "This was practice" in visitor.read(f"/mentions/{draft.mention_id}")
        assert "as practice: nothing was sent" in visitor.read(f"/?done=approved&of={draft.mention_id}")
        assert visitor.decide(draft.mention_id, "undo").status_code == 303


def test_a_draft_can_be_asked_for(visitor: Visitor) -> None:
    mention_id = hear(visitor.office, a_mention(1))
    visitor.office.queue.set_aside(mention_id)
    page = visitor.read("/aside?why=older")
    answer = visitor.send(f"/mentions/{mention_id}/write", page)
    assert answer.headers["location"].startswith(f"/mentions/{mention_id}?done=written")
    draft = visitor.office.queue.draft_of(mention_id)
    assert draft is not None
    assert draft.state is State.HELD
    assert visitor.send(f"/mentions/{mention_id}/write", page).status_code == 409, "not a second one"


def test_pausing_and_resuming_by_name(office: Office, visitor: Visitor) -> None:
    visitor.send("/pause", visitor.read("/listening"), reason="a storm")
    assert office.controls.paused() == "by Ana: a storm"
    draft = someone(office, 1)
    page = visitor.read(visitor.decide(draft.mention_id, "approve").headers["location"])
    assert "It goes out in" not in page
    visitor.send("/resume", visitor.read("/listening"))
    assert office.controls.paused() is None


def test_a_person_is_put_on_the_do_not_contact_list_and_taken_off(visitor: Visitor) -> None:
    office = visitor.office
    draft = someone(office, 1)
    path = f"/mentions/{draft.mention_id}"
    answer = visitor.decide(draft.mention_id, "do-not-contact", reason="something else", more="she wants her peace")
    assert answer.headers["location"] == f"{path}?done=left_alone&of={draft.mention_id}"
    listed = office.contact.listed(office.archive.get(draft.mention_id).mention.author)
    assert listed is not None
    assert (listed.reason, listed.person) == ("she wants her peace", "Ana")
    assert office.queue.get(draft.draft_id).state is State.SUPERSEDED
    page = visitor.read(answer.headers["location"])
    for words in ("is on the do-not-contact list", "She wants her peace", "We do not contact them."):
        assert words in page
    for gone in ("<textarea", f"{path}/reopen", f"{path}/write", f"{path}/do-not-contact"):
        assert gone not in page
    assert visitor.send(f"{path}/contact-again", page, reason=" ").status_code == 409
    assert visitor.send(f"{path}/contact-again", page, reason="she wrote again").status_code == 303
    page = visitor.read(path)
    assert "put them on the do-not-contact list: <bdi>she wants her peace" in page
    assert "took them off the do-not-contact list: <bdi>she wrote again" in page
    assert visitor.send(f"{path}/reopen", page).status_code == 303
    assert office.queue.draft_of(draft.mention_id) is not None


def test_the_do_not_contact_list_needs_a_reason_and_our_own_form(visitor: Visitor) -> None:
    draft = someone(visitor.office, 1)
    assert visitor.decide(draft.mention_id, "do-not-contact", reason=" ", more="").status_code == 409
    path = f"/mentions/{draft.mention_id}/do-not-contact"
    assert visitor.web.post(path, data={"reason": "x"}).status_code == 403
    assert visitor.office.queue.get(draft.draft_id).state is State.HELD


def test_a_link_of_another_place_is_told_so(visitor: Visitor) -> None:
    office = visitor.office
    said = a_mention(1, platform="x", post_id="1857", author=an_author("mira", platform="x"))
    draft = approved(office, hold(office, hear(office, said), route="by_hand"), State.BY_HAND)
    wrong = visitor.decide(draft.mention_id, "posted", url="https://talk.example/@us/1")
    assert wrong.status_code == 409
    assert "This link leads to talk.example" in wrong.text
    assert visitor.decide(draft.mention_id, "posted", url="https://x.com/us/status/2").status_code == 303
    assert office.queue.get(draft.draft_id).state is State.SENT


def test_after_a_restore_a_resume_waits_until_all_is_looked_for_or_a_person_insists(visitor: Visitor) -> None:
    office = visitor.office
    approved(office, someone(office, 1))
    after_restore(office, "kept.db", office.now())  # which signs everybody out
    visitor = Visitor(office)
    page = visitor.read("/listening")
    assert "1 reply that may be out is still being looked for" in page
    form = visitor.form(page, "/resume")
    visitor.web.post("/resume", data={name: value for name, value in form.items() if name != "anyway"})
    assert office.controls.paused()
    visitor.web.post("/resume", data=form)
    assert office.controls.paused() is None
