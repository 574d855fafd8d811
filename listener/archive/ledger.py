"""What each platform's account has used up and cost, kept over restarts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from listener.archive.connect import connect, moment, stamp, writing
from listener.budget import SHARE, USERS, Pool, Purpose
from listener.mention import Author
from listener.source import RateLimited

REMEMBERED = timedelta(days=60)  # how long it is kept which items were paid for


@dataclass(frozen=True, slots=True)
class Cost:
    """What one stream cost on one UTC day: so many items of one kind, in US dollars."""

    platform: str
    stream: str
    what: str
    day: date
    items: int
    usd: float


class Ledger:
    """One platform's `Budget`. Each call opens the database for itself: sources are used from many threads."""

    def __init__(self, database: Path, platform: str, now: Callable[[], datetime]) -> None:
        """`database` is there and migrated."""
        self._database = database
        self._platform = platform
        self._now = now

    def take(self, pool: Pool, units: float = 1, *, purpose: Purpose = "search") -> None:
        """Use up some units. Raises RateLimited until the window's end where this purpose has no more of them."""
        now = self._now()
        with closing(connect(self._database)) as db, writing(db):
            start, end, used, blocked = self._state(db, pool, now)
            if blocked is not None and blocked > now:
                raise RateLimited(f"{self._platform} asked us to wait ({pool.name})", blocked)
            if used + units > pool.most * SHARE[purpose]:
                raise RateLimited(self._used_up(pool, purpose, end), end)
            self._keep(db, pool, start, used + units, blocked)

    def left(self, pool: Pool, *, purpose: Purpose = "search") -> float:
        """How many units this purpose has left in the window of now."""
        with closing(connect(self._database)) as db:
            _, _, used, _ = self._state(db, pool, self._now())
        return max(0.0, pool.most * SHARE[purpose] - used)

    def block(self, pool: Pool, until: datetime) -> None:
        """Nothing more of this pool before that time."""
        with closing(connect(self._database)) as db, writing(db):
            start, _, used, _ = self._state(db, pool, self._now())
            self._keep(db, pool, start, used, until)

    def charge(self, pool: Pool, stream: str, what: str, items: Iterable[str], usd_each: float) -> float:
        """Note what was read for money, each item once a UTC day, and return what it cost in US dollars."""
        now = self._now()
        day = now.astimezone(UTC).date().isoformat()
        with closing(connect(self._database)) as db, writing(db):
            forget = (now.astimezone(UTC).date() - REMEMBERED).isoformat()
            db.execute("DELETE FROM charged WHERE platform = ? AND day < ?", [self._platform, forget])
            row = {"platform": self._platform, "what": what, "day": day, "items": json.dumps(list(items))}
            new = max(db.execute(_CHARGE, row).rowcount, 0)
            usd = new * usd_each
            cost = {"platform": self._platform, "stream": stream, "what": what, "day": day, "new": new, "usd": usd}
            if new:
                db.execute(_COST, cost)
            start, _, used, blocked = self._state(db, pool, now)
            self._keep(db, pool, start, used + usd, blocked)
        return usd

    def authors(self, author_ids: Iterable[str], since: datetime) -> Mapping[str, Author]:
        """The authors that the archive knows already, as far as they were paid for (as USERS) since that day.

        Whoever was forgotten is known no more, and paid for again.
        """
        day = since.astimezone(UTC).date().isoformat()
        asked = {"platform": self._platform, "ids": json.dumps(list(author_ids)), "day": day, "what": USERS}
        with closing(connect(self._database)) as db:
            rows = list(db.query(_KNOWN, asked))
        return {row["author_id"]: _author(row) for row in rows}

    def _state(self, db: Database, pool: Pool, now: datetime) -> tuple[datetime, datetime, float, datetime | None]:
        """The window's beginning and end, what is used up in it, and until when the platform wants to be left alone."""
        row = db.execute(
            "SELECT began_at, used, blocked_until FROM allowances WHERE platform = ? AND pool = ?",
            [self._platform, pool.name],
        ).fetchone()
        began, used, blocked = row or (None, 0.0, None)
        if began is None or moment(began) > now:
            # A window that begins in the future was kept by a clock that ran ahead: it is none, nor what came with it.
            return *pool.window(now, None), 0.0, None
        start, end = pool.window(now, moment(began))
        return start, end, 0.0 if moment(began) < start else used, moment(blocked) if blocked else None

    def _keep(self, db: Database, pool: Pool, start: datetime, used: float, blocked: datetime | None) -> None:
        row = [self._platform, pool.name, stamp(start), used, blocked and stamp(blocked)]
        db.execute(_ALLOWANCE, row)

    def _used_up(self, pool: Pool, purpose: Purpose, end: datetime) -> str:
        what = {"search": "searching", "mentions": "reading our mentions", "duty": "anything more"}[purpose]
        return f"the allowance of {pool.most:g} {pool.name} is used up for {what}, until {end:%d %b %H:%M %Z}"


def costs(db: Database, since: datetime) -> list[Cost]:
    """What was paid for reading since that day, by stream and day."""
    first = since.astimezone(UTC).date().isoformat()
    rows = db.query("SELECT * FROM costs WHERE day >= ? ORDER BY day, platform, stream, what", [first])
    return [
        Cost(row["platform"], row["stream"], row["what"], date.fromisoformat(row["day"]), row["items"], row["usd"])
        for row in rows
    ]


def _author(row: Mapping[str, object]) -> Author:
    followers = row["followers"]
    return Author(
        str(row["platform"]),
        str(row["author_id"]),
        str(row["handle"]),
        str(row["name"]),
        followers if isinstance(followers, int) else None,
        str(row["url"]),
        bool(row["bot"]),
    )


_ALLOWANCE = """
INSERT INTO allowances (platform, pool, began_at, used, blocked_until) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (platform, pool) DO UPDATE SET began_at = excluded.began_at, used = excluded.used,
  blocked_until = excluded.blocked_until
"""

_CHARGE = """
INSERT INTO charged (platform, what, item, day) SELECT :platform, :what, value, :day FROM json_each(:items)
WHERE true ON CONFLICT DO NOTHING
"""

_COST = """
INSERT INTO costs (platform, stream, what, day, items, usd) VALUES (:platform, :stream, :what, :day, :new, :usd)
ON CONFLICT (platform, stream, what, day) DO UPDATE SET items = items + excluded.items, usd = usd + excluded.usd
"""

_KNOWN = """
SELECT a.* FROM json_each(:ids) AS wanted JOIN authors a ON a.platform = :platform AND a.author_id = wanted.value
WHERE a.handle != '' AND EXISTS (
  SELECT 1 FROM charged c
  WHERE c.platform = a.platform AND c.what = :what AND c.item = a.author_id AND c.day >= :day)
"""
