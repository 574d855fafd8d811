"""The switches that hold over restarts: the pause, and how far drafting has got."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from listener.archive.connect import stamp, writing
from responders.audit import Entry, enter

SOFTWARE = "warmline"  # who acts in the audit when no person does


class Controls:
    """Reads and sets the switches; what a person sets is in the audit."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def paused(self) -> str | None:
        """Who paused all sending and why, in words; None while sending is allowed."""
        return self.read("paused") or None

    def pause(self, person: str, reason: str, now: datetime) -> None:
        """Stop all sending: nothing is claimed once this is committed."""
        self.set("paused", f"by {person}" + (f": {reason}" if reason else ""), person, now)

    def resume(self, person: str, now: datetime) -> None:
        """Allow sending again."""
        self.set("paused", "", person, now)

    def read(self, name: str) -> str | None:
        """A control's value; None where it was never set."""
        found = self._db.execute("SELECT value FROM controls WHERE name = ?", [name]).fetchone()
        return str(found[0]) if found else None

    def set(self, name: str, value: str, person: str, now: datetime) -> None:
        """Set a control, with an audit row where a person did it."""
        with writing(self._db):
            self._db.execute(_SET, [name, value, person, stamp(now)])
            if person != SOFTWARE:
                verb = name if value else f"not {name}"
                enter(self._db, Entry(verb, person, value), now)


_SET = """
INSERT INTO controls (name, value, person, at) VALUES (?, ?, ?, ?)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, person = excluded.person, at = excluded.at
"""
