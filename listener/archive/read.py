"""The reading side: what was heard, and how well we are hearing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from listener.archive.connect import moment, stamp
from listener.mention import Author, Mention
from listener.relevance import Relevance
from listener.triage import Triage


@dataclass(frozen=True, slots=True)
class Heard:
    """A mention as it is kept, with what triage said and the watches it matched.

    `changed_at`: its author edited it since; `gone_at`: it was deleted, or grew too old to keep, and has no words now;
    `missing_at`: it seemed gone together with many others, and is to be looked at once more; `addressed_at`: it was
    known for a while before it turned out to be said to us, or by us. `relevance`: how likely it is about each watch
    that could judge it. `same_as` names the first heard of those that say the same, where that is another; `repost`: it
    passes on what another said, and adds nothing.
    """

    mention_id: int
    person_id: int
    mention: Mention
    triage: Triage | None
    watches: tuple[str, ...]
    about_us: bool
    heard_at: datetime
    stream: str = ""
    changed_at: datetime | None = None
    gone_at: datetime | None = None
    missing_at: datetime | None = None
    addressed_at: datetime | None = None
    relevance: Mapping[str, Relevance] = field(default_factory=dict)
    same_as: int | None = None
    repost: bool = False


@dataclass(frozen=True, slots=True)
class Stream:
    """How one stream is doing. `state`: listening, waiting (told to), unavailable or revoked."""

    platform: str
    stream: str
    state: str
    detail: str
    failures: int
    polled_at: datetime | None
    heard_at: datetime | None
    next_at: datetime | None
    connected_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hole:
    """A time in which a stream was not heard. `lost`: the platform will not show it any more."""

    platform: str
    stream: str
    since: datetime
    until: datetime
    lost: bool


class Reading:
    """Answers questions about what was heard."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, mention_id: int) -> Heard:
        """One mention. Raises KeyError where there is none of that number."""
        for row in self._db.query(_HEARD + "WHERE m.mention_id = ?", [mention_id]):
            return _heard(row)
        raise KeyError(f"there is no mention {mention_id}")

    def thread(self, heard: Heard) -> list[Heard]:
        """The conversation it stands in, in order of time, itself included."""
        thread_id = heard.mention.thread_id
        if thread_id is None:
            return [heard]
        rows = self._db.query(_HEARD + _OF_THREAD, {"platform": heard.mention.platform, "thread_id": thread_id})
        return [_heard(row) for row in rows]

    def number_of(self, platform: str, post_id: str) -> int | None:
        """The number of the mention with this post id; None where it was not heard."""
        found = self._db.execute(
            "SELECT mention_id FROM mentions WHERE platform = ? AND post_id IN (?, ?)",
            [platform, post_id, veiled(post_id)],
        ).fetchone()
        return int(found[0]) if found else None

    def our_answer(self, mention: Mention) -> Mention | None:
        """What we answered to a mention on the platform itself, if that was heard; None if nothing was."""
        where = "WHERE m.ours AND m.platform = ? AND m.in_reply_to = ? ORDER BY m.posted_at LIMIT 1"
        rows = self._db.query(_HEARD + where, [mention.platform, mention.post_id])
        return next((_heard(row).mention for row in rows), None)

    def after(self, mention_id: int, limit: int) -> list[Heard]:
        """The mentions kept after that one, in the order they were heard."""
        rows = self._db.query(_HEARD + "WHERE m.mention_id > ? ORDER BY m.mention_id LIMIT ?", [mention_id, limit])
        return [_heard(row) for row in rows]

    def said_by(self, person_id: int, after: int) -> list[Heard]:
        """What a person said, of the mentions kept after that one."""
        rows = self._db.query(_HEARD + "WHERE m.person_id = ? AND m.mention_id > ?", [person_id, after])
        return [_heard(row) for row in rows]

    def addressed(self, since: datetime) -> list[int]:
        """The mentions that turned out since then to be said to us, or by us, after they were first heard."""
        return [number for (number,) in self._db.execute(_ADDRESSED, [stamp(since)]).fetchall()]

    def named_lately(self, watches: Collection[str], limit: int) -> list[Heard]:
        """The last mentions that name one of these watches, newest first; none of our own, and none that are gone."""
        named = {"watches": json.dumps(list(watches)), "limit": limit}
        return [_heard(row) for row in self._db.query(_HEARD + _NAMED_LATELY, named)]

    def regrouped(self, since: datetime) -> list[int]:
        """The mentions that were left alone since then, or at the head, by one that said the same."""
        return [number for (number,) in self._db.execute(_REGROUPED, [stamp(since)]).fetchall()]

    def every(self, chunk: int = 500) -> Iterator[list[Heard]]:
        """All mentions, a chunk at a time, oldest number first."""
        yield from self.chosen(chunk=chunk)

    def chosen(
        self, since: datetime | None = None, watch: str | None = None, chunk: int = 500
    ) -> Iterator[list[Heard]]:
        """Those posted since then, or heard for this watch, where these are given; as `every` gives them."""
        known = {"since": since and stamp(since), "watch": watch, "limit": chunk, "last": 0}
        while found := [_heard(row) for row in self._db.query(_HEARD + _CHOSEN, known)]:
            yield found
            known["last"] = found[-1].mention_id

    def lately(self, since: datetime, most: int) -> Iterator[Heard]:
        """What others said since then and is still there, the newest first."""
        where = "WHERE m.posted_at >= ? AND NOT m.ours AND m.gone_at IS NULL ORDER BY m.posted_at DESC LIMIT ?"
        yield from map(_heard, self._db.query(_HEARD + where, [stamp(since), most]))

    def search(self, words: str, limit: int = 50) -> list[Heard]:
        """Mentions that hold all of these words, newest heard first. The words are only ever words, never a query."""
        terms = " ".join('"' + word.replace('"', '""') + '"' for word in words.split())
        if not terms:
            return []
        where = (
            "WHERE m.mention_id IN (SELECT rowid FROM mentions_fts WHERE mentions_fts MATCH ? "
            "ORDER BY rowid DESC LIMIT ?) ORDER BY m.mention_id DESC"
        )
        return [_heard(row) for row in self._db.query(_HEARD + where, [terms, limit])]

    def count(self) -> int:
        """How many mentions are kept."""
        (n,) = self._db.execute("SELECT count(*) FROM mentions").fetchone()
        return int(n)

    def cursor(self, platform: str, stream: str) -> str | None:
        """Where this stream has got to; None before its first poll."""
        found = self._db.execute(
            "SELECT cursor FROM cursors WHERE platform = ? AND stream = ?", [platform, stream]
        ).fetchone()
        return found[0] if found else None

    def streams(self) -> list[Stream]:
        """Every stream that was ever polled, and how it is doing."""
        return [_stream(row) for row in self._db.query("SELECT * FROM cursors ORDER BY platform, stream")]

    def stream(self, platform: str, stream: str) -> Stream | None:
        """How one stream is doing; None before its first poll."""
        rows = self._db.query("SELECT * FROM cursors WHERE platform = ? AND stream = ?", [platform, stream])
        return next((_stream(row) for row in rows), None)

    def covered(self) -> Mapping[tuple[str, str], datetime]:
        """Since when each stream, by platform and name, was heard without a hole up to its last poll."""
        return {(row["platform"], row["stream"]): moment(row["heard_from"]) for row in self._db.query(_COVERED)}

    def connected_at(self, heard: Heard) -> datetime | None:
        """When the stream that heard a mention was first heard; None for what came by hand."""
        by, slash, stream = heard.stream.partition("/")
        brought = bool(slash) and ":" not in by  # an alert mail's: by which source, and by which of its streams
        known = self.stream(by, stream) if brought else self.stream(heard.mention.platform, heard.stream)
        return known.connected_at if known else None

    def holes(self) -> list[Hole]:
        """The times that were not heard, newest first."""
        return [
            Hole(row["platform"], row["stream"], moment(row["since"]), moment(row["until"]), bool(row["lost"]))
            for row in self._db.query(_HOLES)
        ]

    def quarantined(self) -> int:
        """How many items could not be read and are kept raw."""
        (n,) = self._db.execute("SELECT count(*) FROM quarantine").fetchone()
        return int(n)


