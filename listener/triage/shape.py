"""What a mention is, how soon somebody should look, and why: reasons a person can check against the text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from listener.sentiment import Sentiment

Lane = Literal["help", "complaint", "praise", "question", "chat", "spam"]
Intent = Literal[
    "question", "complaint", "praise", "request", "leaving", "buying", "recommendation", "risk", "abuse", "chat"
]
Priority = Literal["low", "normal", "high", "urgent"]
RANK: Mapping[Priority, int] = MappingProxyType({"low": 0, "normal": 1, "high": 2, "urgent": 3})

# How the reasons begin that a draft goes by.
ADVERTISEMENT = "looks like an advertisement"
SARCASM = "may be sarcasm"
LOSS = "speaks of a loss"
OTHERS = "about others, not about us"
NEWS = "reads like a line of news"
TO_OTHERS = "talks to someone else"
UNSURE = "not sure"
UNREAD = "what it wants can't be read in this language"
PERSONAL = "for a person to answer, no template"


@dataclass(frozen=True, slots=True)
class Triage:
    """How one mention was sorted. `reasons` are sentences for the desk; `words` are the engine's, strongest first.

    `negative` is the probability, 0 to 1, that its author is unhappy (None: not scored), and `unsure` says that the
    engine's judgement needs a person's. `language` is an ISO 639-1 code, "und" where it can't be told. `intents` are
    all that were heard, `intent` the one that counts. `points` weigh how pressing it is; `because` says so in a
    sentence. `rule` names the manager's rule that was applied, "" for none.
    """

    sentiment: Sentiment
    compound: float | None
    lane: Lane
    priority: Priority
    reasons: tuple[str, ...]
    words: tuple[tuple[str, float], ...]
    engine: str
    negative: float | None = None
    unsure: bool = False
    language: str = "und"
    intent: Intent = "chat"
    intents: tuple[Intent, ...] = ()
    points: int = 0
    because: str = ""
    rule: str = ""

    def says(self, why: str) -> bool:
        """Whether one of the reasons is this: `ADVERTISEMENT`, `SARCASM`, `LOSS`, `UNSURE` and so on."""
        return any(why in reason for reason in self.reasons)
