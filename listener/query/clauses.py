"""A watch as one query: what names it, what must be there too, and what leaves a mention out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from listener.query.fields import WATCH_FIELDS, value_of
from listener.query.fold import fold
from listener.query.naming import names_in
from listener.query.parser import parse
from listener.query.tree import (
    Field,
    Handle,
    HostName,
    Leaf,
    Node,
    Not,
    Term,
    all_of,
    any_of,
    leaves,
)


class Watched(Protocol):
    """What a watch says of itself; see listener/watch.py, and WatchSettings in listener/settings.py."""

    @property
    def query(self) -> str: ...
    @property
    def terms(self) -> Sequence[str]: ...
    @property
    def handles(self) -> Sequence[str]: ...
    @property
    def domains(self) -> Sequence[str]: ...
    @property
    def require(self) -> Sequence[str]: ...
    @property
    def exclude(self) -> Sequence[str]: ...
    @property
    def exclude_authors(self) -> Sequence[str]: ...
    @property
    def exclude_communities(self) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class Clauses:
    """A watch's parts. `names` find it where one of `required` is there too, `ours` by themselves.

    `without` are the parts of which none may hold, each under the name of the setting that gives it.
    """

    query: Node | None
    terms: tuple[Term, ...]
    ours: tuple[Node, ...]
    required: tuple[Term, ...]
    without: tuple[tuple[str, Node], ...]

    @property
    def names(self) -> Node | None:
        """What names it: the query, the terms, and links to a host that is called like one of them."""
        parts = [*([self.query] if self.query is not None else []), *self.terms]
        return any_of([*parts, *(HostName(term.text) for term in self.terms)]) if parts else None

    @property
    def naming(self) -> tuple[Leaf, ...]:
        """The words that name it, wherever they stand: not those that only have to be there too."""
        of_query = names_in(self.query) if self.query is not None else ()
        return (*of_query, *self.terms, *(leaf for part in self.ours for leaf in leaves(part)))


def clauses_of(watch: Watched) -> Clauses:
    """The watch's parts. Raises QueryError where its query can't be read."""
    return Clauses(
        query=parse(watch.query).root if watch.query else None,
        terms=tuple(_terms(watch.terms)),
        ours=(*_handles(watch.handles), *(_field("site", domain) for domain in watch.domains)),
        required=tuple(_terms(watch.require)),
        without=(
            *(("exclude", term) for term in _terms(watch.exclude)),
            *(("exclude_authors", _field("from", author)) for author in watch.exclude_authors),
            *(("exclude_communities", _field("community", name)) for name in watch.exclude_communities),
        ),
    )


def joined_of(clauses: Clauses) -> Node | None:
    """The parts as one tree; None where nothing names this watch."""
    names = clauses.names
    if names is not None and clauses.required:
        names = all_of([names, any_of(list(clauses.required))])
    found = [*([names] if names is not None else []), *clauses.ours]
    if not found:
        return None
    without = [part for _, part in clauses.without]
    return all_of([any_of(found), *([Not(any_of(without))] if without else [])])


def _terms(texts: Iterable[str]) -> Iterator[Term]:
    for text in texts:
        if fold(text).text.strip():
            yield Term(" ".join(text.split()))


def _handles(handles: Iterable[str]) -> Iterator[Handle]:
    for handle in handles:
        platform, _, name = handle.strip().rpartition(":")
        if bare := re.sub(r"^/?u/", "", name.strip().lstrip("@")):
            yield Handle(bare, platform.strip().lower())


def _field(name: str, value: str) -> Node:
    return Field(name, value_of(name, WATCH_FIELDS[name], value.strip()))
