"""All that was heard in a mention: what its lane, its intents and its priority are judged by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from listener.sentiment import SOMEONE, Score
from listener.triage.adverts import listed
from listener.triage.meant import CUES_MOST, STOPS
from listener.triage.phrases import Found, Words
from listener.triage.shape import Lane

# From here on a text complains; measured in docs/triage.md.
AMISS = 0.4
# The same of somebody who asks for something, and names nothing that is wrong.
AMISS_IF_POLITE = 0.5
# From here on it does although no cue says so and they are glad, or ask.
CLEARLY_AMISS = 0.6
# Below this it doesn't where nobody is named, whatever harsh words stand in it.
RATHER = 0.35
# And where we are named, or hardly anything is said.
HARDLY = 0.1
# So few words, stops counted, are hardly anything.
FEW = 8
# From here on an engine hears somebody glad.
GLAD = 0.4
# A lane with its reasons; None where a rule does not hold.
Verdict = tuple[Lane, list[str]] | None
# What may stand before a glow that opens a sentence: “Oh well, @acme, how lovely …”.
INTERJECTED = frozenset(
    {SOMEONE, "oh", "well", "ah", "wow", "just", "absolutely", "ok", "and", "how", "what", "a", "so"}
    | {"hi", "hey", "hello", "hiya", "yo", "btw", "also"}
)


@dataclass(frozen=True, slots=True)
class Heard:
    """All that the lane, the intents and the priority are judged by.

    `named` says that it is about us by a watch's word or the platform's; without it, it is only taken to be.
    `complaint` is the probability, 0 to 1, that it complains; 0 where it is not `read`: in a
    language whose words are not known here.
    """

    words: Words
    cues: Mapping[str, Sequence[Found]]
    score: Score
    about_us: bool
    to_us: bool
    to_others: bool
    asks: bool
    advert: str
    spam: str = ""
    named: bool = False
    complaint: float = 0.0
    read: bool = True

    def has(self, *groups: str) -> bool:
        return bool(self.cues) and not self.cues.keys().isdisjoint(groups)

    @property
    def complains(self) -> bool:
        """Whether something is amiss between what they expected and what they got."""
        polite = self.has("asks") and not self.has("failure", "harsh", "waiting", "leaving", "damage")
        return self.complaint >= (AMISS_IF_POLITE if polite else AMISS)

    @property
    def far_from_it(self) -> bool:
        """Whether harsh words are not about us: of those who name nobody the model must think so itself.

        It has little to go by in a few words, such as an app's review: the engine's mood will do there.
        """
        few = len(self.words.list) <= FEW and self.score.sentiment == "negative" and not (self.to_us or self.to_others)
        return self.complaint < (HARDLY if self.named or few else RATHER)

    def quotes(self, *groups: str) -> str:
        """The phrases of these groups as they were written: “can't log in”, “still waiting”."""
        if not self.has(*groups):
            return ""
        return listed(self.words.quotes(cue for group in groups for cue in self.cues.get(group, ())[:CUES_MOST]))


def opening(cue: Found, words: Sequence[str]) -> int:
    """Where the sentence of a phrase begins."""
    return next((at for at in range(cue.first, 0, -1) if words[at - 1] in STOPS), 0)
