"""What follows from new sorting: the queue's order; drafts for what is spam now; who was set aside for nothing now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from listener.archive.connect import moment, stamp, writing
from listener.settings import PriorityPart
from listener.triage import RANK
from responders.turns import lifted, place_of

# Drafts that take their new places in one transaction: 60 ms at most, so that a pause or an approval gets in between.
PIECE = 1000


def sort_anew(db: Database, weights: PriorityPart) -> None:
    """Take lanes, priorities and doubts of all drafts that wait or may again from triage."""
    last = 0
    while True:
        with writing(db):
            rows = list(db.query(_TO_SORT + _NEXT_PIECE, {"last": last, "most": PIECE}))
            db.conn.executemany(_SORT_ANEW, [_sorted(row, weights) for row in rows])
        if not rows:
            return
        last = rows[-1]["draft_id"]


def sort_one_anew(db: Database, mention_id: int, weights: PriorityPart) -> None:
    """As `sort_anew`, of one mention's drafts."""
    with writing(db):
        rows = list(db.query(_TO_SORT + " AND d.mention_id = :mention_id", {"mention_id": mention_id}))
        db.conn.executemany(_SORT_ANEW, [_sorted(row, weights) for row in rows])


def _sorted(row: Mapping[str, Any], weights: PriorityPart) -> dict[str, object]:
    priority = lifted(row["priority"], row["points"], row["more"], weights)
    posted = moment(row["posted_at"])
    place = place_of(priority, row["lane"], posted, row["platform"], row["post_id"], weights.patience_h)
    known = {name: row[name] for name in ("draft_id", "lane", "unsure")}
    return {**known, "turn": RANK["urgent"] - RANK[priority], "place": place}


def held_spam(db: Database) -> list[int]:
    """The drafts that wait, as they were made, for an answer to what triage calls spam."""
    return [number for (number,) in db.execute(_HELD_SPAM).fetchall()]


def aside_no_more(db: Database, posted_since: datetime) -> list[int]:
    """The mentions that were set aside for what triage does not say of them any more."""
    return [number for (number,) in db.execute(_ASIDE_NO_MORE, [stamp(posted_since)]).fetchall()]


_TO_SORT = """
SELECT d.draft_id, d.points AS more, d.posted_at, m.platform, m.post_id, t.lane, t.priority, t.points, t.unsure
FROM drafts d JOIN mentions m USING (mention_id) JOIN triage t USING (mention_id)
WHERE d.state NOT IN ('declined', 'superseded', 'sending', 'sent')
"""

_NEXT_PIECE = " AND d.draft_id > :last ORDER BY d.draft_id LIMIT :most"

_SORT_ANEW = """
UPDATE drafts SET lane = :lane, turn = :turn, place = :place, unsure = :unsure WHERE draft_id = :draft_id
"""

_HELD_SPAM = """
SELECT draft_id FROM drafts JOIN triage USING (mention_id)
WHERE state = 'held' AND revision = 1 AND triage.lane = 'spam'
"""

# Not about us before, for another's name or for a competitor's: `older`, where it names nobody of ours.
_ASIDE_NO_MORE = """
SELECT s.mention_id FROM set_aside s JOIN mentions m USING (mention_id) JOIN triage t USING (mention_id)
  LEFT JOIN permissions p USING (mention_id)
WHERE m.posted_at >= ? AND m.gone_at IS NULL AND NOT m.ours AND (
  (s.why = 'spam' AND t.lane != 'spam') OR (s.why = 'not_about_us' AND m.about_us)
  OR (s.why = 'older' AND m.about_us AND p.route = 'listen_only')
  OR (s.why = 'rule' AND (t.priority = 'urgent' OR NOT EXISTS (
    SELECT 1 FROM rules r WHERE r.name = t.rule AND r.state = 'live' AND r.no_reply != ''))))
ORDER BY s.mention_id
"""
