"""What authors did to their words since we heard them: kept mentions are read again, revised, or forgotten.

To forget keeps the place and takes the words: the post's id stays, so that it is never heard anew, and what was decided
about it stays; the text, its words in the search index, in triage and in quarantine go. Where nothing else of theirs is
left, or their account is gone, the name goes too, also out of ids that hold it.

What came from a file (a stream that begins with `import`) has whatever ids the file gave it: it is never read again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlite_utils import Database

from listener.archive.connect import stamp, writing
from listener.archive.echoes import Echoes
from listener.archive.read import Heard, Reading, veiled
from listener.archive.record import Recorder
from listener.triaged import Triaged

SETTLED = timedelta(minutes=10)  # by then all that quoted the words has been forgotten as well


class Forgetting:
    """Obeys what was deleted and edited."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._recorder = Recorder(db)
        self._reading = Reading(db)
        self._echoes = Echoes(db)

    def due(
        self, platform: str, unread_since: datetime, posted_since: datetime, tried_before: datetime, limit: int
    ) -> list[Heard]:
        """Mentions with words that were not read since `unread_since`, the longest unread first.

        Those posted before `posted_since` are left in peace; those tried in vain come last, and not before their time.
        """
        times = {"unread": stamp(unread_since), "posted": stamp(posted_since), "tried": stamp(tried_before)}
        known = {"platform": platform, **times, "limit": limit}
        return [self._reading.get(row["mention_id"]) for row in self._db.query(_DUE, known)]

    def unread(self, platform: str, unread_since: datetime, posted_since: datetime) -> int:
        """How many mentions with words were not read since then, of those posted since."""
        known = {"platform": platform, "unread": stamp(unread_since), "posted": stamp(posted_since)}
        (n,) = self._db.execute(_UNREAD, known).fetchone()
        return int(n)

    def checked(self, mention_ids: Sequence[int], now: datetime) -> None:
        """Note that these were read again."""
        self._note(_CHECKED, mention_ids, now)

    def tried(self, mention_ids: Sequence[int], now: datetime) -> None:
        """Note that these were asked for, and that nothing could be told of them."""
        self._note(_TRIED, mention_ids, now)

    def missed(self, mention_ids: Sequence[int], now: datetime) -> None:
        """Note that these seem gone, together with so many that it is not believed yet."""
        self._note(_MISSED, mention_ids, now)

    def lately(self, platform: str, since: datetime) -> tuple[int, int]:
        """How many were read again since then, and how many of them are gone, or seem so."""
        read, gone = self._db.execute(_LATELY, {"platform": platform, "since": stamp(since)}).fetchone()
        return int(read), int(gone)

    def revise(self, mention_id: int, edited: Triaged, now: datetime) -> None:
        """Take over what its author made of a post since, and what triage says of it now."""
        with writing(self._db):
            links = json.dumps(edited.mention.links)
            row = {"text": edited.mention.text, "links": links, "now": stamp(now), "mention_id": mention_id}
            self._db.execute(_REVISE, row)
            # What was said of the old words says nothing of the new ones.
            self._db.execute("DELETE FROM corrections WHERE mention_id = ?", [mention_id])
            self._db.execute("DELETE FROM thumbs WHERE mention_id = ?", [mention_id])
            self._recorder.sort_anew([(mention_id, edited)])
            self._echoes.leave([mention_id], now)
            self._echoes.join([(mention_id, edited.mention)])

    def forget_posts(self, platform: str, post_ids: Sequence[str], now: datetime) -> tuple[int, ...]:
        """Forget the words of those of these posts that we keep, and return their numbers.

        Those that sifting could not bear yet as well: tried once more, they would come back.
        """
        with writing(self._db):
            gone = self._forget(_BY_POST, platform, post_ids, now)
            self._never_try(_STRUCK_POSTS, platform, post_ids)
        return gone

    def forget_authors(self, platform: str, author_ids: Sequence[str], now: datetime) -> tuple[int, ...]:
        """Forget people whose account is no more: their words, names and ids. Returns the mentions' numbers."""
        with writing(self._db):
            gone = self._forget(_BY_AUTHOR, platform, author_ids, now)
            self._never_try(_STRUCK_AUTHORS, platform, author_ids)
            self._veil(platform, author_ids)
            self._db.execute(_NAMELESS, {"platform": platform, "authors": json.dumps(list(author_ids))})
        return gone

    def forget_older(self, source: str, posted_before: datetime, now: datetime, limit: int = 500) -> tuple[int, ...]:
        """Forget the words of mentions posted before that time, as far as they still have any.

        Those on this source's platform, and those that it brought from others, as a mailbox does.
        """
        return self._forget(_BY_AGE, source, [stamp(posted_before), limit], now)

    def forget_unread(self, platform: str, unread_since: datetime, now: datetime, limit: int = 500) -> tuple[int, ...]:
        """Forget the words of mentions that nobody knows to be there still: not read since that time."""
        return self._forget(_BY_NEGLECT, platform, [stamp(unread_since), limit], now)

    def scrub(self, now: datetime) -> None:
        """Take the words of what was forgotten out of the file's corners: older index segments, and the write log.

        The index keeps them until its segments are merged, which takes 0.2 s for 100,000 mentions; the log until it is
        written back, for which nobody may be reading. Done again until both went through, and what else was forgotten
        on the way (drafts that quoted them) has had its time.
        """
        if self._db.execute(_UNSCRUBBED).fetchone() is None:
            return
        with writing(self._db):
            self._db.execute("INSERT INTO mentions_fts (mentions_fts) VALUES ('optimize')")
        if write_back(self._db):
            with writing(self._db):
                self._db.execute(_SCRUBBED, {"now": stamp(now), "settled": stamp(now - SETTLED)})

    def _note(self, statement: str, mention_ids: Sequence[int], now: datetime) -> None:
        if mention_ids:
            with writing(self._db):
                self._db.execute(statement, {"now": stamp(now), "ids": json.dumps(list(mention_ids))})

    def _veil(self, platform: str, author_ids: Sequence[str]) -> None:
        """Replace post ids that hold their author's own (Bluesky's do), wherever they stand."""
        known = {"platform": platform, "authors": json.dumps(list(author_ids))}
        for (post_id,) in self._db.execute(_TELLING, known).fetchall():
            row = {"platform": platform, "post_id": post_id, "veil": veiled(post_id)}
            for statement in _VEIL:
                self._db.execute(statement, row)

    def _forget(self, which: str, platform: str, wanted: Sequence[object], now: datetime) -> tuple[int, ...]:
        if not wanted:
            return ()
        with writing(self._db):
            known = {"platform": platform, "wanted": json.dumps(list(wanted))}
            found = self._db.execute(which, known).fetchall()
            self._echoes.leave([number for number, _ in found], now)
            ids = json.dumps([number for number, _ in found])
            for statement in _FORGET:
                self._db.execute(statement, {"ids": ids, "now": stamp(now)})
            self._unquarantine(platform, [post_id for _, post_id in found])
        return tuple(number for number, _ in found)

    def _never_try(self, which: str, platform: str, wanted: Sequence[str]) -> None:
        if wanted:
            self._db.execute(which, {"platform": platform, "wanted": json.dumps(list(wanted))})

    def _unquarantine(self, platform: str, post_ids: Sequence[str]) -> None:
        """Forget raw items that name one of these posts: a broken copy of a post goes with it.

        Ids so short that they could stand in any text are left alone.
        """
        named = json.dumps([bare for post_id in post_ids if len(bare := _bare(post_id)) >= 6])
        self._db.execute(
            "DELETE FROM quarantine WHERE platform = ? "
            "AND EXISTS (SELECT 1 FROM json_each(?) AS w WHERE instr(raw, w.value) > 0)",
            [platform, named],
        )


