"""What scores a text: the `Engine` protocol and the `Score` it answers with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

Sentiment = Literal["positive", "neutral", "negative", "unscored"]


@dataclass(frozen=True, slots=True)
class Score:
    """One text's sentiment.

    `compound` runs from -1 to 1; `words` made it so, strongest first, with their valence. `negative` is how probable it
    is, 0 to 1, that its author is unhappy, and `unsure` says that a person should look: it may as well be otherwise.
    Both `compound` and `negative` are None where the text is not scored.
    """

    sentiment: Sentiment
    compound: float | None
    words: tuple[tuple[str, float], ...] = ()
    negative: float | None = None
    unsure: bool = False


UNSCORED = Score("unscored", None)


class Engine(Protocol):
    """What scores a text. It gets text with brands and handles masked, and answers `unscored` rather than guess."""

    @property
    def name(self) -> str:
        """What made a score, as it is kept beside it."""

    def score(self, text: str, language: str | None = None) -> Score:
        """The text's sentiment; `language` is an ISO 639-1 code ("en"), "und" for undetermined, None to find out."""
