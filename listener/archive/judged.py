"""What people said of our judgement, to be counted and learned from; and whom to ask about, drawn at random."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from listener.archive.connect import moment, stamp, writing
from listener.archive.taught import About
from listener.judgement import Draw, Judged, Lesson

# A draw is made from the last so many that were scored: how well we judge now, not long ago.
DRAWN_FROM = 2000
# What people said last says most of how we judge now; words are proposed from so many texts.
LESSONS_MOST = 5000
# So many other texts show how usual a word is.
BESIDE = 2000


class Judgements:
    """Gives what people said of our judgement."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of(self, about: About) -> list[Judged]:
        """Every correction and confirmation of one kind, the newest first."""
        return [_judged(row) for row in self._db.query(_OF, [about])]

    def lessons(self) -> list[Lesson]:
        """What people last said of how texts sound, with the texts; none of what was deleted since."""
        return [_lesson(row) for row in self._db.query(_LESSONS, [LESSONS_MOST])]

    def others(self) -> list[str]:
        """The latest texts that nobody said anything of."""
        return [row["text"] for row in self._db.query(_OTHERS, [BESIDE])]

    def last_scored(self) -> int:
        """The number of the last mention that was scored, 0 for none: a draw is made from those up to it."""
        (last,) = self._db.execute(_LAST).fetchone()
        return int(last or 0)

    def drawn(self, draw: Draw) -> tuple[int, ...]:
        """The mentions of a draw: always the same for one, whatever was heard or said since."""
        among = [row["mention_id"] for row in self._db.query(_AMONG, [draw.through, DRAWN_FROM])]
        return tuple(random.Random(draw.seed).sample(among, min(draw.size, len(among))))  # noqa: S311  # nosec B311

    def dismissed(self) -> frozenset[str]:
        """The words that were proposed, and that somebody did not want."""
        return frozenset(row["word"] for row in self._db.query("SELECT word FROM dismissed_words"))

    def dismiss(self, word: str, person: str, now: datetime) -> None:
        """Propose this word no more."""
        with writing(self._db):
            self._db.execute(
                "INSERT INTO dismissed_words (word, person, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                [word, person, stamp(now)],
            )

    def propose_again(self, word: str) -> None:
        """Take a dismissal back."""
        with writing(self._db):
            self._db.execute("DELETE FROM dismissed_words WHERE word = ?", [word])


def _judged(row: Mapping[str, Any]) -> Judged:
    return Judged(
        mention_id=row["mention_id"],
        said=row["said"],
        meant=row["meant"],
        engine=row["engine"],
        platform=row["platform"],
        sampled=bool(row["sampled"]),
        unsure=bool(row["unsure"]),
        negative=row["negative"],
        person=row["person"],
        at=moment(row["at"]),
        text=row["text"],
    )


def _lesson(row: Mapping[str, Any]) -> Lesson:
    heard: Sequence[tuple[str, float]] = json.loads(row["words"])
    return Lesson(row["mention_id"], row["person_id"], row["text"], row["said"], row["meant"], dict(heard))


_OF = """
SELECT c.*, m.platform, substr(m.text, 1, 300) AS text FROM corrections c JOIN mentions m USING (mention_id)
WHERE c.about = ? ORDER BY c.at DESC, c.mention_id DESC
"""

_LESSONS = """
SELECT c.mention_id, m.person_id, m.text, c.said, c.meant, t.words
FROM corrections c JOIN mentions m USING (mention_id) JOIN triage t USING (mention_id)
WHERE c.about = 'sentiment' AND m.gone_at IS NULL ORDER BY c.mention_id DESC LIMIT ?
"""

_OTHERS = """
SELECT m.text FROM mentions m JOIN triage t USING (mention_id)
WHERE m.gone_at IS NULL AND t.sentiment != 'unscored'
  AND m.mention_id NOT IN (SELECT mention_id FROM corrections WHERE about = 'sentiment')
ORDER BY m.mention_id DESC LIMIT ?
"""

_LAST = "SELECT max(mention_id) FROM triage WHERE sentiment != 'unscored'"

# Those that were deleted since stay among them, so that a draw does not change under the person who goes through it.
_AMONG = """
SELECT mention_id FROM triage WHERE sentiment != 'unscored' AND mention_id <= ? ORDER BY mention_id DESC LIMIT ?
"""
