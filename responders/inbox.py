"""What a person sees in lists: who waits, what is on its way, what became of it. Reading only."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database

from listener.archive.connect import moment, stamp
from listener.archive.places import counts_of
from responders.draft import Receipt, State
from responders.permission import Permission

LANES = ("help", "complaint", "question", "praise", "chat")


@dataclass(frozen=True, slots=True)
class Card:
    """One line of a list: what they said, and the reply drafted for it if there is one.

    `also` counts the other places where the same was said, by platform.
    """

    mention_id: int
    draft_id: int | None
    state: State | None
    route: str
    platform: str
    handle: str
    name: str
    text: str
    reply: str
    url: str
    posted_at: datetime
    to_us: bool
    sentiment: str
    lane: str
    priority: str
    reasons: tuple[str, ...]
    note: str
    send_after: datetime | None
    changed_at: datetime | None
    also: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """One line of the audit."""

    verb: str
    person: str
    reason: str
    revision: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a mention ended: answered, declined, or no reply on purpose."""

    outcome: str
    reason: str
    person: str
    at: datetime


class Inbox:
    """Answers what the desk and the command line ask."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def waiting(
        self, *, lane: str | None = None, limit: int = 50, after: str | None = None
    ) -> tuple[list[Card], str | None]:
        """Held drafts, the most pressing first and then who has waited longest; and the token of the next page.

        Raises ValueError where `after` is not such a token.
        """
        turn, posted_at, draft_id = _place(after)
        known = {"lane": lane, "turn": turn, "posted_at": posted_at, "draft_id": draft_id, "limit": limit}
        rows = list(self._db.query(_WAITING_IN_LANE if lane else _WAITING, known))
        return self._cards(rows), _token(rows[-1]) if len(rows) == limit else None

    def neighbours(self, draft_id: int, lane: str | None = None) -> tuple[int | None, int | None]:
        """The mentions before and after a held draft in the queue, or in its lane."""
        known = {"draft_id": draft_id, "lane": lane}
        found = (self._db.execute(sql[lane is not None], known).fetchone() for sql in (_BEFORE, _AFTER))
        before, after = (int(row[0]) if row else None for row in found)
        return before, after

    def older(self, *, limit: int = 50, before: int | None = None) -> tuple[list[Card], str | None]:
        """Mentions set aside without a draft, the last heard first; and the token of the next page."""
        rows = list(self._db.query(_OLDER, {"before": before or 1 << 62, "limit": limit}))
        return self._cards(rows), str(rows[-1]["mention_id"]) if len(rows) == limit else None

    def in_state(self, *states: State, limit: int = 50) -> list[Card]:
        """Drafts in these states, the last changed first."""
        wanted = json.dumps([state.value for state in states])
        return [_card(row) for row in self._db.query(_IN_STATE, {"states": wanted, "limit": limit})]

    def counts(self) -> Mapping[str, int]:
        """How many drafts stand in each state; held ones by lane too, as `held:help`."""
        counts = {state.value: 0 for state in State}
        for row in self._db.query(_COUNTS):
            counts[row["state"]] += row["n"]
            counts[f"{row['state']}:{row['lane']}"] = row["n"]
        return counts

    def next_waiting(self, besides: int) -> int | None:
        """The mention at the head of the queue, other than this one."""
        found = self._db.execute(
            "SELECT mention_id FROM drafts WHERE state = 'held' AND mention_id != ? "
            "ORDER BY turn, posted_at, draft_id LIMIT 1",
            [besides],
        ).fetchone()
        return int(found[0]) if found else None

    def decisions_of(self, mention_id: int) -> list[Decision]:
        """What was decided about a mention, in order."""
        rows = self._db.query("SELECT * FROM decisions WHERE mention_id = ? ORDER BY decision_id", [mention_id])
        return [Decision(row["verb"], row["person"], row["reason"], row["revision"], moment(row["at"])) for row in rows]

    def permission_of(self, mention_id: int) -> Permission | None:
        """How this mention may be answered; None where it was not asked yet."""
        for row in self._db.query("SELECT * FROM permissions WHERE mention_id = ?", [mention_id]):
            return Permission(row["route"], row["rule"], row["source"], date.fromisoformat(row["dated"]))
        return None

    def outcome_of(self, mention_id: int) -> Outcome | None:
        """How a mention ended; None while it is open."""
        for row in self._db.query("SELECT * FROM outcomes WHERE mention_id = ?", [mention_id]):
            return Outcome(row["outcome"], row["reason"], row["person"], moment(row["at"]))
        return self._answered_elsewhere(mention_id)

    def _cards(self, rows: Sequence[Mapping[str, Any]]) -> list[Card]:
        also = counts_of(self._db, [row["mention_id"] for row in rows])
        return [replace(_card(row), also=also.get(row["mention_id"], {})) for row in rows]

    def _answered_elsewhere(self, mention_id: int) -> Outcome | None:
        """How a mention ended that was set aside as the same as another: with our answer there, if there is one."""
        for row in self._db.query(_ANSWERED_ELSEWHERE, {"mention_id": mention_id}):
            reason = f"answered at {row['url'] or row['platform']}"
            return Outcome("answered", reason, row["person"], moment(row["at"]))
        return None

    def answered(self, mention_ids: Collection[int]) -> frozenset[int]:
        """Those of these mentions that a person answered, through us or by hand."""
        rows = self._db.query(_ANSWERED, {"mentions": json.dumps(list(mention_ids))})
        return frozenset(row["mention_id"] for row in rows)

    def sent_since(self, since: datetime) -> list[tuple[str, str]]:
        """Platform and text of each reply that Warmline itself posted since then."""
        rows = self._db.query(_SENT, {"since": stamp(since)})
        return [(row["platform"], row["text"]) for row in rows]

    def receipt_of(self, draft_id: int) -> Receipt | None:
        """The proof that a draft is on the platform; None while there is none."""
        for row in self._db.query("SELECT * FROM receipts WHERE draft_id = ?", [draft_id]):
            return Receipt(row["post_id"], row["url"], row["how"])
        return None

    def templates_used(self, person_id: int, limit: int = 10) -> list[str]:
        """Templates drafted from for this person, the latest first."""
        rows = self._db.query(_TEMPLATES, [person_id, limit])
        return [row["template"] for row in rows]


def _place(after: str | None) -> tuple[int, str, int]:
    if after is None:
        return -1, "", 0
    try:
        turn, posted_at, draft_id = after.split("~")
        return int(turn), posted_at, int(draft_id)
    except ValueError as why:
        raise ValueError(f"{after!r} is not a page of the queue") from why


def _token(row: Mapping[str, Any]) -> str:
    return f"{row['turn']}~{row['place']}~{row['draft_id']}"


def _card(row: Mapping[str, Any]) -> Card:
    return Card(
        mention_id=row["mention_id"],
        draft_id=row["draft_id"],
        state=State(row["state"]) if row["state"] else None,
        route=row["route"] or "",
        platform=row["platform"],
        handle=row["handle"],
        name=row["name"],
        text=row["text"],
        reply=row["reply"] or "",
        url=row["url"],
        posted_at=moment(row["posted_at"]),
        to_us=bool(row["to_us"]),
        sentiment=row["sentiment"] or "unscored",
        lane=row["lane"] or "chat",
        priority=row["priority"] or "low",
        reasons=tuple(json.loads(row["reasons"] or "[]")),
        note=row["note"] or "",
        send_after=moment(row["send_after"]) if row["send_after"] else None,
        changed_at=moment(row["changed_at"]) if row["changed_at"] else None,
    )


_COLUMNS = """
SELECT m.mention_id, d.draft_id, d.state, d.route, d.turn, m.platform, a.handle, a.name, m.text, d.text AS reply,
  m.url, m.posted_at, m.to_us, t.sentiment, t.lane, t.priority, t.reasons, d.note, d.send_after, d.changed_at,
  d.posted_at AS place