def write_back(db: Database) -> bool:
    """Write the log back into the file and empty it; False where somebody reads or writes at this moment."""
    (waits,) = db.execute("PRAGMA busy_timeout").fetchone()
    db.execute("PRAGMA busy_timeout = 100")  # who polls and approves must not wait for it: it is tried again
    try:
        busy, _, _ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        db.execute(f"PRAGMA busy_timeout = {int(waits)}")
    return not busy


def _bare(post_id: str) -> str:
    """The part of an id that its own platform's raw form is sure to hold: without a prefix of ours."""
    return post_id.rpartition(":")[2].rpartition("/")[2].rpartition("_")[2] or post_id


_DUE = """
SELECT mention_id FROM mentions
WHERE platform = :platform AND gone_at IS NULL AND NOT ours AND stream NOT LIKE 'import%'
  AND coalesce(checked_at, heard_at) < :unread AND posted_at >= :posted
  AND (tried_at IS NULL OR tried_at <= :tried)
ORDER BY coalesce(tried_at, checked_at, heard_at) LIMIT :limit
"""

_CHECKED = """
UPDATE mentions SET checked_at = :now, tried_at = NULL, missing_at = NULL
WHERE mention_id IN (SELECT value FROM json_each(:ids))
"""

_TRIED = "UPDATE mentions SET tried_at = :now WHERE mention_id IN (SELECT value FROM json_each(:ids))"

_MISSED = """
UPDATE mentions SET tried_at = :now, missing_at = coalesce(missing_at, :now)
WHERE mention_id IN (SELECT value FROM json_each(:ids))
"""

