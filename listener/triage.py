"""What a mention is, how soon somebody should look, and why: reasons a person can check against the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from listener.cues import CUES, URGENT
from listener.mention import Mention
from listener.phrases import Found, Phrases, Words
from listener.sentiment import Engine, Score, Sentiment, head_and_tail, mask
from listener.watch import Match, Watch

Lane = Literal["help", "complaint", "praise", "question", "chat"]
Priority = Literal["low", "normal", "high", "urgent"]
RANK: Mapping[Priority, int] = MappingProxyType({"low": 0, "normal": 1, "high": 2, "urgent": 3})

# From here on a post travels: it may lift a mention by one step.
LARGE_REACH = 10_000
# Below this a text is unhappy even where no cue says so and nobody is addressed.
CLEARLY_NEGATIVE = -0.5
# The same for a text addressed to us, and for one glad without a cue.
NEGATIVE_TO_US = -0.25
CLEARLY_POSITIVE = 0.6
HASHTAGS_MANY = 5
LINKS_MANY = 3
WORDS_OF_SUBSTANCE = 8
QUOTES_MOST = 3
# So many of a group are looked at for the best to quote.
CUES_MOST = 12

# How many words before a cue a negation still reaches it; a plea is not undone by one ("I can't wait, help me").
_NEGATION_REACH = {
    "asks": 1,
    "failure": 2,
    "harsh": 2,
    "praise": 2,
    "glowing": 2,
    "mended": 2,
    "thanks": 1,
    "safety": 2,
}
_NEGATIONS = frozenset(
    {"no", "not", "never", "nobody", "none", "without", "isnt", "arent", "wasnt", "werent", "dont", "doesnt", "didnt"}
    | {"havent", "hasnt", "hadnt", "cant", "couldnt", "wont", "wouldnt", "nothing", "could", "hardly", "barely"}
)
# What they wish for has not happened: "would be great", "I'd love to know".
_WISHES = _NEGATIONS | frozenset({"would", "id", "wish", "hope"})
_STOPS = frozenset(".!?;")
_HASHTAG = re.compile(r"(?<!\w)#\w")
_STARTS_WITH_HANDLE = re.compile(r"[\s.]*@\w")


@dataclass(frozen=True, slots=True)
class Triage:
    """How one mention was sorted. `reasons` are sentences for the desk; `words` are the engine's, strongest first."""

    sentiment: Sentiment
    compound: float | None
    lane: Lane
    priority: Priority
    reasons: tuple[str, ...]
    words: tuple[tuple[str, float], ...]
    engine: str


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
    spam: str

    def has(self, *groups: str) -> bool:
        return not self.cues.keys().isdisjoint(groups)

    def quotes(self, *groups: str) -> str:
        """The phrases of these groups as they were written: “can't log in”, “still waiting”."""
        found = [cue for group in groups for cue in self.cues.get(group, ())[:CUES_MOST]]
        # A phrase inside a longer one says nothing more.
        longest = [cue for cue in found if not any(_inside(cue, other) for other in found)]
        phrases = dict.fromkeys(self.words.quote(cue) for cue in longest)
        return ", ".join(f"“{phrase}”" for phrase in list(phrases)[:QUOTES_MOST])


def _inside(cue: Found, other: Found) -> bool:
    return other.first <= cue.first and cue.end <= other.end and cue.end - cue.first < other.end - other.first


class Triager:
    """Sorts mentions: the engine says how a text feels, the cues say what its author needs."""

    def __init__(self, engine: Engine, watches: Iterable[Watch] = ()) -> None:
        self._engine = engine
        self._kinds = {watch.name: watch.kind for watch in watches}
        self._phrases = Phrases(CUES)

    def triage(self, mention: Mention, matches: Sequence[Match] = ()) -> Triage:
        """The mention's sentiment, lane, priority and the reasons for them."""
        masked = mask(mention.text, _all_spans(matches))
        heard = self._hear(mention, matches, masked)
        lane, why = _lane(heard)
        priority, also = _priority(heard, lane, mention.author.followers)
        score = heard.score
        return Triage(score.sentiment, score.compound, lane, priority, (*why, *also), score.words, self._engine.name)

    def _hear(self, mention: Mention, matches: Sequence[Match], masked: str) -> _Heard:
        words = Words(head_and_tail(masked))
        cues = _meant(self._phrases.find(words.list), words.list)
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
            spam=_spam(mention, cues),
        )


def _meant(found: Iterable[Found], words: Sequence[str]) -> dict[str, list[Found]]:
    """The cues by group, without those that a "not" before them turns round: "no problems", "nobody could help me"."""
    cues: dict[str, list[Found]] = {}
    for cue in found:
        reach = _NEGATION_REACH.get(cue.group, 0)
        before = words[max(cue.first - reach, 0) : cue.first]
        turned = _WISHES if cue.group in ("praise", "glowing") else _NEGATIONS
        if turned.isdisjoint(before) or not _STOPS.isdisjoint(before):
            cues.setdefault(cue.group, []).append(cue)
    return cues


