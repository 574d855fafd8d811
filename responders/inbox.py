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
from listener.triage import RANK, Priority
from listener.triage.priority import joined
from responders.draft import ASIDE, Aside, Receipt, State
from responders.marks import Marks, narrowed
from responders.permission import Permission
from responders.turns import is_place

LANES = ("help", "complaint", "question", "praise", "chat")
# What the queue can be narrowed to: a lane, or those of which triage is not sure how they sound.
UNSURE = "unsure"
VIEWS = (*LANES, UNSURE)
# More than so many are not counted one by one: a page that says "1 000+" says enough, and comes at once.
COUNTED_MOST = 1000


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
    because: str
    reasons: tuple[str, ...]
    assigned: str
    tags: tuple[str, ...]
    note: str
    send_after: datetime | None
    changed_at: datetime | None
    negative: float | None = None
    unsure: bool = False
    language: str = "und"
    intent: str = "chat"
    rule: str = ""
    also: Mapping[str, int] = field(default_factory=dict)

    @property
    def by_rule(self) -> str:
        """What a rule of the manager's did with it, or was not let do; empty where none held."""
        return "; ".join(reason for reason in self.reasons if "your rule “" in reason)


@dataclass(frozen=True, slots=True)
class Turn:
    """How pressing a mention is, and why, in a sentence."""

    priority: Priority
    because: str


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
        self._marks = Marks(db)

    def waiting(
        self,
        *,
        lane: str | None = None,
        assigned: str | None = None,
        tag: str | None = None,
        limit: int = 50,
        after: str | None = None,
    ) -> tuple[list[Card], str | None]:
        """Held drafts, urgent ones first and then by when they are due; and the token of the next page.

        Of a lane, assigned to a person or with a tag, where these are given.

        `lane` may be `UNSURE` too. Raises ValueError where `after` is not such a token.
        """
        if after is not None and not is_place(after):
            raise ValueError(f"{after!r} is not a page of the queue")
        known = {"lane": lane, "assigned": assigned, "tag": tag, "after": after or "", "limit": limit}
        sql = narrowed(_narrowed(_WAITING, lane), self._marks.waiting_under(assigned, tag))
        rows = list(self._db.query(sql, known))
        return self._cards(rows), rows[-1]["place"] if len(rows) == limit else None

    def neighbours(self, draft_id: int, lane: str | None = None) -> tuple[int | None, int | None]:
        """The mentions before and after a held draft in the queue, or in its lane, or among those `UNSURE`."""
        known = {"draft_id": draft_id, "lane": lane}
        found = (self._db.execute(_narrowed(sql, lane), known).fetchone() for sql in (_BEFORE, _AFTER))
        before, after = (int(row[0]) if row else None for row in found)
        return before, after

    def older(self, *, limit: int = 50, before: int | None = None) -> tuple[list[Card], str | None]:
        """Mentions set aside without a draft, the last heard first; and the token of the next page."""
        rows = list(self._db.query(_OLDER, {"before": before or 1 << 62, "limit": limit}))
        return self._cards(rows), str(rows[-1]["mention_id"]) if len(rows) == limit else None

    def aside(self, why: Aside, *, limit: int = 50, before: int | None = None) -> tuple[list[Card], str | None]:
        """Mentions set aside for this reason, the last heard first; and the token of the next page."""
        rows = list(self._db.query(_ASIDE, {"why": why, "before": before or 1 << 62, "limit": limit}))
        return self._cards(rows), str(rows[-1]["mention_id"]) if len(rows) == limit else None

    def aside_of(self, mention_id: int) -> Aside | None:
        """Why a mention is set aside; None where it is not."""
        for row in self._db.query("SELECT why FROM set_aside WHERE mention_id = ?", [mention_id]):
            why: Aside = row["why"]
            return why
        return None

    def aside_counts(self) -> Mapping[Aside, int]:
        """How many mentions are set aside for each reason, counted up to `COUNTED_MOST` and one more."""
        rows = {why: self._db.execute(_ASIDE_COUNT, [why, COUNTED_MOST + 1]).fetchone() for why in ASIDE}
        return {why: int(row[0]) for why, row in rows.items()}

    def unsure_count(self) -> int:
        """How many held drafts answer what triage is not sure of, counted up to `COUNTED_MOST` and one more."""
        (n,) = self._db.execute(_UNSURE_COUNT, [COUNTED_MOST + 1]).fetchone()
        return int(n)

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

    def turn_of(self, mention_id: int) -> Turn:
        """How pressing a mention is, with what lies between its author and us, and why."""
        row = next(self._db.query(_TURN, [mention_id]), None)
        return _turn(row) if row else Turn("low", "")

    def next_waiting(self, besides: int) -> int | None:
        """The mention at the head of the queue, other than this one."""
        found = self._db.execute(
            "SELECT mention_id FROM drafts WHERE state = 'held' AND mention_id != ? ORDER BY place, draft_id LIMIT 1",
            [besides],
        ).fetchone()
        return int(found[0]) if found else None

    def decisions_of(self, mention_id: int) -> list[Decision]:
        """What was decided about a mention, in order."""
        rows = self._db.query("SELECT * FROM decisions WHERE mention_id = ? ORDER BY decision_id", [mention_id])
        return [Decision(row["verb"], row["person"], row["reason"], row["revision"], moment(row["at"])) for row in rows]

    def is_edited(self, draft_id: int) -> bool:
        """Whether a draft says other words than when it was made: a new revision alone may only be a new look."""
        found = self._db.execute("SELECT count(DISTINCT text_sha256) FROM revisions WHERE draft_id = ?", [draft_id])
        return bool(found.fetchone()[0] > 1)

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

    def left_on_purpose(self, mention_ids: Collection[int]) -> frozenset[int]:
        """Those of these mentions that somebody declined to answer, or left without a reply."""
        rows = self._db.query(_LEFT, {"mentions": json.dumps(list(mention_ids))})
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


