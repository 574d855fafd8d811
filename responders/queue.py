"""Drafts and what becomes of them. Every move is one guarded UPDATE with its audit row in the same transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from listener.archive.connect import moment, stamp, writing
from listener.settings import PriorityPart
from listener.triage import RANK, Priority
from responders.audit import Entry, enter
from responders.between_us import NOTHING, Between
from responders.controls import SOFTWARE
from responders.draft import STANDS, Aside, Draft, Receipt, State, fingerprint, may_move
from responders.permission import Permission
from responders.turns import place_of

DONE_WITH = frozenset({State.SENT, State.DECLINED, State.SUPERSEDED})


class NotPossible(Exception):
    """This move is not open to this draft; the message says why, for a person."""


class Changed(NotPossible):
    """Somebody changed the draft since the person saw it. `draft` is what it is now."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(f"draft {draft.draft_id} has changed since you saw it: it is {STANDS[draft.state]} now")
        self.draft = draft


@dataclass(frozen=True, slots=True)
class Seen:
    """What the person had before them when they decided: the revision, and the fingerprint of its text."""

    revision: int
    text_sha256: str


@dataclass(frozen=True, slots=True)
class Held:
    """A draft to be held for a person, as composed. `priority` is triage's with what lies `between` us added."""

    mention_id: int
    text: str
    route: str
    lane: str
    priority: Priority
    posted_at: datetime
    template: str
    evidence: Sequence[str]
    between: Between = NOTHING


