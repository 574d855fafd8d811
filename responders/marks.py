"""What mentions are marked with: who is to answer, and tags. By a rule or by a person; each change is in the audit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from listener.archive.connect import stamp, writing
from listener.clean import clean_line
from listener.rules import MOST_NAME, Unfit, tags_in
from responders.audit import Entry, enter
from responders.queue import NotPossible

FEW = 2_000
# Where each mark is kept: the kind it is counted as, its table and column.
_SIDES = {"assigned": ("person", "assignments", "person"), "tag": ("tag", "tags", "tag")}


@dataclass(frozen=True, slots=True)
class Marked:
    """A mention's marks. `assigned` is empty where nobody in particular is to answer."""

    assigned: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offered:
    """By what the queue can be narrowed down: people and tags, with how many wait under each."""

    people: Mapping[str, int]
    tags: Mapping[str, int]


class Marks:
    """Keeps the marks."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def on(self, mention_id: int) -> Marked:
        """The marks on a mention."""
        row = next(self._db.query(_ON, {"mention": mention_id}))
        return Marked(row["assigned"] or "", tuple(json.loads(row["tags"])))

    def assign(self, mention_id: int, to: str, person: str, now: datetime, why: str = "") -> None:
        """Say who is to answer; nobody in particular where `to` is empty."""
        to = clean_line(to, MOST_NAME).lstrip("@")
        with writing(self._db):
            if to == self.on(mention_id).assigned:
                return
            if to:
                self._db.execute(_ASSIGN, [mention_id, to, person, stamp(now)])
            else:
                self._db.execute("DELETE FROM assignments WHERE mention_id = ?", [mention_id])
            self._audit(mention_id, "assign" if to else "unassign", person, _with(to, why), now)

    def tag(self, mention_id: int, tag: str, person: str, now: datetime, why: str = "") -> None:
        """Put a tag on a mention. Raises NotPossible where it is none."""
        tag = _one(tag)
        with writing(self._db):
            made = self._db.execute(_TAG, [mention_id, tag, person, stamp(now)])
            if made.rowcount > 0:
                self._audit(mention_id, "tag", person, _with(tag, why), now)

    def untag(self, mention_id: int, tag: str, person: str, now: datetime) -> None:
        """Take a tag off."""
        with writing(self._db):
            gone = self._db.execute("DELETE FROM tags WHERE mention_id = ? AND tag = ?", [mention_id, tag])
            if gone.rowcount > 0:
                self._audit(mention_id, "untag", person, tag, now)

    def waiting_under(self, assigned: str | None, tag: str | None) -> Mapping[str, int]:
        """How many wait under each of the marks that are given, for `narrowed`."""
        marks = {"assigned": assigned, "tag": tag}
        return {name: self._count(name, mark) for name, mark in marks.items() if mark}

    def _count(self, name: str, mark: str) -> int:
        counted = "SELECT n FROM mark_counts WHERE kind = ? AND mark = ?"
        found = self._db.execute(counted, [_SIDES[name][0], mark]).fetchone()
        return int(found[0]) if found else 0

    def offered(self) -> Offered:
        """The people and tags of those who wait."""
        return Offered(self._counted("person"), self._counted("tag"))

    def _counted(self, kind: str) -> Mapping[str, int]:
        return {row["mark"]: row["n"] for row in self._db.query(_OFFERED, [kind])}

    def _audit(self, mention_id: int, verb: str, person: str, reason: str, now: datetime) -> None:
        enter(self._db, Entry(verb, person, reason, mention_id), now)


def narrowed(sql: str, marks: Mapping[str, int]) -> str:
    """A page's SQL over held drafts `d`, narrowed down to :assigned and :tag where `waiting_under` counted them.

    Where few wait under a mark they are fetched by it and put in order; where many do, the queue is walked until a page
    is full. Neither looks at everybody.
    """
    fewest = min(marks, key=marks.__getitem__, default="")
    for name, n in marks.items():
        _, table, column = _SIDES[name]
        if name == fewest and n <= FEW:
            sql = sql.replace("FROM drafts d", f"FROM {table} x CROSS JOIN drafts d INDEXED BY drafts_by_mention", 1)
            sql = sql.replace("'held'", f"'held' AND x.{column} = :{name} AND d.mention_id = x.mention_id", 1)
        else:
            kept = f"SELECT 1 FROM {table} WHERE mention_id = d.mention_id AND {column} = :{name}"  # nosec B608
            within = f"EXISTS ({kept})"
            sql = sql.replace("'held'", f"'held' AND {within}", 1)
    return sql


def _one(tag: str) -> str:
    try:
        tags = tags_in([tag])
    except Unfit as why:
        raise NotPossible(str(why)) from why
    if not tags:
        raise NotPossible("write a tag: one word of letters, digits and hyphens")
    return tags[0]


def _with(what: str, why: str) -> str:
    return ", ".join(part for part in (what, why) if part)


_ON = """
SELECT (SELECT person FROM assignments WHERE mention_id = :mention) AS assigned,
  (SELECT json_group_array(tag) FROM (SELECT tag FROM tags WHERE mention_id = :mention ORDER BY tag)) AS tags
"""

_ASSIGN = """
INSERT INTO assignments (mention_id, person, by, at) VALUES (?, ?, ?, ?)
ON CONFLICT (mention_id) DO UPDATE SET person = excluded.person, by = excluded.by, at = excluded.at
"""

_TAG = "INSERT INTO tags (mention_id, tag, by, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"

# The most used ones, so that no list of them grows out of hand.
_OFFERED = """
SELECT mark, n FROM (SELECT mark, n FROM mark_counts WHERE kind = ? AND n > 0 ORDER BY n DESC, mark LIMIT 30)
ORDER BY mark
"""