def _narrowed(sql: str, lane: str | None) -> str:
    """The same question of one lane only, or of what triage is not sure of."""
    if lane is None:
        return sql
    return sql.replace("'held'", "'held' AND d.unsure" if lane == UNSURE else "'held' AND d.lane = :lane")


def _card(row: Mapping[str, Any]) -> Card:
    turn = _turn(row)
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
        priority=turn.priority,
        because=turn.because,
        reasons=tuple(json.loads(row["reasons"] or "[]")),
        assigned=row["assigned"] or "",
        tags=tuple(json.loads(row["tags"])),
        note=row["note"] or "",
        send_after=moment(row["send_after"]) if row["send_after"] else None,
        changed_at=moment(row["changed_at"]) if row["changed_at"] else None,
        negative=row["negative"],
        unsure=bool(row["unsure"]),
        language=row["language"] or "und",
        intent=row["intent"] or "chat",
        rule=row["rule"] or "",
    )


def _turn(row: Mapping[str, Any]) -> Turn:
    """Triage's word, and what lies between the person and us where a draft knows it."""
    priority: Priority = row["priority"] or "low"
    if row["turn"] is None or priority == "urgent":
        return Turn(priority, row["because"] or "")
    lifted: Priority = max(priority, _BY_TURN[row["turn"]], key=RANK.__getitem__)
    also = json.loads(row["also"])
    return Turn(lifted, joined(row["because"], lifted, also) if also else row["because"] or "")


_BY_TURN: tuple[Priority, ...] = ("high", "high", "normal", "low")

_COLUMNS = """
SELECT m.mention_id, d.draft_id, d.state, d.route, d.turn, m.platform, a.handle, a.name, m.text, d.text AS reply,
  m.url, m.posted_at, m.to_us, t.sentiment, t.negative, t.unsure, t.language, t.intent, t.lane, t.priority, t.because,
  t.reasons, t.rule, d.note, d.send_after, d.changed_at, d.place, d.also,
  (SELECT person FROM assignments WHERE assignments.mention_id = m.mention_id) AS assigned,
  (SELECT json_group_array(tag) FROM tags WHERE tags.mention_id = m.mention_id) AS tags
"""

_OF_DRAFTS = """
FROM drafts d JOIN mentions m USING (mention_id) JOIN authors a USING (person_id) LEFT JOIN triage t USING (mention_id)
"""

# The next page begins behind the last line of this one: no OFFSET, so page 1,000 costs what page 1 does.
_WAITING = f"""
{_COLUMNS} {_OF_DRAFTS}
WHERE d.state = 'held' AND d.place > :after
ORDER BY d.place, d.draft_id LIMIT :limit
"""

_AFTER = """
SELECT d.mention_id FROM drafts d, (SELECT place, draft_id FROM drafts WHERE draft_id = :draft_id) here
WHERE d.state = 'held' AND (d.place, d.draft_id) > (here.place, here.draft_id)
ORDER BY d.place, d.draft_id LIMIT 1
"""
_BEFORE = _AFTER.replace(") > (", ") < (").replace("d.place, d.draft_id LIMIT", "d.place DESC, d.draft_id DESC LIMIT")


# No draft is numbered 0: an empty join by its key, where one ON FALSE would read all drafts for each line.
_OLDER = f"""
{_COLUMNS}
FROM set_aside JOIN mentions m USING (mention_id) JOIN authors a USING (person_id)
  LEFT JOIN triage t USING (mention_id) LEFT JOIN drafts d ON d.draft_id = 0
WHERE set_aside.mention_id < :before AND m.gone_at IS NULL ORDER BY set_aside.mention_id DESC LIMIT :limit
"""

_ASIDE = _OLDER.replace("WHERE ", "WHERE set_aside.why = :why AND ")

_ASIDE_COUNT = """
SELECT count(*) FROM (SELECT 1 FROM set_aside JOIN mentions m USING (mention_id)
WHERE set_aside.why = ? AND m.gone_at IS NULL LIMIT ?)
"""

_UNSURE_COUNT = "SELECT count(*) FROM (SELECT 1 FROM drafts WHERE state = 'held' AND unsure LIMIT ?)"

_IN_STATE = f"""
{_COLUMNS} {_OF_DRAFTS}
WHERE d.state IN (SELECT value FROM json_each(:states)) ORDER BY d.changed_at DESC, d.draft_id DESC LIMIT :limit
"""  # nosec B608 # made of our own words; values are bound

_TURN = """
SELECT t.priority, t.because, d.turn, d.also FROM triage t
LEFT JOIN drafts d ON d.mention_id = t.mention_id AND d.state NOT IN ('declined', 'superseded')
WHERE t.mention_id = ?
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

_LEFT = _ANSWERED.replace("= 'answered'", "!= 'answered'")

_SENT = """
SELECT r.platform, d.text FROM receipts r JOIN drafts d USING (draft_id)
WHERE r.how != 'by_hand' AND r.at >= :since ORDER BY r.at
"""

_TEMPLATES = """
SELECT d.template FROM drafts d JOIN mentions m USING (mention_id)
WHERE m.person_id = ? AND d.template != '' ORDER BY d.draft_id DESC LIMIT ?
"""
