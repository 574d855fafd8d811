"""Which of the cues in a text are meant: not those that a "not" turns round, nor a thing's death for a person's."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise

from listener.sentiment import SOMEONE, head_and_tail
from listener.triage.cues import CUES
from listener.triage.phrases import Found, Phrases, Words, outermost

STOPS = frozenset(".!?;")
CUES_MOST = 12  # so many of a group are looked at
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
    "imposing": 2,
    "abuse": 2,
    "exposed": 2,
    "damage": 2,
    "retracted": 3,
    "buying": 2,
    "recommends": 3,
    "fraud": 2,
    "legal": 2,
}
_NEGATIONS = frozenset(
    {"no", "not", "never", "nobody", "none", "without", "isnt", "arent", "wasnt", "werent", "dont", "doesnt", "didnt"}
    | {"havent", "hasnt", "hadnt", "cant", "couldnt", "wont", "wouldnt", "nothing", "could", "hardly", "barely"}
)
# What they wish for has not happened: "would be great", "I'd love to know".
WISHES = _NEGATIONS | frozenset({"would", "id", "wish", "hope"})
# What a figure of speech does not mean: “stuck in my head”, “you're killing me”.
_LITERAL = frozenset({"failure", "harsh", "safety", "fraud", "damage", "loss", "threats", "abuse", "stranded"})
# What is feared, and has not happened.
_FEARED = frozenset(
    {"if", "hope", "hoping", "hopefully", "or", "unless", "want", "wonder", "wondering", "otherwise", "avoid"}
)
_WAS = frozenset({("we", "were"), ("they", "were"), ("who", "were"), ("people", "were"), ("passengers", "were")})
_OTHERS = frozenset(
    {
        "passengers",
        "passenger",
        "pax",
        "people",
        "travelers",
        "travellers",
        "customers",
        "commuters",
        "guests",
        "fliers",
    }
    | {"flyers", "folks", "riders"}
)
_TRIED = frozenset({"tried", "try", "trying", "after", "already", "ive", "reinstalled", "reinstalling", "restarted"})
_YOU = frozenset({"you", "u", "ya", "yous"})
_SINCE = frozenset({"since", "after", "when", "before"})
_ASKS_ABOUT = frozenset({"is", "are", "does", "do", "can", "will", "would", "how", "what", "which", "should", "could"})
_ME = frozenset({"i", "im", "ive", "my", "me", "we", "our", "us"})
_THINGS = frozenset({"it", "this", "that", "they", "one", "mine", "everything", "battery", "phone", "power", "wifi"})


@functools.cache
def phrases() -> Phrases:
    """All tables of cues, compiled once."""
    return Phrases(CUES)


def cues_of(text: str) -> dict[str, list[Found]]:
    """The cues of a text by group, those left out that a "not" turns round."""
    words = Words(head_and_tail(text)).list
    return meant(phrases().find(words), words)


def meant(found: Iterable[Found], words: Sequence[str]) -> dict[str, list[Found]]:
    """The cues by group, without those that a "not" before them turns round: "no problems", "nobody could help me"."""
    cues: dict[str, list[Found]] = {}
    found = list(found)
    figures = [cue for cue in found if cue.group == "figurative"]
    for cue in found:
        if _is_meant(cue, words, figures):
            cues.setdefault(_group_of(cue, words), []).append(cue)
    return _without_dates(_going(cues), words)


def _is_meant(cue: Found, words: Sequence[str], figures: Sequence[Found]) -> bool:
    if figures and cue.group in _LITERAL and _meet(cue, figures):
        return False
    unless = _UNLESS.get(cue.group)
    if unless is not None and unless(cue, words):
        return False
    reach = _NEGATION_REACH.get(cue.group, 0)
    before = words[max(cue.first - reach, 0) : cue.first]
    turned = WISHES if cue.group in ("praise", "glowing") else _NEGATIONS
    return turned.isdisjoint(before) or not STOPS.isdisjoint(before)


def _going(cues: dict[str, list[Found]]) -> dict[str, list[Found]]:
    """The cues without a purchase that is somebody else's: “thinking of switching to Rival”."""
    if not {"leaving", "buying"} <= cues.keys():
        return cues
    ours = [cue for cue in cues["buying"] if not _meet(cue, cues["leaving"])]
    kept = {group: found for group, found in cues.items() if group != "buying"}
    return kept | ({"buying": ours} if ours else {})


