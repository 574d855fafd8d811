"""What new sorting makes wrong: drafts for what is spam now, and mentions set aside for what holds no more."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from listener.archive.connect import stamp


def held_spam(db: Database) -> list[int]:
    """The drafts that wait, as they were made, for an answer to what triage calls spam."""
    return [number for (number,) in db.execute(_HELD_SPAM).fetchall()]


def aside_no_more(db: Database, posted_since: datetime) -> list[int]:
    """The mentions that were set aside for what triage does not say of them any more."""
    return [number for (number,) in db.execute(_ASIDE_NO_MORE, [stamp(posted_since)]).fetchall()]


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
