"""Streams that have heard nothing for unusually long: a source can be let in, answer, and still be deaf."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from listener.archive.connect import moment, stamp

# What is usual is taken from the four weeks before the last post, and only where there was enough to call it usual.
LOOK_BACK = timedelta(days=28)
ENOUGH = 10
# Twice the longest silence of those weeks, and never less than six hours: nights and weekends are among the usual ones.
UNUSUAL = 2
SHORTEST = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Silence:
    """A stream that last heard something new at `since`; the longest pause of the weeks before that was `usual`."""

    platform: str
    stream: str
    since: datetime
    usual: timedelta


def silences(db: Database, now: datetime) -> list[Silence]:
    """The streams that are silent for more than twice as long as they ever were in the four weeks before.

    For as long as the silence lasts; a stream that nobody polls any more is no matter of silence.
    """
    known = {
        "days": f"-{LOOK_BACK.days} days",
        "now": stamp(now),
        "silent": stamp(now - SHORTEST),
        "enough": ENOUGH,
        "polled": stamp(now - LOOK_BACK),
    }
    found = []
    for row in db.query(_PAUSES, known):
        last, usual = moment(row["last"]), timedelta(days=row["longest"])
        if now - last > max(UNUSUAL * usual, SHORTEST):
            found.append(Silence(row["platform"], row["stream"], last, usual))
    return found


@dataclass(frozen=True, slots=True)
class Unheard:
    """A platform that lets us in since that time, and of which nothing was ever heard."""

    platform: str
    since: datetime


def never_heard(db: Database, now: datetime) -> list[Unheard]:
    """The platforms that were polled for four weeks, up to now, and of which no stream ever heard anything.

    That may be right for a name that is rarely said, so it is worth a word and no more. Of one stream it says nothing:
    another may always be quicker.
    """
    known = {"connected": stamp(now - LOOK_BACK), "polled": stamp(now - LOOK_BACK)}
    return [Unheard(row["platform"], moment(row["since"])) for row in db.query(_NEVER, known)]


# Pauses between what people wrote, not between what we heard: a backlog heard at once is no sign of a lively stream.
# Of a stream that was heard within the shortest time nothing more is read: the busiest are hardly ever silent.
_PAUSES = """
WITH lasts AS (
  SELECT c.platform, c.stream, (
    SELECT max(posted_at) FROM mentions m
    WHERE m.platform = c.platform AND m.stream = c.stream AND NOT ours AND posted_at <= :now) AS last
  FROM cursors c WHERE polled_at > :polled)
SELECT platform, stream, last, max(pause) AS longest FROM (
  SELECT platform, stream, last, julianday(posted_at) - julianday(lag(posted_at) OVER (
    PARTITION BY platform, stream ORDER BY posted_at)) AS pause
  FROM lasts JOIN mentions USING (platform, stream)
  WHERE last <= :silent AND NOT ours
    AND posted_at BETWEEN strftime('%Y-%m-%dT%H:%M:%fZ', last, :days) AND last
) GROUP BY platform, stream HAVING count(*) >= :enough ORDER BY last
"""

_NEVER = """
SELECT platform, min(connected_at) AS since FROM cursors c GROUP BY platform
HAVING min(connected_at) <= :connected AND max(polled_at) > :polled AND max(heard_at) IS NULL
  AND NOT EXISTS (SELECT 1 FROM mentions m WHERE m.platform = c.platform AND m.stream NOT LIKE 'import%')
ORDER BY platform
"""
