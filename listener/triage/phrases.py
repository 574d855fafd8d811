"""Find many phrases in a text at once: one walk over its words, however long the tables of phrases are.

A phrase is words as people type them, without apostrophes. "a/b" is either word, ".." up to three words in between
(never across the end of a sentence). Contractions and common short forms are known: "cant" also finds "can't", "cannot"
and "can not"; "please" finds "plz".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product

GAP = ".."
GAP_MOST = 3
_STOPS = frozenset(".!?;")
_LINK = re.compile(r"https?://\S+")
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)*|[.!?;]|[🙄🙃😒😡🤬😠👎]")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")

_THRICE = tuple(3 * letter for letter in "aeioulmnrsthywcdfgkpbvjqxz")

_NEGATED = ("do", "does", "did", "is", "are", "was", "were", "has", "have", "had", "could", "should", "would")
# How people also write a word; a space means two words.
_ALSO: Mapping[str, tuple[str, ...]] = {
    **{f"{verb}nt": (f"{verb} not",) for verb in _NEGATED},
    "doesnt": ("does not", "dosnt", "dosent", "doesn"),
    "didnt": ("did not", "dident", "didn"),
    "cant": ("cannot", "can not"),
    "wont": ("will not",),
    "havent": ("have not", "havnt"),
    "whats": ("what is", "wats"),
    "wheres": ("where is", "where are"),
    "im": ("i am",),
    "ive": ("i have",),
    "its": ("it is",),
    "youve": ("you have",),
    "you": ("u", "ya", "yall"),
    "your": ("ur", "youre"),
    "please": ("pls", "plz", "plse"),
    "thanks": ("thx", "thnx", "thanx", "tnx", "thks", "cheers"),
    "received": ("recieved",),
    "receive": ("recieve",),
    "definitely": ("definately", "defo"),
    "because": ("cos", "cuz", "coz"),
    "hours": ("hrs", "hour", "hr"),
    "minutes": ("mins", "min", "minute"),
    "weeks": ("week", "wks"),
    "days": ("day",),
    "months": ("month",),
}


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase of one group: the places of its first word and of the word after its last."""

    group: str
    first: int
    end: int


@dataclass(slots=True)
class _Node:
    next: dict[str, _Node] = field(default_factory=dict)
    groups: tuple[str, ...] = ()

    def goes_on(self, following: str) -> bool:
        """Whether a phrase may end here or go on with the word that follows: most don't, and need no walk."""
        return following in self.next or bool(self.groups) or GAP in self.next


class Words:
    """A text as its words, lower case and without apostrophes, with sentence ends between them."""

    def __init__(self, text: str) -> None:
        # Links are no words; blanked rather than cut, so that a word's place stays its place in the text.
        text = text.replace("&amp;", "&    ") if "&amp;" in text else text
        self.text = _LINK.sub(lambda link: " " * len(link.group()), text) if "://" in text else text
        lowered = self.text.lower()
        if len(lowered) != len(self.text):  # İ lowers to two characters
            lowered = self.text
        self._lowered = lowered
        self.list = _plain(_TOKEN.findall(lowered), lowered)

    @cached_property
    def _spans(self) -> list[tuple[int, int]]:
        return [token.span() for token in _TOKEN.finditer(self._lowered)]

    def quote(self, found: Found) -> str:
        """The phrase as it stands in the text."""
        spans = self._spans
        return " ".join(self.text[spans[found.first][0] : spans[found.end - 1][1]].split())

    def quotes(self, found: Iterable[Found]) -> list[str]:
        """The phrases as they stand in the text, each once; one inside a longer one says nothing more."""
        return list(dict.fromkeys(map(self.quote, outermost(list(found)))))


def outermost(found: Sequence[Found]) -> list[Found]:
    """The phrases that stand in no longer one: of “love” and “love how” the second."""
    return [cue for cue in found if not any(_inside(cue, other) for other in found)]


def _inside(cue: Found, other: Found) -> bool:
    return other.first <= cue.first and cue.end <= other.end and cue.end - cue.first < other.end - other.first


def _plain(tokens: list[str], text: str) -> list[str]:
    """The tokens without apostrophes, and without the stretching of "pleeease"."""
    if "'" in text or "’" in text:
        tokens = [token.replace("'", "").replace("’", "") for token in tokens]
    if _is_stretched(text):
        tokens = [_STRETCHED.sub(r"\1", token) if len(token) > 4 else token for token in tokens]
    return tokens


def _is_stretched(text: str) -> bool:
    """Whether a letter stands three times in a row; of plain letters these looks are cheaper than a pattern's one."""
    if text.isascii():
        return any(map(text.__contains__, _THRICE))
    return _STRETCHED.search(text) is not None


class Phrases:
    """Tables of phrases, by group, compiled once."""

    def __init__(self, groups: Mapping[str, str]) -> None:
        self._root = _Node()
        for group, phrases in groups.items():
            for phrase in phrases.split(","):
                for words in _variants(phrase):
                    self._add(group, words)

    def _add(self, group: str, words: list[str]) -> None:
        node = self._root
        for word in words:
            node = node.next.setdefault(word, _Node())
        if group not in node.groups:
            node.groups += (group,)

    def find(self, words: list[str]) -> list[Found]:
        """Every phrase there is, in the order of their first words."""
        begun = [(first, node) for first, node in enumerate(map(self._root.next.get, words)) if node is not None]
        return [
            Found(group, first, end)
            for first, node in begun
            if node.goes_on(words[first + 1] if first + 1 < len(words) else "")
            for group, end in _walk(node, words, first + 1)
        ]


def _walk(node: _Node, words: list[str], at: int) -> Iterator[tuple[str, int]]:
    for group in node.groups:
        yield group, at
    if at < len(words) and words[at] in node.next:
        yield from _walk(node.next[words[at]], words, at + 1)
    gap = node.next.get(GAP)
    if gap is not None:
        for later in range(at, min(at + GAP_MOST + 1, len(words))):
            if words[later] in gap.next:
                yield from _walk(gap.next[words[later]], words, later + 1)
            if words[later] in _STOPS:
                return


def _variants(phrase: str) -> Iterator[list[str]]:
    """Every way to write a phrase, as lists of words."""
    choices = [
        [spelling for word in either.split("/") for spelling in (word, *_ALSO.get(word, ()))]
        for either in phrase.split()
    ]
    for combination in product(*choices):
        yield " ".join(combination).split()
