"""What a watch would have caught among mentions that are known, and what each of its parts kept out."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from listener.archive.read import Heard
from listener.query.clauses import Clauses, clauses_of, joined_of
from listener.query.explain import in_words
from listener.query.tree import And, Node, Or, all_of, any_of
from listener.watch import Matcher, Watch

NEWEST = 10
PARTS = 100  # a query of more than these is not taken apart further
_ALL = "all of it"


@dataclass(frozen=True, slots=True)
class KeptOut:
    """A part of a watch: in words, by which of its settings, and how many mentions match without it alone."""

    setting: str
    words: str
    count: int


class Preview:
    """Looks at mentions one by one and keeps no more of them than the newest few."""

    def __init__(self, watch: Watch) -> None:
        """Raises QueryError."""
        clauses = clauses_of(watch)
        self._parts = list(islice(_each_left_out(clauses), PARTS))
        named = [(_ALL, clauses), *((str(number), part) for number, (_, _, part) in enumerate(self._parts))]
        roots = ((name, joined_of(some)) for name, some in named)
        self._matcher = Matcher.over((name, root) for name, root in roots if root is not None)
        self._counts = [0] * len(self._parts)
        self._newest: list[tuple[float, int, Heard]] = []
        self.looked_at = 0
        self.caught = 0

    def look(self, heard: Iterable[Heard]) -> None:
        """Count these. What we said ourselves, and what has no words any more, is passed over."""
        for one in heard:
            if one.mention.ours or one.gone_at:
                continue
            self.looked_at += 1
            names = [match.watch for match in self._matcher.match(one.mention)]
            if _ALL in names:
                self._catch(one)
            else:
                for name in names:
                    self._counts[int(name)] += 1

    @property
    def newest(self) -> list[Heard]:
        """The newest of those caught, the newest first."""
        return [heard for _, _, heard in sorted(self._newest, reverse=True)]

    @property
    def kept_out(self) -> list[KeptOut]:
        """The parts that keep something out, and how much, in the order of the settings."""
        parts = zip(self._parts, self._counts, strict=True)
        return [KeptOut(setting, words, count) for (setting, words, _), count in parts]

    def _catch(self, heard: Heard) -> None:
        self.caught += 1
        entry = (heard.mention.posted_at.timestamp(), heard.mention_id, heard)
        if len(self._newest) < NEWEST:
            heapq.heappush(self._newest, entry)
        else:
            heapq.heappushpop(self._newest, entry)


def _each_left_out(clauses: Clauses) -> Iterator[tuple[str, str, Clauses]]:
    """The watch without each of its parts that narrow it down: the setting, the part in words, the rest."""
    for part, rest in _widened(clauses.query) if clauses.query is not None else ():
        yield "query", in_words(part), replace(clauses, query=rest)
    if clauses.required:
        yield "require", in_words(any_of(list(clauses.required))), replace(clauses, required=())
    for named in clauses.without:
        others_without = tuple(other for other in clauses.without if other is not named)
        yield named[0], f"not {in_words(named[1])}", replace(clauses, without=others_without)


def _widened(node: Node) -> Iterator[tuple[Node, Node]]:
    """Each part that narrows the query down, wherever it stands in it, with the query without it."""
    if not isinstance(node, And | Or):
        return
    join = all_of if isinstance(node, And) else any_of
    for number, part in enumerate(node.parts):
        others = [*node.parts[:number], *node.parts[number + 1 :]]
        if isinstance(node, And):
            yield part, all_of(others)
        for inner, rest in _widened(part):
            yield inner, join([*node.parts[:number], rest, *node.parts[number + 1 :]])
