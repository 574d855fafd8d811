"""Streams that have heard nothing for unusually long: a source can be let in, answer, and still be deaf."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from listener.archive.connect import moment, stamp

# What is usual is taken from the last four weeks, and only where there was enough to call anything usual.
LOOK_BACK = timedelta(days=28)
ENOUGH = 10
# Twice the longest silence of those weeks, and never less than six hours: nights and weekends are among the usual ones.
UNUSUAL = 2
SHORTEST = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Silence:
    """A stream that last heard something new at `since`; the longest pause of the weeks before was `usual`."""

    platform: str
    stream: str
    since: datetime
    usual: timedelta


def silences(db: Database, now: datetime) -> list[Silence]:
    """The streams that are silent for more than twice as long as they ever were in the last four weeks."""
    known = {"since": stamp(now - LOOK_BACK), "now": stamp(now), "enough": ENOUGH}
    found = []
    for row in db.query(_PAUSES, known):
        last, usual = moment(row["last"]), timedelta(days=row["longest"])
        if now - last > max(UNUSUAL * usual, SHORTEST):
            found.append(Silence(row["platform"], row["stream"], last, usual))
    return found


# Pauses between what people wrote, not between what we heard: a backlog heard at once is no sign of a lively stream.
_PAUSES = """
SELECT platform, stream, max(posted_at) AS last, max(pause) AS longest FROM (
  SELECT platform, stream, posted_at, julianday(posted_at) - julianday(lag(posted_at) OVER (
    PARTITION BY platform, stream ORDER BY posted_at)) AS pause
  FROM mentions WHERE posted_at BETWEEN :since AND :now AND NOT ours
    AND (platform, stream) IN (SELECT platform, stream FROM cursors)
) GROUP BY platform, stream HAVING count(*) >= :enough ORDER BY last
"""
