"""What is said of a mention and a watch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Relevance:
    """How likely a mention is about a watch, 0 to 1, and in a few words why.

    It is 0 or 1 only where that is certain: a person said so, or it was said to us.
    """

    score: float
    why: str = ""
