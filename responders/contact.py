"""The do-not-contact list: who asked us to stop, or was put on it by a person; and what that takes out of our hands.

A person is named by their platform and its own id for them, and by nothing else: the list outlives what they said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from listener.archive.connect import moment, stamp, writing
from listener.archive.read import Heard
from listener.mention import Author, Mention
from responders.draft import Draft, State
from responders.permission.rules import ASKED_TO_STOP
from responders.queue import AUDIT, NotPossible, Queue, audit_row, draft_from

PUT_ON = "do not contact"
TAKEN_OFF = "may contact"
ASKED = "they asked us to stop"


@dataclass(frozen=True, slots=True)
class Listed:
    """Why someone is on the list: since when, by whom, and the mention that was the reason (None once it is gone)."""

    reason: str
    person: str
    at: datetime
    mention_id: int | None


class Contact:
    """Keeps the list. Whoever is put on it has no draft left that could still go out."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._queue = Queue(db)

    def listed(self, author: Author) -> Listed | None:
        """Why this person is on the list; None where they are not."""
        rows = self._db.query(
            "SELECT * FROM do_not_contact WHERE platform = ? AND author_id = ?", [author.platform, author.author_id]
        )
        return next((_listed(row) for row in rows), None)

    def put_on(self, heard: Heard, reason: str, person: str, now: datetime) -> None:
        """Put the author of a mention on the list, and take back every draft for them that is not on the wire yet."""
        author = heard.mention.author
        with writing(self._db):
            values = [author.platform, author.author_id, heard.mention_id, reason, person, stamp(now)]
            made = self._db.execute(_PUT_ON, values)
            if made.rowcount or not self.was_heeded(heard.mention_id):
                self._say(heard.mention_id, PUT_ON, person, reason, now)
            for row in list(self._db.query(_DRAFTS_FOR, [heard.person_id])):
                self.withdraw(draft_from(row), reason, person, now)
            if self._is_open(heard.mention_id):
                self._queue.conclude(heard.mention_id, "no_reply", person, reason, now)
            rule = ASKED_TO_STOP
            said = [rule.route, rule.rule, rule.source, rule.dated.isoformat(), heard.person_id]
            self._db.execute(_NO_MORE, said)

    def take_off(self, heard: Heard, reason: str, person: str, now: datetime) -> None:
        """Take the author of a mention off the list. What was ended stays ended. Raises NotPossible if not on it."""
        author = heard.mention.author
        with writing(self._db):
            gone = self._db.execute(
                "DELETE FROM do_not_contact WHERE platform = ? AND author_id = ?", [author.platform, author.author_id]
            )
            if not gone.rowcount:
                raise NotPossible("they are not on the do-not-contact list")
            self._say(heard.mention_id, TAKEN_OFF, person, reason, now)
            # How their mentions may be answered is asked anew, when someone next looks.
            self._db.execute(_ASK_ANEW, [heard.person_id, ASKED_TO_STOP.rule])

    def withdraw(self, draft: Draft, reason: str, person: str, now: datetime) -> None:
        """Take back a draft for somebody on the list: it is superseded, and its mention ends without a reply."""
        with writing(self._db):
            self._queue.carry_out(draft, State.SUPERSEDED, "supersede", person, reason, now)
            self._queue.conclude(draft.mention_id, "no_reply", person, reason, now)

    def reason_against(self, mention_id: int) -> str | None:
        """Why nothing may go to the author of a mention; None where nothing stands against it."""
        found = self._db.execute(_AGAINST, [mention_id]).fetchone()
        return str(found[0]) if found else None

    def answers_us(self, mention: Mention) -> bool:
        """Whether a mention answers a post of ours, heard or sent."""
        if mention.in_reply_to is None:
            return False
        known = {"platform": mention.platform, "post_id": mention.in_reply_to}
        return self._db.execute(_OURS, known).fetchone() is not None

    def was_heeded(self, mention_id: int) -> bool:
        """Whether this mention was a reason to list its author before: if they are off now, a person decided so."""
        found = self._db.execute(
            "SELECT 1 FROM decisions WHERE mention_id = ? AND verb = ? LIMIT 1", [mention_id, PUT_ON]
        ).fetchone()
        return found is not None

    def _is_open(self, mention_id: int) -> bool:
        """Whether nothing became of a mention yet, and nothing for it is on its way."""
        return self._db.execute(_CLOSED, {"mention": mention_id}).fetchone() is None

    def _say(self, mention_id: int, verb: str, person: str, reason: str, now: datetime) -> None:
        self._db.execute(AUDIT, audit_row(mention_id, None, verb, person, reason, None, None, now))


def _listed(row: Mapping[str, Any]) -> Listed:
    return Listed(row["reason"], row["person"], moment(row["at"]), row["mention_id"])


_PUT_ON = """
INSERT INTO do_not_contact (platform, author_id, mention_id, reason, person, at) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (platform, author_id) DO NOTHING
"""

# Not those on the wire, or perhaps out there: the outbox settles them.
_DRAFTS_FOR = """
SELECT d.* FROM drafts d JOIN mentions m USING (mention_id)
WHERE m.person_id = ? AND d.state IN ('held', 'escalated', 'approved', 'rehearsed', 'by_hand', 'refused')
"""

_NO_MORE = """
UPDATE permissions SET route = ?, rule = ?, source = ?, dated = ?
WHERE mention_id IN (SELECT mention_id FROM mentions WHERE person_id = ? AND NOT ours)
"""

_CLOSED = """
SELECT 1 FROM outcomes WHERE mention_id = :mention
UNION ALL SELECT 1 FROM drafts WHERE mention_id = :mention AND state NOT IN ('declined', 'superseded') LIMIT 1
"""

_ASK_ANEW = """
DELETE FROM permissions WHERE mention_id IN (SELECT mention_id FROM mentions WHERE person_id = ?) AND rule = ?
"""

_AGAINST = """
SELECT c.reason FROM mentions m JOIN authors a USING (person_id)
  JOIN do_not_contact c ON c.platform = a.platform AND c.author_id = a.author_id
WHERE m.mention_id = ?
"""

_OURS = """
SELECT 1 FROM mentions WHERE platform = :platform AND post_id = :post_id AND ours
UNION ALL SELECT 1 FROM receipts WHERE platform = :platform AND post_id = :post_id LIMIT 1
"""
