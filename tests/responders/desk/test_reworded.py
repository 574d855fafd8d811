"""What somebody changed in what they said."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from responders import decide
from responders.desk.reworded import Piece, reworded
from responders.overtaken import draw_back
from tests.responders.desk.seeded import Visitor, approved, someone

words = st.lists(st.sampled_from(("the", "lamp", "hums", "no more", "\n", "again ")), max_size=12).map(" ".join)


def test_words_that_went_and_words_that_came() -> None:
    assert reworded("the lamp hums all night", "the lamp works now") == (
        Piece("same", "the lamp "), Piece("gone", "hums all night "), Piece("new", "works now"),
    )  # fmt: skip


@given(words, words)
def test_both_texts_can_be_read_from_it(before: str, after: str) -> None:
    pieces = reworded(before, after)
    for text, other in ((before, "new"), (after, "gone")):
        assert "".join(piece.words for piece in pieces if piece.kind != other).split() == text.split()


def test_a_long_text_takes_no_time() -> None:
    before, after = " ".join(map(str, range(5000))), " ".join(map(str, range(5000, 0, -1)))
    began = time.perf_counter()
    assert [piece.kind for piece in reworded(before, after)] == ["gone", "new"]
    assert time.perf_counter() - began < 0.5


def test_the_desk_shows_what_changed_since_it_was_approved(visitor: Visitor) -> None:
    office = visitor.office
    draft = approved(office, someone(office, 1))
    assert draft.read_as
    said = draft.read_as
    office.db.execute(
        "UPDATE mentions SET text = ?, changed_at = ?",
        [f"{said} Oh, it works now.", (office.now()).strftime("%Y-%m-%dT%H:%M:%S.001Z")],
    )
    office.db.conn.commit()
    draw_back(office)
    page = visitor.read(f"/mentions/{draft.mention_id}")
    assert "What they changed since it was approved" in page
    assert "We would say</label>" in page, "nobody edited the reply"
    assert '<ins><span class="unseen">new: </span>Oh, it works now.</ins>' in page  # most readers speak no <ins>
    decide.decline(office, draft.draft_id, "it works", "Ana")
    assert office.queue.get(draft.draft_id).read_as is None
