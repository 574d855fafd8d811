"""What could not be taken in: kept raw, out of the others' way. What could at least be read is tried three times."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlite_utils import Database

from listener.archive.connect import stamp, writing
from listener.mention import Author, Mention, Unreadable

# So often a mention is sifted, each time on another poll, before it stays here until a person triages anew.
STRIKES = 3
# Tried again in one go: a few, since whatever broke the sifting may also be slow.
MOST = 20


@dataclass(frozen=True, slots=True)
class Struck:
    """A mention that sifting could not bear when it was last tried."""

    quarantine_id: int
    stream: str
    mention: Mention


class Quarantine:
    """Keeps what could not be taken in, and gives it back to be tried again."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def keep(self, platform: str, stream: str, items: Sequence[Unreadable], now: datetime) -> None:
        """Keep these as they came; a mention among them has its first strike. The same item again adds nothing."""
        with writing(self._db):
            self._db.conn.executemany(_KEEP, [_row(platform, stream, item, now) for item in items])

    def to_try(self, platform: str, stream: str) -> list[Struck]:
        """The mentions of a stream that have strikes left, oldest first."""
        return self._struck(_TO_TRY, {"platform": platform, "stream": stream, "strikes": STRIKES, "most": MOST})

    def every(self) -> list[Struck]:
        """All mentions kept here, however often they were tried: for a person who asks, after an upgrade perhaps."""
        return self._struck(_EVERY, {})

    def strike(self, quarantine_id: int) -> None:
        """Note that it was tried in vain once more."""
        with writing(self._db):
            self._db.execute("UPDATE quarantine SET strikes = strikes + 1 WHERE quarantine_id = ?", [quarantine_id])

    def release(self, quarantine_id: int) -> None:
        """Let go of what could be taken in after all."""
        with writing(self._db):
            self._db.execute("DELETE FROM quarantine WHERE quarantine_id = ?", [quarantine_id])

    def _struck(self, sql: str, asked: dict[str, object]) -> list[Struck]:
        return [
            Struck(row["quarantine_id"], row["stream"], _read(row["mention"])) for row in self._db.query(sql, asked)
        ]


def _row(platform: str, stream: str, item: Unreadable, now: datetime) -> tuple[object, ...]:
    told = json.dumps(asdict(item.mention), default=datetime.isoformat) if item.mention else None
    sha = hashlib.sha256(item.raw.encode()).hexdigest()
    return platform, stream, item.raw, sha, item.reason, stamp(now), told, int(item.mention is not None)


def _read(told: str) -> Mention:
    fields = json.loads(told)
    fields["author"] = Author(**fields["author"])
    fields["posted_at"] = datetime.fromisoformat(fields["posted_at"])
    fields["links"] = tuple(fields["links"])
    return Mention(**fields)


_KEEP = """
INSERT INTO quarantine (platform, stream, raw, raw_sha256, reason, heard_at, mention, strikes)
VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
"""

_TO_TRY = """
SELECT quarantine_id, stream, mention FROM quarantine
WHERE mention IS NOT NULL AND strikes < :strikes AND platform = :platform AND stream = :stream
ORDER BY quarantine_id LIMIT :most
"""

_EVERY = "SELECT quarantine_id, stream, mention FROM quarantine WHERE mention IS NOT NULL ORDER BY quarantine_id"
