"""A watch as one query: what names it, what must be there too, and what leaves a mention out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from listener.query.fields import WATCH_FIELDS, value_of
from listener.query.fold import fold
from listener.query.parser import parse
from listener.query.tree import (
    And,
    Compare,
    Field,
    Handle,
    HostName,
    Leaf,
    Near,
    Node,
    Not,
    Or,
    Raw,
    Tag,
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


def names_in(node: Node) -> tuple[Leaf, ...]:
    """The words of a query that are taken for names, whose mood is not read.

    Of parts that are all to be there those written with a capital, else the first: "Acme (late OR broken)" is about
    Acme, and "late" says how it was.
    """
    match node:
        case Or(parts):
            return tuple(leaf for part in parts for leaf in names_in(part))
        case And(parts):
            return _names_among(parts)
        case Near(left, right):
            return _names_among((left, right))
        case Not() | Compare():
            return ()
        case Field(name):
            return (node,) if name == "site" else ()
        case _:
            return (node,)


def _names_among(parts: Iterable[Node]) -> tuple[Leaf, ...]:
    each = [names for part in parts if (names := names_in(part))]
    capital = [names for names in each if all(_has_capital(leaf) for leaf in names)]
    return tuple(leaf for names in capital or each[:1] for leaf in names)


def _has_capital(leaf: Leaf) -> bool:
    return isinstance(leaf, Handle) or (isinstance(leaf, Term | Raw | Tag) and leaf.text[:1].isupper())


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
