"""What one platform's own search can say, and a search in its words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from listener.query.tree import Leaf, Node, Term

# Of a part of a query: it can't be said there, so that everything may be it; or nothing there can be it.
ANYTHING, NOTHING = True, False
Said = Node | bool


class Native(str):
    """A search in a platform's own language, where a plain term would be the platform's to quote. `node`: what for."""

    node: Node

    def __new__(cls, text: str, node: Node) -> Native:
        """The search, and the query that it was made from."""
        made = super().__new__(cls, text)
        made.node = node
        return made


@dataclass(frozen=True, slots=True)
class Syntax:
    """What one platform's search can say.

    `looks_for` gives a word or field as it can be looked for there, ANYTHING where it can't be said, NOTHING where no
    post there can have it; `leaves_out` says whether it may stand under a NOT. `write` is a tree in its language, of at
    most `longest` characters. Without `has_or` one search is a list of words, and alternatives are several searches.
    """

    platform: str
    longest: int
    looks_for: Callable[[Leaf], Said]
    leaves_out: Callable[[Node], bool]
    write: Callable[[Node], str]
    has_or: bool = True


@dataclass(slots=True)
class Left:
    """What could not be sent, as it comes up: `stems` are beginnings of words that were asked for as words."""

    parts: list[Node] = field(default_factory=list)
    stems: list[Term] = field(default_factory=list)
    missed: list[Node] = field(default_factory=list)
