"""What the money was spent on: the mentions kept from platforms that charge for reading, by the stream they came on."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from listener.archive.connect import stamp


@dataclass(frozen=True, slots=True)
class Kept:
    """One mention that was kept: on which platform, by which stream it was first heard, and the watches it matched."""

    mention_id: int
    platform: str
    stream: str
    watches: tuple[str, ...]


def kept_since(db: Database, platforms: Collection[str], since: datetime) -> list[Kept]:
    """What was kept from these platforms since then, without what we said ourselves or what was brought by hand."""
    asked = {"platforms": json.dumps(sorted(platforms)), "since": stamp(since)}
    return [
        Kept(row["mention_id"], row["platform"], row["stream"], tuple(json.loads(row["watches"])))
        for row in db.query(_KEPT, asked)
    ]


_KEPT = """
SELECT m.mention_id, m.platform, m.stream,
  (SELECT json_group_array(watch) FROM matches WHERE matches.mention_id = m.mention_id) AS watches
FROM mentions m
WHERE m.platform IN (SELECT value FROM json_each(:platforms)) AND m.heard_at >= :since AND NOT m.ours
  AND m.stream != 'link' AND m.stream NOT LIKE 'import %'
ORDER BY m.mention_id
"""
