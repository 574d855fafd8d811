"""Whether somebody wants to know something: by the mark, by how the sentence opens, or by how people ask."""

from __future__ import annotations

from collections.abc import Sequence

from listener.sentiment import SOMEONE
from listener.triage.adverts import listed
from listener.triage.heard import INTERJECTED, Heard, Verdict, opening
from listener.triage.meant import STOPS
from listener.triage.phrases import Found, Words


def wants_to_know(heard: Heard) -> Verdict:
    if heard.to_others:
        return None
    if not heard.asks:
        return _without_mark(heard)
    if heard.has("question"):
        return "question", [f"wants to know: {heard.quotes('question')}"]
    opened = _asked(heard.words)
    if opened is not None:
        return "question", [f"wants to know: {listed([opened])}"]
    return ("question", ["asks a question"]) if heard.to_us else None


_AUXILIARIES = frozenset(
    {"do", "does", "did", "will", "would", "can", "could", "should", "is", "are", "was", "were", "has", "have"}
    | {"doesnt", "isnt", "wont", "cant", "may", "any"}
)
_ASKERS = frozenset({"what", "how", "when", "where", "which", "who", "whats", "anyone", "anybody", "hows"})
# Of a text without the mark: what opens nothing else, by its two words. “Is what it is” and “How I met” ask nothing.
_THEY = frozenset(
    {SOMEONE, "you", "u", "i", "we", "your", "the", "this", "it", "there", "my", "anyone", "they", "these", "those"}
)
_INVERTED = frozenset({"do", "does", "can", "could", "is", "are", "will", "would", "should", "may", "am"})
_HOW = frozenset({"what", "how", "when", "where", "which", "who"})
# An app's review: “does what it says”, “does the job”.
_IT_DOES = frozenset({"not", "what", "exactly", "everything", "nothing", "its", "all", "well", "a", "as", "so", "more"})
_DONE = (["the", "job"], ["the", "trick"], ["the", "business"])
_ANYONE = frozenset({"anyone", "anybody", "any", "who", "recs"})
# A question whose mark is left out is a short one.
UNMARKED_MOST = 25
# So few words and a mark are a question, whatever they are: “price?”, “pre-orders open when?”.
CURT = 4
_EXCLAIMED = frozenset({"really", "seriously", "huh", "what", "why", "eh", "right", "ok", "wtf", "no", "yes", "lol"})


def _asked(words: Words) -> str | None:
    """How a sentence that ends in a question mark begins, where it opens as one: “Does Acme”, “Will the shop”."""
    first = 0
    for at, word in enumerate(words.list):
        if word not in STOPS:
            continue
        opening = next((spot for spot in range(first, at) if _says(words.list, spot)), at)
        opening = at if word != "?" else _after_a_greeting(words.list, opening, at)
        if at - opening > 2:
            return words.quote(Found("question", opening, opening + 2))
        first = at + 1
    if words.list[-1:] == ["?"] and 1 < len(words.list) <= CURT + 1 and _EXCLAIMED.isdisjoint(words.list):
        return words.quote(Found("question", 0, len(words.list) - 1))
    return None


def _says(words: Sequence[str], at: int) -> bool:
    """Whether the sentence begins here, and no mere “oh” or “what a …” does."""
    return words[at] not in INTERJECTED or (words[at] in _HOW and words[at + 1 : at + 2] not in (["a"], ["an"]))


def _after_a_greeting(words: Sequence[str], opening: int, end: int) -> int:
    """Where it asks: at once, or after the two words that say whom: “Mastodon folks: does Acme …”. `end`: nowhere."""
    for at in range(opening, min(opening + 3, end)):
        if words[at] in (_AUXILIARIES if at > opening else _AUXILIARIES | _ASKERS) and (
            at == opening or words[at] in _INVERTED
        ):
            return at
    return end


def asks_around(heard: Heard) -> bool:
    """Whether they ask others whom to trust, the mark left out: “can anyone recommend a shop”."""
    return heard.has("seeks") and not _ANYONE.isdisjoint(heard.words.list)


def _without_mark(heard: Heard) -> Verdict:
    """A question whose mark was left out: to us by how people ask, else by how a short text opens."""
    if heard.to_us and _asks_without_mark(heard):
        return "question", [f"wants to know: {heard.quotes('question')}"]
    words = heard.words.list
    if asks_around(heard):
        return "question", [f"asks others: {heard.quotes('seeks')}"]
    opening = next((at for at in range(len(words)) if _says(words, at)), len(words))
    if len(words) - opening < 3 or len(words) > UNMARKED_MOST or "!" in words:
        return None
    first, second, third = words[opening : opening + 3]
    inverted = (first in _INVERTED and second in _THEY) or (opening == 0 and first == "does" and second not in _IT_DOES)
    if [second, third] in _DONE:
        return None
    asked = first in _HOW and third in _THEY | _INVERTED and (second in _INVERTED or third in _INVERTED)
    if not (inverted or asked):
        return None
    return "question", [f"wants to know: {listed([heard.words.quote(Found('question', opening, opening + 3))])}"]


def _asks_without_mark(heard: Heard) -> bool:
    """Whether a question stands there without its mark: at the start of a sentence, or in three words and more."""
    return any(
        cue.end - cue.first > 2 or INTERJECTED.issuperset(heard.words.list[opening(cue, heard.words.list) : cue.first])
        for cue in heard.cues.get("question", ())
    )
