"""Whether somebody wants to know something: by the mark, by how the sentence opens, or by how people ask."""

from __future__ import annotations

from listener.triage.adverts import listed
from listener.triage.heard import INTERJECTED, Heard, Verdict, opening
from listener.triage.meant import STOPS
from listener.triage.phrases import Found, Words


def wants_to_know(heard: Heard) -> Verdict:
    if heard.to_others or not (heard.asks or (heard.to_us and _asks_without_mark(heard))):
        return None
    if heard.has("question"):
        return "question", [f"wants to know: {heard.quotes('question')}"]
    opened = _opens_as_question(heard.words)
    if opened is not None:
        return "question", [f"wants to know: {listed([opened])}"]
    return ("question", ["asks a question"]) if heard.to_us else None


_AUXILIARIES = frozenset(
    {"do", "does", "did", "will", "would", "can", "could", "should", "is", "are", "was", "were", "has", "have"}
    | {"doesnt", "isnt", "wont", "cant"}
)


def _opens_as_question(words: Words) -> str | None:
    """How a sentence that ends in a question mark begins, where it opens as one: “Does Acme”, “Will the shop”."""
    first = 0
    for at, word in enumerate(words.list):
        if word not in STOPS:
            continue
        opening = next((spot for spot in range(first, at) if words.list[spot] not in INTERJECTED), at)
        if word == "?" and at - opening > 2 and words.list[opening] in _AUXILIARIES:
            return words.quote(Found("question", opening, opening + 2))
        first = at + 1
    return None


def _asks_without_mark(heard: Heard) -> bool:
    """Whether a question stands there without its mark: at the start of a sentence, or in three words and more."""
    return any(
        cue.end - cue.first > 2 or INTERJECTED.issuperset(heard.words.list[opening(cue, heard.words.list) : cue.first])
        for cue in heard.cues.get("question", ())
    )
