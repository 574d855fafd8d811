"""What a mention is bound to show where a query matches it: so that only likely queries are asked at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from listener.query.fold import fold
from listener.query.forms import form_of
from listener.query.hosts import host_names
from listener.query.tree import And, Cash, Compare, Field, Handle, HostName, Near, Node, Not, Or, Raw, Tag, Term, Words

Where = Literal["text", "from", "community", "host", "label"]


class Trigger(NamedTuple):
    """Something to be seen without asking: a piece of the folded text, the author, a host or a name in it."""

    where: Where
    what: str


ALONE: Mapping[Trigger, int] = MappingProxyType({})
FEW = 8  # so many queries behind one trigger cost too little to look for another


def triggers(node: Node, shared: Mapping[Trigger, int] = ALONE) -> frozenset[Trigger] | None:
    """Things of which any match shows at least one; None where it may match without any.

    Of several such sets the one is taken that the fewest other queries share (`shared`: how many of them offer each).
    """
    match node:
        case Or(parts):
            each = [triggers(part, shared) for part in parts]
            known = [found for found in each if found is not None]
            return frozenset().union(*known) if len(known) == len(each) else None
        case And(parts):
            return _rarest((triggers(part, shared) for part in parts), shared)
        case Near(left, right):
            return _rarest((triggers(left, shared), triggers(right, shared)), shared)
        case Not() | Compare():
            return None
        case Field(name, value):
            return _of_field(name, value)
        case HostName(term):
            return frozenset(Trigger("label", name) for name in host_names(term))
        case _:
            return _rarest(_of_words(node), shared)


def shared_by(roots: Iterable[Node]) -> Mapping[Trigger, int]:
    """Of all that could be a trigger of these queries: how many of them it could be one of."""
    return Counter(trigger for root in roots for trigger in set(_offered(root)))


def _offered(node: Node) -> Iterator[Trigger]:
    match node:
        case Or(parts) | And(parts):
            for part in parts:
                yield from _offered(part)
        case Near(left, right):
            yield from _offered(left)
            yield from _offered(right)
        case Term() | Raw() | Tag() | Cash() | Handle():
            for found in _of_words(node):
                yield from found
        case _:
            yield from triggers(node) or ()


def _of_words(word: Words) -> Iterator[frozenset[Trigger]]:
    """The sets of which any will do: each word of a phrase by itself, beside the whole written as one word."""
    form = form_of(word)
    words = form.literal.split() if isinstance(word, Term) else [form.literal]
    for one in words:
        keys = (one, form.joined) if form.joined and one not in form.joined else (one,)
        yield frozenset(Trigger("text", key) for key in keys)


def _rarest(each: Iterable[frozenset[Trigger] | None], shared: Mapping[Trigger, int]) -> frozenset[Trigger] | None:
    """The set that the fewest queries share; of those the one whose shortest piece is longest: what is long is rare."""

    def rarity(found: frozenset[Trigger]) -> tuple[int, int, int]:
        crowd = sum(max(0, shared.get(one, 0) - FEW) for one in found)
        return -crowd, min((_length(one) for one in found), default=0), -len(found)

    return max((found for found in each if found is not None), key=rarity, default=None)


def _length(one: Trigger) -> int:
    return len(one.what) if one.where == "text" else 20


def _of_field(name: str, value: str) -> frozenset[Trigger] | None:
    match name:
        case "from":
            return frozenset({Trigger("from", value.rpartition(":")[2])})
        case "community":
            return frozenset({Trigger("community", value.casefold())})
        case "site":
            label = max(fold(value).text.split("."), key=len)
            return frozenset({Trigger("host", value), Trigger("text", label)})
        case _:
            return None