class Queue:
    """The one place where drafts are kept and moved."""

    def __init__(self, db: Database, weights: PriorityPart | None = None) -> None:
        self._db = db
        self._weights = weights or PriorityPart()

    # Drafting

    def permit(self, mention_id: int, permission: Permission) -> None:
        """Keep how this mention may be answered."""
        given = (mention_id, permission.route, permission.rule, permission.source, permission.dated.isoformat())
        with writing(self._db):
            self._db.execute(
                "INSERT INTO permissions (mention_id, route, rule, source, dated) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (mention_id) DO UPDATE SET route = excluded.route, rule = excluded.rule, "
                "source = excluded.source, dated = excluded.dated",
                given,
            )

    def hold(self, held: Held, person: str, now: datetime) -> Draft:
        """Put a new draft before a person. Raises NotPossible where the mention has one already."""
        with writing(self._db):
            if self.draft_of(held.mention_id) is not None:
                raise NotPossible(f"mention {held.mention_id} has a draft already")
            row = {
                "mention_id": held.mention_id,
                "text": held.text,
                "sha": fingerprint(held.text),
                "route": held.route,
                "lane": held.lane,
                "turn": RANK["urgent"] - RANK[held.priority],
                "place": self._place(held),
                "points": held.between.points,
                "also": json.dumps(held.between.reasons, ensure_ascii=False),
                "posted_at": stamp(held.posted_at),
                "template": held.template,
                "evidence": json.dumps(list(held.evidence), ensure_ascii=False),
                "now": stamp(now),
            }
            made = self._db.execute(_HOLD, row)
            # It waits again, whatever was made of it before.
            self._db.execute("DELETE FROM set_aside WHERE mention_id = ?", [held.mention_id])
            self._db.execute("DELETE FROM outcomes WHERE mention_id = ?", [held.mention_id])
            draft = self.get(int(made.lastrowid or 0))
            self._keep_revision(draft, person, now)
            self.say(draft, "hold", person, "", now)
            return draft

    def _place(self, held: Held) -> str:
        post = self._db.execute("SELECT platform, post_id FROM mentions WHERE mention_id = ?", [held.mention_id])
        platform, post_id = post.fetchone()
        return place_of(held.priority, held.lane, held.posted_at, platform, post_id, self._weights.patience_h)

    def set_aside(self, mention_id: int, why: Aside = "older") -> None:
        """Keep a mention without a draft: too old to answer, or not ours to."""
        with writing(self._db):
            self._db.execute(
                "INSERT INTO set_aside (mention_id, why) VALUES (?, ?) ON CONFLICT DO UPDATE SET why = excluded.why",
                [mention_id, why],
            )

    def note(self, mention_id: int, verb: str, person: str, reason: str, now: datetime) -> None:
        """Keep what a person said of a mention, beside what was decided about it."""
        with writing(self._db):
            enter(self._db, Entry(verb, person, reason, mention_id), now)

    def overtaken(self, since: datetime) -> list[tuple[int, bool]]:
        """The mentions that were edited (False) or deleted (True) since that time."""
        return [(row["mention_id"], bool(row["gone"])) for row in self._db.query(_OVERTAKEN, {"since": stamp(since)})]

    def open_for(self, person_id: int) -> list[Draft]:
        """The drafts for what this person said that are not on their way yet."""
        return [draft_from(row) for row in self._db.query(_OPEN_FOR, [person_id])]

    def remark(self, draft: Draft, note: str, person: str, now: datetime) -> Draft:
        """Put a word beside a held draft, as a new revision of the same text: what was seen before is out of date."""
        with writing(self._db):
            self._revise(draft, draft.text, person, now, verb="remark", reason=note)
            self._db.execute("UPDATE drafts SET note = ? WHERE draft_id = ?", [note, draft.draft_id])
            return self.get(draft.draft_id)

    def put_back(self, draft_id: int, why: str, person: str, now: datetime) -> Draft:
        """Withdraw an approval, with a word why, as a new revision: who has an old page open approves nothing by it."""
        with writing(self._db):
            return self.remark(self.move(draft_id, State.HELD, "withdraw", person, why, now), why, person, now)

    def forget_words(self, mention_id: int) -> None:
        """Take what may quote a deleted mention out of its drafts. What we sent stays: those are our own words."""
        with writing(self._db):
            for statement in _FORGET_WORDS:
                self._db.execute(statement, [mention_id])

    def forget_old_words(self, before: datetime) -> None:
        """Take what people said before they edited it out of drafts that have waited with it since then."""
        with writing(self._db):
            self._db.execute(_FORGET_OLD_WORDS, [stamp(before)])

    # A person's decisions

    def edit(self, draft_id: int, seen: Seen, text: str, person: str, now: datetime) -> Draft:
        """Save a new text as the next revision. Whatever was approved before is void: it is held again."""
        with writing(self._db):
            draft = self._as_seen(draft_id, seen)
            if draft.state != State.HELD:
                draft = self.carry_out(draft, State.HELD, "withdraw", person, "edited", now)
            return self._revise(draft, text, person, now)

    def approve(
        self, draft_id: int, seen: Seen, text: str, person: str, now: datetime, *, to: State, key: str | None,
        send_after: datetime | None
    ) -> Draft:  # fmt: skip
        """Approve exactly `text`: the revision as seen, or, where the person changed it, that text as a new revision.

        Raises Changed where the draft is not what the person saw.
        """
        with writing(self._db):
            draft = self._as_seen(draft_id, seen)
            if text != draft.text:
                draft = self._revise(draft, text, person, now)
            fixed = {"approved_by": person, "approved_at": stamp(now), "key": draft.key or key}
            fixed["read_as"] = self._words(draft.mention_id)
            fixed["send_after"] = stamp(send_after) if send_after else None
            return self.carry_out(draft, to, "approve", person, "", now, **fixed)

    def send_again(self, draft_id: int, person: str, now: datetime, send_after: datetime) -> Draft:
        """Approve the same text once more, since it was looked for and is not there. Raises NotPossible."""
        again = {"approved_by": person, "approved_at": stamp(now), "send_after": stamp(send_after)}
        with writing(self._db):
            draft = self.get(draft_id)
            again["read_as"] = self._words(draft.mention_id)
            return self.carry_out(
                draft, State.APPROVED, "send again", person, "", now, note="", **again
            )  # fmt: skip

    def move(self, draft_id: int, to: State, verb: str, person: str, reason: str, now: datetime) -> Draft:
        """Any other decision on a draft: decline, undo, escalate, reopen."""
        with writing(self._db):
            return self.carry_out(self.get(draft_id), to, verb, person, reason, now)

    def conclude(self, mention_id: int, outcome: str, person: str, reason: str, now: datetime) -> None:
        """End a mention without a reply: declined, or no reply on purpose."""
        with writing(self._db):
            self._conclude(mention_id, outcome, person, reason, now)
            enter(self._db, Entry(outcome, person, reason, mention_id), now)

    def reopen(self, mention_id: int, person: str, now: datetime) -> None:
        """Take a mention's end back."""
        with writing(self._db):
            self._db.execute("DELETE FROM outcomes WHERE mention_id = ?", [mention_id])
            enter(self._db, Entry("reopen", person, "", mention_id), now)

    def receive(self, draft_id: int, receipt: Receipt, platform: str, person: str, now: datetime) -> Draft:
        """Record that a reply is on the platform, posted by hand or found there."""
        with writing(self._db):
            return self.arrived(self.get(draft_id), receipt, platform, person, now)

    def recognise(self, draft_id: int, post_id: str) -> None:
        """The post that a person confirmed with a link was heard: the receipt takes the platform's own id for it."""
        with writing(self._db):
            self._db.execute(
                "UPDATE receipts SET post_id = ? WHERE draft_id = ? AND how = 'by_hand'", [post_id, draft_id]
            )

    # Reading one draft (the lists are in inbox.py)

    def get(self, draft_id: int) -> Draft:
        """One draft. Raises KeyError where there is none of that number."""
        for row in self._db.query("SELECT * FROM drafts WHERE draft_id = ?", [draft_id]):
            return draft_from(row)
        raise KeyError(f"there is no draft {draft_id}")

    def draft_of(self, mention_id: int) -> Draft | None:
        """The draft for a mention that is not declined or superseded; None if there is none."""
        rows = self._db.query(
            "SELECT * FROM drafts WHERE mention_id = ? AND state NOT IN ('declined', 'superseded')", [mention_id]
        )
        return next((draft_from(row) for row in rows), None)

    def made_by(self, draft: Draft) -> str:
        """Who asked for a draft: a person, or the software by itself."""
        first = "SELECT person FROM revisions WHERE draft_id = ? AND revision = 1"
        (person,) = self._db.execute(first, [draft.draft_id]).fetchone()
        return str(person)

    def is_softwares_own(self, draft: Draft) -> bool:
        """Whether no person has asked for a draft that waits, or worked on it: software may take it back."""
        return draft.state is State.HELD and draft.revision == 1 and self.made_by(draft) == SOFTWARE

    def in_state(self, *states: State) -> list[Draft]:
        """All drafts in these states, the most pressing first."""
        wanted = json.dumps([state.value for state in states])
        rows = self._db.query(
            "SELECT * FROM drafts WHERE state IN (SELECT value FROM json_each(?)) ORDER BY place, draft_id",
            [wanted],
        )
        return [draft_from(row) for row in rows]

    # The moves themselves

    def _as_seen(self, draft_id: int, seen: Seen) -> Draft:
        draft = self.get(draft_id)
        if (draft.revision, draft.text_sha256) != (seen.revision, seen.text_sha256):
            raise Changed(draft)
        return draft

    def carry_out(
        self, draft: Draft, to: State, verb: str, person: str, reason: str, now: datetime, **columns: object
    ) -> Draft:
        if not may_move(draft.state, to, verb):
            raise NotPossible(f"this reply is {STANDS[draft.state]}: it can't be {STANDS[to]} now")
        columns |= {"state": to.value, "changed_at": stamp(now)}
        if to is State.HELD:
            columns |= {"approved_by": None, "approved_at": None, "send_after": None, "note": reason}
        elif to in (State.UNKNOWN, State.APPROVED):
            columns |= {"looks": 0, "look_at": None}
        elif to in DONE_WITH:
            columns["read_as"] = None
        names = ", ".join(f"{name} = :{name}" for name in columns)
        guard = {"draft_id": draft.draft_id, "was": draft.state.value, "revision_was": draft.revision}
        moved = self._db.execute(
            f"UPDATE drafts SET {names} "  # nosec B608
            "WHERE draft_id = :draft_id AND state = :was AND revision = :revision_was",
            {**columns, **guard},
        )
        if moved.rowcount != 1:
            raise Changed(self.get(draft.draft_id))
        now_it_is = self.get(draft.draft_id)
        self.say(now_it_is, verb, person, reason, now)
        return now_it_is

    def _revise(
        self, draft: Draft, text: str, person: str, now: datetime, *, verb: str = "edit", reason: str = ""
    ) -> Draft:
        if draft.state is not State.HELD:
            raise NotPossible(f"this reply is {STANDS[draft.state]}: take it back first, to edit it")
        self._db.execute(
            "UPDATE drafts SET revision = revision + 1, text = ?, text_sha256 = ?, changed_at = ? WHERE draft_id = ?",
            [text, fingerprint(text), stamp(now), draft.draft_id],
        )
        revised = self.get(draft.draft_id)
        self._keep_revision(revised, person, now)
        self.say(revised, verb, person, reason, now)
        return revised

    def arrived(self, draft: Draft, receipt: Receipt, platform: str, person: str, now: datetime) -> Draft:
        sent = self.carry_out(draft, State.SENT, "sent", person, receipt.url or receipt.post_id, now, note="")
        values = [draft.draft_id, platform, receipt.post_id, receipt.url, draft.text_sha256, receipt.how, stamp(now)]
        self._db.execute(
            "INSERT INTO receipts (draft_id, platform, post_id, url, text_sha256, how, at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            values,
        )
        self._conclude(draft.mention_id, "answered", draft.approved_by or person, "", now)
        return sent

    def _conclude(self, mention_id: int, outcome: str, person: str, reason: str, now: datetime) -> None:
        self._db.execute(_OUTCOME, [mention_id, outcome, reason, person, stamp(now)])
        self._db.execute("DELETE FROM set_aside WHERE mention_id = ?", [mention_id])

    def _keep_revision(self, draft: Draft, person: str, now: datetime) -> None:
        values = [draft.draft_id, draft.revision, draft.text, draft.text_sha256, person, stamp(now)]
        self._db.execute(
            "INSERT INTO revisions (draft_id, revision, text, text_sha256, person, at) VALUES (?, ?, ?, ?, ?, ?)",
            values,
        )

    def _words(self, mention_id: int) -> str:
        """What they say now: what the person has before them who approves."""
        (text,) = self._db.execute("SELECT text FROM mentions WHERE mention_id = ?", [mention_id]).fetchone()
        return str(text)

    def say(self, draft: Draft, verb: str, person: str, reason: str, now: datetime) -> None:
        """Add what was done to a draft to the audit."""
        of_draft = (draft.mention_id, draft.draft_id, draft.revision, draft.text_sha256, draft.state.value)
        enter(self._db, Entry(verb, person, reason, *of_draft), now)


