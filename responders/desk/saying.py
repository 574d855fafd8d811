"""How triage's judgement is put into words, its doubts as doubts. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from listener.archive.taught import About, Correction
from listener.judgement import Share
from listener.triage import Triage
from responders.desk.languages import language
from responders.desk.view import LANE_WORDS

SOUNDS: Mapping[str, str] = MappingProxyType(
    {"positive": "sounds glad", "neutral": "even in tone", "negative": "sounds unhappy", "unscored": "not scored"}
)
TONES: Mapping[str, str] = MappingProxyType(
    {"positive": "glad", "neutral": "even in tone", "negative": "unhappy", "unscored": "not scored"}
)
INTENTS: Mapping[str, str] = MappingProxyType(
    {
        "question": "asks a question",
        "complaint": "complains",
        "praise": "praises",
        "request": "asks for something",
        "leaving": "leaving us",
        "buying": "wants to buy",
        "recommendation": "recommends us",
        "risk": "safety or legal",
        "abuse": "abuse",
        "chat": "only talks",
    }
)
# The intents that say more than the lane does.
TELLING = frozenset({"leaving", "buying", "recommendation", "risk", "abuse"})
LANES_SAID: Mapping[str, str] = MappingProxyType({**LANE_WORDS, "spam": "spam or a bot"})
WORDS: Mapping[About, Mapping[str, str]] = MappingProxyType({"sentiment": TONES, "intent": INTENTS, "lane": LANES_SAID})
# What each judgement answers, as it is asked of one mention.
QUESTIONS: Mapping[About, str] = MappingProxyType(
    {"sentiment": "It sounds", "intent": "What they want", "lane": "Where it belongs"}
)
TAGS_MOST = 5


def sounds(triage: Triage, corrected: Correction | None = None) -> str:
    """How a mention sounds, in a sentence: "Sounds unhappy (82 %)", "Not sure: …", "Not scored: …", or who says so."""
    if corrected is not None and corrected.meant == triage.sentiment:
        return _as_a_person_says(triage, corrected)
    if triage.sentiment == "unscored":
        return _not_scored(triage.language)
    if triage.unsure:
        return f"Not sure how it sounds: perhaps {TONES[triage.sentiment]}{_how_likely(triage)}. A person can tell."
    return f"{_first_up(SOUNDS[triage.sentiment])}{_how_likely(triage)}"


def corrected(about: About, one: Correction) -> str:
    """What a person made of a judgement: "Where it belongs: a complaint, says Ana. We had said: praise"."""
    words = WORDS[about]
    return f"{QUESTIONS[about]}: {words[one.meant]}, says \u2068{one.person}\u2069. We had said: {words[one.said]}"


def _as_a_person_says(triage: Triage, corrected: Correction) -> str:
    words = _first_up(SOUNDS[corrected.meant])
    if corrected.said == corrected.meant:
        return f"{words}{_how_likely(triage)}; \u2068{corrected.person}\u2069 agrees"
    return f"{words}, says \u2068{corrected.person}\u2069. We had said: {TONES[corrected.said]}"


def _not_scored(code: str) -> str:
    if code in {"", "und"}:
        return "Not scored: no words in a language that we can judge"
    return f"Not scored: written in {language(code)}, which we can’t judge"


def _how_likely(triage: Triage) -> str:
    if triage.negative is None:
        return ""
    return (
        f" ({percent(triage.negative)})"
        if triage.sentiment == "negative"
        else f" (unhappy: {percent(triage.negative)})"
    )


def percent(share: float) -> str:
    """A share as people read it: "82 %"; never a certainty that nobody has."""
    return f"{min(99, max(1, round(100 * share)))} %"


def share(of: Share) -> str:
    """So many of so many, and what that tells of all: "17 of 20: 85 %, most likely between 64 % and 95 %"."""
    if not of.enough:
        return f"{of.right} of {of.n}, too few to say"
    return f"{of.right} of {of.n}: {percent(of.share)}, most likely between {percent(of.low)} and {percent(of.high)}"


def of_those_seen(of: Share) -> str:
    """So many of so many that people chose to look at; no more than that can be said of these."""
    return f"{of.right} of {of.n} ({percent(of.share)})" if of.enough else f"{of.right} of {of.n}"


def tags(words: list[str], intent: str | None, unsure: bool) -> list[str]:
    """A card's tags with the intent where it says more than the lane, and doubt in the place of what is doubtful.

    At most five: whom they speak to gives way first.
    """
    after_lane = next((at for at, word in enumerate(words, 1) if word in LANES_SAID.values()), len(words))
    if unsure:
        rest = [word for word in words[after_lane:] if word not in SOUNDS.values()]
        words = [*words[:after_lane], "not sure how it sounds", *rest]
    if intent in TELLING:
        words = [*words[:after_lane], INTENTS[intent], *words[after_lane:]]
    if len(words) > TAGS_MOST:
        words = [word for word in words if not word.startswith("speaks ")]
    return words[:TAGS_MOST]


def sorted_as(verb: str, reason: str) -> str:
    """What the audit says that a person made of a mention, in the desk's words: "glad, praises"; else as it stands."""
    if verb not in ("correct", "confirm"):
        return reason
    known = {f"{about}: {what}": said for about, words in WORDS.items() for what, said in words.items()}
    return ", ".join(known.get(part, part) for part in reason.split(", "))


def _first_up(words: str) -> str:
    return words[:1].upper() + words[1:]
