"""Sorts mentions into lanes by what was heard in them, each lane by a rule that says why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from listener.language import CHARACTERS_MOST, UNDETERMINED, language_of, mostly_latin
from listener.mention import Mention
from listener.sentiment import Engine, head_and_tail, mask
from listener.settings import PriorityPart
from listener.triage.adverts import needs_us, why_an_advert
from listener.triage.asking import asks_around, wants_to_know
from listener.triage.complaints import Complaints, shipped
from listener.triage.cues import URGENT
from listener.triage.doubts import GLAD_UNREAD, doubt, unsure
from listener.triage.heard import FEW, Heard, Verdict
from listener.triage.intents import intents
from listener.triage.irony import suspect_praise
from listener.triage.meant import WISHES, meant, phrases, warm
from listener.triage.ours import I_OR_YOU, ours_of, unmistakable
from listener.triage.phrases import Words
from listener.triage.priority import Pressing, prioritise
from listener.triage.quotes import all_spans, in_their_words, own_words
from listener.triage.shape import (
    ADVERTISEMENT,
    NEWS,
    OTHERS,
    PERSONAL,
    UNREAD,
    Intent,
    Lane,
    Triage,
)
from listener.triage.spam import why_spam
from listener.triage.unhappy import clearly_negative, engine_words, mood, rather_unhappy, sounds_unhappy, unhappy
from listener.watch import Match, Watch

CLEARLY_POSITIVE = 0.6
# Said of nothing.
_ASSENT = frozenset(
    {"ok", "okay", "yes", "yep", "yeah", "sure", "lol", "haha", "hahaha", "lmao", "happy", "good", "fine"}
)
# Arabic, Chinese and Japanese, Greek, Armenian, Ethiopic.
_ASKED = frozenset("؟？;՞፧")
_STARTS_WITH_HANDLE = re.compile(r"[\s.]*@\w")


class Triager:
    """Sorts mentions: the engine says how a text feels, the cues say what its author needs."""

    def __init__(
        self,
        engine: Engine,
        watches: Iterable[Watch] = (),
        weights: PriorityPart | None = None,
        complaints: Complaints | None = None,
    ) -> None:
        self._engine = engine
        self._weights = weights or PriorityPart()
        self._complaints = complaints or shipped()
        self._kinds = {watch.name: watch.kind for watch in watches}
        self._phrases = phrases()

    def triage(self, mention: Mention, matches: Sequence[Match] = ()) -> Triage:
        """The mention's sentiment, lane, priority and the reasons for them."""
        theirs = own_words(mention.text)
        masked = mask(theirs, all_spans(matches))
        language = language_of(theirs, mention.lang)
        heard = self._hear(mention, matches, masked, language)
        lane, why = _lane(heard)
        wanted, doubts = intents(heard, lane), doubt(heard, lane)
        judged = prioritise(_pressing(heard, lane, wanted, mention), self._weights)
        score, reasons = heard.score, in_their_words([*why, *doubts, *judged.reasons], mention.text, matches)
        return Triage(
            score.sentiment,
            score.compound,
            lane,
            judged.priority,
            reasons,
            score.words,
            self._engine.name,
            negative=score.negative,
            unsure=unsure(heard, lane, [*why, *doubts]),
            language=language,
            intent=wanted[0],
            intents=wanted,
            points=judged.points,
            because=judged.because,
        )

    def _hear(self, mention: Mention, matches: Sequence[Match], masked: str, language: str) -> Heard:
        words = Words(head_and_tail(masked))
        score = self._engine.score(masked, language)
        read = language == "en" or (language == UNDETERMINED and mostly_latin(masked[:CHARACTERS_MOST]))
        found = self._phrases.find(words.list)
        cues = meant(found if read else unmistakable(found), words.list)
        complaint = self._complaints.probability(words.list, cues) if read else 0.0
        ours = [match for match in matches if self._kinds.get(match.watch, "brand") == "brand"]
        to_us = mention.to_us or _addresses(mention.text, ours)
        to_somebody = _STARTS_WITH_HANDLE.match(mention.text) is not None
        if not matches and "brand" not in self._kinds.values():
            to_us = to_us or to_somebody  # no watch says who we are: whoever is addressed may be us
        named = bool(ours) or mention.to_us
        return Heard(
            words=words,
            cues=cues if named or to_us else ours_of(cues, words, complaint),
            score=score,
            about_us=to_us or bool(ours) or not matches,
            to_us=to_us,
            to_others=to_somebody and not to_us,
            asks="?" in words.list or (not read and not _ASKED.isdisjoint(masked)),
            advert=why_an_advert(masked, words, cues, to_us=to_us),
            spam=why_spam(mention, words, cues, to_us=to_us, needs_us=needs_us(cues)),
            named=named,
            read=read,
            complaint=complaint,
        )


def _pressing(heard: Heard, lane: Lane, wanted: Sequence[Intent], mention: Mention) -> Pressing:
    return Pressing(
        lane,
        about_us=heard.about_us,
        to_us=heard.to_us,
        to_others=heard.to_others,
        asks=heard.has("asks"),
        danger=heard.quotes(*URGENT),
        personal=heard.quotes("abuse", "exposed", "threats"),
        loss=heard.quotes("loss"),
        mourning=heard.quotes("loss", "mourning"),
        long_waiting=heard.quotes("long waiting"),
        leaving=heard.has("leaving"),
        damage=heard.has("damage"),
        buying="buying" in wanted,
        words=len(heard.words.list),
        followers=mention.author.followers,
        noticed=(mention.likes or 0) + (mention.reposts or 0) + (mention.replies or 0),
        scored=heard.score.sentiment != "unscored",
        read=heard.read,
    )


