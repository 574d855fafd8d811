"""Whether a mention that names a watch is about it: is this "apple" the company?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Relevance:
    """How likely a mention is about a watch, 0 to 1, and in a few words why."""

    score: float
    why: str = ""
