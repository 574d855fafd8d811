"""What is still to be said on the plaza, and when: the script's lines and people's reactions to answers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta

from listener.plaza.book import Book, moment, stamp
from listener.plaza.cast import BRAND, CAST, MEMBERS
from listener.plaza.history import HISTORY
from listener.plaza.manners import Mood, mood_of, reaction
from listener.plaza.script import Line
from listener.plaza.today import OPENING, TRICKLE
from listener.plaza.world import Post, Refusal, World

THINKS_FOR = timedelta(seconds=9)  # at pace 1.0; some take longer than others


class Diary:
    """Entries with a due time. `tick(now)` says whatever is due; nothing here reads a clock of its own."""

    def __init__(self, world: World, pace: float = 1.0) -> None:
        """`pace` stretches (2.0) or squeezes (0.1) the script's seconds."""
        self.world = world
        self.pace = pace

    @property
    def book(self) -> Book:
        """Where the entries are kept."""
        return self.world.book

    def raise_curtain(self, now: datetime) -> None:
        """Let the cast move in, with their histories, and plan the day. A plaza that has people already goes on."""
        with self.book.together():
            if self.book.ask("SELECT 1 FROM people LIMIT 1"):
                return
            for member in CAST:
                joined_at = stamp(now - timedelta(days=member.days_here))
                self.world.add_person(member.handle, member.name, member.bio, member.followers, joined_at)
            self._plan([*HISTORY, *OPENING], now)
            for entry in self._take_due(now):
                self._say(entry, received_at=moment(entry["due_at"]))
            self._plan(TRICKLE, now)

    def tick(self, now: datetime) -> list[Post]:
        """Say everything that is due by now, in order; what was said. Nothing is ever said twice."""
        with self.book.together():
            # Received now and not when it was due: a plaza that was asleep must not slip posts in behind a listener.
            said = [self._say(entry, received_at=now) for entry in self._take_due(now)]
        return [post for post in said if post is not None]

    def next_due(self) -> datetime | None:
        """When somebody means to speak next; None where nobody does."""
        rows = self.book.ask("SELECT min(due_at) AS due_at FROM diary")
        return moment(rows[0]["due_at"]) if rows[0]["due_at"] else None

    def notice(self, reply: Post, now: datetime) -> None:
        """Let the person whom the brand has answered plan what to say to it, if they are one to say something."""
        if reply.handle != BRAND or not reply.in_reply_to:
            return
        parent = self.world.get(reply.in_reply_to)
        member = MEMBERS.get(parent.handle)
        # Whoever has had a good answer, or has said "you told me already", lets the talk end there.
        if member is None or parent.mood in (Mood.GOOD, Mood.TWICE):
            return
        mood = mood_of(member, parent.text, reply.text, answered_before=self._answered_before(parent, reply))
        words = reaction(member, mood, self._said_in(parent.thread_id, parent.handle))
        if words is not None:
            due_at = now + self.pace * (THINKS_FOR + timedelta(seconds=reply.seq % 7))
            self._enter(due_at, member.handle, words, member.lang, in_reply_to=reply.post_id, mood=mood)

    def _plan(self, lines: Iterable[Line], now: datetime) -> None:
        for line in lines:
            # Only what is to come bends to the pace: a history keeps its dates.
            at = now + (line.at if line.at < timedelta(0) else line.at * self.pace)
            self._enter(at, line.handle, line.text, line.lang, line=line.name, answers=line.to, likes=line.likes)

    def _take_due(self, now: datetime) -> list[sqlite3.Row]:
        entries = self.book.ask("SELECT * FROM diary WHERE due_at <= ? ORDER BY due_at, entry", (stamp(now),))
        self.book.tell("DELETE FROM diary WHERE due_at <= ?", (stamp(now),))
        return entries

    def _enter(
        self,
        due_at: datetime,
        handle: str,
        text: str,
        lang: str,
        *,
        in_reply_to: str | None = None,
        answers: str | None = None,
        line: str | None = None,
        likes: int = 0,
        mood: str = "",
    ) -> None:
        self.book.tell(
            "INSERT INTO diary (due_at, handle, text, in_reply_to, answers_line, line, lang, likes, mood)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (stamp(due_at), handle, text, in_reply_to, answers, line, lang, likes, mood),
        )

    def _say(self, entry: sqlite3.Row, received_at: datetime) -> Post | None:
        in_reply_to = entry["in_reply_to"] or self._line(entry["answers_line"])
        try:
            return self.world.post(
                entry["handle"],
                entry["text"],
                in_reply_to,
                posted_at=moment(entry["due_at"]),
                received_at=received_at,
                lang=entry["lang"],
                likes=entry["likes"],
                line=entry["line"],
                mood=entry["mood"],
            )
        except Refusal:
            return None  # what they wanted to answer has been taken down meanwhile: they let it be

    def _line(self, name: str | None) -> str | None:
        rows = self.book.ask("SELECT post_id FROM posts WHERE line = ?", (name,)) if name else []
        return rows[0]["post_id"] if rows else None

    def _answered_before(self, parent: Post, reply: Post) -> bool:
        earlier = "SELECT 1 FROM posts WHERE in_reply_to = ? AND handle = ? AND seq < ? AND deleted = 0"
        return bool(self.book.ask(earlier, (parent.post_id, BRAND, reply.seq)))

    def _said_in(self, thread_id: str, handle: str) -> set[str]:
        said = self.book.ask("SELECT text FROM posts WHERE thread_id = ? AND handle = ?", (thread_id, handle))
        here = "in_reply_to IN (SELECT post_id FROM posts WHERE thread_id = ?)"
        meant = self.book.ask(f"SELECT text FROM diary WHERE {here} AND handle = ?", (thread_id, handle))  # nosec B608
        return {row["text"] for row in [*said, *meant]}
