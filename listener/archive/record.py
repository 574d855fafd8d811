"""The writing side: a batch and the place it ended are kept together, or neither is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

from sqlite_utils import Database

from listener.archive.connect import stamp, writing
from listener.archive.echoes import Echoes
from listener.archive.quarantine import Quarantine
from listener.archive.read import veiled
from listener.mention import Author, Batch, Mention, Unreadable
from listener.relevance import Relevance
from listener.triage import Triage
from listener.triaged import Triaged

# SQLite binds at most 32,766 values to a statement; a fetch is far smaller, an import is cut to this.
CHUNK = 1000
# The platform under which what came by hand and could not be taken in is kept.
BY_HAND = "import"


class Recorder:
    """Keeps what was heard."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._echoes = Echoes(db)
        self._quarantine = Quarantine(db)

    def transaction(self) -> AbstractContextManager[None]:
        """Everything written inside is kept together, or nothing is."""
        return writing(self._db)

    def unheard(self, mentions: Sequence[Mention]) -> list[Mention]:
        """Those not kept yet, each once: an overlap that is read again costs no triage.

        A post whose author's account is no more is known by what stands in for its id.
        """
        fresh = {(mention.platform, mention.post_id): mention for mention in reversed(mentions)}
        keys = [(platform, post_id, veiled(post_id)) for platform, post_id in fresh]
        for row in self._db.query(_KNOWN, {"keys": json.dumps(keys)}):
            fresh.pop((row["platform"], row["post_id"]), None)
        return list(reversed(fresh.values()))

    def record(
        self, platform: str, stream: str, triaged: Sequence[Triaged], batch: Batch, now: datetime
    ) -> tuple[int, ...]:
        """Keep a fetched batch, and return the mention ids that were new.

        Mentions, triage, unreadable items, coverage and the cursor are one transaction: a cursor that moved without
        its mentions would skip those people for good.
        """
        with writing(self._db):
            new = self._keep(stream, triaged, now, platform)
            self._address(batch.mentions, now)
            self._quarantine.keep(platform, stream, batch.unreadable, now)
            self._cover(platform, stream, batch, now)
            self._move_cursor(platform, stream, batch.cursor, len(new) > 0, now)
        return new

    def record_ahead(self, platform: str, stream: str, triaged: Sequence[Triaged], now: datetime) -> tuple[int, ...]:
        """Keep the beginning of a long batch, and return the mention ids that were new.

        The cursor stays: should it break off here, all of it is fetched again. From now on the stream is heard, though,
        so that whoever looks at these mentions already knows what was said before that.
        """
        with writing(self._db):
            new = self._keep(stream, triaged, now, platform)
            self._move_cursor(platform, stream, None, len(new) > 0, now)
        return new

    def add(
        self, stream: str, triaged: Sequence[Triaged], unreadable: Sequence[Unreadable], now: datetime, by: str = ""
    ) -> tuple[int, ...]:
        """Keep mentions that came by hand (an import, a pasted link), and return the ids that were new.

        `by` is the source that had heard them, of those that could not be sifted then.
        """
        with writing(self._db):
            self._quarantine.keep(BY_HAND, stream, unreadable, now)
            return self._keep(stream, triaged, now, by)

    def sort_anew(self, mentions: Sequence[tuple[int, Triaged]]) -> None:
        """Replace the watches, and what triage said, of mentions kept before."""
        with writing(self._db):
            self._db.conn.executemany(_TRIAGE, [_triage_row(number, one.triage) for number, one in mentions])
            about = [(int(one.about_us), number) for number, one in mentions]
            self._db.conn.executemany("UPDATE mentions SET about_us = ? WHERE mention_id = ?", about)
            self._db.conn.executemany("DELETE FROM matches WHERE mention_id = ?", [(number,) for number, _ in mentions])
            self._db.conn.executemany(_MATCH, _match_rows(mentions))
            self._db.execute(_AS_CORRECTED, {"mentions": json.dumps([number for number, _ in mentions])})

    def judge_anew(
        self, mention_id: int, relevance: Mapping[str, Relevance | None], about_us: bool, why: Sequence[str]
    ) -> None:
        """Replace how likely a kept mention is about its watches, and triage's reasons with it; all else stays."""
        with writing(self._db):
            told = ((how.score if how else None, how.why if how else "", watch) for watch, how in relevance.items())
            rows = [(score, words, mention_id, watch) for score, words, watch in told]
            self._db.conn.executemany(_RELEVANCE, rows)
            self._db.execute("UPDATE mentions SET about_us = ? WHERE mention_id = ?", [int(about_us), mention_id])
            reasons = json.dumps(list(why), ensure_ascii=False)
            self._db.execute("UPDATE triage SET reasons = ? WHERE mention_id = ?", [reasons, mention_id])

    def failed(
        self, platform: str, stream: str, state: str, detail: str, next_at: datetime | None, now: datetime
    ) -> None:
        """Note that a stream could not be heard, and when it is tried again; its cursor stays where it is."""
        row = {
            "platform": platform,
            "stream": stream,
            "state": state,
            "detail": detail[:500],
            "next_at": next_at and stamp(next_at),
            "now": stamp(now),
        }
        with writing(self._db):
            self._db.execute(_FAILED, row)

    def _keep(self, stream: str, triaged: Sequence[Triaged], now: datetime, by: str = "") -> tuple[int, ...]:
        if not triaged:
            return ()
        people = self._people([one.mention.author for one in triaged], now)
        (last,) = self._db.execute("SELECT coalesce(max(mention_id), 0) FROM mentions").fetchone()
        # An alert mail may bring what was said on another platform: the stream then says by which source it came.
        rows = [
            _mention_row(one, people, stream if by in ("", one.mention.platform) else f"{by}/{stream}", now)
            for one in triaged
        ]
        self._db.conn.executemany(_MENTION, rows)
        new = self._db.execute(
            "SELECT platform, post_id, mention_id FROM mentions WHERE mention_id > ?", [last]
        ).fetchall()
        ids = {(platform, post_id): mention_id for platform, post_id, mention_id in new}
        kept = [(ids[key], one) for one in triaged if (key := (one.mention.platform, one.mention.post_id)) in ids]
        # What we said ourselves is kept as said, and sorted into no lane.
        sorted_out = [_triage_row(mention_id, one.triage) for mention_id, one in kept if not one.mention.ours]
        self._db.conn.executemany(_TRIAGE, sorted_out)
        self._db.conn.executemany(_MATCH, _match_rows(kept))
        # One statement for the batch, as much as three times as fast as a trigger for each row.
        self._db.execute(
            "INSERT INTO mentions_fts (rowid, text) SELECT mention_id, text FROM mentions WHERE mention_id > ?", [last]
        )
        self._echoes.join([(mention_id, one.mention) for mention_id, one in kept])
        return tuple(ids.values())

    def _people(self, authors: Sequence[Author], now: datetime) -> Mapping[tuple[str, str], int]:
        known = {(author.platform, author.author_id): author for author in authors}
        self._db.conn.executemany(_AUTHOR, [_author_row(author, now) for author in known.values()])
        found = self._db.query(_PERSON_IDS, {"keys": json.dumps(list(known))})
        return {(row["platform"], row["author_id"]): row["person_id"] for row in found}

    def _address(self, mentions: Sequence[Mention], now: datetime) -> None:
        """Take over that a mention is said to us, or by us: a search that heard it first could not know."""
        told = [(one.platform, one.post_id, int(one.to_us), int(one.ours)) for one in mentions if one.to_us or one.ours]
        if told:
            self._db.execute(_ADDRESS, {"told": json.dumps(told), "now": stamp(now)})

    def _cover(self, platform: str, stream: str, batch: Batch, now: datetime) -> None:
        if batch.heard_from is None or batch.heard_until is None:
            return
        here = {"platform": platform, "stream": stream}
        # Nobody has heard the future: a clock that ran ahead must not cover up what is missed from now on.
        for statement in _UNCOVER:
            self._db.execute(statement, {**here, "now": stamp(max(now, batch.heard_until))})
        span = {"since": stamp(batch.heard_from), "until": stamp(batch.heard_until)}
        if batch.lost is not None:
            since, until = map(stamp, batch.lost)
            self._db.execute(_COVER, {**here, "since": since, "until": until, "lost": 1})
        extended = self._db.execute(_EXTEND, {**here, **span})
        if extended.rowcount == 0:
            self._db.execute(_COVER, {**here, **span, "lost": 0})

    def _move_cursor(self, platform: str, stream: str, cursor: str | None, heard: bool, now: datetime) -> None:
        row = {"platform": platform, "stream": stream, "cursor": cursor, "heard": heard, "now": stamp(now)}
        self._db.execute(_CURSOR, row)