def draft_from(row: Mapping[str, Any]) -> Draft:
    times = {name: row[name] and moment(row[name]) for name in ("approved_at", "send_after", "look_at")}
    return Draft(
        draft_id=row["draft_id"],
        mention_id=row["mention_id"],
        revision=row["revision"],
        text=row["text"],
        text_sha256=row["text_sha256"],
        state=State(row["state"]),
        route=row["route"],
        template=row["template"],
        evidence=tuple(json.loads(row["evidence"])),
        note=row["note"],
        key=row["key"],
        approved_by=row["approved_by"],
        made_at=moment(row["made_at"]),
        changed_at=moment(row["changed_at"]),
        read_as=row["read_as"],
        told_of=tuple(json.loads(row["told_of"])),
        looks=row["looks"],
        **times,
    )


_OVERTAKEN = """
SELECT mention_id, 0 AS gone FROM mentions WHERE changed_at >= :since AND gone_at IS NULL
UNION ALL SELECT mention_id, 1 FROM mentions WHERE gone_at >= :since
"""

_OPEN_FOR = """
SELECT d.* FROM drafts d JOIN mentions m USING (mention_id)
WHERE m.person_id = ? AND d.state IN ('held', 'approved', 'rehearsed', 'by_hand', 'escalated', 'refused')
"""

