"""Which of a query's words are names: those that a mention is about, and that are asked for where not all can be."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from listener.query.fold import fold
from listener.query.tree import And, Cash, Compare, Field, Handle, Leaf, Near, Node, Not, Or, Raw, Tag, Term
from listener.vocabulary import shipped

# Weights of listener/vocabulary, from 0 for "the": up to these "Is" is no name in spite of its capital ("Next" may be
# one), and "late", "lost" and "problem" are said by half the world, while "apple" and "target" still tell something.
SMALL, EVERYDAY = 0.3, 0.6


def names_in(node: Node) -> tuple[Leaf, ...]:
    """The words of a query that are taken for names, whose mood is not read.

    Of parts that are all to be there those written with a capital, else the one that looks most like a name, else the
    first: "Acme (late OR broken)" and "late acme" are about Acme, and "late" says how it was.
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
    if len(each) < 2:
        return tuple(leaf for names in each for leaf in names)
    capital = [names for names in each if all(map(has_capital, names))]
    chosen = capital or [max(each, key=lambda names: min(map(likeness, names)))]
    return tuple(leaf for names in chosen for leaf in names)


def has_capital(leaf: Leaf) -> bool:
    """Whether it is written as a name: Acme, iPhone, "The Home Depot", @acme; not "Is", nor "I hate"."""
    if not isinstance(leaf, Term | Raw | Tag):
        return isinstance(leaf, Handle | Cash)
    written = [word for word in leaf.text.split() if any(map(str.isupper, word))]
    return any(_weight(word) > SMALL for word in written)


def likeness(leaf: Leaf) -> int:
    """How much a word is like a name: 2 where nobody says it otherwise, 0 where everybody does."""
    if not isinstance(leaf, Term):
        return 2
    weight = max(map(_weight, leaf.text.split()))
    return 2 if weight > 1 else 1 if weight > EVERYDAY else 0


def says_something(node: Node) -> bool:
    """Whether each of the alternatives has a word that not everybody says."""
    match node:
        case And(parts):
            return any(map(says_something, parts))
        case Or(parts):
            return all(map(says_something, parts))
        case Not() | Near():
            return False
        case _:
            return likeness(node) > 0


@cache
def _weight(word: str) -> float:
    """How much an English word says, from 0 to 1; 2 for one that is none."""
    words, plain = shipped(), fold(word).text.strip("'.,!?")
    row = words.find(plain)
    return 0.0 if plain in ("i", "a", "") else 2.0 if row is None else words.weight(row)
