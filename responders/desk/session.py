"""Who is at the desk: login links that work once, and sessions that can be ended. The storage room of `sessions`.

Only hashes are kept: whoever reads the database cannot sign in with it.
"""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from listener.archive.connect import ArchiveError, StorageError, moment, stamp, writing

LINK_LIFE = timedelta(hours=24)
IDLE = timedelta(hours=12)
ABSOLUTE = timedelta(days=14)
# A session's end is moved on at most this often, so that reading pages does not write on every click.
STEP = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Session:
    """A person who is signed in. `form_token` stands in each of their forms; no other site can know it."""

    person: str
    form_token: str


def new_link(db: Database, person: str, now: datetime) -> str:
    """A token that signs this person in once, within 24 hours: 256 random bits, kept only as a hash."""
    with writing(db):
        db.execute("DELETE FROM sessions WHERE expires_at <= ?", [stamp(now)])
        return _issue(db, "link", person, now, now + LINK_LIFE)


def sign_in(db: Database, link_token: str, now: datetime) -> str | None:
    """A new session's token for a login link, which is spent by it; None where the link is spent, old or unknown."""
    with writing(db):
        found = db.execute(
            "DELETE FROM sessions WHERE token_sha256 = ? AND kind = 'link' AND expires_at > ? RETURNING person",
            [_hashed(link_token), stamp(now)],
        ).fetchall()
        return _issue(db, "session", found[0][0], now, now + IDLE) if found else None


def session_of(db: Database, token: str, now: datetime) -> Session | None:
    """Who this token is, while it lives: 12 hours after its last use, and 14 days in all."""
    found = db.execute(
        "SELECT person, made_at, expires_at FROM sessions WHERE token_sha256 = ? AND kind = 'session'",
        [_hashed(token)],
    ).fetchone()
    if found is None:
        return None
    person, made_at, expires_at = found[0], moment(found[1]), moment(found[2])
    if expires_at <= now:
        return None
    until = min(now + IDLE, made_at + ABSOLUTE)
    if until - expires_at >= STEP:
        _move_on(db, token, until)
    return Session(person, _hashed("form:" + token))


def _move_on(db: Database, token: str, until: datetime) -> None:
    """Let the session live until then; where that can't be written at once, the next page tries: reading goes on."""
    with suppress(ArchiveError, StorageError), writing(db, patience_s=0):
        db.execute("UPDATE sessions SET expires_at = ? WHERE token_sha256 = ?", [stamp(until), _hashed(token)])


def sign_out(db: Database, token: str) -> None:
    """End this session, here and now."""
    db.execute("DELETE FROM sessions WHERE token_sha256 = ? AND kind = 'session'", [_hashed(token)])


def sign_out_everybody(db: Database) -> None:
    """End every session and every login link."""
    db.execute("DELETE FROM sessions")


def _issue(db: Database, kind: str, person: str, now: datetime, until: datetime) -> str:
    token = secrets.token_urlsafe(32)
    row = [_hashed(token), kind, person, stamp(now), stamp(until)]
    db.execute("INSERT INTO sessions (token_sha256, kind, person, made_at, expires_at) VALUES (?, ?, ?, ?, ?)", row)
    return token


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
