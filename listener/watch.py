"""A brand, competitor or topic we listen for, and where a mention names it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ahocorasick_rs import AhoCorasick

from listener.mention import Mention
from listener.query.ask import Sight
from listener.query.clauses import clauses_of, joined_of
from listener.query.fold import fold_start
from listener.query.hosts import host_of, labels, suffixes
from listener.query.naming import names_in
from listener.query.subject import Subject
from listener.query.tree import Leaf, Node
from listener.query.triggers import Trigger, shared_by, triggers

Kind = Literal["brand", "competitor", "topic"]


@dataclass(frozen=True, slots=True)
class Watch:
    """What to listen for: what names it, our handles there if it is us, and what means that it is not.

    `query` is in the language of listener/query, `terms` are words and phrases as they stand; any of them names it,
    where one of `require` is there too. `handles` (`x:acme`: on X alone) and `domains`, our own, name it by
    themselves. What holds a word of `exclude`, or comes from an excluded author or community, is left alone.
    `context` says in a sentence what this is about; `relevance_from` is how sure one must be that a mention is.
    """

    name: str
    kind: Kind
    terms: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    query: str = ""
    require: tuple[str, ...] = ()
    exclude_authors: tuple[str, ...] = ()
    exclude_communities: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    context: str = ""
    relevance_from: float | None = None


def root_of(watch: Watch) -> Node | None:
    """The watch as one query; None where nothing names it. Raises QueryError."""
    return joined_of(clauses_of(watch))


@dataclass(frozen=True, slots=True)
class Match:
    """A watch that a mention names, and where its names stand: (start, end) in the text; none where a link alone does.

    Words that only have to be there too are no names: "late" in "Acme NEAR/5 late" is not.
    """

    watch: str
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Asked:
    """One watch as it is asked: `names` are the words whose places a match tells."""

    name: str
    root: Node
    names: tuple[Leaf, ...]


class Matcher:
    """All watches, compiled once: one automaton finds in a single pass which of them a mention may name.

    Whole words, whatever the case and the script: "Acme" is in "#ACME" and "Acme's", not in "acmeology". Raises
    QueryError where a watch's query can't be read.
    """

    def __init__(self, watches: Iterable[Watch]) -> None:
        clauses = ((watch.name, clauses_of(watch)) for watch in watches)
        roots = ((name, joined_of(some), some.naming) for name, some in clauses)
        self._compile([_Asked(name, root, names) for name, root, names in roots if root is not None])

    @classmethod
    def over(cls, roots: Iterable[tuple[str, Node]]) -> Matcher:
        """The same over queries that were read already, each with its name."""
        made = cls(())
        made._compile([_Asked(name, root, names_in(root)) for name, root in roots])
        return made

    def __getstate__(self) -> list[_Asked]:
        """What it is compiled from: an automaton can't be sent to another process."""
        return self._watches

    def __setstate__(self, watches: list[_Asked]) -> None:
        self._compile(watches)

    def _compile(self, watches: list[_Asked]) -> None:
        self._watches = watches
        by_trigger: dict[Trigger, list[int]] = {}
        self._always: list[int] = []
        # A word that all of them share would send every text that holds it to all of them.
        shared = shared_by(asked.root for asked in watches)
        for number, asked in enumerate(watches):
            found = triggers(asked.root, shared)
            if found is None:
                self._always.append(number)
            for trigger in found or ():
                by_trigger.setdefault(trigger, []).append(number)
        self._texts = [numbers for trigger, numbers in by_trigger.items() if trigger.where == "text"]
        self._automaton = AhoCorasick([trigger.what for trigger in by_trigger if trigger.where == "text"])
        self._beside = {trigger: numbers for trigger, numbers in by_trigger.items() if trigger.where != "text"}
        # Few watches are for authors or communities, and few mentions have links: most need no look beside the text.
        self._by_place = any(trigger.where in ("from", "community") for trigger in self._beside)

    def match(self, mention: Mention) -> tuple[Match, ...]:
        """The watches that the mention names, in the order they were given."""
        folded = fold_start(mention.text)
        community = mention.extra.get("community", "") if mention.extra else ""
        likely = self._likely(folded.text, mention.links, mention.author.handle, community)
        return self._ask(likely, Sight(Subject.of(mention), folded)) if likely else ()

    def names(self, text: str, links: Sequence[str] = ()) -> bool:
        """Whether a watch is named by a text and its links alone, before more is known of who said it and where."""
        folded = fold_start(text)
        likely = self._likely(folded.text, links)
        return bool(likely) and bool(self._ask(likely, Sight(Subject(text, links=tuple(links)), folded)))

    def _likely(self, text: str, links: Sequence[str], author: str = "", community: str = "") -> set[int]:
        """The watches that show a trigger, by number."""
        seen = {found[0] for found in self._automaton.find_matches_as_indexes(text, overlapping=True)}
        likely = {number for index in seen for number in self._texts[index]}
        likely.update(self._always)
        if links or self._by_place:
            for trigger in _shown_beside(links, author, community):
                likely.update(self._beside.get(trigger, ()))
        return likely

    def _ask(self, likely: Iterable[int], sight: Sight) -> tuple[Match, ...]:
        asked = (self._watches[number] for number in sorted(likely))
        return tuple(Match(one.name, _outermost(sight.places(one.names))) for one in asked if sight.holds(one.root))


def _shown_beside(links: Sequence[str], author: str, community: str) -> Iterator[Trigger]:
    """What may be a trigger beside the text."""
    if author:
        yield Trigger("from", author.casefold())
    if community:
        yield Trigger("community", community.casefold())
    for link in links:
        host = host_of(link)
        for label in labels(host):
            yield Trigger("label", label)
        for suffix in suffixes(host):
            yield Trigger("host", suffix)


def _outermost(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """In order, without those inside or across another: "Acme Air" rather than its "Acme"."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return tuple(kept)
