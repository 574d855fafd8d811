"""Sorts mentions into lanes by what was heard in them, each lane by a rule that says why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from listener.mention import Mention
from listener.sentiment import SOMEONE, Engine, Score, head_and_tail, mask
from listener.triage.adverts import listed, needs_us, why_an_advert
from listener.triage.cues import URGENT
from listener.triage.meant import CUES_MOST, STOPS, WISHES, meant, phrases, warm
from listener.triage.phrases import Found, Words
from listener.triage.quotes import all_spans, in_their_words, own_words
from listener.triage.shape import (
    ADVERTISEMENT,
    LOSS,
    NEWS,
    OTHERS,
    PERSONAL,
    SARCASM,
    Lane,
    Priority,
    Triage,
)
from listener.triage.spam import why_spam
from listener.watch import Match, Watch

# From here on a post travels: it may lift a mention by one step.
LARGE_REACH = 10_000
# Below this a text is unhappy even where no cue says so and nobody is addressed.
CLEARLY_NEGATIVE = -0.5
# The same where a single word makes it so: “I keep stealing her chair” is no complaint.
NEGATIVE_BY_ONE_WORD = -0.7
# The same for a text addressed to us, and for one glad without a cue.
NEGATIVE_TO_US = -0.25
CLEARLY_POSITIVE = 0.6
WORDS_OF_SUBSTANCE = 8
# What may stand before a glow that opens a sentence: “Oh well, @acme, how lovely …”.
_INTERJECTED = frozenset(
    {SOMEONE, "oh", "well", "ah", "wow", "just", "absolutely", "ok", "and", "how", "what", "a", "so"}
    | {"hi", "hey", "hello"}
)
_STARTS_WITH_HANDLE = re.compile(r"[\s.]*@\w")


@dataclass(frozen=True, slots=True)
class _Heard:
    """All that the lane and the priority are judged by."""

    words: Words
    cues: Mapping[str, Sequence[Found]]
    score: Score
    about_us: bool
    to_us: bool
    to_others: bool
    asks: bool
    advert: str
    spam: str

    def has(self, *groups: str) -> bool:
        return not self.cues.keys().isdisjoint(groups)

    def quotes(self, *groups: str) -> str:
        """The phrases of these groups as they were written: “can't log in”, “still waiting”."""
        return listed(self.words.quotes(cue for group in groups for cue in self.cues.get(group, ())[:CUES_MOST]))


class Triager:
    """Sorts mentions: the engine says how a text feels, the cues say what its author needs."""

    def __init__(self, engine: Engine, watches: Iterable[Watch] = ()) -> None:
        self._engine = engine
        self._kinds = {watch.name: watch.kind for watch in watches}
        self._phrases = phrases()

    def triage(self, mention: Mention, matches: Sequence[Match] = ()) -> Triage:
        """The mention's sentiment, lane, priority and the reasons for them."""
        masked = mask(own_words(mention.text), all_spans(matches))
        heard = self._hear(mention, matches, masked)
        lane, why = _lane(heard)
        priority, also = _priority(heard, lane, mention.author.followers)
        score, reasons = heard.score, in_their_words([*why, *also], mention.text, matches)
        return Triage(
            score.sentiment,
            score.compound,
            lane,
            priority,
            reasons,
            score.words,
            self._engine.name,
            negative=score.negative,
            unsure=score.unsure,
        )

    def _hear(self, mention: Mention, matches: Sequence[Match], masked: str) -> _Heard:
        words = Words(head_and_tail(masked))
        cues = meant(self._phrases.find(words.list), words.list)
        ours = [match for match in matches if self._kinds.get(match.watch, "brand") == "brand"]
        to_us = mention.to_us or _addresses(mention.text, ours)
        to_somebody = _STARTS_WITH_HANDLE.match(mention.text) is not None
        if not matches and "brand" not in self._kinds.values():
            to_us = to_us or to_somebody  # no watch says who we are: whoever is addressed may be us
        return _Heard(
            words=words,
            cues=cues,
            score=self._engine.score(masked, mention.lang),
            about_us=to_us or bool(ours) or not matches,
            to_us=to_us,
            to_others=to_somebody and not to_us,
            asks="?" in words.list,
            advert=why_an_advert(masked, words, cues, to_us=to_us),
            spam=why_spam(mention, words, cues, needs_us=needs_us(cues)),
        )


def _addresses(text: str, matches: Sequence[Match]) -> bool:
    return any("@" in text[max(start - 1, 0) : start + 1] for match in matches for start, _ in match.spans)


# Lanes: the first rule that holds. Each says why.


def _lane(heard: _Heard) -> tuple[Lane, list[str]]:
    for rule in _RULES:
        verdict = rule(heard)
        if verdict is not None:
            return verdict
    return "chat", []


