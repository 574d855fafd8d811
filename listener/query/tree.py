"""What a query is made of: words and fields, joined by AND, OR, NOT and NEAR. `str` gives it as a person writes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import regex

# A word that can stand without quotes.
_PLAIN = regex.compile(r"[^\W_](?:[\w'’.&+/]|-(?!$))*")
OPERATOR = regex.compile(r"AND|OR|NOT|NEAR(?:/.*)?")

Sign = Literal[">", ">=", "<", "<=", "="]


@dataclass(frozen=True, slots=True)
class Term:
    """A whole word or a phrase, whatever its case; with `prefix` the beginning of a word."""

    text: str
    prefix: bool = False

    def __str__(self) -> str:
        if self.prefix:
            return f"{self.text}*"
        return self.text if _PLAIN.fullmatch(self.text) and not OPERATOR.fullmatch(self.text) else f'"{self.text}"'


@dataclass(frozen=True, slots=True)
class Raw:
    """Exactly these signs, in this case."""

    text: str

    def __str__(self) -> str:
        return f"raw:`{self.text}`" if '"' in self.text else f'raw:"{self.text}"'


@dataclass(frozen=True, slots=True)
class Tag:
    """A hashtag, without its #."""

    text: str

    def __str__(self) -> str:
        return f"#{self.text}"


@dataclass(frozen=True, slots=True)
class Cash:
    """A cashtag, without its $."""

    text: str

    def __str__(self) -> str:
        return f"${self.text}"


@dataclass(frozen=True, slots=True)
class Handle:
    """An account named in the text, without its @; with a platform it counts there alone."""

    name: str
    platform: str = ""

    def __str__(self) -> str:
        return f"@{self.name}" + (f" on {self.platform}" if self.platform else "")


@dataclass(frozen=True, slots=True)
class Field:
    """Something known of the mention beside its words: `from:mia`, `lang:en`, `is:reply`."""

    name: str
    value: str

    def __str__(self) -> str:
        return f'{self.name}:"{self.value}"' if regex.search(r"[\s()]", self.value) else f"{self.name}:{self.value}"


@dataclass(frozen=True, slots=True)
class Compare:
    """A number known of the mention: `followers:>1000`."""

    name: str
    sign: Sign
    number: int

    def __str__(self) -> str:
        return f"{self.name}:{self.sign}{self.number}"


@dataclass(frozen=True, slots=True)
class HostName:
    """A link whose host is called like this term: shop.acme-air.example for "Acme Air". Not written in a query."""

    term: str

    def __str__(self) -> str:
        return f'link named "{self.term}"'


@dataclass(frozen=True, slots=True)
class Near:
    """Both within so many words of each other; `ordered`: the left one first."""

    left: Node
    right: Node
    within: int
    ordered: bool = False

    def __str__(self) -> str:
        return f"{_inside(self.left)} NEAR/{self.within}{'f' if self.ordered else ''} {_inside(self.right)}"


@dataclass(frozen=True, slots=True)
class Not:
    """Everything but this."""

    part: Node

    def __str__(self) -> str:
        return f"NOT {_inside(self.part)}"


@dataclass(frozen=True, slots=True)
class And:
    """All of these."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " AND ".join(f"({part})" if isinstance(part, Or) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Or:
    """Any of these."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " OR ".join(map(str, self.parts))


Leaf = Term | Raw | Tag | Cash | Handle | Field | Compare | HostName
Node = Leaf | Near | Not | And | Or
# What stands in the text itself, at a place.
Words = Term | Raw | Tag | Cash | Handle


def _inside(part: Node) -> str:
    return f"({part})" if isinstance(part, And | Or | Near) else str(part)


def all_of(parts: Sequence[Node]) -> Node:
    """These joined by AND, flat; one alone stays itself."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, And) else (part,))]
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def any_of(parts: Sequence[Node]) -> Node:
    """These joined by OR, flat; one alone stays itself."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, Or) else (part,))]
    return flat[0] if len(flat) == 1 else Or(tuple(flat))


def leaves(node: Node) -> Iterator[Leaf]:
    """All words and fields of a query, those under a NOT included."""
    match node:
        case And(parts) | Or(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case Near(left, right):
            yield from leaves(left)
            yield from leaves(right)
        case _:
            yield node
