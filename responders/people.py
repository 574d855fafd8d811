"""The relationship ledger: what this person and we said to each other, with dates. Acts, never scores."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from listener.archive.connect import moment
from listener.mention import Author


@dataclass(frozen=True, slots=True)
class Act:
    """One thing said between us. `ours` tells who said it."""

    ours: bool
    text: str
    at: datetime
    url: str
    mention_id: int
    lane: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """Who this is, beside a draft: the person as the platform gives them, and all that came before this mention.

    `acts` are in order of time, oldest first, and hold nothing of the mention the card was made for.
    """

    person_id: int
    author: Author
    acts: tuple[Act, ...] = ()

    @property
    def first_time(self) -> bool:
        """Whether we have never heard from them before."""
        return not self.theirs

    @property
    def theirs(self) -> tuple[Act, ...]:
        """What they said before, oldest first."""
        return tuple(act for act in self.acts if not act.ours)

    @property
    def ours(self) -> tuple[Act, ...]:
        """What we answered before, oldest first."""
        return tuple(act for act in self.acts if act.ours)


class People:
    """The ledger's reading side."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def card(self, mention_id: int, most: int = 50) -> Card:
        """The card for the author of a mention, with up to `most` acts before it. Raises KeyError if there is none."""
        row = next(self._db.query(_WHO, {"mention": mention_id}), None)
        if row is None:
            raise KeyError(f"no mention {mention_id}")
        author = Author(
            row["platform"],
            row["author_id"],
            row["handle"],
            row["name"],
            row["followers"],
            row["url"],
            bool(row["bot"]),
        )
        known = {"person": row["person_id"], "mention": mention_id, "before": row["posted_at"], "most": most}
        acts = [
            Act(bool(a["ours"]), a["text"], moment(a["at"]), a["url"], a["mention_id"], a["lane"] or "")
            for a in self._db.query(_ACTS, known)
        ]
        return Card(row["person_id"], author, tuple(reversed(acts)))


_WHO = """
SELECT a.*, m.posted_at FROM mentions m JOIN authors a USING (person_id) WHERE m.mention_id = :mention
"""

# Our side is what we sent and what we posted on the platform ourselves, each once; it counts from when it went out.
# What was posted by hand may differ from what was approved: once it was heard, the words heard are the ones that count.
_ACTS = """
SELECT * FROM (
  SELECT 0 AS ours, m.text, m.posted_at AS at, m.url, m.mention_id, t.lane
  FROM mentions m LEFT JOIN triage t USING (mention_id)
  WHERE m.person_id = :person AND m.mention_id != :mention AND m.posted_at <= :before AND m.gone_at IS NULL
  UNION ALL
  SELECT 1, d.text, r.at, r.url, m.mention_id, NULL
  FROM mentions m JOIN drafts d USING (mention_id) JOIN receipts r USING (draft_id)
  WHERE m.person_id = :person AND m.mention_id != :mention AND NOT (r.how = 'by_hand' AND EXISTS (
    SELECT 1 FROM mentions o WHERE o.ours AND o.platform = r.platform AND o.post_id = r.post_id))
  UNION ALL
  SELECT 1, o.text, o.posted_at, o.url, m.mention_id, NULL
  FROM mentions m JOIN mentions o ON o.ours AND o.platform = m.platform AND o.in_reply_to = m.post_id
  WHERE m.person_id = :person AND m.mention_id != :mention
    AND NOT EXISTS (
      SELECT 1 FROM receipts r WHERE r.platform = o.platform AND r.post_id = o.post_id AND r.how != 'by_hand')
) ORDER BY at DESC LIMIT :most
"""