_FORGET_WORDS = (
    "UPDATE drafts SET evidence = '[]', read_as = NULL WHERE mention_id = ?",
    "UPDATE drafts SET text = '' WHERE state IN ('superseded', 'declined') AND mention_id = ?",
    """
UPDATE revisions SET text = '' WHERE draft_id IN (
  SELECT draft_id FROM drafts WHERE state IN ('superseded', 'declined') AND mention_id = ?)
""",
)

# By the index of those few that hold such words ("+": never by the state, which most drafts are in).
_FORGET_OLD_WORDS = """
UPDATE drafts SET read_as = NULL WHERE read_as IS NOT NULL AND changed_at < ? AND +state = 'held'
"""

_HOLD = """
INSERT INTO drafts (mention_id, revision, text, text_sha256, state, route, lane, turn, place, points, also,
  posted_at, template, evidence, made_at, changed_at, unsure)
VALUES (:mention_id, 1, :text, :sha, 'held', :route, :lane, :turn, :place, :points, :also, :posted_at, :template,
  :evidence, :now, :now, coalesce((SELECT unsure FROM triage WHERE mention_id = :mention_id), 0))
"""

_OUTCOME = """
INSERT INTO outcomes (mention_id, outcome, reason, person, at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (mention_id) DO UPDATE SET outcome = excluded.outcome, reason = excluded.reason,
  person = excluded.person, at = excluded.at
"""
