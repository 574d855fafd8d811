"""The people of the plaza and what they have said."""

from __future__ import annotations

import base64
import re
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from listener.plaza.book import Book, moment, stamp

LONGEST = 500  # characters a post may have
TAG = re.compile(r"(?<![\w@])@(\w{1,30})")
LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
# Odd, and no multiple of 3: so multiplying by it shuffles the ids without two ever meeting (gcd(SHUFFLE, 36) = 1).
SHUFFLE = 1_299_709_667
ID_SPACE = 36**6
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"

SELECT = """
SELECT p.seq, p.post_id, p.handle, q.name, q.followers, p.text, p.posted_at, p.received_at, p.in_reply_to,
       parent.handle AS in_reply_to_handle, p.thread_id, p.lang, p.likes, p.mood,
       (SELECT count(*) FROM posts r WHERE r.in_reply_to = p.post_id AND r.deleted = 0) AS replies
FROM posts p JOIN people q ON q.handle = p.handle LEFT JOIN posts parent ON parent.post_id = p.in_reply_to
WHERE p.deleted = 0"""


class Refusal(Exception):
    """The plaza says no, in words and with an HTTP status."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody's public profile."""

    handle: str
    name: str
    bio: str
    followers: int
    joined_at: str


@dataclass(frozen=True, slots=True)
class Post:
    """One post. `posted_at` is what the author's phone claims; `received_at` is when the plaza took it in."""

    seq: int
    post_id: str
    handle: str
    name: str
    followers: int
    text: str
    posted_at: str
    received_at: str
    in_reply_to: str | None
    in_reply_to_handle: str | None
    thread_id: str
    lang: str
    likes: int
    mood: str
    replies: int

    @property
    def tags(self) -> list[str]:
        """The handles that the text names."""
        return tags_in(self.text)

    @property
    def links(self) -> list[str]:
        """The addresses in the text."""
        return LINK.findall(self.text)


