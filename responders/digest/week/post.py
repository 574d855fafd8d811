"""Which letter goes to whom, once: the rounds of the weekly post, kept in the database.

A letter is claimed before it leaves. What happened to one that was claimed and never settled nobody knows: it becomes
unknown, and is never sent again by itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlite_utils import Database

from listener.archive.connect import moment, stamp, writing
from responders.digest.week.calendar import Week

# Waits before the next try, by tries made: an outage of hours is bridged without knocking every minute.
AGAIN_AFTER = tuple(timedelta(minutes=wait) for wait in (5, 15, 60, 180, 360))
# Longer than any attempt lasts; whoever claimed a letter and is silent for so long has died with it.
LEASE = timedelta(hours=1)

Ending = Literal["sent", "refused", "unknown", "postponed"]


@dataclass(frozen=True, slots=True)
class Letter:
    """One claimed letter: to whom, about which week, under which Message-ID. `tries` names this attempt."""

    recipient: str
    week: str
    message_id: str
    tries: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one letter stands: due, sending, sent, refused or unknown; `next_at` where it will be tried again."""

    recipient: str
    week: str
    state: str
    detail: str = ""
    next_at: datetime | None = None


class Post:
    """The `digests` table: every move is one guarded UPDATE."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def plan(self, recipients: Iterable[str], week: Week, due_at: datetime, host: str) -> None:
        """Write down that this week's letter is due to each recipient; one who has a row already keeps it.

        A letter about an earlier week that has not got out by now is overtaken, and given up.
        """
        with writing(self._db):
            for recipient in recipients:
                row = {
                    "recipient": recipient,
                    "week": week.name,
                    "due_at": stamp(due_at),
                    "message_id": message_id(recipient, week, host),
                }
                self._db.execute(_PLAN, row)
                detail = f"not out in time: {week.name} came due"
                self._db.execute(_OVERTAKEN, {**row, "detail": detail})

    def claim(self, now: datetime, week: Week | None = None) -> Letter | None:
        """The next letter that is due (about `week`, if one is named), now marked as being sent; None if there is none.

        Of all who ask at once only one gets it.
        """
        with writing(self._db):
            row = next(self._db.query(_CLAIM, {"now": stamp(now), "week": week and week.name}), None)
        return None if row is None else Letter(row["recipient"], row["week"], row["message_id"], row["tries"])

    def settle(self, letter: Letter, ending: Ending, now: datetime, detail: str = "") -> Outcome:
        """Write down how an attempt ended; `postponed` makes it due again after a growing wait.

        An attempt that outlived its lease may still say how it ended, unless the letter has moved on since.
        """
        wait = AGAIN_AFTER[min(letter.tries, len(AGAIN_AFTER)) - 1]
        next_at = now + wait if ending == "postponed" else None
        row = {
            "recipient": letter.recipient,
            "week": letter.week,
            "tries": letter.tries,
            "state": "due" if ending == "postponed" else ending,
            "next_at": stamp(next_at) if next_at else None,
            "detail": detail,
            "now": stamp(now),
        }
        with writing(self._db):
            self._db.execute(_SETTLE, row)
        return self.standing(letter.recipient, letter.week)

    def give_up_lost(self, now: datetime) -> None:
        """Call unknown what was claimed longer ago than any attempt lasts: it may be out, and is not sent again."""
        with writing(self._db):
            self._db.execute(_LOST, {"now": stamp(now), "before": stamp(now - LEASE)})

    def again(self, recipient: str, week: Week, now: datetime) -> bool:
        """Make a letter that did not get out due at once, because a person asked for it. False where it is out."""
        with writing(self._db):
            row = {"recipient": recipient, "week": week.name, "now": stamp(now)}
            return next(self._db.query(_AGAIN, row), None) is not None

    def standing(self, recipient: str, week: str) -> Outcome:
        """How one letter stands. Raises KeyError where none was planned."""
        row = next(self._db.query(_STANDING, {"recipient": recipient, "week": week}), None)
        if row is None:
            raise KeyError(f"no digest of {week} to {recipient}")
        return _outcome(row)

    def recent(self, most: int = 50) -> tuple[Outcome, ...]:
        """The latest letters and how they stand, newest week first."""
        return tuple(_outcome(row) for row in self._db.query(_RECENT, {"most": most}))


def message_id(recipient: str, week: Week, host: str) -> str:
    """The letter's own name: the same at every attempt, so that a mail server can tell a double from a new one."""
    return f"<digest.{week.name}.{hashlib.sha256(recipient.encode('utf-8')).hexdigest()[:16]}@{host}>"


def _outcome(row: Mapping[str, Any]) -> Outcome:
    next_at = moment(row["next_at"]) if row["next_at"] else None
    return Outcome(row["recipient"], row["week"], row["state"], row["detail"], next_at)


_PLAN = """
INSERT INTO digests (recipient, week, due_at, state, next_at, message_id, changed_at)
VALUES (:recipient, :week, :due_at, 'due', :due_at, :message_id, :due_at)
ON CONFLICT (recipient, week) DO NOTHING
"""
_OVERTAKEN = """
UPDATE digests SET state = 'refused', next_at = NULL, detail = :detail, changed_at = :due_at
WHERE recipient = :recipient AND week < :week AND state = 'due'
"""
_CLAIM = """
UPDATE digests SET state = 'sending', tries = tries + 1, next_at = NULL, changed_at = :now
WHERE state = 'due' AND (recipient, week) IN (
  SELECT recipient, week FROM digests WHERE state = 'due' AND next_at <= :now AND week = coalesce(:week, week)
  ORDER BY next_at, recipient, week LIMIT 1)
RETURNING recipient, week, message_id, tries
"""
_SETTLE = """
UPDATE digests SET state = :state, next_at = :next_at, detail = :detail, changed_at = :now
WHERE recipient = :recipient AND week = :week AND tries = :tries AND state IN ('sending', 'unknown')
"""
_LOST = """
UPDATE digests SET state = 'unknown', detail = 'stopped while it was being sent: it may have arrived', changed_at = :now
WHERE state = 'sending' AND changed_at < :before
"""
_AGAIN = """
UPDATE digests SET state = 'due', next_at = :now, detail = '', changed_at = :now
WHERE recipient = :recipient AND week = :week AND state IN ('due', 'refused', 'unknown')
RETURNING week
"""
_STANDING = "SELECT * FROM digests WHERE recipient = :recipient AND week = :week"
_RECENT = "SELECT * FROM digests ORDER BY week DESC, recipient LIMIT :most"