def veiled(post_id: str) -> str:
    """What stands in for a post id that names an account which is no more: enough to know the post again by."""
    return f"gone:{hashlib.sha256(post_id.encode()).hexdigest()}"


def said_in(row: Mapping[str, Any]) -> Mention:
    """The mention in a row that has its author's columns beside its own."""
    author = Author(
        row["platform"], row["author_id"], row["handle"], row["name"], row["followers"], row["author_url"],
        bool(row["bot"]),
    )  # fmt: skip
    return Mention(
        platform=row["platform"],
        post_id=row["post_id"],
        author=author,
        text=row["text"],
        posted_at=moment(row["posted_at"]),
        url=row["url"],
        in_reply_to=row["in_reply_to"],
        thread_id=row["thread_id"],
        lang=row["lang"],
        likes=row["likes"],
        reposts=row["reposts"],
        replies=row["replies"],
        to_us=bool(row["to_us"]),
        ours=bool(row["ours"]),
        links=tuple(json.loads(row["links"])),
        extra=json.loads(row["extra"]),
    )


def _heard(row: Mapping[str, Any]) -> Heard:
    watches = tuple(json.loads(row["watches"]))
    relevance = {watch: Relevance(score, why) for watch, score, why in json.loads(row["relevance"])}
    return Heard(
        mention_id=row["mention_id"],
        person_id=row["person_id"],
        mention=said_in(row),
        triage=_triage(row),
        watches=watches,
        about_us=bool(row["about_us"]),
        heard_at=moment(row["heard_at"]),
        stream=row["stream"],
        relevance=relevance,
        same_as=row["same_as"],
        repost=bool(row["repost"]),
        **{name: row[name] and moment(row[name]) for name in _SINCE},
    )


