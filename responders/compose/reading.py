"""What a message holds that a template may hang on, and what it already says, so that nobody is asked for it again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import regex

from listener.triage import SARCASM, Triage
from listener.triage.cues import URGENT
from listener.triage.meant import cues_of, meant, phrases, warm
from listener.triage.phrases import Found, Words
from responders.compose.fragments import READ_AT_MOST, fold, plain
from responders.compose.history import SERIOUS, History
from responders.compose.wording import DETERMINERS, FEELINGS, GENERIC, GLAD, HARSH, JOINING, POSSESSIVES, TIMES, VAGUE

Cues = Mapping[str, Sequence[Found]]

# Triage's own groups: only these say that something is amiss. A single word such as “not” or “finish” never does.
AMISS = ("failure", "waiting", "long waiting", "harsh", "leaving", "damage", *URGENT)
LONG_STORY = 25  # words


def traits_of(text: str, triage: Triage, history: History) -> frozenset[str]:
    """Which of the conditions under `needs` hold, those of the detail and the question apart."""
    cues = cues_of(text[:READ_AT_MOST])
    trouble, mixed = _amiss(cues, triage), bool(after_the_but(text))
    calm = not trouble and not mixed
    same = triage.lane != "praise" and history.same_again
    has = {
        "trouble": trouble,
        "mixed": mixed and not trouble,
        "calm": calm,
        "glad": calm and triage.sentiment == "positive" and sounds(text, GLAD),
        "fault": trouble and _FAULT.search(text.casefold()) is not None,
        "waiting": trouble and bool(cues.keys() & {"waiting", "long waiting"}),
        "leaving": trouble and "leaving" in cues,
        "irony": triage.says(SARCASM),
        "history": bool(history.said),
        "again": history.same_again,
        "promise": same and history.promised,
        "unanswered": same and history.lane in SERIOUS and not history.answered,
    }
    return frozenset(name for name, holds in has.items() if holds)


_FAULT = regex.compile(
    r"\b(?:work(?:s|ing)?|crash\p{L}*|errors?|load(?:s|ing)?|connect\p{L}*|log ?in|sign ?in|sync\p{L}*|screen"
    r"|install\p{L}*|battery|charg(?:e|es|ing|er)|wi-?fi|signal|app|turns? (?:on|off)|play(?:s|ing)?|print\p{L}*"
    r"|flicker\p{L}*"
    r"|hums?|buzz\p{L}*|freez\p{L}*|frozen|froze|switch(?:es)?|broken|breaks|broke|leaks?|leaking|won't)\b"
)


def evidence_of(text: str, triage: Triage) -> list[str]:
    """The words by which something is amiss, or else glad: what the reply had best take up."""
    words = Words(text[:READ_AT_MOST])
    cues = meant(phrases().find(words.list), words.list)
    groups = AMISS if triage.lane != "praise" else ("praise",)
    return words.quotes(cue for group in groups if group != "harsh" for cue in cues.get(group, ()))


def dangers_of(text: str) -> frozenset[str]:
    """What makes this urgent: one of the dangers in `URGENT`, by the cues triage goes by."""
    return frozenset(cues_of(text[:READ_AT_MOST])) & frozenset(URGENT)


def _amiss(cues: Cues, triage: Triage) -> bool:
    """Whether something is amiss by triage's own cues and reasons, and was not mended: then no cheerful answer."""
    if triage.says(SARCASM):
        return True
    ended_well = bool(cues.keys() & {"mended", "hearty", "retracted"}) or (triage.lane == "praise" and warm(cues))
    return not cues.keys().isdisjoint(AMISS) and not ended_well


_BUT = regex.compile(
    r"(?<!\b(?:nothing|anything|last|not only)[^.!?]{0,40})[,.]? (?:but|except|shame|pity|though)\b\s*"
)


def after_the_but(text: str) -> str:
    """What follows the “but” in a kind message, where it is not kind itself; empty where there is none."""
    for sentence in regex.split(r"(?<=[.!?])\s", fold(text)):
        kind, but, rest = _parted(sentence)
        if but and len(rest.split()) > 3 and cues_of(kind).keys() & {"praise", "hearty"} and not sounds(rest, GLAD):
            return rest
    return ""


def _parted(sentence: str) -> tuple[str, str, str]:
    found = _BUT.search(sentence)
    return (sentence[: found.start()], found[0], sentence[found.end() :]) if found else (sentence, "", "")


_WORD = regex.compile(r"\p{L}+(?:['’]\p{L}+)?")


def sounds(text: str, listed: Collection[str]) -> bool:
    """Whether one of these words stands in the text."""
    return any(plain(word) in listed for word in _WORD.findall(text[:READ_AT_MOST]))


# What they have said already.

_SAYS: Mapping[str, regex.Pattern[str]] = {
    "thing": regex.compile(
        r"\b(?:\p{L}{1,4}-?\d{3,}|(?:order|booking|flight|invoice|ref|no|number)\.? ?#?\d{2,})|#\d{3,}"
    ),
    "contact": regex.compile(
        r"\b(?:told (?:me|us|that|it|you)|(?:was|were|been) told|(?:you|they|he|she|agent|staff|driver|someone) "
        r"(?:\p{L}+ )?said|e-?mail(?:ed|s)?|mailed|called|calls?|rang|phoned|spoke|spoken|chat(?:ted)?|messaged"
        r"|wrote|written|replied|answers?|answered|repl(?:y|ies)"
        r"|agent|rep|advis[eo]r|on hold|no response|ignored|dm(?:ed|'d)?)\b"
    ),
    "steps": regex.compile(
        r"\b(?:tried|trying|restart|reset|reboot|re-?install|uninstall|unplug|(?:turn|switch)(?:ed|ing) (?:it )?off"
        r"|clear(?:ed|ing)|follow(?:ed|ing)|check(?:ed|ing)|replac(?:ed|ing)|swap)\p{L}*"
    ),
    "now": regex.compile(
        r"\b(?:still|again|every|each|keeps?|always|since|now|yet|waiting|is|are|am|won't|can't|cannot|doesn't|don't|isn't"
        r"|aren't|(?:second|third|fourth|fifth|sixth|\d+(?:st|nd|rd|th)) (?:day|week|month|time|\p{L}+day))\b"
    ),
    "wish": regex.compile(
        r"\b(?:refund\p{L}*|replac\p{L}*|money back|compensat\p{L}*|want|need|please|instead|(?:can|could|would) "
        r"(?:you|i|we|it|they|someone)|i'd like|all i|give me|send me)\b"
    ),
}


def already_said(text: str) -> frozenset[str]:
    """What they have told us: `thing`, `contact`, `steps`, `now`, `wish`, `when` or the whole `story`."""
    said = plain(fold(text))
    words = [plain(word) for word in _WORD.findall(text[:READ_AT_MOST])]
    found = {name for name, pattern in _SAYS.items() if pattern.search(said)}
    if _names_a_thing(words):
        found.add("thing")
    if not TIMES.isdisjoint(words):
        found.add("when")
    if len(words) > LONG_STORY:
        found.add("story")
    return frozenset(found)


_BEFORE_A_THING = DETERMINERS | POSSESSIVES | {"your"}
_NO_THING = JOINING | VAGUE | TIMES | FEELINGS | HARSH | GENERIC


def _names_a_thing(words: Sequence[str]) -> bool:
    """Whether they name what it is about: “my Wren”, “the floor lamp”; “my order” names nothing yet."""
    return any(
        word in _BEFORE_A_THING and any(near not in _NO_THING for near in words[at + 1 : at + 3])
        for at, word in enumerate(words)
    )
