"""What scores a text: the `Engine` protocol and the `Score` it answers with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

Sentiment = Literal["positive", "neutral", "negative", "unscored"]


@dataclass(frozen=True, slots=True)
class Score:
    """One text's sentiment. `compound` runs from -1 to 1; `words` made it so, strongest first, with their valence."""

    sentiment: Sentiment
    compound: float | None
    words: tuple[tuple[str, float], ...] = ()


UNSCORED = Score("unscored", None)


class Engine(Protocol):
    """What scores a text. It gets text with brands and handles masked, and answers `unscored` rather than guess."""

    @property
    def name(self) -> str:
        """What made a score, as it is kept beside it."""

    def score(self, text: str, lang: str | None = None) -> Score:
        """The text's sentiment; `lang` is what the platform says of its language, None where it says nothing."""