Verdict = tuple[Lane, list[str]] | None
_I_OR_YOU = frozenset({"i", "im", "ive", "my", "me", "mine", "we", "our", "us", "you", "your", "yours", "u", "ur"})


def _not_for_us(heard: _Heard) -> Verdict:
    if heard.advert:
        return "spam", [f"{ADVERTISEMENT}: {heard.advert}"]
    if heard.spam:
        return "spam", [heard.spam]
    if not heard.about_us:
        if heard.asks and heard.has("question"):
            return "question", ["asks about a topic we follow"]
        return "chat", [OTHERS]
    return None


def _grieves(heard: _Heard) -> Verdict:
    """Somebody has died, and nothing is asked of us: a matter for a person, and for no table of faults."""
    more_than_that = ("asks", "harsh", "waiting", "leaving", "thanks", "praise", *URGENT)
    if not heard.has("loss") or heard.asks or heard.has(*more_than_that) or len(heard.cues.get("failure", ())) > 1:
        return None
    return "chat", []


def _in_danger(heard: _Heard) -> Verdict:
    """What was done to a person, a child or others' data: no kind word beside it makes it praise, unless in thanks."""
    if heard.score.sentiment == "positive" and heard.has("thanks", "mended"):
        return None
    if heard.has("abuse", "exposed"):
        return ("help" if heard.has("asks") else "complaint"), _mood(heard)
    return None


def _reports(heard: _Heard) -> Verdict:
    """A line of news about us: nobody in it speaks, to us or of themselves."""
    if not heard.has("news") or heard.to_us or not _I_OR_YOU.isdisjoint(heard.words.list):
        return None
    return "chat", [f"{NEWS}: {heard.quotes('news')}"]


def _takes_back(heard: _Heard) -> Verdict:
    """They were wrong, and say so: not unhappy with us, unless something is still asked or judged."""
    if not heard.has("retracted") or heard.has("asks", "harsh", "leaving", "damage", *URGENT):
        return None
    return "praise" if heard.has("thanks", "praise") else "chat", [f"takes it back: {heard.quotes('retracted')}"]


def _suspect_praise(heard: _Heard) -> Verdict:
    if not heard.has("glowing", "sarcasm") or heard.has("mended", "asks"):
        return None
    if heard.has("failure", "waiting", "harsh") and (heard.has("sarcasm") or not warm(heard.cues)):
        quoted = heard.quotes("failure", "waiting", "harsh")
        return "complaint", [f"positive words beside a failure: {SARCASM} ({quoted})"]
    if _imposed_upon(heard):
        return "complaint", [
            f"positive words before what they have to put up with: {SARCASM} ({heard.quotes('imposing')})"
        ]
    return None


def _imposed_upon(heard: _Heard) -> bool:
    """Whether a glowing word leads up to an imposition: “Lovely, now I have to …”, “So glad that it wants me to …”."""
    imposing, glowing = heard.cues.get("imposing", ()), heard.cues.get("glowing", ())
    if len(heard.cues.get("praise", ())) > len(imposing) or heard.has("thanks"):
        return False
    return any(_leads_up_to(glow, cue, heard.words.list) for glow in glowing for cue in imposing)


def _leads_up_to(glow: Found, cue: Found, words: Sequence[str]) -> bool:
    """Whether the glow opens the cue's sentence, or is a sentence by itself before it (“Great. Now I have to …”)."""
    between = words[glow.end : cue.first]
    exclaimed = between[:1] in (["."], ["!"])
    return (
        glow.end <= cue.first
        and _INTERJECTED.issuperset(words[_opening(glow, words) : glow.first])
        and (exclaimed or STOPS.isdisjoint(between))
    )


def _needs_us(heard: _Heard) -> Verdict:
    if heard.has("mended") and heard.score.sentiment != "negative":
        return None
    if heard.has("asks"):
        return "help", [f"asks for help: {heard.quotes('asks')}", *_mood(heard)]
    if heard.has("fraud", "stranded"):
        return "help", [f"needs us: {heard.quotes('fraud', 'stranded')}", *_mood(heard)]
    if heard.has("failure", "damage") and not heard.has("harsh", "leaving") and heard.to_us and not warm(heard.cues):
        return "help", [f"something doesn't work: {heard.quotes('failure', 'damage')}", *_mood(heard)]
    return None


def _unhappy(heard: _Heard) -> Verdict:
    if heard.score.sentiment == "positive" and (heard.has("mended") or warm(heard.cues)):
        return None
    if heard.has("leaving"):
        return "complaint", [f"is leaving us: {heard.quotes('leaving')}", *_mood(heard)]
    if heard.has("harsh", "failure", "waiting", "safety", "legal", "damage"):
        return "complaint", [
            f"unhappy: {heard.quotes('safety', 'legal', 'damage', 'harsh', 'failure', 'waiting')}",
            *_mood(heard),
        ]
    return None


