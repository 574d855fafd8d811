"""Holds the drafts against the audit, step by step: whatever changed has its row, and what was approved is not gone."""

from __future__ import annotations

from responders import audit
from responders.draft import Draft, State, may_move
from responders.office import Office

Known = tuple[State, int, str]  # state, revision, fingerprint


class Witness:
    """Remembers each draft as it was, and how far the audit had got."""

    def __init__(self) -> None:
        self._drafts: dict[int, Known] = {}
        self._row = 0

    def begin_anew(self, office: Office) -> None:
        """Another database has taken this one's place."""
        self._drafts, self._row = _as_it_is(office), audit.head(office.db).number

    def look(self, office: Office) -> None:
        """Fails where a draft changed without a row, by a move that is none, or where the audit says something else."""
        stands = dict(self._drafts)
        for row in office.db.query(_ROWS, [self._row]):
            was, self._row = stands.get(row["draft_id"]), row["decision_id"]
            state = State(row["state"])
            assert was is None or was[0] is state or may_move(was[0], state, row["verb"]), (was, dict(row))
            stands[row["draft_id"]] = (state, row["revision"], row["text_sha256"])
        self._drafts = _as_it_is(office)
        for draft_id, is_now in self._drafts.items():
            assert stands[draft_id] == is_now, f"draft {draft_id}: {stands[draft_id]} by the audit, and it is {is_now}"
        wrong = audit.verify(office.db).wrong
        assert not wrong, wrong
        for row in office.db.query(_TAKEN_BACK):
            said = row["note"] if row["state"] == "held" else row["reason"]
            assert said, f"draft {row['draft_id']} was approved, and is {row['state']} without a word"


def _as_it_is(office: Office) -> dict[int, Known]:
    return {one.draft_id: _known(one) for one in office.queue.in_state(*State)}


def _known(draft: Draft) -> Known:
    return (draft.state, draft.revision, draft.text_sha256)


_ROWS = "SELECT * FROM decisions WHERE decision_id > ? AND draft_id IS NOT NULL ORDER BY decision_id"
# What a person approved and software took back.
_TAKEN_BACK = """
SELECT d.draft_id, d.state, d.note, a.reason FROM drafts d JOIN decisions a ON a.decision_id = (
  SELECT max(decision_id) FROM decisions WHERE draft_id = d.draft_id)
WHERE a.person = 'warmline' AND d.state IN ('held', 'superseded', 'declined')
  AND EXISTS (SELECT 1 FROM decisions WHERE draft_id = d.draft_id AND verb = 'approve')
"""