def _all_spans(matches: Sequence[Match]) -> list[tuple[int, int]]:
    """The spans of all matches in order, those that overlap as one."""
    if len(matches) == 1:
        return list(matches[0].spans)
    merged: list[tuple[int, int]] = []
    for start, end in sorted(span for match in matches for span in match.spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _addresses(text: str, matches: Sequence[Match]) -> bool:
    return any("@" in text[max(start - 1, 0) : start + 1] for match in matches for start, _ in match.spans)


def _spam(mention: Mention, cues: Mapping[str, Sequence[Found]]) -> str:
    """Why this looks like an advertisement; "" where it doesn't."""
    hashtags = len(_HASHTAG.findall(mention.text)) if "#" in mention.text else 0
    links = mention.text.count("://")
    if hashtags >= HASHTAGS_MANY:
        return f"{hashtags} hashtags"
    if links >= LINKS_MANY:
        return f"{links} links"
    return "an offer" if len(cues.get("spam", ())) > 1 or ("spam" in cues and links) else ""


# Lanes: the first rule that holds. Each says why.


def _lane(heard: _Heard) -> tuple[Lane, list[str]]:
    for rule in (_not_for_us, _suspect_praise, _needs_us, _unhappy, _glad, _wants_to_know, _clearly_negative):
        verdict = rule(heard)
        if verdict is not None:
            return verdict
    return "chat", []


Verdict = tuple[Lane, list[str]] | None


def _not_for_us(heard: _Heard) -> Verdict:
    if heard.spam and not heard.to_us:
        return "chat", [f"looks like advertising: {heard.spam}"]
    if not heard.about_us:
        if heard.asks and heard.has("question"):
            return "question", ["asks about a topic we follow"]
        return "chat", ["about others, not about us"]
    return None


def _suspect_praise(heard: _Heard) -> Verdict:
    kind = heard.has("glowing", "sarcasm")
    failing = heard.has("failure", "waiting", "harsh")
    if kind and failing and not heard.has("mended", "asks") and (heard.has("sarcasm") or not _warm(heard)):
        quoted = heard.quotes("failure", "waiting", "harsh")
        return "complaint", [f"positive words beside a failure: may be sarcasm ({quoted})"]
    return None


def _warm(heard: _Heard) -> bool:
    """Warm beyond one kind word: the failure is then part of a story that ended well."""
    return len(heard.cues.get("praise", ())) > len(heard.cues.get("failure", ())) + len(heard.cues.get("harsh", ()))


def _needs_us(heard: _Heard) -> Verdict:
    if heard.has("mended") and heard.score.sentiment != "negative":
        return None
    if heard.has("asks"):
        return "help", [f"asks for help: {heard.quotes('asks')}", *_mood(heard)]
    if heard.has("fraud", "stranded"):
        return "help", [f"needs us: {heard.quotes('fraud', 'stranded')}", *_mood(heard)]
    if heard.has("failure") and not heard.has("harsh", "leaving") and heard.to_us and not _warm(heard):
        return "help", [f"something doesn't work: {heard.quotes('failure')}", *_mood(heard)]
    return None


def _unhappy(heard: _Heard) -> Verdict:
    if heard.score.sentiment == "positive" and (heard.has("mended") or _warm(heard)):
        return None
    if heard.has("leaving"):
        return "complaint", [f"is leaving us: {heard.quotes('leaving')}", *_mood(heard)]
    if heard.has("harsh", "failure", "waiting", "safety", "legal"):
        return "complaint", [
            f"unhappy: {heard.quotes('safety', 'legal', 'harsh', 'failure', 'waiting')}",
            *_mood(heard),
        ]
    return None


def _glad(heard: _Heard) -> Verdict:
    if heard.asks or heard.score.sentiment == "negative":
        return None
    if heard.has("thanks", "praise"):
        return "praise", [f"glad: {heard.quotes('praise', 'thanks')}"]
    if heard.to_us and (heard.score.compound or 0.0) >= CLEARLY_POSITIVE and _WISHES.isdisjoint(heard.words.list):
        return "praise", [f"positive: {_engine_words(heard, 1)}"]
    return None


def _wants_to_know(heard: _Heard) -> Verdict:
    if heard.to_others or not (heard.asks or (heard.to_us and heard.has("question"))):
        return None
    if heard.has("question") or heard.to_us:
        return "question", [
            f"wants to know: {heard.quotes('question')}" if heard.has("question") else "asks a question"
        ]
    return None


def _clearly_negative(heard: _Heard) -> Verdict:
    compound = heard.score.compound or 0.0
    if compound <= (NEGATIVE_TO_US if heard.to_us else CLEARLY_NEGATIVE) and not heard.has("thanks", "mended"):
        return "complaint", _mood(heard)
    return None


def _mood(heard: _Heard) -> list[str]:
    """What the engine heard, where it is unhappy."""
    if heard.score.sentiment != "negative":
        return []
    words = _engine_words(heard, -1)
    return [f"negative: {words}" if words else "negative"]


def _engine_words(heard: _Heard, sign: int) -> str:
    words = [word for word, valence in heard.score.words if valence * sign > 0]
    return ", ".join(f"“{word}”" for word in words[:QUOTES_MOST])


# Priority: what the lane is worth, lifted by what cannot wait.


def _priority(heard: _Heard, lane: Lane, followers: int | None) -> tuple[Priority, list[str]]:
    if heard.spam and not heard.to_us:
        return "low", []
    danger = heard.quotes(*URGENT)
    if danger and heard.about_us and lane in ("help", "complaint"):
        return "urgent", [f"cannot wait: {danger}", *_circumstances(heard, followers)]
    priority = _worth(heard, lane)
    if (followers or 0) >= LARGE_REACH:
        priority = "normal" if priority == "low" else "high"
    return priority, list(_circumstances(heard, followers))


def _worth(heard: _Heard, lane: Lane) -> Priority:
    if lane in ("help", "complaint"):
        return "high" if heard.to_us or heard.has("leaving", "long waiting") else "normal"
    if lane == "question":
        return "normal"
    of_substance = len(heard.words.list) >= WORDS_OF_SUBSTANCE
    return "normal" if lane == "praise" and (heard.to_us or of_substance) else "low"


def _circumstances(heard: _Heard, followers: int | None) -> Iterator[str]:
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
