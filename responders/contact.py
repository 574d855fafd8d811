"""The do-not-contact list: who asked us to stop, or was put on it by a person; and what that takes out of our hands.

A person is named by their platform, its own id for them and their handle, and by nothing else: the list outlives what
they said. The handle is kept because it is needed to keep the promise: an import, a pasted link or an alert by mail
knows the same person by nothing but that. It goes when they are taken off.

But handles change hands. So a handle decides only where one of the two, the person on the list or the author asked
about, is known by no better id than it; two different ids of the platform's own are two people, whatever they are
called. What this leaves: whoever took over a listed handle, and is known by that alone, is left alone too until a
person takes them off; and a listed person who is heard of only under a new handle is not known again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from listener.archive.connect import moment, stamp, writing
from listener.archive.echoes import Echoes
from listener.archive.read import Heard
from listener.mention import Author, Mention
from responders.audit import Entry, enter
from responders.draft import Draft, State
from responders.permission.rules import ASKED_TO_STOP
from responders.queue import NotPossible, Queue, draft_from

PUT_ON = "do not contact"
TAKEN_OFF = "may contact"
ASKED = "they asked us to stop"

# There a handle is a shown name, and may be many people's.
NAMES_SHARED = frozenset({"stackexchange", "feed", "mailbox", "link"})
NOBODY = "unknown:"  # how the id of an author begins whom nobody named; "someone" is no handle then


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
        self._echoes = Echoes(db)

    def listed(self, author: Author) -> Listed | None:
        """Why this person is on the list; None where they are not."""
        return next((_listed(row) for row in self._entries(author)), None)

    def put_on(self, heard: Heard, reason: str, person: str, now: datetime) -> None:
        """Put the author of a mention on the list, and take back every draft for them that is not on the wire yet."""
        author = heard.mention.author
        with writing(self._db):
            handle = author.handle.casefold()
            values = [author.platform, author.author_id, handle, heard.mention_id, reason, person, stamp(now)]
            made = self._db.execute(_PUT_ON, values)
            if made.rowcount or not self.was_heeded(heard.mention_id):
                self._say(heard.mention_id, PUT_ON, person, reason, now)
            self._leave_alone(author, reason, person, now)
            if self._is_open(heard.mention_id):
                self._queue.conclude(heard.mention_id, "no_reply", person, reason, now)

    def everyone(self) -> list[Mapping[str, Any]]:
        """The whole list, as `keep_on` takes it."""
        return (
            list(self._db.query("SELECT * FROM do_not_contact")) if "do_not_contact" in self._db.table_names() else []
        )

    def keep_on(self, everyone: Sequence[Mapping[str, Any]], now: datetime) -> int:
        """Put on the list all who stand on another one, and return how many those were that were not on it."""
        kept = 0
        with writing(self._db):
            for one in everyone:
                values = [one[name] for name in ("platform", "author_id", "handle", "reason", "person", "at")]
                if self._db.execute(_KEEP_ON, values).rowcount > 0:
                    self._leave_alone(_named(one), one["reason"], one["person"], now)
                    kept += 1
        return kept

    def _leave_alone(self, author: Author, reason: str, person: str, now: datetime) -> None:
        people = self._known_as(author)
        for row in list(self._db.query(_DRAFTS_FOR, [people])):
            self.withdraw(draft_from(row), reason, person, now)
        rule = ASKED_TO_STOP
        self._db.execute(_NO_MORE, [rule.route, rule.rule, rule.source, rule.dated.isoformat(), people])

    def take_off(self, heard: Heard, reason: str, person: str, now: datetime) -> None:
        """Take the author of a mention off the list, by every id they are on it. What was ended stays ended.

        Raises NotPossible if they are not on it.
        """
        author = heard.mention.author
        with writing(self._db):
            entries = self._entries(author)
            if not entries:
                raise NotPossible("they are not on the do-not-contact list")
            people = {self._known_as(_named(entry)) for entry in entries} | {self._known_as(author)}
            self._db.conn.executemany(_TAKE_OFF, [(entry["platform"], entry["author_id"]) for entry in entries])
            self._say(heard.mention_id, TAKEN_OFF, person, reason, now)
            # How their mentions may be answered is asked anew, when someone next looks.
            self._db.conn.executemany(_ASK_ANEW, [(some, ASKED_TO_STOP.rule) for some in people])

    def withdraw(self, draft: Draft, reason: str, person: str, now: datetime) -> None:
        """Take back a draft for somebody on the list: it is superseded, and its mention ends without a reply."""
        with writing(self._db):
            self._queue.carry_out(draft, State.SUPERSEDED, "supersede", person, reason, now)
            self._queue.conclude(draft.mention_id, "no_reply", person, reason, now)
            self._echoes.look_anew(draft.mention_id, now)  # others who say the same are people too

    def reason_against(self, mention_id: int) -> str | None:
        """Why nothing may go to the author of a mention; None where nothing stands against it."""
        authors = list(self._db.query(_AUTHOR_OF, [mention_id]))
        return next((str(entry["reason"]) for row in authors for entry in self._entries(_named(row))), None)

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

    def _entries(self, author: Author) -> list[Mapping[str, Any]]:
        """What the list says of this person, the oldest first."""
        named = [author.platform, author.author_id, author.handle.casefold()]
        return [row for row in self._db.query(_NAMED, named) if _same(author, _named(row))]

    def _known_as(self, author: Author) -> str:
        """The numbers, as JSON, of everyone in the archive who is this person."""
        rows = self._db.query(_PEOPLE, [author.platform, author.author_id, author.handle])
        return json.dumps([row["person_id"] for row in rows if _same(author, _named(row))])

    def _is_open(self, mention_id: int) -> bool:
        """Whether nothing became of a mention yet, and nothing for it is on its way."""
        return self._db.execute(_CLOSED, {"mention": mention_id}).fetchone() is None

    def _say(self, mention_id: int, verb: str, person: str, reason: str, now: datetime) -> None:
        enter(self._db, Entry(verb, person, reason, mention_id), now)


def _same(one: Author, other: Author) -> bool:
    """Whether these two, of one platform, are one person, as far as their ids and handles say."""
    if one.author_id == other.author_id:
        return True
    ids = (one.author_id.casefold(), other.author_id.casefold())
    if one.platform in NAMES_SHARED or any(known.startswith(NOBODY) for known in ids):
        return False
    handle = one.handle.casefold()
    return bool(handle) and handle == other.handle.casefold() and handle in ids


def _named(row: Mapping[str, Any]) -> Author:
    return Author(row["platform"], row["author_id"], row["handle"])


def _listed(row: Mapping[str, Any]) -> Listed:
    return Listed(row["reason"], row["person"], moment(row["at"]), row["mention_id"])


_PUT_ON = """
INSERT INTO do_not_contact (platform, author_id, handle, mention_id, reason, person, at) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (platform, author_id) DO NOTHING
"""

_KEEP_ON = """
INSERT INTO do_not_contact (platform, author_id, handle, reason, person, at) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (platform, author_id) DO NOTHING
"""

_TAKE_OFF = "DELETE FROM do_not_contact WHERE platform = ? AND author_id = ?"

_NAMED = "SELECT * FROM do_not_contact WHERE platform = ?1 AND (author_id = ?2 OR handle = ?3) ORDER BY at, author_id"

_PEOPLE = """
SELECT * FROM authors
WHERE platform = ?1 AND (author_id = ?2 OR handle = ?3 COLLATE NOCASE)
"""

_AUTHOR_OF = """
SELECT a.platform, a.author_id, a.handle FROM mentions m JOIN authors a USING (person_id) WHERE m.mention_id = ?
"""

# Not those on the wire, or perhaps out there: the outbox settles them.
_DRAFTS_FOR = """
SELECT d.* FROM drafts d JOIN mentions m USING (mention_id)
WHERE m.person_id IN (SELECT value FROM json_each(?))
  AND d.state IN ('held', 'escalated', 'approved', 'rehearsed', 'by_hand', 'refused')
"""

_NO_MORE = """
UPDATE permissions SET route = ?, rule = ?, source = ?, dated = ?
WHERE mention_id IN (SELECT mention_id FROM mentions WHERE person_id IN (SELECT value FROM json_each(?)) AND NOT ours)
"""

_CLOSED = """
SELECT 1 FROM outcomes WHERE mention_id = :mention
UNION ALL SELECT 1 FROM drafts WHERE mention_id = :mention AND state NOT IN ('declined', 'superseded') LIMIT 1
"""

_ASK_ANEW = """
DELETE FROM permissions
WHERE mention_id IN (SELECT mention_id FROM mentions WHERE person_id IN (SELECT value FROM json_each(?))) AND rule = ?
"""

_OURS = """
SELECT 1 FROM mentions WHERE platform = :platform AND post_id = :post_id AND ours
UNION ALL SELECT 1 FROM receipts WHERE platform = :platform AND post_id = :post_id LIMIT 1
"""
