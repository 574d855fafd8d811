"""Where else the same was said, as `echoes.py` has found it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from listener.archive.connect import moment


@dataclass(frozen=True, slots=True)
class Place:
    """Where else the same was said. `repost`: somebody passed it on, and added nothing."""

    mention_id: int
    platform: str
    handle: str
    name: str
    url: str
    posted_at: datetime
    repost: bool


def places_of(db: Database, mention_id: int, most: int = 50) -> list[Place]:
    """Where else the same was said, those who said it themselves first, then by the time it was heard."""
    rows = db.query(_PLACES, {"mention_id": mention_id, "most": most})
    return [
        Place(
            row["mention_id"], row["platform"], row["handle"], row["name"], row["url"],
            moment(row["posted_at"]), bool(row["repost"]),
        )
        for row in rows
    ]  # fmt: skip


def counts_of(db: Database, mention_ids: Iterable[int]) -> Mapping[int, Mapping[str, int]]:
    """In how many other places the same was said, by platform; mentions that stand alone are left out."""
    found: dict[int, dict[str, int]] = {}
    for row in db.query(_COUNTS, {"ids": json.dumps(list(mention_ids))}):
        found.setdefault(row["mention_id"], {})[row["platform"]] = row["n"]
    return found


_PLACES = """
WITH g AS (SELECT coalesce(same_as, mention_id) AS head FROM mentions WHERE mention_id = :mention_id)
SELECT m.mention_id, m.platform, a.handle, a.name, m.url, m.posted_at, m.repost
FROM g CROSS JOIN mentions m ON (m.mention_id = g.head OR m.same_as = g.head) JOIN authors a USING (person_id)
WHERE m.mention_id != :mention_id ORDER BY m.repost, m.mention_id LIMIT :most
"""

_COUNTS = """
WITH asked AS (
  SELECT mention_id, coalesce(same_as, mention_id) AS head FROM mentions
  WHERE mention_id IN (SELECT value FROM json_each(:ids))
)
SELECT asked.mention_id, m.platform, count(*) AS n
FROM asked CROSS JOIN mentions m ON (m.mention_id = asked.head OR m.same_as = asked.head)
WHERE m.mention_id != asked.mention_id GROUP BY asked.mention_id, m.platform
ORDER BY asked.mention_id, n DESC, m.platform
"""
