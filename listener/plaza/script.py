"""How a line of the plaza's script is written down; the lines are in history.py and today.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Line:
    """One thing somebody says, `at` a time before (negative) or after the curtain rises.

    `to` names the line it answers. A line of the opening is said at once but dated a few minutes back, so that the
    first look at the plaza finds a morning that has already begun.
    """

    name: str
    handle: str
    text: str
    at: timedelta
    to: str | None = None
    lang: str = "en"
    likes: int = 0


def days_ago(days: float) -> timedelta:
    """Before the curtain rises."""
    return timedelta(days=-days)


def minutes_ago(minutes: float) -> timedelta:
    """Before the curtain rises."""
    return timedelta(minutes=-minutes)


def after(seconds: float) -> timedelta:
    """After it has risen, at pace 1.0."""
    return timedelta(seconds=seconds)