def _addresses(text: str, matches: Sequence[Match]) -> bool:
    return any("@" in text[max(start - 1, 0) : start + 1] for match in matches for start, _ in match.spans)


# Lanes: the first rule that holds. Each says why.


def _lane(heard: Heard) -> tuple[Lane, list[str]]:
    for rule in _RULES:
        verdict = rule(heard)
        if verdict is not None:
            return verdict
    return "chat", []


def _not_for_us(heard: Heard) -> Verdict:
    if heard.advert:
        return "spam", [f"{ADVERTISEMENT}: {heard.advert}"]
    if heard.spam:
        return "spam", [heard.spam]
    if not heard.about_us:
        if heard.asks and heard.has("question"):
            return "question", ["asks about a topic we follow"]
        return "chat", [OTHERS]
    return None


_BY_MOOD: Mapping[str, Lane] = {"negative": "complaint", "positive": "praise"}


def _not_read(heard: Heard) -> Verdict:
    """In a language whose words are not known here nothing is guessed: whether it asks, and whom, is all there is."""
    if heard.read or heard.cues:
        return None
    if heard.asks:
        return "question", [f"{UNREAD}: asks something"]
    lane: Lane = _BY_MOOD.get(heard.score.sentiment, "chat")
    if lane == "praise" and (heard.score.compound or 0.0) < GLAD_UNREAD:
        lane = "chat"
    return lane, [f"{UNREAD}: for a person", *mood(heard)]


def _grieves(heard: Heard) -> Verdict:
    """Somebody has died, and nothing is asked of us: a matter for a person, and for no table of faults."""
    more_than_that = ("asks", "harsh", "waiting", "leaving", "thanks", "praise", *URGENT)
    if not heard.has("loss") or heard.asks or heard.has(*more_than_that) or len(heard.cues.get("failure", ())) > 1:
        return None
    return "chat", []


def _in_danger(heard: Heard) -> Verdict:
    """What was done to a person, a child or others' data: no kind word beside it makes it praise, unless in thanks."""
    if heard.score.sentiment == "positive" and heard.has("thanks", "mended"):
        return None
    if heard.has("abuse", "exposed", "threats"):
        return ("help" if heard.has("asks") else "complaint"), mood(heard)
    if heard.has("insults") and not heard.to_others:
        return "complaint", [f"insults us: {heard.quotes('insults')}", PERSONAL]
    return None


def _reports(heard: Heard) -> Verdict:
    """A line of news about us: nobody in it speaks, to us or of themselves."""
    if not heard.has("news") or heard.to_us or not I_OR_YOU.isdisjoint(heard.words.list):
        return None
    return "chat", [f"{NEWS}: {heard.quotes('news')}"]


def _takes_back(heard: Heard) -> Verdict:
    """They were wrong, and say so: not unhappy with us, unless something is still asked or judged."""
    if not heard.has("retracted") or heard.has("asks", "harsh", "leaving", "damage", *URGENT):
        return None
    return "praise" if heard.has("thanks", "praise") else "chat", [f"takes it back: {heard.quotes('retracted')}"]


def _needs_us(heard: Heard) -> Verdict:
    if heard.has("mended") and heard.score.sentiment != "negative":
        return None
    if heard.has("asks"):
        return "help", [f"asks for help: {heard.quotes('asks')}", *mood(heard)]
    if heard.has("fraud", "stranded"):
        return "help", [f"needs us: {heard.quotes('fraud', 'stranded')}", *mood(heard)]
    if heard.has("failure", "damage") and not heard.has("harsh", "leaving") and heard.to_us and not warm(heard.cues):
        return "help", [f"something doesn't work: {heard.quotes('failure', 'damage')}", *mood(heard)]
    return None


def _buys(heard: Heard) -> Verdict:
    if not heard.has("buying") or heard.to_others:
        return None
    return "question", [f"thinks of buying: {heard.quotes('buying')}"]


def _glad(heard: Heard) -> Verdict:
    if heard.asks or (heard.score.sentiment == "negative" and not heard.has("hearty")):
        return None
    if asks_around(heard) and not heard.has("thanks", "recommends"):  # “can anyone recommend …”, the mark left out
        return None
    if heard.has("recommends"):
        return "praise", [f"recommends us to others: {heard.quotes('recommends')}"]
    if heard.has("thanks", "praise", "hearty"):
        return "praise", [f"glad: {heard.quotes('hearty', 'praise', 'thanks')}"]
    addressed = heard.to_us or (len(heard.words.list) <= FEW and _ASSENT.isdisjoint(heard.words.list))
    if addressed and (heard.score.compound or 0.0) >= CLEARLY_POSITIVE and WISHES.isdisjoint(heard.words.list):
        return "praise", [f"positive: {engine_words(heard, 1)}"]
    return None


_RULES: Sequence[Callable[[Heard], Verdict]] = (
    _not_for_us,
    _not_read,
    _grieves,
    _in_danger,
    _reports,
    _takes_back,
    suspect_praise,
    _needs_us,
    unhappy,
    sounds_unhappy,
    _glad,
    _buys,
    wants_to_know,
    rather_unhappy,
    clearly_negative,
)
