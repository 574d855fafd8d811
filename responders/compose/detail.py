"""The phrase of a message worth taking up, and the question it asks. No model: words, borders and weights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import regex

from listener.language import UNDETERMINED, reads_english
from responders.compose.fragments import Word, fold, plain, runs, sentences, unsafe
from responders.compose.phrases import is_number, spans, telling, weight
from responders.compose.wording import (
    ASKING,
    BE_AND_HAVE,
    CONJUNCTIONS,
    DETERMINERS,
    FILLERS,
    HARSH,
    JOINING,
    PLACES,
    POSSESSIVES,
    PREPOSITIONS,
    SUBJECTS,
    TIMES,
    VAGUE,
    YOURS,
)

Kind = Literal["thing", "time", "place", "number", "question"]
LEAST_WORTH = 1.2  # below this a phrase could stand in anyone's message
TO_THE_POINT = 2.0  # holds what triage went by
LONGEST_QUESTION = 130  # characters


@dataclass(frozen=True, slots=True)
class Detail:
    """A phrase of theirs, letter for letter (white space folded), safe to hand back in quotation marks.

    `substance`: more than one word of it tells something (“It's a lamp” has one).
    """

    text: str
    kind: Kind
    substance: bool = True


def detail_of(text: str, masked: Iterable[str] = ()) -> Detail | None:
    """The phrase of this message best worth taking up, None where nothing in it is.

    `masked` are the brand's own names and terms: they alone are not what a person is talking about.
    """
    return next(iter(details_of(text, masked, most=1)), None)


def details_of(
    text: str, masked: Iterable[str] = (), most: int = 6, evidence: Iterable[str] = ()
) -> tuple[Detail, ...]:
    """Up to `most` such phrases, best first; they may overlap, so that a shorter one is at hand where room is short.

    `evidence` are words of theirs that triage went by: a phrase that holds some tells what the message is about.
    """
    folded = fold(text)
    if not reads_english(UNDETERMINED, folded):
        return ()
    hidden = frozenset(word for term in masked for word in plain(term).split())
    told = tuple(plain(words) for words in evidence)
    ranked: list[tuple[float, Detail]] = []
    for span in (span for run in runs(folded) for span in spans(run)):
        worth = weight(span, hidden)
        if worth >= LEAST_WORTH:
            said = folded[span.words[0].start : span.words[-1].end]
            detail = Detail(said, _kind(span.words), telling(span, hidden) > 1)
            ranked.append((worth + _told(said, told), detail))
    return tuple(detail for _, detail in sorted(ranked, key=lambda pair: -pair[0])[:most])


def _told(said: str, evidence: Sequence[str]) -> float:
    return TO_THE_POINT if any(words in plain(said) for words in evidence) else 0.0


def _kind(words: Sequence[Word]) -> Kind:
    said = [word.plain for word in words]
    if any(word in TIMES for word in said):
        return "time"
    if any(word in PLACES for word in said) and any(word in PREPOSITIONS for word in said):
        return "place"
    return "number" if any(is_number(word) for word in said) else "thing"


_LEADING = CONJUNCTIONS | FILLERS
_HOW_MUCH = ("how long", "how much", "how many", "how far", "how old", "how big", "when ", "where ")
# Asked in anger, not to be answered: taking them at their word would sound deaf.
_RHETORICAL = regex.compile(
    r"\b(?:are you (?:kidding|joking|serious|for real)|what(?:'s| is) (?:wrong|the matter) with (?:you|u)|really"
    r"|seriously"
    r"|is this a joke|do you (?:even|guys even|actually)|how is (?:this|that) (?:ok|okay|acceptable|possible|even)"
    r"|who cares|what the|why (?:even )?bother|what(?:'s| is) the point|how hard is it|how dare|when will you learn)\b"
)


def question_of(text: str) -> Detail | None:
    """The question this message asks, from its asking word to its question mark; None where there is none to answer."""
    folded = fold(text)
    if not reads_english(UNDETERMINED, folded):
        return None
    asked = [piece for piece in map(_asked, sentences(folded)) if piece is not None]
    best = max(asked, key=lambda piece: _asks_for(piece[0]), default=None)
    return Detail(folded[best[1] : best[2]], "question") if best else None


def _asked(sentence: Sequence[regex.Match[str]]) -> tuple[tuple[str, ...], int, int] | None:
    """The question in a sentence, as its words and where it stands; None if it holds none that can be said again."""
    words = [plain(token[0]) for token in sentence]
    if not sentence or words[-1] != "?" or unsafe(sentence):
        return None
    for first in _asking_starts(sentence, words):
        piece, part = sentence[first:], tuple(words[first:-1])
        short = len(part) >= 3 and piece[-1].end() - piece[0].start() <= LONGEST_QUESTION
        if short and all(token.lastgroup in ("word", "comma") for token in piece[:-1]) and _asks_for(part):
            return part, piece[0].start(), piece[-1].end()
    return None


def _asking_starts(sentence: Sequence[regex.Match[str]], words: Sequence[str]) -> Iterator[int]:
    """Where a question could begin, the fullest first: an asking word at the sentence's opening or after a break."""
    opening = next(
        (at for at, word in enumerate(words) if sentence[at].lastgroup == "word" and word not in _NOT_YET), 0
    )
    if words[opening] in ASKING:
        yield opening
    for at in range(opening + 1, len(words) - 1):
        broken = sentence[at - 1].lastgroup != "word" or words[at - 1] in _LEADING
        if broken and words[at] in ASKING and (words[at] not in BE_AND_HAVE or words[at + 1] in _SUBJECTLIKE):
            yield at


_NOT_YET = (FILLERS | CONJUNCTIONS) - ASKING
_SUBJECTLIKE = SUBJECTS | DETERMINERS | POSSESSIVES | YOURS | {"there", "anyone"}


def _asks_for(words: Sequence[str]) -> int:
    """How much a question asks for: its words that could not stand in any other; 0 if it is not meant as one."""
    asked = " ".join(words)
    if _RHETORICAL.search(asked) or any(word in HARSH for word in words):
        return 0
    telling = sum(word not in JOINING | VAGUE | ASKING for word in words)
    return telling + (telling > 0 or len(words) > 3) * any(asked.startswith(measure) for measure in _HOW_MUCH)
