"""Which alerts rang, who has seen them, and which letter about them goes to whom: every move one guarded UPDATE.

A letter is claimed before it leaves. What happened to one that was claimed and never settled nobody knows: it becomes
unknown, and is never sent again by itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from listener.archive.connect import moment, stamp, writing
from responders.audit import Entry, enter
from responders.controls import SOFTWARE
from responders.digest.week.post import AGAIN_AFTER, LEASE, Ending

# What could not be mailed for so long is no news any more: the desk shows it, and no letter goes out.
STALE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Alert:
    """A rule that rang for a mention."""

    mention_id: int
    rule: str
    at: datetime
    platform: str
    handle: str
    name: str
    text: str
    because: str


@dataclass(frozen=True, slots=True)
class AlertLetter:
    """A letter about some alerts for one recipient, claimed. `tries` names this attempt."""

    letter: int
    recipient: str
    message_id: str
    tries: int


class Alerts:
    """Keeps the alerts and their letters."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def ring(self, mention_id: int, rule: str, now: datetime) -> None:
        """Ring for a mention, once for each rule."""
        with writing(self._db):
            made = self._db.execute(_RING, [mention_id, rule, stamp(now)])
            if made.rowcount > 0:
                reason = f"by your rule “{rule}”"
                enter(self._db, Entry("alert", SOFTWARE, reason, mention_id), now)

    def unseen(self, most: int = 20) -> list[Alert]:
        """What nobody has looked at yet, the newest first; nothing whose words are gone."""
        return [_alert(row) for row in self._db.query(_UNSEEN, {"most": most})]

    def see(self, person: str, until: datetime, now: datetime) -> None:
        """Somebody has looked at all that rang up to a moment: what rang while they looked stays."""
        with writing(self._db):
            seen = {"person": person, "now": stamp(now), "until": stamp(until)}
            self._db.execute(
                "UPDATE alerts SET seen_by = :person, seen_at = :now WHERE seen_at IS NULL AND at <= :until", seen
            )

    def in_letter(self, letter: int) -> list[Alert]:
        """What a letter is about, the oldest first."""
        return [_alert(row) for row in self._db.query(_IN_LETTER, [letter])]

    # Letters

    def plan(self, recipients: Iterable[str], host: str, now: datetime) -> None:
        """Put all that rang since the last time into one letter, due to each recipient at once."""
        with writing(self._db):
            fresh = {"after": stamp(now - STALE), "now": stamp(now)}
            self._db.execute(_GIVE_UP, fresh)
            self._db.execute(_LOST, {"before": stamp(now - LEASE), "now": stamp(now)})
            if self._db.execute(_ANY_UNSENT, fresh).fetchone() is None:
                return
            (letter,) = self._db.execute("SELECT coalesce(max(letter), 0) + 1 FROM alert_letters").fetchone()
            self._db.execute("UPDATE alerts SET letter = :letter WHERE letter IS NULL AND at > :after",
                             {**fresh, "letter": letter})  # fmt: skip
            for recipient in recipients:
                row = [letter, recipient, stamp(now), message_id(recipient, letter, now, host), stamp(now), stamp(now)]
                self._db.execute(_PLAN, row)

    def claim(self, now: datetime) -> AlertLetter | None:
        """The next letter that is due, now marked as being sent; of all who ask at once only one gets it."""
        with writing(self._db):
            row = next(self._db.query(_CLAIM, {"now": stamp(now)}), None)
        return None if row is None else AlertLetter(**row)

    def settle(self, letter: AlertLetter, ending: Ending, now: datetime, detail: str = "") -> None:
        """Write down how an attempt ended; `postponed` makes it due again after a growing wait."""
        wait = AGAIN_AFTER[min(letter.tries, len(AGAIN_AFTER)) - 1]
        row = {
            "letter": letter.letter,
            "recipient": letter.recipient,
            "tries": letter.tries,
            "state": "due" if ending == "postponed" else ending,
            "next_at": stamp(now + wait) if ending == "postponed" else None,
            "detail": detail,
            "now": stamp(now),
        }
        with writing(self._db):
            self._db.execute(_SETTLE, row)

    def letters(self) -> list[tuple[int, str, str, str]]:
        """Every letter: its number, to whom, how it stands, and the detail."""
        rows = self._db.query("SELECT * FROM alert_letters ORDER BY letter, recipient")
        return [(row["letter"], row["recipient"], row["state"], row["detail"]) for row in rows]


def message_id(recipient: str, letter: int, now: datetime, host: str) -> str:
    """The letter's own name: the same at every attempt."""
    which = hashlib.sha256(f"{recipient} {letter} {stamp(now)}".encode()).hexdigest()[:16]
    return f"<alert.{letter}.{which}@{host}>"


def _alert(row: Mapping[str, Any]) -> Alert:
    return Alert(
        row["mention_id"], row["rule"], moment(row["at"]), row["platform"], row["handle"], row["name"], row["text"],
        row["because"] or "",
    )  # fmt: skip


_RING = "INSERT INTO alerts (mention_id, rule, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"

_ALERT = """
SELECT l.mention_id, l.rule, l.at, m.platform, a.handle, a.name, m.text, t.because
FROM alerts l JOIN mentions m USING (mention_id) JOIN authors a USING (person_id) LEFT JOIN triage t USING (mention_id)
WHERE m.gone_at IS NULL AND
"""

_UNSEEN = f"{_ALERT} l.seen_at IS NULL ORDER BY l.at DESC, l.mention_id DESC, l.rule LIMIT :most"

_IN_LETTER = f"{_ALERT} l.letter = ? ORDER BY l.at, l.mention_id, l.rule"

_ANY_UNSENT = "SELECT 1 FROM alerts WHERE letter IS NULL AND at > :after LIMIT 1"

_PLAN = """
INSERT INTO alert_letters (letter, recipient, state, next_at, message_id, made_at, changed_at)
VALUES (?, ?, 'due', ?, ?, ?, ?)
"""

_GIVE_UP = """
UPDATE alert_letters SET state = 'refused', next_at = NULL, detail = 'not out within a day', changed_at = :now
WHERE state = 'due' AND made_at <= :after
"""

_LOST = """
UPDATE alert_letters SET state = 'unknown', changed_at = :now,
  detail = 'stopped while it was being sent: it may have arrived'
WHERE state = 'sending' AND changed_at < :before
"""

_CLAIM = """
UPDATE alert_letters SET state = 'sending', tries = tries + 1, next_at = NULL, changed_at = :now
WHERE state = 'due' AND (letter, recipient) IN (
  SELECT letter, recipient FROM alert_letters WHERE state = 'due' AND next_at <= :now
  ORDER BY next_at, letter, recipient LIMIT 1)
RETURNING letter, recipient, message_id, tries
"""

_SETTLE = """
UPDATE alert_letters SET state = :state, next_at = :next_at, detail = :detail, changed_at = :now
WHERE letter = :letter AND recipient = :recipient AND tries = :tries AND state IN ('sending', 'unknown')
"""
