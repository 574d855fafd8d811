"""The audit: whatever was decided, edited and sent, in rows that are only ever added.

Each row is sealed together with the seal before it, so that nobody can change, drop or reorder a row without breaking
every seal after it; and the last seal, the head, stands in the weekly letter, where nobody can change it any more. What
the database itself refuses (to change or delete a row) keeps mistakes out; the seals are for whoever gets around it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from listener.archive.connect import stamp, writing

Row = Mapping[str, Any]

SEALED = ("decision_id", "at", "verb", "person", "reason", "mention_id", "draft_id", "revision", "text_sha256", "state")
START = "0" * 64  # what the first row is sealed with


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: who did what, and of a draft its revision, its text's fingerprint and its state from then on."""

    verb: str
    person: str
    reason: str = ""
    mention_id: int | None = None
    draft_id: int | None = None
    revision: int | None = None
    text_sha256: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The last row's number and its seal (64 hex digits)."""

    number: int
    seal: str

    def __str__(self) -> str:
        return f"{self.number}:{self.seal[:32]}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying came to: how many rows there are, the head, and what is wrong first (empty: nothing)."""

    rows: int
    head: Head
    wrong: str = ""


def enter(db: Database, entry: Entry, now: datetime) -> None:
    """Add a row, in the transaction of what it tells of."""
    with writing(db):
        last = head(db)
        row: dict[str, object] = {name: getattr(entry, name) for name in SEALED[2:]}
        row |= {"decision_id": last.number + 1, "at": stamp(now)}
        db.execute(_ADD, row | {"seal": seal_of(row, last.seal)})


def head(db: Database) -> Head:
    """The last row, as a letter names it."""
    found = db.execute("SELECT decision_id, seal FROM decisions ORDER BY decision_id DESC LIMIT 1").fetchone()
    return Head(*found) if found else Head(0, START)


def rows(db: Database, last: int, mention_id: int | None = None) -> Sequence[Row]:
    """The last rows, of one mention where it is named, the oldest first; by the names of SEALED."""
    found = db.query(_LAST, {"last": last, "mention_id": mention_id})
    return [{name: row[name] for name in SEALED} for row in found][::-1]


def is_head(known: str) -> bool:
    """Whether this is written as a letter writes the head."""
    return re.fullmatch(r"\d{1,18}:[0-9a-f]{16,64}", known) is not None


def seal_of(row: Mapping[str, Any], before: str) -> str:
    """SHA-256, in hex, of the seal before it and the row's fields as a JSON array, in the order of SEALED."""
    told = json.dumps([row[name] for name in SEALED], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{before}\n{told}".encode()).hexdigest()


def verify(db: Database, known: str = "") -> Verdict:
    """Go through every row and every draft; with `known`, a head that a letter named, that row must be there too."""
    last = head(db)
    (rows,) = db.execute("SELECT count(*) FROM decisions").fetchone()
    return Verdict(rows, last, next(_wrong(db, known), ""))


def _wrong(db: Database, known: str) -> Iterator[str]:
    """What is wrong, the first bad row first."""
    yield from _broken_rows(db)
    yield from _cut_off(db)
    if known:
        yield from _not_as_known(db, known)
    yield from (_MOVED.format(**row) for row in db.query(_BEHIND))
    yield from (_REWRITTEN.format(**row) for row in _rewritten(db))
    yield from (_UNSIGNED.format(**row) for row in db.query(_RECEIPTS))


def _broken_rows(db: Database) -> Iterator[str]:
    before, expected = START, 1
    for row in db.query("SELECT * FROM decisions ORDER BY decision_id"):
        if row["decision_id"] != expected:
            yield f"row {expected} is missing"
            return
        if row["seal"] != seal_of(row, before):
            yield f"row {expected} is not as it was written: {row['at']}, {row['verb']} by {row['person']}"
            return
        before, expected = row["seal"], expected + 1


def _cut_off(db: Database) -> Iterator[str]:
    """The database remembers how many rows there were, even where the last are gone."""
    found = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'decisions'").fetchone()
    last = head(db).number
    if found is not None and found[0] > last:
        yield f"row {last + 1} is missing, and what came after it ({found[0] - last} rows in all)"


def _not_as_known(db: Database, known: str) -> Iterator[str]:
    number, _, seal = known.partition(":")
    found = db.execute("SELECT seal FROM decisions WHERE decision_id = ?", [number]).fetchone()
    if found is None:
        yield f"row {number} is missing: the letter named it" + _restored(db)
    elif not found[0].startswith(seal):
        yield f"row {number} is not the one that the letter named, or one before it is not" + _restored(db)


def _restored(db: Database) -> str:
    """A backup that was restored explains why a letter knows more than the database does."""
    found = db.execute("SELECT decision_id, at FROM decisions WHERE verb = 'restored' ORDER BY 1 LIMIT 1").fetchone()
    return f" (a backup was restored on {found[1]}: row {found[0]} says so)" if found else ""


def _rewritten(db: Database) -> Iterator[Mapping[str, Any]]:
    """Drafts whose text is not the one that their fingerprint is of."""
    for row in db.query(_TEXTS):
        if hashlib.sha256(row["text"].encode()).hexdigest() != row["text_sha256"]:
            yield row


_LAST = """
SELECT * FROM decisions WHERE :mention_id IS NULL OR mention_id = :mention_id ORDER BY decision_id DESC LIMIT :last
"""

_ADD = f"INSERT INTO decisions ({', '.join(SEALED)}, seal) VALUES ({', '.join(f':{name}' for name in SEALED)}, :seal)"  # nosec B608

# What is known of a draft by its last row, where that row says it (rows from before the seals don't).
_BEHIND = """
SELECT d.draft_id, d.state, d.revision, a.state AS said, a.revision AS left_at, a.decision_id
FROM drafts d JOIN decisions a ON a.decision_id = (
  SELECT max(decision_id) FROM decisions WHERE draft_id = d.draft_id AND state IS NOT NULL)
WHERE a.state != d.state OR a.revision != d.revision OR a.text_sha256 != d.text_sha256
ORDER BY a.decision_id
"""
_MOVED = (
    "draft {draft_id} was changed behind the audit: it is {state}, revision {revision}; "
    "row {decision_id} left it {said}, revision {left_at}"
)
# The words of drafts that quoted someone who took their words back are forgotten, on purpose.
_TEXTS = "SELECT draft_id, text, text_sha256 FROM drafts WHERE text != '' OR state NOT IN ('superseded', 'declined')"
_REWRITTEN = "draft {draft_id} was changed behind the audit: its text is not the one that its rows name"
_RECEIPTS = """
SELECT r.draft_id FROM receipts r
WHERE NOT EXISTS (SELECT 1 FROM decisions a WHERE a.draft_id = r.draft_id AND a.verb = 'sent')
ORDER BY r.draft_id
"""
_UNSIGNED = "draft {draft_id} has a receipt, and no row says that it was sent"