def _mention_row(one: Triaged, people: Mapping[tuple[str, str], int], stream: str, now: datetime) -> tuple[object, ...]:
    mention, author = one.mention, one.mention.author
    return (
        mention.platform,
        mention.post_id,
        people[author.platform, author.author_id],
        mention.text,
        mention.url,
        stamp(mention.posted_at),
        stamp(now),
        mention.in_reply_to,
        mention.thread_id,
        mention.lang,
        mention.likes,
        mention.reposts,
        mention.replies,
        int(mention.to_us),
        int(mention.ours),
        int(one.about_us),
        json.dumps(mention.links),
        json.dumps(dict(mention.extra)),
        stream,
    )


def _author_row(author: Author, now: datetime) -> tuple[object, ...]:
    heard = stamp(now)
    return (
        author.platform, author.author_id, author.handle, author.name, author.followers, author.url, int(author.bot),
        heard, heard,
    )  # fmt: skip


def _triage_row(mention_id: int, triage: Triage) -> tuple[object, ...]:
    return (
        mention_id,
        triage.sentiment,
        triage.compound,
        triage.negative,
        int(triage.unsure),
        triage.language,
        triage.intent,
        json.dumps(triage.intents),
        triage.lane,
        triage.priority,
        triage.points,
        triage.because,
        json.dumps(triage.reasons, ensure_ascii=False),
        json.dumps(triage.words, ensure_ascii=False),
        triage.rule,
        triage.engine,
    )