def _meet(cue: Found, others: Sequence[Found]) -> bool:
    return any(cue.first < other.end and other.first < cue.end for other in others[:CUES_MOST])


def _without_dates(cues: dict[str, list[Found]], words: Sequence[str]) -> dict[str, list[Found]]:
    """The cues without “since the update” as a failure, where they are glad: then it only says when."""
    if cues.keys().isdisjoint({"thanks", "praise", "hearty"}):
        return cues
    failures = [
        cue
        for cue in cues.get("failure", ())
        if not (words[cue.first] in _SINCE and words[cue.end - 1].startswith("updat"))
    ]
    kept = {group: found for group, found in cues.items() if group != "failure"}
    return kept | ({"failure": failures} if failures else {})


def _as_a_cure(cue: Found, words: Sequence[str]) -> bool:
    """Whether “uninstalled” is one of the things they tried."""
    tried = not _TRIED.isdisjoint(words[max(cue.first - 6, 0) : cue.first])
    return tried and any(word.startswith(("uninstall", "delet")) for word in words[cue.first : cue.end])


def _not_now(cue: Found, words: Sequence[str]) -> bool:
    """Whether it is feared, over, or others' trouble: “I don't want to end up stranded”, “we were stranded in May”."""
    before = words[max(cue.first - 6, 0) : cue.first]
    since = next((at for at in range(len(before), 0, -1) if before[at - 1] in STOPS), 0)
    near = before[since:]
    over = any(pair in _WAS for pair in pairwise(near)) or "was" in near
    others = [*near[-1:], *words[cue.end : cue.end + 1]]
    if "half" in words[cue.first : cue.end]:  # half an hour on the tarmac
        return True
    feared = not _FEARED.isdisjoint(near)
    return feared or (cue.group == "stranded" and (over or not _OTHERS.isdisjoint(others)))


def _no_harm_now(cue: Found, words: Sequence[str]) -> bool:
    """Whether it is long over (“caught fire once”) or only asked about: “is the helmet certified for head injuries”."""
    if words[cue.end : cue.end + 1] == ["once"] or "ago" in words[cue.end : cue.end + 4]:
        return True
    since = next((at for at in range(cue.first, 0, -1) if words[at - 1] in STOPS), 0)
    before = words[since : cue.first]
    return bool(before) and before[0] in _ASKS_ABOUT and _ME.isdisjoint(before)


def _group_of(cue: Found, words: Sequence[str]) -> str:
    """Its group; of those who come to us, whether they think of it or did."""
    if not _coming_to_us(cue, words):
        return cue.group
    return "came" if words[cue.first] == "switched" else "buying"


def _coming_to_us(cue: Found, words: Sequence[str]) -> bool:
    """Whether “switching to” goes on with us: with “you”, or with the only name there is."""
    if cue.group != "leaving" or words[cue.end - 1] != "to":
        return False
    whither = words[cue.end] if cue.end < len(words) else ""
    return whither in _YOU or (whither == SOMEONE and sum(word.startswith(SOMEONE) for word in words) == 1)


def _of_a_thing(cue: Found, words: Sequence[str]) -> bool:
    """Whether “since … died” speaks of no person: one word between, a name or “he”, does; things take “my” or “the”."""
    said = words[cue.first : cue.end]
    return said[-1] == "died" and said[0] in _SINCE and (len(said) != 3 or said[1] in _THINGS)


_UNLESS: Mapping[str, Callable[[Found, Sequence[str]], bool]] = {
    "loss": _of_a_thing,
    "leaving": _as_a_cure,
    "stranded": _not_now,
    "safety": _no_harm_now,
    "fraud": _not_now,
}


def warm(cues: Mapping[str, Sequence[Found]]) -> bool:
    """Warm beyond one kind word: the failure is then part of a story that ended well."""
    amiss = [*cues.get("failure", ()), *cues.get("harsh", ())]
    return len(outermost(cues.get("praise", ())[:CUES_MOST])) > len(outermost(amiss[:CUES_MOST]))