"""

_OF_DRAFTS = """
FROM drafts d JOIN mentions m USING (mention_id) JOIN authors a USING (person_id) LEFT JOIN triage t USING (mention_id)
"""

# The next page begins behind the last line of this one: no OFFSET, so page 1,000 costs what page 1 does.
_WAITING = f"""
{_COLUMNS} {_OF_DRAFTS}
WHERE d.state = 'held' AND (d.turn, d.posted_at, d.draft_id) > (:turn, :posted_at, :draft_id)
ORDER BY d.turn, d.posted_at, d.draft_id LIMIT :limit
"""
_WAITING_IN_LANE = _WAITING.replace("'held'", "'held' AND d.lane = :lane")

_AFTER_ANYWHERE = """
SELECT d.mention_id FROM drafts d, (SELECT turn, posted_at, draft_id FROM drafts WHERE draft_id = :draft_id) here
WHERE d.state = 'held' AND (d.turn, d.posted_at, d.draft_id) > (here.turn, here.posted_at, here.draft_id)
ORDER BY d.turn, d.posted_at, d.draft_id LIMIT 1
"""
_BEFORE_ANYWHERE = _AFTER_ANYWHERE.replace(") > (", ") < (").replace(
    "d.turn, d.posted_at, d.draft_id LIMIT", "d.turn DESC, d.posted_at DESC, d.draft_id DESC LIMIT"
)
_AFTER, _BEFORE = (
    (anywhere, anywhere.replace("'held'", "'held' AND d.lane = :lane"))
    for anywhere in (_AFTER_ANYWHERE, _BEFORE_ANYWHERE)
)

_OLDER = f"""
{_COLUMNS}
FROM set_aside JOIN mentions m USING (mention_id) JOIN authors a USING (person_id)
  LEFT JOIN triage t USING (mention_id) LEFT JOIN drafts d ON FALSE
