"""What was not heard: the gaps between coverage intervals, and the streams that are silent now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlite_utils import Database

from listener.archive.connect import moment, stamp
from responders.digest.week.calendar import Week
from responders.digest.week.figures import span

# Polls do not meet to the second; below this nobody was missed that the next poll's overlap does not bring.
SHORTEST = timedelta(minutes=5)
# A stream that nobody has polled for so long was taken out of the settings: it is no hole any more.
GIVEN_UP = timedelta(days=28)

Interval = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Hole:
    """A time in which one stream was not heard. `lost` says that the platform will not show it to us any more."""

    platform: str
    stream: str
    starts: datetime
    ends: datetime
    lost: bool


@dataclass(frozen=True, slots=True)
class Silence:
    """A stream that can't be heard: `unavailable` or `revoked`, last heard at `since` (None: never)."""

    platform: str
    stream: str
    state: str
    detail: str
    since: datetime | None


def read_holes(db: Database, week: Week, now: datetime) -> tuple[Hole, ...]:
    """The holes of the week up to `now`, in order of time.

    Before a stream's first interval nobody listened yet: that is no hole. Nor is the time since the last poll, while
    the next one is not overdue.
    """
    bound = {**span(week), "now": stamp(now), "lately": stamp(week.ends - GIVEN_UP)}
    holes: list[Hole] = []
    for (platform, stream), rows in groupby(db.query(_COVERAGE, bound), lambda row: (row["platform"], row["stream"])):
        holes += _stream_holes(platform, stream, list(rows), week, now)
    return tuple(sorted(holes, key=lambda hole: (hole.starts, hole.platform, hole.stream)))


def count_streams(db: Database, week: Week) -> int:
    """How many streams were heard for some part of the week; none where all there is was imported."""
    (row,) = db.query(_STREAMS, span(week))
    return int(row["streams"])


def read_silences(db: Database, week: Week) -> tuple[Silence, ...]:
    """The streams that are unavailable or revoked now and were so before the week ended."""
    return tuple(
        Silence(row["platform"], row["stream"], row["state"], row["detail"], _moment(row["heard_at"]))
        for row in db.query(_SILENT, span(week))
    )


def _stream_holes(platform: str, stream: str, rows: list[dict[str, Any]], week: Week, now: datetime) -> Iterator[Hole]:
    opens = max(moment(rows[0]["since"]), week.starts.astimezone(UTC))
    closes = min(now, week.ends.astimezone(UTC))
    known = [_interval(row) for row in rows if row["lost"] is not None]
    lost = [(max(a, opens), min(b, closes), True) for row in rows if row["lost"] for a, b in [_interval(row)]]
    open_still = [(a, b, False) for a, b in _between(known, opens, closes) if not (b == now and rows[0]["not_overdue"])]
    for starts, ends, gone in lost + open_still:
        if ends - starts >= SHORTEST:
            yield Hole(platform, stream, starts, ends, gone)


def _between(heard: Iterable[Interval], opens: datetime, closes: datetime) -> Iterator[Interval]:
    """What lies between intervals that are sorted by their start, within the two ends."""
    known = opens
    for starts, ends in heard:
        if starts >= closes:
            break
        if starts > known:
            yield known, starts
        known = max(known, ends)
    if known < closes:
        yield known, closes


def _interval(row: dict[str, Any]) -> Interval:
    return moment(row["heard_from"]), moment(row["heard_until"])


def _moment(text: str | None) -> datetime | None:
    return None if text is None else moment(text)


# One row an interval that touches the week; a stream with none has one row without an interval (lost is NULL).
_COVERAGE = """
WITH streams AS (
  SELECT platform, stream, min(heard_from) AS since, max(heard_until) AS until FROM coverage
  GROUP BY platform, stream
)
SELECT s.platform, s.stream, s.since, c.heard_from, c.heard_until, c.lost,
  coalesce(k.state IN ('listening', 'waiting') AND k.next_at >= :now, false) AS not_overdue
FROM streams s
  LEFT JOIN cursors k ON k.platform = s.platform AND k.stream = s.stream
  LEFT JOIN coverage c ON c.platform = s.platform AND c.stream = s.stream
    AND c.heard_until > :starts AND c.heard_from < :ends
WHERE s.since < :ends AND coalesce(k.polled_at, s.until) >= :lately
ORDER BY s.platform, s.stream, c.heard_from
"""

_STREAMS = """
SELECT count(*) AS streams FROM (
  SELECT DISTINCT platform, stream FROM coverage WHERE lost = 0 AND heard_until > :starts AND heard_from < :ends
) AS heard
"""

_SILENT = """
SELECT platform, stream, state, detail, heard_at FROM cursors
WHERE state IN ('unavailable', 'revoked') AND (heard_at IS NULL OR heard_at < :ends)
ORDER BY platform, stream
"""