def _match_rows(mentions: Sequence[tuple[int, Triaged]]) -> list[tuple[int, str, float | None, str]]:
    judged = ((number, watch, one.relevance.get(watch)) for number, one in mentions for watch in one.watches)
    return [(number, watch, how.score if how else None, how.why if how else "") for number, watch, how in judged]


_KNOWN = """
SELECT m.platform, wanted.value ->> 1 AS post_id FROM json_each(:keys) AS wanted
JOIN mentions m ON m.platform = wanted.value ->> 0 AND m.post_id IN (wanted.value ->> 1, wanted.value ->> 2)
"""

_PERSON_IDS = """
SELECT platform, author_id, person_id FROM json_each(:keys) AS wanted
JOIN authors ON platform = wanted.value ->> 0 AND author_id = wanted.value ->> 1
"""

_MENTION = """
INSERT INTO mentions (platform, post_id, person_id, text, url, posted_at, heard_at, in_reply_to, thread_id, lang,
  likes, reposts, replies, to_us, ours, about_us, links, extra, stream)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (platform, post_id) DO NOTHING
"""

_AUTHOR = """
INSERT INTO authors (platform, author_id, handle, name, followers, url, bot, first_heard_at, last_heard_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (platform, author_id) DO UPDATE SET handle = excluded.handle, name = excluded.name,
  followers = coalesce(excluded.followers, followers), url = excluded.url, bot = excluded.bot,
  last_heard_at = excluded.last_heard_at
"""

