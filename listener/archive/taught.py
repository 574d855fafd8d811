"""What people taught us: whether a mention is about a watch, and what triage should have said of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlite_utils import Database

from listener.archive.connect import moment, stamp, writing
from listener.archive.read import said_in
from listener.archive.rules import Rules
from listener.mention import Mention
from listener.rules import Rule

About = Literal["sentiment", "intent", "lane"]


@dataclass(frozen=True, slots=True)
class Thumb:
    """A person's word on whether a mention is about a watch."""

    mention_id: int
    watch: str
    relevant: bool
    person: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Correction:
    """What triage said of a mention, and what a person says it is. They are the same where the person confirms it."""

    mention_id: int
    about: About
    said: str
    meant: str
    engine: str
    person: str
    at: datetime
    sampled: bool = False


class Taught:
    """Keeps what people teach, and gives it to whoever learns from it."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def lessons(self) -> int:
        """A number that changes whenever anything was taught: one look tells whether there is something to learn."""
        (n,) = self._db.execute("SELECT n FROM lessons").fetchone()
        return int(n)

    def rules(self) -> tuple[Rule, ...]:
        """The manager's rules that are in force, in order."""
        return Rules(self._db).live()

    def thumb(self, mention_id: int, watch: str, relevant: bool, person: str, now: datetime) -> None:
        """Keep a person's word on whether a mention is about a watch; a later word replaces it."""
        with writing(self._db):
            self._db.execute(_THUMB, [mention_id, watch, int(relevant), person, stamp(now)])

    def withdraw_thumb(self, mention_id: int, watch: str) -> None:
        """Forget what was said about a mention and a watch."""
        with writing(self._db):
            self._db.execute("DELETE FROM thumbs WHERE mention_id = ? AND watch = ?", [mention_id, watch])

    def thumbs_on(self, mention_id: int) -> dict[str, bool]:
        """What a person said of this mention, by watch."""
        rows = self._db.query("SELECT watch, relevant FROM thumbs WHERE mention_id = ?", [mention_id])
        return {row["watch"]: bool(row["relevant"]) for row in rows}

    def scores(self, since: datetime) -> Iterator[tuple[str, float, int]]:
        """How many of the mentions heard since then were judged how: watch, relevance to the hundredth, mentions."""
        for row in self._db.query(_SCORES, [stamp(since)]):
            yield row["watch"], row["relevance"], row["mentions"]

    def thumbs(self) -> Iterator[tuple[Thumb, Mention]]:
        """Every thumb with the mention it was given to, in their order; none of what was deleted since."""
        for row in self._db.query(_THUMBS):
            yield (
                Thumb(row["mention_id"], row["watch"], bool(row["relevant"]), row["person"], moment(row["at"])),
                said_in(row),
            )

    def correct(
        self, mention_id: int, about: About, meant: str, person: str, now: datetime, *, sampled: bool = False
    ) -> None:
        """Keep what a person says a mention is, and let triage say so from now on, however it is sorted anew.

        What triage itself had said stays beside it: a second correction is still of the first judgement. `sampled`
        says that the mention was drawn at random to be judged. Raises KeyError where the mention was never triaged.
        """
        with writing(self._db):
            said = self._db.execute(_SAID[about], [mention_id]).fetchone()
            if said is None:
                raise KeyError(f"mention {mention_id} was never triaged")
            self._db.execute(_CORRECT, [mention_id, about, *said, meant, person, stamp(now), int(sampled)])
            self._db.execute(_OBEY[about], [meant, mention_id])

    def take_back(self, mention_id: int) -> tuple[About, ...]:
        """Forget what was last said of this mention's triage, which says again what it had said by itself."""
        with writing(self._db):
            last = list(self._db.query(_LAST_SAID, [mention_id, mention_id]))
            for row in last:
                again = [row["said"], row["unsure"]] if row["about"] == "sentiment" else [row["said"]]
                self._db.execute(_SAY_AGAIN[row["about"]], [*again, mention_id])
                self._db.execute(
                    "DELETE FROM corrections WHERE mention_id = ? AND about = ?", [mention_id, row["about"]]
                )
        return tuple(row["about"] for row in last)

    def corrections_of(self, mention_id: int) -> dict[About, Correction]:
        """What people said of this mention's triage."""
        rows = self._db.query("SELECT * FROM corrections WHERE mention_id = ?", [mention_id])
        return {row["about"]: _correction(row) for row in rows}

    def corrections(self, about: About) -> Iterator[tuple[Correction, str]]:
        """Every correction and confirmation of one kind with the text it was about; none of what was deleted since."""
        for row in self._db.query(_CORRECTIONS, [about]):
            yield _correction(row), row["text"]


def _correction(row: dict[str, str]) -> Correction:
    return Correction(
        int(row["mention_id"]),
        row["about"],  # type: ignore[arg-type]  # the table checks it
        row["said"],
        row["meant"],
        row["engine"],
        row["person"],
        moment(row["at"]),
        bool(row["sampled"]),
    )


_THUMB = """
INSERT INTO thumbs (mention_id, watch, relevant, person, at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET relevant = excluded.relevant, person = excluded.person, at = excluded.at
"""

_THUMBS = """
SELECT m.*, a.author_id, a.handle, a.name, a.followers, a.url AS author_url, a.bot, t.watch, t.relevant, t.person, t.at
FROM thumbs t JOIN mentions m USING (mention_id) JOIN authors a USING (person_id)
WHERE m.gone_at IS NULL ORDER BY t.mention_id, t.watch
"""

_SCORES = """
SELECT watch, round(relevance, 2) AS relevance, count(*) AS mentions FROM mentions m JOIN matches USING (mention_id)
WHERE m.heard_at >= ? AND NOT m.ours AND relevance IS NOT NULL GROUP BY 1, 2
"""

_SAID: dict[About, str] = {
    "sentiment": "SELECT sentiment, engine, negative, unsure FROM triage WHERE mention_id = ?",
    "intent": "SELECT intent, engine, negative, unsure FROM triage WHERE mention_id = ?",
    "lane": "SELECT lane, engine, negative, unsure FROM triage WHERE mention_id = ?",
}

_CORRECT = """
INSERT INTO corrections (mention_id, about, said, engine, negative, unsure, meant, person, at, sampled)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET meant = excluded.meant, person = excluded.person, at = excluded.at,
  sampled = max(sampled, excluded.sampled)
"""

_OBEY: dict[About, str] = {
    "sentiment": "UPDATE triage SET sentiment = ?, unsure = 0 WHERE mention_id = ?",
    "intent": "UPDATE triage SET intent = ? WHERE mention_id = ?",
    "lane": "UPDATE triage SET lane = ? WHERE mention_id = ?",
}

# What one form said was said at one moment.
_LAST_SAID = """
SELECT about, said, unsure FROM corrections
WHERE mention_id = ? AND at = (SELECT max(at) FROM corrections WHERE mention_id = ?)
"""

_SAY_AGAIN: dict[About, str] = {
    "sentiment": "UPDATE triage SET sentiment = ?, unsure = ? WHERE mention_id = ?",
    "intent": _OBEY["intent"],
    "lane": _OBEY["lane"],
}

_CORRECTIONS = """
SELECT c.*, m.text FROM corrections c JOIN mentions m USING (mention_id)
WHERE c.about = ? AND m.gone_at IS NULL ORDER BY c.mention_id
"""
