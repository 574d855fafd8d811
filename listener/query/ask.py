"""Asks a query about a mention: whether it matches, and where the words stand that made it."""

from __future__ import annotations

import operator
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from types import MappingProxyType

from listener.mention import UNTOLD
from listener.query.fold import WORD, Folded, fold_start
from listener.query.forms import Span, find
from listener.query.hosts import host_names, host_of, labels, suffixes, written
from listener.query.subject import Subject
from listener.query.tree import And, Compare, Field, Handle, HostName, Leaf, Near, Node, Not, Or, Sign, Term, Words

_SIGNS: Mapping[Sign, Callable[[int, int], bool]] = MappingProxyType(
    {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le, "=": operator.eq}
)
_QUESTION_MARKS = "?？؟;⁇⁈⁉"


class Sight:
    """One mention while queries are asked about it: each word is looked for once, however many queries name it."""

    def __init__(self, subject: Subject, folded: Folded | None = None) -> None:
        self.subject = subject
        self.folded = folded or fold_start(subject.text)
        self._found: dict[Words, list[Span]] = {}
        self._hosts = [host for link in subject.links if (host := host_of(link))] if subject.links else []

    def ask(self, node: Node) -> tuple[Span, ...] | None:
        """Where in the original text the words stand that make it match; None where it does not match."""
        spans = self._ask(node)
        return None if spans is None else tuple(sorted({self.folded.span(*span) for span in spans}))

    def places(self, leaves: Iterable[Leaf]) -> list[Span]:
        """Where any of these words stands in the original text, whatever else is asked of it."""
        found = (span for leaf in leaves for span in self._ask(leaf) or ())
        return [self.folded.span(*span) for span in found]

    def holds(self, node: Node) -> bool:
        """Whether it matches; no more is looked for than that takes."""
        match node:
            case Or(parts):
                return any(map(self.holds, parts))
            case And(parts):
                return all(map(self.holds, parts))
            case Not(part):
                return not self.holds(part)
            case _:
                return self._ask(node) is not None

    def _ask(self, node: Node) -> list[Span] | None:
        match node:
            case Term() | Handle():  # the most usual first
                return self._words(node) or None
            case And(parts):
                return self._all(parts)
            case Or(parts):
                found = [spans for part in parts if (spans := self._ask(part)) is not None]
                return [span for spans in found for span in spans] if found else None
            case Not(part):
                return [] if self._ask(part) is None else None
            case Near():
                return self._near(node) or None
            case Field(name, value):
                return self._field(name, value)
            case Compare(name, sign, number):
                known = self.subject.followers if name == "followers" else self.subject.likes
                return [] if known is not None and _SIGNS[sign](known, number) else None
            case HostName(term):
                return [] if self._hosts and self._is_called(host_names(term)) else None
            case _:
                return self._words(node) or None

    def _all(self, parts: tuple[Node, ...]) -> list[Span] | None:
        together: list[Span] = []
        for part in parts:
            spans = self._ask(part)
            if spans is None:
                return None
            together += spans
        return together

    def _words(self, word: Words) -> list[Span]:
        spans = self._found.get(word)
        if spans is None:
            elsewhere = isinstance(word, Handle) and not _there(self.subject, word.platform)
            spans = self._found[word] = [] if elsewhere else find(word, self.folded, self.subject.text)
        return spans

    def _side(self, node: Node) -> list[Span]:
        parts = node.parts if isinstance(node, Or) else (node,)
        return sorted({span for part in parts if isinstance(part, Words) for span in self._words(part)})

    def _near(self, near: Near) -> list[Span]:
        left, right = self._side(near.left), self._side(near.right)
        if not left or not right:
            return []
        pairs = self._within(left, right, near.within)
        return pairs if near.ordered else pairs + self._within(right, left, near.within)

    def _within(self, first: list[Span], then: list[Span], words: int) -> list[Span]:
        """Of two kinds of spans those where the second begins at most so many words behind the first."""
        starts = [start for start, _ in then]
        found: list[Span] = []
        for start, end in first:
            at = bisect_left(starts, end)
            if at < len(then) and self._word_number(then[at][0]) - self._word_number(end) < words:
                found += [(start, end), then[at]]
        return found

    def _word_number(self, at: int) -> int:
        """How many words of the text begin before this place."""
        return bisect_left(self._word_starts, at)

    @cached_property
    def _word_starts(self) -> list[int]:
        return [found.start() for found in WORD.finditer(self.folded.text)]

    def _is_called(self, names: frozenset[str]) -> bool:
        return any(not names.isdisjoint(labels(host)) for host in self._hosts)

    def _field(self, name: str, value: str) -> list[Span] | None:
        if name == "site":
            return self._site(value)
        known = _FLAGS.get(name)
        if known is not None:
            return [] if known(self.subject, value) else None
        return [] if any(value == fact.casefold() for fact in self.subject.facts.get(name, ())) else None

    def _site(self, host: str) -> list[Span] | None:
        longest = max(host.split("."), key=len)
        text = self.folded.text
        spans = [found.span() for found in written(host).finditer(text)] if longest in text else []
        linked = any(host in suffixes(theirs) for theirs in self._hosts)
        return spans if spans or linked else None


def _is_from(subject: Subject, value: str) -> bool:
    platform, _, handle = value.rpartition(":")
    return subject.author.casefold() == handle and _there(subject, platform)


def _there(subject: Subject, platform: str) -> bool:
    """Whether it may stand on that platform: "" for any, and who tells no platform may be on each."""
    return platform in ("", subject.platform) or subject.platform == UNTOLD


def _speaks(subject: Subject, value: str) -> bool:
    lang = (subject.lang or "").lower()
    return lang == value or lang.startswith(value + "-")


def _is(subject: Subject, value: str) -> bool:
    if value == "reply":
        return subject.reply
    return subject.to_us if value == "addressed" else value in subject.facts.get("is", ())


def _has(subject: Subject, value: str) -> bool:
    if value == "link":
        return bool(subject.links) or "://" in subject.text
    return any(mark in subject.text for mark in _QUESTION_MARKS)


_FLAGS: Mapping[str, Callable[[Subject, str], bool]] = MappingProxyType(
    {
        "from": _is_from,
        "lang": _speaks,
        "platform": lambda subject, value: subject.platform == value,
        "community": lambda subject, value: subject.community.casefold() == value.casefold(),
        "is": _is,
        "has": _has,
    }
)