class World:
    """Everyone, and everything said. Listings are newest received first, in pages that new posts do not shift."""

    def __init__(self, book: Book, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.book = book
        self.clock = clock

    def add_person(self, handle: str, name: str = "", bio: str = "", followers: int = 0, joined_at: str = "") -> None:
        """Let somebody move in; whoever lives here already stays as they are."""
        self.book.tell(
            "INSERT INTO people VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (handle.lower(), name or handle, bio, followers, joined_at or stamp(self.clock())),
        )

    def person(self, handle: str) -> Person:
        """Who this is. Raises Refusal (404)."""
        rows = self.book.ask("SELECT * FROM people WHERE handle = ?", (handle.lower(),))
        if not rows:
            raise Refusal(404, f"There is nobody called @{handle} here.")
        return Person(**dict(rows[0]))

    def post(
        self,
        handle: str,
        text: str,
        in_reply_to: str | None = None,
        *,
        posted_at: datetime | None = None,
        received_at: datetime | None = None,
        lang: str = "en",
        likes: int = 0,
        line: str | None = None,
        mood: str = "",
    ) -> Post:
        """Say something. Raises Refusal: 422 for a text that is empty or too long, 404 for a parent that is gone."""
        _check(text)
        now = self.clock()
        times = [stamp(at or now) for at in (posted_at, received_at)]
        with self.book.together():
            parent = self.get(in_reply_to) if in_reply_to else None
            seq = self.book.tell(
                "INSERT INTO posts (handle, text, folded, posted_at, received_at, in_reply_to, lang, likes, line, mood)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (handle.lower(), text, text.casefold(), *times, in_reply_to, lang, likes, line, mood),
            )
            post_id = _name(seq)
            thread_id = parent.thread_id if parent else post_id
            self.book.tell("UPDATE posts SET post_id = ?, thread_id = ? WHERE seq = ?", (post_id, thread_id, seq))
            for tag in set(tags_in(text)):
                self.book.tell("INSERT INTO tags VALUES (?, ?)", (tag, seq))
        return self.get(post_id)

    def get(self, post_id: str) -> Post:
        """One post. Raises Refusal (404) where there is none, or not any more."""
        rows = self.book.ask(f"{SELECT} AND p.post_id = ?", (post_id,))
        if not rows:
            raise Refusal(404, "This post does not exist, or its author has deleted it.")
        return _post(rows[0])

    def delete(self, post_id: str) -> None:
        """Take a post down; what was said in answer to it stays. Raises Refusal (404)."""
        self.get(post_id)
        self.book.tell("UPDATE posts SET deleted = 1 WHERE post_id = ?", (post_id,))

    def edit(self, post_id: str, text: str) -> Post:
        """Say something else in its place, as its author may; whom it tags stays. Raises Refusal (404, 422)."""
        self.get(post_id)
        _check(text)
        self.book.tell("UPDATE posts SET text = ?, folded = ? WHERE post_id = ?", (text, text.casefold(), post_id))
        return self.get(post_id)

    def thread(self, post_id: str) -> list[Post]:
        """The whole conversation around a post, oldest first. Raises Refusal (404)."""
        thread_id = self.get(post_id).thread_id
        rows = self.book.ask(f"{SELECT} AND p.thread_id = ? ORDER BY p.received_at, p.seq", (thread_id,))
        return [_post(row) for row in rows]

    def mentions(self, account: str, page: str | None, limit: int) -> tuple[list[Post], str | None]:
        """Posts by others that tag this account or reply to it, and the next page's token."""
        us = self.person(account).handle
        about = (
            "p.handle <> ? AND (parent.handle = ? OR EXISTS"
            " (SELECT 1 FROM tags t WHERE t.handle = ? AND t.seq = p.seq))"
        )
        return self._listing(about, (us, us, us), page, limit)

    def search(self, query: str, page: str | None, limit: int) -> tuple[list[Post], str | None]:
        """Posts that hold every word of the query, and the next page's token."""
        words = query.casefold().split()
        if not words:
            raise Refusal(400, "What are you looking for? The query is empty.")
        return self._listing(" AND ".join(["instr(p.folded, ?) > 0"] * len(words)), words, page, limit)

    def timeline(self, handle: str, page: str | None, limit: int) -> tuple[list[Post], str | None]:
        """What one person has said, and the next page's token."""
        return self._listing("p.handle = ?", (self.person(handle).handle,), page, limit)

    def everything(self) -> list[Post]:
        """All posts, oldest first."""
        return [_post(row) for row in self.book.ask(f"{SELECT} ORDER BY p.received_at, p.seq")]

    def lively_threads(self, most: int = 40) -> list[list[Post]]:
        """The conversations that somebody spoke in last, each oldest first."""
        rows = self.book.ask(
            "SELECT thread_id FROM posts WHERE deleted = 0 GROUP BY thread_id ORDER BY max(received_at) DESC LIMIT ?",
            (most,),
        )
        sql = f"{SELECT} AND p.thread_id = ? ORDER BY p.received_at, p.seq"
        return [[_post(post) for post in self.book.ask(sql, (row["thread_id"],))] for row in rows]

    def _listing(
        self, condition: str, values: Sequence[object], page: str | None, limit: int
    ) -> tuple[list[Post], str | None]:
        received_at, seq = _read_token(page) if page else ("~", 0)
        rows = self.book.ask(
            f"{SELECT} AND {condition} AND (p.received_at, p.seq) < (?, ?)"
            " ORDER BY p.received_at DESC, p.seq DESC LIMIT ?",
            (*values, received_at, seq, limit + 1),
        )
        posts = [_post(row) for row in rows[:limit]]
        return posts, _token(posts[-1]) if len(rows) > limit else None


def tags_in(text: str) -> list[str]:
    """The handles that a text names, in lower case."""
    return [tag.lower() for tag in TAG.findall(text)]


def _check(text: str) -> None:
    if not text.strip():
        raise Refusal(422, "Say something first: the post is empty.")
    if len(text) > LONGEST:
        raise Refusal(422, f"Posts can have up to {LONGEST} characters; this one has {len(text)}.")
    if not text.isprintable() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise Refusal(422, "The text holds half a character.")


def _post(row: sqlite3.Row) -> Post:
    return Post(**dict(row))


def _name(seq: int) -> str:
    """A post's id, unique and in no order: as on real platforms, nobody may lean on ids going up."""
    number, name = seq * SHUFFLE % ID_SPACE, ""
    for _ in range(6):
        number, digit = divmod(number, 36)
        name = DIGITS[digit] + name
    return name


def _token(post: Post) -> str:
    return base64.urlsafe_b64encode(f"{post.received_at}|{post.seq}".encode()).decode("ascii")


def _read_token(token: str) -> tuple[str, int]:
    try:
        received_at, seq = base64.urlsafe_b64decode(token).decode("ascii").split("|")
        return stamp(moment(received_at)), int(seq)
    except ValueError as why:
        raise Refusal(400, "This page token is not one of ours.") from why