WHERE set_aside.mention_id < :before AND m.gone_at IS NULL ORDER BY set_aside.mention_id DESC LIMIT :limit
"""

_IN_STATE = f"""
{_COLUMNS} {_OF_DRAFTS}
WHERE d.state IN (SELECT value FROM json_each(:states)) ORDER BY d.changed_at DESC, d.draft_id DESC LIMIT :limit
"""

_COUNTS = "SELECT state, lane, n FROM draft_counts WHERE n > 0"

_ANSWERED_ELSEWHERE = """
SELECT o.person, o.at, r.url, there.platform
FROM set_aside s JOIN mentions m USING (mention_id)
  CROSS JOIN mentions there ON there.mention_id = coalesce(m.same_as, m.mention_id)
    OR there.same_as = coalesce(m.same_as, m.mention_id)
  JOIN outcomes o ON o.mention_id = there.mention_id
  LEFT JOIN drafts d ON d.mention_id = there.mention_id AND d.state = 'sent'
  LEFT JOIN receipts r ON r.draft_id = d.draft_id
WHERE s.mention_id = :mention_id AND s.why = 'echo' AND o.outcome = 'answered' AND o.at >= m.posted_at
ORDER BY o.at LIMIT 1
"""

_ANSWERED = """
SELECT mention_id FROM outcomes
WHERE outcome = 'answered' AND mention_id IN (SELECT value FROM json_each(:mentions))
"""

_SENT = """
SELECT r.platform, d.text FROM receipts r JOIN drafts d USING (draft_id)
WHERE r.how != 'by_hand' AND r.at >= :since ORDER BY r.at
"""

_TEMPLATES = """
SELECT d.template FROM drafts d JOIN mentions m USING (mention_id)
WHERE m.person_id = ? AND d.template != '' ORDER BY d.draft_id DESC LIMIT ?
"""
