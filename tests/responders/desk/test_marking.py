"""Who answers, tags and alerts at the desk: shown, changed by a person, and the queue narrowed down by them."""

from __future__ import annotations

from datetime import timedelta

from responders.office import Office
from tests.builders import Clock
from tests.responders.desk.seeded import Visitor, rows, someone


def test_a_person_assigns_and_tags_on_the_mention_s_page(visitor: Visitor, office: Office) -> None:
    draft = someone(office, 1)
    assert visitor.decide(draft.mention_id, "assign", to="@Ben").status_code == 303
    assert visitor.decide(draft.mention_id, "tag", tag="#Dimmer").status_code == 303
    marked = office.marks.on(draft.mention_id)
    assert (marked.assigned, marked.tags) == ("Ben", ("dimmer",))
    page = visitor.read(f"/mentions/{draft.mention_id}")
    assert "said who answers: <bdi>Ben</bdi>" in page
    assert "put a tag on it: <bdi>dimmer</bdi>" in page
    assert visitor.decide(draft.mention_id, "untag", tag="dimmer").status_code == 303
    assert visitor.decide(draft.mention_id, "assign", to="").status_code == 303
    marked = office.marks.on(draft.mention_id)
    assert (marked.assigned, marked.tags) == ("", ())


def test_what_is_no_tag_is_said_on_the_page(visitor: Visitor, office: Office) -> None:
    draft = someone(office, 1)
    answer = visitor.decide(draft.mention_id, "tag", tag="two words")
    assert answer.status_code == 409
    assert "is no tag" in answer.text


def test_the_queue_offers_people_and_tags_and_is_narrowed_by_them(visitor: Visitor, office: Office) -> None:
    first, second = someone(office, 1), someone(office, 2)
    office.marks.assign(first.mention_id, "Ana & Ben", "Ana", office.now())
    office.marks.tag(second.mention_id, "größe", "Ana", office.now())
    page = visitor.read("/")
    assert 'href="/?assigned=Ana%20%26%20Ben"' in page
    assert 'href="/?tag=gr%C3%B6%C3%9Fe"' in page

    def shown(path: str) -> list[int]:
        page = visitor.read(path)
        return [one.mention_id for one in (first, second) if f'data-mention="{one.mention_id}"' in page]

    assert shown("/?assigned=Ana%20%26%20Ben") == [first.mention_id]
    assert shown("/?tag=gr%C3%B6%C3%9Fe") == [second.mention_id]
    assert shown("/?tag=none") == []
    nobody = visitor.read("/?tag=none")
    assert "<bdi>#none</bdi></h1>" in nobody
    assert "Nobody waits for an answer here." in nobody


def test_the_second_page_of_a_tag_leads_back_to_that_tag(visitor: Visitor, office: Office) -> None:
    for draft in (someone(office, 1), someone(office, 2)):
        office.marks.tag(draft.mention_id, "lamps", "Ana", office.now())
    _, after = office.inbox.waiting(limit=1)
    assert '<a href="/?tag=lamps">Back to the top' in visitor.read(f"/?tag=lamps&after={after}")


def test_the_sentence_stands_on_the_card_and_the_page(visitor: Visitor, office: Office) -> None:
    draft = someone(office, 1, because="Soon: asks <b>for</b> help; addressed to us.")
    for path in ("/", f"/mentions/{draft.mention_id}"):
        assert "Soon: asks &lt;b&gt;for&lt;/b&gt; help; addressed to us." in visitor.read(path)


def test_an_alert_is_shown_on_every_page_until_somebody_has_looked(
    visitor: Visitor, office: Office, clock: Clock
) -> None:
    draft = someone(office, 1)
    office.alerts.ring(draft.mention_id, "Press", office.now())
    for path in ("/", "/listening", f"/mentions/{draft.mention_id}"):
        assert "<strong>An alert by your rules.</strong>" in visitor.read(path)
    before = rows(office)
    page = visitor.read("/")
    assert f'href="/mentions/{draft.mention_id}"' in page
    assert rows(office) == before  # looking at a page puts nothing away
    clock.forward(seconds=30)
    office.alerts.ring(someone(office, 2).mention_id, "Late", office.now())
    assert visitor.send("/alerts/seen", page).status_code == 303
    page = visitor.read("/")
    assert "<bdi>Late</bdi>" in page
    assert "<bdi>Press</bdi>" not in page
    assert visitor.send("/alerts/seen", page, until="nonsense").status_code == 400
    assert visitor.send("/alerts/seen", page, until="2026-11-18T12:00:00").status_code == 400
    until = (clock() + timedelta(days=1)).isoformat()
    assert visitor.send("/alerts/seen", page, until=until).status_code == 303
    assert "by your rules" not in visitor.read("/")


def test_a_rule_that_rang_for_several_is_named_once(visitor: Visitor, office: Office) -> None:
    for number in (1, 2, 3, 4, 5):
        office.alerts.ring(someone(office, number).mention_id, "Press", office.now())
    page = visitor.read("/listening")
    assert page.count("<bdi>Press</bdi>") == 1
    assert "<strong>Alerts by your rules.</strong>" in page
    assert " and 2 more." in page