def _triage(row: Mapping[str, Any]) -> Triage | None:
    if row["lane"] is None:
        return None
    return Triage(
        sentiment=row["sentiment"],
        compound=row["compound"],
        lane=row["lane"],
        priority=row["priority"],
        reasons=tuple(json.loads(row["reasons"])),
        words=tuple((word, valence) for word, valence in json.loads(row["words"])),
        engine=row["engine"],
        negative=row["negative"],
        unsure=bool(row["unsure"]),
        language=row["language"],
        intent=row["intent"],
        intents=tuple(json.loads(row["intents"])),
        points=row["points"],
        because=row["because"],
        rule=row["rule"],
    )


def _stream(row: Mapping[str, Any]) -> Stream:
    times = {name: row[name] and moment(row[name]) for name in ("polled_at", "heard_at", "next_at", "connected_at")}
    return Stream(row["platform"], row["stream"], row["state"], row["detail"], row["failures"], **times)


_SINCE = ("changed_at", "gone_at", "missing_at", "addressed_at")

_HEARD = """
SELECT m.*, a.author_id, a.handle, a.name, a.followers, a.url AS author_url, a.bot,
  t.sentiment, t.compound, t.negative, t.unsure, t.language, t.intent, t.intents, t.lane, t.priority, t.points,
  t.because, t.reasons, t.words, t.rule, t.engine,
  (SELECT json_group_array(watch) FROM matches WHERE matches.mention_id = m.mention_id) AS watches,
  (SELECT json_group_array(json_array(watch, relevance, why)) FROM matches
    WHERE matches.mention_id = m.mention_id AND relevance IS NOT NULL) AS relevance
FROM mentions m JOIN authors a USING (person_id) LEFT JOIN triage t USING (mention_id)
"""

# Two searches, each by an index of its own: of "the thread or its first post" SQLite makes a walk over the platform.
_OF_THREAD = """
WHERE m.mention_id IN (
  SELECT mention_id FROM mentions WHERE platform = :platform AND thread_id = :thread_id
  UNION ALL SELECT mention_id FROM mentions WHERE platform = :platform AND post_id = :thread_id)
ORDER BY m.posted_at, m.mention_id
"""

_NAMED_LATELY = """
WHERE m.mention_id IN (
  SELECT DISTINCT w.mention_id FROM matches w JOIN mentions USING (mention_id)
  WHERE w.watch IN (SELECT value FROM json_each(:watches)) AND NOT ours AND gone_at IS NULL
  ORDER BY w.mention_id DESC LIMIT :limit)
ORDER BY m.mention_id DESC
"""

_CHOSEN = """
WHERE m.mention_id > :last AND (:since IS NULL OR m.posted_at >= :since)
  AND (:watch IS NULL OR EXISTS (SELECT 1 FROM matches WHERE matches.mention_id = m.mention_id AND watch = :watch))
ORDER BY m.mention_id LIMIT :limit
"""

_REGROUPED = """
SELECT mention_id FROM mentions WHERE regrouped_at > ? AND gone_at IS NULL ORDER BY regrouped_at, mention_id
"""

_ADDRESSED = "SELECT mention_id FROM mentions WHERE addressed_at > ? ORDER BY addressed_at, mention_id"

_COVERED = """
SELECT platform, stream, heard_from, max(heard_until) FROM coverage WHERE NOT lost GROUP BY platform, stream
"""

# A hole is what lies between an interval of a stream and all that began before it, unless it is known to be lost.
_HOLES = """
SELECT platform, stream, since, until, lost FROM (
  SELECT platform, stream, heard_from AS since, heard_until AS until, 1 AS lost FROM coverage WHERE lost
  UNION ALL
  SELECT platform, stream, max(heard_until) OVER (PARTITION BY platform, stream ORDER BY heard_from
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), heard_from, 0
  FROM coverage WHERE NOT lost
) WHERE since < until ORDER BY until DESC
"""
