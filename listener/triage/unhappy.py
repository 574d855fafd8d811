"""Whether somebody is unhappy with us: by what they say of it, by their words together, or by the engine's mood."""

from __future__ import annotations

from listener.sentiment import SOMEONE
from listener.triage.adverts import listed
from listener.triage.complaints import shipped
from listener.triage.heard import CLEARLY_AMISS, GLAD, Heard, Verdict
from listener.triage.meant import warm
from listener.triage.ours import I_OR_YOU

# Below this a text is unhappy even where no cue says so and nobody is addressed.
CLEARLY_NEGATIVE = -0.5
# The same where a single word makes it so: “I keep stealing her chair” is no complaint.
NEGATIVE_BY_ONE_WORD = -0.7
# The same for a text addressed to us, and for one glad without a cue.
NEGATIVE_TO_US = -0.25
# And here whatever the words are.
BEYOND_DOUBT = -0.8
TOLD_MOST = 3
_MARKS = frozenset("!?.")
# Words that tell the model something and a reader nothing.
_SMALL = (
    I_OR_YOU
    | {SOMEONE, "is", "are", "was", "were", "be", "been", "am", "it", "its", "there", "this", "that", "the", "to", "of"}
    | {"in", "up", "and", "but", "a", "an", "they", "them", "he", "she", "his", "her", "on", "for", "with", "at", "by"}
    | {"from", "as", "has", "have", "had", "do", "did", "does", "will", "would", "or", "if", "then", "so", "just"}
    | {"get", "got", "today", "now", "all", "about", "which", "who", "what", "their"}
)


def unhappy(heard: Heard) -> Verdict:
    if heard.score.sentiment == "positive" and (heard.has("mended") or warm(heard.cues)):
        return None
    if heard.has("leaving"):
        return "complaint", [f"is leaving us: {heard.quotes('leaving')}", *mood(heard)]
    if heard.far_from_it and not heard.has("safety", "legal", "damage"):
        return None
    if heard.has("harsh", "failure", "waiting", "safety", "legal", "damage"):
        return "complaint", [
            f"unhappy: {heard.quotes('safety', 'legal', 'damage', 'harsh', 'failure', 'waiting')}",
            *mood(heard),
        ]
    return None


def sounds_unhappy(heard: Heard) -> Verdict:
    """No cue says so, but the words together do."""
    if heard.complaint < CLEARLY_AMISS or heard.has("mended", "hearty") or (heard.score.compound or 0.0) >= GLAD:
        return None
    return _by_its_words(heard)


def rather_unhappy(heard: Heard) -> Verdict:
    glad = (heard.score.compound or 0.0) >= GLAD
    return _by_its_words(heard) if heard.complains and not glad and not heard.has("thanks", "mended") else None


def _by_its_words(heard: Heard) -> Verdict:
    words = heard.words.list
    telling = [cue for cue in shipped().telling(words) if _SMALL.isdisjoint(words[cue.first : cue.end])][:TOLD_MOST]
    quoted = f": {listed(heard.words.quotes(telling))}" if telling else ""
    return "complaint", [f"sounds like a complaint{quoted}", *mood(heard)]


def clearly_negative(heard: Heard) -> Verdict:
    compound = heard.score.compound or 0.0
    about_us = not heard.far_from_it or compound <= BEYOND_DOUBT
    if compound <= _unhappy_from(heard) and about_us and not heard.has("thanks", "mended"):
        return "complaint", mood(heard)
    return None


def _unhappy_from(heard: Heard) -> float:
    if heard.to_us:
        return NEGATIVE_TO_US
    several = sum(valence < 0 for _, valence in heard.score.words) > 1
    return CLEARLY_NEGATIVE if several else NEGATIVE_BY_ONE_WORD


def mood(heard: Heard) -> list[str]:
    """What the engine heard, where it is unhappy."""
    if heard.score.sentiment != "negative":
        return []
    words = engine_words(heard, -1)
    return [f"negative: {words}" if words else "negative"]


def engine_words(heard: Heard, sign: int) -> str:
    """The words that moved the engine this way, without those that tell a reader nothing, where others do."""
    words = [word for word, valence in heard.score.words if valence * sign > 0 and not _MARKS.issuperset(word)]
    return listed([word for word in words if word.lower().replace("'", "") not in _SMALL] or words)
