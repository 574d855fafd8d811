"""Adding someone at the desk: what was pasted becomes a mention with a draft, and what stops it stands by its field."""

from __future__ import annotations

import pytest

from responders.draft import State
from responders.office import Office
from tests.responders.desk.seeded import Visitor, rows

SAID = "Has anybody got a Harbourlight lamp to stop flickering? Mine began on Monday and I am at a loss."
PAGE = "https://lamps.example/t/flicker/9"


def paste(visitor: Visitor, **typed: str) -> tuple[int, str, str]:
    answer = visitor.send("/link", visitor.read("/link"), **typed)
    return answer.status_code, answer.headers.get("location", ""), answer.text


def test_what_was_pasted_becomes_a_mention_with_a_draft(visitor: Visitor, office: Office) -> None:
    status, where, _ = paste(
        visitor, link=f"{PAGE}?utm_source=mail#top", text=SAID, author="@Jo", posted_at="2026-11-17"
    )
    assert (status, where) == (303, "/mentions/1?done=linked&of=1")
    mention = office.archive.get(1).mention
    assert (mention.platform, mention.post_id, mention.url) == ("link", PAGE, PAGE)
    assert (mention.author.handle, mention.text, f"{mention.posted_at:%F}") == ("Jo", SAID, "2026-11-17")
    draft = office.queue.draft_of(1)
    assert draft is not None
    assert (draft.state, draft.route) == (State.HELD, "by_hand")
    assert "\u2068@Jo\u2069 is here now." in visitor.read(where)


def test_one_that_is_known_leads_to_itself(visitor: Visitor, office: Office) -> None:
    paste(visitor, link=PAGE, text=SAID)
    assert paste(visitor, link=f"{PAGE}?utm_campaign=x")[:2] == (303, "/mentions/1?done=known&of=1")
    assert office.archive.count() == 1


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("link", {}),
        ("link", {"link": "javascript:alert(1)", "text": SAID}),
        ("text", {"link": PAGE}),
        ("posted_at", {"link": PAGE, "text": SAID, "posted_at": "2031-01-01"}),
        ("posted_at", {"link": PAGE, "text": SAID, "posted_at": "soon"}),
    ],
)
def test_what_stops_it_stands_by_its_field_and_nothing_typed_is_lost(
    visitor: Visitor, office: Office, field: str, typed: dict[str, str]
) -> None:
    before = rows(office)
    status, _, page = paste(visitor, author="O'Neill & <b>", **typed)
    assert status == 422
    assert page.count('aria-invalid="true"') == 1
    assert f'id="{field}-wrong"' in page
    assert f'aria-describedby="{field}-' in page
    assert "O&#39;Neill &amp; &lt;b&gt;" in page
    kept = visitor.form(page, "/link")["text"].replace("\r\n", "\n")
    assert kept == typed.get("text", "")
    assert rows(office) == before


def test_only_our_own_form_is_let_in(visitor: Visitor, office: Office) -> None:
    answer = visitor.web.post("/link", data={"link": PAGE, "text": SAID, "form_token": "guessed"})
    assert answer.status_code == 403
    assert office.archive.count() == 0
    assert Visitor(office, signed_in=False).web.get("/link").status_code == 401


def test_a_page_is_never_fetched(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link that points into this machine is a name like any other: the test's guard would see a call."""
    asked: list[object] = []
    monkeypatch.setattr("socket.socket.connect", lambda self, address: asked.append(address))
    status, _, _ = paste(visitor, link="http://127.0.0.1:8100/mentions/1", text=SAID)
    assert (status, asked) == (303, [])


def test_the_way_there_is_on_every_page(visitor: Visitor) -> None:
    page = visitor.read("/")
    assert 'href="/link"' in page
    assert "add someone you found" in page
