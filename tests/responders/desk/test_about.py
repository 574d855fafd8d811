"""The two buttons beside a mention: what it is about, said once, and taken back by saying it again."""

from __future__ import annotations

from listener.archive.taught import Taught
from responders.draft import State
from tests.responders.desk.seeded import Visitor, someone


def test_a_thumb_down_at_the_desk_sets_it_aside_and_says_so(visitor: Visitor) -> None:
    office = visitor.office
    draft = someone(office, 1)
    office.controls.set("drafted_through", str(draft.mention_id), "warmline", office.now())
    page = visitor.read(f"/mentions/{draft.mention_id}")
    form = visitor.form(page, f"/mentions/{draft.mention_id}/about")
    answer = visitor.web.post(f"/mentions/{draft.mention_id}/not-about", data=form)
    assert answer.headers["location"] == f"/mentions/{draft.mention_id}?done=not_about&of={draft.mention_id}"
    assert office.queue.get(draft.draft_id).state is State.SUPERSEDED
    page = visitor.read(answer.headers["location"])
    assert "is not about us" in page
    assert "Not about <bdi>us</bdi>, a person says." in page
    assert 'aria-pressed="true">Not about' in page
    visitor.web.post(f"/mentions/{draft.mention_id}/not-about", data=form)
    again = office.queue.draft_of(draft.mention_id)
    assert again is not None
    assert again.state is State.HELD


def test_a_thumb_up_is_kept_with_who_gave_it(visitor: Visitor) -> None:
    draft = someone(visitor.office, 1)
    assert visitor.decide(draft.mention_id, "about").status_code == 303
    assert Taught(visitor.office.db).thumbs_on(draft.mention_id) == {"us": True}
    decided = visitor.office.inbox.decisions_of(draft.mention_id)[-1]
    assert (decided.verb, decided.person, decided.reason) == ("about", "Ana", "us")


def test_a_watch_it_was_not_heard_for_and_a_foreign_form_change_nothing(visitor: Visitor) -> None:
    draft = someone(visitor.office, 1)
    path = f"/mentions/{draft.mention_id}/about"
    assert visitor.send(path, visitor.read(f"/mentions/{draft.mention_id}"), watch="rival").status_code == 400
    assert visitor.web.post(path, data={"watch": "us", "form_token": "guess"}).status_code == 403
    assert Taught(visitor.office.db).thumbs_on(draft.mention_id) == {}


def test_the_watches_page_says_what_each_has_learned(visitor: Visitor) -> None:
    draft = someone(visitor.office, 1)
    page = visitor.read("/watches")
    assert "It has no context yet" in page
    assert "thumbs up" not in page
    visitor.decide(draft.mention_id, "about")
    page = visitor.read("/watches")
    assert "1 thumb up, 0 down. A mention counts as about it from 30 %." in page
    assert "Speaks for it: " in page
    assert "<bdi>dimmer</bdi>" in page
    assert "Of 1 mention in the last 30 days, 0 fall below that." in page
