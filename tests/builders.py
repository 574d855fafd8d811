"""Mentions, authors and offices for tests, each believable as it comes and changed by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from listener.mention import Author, Mention
from responders.compose.templates import Replies
from responders.office import Office
from responders.settings import Settings
from responders.shipped import shipped

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)  # a Wednesday in ISO week 47


class Clock:
    """A clock that moves only when told to."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now


def an_author(handle: str = "mira", **changes: Any) -> Author:
    author = Author("plaza", handle, handle, handle.title(), 120, f"http://127.0.0.1:8101/people/{handle}")
    return replace(author, **changes)


def a_mention(number: int = 1, **changes: Any) -> Mention:
    mention = Mention(
        platform="plaza",
        post_id=f"p{number}",
        author=an_author(),
        text="@harbourlight the dimmer on my Wren lamp buzzes after an hour. Is that normal?",
        posted_at=NOON - timedelta(minutes=number),
        url=f"http://127.0.0.1:8101/posts/p{number}",
        thread_id=f"p{number}",
        to_us=True,
    )
    return replace(mention, **changes)


def some_settings(**responders: Any) -> Settings:
    return Settings.model_validate(
        {
            "brand": {"name": "Harbourlight"},
            "watches": [{"name": "us", "terms": ["Harbourlight"], "handles": ["harbourlight"]}],
            "responders": {"publishers": {"plaza": {"account": "harbourlight"}}, "undo_s": 20, **responders},
            "desk": {"person": "Ana"},
        }
    )


def an_office(folder: Path, clock: Clock, settings: Settings | None = None) -> Office:
    settings = settings or some_settings()
    replies = None if settings.responders.templates else _shipped_replies()
    return Office.open(settings, folder / "settings.toml", clock, replies)


@cache
def _shipped_replies() -> Replies:
    """The shipped templates, read once: that takes longer than all else an office needs."""
    return Replies.load([shipped("templates", "replies")])