def _glad(heard: _Heard) -> Verdict:
    if heard.asks or (heard.score.sentiment == "negative" and not heard.has("hearty")):
        return None
    if heard.has("thanks", "praise", "hearty"):
        return "praise", [f"glad: {heard.quotes('hearty', 'praise', 'thanks')}"]
    if heard.to_us and (heard.score.compound or 0.0) >= CLEARLY_POSITIVE and WISHES.isdisjoint(heard.words.list):
        return "praise", [f"positive: {_engine_words(heard, 1)}"]
    return None


def _wants_to_know(heard: _Heard) -> Verdict:
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
        opening = next((spot for spot in range(first, at) if words.list[spot] not in _INTERJECTED), at)
        if word == "?" and at - opening > 2 and words.list[opening] in _AUXILIARIES:
            return words.quote(Found("question", opening, opening + 2))
        first = at + 1
    return None


def _asks_without_mark(heard: _Heard) -> bool:
    """Whether a question stands there without its mark: at the start of a sentence, or in three words and more."""
    return any(
        cue.end - cue.first > 2
        or _INTERJECTED.issuperset(heard.words.list[_opening(cue, heard.words.list) : cue.first])
        for cue in heard.cues.get("question", ())
    )


def _opening(cue: Found, words: Sequence[str]) -> int:
    """Where the sentence of a phrase begins."""
    return next((at for at in range(cue.first, 0, -1) if words[at - 1] in STOPS), 0)


def _clearly_negative(heard: _Heard) -> Verdict:
    compound = heard.score.compound or 0.0
    if compound <= _unhappy_from(heard) and not heard.has("thanks", "mended"):
        return "complaint", _mood(heard)
    return None


def _unhappy_from(heard: _Heard) -> float:
    if heard.to_us:
        return NEGATIVE_TO_US
    several = sum(valence < 0 for _, valence in heard.score.words) > 1
    return CLEARLY_NEGATIVE if several else NEGATIVE_BY_ONE_WORD


def _mood(heard: _Heard) -> list[str]:
    """What the engine heard, where it is unhappy."""
    if heard.score.sentiment != "negative":
        return []
    words = _engine_words(heard, -1)
    return [f"negative: {words}" if words else "negative"]


def _engine_words(heard: _Heard, sign: int) -> str:
    words = [word for word, valence in heard.score.words if valence * sign > 0]
    return listed(words)


# Priority: what the lane is worth, lifted by what cannot wait.


def _priority(heard: _Heard, lane: Lane, followers: int | None) -> tuple[Priority, list[str]]:
    if lane == "spam":
        return "low", []
    danger = heard.quotes(*URGENT)
    if danger and heard.about_us and lane in ("help", "complaint"):
        personal = heard.quotes("abuse", "exposed")
        alone = [f"{PERSONAL}: {personal}"] if personal else []
        return "urgent", [f"cannot wait: {danger}", *alone, *_circumstances(heard, followers)]
    priority = _worth(heard, lane)
    if (followers or 0) >= LARGE_REACH:
        priority = "normal" if priority == "low" else "high"
    return priority, list(_circumstances(heard, followers))


def _worth(heard: _Heard, lane: Lane) -> Priority:
    if lane in ("help", "complaint"):
        return "high" if heard.to_us or heard.has("leaving", "long waiting", "damage") else "normal"
    if heard.has("loss") and heard.about_us:
        return "high" if heard.to_us else "normal"
    if lane == "question":
        return "normal"
    of_substance = len(heard.words.list) >= WORDS_OF_SUBSTANCE
    return "normal" if lane == "praise" and (heard.to_us or of_substance) else "low"


def _circumstances(heard: _Heard, followers: int | None) -> Iterator[str]:
    if heard.has("loss", "mourning"):
        yield f"{LOSS}: {heard.quotes('loss', 'mourning')}"
    if heard.has("long waiting"):
        yield f"waiting long: {heard.quotes('long waiting')}"
    if heard.to_us:
        yield "addressed to us"
    elif heard.to_others:
        yield "talks to someone else"
    if followers is not None and followers >= LARGE_REACH:
        yield f"{followers:,} followers"
    if heard.score.sentiment == "unscored":
        yield "sentiment not scored: not in English"


_RULES: Sequence[Callable[[_Heard], Verdict]] = (
    _not_for_us,
    _grieves,
    _in_danger,
    _reports,
    _takes_back,
    _suspect_praise,
    _needs_us,
    _unhappy,
    _glad,
    _wants_to_know,
    _clearly_negative,
)