_LATELY = """
SELECT count(*), coalesce(sum(missing_at IS NOT NULL OR gone_at IS NOT NULL), 0) FROM mentions
WHERE platform = :platform AND (checked_at >= :since OR missing_at >= :since)
"""

_BY_NEGLECT = """
SELECT mention_id, post_id FROM mentions
WHERE platform = :platform AND gone_at IS NULL AND NOT ours AND stream NOT LIKE 'import%'
  AND coalesce(checked_at, heard_at) < :wanted ->> 0
LIMIT :wanted ->> 1
"""

_UNSCRUBBED = "SELECT 1 FROM mentions WHERE gone_at IS NOT NULL AND scrubbed_at IS NULL LIMIT 1"

_SCRUBBED = "UPDATE mentions SET scrubbed_at = :now WHERE gone_at <= :settled AND scrubbed_at IS NULL"

_UNREAD = """
SELECT count(*) FROM mentions
WHERE platform = :platform AND gone_at IS NULL AND NOT ours AND stream NOT LIKE 'import%'
  AND coalesce(checked_at, heard_at) < :unread AND posted_at >= :posted
"""

_REVISE = """
UPDATE mentions SET text = :text, links = :links, changed_at = :now, checked_at = :now WHERE mention_id = :mention_id
"""

_BY_POST = """
SELECT mention_id, post_id FROM json_each(:wanted) AS w
JOIN mentions m ON m.platform = :platform AND m.post_id = w.value
WHERE gone_at IS NULL AND NOT ours
"""

# By the mention itself: it may have been brought by another source than its platform's own.
_STRUCK_POSTS = """
DELETE FROM quarantine WHERE mention ->> 'platform' = :platform
  AND mention ->> 'post_id' IN (SELECT value FROM json_each(:wanted))
"""

_STRUCK_AUTHORS = """
DELETE FROM quarantine WHERE mention ->> 'platform' = :platform
  AND mention ->> '$.author.author_id' IN (SELECT value FROM json_each(:wanted))
"""

_BY_AUTHOR = """
SELECT mention_id, post_id FROM json_each(:wanted) AS w
JOIN authors a ON a.platform = :platform AND a.author_id = w.value JOIN mentions m USING (person_id)
WHERE gone_at IS NULL AND NOT ours
"""

_BY_AGE = """
SELECT mention_id, post_id FROM mentions
WHERE (platform = :platform OR substr(stream, 1, length(:platform) + 1) = :platform || '/')
  AND gone_at IS NULL AND NOT ours AND posted_at < :wanted ->> 0
LIMIT :wanted ->> 1
"""

_FORGET = (
    """
UPDATE mentions SET text = '', url = '', links = '[]', extra = '{}', lang = NULL, likes = NULL, reposts = NULL,
  replies = NULL, gone_at = :now WHERE mention_id IN (SELECT value FROM json_each(:ids))
""",
    "UPDATE triage SET reasons = '[]', words = '[]', because = '' "
    "WHERE mention_id IN (SELECT value FROM json_each(:ids))",
    "UPDATE matches SET why = '' WHERE mention_id IN (SELECT value FROM json_each(:ids))",
    # What was learned from their words is unlearned.
    "DELETE FROM thumbs WHERE mention_id IN (SELECT value FROM json_each(:ids))",
    """
UPDATE authors SET handle = '', name = '', url = '', followers = NULL,
  author_id = CASE WHEN lower(author_id) IN (lower(handle), lower(name)) THEN 'gone:' || person_id ELSE author_id END
WHERE handle != '' AND person_id IN (
  SELECT m.person_id FROM mentions m JOIN json_each(:ids) AS w ON m.mention_id = w.value)
  AND NOT EXISTS (SELECT 1 FROM mentions o WHERE o.person_id = authors.person_id AND o.gone_at IS NULL)
""",
)

# Ids so short that they could stand in any other are left alone.
_TELLING = """
SELECT DISTINCT m.post_id FROM json_each(:authors) AS w
JOIN authors a ON a.platform = :platform AND a.author_id = w.value JOIN mentions m USING (person_id)
WHERE gone_at IS NOT NULL AND length(w.value) >= 6 AND instr(m.post_id, w.value) > 0
"""

_VEIL = (
    "UPDATE mentions SET post_id = :veil WHERE platform = :platform AND post_id = :post_id",
    "UPDATE mentions SET in_reply_to = :veil WHERE platform = :platform AND in_reply_to = :post_id",
    "UPDATE mentions SET thread_id = :veil WHERE platform = :platform AND thread_id = :post_id",
)

# The number stands in for the id, so that what was decided still belongs to one person, whoever that was.
_NAMELESS = """
UPDATE authors SET author_id = 'gone:' || person_id, handle = '', name = '', url = '', followers = NULL
WHERE platform = :platform AND author_id IN (SELECT value FROM json_each(:authors))
"""