_TRIAGE = """
INSERT INTO triage (mention_id, sentiment, compound, negative, unsure, language, intent, intents, lane, priority,
  points, because, reasons, words, rule, engine)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (mention_id) DO UPDATE SET sentiment = excluded.sentiment, compound = excluded.compound,
  negative = excluded.negative, unsure = excluded.unsure, language = excluded.language, intent = excluded.intent,
  intents = excluded.intents, lane = excluded.lane, priority = excluded.priority, points = excluded.points,
  because = excluded.because, reasons = excluded.reasons, words = excluded.words, rule = excluded.rule,
  engine = excluded.engine
"""

_MATCH = "INSERT INTO matches (mention_id, watch, relevance, why) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"

_RELEVANCE = "UPDATE matches SET relevance = ?, why = ? WHERE mention_id = ? AND watch = ?"

# What a person said of a mention outlives every new sorting.
_AS_CORRECTED = """
UPDATE triage SET sentiment = coalesce(c.sentiment, triage.sentiment), intent = coalesce(c.intent, triage.intent),
  lane = coalesce(c.lane, triage.lane), unsure = CASE WHEN c.sentiment IS NULL THEN unsure ELSE 0 END
FROM (SELECT mention_id, max(meant) FILTER (WHERE about = 'sentiment') AS sentiment,
    max(meant) FILTER (WHERE about = 'intent') AS intent, max(meant) FILTER (WHERE about = 'lane') AS lane
  FROM corrections WHERE mention_id IN (SELECT value FROM json_each(:mentions)) GROUP BY mention_id) AS c
WHERE triage.mention_id = c.mention_id
"""

_COVER = """
INSERT INTO coverage (platform, stream, heard_from, heard_until, lost)
VALUES (:platform, :stream, :since, :until, :lost)
"""

# What was heard joins on to the last interval it touches; where it doesn't touch, a new one begins and a hole shows.
_EXTEND = """
UPDATE coverage SET heard_until = max(heard_until, :until), heard_from = min(heard_from, :since)
WHERE coverage_id = (
  SELECT coverage_id FROM coverage
  WHERE platform = :platform AND stream = :stream AND NOT lost AND heard_until >= :since AND heard_from <= :until
  ORDER BY heard_until DESC LIMIT 1)
"""

# Both flags only ever rise: another stream that can't know takes nothing back.
_ADDRESS = """
UPDATE mentions SET to_us = max(mentions.to_us, t.to_us), ours = max(mentions.ours, t.ours), about_us = 1,
  addressed_at = :now
FROM (SELECT value ->> 0 AS platform, value ->> 1 AS post_id, value ->> 2 AS to_us, value ->> 3 AS ours
  FROM json_each(:told)) AS t
WHERE mentions.platform = t.platform AND mentions.post_id = t.post_id AND gone_at IS NULL
  AND (t.to_us > mentions.to_us OR t.ours > mentions.ours)
"""

_UNCOVER = (
    "DELETE FROM coverage WHERE platform = :platform AND stream = :stream AND NOT lost AND heard_from > :now",
    "UPDATE coverage SET heard_until = :now WHERE platform = :platform AND stream = :stream AND NOT lost "
    "AND heard_until > :now",
)

_CURSOR = """
INSERT INTO cursors (platform, stream, cursor, state, polled_at, heard_at, connected_at)
VALUES (:platform, :stream, :cursor, 'listening', :now, CASE WHEN :heard THEN :now END, :now)
ON CONFLICT (platform, stream) DO UPDATE SET cursor = coalesce(excluded.cursor, cursor), state = 'listening',
  connected_at = coalesce(connected_at, excluded.connected_at),
  detail = '', failures = 0, next_at = NULL, polled_at = excluded.polled_at,
  heard_at = coalesce(excluded.heard_at, heard_at)
"""

_FAILED = """
INSERT INTO cursors (platform, stream, state, detail, failures, polled_at, next_at)
VALUES (:platform, :stream, :state, :detail, 1, :now, :next_at)
ON CONFLICT (platform, stream) DO UPDATE SET state = excluded.state, detail = excluded.detail,
  failures = failures + 1, polled_at = excluded.polled_at, next_at = excluded.next_at
"""
